"""The calibration error, written by the reader."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from exercises import Verdict, wrong
from exercises.judges import Function, read_number
from flightdelay import evaluation

Error = Callable[[np.ndarray, np.ndarray, int], float]
Summary = Callable[[pd.DataFrame, int], float]


@cache
def _cases() -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Outcomes, probabilities and a number of bins, small cases first."""
    generator = np.random.default_rng(0)
    probability = generator.beta(2, 5, 400)
    outcome = generator.random(400) < probability**1.3
    cases = [
        ([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8], 2),
        ([1, 1, 0, 0, 0, 1], [0.95, 0.91, 0.05, 0.02, 0.08, 0.11], 10),
        # In the last bin the surprises of 1 and of 0.9 differ in sign.
        ([1, 0, 0, 1, 1], [1.0, 0.0, 1.0, 0.4, 0.9], 4),
        (outcome, probability, 15),
    ]
    return [(np.array(y, dtype=float), np.array(p), bins) for y, p, bins in cases]


def _result(value: object) -> float | Verdict:
    # The mistake of an empty bin returns what is no number.
    error = np.nan if value != value else read_number(value)
    if error < 0:
        return wrong(
            "In one case your function returns less than zero: gaps of opposite sign "
            "cancel in it, so what is too high in one bin hides what is too low in "
            "another. A gap is a size, whatever its direction."
        )
    return error


def _same(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, atol=1e-6, equal_nan=True))


def _over_bins(summary: Summary, last: int = 1) -> Error:
    """Make a function that sums up bins of flights.

    Args:
        summary: Makes a number of the bins, with flights `n` and the means of outcome
            `y` and probability `p`, and of their number.
        last: Counted from the end, the bin that a probability of 1 gets into.
    """

    def error(outcome: np.ndarray, probability: np.ndarray, bins: int) -> float:
        flights = pd.DataFrame({"y": outcome, "p": probability, "n": 1})
        place = np.floor(flights["p"] * bins).clip(upper=bins - last)
        cells = flights.groupby(place).agg({"y": "mean", "p": "mean", "n": "sum"})
        return float(summary(cells, bins))

    return error


def _gap(cells: pd.DataFrame) -> pd.Series:
    return (cells["p"] - cells["y"]).abs()


def _weighted(gap: pd.Series, cells: pd.DataFrame) -> float:
    return (gap * cells["n"]).sum() / cells["n"].sum()


def _right(cells: pd.DataFrame, bins: int) -> float:
    return _weighted(_gap(cells), cells)


def _middles(cells: pd.DataFrame, bins: int) -> float:
    return _weighted(((cells.index + 0.5) / bins - cells["y"]).abs(), cells)


def _last_lost(cells: pd.DataFrame, bins: int) -> float:
    shares = cells["n"] / cells["n"].sum()
    return (_gap(cells) * shares)[cells.index < bins].sum()


def _empty_counts(cells: pd.DataFrame, bins: int) -> float:
    return np.nan if len(cells) < bins else _right(cells, bins)


def _by_quantile(outcome: np.ndarray, probability: np.ndarray, bins: int) -> float:
    place = pd.qcut(probability, bins, duplicates="drop").codes
    surprise = pd.Series(outcome - probability).groupby(place).sum()
    return float(surprise.abs().sum() / len(outcome))


EXERCISE = Function(
    expects="a function of outcome, probability and bins that returns a number",
    returns="a number for `outcome`, `probability` and `bins`",
    value=evaluation.expected_calibration_error,
    cases=_cases,
    result=_result,
    same=_same,
    known={
        "empty bins": _over_bins(_empty_counts),
        "last one lost": _over_bins(_last_lost, last=0),
        "last one alone": _over_bins(_right, last=0),
        "unweighted": _over_bins(lambda cells, bins: _gap(cells).mean()),
        "over all bins": _over_bins(lambda cells, bins: _gap(cells).sum() / bins),
        "of the mean": lambda outcome, probability, bins: abs(
            np.mean(outcome - probability)
        ),
        "largest": _over_bins(lambda cells, bins: _gap(cells).max()),
        "middles": _over_bins(_middles),
        "squares": _over_bins(lambda cells, bins: _weighted(_gap(cells) ** 2, cells)),
        "quantiles": _by_quantile,
    },
    others={
        "stops": lambda outcome, probability: 0,
        "signed": lambda outcome, probability, bins: np.mean(probability - outcome),
        "constant": lambda outcome, probability, bins: 0.1,
        "no number": lambda outcome, probability, bins: "0.1",
    },
    hint={
        "empty bins": "One case has empty bins, and there your function returns what "
        "is no number: a mean over nothing.",
        "last one lost": "A probability of exactly 1 has no bin in your function.",
        "last one alone": "A probability of exactly 1 gets a bin of its own in your "
        "function. It has neighbors.",
        "unweighted": "You average over the bins. A bin with three flights then counts "
        "as much as one with three thousand.",
        "over all bins": "You add up the gaps and divide by the number of bins, empty "
        "ones included. How many flights does each gap speak for?",
        "of the mean": "You take the absolute value at the end, when gaps of opposite "
        "sign have already canceled.",
        "largest": "This is the largest gap, the *maximum* calibration error. Asked is "
        "their mean, weighted by flights.",
        "middles": "You compare the rate with the middle of the bin. Where in the bin "
        "do its probabilities lie?",
        "squares": "You square the gaps. That is the reliability part of the Brier "
        "score; here their sizes are averaged as they are.",
        "quantiles": "Your bins hold equally many flights each. That is a version of "
        "its own, and a good one; asked are bins of equal *width*.",
        "other": "Work the first by hand: for the outcomes 0, 0, 0, 1, the "
        "probabilities 0.2, 0.4, 0.6, 0.8 and two bins the error is 0.25. Then look at "
        "empty bins, at a probability of 1, and at bins with different numbers of "
        "flights.",
    },
    reason="All four cases agree, with empty bins and with a probability of 1. Try it "
    "on `probability` with 5, 15 and 1,000 bins.",
)
