"""Step 5: figures that judge probabilities, with intervals that respect days.

`calibration` tells whether probabilities come true, and `costs` what the decisions that
follow from them cost. `resampling` puts one of the `intervals` around any of the
`metrics`, `neighbors` one around a mean of days that are alike. `slices` looks at parts
of the flights, and `report` at models side by side.

`outcome` is always 1 for "not on time" and 0 for "on time", `probability` the predicted
probability of 1.
"""

from flightdelay.evaluation.calibration import (
    brier_parts,
    calibration_bins,
    calibration_error_by_chance,
    calibration_gap,
    calibration_line,
    expected_calibration_error,
    squared_error,
)
from flightdelay.evaluation.costs import (
    by_threshold,
    cost_per_flight,
    cost_without_model,
    flight_costs,
)
from flightdelay.evaluation.intervals import Interval, narrow
from flightdelay.evaluation.neighbors import mean_with_neighbors, newey_west
from flightdelay.evaluation.report import (
    REPORT_FORMATS,
    report,
    report_markdown,
    saving_over_cheapest,
)
from flightdelay.evaluation.resampling import (
    BLOCK_DAYS,
    DRAWS_TO_DECIDE,
    bootstrap_interval,
    paired_difference,
    rate_by,
)
from flightdelay.evaluation.slices import group_errors, slice_gaps
