"""Five hundred labels to look up, of 40,000 in which some were made wrong."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from exercises import Exercise, Verdict, right, wrong
from flightdelay import data, labels

LOOKED_UP = 500


@cache
def _recorded() -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """The lesson's flights, their labels with planted errors, and which are wrong."""
    flights = data.load_flights()
    label = labels.not_on_time(flights[~flights["sealed"]]).astype(int)
    planted = labels.plant_errors(label, 0.05, seed=5)
    some = data.period_rows(flights, "train").sample(40_000, random_state=0)
    return some, planted[some.index], (planted != label)[some.index]


class _Audit(Exercise):
    expects = f"the index of {LOOKED_UP} flights"

    def read(self, answer: object) -> pd.Index | Verdict:
        chosen = pd.Index(answer)
        if chosen.dtype == bool:
            return wrong("Answer with the index of the flights, not true and false.")
        if isinstance(answer, pd.Series) and not pd.api.types.is_integer_dtype(answer):
            return wrong("Those are values. Asked is their index: put `.index` behind.")
        if len(chosen) != LOOKED_UP or chosen.has_duplicates:
            return wrong(
                f"You may look up {LOOKED_UP} different flights; these are "
                f"{chosen.nunique():,}."
            )
        return chosen

    def judge(self, value: pd.Index) -> Verdict:
        _, recorded, is_wrong = _recorded()
        if not value.isin(recorded.index).all():
            return wrong(
                f"Only {value.isin(recorded.index).sum()} of them belong to the "
                "40,000. An index of the flights is asked, as in "
                "`recorded.index`, not a position from 0 on."
            )
        hit, late = is_wrong[value].mean(), recorded[value].mean()
        chance = is_wrong.mean()
        if hit > 0.9:
            return wrong(
                f"{hit:.0%} of them are wrong: you compared with the true labels. In a "
                "real project there are none; that is why one looks up."
            )
        if hit >= 0.25 and late == 0.5:
            return wrong(
                "As many of one label as of the other: is that the lesson's ready "
                "list? It ranks each label on its own. Make one order of all flights."
            )
        if hit >= 0.25:
            return right(
                f"{is_wrong[value].sum()} of {LOOKED_UP} are wrong, {hit:.0%}, where "
                f"{chance:.0%} would be chance. The rest was surprising, and right."
            )
        if late < 0.1 and hit > 2 * chance:
            return wrong(
                f"{hit:.0%} are wrong, more than chance, but nearly all are recorded "
                "as on time. Put both labels into one order."
            )
        if late in (0, 1):
            return wrong(
                f"All of them have one label, and the model agrees with it: {hit:.1%} "
                "are wrong. Suspicious is a label that it does *not* believe."
            )
        if hit < 0.01:
            return wrong(
                f"{hit:.1%} of them are wrong: these are the labels that the model "
                "believes most. Turn the order round."
            )
        if not 0.2 < late < 0.7:
            return wrong(
                f"{hit:.1%} of them are wrong, no more than chance. You took the "
                "highest or the lowest probabilities, whatever label stands there. A "
                "high one makes only one of the two labels suspicious."
            )
        return wrong(
            f"{hit:.1%} of them are wrong; {chance:.1%} would be chance. A model that "
            "is undecided, near one half, contradicts no label. Which does it?"
        )

    def solution(self) -> pd.Index:
        return _belief().nsmallest(LOOKED_UP).index

    def mistakes(self) -> Mapping[str, object]:
        _, recorded, is_wrong = _recorded()
        belief = _belief()
        doubt = belief.where(recorded == 1, 1 - belief)
        late, on_time = doubt[recorded == 1], doubt[recorded == 0]
        return {
            "most believed": belief.nlargest(LOOKED_UP).index,
            "highest of those late": late.nlargest(LOOKED_UP).index,
            "lowest of those on time": on_time.nsmallest(LOOKED_UP).index,
            "one list only": on_time.nlargest(LOOKED_UP).index,
            "the ready list": labels.suspects(recorded, doubt).index[:LOOKED_UP],
            "highest probability": doubt.nlargest(LOOKED_UP).index,
            "undecided": (doubt - 0.5).abs().nsmallest(LOOKED_UP).index,
            "values": doubt.nsmallest(LOOKED_UP),
            "the truth": is_wrong[is_wrong].index[:LOOKED_UP],
            "positions": np.arange(LOOKED_UP),
            "too many": recorded.index[:2000],
            "true and false": recorded == 1,
        }


@cache
def _belief() -> pd.Series:
    """The probability, out of fold, that the lesson's model gives to each label."""
    from sklearn.model_selection import GroupKFold, cross_val_predict

    from flightdelay import features, models

    known = features.load()
    some, recorded, _ = _recorded()
    probability = cross_val_predict(
        models.logistic(list(known.columns)),
        known.loc[some.index],
        recorded,
        groups=some["date"],
        cv=GroupKFold(3),
        method="predict_proba",
    )
    return pd.Series(probability[range(len(recorded)), recorded], recorded.index)


EXERCISE = _Audit()
