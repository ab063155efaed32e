"""Known defects of the tables, counted."""

import numpy as np
import pandas as pd

from flightdelay.data.periods import OUTCOMES, SEALED_MONTHS, TIME_ZONE, load_table

#: Every table that is shipped. The names stand here for the digest of whoever counts.
TABLES = ("flights", "weather", "planes", "airports", "airlines")

#: No surface wind of a New York airport comes near this speed, in mph.
HIGHEST_WIND_SPEED = 150


def defects() -> pd.DataFrame:
    """Count the known defects of the tables.

    What needs an outcome, or the knowledge that one is empty, is counted in the open
    months alone: an empty departure time is a cancellation, and a count over the whole
    year would give away those of the sealed months. The rest is counted over the
    whole year.

    Returns:
        One row for each defect: `table`, `defect` in words, `rows` that have it, `of`
        how many rows that were looked at, and their `share` between 0 and 1.

    Raises:
        DataError: As in `load_table`.
    """
    tables = {name: load_table(name) for name in TABLES}
    flights, weather = tables["flights"], tables["weather"]
    is_open = ~flights["month"].isin(SEALED_MONTHS)
    counted = [
        (
            name,
            f"{column} is empty",
            table[column].isna(),
            is_open if name == "flights" and column in OUTCOMES else None,
        )
        for name, table in tables.items()
        for column in table.columns[table.isna().any()]
    ]

    canceled = flights["dep_time"].isna()
    diverted = flights["arr_delay"].isna() & ~canceled
    no_tail = flights["tailnum"].isna()
    at_2400 = (flights[["dep_time", "arr_time"]] == 2400).any(axis="columns")
    hour = flights["time_hour"].dt.tz_convert(TIME_ZONE).dt.hour
    unknown_plane = ~flights["tailnum"].isin(tables["planes"]["tailnum"])
    unknown_airport = ~flights["dest"].isin(tables["airports"]["faa"])
    within_new_york = flights["dest"].isin(flights["origin"].unique())
    counted += [
        ("flights", "canceled: never departed", canceled, is_open),
        ("flights", "diverted: departed, no arrival delay", diverted, is_open),
        ("flights", "canceled, among empty tail numbers", canceled, no_tail & is_open),
        ("flights", "tail number is not in planes", unknown_plane, ~no_tail & is_open),
        ("flights", "destination is not in airports", unknown_airport, None),
        ("flights", "midnight is written as 2400", at_2400, is_open),
        ("flights", "hour contradicts time_hour", hour != flights["hour"], None),
        ("flights", "flies between two New York airports", within_new_york, None),
    ]

    fast = weather["wind_speed"] > HIGHEST_WIND_SPEED
    no_pressure = weather["pressure"].isna()
    wet = weather["precip"] > 0
    clock = ["origin", "year", "month", "day", "hour"]
    repeated = weather.duplicated(clock, keep=False)
    # The clock shows every hour of the year once, except where it is changed.
    shown = pd.date_range("2013-01-01", "2013-12-31 23:00", freq="h")
    moments = shown.tz_localize(TIME_ZONE, ambiguous=False, nonexistent="NaT")
    year = pd.date_range(shown[0], shown[-1], freq="h", tz=TIME_ZONE)
    airport_hours = pd.MultiIndex.from_product([weather["origin"].unique(), year])
    readings = pd.MultiIndex.from_frame(weather[["origin", "time_hour"]])
    unread = ~airport_hours.isin(readings)
    last_day = airport_hours.get_level_values(1) >= "2013-12-31"
    counted += [
        ("weather", f"wind speed is above {HIGHEST_WIND_SPEED} mph", fast, None),
        ("weather", "pressure is empty, in hours with precipitation", no_pressure, wet),
        ("weather", "pressure is empty, in dry hours", no_pressure, ~wet),
        ("weather", "no reading, airport hours of 31 December", unread, last_day),
        ("weather", "no reading, airport hours of other days", unread, ~last_day),
        ("weather", "clock hour occurs twice (3 November)", repeated, None),
        ("weather", "clock hour does not exist (10 March)", moments.isna(), None),
    ]

    rows = []
    for name, defect, having, among in counted:
        among = np.ones(len(having), bool) if among is None else np.asarray(among)
        rows.append((name, defect, int(having[among].sum()), int(among.sum())))
    table = pd.DataFrame(rows, columns=["table", "defect", "rows", "of"])
    table["share"] = table["rows"] / table["of"]
    return table.sort_values("table", kind="stable", ignore_index=True)
