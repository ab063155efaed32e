"""Lesson 5b: how well a model tells flights apart, at all thresholds."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import precision_recall_curve, roc_curve

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS

_CURVES = {
    "ROC": ("prepared, of those on time", "prepared, of those not on time"),
    "precision and recall": (
        "prepared, of those not on time",
        "not on time, of those prepared",
    ),
}


def curves(
    periods: Mapping[str, tuple[ArrayLike, ArrayLike]], threshold: float
) -> alt.LayerChart:
    """Draw the ROC curve or that of precision and recall, as the reader chooses.

    Args:
        periods: Outcomes (0 or 1) and probabilities by the name of the period.
        threshold: The desk prepares from it on; a diamond marks it on each curve.
    """
    lines = pd.concat(_lines(name, *one) for name, one in periods.items()).round(4)
    points = pd.concat(
        _points(name, *one, threshold) for name, one in periods.items()
    ).round(4)
    menu = alt.binding_radio(options=list(_CURVES), name="Curve ")
    picked = alt.param(name="curve", value="ROC", bind=menu)
    names = pd.DataFrame(
        [
            {"curve": curve, "below": f"across: {across}", "beside": f"up: {up}"}
            for curve, (across, up) in _CURVES.items()
        ]
    )
    percent = alt.Axis(format="%", tickCount=5)
    share = alt.Scale(domain=[0, 1])
    place = {
        "x": alt.X("across:Q", title=None, axis=percent, scale=share),
        "y": alt.Y("up:Q", title=None, axis=percent, scale=share),
        "color": alt.Color(
            "period:N",
            title=None,
            scale=alt.Scale(range=[QUIET_COLOR, PHASE_COLORS["modeling"]]),
        ),
    }
    chosen = "datum.curve == curve"
    return (
        alt.layer(
            alt.Chart(lines)
            .transform_filter(chosen)
            .mark_line()
            .encode(strokeDash=alt.StrokeDash("period:N", legend=None), **place),
            alt.Chart(points)
            .transform_filter(chosen)
            .mark_point(size=110, filled=True, opacity=1, shape="diamond")
            .encode(**place),
            *(
                alt.Chart(names)
                .transform_filter(chosen)
                .mark_text(align="right", baseline="bottom")
                .encode(x=alt.value("width"), y=alt.value(y), text=f"{side}:N")
                for side, y in (("below", 296), ("beside", 312))
            ),
        )
        .add_params(picked)
        .properties(
            height=320,
            title=alt.Title(
                "The same threshold sits elsewhere on the curve in another season.",
                subtitle="Diamonds: the charter's threshold. Choose a curve below.",
            ),
            description="Two curves for each period. At the charter's threshold: "
            + " ".join(
                f"{row.period}, {row.curve}: across {row.across:.2f}, up {row.up:.2f}."
                for row in points.itertuples()
            ),
        )
    )


def _lines(period: str, outcome: ArrayLike, probability: ArrayLike) -> pd.DataFrame:
    """Return both curves, thinned to 101 points."""
    across = np.linspace(0, 1, 101)
    false, true, _ = roc_curve(outcome, probability)
    precise, found, _ = precision_recall_curve(outcome, probability)
    roc = {"up": np.interp(across, false, true), "curve": "ROC"}
    # Below a recall of 0.02 a handful of flights decides.
    precision = {
        "up": np.interp(across, found[::-1], precise[::-1]),
        "curve": "precision and recall",
    }
    both = [
        pd.DataFrame({"across": across, "period": period, **roc}),
        pd.DataFrame({"across": across, "period": period, **precision})[2:],
    ]
    return pd.concat(both)


def _points(
    period: str, outcome: ArrayLike, probability: ArrayLike, threshold: float
) -> pd.DataFrame:
    prepared = np.asarray(probability) >= threshold
    outcome = np.asarray(outcome)
    recall = prepared[outcome == 1].mean()
    rows = {
        "ROC": (prepared[outcome == 0].mean(), recall),
        "precision and recall": (recall, outcome[prepared].mean()),
    }
    table = pd.DataFrame.from_dict(rows, "index", columns=["across", "up"])
    return table.reset_index(names="curve").assign(period=period)
