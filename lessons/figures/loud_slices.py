"""Lesson 5c: slices of flights, beside how loud the loudest gets by luck."""

import altair as alt
import pandas as pd

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS

#: More rows of one property do not fit below each other.
_MOST = 9


def slices(gaps: pd.DataFrame, airlines: pd.Series) -> alt.LayerChart:
    """Draw the loudest slices of each property, which the reader chooses.

    Args:
        gaps: As from `evaluation.slice_gaps`.
        airlines: Names of airlines by their code.
    """
    shown = gaps.reset_index()
    shown["loudness"] = shown["gap"].abs() / shown["by_chance"]
    shown["value"] = shown["value"].replace(airlines.to_dict())
    shown["label"] = [
        f"{row.value}: {row.flights:,} flights"
        + (", stands out" if row.loudness > 1 else "")
        for row in shown.itertuples()
    ]
    out = shown[shown["loudness"] > 1]
    shown = shown.sort_values("loudness", ascending=False)
    shown = shown.groupby("property").head(_MOST)
    shown["order"] = shown.groupby("property").cumcount()
    shown = shown.assign(left=-shown["by_chance"]).round(4)
    menu = alt.binding_select(
        options=sorted(shown["property"].unique()), name="Slices by "
    )
    picked = alt.param(name="property", value="destination", bind=menu)
    rows = (
        alt.Chart(shown)
        .transform_filter("datum.property == property")
        .encode(y=alt.Y("order:O", axis=None))
    )
    zero = alt.Chart(pd.DataFrame({"gap": [0]}))
    color = PHASE_COLORS["modeling"]
    return (
        alt.layer(
            zero.mark_rule(opacity=0.5).encode(x="gap:Q"),
            rows.mark_rule(
                strokeWidth=12, opacity=0.25, color=QUIET_COLOR, yOffset=8
            ).encode(
                x=alt.X(
                    "left:Q",
                    title="probability minus rate",
                    scale=alt.Scale(domain=[-0.2, 0.2]),
                    axis=alt.Axis(tickCount=5),
                ),
                x2="by_chance:Q",
            ),
            rows.mark_rule(strokeWidth=4, color=color, yOffset=8).encode(
                x="low:Q", x2="high:Q"
            ),
            rows.mark_point(
                size=90, filled=True, opacity=1, color=color, yOffset=8
            ).encode(x="gap:Q"),
            rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="label:N"),
        )
        .add_params(picked)
        .properties(
            height=360,
            title=alt.Title(
                f"{len(out)} of {len(gaps)} slices stand out from what luck makes of "
                "the loudest.",
                subtitle="Mean probability minus rate in a slice, July and August; "
                "bars: its own 95% interval by day; gray: as far as the loudest of all "
                f"slices gets by luck. The {_MOST} loudest of each property; choose "
                "one below.",
            ),
            description="Gaps between probability and rate by slice. "
            + " ".join(
                f"{row.property} {row.value} stands out: {row.gap:.3f} ({row.low:.3f} "
                f"to {row.high:.3f}), beyond {row.by_chance:.3f}."
                for row in out.itertuples()
            )
            + " A menu shows the loudest of each property.",
        )
    )
