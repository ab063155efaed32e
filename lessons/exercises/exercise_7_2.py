"""The population stability index, written by the reader."""

from collections.abc import Callable
from functools import cache

import numpy as np

from exercises.judges import Function, read_number

Index = Callable[[np.ndarray, np.ndarray], float]
FLOOR = 0.0001


@cache
def _cases() -> list[tuple[np.ndarray, np.ndarray]]:
    """Shares of bins, before and now."""
    generator = np.random.default_rng(0)
    many = [tuple(generator.dirichlet(np.ones(10), size=2)) for _ in range(2)]
    return [
        (np.array([0.5, 0.5]), np.array([0.8, 0.2])),
        (np.array([0.25, 0.75]), np.array([0.25, 0.75])),
        (np.array([0.2, 0.3, 0.5]), np.array([0.0, 0.4, 0.6])),
        *many,
    ]


def _terms(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    before, now = np.maximum(before, FLOOR), np.maximum(now, FLOOR)
    return (now - before) * np.log(now / before)


def _one_sided(before: np.ndarray, now: np.ndarray) -> float:
    before, now = np.maximum(before, FLOOR), np.maximum(now, FLOOR)
    return float((now * np.log(now / before)).sum())


def _no_floor(before: np.ndarray, now: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(((now - before) * np.log(now / before)).sum())


def _result(given: object) -> float:
    # A share of zero without a floor makes the index infinite: a mistake with a name.
    number = float(given) if np.ndim(given) == 0 else read_number(given)
    return number if np.isinf(number) else read_number(number)


EXERCISE = Function(
    expects="a function of two arrays that returns a number",
    returns="a number for `before` and `now`",
    value=lambda before, now: _terms(before, now).sum(),
    cases=_cases,
    result=_result,
    same=lambda one, other: bool(np.isclose(one, other, rtol=1e-3, atol=1e-4)),
    known={
        "no floor": _no_floor,
        "one-sided": _one_sided,
        "turned round": lambda before, now: -_terms(before, now).sum(),
        "mean": lambda before, now: _terms(before, now).mean(),
        "log 10": lambda before, now: _terms(before, now).sum() / np.log(10),
        "differences": lambda before, now: np.abs(now - before).sum(),
        "floor 1%": lambda before, now: _terms(
            np.maximum(before, 0.01), np.maximum(now, 0.01)
        ).sum(),
    },
    others={
        "one argument": lambda before: 0,
        "an array": _terms,
        "constant": lambda before, now: 0.2,
    },
    hint={
        "no floor": "An empty bin makes your index infinite: the logarithm of zero. "
        "Lift each share to 0.0001 first.",
        "one-sided": "You weigh each logarithm with the share of now. The index weighs "
        "it with the *difference* of the two shares.",
        "turned round": "Your index is negative. In both factors the same share must "
        "come first, then no term is.",
        "mean": "You took the mean of the bins. The index is their sum.",
        "log 10": "That is the logarithm to base 10. `np.log` is the natural one.",
        "differences": "You add up the differences alone. Each is multiplied with the "
        "logarithm of the ratio.",
        "floor 1%": "You lift small shares to 1%. The floor is 0.0001.",
        "other": "Work the first by hand: shares of 0.5 and 0.5 become 0.8 and 0.2. "
        "The terms are 0.3 × log 1.6 and −0.3 × log 0.4; together 0.416.",
    },
    reason="All five cases agree. Your function works for the brightness of pictures "
    "as well. Before you take 0.2 for its limit, count on quiet days.",
)
