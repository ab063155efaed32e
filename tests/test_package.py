"""Arrows of dependence run one way, through the whole house."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

LESSONS = ROOT / "lessons"
# In the order of the lessons; the package's first words say which is which. None may
# import one that stands after it.
STEPS = (
    "charter",
    "data",
    "labels",
    "features",
    "models",
    "evaluation",
    "errors",
    "service",
    "monitoring",
    "repairs",
)
MACHINERY = {path.stem for path in ROOT.glob("book/**/*.py")} | {"book"}
#: What may be imported in each room, of our own.
ALLOWED = {
    "lessons/course": {"course"},
    "lessons/flightdelay": {"course", "flightdelay"},
    "lessons/data": {"course", "flightdelay"},
    "lessons/figures": {"course", "flightdelay", "figures"},
    "lessons/exercises": {"course", "flightdelay", "exercises"},
    "book": {"course"} | MACHINERY,
}


def imported(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: write the whole name of what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(folder: Path) -> set[str]:
    """Return our own rooms and modules that the files in a folder import."""
    rooms = {"course", "flightdelay", "figures", "exercises", "tests"} | MACHINERY
    names = {name for file in folder.rglob("*.py") for name in imported(file)}
    return {name.partition(".")[0] for name in names} & rooms


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_what_it_may(room):
    assert list((ROOT / room).rglob("*.py"))
    assert rooms_imported(ROOT / room) <= ALLOWED[room]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_imports_earlier_ones_only(step):
    case = LESSONS / "flightdelay"
    later = STEPS[STEPS.index(step) + 1 :]
    files = [*case.glob(f"{step}.py"), *case.glob(f"{step}/*.py")]
    assert files
    for file in files:
        names = [name for name in imported(file) if name.startswith("flightdelay.")]
        assert not {name.split(".")[1] for name in names} & {*later}, file


PACKAGES = [
    path.parent
    for room in ("course", "flightdelay")
    for path in (LESSONS / room).rglob("__init__.py")
]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_every_module_is_named_in_the_words_of_its_package(folder):
    words = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    modules = {path.stem for path in folder.glob("[a-z]*.py")}
    modules |= {path.parent.name for path in folder.glob("*/__init__.py")}
    assert not [name for name in modules if f"`{name}`" not in words]
