"""What the desk's decisions cost, in the charter's unit."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.charter import Charter
from flightdelay.evaluation.metrics import checked


def flight_costs(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    threshold: float | None = None,
) -> np.ndarray:
    """Return what each flight costs when the desk follows a threshold.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives the two costs and their unit.
        threshold: The desk prepares from this probability on; by default the charter's.

    Returns:
        One cost for each flight, in the charter's unit.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = checked(outcome, probability)
    threshold = charter.threshold if threshold is None else threshold
    prepared = probability >= threshold
    return np.where(prepared, charter.cost_prepare, outcome * charter.cost_unprepared)


def cost_per_flight(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    threshold: float | None = None,
) -> float:
    """Return the mean of `flight_costs`, in the charter's unit."""
    return float(flight_costs(outcome, probability, charter, threshold).mean())


def cost_without_model(outcome: ArrayLike, charter: Charter) -> pd.Series:
    """Return the cost per flight of the two policies that need no model.

    Args:
        outcome: 0 or 1 for each flight.
        charter: Gives the two costs and their unit.

    Returns:
        Series with "prepare all" and "prepare none".

    Raises:
        ValueError: The input is empty, NaN, or not 0 and 1.
    """
    policies = {"prepare all": 1.0, "prepare none": 0.0}
    outcome = np.asarray(outcome)
    costs = {
        name: cost_per_flight(outcome, np.full(len(outcome), certain), charter, 0.5)
        for name, certain in policies.items()
    }
    return pd.Series(costs, name="cost_per_flight")


def by_threshold(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
) -> pd.DataFrame:
    """Return accuracy and cost for each threshold: 0.00, 0.01 … 1.00.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives the two costs and their unit.

    Returns:
        One row for each threshold: `threshold`, `accuracy`, `cost_per_flight`, and the
        shares of all flights that are `prepared`, `missed` (not on time, not prepared)
        and `needless` (prepared, on time).

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = checked(outcome, probability)
    thresholds = np.round(np.arange(101) / 100, 2)
    order = np.argsort(probability)
    below = np.searchsorted(probability[order], thresholds, side="left")
    late_before = np.concatenate([[0], np.cumsum(outcome[order])])
    flights = len(outcome)
    missed = late_before[below] / flights
    prepared = 1 - below / flights
    needless = prepared - (outcome.sum() / flights - missed)
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "accuracy": 1 - missed - needless,
            "cost_per_flight": prepared * charter.cost_prepare
            + missed * charter.cost_unprepared,
            "prepared": prepared,
            "missed": missed,
            "needless": needless,
        }
    )
