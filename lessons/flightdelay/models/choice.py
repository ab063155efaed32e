"""Which model was chosen, trained once for all lessons; and what choosing costs."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import Field
from pydantic.dataclasses import dataclass
from sklearn.pipeline import Pipeline

from course import settings, store
from flightdelay import data, features, labels
from flightdelay.features import FEATURE_SETS
from flightdelay.models.pipelines import boosting, logistic

CHOICE_FILE = Path(__file__).with_name("choice.toml")

_KINDS = {"logistic": logistic, "boosting": boosting}


@dataclass(frozen=True, config=settings.STRICT)
class Choice:
    """The model that was chosen by the charter.

    Attributes:
        version: Version of the model, as it is served and logged.
        kind: "logistic" or "boosting".
        sets: Keys of `FEATURE_SETS`: what the model learns from.
    """

    version: str
    kind: Literal[tuple(_KINDS)]
    sets: Annotated[tuple[Literal[tuple(FEATURE_SETS)], ...], Field(min_length=1)]

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
        SettingsError: The kind or a set of features is unknown, or a field is missing.
    """
    return settings.read(file, Choice)


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
        reference: The run over which is saved, on either half, so that days which are
            dear for all runs cancel out.
        repeats: How often halves and orders are drawn.

    Returns:
        One row for each n from 1 to the number of runs: `promised` and `kept`, the mean
        saving per flight over the reference on the half that chose and on the other.

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
        total[:, 0] += chosen_by[place] - chosen_by[best]
        total[:, 1] += judged_by[place] - judged_by[best]
    return pd.DataFrame(
        total / repeats,
        columns=["promised", "kept"],
        index=pd.RangeIndex(1, runs + 1, name="runs"),
    )


def _trained(model: Pipeline) -> Pipeline:
    train = data.period_rows(data.load_flights(), "train")
    known = features.load("train")[load_choice().columns]
    return model.fit(known, labels.not_on_time(train).astype(int))
