"""The prediction log as a table, and what a dashboard has known of it at each hour.

It has one row for each prediction, with `date` (day of the scheduled departure), every
feature that went in, `probability`, `prepare` and `fallback`, and `outcome` (1 for not
on time).
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from flightdelay.data import TIME_ZONE
from flightdelay.features import FEATURE_SETS
from flightdelay.models import CATEGORIES
from flightdelay.service import PredictionLog, ServedModel, score

#: Every feature that goes into a model, and those of them that are numbers.
INPUTS = [column for columns in FEATURE_SETS.values() for column in columns]
NUMBERS = [column for column in INPUTS if column not in CATEGORIES]


def read_log(log: PredictionLog) -> pd.DataFrame:
    """Read a prediction log, with the day of each flight's scheduled departure.

    Args:
        log: The service's log.

    Returns:
        One row for each prediction, as from `PredictionLog.read`, and `date`.
    """
    table = log.read()
    clock = table["scheduled_departure"].dt.tz_localize(None)
    return table.assign(date=clock.dt.normalize())


class Delivered(NamedTuple):
    """Feeds that deliver these inputs, whatever is asked: for `score`.

    Attributes:
        inputs: One row for each record, with every feature.
    """

    inputs: pd.DataFrame

    def features(self, records: pd.DataFrame) -> pd.DataFrame:
        """Return the inputs of these records."""
        return self.inputs.loc[records.index]


def answered(
    records: pd.DataFrame, inputs: pd.DataFrame, model: ServedModel
) -> pd.DataFrame:
    """Let the service answer on given inputs, as it would have logged it.

    Args:
        records: Flights, with `date` and `outcome` and what `score` needs.
        inputs: One row for each record, with every feature.
        model: The model that answers.

    Returns:
        A log: one row for each record.
    """
    scored = score(records, Delivered(inputs), model)
    own = records[["date", "outcome"]]
    return pd.concat([own, scored.inputs, scored.answers], axis="columns")


def rate_shown(log: pd.DataFrame, hours: Sequence[float]) -> pd.DataFrame:
    """Return what a dashboard shows of a day's outcomes, and when.

    Args:
        log: Predictions with `outcome` and `outcome_at`.
        hours: Hours after midnight at which somebody looks; more than 24 lie on the
            days after.

    Returns:
        One row for each date and hour: `shown`, the rate of not on time among the
        flights due by then whose outcome is known; `known`, their share of
        those due; `final`, the rate among those due once all is known.
    """
    midnight = log["date"].dt.tz_localize(TIME_ZONE)
    due, known = (
        (log[column] - midnight) / pd.Timedelta(hours=1)
        for column in ("scheduled_departure", "outcome_at")
    )
    rows = []
    for hour in hours:
        is_due = due <= hour
        is_known = is_due & (known <= hour)
        counts = pd.DataFrame(
            {
                "due": is_due,
                "known": is_known,
                "late": log["outcome"].where(is_due, 0),
                "late_known": log["outcome"].where(is_known, 0),
            }
        )
        by_day = counts.groupby(log["date"]).sum().reset_index()
        rows.append(by_day.assign(hour=hour))
    found = pd.concat(rows, ignore_index=True)
    return pd.DataFrame(
        {
            "date": found["date"],
            "hour": found["hour"],
            "due": found["due"],
            "known": found["known"] / found["due"],
            "shown": found["late_known"] / found["known"],
            "final": found["late"] / found["due"],
        }
    )
