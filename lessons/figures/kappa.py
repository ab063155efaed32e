"""Lesson 3a: how far label rules agree, beyond chance."""

import altair as alt
import numpy as np
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay import evaluation


def compare_rules(rules: pd.DataFrame, date: pd.Series) -> pd.DataFrame:
    """Compare label rules with the first of them.

    Args:
        rules: A column of 0 and 1 for each rule, one row for each flight.
        date: Day of each flight.

    Returns:
        One row for each rule: `rate` of ones with `low` and `high`, by day; the share
        of labels `changed` against the first rule; `kappa` with it, `kappa_low`,
        `kappa_high`.
    """
    first, rows = rules.iloc[:, 0], {}
    for name, label in rules.items():
        rate = evaluation.rate_by(label, np.zeros(len(label)), date).iloc[0]
        kappa = evaluation.bootstrap_interval(first, label, "kappa", date=date)
        rows[name] = (*rate[["rate", "low", "high"]], (label != first).mean(), *kappa)
    columns = ["rate", "low", "high", "changed", "kappa", "kappa_low", "kappa_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def rates_by_rule(compared: pd.DataFrame, threshold: float) -> alt.LayerChart:
    """Draw the rate of each rule beside the charter's threshold.

    Args:
        compared: As from `compare_rules`.
        threshold: Probability from which the desk prepares.
    """
    shown = compared.round(4).reset_index(names="rule")
    shown["text"] = [
        f"{row.rule}: kappa {row.kappa:.2f}, {row.changed:.1%} changed"
        if row.changed
        else row.rule
        for row in shown.itertuples()
    ]
    near = shown.loc[(shown["low"] < threshold) & (threshold < shown["high"]), "rule"]
    rows = alt.Chart(shown).encode(y=alt.Y("text:N", sort=None, axis=None))
    limit = alt.Chart(pd.DataFrame({"threshold": [threshold]}))
    return alt.layer(
        limit.mark_rule(strokeDash=[5, 4]).encode(x="threshold:Q"),
        rows.mark_rule(strokeWidth=5, opacity=0.6, yOffset=8).encode(
            x=alt.X(
                "low:Q",
                title="not on time",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0.15, 0.35]),
            ),
            x2="high:Q",
            color=alt.value(PHASE_COLORS["data"]),
        ),
        rows.mark_point(size=90, filled=True, opacity=1, yOffset=8).encode(
            x="rate:Q", color=alt.value(PHASE_COLORS["data"])
        ),
        rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="text:N"),
    ).properties(
        height=42 * len(shown),
        title=alt.Title(
            f"The threshold of {threshold:.0%} lies inside the interval of "
            + ("one rule." if len(near) == 1 else f"{len(near)} rules."),
            subtitle="Share not on time by each rule, January to August; bars: 95% "
            "intervals by day; dashed: the threshold. Kappa and changed labels: "
            "against the charter's rule.",
        ),
        description="Share not on time. "
        + " ".join(
            f"{row.rule}: {row.rate:.1%} ({row.low:.1%} to {row.high:.1%}), kappa "
            f"{row.kappa:.2f} ({row.kappa_low:.2f} to {row.kappa_high:.2f}), "
            f"{row.changed:.1%} of labels changed."
            for row in shown.itertuples()
        ),
    )


def kappa_by_limit(compared: pd.DataFrame) -> alt.LayerChart:
    """Draw the rate and kappa for each limit, with one that the reader can choose.

    Args:
        compared: As from `compare_rules`, indexed by minutes; its first row is the rule
            with which the others are compared.
    """
    limits = compared.rename_axis("limit").sort_index().round(4).reset_index()
    rate = limits[["limit", "rate", "low", "high"]]
    kappa = limits[["limit", "kappa", "kappa_low", "kappa_high"]]
    kappa = kappa.set_axis(rate.columns, axis="columns")
    shown = pd.concat(
        [
            rate.assign(figure="not on time", at=0.05),
            kappa.assign(figure="kappa", at=1.08),
        ]
    )
    shown["text"] = [
        f"{row.figure} {row.rate:.2f} ({row.low:.2f} to {row.high:.2f})"
        for row in shown.itertuples()
    ]
    slider = alt.binding_range(
        min=5, max=60, step=5, name="late from so many minutes on "
    )
    chosen = alt.param(name="limit", value=30, bind=slider)
    colors = [PHASE_COLORS["modeling"], PHASE_COLORS["data"]]
    lines = alt.Chart(shown).encode(
        x=alt.X(
            "limit:Q",
            title="late from so many minutes on",
            scale=alt.Scale(domain=[3, 62]),
            axis=alt.Axis(values=[15, 30, 45, 60]),
        ),
        color=alt.Color("figure:N", legend=None, scale=alt.Scale(range=colors)),
    )
    shape = alt.Shape(
        "figure:N", legend=None, scale=alt.Scale(range=["square", "circle"])
    )
    at_limit = lines.transform_filter("datum.limit == limit")
    ends = limits.set_index("limit")
    return (
        alt.layer(
            lines.mark_rule(strokeWidth=4, opacity=0.45).encode(
                y=alt.Y(
                    "low:Q",
                    title="share, or kappa",
                    scale=alt.Scale(domain=[0, 1.12]),
                    axis=alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
                ),
                y2="high:Q",
            ),
            lines.mark_point(size=60, filled=True, opacity=0.6).encode(
                y="rate:Q", shape=shape
            ),
            at_limit.mark_point(size=190, filled=True, opacity=1).encode(
                y="rate:Q", shape=shape
            ),
            at_limit.mark_text(align="right", fontWeight="bold").encode(
                x=alt.value("width"),
                y="at:Q",
                text="text:N",
                color=alt.value("currentColor"),
            ),
        )
        .add_params(chosen)
        .properties(
            title=alt.Title(
                f"From {compared.index[0]} to {ends.index[-1]} minutes, the rate falls "
                f"from {compared['rate'].iloc[0]:.0%} to {ends['rate'].iloc[-1]:.0%}, "
                f"kappa to {ends['kappa'].iloc[-1]:.2f}.",
                subtitle="Canceled and diverted flights always count as not on time. "
                "January to August; bars: 95% intervals by day.",
            ),
            description="Rate not on time, and kappa with the charter's rule. "
            + " ".join(
                f"From {limit} minutes on: {row.rate:.0%}, kappa {row.kappa:.2f}."
                for limit, row in ends.iterrows()
            ),
        )
    )
