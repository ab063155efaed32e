"""A code of the flight number that does not know its own answer."""

from functools import cache

import numpy as np
import pandas as pd

from exercises import Verdict, right, wrong
from exercises.judges import Function
from flightdelay import data, labels


@cache
def _labels() -> tuple[pd.Series, pd.Series, pd.Series]:
    """Numbers of the lesson's flights, their labels, and labels dealt by chance."""
    train = data.period_rows(data.load_flights(), "train")
    some = train.sample(40_000, random_state=0)
    number = (some["carrier"] + some["flight"].astype(str)).rename("number")
    outcome = labels.not_on_time(some).astype(int)
    dealt = np.random.default_rng(7).permutation(outcome)
    return number, outcome, pd.Series(dealt, outcome.index)


def _read(given: object) -> np.ndarray | Verdict:
    number, _, _ = _labels()
    if isinstance(given, pd.Series) and given.index.isin(number.index).all():
        given = given.reindex(number.index)
    code = np.asarray(given, dtype=float)
    if len(code) == number.nunique():
        return wrong(
            "Your function returns one rate for each flight *number*. Give each flight "
            "the rate of its number: one value for each flight."
        )
    code = code.reshape(len(number))
    if np.isfinite(code).all():
        return code
    return wrong(
        f"{(~np.isfinite(code)).sum():,} flights get no code: their number does not "
        "occur in the other parts. A model must answer for them too: which rate holds "
        "for a number that nobody knows?"
    )


class _Encode(Function):
    def compare(self, found: list[np.ndarray]) -> Verdict:
        """Look for the outcome in codes of real labels and of dealt ones."""
        from sklearn.metrics import roc_auc_score

        number, outcome, dealt = _labels()
        on_real, on_dealt = map(roc_auc_score, (outcome, dealt), found)
        if abs(on_dealt - 0.5) > 0.02:  # more than chance alone reaches
            return wrong(
                "On shuffled labels, where nothing can be known, your code has a ROC "
                f"AUC of {on_dealt:.2f}. Each flight's own outcome is still part of "
                "its code. Which rows may a flight's rate come from?"
            )
        if on_real < 0.55:
            return wrong(
                "No leak, but no code either: on the real labels it has a ROC AUC of "
                f"{on_real:.2f}. It should tell how often this number was late."
            )
        # Within one number a code that leaves out just the own outcome falls when that
        # outcome is 1, and rises when it is 0.
        own, code = dealt, pd.Series(found[1], number.index)
        within = [x - x.groupby(number).transform("mean") for x in (own, code)]
        if np.corrcoef(*within)[0, 1] < -0.5:
            return wrong(
                "You left out each flight's own outcome. Look at two flights of one "
                "number: the one with outcome 1 gets the lower code, always. A model "
                "can read the answer off backwards. Leave out more than single rows."
            )
        return right(
            f"A ROC AUC of {on_real:.2f} on the real labels, and {on_dealt:.2f} on "
            "shuffled ones: the code knows the number, and not the flight."
        )


def _encoder(**settings: object) -> object:
    from sklearn.preprocessing import TargetEncoder

    return TargetEncoder(target_type="binary", smooth=10.0, **settings)


def _without_own(number: pd.Series, outcome: pd.Series) -> pd.Series:
    groups = outcome.groupby(number)
    others = groups.transform("size") - 1
    return ((groups.transform("sum") - outcome) / others).fillna(outcome.mean())


def _other_half(number: pd.Series, outcome: pd.Series) -> pd.Series:
    first = np.arange(len(outcome)) % 2 == 0
    code = pd.Series(np.nan, outcome.index)
    for half in (first, ~first):
        rate = outcome[~half].groupby(number[~half]).mean()
        code[half] = number[half].map(rate)
    return code


def _in_parts(number: pd.Series, outcome: pd.Series) -> np.ndarray:
    from sklearn.model_selection import KFold

    parts = KFold(5, shuffle=True, random_state=0)
    return _encoder(cv=parts).fit_transform(number.to_frame(), outcome)


EXERCISE = _Encode(
    expects="a function of two series, such as encode, without parentheses",
    returns="one number for each flight",
    value=_in_parts,
    cases=lambda: [(_labels()[0].copy(), label.copy()) for label in _labels()[1:]],
    result=_read,
    others={
        "own outcome": lambda number, outcome: outcome.groupby(number).transform(
            "mean"
        ),
        "fit, then transform": lambda number, outcome: (
            _encoder().fit(number.to_frame(), outcome).transform(number.to_frame())
        ),
        "leave one out": _without_own,
        "numbers unseen": _other_half,
        "overall rate": lambda number, outcome: np.full(len(number), outcome.mean()),
        "the table": lambda number, outcome: outcome.groupby(number).mean(),
        "a wrong length": lambda number, outcome: [1, 2],
        "stops": lambda number: number,
    },
)
