"""Watches: each turns the log of one day, or of seven, into one number.

The number grows with everything unusual. `limits` says from where on it is an alarm.
"""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from flightdelay import evaluation
from flightdelay.charter import Charter
from flightdelay.monitoring.distances import DailyDistances
from flightdelay.monitoring.quiet import Quiet
from flightdelay.service.scoring import WEATHER

#: Days that a slow watch looks at.
SLOW_DAYS = 7
#: Outcomes of each day that a person checks by hand.
AUDITED_A_DAY = 15
#: Share of these look-ups in which that person errs; an assumption.
LOOK_UP_ERROR = 0.005


class Watch(NamedTuple):
    """One thing that is watched.

    Attributes:
        kind: Where its signal comes from, the fastest first.
        sees: What its number is, in words.
        limit: A limit set beforehand, or None if it is learned from quiet days.
        days: Days of the log that one number looks at.
    """

    kind: Literal["system", "input", "score", "outcome"]
    sees: str
    limit: float | None = None
    days: int = 1


# The audit's limit is computed: at most 2 of 105, which `LOOK_UP_ERROR` alone passes in
# 1.6% of the weeks.
WATCHES = {
    "volume": Watch("system", "flights of a day, against the usual for its weekday"),
    "empty inputs": Watch("system", "share of empty cells that are hardly ever empty"),
    "fallbacks": Watch("system", "share of answers with a fallback"),
    "any input": Watch("input", "how far the strangest input is from its quiet days"),
    "stuck station": Watch("input", "largest share of one reading at a station"),
    "humidity misfit": Watch("input", "humidity against temperature and dew point"),
    "mean score": Watch("score", "mean probability, against the usual"),
    "rate": Watch("outcome", "rate of not on time, against the usual"),
    "gap": Watch("outcome", "distance of mean probability and rate", days=SLOW_DAYS),
    "cost": Watch(
        "outcome", "cost per flight beyond the cheapest policy", days=SLOW_DAYS
    ),
    "audit": Watch(
        "outcome",
        "share of checked outcomes that differ",
        2.5 / (AUDITED_A_DAY * SLOW_DAYS),
        SLOW_DAYS,
    ),
}


def signals(
    log: pd.DataFrame, quiet: Quiet, charter: Charter, audited: pd.Series | None = None
) -> pd.DataFrame:
    """Turn a log into one number for each day and watch.

    Args:
        log: Predictions of whole days.
        quiet: What is usual.
        charter: The charter, for the costs.
        audited: What a person found for the flights that were checked by hand,
            1 for not on time, indexed like `log`; by default nothing was checked.

    Returns:
        One row for each date, one column for each of `WATCHES`, larger where the day
        is less usual. A watch over several days is missing where one of them is.
    """
    return pd.concat(
        [
            system_signals(log, quiet),
            input_signals(log, quiet),
            score_signals(log, quiet),
            outcome_signals(log, quiet, charter, audited),
        ],
        axis="columns",
        sort=True,
    )[list(WATCHES)]


def quiet_signals(
    log: pd.DataFrame, quiet: Quiet, charter: Charter, audited: pd.Series
) -> pd.DataFrame:
    """Return the `signals` of quiet days, each month for itself.

    So no week reaches from a month in which limits are learned into one in which they
    are judged. Arguments as for `signals`.
    """
    months = log["date"].dt.month
    parts = [
        signals(part, quiet, charter, audited.loc[part.index])
        for _, part in log.groupby(months)
    ]
    return pd.concat(parts)


def system_signals(log: pd.DataFrame, quiet: Quiet) -> pd.DataFrame:
    """Return what needs no look at a value: volume, empty inputs, fallbacks."""
    daily = log.groupby("date")
    size = daily.size()
    usual = quiet.flights.loc[size.index.day_of_week].to_numpy()
    empty = log[quiet.always_there].isna().mean(axis="columns")
    return pd.DataFrame(
        {
            "volume": (size / usual - 1).abs(),
            "empty inputs": empty.groupby(log["date"]).mean(),
            "fallbacks": (log["fallback"] != "").groupby(log["date"]).mean(),
        }
    )


def input_signals(
    log: pd.DataFrame, quiet: Quiet, days: DailyDistances | None = None
) -> pd.DataFrame:
    """Return how unusual the inputs of each day are, by several watches.

    Args:
        log: As for `signals`.
        quiet: As for `signals`.
        days: Distances from quiet days, if they are known already.
    """
    days = quiet.distances(log) if days is None else days
    return pd.DataFrame(
        {
            "any input": (days.distance / quiet.usual_distance).max(axis="columns"),
            "stuck station": _largest_share_of_one_reading(log),
            "humidity misfit": _humidity_misfit(log),
        }
    )


def score_signals(log: pd.DataFrame, quiet: Quiet) -> pd.DataFrame:
    """Return how unusual the probabilities of each day are."""
    mean = log.groupby("date")["probability"].mean()
    return (mean - quiet.score).abs().to_frame("mean score")


def outcome_signals(
    log: pd.DataFrame, quiet: Quiet, charter: Charter, audited: pd.Series | None = None
) -> pd.DataFrame:
    """Return what the outcomes say; arguments as for `signals`."""
    outcome, probability = log["outcome"], log["probability"]
    cost = evaluation.flight_costs(outcome, probability, charter)
    sums = pd.DataFrame(
        {"late": outcome, "probability": probability, "cost": cost, "flights": 1}
    )
    if audited is not None:
        sums["checked"] = audited.notna()
        sums["differs"] = audited.notna() & (audited != outcome)
    by_day = sums.groupby(log["date"]).sum()
    slow = by_day.rolling(f"{SLOW_DAYS}D", min_periods=SLOW_DAYS).sum()
    rate = slow["late"] / slow["flights"]
    cheapest = np.minimum(charter.cost_prepare, rate * charter.cost_unprepared)
    return pd.DataFrame(
        {
            "rate": (by_day["late"] / by_day["flights"] - quiet.rate).abs(),
            "gap": (slow["probability"] / slow["flights"] - rate).abs(),
            "cost": slow["cost"] / slow["flights"] - cheapest,
            "audit": np.nan if audited is None else slow["differs"] / slow["checked"],
        }
    )


def audit(
    flights: pd.DataFrame,
    outcome: pd.Series,
    error_rate: float = LOOK_UP_ERROR,
    seed: int = 0,
) -> pd.Series:
    """Draw `AUDITED_A_DAY` flights of each day by lot, for a person who looks them up.

    Args:
        flights: Flights with `date`.
        outcome: What is true, by the charter's rule.
        error_rate: Share of the look-ups in which the person finds the other outcome.
        seed: Seed of the lot and of the errors.

    Returns:
        What that person finds for the drawn flights, missing for the others.
    """
    generator = np.random.default_rng(seed)
    drawn = flights.groupby("date").sample(AUDITED_A_DAY, random_state=generator).index
    errs = generator.random(len(drawn)) < error_rate
    found = np.where(errs, 1 - outcome.loc[drawn], outcome.loc[drawn])
    return pd.Series(found, index=drawn, dtype=float).reindex(outcome.index)


def _largest_share_of_one_reading(log: pd.DataFrame) -> pd.Series:
    reading = pd.util.hash_pandas_object(log[WEATHER], index=False)
    station = [log["date"], log["origin"]]
    same = reading.groupby([*station, reading]).transform("size")
    share = same.groupby(station).max() / reading.groupby(station).size()
    return share.groupby("date").max()


def _humidity_misfit(log: pd.DataFrame) -> pd.Series:
    """Return the mean distance of humidity from what its neighbors say, in percent.

    Relative humidity follows from temperature and dew point by the Magnus formula
    (Alduchov and Eskridge 1996).
    """
    temperature, dew_point = ((log[c] - 32) * 5 / 9 for c in ("temp", "dewp"))
    exponent = [17.625 * t / (243.04 + t) for t in (dew_point, temperature)]
    implied = 100 * np.exp(exponent[0] - exponent[1])
    return (implied - log["humid"]).abs().groupby(log["date"]).mean()
