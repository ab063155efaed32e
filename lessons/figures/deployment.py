"""Lesson 6: what a model answers when a feed changes its unit, and how fast it does."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS

#: How many of each unit are a mile.
UNITS = {"miles": 1, "kilometers": 1.609344, "meters": 1609.344}


def answers_by_unit(
    model: ClassifierMixin, known: pd.DataFrame, bins: int = 40
) -> pd.DataFrame:
    """Ask a model that learned visibility in miles about other units.

    Args:
        model: Fitted on features with `visib`, in miles.
        known: Features of flights, with `visib` in miles.
        bins: Number of bins of equal width.

    Returns:
        One row for each unit and bin: `unit`, the bin's ends `low` and `high`, and the
        `share` of the flights whose probability of not on time lies in it.
    """
    edges = np.linspace(0, 1, bins + 1)
    parts = []
    for unit, factor in UNITS.items():
        asked = known.assign(visib=known["visib"] * factor)
        counts, _ = np.histogram(model.predict_proba(asked)[:, 1], edges)
        share = counts / len(known)
        parts.append(
            pd.DataFrame(
                {"unit": unit, "low": edges[:-1], "high": edges[1:], "share": share}
            )
        )
    return pd.concat(parts, ignore_index=True).round(5)


def latency(runs: Mapping[int, pd.DataFrame], limit: float) -> alt.LayerChart:
    """Draw how long answers took, by percentile and load.

    Args:
        runs: As from `process.load`, by the number of clients at once.
        limit: The charter's, in milliseconds at percentile 95.
    """
    ranks = np.arange(1, 100)
    times = pd.concat(
        pd.DataFrame(
            {
                "percentile": ranks,
                "clients": f"{clients} at once",
                "milliseconds": np.percentile(run["milliseconds"], ranks).round(1),
            }
        )
        for clients, run in runs.items()
    )
    slowest = {n: np.percentile(run["milliseconds"], 95) for n, run in runs.items()}
    within = [clients for clients, slow in slowest.items() if slow <= limit]
    kept = f"held with up to {max(within)} at once" if within else "held at no load"
    order = [f"{clients} at once" for clients in runs]
    colors = [QUIET_COLOR, PHASE_COLORS["data"], PHASE_COLORS["deployment"]]
    lines = (
        alt.Chart(times)
        .mark_line()
        .encode(
            x=alt.X(
                "percentile:Q",
                title="percentile of the requests",
                axis=alt.Axis(values=[5, 25, 50, 75, 95]),
            ),
            y=alt.Y("milliseconds:Q", title="milliseconds to the whole answer"),
            color=alt.Color(
                "clients:N", title=None, sort=order, scale=alt.Scale(range=colors)
            ),
            strokeDash=alt.StrokeDash("clients:N", sort=order, legend=None),
        )
    )
    corner = pd.DataFrame(
        {
            "percentile": [95],
            "milliseconds": [limit],
            "label": [f"charter: {limit:g} ms at 95"],
        }
    )
    marks = alt.Chart(corner).encode(x="percentile:Q", y="milliseconds:Q")
    return alt.layer(
        lines,
        marks.mark_point(
            size=140,
            shape="triangle-down",
            filled=True,
            color="currentColor",
            opacity=1,
        ),
        marks.mark_text(align="right", dx=-10, dy=-8).encode(text="label:N"),
    ).properties(
        title=alt.Title(
            f"In this one run, the charter's limit {kept}.",
            subtitle=f"Latency of {min(map(len, runs.values()))} requests in each run, "
            "over HTTP, each logged to the disk before its answer.",
        ),
        description="Latency by percentile. At percentile 95: "
        + "; ".join(
            f"{slow:.0f} milliseconds, {n} at once" for n, slow in slowest.items()
        )
        + f". The charter allows {limit:g}.",
    )


def budgets(traded: pd.DataFrame, declared: int, rollouts: int) -> alt.LayerChart:
    """Draw false alarms against what a fault loses; the reader moves the budget.

    Args:
        traded: One row for each budget: `budget`, the share of `false_alarms`, and
            `answered` and `lost` by the faulty release, in flights and agent minutes.
        declared: The budget that is shown at first.
        rollouts: How many rollouts the share is counted among.
    """
    rows = traded.assign(
        say=[
            f"budget {row.budget:,}: {row.false_alarms:.1%} false alarms\n"
            f"{row.answered:,} flights answered, {row.lost:,.0f} minutes lost"
            for row in traded.itertuples()
        ]
    )
    sizes = traded["budget"]
    slider = alt.binding_range(
        min=int(sizes.min()),
        max=int(sizes.max()),
        step=int(sizes.diff().iloc[1]),
        name="Budget, agent minutes ",
    )
    chosen = alt.param(name="budget", value=declared, bind=slider)
    base = alt.Chart(rows.round(4)).encode(
        x=alt.X(
            "false_alarms:Q",
            title="rollouts rolled back though nothing was worse",
            axis=alt.Axis(format="%", tickCount=5),
        ),
        y=alt.Y("lost:Q", title="agent minutes lost by release 1.0.1"),
    )
    at = base.transform_filter("datum.budget == budget")
    color = PHASE_COLORS["deployment"]
    first, last = (traded.iloc[place] for place in (0, -1))
    return (
        alt.layer(
            base.mark_line(color=color, opacity=0.5).encode(order="budget:Q"),
            base.mark_point(size=30, filled=True, opacity=0.7, color=color),
            at.mark_point(
                size=200, filled=True, opacity=1, shape="diamond", color=color
            ),
            at.mark_text(align="right", fontSize=12, lineBreak="\n").encode(
                x=alt.value("width"), y=alt.value(8), text="say:N"
            ),
        )
        .add_params(chosen)
        .properties(
            title=alt.Title(
                "Fewer false alarms are paid for by what a fault may lose.",
                subtitle="Each point is a budget, the diamond that of the slider. "
                f"False alarms in {rollouts:,} rollouts, losses by the clause on cost "
                "alone.",
            ),
            description="A curve over budgets. "
            + " ".join(
                f"With {row['budget']:,.0f} agent minutes {row['false_alarms']:.0%} of "
                f"the harmless rollouts are rolled back, and the broken adapter loses "
                f"{row['lost']:,.0f} minutes."
                for row in (first, last)
            ),
        )
    )
