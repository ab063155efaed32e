"""How much the inputs of a day differ from those of other days, input by input.

Three distances: the Kolmogorov-Smirnov distance of a number with the p-value of its
test, half the sum of differences of a category's shares, and the population stability
index of both.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from flightdelay.models import CATEGORIES
from flightdelay.monitoring.log_table import NUMBERS

# Points at which the distribution of a number is compared, and bins of the index.
_POINTS, _BINS = 200, 10
# A share of zero would make the stability index infinite.
_SMALLEST_SHARE = 1e-4


class Number(NamedTuple):
    """How a number is distributed on other days.

    Attributes:
        size: Values that are not empty.
        points: Values at which distributions are compared.
        reached: Share of the values up to each point.
        edges: Places among the points that end the bins of the stability index.
    """

    size: int
    points: np.ndarray
    reached: np.ndarray
    edges: np.ndarray

    @classmethod
    def learn(cls, values: np.ndarray) -> Self:
        """Learn the distribution of these values; NaN are left out."""
        values = np.sort(values[~np.isnan(values)])
        ranks = np.linspace(0, 1, _POINTS + 1)
        points = np.unique(np.quantile(values, ranks, method="inverted_cdf"))
        reached = np.searchsorted(values, points, side="right") / len(values)
        inner = np.quantile(
            values, np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf"
        )
        edges = np.unique(np.searchsorted(points, inner))
        return cls(len(values), points, reached, edges)

    def compare(
        self, values: np.ndarray, day: np.ndarray, days: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return for each day the KS distance, its p-value, and the stability index."""
        given = ~np.isnan(values)
        place = np.searchsorted(self.points, values[given], side="left")
        width = len(self.points) + 1
        counts = np.bincount(day[given] * width + place, minlength=days * width)
        counts = counts.reshape(days, width).cumsum(axis=1)
        size = counts[:, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            reached = counts[:, :-1] / size[:, None]
            distance = np.abs(reached - self.reached).max(axis=1)
            scale = np.sqrt(size * self.size / (size + self.size))
        p_value = stats.kstwobign.sf(distance * scale)
        before = np.diff(self.reached[self.edges], prepend=0, append=1)
        now = np.diff(reached[:, self.edges], prepend=0, append=1)
        return distance, p_value, _index(before, now)


class Category(NamedTuple):
    """How often each value of a category occurs on other days.

    Attributes:
        values: Values that occur.
        shares: Share of each, and a zero for all that never occur.
    """

    values: pd.Index
    shares: np.ndarray

    @classmethod
    def learn(cls, values: pd.Series) -> Self:
        """Learn the share of each of these values."""
        counted = values.value_counts(normalize=True)
        return cls(counted.index, np.append(counted.to_numpy(), 0))

    def compare(
        self, values: pd.Series, day: np.ndarray, days: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return for each day half the sum of differences, and the stability index."""
        # A value never seen has the place -1, which becomes the last one.
        place = self.values.get_indexer(values) % len(self.shares)
        width = len(self.shares)
        counts = np.bincount(day * width + place, minlength=days * width)
        counts = counts.reshape(days, width)
        now = counts / counts.sum(axis=1, keepdims=True)
        return np.abs(now - self.shares).sum(axis=1) / 2, _index(self.shares, now)


class DailyDistances(NamedTuple):
    """How the inputs of each day differ from those of other days, a column an input.

    Attributes:
        distance: KS distance of a number, half the sum of differences of a category.
        p_value: Of the KS test, for numbers.
        index: Population stability index.
    """

    distance: pd.DataFrame
    p_value: pd.DataFrame
    index: pd.DataFrame


def daily_distances(
    log: pd.DataFrame,
    numbers: Mapping[str, Number],
    categories: Mapping[str, Category],
    by: str = "date",
) -> DailyDistances:
    """Compare the inputs of each day, or of each other period, with what was learned.

    Args:
        log: Predictions.
        numbers: What was learned about each number that is compared.
        categories: What was learned about each category that is compared.
        by: Column of `log` that holds the period.

    Returns:
        The distances, one row for each period.
    """
    day, dates = pd.factorize(log[by], sort=True)
    compared = {
        column: number.compare(log[column].to_numpy(float), day, len(dates))
        for column, number in numbers.items()
    }
    named = {
        column: category.compare(log[column], day, len(dates))
        for column, category in categories.items()
    }

    def table(values: Mapping[str, ArrayLike]) -> pd.DataFrame:
        return pd.DataFrame(values, index=pd.Index(dates, name=by))

    both = compared | named
    return DailyDistances(
        distance=table({column: found[0] for column, found in both.items()}),
        p_value=table({column: found[1] for column, found in compared.items()}),
        index=table({column: found[-1] for column, found in both.items()}),
    )


def stability_index(
    log: pd.DataFrame, reference: pd.DataFrame, by: str
) -> pd.DataFrame:
    """Return the population stability index of each input in each period.

    Args:
        log: Predictions.
        reference: Predictions of the time to compare with.
        by: Column of `log` that holds the period, such as its month.

    Returns:
        One row for each period, one column for each input.
    """
    numbers = {c: Number.learn(reference[c].to_numpy(float)) for c in NUMBERS}
    categories = {c: Category.learn(reference[c]) for c in CATEGORIES}
    return daily_distances(log, numbers, categories, by).index


def _index(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return the population stability index of each row of shares."""
    before, now = (np.maximum(share, _SMALLEST_SHARE) for share in (before, now))
    return ((now - before) * np.log(now / before)).sum(axis=-1)
