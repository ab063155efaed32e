"""Exercises of lesson 4: sick networks, first losses, a rule, the luckiest run."""

from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd

from flightdelay.exercises import (
    Exercise,
    Mistake,
    Verdict,
    is_open,
    right,
    still_open,
    wrong,
)

# --- 4.1 Three networks, and the fault that the checks tell of each.

FAULTS = {"A": 2, "B": 3, "C": 4}
_LABELS, _SCALE, _LOSS, _RATE, _FEW = 1, 2, 3, 4, 5
_FAULT_HINTS = {
    ("A", _LABELS): (
        "A: with labels in another order, the first loss is as it should be, for the "
        "network knows nothing yet that the order could spoil. A's is far too large."
    ),
    ("A", _LOSS): (
        "A: an absolute error cannot be larger than 1. What can make the very first "
        "answers so certain, and so wrong?"
    ),
    ("A", _RATE): (
        "A: the learning rate has no part in the first loss, for no step has been "
        "taken. What has a part in it are the weights and the *numbers* they meet."
    ),
    ("B", _LABELS): (
        "B: with labels in another order the first loss stays where it was. B's lies "
        "*below* what a network without knowledge can have. So what was computed?"
    ),
    ("B", _SCALE): (
        "B: numbers that are not scaled make the first answers wild, and the loss "
        "large. B's is too small to be a log loss at all."
    ),
    ("B", _RATE): (
        "B: before the first step there is no learning rate. B's first loss is smaller "
        "than the entropy of the base rate, and no honest log loss begins there."
    ),
    ("C", _LABELS): (
        "C: labels in another order can be learned by heart as well; the lesson did "
        "it. C cannot even do that."
    ),
    ("C", _SCALE): (
        "C: its first loss is sound, so the numbers suit the weights. What happens "
        "after that? Hardly anything."
    ),
    ("C", _LOSS): (
        "C: its first loss is that of the sound network, to the digit. The loss is the "
        "right one, and the weights hardly move. What decides how far they move?"
    ),
}


def _judge_faults(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    if missing := [name for name in FAULTS if name not in answer]:
        return wrong(f"{', '.join(missing)} is missing. Give a number for A, B and C.")
    given = {name: answer[name] for name in FAULTS}
    if count := sum(map(is_open, given.values())):
        return still_open(count, of=3)
    given = {name: int(value) for name, value in given.items()}
    for name, fault in given.items():
        if fault == _FEW:
            return wrong(
                f"{name}: the first two checks need no more than 64 flights, and a "
                "sound network passes them. So the number of flights is not the fault."
            )
        if fault not in (_LABELS, _SCALE, _LOSS, _RATE):
            return wrong(f"{name}: the faults have the numbers 1 to 5.")
    for name, fault in FAULTS.items():
        if given[name] != fault:
            return wrong(_FAULT_HINTS[name, given[name]])
    return right(
        "Two faults show before the first step, one in each direction, and the third "
        "as soon as the network should move. Two are left over: labels in another "
        "order and too few flights pass both checks, and only unseen flights find them."
    )


def _faults(**changes: int) -> dict[str, int]:
    return FAULTS | changes


# --- 4.2 The first loss of three networks.

RARE = 0.02
LOSSES = {
    "a": float(np.log(10)),
    "b": float(np.log(2)),
    "c": float(-RARE * np.log(RARE) - (1 - RARE) * np.log(1 - RARE)),
}
_LOSS_TOLERANCE = 0.006
# Letter, wrong value, hint.
_LOSS_HINTS = [
    (
        "a",
        1.0,
        "a: log10 of ten is 1. Losses use the natural logarithm: `np.log(10)`.",
    ),
    ("a", float(np.log2(10)), "a: this is in bits. Take the natural logarithm."),
    (
        "a",
        float(np.log(2)),
        "a: there are ten classes, not two. Which probability does each of them get?",
    ),
    ("a", 0.1, "a: this is the probability. The loss is −ln of it."),
    ("a", 0.9, "a: this is the share of errors. The loss is −ln of a probability."),
    (
        "a",
        float(-0.1 * np.log(0.1) - 0.9 * np.log(0.9)),
        "a: this is the entropy of a tenth: one class against the rest. Here the right "
        "one of ten classes gets a tenth, whatever it is, and the loss is −ln of that.",
    ),
    (
        "b",
        LOSSES["c"],
        "b: this is right for c. With a first bias of 0 the sigmoid says one half to "
        "every part, however rare the defect is.",
    ),
    ("b", 1.0, "b: this is in bits. Take the natural logarithm."),
    ("b", 0.5, "b: this is the probability. The loss is −ln of it."),
    (
        "b",
        float(-np.log(RARE)),
        "b: this is the loss of one defect at the base rate. But the bias is 0: what "
        "does the sigmoid make of 0?",
    ),
    (
        "c",
        LOSSES["b"],
        "c: this is right for b. Now the network begins with 2%: what is its loss on a "
        "sound part, what on a defect, and how often does either happen?",
    ),
    (
        "c",
        float(-np.log(RARE)),
        "c: this is the loss of a *defect*. Most parts are sound and have a loss of "
        "−ln 0.98; take the mean over both.",
    ),
    (
        "c",
        float(-np.log(1 - RARE)),
        "c: this is the loss of a *sound* part (or the base rate, which is nearly the "
        "same number). Two in a hundred are defects, and each costs −ln 0.02; take the "
        "mean over both.",
    ),
    (
        "c",
        float(-RARE * np.log(RARE)),
        "c: this is the part of the defects. The sound parts are missing: 98% of all, "
        "each with a loss of −ln 0.98.",
    ),
    (
        "c",
        LOSSES["c"] / float(np.log(2)),
        "c: this is in bits. Take the natural logarithm.",
    ),
]


def _judge_losses(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    if missing := [name for name in LOSSES if name not in answer]:
        return wrong(f"{', '.join(missing)} is missing. Give a number for a, b and c.")
    given = {name: answer[name] for name in LOSSES}
    if count := sum(map(is_open, given.values())):
        return still_open(count, of=3)
    given = {name: float(value) for name, value in given.items()}
    if not np.isfinite(list(given.values())).all():
        raise ValueError
    if any(value < 0 for value in given.values()):
        return wrong(
            "A log loss is not negative: the logarithm of a probability is, and the "
            "loss takes it with a minus sign."
        )
    for name, value, hint in _LOSS_HINTS:
        if abs(given[name] - value) <= _LOSS_TOLERANCE:
            return wrong(hint)
    for name, value in LOSSES.items():
        if abs(given[name] - value) > _LOSS_TOLERANCE:
            return wrong(
                f"{name}: {given[name]:g} is not it. Which probability does the "
                "untrained network give to what happens, and how often does it happen?"
            )
    return right(
        "ln 10, ln 2, and the entropy of 2%. A first loss far from these numbers is a "
        "fault that you have found before the first step."
    )


def _losses(**changes: float) -> dict[str, float]:
    return LOSSES | changes


# --- 4.3 The rule of choice as a function.

_GAIN, _LIMIT = 0.2, 200
_COLUMNS = ["model", "low", "estimate", "high", "milliseconds"]
_FINALISTS = [
    # Nobody shows anything.
    [
        ("line", 0, 0, 0, 5),
        ("trees", -0.3, -0.05, 0.2, 9),
        ("net", -0.4, -0.1, 0.1, 30),
    ],
    # The second shows enough.
    [("line", 0, 0, 0, 5), ("trees", -0.9, -0.6, -0.3, 9), ("net", 0.1, 0.4, 0.7, 30)],
    # Zero is excluded, the smallest gain is not.
    [("line", 0, 0, 0, 5), ("trees", -0.5, -0.3, -0.1, 9), ("net", -0.2, 0.0, 0.2, 30)],
    # Only the third shows enough.
    [
        ("line", 0, 0, 0, 5),
        ("trees", -0.6, -0.25, 0.1, 9),
        ("net", -1.0, -0.7, -0.4, 30),
    ],
    # Enough, but too slow.
    [
        ("line", 0, 0, 0, 5),
        ("trees", -0.1, 0.1, 0.3, 9),
        ("net", -1.0, -0.7, -0.4, 900),
    ],
    # Two show enough: the first of them.
    [
        ("line", 0, 0, 0, 5),
        ("trees", -0.8, -0.5, -0.3, 9),
        ("net", -1.2, -0.9, -0.6, 30),
    ],
    # Shown to be dearer.
    [("line", 0, 0, 0, 5), ("trees", 0.3, 0.5, 0.7, 9), ("net", 0.4, 0.6, 0.9, 30)],
]

Rule = Callable[[pd.DataFrame], object]


def _first(finalists: pd.DataFrame, may_replace: Callable[..., bool]) -> str:
    for row in finalists.iloc[1:].itertuples():
        if may_replace(row):
            return row.model
    return finalists["model"].iloc[0]


def _by_rule(finalists: pd.DataFrame) -> str:
    """Return the simplest model, unless another one shows its gain in time."""
    return _first(
        finalists, lambda row: row.high <= -_GAIN and row.milliseconds <= _LIMIT
    )


def _among(allowed: Callable[[pd.DataFrame], pd.Series]) -> Rule:
    """Choose the cheapest of those that are allowed."""

    def choose(finalists: pd.DataFrame) -> str:
        rows = finalists[allowed(finalists)]
        return finalists.loc[rows["estimate"].idxmin(), "model"]

    return choose


_OTHER_RULES: dict[str, tuple[Rule, str]] = {
    "cheapest": (
        _among(lambda table: table["milliseconds"] < np.inf),
        "Your function takes the smallest estimate. The smallest of several numbers is "
        "partly luck; the rule asks whether the gain is *shown*: look at the interval.",
    ),
    "cheapest in time": (
        _among(lambda table: table["milliseconds"] <= _LIMIT),
        "Your function takes the smallest estimate among the fast ones. The rule asks "
        "whether the gain is *shown*: look at the interval.",
    ),
    "no limit": (
        lambda table: _first(table, lambda row: row.high <= -_GAIN),
        "One of the hidden models saves a lot and answers too late. Your function "
        "chooses it: the limit in milliseconds is missing.",
    ),
    "excludes zero": (
        lambda table: _first(
            table, lambda row: row.high < 0 and row.milliseconds <= _LIMIT
        ),
        "Your function is content with an interval that excludes zero. The rule asks "
        "for more: the whole interval beyond the smallest gain worth a repair.",
    ),
    "estimate": (
        lambda table: _first(
            table, lambda row: row.estimate <= -_GAIN and row.milliseconds <= _LIMIT
        ),
        "Your function compares the *estimate* with the smallest gain. All of the "
        "interval must lie beyond it, so which end counts?",
    ),
    "lower end": (
        lambda table: _first(
            table, lambda row: row.low <= -_GAIN and row.milliseconds <= _LIMIT
        ),
        "Your function looks at the *lower* end: the gain in the best case. All of the "
        "interval must lie beyond the smallest gain, so take the other end.",
    ),
    "sign": (
        lambda table: _first(
            table, lambda row: row.low >= _GAIN and row.milliseconds <= _LIMIT
        ),
        "The sign is turned: your function lets a model replace the simplest one when "
        "it is shown to cost *more*. A saving is a negative difference of costs.",
    ),
    "best of those": (
        _among(
            lambda table: (
                ((table["high"] <= -_GAIN) & (table["milliseconds"] <= _LIMIT))
                | (table.index == 0)
            )
        ),
        "If two models may replace the simplest one, the *first* of them is asked for: "
        "the simpler of the two. Your function takes the other one: the cheaper, or "
        "the last that it finds.",
    ),
    "always the simplest": (
        lambda table: table["model"].iloc[0],
        "Your function always keeps the simplest model. One of the hidden finalists "
        "saves 0.3 to 0.9 minutes in time; that is shown, and must be chosen.",
    ),
}


def _decisions(rule: Rule) -> list[object]:
    return [rule(pd.DataFrame(rows, columns=_COLUMNS)) for rows in _FINALISTS]


def _judge_rule(answer: object) -> Verdict:
    if not callable(answer) or isinstance(answer, type):
        raise TypeError
    try:
        decided = _decisions(answer)
    except Exception as error:
        return wrong(
            f"Your function stops with `{type(error).__name__}` on a table of "
            "finalists. Try it on `pd.DataFrame([...], columns=["
            + ", ".join(f'"{name}"' for name in _COLUMNS)
            + "])`."
        )
    if all(choice is None for choice in decided):
        return Verdict("unanswered", "Your function returns nothing yet.")
    for choice in decided:
        if choice is None:
            return wrong(
                "For some tables your function returns nothing. If no other model may "
                "replace it, return the name of the first one."
            )
        if not isinstance(choice, str):
            return wrong(
                "Your function must return the name of a model, a text, and it returns "
                f"something of the type `{type(choice).__name__}`."
            )
    if decided == _decisions(_by_rule):
        return right(
            "Seven tables, seven times the rule. It is short enough to be written down "
            "before anybody knows the scores."
        )
    for rule, hint in _OTHER_RULES.values():
        if decided == _decisions(rule):
            return wrong(hint)
    agreed = sum(
        mine == theirs
        for mine, theirs in zip(decided, _decisions(_by_rule), strict=True)
    )
    return wrong(
        f"Your function decides {agreed} of {len(decided)} tables by the rule. Take "
        "them in turn: shown beyond the smallest gain? In time? And the first one if "
        "nobody is?"
    )


def _nothing(finalists: pd.DataFrame) -> str | None:
    """Forget the case in which the simplest model stays."""
    choice = _by_rule(finalists)
    return None if choice == finalists["model"].iloc[0] else choice


# --- 4.4 What the best looking of twenty equal runs seems to save.

_RUNS, _LUCK = 20, 0.15


def _expected_best(runs: int) -> float:
    """Return the expected largest of the luck of some runs, by integration."""
    normal = NormalDist()
    # The mean of a quantity is the integral of its quantiles: here by the midpoints.
    shares = (np.arange(20_000) + 0.5) / 20_000
    return _LUCK * float(np.mean([normal.inv_cdf(x ** (1 / runs)) for x in shares]))


BEST = _expected_best(_RUNS)
_BEST_TOLERANCE = 0.008
_BEST_HINTS = [
    (
        "mean of all",
        0.0,
        "Zero is what the runs truly save, and the mean of all twenty. Asked is the "
        "one that *looks* best: take the largest of each twenty first.",
    ),
    (
        "one run",
        _LUCK,
        "This is the luck of one run. The luckiest of twenty has more of it.",
    ),
    (
        "standard error",
        _LUCK / np.sqrt(_RUNS),
        "This is the standard error of the mean of twenty runs. Nobody takes the mean "
        "here; the best one is picked.",
    ),
    (
        "twenty times",
        _LUCK * _RUNS,
        "Luck does not add up over runs: only one of them is picked.",
    ),
    (
        "from worst to best",
        2 * BEST,
        "This is the distance from the worst to the best looking. The runs truly save "
        "nothing: measure the best one from zero.",
    ),
    (
        "forty",
        _expected_best(40),
        "This is the best of forty. There are twenty runs.",
    ),
    (
        "largest of all",
        0.66,
        "This looks like the largest number of the whole simulation. Take the largest "
        "of each *search*, along axis 1, and then the mean over the searches.",
    ),
    (
        "standard units",
        BEST / _LUCK,
        "This is the best of twenty for a standard deviation of 1. Here it is 0.15.",
    ),
]


def _judge_best(answer: object) -> Verdict:
    if isinstance(answer, (bool, str)):
        raise TypeError
    value = abs(float(answer))
    if not np.isfinite(value):
        raise ValueError
    if abs(value - BEST) <= _BEST_TOLERANCE:
        return right(
            f"About {BEST:.2f} minutes a flight, out of nothing: more than the "
            "charter's smallest gain. The runs of a real search resemble each other, "
            "so their luck is smaller; the lesson measures it."
        )
    for name, mistake, hint in _BEST_HINTS:
        reach = 0.12 if name == "largest of all" else _BEST_TOLERANCE
        if abs(value - mistake) <= reach:
            return wrong(hint)
    return wrong(
        "Not it. One search: twenty numbers, take the largest. Ten thousand searches: "
        "take the mean of their largest."
    )


EXERCISES = {
    "4.1": Exercise(
        expects='a dictionary with a number from 1 to 5 for "A", "B" and "C"',
        judge=_judge_faults,
        solution=_faults,
        mistakes={
            "few flights": Mistake(lambda: _faults(C=5), "no more than 64"),
            "no such fault": Mistake(lambda: _faults(A=7), "1 to 5"),
            "one only": Mistake(lambda: {"A": 2}, "B, C is missing"),
        }
        | {
            f"{name} is {fault}": Mistake(
                lambda name=name, fault=fault: _faults(**{name: fault}), hint[:40]
            )
            for (name, fault), hint in _FAULT_HINTS.items()
        },
    ),
    "4.2": Exercise(
        expects='a dictionary with a number for "a", "b" and "c"',
        judge=_judge_losses,
        solution=_losses,
        mistakes={
            "negative": Mistake(lambda: _losses(a=-LOSSES["a"]), "not negative"),
            "one only": Mistake(lambda: {"a": LOSSES["a"]}, "b, c is missing"),
            "a guess": Mistake(lambda: _losses(b=0.3), "is not it"),
        }
        | {
            f"{name}: {value:.3f}": Mistake(
                lambda name=name, value=value: _losses(**{name: value}), hint[:40]
            )
            for name, value, hint in _LOSS_HINTS
        },
    ),
    "4.3": Exercise(
        expects="a function that takes a table of finalists and returns a name",
        judge=_judge_rule,
        solution=lambda: _by_rule,
        mistakes={
            "forgets the simplest": Mistake(lambda: _nothing, "returns nothing"),
            "a number": Mistake(lambda: len, "a text"),
            "an error": Mistake(
                lambda: lambda table: table["price"].min(), "with `KeyError`"
            ),
            "the last that may": Mistake(
                lambda: (
                    lambda table: _by_rule(
                        pd.concat([table.iloc[:1], table.iloc[:0:-1]])
                    )
                ),
                "the last that it finds",
            ),
            "the last": Mistake(
                lambda: lambda table: table["model"].iloc[-1], "by the rule"
            ),
        }
        | {
            name: Mistake(lambda rule=rule: rule, hint[:40])
            for name, (rule, hint) in _OTHER_RULES.items()
        },
    ),
    "4.4": Exercise(
        expects="a number of minutes a flight",
        judge=_judge_best,
        solution=lambda: BEST,
        mistakes={
            name: Mistake(lambda value=value: value, hint[:40])
            for name, value, hint in _BEST_HINTS
        }
        | {"a guess": Mistake(lambda: 0.2, "Ten thousand searches")},
    ),
}
