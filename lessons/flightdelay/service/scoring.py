"""From records and feeds to probabilities: the one way that live and replay share."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from course import store
from flightdelay import charter, data, evaluation, features, labels, models

WEATHER = list(features.FEATURE_SETS["weather"])
OPERATIONS = list(features.FEATURE_SETS["operations"])

#: Columns that a record must have, as from `as_records` or `data.load_flights`.
RECORD = (
    "carrier",
    "flight",
    "origin",
    "dest",
    "distance",
    "date",
    "hour",
    "minute",
    "scheduled_departure",
    "cut_off",
)

#: What the feed of operations tells of earlier flights.
SEEN = ("scheduled_departure", "origin", "carrier", "dest", "dep_delay", "sealed")

#: From this hour of the cut-off on, New York time, the three hours before it always
#: held flights: none means that the feed has stopped.
BUSY_FROM_HOUR = 7

#: The windows of `features.operations` reach back at most this far from a cut-off.
LOOK_BACK = pd.Timedelta(hours=50)

#: Boards kept at once: two days of hours.
BOARDS = 48

#: What each fallback is called in the log, in the order in which it is stated. The
#: first two let the table of rates answer, the others the model.
NO_WEATHER = "no weather reading"
NO_OPERATIONS = "no report of operations"
UNKNOWN_CARRIER = "unknown carrier"
UNKNOWN_DESTINATION = "unknown destination"
IMPOSSIBLE_WEATHER = "impossible weather reading"
TABLE_ANSWERS = (NO_WEATHER, IMPOSSIBLE_WEATHER, NO_OPERATIONS)
FALLBACKS = (*TABLE_ANSWERS, UNKNOWN_CARRIER, UNKNOWN_DESTINATION)


class Scored(NamedTuple):
    """What `score` returns, two tables indexed like the records.

    Attributes:
        inputs: The features that went into the model.
        answers: `probability` of not on time, `prepare` (whether it reaches the
            threshold) and `fallback` (names from `FALLBACKS`, joined by "; ").
    """

    inputs: pd.DataFrame
    answers: pd.DataFrame


@dataclass(frozen=True)
class ServedModel:
    """A model with all that its answers depend on, under one version.

    Attributes:
        version: Written into every answer and every row of the log.
        pipeline: Fitted on the table of `features.build`.
        table: Fitted on the same rows; answers where a feed is missing, for it needs
            the schedule only.
        threshold: Probability from which a flight is prepared.
        costs: Cost per flight on July and August, "" as it is, and under each
            fallback as if it held for every flight.
    """

    version: str
    pipeline: Pipeline
    table: BaseEstimator
    threshold: float
    costs: Mapping[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """Names of the features, in the order in which the pipeline was fitted."""
        return list(self.pipeline.feature_names_in_)

    @cached_property
    def known(self) -> dict[str, frozenset]:
        """The values of each category that the pipeline has learned."""
        prepare = self.pipeline[0]
        name, transformer, columns = prepare.transformers_[0]
        if name != "categories":
            raise ValueError(
                f"The model {self.version} has no step called 'categories'."
            )
        return dict(zip(columns, map(frozenset, transformer.categories_), strict=True))


class Feeds:
    """What the service holds beside the request: weather, and operations so far.

    A feed may hold more than was known at a flight's cut-off: `features.build` looks
    at what was known then and at nothing later.

    Args:
        weather: Hourly readings, as from `data.load_table("weather")`.
        departures: Flights with the delay that they show, as from `data.load_flights`;
            sealed ones are left out.
    """

    def __init__(self, weather: pd.DataFrame, departures: pd.DataFrame) -> None:
        self.weather = weather.sort_values("time_hour", kind="stable")
        known = departures.loc[~departures["sealed"], list(SEEN)]
        self.departures = known.sort_values("scheduled_departure", kind="stable")
        self._boards: dict[pd.Timestamp, _Board] = {}
        self._lock = threading.Lock()

    def features(self, records: pd.DataFrame) -> pd.DataFrame:
        """Return the features of records, as `features.build` computes them.

        A single record is looked up on the board of its hour, which is computed once:
        some milliseconds where building a table anew takes a hundred. Tests compare
        the two.

        Args:
            records: Flights with the columns of `RECORD`.

        Returns:
            One row for each record, with every feature of `features.FEATURE_SETS`.
        """
        if len(records) != 1:
            return self._built(records)
        record = records.iloc[0]
        board = self._board(record)
        row = board.row(record)
        return pd.DataFrame([row], index=records.index)[board.columns]

    def _board(self, record: pd.Series) -> "_Board":
        with self._lock:  # Threads that ask for the same new hour wait for one of them.
            board = self._boards.get(record["cut_off"])
            if board is None:
                board = self._boards[record["cut_off"]] = _Board(record, self)
                if len(self._boards) > BOARDS:
                    del self._boards[next(iter(self._boards))]
            return board

    def _built(self, records: pd.DataFrame) -> pd.DataFrame:
        first, last = records["cut_off"].min() - LOOK_BACK, records["cut_off"].max()
        weather = _between(self.weather, "time_hour", first, last)
        history = _between(self.departures, "scheduled_departure", first, last)
        return features.build(records.assign(sealed=False), weather, history)


class _Board:
    """The features of every possible flight with one cut-off.

    At the cut-off everything that they look at is settled, so the board never changes.
    """

    def __init__(self, record: pd.Series, feeds: Feeds) -> None:
        # The empty code stands for a carrier or destination without earlier flights.
        recent = _between(
            feeds.departures,
            "scheduled_departure",
            record["cut_off"] - LOOK_BACK,
            record["cut_off"],
        )
        origins = data.definitions()["flights"].columns["origin"].values
        carriers = ["", *recent["carrier"].unique()]
        destinations = ["", *recent["dest"].unique()]
        keys = [(origin, carrier, "") for origin in origins for carrier in carriers]
        keys += [(origins[0], "", destination) for destination in destinations]
        flights = pd.DataFrame(keys, columns=["origin", "carrier", "dest"])
        for column in ("date", "hour", "minute", "cut_off", "distance"):
            flights[column] = record[column]
        built = feeds._built(flights)
        self.columns = list(built.columns)
        of_destination = [c for c in OPERATIONS if c.startswith("destination_")]
        rest = [column for column in built if column not in of_destination]
        rows = built[rest].to_dict("records")
        self._by_carrier = {
            key[:2]: row for key, row in zip(keys, rows, strict=True) if key[2] == ""
        }
        rows = built[of_destination].to_dict("records")
        self._by_destination = {
            key[2]: row for key, row in zip(keys, rows, strict=True) if key[1] == ""
        }

    def row(self, record: pd.Series) -> dict[str, Any]:
        """Return the features of one flight by name."""
        origin, carrier, dest = record["origin"], record["carrier"], record["dest"]
        by_carrier = self._by_carrier.get((origin, carrier))
        if by_carrier is None:
            by_carrier = self._by_carrier[(origin, "")]
        by_destination = self._by_destination.get(dest, self._by_destination[""])
        own = {"carrier": carrier, "dest": dest}
        own |= {column: record[column] for column in ("minute", "distance")}
        return by_carrier | by_destination | own


def as_records(requests: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Turn requests into records, with the moments that the features need.

    Args:
        requests: Mappings with `carrier`, `flight`, `origin`, `dest`, `distance` in
            miles, and `scheduled_departure`, a moment with its offset from UTC.

    Returns:
        One row for each request, with the columns of `RECORD`.
    """
    records = pd.DataFrame(list(requests))
    departure = pd.to_datetime(records["scheduled_departure"], utc=True)
    departure = departure.astype("datetime64[us, UTC]").dt.tz_convert(data.TIME_ZONE)
    # Whole hours from UTC in New York, so the hour starts at the same moment in both.
    utc = departure.dt.tz_convert("UTC")
    hour = utc.dt.floor("h").astype("datetime64[ms, UTC]").dt.tz_convert(data.TIME_ZONE)
    return records.assign(
        scheduled_departure=departure,
        cut_off=hour - _horizon(),
        date=departure.dt.tz_localize(None).dt.normalize().astype("datetime64[us]"),
        hour=departure.dt.hour.astype("int64"),
        minute=departure.dt.minute.astype("int64"),
    )[list(RECORD)]


def score(records: pd.DataFrame, feeds: Feeds, model: ServedModel) -> Scored:
    """Judge flights as the service does.

    Where an input cannot be had, the answer says which fallback was used:

    - no weather reading, or one with a value out of the range of `data.columns`; no
      report of operations: the model's table of rates answers;
    - a carrier or a destination that the model has not learned: the model answers
      without it.

    Args:
        records: Flights with the columns of `RECORD`, such as rows of
            `data.load_flights`.
        feeds: Weather and operations so far.
        model: The model that answers.

    Returns:
        The inputs and the answers.
    """
    inputs = feeds.features(records)
    used = set(model.columns)
    fallbacks = {name: np.zeros(len(inputs), bool) for name in FALLBACKS}
    if used & set(WEATHER):
        fallbacks[NO_WEATHER] = inputs[WEATHER].isna().to_numpy().all(axis=1)
        fallbacks[IMPOSSIBLE_WEATHER] = _impossible(inputs)
    if used & set(OPERATIONS):
        fallbacks[NO_OPERATIONS] = _no_operations(inputs, records)
    for name, column in ((UNKNOWN_CARRIER, "carrier"), (UNKNOWN_DESTINATION, "dest")):
        if column in model.known:
            known = model.known[column]
            fallbacks[name] = ~inputs[column].isin(known).to_numpy()
    probability = model.pipeline.predict_proba(inputs[model.columns])[:, 1]
    by_table = np.any([fallbacks[name] for name in TABLE_ANSWERS], axis=0)
    if by_table.any():
        rows = inputs[by_table]
        probability[by_table] = model.table.predict_proba(rows)[:, 1]
    fallback = np.array([""] * len(inputs), dtype=object)
    for name, applies in fallbacks.items():
        joined = np.where(fallback == "", name, fallback + "; " + name)
        fallback = np.where(applies, joined, fallback)
    answers = pd.DataFrame(
        {
            "probability": probability,
            "prepare": probability >= model.threshold,
            "fallback": fallback,
        },
        index=inputs.index,
    )
    return Scored(inputs, answers)


def served_choice() -> ServedModel:
    """Return the chosen model, packaged; made once and kept, see `store.keep`."""
    version = models.load_choice().version
    return store.keep(
        "served-choice", lambda: _package(version, models.trained_choice())
    )


def served_challenger() -> ServedModel:
    """Return boosted trees on the same features, packaged; made once and kept."""
    return store.keep(
        "served-challenger", lambda: _package("2.0.0", models.trained_challenger())
    )


def _package(version: str, pipeline: Pipeline) -> ServedModel:
    """Add the table of rates to a trained model, and measure both as fallbacks."""
    flights, known = data.load_flights(), features.load()
    flights = flights[~flights["sealed"]]
    outcome = labels.not_on_time(flights).astype(int)
    train = data.period_rows(flights, "train").index
    table = models.RateTable().fit(known.loc[train], outcome[train])
    agreed = charter.load()
    validation = data.period_rows(flights, "validation").index
    judged, late = known.loc[validation], outcome[validation]
    by_model = {
        "": judged,
        UNKNOWN_CARRIER: judged.assign(carrier=""),
        UNKNOWN_DESTINATION: judged.assign(dest=""),
    }
    columns = list(pipeline.feature_names_in_)
    answers = {
        name: pipeline.predict_proba(rows[columns])[:, 1]
        for name, rows in by_model.items()
    }
    answers |= dict.fromkeys(TABLE_ANSWERS, table.predict_proba(judged)[:, 1])
    costs = {
        name: evaluation.cost_per_flight(late, probability, agreed)
        for name, probability in answers.items()
    }
    return ServedModel(version, pipeline, table, agreed.threshold, costs)


def _between(
    table: pd.DataFrame, column: str, first: pd.Timestamp, last: pd.Timestamp
) -> pd.DataFrame:
    """Return the rows of a sorted table between two moments, both included."""
    start = table[column].searchsorted(first.tz_convert(table[column].dt.tz), "left")
    end = table[column].searchsorted(last.tz_convert(table[column].dt.tz), "right")
    return table.iloc[start:end]


def _impossible(inputs: pd.DataFrame) -> np.ndarray:
    """Tell for each row whether a weather value lies outside its range."""
    low, high = _weather_range()
    values = inputs[WEATHER].to_numpy(float)
    return ((values < low) | (values > high)).any(axis=1)


@cache
def _horizon() -> pd.Timedelta:
    return pd.Timedelta(hours=charter.load().horizon_hours)


@cache
def _weather_range() -> tuple[np.ndarray, np.ndarray]:
    ranges = data.columns("weather").loc[WEATHER]
    return ranges["minimum"].to_numpy(float), ranges["maximum"].to_numpy(float)


def _no_operations(inputs: pd.DataFrame, records: pd.DataFrame) -> np.ndarray:
    """Tell for each row whether the report of earlier flights has stopped.

    No flight in a busy hour, or on a whole day, means no report: on the quietest open
    day hundreds of flights were scheduled, canceled ones among them.
    """
    busy = (records["cut_off"].dt.hour >= BUSY_FROM_HOUR).to_numpy()
    silent = (inputs["new_york_flights_recent"] == 0).to_numpy()
    return (busy & silent) | (inputs["new_york_flights_yesterday"] == 0).to_numpy()
