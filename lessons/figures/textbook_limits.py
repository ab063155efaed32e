"""Lesson 7a: how often limits ring on quiet days, by the book and learned."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay import monitoring
from flightdelay.evaluation import Interval
from flightdelay.features import FEATURE_SETS

_LIMITS = {"PSI above 0.2": "PSI", "KS test below 1%": "KS"}
_LEARNED = {
    "volume": "number of flights",
    "empty inputs": "empty inputs",
    "fallbacks": "fallbacks",
    "any input": "any input",
    "stuck station": "stuck station",
    "humidity misfit": "humidity misfit",
    "mean score": "mean score",
    "rate": "rate of not on time",
    "gap": "gap, 7 days",
    "cost": "cost, 7 days",
}


def alarms_by_the_book(log: pd.DataFrame, quiet: monitoring.Quiet) -> pd.DataFrame:
    """Count on how many days each input rings, by two limits of the textbooks.

    Inputs that have one value on a whole day are left out: such a day differs from
    others by what it is, whatever its flights.

    Args:
        log: Predictions of days that `quiet` has not learned from.
        quiet: What is usual.

    Returns:
        One row for each input: `PSI` and `KS`, shares of days (KS is missing for a
        category), and `shared`: whether flights of a day share its values.
    """
    varies = log.groupby("date")[monitoring.INPUTS].nunique().gt(1).any()
    found = quiet.distances(log, [name for name in monitoring.INPUTS if varies[name]])
    table = pd.DataFrame(
        {"PSI": (found.index > 0.2).mean(), "KS": (found.p_value < 0.01).mean()}
    )
    own = table.index.isin(FEATURE_SETS["schedule"])
    return table.assign(shared=~own).sort_values(["PSI", "KS"])


def by_the_book(table: pd.DataFrame) -> alt.LayerChart:
    """Draw on how many quiet days each input rings; the reader chooses the limit.

    Args:
        table: As from `alarms_by_the_book`.
    """
    long = table.rename_axis("input").reset_index()
    long["flights"] = long["shared"].map(
        {True: "share its values", False: "have their own"}
    )
    long = long.melt(
        ["input", "flights", "shared"], list(_LIMITS.values()), "limit", "share"
    )
    shared, own = (table.loc[table["shared"] == one, "PSI"] for one in (True, False))
    chosen = alt.param(
        name="book",
        value="PSI",
        bind=alt.binding_select(
            options=list(_LIMITS.values()), labels=list(_LIMITS), name="Limit "
        ),
    )
    return (
        alt.Chart(long.dropna().round(3))
        .transform_filter("datum.limit == book")
        .mark_bar()
        .encode(
            x=alt.X(
                "share:Q",
                title="quiet days with an alarm",
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]),
            ),
            y=alt.Y(
                "input:N",
                sort=list(table.index),
                title=None,
                axis=alt.Axis(labelLimit=190, labelFontSize=11),
            ),
            color=alt.Color(
                "flights:N",
                title="flights of a day",
                scale=alt.Scale(
                    domain=["share its values", "have their own"],
                    range=[PHASE_COLORS["modeling"], PHASE_COLORS["deployment"]],
                ),
            ),
            tooltip=["input:N", alt.Tooltip("share:Q", format=".0%")],
        )
        .add_params(chosen)
        .properties(
            height=15 * len(table),
            title=alt.Title(
                f"By PSI, {(shared > 0.5).sum()} of {len(shared)} inputs that flights "
                f"share ring on most quiet days, and {(own > 0).sum()} of {len(own)} "
                "that are a flight's own.",
                subtitle="Quiet days of February, April, June and August against those "
                "of the months between. Choose the limit below.",
            ),
            description="Share of quiet days with an alarm by PSI. "
            + " ".join(f"{name}: {share:.0%}." for name, share in table["PSI"].items()),
        )
    )


def learned_limits(rates: pd.Series, days: int) -> alt.LayerChart:
    """Draw how often learned limits ring on quiet days that they have not seen.

    Args:
        rates: `Interval` by watch, as in a `monitoring.Plan`.
        days: Number of these days.
    """
    shown = pd.DataFrame(
        [{"watch": text, **rates[name]._asdict()} for name, text in _LEARNED.items()]
    )
    shown["label"] = [f"{row.watch}: {row.estimate:.0%}" for row in shown.itertuples()]
    fast = shown[~shown["watch"].str.contains("7 days")]
    rows = alt.Chart(shown.round(4)).encode(y=alt.Y("watch:N", sort=None, axis=None))
    color = PHASE_COLORS["deployment"]
    return alt.layer(
        rows.mark_rule(strokeWidth=5, opacity=0.8, color=color, yOffset=8).encode(
            x=alt.X(
                "low:Q",
                title="quiet days with an alarm",
                axis=alt.Axis(format="%", tickCount=5),
            ),
            x2="high:Q",
        ),
        rows.mark_point(size=90, filled=True, opacity=1, color=color, yOffset=8).encode(
            x="estimate:Q"
        ),
        rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="label:N"),
    ).properties(
        height=32 * len(shown),
        title=alt.Title(
            f"Watches over one day ring on at most {fast['estimate'].max():.0%} of the "
            f"days, those over seven on up to {shown['estimate'].max():.0%}.",
            subtitle=f"{days} quiet days that no limit has seen; bars: exact 95% "
            "intervals, too narrow over seven days, since these share days.",
        ),
        description="Share of quiet days with a false alarm. "
        + " ".join(
            f"{row.watch}: {row.estimate:.0%} ({row.low:.0%} to {row.high:.0%})."
            for row in shown.itertuples()
        ),
    )


def three_deviations(
    log: pd.DataFrame, learned: pd.DataFrame, columns: Sequence[str]
) -> Interval:
    """Return the share of days on which a daily mean lies over three deviations off.

    Args:
        log: Predictions of the days that are judged.
        learned: Predictions of the days that say what is usual.
        columns: Numbers that vary within a day.
    """
    now, usual = (
        table.groupby("date")[list(columns)].mean() for table in (log, learned)
    )
    off = ((now - usual.mean()) / usual.std()).abs().max(axis="columns")
    return monitoring.share((off > 3).astype(float))
