"""Intervals of figures, from resampled flights, days or weeks."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.charter import RESAMPLING_UNITS
from flightdelay.evaluation.intervals import Interval
from flightdelay.evaluation.metrics import (
    VALUES_AT_ONCE,
    Metric,
    checked,
    weighted_metric,
)

#: Days in a block of the resampling unit "week".
BLOCK_DAYS = 7
#: Resamples where a rule reads an end of the interval. Another seed moves that end by
#: less than a hundredth of the interval's width; with 1,000 by a fiftieth.
DRAWS_TO_DECIDE = 10_000


def bootstrap_interval(
    outcome: ArrayLike,
    probability: ArrayLike,
    metric: Metric,
    unit: str = "day",
    date: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return a figure with its percentile bootstrap interval (Efron 1979).

    The unit says what is drawn with replacement. Flights of one day share weather and
    queues, so drawing flights as if they were independent gives an interval that is far
    too narrow; drawing days keeps a day together; drawing blocks of seven days that
    follow each other (Politis and Romano 1992, the last day followed by the first)
    keeps neighboring days together too. None of them holds the variance of training
    again.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        metric: "roc_auc", "average_precision", "kappa" (`probability` is then another
            labeling, of 0 and 1), or a function of outcome and probability that
            returns one value for each flight, such as `squared_error`.
        unit: "flight", "day" or "week".
        date: Day of each flight; needed unless the unit is "flight".
        resamples: Number of resamples.
        confidence: Share of the resamples' figures inside the interval.
        seed: Seed of the resampling; the same seed and days give the same resamples.

    Returns:
        Estimate, low and high.

    Raises:
        ValueError: The input is empty, of unequal length, NaN or out of range, has one
            class only where the metric needs two, or an option is unknown.
    """
    outcome, probability = checked(outcome, probability)
    place, units = resampling_units(len(outcome), unit, date)
    figure = weighted_metric(metric, outcome, probability, place)
    weights = resampling_weights(units, unit, resamples, seed, len(outcome))
    drawn = np.concatenate([figure(some) for some in weights])
    estimate = figure(np.ones((1, units)))[0]
    return percentile_interval(estimate, drawn, confidence)


def paired_difference(
    outcome: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    metric: Metric,
    unit: str = "day",
    date: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return by how much the second model's figure exceeds the first's.

    Both are judged on the same resampled flights, so what makes a day hard for both
    cancels out. All arguments are as in `bootstrap_interval`; `first` and `second` are
    the two probabilities.

    Returns:
        Second minus first: estimate, low and high.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome, first = checked(outcome, first)
    _, second = checked(outcome, second)
    place, units = resampling_units(len(outcome), unit, date)
    before, after = (
        weighted_metric(metric, outcome, probability, place)
        for probability in (first, second)
    )
    weights = resampling_weights(units, unit, resamples, seed, len(outcome))
    drawn = np.concatenate([after(some) - before(some) for some in weights])
    every = np.ones((1, units))
    return percentile_interval((after(every) - before(every))[0], drawn, confidence)


def rate_by(
    outcome: ArrayLike,
    group: ArrayLike,
    date: ArrayLike,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the rate of "not on time" in each group, with an interval by day.

    Args:
        outcome: 0 or 1 for each flight.
        group: Group of each flight, such as its hour or carrier. Flights whose group
            is missing are left out.
        date: Day of each flight.
        resamples: Number of resamples of whole days.
        confidence: Share of the resamples' rates inside the interval.
        seed: Seed of the resampling.

    Returns:
        One row for each group, in sorted order: `rate`, `low` and `high`, the number of
        `flights`, and the number of `days` on which they were scheduled.

    Raises:
        ValueError: The input is empty, of unequal length or missing, or an option is
            unknown.
    """
    outcome, _ = checked(outcome, outcome)
    flights = pd.DataFrame(
        {"outcome": outcome, "group": np.asarray(group), "date": np.asarray(date)}
    )
    cells = flights.groupby(["date", "group"], observed=True)["outcome"]
    late = cells.sum().unstack(fill_value=0)
    size = cells.size().unstack(fill_value=0)
    if len(size) < 2:
        raise ValueError(f"{len(size)} days are too few to resample by day.")
    weights = np.concatenate(
        list(resampling_weights(len(size), "day", resamples, seed, size.size))
    )
    # A resample may hold no flight of a small group; it tells nothing about its rate.
    with np.errstate(invalid="ignore"):
        drawn = weights @ late.to_numpy() / (weights @ size.to_numpy())
    low, high = interval_ends(drawn, confidence)
    return pd.DataFrame(
        {
            "rate": late.sum() / size.sum(),
            "low": low,
            "high": high,
            "flights": size.sum(),
            "days": (size > 0).sum(),
        }
    )


def resampling_units(
    flights: int, unit: str, date: ArrayLike | None
) -> tuple[np.ndarray, int]:
    """Return what is drawn as a whole: the unit of each flight, and their number."""
    if unit not in RESAMPLING_UNITS:
        raise ValueError(
            f"There is no unit {unit!r}: expected one of {', '.join(RESAMPLING_UNITS)}."
        )
    if unit == "flight":
        return np.arange(flights), flights
    if date is None:
        raise ValueError(f"To resample by {unit}, give the date of each flight.")
    if len(np.asarray(date)) != flights:
        raise ValueError("date must have one value for each flight.")
    days, place = np.unique(np.asarray(date), return_inverse=True)
    if len(days) < 2 or (unit == "week" and len(days) <= BLOCK_DAYS):
        raise ValueError(f"{len(days)} days are too few to resample by {unit}.")
    return place, len(days)


def resampling_weights(
    units: int, unit: str, resamples: int, seed: int, values: int
) -> Iterator[np.ndarray]:
    """Yield how often each unit was drawn: (some resamples, units).

    `values` is the number of values that a figure holds for each resample; it bounds
    how many resamples come at once.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, not {resamples}.")
    generator = np.random.default_rng(seed)
    at_once = max(1, VALUES_AT_ONCE // values)
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        if unit == "week":
            blocks = -(-units // BLOCK_DAYS)
            first = generator.integers(units, size=(rows, blocks, 1))
            chosen = (first + np.arange(BLOCK_DAYS)).reshape(rows, -1)[:, :units]
            chosen %= units
        else:
            chosen = generator.integers(units, size=(rows, units))
        offset = np.arange(rows)[:, None] * units
        counts = np.bincount((chosen + offset).ravel(), minlength=rows * units)
        yield counts.reshape(rows, units).astype(float)


def coin_tosses(resamples: int, days: int, seed: int) -> np.ndarray:
    """Return 1 or -1 for each day: (resamples, days)."""
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, not {resamples}.")
    generator = np.random.default_rng(seed)
    return generator.choice([-1.0, 1.0], size=(resamples, days))


def percentile_interval(
    estimate: float, drawn: np.ndarray, confidence: float
) -> Interval:
    """Return a figure with the interval that holds so many of its resamples."""
    low, high = interval_ends(drawn, confidence)
    return Interval(float(estimate), float(low), float(high))


def interval_ends(drawn: np.ndarray, confidence: float) -> np.ndarray:
    """Return the interval's two ends, from resampled figures along the first axis."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}.")
    # A resample without one of the classes has no ranking; it is left out.
    tail = (1 - confidence) / 2
    return np.nanquantile(drawn, [tail, 1 - tail], axis=0)
