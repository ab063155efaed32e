"""From features to probabilities: pipelines that learn every transform, too."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
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

from flightdelay.features import FEATURE_SETS
from flightdelay.models.networks import NetworkClassifier
from flightdelay.models.rates import RateTable, VisibleDelayRule

#: Schedule columns whose numbers or texts are names: the hour is one of them, for
#: delays do not grow evenly over the day.
CATEGORIES = ("carrier", "origin", "dest", "hour", "weekday", "holiday")


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
    one_hot = OneHotEncoder(handle_unknown="ignore", dtype=np.float32)
    prepare = ColumnTransformer(
        [("categories", one_hot, categories), ("numbers", _scaled(), numbers)]
    )
    # Few columns and many rows: second-order steps need 4 rounds where the default
    # solver needs over 100.
    model = LogisticRegression(C=strength, solver="newton-cholesky")
    return make_pipeline(prepare, model)


def boosting(columns: Sequence[str]) -> Pipeline:
    """Return histogram gradient boosting on some columns.

    Trees split on missing numbers by themselves. Categories become codes; one never
    seen counts as missing.

    Args:
        columns: Columns to use; a column that is not a feature, such as `dep_delay`, is
            taken as a number.
    """
    categories, numbers = _split(columns)
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    prepare = ColumnTransformer(
        [("categories", codes, categories), ("numbers", "passthrough", numbers)]
    )
    trees = HistGradientBoostingClassifier(
        categorical_features=list(range(len(categories))), random_state=0
    )
    return make_pipeline(prepare, trees)


def network(columns: Sequence[str], **settings: object) -> Pipeline:
    """Return a Keras network on some feature columns, with its preparation.

    Inside the pipeline, so that training rows alone decide: categories become codes,
    and one-hot columns inside the network; missing numbers become the median, with a
    column that says so; numbers are scaled to unit variance.

    Args:
        columns: Columns of `features.build` to use.
        settings: As for `NetworkClassifier`.
    """
    categories, numbers = _split(columns)
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.float32
    )
    prepare = ColumnTransformer(
        [("categories", codes, categories), ("numbers", _scaled(), numbers)]
    )
    return make_pipeline(prepare, NetworkClassifier(len(categories), **settings))


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


def _scaled() -> Pipeline:
    # Half the memory of 64 bits, and the same probabilities to six digits.
    single = FunctionTransformer(
        np.asarray, kw_args={"dtype": np.float32}, feature_names_out="one-to-one"
    )
    filled = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(single, filled, StandardScaler())


def _split(columns: Sequence[str]) -> tuple[list[str], list[str]]:
    categories = [column for column in columns if column in CATEGORIES]
    return categories, [column for column in columns if column not in CATEGORIES]
