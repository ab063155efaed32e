"""Lesson 5f: how often intervals hold the truth, tried on invented days."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay.evaluation import BLOCK_DAYS, newey_west

_CONFIDENCE = 0.95
_TAILS = [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]
_COLORS = dict(
    zip(
        ("days drawn", "blocks of seven days drawn", "Newey-West"),
        [PHASE_COLORS[phase] for phase in ("modeling", "data", "scoping")],
        strict=True,
    )
)


def coverage(
    days: Sequence[int], correlations: Sequence[float], sets: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Count how often three 95% intervals of a mean hold it, on invented days.

    Each day has luck of its own and a part of the luck of the day before, so that
    neighbors are correlated and all other days are not.

    Args:
        days: Numbers of days in a set.
        correlations: Of neighbors, from 0 to below 0.5.
        sets: Number of sets for each pair of the two.
        seed: Seed of the days and of the draws.

    Returns:
        One row for each number of days, correlation and `interval`: the share
        `covered`.
    """
    generator = np.random.default_rng(seed)
    rows = []
    for size in days:
        weights = {
            "days drawn": _weights(generator, size, 1),
            "blocks of seven days drawn": _weights(generator, size, BLOCK_DAYS),
        }
        for correlation in correlations:
            part = 2 * correlation / (1 + np.sqrt(1 - 4 * correlation**2))
            luck = generator.standard_normal((sets, size + 1))
            values = luck[:, 1:] + part * luck[:, :-1]
            ends = {
                name: np.quantile(values @ drawn.T, _TAILS, axis=1)
                for name, drawn in weights.items()
            }
            ends["Newey-West"] = newey_west(values)[1:]
            rows += [
                (size, correlation, name, ((low < 0) & (0 < high)).mean())
                for name, (low, high) in ends.items()
            ]
    return pd.DataFrame(rows, columns=["days", "correlation", "interval", "covered"])


def _weights(
    generator: np.random.Generator, days: int, block: int, draws: int = 1000
) -> np.ndarray:
    """Return the share that each day has in each draw: (draws, days)."""
    first = generator.integers(days, size=(draws, -(-days // block), 1))
    drawn = (first + np.arange(block)).reshape(draws, -1)[:, :days] % days
    return np.stack([np.bincount(row, minlength=days) for row in drawn]) / days


def held(covered: pd.DataFrame) -> alt.LayerChart:
    """Draw the coverage of each interval by the number of days.

    Args:
        covered: As from `coverage`; the reader chooses among its correlations.
    """
    correlations = sorted(covered["correlation"].unique())
    chosen = alt.param(
        name="shared",
        value=correlations[-1],
        bind=alt.binding_select(options=correlations, name="Correlation of neighbors "),
    )
    worst = covered[covered["correlation"] == correlations[-1]]
    low, high = worst["covered"].min(), worst["covered"].max()
    points = (
        alt.Chart(covered.round(4))
        .transform_filter("datum.correlation == shared")
        .encode(
            x=alt.X("days:O", title="days in the set", axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "covered:Q",
                title="intervals that hold the truth",
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0.8, 1], clamp=True),
            ),
            color=alt.Color(
                "interval:N",
                title=None,
                scale=alt.Scale(domain=list(_COLORS), range=list(_COLORS.values())),
            ),
            shape=alt.Shape(
                "interval:N", title=None, scale=alt.Scale(domain=list(_COLORS))
            ),
        )
    )
    promised = pd.DataFrame({"covered": [_CONFIDENCE]})
    return (
        alt.layer(
            alt.Chart(promised).mark_rule(strokeDash=[5, 4]).encode(y="covered:Q"),
            points.mark_line(),
            points.mark_point(size=90, filled=True, opacity=1),
        )
        .add_params(chosen)
        .properties(
            title=alt.Title(
                f"Where neighbors are alike, 95% intervals hold the truth in {low:.0%} "
                f"to {high:.0%} of the sets.",
                subtitle="Invented days with a known mean; dashed: what is promised. "
                "Choose how alike neighboring days are.",
            ),
            description="Share of intervals that hold the truth. "
            + " ".join(
                f"{row.days} days, correlation {row.correlation:g}, {row.interval}: "
                f"{row.covered:.2f}."
                for row in covered.itertuples()
            ),
        )
    )
