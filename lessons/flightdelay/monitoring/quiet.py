"""What is usual, learned from quiet days: days on which nobody has broken anything."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd

from course import store
from flightdelay import data, features, labels
from flightdelay.models import CATEGORIES
from flightdelay.monitoring.distances import (
    Category,
    DailyDistances,
    Number,
    daily_distances,
)
from flightdelay.monitoring.log_table import INPUTS, NUMBERS, answered
from flightdelay.monitoring.retraining import untrained
from flightdelay.service import ServedModel

#: Quiet days lie in the open months. Limits are learned in every second one, and judged
#: in those between.
LEARN_MONTHS, JUDGE_MONTHS = (1, 3, 5, 7), (2, 4, 6, 8)
#: Before this day the features of yesterday have no yesterday.
FIRST_QUIET_DAY = pd.Timestamp("2013-01-03")

# An input counts as always there if fewer of its quiet values than this are empty.
_HARDLY_EVER = 0.01
# The distance of each input is measured against this quantile of its quiet days.
_USUAL = 0.95


def quiet_records(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the flights of the quiet days, with the outcome of each.

    Args:
        flights: As from `data.load_flights`.

    Returns:
        The open flights from `FIRST_QUIET_DAY` on, with `outcome` 0.0 or 1.0.
    """
    records = flights[~flights["sealed"] & (flights["date"] >= FIRST_QUIET_DAY)]
    return records.assign(outcome=labels.not_on_time(records).astype(float))


def quiet_log(
    records: pd.DataFrame, inputs: pd.DataFrame, model: ServedModel, every: int = 8
) -> pd.DataFrame:
    """Answer on quiet days as a model that has not learned from them.

    The model in use has learned from January to June, so its own answers there would
    look too good. Days in `LEARN_MONTHS` are answered by a copy that learned in
    `JUDGE_MONTHS`, and the other way round; July and August by the model itself.

    Args:
        records: As from `quiet_records`.
        inputs: One row for each record, with every feature.
        model: The model in use.
        every: A copy learns from one row in so many.

    Returns:
        A log.
    """
    month = records["date"].dt.month
    training = month.isin(data.PERIODS["train"])
    parts = [answered(records[~training], inputs, model)]
    for own, other in (LEARN_MONTHS, JUDGE_MONTHS), (JUDGE_MONTHS, LEARN_MONTHS):
        past = records[training & month.isin(other)].iloc[::every]
        pipeline = untrained(model.pipeline)
        pipeline.fit(inputs.loc[past.index, model.columns], past["outcome"].astype(int))
        copy = replace(model, pipeline=pipeline)
        parts.append(answered(records[training & month.isin(own)], inputs, copy))
    return pd.concat(parts).loc[records.index]


def quiet_days(model: ServedModel) -> pd.DataFrame:
    """Return the log of the quiet days; made once and kept, see `store.keep_table`.

    Args:
        model: The model in use.

    Returns:
        As from `quiet_log`, with rows numbered from 0.
    """
    return store.keep_table(
        f"quiet-days-{model.version}", lambda: _answer_quiet_days(model)
    )


def _answer_quiet_days(model: ServedModel) -> pd.DataFrame:
    records = quiet_records(data.load_flights())
    inputs = features.load().loc[records.index]
    return quiet_log(records, inputs, model).reset_index(drop=True)


@dataclass(frozen=True)
class Quiet:
    """What is usual, as learned from the log of quiet days.

    Attributes:
        numbers: Distribution of each number.
        categories: Shares of each category.
        usual_distance: Distance that an input exceeds on one quiet day in twenty.
        always_there: Inputs that are hardly ever empty.
        flights: Median number of flights by weekday.
        score: Median of the daily mean probability.
        rate: Median of the daily rate of not on time.
    """

    numbers: dict[str, Number]
    categories: dict[str, Category]
    usual_distance: pd.Series
    always_there: list[str]
    flights: pd.Series
    score: float
    rate: float

    @classmethod
    def learn(cls, log: pd.DataFrame) -> Self:
        """Learn what is usual.

        Args:
            log: Predictions of quiet days, with outcomes.

        Returns:
            The usual values.
        """
        numbers = {c: Number.learn(log[c].to_numpy(float)) for c in NUMBERS}
        categories = {column: Category.learn(log[column]) for column in CATEGORIES}
        days = daily_distances(log, numbers, categories)
        daily = log.groupby("date")
        empty = log[INPUTS].isna().mean()
        size = daily.size()
        return cls(
            numbers=numbers,
            categories=categories,
            usual_distance=days.distance.quantile(_USUAL),
            always_there=list(empty.index[empty < _HARDLY_EVER]),
            flights=size.groupby(size.index.day_of_week).median(),
            score=daily["probability"].mean().median(),
            rate=daily["outcome"].mean().median(),
        )

    def distances(
        self, log: pd.DataFrame, columns: Sequence[str] = INPUTS
    ) -> DailyDistances:
        """Return how much these inputs of each day of a log differ from quiet days."""
        numbers = {c: self.numbers[c] for c in columns if c in NUMBERS}
        categories = {c: self.categories[c] for c in columns if c in CATEGORIES}
        return daily_distances(log, numbers, categories)
