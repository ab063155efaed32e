"""Deeper pages of lesson 4: the luck of the best run, and what days can show."""

import altair as alt
import pandas as pd

from course.phases import PHASE_COLORS
from course.typesetting import typeset

_COLOR = PHASE_COLORS["modeling"]


def luck_of_the_best(luck: pd.DataFrame) -> alt.LayerChart:
    """Draw what the best of many runs promises and keeps; the reader counts runs.

    Args:
        luck: As from `models.best_of_many`.
    """
    names = {"promised": "on the days that chose it", "kept": "on the other days"}
    pairs = luck.rename(columns=names).round(4).reset_index()
    pairs["text"] = [
        f"best of {n}: {typeset(promised, '.2f')}, then {typeset(kept, '.2f')}"
        for n, promised, kept in luck[["promised", "kept"]].itertuples()
    ]
    most, last = len(luck), luck.iloc[-1]
    number = alt.param(
        name="runs_tried",
        value=most,
        bind=alt.binding_range(min=1, max=most, step=1, name="Runs tried "),
    )
    base = alt.Chart(pairs).encode(
        x=alt.X(
            "runs:Q",
            title="runs tried",
            scale=alt.Scale(domain=[1, most], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d", grid=False),
        )
    )
    domain = list(names.values())
    curve = base.transform_fold(domain, as_=["days", "saving"]).encode(
        y=alt.Y("saving:Q", title="saving, agent minutes per flight"),
        color=alt.Color(
            "days:N",
            title=None,
            sort=domain,
            scale=alt.Scale(domain=domain, range=[_COLOR, PHASE_COLORS["data"]]),
        ),
        strokeDash=alt.StrokeDash(
            "days:N",
            title=None,
            sort=domain,
            scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3]]),
        ),
    )
    here = base.transform_filter("datum.runs == runs_tried")
    zero = alt.Chart(pd.DataFrame({"zero": [0]}))
    return (
        alt.layer(
            zero.mark_rule(strokeDash=[2, 3]).encode(y="zero:Q"),
            curve.mark_line(),
            here.mark_rule(),
            here.mark_text(align="right", baseline="bottom", fontSize=13).encode(
                x=alt.value("width"), y=alt.value("height"), text="text:N"
            ),
        )
        .add_params(number)
        .properties(
            title=alt.Title(
                f"The best of {most} runs promises {last['promised']:.2f} minutes a "
                f"flight and keeps {last['kept']:.2f}.",
                subtitle="Saving over the first logistic regression, mean over a "
                "thousand halvings of the 62 days; runs in random order. Move the "
                "number of runs below.",
            ),
            description="Two curves over the number of runs tried, savings in agent "
            "minutes per flight. " + " ".join(f"{text}." for text in pairs["text"]),
        )
    )


def chance_of_switching(chances: pd.DataFrame, smallest_gain: float) -> alt.LayerChart:
    """Draw how often the rule lets a rival in; the reader chooses the days.

    Args:
        chances: One row for each true `gain` in minutes a flight, one column for each
            number of days: the share of judgments that let the rival in.
        smallest_gain: The gain that must be shown, in minutes a flight.
    """
    days = [int(column) for column in chances]
    first = 62
    points = chances.rename(columns=str).rename_axis("gain").reset_index()
    points = points.melt("gain", var_name="days", value_name="chance").round(4)
    points["days"] = points["days"].astype(int)
    enough = (chances >= 0.8).idxmax()
    chosen = alt.param(
        name="days_judged",
        value=first,
        bind=alt.binding_radio(options=days, name="Days that judge "),
    )
    shown = alt.Chart(points).transform_filter("datum.days == days_judged")
    limit = alt.Chart(pd.DataFrame({"gain": [smallest_gain], "chance": [0.8]}))
    return (
        alt.layer(
            limit.mark_rule(strokeDash=[5, 4]).encode(x="gain:Q"),
            limit.mark_rule(strokeDash=[2, 3]).encode(y="chance:Q"),
            shown.mark_line(color=_COLOR).encode(
                x=alt.X("gain:Q", title="true saving, agent minutes per flight"),
                y=alt.Y(
                    "chance:Q",
                    title="judgments that let it in",
                    axis=alt.Axis(format="%", tickCount=5),
                    scale=alt.Scale(domain=[0, 1]),
                ),
                tooltip=["gain:Q", alt.Tooltip("chance:Q", format=".0%")],
            ),
        )
        .add_params(chosen)
        .properties(
            title=alt.Title(
                f"With {first} days, a rival must truly save {enough[first]:.2f} "
                "minutes to be let in four times of five.",
                subtitle="Share of simulated judgments whose whole 95% interval lies "
                "above the smallest gain (dashed). Choose the number of days below.",
            ),
            description="How often the rule lets a rival in, over its true saving. "
            + " ".join(
                f"With {number} days it takes {enough[number]:.2f} minutes for 80%."
                for number in days
            ),
        )
    )
