"""Lesson 7d: what a dashboard shows of a day that is not closed."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS
from flightdelay import monitoring


def rates_by_hour(
    log: pd.DataFrame, hours: Sequence[int], draws: int = 10_000
) -> pd.DataFrame:
    """Compare the rate that is shown at each hour with what it will be.

    Args:
        log: Predictions with `outcome` and `outcome_at`.
        hours: Hours after midnight at which somebody looks.
        draws: Number of draws of whole days.

    Returns:
        One row for each hour and for `what`, "shown", "in the end" or "too low by":
        `rate`, `low` and `high`.
    """
    looks = monitoring.rate_shown(log, hours)
    looks["late"] = looks["final"] * looks["due"]
    looks["late_known"] = (looks["shown"] * looks["known"] * looks["due"]).fillna(0)
    looks["all_known"] = looks["known"] * looks["due"]
    days = looks["date"].nunique()
    drawn = np.random.default_rng(0).multinomial(
        days, np.full(days, 1 / days), size=draws
    )
    weights = np.vstack([np.ones(days), drawn])
    rows = []
    for hour, group in looks.groupby("hour"):
        late_known, known, late, due = (
            weights @ group[["late_known", "all_known", "late", "due"]].to_numpy()
        ).T
        shown, final = late_known / known, late / due
        for what, rate in (
            ("shown", shown),
            ("in the end", final),
            ("too low by", final - shown),
        ):
            low, high = np.quantile(rate[1:], [0.025, 0.975])
            rows.append(
                {"hour": hour, "what": what, "rate": rate[0], "low": low, "high": high}
            )
    return pd.DataFrame(rows)


def open_day(rates: pd.DataFrame) -> alt.LayerChart:
    """Draw the rate that a dashboard shows over the day.

    Args:
        rates: As from `rates_by_hour`, with a look at 18.
    """
    lines = rates[rates["what"] != "too low by"].round(4)
    table = rates.set_index(["hour", "what"])["rate"]
    base = alt.Chart(lines).encode(
        x=alt.X(
            "hour:Q",
            title="hour of the look; 24 is midnight",
            axis=alt.Axis(values=[8, 12, 16, 20, 24]),
        ),
        color=alt.Color(
            "what:N",
            title=None,
            scale=alt.Scale(
                domain=["in the end", "shown"],
                range=[QUIET_COLOR, PHASE_COLORS["deployment"]],
            ),
        ),
    )
    return alt.layer(
        base.mark_area(opacity=0.2).encode(y="low:Q", y2="high:Q"),
        base.mark_line(point=True).encode(
            y=alt.Y("rate:Q", title="flights not on time", axis=alt.Axis(format="%")),
            strokeDash=alt.StrokeDash("what:N", legend=None),
        ),
    ).properties(
        height=280,
        title=alt.Title(
            f"At six in the evening the dashboard says {table[18, 'shown']:.0%} where "
            f"it will be {table[18, 'in the end']:.0%}.",
            subtitle="Flights due so far, September to November; areas: 95% intervals "
            "by day.",
        ),
        description="Two lines over the hours of the day. "
        + " ".join(
            f"At {hour}: shown {table[hour, 'shown']:.1%}, in the end "
            f"{table[hour, 'in the end']:.1%}."
            for hour in rates["hour"].unique()
        ),
    )
