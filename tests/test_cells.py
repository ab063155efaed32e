"""Cells of lessons obey the project's own lint, shown or hidden, and are small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from lesson_source import CASE_FILE, CORES, DEEPER, TEMPLATE, code

LESSONS = [*CORES, *DEEPER, TEMPLATE, CASE_FILE]
LONGEST_CELL = 15
# As many characters as stand in a wide page's column without a scroll bar.
LONGEST_LINE = 76
# In a notebook the last line is the result, names come from cells above, imports stand
# where they are first used (sorted in each cell), and the text says what a cell is for.
NOT_FOR_CELLS = "B018,D,E402,ANN,I001"

lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def as_module(path: Path) -> str:
    """Write the code of a lesson at its own lines, and nothing else."""
    lines = [""] * len(path.read_text("utf-8").splitlines())
    for cell in code(path):
        for offset, line in enumerate(cell.source.splitlines()):
            lines[cell.line - 1 + offset] = line
    return "\n".join(lines) + "\n"


def lint(tmp_path: Path, modules: dict[int, str], *options: str) -> list[str]:
    """Run ruff with the project's rules.

    Args:
        tmp_path: An empty folder.
        modules: Python by the number of the line that it follows in its lesson.
        options: Of ruff.

    Returns:
        Faults: line of the lesson, rule, sentence.
    """
    for line, source in modules.items():
        (tmp_path / f"{line}.py").write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "json"]
    command += ["--config", str(ROOT / "pyproject.toml"), *options, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return [
        f"line {int(Path(fault['filename']).stem) + fault['location']['row']}: "
        f"{fault['code']} {fault['message']}"
        for fault in json.loads(done.stdout)
    ]


@lesson
def test_cells_pass_the_project_s_lint(path, tmp_path):
    assert not lint(tmp_path, {0: as_module(path)}, "--extend-ignore", NOT_FOR_CELLS)


@lesson
def test_imports_of_each_cell_are_sorted(path, tmp_path):
    cells = {cell.line - 1: cell.source + "\n" for cell in code(path)}
    assert not lint(tmp_path, cells, "--select", "I")


@lesson
def test_cells_are_small(path):
    for cell in code(path):
        if not cell.hidden:
            lines = cell.source.splitlines()
            assert len(lines) <= LONGEST_CELL, f"{path.name}, line {cell.line}"
            assert max(map(len, lines)) <= LONGEST_LINE, f"{path.name}, {cell.line}"


def test_a_planted_fault_is_told_with_its_line(tmp_path):
    planted = {40: "\n\nvalue = unknown_name\n"}
    faults = lint(tmp_path, planted, "--extend-ignore", NOT_FOR_CELLS)
    assert faults == ["line 43: F821 Undefined name `unknown_name`"]
