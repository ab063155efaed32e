"""The Keras network, as scikit-learn sees it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.models.rates import RateClassifier

if TYPE_CHECKING:
    import keras

#: Rows of one training step of a network, and of one part of its predictions.
_BATCH = 512
_AT_ONCE = 2048


class NetworkClassifier(RateClassifier):
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
        epochs: Passes over the training rows.
        seed: Seed of the first weights, the order of rows, and dropout.

    Attributes:
        network_: The trained Keras model.
    """

    def __init__(
        self,
        categories: int,
        widths: Sequence[int] = (128, 64),
        dropout: float = 0.2,
        learning_rate: float = 0.001,
        epochs: int = 5,
        seed: int = 0,
    ) -> None:
        self.categories = categories
        self.widths = widths
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.epochs = epochs
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
        self.network_ = self._layers(inputs[1].shape[1], label.mean())
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
        self.network_.fit(inputs, label, **settings)
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
