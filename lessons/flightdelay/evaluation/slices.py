"""Parts of the flights: slices that stand out, and groups side by side."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay.charter import Charter
from flightdelay.evaluation.calibration import calibration_gap
from flightdelay.evaluation.intervals import Interval
from flightdelay.evaluation.metrics import checked
from flightdelay.evaluation.resampling import (
    bootstrap_interval,
    coin_tosses,
    interval_ends,
    resampling_units,
    resampling_weights,
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
    outcome, probability = checked(outcome, probability)
    place, days = resampling_units(len(outcome), "day", date)
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
    weights = np.concatenate(
        list(resampling_weights(days, "day", resamples, seed, size.size))
    )
    with np.errstate(invalid="ignore"):
        drawn = weights @ surprise / (weights @ size)
    low, high = interval_ends(drawn, confidence)
    flights = size.sum(axis=0)
    # The standard deviation of a sum of terms of random sign.
    typical = np.sqrt((surprise**2).sum(axis=0))
    tossed = np.abs(coin_tosses(resamples, days, seed) @ surprise)
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
    outcome, probability = checked(outcome, probability)
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
