"""An interval of a mean over days that knows of neighboring days, and draws nothing."""

import numpy as np
from numpy.typing import ArrayLike

from flightdelay.evaluation.intervals import Interval
from flightdelay.evaluation.resampling import resampling_units

_SHARES = ((1, 2 / 3), (2, 1 / 3))


def newey_west(
    values: np.ndarray, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return means of days with intervals that know of neighbors (Newey, West 1987).

    The variance of the mean gets what days share with the two after them. The
    quantile is that of Student's t with a third as many degrees of freedom as days:
    days that are alike say less than their number.

    Args:
        values: One value for each day in its order: (..., days).
        confidence: Of the intervals.

    Returns:
        Mean, low and high end: (...).
    """
    from scipy import special  # a kernel that draws intervals does without

    days, mean = values.shape[-1], values.mean(axis=-1)
    surplus = values - mean[..., None]
    variance = (surplus**2).sum(axis=-1)
    for lag, share in _SHARES:
        shared = (surplus[..., lag:] * surplus[..., :-lag]).sum(axis=-1)
        variance = variance + 2 * share * shared
    half = special.stdtrit(days / 3, (1 + confidence) / 2) * np.sqrt(variance) / days
    return mean, mean - half, mean + half


def mean_with_neighbors(
    values: ArrayLike, date: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Return the mean over flights with the interval of `newey_west`.

    Args:
        values: One for each flight.
        date: Day of each flight.
        confidence: Of the interval.

    Returns:
        Estimate, low and high.

    Raises:
        ValueError: The dates are of another length, or of one day only.
    """
    values = np.asarray(values, dtype=float)
    place, days = resampling_units(len(values), "day", date)
    total, flights = np.bincount(place, values), np.bincount(place)
    mean = values.mean()
    surplus = (total - mean * flights) / flights.mean()
    low, high = (float(end) for end in newey_west(mean + surplus, confidence)[1:])
    return Interval(float(mean), low, high)
