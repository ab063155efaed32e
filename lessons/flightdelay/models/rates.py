"""Classifiers that look up a rate for each flight: a rule, and a table."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted


class RateClassifier(ClassifierMixin, BaseEstimator):
    """What the classifiers share that look up a rate for each flight."""

    def _rate(self, features: pd.DataFrame | np.ndarray) -> pd.Series:
        raise NotImplementedError

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        """Return the probabilities of on time and not on time, one row for a flight."""
        check_is_fitted(self)
        rate = self._rate(features).to_numpy(dtype=float)
        return np.column_stack([1 - rate, rate])

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return 1 where not on time is the more probable."""
        return (self.predict_proba(features)[:, 1] >= 0.5).astype(int)


class VisibleDelayRule(RateClassifier):
    """A rule without learning: the next flight fares as the last ones did.

    The probability is the share of flights of the same origin and carrier that were
    visibly late in the hours before the cut-off; where there were none, the share at
    the origin, then that of yesterday at the origin, then zero.
    """

    columns = (
        "origin_carrier_late_share_recent",
        "origin_late_share_recent",
        "origin_late_share_yesterday",
    )

    def fit(self, features: pd.DataFrame, label: ArrayLike) -> Self:
        """Learn nothing but the two classes."""
        self.classes_ = np.array([0, 1])
        return self

    def _rate(self, features: pd.DataFrame) -> pd.Series:
        share = features[self.columns[0]]
        for column in self.columns[1:]:
            share = share.fillna(features[column])
        return share.fillna(0)


class RateTable(RateClassifier):
    """The rate of "not on time" in each cell of a table, learned from training rows.

    A cell with few flights is drawn towards the overall rate, as if `prior_weight`
    flights with that rate had been seen in it (additive smoothing). A cell never seen
    gets the overall rate.

    Args:
        columns: Columns that span the table.
        prior_weight: Number of imagined flights in each cell.
    """

    def __init__(
        self,
        columns: Sequence[str] = ("carrier", "hour"),
        prior_weight: float = 50,
    ) -> None:
        self.columns = columns
        self.prior_weight = prior_weight

    def fit(self, features: pd.DataFrame, label: ArrayLike) -> Self:
        """Count flights and late flights in each cell."""
        label = pd.Series(np.asarray(label, dtype=float), index=features.index)
        self.classes_ = np.array([0, 1])
        self.rate_ = label.mean()
        cells = label.groupby([features[column] for column in self.columns])
        late = cells.sum() + self.prior_weight * self.rate_
        self.table_ = (late / (cells.size() + self.prior_weight)).rename("rate")
        return self

    def _rate(self, features: pd.DataFrame) -> pd.Series:
        columns = list(self.columns)
        return (
            features[columns].join(self.table_, on=columns)["rate"].fillna(self.rate_)
        )
