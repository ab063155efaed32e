"""The package is one step after the other: no step needs a later one."""

import ast

import pytest
from conftest import ROOT

PACKAGE = ROOT / "lessons" / "flightdelay"
# In the order of the lessons; the package's first words say which is which.
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


def imported(file):
    """Name the modules of the package that a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE.name:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            package, _, inside = node.module.partition(".")
            if package == PACKAGE.name:
                yield inside.partition(".")[0]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_imports_earlier_ones_only(step):
    files = [*PACKAGE.glob(f"{step}.py"), *PACKAGE.glob(f"{step}/*.py")]
    assert files
    later = STEPS[STEPS.index(step) + 1 :]
    for file in files:
        assert not {*imported(file)} & {*later, "exercises"}, file.name


def test_every_module_is_named_in_the_words_of_the_package():
    words = ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text("utf-8")))
    modules = {path.stem for path in PACKAGE.glob("[a-z]*.py")}
    modules |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    for name in modules:
        assert f"`{name}`" in words
