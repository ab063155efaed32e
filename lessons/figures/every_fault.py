"""Lesson 7b: what each fault costs, and which limit would have caught it."""

from collections.abc import Mapping
from functools import partial

import altair as alt
import numpy as np
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay import evaluation, monitoring
from flightdelay.charter import Charter
from flightdelay.monitoring.faults import Trials

_MOVABLE = [
    "humidity misfit",
    "any input",
    "stuck station",
    "mean score",
    "gap",
    "cost",
]
_TIMES = np.round(np.arange(0.2, 3.01, 0.1), 1)


def dashboard_effects(
    tried: Trials, flights: pd.DataFrame, charter: Charter
) -> pd.DataFrame:
    """Measure what a dashboard says that each fault saves.

    It believes the outcomes that the log was told; with a broken feed these are true.

    Args:
        tried: As from `monitoring.try_faults`.
        flights: The same flights, with `date` and the true `outcome`.
        charter: Gives costs and threshold.

    Returns:
        One row for each fault and model: `estimate`, `low` and `high` of the minutes a
        flight that seem to be saved, negative if lost, and whether the desk `really`
        saves or loses them.
    """
    cost = partial(evaluation.flight_costs, charter=charter)
    before = {
        model: cost(flights["outcome"], tried.probability["none", model])
        for model in tried.probability["none"]
    }
    rows = []
    for name, fault in monitoring.FAULTS.items():
        for model, paid in before.items():
            seems = paid - cost(tried.outcome[name], tried.probability[name, model])
            saved = evaluation.bootstrap_interval(
                flights["outcome"],
                flights["outcome"],
                lambda *_, seems=seems: seems,
                date=flights["date"],
            )
            really = fault.inputs is not None
            rows.append(
                {"fault": name, "model": model, "really": really, **saved._asdict()}
            )
    return pd.DataFrame(rows).round(4)


def effects(table: pd.DataFrame) -> alt.LayerChart:
    """Draw what each fault seems to save; the reader chooses the model.

    Args:
        table: As from `dashboard_effects`.
    """
    first, second = table["model"].unique()
    by = table.set_index(["model", "fault"])
    spared = (by.loc[first, "low"] > 0) & (by.loc[second, "high"] < 0)
    chosen = alt.param(
        name="answers",
        value=first,
        bind=alt.binding_select(options=[first, second], name="Model "),
    )
    rows = (
        alt.Chart(table)
        .transform_filter("datum.model == answers")
        .transform_calculate(
            label="datum.fault + (datum.really ? '' : ' (only on the dashboard)')"
        )
        .encode(y=alt.Y("fault:N", sort=None, axis=None))
    )
    color = alt.condition(
        "datum.really",
        alt.value(PHASE_COLORS["deployment"]),
        alt.value(PHASE_COLORS["modeling"]),
    )
    return (
        alt.layer(
            alt.Chart(pd.DataFrame({"zero": [0]}))
            .mark_rule(opacity=0.5)
            .encode(x="zero:Q"),
            rows.mark_rule(strokeWidth=5, opacity=0.8, yOffset=8).encode(
                x=alt.X(
                    "low:Q",
                    title="saved minutes a flight; below zero: lost",
                    scale=alt.Scale(domain=[-4, 5]),
                    axis=alt.Axis(tickCount=5),
                ),
                x2="high:Q",
                color=color,
            ),
            rows.mark_point(size=90, filled=True, opacity=1, yOffset=8).encode(
                x="estimate:Q", color=color
            ),
            rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="label:N"),
        )
        .add_params(chosen)
        .properties(
            height=34 * len(by.loc[first]),
            title=alt.Title(
                f"The same fault, {' or '.join(spared.index[spared])}, helps the "
                f"{first} and hurts the {second}.",
                subtitle="What the dashboard says that a fault saves, September to "
                "November; bars: 95% intervals by day. Choose the model below.",
            ),
            description="Minutes a flight that seem to be saved. "
            + " ".join(
                f"{row.fault}, {row.model}: {row.estimate:.2f} ({row.low:.2f} to "
                f"{row.high:.2f})."
                for row in table.itertuples()
            ),
        )
    )


def movable_limit(
    quiet: pd.DataFrame, faulty: Mapping[str, pd.DataFrame], limits: pd.Series
) -> alt.LayerChart:
    """Draw false alarms and caught days for a limit that the reader moves.

    Args:
        quiet: Signals of quiet days that no limit has seen.
        faulty: Signals by fault.
        limits: Learned limits by watch.
    """
    series = {"quiet days": quiet, **faulty}
    moved = pd.DataFrame(
        [
            {
                "watch": watch,
                "times": times,
                "series": name,
                "order": order,
                "kind": "caught" if order else "false alarms",
                "share": (values[watch].dropna() > times * limits[watch]).mean(),
            }
            for order, (name, values) in enumerate(series.items())
            for watch in _MOVABLE
            if values[watch].notna().any()
            for times in _TIMES
        ]
    ).round(3)
    at = moved.set_index(["watch", "times", "series"])["share"].sort_index()
    low = at[_MOVABLE[0], _TIMES[0]]
    watch = alt.param(
        name="moved",
        value=_MOVABLE[0],
        bind=alt.binding_select(options=_MOVABLE, name="Watch "),
    )
    times = alt.param(
        name="times",
        value=1,
        bind=alt.binding_range(
            min=_TIMES[0],
            max=_TIMES[-1],
            step=0.1,
            name="Limit, times the learned one ",
        ),
    )
    rows = (
        alt.Chart(moved)
        .transform_filter("datum.watch == moved && abs(datum.times - times) < 0.01")
        .transform_calculate(label="datum.series + ': ' + format(datum.share, '.0%')")
        .encode(y=alt.Y("order:O", axis=None))
    )
    return (
        alt.layer(
            rows.mark_bar(height=12, yOffset=8).encode(
                x=alt.X(
                    "share:Q",
                    title="days with an alarm",
                    scale=alt.Scale(domain=[0, 1]),
                    axis=alt.Axis(format="%", tickCount=5),
                ),
                color=alt.Color(
                    "kind:N",
                    title=None,
                    scale=alt.Scale(
                        domain=["false alarms", "caught"],
                        range=[PHASE_COLORS["modeling"], PHASE_COLORS["deployment"]],
                    ),
                ),
            ),
            rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="label:N"),
        )
        .add_params(watch, times)
        .properties(
            height=34 * len(series),
            title=alt.Title(
                f"At a fifth of its limit, {_MOVABLE[0]} cries wolf on "
                f"{low['quiet days']:.0%} of the quiet days.",
                subtitle="Logistic regression. First row: quiet days that the limit "
                "has not seen; the others: September to November with a fault.",
            ),
            description="Share of days with an alarm at the learned limit. "
            + " ".join(
                f"{one}, {name}: {share:.0%}."
                for one in _MOVABLE
                for name, share in at[one, 1.0].items()
            ),
        )
    )
