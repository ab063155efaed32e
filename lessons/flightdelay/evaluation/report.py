"""Models side by side on the same flights, as the charter says."""

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course import markdown
from flightdelay.charter import Charter
from flightdelay.evaluation.calibration import (
    expected_calibration_error,
    squared_error,
)
from flightdelay.evaluation.costs import flight_costs
from flightdelay.evaluation.intervals import Interval, narrow
from flightdelay.evaluation.metrics import checked
from flightdelay.evaluation.resampling import (
    DRAWS_TO_DECIDE,
    bootstrap_interval,
    percentile_interval,
    resampling_units,
    resampling_weights,
)

#: Figures of a `report` and how each is written, what decides first.
REPORT_FORMATS = {
    "saving per flight": ".2f",
    "cost per flight": ".2f",
    "Brier score": ".3f",
    "ROC AUC": ".3f",
    "PR AUC": ".3f",
    "calibration error": ".3f",
}


def saving_over_cheapest(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    date: ArrayLike,
    resamples: int = DRAWS_TO_DECIDE,
) -> Interval:
    """Return what a model saves over preparing all or none, whichever is cheaper.

    Which of the two is cheaper is luck, too, so each resample chooses anew. Whoever
    holds the rival fixed compares with a worse one in some of them, and gets an upper
    end that is too high.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives costs, threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples.

    Returns:
        The saving per flight, in the charter's unit.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome, probability = checked(outcome, probability)
    unit = charter.resampling_unit
    place, units = resampling_units(len(outcome), unit, date)
    flights, late = np.bincount(place), np.bincount(place, outcome)
    model = np.bincount(place, flight_costs(outcome, probability, charter))

    def saving(weights: np.ndarray) -> np.ndarray:
        prepare_all = charter.cost_prepare * (weights @ flights)
        prepare_none = charter.cost_unprepared * (weights @ late)
        cheaper = np.minimum(prepare_all, prepare_none)
        return (cheaper - weights @ model) / (weights @ flights)

    weights = resampling_weights(units, unit, resamples, seed=0, values=units)
    drawn = np.concatenate([saving(some) for some in weights])
    estimate = saving(np.ones((1, units)))[0]
    return percentile_interval(estimate, drawn, charter.confidence)


def report(
    outcome: ArrayLike,
    probabilities: pd.DataFrame,
    charter: Charter,
    date: ArrayLike,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Judge models side by side on the same flights, as the charter says.

    Intervals have the charter's confidence and resample its unit. The calibration error
    has none: chance alone pushes it up in a resample, so its percentiles would lie
    beside the figure and not around it.

    Args:
        outcome: 0 or 1 for each flight.
        probabilities: One row for each flight, one column for each model.
        charter: Gives costs, threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples; the saving, by which the charter decides, has
            `DRAWS_TO_DECIDE`.

    Returns:
        One row for each model. "saving per flight" (over the cheapest policy without a
        model), "cost per flight", "Brier score", "ROC AUC" and "PR AUC" are
        `Interval`s, "calibration error" is a number.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    options = {
        "unit": charter.resampling_unit,
        "date": date,
        "resamples": resamples,
        "confidence": charter.confidence,
    }
    cost = partial(flight_costs, charter=charter)
    metrics = {
        "ROC AUC": "roc_auc",
        "PR AUC": "average_precision",
        "Brier score": squared_error,
        "cost per flight": cost,
    }
    rows = {}
    for model, probability in probabilities.items():
        figures: dict[str, Interval | float] = {
            name: bootstrap_interval(outcome, probability, metric, **options)
            for name, metric in metrics.items()
        }
        figures["calibration error"] = expected_calibration_error(outcome, probability)
        figures["saving per flight"] = saving_over_cheapest(
            outcome, probability, charter, date
        )
        rows[model] = pd.Series(figures, dtype=object)
    return pd.DataFrame(rows).T[list(REPORT_FORMATS)]


def report_markdown(judged: pd.DataFrame) -> str:
    """Return a `report` as a Markdown table, each interval below its figure."""
    rows = [
        [
            str(model),
            *(narrow(figure, REPORT_FORMATS[name]) for name, figure in figures.items()),
        ]
        for model, figures in judged.iterrows()
    ]
    return markdown.table([judged.index.name or "Model", *judged.columns], rows)
