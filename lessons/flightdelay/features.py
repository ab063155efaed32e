"""Step 3: what may be known when the desk decides, and nothing else.

Three sets of features: S, the schedule; W, the weather; O, operations so far. Every
value is known at a flight's `cut_off`, the charter's horizon before the start of its
scheduled departure hour.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from course import store
from flightdelay import data
from flightdelay.data import HIGHEST_WIND_SPEED, TIME_ZONE

#: Groups of earlier flights whose delays describe operations so far.
SCOPES = {
    "new_york": [],
    "origin": ["origin"],
    "origin_carrier": ["origin", "carrier"],
    "destination": ["dest"],
}
MEASURES = ("delay", "late_share", "flights")
WINDOWS = ("recent", "yesterday")

#: The "recent" window reaches this many hours back from the cut-off.
RECENT_HOURS = 3
#: "Yesterday" ends each night at this hour, New York time, when hardly anything flies
#: and before the first cut-off of the morning.
NIGHT_HOUR = 3
#: A visible delay counts with this many minutes at most, so that a canceled flight of
#: yesterday, which seems to wait all day, does not outweigh a hundred others.
LONGEST_DELAY = 60 * RECENT_HOURS
#: From this visible delay on, in minutes, a flight counts as visibly late.
VISIBLY_LATE = 15

#: Columns of each set.
FEATURE_SETS = {
    "schedule": (
        "carrier",
        "origin",
        "dest",
        "distance",
        "hour",
        "minute",
        "weekday",
        "holiday",
    ),
    "weather": (
        "temp",
        "dewp",
        "humid",
        "wind_dir",
        "wind_speed",
        "wind_gust",
        "precip",
        "pressure",
        "visib",
    ),
    "operations": tuple(
        f"{scope}_{measure}_{window}"
        for window in WINDOWS
        for scope in SCOPES
        for measure in MEASURES
    ),
}


def load(period: str | None = None) -> pd.DataFrame:
    """Return the features of all flights, as they were known at each cut-off.

    They are built once for all lessons; see `store.keep_table`.

    Args:
        period: A key of `data.PERIODS`; by default the whole year.

    Returns:
        One row for each flight of the period, indexed like `data.load_flights`, with
        the columns of all sets, as from `build`. Operations are missing for flights
        that would look back on sealed ones.

    Raises:
        DataError: There is no such period, or as in `data.load_table`.
    """
    features = store.keep_table("features", _build_all)
    if period is None:
        return features
    flights = data.period_rows(data.load_flights()[["month"]], period)
    return features.loc[flights.index[0] : flights.index[-1]]


def _build_all() -> pd.DataFrame:
    return build(data.load_flights(), data.load_table("weather"))


def build(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    history: pd.DataFrame | None = None,
    sets: Sequence[str] = ("schedule", "weather", "operations"),
) -> pd.DataFrame:
    """Compute the features of each flight as they were known at its cut-off.

    Args:
        flights: Flights to describe, as from `data.load_flights`.
        weather: Hourly readings, as from `data.load_table("weather")`.
        history: Flights whose delays may have been visible, with `dep_delay`; by
            default `flights` themselves. The window of yesterday reaches back to three
            o'clock in the night before yesterday, so include the day before the first
            flight.
        sets: Keys of `FEATURE_SETS`.

    Returns:
        One row for each flight, indexed like `flights`, with the columns of the chosen
        sets. A mean over no flights and a weather reading that is missing are NaN.
        Operations are missing for a sealed flight that would look back on sealed
        flights.

    Raises:
        ValueError: A set is unknown, or a flight that is not sealed would look back on
            sealed flights.
    """
    unknown = [name for name in sets if name not in FEATURE_SETS]
    if unknown:
        raise ValueError(
            f"There is no feature set {', '.join(unknown)}: "
            f"expected some of {', '.join(FEATURE_SETS)}."
        )
    parts = {
        "schedule": lambda: schedule(flights),
        "weather": lambda: weather_at_cut_off(flights, weather),
        "operations": lambda: operations(
            flights, flights if history is None else history
        ),
    }
    return pd.concat([parts[name]() for name in sets], axis="columns")


def schedule(flights: pd.DataFrame) -> pd.DataFrame:
    """Return set S: what the published schedule says about each flight.

    `holiday` is "holiday", "day before" or "day after" a US federal holiday, else
    "no"; a day that is several of them counts as the first in this order.
    """
    date = flights["date"]
    one_day = pd.Timedelta(days=1)
    holidays = USFederalHolidayCalendar().holidays(
        date.min() - one_day, date.max() + one_day
    )
    holiday = np.select(
        [
            date.isin(holidays),
            (date + one_day).isin(holidays),
            (date - one_day).isin(holidays),
        ],
        ["holiday", "day before", "day after"],
        default="no",
    )
    weekday = date.dt.day_of_week.astype("int64")
    features = flights.assign(weekday=weekday, holiday=holiday)
    return features[list(FEATURE_SETS["schedule"])].astype({"holiday": "str"})


def weather_at_cut_off(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return set W: the last reading that was surely known at the cut-off.

    A reading carries its hour but not its minute. The one labeled with the hour of the
    cut-off may have been taken after it, so the one of the hour before is used. An
    impossible wind speed counts as missing; a missing hour stays missing.
    """
    names = list(FEATURE_SETS["weather"])
    readings = weather.set_index(["time_hour", "origin"])[names]
    possible = ~(readings["wind_speed"] > HIGHEST_WIND_SPEED)
    readings["wind_speed"] = readings["wind_speed"].where(possible)
    known = flights["cut_off"].dt.tz_convert("UTC") - pd.Timedelta(hours=1)
    wanted = pd.DataFrame(
        {"time_hour": known.astype(weather["time_hour"].dtype)}, index=flights.index
    ).assign(origin=flights["origin"])
    return wanted.join(readings, on=["time_hour", "origin"])[names]


def operations(flights: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return set O: delays that were visible at the cut-off on earlier flights.

    At a moment, an earlier flight shows its departure delay if it has left, else the
    minutes since its schedule: the smaller of the two. A flight that was canceled
    counts as waiting, for the source does not say when the cancellation was known; that
    it had not left could be seen. Delays of scheduled but not yet due flights are
    unknown and not used.

    For all New York flights, for those of the same origin, of the same origin and
    carrier, and to the same destination, there are the mean visible delay in minutes,
    the share visibly late, and the number of flights:

    - "recent": scheduled in the three hours before the cut-off, seen at the cut-off;
    - "yesterday": scheduled in the last full day from three to three o'clock at night,
      seen at its end.

    Args:
        flights: Flights to describe.
        history: Flights that may be looked back on.

    Returns:
        One row for each flight, indexed like `flights`.

    Raises:
        ValueError: A flight that is not sealed would look back on sealed flights.
    """
    hidden = _looks_back_on_sealed(flights, history)
    if (hidden & ~flights["sealed"]).any():
        raise ValueError(
            "The history of these flights holds sealed outcomes: pass a history in "
            "which the flights of the day before are open too."
        )
    known = history[~history["sealed"]]
    windows = {
        "recent": (_recently_seen(known), flights["cut_off"]),
        "yesterday": (_seen_last_night(known), _last_night(flights["cut_off"])),
    }
    features = {}
    for window, (seen, moment) in windows.items():
        wanted = flights[["origin", "carrier", "dest"]].assign(moment=_minutes(moment))
        for scope, keys in SCOPES.items():
            groups = seen.groupby(["moment", *keys])
            summary = groups.agg(
                delay=("delay", "mean"),
                late_share=("late", "mean"),
                flights=("delay", "size"),
            )
            found = wanted.join(summary, on=["moment", *keys])
            found["flights"] = found["flights"].fillna(0)
            for measure in MEASURES:
                features[f"{scope}_{measure}_{window}"] = found[measure].mask(hidden)
    return pd.DataFrame(features)[list(FEATURE_SETS["operations"])]


def _recently_seen(history: pd.DataFrame) -> pd.DataFrame:
    """Return each flight as seen at the three cut-offs that look back on it."""
    scheduled = _minutes(history["scheduled_departure"])
    next_hour = scheduled // 60 * 60 + 60
    return pd.concat(
        _seen_at(history, scheduled, next_hour + 60 * later)
        for later in range(RECENT_HOURS)
    )


def _seen_last_night(history: pd.DataFrame) -> pd.DataFrame:
    """Return each flight as seen at the end of its day, at three in the night."""
    departure = history["scheduled_departure"]
    one_day = pd.Timedelta(days=1)
    # The first night hour after the schedule.
    end = _last_night(departure, later_by=one_day)
    return _seen_at(history, _minutes(departure), _minutes(end))


def _seen_at(
    history: pd.DataFrame, scheduled: pd.Series, moment: pd.Series
) -> pd.DataFrame:
    waiting = moment - scheduled
    delay = history["dep_delay"].fillna(np.inf)
    visible = np.minimum(np.minimum(delay, waiting), LONGEST_DELAY)
    return history[["origin", "carrier", "dest"]].assign(
        moment=moment, delay=visible, late=visible >= VISIBLY_LATE
    )


def _last_night(moment: pd.Series, later_by: pd.Timedelta | None = None) -> pd.Series:
    """Return the last night hour at or before each moment, shifted by whole days."""
    # On the local clock, since a day has 23 or 25 hours when the clock changes.
    clock = moment.dt.tz_localize(None)
    start = pd.Timedelta(hours=NIGHT_HOUR)
    night = (clock - start).dt.normalize() + start
    if later_by is not None:
        night = night + later_by
    return night.dt.tz_localize(TIME_ZONE)


def _minutes(moment: pd.Series) -> pd.Series:
    """Return minutes since 1970 UTC: every moment here is a whole minute."""
    return moment.astype("datetime64[s, UTC]").astype("int64") // 60


def _looks_back_on_sealed(flights: pd.DataFrame, history: pd.DataFrame) -> pd.Series:
    """Tell for each flight whether a sealed flight lies in one of its windows."""
    sealed = np.sort(_minutes(history.loc[history["sealed"], "scheduled_departure"]))
    end = _minutes(flights["cut_off"])
    start = _minutes(_last_night(flights["cut_off"])) - 25 * 60
    first, last = np.searchsorted(sealed, start), np.searchsorted(sealed, end)
    return pd.Series(last > first, index=flights.index)
