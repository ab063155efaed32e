"""Step 4, and the baselines of step 2: from features to probabilities.

All models take the table of `features.build` and the label as 0 and 1, and learn every
transform from the rows that `fit` is given. The second column of `predict_proba` is the
probability of "not on time".
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)
from sklearn.utils.validation import check_is_fitted

from flightdelay import data, labels, store
from flightdelay.features import FEATURE_SETS
from flightdelay.features import build as build_features

CHOICE_FILE = Path(__file__).with_name("choice.toml")

#: Schedule columns whose numbers or texts are names: the hour is one of them, for
#: delays do not grow evenly over the day.
CATEGORIES = ("carrier", "origin", "dest", "hour", "weekday", "holiday")


class _RateClassifier(ClassifierMixin, BaseEstimator):
    """What the classifiers share that look up a rate for each flight."""

    def _rate(self, features: pd.DataFrame) -> pd.Series:
        raise NotImplementedError

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        """Return the probabilities of on time and not on time, one row for a flight."""
        check_is_fitted(self)
        rate = self._rate(features).to_numpy(dtype=float)
        return np.column_stack([1 - rate, rate])

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return 1 where not on time is the more probable."""
        return (self.predict_proba(features)[:, 1] >= 0.5).astype(int)


class VisibleDelayRule(_RateClassifier):
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


class RateTable(_RateClassifier):
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


def logistic(columns: Sequence[str], strength: float = 1.0) -> Pipeline:
    """Return logistic regression on some feature columns.

    Inside the pipeline, so that training rows alone decide: categories become one-hot
    columns (a category never seen becomes all zeros); missing numbers become the
    median, with a column that says so; numbers are scaled to unit variance.

    Args:
        columns: Columns of `features.build` to use.
        strength: Inverse of the ridge penalty.
    """
    categories, numbers = _split(columns)
    # Half the memory of 64 bits, and the same probabilities to six digits.
    single = FunctionTransformer(
        np.asarray, kw_args={"dtype": np.float32}, feature_names_out="one-to-one"
    )
    one_hot = OneHotEncoder(handle_unknown="ignore", dtype=np.float32)
    filled = SimpleImputer(strategy="median", add_indicator=True)
    scaled = make_pipeline(single, filled, StandardScaler())
    prepare = ColumnTransformer(
        [("categories", one_hot, categories), ("numbers", scaled, numbers)]
    )
    # Few columns and many rows: second-order steps need 4 rounds where the default
    # solver needs over 100.
    model = LogisticRegression(C=strength, solver="newton-cholesky")
    return make_pipeline(prepare, model)


def boosting(columns: Sequence[str], seed: int = 0) -> Pipeline:
    """Return histogram gradient boosting on some columns.

    Trees split on missing numbers by themselves. Categories become codes; one never
    seen counts as missing.

    Args:
        columns: Columns to use; a column that is not a feature, such as `dep_delay`, is
            taken as a number.
        seed: Seed of the early-stopping split.
    """
    categories, numbers = _split(columns)
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    prepare = ColumnTransformer(
        [("categories", codes, categories), ("numbers", "passthrough", numbers)]
    )
    trees = HistGradientBoostingClassifier(
        categorical_features=list(range(len(categories))), random_state=seed
    )
    return make_pipeline(prepare, trees)


@dataclass(frozen=True)
class Choice:
    """The model that was chosen by the charter.

    Attributes:
        version: Version of the model, as it is served and logged.
        kind: "logistic" or "boosting".
        sets: Keys of `FEATURE_SETS`: what the model learns from.
    """

    version: str
    kind: str
    sets: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """Names of the feature columns, in the order of the sets."""
        return [column for name in self.sets for column in FEATURE_SETS[name]]


def load_choice(file: Path = CHOICE_FILE) -> Choice:
    """Read which model was chosen.

    Args:
        file: A TOML file with the fields of `choice.toml`.

    Returns:
        The choice.

    Raises:
        ValueError: The kind or a set of features is unknown.
    """
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    choice = Choice(**values | {"sets": tuple(values["sets"])})
    if choice.kind not in _KINDS:
        raise ValueError(
            f"{file.name} chooses the kind {choice.kind!r}: "
            f"expected one of {', '.join(_KINDS)}."
        )
    unknown = [name for name in choice.sets if name not in FEATURE_SETS]
    if unknown:
        raise ValueError(
            f"{file.name} chooses the features {', '.join(unknown)}: "
            f"expected some of {', '.join(FEATURE_SETS)}."
        )
    return choice


def chosen() -> Pipeline:
    """Return the chosen model, not fitted yet."""
    choice = load_choice()
    return _KINDS[choice.kind](choice.columns)


def trained_choice() -> Pipeline:
    """Return the chosen model, trained on all flights of January to June.

    It is trained once for all lessons and kept; see `store.keep`.
    """
    return store.keep("chosen-model", _train_choice)


def _train_choice() -> Pipeline:
    flights = data.load_flights()
    train = data.period_rows(flights, "train")
    known = build_features(train, data.load_table("weather"), sets=load_choice().sets)
    return chosen().fit(known, labels.not_on_time(train).astype(int))


def baselines() -> dict[str, BaseEstimator]:
    """Return the five baselines, from no information to a simple model on everything.

    Returns:
        Estimators that are not fitted yet, by name.
    """
    everything = [column for columns in FEATURE_SETS.values() for column in columns]
    return {
        "base rate": DummyClassifier(strategy="prior"),
        "rule: visible delay": VisibleDelayRule(),
        "table: carrier and hour": RateTable(),
        "logistic: schedule": logistic(FEATURE_SETS["schedule"]),
        "logistic: schedule, weather, operations": logistic(everything),
    }


def baseline_probabilities(
    features: pd.DataFrame, label: ArrayLike, new_features: pd.DataFrame
) -> pd.DataFrame:
    """Fit the five baselines on training rows and let each judge other rows.

    Args:
        features: Training rows, as from `features.build`.
        label: 0 or 1 for each training row.
        new_features: Rows to predict.

    Returns:
        The probability of "not on time": one row for each of `new_features`, with its
        index, and one column for each baseline.
    """
    return pd.DataFrame(
        {
            name: model.fit(features, label).predict_proba(new_features)[:, 1]
            for name, model in baselines().items()
        },
        index=new_features.index,
    )


_KINDS = {"logistic": logistic, "boosting": boosting}


def _split(columns: Sequence[str]) -> tuple[list[str], list[str]]:
    categories = [column for column in columns if column in CATEGORIES]
    return categories, [column for column in columns if column not in CATEGORIES]
