"""Kappa of two rules, from the table of their counts."""

from functools import cache

import numpy as np
import pandas as pd

from exercises.judges import Number
from flightdelay import data, labels


@cache
def _shares() -> tuple[float, float, np.ndarray]:
    """Shares of flights: both rules agree; by chance; chance for on time and not."""
    flights = data.load_flights()
    flights = flights[~flights["sealed"]]
    first = labels.not_on_time(flights).astype(int)
    second = (flights["arr_delay"] >= labels.LATE_MINUTES).astype(int)
    shares = pd.crosstab(first, second, normalize=True).to_numpy()
    chances = shares.sum(axis=1) * shares.sum(axis=0)
    return shares.trace(), chances.sum(), chances


def _beyond(chance: float) -> float:
    agree, _, _ = _shares()
    return (agree - chance) / (1 - chance)


def _value() -> float:
    return _beyond(_shares()[1])


def _reason() -> str:
    agree, chance, _ = _shares()
    return (
        f"They agree on {agree:.1%} of the flights, by chance they would on "
        f"{chance:.1%}, and kappa is {_value():.3f}. High, and yet every label on "
        "which they differ is a canceled or diverted flight."
    )


def _known() -> dict[str, float]:
    agree, chance, (on_time, late) = _shares()
    return {
        "agreement": agree,
        "chance": chance,
        "beyond": agree - chance,
        "coin": _beyond(0.5),
        "late only": _beyond(late),
        "on time only": _beyond(on_time),
        "disagreement": 1 - agree,
    }


EXERCISE = Number(
    expects="a number, Cohen's kappa",
    value=_value,
    between=(-1, 1),
    reason=_reason,
    known=_known,
    others=lambda: {"percent": 100 * _value(), "counts": 225_000.0, "a guess": 0.4},
    hint={
        "agreement": "This is the share on which both agree. Most flights are on time "
        "by any rule, so a good part of it would be there by chance. Take that off.",
        "chance": "This is the share on which they would agree by chance. Now ask how "
        "much of the rest, up to 1, the two rules really reach.",
        "beyond": "This is the agreement beyond chance, as a share of all flights. "
        "Divide it by the largest value that it could have.",
        "coin": "You took a half for the agreement by chance. That holds for two "
        "coins. Here each rule says on time far more often than not.",
        "late only": "Agreement by chance has two parts, one for each answer. The "
        "larger part is missing: both say on time.",
        "on time only": "Agreement by chance has two parts, one for each answer. The "
        "smaller part is missing: both say not on time.",
        "disagreement": "This is the share on which they *differ*. Kappa rises with "
        "agreement.",
        "other": "Three steps: the share on the diagonal; the share that chance would "
        "put there, from the sums of rows and columns; then the formula of the lesson.",
    },
)
