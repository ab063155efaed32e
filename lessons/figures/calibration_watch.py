"""Lesson 7g: does a watch on the calibration slope see a model that is too sure?"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from course.phases import PHASE_COLORS

#: Width of a group of log-odds.
_WIDTH = 0.2


def slope_with_interval(
    flights: np.ndarray, late: np.ndarray, log_odds: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit calibration slopes, many sets of days at once, with 95% intervals by day.

    The standard error is the clustered one (Liang and Zeger 1986), as `statsmodels`
    has it for `cov_type="cluster"`, with Student's t for the days.

    Args:
        flights: Their number: (sets, days, groups).
        late: How many of them were not on time.
        log_odds: Of each group.

    Returns:
        Slope, low and high end: (sets,).
    """
    columns = np.stack([np.ones_like(log_odds), log_odds])
    line = np.tile([0.0, 1.0], (len(flights), 1))
    total, count = flights.sum(axis=1), late.sum(axis=1)
    for _ in range(10):
        rate = special.expit(line @ columns)
        score = (count - total * rate) @ columns.T
        curvature = np.einsum(
            "sg,ig,jg->sij", total * rate * (1 - rate), columns, columns
        )
        line += np.linalg.solve(curvature, score[..., None])[..., 0]
    days = flights.shape[1]
    by_day = (late - flights * special.expit(line @ columns)[:, None]) @ columns.T
    middle = np.einsum("sdi,sdj->sij", by_day, by_day) * days / (days - 1)
    bread = np.linalg.inv(curvature)
    error = np.sqrt((bread @ middle @ bread)[:, 1, 1])
    half = stats.t.ppf(0.975, days - 1) * error
    return line[:, 1], line[:, 1] - half, line[:, 1] + half


def months_seen(
    log: pd.DataFrame,
    gap_limit: float,
    slopes: Sequence[float] = (1.0, 0.76),
    windows: Sequence[int] = (7, 14, 28),
    sets: int = 2000,
) -> pd.DataFrame:
    """Count how often two watches see that a model is too sure, on invented outcomes.

    Days are drawn from the log with their probabilities, and get outcomes whose true
    calibration slope is known. Each day has luck of its own, which moves the log-odds
    of all its flights, as much as days of the log differ.

    Args:
        log: Predictions with outcomes.
        gap_limit: The gap's watch fires where mean probability and rate of seven days
            are farther apart.
        slopes: True slopes.
        windows: Numbers of days that the slope's watch looks at.
        sets: Number of sets of days for each of them.

    Returns:
        One row for each `slope` and `watch`: the `share` of the sets in which it fires.
    """
    generator = np.random.default_rng(0)
    day, dates = pd.factorize(log["date"], sort=True)
    odds = special.logit(log["probability"].to_numpy())
    group = np.round(odds / _WIDTH).astype(int)
    lowest = group.min()
    group -= lowest
    x = (np.arange(group.max() + 1) + lowest) * _WIDTH
    cell = day * len(x) + group
    size = np.bincount(cell, minlength=len(dates) * len(x)).reshape(len(dates), -1)
    late = log.groupby("date")["outcome"].sum().to_numpy()
    luck = np.std(
        [
            optimize.brentq(
                lambda a, n=n, k=k: (n * special.expit(x + a)).sum() - k, -8, 8
            )
            for n, k in zip(size, late, strict=True)
        ]
    )
    rows = []
    for slope in slopes:
        within = _slope_within_days(slope, size, x, luck)
        for window in windows:
            drawn = size[generator.integers(len(size), size=(sets, window))]
            own = generator.normal(0, luck, size=(sets, window, 1))
            happened = generator.binomial(drawn, special.expit(within * x + own))
            _, _, high = slope_with_interval(drawn, happened, x)
            rows.append((slope, f"slope, {window} days", (high < 1).mean()))
            if window == 7:
                said = (drawn * special.expit(x)).sum(axis=(1, 2))
                gap = np.abs(said - happened.sum(axis=(1, 2))) / drawn.sum(axis=(1, 2))
                rows.append((slope, "gap, 7 days", (gap > gap_limit).mean()))
    return pd.DataFrame(rows, columns=["slope", "watch", "share"])


def _slope_within_days(
    slope: float, size: np.ndarray, x: np.ndarray, luck: float
) -> float:
    """Return the slope within a day that gives this slope over all days.

    What days add to the log-odds flattens the line over all of them.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    weights = weights / weights.sum()
    total = size.sum(axis=0)[None, None]

    def off(within: float) -> float:
        rate = weights @ special.expit(within * x + luck * nodes[:, None])
        return (
            slope_with_interval(
                np.repeat(total, 2, axis=1), np.repeat(total * rate, 2, axis=1), x
            )[0][0]
            - slope
        )

    return optimize.brentq(off, slope / 2, slope * 2)


def seen(shares: pd.DataFrame) -> alt.Chart:
    """Draw how often each watch fires, with probabilities that are right and too sure.

    Args:
        shares: As from `months_seen`, with two slopes, the first of them 1.
    """
    right, sure = shares["slope"].unique()
    table = shares.set_index(["slope", "watch"])["share"]
    best = table[sure].idxmax()
    names = {right: "slope 1: right", sure: f"slope {sure:g}: too sure"}
    shown = shares.assign(truth=shares["slope"].map(names))
    return (
        alt.Chart(shown.round(3))
        .mark_bar()
        .encode(
            x=alt.X(
                "share:Q",
                title="sets of days in which it fires",
                axis=alt.Axis(format="%", tickCount=5),
            ),
            y=alt.Y("watch:N", sort=None, title=None),
            yOffset=alt.YOffset("truth:N", sort=list(names.values())),
            color=alt.Color(
                "truth:N",
                title=None,
                scale=alt.Scale(
                    domain=list(names.values()),
                    range=[PHASE_COLORS["modeling"], PHASE_COLORS["deployment"]],
                ),
            ),
        )
        .properties(
            height=220,
            title=alt.Title(
                f"The {best.replace(', ', ' over ')} sees {table[sure, best]:.0%} of "
                f"the too sure sets, the gap {table[sure, 'gap, 7 days']:.0%}.",
                subtitle="Invented outcomes on days of September to November. The "
                "slope fires where its 95% interval lies below 1.",
            ),
            description="Share of sets of days in which a watch fires. "
            + " ".join(
                f"Slope {slope:g}, {watch}: {share:.0%}."
                for (slope, watch), share in table.items()
            ),
        )
    )
