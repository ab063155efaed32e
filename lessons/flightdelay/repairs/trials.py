"""Versions of the model: what each is given, how it is trained, and a rehearsal."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from course import store
from flightdelay import charter as charters
from flightdelay import data, features, labels, models
from flightdelay.charter import Charter
from flightdelay.evaluation import cost_per_flight
from flightdelay.repairs.declared import declaration, versions

#: Purpose, as in `openings.csv`, of what is opened up to November.
UP_TO_NOVEMBER = "training data up to November for the repairs"
#: What tells two departures of the same flight from those of another.
FLIGHT = ["carrier", "flight", "origin", "dest"]
#: Days of a flight's record. It ends two days before the flight, when all of its
#: outcomes are known at any cut-off: yesterday's last flights may still be in the air.
RECORD_DAYS, RECORD_ENDS = 28, 2
#: A record counts as if this many flights more had been seen, late as often as the
#: charter's threshold: a flight without a record is neither early nor late.
RECORD_WEIGHT = 20


def flight_record(
    flights: pd.DataFrame, charter: Charter, history: pd.DataFrame | None = None
) -> pd.Series:
    """Return how often each flight was not on time in the weeks before.

    The share of its own departures (same carrier, number, origin and destination) that
    were not on time, over the `RECORD_DAYS` days that end `RECORD_ENDS` days before it,
    drawn towards the charter's threshold as if `RECORD_WEIGHT` flights more had been
    seen.

    Args:
        flights: Flights to describe.
        charter: Gives the threshold.
        history: Flights with open outcomes that may be looked back on; by default
            `flights` themselves.

    Returns:
        Series named "flight_record", from 0 to 1, indexed like `flights`.

    Raises:
        ValueError: The history holds sealed flights.
    """
    history = flights if history is None else history
    outcome = labels.not_on_time(history)
    if outcome.isna().any():
        raise ValueError("A record needs outcomes, and the history holds sealed ones.")
    both = pd.concat([history[FLIGHT], flights[FLIGHT]])
    name = both.groupby(FLIGHT, sort=False).ngroup().to_numpy()
    first_day = history["date"].min()
    past, wanted = (
        (table["date"] - first_day).dt.days.to_numpy() for table in (history, flights)
    )
    # One number for flight and day, so that a record is one stretch of sorted rows.
    length = max(past.max(), wanted.max()) + 1
    place = name[: len(history)] * length + past
    order = np.argsort(place, kind="stable")
    late = np.concatenate([[0], np.cumsum(outcome.to_numpy(dtype=float)[order])])
    end = np.maximum(wanted - RECORD_ENDS + 1, 0)
    start = np.maximum(end - RECORD_DAYS, 0)
    own = name[len(history) :] * length
    first, last = (np.searchsorted(place[order], own + day) for day in (start, end))
    seen, weight = last - first, RECORD_WEIGHT
    share = (late[last] - late[first] + weight * charter.threshold) / (seen + weight)
    return pd.Series(share, index=flights.index, name="flight_record")


def decided_later(flights: pd.DataFrame, hours: float = 1) -> pd.DataFrame:
    """Return the flights with a cut-off that lies so many hours later."""
    later = pd.Timedelta(hours=hours)
    return flights.assign(cut_off=flights["cut_off"] + later)


def inputs(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    charter: Charter,
    history: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Return what each version is given about each flight, at its own cut-off.

    Args:
        flights: Flights to describe, with cut-offs at the charter's horizon.
        weather: Hourly readings.
        charter: The charter as agreed.
        history: Flights with open outcomes that may be looked back on; by default
            `flights` themselves.

    Returns:
        For each version one table, indexed like `flights`, with its columns in the
        order in which it learns from them.
    """
    record = flight_record(flights, charter, history)
    at_horizon, found = {}, {}
    for number, version in versions().items():
        hours = version.horizon_hours
        if hours not in at_horizon:
            moved = decided_later(flights, charter.horizon_hours - hours)
            table = features.build(moved, weather, history)
            at_horizon[hours] = table[models.load_choice().columns]
        table = at_horizon[hours]
        if version.flight_record:
            table = table.assign(flight_record=record)
        found[number] = table
    return found


def trained_versions() -> dict[str, Pipeline]:
    """Return every version, trained on January to June; trained once and kept."""
    return store.keep("versions", _train_versions)


def _train_versions() -> dict[str, Pipeline]:
    train = data.period_rows(data.load_flights(), "train")
    given = inputs(train, data.load_table("weather"), charters.load())
    return {
        number: models.trained_choice()
        if number == models.load_choice().version
        else _learn(known, train)
        for number, known in given.items()
    }


def _learn(known: pd.DataFrame, flights: pd.DataFrame) -> Pipeline:
    late = labels.not_on_time(flights).astype(int)
    return models.logistic(list(known)).fit(known, late)


def rehearsal() -> pd.DataFrame:
    """Return what the versions and the candidates said of July to November.

    Everything has learned from January to June, and "a" and "b" in each month from
    September on also from what was known before it. Computed once and kept.

    Returns:
        One row for each flight in the order of time: `date`, `month`, `late` (0 or 1),
        its `flight_record`, and probabilities in a column for each version, for each
        candidate's letter ("c" is version 1.1.0), and for "a in hindsight" and "b in
        hindsight", which have learned from the very months September and October.
        Where a column has nothing of its own to say, it says what version 1.0.0 says.
    """
    return store.keep_table("rehearsal", _rehearse)


def _rehearse() -> pd.DataFrame:
    agreed, weather = charters.load(), data.load_table("weather")
    autumn = data.open_sealed("production", UP_TO_NOVEMBER)
    flights = pd.concat([data.load_flights().query("not sealed"), autumn])
    given = inputs(flights, weather, agreed)
    released, with_record, later = given.values()
    later = later.drop(columns="flight_record")
    month, late = flights["month"], labels.not_on_time(flights).astype(int)
    judged = flights[month >= 7]
    said = _judged(judged, given)
    said["flight_record"] = with_record.loc[judged.index, "flight_record"]
    said["a"] = said["b"] = said["1.0.0"]
    said = said.assign(**{"a in hindsight": said["a"], "b in hindsight": said["b"]})
    train = data.period_rows(flights, "train")
    said["c"] = said["1.1.0"]
    said["d"] = _probability(models.trained_challenger(), released.loc[judged.index])
    hour = _learn(later.loc[train.index], train)
    said["e"] = _probability(hour, later.loc[judged.index])
    for current in (9, 10, 11):
        now = month == current
        said.loc[now[now].index, ["a", "b"]] = month_by_month(
            released, late, month, current
        )
    praised = month.isin([9, 10])
    up_to_october = models.chosen().fit(released[month <= 10], late[month <= 10])
    said.loc[praised[praised].index, "a in hindsight"] = _probability(
        up_to_october, released[praised]
    )
    for current in (9, 10):
        now = month == current
        straight = recalibrated(models.trained_choice(), released[now], late[now])
        said.loc[now[now].index, "b in hindsight"] = _probability(
            straight, released[now]
        )
    return said.reset_index(drop=True)


def month_by_month(
    known: pd.DataFrame, outcome: pd.Series, month: pd.Series, current: int
) -> pd.DataFrame:
    """Let "a" and "b" learn from what was known before a month, and predict it.

    Args:
        known: What the released version is given about each flight.
        outcome: 0 or 1 for each flight.
        month: Month of each flight.
        current: The month to predict.

    Returns:
        Columns "a", trained again on all months before, and "b", straightened on the
        month before, for the flights of the month.
    """
    past, last, now = month < current, month == current - 1, month == current
    retrained = models.chosen().fit(known[past], outcome[past])
    straight = recalibrated(models.trained_choice(), known[last], outcome[last])
    return pd.DataFrame(
        {
            "a": _probability(retrained, known[now]),
            "b": _probability(straight, known[now]),
        },
        index=known.index[now],
    )


def december() -> pd.DataFrame:
    """Open December for the declared comparison, and let each version predict it.

    Returns:
        One row for each flight: `date`, `month`, `late`, a column for each version.
    """
    return store.keep_table("december", _predict_december)


def _predict_december() -> pd.DataFrame:
    declared = declaration()
    opened = data.open_sealed(declared.set, declared.purpose)
    autumn = data.open_sealed("production", UP_TO_NOVEMBER)
    history = pd.concat([autumn[autumn["month"] == 11], opened])
    given = inputs(opened, data.load_table("weather"), charters.load(), history)
    return _judged(opened, given).reset_index(drop=True)


def _judged(flights: pd.DataFrame, given: dict[str, pd.DataFrame]) -> pd.DataFrame:
    said = flights[["date", "month"]].copy()
    said["late"] = labels.not_on_time(flights).astype(int)
    for number, model in trained_versions().items():
        said[number] = _probability(model, given[number].loc[flights.index])
    return said


def _probability(model: Any, known: pd.DataFrame) -> np.ndarray:  # noqa: ANN401
    return model.predict_proba(known)[:, 1].astype(float)


#: For each candidate the months that speak for it before it is rehearsed, and the
#: column of `rehearsal` in which it is praised.
PRAISED = {
    "a": ((9, 10), "a in hindsight"),
    "b": ((9, 10), "b in hindsight"),
    "c": ((7, 8), "c"),
    "d": ((9, 10), "d"),
    "e": ((7, 8), "e"),
}


def promises(rehearsed: pd.DataFrame, charter: Charter) -> pd.Series:
    """Return the gain that speaks for each candidate before it is rehearsed.

    For "a" and "b" a ceiling in hindsight: what they would have gained in September and
    October, had they learned from these very months. For "d" what it did gain there,
    and for "c" and "e" what they gained in July and August, the months for choosing.

    Args:
        rehearsed: As from `rehearsal`.
        charter: Gives the costs.

    Returns:
        Gain per flight for each letter.
    """
    gains = {}
    for letter, (months, column) in PRAISED.items():
        rows = rehearsed[rehearsed["month"].isin(months)]
        before, after = (
            cost_per_flight(rows["late"], rows[name], charter)
            for name in (models.load_choice().version, column)
        )
        gains[letter] = before - after
    return pd.Series(gains, name="promise")


def recalibrated(
    model: Pipeline, known: pd.DataFrame, outcome: ArrayLike
) -> CalibratedClassifierCV:
    """Return the model with its log-odds straightened on some flights (Platt 1999).

    Args:
        model: A fitted model; it stays as it is.
        known: What it is given about each flight.
        outcome: 0 or 1 for each flight.
    """
    straight = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid")
    return straight.fit(known, outcome)
