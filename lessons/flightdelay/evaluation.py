"""Step 5: figures that judge probabilities, with intervals that respect days.

Metrics that scikit-learn has are taken from it; here are calibration error, cost, and
the bootstrap. `outcome` is always 1 for "not on time" and 0 for "on time",
`probability` the predicted probability of 1.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.charter import RESAMPLING_UNITS, Charter

#: Days in a block of the resampling unit "week".
BLOCK_DAYS = 7
#: Figures of a `report` and how each is written, what decides first.
REPORT_FORMATS = {
    "saving per flight": ".2f",
    "cost per flight": ".2f",
    "Brier score": ".3f",
    "ROC AUC": ".3f",
    "PR AUC": ".3f",
    "calibration error": ".3f",
}
# Weights are drawn for a few resamples at a time, to bound memory.
_VALUES_AT_ONCE = 4_000_000

#: A metric by name, or a function of outcome and probability that returns one value
#: for each flight; the figure is then their mean.
Metric = str | Callable[[np.ndarray, np.ndarray], np.ndarray]


class BrierParts(NamedTuple):
    """A Brier score and the parts that it is the sum of.

    Attributes:
        score: Brier score: reliability - resolution + uncertainty + within bins.
        reliability: Mean squared distance between mean probability and rate in a bin;
            0 if all probabilities come true.
        resolution: Mean squared distance between a bin's rate and the overall rate;
            large if the bins differ.
        uncertainty: The score of whoever always says the overall rate.
        within_bins: What the bins hide: spread of the probabilities in a bin, less
            twice what that spread tells about the outcomes.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


class Interval(NamedTuple):
    """A figure with its percentile interval.

    Attributes:
        estimate: The figure on the rows as they are.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    estimate: float
    low: float
    high: float

    def __format__(self, specification: str) -> str:
        """Return "estimate (low to high)", each as from `typeset`."""
        estimate, low, high = (typeset(value, specification) for value in self)
        return f"{estimate} ({low} to {high})"


def typeset(value: float, form: str) -> str:
    """Return a number in the given format, as a book prints it.

    The minus is a true one. A number that is rounded to zero has no sign: "\u22120.00"
    would claim a direction that the digits do not show.
    """
    text = format(value, form)
    if re.fullmatch(r"[+-][0.]+%?", text):
        text = text[1:]
    return text.replace("-", "\u2212")


def expected_calibration_error(
    outcome: ArrayLike, probability: ArrayLike, bins: int = 15
) -> float:
    """Return the mean distance between probability and observed rate.

    Probabilities fall into bins of equal width; the distance between mean probability
    and rate in each bin is weighted by the bin's share of flights. Empty bins count
    nothing (Naeini et al. 2015; Guo et al. 2017).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        bins: Number of bins; bin edges belong to the bin above, 1 to the last.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = _checked(outcome, probability)
    gap = np.bincount(_bin(probability, bins), weights=probability - outcome)
    return float(np.abs(gap).sum() / len(outcome))


def calibration_gap(outcome: ArrayLike, probability: ArrayLike) -> np.ndarray:
    """Return each flight's probability minus its outcome.

    The mean over any flights is how far their probabilities lie above their rate.
    """
    outcome, probability = _checked(outcome, probability)
    return probability - outcome


def calibration_bins(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    bins: int = 15,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the points of a reliability diagram, with intervals by day.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        date: Day of each flight.
        bins: Number of bins of equal width, as in `expected_calibration_error`.
        resamples: Number of resamples of whole days.
        confidence: Share of the resamples' rates inside the interval.
        seed: Seed of the resampling.

    Returns:
        One row for each bin that holds flights, indexed by its number from 0: the
        mean `probability`, and `rate`, `low`, `high`, `flights` and `days` as from
        `rate_by`.

    Raises:
        ValueError: As in `rate_by`.
    """
    outcome, probability = _checked(outcome, probability)
    place = _bin(probability, bins)
    table = rate_by(outcome, place, date, resamples, confidence, seed)
    table.insert(0, "probability", pd.Series(probability).groupby(place).mean())
    return table.rename_axis("bin")


def calibration_error_by_chance(
    outcome: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    bins: int = 15,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> float:
    """Return how large the calibration error gets by the luck of days alone.

    If the probabilities come true, a day that turned out worse than they said could as
    well have turned out better. So a coin is tossed for each day, and turns the
    surprises of all its flights round or leaves them (a sign-flip test, Fisher 1935,
    with whole days as its units). It takes a day to be as likely to surprise by so
    much in one direction as in the other.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        date: Day of each flight.
        bins: Number of bins, as in `expected_calibration_error`.
        resamples: Number of times that all coins are tossed.
        confidence: Share of the tosses that stay at or below the figure returned.
        seed: Seed of the tosses.

    Returns:
        A number from 0 to 1. A calibration error above it is more than such luck.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome, probability = _checked(outcome, probability)
    place, days = _units(len(outcome), "day", date)
    surprise = np.zeros((days, bins))
    np.add.at(surprise, (place, _bin(probability, bins)), probability - outcome)
    errors = np.abs(_coins(resamples, days, seed) @ surprise).sum(axis=1) / len(outcome)
    return float(np.quantile(errors, confidence))


def brier_parts(
    outcome: ArrayLike, probability: ArrayLike, bins: int = 15
) -> BrierParts:
    """Split the Brier score into what calibration, order and luck contribute.

    Three parts are Murphy's (1973). They add up to the score only if all flights in a
    bin have one probability; what is left is the two terms within bins of Stephenson,
    Coelho and Jolliffe (2008).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        bins: Number of bins of equal width, as in `expected_calibration_error`.

    Returns:
        The score and its four parts.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = _checked(outcome, probability)
    place = _bin(probability, bins)
    size = np.bincount(place)
    filled = size > 0
    share = size[filled] / len(outcome)
    rate, mean = (
        np.bincount(place, weights=values)[filled] / size[filled]
        for values in (outcome, probability)
    )
    overall = outcome.mean()
    score = float(np.mean((probability - outcome) ** 2))
    reliability = float(share @ (mean - rate) ** 2)
    resolution = float(share @ (rate - overall) ** 2)
    uncertainty = float(overall * (1 - overall))
    within = score - (reliability - resolution + uncertainty)
    return BrierParts(score, reliability, resolution, uncertainty, within)


def squared_error(outcome: ArrayLike, probability: ArrayLike) -> np.ndarray:
    """Return each flight's squared error; the mean is the Brier score (Brier 1950)."""
    outcome, probability = _checked(outcome, probability)
    return (probability - outcome) ** 2


def flight_costs(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    threshold: float | None = None,
) -> np.ndarray:
    """Return what each flight costs when the desk follows a threshold.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives the two costs and their unit.
        threshold: The desk prepares from this probability on; by default the charter's.

    Returns:
        One cost for each flight, in the charter's unit.

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = _checked(outcome, probability)
    threshold = charter.threshold if threshold is None else threshold
    prepared = probability >= threshold
    return np.where(prepared, charter.cost_prepare, outcome * charter.cost_unprepared)


def cost_per_flight(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    threshold: float | None = None,
) -> float:
    """Return the mean of `flight_costs`, in the charter's unit."""
    return float(flight_costs(outcome, probability, charter, threshold).mean())


def cost_without_model(outcome: ArrayLike, charter: Charter) -> pd.Series:
    """Return the cost per flight of the two policies that need no model.

    Args:
        outcome: 0 or 1 for each flight.
        charter: Gives the two costs and their unit.

    Returns:
        Series with "prepare all" and "prepare none".

    Raises:
        ValueError: The input is empty, NaN, or not 0 and 1.
    """
    policies = {"prepare all": 1.0, "prepare none": 0.0}
    outcome = np.asarray(outcome)
    costs = {
        name: cost_per_flight(outcome, np.full(len(outcome), certain), charter, 0.5)
        for name, certain in policies.items()
    }
    return pd.Series(costs, name="cost_per_flight")


def by_threshold(
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
) -> pd.DataFrame:
    """Return accuracy and cost for each threshold: 0.00, 0.01 … 1.00.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives the two costs and their unit.

    Returns:
        One row for each threshold: `threshold`, `accuracy`, `cost_per_flight`, and the
        shares of all flights that are `prepared`, `missed` (not on time, not prepared)
        and `needless` (prepared, on time).

    Raises:
        ValueError: The input is empty, of unequal length, NaN, or out of range.
    """
    outcome, probability = _checked(outcome, probability)
    thresholds = np.round(np.arange(101) / 100, 2)
    order = np.argsort(probability)
    below = np.searchsorted(probability[order], thresholds, side="left")
    late_before = np.concatenate([[0], np.cumsum(outcome[order])])
    flights = len(outcome)
    missed = late_before[below] / flights
    prepared = 1 - below / flights
    needless = prepared - (outcome.sum() / flights - missed)
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "accuracy": 1 - missed - needless,
            "cost_per_flight": prepared * charter.cost_prepare
            + missed * charter.cost_unprepared,
            "prepared": prepared,
            "missed": missed,
            "needless": needless,
        }
    )


def bootstrap_interval(
    outcome: ArrayLike,
    probability: ArrayLike,
    metric: Metric,
    unit: str = "day",
    date: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return a figure with its percentile bootstrap interval (Efron 1979).

    The unit says what is drawn with replacement. Flights of one day share weather and
    queues, so drawing flights as if they were independent gives an interval that is far
    too narrow; drawing days keeps a day together; drawing blocks of seven days that
    follow each other (Politis and Romano 1992, the last day followed by the first)
    keeps neighboring days together too. None of them holds the variance of training
    again.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        metric: "roc_auc", "average_precision", "kappa" (`probability` is then another
            labeling, of 0 and 1), or a function of outcome and probability that
            returns one value for each flight, such as `squared_error`.
        unit: "flight", "day" or "week".
        date: Day of each flight; needed unless the unit is "flight".
        resamples: Number of resamples.
        confidence: Share of the resamples' figures inside the interval.
        seed: Seed of the resampling; the same seed and days give the same resamples.

    Returns:
        Estimate, low and high.

    Raises:
        ValueError: The input is empty, of unequal length, NaN or out of range, has one
            class only where the metric needs two, or an option is unknown.
    """
    outcome, probability = _checked(outcome, probability)
    place, units = _units(len(outcome), unit, date)
    figure = _weighted_metric(metric, outcome, probability, place)
    weights = _weights(units, unit, resamples, seed, len(outcome))
    drawn = np.concatenate([figure(some) for some in weights])
    estimate = figure(np.ones((1, units)))[0]
    return _percentiles(estimate, drawn, confidence)


def paired_difference(
    outcome: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    metric: Metric,
    unit: str = "day",
    date: ArrayLike | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return by how much the second model's figure exceeds the first's.

    Both are judged on the same resampled flights, so what makes a day hard for both
    cancels out. All arguments are as in `bootstrap_interval`; `first` and `second` are
    the two probabilities.

    Returns:
        Second minus first: estimate, low and high.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome, first = _checked(outcome, first)
    _, second = _checked(outcome, second)
    place, units = _units(len(outcome), unit, date)
    before, after = (
        _weighted_metric(metric, outcome, probability, place)
        for probability in (first, second)
    )
    weights = _weights(units, unit, resamples, seed, len(outcome))
    drawn = np.concatenate([after(some) - before(some) for some in weights])
    every = np.ones((1, units))
    return _percentiles((after(every) - before(every))[0], drawn, confidence)


def rate_by(
    outcome: ArrayLike,
    group: ArrayLike,
    date: ArrayLike,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the rate of "not on time" in each group, with an interval by day.

    Args:
        outcome: 0 or 1 for each flight.
        group: Group of each flight, such as its hour or carrier. Flights whose group
            is missing are left out.
        date: Day of each flight.
        resamples: Number of resamples of whole days.
        confidence: Share of the resamples' rates inside the interval.
        seed: Seed of the resampling.

    Returns:
        One row for each group, in sorted order: `rate`, `low` and `high`, the number of
        `flights`, and the number of `days` on which they were scheduled.

    Raises:
        ValueError: The input is empty, of unequal length or missing, or an option is
            unknown.
    """
    outcome, _ = _checked(outcome, outcome)
    flights = pd.DataFrame(
        {"outcome": outcome, "group": np.asarray(group), "date": np.asarray(date)}
    )
    cells = flights.groupby(["date", "group"], observed=True)["outcome"]
    late = cells.sum().unstack(fill_value=0)
    size = cells.size().unstack(fill_value=0)
    if len(size) < 2:
        raise ValueError(f"{len(size)} days are too few to resample by day.")
    weights = np.concatenate(
        list(_weights(len(size), "day", resamples, seed, size.size))
    )
    # A resample may hold no flight of a small group; it tells nothing about its rate.
    with np.errstate(invalid="ignore"):
        drawn = weights @ late.to_numpy() / (weights @ size.to_numpy())
    low, high = _ends(drawn, confidence)
    return pd.DataFrame(
        {
            "rate": late.sum() / size.sum(),
            "low": low,
            "high": high,
            "flights": size.sum(),
            "days": (size > 0).sum(),
        }
    )


def slice_gaps(
    outcome: ArrayLike,
    probability: ArrayLike,
    slices: pd.DataFrame,
    date: ArrayLike,
    smallest: int = 300,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how far the probabilities miss the rate in each slice of the flights.

    Among many slices some look bad by luck. `by_chance` allows for that: coins turn
    whole days round, as in `calibration_error_by_chance`, and each time the loudest of
    all slices counts, its gap measured in its own typical size (the "max T" of
    Westfall and Young 1993).

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        slices: One row for each flight, one column for each property, such as its
            airport. Flights whose value is missing are in no slice of that property.
        date: Day of each flight.
        smallest: Slices with fewer flights are left out.
        resamples: Number of resamples of days, and of tosses.
        confidence: Of the intervals, and of the limit.
        seed: Seed of the resampling.

    Returns:
        One row for each slice, indexed by `property` and `value`, in sorted order:
        mean `probability`, `rate`, their difference `gap` with `low` and `high` by day
        for this slice alone, `by_chance` (how large its gap must be to be louder than
        the loudest of all slices by luck), `flights` and `days`.

    Raises:
        ValueError: As in `bootstrap_interval`, or no slice is large enough.
    """
    outcome, probability = _checked(outcome, probability)
    place, days = _units(len(outcome), "day", date)
    parts = []
    for name in slices:
        code, values = pd.factorize(slices[name].to_numpy(), sort=True)
        for number, value in enumerate(values):
            rows = np.flatnonzero(code == number)
            if len(rows) >= smallest:
                parts.append(((name, value), rows))
    if not parts:
        raise ValueError(f"There is no slice of {smallest} flights or more.")

    def by_day(values: np.ndarray) -> np.ndarray:
        # Sums over the flights of each day and slice: (days, slices).
        columns = [np.bincount(place[r], values[r], minlength=days) for _, r in parts]
        return np.column_stack(columns)

    size = by_day(np.ones(len(outcome)))
    late, said = by_day(outcome), by_day(probability)
    surprise = said - late
    weights = np.concatenate(list(_weights(days, "day", resamples, seed, size.size)))
    with np.errstate(invalid="ignore"):
        drawn = weights @ surprise / (weights @ size)
    low, high = _ends(drawn, confidence)
    flights = size.sum(axis=0)
    # The standard deviation of a sum of terms of random sign.
    typical = np.sqrt((surprise**2).sum(axis=0))
    tossed = np.abs(_coins(resamples, days, seed) @ surprise)
    # A slice without any surprise is as quiet as can be.
    loudness = np.divide(tossed, typical, out=np.zeros_like(tossed), where=typical > 0)
    loudest = loudness.max(axis=1)
    return pd.DataFrame(
        {
            "probability": said.sum(axis=0) / flights,
            "rate": late.sum(axis=0) / flights,
            "gap": surprise.sum(axis=0) / flights,
            "low": low,
            "high": high,
            "by_chance": np.quantile(loudest, confidence) * typical / flights,
            "flights": flights.astype(int),
            "days": (size > 0).sum(axis=0),
        },
        index=pd.MultiIndex.from_tuples(
            [name for name, _ in parts], names=["property", "value"]
        ),
    )


def group_errors(
    outcome: ArrayLike,
    probability: ArrayLike,
    group: ArrayLike,
    charter: Charter,
    date: ArrayLike,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Compare groups at the charter's threshold: base rates, calibration and errors.

    Args:
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        group: Group of each flight.
        charter: Gives threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples.

    Returns:
        One row for each group, in sorted order, with its number of `flights` and these
        `Interval`s: base rate, calibration gap (mean probability minus rate), recall
        (share prepared of those not on time), false alarms (share prepared of those on
        time) and precision (share not on time of those prepared).

    Raises:
        ValueError: As in `bootstrap_interval`, or a figure has no flights in a group.
    """
    outcome, probability = _checked(outcome, probability)
    date, prepared = np.asarray(date), probability >= charter.threshold
    options = {
        "unit": charter.resampling_unit,
        "resamples": resamples,
        "confidence": charter.confidence,
    }

    def share(of: np.ndarray, among: np.ndarray) -> Interval:
        values = of[among].astype(float)
        return bootstrap_interval(
            values, values, lambda values, _: values, date=date[among], **options
        )

    rows = {}
    for name in sorted(set(np.asarray(group))):
        inside = np.asarray(group) == name
        rows[name] = pd.Series(
            {
                "flights": int(inside.sum()),
                "base rate": share(outcome, inside),
                "calibration gap": bootstrap_interval(
                    outcome[inside],
                    probability[inside],
                    calibration_gap,
                    date=date[inside],
                    **options,
                ),
                "recall": share(prepared, inside & (outcome == 1)),
                "false alarms": share(prepared, inside & (outcome == 0)),
                "precision": share(outcome, inside & prepared),
            },
            dtype=object,
        )
    return pd.DataFrame(rows).T


def report(
    outcome: ArrayLike,
    probabilities: pd.DataFrame,
    charter: Charter,
    date: ArrayLike,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Judge models side by side on the same flights, as the charter says.

    Intervals have the charter's confidence and resample its unit. The calibration error
    has none: chance alone pushes it up in a resample, so its percentiles would lie
    beside the figure and not around it.

    Args:
        outcome: 0 or 1 for each flight.
        probabilities: One row for each flight, one column for each model.
        charter: Gives costs, threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples.

    Returns:
        One row for each model. "saving per flight" (over the cheapest policy without a
        model), "cost per flight", "Brier score", "ROC AUC" and "PR AUC" are
        `Interval`s, "calibration error" is a number.

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    options = {
        "unit": charter.resampling_unit,
        "date": date,
        "resamples": resamples,
        "confidence": charter.confidence,
    }
    cost = partial(flight_costs, charter=charter)
    metrics = {
        "ROC AUC": "roc_auc",
        "PR AUC": "average_precision",
        "Brier score": squared_error,
        "cost per flight": cost,
    }
    cheapest = cost_without_model(outcome, charter).idxmin()
    without_model = np.full(len(probabilities), float(cheapest == "prepare all"))
    rows = {}
    for model, probability in probabilities.items():
        figures: dict[str, Interval | float] = {
            name: bootstrap_interval(outcome, probability, metric, **options)
            for name, metric in metrics.items()
        }
        figures["calibration error"] = expected_calibration_error(outcome, probability)
        figures["saving per flight"] = paired_difference(
            outcome, probability, without_model, cost, **options
        )
        rows[model] = pd.Series(figures, dtype=object)
    return pd.DataFrame(rows).T[list(REPORT_FORMATS)]


def narrow(figure: Interval | float, form: str) -> str:
    """Return a figure for a cell of a Markdown table that stays narrow on a phone.

    The ends of an interval stand below the figure: "0.671<br>0.650&nbsp;to 0.691".
    """
    if not isinstance(figure, Interval):
        return typeset(figure, form)
    estimate, low, high = (typeset(value, form) for value in figure)
    return f"{estimate}<br>{low}&nbsp;to {high}"


def report_markdown(judged: pd.DataFrame) -> str:
    """Return a `report` as a Markdown table, each interval below its figure."""
    lines = [
        f"| {judged.index.name or 'Model'} | " + " | ".join(judged.columns) + " |",
        "|---|" + "---|" * judged.shape[1],
    ]
    for model, figures in judged.iterrows():
        cells = [
            narrow(figure, REPORT_FORMATS[name]) for name, figure in figures.items()
        ]
        lines.append(f"| {model} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


# A figure for each row of weights: (resamples, units) to (resamples,).
_Figure = Callable[[np.ndarray], np.ndarray]


def _checked(
    outcome: ArrayLike, probability: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    if pd.isna(outcome).any() or pd.isna(probability).any():
        raise ValueError(
            "outcome and probability must not be missing; are some flights sealed?"
        )
    outcome = np.asarray(outcome, dtype=float)
    probability = np.asarray(probability, dtype=float)
    if outcome.ndim != 1 or outcome.shape != probability.shape:
        raise ValueError(
            "outcome and probability must have one value for each flight, not the "
            f"shapes {outcome.shape} and {probability.shape}."
        )
    if len(outcome) == 0:
        raise ValueError("There are no flights to judge.")
    if not np.isin(outcome, (0, 1)).all():
        raise ValueError("outcome must be 0 or 1.")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probability must lie between 0 and 1.")
    return outcome, probability


def _bin(probability: np.ndarray, bins: int) -> np.ndarray:
    """Return the number of each probability's bin; edges belong to the bin above."""
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, not {bins}.")
    return np.minimum((probability * bins).astype(int), bins - 1)


def _coins(resamples: int, days: int, seed: int) -> np.ndarray:
    """Return 1 or -1 for each day: (resamples, days)."""
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, not {resamples}.")
    generator = np.random.default_rng(seed)
    return generator.choice([-1.0, 1.0], size=(resamples, days))


def _weighted_metric(
    metric: Metric,
    outcome: np.ndarray,
    probability: np.ndarray,
    place: np.ndarray | None = None,
) -> _Figure:
    """Return the metric as a function of how often each unit was drawn.

    Args:
        metric: As for `bootstrap_interval`.
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        place: Unit of each flight, from 0; by default each flight is one.
    """
    if place is None:
        place = np.arange(len(outcome))
    if callable(metric):
        values = np.asarray(metric(outcome, probability), dtype=float)
        if values.shape != outcome.shape:
            raise ValueError(
                "The metric must return one value for each flight, not the shape "
                f"{values.shape}."
            )
        total, flights = np.bincount(place, values), np.bincount(place)
        return lambda weights: weights @ total / (weights @ flights)
    if metric == "kappa":
        return _kappa(outcome, probability, place)
    if metric not in _RANKED:
        raise ValueError(
            f"There is no metric {metric!r}: expected a function or one of "
            f"{', '.join([*_RANKED, 'kappa'])}."
        )
    if outcome.min() == outcome.max():
        raise ValueError(f"{metric} needs both classes, but all outcomes are equal.")
    # Sorted once here, not in every resample: from the highest probability down, with
    # one group for equal probabilities, which no threshold can separate.
    order = np.argsort(-probability, kind="stable")
    falling = probability[order]
    last_of_group = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    late, place = outcome[order], place[order]
    if late.sum() * (place.max() + 1) <= _VALUES_AT_ONCE:
        return _figure_of_few_units(metric, late, place, last_of_group)

    def figure(weights: np.ndarray) -> np.ndarray:
        weights = weights[:, place]
        true = np.cumsum(weights * late, axis=1)[:, last_of_group]
        false = np.cumsum(weights, axis=1)[:, last_of_group] - true
        with np.errstate(invalid="ignore"):
            return _RANKED[metric](true, false)

    return figure


def _kappa(first: np.ndarray, second: np.ndarray, place: np.ndarray) -> _Figure:
    """Agreement of two labelings beyond chance (Cohen 1960)."""
    if not np.isin(second, (0, 1)).all():
        raise ValueError("kappa compares two labelings: both must be 0 or 1.")
    counted = np.stack(
        [
            np.bincount(place, values)
            for values in (first == second, first, second, np.ones_like(first))
        ],
        axis=1,
    )

    def kappa(weights: np.ndarray) -> np.ndarray:
        agree, ones, other_ones, flights = (weights @ counted).T
        # Two labelings that are all equal leave nothing to agree about beyond chance,
        # and no flights nothing at all.
        with np.errstate(invalid="ignore"):
            observed = agree / flights
            share, other = ones / flights, other_ones / flights
            by_chance = share * other + (1 - share) * (1 - other)
            return (observed - by_chance) / (1 - by_chance)

    return kappa


def _figure_of_few_units(
    metric: str, late: np.ndarray, place: np.ndarray, last_of_group: np.ndarray
) -> _Figure:
    """Rank the flights of each unit once, so that a resample only adds units up.

    Args:
        metric: A key of `_RANKED`.
        late: Outcomes, from the highest probability down.
        place: Unit of each of these flights.
        last_of_group: Positions after which the probability changes.
    """
    is_late, units = late == 1, place.max() + 1
    group = np.searchsorted(last_of_group, np.arange(len(late)))
    # Only groups with a late flight move either figure.
    steps = np.unique(group[is_late])

    def counted(chosen: np.ndarray, side: str) -> np.ndarray:
        # Flights of each unit up to each step, or before it: (units, steps).
        first = np.searchsorted(steps, group[chosen], side)
        counts = np.zeros((units, len(steps) + 1))
        np.add.at(counts, (place[chosen], first), 1)
        return counts[:, :-1].cumsum(axis=1)

    true, false = counted(is_late, "left"), counted(~is_late, "left")
    if metric == "average_precision":

        def average_precision(weights: np.ndarray) -> np.ndarray:
            with np.errstate(invalid="ignore"):
                return _average_precision(weights @ true, weights @ false)

        return average_precision

    late_flights = np.bincount(place, is_late, units)
    punctual_flights = np.bincount(place, ~is_late, units)
    # Equal probabilities count half.
    not_above = punctual_flights[:, None] - (false + counted(~is_late, "right")) / 2
    # wins[u, v]: pairs of a late flight of u and a punctual one of v in right order.
    wins = np.diff(true, axis=1, prepend=0) @ not_above.T

    def roc_auc(weights: np.ndarray) -> np.ndarray:
        pairs = (weights @ late_flights) * (weights @ punctual_flights)
        with np.errstate(invalid="ignore"):
            return ((weights @ wins) * weights).sum(axis=1) / pairs

    return roc_auc


def _roc_auc(true: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Area under true over false positives, by trapezoids; each a cumulative sum."""
    before = np.pad(true, ((0, 0), (1, 0)))
    heights = (before[:, 1:] + before[:, :-1]) / 2
    steps = np.diff(false, axis=1, prepend=0)
    return (heights * steps).sum(axis=1) / (true[:, -1] * false[:, -1])


def _average_precision(true: np.ndarray, false: np.ndarray) -> np.ndarray:
    """Mean precision, weighted by the steps in recall."""
    found = true + false
    precision = np.divide(true, found, out=np.zeros_like(true), where=found > 0)
    steps = np.diff(true, axis=1, prepend=0)
    return (precision * steps).sum(axis=1) / true[:, -1]


_RANKED = {"roc_auc": _roc_auc, "average_precision": _average_precision}


def _units(flights: int, unit: str, date: ArrayLike | None) -> tuple[np.ndarray, int]:
    """Return what is drawn as a whole: the unit of each flight, and their number."""
    if unit not in RESAMPLING_UNITS:
        raise ValueError(
            f"There is no unit {unit!r}: expected one of {', '.join(RESAMPLING_UNITS)}."
        )
    if unit == "flight":
        return np.arange(flights), flights
    if date is None:
        raise ValueError(f"To resample by {unit}, give the date of each flight.")
    if len(np.asarray(date)) != flights:
        raise ValueError("date must have one value for each flight.")
    days, place = np.unique(np.asarray(date), return_inverse=True)
    if len(days) < 2 or (unit == "week" and len(days) <= BLOCK_DAYS):
        raise ValueError(f"{len(days)} days are too few to resample by {unit}.")
    return place, len(days)


def _weights(
    units: int, unit: str, resamples: int, seed: int, values: int
) -> Iterator[np.ndarray]:
    """Yield how often each unit was drawn: (some resamples, units).

    `values` is the number of values that a figure holds for each resample; it bounds
    how many resamples come at once.
    """
    if resamples < 1:
        raise ValueError(f"resamples must be 1 or more, not {resamples}.")
    generator = np.random.default_rng(seed)
    at_once = max(1, _VALUES_AT_ONCE // values)
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        if unit == "week":
            blocks = -(-units // BLOCK_DAYS)
            first = generator.integers(units, size=(rows, blocks, 1))
            chosen = (first + np.arange(BLOCK_DAYS)).reshape(rows, -1)[:, :units]
            chosen %= units
        else:
            chosen = generator.integers(units, size=(rows, units))
        offset = np.arange(rows)[:, None] * units
        counts = np.bincount((chosen + offset).ravel(), minlength=rows * units)
        yield counts.reshape(rows, units).astype(float)


def _percentiles(estimate: float, drawn: np.ndarray, confidence: float) -> Interval:
    low, high = _ends(drawn, confidence)
    return Interval(float(estimate), float(low), float(high))


def _ends(drawn: np.ndarray, confidence: float) -> np.ndarray:
    """Return the interval's two ends, from resampled figures along the first axis."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}.")
    # A resample without one of the classes has no ranking; it is left out.
    tail = (1 - confidence) / 2
    return np.nanquantile(drawn, [tail, 1 - tail], axis=0)
