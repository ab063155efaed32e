"""Keep what takes long to make, such as a trained model, for the lessons after it.

What is kept lies in a folder whose name is a digest of all that it was made from, so
that a change in the code, the data or the packages never meets an old model.
"""

import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import joblib
from filelock import FileLock
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parents[2]

Made = TypeVar("Made")


def digest(root: Path = ROOT) -> str:
    """Return a digest of everything that a lesson reads.

    Args:
        root: The book's top folder.

    Returns:
        16 hexadecimal digits. They depend on the Python version, ``requirements.txt``
        and all files under ``lessons`` but the lessons themselves.
    """
    everything = hashlib.sha256(platform.python_version().encode())
    for path in [root / "requirements.txt", *sorted((root / "lessons").rglob("*"))]:
        in_folder = path.parent == root / "lessons"
        # A reader may have laid a downloaded lesson there.
        is_lesson = in_folder and path.suffix in (".md", ".ipynb")
        is_hidden = ".ipynb_checkpoints" in path.parts or path.suffix == ".pyc"
        if is_lesson or is_hidden or not path.is_file():
            continue
        everything.update(path.relative_to(root).as_posix().encode() + b"\0")
        everything.update(hashlib.sha256(path.read_bytes()).digest())
    return everything.hexdigest()[:16]


def keep(name: str, make: Callable[[], Made], root: Path = ROOT) -> Made:
    """Return what was made before under this name, or make it and keep it.

    Several processes may ask at once: one makes, the others wait and load. The file
    appears in one step, so a process that is stopped leaves no half of it.

    Args:
        name: A name for the file, such as "chosen-model".
        make: Makes the object, which joblib must be able to store. It must always make
            the same one from the same code, data and packages.
        root: The book's top folder; the file lies in its ``_build``.

    Returns:
        The object.
    """
    folder = root / "_build" / f"kept-{digest(root)}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.joblib"
    with FileLock(folder / f"{name}.lock"):
        if not file.exists():
            # With more threads numbers are summed in another order, and differ.
            with threadpool_limits(1):
                made = make()
            with NamedTemporaryFile(dir=folder, delete=False) as unfinished:
                joblib.dump(made, unfinished)
            os.replace(unfinished.name, file)
        return joblib.load(file)
