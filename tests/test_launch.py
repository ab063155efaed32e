"""One click from a page to the running notebook, in exactly what `binder/` describes.

The steps of Binder's Dockerfile run in an empty folder (binder_image.py). JupyterLab
starts from there, and a real browser opens every lesson by the path of its button.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import binder_image
import nbformat
import psutil
import pytest
from conftest import ROOT, SITE, parsed
from execute import find_lessons
from execution_cache import SITE_BUILD
from inline_values import ROLE
from kernel_environment import EVERY_KERNEL
from lab_browser import IS_DONE, IS_READY, PANEL, kernels, lab_path, opened, running_lab
from myst_nb.core.read import read_myst_markdown_notebook
from packaging.requirements import Requirement

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="Binder's machines run Linux"
)
LESSONS = [path.stem for path in find_lessons(ROOT)]
DEEPER = [stem for stem in LESSONS if re.match(r"\d[a-z]-", stem)]
# The build has executed every page; here all cores run, and one of the deeper pages.
OPENED = [stem for stem in LESSONS if stem not in DEEPER[1:]]
PEAK = 1200  # MiB; Binder gives 2 GB
TENSORFLOW = 250  # MiB more, in the lesson that trains networks


@pytest.fixture(scope="module")
def image():
    """Build what Binder builds, once for this file."""
    with TemporaryDirectory() as folder:
        yield binder_image.build(Path(folder))


@pytest.fixture(scope="module")
def lab(image):
    """Start JupyterLab as Binder does."""
    command = image.command("jupyter-lab")
    with running_lab(command, cwd=image.folder, env=image.environment) as started:
        yield started


@dataclass
class Notebook:
    """A lesson after all of its cells ran in JupyterLab."""

    lesson: str
    tab: object
    elsewhere: list
    peak: float  # MiB

    @property
    def cells(self):
        """Return the cells with their outputs, as JupyterLab holds them."""
        return self.tab.evaluate(f"{PANEL}.content.model.toJSON().cells")

    @property
    def code(self):
        """Return the code cells."""
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    @property
    def text(self):
        """Return the source of all Markdown cells."""
        markdown = [cell for cell in self.cells if cell["cell_type"] == "markdown"]
        return "\n\n".join("".join(cell["source"]) for cell in markdown)

    def shown(self, index):
        """Bring a cell into view, by its place among all cells; return it."""
        cell = self.tab.locator(".jp-Notebook .jp-Cell").nth(index)
        cell.evaluate("one => one.scrollIntoView({ block: 'center' })")
        return cell


@pytest.fixture(scope="module", params=OPENED)
def notebook(request, lab, browser):
    """Open a lesson, run all cells by the menu, and wait until they are done."""
    address, token, server = lab
    with opened(browser, address, token, request.param) as (tab, elsewhere):
        assert tab.locator(".jp-NotebookPanel").count() == 1
        assert tab.locator(".jp-FileEditor").count() == 0
        tab.wait_for_function(IS_READY)
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        tab.wait_for_function(IS_DONE)
        (kernel,) = kernels(server)
        peak = re.search(
            r"VmHWM:\s+(\d+) kB", Path(f"/proc/{kernel.pid}/status").read_text()
        )
        yield Notebook(request.param, tab, elsewhere, int(peak[1]) / 1024)
        tab.evaluate(f"{PANEL}.sessionContext.shutdown()")
        psutil.wait_procs([kernel], timeout=60)


# What Binder builds


def test_image_has_the_python_that_the_book_is_tested_with(image):
    runtime = (ROOT / "binder/runtime.txt").read_text("utf-8").strip()
    minor = runtime.removeprefix("python-")
    locks = [
        argument
        for name, argument in binder_image.instructions(
            binder_image.write_dockerfile(image.folder)
        )
        if name == "COPY" and argument.endswith("environment.lock")
    ]
    # repo2docker writes "environment.py-3.12" into a file's name as "…-2epy-2d3-2e12".
    assert len(locks) == 1
    assert f"2epy-2d{minor.replace('.', '-2e')}-2d" in locks[0]
    workflow = (ROOT / ".github/workflows/book.yml").read_text("utf-8")
    assert f'python-version: "{minor}"' in workflow


def test_our_steps_are_the_lock_and_the_preparation(image):
    assert image.steps == [
        "${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir "
        '-r "binder/requirements.txt"',
        "chmod +x binder/postBuild",
        "./binder/postBuild",
        'chmod +x "${REPO_DIR}/binder/start"',
    ]


def test_environment_is_exactly_the_locked_one(image):
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    locked = [Requirement(x.rstrip("\\ ")) for x in lines if re.match(r"[\w.-]+==", x)]
    wanted = {
        (one.name, str(one.specifier).removeprefix("=="))
        for one in locked
        if one.marker is None or one.marker.evaluate()
    }
    listing = (
        "import json; from importlib.metadata import distributions;"
        "print(json.dumps([(x.name, x.version) for x in distributions()]))"
    )
    said = subprocess.run(
        [image.python, "-c", listing], check=True, capture_output=True, text=True
    ).stdout
    found = {
        (re.sub(r"[-_.]+", "-", name).lower(), version)
        for name, version in json.loads(said)
    }
    assert {one for one in found if one[0] != "pip"} == wanted


def test_kernels_find_what_keeps_them_quiet(image):
    command = image.command(
        image.python, "-c", "import os, json; print(json.dumps({**os.environ}))"
    )
    said = subprocess.run(
        command, env=image.environment, check=True, capture_output=True, text=True
    ).stdout
    environment = json.loads(said)
    assert EVERY_KERNEL.items() <= environment.items()
    assert SITE_BUILD not in environment


@pytest.mark.parametrize("lesson", LESSONS)
def test_button_gives_the_path_that_is_opened_here(lesson):
    buttons = [
        link["href"]
        for link in parsed(f"lessons/{lesson}.html").select("a[href]")
        if urlsplit(link["href"]).path.startswith("/v2/")
    ]
    # A site that does not know its repository has no button; test_repository.py sees to
    # it that one that does has.
    for button in buttons:
        assert button.endswith(f"?urlpath={lab_path(lesson)}")


# Every lesson, opened by its button's path


def test_all_cells_run_without_an_error_or_a_word_on_stderr(notebook):
    for cell in notebook.code:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", output
            assert output.get("name") != "stderr", output
        assert cell["execution_count"], cell["source"]


def test_kernel_fits_into_binder(notebook):
    trains = any("import keras" in cell["source"] for cell in notebook.code)
    assert notebook.peak < PEAK + TENSORFLOW * trains


def test_every_chart_is_drawn_and_no_other_host_is_asked(notebook):
    charts = sum(
        '<figure class="chart"' in "".join(output.get("data", {}).get("text/html", ""))
        for cell in notebook.code
        for output in cell["outputs"]
    )
    figures = notebook.tab.locator("figure.chart")
    assert figures.count() == charts
    for figure in figures.all():
        figure.evaluate("one => one.scrollIntoView({ block: 'center' })")
        picture = figure.locator(".chart-live svg")
        picture.wait_for()
        assert picture.locator("path, line, text").count() > 3
    assert notebook.elsewhere == []


def test_boxes_and_figures_are_rendered(notebook):
    boxes = re.findall(r"^[`:]{3,}\{admonition\} (.+)", notebook.text, re.MULTILINE)
    hints = re.findall(r"^:class: dropdown", notebook.text, re.MULTILINE)
    folded = notebook.tab.locator(".jp-MarkdownCell details")
    shown = notebook.tab.locator(".jp-MarkdownCell aside")
    assert (folded.count(), shown.count()) == (len(hints), len(boxes) - len(hints))
    assert not any(folded.evaluate_all("all => all.map((one) => one.open)"))
    pictures = notebook.tab.locator(".jp-MarkdownCell img")
    assert pictures.count() >= len(re.findall(r"^!\[", notebook.text, re.MULTILINE))
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("picture => picture.decode()")


def test_no_markup_shows_as_text(notebook):
    """Neither a directive nor a name that was to be filled in."""
    texts = notebook.tab.locator(".lm-Widget.myst").evaluate_all(
        """all => all.map((one) => {
            const copy = one.cloneNode(true);
            const code = "code, pre, math, .katex, mjx-container";
            for (const part of copy.querySelectorAll(code)) part.remove();
            return copy.textContent;
        })"""
    )
    assert len(texts) > 1
    markup = r"```|:::|\{[A-Za-z][\w.]*[({\[:}]|^:[a-z]+:|Unknown Directive"
    for text in texts:
        assert not re.search(markup, text, re.MULTILINE), text


def test_solutions_and_chart_code_are_folded(notebook):
    for index, cell in enumerate(notebook.cells):
        folds = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        if cell["cell_type"] == "code":
            shown = notebook.shown(index)
            assert shown.locator(".jp-InputPlaceholder").count() == int(folds)
            assert shown.locator(".jp-InputArea-editor").count() == int(not folds)


def test_check_answers(notebook):
    exercises, solutions = {}, {}
    for index, cell in enumerate(notebook.cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and (
            number := re.search(r'check\(\s*"(\d\.\d+)"', source)
        ):
            is_solution = "hide-cell" in cell["metadata"].get("tags", [])
            (solutions if is_solution else exercises)[number[1]] = (index, source)
    for answer, cells in (("Not answered yet.", exercises), ("Right.", solutions)):
        for index, _ in cells.values():
            notebook.shown(index).get_by_text(answer, exact=True).wait_for()
    if exercises:
        # A reader types the solution of the first exercise and runs it.
        number, (index, _) = next(iter(exercises.items()))
        cell = notebook.shown(index)
        cell.locator(".cm-content").click()
        notebook.tab.keyboard.press("Control+A")
        notebook.tab.keyboard.insert_text(solutions[number][1])
        notebook.tab.keyboard.press("Shift+Enter")
        cell.get_by_text("Right.", exact=True).wait_for()


# After all lessons


@pytest.mark.parametrize("name", ["chosen-model", "monitoring-plan", "rehearsal"])
def test_what_was_prepared_was_enough(image, notebook, name):
    """No lesson made again what the image holds."""
    kept = sorted(image.folder.glob(f"_build/kept/{name}-*.*"))
    assert len(kept) == 1
    started = image.folder / ".local/share/jupyter/runtime/jupyter_cookie_secret"
    assert kept[0].stat().st_mtime < started.stat().st_mtime


def test_downloaded_lesson_runs_beside_the_package(image):
    name = f"{LESSONS[0]}.ipynb"
    downloaded = SITE / "_sources/lessons" / name
    (image.folder / "lessons" / name).write_bytes(downloaded.read_bytes())
    words = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout"]
    done = subprocess.run(
        image.command(*words, f"lessons/{name}"),
        cwd=image.folder,
        env=image.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ran = nbformat.reads(done.stdout, as_version=4)
    assert all(cell.execution_count for cell in ran.cells if cell.cell_type == "code")


@pytest.mark.parametrize("lesson", LESSONS)
def test_download_says_first_how_to_run_it(lesson):
    downloaded = nbformat.read(SITE / f"_sources/lessons/{lesson}.ipynb", as_version=4)
    first, *rest = downloaded.cells
    assert first.cell_type == "markdown"
    for words in ("the data", "`lessons`", "requirements.txt", "book/lab.py"):
        assert words in first.source
    source = (ROOT / "lessons" / f"{lesson}.md").read_text("utf-8")
    cells = read_myst_markdown_notebook(source).cells
    for cell, original in zip(rest, cells, strict=True):
        # Where the lesson has an expression, the download has a value.
        texts = ROLE.sub("\0", original.source).split("\0")
        pattern = ".+?".join(map(re.escape, texts))
        assert re.fullmatch(pattern, cell.source, re.DOTALL), cell.source
        assert "{eval}" not in cell.source


# At home


def test_lab_at_home_opens_notebooks_and_leaves_the_home_folder_alone(
    browser, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    command = [sys.executable, ROOT / "book/lab.py"]
    with (
        running_lab(command, cwd=tmp_path) as (address, token, server),
        opened(browser, address, token, LESSONS[0]) as (tab, _),
    ):
        assert tab.locator(".jp-NotebookPanel").count() == 1
        tab.wait_for_function(IS_READY)
        (kernel,) = kernels(server)
        assert EVERY_KERNEL.items() <= kernel.environ().items()
    assert not list(tmp_path.rglob("labconfig"))
