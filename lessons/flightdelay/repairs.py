"""Step 8: repairs that go back to an earlier step, and what they gain.

A repair is judged in the charter's cost unit, old against new on the same flights. What
could be repaired, the versions that the two loops of lesson 8 lead through, and what
was declared before December was opened stand in `repairs.toml`.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from course import markdown, store
from flightdelay import data, features, labels, models
from flightdelay.charter import Charter
from flightdelay.evaluation import (
    Interval,
    cost_per_flight,
    flight_costs,
    paired_difference,
)

FILE = Path(__file__).with_name("repairs.toml")

#: What tells two departures of the same flight from those of another.
FLIGHT = ["carrier", "flight", "origin", "dest"]
#: Days of a flight's record. It ends two days before the flight, when all of its
#: outcomes are known at any cut-off: yesterday's last flights may still be in the air.
RECORD_DAYS, RECORD_ENDS = 28, 2
#: A record counts as if this many flights more had been seen, late as often as the
#: charter's threshold: a flight without a record is neither early nor late.
RECORD_WEIGHT = 20


@dataclass(frozen=True)
class Candidate:
    """Something that could be repaired.

    Attributes:
        letter: What it is called in lesson 8.
        name: What one would do.
        short: The same in few words, for a chart.
        back: The step that shows the finding, and the step to go back to.
        hours: Hours of work until it runs; an assumption.
        hours_each_month: Hours in each month in which it runs; an assumption.
    """

    letter: str
    name: str
    short: str
    back: tuple[int, int]
    hours: float
    hours_each_month: float

    def hours_until(self, months: float) -> float:
        """Return the hours of work, until it has run for so many months."""
        return self.hours + months * self.hours_each_month


@dataclass(frozen=True)
class Version:
    """What one version of the model is given, and when.

    Attributes:
        has: What makes it different, in words.
        horizon_hours: Hours between the decision and the scheduled departure hour.
        flight_record: Whether `flight_record` is one of its features.
    """

    has: str
    horizon_hours: int
    flight_record: bool


@dataclass(frozen=True)
class Declaration:
    """What will be compared on a sealed set, written before it is opened.

    Attributes:
        set: The sealed set.
        purpose: The purpose of the opening, as in `openings.csv`.
        comparisons: Pairs of old and new version.
        rule: When a repair stays, in words; `Gain.is_worth` is the same in code.
    """

    set: str
    purpose: str
    comparisons: tuple[tuple[str, str], ...]
    rule: str


class Gain(NamedTuple):
    """By how much the new version is cheaper per flight than the old one.

    Attributes:
        by_day: With its interval over resampled days.
        by_week: With its interval over resampled blocks of seven days.
    """

    by_day: Interval
    by_week: Interval

    @property
    def estimate(self) -> float:
        """The gain on the flights as they are."""
        return self.by_day.estimate

    def is_worth(self, charter: Charter) -> bool:
        """Tell whether a repair with this gain stays; see `Declaration.rule`."""
        both = self.by_day.low > 0 and self.by_week.low > 0
        return self.estimate >= charter.smallest_gain and both


def candidates() -> tuple[Candidate, ...]:
    """Return the five candidates."""
    return tuple(
        Candidate(**values | {"back": tuple(values["back"])})
        for values in _file()["candidates"]
    )


def versions() -> dict[str, Version]:
    """Return the versions by their number, the released one first."""
    return {number: Version(**what) for number, what in _file()["versions"].items()}


def declaration() -> Declaration:
    """Return what was declared before December was opened."""
    values = _file()["declaration"]
    pairs = tuple((old, new) for old, new in values["comparisons"])
    return Declaration(**values | {"comparisons": pairs})


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


def trained(number: str, known: pd.DataFrame, outcome: ArrayLike) -> Pipeline:
    """Return a version trained on January to June; trained once and kept.

    Args:
        number: A key of `versions`.
        known: Its `inputs` on the training flights.
        outcome: 0 or 1 for each of them.

    Returns:
        The fitted model. The released version is `models.trained_choice`.
    """
    if number == models.load_choice().version:
        return models.trained_choice()
    return store.keep(
        f"version-{number}",
        lambda: models.logistic(list(known)).fit(known, outcome),
    )


def trained_versions(
    given: Mapping[str, pd.DataFrame], train: ArrayLike, outcome: pd.Series
) -> dict[str, Pipeline]:
    """Return every version, trained on the training flights.

    Args:
        given: As from `inputs`.
        train: Index of the training flights.
        outcome: 0 or 1 for each flight, the training flights among them.
    """
    return {
        number: trained(number, known.loc[train], outcome[train])
        for number, known in given.items()
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
    drawn = np.arange(len(flights)) % every == 0
    new = month >= 7
    released, with_record, later = given.values()
    later = later.drop(columns="flight_record")

    def predict(
        known: pd.DataFrame,
        kind: Callable[[list[str]], Pipeline] = models.logistic,
        past: np.ndarray = month <= 6,
        now: np.ndarray = new,
    ) -> np.ndarray:
        rows = drawn & past
        model = kind(list(known)).fit(known[rows], outcome[rows])
        return model.predict_proba(known[now])[:, 1].astype(float)

    found = pd.DataFrame(
        {
            "as released": predict(released),
            "a": np.nan,
            "b": np.nan,
            "c": predict(with_record),
            "d": predict(released, models.boosting),
            "e": predict(later),
        },
        index=flights.index[new],
    )
    before = month[new] < min(months)
    for letter in "ab":
        found.loc[before, letter] = found.loc[before, "as released"]
    for current in months:
        now, last = month[new] == current, month[new] == current - 1
        found.loc[now, "a"] = predict(
            released, past=month < current, now=month == current
        )
        straighten = recalibration(outcome[new][last], found.loc[last, "as released"])
        found.loc[now, "b"] = straighten(found.loc[now, "as released"])
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
    past = flights.index[(month <= 10) & (np.arange(len(flights)) % every == 0)]
    retrained = models.chosen().fit(released.loc[past], outcome[past])
    perfect = [
        recalibration(outcome[p.index], p)(p)
        for _, p in autumn["as released"].groupby(month)
    ]
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


def recalibration(
    outcome: ArrayLike, probability: ArrayLike
) -> Callable[[ArrayLike], np.ndarray]:
    """Learn the two numbers that straighten a model's log-odds (Platt 1999).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.

    Returns:
        A function from probabilities to corrected ones.
    """

    def column(probability: ArrayLike) -> np.ndarray:
        return logit(np.asarray(probability, dtype=float))[:, None]

    model = LogisticRegression(C=np.inf).fit(column(probability), outcome)
    return lambda new: model.predict_proba(column(new))[:, 1]


def gain(
    outcome: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    date: ArrayLike,
    charter: Charter,
) -> Gain:
    """Return what the new version saves per flight, on the same flights.

    Args:
        outcome: 0 or 1 for each flight.
        old: Probability of the old version for each flight.
        new: Probability of the new version.
        date: Day of each flight.
        charter: Gives costs and confidence.

    Returns:
        Old cost minus new cost, in the charter's unit, above zero if the new one saves.
    """
    by_day, by_week = (
        paired_difference(
            outcome,
            new,
            old,
            partial(flight_costs, charter=charter),
            unit,
            date,
            confidence=charter.confidence,
        )
        for unit in ("day", "week")
    )
    return Gain(by_day, by_week)


def most_too_late(
    outcome: ArrayLike, old: ArrayLike, new: ArrayLike, charter: Charter
) -> float:
    """Return how many prepared passengers may be too late before a gain is gone.

    Whoever decides later has less time to prepare. If preparing fails for a share of
    the flights that are prepared and not on time, each of them costs as much as an
    unprepared one on top.

    Args:
        outcome: 0 or 1 for each flight.
        old: Probability of the version that decides earlier.
        new: Probability of the version that decides later.
        charter: Gives the costs.

    Returns:
        The share at which the gain is zero.
    """
    before, after = (cost_per_flight(outcome, p, charter) for p in (old, new))
    prepared = np.asarray(new) >= charter.threshold
    at_risk = (prepared & (np.asarray(outcome) == 1)).mean() * charter.cost_unprepared
    return float((before - after) / at_risk)


class Entry(NamedTuple):
    """A line of the project log.

    Attributes:
        date: The day of the finding, as year-month-day.
        finding: What was found.
        back: From which step to which step one went.
        change: What was changed.
        judged_on: Which flights judge it, in words.
        before: Cost per flight before.
        after: Cost per flight after, on the same flights.
        gain: Before minus after.
        decision: What was decided.
    """

    date: str
    finding: str
    back: tuple[int, int]
    change: str
    judged_on: str
    before: float
    after: float
    gain: Gain
    decision: str


def log_markdown(entries: Sequence[Entry]) -> str:
    """Return the project log as a Markdown table, with costs in the charter's unit."""
    rows = [
        (
            f"**{one.finding}.** {one.back[0]}&nbsp;→&nbsp;{one.back[1]}: {one.change}",
            f"{one.judged_on}, by {one.date}",
            f"{one.before:.2f} → {one.after:.2f}<br>"
            f"{one.gain.by_day:.2f};<br>{one.gain.by_week:.2f}",
            one.decision,
        )
        for one in entries
    ]
    return markdown.table(
        [
            "Finding, way back, change",
            "Judged on",
            "Cost, and gain by day; by week",
            "Decision",
        ],
        rows,
    )


def log_entries(
    charter: Charter, autumn: pd.DataFrame, december: pd.DataFrame
) -> list[Entry]:
    """Return the lines of the project log, from what the versions predicted.

    Args:
        charter: As agreed.
        autumn: The flights on which the loops were closed: `date`, `outcome`, and one
            column of probabilities for each version.
        december: The same for the sealed flights that judge them.

    Returns:
        One entry for each loop and each of the two sets.
    """
    hours = [one.horizon_hours for one in versions().values()]
    loops = [
        ("The model announces too much, most of all for flights with a good record",
         (7, 3), "one feature more, each flight's record of four weeks"),
        ("In many missed flights delays grew after the cut-off",
         (5, 1), f"the decision {hours[-1]} in place of {hours[0]} hours ahead"),
    ]  # fmt: skip
    months = {"September to November": autumn, "December": december}
    entries = {name: [] for name in months}
    for (finding, back, change), (old, new) in zip(
        loops, declaration().comparisons, strict=True
    ):
        kept = False
        for name, rows in months.items():
            saved = gain(rows["outcome"], rows[old], rows[new], rows["date"], charter)
            worth = saved.is_worth(charter)
            if name != "December":
                kept = worth
                decision = f"keep: {new}" if kept else "turn down: below the rule"
            elif kept:
                decision = f"{new} stays" if worth else f"take back: {old} returns"
            elif worth:
                decision = "ask the owner; judge on new flights before any release"
            else:
                decision = "stays turned down"
            before, after = (
                cost_per_flight(rows["outcome"], rows[number], charter)
                for number in (old, new)
            )
            day = rows["date"].max().date().isoformat()
            entries[name].append(
                Entry(day, finding, back, change, name, before, after, saved, decision)
            )
    return [entry for name in months for entry in entries[name]]


def project_log(charter: Charter) -> list[Entry]:
    """Return the project log of lesson 8, made once and kept."""
    return store.keep("project-log", lambda: _make_log(charter))


def _make_log(charter: Charter) -> list[Entry]:
    weather = data.load_table("weather")
    purpose = "training data up to November for the repairs"
    autumn = data.open_sealed("production", purpose)
    known = pd.concat([data.load_flights().query("not sealed"), autumn])
    given = inputs(known, weather, charter)
    train = data.period_rows(known, "train").index
    models_of = trained_versions(given, train, labels.not_on_time(known).astype(int))
    declared = declaration()
    december = data.open_sealed(declared.set, declared.purpose)
    history = pd.concat([known[known["month"] == 11], december])
    given_then = inputs(december, weather, charter, history)
    judged = []
    for rows, table in ((autumn, given), (december, given_then)):
        judged.append(
            pd.DataFrame(
                {
                    number: model.predict_proba(table[number].loc[rows.index])[:, 1]
                    for number, model in models_of.items()
                },
                index=rows.index,
            ).assign(date=rows["date"], outcome=labels.not_on_time(rows).astype(int))
        )
    return log_entries(charter, *judged)


def _file() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
