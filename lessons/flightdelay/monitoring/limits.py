"""Limits of the watches: set beforehand, or learned from quiet days."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from flightdelay.evaluation import Interval
from flightdelay.monitoring.watches import WATCHES

#: Promised share of quiet days with a false alarm of one watch, and of one that looks
#: at several days, of which there are fewer.
FALSE_ALARMS, SLOW_FALSE_ALARMS = 0.01, 0.02


def learn_limits(found: pd.DataFrame) -> pd.Series:
    """Return the limit of each watch, so that quiet days pass it rarely.

    The limit is the k-th loudest of n quiet days, with k the largest number for which
    k / (n + 1) is at most the promised rate. A new day that is drawn like the others
    passes it with that probability, whatever the distribution (Vovk et al. 2005).
    Days in a row, or of another season, are not drawn like the others: measure the rate
    on days of your own. A watch with a limit set beforehand keeps it.

    Args:
        found: `signals` of quiet days.

    Returns:
        One limit for each watch; it fires above.

    Raises:
        ValueError: The days are too few for the promise.
    """
    limits = {}
    for name in found:
        if WATCHES[name].limit is not None:
            limits[name] = WATCHES[name].limit
            continue
        values = np.sort(found[name].dropna())
        promised = FALSE_ALARMS if WATCHES[name].days == 1 else SLOW_FALSE_ALARMS
        rank = int(promised * (len(values) + 1))
        if rank < 1:
            raise ValueError(
                f"{len(values)} quiet days are too few to promise {name!r} a false "
                f"alarm on {promised:.1%} of the days: "
                f"{int(np.ceil(1 / promised)) - 1} are needed."
            )
        limits[name] = values[-rank]
    return pd.Series(limits, name="limit", dtype=float)


def alarms(found: pd.DataFrame, limits: pd.Series) -> pd.DataFrame:
    """Tell for each day and watch whether it fires.

    Args:
        found: `signals` of some days.
        limits: As from `learn_limits`.

    Returns:
        1 or 0 as floats, missing where the signal is.
    """
    return (found > limits).astype(float).where(found.notna())


def episodes(fired: ArrayLike) -> int:
    """Return the number of alarms, where days in a row count as one.

    Args:
        fired: 1 or 0 for each day, in the order of time; missing counts as 0.
    """
    rings = pd.Series(fired).fillna(0).to_numpy() == 1
    return int((rings & ~np.append(False, rings[:-1])).sum())


def share(fired: ArrayLike) -> Interval:
    """Return the share of days with an alarm, with its exact 95% interval.

    The interval (Clopper and Pearson 1934) takes the days as independent.

    Args:
        fired: 1 or 0 for each day; missing days are left out.
    """
    fired = pd.Series(fired).dropna()
    test = stats.binomtest(int(fired.sum()), len(fired))
    low, high = test.proportion_ci(0.95)
    return Interval(fired.mean(), low, high)
