"""Step 2: the tables, the five periods, and the seal on the later ones.

The outcomes of September to December stay missing until `open_sealed` is asked for
them with a purpose that was declared beforehand in `openings.csv`.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flightdelay import charter

FOLDER = Path(__file__).parents[1] / "data"
OPENINGS = Path(__file__).parents[1] / "openings.csv"
RESTORE = "python lessons/data/build.py"

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

#: No surface wind of a New York airport comes near this speed, in mph.
HIGHEST_WIND_SPEED = 150


class DataError(Exception):
    """A table or a request for one is not as expected; the message is one sentence."""


def definitions() -> dict[str, dict[str, Any]]:
    """Return what `tables.toml` says: for each table its row, key and columns."""
    return tomllib.loads((FOLDER / "tables.toml").read_text(encoding="utf-8"))


def columns(name: str) -> pd.DataFrame:
    """Return the columns of a table with type, unit, range and meaning.

    Args:
        name: "flights", "weather", "planes", "airports" or "airlines".

    Returns:
        One row for each column, indexed by its name.

    Raises:
        DataError: There is no such table.
    """
    table = pd.DataFrame.from_dict(_definition(name)["columns"], orient="index")
    table["empty"] = table.get("empty", pd.Series(index=table.index)).eq(True)
    order = ["type", "unit", "minimum", "maximum", "empty", "meaning"]
    return table.reindex(columns=order).rename_axis("column")


def load_table(name: str) -> pd.DataFrame:
    """Read one of the shipped tables as it is, and check it first.

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
    table = to_pandas(_read(name), name)
    return _seal(table) if name == "flights" else table


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
    flights = to_pandas(_read("flights"), "flights")
    return _seal(_add_moments(flights))


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
    return flights[flights["month"].isin(_months(name))]


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
    flights = to_pandas(_read("flights"), "flights")
    opened = _add_moments(period_rows(flights, name))
    return opened.assign(sealed=False)


def set_hash(name: str) -> str:
    """Return the identity of a period: the digest of its sorted rows.

    The digest covers the outcomes, but shows none of them.

    Args:
        name: A key of `PERIODS`.

    Returns:
        64 hexadecimal digits.

    Raises:
        DataError: There is no such period, or as in `load_table`.
    """
    months = pa.array(list(_months(name)), pa.int8())
    flights = _read("flights")
    rows = flights.filter(pc.is_in(flights["month"], value_set=months))
    return content_digest(rows, "flights")


def sorted_by_key(table: pa.Table, name: str) -> pa.Table:
    """Return the rows sorted by what was known beforehand, the table's key.

    The source sorts flights by actual departure, which gives outcomes away.
    """
    return table.sort_by([(column, "ascending") for column in _definition(name)["key"]])


def content_digest(table: pa.Table, name: str) -> str:
    """Return the SHA-256 over a table's schema and its sorted rows.

    Each row becomes one record of fixed width, the key columns first, numbers as
    big-endian bytes, texts as padded UTF-8, each with a byte for "empty". The records
    are sorted before hashing. So the digest depends on the content alone: not on the
    order of rows, on the file's bytes, or on the version of a library.

    Args:
        table: Rows of the table `name`, with its columns.
        name: A table of `tables.toml`.

    Returns:
        64 hexadecimal digits.
    """
    definition = _definition(name)
    key = definition["key"]
    order = [*key, *(column for column in definition["columns"] if column not in key)]
    parts, header = [], []
    for column in order:
        kind = definition["columns"][column]["type"]
        encoded = _encode(table[column].combine_chunks(), kind)
        parts.append(encoded)
        header.append(f"{column}:{kind}:{encoded.shape[1]}")
    records = np.hstack(parts)
    # Each record as one opaque value, which numpy compares byte by byte. The stable
    # sort takes a single pass over the shipped tables: they are stored in this order.
    rows = np.ascontiguousarray(records).view(f"V{records.shape[1]}").ravel()
    digest = hashlib.sha256("\n".join([name, *header, ""]).encode())
    digest.update(np.sort(rows, kind="stable").tobytes())
    return digest.hexdigest()


def to_pandas(table: pa.Table, name: str) -> pd.DataFrame:
    """Return rows of a table as pandas sees them, with wide numbers.

    The files hold narrow integers, in which arithmetic would overflow silently.

    Args:
        table: Rows of the table `name`.
        name: A table of `tables.toml`.

    Returns:
        The same rows; integers as int64, or as float64 where cells may be empty.
    """
    frame = table.to_pandas()
    rules = _definition(name)["columns"]
    return frame.astype(
        {
            column: "float64" if rules.get(column, {}).get("empty") else "int64"
            for column in frame.select_dtypes("integer")
        }
    )


def validate(table: pd.DataFrame, name: str) -> None:
    """Check columns, types, ranges, allowed values, empty cells and the key.

    Args:
        table: Rows of the table `name`, as from `to_pandas`.
        name: A table of `tables.toml`.

    Raises:
        DataError: One sentence names the first column that fails, and why.
    """
    try:
        _schema(name).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise DataError(_failure(errors.schema_errors[0], name)) from None


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
    tables = {name: load_table(name) for name in definitions()}
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


def _definition(name: str) -> dict[str, Any]:
    tables = definitions()
    if name not in tables:
        raise DataError(
            f"There is no table {name!r}: expected one of {', '.join(tables)}."
        )
    return tables[name]


def _months(name: str) -> Iterable[int]:
    if name not in PERIODS:
        raise DataError(
            f"There is no period {name!r}: expected one of {', '.join(PERIODS)}."
        )
    return PERIODS[name]


def _read(name: str) -> pa.Table:
    _definition(name)
    file = FOLDER / f"{name}.parquet"
    restore = f"restore it with `{RESTORE}`"
    if not file.is_file():
        raise DataError(
            f"lessons/data/{file.name} is missing: expected the table {name}; "
            f"{restore}."
        )
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError):
        raise DataError(
            f"lessons/data/{file.name} cannot be read: expected a Parquet file with "
            f"the table {name}; {restore}."
        ) from None
    validate(to_pandas(table, name), name)
    digests = _checksums()
    found = content_digest(table, name)
    if found != digests.get(name):
        raise DataError(
            f"lessons/data/{file.name} was changed: expected content with the digest "
            f"{digests.get(name, 'none')[:12]}, found {found[:12]}; {restore}."
        )
    # The digest does not see the order of rows, so it is restored here.
    return sorted_by_key(table, name)


def _checksums() -> dict[str, str]:
    try:
        text = (FOLDER / "checksums.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)
    except (FileNotFoundError, tomllib.TOMLDecodeError):
        raise DataError(
            "lessons/data/checksums.toml is missing or damaged: expected one digest "
            f"for each table; restore it with `{RESTORE}`."
        ) from None


def _seal(flights: pd.DataFrame) -> pd.DataFrame:
    sealed = flights["month"].isin(SEALED_MONTHS)
    flights = flights.copy()
    for column in OUTCOMES:
        flights[column] = flights[column].mask(sealed)
    if "cut_off" in flights:
        flights["sealed"] = sealed
    return flights


def _add_moments(flights: pd.DataFrame) -> pd.DataFrame:
    hour = flights["time_hour"].dt.tz_convert(TIME_ZONE)
    horizon = pd.Timedelta(hours=charter.load().horizon_hours)
    return flights.assign(
        scheduled_departure=hour + pd.to_timedelta(flights["minute"], unit="min"),
        cut_off=hour - horizon,
        date=pd.to_datetime(flights[["year", "month", "day"]]),
    )


def _encode(values: pa.Array, kind: str) -> np.ndarray:
    """Return one row of bytes for each value; the first byte says "empty"."""
    empty = values.is_null().to_numpy(zero_copy_only=False)
    if kind == "string":
        # Only the distinct texts are encoded, then taken for each row.
        codes = pc.fill_null(values, "").dictionary_encode()
        texts = [text.encode() for text in codes.dictionary.to_pylist()]
        width = max(map(len, texts), default=0)
        padded = b"".join(text.ljust(width, b"\0") for text in texts)
        block = np.frombuffer(padded, np.uint8).reshape(len(texts), width)
        content = block[codes.indices.to_numpy()]
    else:
        if kind == "timestamp":
            values = values.cast(pa.timestamp("s", "UTC")).cast(pa.int64())
        numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
        # Adding zero turns -0.0 into 0.0: the same number must give the same bytes.
        wide = (numbers + 0).astype(">f8" if kind == "double" else ">i8")
        content = wide.view(np.uint8).reshape(len(values), 8)
    return np.hstack([empty[:, None].astype(np.uint8), content])


def _schema(name: str) -> pandera.DataFrameSchema:
    definition = _definition(name)
    checked = {}
    for column, rule in definition["columns"].items():
        empty = rule.get("empty", False)
        checks = []
        if "minimum" in rule:
            checks.append(pandera.Check.in_range(rule["minimum"], rule["maximum"]))
        if "values" in rule:
            checks.append(pandera.Check.isin(rule["values"]))
        checked[column] = pandera.Column(
            _pandas_type(rule["type"], empty), checks, nullable=empty
        )
    return pandera.DataFrameSchema(
        checked, unique=definition["key"], strict=True, name=name
    )


def _pandas_type(kind: str, empty: bool) -> object:
    if kind == "string":
        return pd.StringDtype(na_value=np.nan)
    if kind == "timestamp":
        return pd.DatetimeTZDtype("ms", "UTC")
    return "float64" if kind == "double" or empty else "int64"


def _failure(error: pandera.errors.SchemaError, name: str) -> str:
    definition = _definition(name)
    column = error.schema.name
    rule = definition["columns"].get(column)
    reason = error.reason_code.name
    if reason in ("COLUMN_NOT_IN_DATAFRAME", "COLUMN_NOT_IN_SCHEMA"):
        what = "other columns than expected: " + ", ".join(definition["columns"])
    elif reason == "DUPLICATES":
        what = f"rows that share one key ({', '.join(definition['key'])})"
    elif rule is None:
        what = str(error).splitlines()[0]
    elif reason == "SERIES_CONTAINS_NULLS":
        what = f"empty cells in {column}, expected none"
    elif reason == "WRONG_DATATYPE":
        what = f"another type in {column}, expected {rule['type']}"
    elif "values" in rule:
        what = f"unknown values in {column}, expected {', '.join(rule['values'])}"
    else:
        what = (
            f"values of {column} out of range, expected {rule['minimum']} to "
            f"{rule['maximum']} {rule['unit']}"
        )
    return f"lessons/data/{name}.parquet has {what}; restore it with `{RESTORE}`."
