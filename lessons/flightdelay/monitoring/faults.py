"""Faults that raise no error, put into the log to see which watch finds them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from flightdelay import labels
from flightdelay.charter import Charter
from flightdelay.data import TIME_ZONE
from flightdelay.monitoring.distances import DailyDistances
from flightdelay.monitoring.log_table import INPUTS, answered
from flightdelay.monitoring.quiet import Quiet
from flightdelay.monitoring.watches import (
    WATCHES,
    input_signals,
    outcome_signals,
    score_signals,
    system_signals,
)
from flightdelay.service import ServedModel
from flightdelay.service.scoring import OPERATIONS, WEATHER


def _celsius(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(**{c: (inputs[c] - 32) * 5 / 9 for c in ("temp", "dewp")})


def _knots(inputs: pd.DataFrame) -> pd.DataFrame:
    winds = ("wind_speed", "wind_gust")
    return inputs.assign(**{c: inputs[c] / 1.150779 for c in winds})


def _kilometers(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(visib=inputs["visib"] * 1.609344)


def _stuck(inputs: pd.DataFrame) -> pd.DataFrame:
    there = inputs["origin"] == "EWR"
    readings = inputs.loc[there, WEATHER]
    # The first row and not `first()`, which would skip a value that is missing.
    first = readings.groupby(inputs.loc[there, "date"]).transform(lambda c: c.iloc[0])
    return inputs.assign(**first.reindex(inputs.index).where(there, inputs[WEATHER]))


def _no_weather(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(**dict.fromkeys(WEATHER, np.nan))


def _no_delays(inputs: pd.DataFrame) -> pd.DataFrame:
    counts = [column for column in OPERATIONS if "_flights_" in column]
    others = [column for column in OPERATIONS if column not in counts]
    return inputs.assign(**dict.fromkeys(counts, 0) | dict.fromkeys(others, np.nan))


def _all_punctual(inputs: pd.DataFrame) -> pd.DataFrame:
    seen = [column for column in OPERATIONS if "_flights_" not in column]
    # Where no flight was seen there is still no mean.
    return inputs.assign(**{c: inputs[c].where(inputs[c].isna(), 0) for c in seen})


def _hour_in_utc(inputs: pd.DataFrame) -> pd.DataFrame:
    moment = inputs["date"] + pd.to_timedelta(inputs["hour"], unit="h")
    # The hour that the clock shows twice is taken as the first; one flight, at most.
    local = moment.dt.tz_localize(TIME_ZONE, ambiguous=True, nonexistent="NaT")
    return inputs.assign(hour=local.dt.tz_convert("UTC").dt.hour.astype("int64"))


def _renamed(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(carrier=inputs["carrier"].replace("UA", "XX"))


def _canceled_are_on_time(flights: pd.DataFrame) -> pd.Series:
    return labels.not_on_time(flights) & flights["dep_time"].notna()


def _late_from_thirty(flights: pd.DataFrame) -> pd.Series:
    return labels.not_on_time(flights, minutes=30)


class Fault(NamedTuple):
    """Something that goes wrong without an error.

    Attributes:
        happens: What happens, in words.
        inputs: Changes what the feeds deliver: a log to a log.
        outcome: Gives the outcome that the log is told, from flights with every
            column; the charter's rule unless this is set.
    """

    happens: str
    inputs: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    outcome: Callable[[pd.DataFrame], pd.Series] | None = None


FAULTS = {
    "temperature in °C": Fault("the weather feed switches from °F to °C", _celsius),
    "wind in knots": Fault("the weather feed switches from mph to knots", _knots),
    "visibility in km": Fault(
        "the weather feed switches from miles to km", _kilometers
    ),
    "stuck station": Fault("Newark's station repeats its first reading", _stuck),
    "no weather": Fault("the weather feed stops", _no_weather),
    "no delays": Fault("the feed of earlier flights stops", _no_delays),
    "delays are zero": Fault("the feed reports each flight as punctual", _all_punctual),
    "hour in UTC": Fault("the schedule comes with its hour in UTC", _hour_in_utc),
    "unknown carrier": Fault("United gets another code", _renamed),
    "canceled is on time": Fault(
        "canceled flights count as on time", outcome=_canceled_are_on_time
    ),
    "late from 30 minutes": Fault(
        "a flight is late from 30 minutes on, not 15", outcome=_late_from_thirty
    ),
}


def inject(
    name: str, log: pd.DataFrame, flights: pd.DataFrame, model: ServedModel
) -> pd.DataFrame:
    """Return the log as it would have become with a fault on every day.

    Each day stands for itself, as if the fault had begun in its first hour. The model
    answers on the changed inputs through the service's own code.

    Args:
        name: A key of `FAULTS`.
        log: What was logged without the fault.
        flights: The same flights, in the same order, with every column and outcome.
        model: The model that answers.

    Returns:
        A log with the same rows.
    """
    fault = FAULTS[name]
    if fault.outcome is not None:
        told = fault.outcome(flights).astype(float)
        return log.assign(outcome=told.to_numpy())
    changed = fault.inputs(log)
    records = flights.set_axis(log.index).assign(outcome=log["outcome"])
    return answered(records, changed[INPUTS], model)


class Trials(NamedTuple):
    """What happened with each fault, and without.

    Attributes:
        signals: `signals` by fault ("none" without one) and model.
        probability: One row for each flight, one column for each fault and model.
        outcome: One row for each flight: what the log was told, one column for each
            fault.
    """

    signals: dict[tuple[str, str], pd.DataFrame]
    probability: pd.DataFrame
    outcome: pd.DataFrame


def try_faults(
    logs: Mapping[str, pd.DataFrame],
    flights: pd.DataFrame,
    served: Mapping[str, ServedModel],
    usual: Mapping[str, Quiet],
    charter: Charter,
    audited: pd.Series,
) -> Trials:
    """Inject each fault into each model's log, and look at it with each watch.

    Args:
        logs: The log of each model, with the same flights in the same order.
        flights: The same flights, in the same order, with every column.
        served: The models.
        usual: What is usual with each model.
        charter: As for `signals`.
        audited: As for `signals`.

    Returns:
        Signals, probabilities and outcomes.
    """
    found, probability, outcome = {}, {}, {}
    first = next(iter(logs))
    plain, quiet = logs[first], usual[first]
    days = quiet.distances(plain)
    untouched = _fast_signals(plain, quiet, days)
    for fault in ("none", *FAULTS):
        # A changed meaning leaves inputs and fallbacks as they are, and these are the
        # same for each model.
        changes_inputs = fault != "none" and FAULTS[fault].inputs is not None
        fast = None if changes_inputs else untouched
        for name, log in logs.items():
            if fault != "none":
                log = inject(fault, log, flights, served[name])
            if fast is None:
                fast = _fast_signals(log, quiet, _after(log, plain, quiet, days))
            slow = [
                score_signals(log, usual[name]),
                outcome_signals(log, usual[name], charter, audited),
            ]
            found[fault, name] = pd.concat([fast, *slow], axis="columns", sort=True)
            probability[fault, name] = log["probability"]
            outcome[fault] = log["outcome"]
    return Trials(
        signals={key: table[list(WATCHES)] for key, table in found.items()},
        probability=pd.DataFrame(probability),
        outcome=pd.DataFrame(outcome),
    )


def _fast_signals(
    log: pd.DataFrame, quiet: Quiet, days: DailyDistances
) -> pd.DataFrame:
    parts = [system_signals(log, quiet), input_signals(log, quiet, days)]
    return pd.concat(parts, axis="columns", sort=True)


def _after(
    log: pd.DataFrame, plain: pd.DataFrame, quiet: Quiet, before: DailyDistances
) -> DailyDistances:
    """Return the distances after a fault; only what it changed is computed anew."""
    changed = [column for column in INPUTS if not log[column].equals(plain[column])]
    now = quiet.distances(log, changed)
    return DailyDistances(
        *(old.assign(**new) for old, new in zip(before, now, strict=True))
    )
