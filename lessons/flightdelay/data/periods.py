"""The five periods of the year, and the seal on the outcomes of the later ones."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from course import store
from flightdelay import charter
from flightdelay.data import tables
from flightdelay.data.tables import DataError

OPENINGS = Path(__file__).parents[2] / "openings.csv"

TIME_ZONE = "America/New_York"

#: Months of each period. Production contains the test months: they are replayed
#: through the service after the test is done.
PERIODS = {
    "train": range(1, 7),
    "validation": range(7, 9),
    "test": range(9, 11),
    "production": range(9, 12),
    "future": range(12, 13),
}
SEALED = ("test", "production", "future")
SEALED_MONTHS = sorted({month for name in SEALED for month in PERIODS[name]})

#: Columns that are recorded after the decision. The tail number is one of them: it
#: names the plane that flew in the end, and is empty only for canceled flights.
OUTCOMES = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum")


def load_table(name: str) -> pd.DataFrame:
    """Return one of the shipped tables as it is, checked when its file was changed.

    Whole numbers come as 64-bit integers, or as floats with NaN where a column has
    empty cells.

    Args:
        name: "flights", "weather", "planes", "airports" or "airlines".

    Returns:
        The table, all rows. `flights` comes without outcomes for the sealed months,
        as from `load_flights`, but without the added columns.

    Raises:
        DataError: The file is missing, is not readable, or does not hold what is
            expected; one sentence names the file and the command that restores it.
    """
    if name == "flights":
        return load_flights()[list(tables.definition(name).columns)]
    return store.keep_table(name, lambda: tables.read(name))


def load_flights() -> pd.DataFrame:
    """Return all flights, with the outcomes of September to December left out.

    Rows are sorted by scheduled departure. Columns of the source keep their names;
    these are added:

    - `scheduled_departure`: moment of the scheduled departure, New York time;
    - `cut_off`: moment of the decision, the charter's horizon before the start of the
      scheduled departure hour, New York time;
    - `date`: day of the scheduled departure, midnight without time zone;
    - `sealed`: whether the outcome columns of this row were left out.

    The moments are derived from the source's UTC hour, not from the clock columns:
    3 November has the hour from one to two twice, 10 March lacks the one from two
    to three.

    Returns:
        One row for each scheduled departure, the whole year.

    Raises:
        DataError: As in `load_table`.
    """
    return store.keep_table("sealed-flights", _sealed_flights)


def period_rows(flights: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the flights of one period.

    Args:
        flights: Flights with a column `month`.
        name: A key of `PERIODS`.

    Returns:
        The rows of that period, in the same order.

    Raises:
        DataError: There is no such period.
    """
    inside = flights["month"].isin(_months(name)).to_numpy()
    places = np.flatnonzero(inside)
    if len(places) and np.ptp(places) == len(places) - 1:
        # One stretch, as when rows are sorted by time: it shares their memory.
        return flights.iloc[places[0] : places[-1] + 1]
    return flights[inside]


def openings() -> pd.DataFrame:
    """Return the declared openings of sealed sets: set, lesson, purpose."""
    try:
        return pd.read_csv(OPENINGS, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError(
            f"lessons/{OPENINGS.name} is missing: expected the table of declared "
            "openings; restore it from the repository with "
            f"`git checkout -- lessons/{OPENINGS.name}`."
        ) from None


def open_sealed(name: str, purpose: str) -> pd.DataFrame:
    """Return the rows of a sealed set with their outcomes.

    Args:
        name: One of `SEALED`.
        purpose: The purpose, word for word as declared in `openings.csv`.

    Returns:
        The flights of that set, as from `load_flights`, with every outcome.

    Raises:
        DataError: The set is not sealed, or the purpose is not declared for it.
    """
    if name not in SEALED:
        raise DataError(
            f"{name!r} is not a sealed set: expected one of {', '.join(SEALED)}."
        )
    declared = openings()
    purposes = declared.loc[declared["set"] == name, "purpose"].tolist()
    if purpose not in purposes:
        known = "; ".join(purposes) if purposes else "none"
        raise DataError(
            f"The set {name!r} stays sealed: the purpose {purpose!r} is not declared "
            f"for it in lessons/{OPENINGS.name} (declared: {known})."
        )
    return store.keep_table(f"opened-{name}", lambda: _opened(name))


def set_hash(name: str) -> str:
    """Return the identity of a period: the digest of its rows.

    The digest covers the outcomes, but shows none of them.

    Args:
        name: A key of `PERIODS`.

    Returns:
        64 hexadecimal digits.

    Raises:
        DataError: There is no such period, or as in `load_table`.
    """
    return store.keep(
        f"hash-of-{name}", lambda: tables.content_digest(_opened(name), "flights")
    )


def _sealed_flights() -> pd.DataFrame:
    flights = _add_moments(tables.read("flights"))
    sealed = flights["month"].isin(SEALED_MONTHS)
    left_out = {column: flights[column].mask(sealed) for column in OUTCOMES}
    return flights.assign(**left_out, sealed=sealed)


def _opened(name: str) -> pd.DataFrame:
    opened = _add_moments(period_rows(tables.read("flights"), name))
    return opened.assign(sealed=False)


def _months(name: str) -> Iterable[int]:
    if name not in PERIODS:
        raise DataError(
            f"There is no period {name!r}: expected one of {', '.join(PERIODS)}."
        )
    return PERIODS[name]


def _add_moments(flights: pd.DataFrame) -> pd.DataFrame:
    hour = flights["time_hour"].dt.tz_convert(TIME_ZONE)
    horizon = pd.Timedelta(hours=charter.load().horizon_hours)
    return flights.assign(
        scheduled_departure=hour + pd.to_timedelta(flights["minute"], unit="min"),
        cut_off=hour - horizon,
        date=pd.to_datetime(flights[["year", "month", "day"]]),
    )
