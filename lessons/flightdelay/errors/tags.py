"""What wrong decisions have in common, and the most that mending them could win.

A tag is a fact about a flight that is known afterwards, such as "the weather turned".
It is no cause: it says where to look.
"""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay import data, features, labels
from flightdelay.charter import Charter
from flightdelay.evaluation import Interval, bootstrap_interval, flight_costs
from flightdelay.features import VISIBLY_LATE
from flightdelay.labels import LATE_MINUTES

#: From this wind on, or below this visibility, or with any rain or snow, the weather of
#: an hour counts as bad: mph and miles.
STRONG_WIND, POOR_VISIBILITY = 25, 3
#: Share of flights, by which delays at an airport "grew" or "went back".
JUMP = 0.15
#: With fewer flights due at an airport in the last hours, there is nothing to see yet.
FEW_FLIGHTS = 10
#: Minutes beside the label's line within which a flight is "at the line".
LINE_MINUTES = 5


class Tag(NamedTuple):
    """A mark for wrong decisions.

    Attributes:
        error: "missed" for flights not on time that were not prepared, "needless" for
            flights on time that were.
        meaning: What was found out afterwards.
        of_the_outcome: Whether the tag is part of the outcome itself, so that no
            information at the cut-off could be just that.
        step: Step to go back to.
        change: What to change there.
    """

    error: Literal["missed", "needless"]
    meaning: str
    of_the_outcome: bool
    step: int
    change: str


TAGS = {
    "late on the way": Tag(
        "missed",
        f"left less than {VISIBLY_LATE} minutes late, and arrived {LATE_MINUTES} or "
        "more late",
        True,
        2,
        "get data on the airspace and on the destination's queues",
    ),
    "delays grew": Tag(
        "missed",
        "flights due at its airport after the cut-off were late far more often than "
        "the desk could see",
        False,
        1,
        "ask whether the desk could decide an hour later",
    ),
    "nothing to see yet": Tag(
        "missed",
        f"fewer than {FEW_FLIGHTS} flights due at its airport in the three hours "
        "before the cut-off",
        False,
        3,
        "signs of the night before, such as planes that came in late",
    ),
    "at the line": Tag(
        "missed",
        f"arrived {LATE_MINUTES} to {LATE_MINUTES + LINE_MINUTES - 1} minutes late",
        True,
        1,
        "ask the desk whether such a flight needs rebooking at all",
    ),
    "weather turned": Tag(
        "missed",
        "rain, fog or strong wind in its hour, and none in the reading at the cut-off",
        False,
        2,
        "get a weather forecast, as it stood at the cut-off",
    ),
    "canceled": Tag(
        "missed",
        "never left",
        True,
        2,
        "find out when a cancellation is known; the tables do not say",
    ),
    "plane came late": Tag(
        "missed",
        "its plane had left New York earlier that day, and that flight was not on time",
        False,
        2,
        "get the plan of the planes, as it stood at the cut-off",
    ),
    "diverted": Tag(
        "missed", "landed elsewhere", True, 2, "nothing: too few to matter"
    ),
    "delays went back": Tag(
        "needless",
        "flights due at its airport after the cut-off were late far less often than "
        "the desk could see",
        False,
        1,
        "ask whether the desk could decide an hour later",
    ),
    "almost late": Tag(
        "needless",
        f"arrived {LATE_MINUTES - LINE_MINUTES} to {LATE_MINUTES - 1} minutes late",
        True,
        1,
        "ask the desk whether it counts such a flight as waste",
    ),
    "caught up": Tag(
        "needless",
        f"left {VISIBLY_LATE} minutes or more late, and arrived less than "
        f"{LATE_MINUTES} late",
        True,
        2,
        "get planned and usual flying times",
    ),
    "weather cleared": Tag(
        "needless",
        "rain, fog or strong wind in the reading at the cut-off, and none in its hour",
        False,
        2,
        "get a weather forecast, as it stood at the cut-off",
    ),
}

#: What the desk would have to know more, and where to go for it: step and change.
TRIALS = {
    "a perfect weather forecast": (2, "get forecasts; a real one wins less"),
    "deciding one hour later": (1, "ask whether an hour is enough to prepare"),
}


def tag_flights(
    flights: pd.DataFrame, known: pd.DataFrame, weather: pd.DataFrame
) -> pd.DataFrame:
    """Say of each flight which tags are true of it, whatever was decided about it.

    Args:
        flights: Whole days of flights with their outcomes, as from `data.load_flights`.
        known: Their features, as from `features.build`.
        weather: Hourly readings, as from `data.load_table("weather")`.

    Returns:
        One row for each flight, indexed like `flights`, with a column of true and
        false for each of `TAGS`.

    Raises:
        ValueError: The outcome of some flight is sealed.
    """
    if flights["sealed"].any():
        raise ValueError("A sealed flight has no outcome to tag it by.")
    departure, arrival = flights["dep_delay"], flights["arr_delay"]
    kind = labels.outcome_kind(flights)
    seen = is_bad(known)
    came = is_bad(weather_of_the_hour(flights, weather))
    rise = late_share_after_cut_off(flights) - known["origin_late_share_recent"].fillna(
        0
    )
    by_plane = flights.sort_values("scheduled_departure").groupby(["date", "tailnum"])
    before = by_plane["arr_delay"].shift().reindex(flights.index)
    has_flown = by_plane.cumcount().reindex(flights.index) > 0
    no_arrival = has_flown & before.isna()
    line = LATE_MINUTES
    tags = {
        "late on the way": (departure < VISIBLY_LATE) & (arrival >= line),
        "delays grew": rise >= JUMP,
        "nothing to see yet": known["origin_flights_recent"] < FEW_FLIGHTS,
        "at the line": arrival.between(line, line + LINE_MINUTES - 1),
        "weather turned": came & ~seen,
        "canceled": kind == "canceled",
        "plane came late": (before >= line) | no_arrival,
        "diverted": kind == "diverted",
        "delays went back": rise <= -JUMP,
        "almost late": arrival.between(line - LINE_MINUTES, line - 1),
        "caught up": (departure >= VISIBLY_LATE) & (arrival < line),
        "weather cleared": seen & ~came,
    }
    return pd.DataFrame(tags)[list(TAGS)]


def ceilings(
    tags: pd.DataFrame,
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    date: ArrayLike,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Return what mending the wrong decisions of each tag could win.

    Two ceilings, in the charter's unit per flight of *all* flights. "If each were
    known" supposes that every wrong decision of the tag is turned into the right one;
    no repair of these wins more. "If the tag were known" supposes that the desk learns
    at the cut-off of which flights the tag is true, and no more, and decides the
    opposite for all of them; below zero it had better not.

    Args:
        tags: As from `tag_flights`.
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives costs, threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples.

    Returns:
        One row for each tag, the largest ceiling first: the `error`, the number of
        `flights` with that error and tag, their `share` of all such errors, and the
        `Interval`s `if_each_were_known` and `if_the_tag_were_known` (missing where the
        tag is a part of the outcome).

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome = np.asarray(outcome, dtype=float)
    prepared = np.asarray(probability) >= charter.threshold
    wrong = {
        "missed": ~prepared & (outcome == 1),
        "needless": prepared & (outcome == 0),
    }
    cost = flight_costs(outcome, probability, charter)
    opposite = flight_costs(outcome, (~prepared).astype(float), charter, 0.5)

    def mean(values: np.ndarray) -> Interval:
        return bootstrap_interval(
            outcome,
            outcome,
            lambda *_: values,
            charter.resampling_unit,
            date,
            resamples,
            charter.confidence,
        )

    rows = {}
    for name, tag in TAGS.items():
        has = tags[name].to_numpy(dtype=bool)
        errors = wrong[tag.error] & has
        decided = ~prepared if tag.error == "missed" else prepared
        rows[name] = {
            "error": tag.error,
            "flights": int(errors.sum()),
            "share": errors.sum() / wrong[tag.error].sum(),
            "if_each_were_known": mean((cost - opposite) * errors),
            "if_the_tag_were_known": None
            if tag.of_the_outcome
            else mean((cost - opposite) * (decided & has)),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("tag")
    largest = table["if_each_were_known"].map(lambda interval: interval.estimate)
    return table.loc[largest.sort_values(ascending=False, kind="stable").index]


def weather_of_the_hour(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return the reading of each flight's departure hour: a perfect forecast.

    No feature: it is known too late. Columns and index are those of
    `features.weather_at_cut_off`.
    """
    hour = flights["time_hour"].dt.tz_convert(data.TIME_ZONE)
    # The reading that is used is the one of the hour before the cut-off.
    return features.weather_at_cut_off(
        flights.assign(cut_off=hour + pd.Timedelta(hours=1)), weather
    )


def known_with_more(
    flights: pd.DataFrame, weather: pd.DataFrame, known: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the features that the desk would have if it knew a little more.

    Args:
        flights: Flights with open outcomes, from the first day on.
        weather: Hourly readings.
        known: Their features as they are, from `features.build`.

    Returns:
        Two tables like `known`, one for each of `TRIALS`: with the weather of the
        departure hour itself in place of the reading at the cut-off, and with
        everything as it stands one hour after the cut-off.
    """
    later = flights.assign(cut_off=flights["cut_off"] + pd.Timedelta(hours=1))
    forecast = weather_of_the_hour(flights, weather)
    tables = known.assign(**forecast), features.build(later, weather)[list(known)]
    return dict(zip(TRIALS, tables, strict=True))


def is_bad(readings: pd.DataFrame) -> pd.Series:
    """Tell for each reading whether its weather counts as bad."""
    return (
        (readings["precip"] > 0)
        | (readings["visib"] < POOR_VISIBILITY)
        | (readings["wind_speed"] >= STRONG_WIND)
    )


def late_share_after_cut_off(flights: pd.DataFrame) -> pd.Series:
    """Share that left late of the flights due between the cut-off and the hour.

    They are those scheduled at the same airport from the cut-off to the start of the
    departure hour; missing where there are none.
    """
    left_late = ~(flights["dep_delay"] < VISIBLY_LATE)
    by_hour = left_late.groupby([flights["origin"], flights["time_hour"]])
    late, size = (
        sum(
            pd.Series(
                counts.reindex(
                    pd.MultiIndex.from_arrays(
                        [flights["origin"], flights["time_hour"] - earlier]
                    ),
                    fill_value=0,
                ).to_numpy(),
                index=flights.index,
            )
            for earlier in pd.to_timedelta([1, 2], unit="h")
        )
        for counts in (by_hour.sum(), by_hour.size())
    )
    return late / size.where(size > 0)
