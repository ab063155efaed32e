"""What a tag is worth, written by the reader."""

from collections.abc import Callable
from functools import cache

import numpy as np

from exercises.judges import Function, read_number
from flightdelay import charter

Worth = Callable[[np.ndarray, np.ndarray, np.ndarray], float]


@cache
def _cases() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Whether each flight has the tag, was late, and was prepared."""
    generator = np.random.default_rng(0)
    small = [
        # Two of three were late, and nobody was prepared.
        ([1, 1, 1, 0, 0], [1, 1, 0, 0, 1], [0, 0, 0, 0, 0]),
        # Those with the tag were prepared already, but for one.
        ([1, 1, 1, 0], [1, 0, 0, 1], [1, 1, 0, 1]),
    ]
    many = [
        generator.random((3, 400)) < np.array(shares)[:, None]
        for shares in ([0.3, 0.4, 0.3], [0.5, 0.1, 0.4])
    ]
    return [tuple(np.array(case, dtype=bool)) for case in [*small, *many]]


def _with(saves: float, wastes: float) -> Worth:
    """Make a function that counts so many minutes for late and punctual flights."""

    def worth(tag: np.ndarray, late: np.ndarray, prepared: np.ndarray) -> float:
        changed = tag & ~prepared
        won = saves * (changed & late).sum() - wastes * (changed & ~late).sum()
        return won / len(tag)

    return worth


_CHARTER = charter.load()
_WASTES = _CHARTER.cost_prepare
_SAVES = _CHARTER.cost_unprepared - _WASTES
_right = _with(_SAVES, _WASTES)

EXERCISE = Function(
    expects="a function of three arrays that returns a number",
    returns="a number for `has_tag`, `was_late` and `was_prepared`",
    value=_right,
    cases=_cases,
    result=read_number,
    same=lambda one, other: bool(np.isclose(one, other, atol=1e-6)),
    known={
        "ceiling": _with(_SAVES, 0),
        "whole miss": _with(_CHARTER.cost_unprepared, _WASTES),
        "flights": _with(1, 1),
        "turned round": _with(-_SAVES, -_WASTES),
        "prepared before": lambda tag, late, prepared: _right(
            tag, late, np.zeros_like(prepared)
        ),
        "with the tag": lambda tag, late, prepared: (
            _right(tag, late, prepared) * len(tag) / tag.sum()
        ),
        "left alone": lambda tag, late, prepared: (
            _right(tag, late, prepared) * len(tag) / (tag & ~prepared).sum()
        ),
        "all minutes": lambda tag, late, prepared: (
            _right(tag, late, prepared) * len(tag)
        ),
    },
    others={
        "one argument": lambda tag: 0,
        "an array": lambda tag, late, prepared: tag * 1.0,
        "constant": lambda tag, late, prepared: 5,
    },
    hint={
        "ceiling": "This is the ceiling: it prepares the late flights only. Told the "
        "tag and no more, the desk prepares the punctual ones as well.",
        "whole miss": "A late flight that is prepared still costs the price of "
        "preparing. What is the difference to a miss?",
        "flights": "You count flights. A miss and a needless preparation cost "
        "different numbers of minutes.",
        "turned round": "The sign is turned round: what is saved is positive.",
        "prepared before": "Your function also counts flights that were prepared "
        "anyway. For them nothing changes.",
        "with the tag": "This is per flight *with the tag*. Divide by all flights, so "
        "that it can be compared with the charter.",
        "left alone": "This is per flight whose decision changes. Divide by all "
        "flights.",
        "all minutes": "These are the minutes of all flights together. Asked is one.",
        "other": "Work the first by hand: of five flights three have the tag, two of "
        "them late and none prepared. That is two times 80 won and 20 lost: 28 a "
        "flight.",
    },
    reason="All four cases agree. Your function needs no table of ours: it works for "
    "any decision with two prices.",
)
