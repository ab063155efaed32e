"""Exercises of lesson 3: a label rule, kappa, a code without leak, an audit."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold
from sklearn.preprocessing import TargetEncoder

from flightdelay import data, labels
from flightdelay.exercises import Exercise, Mistake, Verdict, right, wrong

# --- 3.1 Eight flights, and which of them are not on time by version 2.

NOT_ON_TIME = "bcdfg"
ON_TIME = {
    "a": (
        "a leaves late, but the label is measured at the arrival, and 14 minutes are "
        "less than 15. What happens at the gate does not count."
    ),
    "e": (
        "e is due after midnight and arrives before it: 12 minutes *early*. Who "
        "subtracts the clocks finds almost a day of delay."
    ),
    "h": (
        "h has no label yet. Half an hour behind in the air can be made up, or become "
        "two. While the outcome is not on record, leave the label empty; do not guess."
    ),
}
LEFT_OUT = {
    "b": "b is missing. The rule says 15 minutes *or more*, so 15 itself counts.",
    "c": (
        "c is missing. The label belongs to the flight, not to its passengers: it was "
        "canceled, however well they fared."
    ),
    "d": (
        "d is missing. From 23:50 to 00:10 twenty minutes pass; the clock begins anew "
        "at midnight, the delay does not."
    ),
    "f": (
        "f is missing. It was diverted. The table has no such column: a departure "
        "without an arrival delay is the sign, even beside an arrival time."
    ),
    "g": (
        "g is missing. It left the gate, and no arrival delay was ever recorded. Call "
        "it diverted or canceled: both are not on time."
    ),
}


def _judge_borderline(answer: object) -> Verdict:
    chosen = {str(letter).strip().lower() for letter in answer}
    if not chosen:
        return wrong("Nothing is chosen. Answer with the letters of the flights.")
    strange = sorted(chosen - set(NOT_ON_TIME) - set(ON_TIME))
    if strange:
        if len(strange[0]) == 1 and strange[0].isalnum():
            return wrong(f"`{strange[0]}` is not one of a to h.")
        return wrong('Answer with single letters from a to h, such as `["a", "b"]`.')
    if chosen == set(ON_TIME) - {"h"}:
        return wrong("Those are the flights that *are* on time. Asked are the others.")
    for hints, is_fault in ((ON_TIME, chosen.__contains__), (LEFT_OUT, _not(chosen))):
        for letter, hint in hints.items():
            if is_fault(letter):
                return wrong(hint)
    return right(
        "Five are not on time, two are on time, and h has no label. Nobody who follows "
        "version 2 could answer otherwise."
    )


def _not(chosen: set[str]) -> Callable[[str], bool]:
    return lambda letter: letter not in chosen


def _borderline(with_: str = "", without: str = "") -> list[str]:
    return [letter for letter in NOT_ON_TIME + with_ if letter not in without]


# --- 3.2 Kappa of two rules, from the table of their counts.


@cache
def _shares() -> np.ndarray:
    """Shares of flights by the charter's rule (rows) and by arrivals alone."""
    flights = data.load_flights()
    flights = flights[~flights["sealed"]]
    first = labels.not_on_time(flights).astype(int)
    second = (flights["arr_delay"] >= labels.LATE_MINUTES).astype(int)
    return pd.crosstab(first, second, normalize=True).to_numpy()


@cache
def _kappas() -> dict[str, float]:
    """Kappa, and what usual mistakes give in its place."""
    shares = _shares()
    agree = np.trace(shares)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    by_chance = rows @ columns
    return {
        "right": (agree - by_chance) / (1 - by_chance),
        "agreement": agree,
        "chance": by_chance,
        "beyond": agree - by_chance,
        "coin": 2 * agree - 1,
        "late only": (agree - rows[1] * columns[1]) / (1 - rows[1] * columns[1]),
        "on time only": (agree - rows[0] * columns[0]) / (1 - rows[0] * columns[0]),
        "disagreement": 1 - agree,
    }


_KAPPA_HINTS = {
    "agreement": (
        "This is the share on which both agree. Most flights are on time by any rule, "
        "so a good part of it would be there by chance. Take that off."
    ),
    "chance": (
        "This is the share on which they would agree by chance. Now ask how much of "
        "the rest, up to 1, the two rules really reach."
    ),
    "beyond": (
        "This is the agreement beyond chance, as a share of all flights. Divide it by "
        "the largest value that it could have: 1 minus chance."
    ),
    "coin": (
        "You took a half for the agreement by chance. That holds for two coins. Here "
        "each rule says on time far more often than not, so chance agrees more."
    ),
    "late only": (
        "Agreement by chance has two parts: both say not on time, and both say on "
        "time. The second, larger part is missing."
    ),
    "on time only": (
        "Agreement by chance has two parts: both say on time, and both say not on "
        "time. The second, smaller part is missing."
    ),
    "disagreement": (
        "This is the share on which they *differ*. Kappa rises with agreement."
    ),
}


def _judge_kappa(answer: object) -> Verdict:
    if isinstance(answer, bool | str):
        raise TypeError
    value = float(answer)
    if not np.isfinite(value):
        raise ValueError
    known = _kappas()
    if abs(value - known["right"]) < 0.002:
        return right(
            f"They agree on {known['agreement']:.1%} of the flights, by chance they "
            f"would on {known['chance']:.1%}, and kappa is {known['right']:.3f}. High, "
            "and yet every label on which they differ is a canceled or diverted "
            "flight."
        )
    if abs(value / 100 - known["right"]) < 0.002:
        return wrong("Kappa is not a percentage: it is 1 at most.")
    for name, hint in _KAPPA_HINTS.items():
        if abs(value - known[name]) < 0.002:
            return wrong(hint)
    if not -1 <= value <= 1:
        return wrong(
            "Kappa lies between -1 and 1. Did you work with counts in one place and "
            "with shares in another?"
        )
    return wrong(
        "Not that. Three steps: the share on the diagonal; the share that chance would "
        "put there, from the sums of rows and columns; then the formula of the lesson."
    )


# --- 3.3 A code of the flight number that does not know its own answer.


class _Coded(NamedTuple):
    number: pd.Series
    outcome: pd.Series
    dealt: pd.Series


@cache
def _coded() -> _Coded:
    train = _sample()
    number = (train["carrier"] + train["flight"].astype(str)).rename("number")
    outcome = labels.not_on_time(train).astype(int)
    dealt = np.random.default_rng(7).permutation(outcome)
    return _Coded(number, outcome, pd.Series(dealt, outcome.index))


@cache
def _sample() -> pd.DataFrame:
    """The training flights of the lesson, drawn over all days."""
    flights = data.load_flights()
    return data.period_rows(flights, "train").sample(40_000, random_state=0)


#: ROC AUC of a code on dealt labels that chance alone does not reach.
CHANCE = 0.02
#: ROC AUC beyond 0.5 that the rate of the number reaches on real labels.
WORTH = 0.05


def _judge_encode(answer: object) -> Verdict:
    if not callable(answer) or isinstance(answer, type):
        raise TypeError
    number, outcome, dealt = _coded()
    codes = []
    for label in (outcome, dealt):
        given = answer(number.copy(), label.copy())
        if given is None:
            return wrong("Your function returns nothing: does it end with `return`?")
        if isinstance(given, pd.Series) and given.index.isin(number.index).all():
            given = given.reindex(number.index)
        code = np.asarray(given, dtype=float)
        if code.shape in ((number.nunique(),), (number.nunique(), 1)):
            return wrong(
                "Your function returns one rate for each flight *number*. Give each "
                "flight the rate of its number: one value for each flight."
            )
        if code.shape == (len(number), 1):
            code = code[:, 0]
        if code.shape != (len(number),):
            raise ValueError
        if np.isnan(code).any():
            return wrong(
                f"{np.isnan(code).sum():,} flights get no code: their number does not "
                "occur in the other parts. A model must answer for them too: give them "
                "the overall rate."
            )
        codes.append(code)
    on_real, on_dealt = (
        roc_auc_score(label, code)
        for label, code in zip((outcome, dealt), codes, strict=True)
    )
    if abs(on_dealt - 0.5) > CHANCE:
        return wrong(
            "On shuffled labels, where nothing can be known, your code has a ROC AUC "
            f"of {on_dealt:.2f}. Each flight's own outcome is still part of its code. "
            "Which rows may a flight's rate come from?"
        )
    if on_real < 0.5 + WORTH:
        return wrong(
            f"No leak, but no code either: on the real labels it has a ROC AUC of "
            f"{on_real:.2f}. It should tell how often this number was late, in the "
            "other parts."
        )
    # Within one number a code that leaves out just the own outcome falls when that
    # outcome is 1, and rises when it is 0.
    own = dealt - dealt.groupby(number).transform("mean")
    code = pd.Series(codes[1], number.index)
    within = code - code.groupby(number).transform("mean")
    if np.corrcoef(own, within)[0, 1] < -0.5:
        return wrong(
            "You left out each flight's own outcome. Look at two flights of one "
            "number: the one with outcome 1 gets the lower code, always. A model can "
            "read the answer off backwards. Leave out whole parts, not single rows."
        )
    return right(
        f"A ROC AUC of {on_real:.2f} on the real labels, and {on_dealt:.2f} on "
        "shuffled ones: the code knows the number, and not the flight."
    )


def _in_parts(number: pd.Series, outcome: pd.Series) -> np.ndarray:
    parts = KFold(5, shuffle=True, random_state=0)
    encoder = TargetEncoder(target_type="binary", smooth=10.0, cv=parts)
    return encoder.fit_transform(number.to_frame(), outcome)[:, 0]


def _with_own(number: pd.Series, outcome: pd.Series) -> pd.Series:
    return outcome.groupby(number).transform("mean")


def _fit_then_transform(number: pd.Series, outcome: pd.Series) -> np.ndarray:
    encoder = TargetEncoder(target_type="binary", smooth=10.0)
    return encoder.fit(number.to_frame(), outcome).transform(number.to_frame())[:, 0]


def _without_own(number: pd.Series, outcome: pd.Series) -> pd.Series:
    groups = outcome.groupby(number)
    others = groups.transform("size") - 1
    rate = (groups.transform("sum") - outcome) / others
    return rate.fillna(outcome.mean())


def _other_half(number: pd.Series, outcome: pd.Series) -> pd.Series:
    first = np.arange(len(outcome)) % 2 == 0
    code = pd.Series(np.nan, outcome.index)
    for half in (first, ~first):
        rate = outcome[~half].groupby(number[~half]).mean()
        code[half] = number[half].map(rate)
    return code


# --- 3.4 Five hundred labels to look up.

LOOKED_UP = 500
PLANTED_SHARE, PLANTED_SEED = 0.05, 5


@cache
def _recorded() -> tuple[pd.Series, pd.Series]:
    """Labels of the sample with errors planted, and which of them are wrong."""
    flights = data.load_flights()
    opened = flights[~flights["sealed"]]
    label = labels.not_on_time(opened).astype(int)
    planted = labels.plant_errors(label, PLANTED_SHARE, seed=PLANTED_SEED)
    some = _sample().index
    return planted[some], (planted != label)[some]


def _judge_audit(answer: object) -> Verdict:
    recorded, is_wrong = _recorded()
    chosen = pd.Index(answer)
    if chosen.dtype == bool:
        return wrong("Answer with the index of the flights, not with true and false.")
    if isinstance(answer, pd.Series) and answer.index.isin(recorded.index).all():
        return wrong("Those are values. Asked is their index: put `.index` behind.")
    if len(chosen) != LOOKED_UP or chosen.has_duplicates:
        return wrong(
            f"You may look up {LOOKED_UP} different flights; these are "
            f"{chosen.nunique():,}."
        )
    if not chosen.isin(recorded.index).all():
        inside = chosen.isin(recorded.index).sum()
        return wrong(
            f"Only {inside} of them belong to the 40,000. An index of the flights is "
            "asked, as in `planted[some].index`, not a position from 0 on."
        )
    hit, late = is_wrong[chosen].mean(), recorded[chosen].mean()
    if hit > 0.9:
        return wrong(
            f"{hit:.0%} of them are wrong: you compared with the true labels. In a "
            "real project there are none to compare with; that is why one looks up."
        )
    if hit >= 0.25:
        return right(
            f"{is_wrong[chosen].sum()} of {LOOKED_UP} are wrong, {hit:.0%}, where "
            f"{is_wrong.mean():.0%} would be chance. The rest was surprising, and "
            "right."
        )
    if late < 0.1 and hit > 2 * is_wrong.mean():
        return wrong(
            f"{hit:.1%} of them are wrong, more than chance, but nearly all are "
            "recorded as on time. Put both labels into one list: the lesson found a "
            "larger share of errors among those recorded as not on time."
        )
    if late > 0.9:
        return wrong(
            f"Nearly all of them are recorded as not on time, and {hit:.1%} are wrong. "
            "A high probability of not on time agrees with such a label. Suspicious "
            "is a label that the model does *not* believe."
        )
    if late < 0.1:
        return wrong(
            f"Nearly all of them are recorded as on time, and {hit:.1%} are wrong. A "
            "low probability of not on time agrees with such a label. Suspicious is a "
            "label that the model does *not* believe."
        )
    return wrong(
        f"{hit:.1%} of them are wrong; {is_wrong.mean():.1%} would be chance. For each "
        "flight, how probable does the model find the label that *stands there*? Take "
        "the smallest of these."
    )


@cache
def _doubt() -> pd.Series:
    """Probabilities out of fold, as the lesson computes them."""
    # Imported here: only the tests and the solution need what takes seconds.
    from sklearn.model_selection import GroupKFold, cross_val_predict

    from flightdelay import features, models

    flights = data.load_flights()
    known = features.build(flights[~flights["sealed"]], data.load_table("weather"))
    recorded, _ = _recorded()
    probability = cross_val_predict(
        models.logistic(list(known.columns)),
        known.loc[recorded.index],
        recorded,
        groups=_sample()["date"],
        cv=GroupKFold(3),
        method="predict_proba",
    )
    return pd.Series(probability[:, 1], recorded.index)


def _least_believed() -> pd.Index:
    recorded, _ = _recorded()
    belief = _doubt().where(recorded == 1, 1 - _doubt())
    return belief.nsmallest(LOOKED_UP).index


def _most_believed() -> pd.Index:
    recorded, _ = _recorded()
    belief = _doubt().where(recorded == 1, 1 - _doubt())
    return belief.nlargest(LOOKED_UP).index


def _lowest_of_those_on_time() -> pd.Index:
    recorded, _ = _recorded()
    return _doubt()[recorded == 0].nsmallest(LOOKED_UP).index


def _highest_of_those_late() -> pd.Index:
    recorded, _ = _recorded()
    return _doubt()[recorded == 1].nlargest(LOOKED_UP).index


def _least_believed_on_time() -> pd.Index:
    recorded, _ = _recorded()
    return _doubt()[recorded == 0].nlargest(LOOKED_UP).index


def _undecided() -> pd.Index:
    return (_doubt() - 0.5).abs().nsmallest(LOOKED_UP).index


EXERCISES = {
    "3.1": Exercise(
        expects='a list of letters, such as ["a", "b"]',
        judge=_judge_borderline,
        solution=_borderline,
        mistakes={
            **{
                f"takes {letter}": Mistake(
                    lambda letter=letter: _borderline(with_=letter), hint[:20]
                )
                for letter, hint in ON_TIME.items()
            },
            **{
                f"forgets {letter}": Mistake(
                    lambda letter=letter: _borderline(without=letter), hint[:20]
                )
                for letter, hint in LEFT_OUT.items()
            },
            "the others": Mistake(lambda: ["a", "e"], "*are* on time"),
            "departures": Mistake(lambda: list("acfgh"), "measured at the arrival"),
            "no such letter": Mistake(lambda: ["b", "z"], "not one of a to h"),
            "nothing": Mistake(list, "Nothing is chosen"),
        },
    ),
    "3.2": Exercise(
        expects="a number, Cohen's kappa",
        judge=_judge_kappa,
        solution=lambda: _kappas()["right"],
        mistakes={
            **{
                name: Mistake(lambda name=name: _kappas()[name], hint[:25])
                for name, hint in _KAPPA_HINTS.items()
            },
            "percent": Mistake(lambda: 100 * _kappas()["right"], "not a percentage"),
            "counts": Mistake(lambda: 225_000.0, "counts in one place"),
            "a guess": Mistake(lambda: 0.4, "Three steps"),
        },
    ),
    "3.3": Exercise(
        expects="a function of two series, such as encode, without parentheses",
        judge=_judge_encode,
        solution=lambda: _in_parts,
        mistakes={
            "own outcome": Mistake(lambda: _with_own, "own outcome is still part"),
            "fit, then transform": Mistake(
                lambda: _fit_then_transform, "own outcome is still part"
            ),
            "leave one out": Mistake(lambda: _without_own, "off backwards"),
            "numbers unseen": Mistake(lambda: _other_half, "get no code"),
            "overall rate": Mistake(
                lambda: lambda number, outcome: np.full(len(number), outcome.mean()),
                "no code either",
            ),
            "the table": Mistake(
                lambda: lambda number, outcome: outcome.groupby(number).mean(),
                "one rate for each flight *number*",
            ),
            "no return": Mistake(lambda: lambda number, outcome: None, "`return`"),
        },
    ),
    "3.4": Exercise(
        expects=f"the index of {LOOKED_UP} flights",
        judge=_judge_audit,
        solution=_least_believed,
        mistakes={
            "most believed": Mistake(_most_believed, "stands there"),
            "highest of those late": Mistake(
                _highest_of_those_late, "recorded as not on time"
            ),
            "lowest of those on time": Mistake(
                _lowest_of_those_on_time, "recorded as on time"
            ),
            "one list only": Mistake(_least_believed_on_time, "into one list"),
            "values": Mistake(lambda: _doubt().nsmallest(LOOKED_UP), "`.index` behind"),
            "undecided": Mistake(_undecided, "would be chance"),
            "the truth": Mistake(
                lambda: _recorded()[1][_recorded()[1]].index[:LOOKED_UP],
                "compared with the true labels",
            ),
            "positions": Mistake(lambda: np.arange(LOOKED_UP), "not a position"),
            "too many": Mistake(lambda: _recorded()[0].index[:2000], "look up 500"),
            "true and false": Mistake(
                lambda: _recorded()[0] == 1, "not with true and false"
            ),
        },
    ),
}
