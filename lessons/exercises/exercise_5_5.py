"""A paired interval by days, from sums of minutes."""

from functools import cache

import numpy as np
import pandas as pd

from exercises.judges import Interval
from flightdelay import charter, data, errors, evaluation, features, labels, models


@cache
def _minutes_by_day() -> pd.DataFrame:
    """Sums over each day of July and August: flights, minutes with model and note."""
    flights, agreed = data.load_flights(), charter.load()
    judged = data.period_rows(flights, "validation")
    known = features.build(
        flights[flights["month"].isin([6, 7, 8])],
        data.load_table("weather"),
        sets=models.load_choice().sets,
    )
    probability = models.trained_choice().predict_proba(known.loc[judged.index])[:, 1]
    outcome = labels.not_on_time(judged).astype(int)
    first_hour = errors.clock_note(data.period_rows(flights, "train"), agreed)
    note = (judged["hour"] >= first_hour).astype(float)
    minutes = pd.DataFrame(
        {
            "flights": 1,
            "model": evaluation.flight_costs(outcome, probability, agreed),
            "note": evaluation.flight_costs(outcome, note, agreed),
        },
        index=judged.index,
    )
    return minutes.groupby(judged["date"]).sum()


@cache
def _intervals() -> dict[str, tuple[float, float]]:
    """The right interval, and those of the mistakes."""
    flights, model, note = _minutes_by_day().to_numpy(dtype=float).T
    saved, days = note - model, len(flights)
    drawn, other = np.random.default_rng(0).integers(days, size=(2, 10_000, days))

    def mean(minutes: np.ndarray, rows: np.ndarray = drawn) -> np.ndarray:
        return minutes[rows].sum(axis=1) / flights[rows].sum(axis=1)

    values = {
        "right": mean(saved),
        "turned round": -mean(saved),
        "unpaired": mean(note) - mean(model, other),
        "single days": saved / flights,
        "a day": saved[drawn].mean(axis=1),
        "all days": saved[drawn].sum(axis=1),
        "the model's cost": mean(model),
        "the note's cost": mean(note),
        "no replacement": saved.sum() / flights.sum(),
    }
    ends = {name: np.quantile(value, [0.025, 0.975]) for name, value in values.items()}
    ends["90%"] = np.quantile(values["right"], [0.05, 0.95])
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def _value() -> tuple[float, float]:
    return _intervals()["right"]


def _known() -> dict[str, tuple[float, float]]:
    return {name: ends for name, ends in _intervals().items() if name != "right"}


def _reason() -> str:
    low, high = _value()
    wider = np.ptp(_intervals()["unpaired"]) / (high - low)
    upkeep = charter.load().upkeep_minutes_per_day / _minutes_by_day()["flights"].mean()
    if low <= upkeep <= high:
        place = "inside: that the model earns its keep is not shown"
    else:
        place = "below all of it" if upkeep < low else "above all of it"
    return (
        f"{low:.2f} to {high:.2f} minutes a flight. With days drawn apart, the "
        f"interval would be {wider:.1f} times as wide. The upkeep of {upkeep:.2f} lies "
        f"{place}, on these months."
    )


EXERCISE = Interval(
    expects="the two ends of the interval, such as (1.0, 2.0)",
    value=_value,
    # Two right bootstraps of a thousand draws differ by so much.
    tolerance=0.07,
    within={"no replacement": 0.01},
    known=_known,
    others={"equal ends": (0.3, 0.3), "a guess": (5, 6)},
    hint={
        "turned round": "The sign is turned round: this is the model minus the note. A "
        "saving is what the note costs *more*.",
        "unpaired": "Far too wide: each cost was drawn from days of its own. A bad day "
        "in one draw meets a good day in the other, and that noise is all you see.",
        "90%": "This holds 90% of the resamples: 5% are left out at either end.",
        "single days": "This is the spread of single days. Asked is how far *one* "
        "saving, that of all 62 days, moves from resample to resample.",
        "a day": "These are minutes per day. Days have unequal numbers of flights.",
        "all days": "These are the minutes of all days together. Asked is one flight.",
        "the model's cost": "This is the model's cost alone: not yet a saving.",
        "the note's cost": "This is the note's cost alone: not yet a saving.",
        "no replacement": "Both ends are equal: drawn without replacement, every "
        "resample is the same days.",
        "other": "Not the interval of the saving. Look at one resample: the same 62 "
        "drawn days for both costs, their minutes added up, divided by their flights.",
    },
    reason=_reason,
)
