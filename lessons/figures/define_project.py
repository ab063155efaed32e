"""Lesson 1: what thresholds, policies and guessed costs lead to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course.phases import PHASE_COLORS
from flightdelay import evaluation
from flightdelay.charter import Charter
from flightdelay.evaluation import Interval

_COLOR = PHASE_COLORS["scoping"]
_LINES = {"lineBreak": "\n", "lineHeight": 18, "baseline": "top", "fontSize": 13}


def cost_by_threshold(table: pd.DataFrame, threshold: float) -> alt.LayerChart:
    """Draw the cost of a flight for each threshold; the reader moves along the curve.

    Args:
        table: As from `evaluation.by_threshold`.
        threshold: The charter's.
    """
    accurate = table.loc[table["accuracy"].idxmax()]
    rule = table.loc[(table["threshold"] - threshold).abs().idxmin()]
    of_all, of_none = table["cost_per_flight"].iloc[[0, -1]]
    at_accurate, at_rule = accurate["cost_per_flight"], rule["cost_per_flight"]
    shown = table.assign(
        text=[
            f"at {row.threshold:.2f}: {row.cost_per_flight:.1f} minutes a flight\n"
            f"right on {row.accuracy:.0%} of flights\n"
            f"of 100 flights: {100 * row.prepared:.0f} prepared,\n"
            f"{100 * row.needless:.0f} of them needlessly;\n"
            f"{100 * row.missed:.0f} missed"
            for row in table.itertuples()
        ]
    )
    places = pd.DataFrame([accurate, rule]).assign(
        name=["most accurate", "the charter's"],
        shift=[-14, 18],
        side=["right", "center"],
    )
    level = pd.DataFrame(
        {"cost_per_flight": [of_all], "name": ["prepare every flight"]}
    )
    slider = alt.binding_range(min=0, max=1, step=0.01, name="Threshold")
    move = alt.param(name="at", value=0.8, bind=slider)
    x = alt.X("threshold:Q", title="threshold: prepare from this probability on")
    y = alt.Y(
        "cost_per_flight:Q",
        title="cost, agent minutes per flight",
        scale=alt.Scale(domain=[0, 32], nice=False),
    )
    curve = alt.Chart(shown).encode(x=x, y=y)
    here = curve.transform_filter("abs(datum.threshold - at) < 0.005")
    named = alt.Chart(places).encode(x=x, y=y)
    line = alt.Chart(level).encode(y=y)
    point = {"filled": True, "opacity": 1, "color": "currentColor"}
    return (
        alt.layer(
            line.mark_rule(strokeDash=[5, 4]),
            line.mark_text(align="right", dy=12).encode(
                x=alt.value("width"), text="name:N"
            ),
            curve.mark_line(color=_COLOR),
            named.mark_point(size=110, shape="diamond", **point),
            named.mark_text(
                align=alt.expr("datum.side"), dy=alt.expr("datum.shift")
            ).encode(text="name:N"),
            here.mark_rule().encode(y2=alt.Y2Value(0)),
            here.mark_point(size=90, **point),
            here.mark_text(align="left", **_LINES).encode(
                x=alt.value(8), y=alt.value(192), text="text:N"
            ),
        )
        .add_params(move)
        .properties(
            height=300,
            title=alt.Title(
                f"The most accurate threshold costs {at_accurate:.1f} minutes a "
                f"flight, the charter's {at_rule:.1f}.",
                subtitle=(
                    "Cost per flight in May and June for each threshold, in agent "
                    "minutes. Move the threshold below the chart."
                ),
            ),
            description=(
                "A curve of the cost per flight over the threshold. It starts at "
                f"{of_all:.1f} at threshold 0, is {at_rule:.1f} at the charter's "
                f"{threshold:.2f}, close to its lowest point, {at_accurate:.1f} "
                f"at {accurate['threshold']:.2f}, the most accurate, and ends at "
                f"{of_none:.1f} at 1. A slider chooses a threshold; the chart then "
                "tells its cost, its accuracy, and how many flights are prepared, "
                "needlessly prepared and missed."
            ),
        )
    )


class Thresholds(NamedTuple):
    """What May and June show of two thresholds; intervals by day.

    Attributes:
        saving_of_rule: Of the charter's threshold over preparing all, agent minutes.
        saving_of_accurate: The same of the most accurate threshold.
        less_right: Percentage points that the charter's threshold is right more often
            than always saying "on time".
        lost_to_tuning: Cost of the charter's threshold beyond the one that was the
            cheapest on the same flights, agent minutes.
    """

    saving_of_rule: Interval
    saving_of_accurate: Interval
    less_right: Interval
    lost_to_tuning: Interval


def compare_thresholds(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    agreed: Charter,
    accurate: float,
    cheapest: float,
) -> Thresholds:
    """Compare the charter's threshold with others, on the same flights.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        date: Day of each flight.
        agreed: Gives costs, threshold and the unit that is resampled.
        accurate: The most accurate threshold.
        cheapest: The threshold that was the cheapest on these flights.
    """
    by_day = {"unit": agreed.resampling_unit, "date": date}

    def cost(late: np.ndarray, score: np.ndarray, threshold: float) -> np.ndarray:
        return evaluation.flight_costs(late, score, agreed, threshold)

    def saving(threshold: float) -> Interval:
        return evaluation.paired_difference(
            outcome,
            probability,
            np.ones(len(probability)),
            lambda late, score: cost(late, score, threshold),
            **by_day,
        )

    def points(late: np.ndarray, score: np.ndarray) -> np.ndarray:
        return 100.0 * ((score >= agreed.threshold) == late) - 100.0 * (late == 0)

    return Thresholds(
        saving(agreed.threshold),
        saving(accurate),
        evaluation.bootstrap_interval(outcome, probability, points, **by_day),
        evaluation.bootstrap_interval(
            outcome,
            probability,
            lambda late, score: (
                cost(late, score, agreed.threshold) - cost(late, score, cheapest)
            ),
            **by_day,
        ),
    )


def savings(
    outcome: ArrayLike,
    policies: Mapping[str, ArrayLike],
    rival: ArrayLike,
    date: ArrayLike,
    agreed: Charter,
) -> dict[str, Interval]:
    """Return what each policy saves over a rival, agent minutes per flight, by day.

    Args:
        outcome: 0 or 1 for each flight.
        policies: For each policy a probability for each flight; 1 prepares for sure.
        rival: The same for the rival.
        date: Day of each flight.
        agreed: Gives costs, threshold and the unit that is resampled.
    """
    return {
        name: evaluation.paired_difference(
            outcome,
            probability,
            rival,
            lambda late, score: evaluation.flight_costs(late, score, agreed),
            unit=agreed.resampling_unit,
            date=date,
        )
        for name, probability in policies.items()
    }


def saving_of_policies(
    saved: Mapping[str, Interval], minimum_saving: float
) -> alt.LayerChart:
    """Draw what policies save over preparing every flight, with intervals.

    Args:
        saved: As from `savings`; the last two are named in the title.
        minimum_saving: What pays for a model's upkeep, agent minutes per flight.
    """
    (_, note), (_, model) = list(saved.items())[-2:]
    places = pd.DataFrame(
        {
            "saving": [0, minimum_saving],
            "text": ["prepare all", f"upkeep: {minimum_saving:.1f}"],
            "side": ["right", "left"],
        }
    )
    shown = pd.DataFrame(saved.values()).assign(
        policy=list(saved), text=[f"{name}: {one:.1f}" for name, one in saved.items()]
    )
    y = alt.Y("policy:N", sort=None, axis=None, scale=alt.Scale(padding=0.7))
    x = alt.X(
        "low:Q",
        title="saving, agent minutes per flight",
        scale=alt.Scale(domain=[-3, 5]),
    )
    rows = alt.Chart(shown).encode(y=y)
    marks = alt.Chart(places.merge(shown["policy"], how="cross"))
    return alt.layer(
        marks.mark_tick(
            orient="vertical",
            size=30,
            thickness=1.5,
            color="currentColor",
            opacity=0.7,
        ).encode(x=alt.X("saving:Q"), y=y),
        alt.Chart(places)
        .mark_text(align=alt.expr("datum.side"), baseline="top")
        .encode(x="saving:Q", y=alt.value(0), text="text:N"),
        rows.mark_rule(strokeWidth=5, color=_COLOR).encode(x=x, x2="high:Q"),
        rows.mark_point(size=110, filled=True, opacity=1, color="currentColor").encode(
            x="estimate:Q"
        ),
        rows.mark_text(align="left", dy=-26).encode(x=alt.value(0), text="text:N"),
    ).properties(
        height=270,
        title=alt.Title(
            f"A note on the wall saves {note.estimate:.1f} minutes a flight, the rough "
            f"model {model.estimate:.1f}.",
            subtitle=(
                "Saving over preparing every flight, May and June, in agent minutes "
                "per flight; bars: 95% intervals by day."
            ),
        ),
        description=(
            "Savings per flight over preparing all, with intervals. "
            + " ".join(f"{text}." for text in shown["text"])
            + f" A line at {minimum_saving:.1f} marks what pays for the upkeep."
        ),
    )


def savings_over_costs(
    outcome: ArrayLike,
    model: ArrayLike,
    note: ArrayLike,
    date: ArrayLike,
    agreed: Charter,
) -> pd.DataFrame:
    """Return what a model saves for other guesses of the cost of an unprepared flight.

    Args:
        outcome: 0 or 1 for each flight.
        model: Its probability for each flight.
        note: The same from the hour alone.
        date: Day of each flight.
        agreed: Gives the other cost and the unit that is resampled.

    Returns:
        One row for each cost: `unprepared`, `threshold`, `to_beat` (the cheaper policy
        without a model), the saving over it (`estimate`, `low`, `high`) and over the
        note (`over_note`, `note_low`, `note_high`), agent minutes per flight.
    """
    rows = []
    for unprepared in range(25, 251, 5):
        other = replace(agreed, cost_unprepared=unprepared)
        to_beat = evaluation.cost_without_model(outcome, other).idxmin()
        policy = np.full(len(outcome), float(to_beat == "prepare all"))
        over_policy, over_note = (
            savings(outcome, {"model": model}, rival, date, other)["model"]
            for rival in (policy, note)
        )
        rows.append((unprepared, other.threshold, to_beat, *over_policy, *over_note))
    columns = ["unprepared", "threshold", "to_beat", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "over_note", "note_low", "note_high"])


def stretch(found: pd.DataFrame, column: str, minimum_saving: float) -> str:
    """Return the costs at which a saving reaches the minimum, such as "45 to 130"."""
    pays = found.loc[found[column] >= minimum_saving, "unprepared"]
    return f"{pays.min()} to {pays.max()}"


def saving_over_costs(
    found: pd.DataFrame, minimum_saving: float, guess: float
) -> alt.LayerChart:
    """Draw a model's saving over the cost of an unprepared flight; the reader moves it.

    Args:
        found: As from `savings_over_costs`.
        minimum_saving: What pays for the upkeep, agent minutes per flight.
        guess: The charter's cost, where the slider begins.
    """
    peak = found.loc[found["estimate"].idxmax()]
    over_policy = stretch(found, "estimate", minimum_saving)
    over_note = stretch(found, "over_note", minimum_saving)
    shown = found.assign(
        text=[
            f"at {row.unprepared}: prepare from {row.threshold:.0%} on\n"
            f"saving over {row.to_beat}: {row.estimate:.1f}\n"
            f"saving over the note: {row.over_note:.1f}"
            for row in found.itertuples()
        ]
    )
    level = pd.DataFrame({"estimate": [minimum_saving], "name": ["minimum saving"]})
    names = pd.DataFrame(
        {
            "name": ["over the cheaper policy", "over the note"],
            "unprepared": [84, 102],
            "estimate": [found.set_index("unprepared").at[85, "high"] + 0.5, 0.15],
        }
    )
    slider = alt.binding_range(
        min=25, max=250, step=5, name="Minutes for an unprepared flight"
    )
    move = alt.param(name="minutes", value=int(guess), bind=slider)
    x = alt.X(
        "unprepared:Q",
        title="cost if unprepared, agent minutes",
        scale=alt.Scale(domain=[25, 250], nice=False),
    )
    y = alt.Y(
        "estimate:Q",
        title="saving, agent minutes per flight",
        scale=alt.Scale(domain=[-0.5, 12]),
    )
    curve = alt.Chart(shown).encode(x=x, y=y)
    here = curve.transform_filter("datum.unprepared == minutes")
    line = alt.Chart(level).encode(y=y)
    return (
        alt.layer(
            curve.mark_area(opacity=0.25, color=_COLOR).encode(
                y=alt.Y("low:Q"), y2="high:Q"
            ),
            curve.mark_line(color=_COLOR),
            curve.mark_line(color=PHASE_COLORS["modeling"], strokeDash=[2, 3]).encode(
                y="over_note:Q"
            ),
            alt.Chart(names)
            .mark_text(align="left", dx=6)
            .encode(x=x, y=y, text="name:N"),
            line.mark_rule(strokeDash=[5, 4]),
            line.mark_text(align="right", dy=-8).encode(
                x=alt.value("width"), text="name:N"
            ),
            here.mark_rule().encode(y2=alt.Y2Value("height")),
            here.mark_point(size=90, filled=True, color="currentColor", opacity=1),
            here.mark_text(align="right", **_LINES).encode(
                x=alt.value("width"), y=alt.value(0), text="text:N"
            ),
        )
        .add_params(move)
        .properties(
            height=300,
            title=alt.Title(
                "The rough model reaches the minimum saving where an unprepared "
                f"flight costs {over_policy} minutes; against the note only at "
                f"{over_note}.",
                subtitle=(
                    "Saving in agent minutes per flight, May and June. Line: over the "
                    "cheaper of preparing all and none, with its 95% interval by day. "
                    "Dotted: over the note made for this cost. Move the cost below."
                ),
            ),
            description=(
                "A curve of the saving over the cost of an unprepared flight. It rises "
                f"from {found['estimate'].iloc[0]:.1f} to a peak of "
                f"{peak['estimate']:.1f} at {peak['unprepared']} minutes and falls to "
                f"{found['estimate'].iloc[-1]:.1f} at 250. It lies at or above the "
                f"minimum saving of {minimum_saving:.1f} from {over_policy} minutes. A "
                "second, lower curve, the saving over the note, does so only from "
                f"{over_note} minutes."
            ),
        )
    )
