"""Whole days through the service's code: replay, shadow and canary."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd

from flightdelay import data, evaluation, features, labels
from flightdelay.charter import Charter
from flightdelay.service.prediction_log import PredictionLog
from flightdelay.service.scoring import Feeds, ServedModel, score

#: Minutes from leaving the gate to arrival beyond the time in the air. The table has
#: no taxi times; this is our assumption.
TAXI_MINUTES = 30


@dataclass(frozen=True)
class RollbackRule:
    """When a new version goes back by itself; declared before it goes live.

    Attributes:
        budget: Cost units that it may lose against the old version, summed over its
            flights whose outcome is known.
        differing: Share of its last `window` decisions that may differ from the old
            version's: 0 for a release that must answer alike, 1 for no limit.
        window: Number of decisions that `differing` looks at; it waits for them.
    """

    budget: float
    differing: float
    window: int = 50


@dataclass(frozen=True)
class Rollout:
    """How a canary went.

    Attributes:
        rolled_back_at: Moment of the rollback; None if the rule never tripped.
        reason: Clause that tripped, "decisions" or "cost"; "" if none.
        answered: Flights that the new version answered.
        changed: Decisions among them that the old version would not have taken.
        lost: What these cost more than with the old version, in cost units, with all
            outcomes known; negative if they cost less.
    """

    rolled_back_at: pd.Timestamp | None
    reason: str
    answered: int
    changed: int
    lost: float


def in_canary(flights: pd.DataFrame, share: float, salt: str = "") -> pd.Series:
    """Draw the flights that a new version answers, by a hash.

    The same flight is always on the same side, on every machine and after a restart.

    Args:
        flights: Flights with `carrier`, `flight`, `origin`, `dest` and
            `scheduled_departure`.
        share: Share of flights to draw, from 0 to 1.
        salt: Another text draws other flights.

    Returns:
        True for the flights drawn, indexed like `flights`.
    """
    moment = flights["scheduled_departure"].dt.tz_convert("UTC").dt.strftime("%m%d%H%M")
    keys = moment + flights["carrier"] + flights["flight"].astype(str)
    keys = salt + keys + flights["origin"] + flights["dest"]
    hashes = [crc32(key.encode()) for key in keys]
    return pd.Series(hashes, index=flights.index) < share * 2**32


def excess_cost(
    flights: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame, charter: Charter
) -> pd.Series:
    """Return by how much each flight costs more with the new version's decision.

    Args:
        flights: Flights with outcomes.
        old: Answers of the old version for them, as from `score`.
        new: Answers of the new version.
        charter: Holds the costs.

    Returns:
        Cost units, indexed like `flights`; negative where the new version is cheaper.
    """
    late = labels.not_on_time(flights).astype(int)
    cost = [
        evaluation.flight_costs(late, answers["probability"], charter)
        for answers in (old, new)
    ]
    return pd.Series(cost[1] - cost[0], index=flights.index)


def canary(
    flights: pd.DataFrame,
    old: pd.DataFrame,
    new: pd.DataFrame,
    rule: RollbackRule,
    charter: Charter,
) -> Rollout:
    """Let a new version answer some flights until the rule sends it back.

    The old version goes on answering the same flights unseen, so that the two can be
    compared flight by flight. A decision is known at the cut-off, its cost when the
    outcome is known, hours later; until then further flights are answered.

    Args:
        flights: The canary's flights with outcomes.
        old: Answers of the old version for them, as from `score`.
        new: Answers of the new version.
        rule: The rollback rule.
        charter: Holds the costs.

    Returns:
        How it went.
    """
    flights = flights.sort_values("cut_off", kind="stable")
    old, new = old.loc[flights.index], new.loc[flights.index]
    excess = excess_cost(flights, old, new, charter)
    changed = (old["prepare"] != new["prepare"]).astype(float)
    recent = changed.rolling(rule.window).mean()
    known = pd.DataFrame({"at": outcome_known_at(flights), "excess": excess})
    known = known.sort_values("at", kind="stable")
    lost = known["excess"].cumsum()
    trips = {
        "decisions": flights.loc[recent > rule.differing, "cut_off"].min(),
        "cost": known.loc[lost > rule.budget, "at"].min(),
    }
    tripped = {reason: at for reason, at in trips.items() if at is not pd.NaT}
    reason = min(tripped, key=tripped.get, default="")
    answered = np.ones(len(flights), bool)
    if reason == "decisions":
        # Of the flights with one cut-off, those up to the request that tripped it.
        answered[np.argmax(recent > rule.differing) + 1 :] = False
    elif reason == "cost":
        answered = (flights["cut_off"] < tripped[reason]).to_numpy()
    return Rollout(
        rolled_back_at=tripped.get(reason),
        reason=reason,
        answered=int(answered.sum()),
        changed=int(changed[answered].sum()),
        lost=float(excess[answered].sum()),
    )


def replay(
    flights: pd.DataFrame,
    feeds: Feeds,
    model: ServedModel,
    log: PredictionLog,
    outcome: pd.Series | None = None,
) -> list[str]:
    """Ask for flights as if each stood at its cut-off, and log what is answered.

    The code is the service's: `score` and the log. Pass other records, feeds or
    outcomes than the true ones to see what a fault would have done.

    Args:
        flights: Flights with outcomes, as from `data.open_sealed`. Each counts as
            asked for at its cut-off.
        feeds: Weather and operations so far; include the two days before.
        model: The model that answers.
        log: Where predictions and outcomes go.
        outcome: 1 or True for not on time; by default by `labels.not_on_time`.

    Returns:
        The request identifiers, in the order of the flights.
    """
    scored = score(flights, feeds, model)
    identifiers = log.add(flights, scored, model.version, flights["cut_off"])
    if outcome is None:
        outcome = labels.not_on_time(flights)
    log.add_outcomes(identifiers, outcome, outcome_known_at(flights))
    return identifiers


def outcome_known_at(flights: pd.DataFrame) -> pd.Series:
    """Return the moment at which it is known whether each flight was on time.

    For a flight that arrived: its departure, the time in the air and `TAXI_MINUTES`.
    For one that was canceled or diverted the source does not say; then three o'clock
    in the next night, when the day is closed.
    """
    minutes = flights["dep_delay"] + flights["air_time"] + TAXI_MINUTES
    landed = flights["scheduled_departure"] + pd.to_timedelta(minutes, unit="min")
    night = pd.Timedelta(days=1, hours=features.NIGHT_HOUR)
    closed = (flights["date"] + night).dt.tz_localize(data.TIME_ZONE)
    return landed.fillna(closed.astype(landed.dtype))
