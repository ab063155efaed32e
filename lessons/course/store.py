"""Keep what takes long to make, such as a trained model, for the lessons after it.

The name of a file ends in a digest of all that its making reads, so that a change in
that code, those data or the packages never meets an old model, and no other change
makes it anew.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa
from filelock import FileLock
from threadpoolctl import threadpool_limits

from course import closure

ROOT = Path(__file__).parents[2]

Made = TypeVar("Made")


def keep(name: str, make: Callable[[], Made], root: Path = ROOT) -> Made:
    """Return what was made before under this name, or make it and keep it.

    Several processes may ask at once: one makes, the others wait and load. The file
    appears in one step, so a process that is stopped leaves no half of it.

    Args:
        name: A name for the file, such as "chosen-model". A data file of this name
            counts as read.
        make: A function that makes the object, which joblib must be able to store. It
            must always make the same one from the same code, data and packages, and
            stand in the module that names what it reads.
        root: The book's top folder; the file lies in its ``_build``.

    Returns:
        The object.
    """
    import joblib  # seldom needed in a kernel that loads tables alone

    return _kept(name, "joblib", make, joblib.dump, joblib.load, root)


def keep_table(
    name: str, make: Callable[[], pd.DataFrame], root: Path = ROOT
) -> pd.DataFrame:
    """Return a table that was made before under this name, or make and keep it.

    All processes that load it share its memory, and none can change what the others
    see: pandas copies a column before it writes into it.

    Args:
        name: As in `keep`.
        make: As in `keep`, a function that makes the table: columns of numbers,
            moments, truth values or texts, and a plain range as index.
        root: As in `keep`.

    Returns:
        The table.
    """
    kept = _kept(name, "arrow", make, _write, _mapped, root)
    # `_mapped` remembers the table that lies in the file, and a file cannot be written
    # to; this is a second view of it, and pandas copies what two tables have.
    return kept.copy(deep=False)


def _kept(
    name: str,
    kind: str,
    make: Callable[[], Made],
    write: Callable[[Made, Path], object],
    load: Callable[[Path], Made],
    root: Path,
) -> Made:
    folder = root / "_build" / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    code = f"import {make.__module__}; {name!r}"
    digest = closure.digest(code, root / "lessons")
    file = folder / f"{name}-{digest}.{kind}"
    with FileLock(folder / f"{name}.lock"):
        if not file.exists():
            # With more threads numbers are summed in another order, and differ.
            with threadpool_limits(1):
                made = make()
            unfinished = folder / f"{name}.unfinished"
            write(made, unfinished)
            for old in folder.glob(f"{name}-{'?' * len(digest)}.{kind}"):
                with suppress(OSError):  # somebody still reads it
                    old.unlink()
            unfinished.replace(file)
        return load(file)


def _write(table: pd.DataFrame, file: Path) -> None:
    # NaN stays a number: Arrow's own missing numbers would be copied on loading.
    columns = [
        pa.array(table[name], from_pandas=table[name].dtype.kind != "f")
        for name in table
    ]
    schema = pa.Schema.from_pandas(table)
    # In one piece: pieces would be copied, too.
    whole = pa.Table.from_arrays(columns, schema=schema).combine_chunks()
    with pa.ipc.new_file(str(file), whole.schema) as unfinished:
        unfinished.write_table(whole)


@cache
def _mapped(file: Path) -> pd.DataFrame:
    whole = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    # Each column stays where it lies; by default pandas would copy them into blocks.
    return whole.to_pandas(split_blocks=True)
