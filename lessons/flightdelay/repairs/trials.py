"""Versions of the model: what each is given, how it is trained, and a rehearsal."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from course import store
from flightdelay import features, labels, models
from flightdelay.charter import Charter
from flightdelay.evaluation import cost_per_flight
from flightdelay.repairs.declared import versions

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
    record = flight_record(flights, charter, history).astype("float32")
    at_horizon, found = {}, {}
    for number, version in versions().items():
        hours = version.horizon_hours
        if hours not in at_horizon:
            moved = decided_later(flights, charter.horizon_hours - hours)
            table = features.build(moved, weather, history)
            table = table[models.load_choice().columns]
            # Half the memory; the models compute with 32 bits in any case.
            numbers = table.select_dtypes("float64").columns
            at_horizon[hours] = table.astype(dict.fromkeys(numbers, "float32"))
        table = at_horizon[hours]
        if version.flight_record:
            table = table.assign(flight_record=record)
        found[number] = table
    return found


def trained_versions(
    given: Mapping[str, pd.DataFrame], train: ArrayLike, outcome: pd.Series
) -> dict[str, Pipeline]:
    """Return every version, trained on January to June; trained once and kept.

    Args:
        given: As from `inputs`.
        train: Index of the training flights.
        outcome: 0 or 1 for each flight, the training flights among them.

    Returns:
        The fitted models; the released version is `models.trained_choice`.
    """

    def trained(number: str, known: pd.DataFrame) -> Pipeline:
        if number == models.load_choice().version:
            return models.trained_choice()
        return store.keep(
            f"version-{number}",
            lambda: models.logistic(list(known)).fit(known, outcome[train]),
        )

    return {
        number: trained(number, known.loc[train]) for number, known in given.items()
    }


def rehearse(
    flights: pd.DataFrame,
    given: Mapping[str, pd.DataFrame],
    months: Sequence[int] = (9, 10, 11),
    every: int = 4,
) -> pd.DataFrame:
    """Try each candidate by itself, month by month, on what was known before.

    Everything learns from one flight in `every`, the released model too, so that all
    are done in seconds and stay comparable.

    Args:
        flights: Flights with open outcomes, January to the last of the months.
        given: Their `inputs`.
        months: Months in which the model runs, in order. Candidates that learn from
            the past are as released before the first of them.
        every: Learn from one flight in so many.

    Returns:
        Probabilities for the flights from July on: "as released", and a column for
        each candidate's letter.
    """
    month = flights["month"].to_numpy()
    outcome = labels.not_on_time(flights).astype(int).to_numpy()
    new = month >= 7
    released, with_record, later = given.values()

    def predict(
        model: BaseEstimator, known: pd.DataFrame, now: np.ndarray
    ) -> pd.Series:
        probability = model.predict_proba(known[now])[:, 1].astype(float)
        return pd.Series(probability, index=flights.index[now])

    def learn(
        model: Pipeline, known: pd.DataFrame, past: np.ndarray = month <= 6
    ) -> Pipeline:
        rows = past & (np.arange(len(flights)) % every == 0)
        return model.fit(known[rows], outcome[rows])

    as_released = learn(models.chosen(), released)
    later = later.drop(columns="flight_record")
    others = {
        "c": (models.logistic(list(with_record)), with_record),
        "d": (models.boosting(list(released)), released),
        "e": (models.logistic(list(later)), later),
    }
    found = pd.DataFrame({"as released": predict(as_released, released, new)})
    found = found.assign(a=found["as released"], b=found["as released"])
    for letter, (model, known) in others.items():
        found[letter] = predict(learn(model, known), known, new)
    for current in months:
        last, now = month == current - 1, month == current
        retrained = learn(models.chosen(), released, month < current)
        straight = recalibrated(as_released, released[last], outcome[last])
        for letter, model in (("a", retrained), ("b", straight)):
            found.loc[flights.index[now], letter] = predict(model, released, now)
    return found


def promises(
    flights: pd.DataFrame,
    given: Mapping[str, pd.DataFrame],
    rehearsed: pd.DataFrame,
    charter: Charter,
    every: int = 4,
) -> pd.Series:
    """Return the gain that speaks for each candidate before it is rehearsed.

    For "a" and "b" a ceiling in hindsight: what they would have gained in September and
    October, had they learned from these very months. For "d" what it did gain there,
    and for "c" and "e" what they gained in July and August, the months for choosing.

    Args:
        flights: As for `rehearse`.
        given: As for `rehearse`.
        rehearsed: As from `rehearse`.
        charter: Gives the costs.
        every: As for `rehearse`.

    Returns:
        Gain per flight for each letter.
    """
    month = flights["month"]
    outcome = labels.not_on_time(flights).astype(int)
    summer, autumn = (
        rehearsed[month[rehearsed.index].isin(months)] for months in ((7, 8), (9, 10))
    )
    released = given[models.load_choice().version]
    drawn = np.arange(len(flights)) % every == 0
    as_released, retrained = (
        models.chosen().fit(released[rows], outcome[rows])
        for rows in (drawn & (month <= 6), drawn & (month <= 10))
    )

    def straightened(rows: pd.DataFrame) -> np.ndarray:
        known = released.loc[rows.index]
        model = recalibrated(as_released, known, outcome[rows.index])
        return model.predict_proba(known)[:, 1]

    perfect = [straightened(rows) for _, rows in autumn.groupby(month)]
    tried = {
        "a": (autumn, retrained.predict_proba(released.loc[autumn.index])[:, 1]),
        "b": (autumn, np.concatenate(perfect)),
        "c": (summer, summer["c"]),
        "d": (autumn, autumn["d"]),
        "e": (summer, summer["e"]),
    }
    gains = {}
    for letter, (rows, new) in tried.items():
        late = outcome[rows.index]
        before, after = (
            cost_per_flight(late, p, charter) for p in (rows["as released"], new)
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
