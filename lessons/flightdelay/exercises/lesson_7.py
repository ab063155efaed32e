"""Exercises of lesson 7: a limit for a new watch, four dashboards, audited labels."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from flightdelay import data, features, monitoring
from flightdelay.exercises import (
    Exercise,
    Mistake,
    Verdict,
    is_open,
    right,
    still_open,
    wrong,
)

# --- 7.1 A limit for the share of flights that see no delay in all of New York.

WATCHED = "new_york_delay_recent"
PROMISE = 0.01


class _Shares(NamedTuple):
    learn: pd.Series
    judge: pd.Series
    faulty: pd.Series


@cache
def _shares() -> _Shares:
    """The daily shares on quiet days, and those of the judged days with the fault."""
    flights = data.load_flights()
    seen = features.operations(flights, flights)[WATCHED]
    days = monitoring.quiet_records(flights)
    date = days["date"]
    seen = seen.loc[days.index]
    zero = (seen == 0).groupby(date).mean()
    # With the fault each mean is zero; where no flight was seen there is still none.
    faulty = seen.notna().groupby(date).mean()
    learn = zero.index.month.isin(monitoring.LEARN_MONTHS)
    return _Shares(zero[learn], zero[~learn], faulty[~learn])


def _judge_limit(answer: object) -> Verdict:
    if isinstance(answer, (bool, str)):
        raise TypeError
    limit = float(answer)
    if not np.isfinite(limit):
        raise ValueError
    known = _shares()
    false_alarms = int((known.judge > limit).sum())
    caught = float((known.faulty > limit).mean())
    days = len(known.judge)
    if 1 < limit <= 100:
        return wrong(
            f"A share never passes {limit:g}, so this watch never fires. Is that a "
            "percentage? The shares lie between 0 and 1."
        )
    if caught < 0.95:
        return wrong(
            f"It cries wolf on {false_alarms} of {days} quiet days, but catches the "
            f"fault on {caught:.0%} of the days only. With the fault the share is near "
            f"{known.faulty.median():.2f} and not 1: early in the morning no earlier "
            "flight has been seen, and then there is no mean, not even zero."
        )
    if limit < 0:
        return wrong("A share is never below zero, so this watch fires every day.")
    if false_alarms <= PROMISE * days:
        return right(
            f"{false_alarms} false alarms on {days} quiet days that the limit has not "
            f"seen (at most {monitoring.share(known.judge > limit).high:.1%}, with 95% "
            f"confidence), and the fault is caught on {caught:.0%} of them. Between "
            f"{max(known.judge.max(), known.learn.max()):.2f} and "
            f"{known.faulty.min():.2f} every limit does that: a watch that was built "
            "for its fault hardly has to be tuned."
        )
    start = (
        f"It fires on {false_alarms} of {days} quiet days, {false_alarms / days:.1%}. "
    )
    sigma = known.learn.mean() + 3 * known.learn.std()
    if abs(limit - sigma) < 0.001:
        return wrong(
            start + "Three sigma promise one alarm in some 700 days, for a bell curve. "
            "Three quarters of these days are exactly zero and a few are not: no bell."
        )
    if abs(limit - known.learn.quantile(1 - PROMISE)) < 0.002:
        return wrong(
            start + "The 99th percentile of 122 days leaves two of them above it, and "
            "two in 122 is more than one in a hundred already. How many may lie above?"
        )
    if abs(limit - known.learn.quantile(0.95)) < 1e-9 or limit == 0:
        return wrong(
            start + "At zero every day with a single such flight is an alarm. The 95th "
            "percentile is zero too, but the promise is one day in a hundred."
        )
    if abs(limit - known.learn.mean()) < 0.001:
        return wrong(start + "That is the mean: an ordinary day, not an unusual one.")
    return wrong(
        start
        + "The promise is one in a hundred. How loud were the loudest of the quiet "
        "days that you may learn from?"
    )


# --- 7.2 Four dashboards.

CAUSES = {"A": "fault", "B": "meaning", "C": "nothing", "D": "shift"}
STEPS = {
    "fault": "repair the feed",
    "meaning": "settle the rule",
    "shift": "compare a repaired model",
    "nothing": "write it down",
}
_BOARD_HINTS = {
    "A": (
        "Board A: one watch fires that was built for a single thing, and the cost "
        "has not risen. Does a better cost prove that nothing is broken?"
    ),
    "B": (
        "Board B: no input is unusual, the cost looks fine, and yet outcomes that a "
        "person looked up contradict the log. What has changed?"
    ),
    "C": (
        "Board C: only the stability index is loud, and it is loud on all four boards. "
        "What do the watches say that fire rarely on quiet days?"
    ),
    "D": (
        "Board D: system and inputs are silent, and the audit agrees with the log. So "
        "neither feed nor rule. But the desk pays more. What is left?"
    ),
}


def _judge_boards(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    missing = [letter for letter in CAUSES if letter not in answer]
    if missing:
        return wrong(f"Board {missing[0]} is missing: answer with the keys A to D.")
    given = {letter: tuple(answer[letter]) for letter in CAUSES}
    if any(len(pair) != 2 for pair in given.values()):
        raise ValueError
    if count := sum(is_open(value) for pair in given.values() for value in pair):
        return still_open(count, of=8)
    for letter, pair in given.items():
        cause, step = (str(word).strip().lower() for word in pair)
        if cause not in STEPS:
            return wrong(f"Board {letter}: the cause is one of {', '.join(STEPS)}.")
        if step not in STEPS.values():
            steps = ", ".join(f'"{step}"' for step in STEPS.values())
            return wrong(f"Board {letter}: the next step is one of {steps}.")
        if cause == "shift" and CAUSES[letter] == "fault":
            return wrong(
                _BOARD_HINTS[letter] + " And a repaired model would learn the fault."
            )
        if cause != CAUSES[letter]:
            return wrong(_BOARD_HINTS[letter])
        if step != STEPS[cause]:
            return wrong(
                f"Board {letter}: the cause is right. But for a cause called {cause!r} "
                f'"{step}" does not help. What removes the cause itself?'
            )
    return right(
        "First the pipeline, then the meaning, then the world. Each time it was what "
        "did *not* fire that decided."
    )


def _boards(**changes: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return {letter: (cause, STEPS[cause]) for letter, cause in CAUSES.items()} | changes


# --- 7.3 How many audited labels?

RATE, RISE = 0.25, 0.05
ONE_SIDED, TWO_SIDED, POWER = 1.645, 1.960, 0.842
DAY_DEVIATION, A_DAY, WEEK = 0.16, 15, 7


def _variance_allowed(alpha: float = ONE_SIDED, power: float = POWER) -> float:
    return (RISE / (alpha + power)) ** 2


def _labels(alpha: float = ONE_SIDED, power: float = POWER) -> float:
    return RATE * (1 - RATE) / _variance_allowed(alpha, power)


def _weeks(days_differ: bool = True, chance: bool = True) -> float:
    between = DAY_DEVIATION**2 / WEEK if days_differ else 0
    within = RATE * (1 - RATE) / (A_DAY * WEEK) if chance else 0
    return (between + within) / _variance_allowed()


def _answer(**changes: float) -> dict[str, float]:
    return {"labels": np.ceil(_labels()), "weeks": np.ceil(_weeks())} | changes


def _near(value: float, expected: float, within: float = 0.02) -> bool:
    return abs(value - expected) <= max(within * expected, 1)


def _judge_labels(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    missing = [key for key in ("labels", "weeks") if key not in answer]
    if missing:
        return wrong(f"`{missing[0]}` is missing: the answer has labels and weeks.")
    values = [answer["labels"], answer["weeks"]]
    if count := sum(map(is_open, values)):
        return still_open(count, of=2)
    labels, weeks = map(float, values)
    if not np.isfinite([labels, weeks]).all() or min(labels, weeks) <= 0:
        raise ValueError
    if not _near(labels, _labels()):
        if _near(labels, _labels(power=0)):
            return wrong(
                f"{labels:.0f} labels put the rise exactly at the limit, so you would "
                "see it every second time only: the power is 50%. Add the 0.842."
            )
        if _near(labels, _labels(alpha=TWO_SIDED)):
            return wrong("That is a two-sided test. Asked is for a rise only: 1.645.")
        if _near(labels, _labels() * (RISE / (RISE * RATE)) ** 2, 0.05):
            return wrong(
                "You took 5% *of* 25%. A rise from 25% to 30% is five points: 0.05."
            )
        if _near(labels * WEEK, _labels(), 0.03):
            return wrong("That is for one day. Asked is for the whole week.")
        return wrong(
            f"{labels:.0f} labels are not it. Set the standard error, the root of "
            "0.25 × 0.75 / n, equal to 0.05 / 2.487, and solve for n."
        )
    if abs(weeks - _weeks()) > 1:
        if abs(weeks - _weeks(days_differ=False)) <= 0.7:
            return wrong(
                f"{weeks:.0f} weeks would do if flights were independent. But days "
                "differ: add the variance between days, 0.16² / 7."
            )
        if abs(weeks - _weeks(chance=False)) <= 1:
            return wrong(
                "That is the part of the days alone. The chance among the 105 labels "
                "of a week comes on top: add both variances."
            )
        if abs(weeks - WEEK * _weeks()) <= WEEK:
            return wrong("These are days. Asked are weeks, of seven days each.")
        if abs(weeks - DAY_DEVIATION**2 / _variance_allowed()) <= 1:
            return wrong(
                "That would do if a week were one day. It has seven, and their mean "
                "varies by 0.16² / 7; the chance among its 105 labels comes on top."
            )
        return wrong(
            f"{weeks:g} weeks are not it. Variance of one week's rate: 0.16² / 7 + "
            "0.25 × 0.75 / 105. With how many weeks does it fall to "
            f"{_variance_allowed():.5f}?"
        )
    floor = DAY_DEVIATION / np.sqrt(WEEK)
    return right(
        f"{np.ceil(_labels()):.0f} labels, if flights were independent. They are not: "
        f"seven days alone leave a standard error of {floor:.3f}, more than the whole "
        "rise, so *no* number of labels shows it in one week. It takes "
        f"{np.ceil(_weeks()):.0f} weeks. What more labels cannot buy, more days can."
    )


EXERCISES = {
    "7.1": Exercise(
        expects="one number, the limit for the share",
        judge=_judge_limit,
        solution=lambda: _shares().learn.max(),
        mistakes={
            "three sigma": Mistake(
                lambda: _shares().learn.mean() + 3 * _shares().learn.std(), "no bell"
            ),
            "percentile": Mistake(
                lambda: _shares().learn.quantile(0.99), "leaves two of them"
            ),
            "zero": Mistake(lambda: 0.0, "At zero"),
            "mean": Mistake(lambda: _shares().learn.mean(), "That is the mean"),
            "never fires": Mistake(lambda: 0.99, "early in the morning"),
            "percent": Mistake(lambda: 9.0, "a percentage"),
            "negative": Mistake(lambda: -0.1, "never below zero"),
            "a guess": Mistake(lambda: 0.02, "How loud were the loudest"),
        },
    ),
    "7.2": Exercise(
        expects="a dictionary from A to D with a cause and a next step each",
        judge=_judge_boards,
        solution=_boards,
        mistakes={
            "fine, it got cheaper": Mistake(
                lambda: _boards(A=("nothing", "write it down")), "nothing is broken"
            ),
            "retrain on a fault": Mistake(
                lambda: _boards(A=("shift", "compare a repaired model")),
                "would learn the fault",
            ),
            "rule is a fault": Mistake(
                lambda: _boards(B=("fault", "repair the feed")), "What has changed"
            ),
            "drift is damage": Mistake(
                lambda: _boards(C=("shift", "compare a repaired model")),
                "loud on all four",
            ),
            "nothing is wrong": Mistake(
                lambda: _boards(D=("nothing", "write it down")), "What is left"
            ),
            "cause without its step": Mistake(
                lambda: _boards(B=("meaning", "compare a repaired model")),
                "removes the cause",
            ),
            "another cause": Mistake(
                lambda: _boards(B=("drift", "settle the rule")), "is one of"
            ),
            "another step": Mistake(
                lambda: _boards(A=("fault", "retrain")), "next step is one of"
            ),
            "one board": Mistake(lambda: {"A": _boards()["A"]}, "Board B is missing"),
        },
    ),
    "7.3": Exercise(
        expects="a dictionary with the number of labels and of weeks",
        judge=_judge_labels,
        solution=_answer,
        mistakes={
            "no power": Mistake(lambda: _answer(labels=_labels(power=0)), "50%"),
            "two-sided": Mistake(
                lambda: _answer(labels=_labels(alpha=TWO_SIDED)), "two-sided"
            ),
            "five percent of it": Mistake(
                lambda: _answer(labels=_labels() * 16), "five points"
            ),
            "one day": Mistake(lambda: _answer(labels=_labels() / 7), "one day"),
            "days ignored": Mistake(
                lambda: _answer(weeks=np.ceil(_weeks(days_differ=False))), "days differ"
            ),
            "labels ignored": Mistake(
                lambda: _answer(weeks=np.ceil(_weeks(chance=False))), "comes on top"
            ),
            "a guess": Mistake(lambda: _answer(labels=50), "solve for n"),
            "days": Mistake(lambda: _answer(weeks=94), "These are days"),
            "a week is a day": Mistake(lambda: _answer(weeks=64), "It has seven"),
            "weeks by guess": Mistake(lambda: _answer(weeks=52), "fall to"),
        },
    ),
}
