"""The tables as they are shipped, each checked when it is read."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field
from pydantic.dataclasses import dataclass

from course import settings

if TYPE_CHECKING:
    import pandera.pandas as pandera

FOLDER = Path(__file__).parents[2] / "data"
RESTORE = "python lessons/data/build.py"


class DataError(Exception):
    """A table or a request for one is not as expected; the message is one sentence."""


@dataclass(frozen=True, config=settings.STRICT)
class Column:
    """What a column must hold.

    Attributes:
        type: Its type in the Parquet file.
        unit: Unit, or what its codes are.
        meaning: What it says about the row.
        minimum: Smallest value, of a number.
        maximum: Largest value, of a number.
        values: All values, of a text with few of them.
        empty: Whether cells may be empty.
    """

    type: Literal["int8", "int16", "double", "string", "timestamp"]
    unit: str
    meaning: str
    minimum: int | float | None = None
    maximum: int | float | None = None
    values: tuple[str, ...] | None = None
    empty: bool = False

    @property
    def pandas_type(self) -> object:
        """The type as pandas sees it: integers with empty cells are floats."""
        if self.type == "string":
            return pd.StringDtype(na_value=np.nan)
        if self.type == "timestamp":
            return pd.DatetimeTZDtype("ms", "UTC")
        return "float64" if self.type == "double" or self.empty else "int64"


@dataclass(frozen=True, config=settings.STRICT)
class Table:
    """What a table must hold.

    Attributes:
        row: What a row is.
        key: Columns that tell rows apart; all were known beforehand.
        columns: What each column must hold.
    """

    row: str
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    columns: dict[str, Column]


def definitions() -> dict[str, Table]:
    """Return what `tables.toml` says: for each table its row, key and columns."""
    return settings.read(FOLDER / "tables.toml", dict[str, Table])


def definition(name: str) -> Table:
    """Return what `tables.toml` says about one table.

    Raises:
        DataError: There is no such table.
    """
    tables = definitions()
    if name not in tables:
        raise DataError(
            f"There is no table {name!r}: expected one of {', '.join(tables)}."
        )
    return tables[name]


def columns(name: str) -> pd.DataFrame:
    """Return the columns of a table with type, unit, range and meaning.

    Args:
        name: "flights", "weather", "planes", "airports" or "airlines".

    Returns:
        One row for each column, indexed by its name.

    Raises:
        DataError: There is no such table.
    """
    rows = {column: vars(rule) for column, rule in definition(name).columns.items()}
    order = ["type", "unit", "minimum", "maximum", "empty", "meaning"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=order)
    numbers = ["minimum", "maximum"]
    return table.astype(dict.fromkeys(numbers, "float64")).rename_axis("column")


def read(name: str) -> pd.DataFrame:
    """Read one of the shipped tables and check it, sealed outcomes included.

    Args:
        name: "flights", "weather", "planes", "airports" or "airlines".

    Returns:
        The rows as from `to_pandas`, sorted by the table's key: the source sorts
        flights by actual departure, which gives outcomes away.

    Raises:
        DataError: The file is missing, is not readable, or does not hold what is
            expected; one sentence names the file and the command that restores it.
    """
    key = list(definition(name).key)
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
    try:
        digests = settings.read(FOLDER / "checksums.toml", dict[str, str])
    except settings.SettingsError as error:
        message = str(error).removesuffix(".")
        raise DataError(f"lessons/data/{message}; {restore}.") from None
    rows = to_pandas(table, name)
    validate(rows, name)
    found, expected = content_digest(rows, name), digests.get(name, "none")
    if found != expected:
        raise DataError(
            f"lessons/data/{file.name} was changed: expected content with the digest "
            f"{expected[:12]}, found {found[:12]}; {restore}."
        )
    # The digest does not see the order of rows, so it is restored here.
    return rows.sort_values(key, kind="stable", ignore_index=True)


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
    rules = definition(name).columns
    return frame.astype(
        {
            column: rules[column].pandas_type if column in rules else "int64"
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
    # Takes half a second; most kernels load tables that others have checked.
    import pandera.pandas as pandera

    expected = definition(name)
    checked = {}
    for column, rule in expected.columns.items():
        checks = []
        if rule.minimum is not None:
            checks.append(pandera.Check.in_range(rule.minimum, rule.maximum))
        if rule.values:
            checks.append(pandera.Check.isin(rule.values))
        checked[column] = pandera.Column(rule.pandas_type, checks, nullable=rule.empty)
    schema = pandera.DataFrameSchema(
        checked, unique=list(expected.key), strict=True, name=name
    )
    try:
        schema.validate(table, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        what = _failure(errors.schema_errors[0], expected)
        raise DataError(
            f"lessons/data/{name}.parquet has {what}; restore it with `{RESTORE}`."
        ) from None


def content_digest(rows: pd.DataFrame, name: str) -> str:
    """Return the SHA-256 over the hashes of a table's rows.

    pandas hashes each row, and the hashes are sorted. So the digest depends on the
    content alone: not on the order of rows, on the file's bytes, or on how pandas
    stores texts.

    Args:
        rows: Rows of the table `name`, as from `to_pandas`.
        name: A table of `tables.toml`.

    Returns:
        64 hexadecimal digits.
    """
    cells = {}
    for column, rule in definition(name).columns.items():
        if rule.type == "string":
            cells[column] = rows[column].astype(object)
        elif rule.type == "timestamp":
            cells[column] = rows[column]
        else:
            # Adding zero turns -0.0 into 0.0: the same number must give the same hash.
            cells[column] = rows[column] + 0
    hashes = pd.util.hash_pandas_object(pd.DataFrame(cells), index=False)
    digest = hashlib.sha256(",".join([name, *cells]).encode())
    digest.update(np.sort(hashes.to_numpy()).astype("<u8").tobytes())
    return digest.hexdigest()


def _failure(error: "pandera.errors.SchemaError", expected: Table) -> str:
    column = error.schema.name
    rule = expected.columns.get(column)
    reason = error.reason_code.name
    if reason in ("COLUMN_NOT_IN_DATAFRAME", "COLUMN_NOT_IN_SCHEMA"):
        return "other columns than expected: " + ", ".join(expected.columns)
    if reason == "DUPLICATES":
        return f"rows that share one key ({', '.join(expected.key)})"
    if rule is None:
        return str(error).splitlines()[0]
    if reason == "SERIES_CONTAINS_NULLS":
        return f"empty cells in {column}, expected none"
    if reason == "WRONG_DATATYPE":
        return f"another type in {column}, expected {rule.type}"
    if rule.values:
        return f"unknown values in {column}, expected {', '.join(rule.values)}"
    return (
        f"values of {column} out of range, expected {rule.minimum} to "
        f"{rule.maximum} {rule.unit}"
    )
