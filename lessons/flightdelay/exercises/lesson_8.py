"""Exercises of lesson 8: rank repairs, close a loop in pairs, speak the verdict."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from flightdelay import charter, data, evaluation, features, labels, models
from flightdelay.evaluation import Interval
from flightdelay.exercises import (
    Exercise,
    Mistake,
    Verdict,
    is_open,
    right,
    still_open,
    wrong,
)

# --- 8.1 Five actions of another project, in the order of gain for an hour.

#: A clinic wants fewer missed appointments; `ceiling` is what would be saved a week if
#: all errors of the kind vanished, `repairable` the share that the action can mend.
ACTIONS = pd.DataFrame(
    {
        "action": [
            "send a second reminder to flagged patients",
            "get the bus timetable as a feature",
            "relabel appointments that were moved, not missed",
            "a deeper network",
            "collect another year of data",
        ],
        "ceiling": [30, 60, 40, 20, 50],
        "repairable": [0.8, 0.5, 0.9, 0.1, 0.3],
        "hours": [40, 30, 12, 16, 10],
    },
    index=pd.Index(list("abcde"), name="letter"),
)


def _order(values: pd.Series) -> list[str]:
    return values.sort_values(ascending=False, kind="stable").index.tolist()


def _per_hour() -> pd.Series:
    return ACTIONS["ceiling"] * ACTIONS["repairable"] / ACTIONS["hours"]


_WRONG_ORDERS: dict[str, tuple[Callable[[], pd.Series], str]] = {
    "by the ceiling": (
        lambda: ACTIONS["ceiling"],
        "That is the order of the ceilings: what would be saved if *all* errors of the "
        "kind vanished. How many of them does each action mend?",
    ),
    "by the gain": (
        lambda: ACTIONS["ceiling"] * ACTIONS["repairable"],
        "That is the order of the gains, which is half of the way. Large gains take "
        "hours; what does *one* hour bring?",
    ),
    "ceiling per hour": (
        lambda: ACTIONS["ceiling"] / ACTIONS["hours"],
        "You divided by the hours, but a ceiling. An action that mends one error in "
        "ten brings a tenth of it.",
    ),
    "by the share": (
        lambda: ACTIONS["repairable"],
        "That is the order of the shares. Nine tenths of little are little: how much "
        "is that share of the ceiling?",
    ),
    "share per hour": (
        lambda: ACTIONS["repairable"] / ACTIONS["hours"],
        "You divided the share by the hours, without the ceiling. A share of what?",
    ),
    "by the hours": (
        lambda: -ACTIONS["hours"],
        "That is cheapest first. Ten hours for nothing are ten hours.",
    ),
    "worst first": (
        lambda: -_per_hour(),
        "The right numbers, upside down: the first letter is the action to begin with.",
    ),
}


def _judge_order(answer: object) -> Verdict:
    given = [str(letter).strip().lower() for letter in answer]
    if sorted(given) != list(ACTIONS.index):
        return wrong(
            "Each of the five letters a to e must stand in the list once. From a "
            "Series take `.index`: there are its letters."
        )
    if given == _order(_per_hour()):
        return right(
            "Mending the labels comes first and the deeper network last, although the "
            "network is what most teams would have begun with."
        )
    for figure, hint in _WRONG_ORDERS.values():
        if given == _order(figure()):
            return wrong(hint)
    return wrong(
        "For each action: ceiling times repairable share, divided by hours. The "
        "largest comes first."
    )


# --- 8.2 A loop of one's own: one change in the rate table, judged in pairs by day.

BEFORE, AFTER = ("carrier", "hour"), ("carrier", "hour", "dest")


class _Loop(NamedTuple):
    outcome: pd.Series
    date: pd.Series
    before: np.ndarray
    after: np.ndarray

    def saved(self) -> float:
        before, after = (
            _cost()(self.outcome, probability).mean()
            for probability in (self.before, self.after)
        )
        return float(before - after)

    def gain(self, unit: str = "day") -> Interval:
        return evaluation.paired_difference(
            self.outcome, self.after, self.before, _cost(), unit, self.date
        )


def _cost() -> Callable[..., np.ndarray]:
    return partial(evaluation.flight_costs, charter=charter.load())


@cache
def _loop(period: str = "validation") -> _Loop:
    flights = data.load_flights()
    train = data.period_rows(flights, "train")
    judged = data.period_rows(flights, period)
    schedule = features.schedule(
        pd.concat([train, judged[~judged.index.isin(train.index)]])
    )
    y_train = labels.not_on_time(train).astype(int)

    def predict(columns: tuple[str, ...]) -> np.ndarray:
        table = models.RateTable(columns).fit(schedule.loc[train.index], y_train)
        return table.predict_proba(schedule.loc[judged.index])[:, 1]

    outcome = labels.not_on_time(judged).astype(int)
    return _Loop(outcome, judged["date"], predict(BEFORE), predict(AFTER))


@cache
def _unpaired() -> Interval:
    loop = _loop()
    before, after = (
        evaluation.bootstrap_interval(
            loop.outcome, p, _cost(), "day", loop.date, seed=seed
        )
        for seed, p in enumerate((loop.before, loop.after))
    )
    return Interval(
        before.estimate - after.estimate,
        before.low - after.high,
        before.high - after.low,
    )


def _judge_loop(answer: object) -> Verdict:
    if set(answer) != {"hash", "gain"}:
        return wrong('The dictionary has two entries, `"hash"` and `"gain"`.')
    identity = str(answer["hash"])
    estimate, low, high = (float(end) for end in answer["gain"])
    if not np.isfinite([estimate, low, high]).all():
        return wrong("A gain is three numbers: estimate, low end, high end.")
    if len(identity) < 16 or not data.set_hash("validation").startswith(identity):
        return wrong(
            "That is not the hash of July and August. Judge both tables on those "
            'flights, all of them: `data.set_hash("validation")`.'
        )
    loop = _loop()
    true = loop.gain()
    on_training = _loop("train").saved()
    if abs(estimate - on_training) < 0.005:
        return wrong(
            "That is the gain on the training flights, from which both tables have "
            "learned. More cells look better there in any case. Judge on July, August."
        )
    if abs(estimate + true.estimate) < 0.005 and abs(true.estimate) > 0.01:
        return wrong(
            "The sign is turned around. A gain is the old cost minus the new one, so "
            "that above zero means saved; `paired_difference` gives second minus first."
        )
    if abs(estimate - true.estimate) > 0.005:
        return wrong(
            "The estimate is another one. Fit both tables on `train` and compare their "
            "costs per flight on `validation`, at the charter's threshold."
        )
    if low > high:
        return wrong("The low end is above the high end: exchange the two.")
    width, by_day = high - low, true.high - true.low
    if width < 0.85 * by_day:
        return wrong(
            "The interval is too narrow, as if flights had been drawn. Flights of "
            'one day share their weather, so draw days: `unit="day"` and the dates.'
        )
    if width > 2 * by_day:
        return wrong(
            "The interval is far too wide, like the difference of two separate "
            "intervals. What makes a day hard for both tables cancels out only if both "
            "are judged on the *same* resampled days."
        )
    if abs(low - true.low) + abs(high - true.high) > 0.4 * by_day:
        return wrong("The estimate is right, the interval is not the one by days.")
    return right(
        f"One change, the same flights: {true:.2f} agent minutes, a loss. On the "
        f"training flights the same change gains {on_training:.2f}: with more cells, "
        "each holds fewer flights and more luck."
    )


# --- 8.3 Four histories, and what the charter says about each.

#: Gains of repairs in the order in which they were tried, as (estimate, low, high).
HISTORIES = {
    1: [(0.34, 0.12, 0.55)],
    2: [(0.31, -0.05, 0.66)],
    3: [(0.15, 0.08, 0.22), (0.12, 0.03, 0.20)],
    4: [(0.11, -0.02, 0.24), (0.27, 0.09, 0.44), (0.05, -0.10, 0.21)],
}
VERDICTS = {
    1: ("keep", "go on"),
    2: ("drop", "go on"),
    3: ("drop", "stop"),
    4: ("drop", "go on"),
}
_VERDICT_HINTS = {
    (1, 0): "History 1: the gain reaches 0.2 and its interval excludes zero. That the "
    "interval reaches below 0.2 is no reason: the rule asks for the estimate.",
    (1, 1): "History 1: nothing has fallen short, so nothing stops.",
    (
        2,
        0,
    ): "History 2: the estimate is large, but the interval includes zero. It may be "
    "luck, and a repair that may be luck is not kept.",
    (
        2,
        1,
    ): "History 2: the stop rule speaks of *gains below the smallest gain*, two in a "
    "row. Here there is one repair, and its estimate is above.",
    (
        3,
        0,
    ): "History 3: the second gain is real, for its interval excludes zero. It is also "
    "too small to be worth the work. Certain is not the same as enough.",
    (
        3,
        1,
    ): "History 3: two repairs in a row, each below 0.2. That is what the stop rule "
    "was written for.",
    (4, 0): "History 4: the last repair gains 0.05, and its interval includes zero.",
    (
        4,
        1,
    ): "History 4: two repairs fell short, but not two *in a row*: the one between "
    "them gained enough.",
}


def _judge_verdicts(answer: object) -> Verdict:
    if set(answer) != set(VERDICTS):
        return wrong("Give a pair for each of the histories 1 to 4.")
    if count := sum(map(is_open, answer.values())):
        return still_open(count, of=len(VERDICTS))
    allowed = ({"keep", "drop"}, {"go on", "stop"})
    for number, true in VERDICTS.items():
        pair = tuple(str(word).strip().lower() for word in answer[number])
        if len(pair) != 2 or any(
            word not in words for word, words in zip(pair, allowed, strict=True)
        ):
            return wrong(
                f'History {number}: write a pair such as `("keep", "go on")`, first '
                "about the last repair, then about the project."
            )
        for place in (0, 1):
            if pair[place] != true[place]:
                return wrong(_VERDICT_HINTS[number, place])
    return right(
        "Size and interval decide about the repair, two short ones in a row about the "
        "project. None of the four needed an opinion."
    )


def _verdicts(**changed: tuple[str, str]) -> dict[int, tuple[str, str]]:
    return VERDICTS | {int(name[1:]): pair for name, pair in changed.items()}


def _answer(gain: Interval, period: str = "validation") -> dict[str, object]:
    return {"hash": data.set_hash(period)[:16], "gain": gain}


EXERCISES = {
    "8.1": Exercise(
        expects='a list of the five letters, such as `["a", "b", "c", "d", "e"]`',
        judge=_judge_order,
        solution=lambda: _order(_per_hour()),
        mistakes={
            name: Mistake(lambda figure=figure: _order(figure()), hint.split(".")[0])
            for name, (figure, hint) in _WRONG_ORDERS.items()
        },
    ),
    "8.2": Exercise(
        expects='a dictionary `{"hash": …, "gain": (estimate, low, high)}`',
        judge=_judge_loop,
        solution=lambda: _answer(_loop().gain()),
        mistakes={
            "sign turned around": Mistake(
                lambda: _answer(Interval(*(-end for end in _loop().gain()))),
                "sign is turned",
            ),
            "flights drawn": Mistake(
                lambda: _answer(_loop().gain("flight")), "too narrow"
            ),
            "not in pairs": Mistake(lambda: _answer(_unpaired()), "far too wide"),
            "ends exchanged": Mistake(
                lambda: _answer(
                    _loop()
                    .gain()
                    ._replace(low=_loop().gain().high, high=_loop().gain().low)
                ),
                "exchange the two",
            ),
            "judged on training flights": Mistake(
                lambda: _answer(_loop("train").gain()), "training flights"
            ),
            "other flights": Mistake(
                lambda: _answer(_loop().gain(), "train"), "not the hash"
            ),
        },
    ),
    "8.3": Exercise(
        expects='a dictionary `{1: ("keep", "go on"), …}` for the four histories',
        judge=_judge_verdicts,
        solution=lambda: VERDICTS,
        mistakes={
            "the whole interval must reach 0.2": Mistake(
                lambda: _verdicts(n1=("drop", "go on")), "no reason"
            ),
            "a large estimate is enough": Mistake(
                lambda: _verdicts(n2=("keep", "go on")), "may be luck"
            ),
            "significant is enough": Mistake(
                lambda: _verdicts(n3=("keep", "go on")), "Certain is not"
            ),
            "any two stop": Mistake(lambda: _verdicts(n4=("drop", "stop")), "in a row"),
        },
    ),
}
