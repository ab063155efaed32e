"""Step 3: the label rule, and the outcome behind it."""

import pandas as pd

#: A flight that arrives this many minutes after schedule counts as late (US DOT rule).
LATE_MINUTES = 15

OUTCOME_KINDS = ("on time", "late", "canceled", "diverted")


def not_on_time(flights: pd.DataFrame, minutes: int = LATE_MINUTES) -> pd.Series:
    """Label each flight: late, canceled or diverted.

    A canceled or diverted flight has no arrival delay. It is labeled true and not left
    out: its passengers need another connection too.

    Args:
        flights: Flights with `arr_delay` in minutes, and `sealed` where outcomes may
            have been left out.
        minutes: Arrival delay from which a flight is late.

    Returns:
        Series named "not_on_time", type "boolean", indexed like `flights`; missing
        where the outcome is sealed.
    """
    arrival_delay = flights["arr_delay"]
    label = (arrival_delay >= minutes) | arrival_delay.isna()
    return label.astype("boolean").mask(_sealed(flights)).rename("not_on_time")


def outcome_kind(flights: pd.DataFrame, minutes: int = LATE_MINUTES) -> pd.Series:
    """Tell what became of each flight.

    Args:
        flights: As for `not_on_time`, with `dep_time`.
        minutes: Arrival delay from which a flight is late.

    Returns:
        Categorical series named "outcome" with the values of `OUTCOME_KINDS`, indexed
        like `flights`; missing where the outcome is sealed. A flight that departed and
        has no arrival delay was diverted.
    """
    kind = pd.Series("on time", index=flights.index, name="outcome", dtype="object")
    kind[flights["arr_delay"] >= minutes] = "late"
    kind[flights["arr_delay"].isna()] = "diverted"
    kind[flights["dep_time"].isna()] = "canceled"
    kind[_sealed(flights)] = None
    return kind.astype(pd.CategoricalDtype(list(OUTCOME_KINDS)))


def _sealed(flights: pd.DataFrame) -> pd.Series:
    return flights.get("sealed", pd.Series(False, index=flights.index))
