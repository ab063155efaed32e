"""The rate of July and August, with an interval by day."""

from functools import cache

import numpy as np

from exercises.judges import Interval
from flightdelay import data, evaluation, labels


@cache
def _drawn(
    unit: str = "day", confidence: float = 0.95, period: str = "validation"
) -> tuple[float, float]:
    rows = data.period_rows(data.load_flights(), period)
    outcome = labels.not_on_time(rows).astype(int)
    found = evaluation.bootstrap_interval(
        outcome,
        outcome,
        lambda outcome, _: outcome,
        unit,
        None if unit == "flight" else rows["date"],
        resamples=300 if unit == "flight" else 10_000,
        confidence=confidence,
    )
    return found.low, found.high


def _reason() -> str:
    by_day, by_flight = _drawn(), _drawn("flight")
    wider = (by_day[1] - by_day[0]) / (by_flight[1] - by_flight[0])
    return (
        f"Some {by_day[0]:.1%} to {by_day[1]:.1%}, {wider:.0f} times as wide as the "
        "interval that draws single flights: two months are only 62 days."
    )


@cache
def _known() -> dict[str, tuple[float, float]]:
    rows = data.period_rows(data.load_flights(), "validation")
    outcome = labels.not_on_time(rows).astype(int)
    daily = outcome.groupby(rows["date"]).mean()
    draws = np.random.default_rng(0).integers(len(daily), size=(10_000, len(daily)))
    means = daily.to_numpy()[draws].mean(axis=1)
    return {
        "flights": _drawn("flight"),
        "90%": _drawn(confidence=0.90),
        "standard error": _drawn(confidence=0.683),
        "training": _drawn(period="train"),
        "weeks": _drawn("week"),
        "mean of rates": tuple(np.quantile(means, [0.025, 0.975])),
        "days": tuple(daily.quantile([0.025, 0.975])),
        "no replacement": (outcome.mean(), outcome.mean()),
        "extremes": _drawn(confidence=0.9998),
    }


EXERCISE = Interval(
    expects="the two ends of the interval, such as (0.2, 0.4)",
    value=_drawn,
    # Two correct bootstraps of a thousand draws differ by so much, at either end.
    tolerance=0.007,
    reason=_reason,
    within={"no replacement": 1e-6, "extremes": 0.025},
    known=_known,
    others=lambda: {
        "swapped": _drawn()[::-1],
        "percent": [100 * end for end in _drawn()],
        "99%": _drawn(confidence=0.99),
        "80%": _drawn(confidence=0.80),
        "equal ends": (0.25, 0.25),
        "a guess": (0.1, 0.2),
    },
    hint={
        "flights": "This is what comes out if single flights are drawn, far too "
        "narrow: the flights of one day share their weather. Draw whole *days* and "
        "keep their flights together.",
        "90%": "This interval holds about 90% of the resamples. For 95% draw a "
        "thousand times or more, and leave out 2.5% at either end.",
        "standard error": "This is one standard error to either side, about two thirds "
        "of the resamples, or the middle 80%. For 95%, take the 2.5th and the 97.5th "
        "percentile of the resampled rates.",
        "training": "This is the interval of January to June. Take July and August.",
        "weeks": "This is as wide as with blocks of seven days, or with 99% instead of "
        "95%. Asked is by single days: leave out 2.5% of the resampled rates at either "
        "end.",
        "mean of rates": "You averaged the days' rates. A day with more flights counts "
        "more: add up the late flights and all flights, then divide.",
        "days": "This is the spread of single *days*. Asked is how far the rate of all "
        "62 days moves when other days are drawn: draw 62 days, compute one rate, "
        "repeat.",
        "no replacement": "Both ends are equal: without `replace=True` every resample "
        "is the same 62 days.",
        "extremes": "These are the extremes, the smallest and the largest of your "
        "resampled rates. Leave out 2.5% of them at either end.",
        "other": "Not the interval by days. Look at one resample: has it 62 days, some "
        "of them twice, and does one rate come out of it?",
    },
)
