"""The hotel desk: a threshold from a table of costs by action and outcome."""

from functools import cache

import numpy as np
import pandas as pd

from exercises.judges import Number
from flightdelay import charter, data, labels


def _flights() -> tuple[pd.DataFrame, pd.Series]:
    train = data.period_rows(data.load_flights(), "train")
    return train, labels.not_on_time(train).astype(int)


@cache
def _reason() -> str:
    """Try the threshold as the lesson tries its own: a rough model, May and June."""
    from flightdelay import features, models

    train, outcome = _flights()
    known, first = features.load("train"), train["month"] < 5
    model = models.baselines()["logistic: schedule, weather, operations"]
    model.fit(known[first], outcome[first])
    probability, late = model.predict_proba(known[~first])[:, 1], outcome[~first] == 1
    blocked, left_open = np.where(late, 440, 240), np.where(late, 1000, 0)
    cost, *costs = (
        np.where(probability >= threshold, blocked, left_open).mean()
        for threshold in (0.3, *np.arange(101) / 100)
    )
    return (
        f"On May and June it costs {cost:.0f} dollars a flight; the cheapest "
        f"threshold, known only afterwards, costs {min(costs):.0f}. The rule: extra "
        "cost of a false alarm, divided by the sum of both extra costs."
    )


def _known() -> dict[str, float]:
    return {
        "base rate": _flights()[1].mean(),
        "habit": 0.5,
        "short form": 240 / 1000,
        "price of a used room": 440 / 1000,
        "read by row": 200 / 760,
        "odds": 240 / 560,
        "odds upside down": 560 / 240,
        "swapped": 560 / 800,
        "sum of one row": 240 / 680,
        "sum of one column": 440 / 1440,
        "sum of two entries": 240 / 1240,
        "the charter's": charter.load().threshold,
    }


EXERCISE = Number(
    expects="the probability from which the hotel desk acts, from 0 to 1",
    value=0.3,
    between=(0, 1),
    reason=_reason,
    known=_known,
    # Whatever months a reader takes it from.
    within={"base rate": 0.0125},
    others={"a third": 1 / 3, "percent": 30, "below zero": -0.2, "far above": 300},
    hint={
        "base rate": "That is how often flights are not on time; the threshold comes "
        "from the costs alone.",
        "habit": "One half is right when both errors cost the same extra. Do they "
        "here? Compare the two entries of each column.",
        "short form": "You divided as for a desk where preparing costs the same, "
        "whatever happens. Here it does not. Ask in each column what the wrong action "
        "costs *more* than the right one.",
        "price of a used room": "You compared two prices of one column. Blocking has "
        "two prices, one for each outcome. Ask in each column what the wrong action "
        "costs *more* than the right one.",
        "read by row": "You subtracted within a row: what one action costs on one day "
        "and on another. The desk cannot choose the day, only the action.",
        "odds": "These are the odds: one extra cost divided by the other. A "
        "probability is a part of the whole.",
        "odds upside down": "A ratio above 1 is no probability. These are odds, and "
        "upside down: one extra cost divided by the other.",
        "swapped": "The two costs are swapped. The dearer a miss, the *sooner* one "
        "acts, so the threshold must fall when a miss costs more.",
        "sum of one row": "You added the two prices of one row. Subtract within each "
        "column first: the right action from the wrong one.",
        "sum of one column": "Close, by luck: you added the two prices of one column. "
        "Subtract instead: the right action from the wrong one, in either column.",
        "sum of two entries": "You added two entries of different rows and columns. "
        "Subtract first: within each column, the right action from the wrong one.",
        "the charter's": "That is the threshold of the passenger-care desk. This desk "
        "has other costs.",
        "other": "How did you get it? The cost curve is flat near its lowest point, so "
        "a threshold that looks cheap proves nothing. Write down what the wrong action "
        "costs *more* than the right one in each column, and put the two into the "
        "rule.",
    },
)
