"""What the best looking of twenty equal runs seems to save."""

from math import sqrt
from statistics import NormalDist

import numpy as np

from exercises.judges import Number

RUNS, LUCK = 20, 0.15


def _best(runs: int = RUNS) -> float:
    """Return the expected largest of the luck of some runs, by integration."""
    # The mean of a quantity is the integral of its quantiles: here by the midpoints.
    shares = (np.arange(20_000) + 0.5) / 20_000
    quantile = NormalDist(0, LUCK).inv_cdf
    return float(np.mean([quantile(share ** (1 / runs)) for share in shares]))


def _reason() -> str:
    return (
        f"About {_best():.2f} minutes a flight, out of nothing: more than the "
        "charter's smallest gain. The runs of a real search resemble each other, so "
        "their luck is smaller; the lesson measures it."
    )


def _known() -> dict[str, float]:
    return {
        "mean of all": 0,
        "one run": LUCK,
        "standard error": LUCK / sqrt(RUNS),
        "twenty times": LUCK * RUNS,
        "from worst to best": 2 * _best(),
        "forty": _best(40),
        "largest of all": 0.66,
        "standard units": _best() / LUCK,
    }


EXERCISE = Number(
    expects="a number of minutes a flight",
    value=_best,
    tolerance=0.008,
    reason=_reason,
    within={"largest of all": 0.12},
    known=_known,
    others=lambda: {"turned round": -_best(), "a guess": 0.2},
    hint={
        "mean of all": "Zero is what the runs truly save, and the mean of all twenty. "
        "Asked is the one that *looks* best.",
        "one run": "This is the luck of one run. The luckiest of twenty has more of "
        "it.",
        "standard error": "This is the standard error of the mean of twenty runs. "
        "Nobody takes the mean here; the best one is picked.",
        "twenty times": "Luck does not add up over runs: only one of them is picked.",
        "from worst to best": "This is the distance from the worst to the best "
        "looking. The runs truly save nothing: measure the best one from zero.",
        "forty": "This is the best of forty. There are twenty runs.",
        "largest of all": "This looks like the largest number of the whole simulation. "
        "Take the largest of each *search*, along axis 1, and then the mean over "
        "searches.",
        "standard units": "This is the best of twenty for a standard deviation of 1.",
        "other": "One search: twenty numbers, take the largest. Ten thousand searches: "
        "take the mean of their largest.",
    },
)
