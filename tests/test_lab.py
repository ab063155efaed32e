"""A lesson in JupyterLab, in a real browser: read before it runs, run, saved.

A long lesson in a small book of its own, opened by ``book/lab.py``.
"""

import os
import shutil
import sys

import pytest
from conftest import ROOT
from fixture_book import make_book
from lab_browser import IS_DONE, IS_READY, PANEL, opened, running_lab

PARAGRAPHS = 60
CELL = "```{{code-cell}} ipython3\n{}\n```\n"
BOX = """\
:::{admonition} The box of {eval}`name`
:class: dropdown

| {eval}`name` | $p =$ {eval}`f"{rate:.2f}"` |
|---|---|
| last | {eval}`value_59` |
:::
"""


def each_text(condition):
    """Ask in the browser whether a condition holds for each cell of text."""
    return f"""() => {PANEL}.content.widgets.every((cell) =>
      cell.model.type !== "markdown" || ({condition}))"""


# JupyterLab draws the cells of a long notebook one after the other.
ALL_SHOWN = each_text("cell.node.querySelector('.myst')?.textContent.trim()")
TEXTS = "all => all.map((one) => one.textContent.replace(/\\s+/g, ' ').trim())"


def write_long_lesson(book):
    parts = [CELL.format('rate, name = 0.254, "Jo"')]
    for number in range(PARAGRAPHS):
        parts.append(
            f'Sentence {number} has {{eval}}`f"{{rate:.0%}}"`, **{{eval}}`name`** and '
            f"{{eval}}`value_{number} + 1`.\n"
        )
        parts.append(CELL.format(f"value_{number} = {number}"))
    book.write_text("1-first", "\n".join([*parts, BOX]).rstrip())
    end = "  language: python\n"
    book.replace("lessons/1-first.md", end, f"{end}phase: a note of ours\n")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory, browser):
    """The open lesson: what its text says before and after Run All, and its file."""
    book = make_book(tmp_path_factory.mktemp("lab") / "book")
    for name in ("book/lab.py", "pyproject.toml"):
        shutil.copy(ROOT / name, book.root / name)
    shutil.copytree(ROOT / "book/jupyter", book.root / "book/jupyter")
    write_long_lesson(book)
    path = book.root / "lessons/1-first.md"
    source = path.read_text("utf-8")
    command = [sys.executable, "book/lab.py"]
    with (
        running_lab(command, cwd=book.root, env={**os.environ}) as (address, token, _),
        opened(browser, address, token, "1-first") as (tab, _),
    ):
        tab.wait_for_function(IS_READY)
        tab.wait_for_function(ALL_SHOWN)
        cells = tab.locator(".jp-MarkdownCell .myst")
        before = cells.evaluate_all(TEXTS)
        tab.get_by_role("menuitem", name="Run", exact=True).click()
        tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        tab.wait_for_function(IS_DONE)
        # The text is evaluated after the code. What never gets a value ends in a
        # time-out, and the test below would say the same.
        tab.wait_for_function(
            each_text(
                """!cell.model.sharedModel.source.includes("{eval}")
                   || cell.model.getMetadata("user_expressions")"""
            )
        )
        after = cells.evaluate_all(TEXTS)
        tab.evaluate(f"{PANEL}.context.save()")
        yield before, after, source, path.read_text("utf-8")


def test_every_sentence_is_there_before_anything_runs(lesson):
    before, *_ = lesson
    for number in range(PARAGRAPHS):
        (said,) = (one for one in before if one.startswith(f"Sentence {number} has "))
        assert said.endswith(f"and value_{number} + 1.")


def test_every_value_is_there_after_run_all_also_far_down(lesson):
    _, after, *_ = lesson
    for number in range(PARAGRAPHS):
        assert f"Sentence {number} has 25%, Jo and {number + 1}." in after
    box = after[-1]
    assert "The box of Jo" in box
    assert box.endswith("0.25last59")


def test_saving_leaves_the_file_as_it_was(lesson):
    *_, source, saved = lesson
    assert "phase: a note of ours" in saved
    assert saved.splitlines() == source.splitlines()
