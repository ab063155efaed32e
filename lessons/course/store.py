"""Keep what takes long to make, such as a trained model, for the lessons after it.

The name of a file ends in a digest of all that its making reads, so that a change in
that code, those data or the packages never meets an old model, and no other change
makes it anew.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import joblib
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
        name: A name for the file, such as "chosen-model".
        make: A function that makes the object, which joblib must be able to store. It
            must always make the same one from the same code, data and packages, and
            stand in the module that names what it reads.
        root: The book's top folder; the file lies in its ``_build``.

    Returns:
        The object.
    """
    folder = root / "_build" / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    digest = closure.digest(f"import {make.__module__}", root / "lessons")
    file = folder / f"{name}-{digest}.joblib"
    with FileLock(folder / f"{name}.lock"):
        if not file.exists():
            # With more threads numbers are summed in another order, and differ.
            with threadpool_limits(1):
                made = make()
            with NamedTemporaryFile(dir=folder, delete=False) as unfinished:
                joblib.dump(made, unfinished)
            for old in folder.glob(f"{name}-{'?' * len(digest)}.joblib"):
                with suppress(OSError):  # somebody still reads it
                    old.unlink()
            os.replace(unfinished.name, file)
        return joblib.load(file)
