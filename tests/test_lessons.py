"""Every lesson has the same shape, runs, and looks at no sealed outcome."""

import ast
import re

import jupytext
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, SITE, parsed
from lesson_source import (
    CASE_FILE,
    CORES,
    DEEPER,
    FORMAT,
    HIDING,
    OURS,
    TEMPLATE,
    boxes,
    code,
    notebook,
    number,
    promised_minutes,
    section,
    settings,
    text,
)
from nbclient import NotebookClient

DOWNLOADS = SITE / "_sources" / "lessons"
LAST_SECTIONS = [
    "Your turn",
    "On your pictures",
    "In practice",
    "What this leaves behind",
    "When to go back",
    "In short",
]
PHASES = ("scoping", "data", "modeling", "deployment")
DAY_MINUTES = 180
LONGEST_ON_PICTURES = 10
MOST_FIGURES_A_PARAGRAPH = 6
# What is folded, computed or drawn is no paragraph of prose.
NO_PROSE = (
    "pre, script, style, table, figure, svg, math, details, .dropdown, .tag_hide-output"
)
FIGURE = re.compile(r"(?<![\w.])[-−–]?\d[\d,]*(?:\.\d+)?%?(?!\w)|(?<![\w.])\.\d+")

# A `{name}`, `{name:.1f}` or `{name(…)}` that no f-string has filled in.
UNFILLED = re.compile(r"\{[A-Za-z_][\w.]*(?:[:!(\[][^{}\n]*)?\}")
# Code and data of charts and tables, and formulas, have braces of their own.
WITH_BRACES = re.compile(r"<(script|style)\b.*?</\1>|\$+[^$]*\$+", re.DOTALL)


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


any_core = each([*CORES, TEMPLATE])
any_lesson = each([*CORES, *DEEPER, TEMPLATE])
any_notebook = each([*CORES, *DEEPER, TEMPLATE, CASE_FILE])
built_core = each(CORES)
built_lesson = each([*CORES, *DEEPER])


@any_core
def test_head_says_what_why_and_how_long(path):
    said, step = text(path), number(path)
    assert notebook(path).metadata["phase"] in PHASES
    assert re.search(rf"!\[[^\]]{{30,}}\]\(\S*lifecycle-step-{step}\.svg\)", said)
    (outcomes,) = boxes(path, "outcomes")
    assert 3 <= len(re.findall("^- \\*\\*", outcomes, re.MULTILINE)) <= 5
    assert promised_minutes(path) > 0
    assert "- **Before this:**" in said
    assert "- **Data:**" in said


@each(DEEPER)
def test_deeper_page_says_where_it_belongs_and_what_it_changes(path):
    (core,) = (core for core in CORES if core.name[0] == path.name[0])
    assert path.name[:2] == number(path)
    assert f"]({core.name})" in text(path).split("\n## ")[0]
    assert re.search(r"^## What it changes$", text(path), re.MULTILINE)
    assert re.search(rf"\]\({path.name}\)", section(core, "In short"))


@any_lesson
def test_result_of_each_puzzle_is_folded(path):
    cells = notebook(path).cells
    puzzles = [
        index
        for index, cell in enumerate(cells)
        if cell.cell_type == "markdown" and ":class: puzzle" in cell.source
    ]
    assert puzzles or path in DEEPER
    for index in puzzles:
        following = next(cell for cell in cells[index:] if cell.cell_type == "code")
        assert "hide-output" in following.metadata.get("tags", [])


@any_core
def test_core_ends_in_the_same_sections(path):
    sections = re.findall(r"^## (.+)$", text(path), re.MULTILINE)
    assert sections[-len(LAST_SECTIONS) :] == LAST_SECTIONS
    assert len(re.findall(r"^\|", section(path, "When to go back"), re.M)) >= 4
    assert len(re.findall(r"^\d\. ", section(path, "In short"), re.M)) == 5
    assert 4 <= len(re.findall(r"^- ", section(path, "In practice"), re.M)) <= 6


@any_core
def test_code_on_pictures_is_short_and_needs_nothing_of_ours(path):
    parts = path.read_text("utf-8").split("\n## On your pictures\n")
    before = parts[0].count("\n")
    after = before + parts[1].split("\n## ")[0].count("\n")
    (cell,) = (cell for cell in code(path) if before < cell.line <= after)
    assert not cell.hidden
    assert cell.lines <= LONGEST_ON_PICTURES
    assert not re.search(rf"\b({'|'.join(OURS)})\b", cell.source)
    assert "](../book/creative-brief.md" in section(path, "On your pictures")


@any_lesson
def test_exercises_have_a_cell_a_hint_and_a_folded_solution(path):
    parts = re.split(r"^### Exercise ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) >= (2 if path in [*CORES, TEMPLATE] else 0)
    for part in parts:
        part = part.split("\n## ")[0]
        exercise = re.match(r"\d\.\d+", part)[0]
        assert exercise[0] == number(path)[0]
        assert len(re.findall(rf'check\(\s*"{re.escape(exercise)}"', part)) == 2
        assert re.search(r"\{admonition\} Hint[^\n]*\n:class: dropdown", part)
        assert "hide-cell" in part


def test_every_exercise_stands_on_one_page_and_is_declared():
    shown = [
        exercise
        for path in [*CORES, *DEEPER]
        for exercise in re.findall(r"^### Exercise (\d\.\d+)", text(path), re.M)
    ]
    declared = [
        path.stem.removeprefix("exercise_").replace("_", ".")
        for path in (ROOT / "lessons/exercises").glob("exercise_[1-8]_*.py")
    ]
    assert sorted(shown) == sorted(declared)


@any_notebook
def test_what_the_site_folds_is_folded_in_jupyterlab_too(path):
    for cell in notebook(path).cells:
        if HIDING & set(cell.metadata.get("tags", [])):
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source


@any_notebook
def test_jupyterlab_knows_all_markup_of_the_lesson(path):
    said = text(path)
    known = {"admonition", "note", "tip", "warning", "important"}
    assert set(re.findall(r"^[`:]{3,}\{([\w-]+)\}", said, re.MULTILINE)) <= known
    assert not re.search(r"\{(term|cite|ref|doc|glue)[:}]", said)
    assert "{{" not in said


@any_notebook
def test_jupyterlab_saves_what_it_opened(path):
    opened = jupytext.reads(path.read_text("utf-8"), FORMAT, config=settings())
    # What JupyterLab adds while a lesson is open and runs.
    opened.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    opened.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for cell in opened.cells:
        cell.metadata["user_expressions"] = [{"expression": "rate", "result": {}}]
        cell.metadata["trusted"] = True
    saved = jupytext.writes(opened, fmt=FORMAT, config=settings())
    assert saved == path.read_text("utf-8")


@each([path for path in [*CORES, *DEEPER] if path.name[0] in "1234"])
def test_lessons_1_to_4_look_at_no_sealed_outcome(path):
    tree = ast.parse("\n".join(cell.source for cell in code(path)))
    names = {
        getattr(node, "id", None) or getattr(node, "attr", None) or ""
        for node in ast.walk(tree)
    }
    assert not names & {"open_sealed", "read_parquet"}
    assert not {name for name in names if re.match("_[a-z]", name)}, "private names"


def test_core_paths_fit_into_the_day():
    assert sum(map(promised_minutes, CORES)) <= DAY_MINUTES


@built_core
def test_timetable_gives_the_minutes_of_the_core(path):
    table = parsed("book/index.html").find("table")
    link = table.find("a", href=re.compile(path.stem))
    row = [cell.get_text(strip=True) for cell in link.find_parent("tr").find_all("td")]
    assert row[-1] == str(promised_minutes(path))


def _minutes(said: str) -> list[tuple[str, int]]:
    """Rows of tables that have a number of minutes in the second cell."""
    rows = re.findall(r"^\| (.+?) \| (\**\d+\**) \|", said, re.MULTILINE)
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


@built_core
def test_parts_in_the_teaching_notes_add_up_to_the_core(path):
    notes = (ROOT / "book/teaching-notes.md").read_text("utf-8")
    part = re.split(rf"^## Lesson {number(path)}: ", notes, flags=re.MULTILINE)[1]
    rows = _minutes(part.split("\n## ")[0])
    today = [minutes for what, minutes in rows if not what.startswith("This week")]
    assert sum(today) == promised_minutes(path)


def _executed(path):
    return nbformat.read(DOWNLOADS / f"{path.stem}.ipynb", as_version=4).cells


@built_lesson
def test_every_code_cell_ran(path):
    counts = [
        cell.execution_count for cell in _executed(path) if cell.cell_type == "code"
    ]
    assert counts == list(range(1, len(code(path)) + 1))


@built_lesson
def test_solutions_are_right_and_open_cells_are_unanswered(path):
    for cell in _executed(path):
        if cell.cell_type != "code" or "check(" not in cell.source:
            continue
        shown = " ".join(
            output.get("data", {}).get("text/markdown", "") for output in cell.outputs
        )
        is_solution = "hide-cell" in cell.metadata.get("tags", [])
        assert ("**Right.**" if is_solution else "**Not answered yet.**") in shown


@built_lesson
def test_no_result_prints_a_name_instead_of_its_value(path):
    shown = [
        output["data"][kind]
        for cell in _executed(path)
        if cell.cell_type == "code"
        for output in cell.outputs
        for kind in ("text/markdown", "text/html")
        if kind in output.get("data", {})
    ]
    assert shown
    for said in shown:
        assert not UNFILLED.findall(WITH_BRACES.sub("", said))


@built_lesson
def test_no_paragraph_is_full_of_figures(path):
    page = (SITE / f"lessons/{path.stem}.html").read_text("utf-8")
    article = BeautifulSoup(page, "html.parser").select_one("article")
    for part in article.select(NO_PROSE):
        part.decompose()
    for part in article.select("p, li"):
        if not part.find(["p", "li"]):
            said = part.get_text(" ")
            assert len(FIGURE.findall(said)) <= MOST_FIGURES_A_PARAGRAPH, said


@built_core
def test_a_chart_answers_to_the_reader(path):
    page = parsed(f"lessons/{path.stem}.html")
    charts = page.select("figure.chart script[type='application/json']")
    assert any('"bind"' in chart.string for chart in charts)


def test_the_template_runs():
    path = {"metadata": {"path": str(TEMPLATE.parent)}}
    NotebookClient(notebook(TEMPLATE), timeout=60, resources=path).execute()
