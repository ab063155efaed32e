"""Step 7: what the prediction log says about the system, day by day.

A *watch* turns the log of one day, or of seven, into one number that grows with
everything unusual, and fires when the number passes a limit. Limits are those of the
textbooks, or learned from quiet days: days on which nobody has broken anything.

A log is a table as from `read_log` or `answered`: one row for each prediction, with
`date` (day of the scheduled departure), every feature that went in, `probability`,
`prepare` and `fallback`, and `outcome` (1 for not on time).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.base import BaseEstimator, clone

from flightdelay import charter, data, evaluation, labels, store
from flightdelay.charter import Charter
from flightdelay.data import TIME_ZONE
from flightdelay.evaluation import Interval
from flightdelay.features import FEATURE_SETS
from flightdelay.models import CATEGORIES
from flightdelay.service import (
    Feeds,
    PredictionLog,
    ServedModel,
    score,
    served_choice,
)

#: Where signals come from, the fastest first.
KINDS = ("system", "input", "score", "outcome")
#: Level of the Kolmogorov-Smirnov tests.
KS_LEVEL = 0.01
#: Quiet days lie in the open months. Limits are learned in every second one, and judged
#: in those between.
LEARN_MONTHS, JUDGE_MONTHS = (1, 3, 5, 7), (2, 4, 6, 8)
#: Before this day the features of yesterday have no yesterday.
FIRST_QUIET_DAY = pd.Timestamp("2013-01-03")
#: Days that a slow watch looks at.
SLOW_DAYS = 7
#: Promised share of quiet days with a false alarm of one watch, and of a slow one.
FALSE_ALARMS, SLOW_FALSE_ALARMS = 0.01, 0.02
#: Outcomes of each day that a person checks by hand.
AUDITED_A_DAY = 15

WEATHER = list(FEATURE_SETS["weather"])
OPERATIONS = list(FEATURE_SETS["operations"])
INPUTS = [column for columns in FEATURE_SETS.values() for column in columns]
NUMBERS = [column for column in INPUTS if column not in CATEGORIES]
NAMES = [column for column in INPUTS if column in CATEGORIES]

# An input counts as always there if fewer of its quiet values than this are empty.
_HARDLY_EVER = 0.01
# Points at which the distribution of a number is compared, and bins of the index.
_POINTS, _BINS = 200, 10
# A share of zero would make the stability index infinite.
_SMALLEST_SHARE = 1e-4
_AT_ONCE = 30_000
# The distance of each input is measured against this quantile of its quiet days.
_USUAL = 0.95


class Watch(NamedTuple):
    """One thing that is watched.

    Attributes:
        kind: One of `KINDS`.
        sees: What its number is, in words.
        limit: The limit of the textbook, or None if it is learned from quiet days.
        days: Days of the log that one number looks at.
    """

    kind: str
    sees: str
    limit: float | None = None
    days: int = 1


# Two limits are rules of thumb: the stability index from which a shift counts as large
# (Siddiqi 2006), and the width of a control chart (Shewhart 1931).
WATCHES = {
    "volume": Watch("system", "flights of a day, against the usual for its weekday"),
    "empty inputs": Watch("system", "share of empty cells that are hardly ever empty"),
    "fallbacks": Watch("system", "share of answers with a fallback"),
    "KS at 1%": Watch("input", "number of inputs with a KS test below 1%", 0),
    "PSI above 0.2": Watch("input", "largest stability index of all inputs", 0.2),
    "three sigma": Watch("input", "largest distance of a daily mean, in sigmas", 3),
    "any input": Watch("input", "largest KS distance, each input by its own measure"),
    "stuck station": Watch("input", "largest share of one reading at a station"),
    "humidity misfit": Watch("input", "humidity against temperature and dew point"),
    "scores, KS at 1%": Watch("score", "KS tests of the probability below 1%", 0),
    "mean score": Watch("score", "mean probability, against the usual"),
    "rate": Watch("outcome", "rate of not on time, against the usual"),
    "gap": Watch("outcome", "mean probability minus rate", days=SLOW_DAYS),
    "cost": Watch(
        "outcome", "cost per flight beyond the cheapest policy", days=SLOW_DAYS
    ),
    "audit": Watch("outcome", "share of checked outcomes that differ", days=SLOW_DAYS),
}


# The log


def read_log(log: PredictionLog) -> pd.DataFrame:
    """Read a prediction log, with the day of each flight's scheduled departure.

    Args:
        log: The service's log.

    Returns:
        One row for each prediction, as from `PredictionLog.read`, and `date`.
    """
    table = log.read()
    clock = table["scheduled_departure"].dt.tz_localize(None)
    return table.assign(date=clock.dt.normalize())


class Delivered(NamedTuple):
    """Feeds that deliver these inputs, whatever is asked: for `score`.

    Attributes:
        inputs: One row for each record, with every feature.
    """

    inputs: pd.DataFrame

    def features(self, records: pd.DataFrame) -> pd.DataFrame:
        """Return the inputs of these records."""
        return self.inputs.loc[records.index]


def answered(
    records: pd.DataFrame, inputs: pd.DataFrame, model: ServedModel
) -> pd.DataFrame:
    """Let the service answer on given inputs, as it would have logged it.

    Args:
        records: Flights, with `date` and `outcome` and what `score` needs.
        inputs: One row for each record, with every feature.
        model: The model that answers.

    Returns:
        A log: one row for each record.
    """
    scored = score(records, Delivered(inputs), model)
    own = records[["date", "outcome"]]
    return pd.concat([own, scored.inputs, scored.answers], axis="columns")


def quiet_records(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the flights of the quiet days, with the outcome of each.

    Args:
        flights: As from `data.load_flights`.

    Returns:
        The open flights from `FIRST_QUIET_DAY` on, with `outcome` 0.0 or 1.0.
    """
    records = flights[~flights["sealed"] & (flights["date"] >= FIRST_QUIET_DAY)]
    return records.assign(outcome=labels.not_on_time(records).astype(float))


def quiet_log(
    records: pd.DataFrame, inputs: pd.DataFrame, model: ServedModel, every: int = 8
) -> pd.DataFrame:
    """Answer on quiet days as a model that has not learned from them.

    The model in use has learned from January to June, so its own answers there would
    look too good. Days in `LEARN_MONTHS` are answered by a copy that learned in
    `JUDGE_MONTHS`, and the other way round; July and August by the model itself.

    Args:
        records: As from `quiet_records`.
        inputs: One row for each record, with every feature.
        model: The model in use.
        every: A copy learns from one row in so many.

    Returns:
        A log.
    """
    month = records["date"].dt.month
    training = month.isin(data.PERIODS["train"])
    parts = [answered(records[~training], inputs, model)]
    for own, other in (LEARN_MONTHS, JUDGE_MONTHS), (JUDGE_MONTHS, LEARN_MONTHS):
        past = records[training & month.isin(other)].iloc[::every]
        pipeline = _untrained(model.pipeline)
        pipeline.fit(inputs.loc[past.index, model.columns], past["outcome"].astype(int))
        copy = replace(model, pipeline=pipeline)
        parts.append(answered(records[training & month.isin(own)], inputs, copy))
    return pd.concat(parts).loc[records.index]


def _untrained(model: BaseEstimator) -> BaseEstimator:
    """Return a copy that is not fitted, and that computes in double precision.

    On a part of the flights the rare categories and the signs for missing values are
    nearly collinear, too nearly for single precision.
    """
    copy = clone(model)
    double = {
        "columntransformer__categories__dtype": np.float64,
        "columntransformer__numbers__functiontransformer__kw_args": {
            "dtype": np.float64
        },
    }
    known = copy.get_params()
    return copy.set_params(**{k: v for k, v in double.items() if k in known})


# What quiet days look like


class _Number(NamedTuple):
    """How a number is distributed on quiet days.

    Attributes:
        size: Values that are not empty.
        points: Values at which distributions are compared.
        reached: Share of the values up to each point.
        edges: Places among the points that end the bins of the stability index.
    """

    size: int
    points: np.ndarray
    reached: np.ndarray
    edges: np.ndarray

    @classmethod
    def learn(cls, values: np.ndarray) -> "_Number":
        values = np.sort(values[~np.isnan(values)])
        ranks = np.linspace(0, 1, _POINTS + 1)
        points = np.unique(np.quantile(values, ranks, method="inverted_cdf"))
        reached = np.searchsorted(values, points, side="right") / len(values)
        inner = np.quantile(
            values, np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf"
        )
        edges = np.unique(np.searchsorted(points, inner))
        return cls(len(values), points, reached, edges)

    def compare(
        self, values: np.ndarray, day: np.ndarray, days: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return for each day the KS distance, its p-value, and the stability index."""
        given = ~np.isnan(values)
        place = np.searchsorted(self.points, values[given], side="left")
        width = len(self.points) + 1
        counts = np.bincount(day[given] * width + place, minlength=days * width)
        counts = counts.reshape(days, width).cumsum(axis=1)
        size = counts[:, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            reached = counts[:, :-1] / size[:, None]
            distance = np.abs(reached - self.reached).max(axis=1)
            scale = np.sqrt(size * self.size / (size + self.size))
        p_value = stats.kstwobign.sf(distance * scale)
        before = np.diff(self.reached[self.edges], prepend=0, append=1)
        now = np.diff(reached[:, self.edges], prepend=0, append=1)
        return distance, p_value, _index(before, now)


def _index(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return the population stability index of each row of shares."""
    before, now = (np.maximum(share, _SMALLEST_SHARE) for share in (before, now))
    return ((now - before) * np.log(now / before)).sum(axis=-1)


class _Name(NamedTuple):
    """How often each value of a category occurs on quiet days."""

    values: pd.Index
    shares: np.ndarray

    @classmethod
    def learn(cls, values: pd.Series) -> "_Name":
        counted = values.value_counts(normalize=True)
        return cls(counted.index, np.append(counted.to_numpy(), 0))

    def compare(
        self, values: pd.Series, day: np.ndarray, days: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return for each day half the sum of differences, and the stability index."""
        # A value never seen has the place -1, which becomes the last one.
        place = self.values.get_indexer(values) % len(self.shares)
        width = len(self.shares)
        counts = np.bincount(day * width + place, minlength=days * width)
        counts = counts.reshape(days, width)
        now = counts / counts.sum(axis=1, keepdims=True)
        return np.abs(now - self.shares).sum(axis=1) / 2, _index(self.shares, now)


class _Days(NamedTuple):
    """How the inputs of each day differ from those of quiet days, a column an input.

    Attributes:
        distance: KS distance of a number, half the sum of differences of a category.
        p_value: Of the KS test, for numbers.
        index: Population stability index.
        mean: Daily mean of a number.
    """

    distance: pd.DataFrame
    p_value: pd.DataFrame
    index: pd.DataFrame
    mean: pd.DataFrame


@dataclass(frozen=True)
class Quiet:
    """What is usual, as learned from the log of quiet days.

    Attributes:
        numbers: Distribution of each number, the probability among them.
        names: Shares of each category.
        mean: Mean of the daily means of each number.
        deviation: Standard deviation of the daily means of each number.
        usual_distance: Distance that an input exceeds on one quiet day in twenty.
        always_there: Inputs that are hardly ever empty.
        flights: Median number of flights by weekday.
        score: Median of the daily mean probability.
        rate: Median of the daily rate of not on time.
    """

    numbers: dict[str, _Number]
    names: dict[str, _Name]
    mean: pd.Series
    deviation: pd.Series
    usual_distance: pd.Series
    always_there: list[str]
    flights: pd.Series
    score: float
    rate: float

    @classmethod
    def learn(cls, log: pd.DataFrame) -> "Quiet":
        """Learn what is usual.

        Args:
            log: Predictions of quiet days, with outcomes.

        Returns:
            The usual values.
        """
        numbers = {
            column: _Number.learn(log[column].to_numpy(float))
            for column in [*NUMBERS, "probability"]
        }
        names = {column: _Name.learn(log[column]) for column in NAMES}
        days = _days(log, {column: numbers[column] for column in NUMBERS}, names)
        daily = log.groupby("date")
        empty = log[INPUTS].isna().mean()
        size = daily.size()
        return cls(
            numbers=numbers,
            names=names,
            mean=days.mean.mean(),
            deviation=days.mean.std(),
            usual_distance=days.distance.quantile(_USUAL),
            always_there=list(empty.index[empty < _HARDLY_EVER]),
            flights=size.groupby(size.index.day_of_week).median(),
            score=daily["probability"].mean().median(),
            rate=daily["outcome"].mean().median(),
        )


def _days(
    log: pd.DataFrame,
    numbers: Mapping[str, _Number],
    names: Mapping[str, _Name],
    by: str = "date",
) -> _Days:
    day, dates = pd.factorize(log[by], sort=True)
    compared = {
        column: number.compare(log[column].to_numpy(float), day, len(dates))
        for column, number in numbers.items()
    }
    named = {
        column: name.compare(log[column], day, len(dates))
        for column, name in names.items()
    }
    given = log.groupby(by)

    def table(values: Mapping[str, ArrayLike]) -> pd.DataFrame:
        return pd.DataFrame(values, index=pd.Index(dates, name=by))

    both = compared | named
    return _Days(
        distance=table({column: found[0] for column, found in both.items()}),
        p_value=table({column: found[1] for column, found in compared.items()}),
        index=table({column: found[-1] for column, found in both.items()}),
        mean=table({column: given[column].mean().to_numpy() for column in numbers}),
    )


def _days_of(log: pd.DataFrame, quiet: Quiet, columns: Sequence[str]) -> _Days:
    numbers = {c: quiet.numbers[c] for c in columns if c in NUMBERS}
    names = {c: quiet.names[c] for c in columns if c in NAMES}
    return _days(log, numbers, names)


def _days_after(
    fault: pd.DataFrame, log: pd.DataFrame, quiet: Quiet, before: _Days
) -> _Days:
    """Return the days of a log with a fault, where only what it changed is computed."""
    changed = [column for column in INPUTS if not fault[column].equals(log[column])]
    now = _days_of(fault, quiet, changed)
    return _Days(*(old.assign(**new) for old, new in zip(before, now, strict=True)))


def stability_index(
    log: pd.DataFrame, reference: pd.DataFrame, by: str
) -> pd.DataFrame:
    """Return the population stability index of each input in each period.

    Args:
        log: Predictions.
        reference: Predictions of the time to compare with.
        by: Column of `log` that holds the period, such as its month.

    Returns:
        One row for each period, one column for each input.
    """
    numbers = {c: _Number.learn(reference[c].to_numpy(float)) for c in NUMBERS}
    names = {c: _Name.learn(reference[c]) for c in NAMES}
    return _days(log, numbers, names, by).index


# Signals


def signals(
    log: pd.DataFrame, quiet: Quiet, agreed: Charter, audited: pd.Series | None = None
) -> pd.DataFrame:
    """Turn a log into one number for each day and watch.

    Args:
        log: Predictions of whole days.
        quiet: What is usual.
        agreed: The charter, for the costs.
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
            outcome_signals(log, quiet, agreed, audited),
        ],
        axis="columns",
        sort=True,
    )[list(WATCHES)]


def quiet_signals(
    log: pd.DataFrame, quiet: Quiet, agreed: Charter, audited: pd.Series
) -> pd.DataFrame:
    """Return the `signals` of quiet days, each month for itself.

    So no week reaches from a month in which limits are learned into one in which they
    are judged. Arguments as for `signals`.
    """
    months = log["date"].dt.month
    parts = [
        signals(part, quiet, agreed, audited.loc[part.index])
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


def input_signals(log: pd.DataFrame, quiet: Quiet) -> pd.DataFrame:
    """Return how unusual the inputs of each day are, by several watches."""
    return _input_signals(log, quiet, _days_of(log, quiet, INPUTS))


def _input_signals(log: pd.DataFrame, quiet: Quiet, days: _Days) -> pd.DataFrame:
    sigmas = (days.mean - quiet.mean) / quiet.deviation
    return pd.DataFrame(
        {
            "KS at 1%": (days.p_value < KS_LEVEL).sum(axis="columns"),
            "PSI above 0.2": days.index.max(axis="columns"),
            "three sigma": sigmas.abs().max(axis="columns"),
            "any input": (days.distance / quiet.usual_distance).max(axis="columns"),
            "stuck station": _largest_share_of_one_reading(log),
            "humidity misfit": _humidity_misfit(log),
        }
    )


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


def score_signals(log: pd.DataFrame, quiet: Quiet) -> pd.DataFrame:
    """Return how unusual the probabilities of each day are."""
    day, dates = pd.factorize(log["date"], sort=True)
    usual = quiet.numbers["probability"]
    values = log["probability"].to_numpy()
    _, p_value, _ = usual.compare(values, day, len(dates))
    mean = log.groupby("date")["probability"].mean()
    return pd.DataFrame(
        {
            "scores, KS at 1%": (p_value < KS_LEVEL).astype(int),
            "mean score": (mean - quiet.score).abs(),
        },
        index=mean.index,
    )


def outcome_signals(
    log: pd.DataFrame, quiet: Quiet, agreed: Charter, audited: pd.Series | None = None
) -> pd.DataFrame:
    """Return what the outcomes say; arguments as for `signals`."""
    outcome, probability = log["outcome"], log["probability"]
    cost = evaluation.flight_costs(outcome, probability, agreed)
    sums = pd.DataFrame(
        {"late": outcome, "probability": probability, "cost": cost, "flights": 1}
    )
    if audited is not None:
        sums["checked"] = audited.notna()
        sums["differs"] = audited.notna() & (audited != outcome)
    by_day = sums.groupby(log["date"]).sum()
    slow = by_day.rolling(f"{SLOW_DAYS}D", min_periods=SLOW_DAYS).sum()
    rate = slow["late"] / slow["flights"]
    cheapest = np.minimum(agreed.cost_prepare, rate * agreed.cost_unprepared)
    return pd.DataFrame(
        {
            "rate": (by_day["late"] / by_day["flights"] - quiet.rate).abs(),
            "gap": (slow["probability"] / slow["flights"] - rate).abs(),
            "cost": slow["cost"] / slow["flights"] - cheapest,
            "audit": np.nan if audited is None else slow["differs"] / slow["checked"],
        }
    )


def audit(
    flights: pd.DataFrame, outcome: pd.Series, a_day: int = AUDITED_A_DAY, seed: int = 0
) -> pd.Series:
    """Draw flights of each day by lot, for a person who looks up what happened.

    Args:
        flights: Flights with `date`.
        outcome: What that person will find, by the charter's rule.
        a_day: Flights drawn on each day.
        seed: Seed of the lot.

    Returns:
        The outcome of the drawn flights, missing for the others.
    """
    drawn = flights.groupby("date").sample(a_day, random_state=seed).index
    return outcome.astype(float).where(outcome.index.isin(drawn))


# Limits and alarms


def learn_limits(
    found: pd.DataFrame,
    false_alarms: float = FALSE_ALARMS,
    slow_false_alarms: float = SLOW_FALSE_ALARMS,
) -> pd.Series:
    """Return the limit of each watch, so that quiet days pass it rarely.

    The limit is the k-th loudest of n quiet days, with k the largest number for which
    k / (n + 1) is at most the promised rate. A new day that is drawn like the others
    passes it with that probability, whatever the distribution (Vovk et al. 2005).
    Days in a row, or of another season, are not drawn like the others: measure the rate
    on days of your own. A watch with a limit of the textbook keeps it.

    Args:
        found: `signals` of quiet days.
        false_alarms: Promised share of quiet days with an alarm.
        slow_false_alarms: The same for a watch that looks at several days, of which
            there are fewer.

    Returns:
        One limit for each watch; it fires above.

    Raises:
        ValueError: The days are too few for the promise.
    """
    limits = {}
    for name in found:
        if WATCHES[name].limit is not None:
            limits[name] = WATCHES[name].limit
            continue
        values = np.sort(found[name].dropna())
        promised = false_alarms if WATCHES[name].days == 1 else slow_false_alarms
        rank = int(promised * (len(values) + 1))
        if rank < 1:
            raise ValueError(
                f"{len(values)} quiet days are too few to promise {name!r} a false "
                f"alarm on {promised:.1%} of the days: "
                f"{int(np.ceil(1 / promised)) - 1} are needed."
            )
        limits[name] = values[-rank]
    return pd.Series(limits, name="limit", dtype=float)


def alarms(found: pd.DataFrame, limits: pd.Series) -> pd.DataFrame:
    """Tell for each day and watch whether it fires.

    Args:
        found: `signals` of some days.
        limits: As from `learn_limits`.

    Returns:
        1 or 0 as floats, missing where the signal is.
    """
    return (found > limits).astype(float).where(found.notna())


def episodes(fired: ArrayLike) -> int:
    """Return the number of alarms, where days in a row count as one.

    Args:
        fired: 1 or 0 for each day, in the order of time; missing counts as 0.
    """
    rings = pd.Series(fired).fillna(0).to_numpy() == 1
    return int((rings & ~np.append(False, rings[:-1])).sum())


def share(fired: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the share of days with an alarm, with the exact binomial interval.

    The interval (Clopper and Pearson 1934) takes the days as independent.

    Args:
        fired: 1 or 0 for each day; missing days are left out.
        confidence: Of the interval.

    Returns:
        Estimate, low and high.
    """
    fired = pd.Series(fired).dropna()
    test = stats.binomtest(int(fired.sum()), len(fired))
    low, high = test.proportion_ci(confidence)
    return Interval(fired.mean(), low, high)


# Faults


def _celsius(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(**{c: (inputs[c] - 32) * 5 / 9 for c in ("temp", "dewp")})


def _knots(inputs: pd.DataFrame) -> pd.DataFrame:
    winds = ("wind_speed", "wind_gust")
    return inputs.assign(**{c: inputs[c] / 1.150779 for c in winds})


def _kilometers(inputs: pd.DataFrame) -> pd.DataFrame:
    return inputs.assign(visib=inputs["visib"] * 1.609344)


def _stuck(inputs: pd.DataFrame, station: str = "EWR") -> pd.DataFrame:
    there = inputs["origin"] == station
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


def _renamed(inputs: pd.DataFrame, old: str = "UA", new: str = "XX") -> pd.DataFrame:
    return inputs.assign(carrier=inputs["carrier"].replace(old, new))


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


# Late outcomes


def rate_shown(log: pd.DataFrame, hours: Sequence[float]) -> pd.DataFrame:
    """Return what a dashboard shows of a day's outcomes, and when.

    Args:
        log: Predictions with `outcome` and `outcome_at`.
        hours: Hours after midnight at which somebody looks; more than 24 lie on the
            days after.

    Returns:
        One row for each date and hour: `shown`, the rate of not on time among the
        flights due by then whose outcome is known; `known`, their share of
        those due; `final`, the rate among those due once all is known.
    """
    midnight = log["date"].dt.tz_localize(TIME_ZONE)
    due, known = (
        (log[column] - midnight) / pd.Timedelta(hours=1)
        for column in ("scheduled_departure", "outcome_at")
    )
    rows = []
    for hour in hours:
        is_due = due <= hour
        is_known = is_due & (known <= hour)
        counts = pd.DataFrame(
            {
                "due": is_due,
                "known": is_known,
                "late": log["outcome"].where(is_due, 0),
                "late_known": log["outcome"].where(is_known, 0),
            }
        )
        by_day = counts.groupby(log["date"]).sum().reset_index()
        rows.append(by_day.assign(hour=hour))
    found = pd.concat(rows, ignore_index=True)
    return pd.DataFrame(
        {
            "date": found["date"],
            "hour": found["hour"],
            "due": found["due"],
            "known": found["known"] / found["due"],
            "shown": found["late_known"] / found["known"],
            "final": found["late"] / found["due"],
        }
    )


# Retraining


def retrained(
    past: pd.DataFrame,
    rows: pd.DataFrame,
    model: BaseEstimator,
    before: int,
    window: int | None = None,
) -> np.ndarray:
    """Train a model anew on what the log held before a month, and let it answer.

    Args:
        past: Predictions with outcomes to learn from; later ones are left out.
        rows: Predictions whose inputs it answers on.
        model: Its settings are taken, its state is not.
        before: First month that it must not learn from.
        window: Months to learn from, the last ones; by default all before.

    Returns:
        One probability for each of the rows.
    """
    month = past["date"].dt.month
    first = 1 if window is None else before - window
    learned = past[(month >= first) & (month < before)]
    fitted = _untrained(model)
    fitted.fit(learned[INPUTS], learned["outcome"].astype(int))
    # In pieces, to bound memory.
    pieces = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
    return np.concatenate(
        [fitted.predict_proba(piece[INPUTS])[:, 1] for piece in pieces]
    )


# Faults against watches


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
    agreed: Charter,
    audited: pd.Series,
) -> Trials:
    """Inject each fault into each model's log, and look at it with each watch.

    Args:
        logs: The log of each model, with the same flights in the same order.
        flights: The same flights, in the same order, with every column.
        served: The models.
        usual: What is usual with each model.
        agreed: The charter.
        audited: As for `signals`.

    Returns:
        Signals, probabilities and outcomes.
    """
    found, probability, outcome = {}, {}, {}
    first = next(iter(logs))
    plain, quiet = logs[first], usual[first]
    days = _days_of(plain, quiet, INPUTS)
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
                fast = _fast_signals(log, quiet, _days_after(log, plain, quiet, days))
            slow = [
                score_signals(log, usual[name]),
                outcome_signals(log, usual[name], agreed, audited),
            ]
            found[fault, name] = pd.concat([fast, *slow], axis="columns", sort=True)
            probability[fault, name] = log["probability"]
            outcome[fault] = log["outcome"]
    return Trials(
        signals={key: table[list(WATCHES)] for key, table in found.items()},
        probability=pd.DataFrame(probability),
        outcome=pd.DataFrame(outcome),
    )


def _fast_signals(log: pd.DataFrame, quiet: Quiet, days: _Days) -> pd.DataFrame:
    parts = [system_signals(log, quiet), _input_signals(log, quiet, days)]
    return pd.concat(parts, axis="columns", sort=True)


# Decisions and the plan

#: What a day's alarms say, in the order in which one asks.
DIAGNOSES = ("fault", "meaning", "shift", "nothing")


class Alarm(NamedTuple):
    """What to do when a watch fires.

    Attributes:
        owner: Who gets the alarm.
        when: "at once" if it calls the owner, or where it is read instead.
        says: What it speaks for, one of `DIAGNOSES`.
        action: What the owner does first.
    """

    owner: str
    when: str
    says: str
    action: str


#: The watches that somebody answers for.
PLAN = {
    "volume": Alarm(
        "platform on call",
        "at once",
        "fault",
        "compare with the timetable: are flights missing?",
    ),
    "empty inputs": Alarm(
        "platform on call", "at once", "fault", "find the feed that stopped; restart it"
    ),
    "fallbacks": Alarm(
        "platform on call", "at once", "fault", "read which fallbacks the log names"
    ),
    "any input": Alarm(
        "data engineer", "at once", "fault", "find the input; look at the raw feed"
    ),
    "stuck station": Alarm(
        "data engineer", "at once", "fault", "take the station out; ask who runs it"
    ),
    "humidity misfit": Alarm(
        "data engineer",
        "at once",
        "fault",
        "check the units of temperature and dew point",
    ),
    "audit": Alarm(
        "shift lead", "at once", "meaning", "ask who changed the rule; stop retraining"
    ),
    "gap": Alarm(
        "model owner",
        "weekly meeting",
        "shift",
        "rule out fault and meaning; then step 5",
    ),
    "cost": Alarm(
        "model owner",
        "weekly meeting",
        "shift",
        "compare with preparing all and none; tell the owner of the charter",
    ),
}
#: Those that call their owner at any hour.
CALLING = [name for name, alarm in PLAN.items() if alarm.when == "at once"]


def diagnose(fired: pd.DataFrame) -> pd.Series:
    """Name what a day's alarms speak for: a fault first, then a changed meaning.

    A broken feed moves scores and outcomes too, and a changed meaning moves the gap, so
    the order matters.

    Args:
        fired: As from `alarms`.

    Returns:
        One of `DIAGNOSES` for each row.
    """
    found = pd.Series("nothing", index=fired.index)
    for says in reversed(DIAGNOSES[:-1]):
        watches = [name for name, alarm in PLAN.items() if alarm.says == says]
        found[(fired[watches] == 1).any(axis="columns")] = says
    return found


class Plan(NamedTuple):
    """Limits of the chosen model's watches, and how they fare on quiet days.

    Attributes:
        limits: As from `learn_limits`, from days in `LEARN_MONTHS`.
        rates: Share of the days in `JUDGE_MONTHS` with an alarm, an `Interval` each.
        any_rate: The same for a day on which any watch of `CALLING` fires.
    """

    limits: pd.Series
    rates: pd.Series
    any_rate: Interval


def make_plan(found: pd.DataFrame) -> Plan:
    """Learn limits in every second month, and judge them in the months between.

    Args:
        found: As from `quiet_signals`.

    Returns:
        The plan's numbers.
    """
    learn = found.index.month.isin(LEARN_MONTHS)
    limits = learn_limits(found[learn])
    fired = alarms(found[~learn], limits)
    rates = pd.Series({name: share(fired[name]) for name in fired}, dtype=object)
    calls = (fired[CALLING] == 1).any(axis="columns")
    return Plan(limits, rates, share(calls.astype(float)))


def plan_markdown(plan: Plan) -> str:
    """Return the monitoring plan as a Markdown table, an alarm a row."""
    lines = [
        "| Watch | Fires above | False alarms | Owner, and when | First action |",
        "|---|---|---|---|---|",
    ]
    for name, alarm in PLAN.items():
        watch, rate = WATCHES[name], plan.rates[name]
        days = f", {watch.days} days" if watch.days > 1 else ""
        lines.append(
            f"| **{name}**: {watch.sees}{days} | {plan.limits[name]:.2g} "
            f"| {rate.estimate:.1%}<br>{rate.low:.1%}&nbsp;to {rate.high:.1%} "
            f"| {alarm.owner}, {alarm.when} | {alarm.action} |"
        )
    return "\n".join(lines)


def chosen_plan() -> Plan:
    """Return the plan for the chosen model; made once and kept, see `store.keep`."""
    return _kept_plan()[1]


def chosen_quiet() -> Quiet:
    """Return what is usual for the chosen model, from which its plan was made."""
    return _kept_plan()[0]


def _kept_plan() -> tuple[Quiet, Plan]:
    return store.keep("monitoring-plan", _make_kept_plan)


def _make_kept_plan() -> tuple[Quiet, Plan]:
    flights, agreed = data.load_flights(), charter.load()
    records, model = quiet_records(flights), served_choice()
    feeds = Feeds(data.load_table("weather"), flights)
    log = quiet_log(records, feeds.features(records), model)
    learn = log["date"].dt.month.isin(LEARN_MONTHS)
    quiet = Quiet.learn(log[learn])
    checked = audit(log, log["outcome"])
    return quiet, make_plan(quiet_signals(log, quiet, agreed, checked))
