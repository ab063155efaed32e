"""How many labels looked up by hand, and how many weeks of them."""

from math import ceil

from exercises.judges import Fields, Number

RATE, RISE = 0.25, 0.05
ONE_SIDED, TWO_SIDED, POWER = 1.645, 1.960, 0.842
DAY_DEVIATION, WEEK, LABELS_A_WEEK = 0.16, 7, 105
#: Correlation of the rates of a day and the next, and what it makes of a week.
ALIKE = 0.34
EFFECTIVE = WEEK / (1 + 2 * ALIKE)

#: The variance of one label, and the part of the days in that of a week's rate.
CHANCE, DAYS = RATE * (1 - RATE), DAY_DEVIATION**2 / EFFECTIVE


def _needed(variance: float, quantiles: float = ONE_SIDED + POWER) -> float:
    """How many labels, or weeks, of a variance show the rise."""
    return variance / (RISE / quantiles) ** 2


_INDEPENDENT = DAY_DEVIATION**2 / WEEK + CHANCE / LABELS_A_WEEK
_WEEKS = ceil(_needed(DAYS + CHANCE / LABELS_A_WEEK))

EXERCISE = Fields(
    expects="a dictionary with the number of labels and of weeks",
    fields={
        "labels": Number(
            expects="a number of labels",
            value=ceil(_needed(CHANCE)),
            tolerance=2,
            within={"five percent of it": 50},
            known={
                "no power": _needed(CHANCE, ONE_SIDED),
                "two-sided": _needed(CHANCE, TWO_SIDED + POWER),
                "five percent of it": _needed(CHANCE) / RATE**2,
                "one day": _needed(CHANCE) / WEEK,
            },
            others={"a guess": 50},
            hint={
                "no power": "They put the rise exactly at the limit, so you would see "
                "it every second time only: the power is 50%.",
                "two-sided": "That is a two-sided test. Asked is for a rise only.",
                "five percent of it": "You took 5% *of* 25%. A rise from 25% to 30% is "
                "five points.",
                "one day": "That is for one day. Asked is for the whole week.",
                "other": "Set the standard error, the root of 0.25 × 0.75 / n, equal "
                "to 0.05 / 2.487, and solve for n.",
            },
        ),
        "weeks": Number(
            expects="a number of weeks",
            value=_WEEKS,
            tolerance=0.6,
            within={"a week short": 0, "labels ignored": 1, "days": 4},
            known={
                "a week short": _WEEKS - 1,
                "days independent": ceil(_needed(_INDEPENDENT)),
                "days ignored": ceil(_needed(CHANCE / LABELS_A_WEEK)),
                "labels ignored": ceil(_needed(DAYS)),
                "days": WEEK * _needed(DAYS + CHANCE / LABELS_A_WEEK),
                "a week is a day": _needed(DAY_DEVIATION**2),
            },
            others={"weeks by guess": 52},
            hint={
                "a week short": "With so many weeks the power falls just short of 80%.",
                "days independent": "That would do if days were independent: you "
                "divided by seven. How many days is a week worth?",
                "days ignored": "So many would do if flights were independent. But "
                "days differ: where is the variance between them?",
                "labels ignored": "That is the part of the days alone. The chance "
                "among the 105 labels of a week comes on top.",
                "days": "These are days. Asked are weeks, of seven days each.",
                "a week is a day": "That would do if a week were one day. It is "
                "worth more than one, and their mean varies less.",
                "other": "Add the two parts of the variance of one week's rate. With "
                "how many weeks does it fall to the square of 0.05 / 2.487?",
            },
        ),
    },
    reason=f"{ceil(_needed(CHANCE))} labels, if flights were independent. They are "
    f"not: the days of a week alone leave a standard error of {DAYS**0.5:.3f}, more "
    "than the whole rise, so *no* number of labels shows it in one week. It takes "
    f"about {_WEEKS} weeks; {ceil(_needed(_INDEPENDENT))} if you forget that bad days "
    "come in runs. What more labels cannot buy, more days can.",
)
