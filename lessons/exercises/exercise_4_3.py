"""The rule of choice as a function."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from exercises.judges import Function

GAIN, LIMIT = 0.2, 200

Rule = Callable[[pd.DataFrame], object]


def _tables() -> Iterator[tuple[pd.DataFrame]]:
    """Tables of finalists: for trees and network low, estimate, high, milliseconds."""
    for trees, net in (
        ((-0.3, -0.05, 0.2, 9), (-0.4, -0.1, 0.1, 30)),  # nobody shows anything
        ((-0.9, -0.6, -0.3, 9), (0.1, 0.4, 0.7, 30)),  # the second shows enough
        ((-0.5, -0.3, -0.1, 9), (-0.2, 0.0, 0.2, 30)),  # zero is excluded, no more
        ((-0.6, -0.25, 0.1, 9), (-1.0, -0.7, -0.4, 30)),  # only the third does
        ((-0.1, 0.1, 0.3, 9), (-1.0, -0.7, -0.4, 900)),  # enough, but too slow
        ((-0.8, -0.5, -0.3, 9), (-1.2, -0.9, -0.6, 30)),  # both do: the first of them
        ((0.3, 0.5, 0.7, 9), (0.4, 0.6, 0.9, 30)),  # shown to be dearer
    ):
        rows = [("line", 0, 0, 0, 5), ("trees", *trees), ("net", *net)]
        columns = ["model", "low", "estimate", "high", "milliseconds"]
        yield (pd.DataFrame(rows, columns=columns),)


def _first(may_replace: Callable[..., bool], limit: float = LIMIT) -> Rule:
    """Choose the first model that may replace the simplest one, in time."""

    def choose(table: pd.DataFrame) -> str:
        for row in table.iloc[1:].itertuples():
            if may_replace(row) and row.milliseconds <= limit:
                return row.model
        return table["model"].iloc[0]

    return choose


def _cheapest(least: float, limit: float = LIMIT) -> Rule:
    """Choose the cheapest of the models in time whose interval ends below `least`."""

    def choose(table: pd.DataFrame) -> str:
        allowed = (table["high"] <= least) & (table["milliseconds"] <= limit)
        rows = table[allowed | (table.index == 0)]
        return table.loc[rows["estimate"].idxmin(), "model"]

    return choose


BY_RULE = _first(lambda row: row.high <= -GAIN)


def _name(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError
    return given


EXERCISE = Function(
    expects="a function that takes a table of finalists and returns a name",
    value=BY_RULE,
    cases=_tables,
    result=_name,
    returns="the name of a model, a text",
    known={
        "cheapest": _cheapest(np.inf, np.inf),
        "cheapest in time": _cheapest(np.inf),
        "no limit": _first(lambda row: row.high <= -GAIN, np.inf),
        "excludes zero": _first(lambda row: row.high < 0),
        "estimate": _first(lambda row: row.estimate <= -GAIN),
        "lower end": _first(lambda row: row.low <= -GAIN),
        "sign": _first(lambda row: row.low >= GAIN),
        "best of those": _cheapest(-GAIN),
        "always the simplest": lambda table: table["model"].iloc[0],
    },
    others={
        "forgets the simplest": lambda table: (
            None if BY_RULE(table) == "line" else BY_RULE(table)
        ),
        "a number": len,
        "an error": lambda table: table["price"].min(),
        "the last": lambda table: table["model"].iloc[-1],
    },
    reason="Seven tables, seven times the rule. It is short enough to be written down "
    "before anybody knows the scores.",
    hint={
        "cheapest": "Your function takes the smallest estimate. The smallest of "
        "several numbers is partly luck; the rule asks whether the gain is *shown*.",
        "cheapest in time": "Your function takes the smallest estimate among the fast "
        "ones. The rule asks whether the gain is *shown*: look at the interval.",
        "no limit": "One of the hidden models saves a lot and answers too late. Your "
        "function chooses it: the limit in milliseconds is missing.",
        "excludes zero": "Your function is content with an interval that excludes "
        "zero. The rule asks for more than any gain.",
        "estimate": "Your function compares the *estimate* with the smallest gain. All "
        "of the interval must lie beyond it, so which end counts?",
        "lower end": "Your function looks at the gain in the best case. All of the "
        "interval must lie beyond the smallest gain.",
        "sign": "The sign is turned: your function lets a model replace the simplest "
        "one when it is shown to cost *more*.",
        "best of those": "If two models may replace the simplest one, your function "
        "takes the cheaper, or the last that it finds. Which one does the rule ask "
        "for?",
        "always the simplest": "Your function always keeps the simplest model. Some of "
        "the hidden finalists show their gain, in time.",
        "other": "Take them in turn: shown beyond the smallest gain? In time? And who "
        "stays if nobody is?",
    },
)
