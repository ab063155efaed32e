"""A limit for the share of flights that see no delay in all of New York."""

from functools import cache
from typing import NamedTuple

import pandas as pd

from exercises import Verdict, wrong
from exercises.judges import Number
from flightdelay import data, features, monitoring

PROMISE = 0.01


class _Shares(NamedTuple):
    """Daily shares: to learn from, to be judged on, and these with the fault."""

    learn: pd.Series
    judge: pd.Series
    faulty: pd.Series


@cache
def _shares() -> _Shares:
    flights = data.load_flights()
    days = monitoring.quiet_records(flights)
    seen = features.operations(flights, flights)["new_york_delay_recent"]
    seen = seen.loc[days.index]
    zero = (seen == 0).groupby(days["date"]).mean()
    # With the fault each mean is zero; where no flight was seen there is still none.
    faulty = seen.notna().groupby(days["date"]).mean()
    learn = zero.index.month.isin(monitoring.LEARN_MONTHS)
    return _Shares(zero[learn], zero[~learn], faulty[~learn])


def _reason() -> str:
    learn, judged, faulty = _shares()
    rings = judged > learn.max()
    return (
        f"The loudest of {len(learn)} quiet days makes {rings.sum()} false alarms on "
        f"{len(judged)} others (at most {monitoring.share(rings).high:.1%}, with 95% "
        f"confidence). Between {max(judged.max(), learn.max()):.2f} and "
        f"{faulty.min():.2f} every limit catches the fault each day and does as well: "
        "a watch that was built for its fault hardly has to be tuned."
    )


class _Limit(Number):
    def judge(self, value: float) -> Verdict:
        """Try the limit on days that it has not seen."""
        learn, judged, faulty = _shares()
        rings, caught = (judged > value).mean(), (faulty > value).mean()
        if 1 < value <= 100:
            return wrong(
                f"A share never passes {value:g}, so this watch never fires. Is that a "
                "percentage? The shares lie between 0 and 1."
            )
        if caught < 0.95:
            return wrong(
                f"It fires on {rings:.0%} of the quiet days, and catches the fault on "
                f"{caught:.0%} of the days only. With the fault the share is near "
                f"{faulty.median():.2f} and not 1: early in the morning no earlier "
                "flight has been seen, and then there is no mean, not even zero."
            )
        if value < 0:
            return wrong("A share is never below zero, so this watch fires every day.")
        if rings <= PROMISE:
            return self.accept()
        start = f"It fires on {rings:.1%} of the quiet days. "
        if value == 0:
            return wrong(
                start + "At zero every day with a single such flight is an alarm. The "
                "95th percentile is zero too, but the promise is one day in a hundred."
            )
        if abs(value - learn.mean() - 3 * learn.std()) < 0.001:
            return wrong(
                start + "Three sigma promise one alarm in some 700 days, for a bell "
                "curve. Three quarters of these days are exactly zero and a few are "
                "not: no bell."
            )
        if abs(value - learn.quantile(1 - PROMISE)) < 0.002:
            return wrong(
                start + f"The 99th percentile of {len(learn)} days leaves two of them "
                "above it, and that is more than one in a hundred already."
            )
        if abs(value - learn.mean()) < 0.001:
            return wrong(
                start + "That is the mean: an ordinary day, not an unusual one."
            )
        return wrong(
            start + f"The promise is one in a hundred. Of the {len(learn)} days that "
            f"you may learn from, {(learn > value).sum()} lie above this limit."
        )


EXERCISE = _Limit(
    expects="one number, the limit for the share",
    value=lambda: _shares().learn.max(),
    others=lambda: {
        "three sigma": _shares().learn.mean() + 3 * _shares().learn.std(),
        "percentile": _shares().learn.quantile(1 - PROMISE),
        "zero": 0.0,
        "mean": _shares().learn.mean(),
        "never fires": 0.99,
        "percent": 9.0,
        "negative": -0.1,
        "a guess": 0.02,
    },
    reason=_reason,
)
