"""One change in the rate table, judged in pairs by day: a loop of one's own."""

from collections.abc import Mapping
from functools import cache, partial

import pandas as pd

from exercises import Exercise, Verdict, right, wrong
from exercises.judges import Fields, Interval
from flightdelay import charter, data, evaluation, features, labels, models

BEFORE, AFTER = ("carrier", "hour"), ("carrier", "hour", "dest")

_hash = cache(data.set_hash)


class _Hash(Exercise):
    """The hash of July and August, or its first sixteen digits or more."""

    expects = "the hash of a set of flights"

    def read(self, answer: object) -> str:
        """Return the digits."""
        return str(answer).strip().lower()

    def judge(self, value: str) -> Verdict:
        """Compare with the set."""
        if len(value) >= 16 and _hash("validation").startswith(value):
            return right("")
        return wrong(
            "That is not the hash of July and August. Both tables are judged on all of "
            "these flights, and on no others."
        )

    def solution(self) -> str:
        """Return the whole hash."""
        return _hash("validation")

    def mistakes(self) -> Mapping[str, object]:
        """Return the hash of other flights, and too little of the right one."""
        return {
            "other flights": _hash("train"),
            "three digits": _hash("validation")[:3],
        }


@cache
def _gain(
    unit: str = "day", period: str = "validation", paired: bool = True
) -> tuple[float, float, float]:
    """The gain with its interval, as the lesson asks for it or as a mistake has it."""
    flights = data.load_flights()
    train, judged = (data.period_rows(flights, name) for name in ("train", period))
    known = train if period == "train" else pd.concat([train, judged])
    schedule = features.schedule(known)
    late = labels.not_on_time(known).astype(int)
    outcome, date = late[judged.index], judged["date"]
    cost = partial(evaluation.flight_costs, charter=charter.load())
    before, after = (
        models.RateTable(columns)
        .fit(schedule.loc[train.index], late[train.index])
        .predict_proba(schedule.loc[judged.index])[:, 1]
        for columns in (BEFORE, AFTER)
    )
    if paired:
        gain = evaluation.paired_difference(outcome, after, before, cost, unit, date)
        return gain.estimate, gain.low, gain.high
    first, second = (
        evaluation.bootstrap_interval(outcome, one, cost, unit, date, seed=seed)
        for seed, one in enumerate((before, after))
    )
    return (
        first.estimate - second.estimate,
        first.low - second.high,
        first.high - second.low,
    )


def _known() -> dict[str, tuple[float, float]]:
    estimate, low, high = _gain()
    return {
        "judged on training flights": _gain(period="train")[1:],
        "sign turned round": (-high, -low),
        "flights drawn": _gain("flight")[1:],
        "not in pairs": _gain(paired=False)[1:],
    }


def _reason() -> str:
    estimate, low, high = (f"{one:.2f}".replace("-", "−") for one in _gain())
    return (
        f"One change, the same flights: {estimate} ({low} to {high}) agent minutes, a "
        "loss. On the training flights the same change gains "
        f"{_gain(period='train')[0]:.2f}: with more cells, each holds fewer flights "
        "and more luck."
    )


EXERCISE = Fields(
    expects='a dictionary `{"hash": …, "gain": (estimate, low, high)}`',
    fields={
        "hash": _Hash(),
        "gain": Interval(
            expects="three numbers: estimate, low end, high end",
            value=lambda: _gain()[1:],
            # Two right bootstraps of a thousand draws differ by so much.
            tolerance=0.03,
            known=_known,
            others=lambda: {"another table": (-0.02, -0.13, 0.09)},
            hint={
                "judged on training flights": "That is the gain on the training "
                "flights, from which both tables have learned. More cells look better "
                "there in any case.",
                "sign turned round": "The sign is turned round. A gain is the old cost "
                "minus the new one, so that above zero means saved.",
                "flights drawn": "The interval is too narrow, as if flights had been "
                "drawn. Flights of one day share their weather.",
                "not in pairs": "The interval is far too wide, like the difference of "
                "two separate intervals. What makes a day hard for both tables cancels "
                "out only if both are judged on the *same* resampled days.",
                "other": "Fit both tables on January to June, and compare their costs "
                "per flight in July and August, at the charter's threshold.",
            },
        ),
    },
    reason=_reason,
)
