"""Lesson 7: which months are loud, who sees which fault, what is known when."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course.phases import PHASE_COLORS
from flightdelay import evaluation, monitoring
from flightdelay.charter import Charter

_COLOR = PHASE_COLORS["deployment"]
_MONTHS = {7: "July", 8: "August", 9: "September", 10: "October", 11: "November"}
_LOUDNESS = "largest stability index"
_GAP = "mean probability minus rate"
#: A watch has caught a fault if it fires on so many days with it and so few without.
CAUGHT, WITHOUT = 0.8, 0.1


def monthly_figures(log: pd.DataFrame, charter: Charter) -> pd.DataFrame:
    """Measure how loud each month after training is, and what probabilities are worth.

    Args:
        log: Predictions from January on, with outcomes.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        One row for each month from July on and each `figure`: `estimate`, `low` and
        `high`, and the `input` that is loudest.
    """
    month = log["date"].dt.month
    later = log.assign(month=month)[month > 6]
    index = monitoring.stability_index(later, log[month <= 6], "month")
    rows = []
    for number, flights in later.groupby("month"):
        judged = flights["outcome"], flights["probability"]
        loud = index.loc[number].max()
        figures = {
            _LOUDNESS: evaluation.Interval(loud, loud, loud),
            _GAP: evaluation.bootstrap_interval(
                *judged,
                evaluation.calibration_gap,
                date=flights["date"],
                resamples=evaluation.DRAWS_TO_DECIDE,
            ),
            "saving, agent minutes per flight": evaluation.saving_over_cheapest(
                *judged, charter, flights["date"]
            ),
            "ROC AUC": evaluation.bootstrap_interval(
                *judged, "roc_auc", date=flights["date"]
            ),
        }
        rows += [
            {
                "month": _MONTHS[number],
                "figure": name,
                **figure._asdict(),
                "input": index.loc[number].idxmax(),
            }
            for name, figure in figures.items()
        ]
    return pd.DataFrame(rows)


class Loudest(NamedTuple):
    """The month whose inputs differ most from those of January to June.

    Attributes:
        month: Its name.
        place: Its place among the months, from 0.
        input: The loudest input.
        stability: The stability index of this input.
        gap: Mean probability minus rate in this month.
    """

    month: str
    place: int
    input: str
    stability: float
    gap: evaluation.Interval


def loudest_month(figures: pd.DataFrame) -> Loudest:
    """Find the loudest month.

    Args:
        figures: As from `monthly_figures`.
    """
    table = figures.set_index(["figure", "month"])
    loud = table.loc[_LOUDNESS]
    month = loud["estimate"].idxmax()
    return Loudest(
        month,
        loud.index.get_loc(month),
        loud.loc[month, "input"],
        loud.loc[month, "estimate"],
        evaluation.Interval(*table.loc[(_GAP, month), ["estimate", "low", "high"]]),
    )


def probability_of_largest_gap(log: pd.DataFrame, draws: int = 10_000) -> pd.Series:
    """Draw the days of each month anew: how often has each the largest gap?

    Args:
        log: Predictions with outcomes.
        draws: Number of draws.

    Returns:
        Share of the draws, by name of the month.
    """
    generator = np.random.default_rng(0)
    sums = (
        log.assign(gap=log["probability"] - log["outcome"])
        .groupby("date")["gap"]
        .agg(["sum", "size"])
    )
    gaps = {}
    for number, days in sums.groupby(sums.index.month):
        weights = generator.multinomial(
            len(days), np.full(len(days), 1 / len(days)), size=draws
        )
        total, size = (weights @ days.to_numpy()).T
        gaps[_MONTHS[number]] = np.abs(total / size)
    return pd.DataFrame(gaps).idxmax(axis="columns").value_counts(normalize=True)


def loud_months(figures: pd.DataFrame) -> alt.LayerChart:
    """Draw a figure of each month, which the reader chooses.

    Args:
        figures: As from `monthly_figures`.
    """
    table = figures.set_index(["figure", "month"])
    loudest = loudest_month(figures)
    if not loudest.gap.low < 0 < loudest.gap.high:
        raise ValueError("The title says what these months do not show.")
    names = list(figures["figure"].unique())
    chosen = alt.param(
        name="monthly",
        value=_LOUDNESS,
        bind=alt.binding_select(options=names, name="Figure "),
    )
    shown = (
        alt.Chart(figures.round(4))
        .transform_filter("datum.figure == monthly")
        .encode(
            x=alt.X(
                "month:N",
                sort=None,
                title="month of 2013",
                axis=alt.Axis(labelAngle=0, labelExpr="slice(datum.label, 0, 3)"),
            )
        )
    )
    return (
        alt.layer(
            shown.mark_rule(strokeWidth=5, opacity=0.8, color=_COLOR).encode(
                y=alt.Y(
                    "low:Q", title="figure chosen below", scale=alt.Scale(padding=12)
                ),
                y2="high:Q",
            ),
            shown.mark_point(size=110, filled=True, opacity=1, color=_COLOR).encode(
                y="estimate:Q", tooltip=["month:N", "estimate:Q", "low:Q", "high:Q"]
            ),
        )
        .add_params(chosen)
        .properties(
            height=260,
            title=alt.Title(
                f"{loudest.month} is the loudest month, and no error of its mean "
                "probability is shown.",
                subtitle="Months after training, compared with January to June; bars: "
                "95% intervals by day (the index has none). Choose a figure below.",
            ),
            description="Four figures by month. "
            + " ".join(
                f"{name}: "
                + ", ".join(f"{m} {row.estimate:.2f}" for m, row in rows.iterrows())
                + "."
                for name, rows in ((name, table.loc[name]) for name in names)
            ),
        )
    )


def alarm_shares(
    fired: Mapping[str, pd.DataFrame], watches: Sequence[str]
) -> pd.DataFrame:
    """Return the share of days with an alarm.

    Args:
        fired: As from `monitoring.alarms`, by fault; "none" without one.
        watches: Names of watches.

    Returns:
        One row for each fault, one column for each watch.
    """
    return pd.DataFrame(
        {name: days[list(watches)].mean() for name, days in fired.items()}
    ).T


def caught_by(shares: pd.DataFrame) -> dict[str, list[str]]:
    """Name the watches that have caught each fault, if any.

    Args:
        shares: As from `alarm_shares`.
    """
    right = (shares >= CAUGHT) & (shares.loc["none"] <= WITHOUT)
    return {
        name: list(shares.columns[row])
        for name, row in right.iterrows()
        if name != "none"
    }


def who_saw_it(shares: pd.DataFrame, quiet: pd.Series) -> alt.LayerChart:
    """Draw on how many days each watch fires with each fault.

    Args:
        shares: As from `alarm_shares`.
        quiet: Share of the quiet days with an alarm, by watch.
    """
    found = caught_by(shares)
    caught = sum(map(bool, found.values()))
    alone = sum(len(by) == 1 for by in found.values())
    table = pd.concat([quiet[shares.columns].to_frame("quiet days").T, shares])
    table = table.rename(index={"none": "no fault"}).rename_axis("fault")
    cells = table.reset_index().melt("fault", var_name="watch", value_name="share")
    cells["caught"] = [
        watch in found.get(fault, [])
        for fault, watch in zip(cells["fault"], cells["watch"], strict=True)
    ]
    cells["text"] = [
        "–" if np.isnan(share) else f"{share:.0%}" for share in cells["share"]
    ]
    drawn = alt.Chart(cells.round(3)).encode(
        x=alt.X(
            "watch:N",
            sort=None,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-50, ticks=False),
        ),
        y=alt.Y("fault:N", sort=None, title=None, axis=alt.Axis(labelLimit=160)),
    )
    return alt.layer(
        drawn.mark_rect(color=_COLOR).encode(
            opacity=alt.condition("datum.caught", alt.value(0.45), alt.value(0.06))
        ),
        drawn.mark_text(fontSize=12, color="currentColor").encode(text="text:N"),
    ).properties(
        height=26 * len(table),
        title=alt.Title(
            f"{caught} of {len(found)} faults are caught, {alone} of them by one watch "
            "alone.",
            subtitle="Share of days with an alarm. Filled: caught, on 80% of the days "
            "or more, and on 10% or fewer without a fault.",
        ),
        description="Share of days with an alarm. "
        + " ".join(
            f"{name}: "
            + ", ".join(f"{watch} {share:.0%}" for watch, share in row.dropna().items())
            + "."
            for name, row in table.iterrows()
        ),
    )


def saving_by_days_known(
    log: pd.DataFrame,
    charter: Charter,
    days: Sequence[int] = (14, 28, 42, 61, 91),
) -> pd.DataFrame:
    """Measure the saving with the outcomes of the first days alone.

    Args:
        log: Predictions with outcomes.
        charter: Gives costs, threshold, confidence and resampling unit.
        days: Numbers of days whose outcomes are known.

    Returns:
        One row for each number of `days` and for `known`, every outcome or those that
        a person looks up: `estimate`, `low` and `high` of the saving per flight.
    """
    looked_up = log.groupby("date").sample(monitoring.AUDITED_A_DAY, random_state=0)
    first = log["date"].min()
    rows = []
    for name, flights in (
        ("every outcome", log),
        (f"looked up, {monitoring.AUDITED_A_DAY} a day", looked_up),
    ):
        for number in days:
            part = flights[flights["date"] < first + pd.Timedelta(days=number)]
            saving = evaluation.saving_over_cheapest(
                part["outcome"], part["probability"], charter, part["date"]
            )
            rows.append({"days": number, "known": name, **saving._asdict()})
    return pd.DataFrame(rows).round(3)


def saving(
    outcome: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    date: ArrayLike,
    charter: Charter,
) -> evaluation.Interval:
    """Return what is saved a flight when one probability takes the other's place.

    Args:
        outcome: 1 or 0 for each flight.
        before: Probabilities as they are.
        after: Probabilities in their place.
        date: Day of each flight.
        charter: Gives costs and threshold.
    """
    return evaluation.paired_difference(
        outcome,
        after,
        before,
        partial(evaluation.flight_costs, charter=charter),
        date=date,
        resamples=evaluation.DRAWS_TO_DECIDE,
    )
