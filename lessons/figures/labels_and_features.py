"""Lesson 3: leaks by size, and what wrong labels do."""

from collections.abc import Mapping
from functools import partial

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS
from course.typesetting import typeset
from flightdelay import charter, evaluation, features, labels, models

#: An end of an interval decides whether a leak counts as harmless. With so many draws
#: another seed moves it by less than 0.01 minutes.
DRAWS = 10_000

#: What a leak may be, seen from the margin, and its color and shape.
_VERDICTS = {
    "larger than the margin": (PHASE_COLORS["modeling"], "circle"),
    "cannot tell": (PHASE_COLORS["data"], "triangle-up"),
    "within the margin: harmless here": (QUIET_COLOR, "square"),
}


def leak_sizes(
    model: Pipeline,
    honest: ArrayLike,
    known: pd.DataFrame,
    opened: pd.DataFrame,
    weather: pd.DataFrame,
    rows: pd.Index,
) -> pd.DataFrame:
    """Measure what each of eight leaks adds to what a model promises.

    Args:
        model: Preparation and classifier, which take columns as they come.
        honest: Its probabilities for July and August, without a leak.
        known: Features of `opened`.
        opened: Flights with outcomes; those of July and August judge.
        weather: Hourly readings.
        rows: Flights to learn from.

    Returns:
        One row for each leak, the largest first: the `saving`, in minutes a flight,
        that it promises beyond the model without it, with `low` and `high` by day; and
        what it adds to the `roc_auc`.
    """
    late, date = labels.not_on_time(opened).astype(int), opened["date"]
    judged = opened.query("month >= 7").index
    later = opened.assign(cut_off=opened["cut_off"] + pd.Timedelta(hours=3))
    number = opened["carrier"] + opened["flight"].astype(str)
    number = number.to_frame("number")
    added = {
        "delay at the gate": {"extra": opened["dep_delay"]},
        "rate of the day": {"extra": late.groupby(date).transform("mean")},
        "tail number is empty": {"extra": opened["tailnum"].isna().astype(float)},
        "weather at departure": features.weather_at_cut_off(later, weather),
        "rate of airline and hour": {"extra": rates(opened[["carrier", "hour"]], late)},
        "rate of the destination": {"extra": rates(opened[["dest"]], late)},
        "rate of the flight number": {"extra": rates(number, late)},
    }
    promises = {
        name: promise(model, known.assign(**columns), late, rows, judged)
        for name, columns in added.items()
    }
    # Medians, scale and categories learn from July and August too; the weights do not.
    prepare, classify = clone(model[0]), clone(model[-1])
    prepare.fit(known.loc[rows.union(judged)])
    classify.fit(prepare.transform(known.loc[rows]), late[rows])
    promises["medians and scale"] = classify.predict_proba(
        prepare.transform(known.loc[judged])
    )[:, 1]
    sizes = {
        name: (
            *saving(late[judged], honest, leaky, date[judged]),
            roc_auc_score(late[judged], leaky) - roc_auc_score(late[judged], honest),
        )
        for name, leaky in promises.items()
    }
    columns = ["saving", "low", "high", "roc_auc"]
    table = pd.DataFrame.from_dict(sizes, orient="index", columns=columns)
    return table.sort_values("saving", ascending=False)


def leaks_by_size(sizes: pd.DataFrame, margin: float) -> alt.LayerChart:
    """Draw leaks by size, beside a margin that the reader can move.

    Args:
        sizes: As from `leak_sizes`.
        margin: The margin at first, in minutes a flight.
    """
    shown = sizes.round(4).reset_index(names="leak")
    shown["text"] = [
        f"{row.leak}: {typeset(row.saving, '+.2f')} (ROC AUC "
        f"{typeset(row.roc_auc, '+.3f')})"
        for row in shown.itertuples()
    ]
    harmless = (sizes["high"] < margin) & (sizes["low"] > -margin)
    many = (sizes["low"] > margin).sum()
    slider = alt.binding_range(min=0.05, max=1, step=0.05, name="margin, in minutes ")
    moved = alt.param(name="margin", value=margin, bind=slider)
    names = list(_VERDICTS)
    color, shape = zip(*_VERDICTS.values(), strict=True)
    base = alt.Chart(shown).transform_calculate(
        verdict=f"datum.low > margin ? '{names[0]}' : "
        f"datum.high < margin && datum.low > -margin ? '{names[2]}' : '{names[1]}'"
    )
    bars = base.encode(
        y=alt.Y("text:N", sort=None, axis=None),
        color=alt.Color(
            "verdict:N",
            legend=alt.Legend(title=None),
            scale=alt.Scale(domain=names, range=color),
        ),
    )
    ends = alt.Chart(pd.DataFrame({"side": [-1, 1]})).transform_calculate(
        end="datum.side * margin"
    )
    return (
        alt.layer(
            ends.mark_rule(strokeDash=[5, 4], opacity=0.5).encode(x="end:Q"),
            bars.mark_rule(strokeWidth=5, opacity=0.8, yOffset=8).encode(
                x=alt.X(
                    "low:Q",
                    title="minutes a flight",
                    scale=alt.Scale(type="symlog", constant=0.2),
                    axis=alt.Axis(values=[0, 0.2, 0.5, 1, 2, 5], format="~g"),
                ),
                x2="high:Q",
            ),
            bars.mark_point(size=90, filled=True, opacity=1, yOffset=8).encode(
                x="saving:Q",
                shape=alt.Shape(
                    "verdict:N",
                    legend=alt.Legend(title=None),
                    scale=alt.Scale(domain=names, range=shape),
                ),
            ),
            bars.mark_text(align="left", dy=-8).encode(
                x=alt.value(0), text="text:N", color=alt.value("currentColor")
            ),
        )
        .add_params(moved)
        .properties(
            height=42 * len(shown),
            title=alt.Title(
                f"{many} {'leak promises' if many == 1 else 'leaks promise'} "
                f"more than {margin:g} minutes, {harmless.sum()} less; of "
                f"{len(sizes) - many - harmless.sum()} we cannot tell.",
                subtitle="Saving on July and August that each leak promises beyond the "
                "model without it; bars: 95% intervals by day; dashed: the margin, "
                "which you can move.",
            ),
            description="Minutes a flight that leaks promise. "
            + " ".join(
                f"{name}: {row.saving:.2f} ({row.low:.2f} to {row.high:.2f})."
                for name, row in sizes.iterrows()
            ),
        )
    )


def wrong_label_effects(
    model: Pipeline,
    honest: ArrayLike,
    known: pd.DataFrame,
    opened: pd.DataFrame,
    rows: pd.Index,
    wrong: Mapping[str, pd.Series],
) -> pd.DataFrame:
    """Learn from wrong labels, and be judged on right ones of July and August.

    Args:
        model: Preparation and classifier.
        honest: Its probabilities for July and August, from labels as recorded.
        known: Features of `opened`.
        opened: Flights with outcomes.
        rows: Flights to learn from.
        wrong: Labels of `opened` by the name of what was done to them.

    Returns:
        One row for the labels "as recorded" and one for each of `wrong`: `roc_auc`;
        the `mean` probability; the share `prepared` at the charter's threshold; the
        gain against the labels as recorded in ROC AUC (`gain_roc_auc`) and in minutes
        a flight (`gain_minutes`), each with `_low` and `_high` by day.
    """
    late = labels.not_on_time(opened).astype(int)
    judged = opened.query("month >= 7")
    outcome, date = late[judged.index], judged["date"]
    promises = {"as recorded": honest} | {
        name: promise(model, known, label, rows, judged.index)
        for name, label in wrong.items()
    }
    agreed, table = charter.load(), {}
    for name, given in promises.items():
        lost = evaluation.paired_difference(
            outcome, honest, given, "roc_auc", date=date
        )
        table[name] = {
            "roc_auc": roc_auc_score(outcome, given),
            "mean": given.mean(),
            "prepared": (given >= agreed.threshold).mean(),
        }
        for figure, gain in {
            "gain_roc_auc": lost,
            "gain_minutes": saving(outcome, honest, given, date),
        }.items():
            ends = [figure, f"{figure}_low", f"{figure}_high"]
            table[name] |= dict(zip(ends, gain, strict=True))
    return pd.DataFrame.from_dict(table, orient="index")


def order_and_cost(effects: pd.DataFrame) -> alt.LayerChart:
    """Draw what wrong labels do to the order of flights, and to the cost.

    Args:
        effects: As from `wrong_label_effects`.
    """
    shown = effects.iloc[1:].round(4).reset_index(names="labels")
    # Two that lie close together have their names above and below.
    shown["upper"] = shown["gain_minutes"].rank(ascending=False) == 1
    quiet = (shown["gain_roc_auc_low"] > -0.02) & (shown["gain_minutes_high"] < 0)
    points = alt.Chart(shown).encode(
        x=alt.X("gain_roc_auc:Q", title="gain in ROC AUC"),
        y=alt.Y("gain_minutes:Q", title="gain, minutes a flight"),
        color=alt.value(PHASE_COLORS["modeling"]),
    )
    names = points.transform_calculate(left="datum.gain_roc_auc < -0.1")
    return alt.layer(
        points.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x="gain_roc_auc_low:Q", x2="gain_roc_auc_high:Q"
        ),
        points.mark_rule(strokeWidth=3, opacity=0.6).encode(
            y="gain_minutes_low:Q", y2="gain_minutes_high:Q"
        ),
        points.mark_point(size=90, filled=True, opacity=1),
        *(
            names.transform_filter(side)
            .mark_text(align=align, dx=dx, dy=dy, color="currentColor")
            .encode(text="labels:N", color=alt.value("currentColor"))
            for side, align, dx, dy in (
                ("datum.left", "left", 10, -12),
                ("!datum.left && datum.upper", "right", -12, -8),
                ("!datum.left && !datum.upper", "right", -12, 10),
            )
        ),
    ).properties(
        title=alt.Title(
            f"In {quiet.sum()} of {len(shown)} cases the ROC AUC falls by less than "
            "0.02, and a flight costs more all the same.",
            subtitle="Gains against the model from labels as recorded, judged on July "
            "and August as recorded; a loss is negative; bars: 95% intervals by day.",
        ),
        description="Gains of models that learned from wrong labels. "
        + " ".join(
            f"{name}: ROC AUC {interval(row, 'gain_roc_auc'):+.3f}, minutes "
            f"{interval(row, 'gain_minutes'):+.2f}."
            for name, row in effects.iloc[1:].iterrows()
        ),
    )


def interval(row: pd.Series, figure: str) -> evaluation.Interval:
    """Return a figure of `wrong_label_effects` with its ends."""
    return evaluation.Interval(*row[[figure, f"{figure}_low", f"{figure}_high"]])


def promise(
    model: Pipeline,
    columns: pd.DataFrame,
    label: pd.Series,
    rows: pd.Index,
    judged: pd.Index,
) -> np.ndarray:
    """Learn from some rows, and give the probabilities of others."""
    fitted = clone(model).fit(columns.loc[rows], label[rows])
    return fitted.predict_proba(columns.loc[judged])[:, 1]


def rates(
    columns: pd.DataFrame, label: pd.Series, rows: pd.Index | None = None
) -> np.ndarray:
    """Give each row the smoothed rate of its category, from some rows or from all."""
    rows = columns.index if rows is None else rows
    table = models.RateTable(list(columns.columns), prior_weight=10)
    table.fit(columns.loc[rows], label[rows])
    return table.predict_proba(columns)[:, 1]


def saving(
    outcome: pd.Series, before: ArrayLike, after: ArrayLike, date: pd.Series
) -> evaluation.Interval:
    """Return the minutes a flight that one model saves over another, by day."""
    cost = partial(evaluation.flight_costs, charter=charter.load())
    return evaluation.paired_difference(
        outcome, after, before, cost, date=date, resamples=DRAWS
    )
