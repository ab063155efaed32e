"""What a piece of code reads: our files behind its imports, and data files by name.

A lesson, or a result that is kept, is made again only if something in its closure has
changed. The closure is found without running anything, so it must not miss a file: the
build watches each lesson and compares. Three habits keep it whole. Modules are imported
by name, data files are named in plain string constants, and a module that is started
(``python -m``) or found by its name stands in a string constant, too.

What never changes a result does not count: comments, docstrings, and the texts for
wrong answers (the arguments of ``wrong``, and keyword arguments named ``hint``). The
build refuses a lesson in which an answer is judged wrong, so no page shows such a text.
"""

import ast
import hashlib
import os
import platform
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LESSONS = Path(__file__).parents[1]

#: Where a file lies that a string constant names: its name, a table's, an exercise's.
PLACES = (
    "{name}",
    "data/{name}",
    "data/{name}.parquet",
    "exercises/exercise_{number}.py",
)


class UnreadableCode(Exception):
    """Code that cannot be parsed; whoever runs it is told where."""


@dataclass(frozen=True)
class _Code:
    """What matters of a piece of Python.

    Attributes:
        meaning: The code without what never changes a result.
        imported: Names of modules, and of what is imported from them.
        texts: String constants that may name a file or a module.
    """

    meaning: str
    imported: frozenset[str]
    texts: frozenset[str]


def digest(code: str, folder: Path = LESSONS) -> str:
    """Return a digest of a piece of code and of everything that it reads.

    Args:
        code: Python, as in the cells of a lesson.
        folder: The folder of lessons, whose packages and data it may read; the lock,
            ``requirements.txt``, lies above it.

    Returns:
        32 hexadecimal digits. They change with the code, its closure, the lock and
        Python's version.

    Raises:
        UnreadableCode: The code, or a module behind it, is no Python.
    """
    known = hashlib.sha256(platform.python_version().encode())
    known.update((folder.parent / "requirements.txt").read_bytes())
    known.update(_read(code).meaning.encode())
    for path in sorted(files_read(code, folder)):
        known.update(path.relative_to(folder).as_posix().encode() + b"\0")
        content = path.read_bytes()
        if path.suffix == ".py":
            content = _read(content.decode("utf-8")).meaning.encode()
        known.update(hashlib.sha256(content).digest())
    return known.hexdigest()[:32]


def files_read(code: str, folder: Path = LESSONS) -> set[Path]:
    """Return our files that a piece of code reads, directly or through others.

    Args:
        code: Python, as in the cells of a lesson.
        folder: The folder of lessons.

    Returns:
        Modules and data files in the folder.

    Raises:
        UnreadableCode: The code, or a module behind it, is no Python.
    """
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    found: set[str] = set()
    waiting = there & _named(_read(code), "")
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name.endswith(".py"):
            try:
                module = _read((folder / name).read_text(encoding="utf-8"))
            except UnreadableCode as error:
                raise UnreadableCode(f"{folder.name}/{name}, {error}") from error
            waiting |= (there & _named(module, name.rpartition("/")[0])) - found
    return {folder / name for name in found}


def watch() -> None:
    """Note from now on which files this process opens; see `files_opened`."""

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str):
            _opened.add(os.path.abspath(arguments[0]))

    sys.addaudithook(note)


_opened: set[str] = set()


def files_opened(folder: Path = LESSONS) -> list[str]:
    """Return our files that this process has imported, or opened since `watch`.

    Args:
        folder: The folder of lessons.

    Returns:
        Paths relative to the folder. Files that libraries open without Python, as Arrow
        opens a path, are not among them.
    """
    modules = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
    found = (Path(name) for name in {*modules, *_opened} if name)
    return sorted(
        path.relative_to(folder).as_posix()
        for path in found
        if path.is_relative_to(folder) and path.suffix != ".pyc" and path.is_file()
    )


def _named(code: _Code, beside: str) -> set[str]:
    """Return where files would lie that names of modules and constants stand for."""
    named = set()
    for name in code.imported | code.texts:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = "/".join(parts[:end])
            named |= {f"{module}.py", f"{module}/__init__.py"}
    for text in code.texts:
        number = text.replace(".", "_")
        named |= {place.format(name=text, number=number) for place in PLACES}
        named |= {f"{beside}/{text}", f"{text.replace('.', '/')}/__main__.py"}
    return named


@cache
def _read(code: str) -> _Code:
    # IPython's own lines, such as "%timeit", are no Python.
    lines = ["pass" if line[:1] in ("%", "!") else line for line in code.splitlines()]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise UnreadableCode(f"line {error.lineno}: {error.msg}") from error
    imported, texts = set(), set()
    for node in ast.walk(tree):
        _forget_words(node)
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"\w[\w./-]{,80}", node.value):
                texts.add(node.value)
    return _Code(ast.dump(tree), frozenset(imported), frozenset(texts))


def _forget_words(node: ast.AST) -> None:
    """Take docstrings and the texts for wrong answers from a node."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        first = body[0].value
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            first.value = ""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "wrong":
            node.args = []
        node.keywords = [word for word in node.keywords if word.arg != "hint"]
