"""Fill the gaps of new rows by what training rows say, and keep a sign."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from exercises import Verdict, wrong
from exercises.judges import Function


def _table(values: pd.Series, sign: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"value": values, "was_empty": sign.astype(int)})


def _by(number: float, new: pd.Series) -> pd.DataFrame:
    return _table(new.fillna(number), new.isna())


def _cases() -> Iterator[tuple[pd.Series, pd.Series]]:
    gap = np.nan
    train = [1012.0, 1020.0, gap, 1016.0, 1015.0, 1001.0]
    for new in ([1003.0, gap, 1001.0, 1005.0], [gap], [1016.0, 1017.0], [gap, 1030.0]):
        yield pd.Series(train, name="pressure"), pd.Series(new, name="pressure")


def _read(given: object) -> np.ndarray | Verdict:
    table = pd.DataFrame(given).to_numpy(float)
    if table.shape[1] != 2:
        return wrong(
            "A table of two columns is asked, the values and the sign; yours has "
            f"{table.shape[1]}."
        )
    return table


EXERCISE = Function(
    expects="a function of two Series, such as fill, without parentheses",
    value=lambda train, new: _by(train.median(), new),
    cases=_cases,
    result=_read,
    returns="a table with a row for each new value",
    same=lambda one, other: (
        one.shape == other.shape and np.allclose(one, other, equal_nan=True)
    ),
    known={
        "new rows": lambda train, new: _by(new.median(), new),
        "all rows": lambda train, new: _by(pd.concat([train, new]).median(), new),
        "mean": lambda train, new: _by(train.mean(), new),
        "zero": lambda train, new: _by(0, new),
        "not filled": lambda train, new: _table(new, new.isna()),
        "sign too late": lambda train, new: _table(
            new.fillna(train.median()), new.fillna(0).isna()
        ),
        "sign turned round": lambda train, new: _table(
            new.fillna(train.median()), new.notna()
        ),
        "training rows": lambda train, new: _by(train.median(), train),
    },
    others={
        "no sign": lambda train, new: new.fillna(train.median()),
        "gaps dropped": lambda train, new: _by(train.median(), new.dropna()),
    },
    reason="A single flight in use is filled as the training rows were, and the sign "
    "tells a guess from a reading that happens to be the median.",
    hint={
        "new rows": "The new rows fill their own gaps. In use one flight comes alone: "
        "with a gap it has no median. Learn it from `train`.",
        "all rows": "The new rows took part in the median. They are what the model is "
        "judged on, so nothing may be learned from them.",
        "mean": "You took the mean. One impossible value moves it as far as it likes; "
        "the imputer of the lesson takes the median.",
        "zero": "You filled in 0. For a linear model an air pressure of 0 is an "
        "extreme value, far from any true one.",
        "not filled": "The gaps are still there. A logistic regression refuses them.",
        "sign too late": "The sign is 0 everywhere: you asked for gaps *after* they "
        "were filled.",
        "sign turned round": "The sign is 1 where a value was, and 0 where a gap was. "
        "Turn it round.",
        "training rows": "These are the training rows, filled. Asked is `new`.",
        "other": "Two steps: remember which values of `new` are empty; then fill them "
        "by one number that `train` alone decides.",
    },
)
