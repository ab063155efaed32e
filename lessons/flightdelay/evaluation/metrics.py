"""Metrics of many resamples at once.

scikit-learn has the same metrics, and would sort the flights of each resample anew.
Here they are sorted once, and a resample is how often each unit was drawn.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# Weights are drawn for a few resamples at a time, to bound memory.
VALUES_AT_ONCE = 4_000_000

#: A metric by name, or a function of outcome and probability that returns one value
#: for each flight; the figure is then their mean.
Metric = str | Callable[[np.ndarray, np.ndarray], np.ndarray]

# The metric for each row of weights: (resamples, units) to (resamples,).
WeightedMetric = Callable[[np.ndarray], np.ndarray]


def checked(
    outcome: ArrayLike, probability: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return both as arrays of floats.

    Raises:
        ValueError: They are empty, of unequal length, NaN, or out of range.
    """
    if pd.isna(outcome).any() or pd.isna(probability).any():
        raise ValueError(
            "outcome and probability must not be missing; are some flights sealed?"
        )
    outcome = np.asarray(outcome, dtype=float)
    probability = np.asarray(probability, dtype=float)
    if outcome.ndim != 1 or outcome.shape != probability.shape:
        raise ValueError(
            "outcome and probability must have one value for each flight, not the "
            f"shapes {outcome.shape} and {probability.shape}."
        )
    if len(outcome) == 0:
        raise ValueError("There are no flights to judge.")
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("outcome must be 0 or 1.")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probability must lie between 0 and 1.")
    return outcome, probability


def weighted_metric(
    metric: Metric,
    outcome: np.ndarray,
    probability: np.ndarray,
    place: np.ndarray | None = None,
) -> WeightedMetric:
    """Return the metric as a function of how often each unit was drawn.

    Args:
        metric: As for `bootstrap_interval`.
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        place: Unit of each flight, from 0; by default each flight is one.
    """
    if place is None:
        place = np.arange(len(outcome))
    if callable(metric):
        values = np.asarray(metric(outcome, probability), dtype=float)
        if values.shape != outcome.shape:
            raise ValueError(
                "The metric must return one value for each flight, not the shape "
                f"{values.shape}."
            )
        total, flights = np.bincount(place, values), np.bincount(place)
        return lambda weights: weights @ total / (weights @ flights)
    if metric == "kappa":
        return _kappa(outcome, probability, place)
    if metric not in _RANKED:
        raise ValueError(
            f"There is no metric {metric!r}: expected a function or one of "
            f"{', '.join([*_RANKED, 'kappa'])}."
        )
    if outcome.min() == outcome.max():
        raise ValueError(f"{metric} needs both classes, but all outcomes are equal.")
    # Sorted once here, not in every resample: from the highest probability down, with
    # one group for equal probabilities, which no threshold can separate.
    order = np.argsort(-probability, kind="stable")
    falling = probability[order]
    last_of_group = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    late, place = outcome[order], place[order]
    if late.sum() * (place.max() + 1) <= VALUES_AT_ONCE:
        return _figure_of_few_units(metric, late, place, last_of_group)

    def figure(weights: np.ndarray) -> np.ndarray:
        weights = weights[:, place]
        true = np.cumsum(weights * late, axis=1)[:, last_of_group]
        false = np.cumsum(weights, axis=1)[:, last_of_group] - true
        with np.errstate(invalid="ignore"):
            return _RANKED[metric](true, false)

    return figure


def _kappa(first: np.ndarray, second: np.ndarray, place: np.ndarray) -> WeightedMetric:
    """Agreement of two labelings beyond chance (Cohen 1960)."""
    if not np.isin(second, (0, 1)).all():
        raise ValueError("kappa compares two labelings: both must be 0 or 1.")
    counted = np.stack(
        [
            np.bincount(place, values)
            for values in (first == second, first, second, np.ones_like(first))
        ],
        axis=1,
    )

    def kappa(weights: np.ndarray) -> np.ndarray:
        agree, ones, other_ones, flights = (weights @ counted).T
        # Two labelings that are all equal leave nothing to agree about beyond chance,
        # and no flights nothing at all.
        with np.errstate(invalid="ignore"):
            observed = agree / flights
            share, other = ones / flights, other_ones / flights
            by_chance = share * other + (1 - share) * (1 - other)
            return (observed - by_chance) / (1 - by_chance)

    return kappa


def _figure_of_few_units(
    metric: str, late: np.ndarray, place: np.ndarray, last_of_group: np.ndarray
) -> WeightedMetric:
    """Rank the flights of each unit once, so that a resample only adds units up.

    Args:
        metric: A key of `_RANKED`.
        late: Outcomes, from the highest probability down.
        place: Unit of each of these flights.
        last_of_group: Positions after which the probability changes.
    """
    is_late, units = late == 1, place.max() + 1
    group = np.searchsorted(last_of_group, np.arange(len(late)))
    # Only groups with a late flight move either figure.
    steps = np.unique(group[is_late])

    def counted(chosen: np.ndarray, side: str) -> np.ndarray:
        # Flights of each unit up to each step, or before it: (units, steps).
        first = np.searchsorted(steps, group[chosen], side)
        counts = np.zeros((units, len(steps) + 1))
        np.add.at(counts, (place[chosen], first), 1)
        return counts[:, :-1].cumsum(axis=1)

    true, false = counted(is_late, "left"), counted(~is_late, "left")
    if metric == "average_precision":

        def average_precision(weights: np.ndarray) -> np.ndarray:
            with np.errstate(invalid="ignore"):
                return _average_precision(weights @ true, weights @ false)

        return average_precision

    late_flights = np.bincount(place, is_late, units)
    punctual_flights = np.bincount(place, ~is_late, units)
    # Equal probabilities count half.
    not_above = punctual_flights[:, None] - (false + counted(~is_late, "right")) / 2
    # wins[u, v]: pairs of a late flight of u and a punctual one of v in right order.
    wins = np.diff(true, axis=1, prepend=0) @ not_above.T

    def roc_auc(weights: np.ndarray) -> np.ndarray:
        pairs = (weights @ late_flights) * (weights @ punctual_flights)
        with np.errstate(invalid="ignore"):
            return ((weights @ wins) * weights).sum(axis=1) / pairs

    return roc_auc


def _roc_auc(true: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Area under true over false positives, by trapezoids; each a cumulative sum."""
    before = np.pad(true, ((0, 0), (1, 0)))
    heights = (before[:, 1:] + before[:, :-1]) / 2
    steps = np.diff(false, axis=1, prepend=0)
    return (heights * steps).sum(axis=1) / (true[:, -1] * false[:, -1])


def _average_precision(true: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Mean precision, weighted by the steps in recall."""
    found = true + false
    precision = np.divide(true, found, out=np.zeros_like(true), where=found > 0)
    steps = np.diff(true, axis=1, prepend=0)
    return (precision * steps).sum(axis=1) / true[:, -1]


_RANKED = {"roc_auc": _roc_auc, "average_precision": _average_precision}
