"""Exercises of lesson 2: what is known when, splits, a baseline, an interval by day."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import EllipsisType
from typing import NamedTuple

import numpy as np
import pandas as pd

from flightdelay import charter, data, evaluation, labels
from flightdelay.exercises import Exercise, Mistake, Verdict, right, wrong

# --- 2.1 Ten candidates for a feature, and whether the desk has them at the cut-off.

KNOWN = "abfhi"
NOT_YET = {
    "c": (
        "c is the delay at the gate of this very flight. At which clock time does it "
        "get its value, and at which one does the desk decide?"
    ),
    "d": "d ends when the wheels touch the ground. Nobody has it before that.",
    "e": (
        "e is the plane that flew *in the end*. The table was filled in afterwards, so "
        "the column only looks like a plan."
    ),
    "g": (
        "g carries the hour of the departure itself: it is taken two to three hours "
        "after the desk has decided. A forecast would be known, a reading is not."
    ),
    "j": (
        "j looks ahead: in March nobody knows the flights of December. Whatever is "
        "counted over a whole year knows the end of that year."
    ),
}
LEFT_OUT = {
    "a": "a is missing. Two airports do not move: when could anyone look it up?",
    "b": (
        "b is missing. Its name speaks of the arrival, but it is a promise, printed "
        "months before. What counts is when a value is *known*, not what it speaks of."
    ),
    "f": "f is missing. When does anyone know which days are holidays?",
    "h": (
        "h is missing. Three hours before the departure hour is one hour before the "
        "cut-off, so this reading is on the desk's screen."
    ),
    "i": (
        "i is missing. A flight that should have left and has not can be seen from the "
        "desk: it has been waiting for so many minutes, and more will come."
    ),
}


def _judge_known(answer: object) -> Verdict:
    chosen = {str(letter).strip().lower() for letter in answer}
    if not chosen or not chosen <= set(KNOWN) | set(NOT_YET):
        raise ValueError
    for letter, hint in NOT_YET.items():
        if letter in chosen:
            return wrong(hint)
    for letter, hint in LEFT_OUT.items():
        if letter not in chosen:
            return wrong(hint)
    return right(
        "Each of the five has its value at the cut-off. The other five are filled in "
        "later, though the table shows them in the same row."
    )


def _known(with_: str = "", without: str = "") -> list[str]:
    return [letter for letter in KNOWN + with_ if letter not in without]


# --- 2.2 Six projects, and what must not stand on both sides of the split.

RANDOM, GROUP, TIME = "random", "group", "time"
SPLITS = {1: GROUP, 2: TIME, 3: GROUP, 4: RANDOM, 5: GROUP, 6: TIME}
_SPLIT_HINTS = {
    1: (
        "Situation 1: with pictures of one patient on both sides, the model may know "
        "the patient and not the disease. Whom will it meet in use: known or new "
        "patients?"
    ),
    2: (
        "Situation 2: the model will meet *the same* forty machines, but next year. "
        "What is new then, the machine or the year?"
    ),
    3: (
        "Situation 3: now the machines themselves are new. A split that leaves "
        "readings of each machine on both sides never shows how the model does on a "
        "new one."
    ),
    4: (
        "Situation 4: the members were drawn by lot, once, each on its own, and the "
        "model meets the rest of the same list. What kind of split imitates a draw by "
        "lot?"
    ),
    5: (
        "Situation 5: a product photographed twice is nearly the same picture. What "
        "happens if one copy is learned from and the other one judges?"
    ),
    6: (
        "Situation 6: the desk will use the model for flights that have not been "
        "scheduled yet. Which flights may it have learned from then?"
    ),
}


def _judge_splits(answer: object) -> Verdict:
    given = {situation: answer[situation] for situation in SPLITS}
    still_open = sum(
        value is None or isinstance(value, EllipsisType) for value in given.values()
    )
    if still_open:
        return Verdict("unanswered", f"Still open: {still_open} of 6.")
    given = {key: str(value).strip().lower() for key, value in given.items()}
    for situation, split in given.items():
        if split not in (RANDOM, GROUP, TIME):
            return wrong(
                f'Situation {situation}: the answer is one of "{RANDOM}", "{GROUP}" '
                f'and "{TIME}".'
            )
    if set(given.values()) == {RANDOM}:
        return wrong(
            "You would shuffle everything. Ask for each one what is new when the model "
            "is used: a new person, machine or day has no rows in the training set."
        )
    if set(given.values()) == {TIME}:
        return wrong(
            "You would split everything by time. Time is what is new for the flights; "
            "in some of the six it is somebody or something else."
        )
    for situation, split in SPLITS.items():
        if given[situation] != split:
            return wrong(_SPLIT_HINTS[situation])
    return right(
        "One question decides all six: what will be new when the model is used? That "
        "must be new in the test set too."
    )


def _splits(**changes: str) -> dict[int, str]:
    return SPLITS | {int(key[1:]): value for key, value in changes.items()}


# --- 2.3 The rate of each hour, from training rows, for July and August.


class _Flights(NamedTuple):
    train_hour: pd.Series
    train_outcome: pd.Series
    train_date: pd.Series
    hour: pd.Series
    outcome: pd.Series
    date: pd.Series


@cache
def _flights() -> _Flights:
    flights = data.load_flights()
    parts = []
    for period in ("train", "validation"):
        rows = data.period_rows(flights, period)
        parts += [rows["hour"], labels.not_on_time(rows).astype(int), rows["date"]]
    return _Flights(*parts)


def _rates(hour: pd.Series, outcome: pd.Series) -> np.ndarray:
    """Rate of each validation flight's hour, the overall rate for an hour not seen."""
    rate = outcome.groupby(hour).mean()
    return _flights().hour.map(rate).fillna(outcome.mean()).to_numpy()


@cache
def _right_rates() -> np.ndarray:
    return _rates(_flights().train_hour, _flights().train_outcome)


@cache
def _peeking_rates() -> dict[str, np.ndarray]:
    known = _flights()
    both = [
        pd.concat(pair)
        for pair in (
            (known.train_hour, known.hour),
            (known.train_outcome, known.outcome),
        )
    ]
    return {
        "January to August": _rates(*both),
        "July and August": _rates(known.hour, known.outcome),
    }


def _judge_rates(answer: object) -> Verdict:
    known = _flights()
    if isinstance(answer, (str, bytes, dict, pd.DataFrame, bool)):
        raise TypeError
    if isinstance(answer, pd.Series) and known.hour.index.sort_values().equals(
        answer.index.sort_values()
    ):
        answer = answer.reindex(known.hour.index)
    probability = pd.to_numeric(pd.Series(np.asarray(answer)), errors="raise")
    probability = probability.to_numpy(dtype=float, na_value=np.nan)
    length, expected_length = len(probability), len(known.hour)
    hours = known.train_hour.nunique()
    if length in (hours, hours + 1):
        return wrong(
            f"These are {length} rates, one for each hour: the table itself. Now give "
            "each flight of July and August the rate of its hour, for instance with "
            "`map`."
        )
    if length == len(known.train_hour):
        return wrong(
            "There is one value for each *training* flight. Learn from January to "
            "June, but predict for the flights of July and August."
        )
    if length != expected_length:
        return wrong(
            f"There are {length:,} values for {expected_length:,} flights in July and "
            "August. Each flight needs one probability."
        )
    unknown = ~known.hour.isin(known.train_hour).to_numpy()
    missing = np.isnan(probability)
    if missing.any():
        where = (
            "an hour that training has never seen"
            if missing[unknown].all()
            else ("hours that the table should know")
        )
        return wrong(
            f"{missing.sum():,} of the values are missing: flights at {where}. A model "
            "in use must answer for every flight. Which rate would you bet on if you "
            "knew nothing about the hour?"
        )
    if probability.max() > 1 and probability.max() <= 100:
        return wrong("These are percentages. A probability lies between 0 and 1.")
    if probability.min() < 0 or probability.max() > 1:
        raise ValueError
    if np.isin(probability, (0, 1)).all():
        return wrong(
            "Every value is 0 or 1: these are labels, not rates. Take the mean of the "
            "label in each hour, and no threshold yet."
        )
    if np.ptp(probability[~unknown]) < 1e-9:
        return wrong(
            "Every flight gets the same value. That is the base rate; this baseline "
            "should know the hour. Group the label by hour before you take the mean."
        )
    expected = _right_rates()

    def off(other: np.ndarray) -> float:
        return float(np.abs(probability - other)[~unknown].max())

    if off(expected) < 1e-6:
        if not 0.05 < probability[unknown].mean() < 0.95:
            return wrong(
                "All right but for the hour that training has never seen: you give it "
                f"{probability[unknown].mean():.2f}, as if you were certain. Never "
                "seen is not never late. Which rate holds when nothing is known?"
            )
        agreed = charter.load()
        brier = evaluation.squared_error(known.outcome, probability).mean()
        cost = evaluation.cost_per_flight(known.outcome, probability, agreed)
        without = evaluation.cost_without_model(known.outcome, agreed).min()
        return right(
            f"A table of {hours} numbers. Brier score {brier:.3f}, cost {cost:.2f} "
            f"agent minutes per flight where the cheapest policy without a model costs "
            f"{without:.2f}. Who brings a network has to beat that first."
        )
    for months, rates in _peeking_rates().items():
        if off(rates) < 1e-6:
            return wrong(
                f"These rates were computed from {months}. The outcomes of July and "
                "August judge the baseline, so it must not learn from them."
            )
    if off(1 - expected) < 1e-6:
        return wrong(
            "This is the share of flights that *were* on time. The positive class is "
            "not on time: the mean of the label, without turning it round."
        )
    sorted_gap = np.abs(np.sort(probability) - np.sort(expected)).max()
    if sorted_gap < 0.02:
        return wrong(
            "The right rates, but at the wrong flights: the order was lost. A merge or "
            "a sort changes the order of rows; look the rate up with "
            '`validation["hour"].map(...)`.'
        )
    brier = evaluation.squared_error(known.outcome, probability).mean()
    best = evaluation.squared_error(known.outcome, expected).mean()
    return wrong(
        f"These are probabilities, but not the rates by hour: Brier score "
        f"{brier:.4f} where those reach {best:.4f}. Three steps: the mean label in "
        "each hour of the training rows, the lookup by hour, the hour that is new."
    )


def _naive(fill: float | None) -> np.ndarray:
    """The right rates, with another value for the hour that training has never seen."""
    known = _flights()
    rates = known.hour.map(known.train_outcome.groupby(known.train_hour).mean())
    return (rates if fill is None else rates.fillna(fill)).to_numpy()


# --- 2.4 An interval by days.

# Two correct bootstraps differ by their draws: this much, at either end.
TOLERANCE = 0.0045


@cache
def _intervals() -> dict[str, tuple[float, float]]:
    known = _flights()

    def interval(
        outcome: pd.Series, unit: str, date: pd.Series | None, confidence: float
    ) -> tuple[float, float]:
        found = evaluation.bootstrap_interval(
            outcome,
            outcome,
            lambda outcome, _: outcome,
            unit,
            date,
            resamples=300 if unit == "flight" else 4000,
            confidence=confidence,
        )
        return found.low, found.high

    daily = known.outcome.groupby(known.date).mean()
    return {
        "right": interval(known.outcome, "day", known.date, 0.95),
        "flights": interval(known.outcome, "flight", None, 0.95),
        "90%": interval(known.outcome, "day", known.date, 0.90),
        "standard error": interval(known.outcome, "day", known.date, 0.683),
        "training": interval(known.train_outcome, "day", known.train_date, 0.95),
        "days": tuple(daily.quantile([0.025, 0.975])),
    }


_INTERVAL_HINTS = {
    "flights": (
        "This is what comes out if single flights are drawn, far too narrow: the "
        "flights of one day share their weather. Draw whole *days* and keep their "
        "flights together."
    ),
    "90%": (
        "This interval holds 90% of the resamples. For 95% leave out 2.5% at either "
        "end."
    ),
    "standard error": (
        "This is one standard error to either side, which covers about two thirds. For "
        "95%, take the 2.5th and the 97.5th percentile of the resampled rates."
    ),
    "training": "This is the interval of January to June. Take July and August.",
    "days": (
        "This is the spread of single *days*. Asked is how far the rate of all 62 days "
        "moves when other days are drawn: draw 62 days, compute one rate, repeat."
    ),
}


def _judge_interval(answer: object) -> Verdict:
    if isinstance(answer, (str, bytes, dict, set)):
        raise TypeError
    ends = [float(end) for end in answer]
    if len(ends) == 3:
        ends = ends[1:]  # An `Interval` begins with its estimate.
    low, high = ends
    if not np.isfinite(ends).all():
        raise ValueError
    if low > high:
        return wrong("The ends are swapped: first the lower one, then the higher one.")
    if 1 < high <= 100:
        return wrong("These are percentages. Give both ends as rates from 0 to 1.")

    def fits(name: str, within: float) -> bool:
        return np.abs(np.subtract(_intervals()[name], (low, high))).max() <= within

    if fits("right", TOLERANCE):
        flights = _intervals()["flights"]
        wider = (high - low) / (flights[1] - flights[0])
        return right(
            f"{low:.1%} to {high:.1%}. It is {wider:.0f} times as wide as the interval "
            "that draws single flights: two months are only 62 days."
        )
    for name, hint in _INTERVAL_HINTS.items():
        within = 0.03 if name == "days" else TOLERANCE
        if fits(name, within):
            return wrong(hint)
    return wrong(
        "Not the interval by days. Draw 62 days with replacement, add up their late "
        "flights and their flights, divide, repeat a thousand times; then take the "
        "2.5th and the 97.5th percentile."
    )


def _ends(name: str) -> Callable[[], tuple[float, float]]:
    return lambda: _intervals()[name]


EXERCISES = {
    "2.1": Exercise(
        expects='a list of the letters of what is known, such as ["a", "b"]',
        judge=_judge_known,
        solution=_known,
        mistakes={
            "own delay": Mistake(lambda: _known("c"), "delay at the gate"),
            "air time": Mistake(lambda: _known("d"), "wheels"),
            "tail number": Mistake(lambda: _known("e"), "in the end"),
            "weather of the hour": Mistake(lambda: _known("g"), "reading is not"),
            "whole year": Mistake(lambda: _known("j"), "end of that year"),
            "promise": Mistake(lambda: _known(without="b"), "a promise"),
            "earlier reading": Mistake(lambda: _known(without="h"), "desk's screen"),
            "visible delay": Mistake(lambda: _known(without="i"), "waiting"),
            "holiday": Mistake(lambda: _known(without="f"), "holidays"),
            "distance": Mistake(lambda: _known(without="a"), "do not move"),
        },
    ),
    "2.2": Exercise(
        expects='a dictionary from 1 to 6 with "random", "group" or "time"',
        judge=_judge_splits,
        solution=_splits,
        mistakes={
            "shuffle": Mistake(lambda: dict.fromkeys(SPLITS, RANDOM), "shuffle"),
            "always time": Mistake(lambda: dict.fromkeys(SPLITS, TIME), "by time"),
            "patients": Mistake(lambda: _splits(s1=RANDOM), "the patient and not"),
            "same machines": Mistake(lambda: _splits(s2=GROUP), "the same"),
            "new machines": Mistake(lambda: _splits(s3=TIME), "are new"),
            "survey": Mistake(lambda: _splits(s4=GROUP), "drawn by lot"),
            "copies": Mistake(lambda: _splits(s5=RANDOM), "same picture"),
            "flights": Mistake(lambda: _splits(s6=RANDOM), "scheduled yet"),
            "another word": Mistake(lambda: _splits(s4="stratified"), "is one of"),
        },
    ),
    "2.3": Exercise(
        expects="one probability for each flight of July and August",
        judge=_judge_rates,
        solution=_right_rates,
        mistakes={
            "unseen hour": Mistake(lambda: _naive(None), "never seen"),
            "unseen is zero": Mistake(lambda: _naive(0), "not never late"),
            "all months": Mistake(
                lambda: _peeking_rates()["January to August"], "January to August"
            ),
            "own months": Mistake(
                lambda: _peeking_rates()["July and August"], "must not learn"
            ),
            "order lost": Mistake(lambda: np.sort(_right_rates()), "order was lost"),
            "percent": Mistake(lambda: 100 * _right_rates(), "percentages"),
            "labels": Mistake(lambda: (_right_rates() >= 0.2).astype(int), "not rates"),
            "on time": Mistake(lambda: 1 - _right_rates(), "were"),
            "the table": Mistake(
                lambda: _flights().train_outcome.groupby(_flights().train_hour).mean(),
                "the table itself",
            ),
            "training rows": Mistake(
                lambda: _flights().train_outcome * 0.5, "*training* flight"
            ),
            "base rate": Mistake(
                lambda: np.full(len(_flights().hour), 0.281), "base rate"
            ),
            "too few": Mistake(lambda: _right_rates()[:1000], "needs one"),
            "something else": Mistake(
                lambda: np.random.default_rng(0).random(len(_flights().hour)),
                "Three steps",
            ),
        },
    ),
    "2.4": Exercise(
        expects="the two ends of the interval, such as (0.2, 0.4)",
        judge=_judge_interval,
        solution=_ends("right"),
        mistakes={
            name: Mistake(_ends(name), hint[:40])
            for name, hint in _INTERVAL_HINTS.items()
        }
        | {
            "swapped": Mistake(lambda: _intervals()["right"][::-1], "are swapped"),
            "percent": Mistake(
                lambda: tuple(100 * end for end in _intervals()["right"]),
                "percentages",
            ),
            "a guess": Mistake(lambda: (0.1, 0.2), "Draw 62 days"),
        },
    ),
}
