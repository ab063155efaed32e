"""Lesson 7c: what a person who looks up some outcomes finds, and how often in error."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay.monitoring import AUDITED_A_DAY, SLOW_DAYS

_AT_MOST = 5


def weeks_that_ring(
    told_wrong: Mapping[str, pd.Series],
    date: pd.Series,
    error_rates: Sequence[float] = (0.001, 0.005, 0.01),
    draws: int = 1000,
) -> pd.DataFrame:
    """Count the weeks in which look-ups contradict the log, often drawn anew.

    Args:
        told_wrong: By name, whether the log holds another outcome than the true one:
            true or false for each flight.
        date: Day of each flight.
        error_rates: Shares of the look-ups in which the person errs.
        draws: Number of lots that are drawn.

    Returns:
        One row for each name, `error_rate` and number of contradictions from which one
        `calls`: the `share` of the weeks that ring.
    """
    generator = np.random.default_rng(0)
    flights = date.groupby(date).size().to_numpy()
    rows = []
    for name, wrong in told_wrong.items():
        changed = wrong.groupby(date).sum().to_numpy(int)
        shape = draws, len(flights)
        found = generator.hypergeometric(
            changed, flights - changed, AUDITED_A_DAY, size=shape
        )
        for error in error_rates:
            # Who errs contradicts a true outcome and agrees with a false one.
            missed = generator.binomial(found, error)
            added = generator.binomial(AUDITED_A_DAY - found, error)
            total = np.cumsum(found - missed + added, axis=1)
            total = np.pad(total, ((0, 0), (1, 0)))
            weeks = total[:, SLOW_DAYS:] - total[:, :-SLOW_DAYS]
            rows += [
                {
                    "told": name,
                    "error_rate": error,
                    "calls": k,
                    "share": (weeks >= k).mean(),
                }
                for k in range(1, _AT_MOST + 1)
            ]
    return pd.DataFrame(rows)


def calls(weeks: pd.DataFrame) -> alt.Chart:
    """Draw the weeks that ring by the number of contradictions that it takes.

    Args:
        weeks: As from `weeks_that_ring`; the reader chooses among its error rates.
    """
    rates = sorted(weeks["error_rate"].unique())
    chosen = alt.param(
        name="errs",
        value=rates[1],
        bind=alt.binding_select(
            options=rates,
            labels=[f"{rate:.1%}" for rate in rates],
            name="Look-ups in error ",
        ),
    )
    at = weeks[weeks["error_rate"] == rates[1]].set_index(["told", "calls"])["share"]
    first = next(iter(weeks["told"]))
    colors = [PHASE_COLORS[phase] for phase in ("modeling", "deployment", "data")]
    return (
        alt.Chart(weeks.round(4))
        .transform_filter("datum.error_rate == errs")
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "calls:O",
                title="contradictions in a week that call somebody",
                axis=alt.Axis(labelAngle=0),
            ),
            y=alt.Y(
                "share:Q",
                title="weeks that ring",
                axis=alt.Axis(format="%", tickCount=5),
            ),
            color=alt.Color(
                "told:N",
                title=None,
                sort=None,
                scale=alt.Scale(domain=list(weeks["told"].unique()), range=colors),
                legend=alt.Legend(orient="bottom", columns=1, labelLimit=300),
            ),
            strokeDash=alt.StrokeDash("told:N", legend=None),
        )
        .add_params(chosen)
        .properties(
            height=260,
            title=alt.Title(
                f"At the first contradiction {at[first, 1]:.0%} of all weeks ring "
                f"for nothing, at the third {at[first, 3]:.0%}.",
                subtitle=f"{AUDITED_A_DAY} look-ups a day, drawn often. Choose below "
                "how often the person errs.",
            ),
            description=f"With errors in {rates[1]:.1%} of the look-ups: "
            + " ".join(
                f"{told}, from {number} on: {share:.0%}."
                for (told, number), share in at.items()
            ),
        )
    )
