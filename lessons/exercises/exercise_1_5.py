"""What a forecast is worth in the morning: flights before 8 o'clock."""

from functools import cache

import pandas as pd

from exercises.judges import Number
from flightdelay import charter, data, evaluation, labels


@cache
def _flights() -> tuple[pd.DataFrame, pd.Series]:
    train = data.period_rows(data.load_flights(), "train")
    return train, labels.not_on_time(train).astype(int)


def _worth(hours: int) -> float:
    """What perfect foresight saves where preparing no flight is the cheaper policy."""
    agreed, (train, outcome) = charter.load(), _flights()
    saved = agreed.cost_unprepared - agreed.cost_prepare
    return outcome[train["hour"] < hours].mean() * saved


def _value() -> float:
    return _worth(8)


def _reason() -> str:
    agreed, (train, outcome) = charter.load(), _flights()
    morning = train["hour"] < 8
    saved = agreed.cost_unprepared - agreed.cost_prepare
    interval = evaluation.bootstrap_interval(
        outcome[morning],
        outcome[morning],
        lambda late, _: late * saved,
        "day",
        train["date"][morning],
    )
    return (
        f"{interval:.1f} agent minutes per flight, drawn by day. In the morning it is "
        "cheaper to prepare none, so the best a forecast can do is to find the few "
        "flights that are not on time."
    )


def _known() -> dict[str, float]:
    agreed, (train, outcome) = charter.load(), _flights()
    morning = train["hour"] < 8
    rate = outcome[morning].mean()
    every, none = agreed.cost_prepare, rate * agreed.cost_unprepared
    total = _value() * morning.sum()
    return {
        "against prepare all": every * (1 - rate),
        "foresight for nothing": none,
        "cost, not value": rate * every,
        "all hours": every * (1 - outcome.mean()),
        "an hour more": _worth(9),
        "a day": total / train["date"].nunique(),
        "a total": total,
        "a rate": rate,
        "gap of the policies": every - none,
        "rounded": round(_value()),
    }


EXERCISE = Number(
    expects="a number of agent minutes per flight",
    value=_value,
    digits=1,
    reason=_reason,
    within={"a rate": 0.005, "rounded": 0.5},
    known=_known,
    others={"turned round": -11.4, "a guess": 5},
    hint={
        "against prepare all": "You compared with preparing every flight. In the "
        "morning another policy without a model costs less: compute both.",
        "foresight for nothing": "Perfect foresight is not for nothing: the desk still "
        "prepares the flights that will not be on time. Subtract what that costs.",
        "cost, not value": "That is what the desk pays *with* perfect foresight. Its "
        "value is what the desk saves by it: compare with the cheapest policy that has "
        "none.",
        "all hours": "That is the value over the whole day. Take only the flights of "
        "the morning shift.",
        "an hour more": "You took the flights of the hour 8 as well. Before 8 o'clock "
        "is `hour < 8`.",
        "a day": "That is for a whole day. The question asks for one flight.",
        "a total": "That is for all flights together. Asked is one flight.",
        "a rate": "That is a share of flights. What does it cost, by each policy?",
        "gap of the policies": "That is the gap between the two policies without a "
        "model. Compare the cheaper of them with perfect foresight.",
        "rounded": "Close: give one decimal, for all flights with `hour` below 8.",
        "other": "Three steps: the share of morning flights that are not on time; from "
        "it the costs of preparing all, none, and only the right ones; then the "
        "difference that the question asks for.",
    },
)
