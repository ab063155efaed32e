"""Lessons stay light: what a reader must read, and what a contributor must maintain."""

import ast
import re

import pytest
from lesson_source import (
    CASE_FILE,
    CORES,
    DEEPER,
    OURS,
    boxes,
    code,
    promised_minutes,
    text,
)

MOST_WORDS, MOST_SHOWN_LINES, MOST_CHARTS = 1500, 60, 4
MOST_HIDDEN_LINES, LONGEST_HIDDEN_CELL = 60, 15
# Share of the words that stand in Python strings, and of the shown cells that only our
# packages can run.
MOST_IN_STRINGS, MOST_OURS = 0.10, 1 / 3
WORDS_A_MINUTE, LINES_A_MINUTE = 180, 15
MINUTES_A_CHART, MINUTES_A_PUZZLE = 0.75, 1.5

CHART = re.compile(r"\balt\.(?:Chart|layer)\(|\bcharts\.\w+\(")

core = pytest.mark.parametrize("path", CORES, ids=lambda path: path.stem)
LESSONS = [*CORES, *DEEPER]
lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
notebook = pytest.mark.parametrize(
    "path", [*LESSONS, CASE_FILE], ids=lambda path: path.stem
)


def prose(path):
    folded = r"^([`:]{3,})\{admonition\}[^\n]*\n:class:[^\n]*dropdown.*?^\1$"
    return re.sub(folded, "", text(path), flags=re.DOTALL | re.MULTILINE)


def words_in_strings(source):
    tree = ast.parse(source)
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    counts = (len(one.split()) for one in texts if isinstance(one, str))
    return sum(count for count in counts if count > 3)


def computed_minutes(path):
    shown = sum(cell.lines for cell in code(path) if not cell.hidden)
    exercises = re.findall(r"^### Exercise .*\((\d+) minutes?\)$", text(path), re.M)
    return (
        len(prose(path).split()) / WORDS_A_MINUTE
        + shown / LINES_A_MINUTE
        + MINUTES_A_CHART * sum(bool(CHART.search(cell.source)) for cell in code(path))
        + MINUTES_A_PUZZLE * len(boxes(path, "puzzle"))
        + sum(map(int, exercises))
    )


@core
def test_core_is_short(path):
    assert len(prose(path).split()) <= MOST_WORDS
    shown = sum(cell.lines for cell in code(path) if not cell.hidden)
    assert shown <= MOST_SHOWN_LINES
    charts = sum(bool(CHART.search(cell.source)) for cell in code(path))
    assert charts <= MOST_CHARTS


@notebook
def test_hidden_code_is_little(path):
    hidden = [cell for cell in code(path) if cell.hidden]
    assert sum(cell.lines for cell in hidden) < MOST_HIDDEN_LINES
    for cell in hidden:
        assert cell.lines <= LONGEST_HIDDEN_CELL, f"{path.name}, line {cell.line}"


@notebook
def test_prose_is_prose(path):
    in_strings = sum(words_in_strings(cell.source) for cell in code(path))
    assert in_strings <= MOST_IN_STRINGS * (in_strings + len(text(path).split()))


@core
def test_most_of_the_shown_code_can_be_copied(path):
    own, cells = set(), []
    for cell in code(path):
        tree = ast.parse(cell.source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in OURS:
                own |= {alias.asname or alias.name for alias in node.names}
        imports = all(
            isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body
        )
        if not (cell.hidden or imports or "check(" in cell.source):
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            cells.append(bool(names & own))
    assert sum(cells) <= MOST_OURS * len(cells)


@lesson
def test_promised_minutes_are_the_computed_ones(path):
    computed = computed_minutes(path)
    assert computed <= promised_minutes(path) <= computed + 5, f"{computed:.1f}"
