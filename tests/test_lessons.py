"""Every lesson has the same shape, runs, and looks at no sealed outcome."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, SITE, parsed
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient

from flightdelay.exercises import find

LESSONS = sorted((ROOT / "lessons").glob("[1-8]-*.md"))
TEMPLATE = ROOT / "lessons" / "template.md"
DOWNLOADS = SITE / "_sources" / "lessons"
LAST_SECTIONS = ["Your turn", "What this leaves behind", "When to go back", "In short"]
LONGEST_CELL = 15
# As many characters as stand in a wide page's column without a scroll bar.
LONGEST_LINE = 76
DAY_MINUTES = 180

# A `{name}`, `{name:.1f}` or `{name(…)}` that no f-string has filled in.
UNFILLED = re.compile(r"\{[A-Za-z_][\w.]*(?:[:!(\[][^{}\n]*)?\}")
# Code and data of charts and tables, and formulas, have braces of their own.
WITH_BRACES = re.compile(r"<(script|style)\b.*?</\1>|\$+[^$]*\$+", re.DOTALL)

any_lesson = pytest.mark.parametrize("path", [*LESSONS, TEMPLATE], ids=lambda p: p.stem)
built_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)


def _notebook(path: Path) -> nbformat.NotebookNode:
    return read_myst_markdown_notebook(path.read_text("utf-8"))


def _text(path: Path) -> str:
    cells = _notebook(path).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def _code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in _notebook(path).cells if cell.cell_type == "code"]


def _number(path: Path) -> str:
    return re.search(r"^# (\d)\. ", _text(path), re.MULTILINE)[1]


def _section(path: Path, title: str) -> str:
    after = re.split(rf"^## {title}$", _text(path), flags=re.MULTILINE)[1]
    return after.split("\n## ")[0]


def _boxes(path: Path, kind: str) -> list[str]:
    pattern = rf"```\{{admonition\}}[^\n]*\n:class: {kind}\n(.*?)\n```"
    return re.findall(pattern, _text(path), re.DOTALL)


def _core_minutes(path: Path) -> int:
    return int(re.search(r"\*\*Time:\*\* core path (\d+) minutes", _text(path))[1])


@any_lesson
def test_head_says_what_why_and_how_long(path):
    text, number = _text(path), _number(path)
    assert _notebook(path).metadata["phase"] in (
        "scoping",
        "data",
        "modeling",
        "deployment",
    )
    assert re.search(rf"!\[[^\]]{{30,}}\]\(\S*lifecycle-step-{number}\.svg\)", text)
    (outcomes,) = _boxes(path, "outcomes")
    assert 3 <= len(re.findall("^- ", outcomes, re.MULTILINE)) <= 5
    assert _core_minutes(path) > 0
    assert "- **Before this:**" in text
    assert "- **Data:**" in text


@any_lesson
def test_result_of_each_puzzle_is_folded(path):
    cells = _notebook(path).cells
    puzzles = [
        index
        for index, cell in enumerate(cells)
        if cell.cell_type == "markdown" and ":class: puzzle" in cell.source
    ]
    assert puzzles
    for index in puzzles:
        following = next(cell for cell in cells[index:] if cell.cell_type == "code")
        assert "hide-output" in following.metadata.get("tags", [])


@any_lesson
def test_lesson_ends_in_the_four_last_sections(path):
    sections = re.findall(r"^## (.+)$", _text(path), re.MULTILINE)
    assert sections[-4:] == LAST_SECTIONS
    assert len(re.findall(r"^\|", _section(path, "When to go back"), re.M)) >= 4
    assert len(re.findall(r"^(?:\d\.|-) ", _section(path, "In short"), re.M)) == 5


@any_lesson
def test_exercises_have_a_cell_a_hint_and_a_folded_solution(path):
    parts = re.split(r"^### Exercise ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) >= 3
    for part in parts:
        part = part.split("\n## ")[0]
        number = re.match(r"\d\.\d+", part)[0]
        assert number.startswith(_number(path))
        assert len(re.findall(rf'check\(\s*"{re.escape(number)}"', part)) == 2
        assert re.search(r"```\{admonition\} Hint[^\n]*\n:class: dropdown", part)
        assert "hide-cell" in part
        assert "source_hidden: true" in part


@built_lesson
def test_exercises_are_declared(path):
    numbers = re.findall(r"^### Exercise (\d\.\d+)", _text(path), re.MULTILINE)
    for number in numbers:
        assert len(find(number).mistakes) >= 2


@any_lesson
def test_cells_are_small(path):
    for cell in _code(path):
        tags = set(cell.metadata.get("tags", []))
        if not tags & {"hide-input", "hide-cell", "remove-input"}:
            lines = cell.source.splitlines()
            assert len(lines) <= LONGEST_CELL, cell.source
            assert max(map(len, lines)) <= LONGEST_LINE, cell.source


@any_lesson
def test_what_the_site_folds_is_folded_in_jupyterlab_too(path):
    for cell in _code(path):
        if {"hide-input", "hide-cell", "remove-input"} & set(
            cell.metadata.get("tags", [])
        ):
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source


@any_lesson
def test_jupyterlab_knows_all_markup_of_the_lesson(path):
    text = _text(path)
    known = {"admonition", "note", "tip", "warning", "important"}
    assert set(re.findall(r"^[`:]{3,}\{([\w-]+)\}", text, re.MULTILINE)) <= known
    assert not re.search(r"\{(term|cite|ref|doc|glue)[:}]", text)
    assert "{{" not in text


@pytest.mark.parametrize(
    "path",
    [path for path in LESSONS if path.name[0] in "1234"],
    ids=lambda path: path.stem,
)
def test_lessons_1_to_4_look_at_no_sealed_outcome(path):
    code = "\n".join(cell.source for cell in _code(path))
    names = {
        getattr(node, "id", None) or getattr(node, "attr", None) or ""
        for node in ast.walk(ast.parse(code))
    }
    assert not names & {"open_sealed", "read_parquet"}
    assert not {name for name in names if re.match("_[a-z]", name)}, "private names"


def test_core_paths_fit_into_the_day():
    assert sum(map(_core_minutes, LESSONS)) <= DAY_MINUTES


@built_lesson
def test_timetable_gives_the_minutes_of_the_core_path(path):
    table = parsed("book/index.html").find("table")
    link = table.find("a", href=re.compile(path.stem))
    row = [cell.get_text(strip=True) for cell in link.find_parent("tr").find_all("td")]
    assert row[-1] == str(_core_minutes(path))


def _minutes(text: str) -> list[tuple[str, int]]:
    """Rows of tables that have a number of minutes in the second cell."""
    rows = re.findall(r"^\| (.+?) \| (\**\d+\**) \|", text, re.MULTILINE)
    return [(what, int(minutes.strip("*"))) for what, minutes in rows]


def test_timetable_adds_up_and_agrees_with_the_teaching_notes():
    index, notes = (
        (ROOT / f"book/{page}.md").read_text("utf-8")
        for page in ("index", "teaching-notes")
    )
    _, *parts = re.split(r"^(?=\| \*\*)", index, flags=re.MULTILINE)
    assert len(parts) == 3
    for part in parts:
        (_, subtotal), *rows = _minutes(part)
        assert subtotal == sum(minutes for _, minutes in rows), part
    day = sum(_minutes(part)[0][1] for part in parts)
    at_a_glance = notes.split("\n## ")[1]
    assert sum(minutes for _, minutes in _minutes(at_a_glance)) == day


@built_lesson
def test_parts_in_the_teaching_notes_add_up_to_the_core_path(path):
    notes = (ROOT / "book/teaching-notes.md").read_text("utf-8")
    part = re.split(rf"^## Lesson {_number(path)}: ", notes, flags=re.MULTILINE)[1]
    rows = _minutes(part.split("\n## ")[0])
    today = [minutes for what, minutes in rows if not what.startswith("This week")]
    assert sum(today) == _core_minutes(path)


@built_lesson
def test_every_code_cell_ran(path):
    executed = nbformat.read(DOWNLOADS / f"{path.stem}.ipynb", as_version=4)
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert len(code) == len(_code(path))
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@built_lesson
def test_solutions_are_right_and_open_cells_are_unanswered(path):
    executed = nbformat.read(DOWNLOADS / f"{path.stem}.ipynb", as_version=4)
    for cell in executed.cells:
        if cell.cell_type != "code" or "check(" not in cell.source:
            continue
        shown = " ".join(
            output.get("data", {}).get("text/markdown", "") for output in cell.outputs
        )
        is_solution = "hide-cell" in cell.metadata.get("tags", [])
        assert ("**Right.**" if is_solution else "**Not answered yet.**") in shown


@built_lesson
def test_no_result_prints_a_name_instead_of_its_value(path):
    executed = nbformat.read(DOWNLOADS / f"{path.stem}.ipynb", as_version=4)
    shown = [
        output["data"][kind]
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        for kind in ("text/markdown", "text/html")
        if kind in output.get("data", {})
    ]
    assert shown
    for text in shown:
        assert not UNFILLED.findall(WITH_BRACES.sub("", text))


@built_lesson
def test_a_chart_answers_to_the_reader(path):
    page = parsed(f"lessons/{path.stem}.html")
    charts = page.select("figure.chart script[type='application/json']")
    assert any('"bind"' in chart.string for chart in charts)


def test_the_template_runs():
    notebook = _notebook(TEMPLATE)
    path = {"metadata": {"path": str(TEMPLATE.parent)}}
    NotebookClient(notebook, timeout=60, resources=path).execute()


@built_lesson
def test_lesson_has_its_part_in_the_teaching_notes(path):
    notes = (ROOT / "book/teaching-notes.md").read_text("utf-8")
    assert re.search(rf"^## Lesson {_number(path)}: ", notes, re.MULTILINE)
