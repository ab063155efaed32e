"""Lesson 2: what is known when, baselines side by side, rates with intervals."""

import altair as alt
import pandas as pd

from course.phases import PHASE_COLORS
from course.typesetting import typeset
from flightdelay import data
from flightdelay.evaluation import REPORT_FORMATS

_COLOR = PHASE_COLORS["data"]
#: Figures of a report that the chart of baselines offers, and which way is better.
_BETTER = {"cost per flight": "smaller", "Brier score": "smaller", "ROC AUC": "larger"}


def known_when(flight: pd.Series) -> alt.LayerChart:
    """Draw when each value of a flight's row becomes known; the reader moves a clock.

    Args:
        flight: A row of `data.load_flights` of a flight that landed on the same day in
            the time zone of New York.
    """
    decided = _hour(flight["cut_off"])
    left = _hour(flight["scheduled_departure"]) + flight["dep_delay"] / 60
    landed = flight["arr_time"] // 100 + flight["arr_time"] % 100 / 60
    # Year, month and day are told by the hour of the schedule, too.
    columns = set(data.columns("flights").index) - {"year", "month", "day"}
    empty = len(columns & set(data.OUTCOMES))
    at_landing = len({"air_time", "arr_time", "arr_delay"})
    moments = pd.DataFrame(
        [
            ("months earlier: schedule, holidays", 0, len(columns) - empty),
            ("the last weather reading", decided - 1, 0),
            ("delays so far of earlier flights", decided, 0),
            ("the weather of the departure hour", decided + 2, 0),
            ("dep_time, dep_delay, tailnum", left, empty - at_landing),
            ("air_time, arr_time, arr_delay", landed, at_landing),
        ],
        columns=["what", "hour", "cells"],
    )
    moments["text"] = [
        f"{_clock(row.hour)}: {row.what}" if row.hour else row.what
        for row in moments.itertuples()
    ]
    clock = alt.param(
        name="clock",
        value=decided,
        bind=alt.binding_range(min=12, max=20, step=0.25, name="clock time, in hours "),
    )
    states = ["known", "not known yet"]
    base = alt.Chart(moments).transform_calculate(
        state=f"datum.hour <= clock ? '{states[0]}' : '{states[1]}'",
        shown="max(datum.hour, 11.5)",
    )
    rows = base.encode(y=alt.Y("text:N", sort=None, axis=None))
    clock_times = alt.Scale(domain=[11.5, 20.5], nice=False)
    colors = alt.Scale(domain=states, range=[_COLOR, PHASE_COLORS["modeling"]])
    shapes = alt.Scale(domain=states, range=["circle", "triangle-up"])
    return (
        alt.layer(
            rows.mark_rule(opacity=0.15, yOffset=8).encode(
                x=alt.value(0), x2=alt.value("width")
            ),
            rows.transform_calculate(now="clock")
            .mark_tick(thickness=2, size=18, color="currentColor", yOffset=8)
            .encode(x=alt.X("now:Q", scale=clock_times)),
            rows.mark_point(size=130, filled=True, opacity=1, yOffset=8).encode(
                x=alt.X(
                    "shown:Q",
                    title="clock time in New York",
                    scale=clock_times,
                    axis=alt.Axis(
                        values=list(range(12, 21, 2)),
                        labelExpr="datum.value + ':00'",
                        grid=False,
                    ),
                ),
                color=alt.Color("state:N", title=None, scale=colors),
                shape=alt.Shape("state:N", title=None, scale=shapes),
            ),
            rows.mark_text(align="left", dy=-9).encode(x=alt.value(0), text="text:N"),
            base.transform_filter("datum.hour <= clock")
            .transform_aggregate(filled="sum(cells)")
            .transform_calculate(text=f"datum.filled + ' of {len(columns)} filled'")
            .mark_text(align="right", fontWeight="bold", dy=-9)
            .encode(x=alt.value("width"), y=alt.value(20), text="text:N"),
        )
        .add_params(clock)
        .properties(
            height=40 * len(moments),
            title=alt.Title(
                f"At {_clock(decided)}, {empty} of these {len(columns)} cells are "
                "still empty.",
                subtitle="When each value of one flight becomes known. Move the clock "
                "below; the upright marks follow it.",
            ),
            description=f"A time line of one flight, about which the desk decides at "
            f"{_clock(decided)}. "
            + " ".join(f"{text}." for text in moments["text"])
            + " A slider moves the clock.",
        )
    )


def _hour(moment: pd.Timestamp) -> float:
    return moment.hour + moment.minute / 60


def _clock(hour: float) -> str:
    minutes = round(60 * hour)
    return f"{minutes // 60}:{minutes % 60:02}"


def baselines(judged: pd.DataFrame) -> alt.LayerChart:
    """Draw models side by side; the reader chooses the figure.

    Args:
        judged: As from `evaluation.report`; its first row is the base rate.
    """
    shown = pd.DataFrame(
        [
            (figure, model, f"{model}: {typeset(each.estimate, form)}", *each)
            for figure in _BETTER
            for form in [REPORT_FORMATS[figure]]
            for model, each in judged[figure].items()
        ],
        columns=["figure", "model", "text", "estimate", "low", "high"],
    )
    # The longest name takes two lines, to fit on a phone.
    shown["text"] = shown["text"].str.replace("schedule, ", "schedule,\n")
    shown["rise"] = shown["text"].str.contains("\n").map({True: -24, False: -8})
    shown["base"] = shown.groupby("figure")["estimate"].transform("first")
    shown["axis"] = shown["figure"].map(
        lambda figure: f"{figure} ({_BETTER[figure]} is better)"
    )
    menu = alt.binding_select(options=list(_BETTER), name="Figure ")
    chosen = alt.param(name="figure", value=next(iter(_BETTER)), bind=menu)
    rows = (
        alt.Chart(shown)
        .transform_filter("datum.figure == figure")
        .encode(y=alt.Y("model:N", sort=None, axis=None))
    )
    saving = judged["saving per flight"]
    best, worst = (
        saving.map(lambda one: one.estimate).astype(float).agg(["idxmax", "idxmin"])
    )
    most, lost = (typeset(abs(saving[name].estimate), ".2f") for name in (best, worst))
    return (
        alt.layer(
            rows.mark_tick(
                thickness=2, size=18, color="currentColor", yOffset=8
            ).encode(x="base:Q"),
            rows.transform_filter(f"datum.model == '{judged.index[0]}'")
            .mark_text(dy=36, align="right")
            .encode(x=alt.value("width"), y=alt.value("height"), text="axis:N"),
            _bars(rows, alt.Axis(title=" ", tickCount=5)),
            _points(rows),
            rows.mark_text(
                align="left", dy=alt.expr("datum.rise"), lineBreak="\n", lineHeight=16
            ).encode(x=alt.value(0), text="text:N"),
        )
        .add_params(chosen)
        .properties(
            height=50 * len(judged),
            title=alt.Title(
                f"The best saves {most} minutes a flight over the base rate, the "
                f"{worst.partition(':')[0]} costs {lost} more.",
                subtitle="July and August; bars: 95% intervals by day; upright marks: "
                "the base rate. Choose a figure below.",
            ),
            description="Models with intervals. "
            + " ".join(
                f"{model}: {each:.2f} minutes a flight."
                for model, each in judged["cost per flight"].items()
            )
            + " A menu shows other figures.",
        )
    )


def rates(
    table: pd.DataFrame, title: str, subtitle: str, axis: str = "flights not on time"
) -> alt.LayerChart:
    """Draw rates with intervals, one below the other.

    Args:
        table: One row for each rate: its `text`, `rate`, `low` and `high`.
        title: What the chart finds.
        subtitle: What it shows.
        axis: Title of the axis.
    """
    rows = alt.Chart(table.rename(columns={"rate": "estimate"})).encode(
        y=alt.Y("text:N", sort=None, axis=None)
    )
    return alt.layer(
        _bars(rows, alt.Axis(title=axis, format="%", tickCount=4)),
        _points(rows),
        rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="text:N"),
    ).properties(
        height=40 * len(table),
        title=alt.Title(title, subtitle=subtitle),
        description="Rates with intervals. "
        + " ".join(
            f"{row.text}, {row.rate:.1%} ({row.low:.1%} to {row.high:.1%})."
            for row in table.itertuples()
        ),
    )


def _bars(rows: alt.Chart, axis: alt.Axis) -> alt.Chart:
    scale = alt.Scale(zero=False, padding=12)
    return rows.mark_rule(strokeWidth=5, opacity=0.8, color=_COLOR, yOffset=8).encode(
        x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"
    )


def _points(rows: alt.Chart) -> alt.Chart:
    mark = rows.mark_point(size=100, filled=True, opacity=1, color=_COLOR, yOffset=8)
    return mark.encode(x="estimate:Q")
