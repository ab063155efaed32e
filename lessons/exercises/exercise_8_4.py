"""How many days a trial takes in which whole days are drawn."""

from exercises.judges import Number

SPREAD, EFFECT, STANDARD_ERRORS = 12, 4, 2.8

#: Days of one group if only one mean were uncertain.
_ONE = (STANDARD_ERRORS * SPREAD / EFFECT) ** 2

EXERCISE = Number(
    expects="a number of days",
    value=4 * _ONE,
    # Rounded up, or with 1.96 + 0.84 written out.
    tolerance=1.5,
    known={
        "one group": 2 * _ONE,
        "one mean": _ONE,
        "no power": 4 * (1.96 * SPREAD / EFFECT) ** 2,
        "no square": 4 * STANDARD_ERRORS * SPREAD / EFFECT,
    },
    others={"a month": 30, "below zero": -5},
    between=(1, 10_000),
    hint={
        "one group": "So many days need one group, or you have counted the luck of one "
        "group only. Asked is the length of the trial, and both groups have luck.",
        "one mean": "You treat it as *one* mean with one luck. Here two means are "
        "subtracted, and two groups need days.",
        "no power": "With 1.96 standard errors a trial shows the effect in one of two "
        "cases. Four of five need 2.8.",
        "no square": "Spreads do not add up, their squares do: four times as many days "
        "halve a standard error.",
        "other": "Set the standard error of the difference to 4/2.8, and solve for the "
        "days of one group. Then count both.",
    },
    reason="About 282 days, nine months. If half of the effect matters, it takes four "
    "times as long.",
)
