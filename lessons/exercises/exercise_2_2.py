"""The baseline that knows nothing but the hour."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from exercises import Exercise, Verdict, right, wrong
from flightdelay import charter, data, evaluation, labels

# Rates that were rounded to percent are right too; no mistake comes so near.
ROUNDED = 0.0051


@cache
def _flights(period: str) -> tuple[pd.DataFrame, pd.Series]:
    rows = data.period_rows(data.load_flights(), period)
    return rows, labels.not_on_time(rows).astype(int)


def _rates(outcome: pd.Series, hour: pd.Series) -> pd.Series:
    """Give each validation flight the mean of its hour; overall, if it is unseen."""
    rate = outcome.groupby(hour).mean()
    return _flights("validation")[0]["hour"].map(rate).fillna(outcome.mean())


@cache
def _known() -> dict[str, pd.Series]:
    """The rates by hour, and what usual mistakes give in their place."""
    (train, outcome), (new, new_outcome) = _flights("train"), _flights("validation")
    hour, arrival = train["hour"], train["arr_delay"]
    every_hour = pd.concat([hour, new["hour"]])
    return {
        "right": _rates(outcome, hour),
        "canceled dropped": _rates(outcome[train["dep_time"].notna()], hour),
        "canceled and diverted dropped": _rates(outcome[arrival.notna()], hour),
        "canceled on time": _rates((arrival >= labels.LATE_MINUTES).astype(int), hour),
        "departure hour": _rates(outcome, train["dep_time"] // 100),
        "on time": 1 - _rates(outcome, hour),
        "all months": _rates(pd.concat([outcome, new_outcome]), every_hour),
        "own months": _rates(new_outcome, new["hour"]),
    }


class _Rates(Exercise):
    expects = "one probability for each flight of July and August"

    def read(self, answer: object) -> pd.Series:
        if isinstance(answer, str | bytes | dict | pd.DataFrame | bool):
            raise TypeError
        index = answer.index if isinstance(answer, pd.Series) else None
        numbers = pd.to_numeric(pd.Series(np.asarray(answer)))
        return pd.Series(numbers.to_numpy(float, na_value=np.nan), index)

    def judge(self, value: pd.Series) -> Verdict:
        (train, _), (flights, outcome) = _flights("train"), _flights("validation")
        hours = train["hour"].nunique()
        if len(value) in (hours, hours + 1):
            return wrong(
                f"These are {len(value)} rates, one for each hour: the table itself. "
                "Now give each flight of July and August the rate of its hour."
            )
        if len(value) == len(train):
            return wrong(
                "There is one value for each *training* flight. Learn from January to "
                "June, but predict for the flights of July and August."
            )
        if len(value) != len(flights):
            return wrong(
                f"There are {len(value):,} values for {len(flights):,} flights in July "
                "and August. Each flight needs one probability."
            )
        if value.index.is_unique and value.index.isin(flights.index).all():
            value = value.reindex(flights.index)
        given, missing = value.to_numpy(), value.isna().to_numpy()
        unseen = ~flights["hour"].isin(train["hour"]).to_numpy()
        if missing.any() and missing[flights["dep_time"].isna()].all():
            return wrong(
                "The canceled flights got no value: you looked the rate up by the hour "
                "of the actual departure, `dep_time`. It is not known at the cut-off."
            )
        if missing.any():
            return wrong(
                f"Flights without a probability: {missing.sum():,}, of them at an hour "
                f"that training has never seen: {missing[unseen].sum()}. A model in "
                "use must answer for every flight. Which rate would you bet on if you "
                "knew nothing about the hour?"
            )
        if given.min() < 0 or given.max() > 1:
            return wrong(
                f"A probability lies between 0 and 1; yours go from {given.min():.3g} "
                f"to {given.max():.3g}. Are they percentages, or minutes of delay?"
            )
        if np.isin(given, (0, 1)).all():
            return wrong(
                "Every value is 0 or 1: these are labels, not rates. Take the mean of "
                "the label in each hour, and no threshold yet."
            )
        if np.ptp(given[~unseen]) < 1e-9:
            return wrong(
                "Every flight gets the same value. That is the base rate; this "
                "baseline should know the hour. Group the label by hour before the "
                "mean."
            )
        # Months differ by less than what rounding hides.
        off = {
            name: np.abs(given - rates.to_numpy())[~unseen].max()
            for name, rates in _known().items()
        }
        nearest = min(off, key=off.get)
        if off["right"] < ROUNDED and (off[nearest] > 1e-6 or nearest == "right"):
            if 0.05 < given[unseen].mean() < 0.95:
                return right(_worth(given))
            return wrong(
                "All right but for the hour that training has never seen: you give it "
                f"{given[unseen].mean():.2f}, as if you were certain. Never seen is "
                "not never late. Which rate holds when nothing is known?"
            )
        if off[nearest] < (1e-6 if "months" in nearest else ROUNDED):
            return wrong(
                {
                    "canceled dropped": "Your rates are lower than those of `y_train`: "
                    "canceled flights are dropped. Take all its rows.",
                    "canceled and diverted dropped": "Your rates are lower than those "
                    "of `y_train`: flights without an arrival delay are dropped, the "
                    "canceled and the diverted. Take all its rows.",
                    "canceled on time": "Your rates are lower than those of `y_train`: "
                    "canceled and diverted flights count as on time, for an empty "
                    "delay is not 15 or more.",
                    "departure hour": "These rates were learned by the hour of the "
                    "*actual* departure, `dep_time`, which is not known at the "
                    "cut-off.",
                    "on time": "This is the share of flights that *were* on time. The "
                    "positive class is not on time.",
                    "all months": "These rates were computed from January to August. "
                    "The outcomes of July and August judge the baseline, so it must "
                    "not learn from them.",
                    "own months": "These rates were computed from July and August. "
                    "Those outcomes judge the baseline, so it must not learn from "
                    "them.",
                }[nearest]
            )
        expected = _known()["right"].to_numpy()
        if np.abs(np.sort(given) - np.sort(expected)).max() < ROUNDED:
            return wrong(
                "The right rates, but at the wrong flights: the order was lost. A "
                "merge or a sort changes the order of rows; `map` does not."
            )
        brier, best = (
            evaluation.squared_error(outcome, rates).mean()
            for rates in (given, expected)
        )
        if brier < best - 0.0005:
            return wrong(
                f"Brier score {brier:.4f}: better than the scheduled hour allows "
                f"({best:.4f}). Did you use `dep_time`, or another column besides?"
            )
        return wrong(
            "These are probabilities, but not the rates by hour: Brier score "
            f"{brier:.4f} where those reach {best:.4f}. Three steps: the mean label in "
            "each hour of the training rows, the lookup by hour, the hour that is new."
        )

    def solution(self) -> pd.Series:
        return _known()["right"]

    def mistakes(self) -> Mapping[str, object]:
        (train, outcome), (flights, _) = _flights("train"), _flights("validation")
        by_hour = outcome.groupby(train["hour"]).mean()
        departed = outcome.groupby(train["dep_time"] // 100).mean()
        by_departure = (flights["dep_time"] // 100).map(departed)
        solution, known = self.solution(), dict(_known())
        del known["right"]
        return known | {
            "unseen hour": flights["hour"].map(by_hour),
            "unseen is zero": flights["hour"].map(by_hour).fillna(0),
            "order lost": np.sort(solution),
            "percent": 100 * solution,
            "minutes": _rates(train["arr_delay"], train["hour"]),
            "labels": (solution >= 0.2).astype(int),
            "the table": by_hour,
            "training rows": outcome * 0.5,
            "canceled without value": by_departure,
            "departure hour of both": by_departure.fillna(0.281),
            "base rate": np.full(len(solution), 0.281),
            "too few": solution[:1000],
            "something else": np.random.default_rng(0).random(len(solution)),
        }


def _worth(probability: np.ndarray) -> str:
    """Say what the clock saves."""
    agreed, (flights, outcome) = charter.load(), _flights("validation")
    without = evaluation.cost_without_model(outcome, agreed)
    saving = evaluation.saving_over_cheapest(
        outcome, probability, agreed, flights["date"]
    )
    return (
        f"A table of {_flights('train')[0]['hour'].nunique()} numbers. Brier score "
        f"{evaluation.squared_error(outcome, probability).mean():.3f}, cost "
        f"{evaluation.cost_per_flight(outcome, probability, agreed):.2f} "
        f"{agreed.cost_unit} per flight. The cheapest policy without a model "
        f"({without.idxmin()}) costs {without.min():.2f}, so this clock saves "
        f"{saving:.2f} by days. Who brings a network has to beat that first."
    )


EXERCISE = _Rates()
