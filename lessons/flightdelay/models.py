"""Step 4, and the baselines of step 2: from features to probabilities.

All models take the table of `features.build` and the label as 0 and 1, and learn every
transform from the rows that `fit` is given. The second column of `predict_proba` is the
probability of "not on time".
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

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

from course import store
from flightdelay import data, labels
from flightdelay.features import FEATURE_SETS
from flightdelay.features import build as build_features

if TYPE_CHECKING:
    import keras

CHOICE_FILE = Path(__file__).with_name("choice.toml")

#: Schedule columns whose numbers or texts are names: the hour is one of them, for
#: delays do not grow evenly over the day.
CATEGORIES = ("carrier", "origin", "dest", "hour", "weekday", "holiday")

#: Rows of one training step of a network, and of one part of its predictions.
_BATCH = 512
_AT_ONCE = 2048


class _RateClassifier(ClassifierMixin, BaseEstimator):
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
        settings: As for `NetworkClassifier`. The preparation learns from the rows that
            are watched, too.
    """
    categories, numbers = _split(columns)
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.float32
    )
    prepare = ColumnTransformer(
        [("categories", codes, categories), ("numbers", _scaled(), numbers)]
    )
    return make_pipeline(prepare, NetworkClassifier(len(categories), **settings))


class NetworkClassifier(_RateClassifier):
    """A Keras network from codes and numbers to the probability of 1.

    It has two inputs, codes of categories and numbers. Codes become one-hot columns,
    stand beside the numbers, and hidden layers follow. The output starts at the base
    rate, so that training need not begin with finding it.

    Keras takes seconds to import, so only `fit` does it. Two fits with one seed on one
    machine give the same network.

    Args:
        categories: So many of the first columns, one or more, are codes: whole numbers
            from 0. A category never seen is -1 and becomes all zeros.
        widths: Units of each hidden layer.
        dropout: Share of the units left out at random after each hidden layer.
        learning_rate: Step size of the optimizer Adam (Kingma and Ba 2015).
        epochs: Passes over the training rows, at most.
        watched: Number of the last rows that are not learned from but watched. In rows
            sorted by time these are the latest. Training ends when their loss has not
            fallen for two epochs, and the best weights are kept (early stopping).
        seed: Seed of the first weights, the order of rows, and dropout.

    Attributes:
        network_: The trained Keras model.
        history_: One row for each epoch, from 1: "loss", and "val_loss" if rows were
            watched.
    """

    def __init__(
        self,
        categories: int,
        widths: Sequence[int] = (128, 64),
        dropout: float = 0.2,
        learning_rate: float = 0.001,
        epochs: int = 5,
        watched: int = 0,
        seed: int = 0,
    ) -> None:
        self.categories = categories
        self.widths = widths
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.watched = watched
        self.seed = seed

    def fit(self, columns: ArrayLike, label: ArrayLike) -> Self:
        """Train the network on one row for each flight, with 0 or 1 as its label."""
        import keras
        import tensorflow

        # Both seed what is drawn; the second call fixes the order of additions.
        keras.utils.set_random_seed(self.seed)
        tensorflow.config.experimental.enable_op_determinism()
        self.classes_ = np.array([0, 1])
        label = np.asarray(label, dtype=np.float32)
        codes = np.asarray(columns)[:, : self.categories]
        self.sizes_ = codes.max(axis=0, initial=-1).astype(int) + 1
        inputs = self._inputs(columns)
        learned = slice(len(label) - self.watched)
        self.network_ = self._layers(inputs[1].shape[1], label[learned].mean())
        self.network_.compile(
            keras.optimizers.Adam(self.learning_rate),
            "binary_crossentropy",
            # Compiling takes longer than it saves on fits of seconds.
            jit_compile=False,
            # Fewer trips between Python and TensorFlow, the same steps.
            steps_per_execution=16,
        )
        # Otherwise the first step creates the optimizer's state, and is traced twice.
        self.network_.optimizer.build(self.network_.trainable_variables)
        settings = {"epochs": self.epochs, "batch_size": _BATCH, "verbose": 0}
        if self.watched:
            last = slice(len(label) - self.watched, None)
            settings["validation_data"] = ([part[last] for part in inputs], label[last])
            settings["callbacks"] = [
                keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
            ]
        history = self.network_.fit(
            [part[learned] for part in inputs], label[learned], **settings
        ).history
        self.history_ = pd.DataFrame(history).rename(lambda row: row + 1)
        self.history_.index.name = "epoch"
        return self

    def _layers(self, numbers: int, rate: float) -> "keras.Model":
        import keras

        codes_in = keras.Input((self.categories,), name="codes", dtype="int32")
        numbers_in = keras.Input((numbers,), name="numbers")
        one_hot = keras.ops.multi_hot(codes_in, int(self.sizes_.sum()))
        hidden = keras.layers.Concatenate()([one_hot, numbers_in])
        for width in self.widths:
            hidden = keras.layers.Dense(width, activation="relu")(hidden)
            hidden = keras.layers.Dropout(self.dropout)(hidden)
        odds = keras.initializers.Constant(float(np.log(rate / (1 - rate))))
        probability = keras.layers.Dense(
            1, activation="sigmoid", bias_initializer=odds
        )(hidden)
        return keras.Model([codes_in, numbers_in], probability)

    def _inputs(self, columns: ArrayLike) -> list[np.ndarray]:
        """Split off the codes, and shift each column's behind those before it."""
        columns = np.asarray(columns)
        codes = columns[:, : self.categories].astype(np.int32)
        first = np.cumsum(self.sizes_) - self.sizes_
        shifted = np.where(codes < 0, -1, codes + first).astype(np.int32)
        numbers = columns[:, self.categories :].astype(np.float32, copy=False)
        return [shifted, numbers]

    def _rate(self, columns: np.ndarray) -> pd.Series:
        parts = self._inputs(columns)
        # Called directly: `Model.predict` costs more than the network for one flight.
        rates = [
            np.asarray(
                self.network_([part[first : first + _AT_ONCE] for part in parts])
            )
            for first in range(0, len(parts[0]), _AT_ONCE)
        ]
        return pd.Series(np.concatenate(rates)[:, 0])


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
    return store.keep("chosen-model", lambda: _trained(chosen()))


def trained_challenger() -> Pipeline:
    """Return boosted trees on the chosen columns, trained and kept in the same way."""
    columns = load_choice().columns
    return store.keep("challenger", lambda: _trained(boosting(columns)))


def best_of_many(
    costs: pd.DataFrame,
    group: ArrayLike,
    reference: str,
    repeats: int = 1000,
) -> pd.DataFrame:
    """Return what the best of n runs promises, and what it keeps on new days.

    Again and again, half of the groups are drawn. Of n runs in random order the one
    with the smallest cost on that half is picked; then the other half judges it. What
    it loses there is the optimism of choosing the best (Cawley and Talbot 2010).

    Args:
        costs: One row for each flight, one column for each run.
        group: Group of each flight that is drawn as a whole, such as its day.
        reference: The run whose cost is subtracted on either half, so that days which
            are dear for all runs cancel out.
        repeats: How often halves and orders are drawn.

    Returns:
        One row for each n from 1 to the number of runs: `promised` and `kept`, the mean
        cost per flight beyond the reference on the half that chose and on the other.

    Raises:
        ValueError: There are fewer than two groups.
    """
    group = np.asarray(group)
    sums = costs.groupby(group).sum().to_numpy()
    flights = costs.groupby(group).size().to_numpy()
    if len(flights) < 2:
        raise ValueError("There must be two groups or more to draw half of them.")
    generator = np.random.default_rng(0)
    runs = costs.shape[1]
    place = costs.columns.get_loc(reference)
    total = np.zeros((runs, 2))
    for _ in range(repeats):
        half = generator.permutation(len(flights)) < len(flights) // 2
        chosen_by, judged_by = (
            sums[part].sum(axis=0) / flights[part].sum() for part in (half, ~half)
        )
        order = generator.permutation(runs)
        # Place of the smallest cost so far.
        smallest = np.minimum.accumulate(chosen_by[order])
        best = [order[np.argmax(chosen_by[order] == cost)] for cost in smallest]
        total[:, 0] += chosen_by[best] - chosen_by[place]
        total[:, 1] += judged_by[best] - judged_by[place]
    return pd.DataFrame(
        total / repeats,
        columns=["promised", "kept"],
        index=pd.RangeIndex(1, runs + 1, name="runs"),
    )


def _trained(model: Pipeline) -> Pipeline:
    flights = data.load_flights()
    train = data.period_rows(flights, "train")
    known = build_features(train, data.load_table("weather"), sets=load_choice().sets)
    return model.fit(known, labels.not_on_time(train).astype(int))


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
