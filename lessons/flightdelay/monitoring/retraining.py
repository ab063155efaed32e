"""Train a model again on a part of the log."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from flightdelay.monitoring.log_table import INPUTS

# Rows that are answered at once, to bound memory.
_AT_ONCE = 30_000


def retrained(
    past: pd.DataFrame,
    rows: pd.DataFrame,
    model: BaseEstimator,
    before: int,
    window: int | None = None,
) -> np.ndarray:
    """Train a model anew on what the log held before a month, and let it answer.

    Args:
        past: Predictions with outcomes to learn from; later ones are left out.
        rows: Predictions whose inputs it answers on.
        model: Its settings are taken, its state is not.
        before: First month that it must not learn from.
        window: Months to learn from, the last ones; by default all before.

    Returns:
        One probability for each of the rows.
    """
    month = past["date"].dt.month
    first = 1 if window is None else before - window
    learned = past[(month >= first) & (month < before)]
    fitted = untrained(model)
    fitted.fit(learned[INPUTS], learned["outcome"].astype(int))
    pieces = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
    return np.concatenate(
        [fitted.predict_proba(piece[INPUTS])[:, 1] for piece in pieces]
    )


def untrained(model: BaseEstimator) -> BaseEstimator:
    """Return a copy that is not fitted, and that computes in double precision.

    On a part of the flights the rare categories and the signs for missing values are
    nearly collinear, too nearly for single precision.
    """
    copy = clone(model)
    double = {
        "columntransformer__categories__dtype": np.float64,
        "columntransformer__numbers__functiontransformer__kw_args": {
            "dtype": np.float64
        },
    }
    known = copy.get_params()
    return copy.set_params(**{k: v for k, v in double.items() if k in known})
