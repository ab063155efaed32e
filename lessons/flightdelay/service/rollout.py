"""Whole days through the service's code: replay, shadow and canary."""

import pandas as pd

from flightdelay import data, features, labels
from flightdelay.service.log import PredictionLog
from flightdelay.service.scoring import Feeds, ServedModel, score

#: Minutes from leaving the gate to arrival beyond the time in the air. The table has
#: no taxi times; this is our assumption.
TAXI_MINUTES = 30


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
