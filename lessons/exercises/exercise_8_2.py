"""A function of the reader that ranks actions by expected gain for an hour."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from exercises import Verdict, wrong
from exercises.judges import Function

Rank = Callable[[pd.DataFrame], list[str]]


@cache
def _cases() -> list[tuple[pd.DataFrame]]:
    """A clinic's five actions, and two tables of drawn ones."""
    clinic = pd.DataFrame(
        {
            "ceiling": [30, 60, 40, 20, 50],
            "repairable": [0.8, 0.5, 0.9, 0.1, 0.3],
            "hours": [40, 30, 12, 16, 10],
        },
        index=list("abcde"),
    )
    generator = np.random.default_rng(0)
    drawn = [
        pd.DataFrame(
            {
                "ceiling": generator.integers(5, 100, 8),
                "repairable": generator.uniform(0.1, 1, 8).round(2),
                "hours": generator.integers(2, 60, 8),
            },
            index=[f"action {number}" for number in range(8)],
        )
        for _ in range(2)
    ]
    return [(table,) for table in (clinic, *drawn)]


def _by(worth: Callable[[pd.DataFrame], pd.Series]) -> Rank:
    """Make a function that ranks by a worth, best first."""
    return lambda actions: list(worth(actions).sort_values(ascending=False).index)


def _read(answer: object) -> list[str] | Verdict:
    if isinstance(answer, pd.Series):
        return wrong("You return values. Asked are the names, which `.index` holds.")
    return [str(name) for name in answer]


EXERCISE = Function(
    expects="a function of a table that returns its index in an order",
    returns="a list of the table's index",
    value=_by(lambda table: table.ceiling * table.repairable / table.hours),
    cases=_cases,
    result=_read,
    known={
        "by the ceiling": _by(lambda table: table.ceiling),
        "by the gain": _by(lambda table: table.ceiling * table.repairable),
        "ceiling per hour": _by(lambda table: table.ceiling / table.hours),
        "share per hour": _by(lambda table: table.repairable / table.hours),
        "by the hours": _by(lambda table: -table.hours),
        "worst first": _by(
            lambda table: -table.ceiling * table.repairable / table.hours
        ),
        "as they come": lambda table: list(table.index),
    },
    others={
        "values": lambda table: table.ceiling * table.repairable / table.hours,
        "one name": lambda table: list(table.index[:1]),
    },
    hint={
        "by the ceiling": "That is the order of the ceilings: what would be saved if "
        "*all* errors of the kind vanished. How many of them does each action mend?",
        "by the gain": "That is the order of the gains, which is half of the way. "
        "Large gains take hours; what does *one* hour bring?",
        "ceiling per hour": "You divided by the hours, but a ceiling. An action that "
        "mends one error in ten brings a tenth of it.",
        "share per hour": "You divided the share by the hours, without the ceiling. A "
        "share of what?",
        "by the hours": "That is cheapest first. Ten hours for nothing are ten hours.",
        "worst first": "The right numbers, upside down: the first name is the action "
        "to begin with.",
        "as they come": "The table comes back in its own order. Sort by what an hour "
        "brings.",
        "other": "For each action work out one number: what one hour of it brings.",
    },
    reason="In the clinic's table of the check, relabeling comes first and a deeper "
    "network last, although the network is what most teams begin with.",
)
