"""Exercises of lesson 2: what is known when, splits, a baseline, an interval by day."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from flightdelay import charter, data, evaluation, labels
from flightdelay.exercises import (
    Exercise,
    Mistake,
    Verdict,
    is_open,
    read_interval,
    right,
    still_open,
    wrong,
)

# --- 2.1 Ten candidates for a feature, and whether the desk has them at the cut-off.

KNOWN = "abdhi"
NOT_YET = {
    "c": (
        "c is the delay at the gate of this very flight. At which clock time does it "
        "get its value, and at which one does the desk decide?"
    ),
    "e": (
        "e is the plane that flew *in the end*. The table was filled in afterwards, so "
        "the column only looks like a plan."
    ),
    "f": (
        "f is about another flight, but that one is scheduled an hour *after* the desk "
        "decides. Its delay is final when it has landed; when is that?"
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
    "d": (
        "d is missing. It is made of delays, but of those of last month. Has this "
        "month's flight any part in it?"
    ),
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
    if not chosen:
        return wrong(
            "Nothing is chosen. Which of the values could somebody write down two "
            "hours before the departure hour? Answer with their letters."
        )
    strange = sorted(chosen - set(KNOWN) - set(NOT_YET))
    if strange:
        if len(strange[0]) == 1 and strange[0].isalnum():
            return wrong(f"`{strange[0]}` is not one of a to j.")
        return wrong('Answer with single letters from a to j, such as `["a", "b"]`.')
    for letter, hint in NOT_YET.items():
        if letter in chosen:
            return wrong(hint)
    for letter, hint in LEFT_OUT.items():
        if letter not in chosen:
            return wrong(hint)
    return right(
        "Each of the five has its value at the cut-off. The other five come later, "
        "however harmless their names."
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
        "Situation 2: the model will meet *the same* forty pumps, but next year. What "
        "is new then, the pump or the year?"
    ),
    3: (
        "Situation 3: now the pumps themselves are new. A split that leaves readings "
        "of each pump on both sides never shows how the model does on a new one."
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


def _missing_keys(answer: Mapping[object, object]) -> str:
    """Name the missing situations, "2 to 6" or "2, 5 and 6"; empty if all are there."""
    missing = [situation for situation in SPLITS if situation not in answer]
    if len(missing) > 2 and missing[-1] - missing[0] == len(missing) - 1:
        return f"Keys {missing[0]} to {missing[-1]} are missing"
    if len(missing) > 1:
        start = ", ".join(map(str, missing[:-1]))
        return f"Keys {start} and {missing[-1]} are missing"
    return f"Key {missing[0]} is missing" if missing else ""


def _judge_splits(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    missing = _missing_keys(answer)
    if missing and any(isinstance(key, str) for key in answer):
        return wrong(f"{missing}: the keys are numbers, without quotes.")
    if missing:
        return wrong(f"{missing}. Each of the six projects needs an answer.")
    given = {situation: answer[situation] for situation in SPLITS}
    if count := sum(map(is_open, given.values())):
        return still_open(count, of=6)
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
            "is used: a new person, pump or day has no rows in the training set."
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


# Rates that were rounded to percent are right too; no mistake below comes so near.
ROUNDED = 0.0051


class _Flights(NamedTuple):
    train: pd.DataFrame
    train_hour: pd.Series
    train_outcome: pd.Series
    train_date: pd.Series
    validation: pd.DataFrame
    hour: pd.Series
    outcome: pd.Series
    date: pd.Series


@cache
def _flights() -> _Flights:
    flights = data.load_flights()
    parts = []
    for period in ("train", "validation"):
        rows = data.period_rows(flights, period)
        late = labels.not_on_time(rows).astype(int)
        recorded = rows[["dep_time", "dep_delay", "arr_delay"]]
        parts += [recorded, rows["hour"], late, rows["date"]]
    return _Flights(*parts)


def _rates(hour: pd.Series, outcome: pd.Series) -> np.ndarray:
    """Rate of each validation flight's hour, the overall rate for an hour not seen."""
    rate = outcome.groupby(hour).mean()
    return _flights().hour.map(rate).fillna(outcome.mean()).to_numpy()


@cache
def _right_rates() -> np.ndarray:
    return _rates(_flights().train_hour, _flights().train_outcome)


@cache
def _other_rates() -> dict[str, np.ndarray]:
    """Rates of usual mistakes, all of them learned from January to June."""
    known = _flights()
    hour, outcome = known.train_hour, known.train_outcome
    departed = known.train["dep_time"].notna()
    arrived = known.train["arr_delay"].notna()
    visibly_late = (known.train["arr_delay"] >= labels.LATE_MINUTES).astype(int)
    return {
        "canceled dropped": _rates(hour[departed], outcome[departed]),
        "canceled and diverted dropped": _rates(hour[arrived], outcome[arrived]),
        "canceled on time": _rates(hour, visibly_late),
        "departure hour": _rates(known.train["dep_time"] // 100, outcome),
        "on time": 1 - _right_rates(),
    }


_RATE_HINTS = {
    "canceled dropped": (
        "Your rates are lower than those of `y_train`: canceled flights are dropped. "
        "Take `y_train` with all its rows."
    ),
    "canceled and diverted dropped": (
        "Your rates are lower than those of `y_train`: flights without an arrival "
        "delay are dropped: the canceled and the diverted. Take all rows of `y_train`."
    ),
    "canceled on time": (
        "Your rates are lower than those of `y_train`: canceled and diverted flights "
        "count as on time, for an empty delay is not 15 or more. Take `y_train`."
    ),
    "departure hour": (
        "These rates were learned by the hour of the *actual* departure, `dep_time`, "
        "which is not known at the cut-off. Group by the scheduled `hour`."
    ),
    "on time": (
        "This is the share of flights that *were* on time. The positive class is not "
        "on time: the mean of the label, without turning it round."
    ),
}


@cache
def _mean_delays() -> tuple[np.ndarray, np.ndarray]:
    """Mean delay in minutes of each validation flight's hour: arrival, departure."""
    known = _flights()
    return tuple(
        _rates(known.train_hour, known.train[column])
        for column in ("arr_delay", "dep_delay")
    )


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
    if missing.any() and (missing >= known.validation["dep_time"].isna()).all():
        return wrong(
            "The canceled flights got no value: you looked the rate up by the hour of "
            "the actual departure, `dep_time`. It is not known at the cut-off; the "
            "scheduled `hour` is."
        )
    if missing.any():
        where = (
            "an hour that training has never seen"
            if missing[unknown].all()
            else ("hours that the table should know")
        )
        return wrong(
            f"Flights without a probability: {missing.sum():,}, at {where}. A model in "
            "use must answer for every flight. Which rate would you bet on if you knew "
            "nothing about the hour?"
        )

    def off(other: np.ndarray) -> float:
        return float(np.abs(probability - other)[~unknown].max())

    if min(map(off, _mean_delays())) < 0.5:
        return wrong(
            "These are minutes, the mean delay of each hour. Asked is the *share* of "
            "flights not on time: group `y_train`, not a delay."
        )
    if 1 < probability.max() <= 100 and probability.min() >= 0:
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
    if off(expected) < ROUNDED:
        if not 0.05 < probability[unknown].mean() < 0.95:
            return wrong(
                "All right but for the hour that training has never seen: you give it "
                f"{probability[unknown].mean():.2f}, as if you were certain. Never "
                "seen is not never late. Which rate holds when nothing is known?"
            )
        agreed = charter.load()
        brier = evaluation.squared_error(known.outcome, probability).mean()
        cost = evaluation.cost_per_flight(known.outcome, probability, agreed)
        without = evaluation.cost_without_model(known.outcome, agreed)
        policy = without.idxmin()
        # At a probability of 1 every flight is prepared, at 0 none.
        unaided = np.full(len(probability), float(policy == "prepare all"))
        saving = evaluation.paired_difference(
            known.outcome,
            probability,
            unaided,
            lambda outcome, given: evaluation.flight_costs(outcome, given, agreed),
            date=known.date,
        )
        return right(
            f"A table of {hours} numbers. Brier score {brier:.3f}, cost {cost:.2f} "
            f"{agreed.cost_unit} per flight. The cheapest policy without a model "
            f"({policy}) costs {without.min():.2f}, so this clock saves {saving:.2f} "
            "by days. Who brings a network has to beat that first."
        )
    for months, rates in _peeking_rates().items():
        if off(rates) < 1e-6:
            return wrong(
                f"These rates were computed from {months}. The outcomes of July and "
                "August judge the baseline, so it must not learn from them."
            )
    name, rates = min(_other_rates().items(), key=lambda item: off(item[1]))
    if off(rates) < ROUNDED:
        return wrong(_RATE_HINTS[name])
    sorted_gap = np.abs(np.sort(probability) - np.sort(expected)).max()
    if sorted_gap < ROUNDED:
        return wrong(
            "The right rates, but at the wrong flights: the order was lost. A merge or "
            "a sort changes the order of rows; look the rate up with "
            '`validation["hour"].map(...)`.'
        )
    brier = evaluation.squared_error(known.outcome, probability).mean()
    best = evaluation.squared_error(known.outcome, expected).mean()
    if brier < best - 0.0005:
        return wrong(
            f"Brier score {brier:.4f}: better than the scheduled hour allows "
            f"({best:.4f}). Did you use `dep_time`, or another column besides the "
            "hour? The actual departure is not known at the cut-off."
        )
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


def _by_departure_hour(fill: float | None) -> pd.Series:
    """Rates by the hour of the actual departure, which canceled flights lack."""
    known = _flights()
    learned = known.train_outcome.groupby(known.train["dep_time"] // 100).mean()
    rates = (known.validation["dep_time"] // 100).map(learned)
    return rates if fill is None else rates.fillna(fill)


# --- 2.4 An interval by days.

# Two correct bootstraps of a thousand draws differ by their draws: this much, at
# either end. A mistake may lie closer than that, so it is named only if it fits twice
# as well: to reject a right answer is worse than to miss a mistake.
TOLERANCE = 0.007
FITS_BETTER = 2


def _interval(
    outcome: pd.Series, unit: str, date: pd.Series | None, confidence: float
) -> tuple[float, float]:
    found = evaluation.bootstrap_interval(
        outcome,
        outcome,
        lambda outcome, _: outcome,
        unit,
        date,
        resamples=300 if unit == "flight" else 10_000,
        confidence=confidence,
    )
    return found.low, found.high


def _by_day(confidence: float) -> tuple[float, float]:
    """The interval of July and August by day, for any confidence."""
    return _interval(_flights().outcome, "day", _flights().date, confidence)


@cache
def _intervals() -> dict[str, tuple[float, float]]:
    known = _flights()
    daily = known.outcome.groupby(known.date).mean()
    generator = np.random.default_rng(0)
    drawn = daily.to_numpy()[generator.integers(len(daily), size=(10_000, len(daily)))]
    return {
        "right": _by_day(0.95),
        "flights": _interval(known.outcome, "flight", None, 0.95),
        "90%": _by_day(0.90),
        "standard error": _by_day(0.683),
        "training": _interval(known.train_outcome, "day", known.train_date, 0.95),
        "weeks": _interval(known.outcome, "week", known.date, 0.95),
        "mean of rates": tuple(np.quantile(drawn.mean(axis=1), [0.025, 0.975])),
        "days": tuple(daily.quantile([0.025, 0.975])),
        "no replacement": (known.outcome.mean(),) * 2,
        "extremes": _by_day(0.9998),
    }


_INTERVAL_HINTS = {
    "flights": (
        "This is what comes out if single flights are drawn, far too narrow: the "
        "flights of one day share their weather. Draw whole *days* and keep their "
        "flights together."
    ),
    "90%": (
        "This interval holds about 90% of the resamples. For 95% draw a thousand times "
        "or more, and leave out 2.5% at either end."
    ),
    "standard error": (
        "This is one standard error to either side, about two thirds of the resamples, "
        "or the middle 80%. For 95%, take the 2.5th and the 97.5th percentile of the "
        "resampled rates."
    ),
    "training": "This is the interval of January to June. Take July and August.",
    "weeks": (
        "This is as wide as with blocks of seven days, or with 99% instead of 95%. "
        "Asked is by single days: leave out 2.5% of the resampled rates at either end."
    ),
    "mean of rates": (
        "You averaged the days' rates. A day with more flights counts more: add up the "
        "late flights and all flights, then divide."
    ),
    "no replacement": (
        "Both ends are equal: without `replace=True` every resample is the same "
        "62 days."
    ),
    "extremes": (
        "These are the extremes, the smallest and the largest of your resampled rates. "
        "Leave out 2.5% of them at either end."
    ),
    "days": (
        "This is the spread of single *days*. Asked is how far the rate of all 62 days "
        "moves when other days are drawn: draw 62 days, compute one rate, repeat."
    ),
}


def _judge_interval(answer: object) -> Verdict:
    low, high = read_interval(answer)
    if low > high:
        return wrong("The ends are swapped: first the lower one, then the higher one.")
    if 1 < high <= 100:
        return wrong("These are percentages. Give both ends as rates from 0 to 1.")

    def off(name: str) -> float:
        return float(np.abs(np.subtract(_intervals()[name], (low, high))).max())

    if high - low < 1e-6:
        if off("no replacement") < 1e-6:
            return wrong(_INTERVAL_HINTS["no replacement"])
        return wrong("Both ends are equal. An interval has a lower and a higher end.")
    nearest = min(_INTERVAL_HINTS, key=off)
    if off("right") <= min(TOLERANCE, FITS_BETTER * off(nearest)):
        flights = _intervals()["flights"]
        wider = (high - low) / (flights[1] - flights[0])
        return right(
            f"{low:.1%} to {high:.1%}. It is {wider:.0f} times as wide as the interval "
            "that draws single flights: two months are only 62 days."
        )
    # The extremes depend on the number of draws, the spread of days on how it is cut.
    within = {"days": 0.03, "extremes": 0.025}
    if off(nearest) <= within.get(nearest, TOLERANCE):
        return wrong(_INTERVAL_HINTS[nearest])
    return wrong(
        "Not the interval by days. Look at one resample: has it 62 days, some of them "
        "twice, and does one rate come out of it?"
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
            "the flight before": Mistake(lambda: _known("f"), "another flight"),
            "tail number": Mistake(lambda: _known("e"), "in the end"),
            "weather of the hour": Mistake(lambda: _known("g"), "reading is not"),
            "whole year": Mistake(lambda: _known("j"), "end of that year"),
            "promise": Mistake(lambda: _known(without="b"), "a promise"),
            "earlier reading": Mistake(lambda: _known(without="h"), "desk's screen"),
            "visible delay": Mistake(lambda: _known(without="i"), "waiting"),
            "last month": Mistake(lambda: _known(without="d"), "last month"),
            "distance": Mistake(lambda: _known(without="a"), "do not move"),
            "no such letter": Mistake(lambda: ["a", "z"], "`z` is not one of"),
            "words": Mistake(lambda: ["distance"], "single letters"),
            "nothing": Mistake(list, "Nothing is chosen"),
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
            "same pumps": Mistake(lambda: _splits(s2=GROUP), "the same"),
            "new pumps": Mistake(lambda: _splits(s3=TIME), "are new"),
            "survey": Mistake(lambda: _splits(s4=GROUP), "drawn by lot"),
            "copies": Mistake(lambda: _splits(s5=RANDOM), "same picture"),
            "flights": Mistake(lambda: _splits(s6=RANDOM), "scheduled yet"),
            "another word": Mistake(lambda: _splits(s4="stratified"), "is one of"),
            "one answer": Mistake(lambda: {1: GROUP}, "Keys 2 to 6 are missing"),
            "a gap": Mistake(
                lambda: {key: SPLITS[key] for key in (1, 3, 4, 6)},
                "Keys 2 and 5 are missing",
            ),
            "quoted keys": Mistake(
                lambda: {str(key): split for key, split in SPLITS.items()},
                "without quotes",
            ),
        },
    ),
    "2.3": Exercise(
        expects="one probability for each flight of July and August",
        judge=_judge_rates,
        solution=_right_rates,
        mistakes={
            "unseen hour": Mistake(
                lambda: _naive(None),
                "without a probability: 1, at an hour that training has never seen",
            ),
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
            "the table": Mistake(
                lambda: _flights().train_outcome.groupby(_flights().train_hour).mean(),
                "the table itself",
            ),
            "training rows": Mistake(
                lambda: _flights().train_outcome * 0.5, "*training* flight"
            ),
            **{
                name: Mistake(lambda name=name: _other_rates()[name], hint)
                for name, hint in _RATE_HINTS.items()
            },
            "minutes": Mistake(lambda: _mean_delays()[0], "These are minutes"),
            "minutes at the gate": Mistake(
                lambda: _mean_delays()[1], "These are minutes"
            ),
            "canceled without value": Mistake(
                lambda: _by_departure_hour(None), "canceled flights got no value"
            ),
            "departure hour of both": Mistake(
                lambda: _by_departure_hour(0.281), "better than the scheduled hour"
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
            name: Mistake(_ends(name), hint) for name, hint in _INTERVAL_HINTS.items()
        }
        | {
            "swapped": Mistake(lambda: _intervals()["right"][::-1], "are swapped"),
            "percent": Mistake(
                lambda: tuple(100 * end for end in _intervals()["right"]),
                "percentages",
            ),
            "99%": Mistake(lambda: _by_day(0.99), "99% instead of 95%"),
            "80%": Mistake(lambda: _by_day(0.80), "the middle 80%"),
            "equal ends": Mistake(lambda: (0.25, 0.25), "a lower and a higher"),
            "a guess": Mistake(lambda: (0.1, 0.2), "Look at one resample"),
        },
    ),
}
