"""Step 5: what the wrong decisions have in common, and what a repair could win.

`tags` marks wrong decisions by what was found out afterwards, `properties` sorts
flights by what was known before, and `upkeep` answers whether the model pays. The error
`sheet` and the model `card`, which this step leaves behind, are written from numbers.
"""

from flightdelay.errors.card import model_card
from flightdelay.errors.properties import service_groups, slices_of
from flightdelay.errors.sheet import (
    Finding,
    error_sheet,
    sealed_findings,
    slice_findings,
    tag_findings,
    tag_meanings,
    trial_findings,
)
from flightdelay.errors.tags import (
    TAGS,
    TRIALS,
    ceilings,
    known_with_more,
    tag_flights,
    weather_of_the_hour,
)
from flightdelay.errors.upkeep import (
    Judged,
    clock_note,
    earns_its_upkeep,
    saving,
    savings,
    upkeep_per_flight,
)
