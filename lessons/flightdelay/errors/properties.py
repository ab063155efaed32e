"""Flights sorted by what is known of them beforehand."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from flightdelay.errors.tags import is_bad

#: Carriers that fly under contract for larger ones: Endeavor, ExpressJet, Envoy,
#: SkyWest, Mesa.
REGIONAL = ("9E", "EV", "MQ", "OO", "YV")
#: A destination with fewer scheduled flights a day than this counts as small.
SMALL_DESTINATION = 5


def slices_of(flights: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Sort each flight by properties that the desk knows when it decides.

    Args:
        flights: Flights to sort.
        known: Their features, from `features.build`.

    Returns:
        One column for each property, indexed like `flights`.
    """
    visible = known["origin_late_share_recent"]
    return pd.DataFrame(
        {
            "airport": flights["origin"],
            "airline": flights["carrier"],
            "destination": flights["dest"],
            "part of the day": _cut(flights["hour"], [0, 8, 12, 16, 20], "{}:00"),
            "weekday": flights["date"].dt.day_name(),
            "month": flights["date"].dt.month_name(),
            "distance, miles": _cut(flights["distance"], [0, 500, 1000, 1500]),
            "weather at the cut-off": np.where(is_bad(known), "bad", "fair"),
            "visibly late at the cut-off": _cut(
                (100 * visible).fillna(0), [0, 5, 15, 30], "{}%"
            ).where(visible.notna(), "no flights seen"),
        },
        index=flights.index,
    )


def service_groups(flights: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """Put each flight into two pairs of groups that one may want to compare.

    Args:
        flights: Flights to sort.
        train: Flights whose destinations are counted.

    Returns:
        Columns `airline` ("mainline" or "regional") and `destination` ("large" or
        "small", by the number of training flights a day), indexed like `flights`.
    """
    a_day = train["dest"].value_counts() / train["date"].nunique()
    is_small = flights["dest"].map(a_day).fillna(0) < SMALL_DESTINATION
    is_regional = flights["carrier"].isin(REGIONAL)
    return pd.DataFrame(
        {
            "airline": np.where(is_regional, "regional", "mainline"),
            "destination": np.where(is_small, "small", "large"),
        },
        index=flights.index,
    )


def _cut(values: pd.Series, edges: Sequence[int], form: str = "{:,}") -> pd.Series:
    """Sort values into groups from one edge up to the next, the last one open."""
    names = [
        *(
            f"{form.format(low)} to {form.format(high)}"
            for low, high in pairwise(edges)
        ),
        f"from {form.format(edges[-1])} on",
    ]
    return pd.cut(values, [*edges, np.inf], right=False, labels=names).astype(str)
