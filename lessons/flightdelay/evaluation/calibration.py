"""Whether probabilities come true."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.evaluation.intervals import Interval
from flightdelay.evaluation.metrics import checked
from flightdelay.evaluation.resampling import (
    coin_tosses,
    percentile_interval,
    rate_by,
    resampling_units,
    resampling_weights,
)


def expected_calibration_error(
    outcome: ArrayLike, probability: ArrayLike, bins: int = 15
) -> float:
    """Return the mean distance between probability and observed rate.

    Probabilities fall into bins of equal width; the distance between mean probability
    and rate in each bin is weighted by the bin's share of flights. Empty bins count
    nothing (Naeini et al. 2015; Guo et al. 2017).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        bins: Number of bins; bin edges belong to the bin above, 1 to the last.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = checked(outcome, probability)
    gap = np.bincount(_bin(probability, bins), weights=probability - outcome)
    return float(np.abs(gap).sum() / len(outcome))


def calibration_gap(outcome: ArrayLike, probability: ArrayLike) -> np.ndarray:
    """Return each flight's probability minus its outcome.

    The mean over any flights is how far their probabilities lie above their rate.
    """
    outcome, probability = checked(outcome, probability)
    return probability - outcome


def calibration_bins(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    bins: int = 15,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the points of a reliability diagram, with intervals by day.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        date: Day of each flight.
        bins: Number of bins of equal width, as in `expected_calibration_error`.
        resamples: Number of resamples of whole days.
        confidence: Share of the resamples' rates inside the interval.
        seed: Seed of the resampling.

    Returns:
        One row for each bin that holds flights, indexed by its number from 0: the
        mean `probability`, and `rate`, `low`, `high`, `flights` and `days` as from
        `rate_by`.

    Raises:
        ValueError: As in `rate_by`.
    """
    outcome, probability = checked(outcome, probability)
    place = _bin(probability, bins)
    table = rate_by(outcome, place, date, resamples, confidence, seed)
    table.insert(0, "probability", pd.Series(probability).groupby(place).mean())
    return table.rename_axis("bin")


def calibration_error_by_chance(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    bins: int = 15,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> float:
    """Return how large the calibration error gets by the luck of days alone.

    If the probabilities come true, a day that turned out worse than they said could as
    well have turned out better. So a coin is tossed for each day, and turns the
    surprises of all its flights round or leaves them (a sign-flip test, Fisher 1935,
    with whole days as its units). It takes a day to be as likely to surprise by so
    much in one direction as in the other.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        date: Day of each flight.
        bins: Number of bins, as in `expected_calibration_error`.
        resamples: Number of times that all coins are tossed.
        confidence: Share of the tosses that stay at or below the figure returned.
        seed: Seed of the tosses.

    Returns:
        A number from 0 to 1. A calibration error above it is more than such luck.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome, probability = checked(outcome, probability)
    place, days = resampling_units(len(outcome), "day", date)
    surprise = np.zeros((days, bins))
    np.add.at(surprise, (place, _bin(probability, bins)), probability - outcome)
    errors = np.abs(coin_tosses(resamples, days, seed) @ surprise).sum(axis=1) / len(
        outcome
    )
    return float(np.quantile(errors, confidence))


class CalibrationLine(NamedTuple):
    """How probabilities miss the truth, measured in log-odds.

    Attributes:
        intercept: By how much all log-odds must rise so that the mean probability is
            the rate; below 0 the probabilities are too high.
        slope: By what the log-odds must be multiplied, beside a shift; below 1 the
            probabilities are too extreme, above 1 too timid.
    """

    intercept: Interval
    slope: Interval


def calibration_line(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> CalibrationLine:
    """Return calibration intercept and slope, with intervals by day (Cox 1958).

    The slope is that of a logistic regression of the outcome on the log-odds of the
    probability; the intercept is that of the same regression with the slope held at 1.
    So that whole days can be drawn often, flights with nearly the same log-odds count
    as one group.

    Args:
        outcome: 0 or 1 for each flight; both must occur.
        probability: Above 0 and below 1 for each flight.
        date: Day of each flight.
        resamples: Number of resamples of whole days.
        confidence: Share of the resamples inside each interval.
        seed: Seed of the resampling.

    Returns:
        Both figures with their intervals; 0 and 1 if all probabilities come true.

    Raises:
        ValueError: As in `bootstrap_interval`, or a probability is 0 or 1.
    """
    outcome, probability = checked(outcome, probability)
    if not ((probability > 0) & (probability < 1)).all():
        raise ValueError("A probability of 0 or 1 has no log-odds.")
    log_odds = np.log(probability / (1 - probability))
    place, days = resampling_units(len(outcome), "day", date)
    _, group = np.unique(log_odds.round(1), return_inverse=True)
    cell = place * (group.max() + 1) + group
    shape, cells = (days, group.max() + 1), days * (group.max() + 1)
    flights = np.bincount(cell, minlength=cells).reshape(shape)
    late = np.bincount(cell, outcome, minlength=cells).reshape(shape)
    x = np.bincount(group, log_odds) / np.bincount(group)
    weights = np.concatenate(
        [
            np.ones((1, days)),
            *resampling_weights(days, "day", resamples, seed, cells),
        ]
    )
    drawn = weights @ flights, weights @ late
    intercept, slope = _line(*drawn, x, 0)[:, 0], _line(*drawn, x, 1)[:, 1]
    return CalibrationLine(
        percentile_interval(intercept[0], intercept[1:], confidence),
        percentile_interval(slope[0], slope[1:], confidence),
    )


def _line(
    flights: np.ndarray, late: np.ndarray, x: np.ndarray, degree: int
) -> np.ndarray:
    """Fit log-odds of `late` of `flights`, many resamples at once, by Newton's steps.

    Args:
        flights: Their number: (resamples, groups).
        late: How many of them were not on time.
        x: Log-odds of each group.
        degree: 0 fits the intercept beside a slope of 1, 1 fits both.

    Returns:
        Intercept and slope: (resamples, 2).
    """
    line = np.tile([0.0, 1.0], (len(flights), 1))
    columns = np.stack([np.ones_like(x), x])[: degree + 1]
    for _ in range(8):
        rate = 1 / (1 + np.exp(-(line[:, :1] + line[:, 1:] * x)))
        slope = (late - flights * rate) @ columns.T
        curvature = np.einsum(
            "rg,ig,jg->rij", flights * rate * (1 - rate), columns, columns
        )
        step = np.linalg.solve(curvature, slope[..., None])[..., 0]
        line[:, : degree + 1] += step
    return line


def squared_error(outcome: ArrayLike, probability: ArrayLike) -> np.ndarray:
    """Return each flight's squared error; the mean is the Brier score (Brier 1950)."""
    outcome, probability = checked(outcome, probability)
    return (probability - outcome) ** 2


class BrierParts(NamedTuple):
    """A Brier score and the parts that it is the sum of.

    Attributes:
        score: Brier score: reliability - resolution + uncertainty + within bins.
        reliability: Mean squared distance between mean probability and rate in a bin;
            0 if all probabilities come true.
        resolution: Mean squared distance between a bin's rate and the overall rate;
            large if the bins differ.
        uncertainty: The score of whoever always says the overall rate.
        within_bins: What the bins hide: spread of the probabilities in a bin, less
            twice what that spread tells about the outcomes.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def brier_parts(
    outcome: ArrayLike, probability: ArrayLike, bins: int = 15
) -> BrierParts:
    """Split the Brier score into what calibration, order and luck contribute.

    Three parts are Murphy's (1973). They add up to the score only if all flights in a
    bin have one probability; what is left is the two terms within bins of Stephenson,
    Coelho and Jolliffe (2008).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        bins: Number of bins of equal width, as in `expected_calibration_error`.

    Returns:
        The score and its four parts.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = checked(outcome, probability)
    place = _bin(probability, bins)
    size = np.bincount(place)
    filled = size > 0
    share = size[filled] / len(outcome)
    rate, mean = (
        np.bincount(place, weights=values)[filled] / size[filled]
        for values in (outcome, probability)
    )
    overall = outcome.mean()
    score = float(np.mean((probability - outcome) ** 2))
    reliability = float(share @ (mean - rate) ** 2)
    resolution = float(share @ (rate - overall) ** 2)
    uncertainty = float(overall * (1 - overall))
    within = score - (reliability - resolution + uncertainty)
    return BrierParts(score, reliability, resolution, uncertainty, within)


def _bin(probability: np.ndarray, bins: int) -> np.ndarray:
    """Return the number of each probability's bin; edges belong to the bin above."""
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, not {bins}.")
    return np.minimum((probability * bins).astype(int), bins - 1)
