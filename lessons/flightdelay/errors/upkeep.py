"""What the model saves, and whether it earns its upkeep."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay import labels
from flightdelay.charter import Charter
from flightdelay.evaluation import (
    DRAWS_TO_DECIDE,
    Interval,
    flight_costs,
    paired_difference,
)


class Judged(NamedTuple):
    """Flights on which the chosen model is judged.

    Attributes:
        period: A key of `data.PERIODS`.
        months: Its months in words.
        flights: The flights, with their outcomes.
        probability: What the model said about each.
    """

    period: str
    months: str
    flights: pd.DataFrame
    probability: ArrayLike

    @property
    def outcome(self) -> np.ndarray:
        """0 or 1 for each flight."""
        return labels.not_on_time(self.flights).to_numpy(dtype=float)


def saving(
    judged: Judged, first: ArrayLike, second: ArrayLike, charter: Charter
) -> Interval:
    """Return how much less a flight costs with the first probabilities, in pairs.

    Args:
        judged: The flights; their own probabilities play no part.
        first: Probabilities that the desk may follow.
        second: Those that it follows otherwise.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        Cost with the second minus cost with the first, per flight.
    """
    return paired_difference(
        judged.outcome,
        first,
        second,
        partial(flight_costs, charter=charter),
        charter.resampling_unit,
        judged.flights["date"],
        DRAWS_TO_DECIDE,
        charter.confidence,
    )


def clock_note(train: pd.DataFrame, charter: Charter) -> int:
    """Return the hour of the note on the wall: "prepare from this hour on".

    It is the first scheduled hour whose rate of "not on time" reaches the charter's
    threshold in the training flights.
    """
    rate = labels.not_on_time(train).astype(float).groupby(train["hour"]).mean()
    return int((rate >= charter.threshold).idxmax())


def savings(
    judged: Judged, train: pd.DataFrame, charter: Charter
) -> dict[str, Interval]:
    """Return what the model saves per flight over each policy that needs no model.

    Args:
        judged: Flights and probabilities.
        train: Flights from which the note on the wall is learned.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        The saving over preparing all, preparing none, and the note on the wall, by the
        name of the policy.
    """
    hour = clock_note(train, charter)
    from_hour = (judged.flights["hour"] >= hour).to_numpy(dtype=float)
    policies = {
        "preparing every flight": np.ones(len(from_hour)),
        "preparing none": np.zeros(len(from_hour)),
        f"the note: {hour} o'clock on": from_hour,
    }
    return {
        name: saving(judged, judged.probability, certain, charter)
        for name, certain in policies.items()
    }


def upkeep_per_flight(flights: pd.DataFrame, charter: Charter) -> float:
    """Return what running and watching a model costs for each of these flights."""
    days = flights["date"].nunique()
    return charter.upkeep_minutes_per_day * days / len(flights)


def earns_its_upkeep(saving: Interval, upkeep: float) -> str:
    """Answer the charter's open question with an interval: a word for the card.

    Returns:
        "yes" if the whole interval of the saving lies above the upkeep, "no" if all of
        it lies below, else "not shown".
    """
    if saving.low > upkeep:
        return "yes"
    return "no" if saving.high < upkeep else "not shown"
