"""The rule of choice as a function."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from exercises.judges import Function

GAIN, LIMIT = 0.2, 200

Rule = Callable[[pd.DataFrame], object]


def _tables() -> Iterator[tuple[pd.DataFrame]]:
    """Tables of finalists: for trees and network low, saving, high, milliseconds."""
    for trees, net in (
        ((-0.2, 0.05, 0.3, 9), (-0.1, 0.1, 0.4, 30)),  # nobody shows anything
        ((0.3, 0.6, 0.9, 9), (-0.7, -0.4, -0.1, 30)),  # the second shows enough
        ((0.1, 0.3, 0.5, 9), (-0.2, 0.0, 0.2, 30)),  # zero is excluded, no more
        ((-0.1, 0.25, 0.6, 9), (0.4, 0.7, 1.0, 30)),  # only the third does
        ((-0.3, -0.1, 0.1, 9), (0.4, 0.7, 1.0, 900)),  # enough, but too slow
        ((0.3, 0.5, 0.8, 9), (0.6, 0.9, 1.2, 30)),  # both do: the first of them
        ((-0.7, -0.5, -0.3, 9), (-0.9, -0.6, -0.4, 30)),  # shown to be dearer
    ):
        rows = [("line", 0, 0, 0, 5), ("trees", *trees), ("net", *net)]
        columns = ["model", "low", "saving", "high", "milliseconds"]
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
    """Choose the cheapest of the models in time whose interval begins above `least`."""

    def choose(table: pd.DataFrame) -> str:
        allowed = (table["low"] >= least) & (table["milliseconds"] <= limit)
        rows = table[allowed | (table.index == 0)]
        return table.loc[rows["saving"].idxmax(), "model"]

    return choose


BY_RULE = _first(lambda row: row.low >= GAIN)


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
        "cheapest": _cheapest(-np.inf, np.inf),
        "cheapest in time": _cheapest(-np.inf),
        "no limit": _first(lambda row: row.low >= GAIN, np.inf),
        "excludes zero": _first(lambda row: row.low > 0),
        "estimate": _first(lambda row: row.saving >= GAIN),
        "upper end": _first(lambda row: row.high >= GAIN),
        "sign": _first(lambda row: row.high <= -GAIN),
        "best of those": _cheapest(GAIN),
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
        "cheapest": "Your function takes the largest saving. The largest of several "
        "numbers is partly luck; the rule asks whether the gain is *shown*.",
        "cheapest in time": "Your function takes the largest saving among the fast "
        "ones. The rule asks whether the gain is *shown*: look at the interval.",
        "no limit": "One of the hidden models saves a lot and answers too late. Your "
        "function chooses it: the limit in milliseconds is missing.",
        "excludes zero": "Your function is content with an interval that excludes "
        "zero. The rule asks for more than any gain.",
        "estimate": "Your function compares the *estimate* with the smallest gain. All "
        "of the interval must lie above it, so which end counts?",
        "upper end": "Your function looks at the gain in the best case. All of the "
        "interval must lie above the smallest gain.",
        "sign": "The sign is turned: your function lets a model replace the simplest "
        "one when it is shown to cost *more*.",
        "best of those": "If two models may replace the simplest one, your function "
        "takes the cheaper, or the last that it finds. Which one does the rule ask "
        "for?",
        "always the simplest": "Your function always keeps the simplest model. Some of "
        "the hidden finalists show their gain, in time.",
        "other": "Take them in turn: shown to be above the smallest gain? In time? And "
        "who stays if nobody is?",
    },
)
