"""A number in a sentence is the value that the lesson's kernel has there, or red.

Each test plants something in a small book and runs the real build on it.
"""

import nbformat
import pytest
from fixture_book import COUNTED, make_book

CELL = "```{{code-cell}} ipython3\n{}\n```"
NUMPY = CELL.format("import numpy as np\n\nrate = np.float64(0.25)")
FAULTS = {
    "unknown": ("{eval}`nothing`", "failed: NameError: name 'nothing' is not defined"),
    "syntax": ("{eval}`1 +`", "failed: SyntaxError: invalid syntax"),
    "early": (
        "{eval}`later`\n\n" + CELL.format("later = 1"),
        "failed: NameError: name 'later' is not defined",
    ),
    "rebound": (
        CELL.format("rate = 1") + "\n\n{eval}`rate`\n\n" + CELL.format("rate = 2"),
        "is '1' here and '2' at the end of the lesson: give one of the two values "
        "another name",
    ),
    "deleted": (
        CELL.format("rate = 1") + "\n\n{eval}`rate`\n\n" + CELL.format("del rate"),
        "at the end of the lesson failed: NameError",
    ),
    "scalar": (NUMPY + "\n\n{eval}`rate`", "is a NumPy scalar, np.float64(0.25)"),
    "unformatted": (
        "{eval}`0.1 + 0.2`",
        "is neither text nor whole number, but 0.30000000000000004: format it",
    ),
    "escaped": ("{eval}`'a\\xa0b'`", "has a character that is shown escaped"),
    "warns": (
        CELL.format("from warnings import warn")
        + "\n\n{eval}`str(warn('an old name'))`",
        "wrote to stderr: UserWarning: an old name",
    ),
}
NO_FENCE = "```{admonition} The rate {eval}`1`\nText.\n```"
VALUES = """\
```{code-cell} ipython3
rate, name = 0.254, "a_name"
```

The rate is {eval}`f"{rate:.0%}"`, the **count {eval}`6 * 7`**, and
[{eval}`name`](../book/index.md) a link.

:::{admonition} Of {eval}`name`
:class: dropdown

| a | b |
|---|---|
| {eval}`name` | $p \\geq$ {eval}`f"{rate:.2f}"` |
:::
"""


@pytest.fixture
def lesson(tmp_path):
    """A book with one lesson, to be written."""
    book = make_book(tmp_path / "book")
    book.write("book/index.md", "# The book\n")
    book.write_contents("1-first")
    return book


def test_every_kind_of_fault_is_red_with_its_line(tmp_path):
    book = make_book(tmp_path / "book")
    for name, (text, _) in FAULTS.items():
        book.write_text(name, f"A sentence.\n\n{text}")
    book.write_contents(*FAULTS)
    result = book.build()
    assert result.status == 1
    for name, (text, sentence) in FAULTS.items():
        (asked,) = (one for one in text.splitlines() if one.startswith("{eval}"))
        place = f"lessons/{name}.md, line {book.line(name, asked)}: {asked} "
        assert f"{place}{sentence}" in result.text, name
    assert not book.site.exists()


def test_fence_that_is_none_is_red_before_anything_runs(lesson):
    lesson.write_text("1-first", NO_FENCE)
    result = lesson.build()
    assert result.status == 1
    line = lesson.line("1-first", NO_FENCE.splitlines()[0])
    assert f"lessons/1-first.md, line {line}: a fence of backticks" in result.text


@pytest.mark.parametrize("text", ["An {eval}`1` alone.", NO_FENCE])
def test_page_without_a_kernel_has_no_values(lesson, text):
    lesson.write("book/index.md", f"# The book\n\n{text}\n")
    lesson.write_lesson("1-first", "1")
    result = lesson.build()
    assert result.status == 1
    assert "book/index.md:3: WARNING: " in result.text


def test_values_stand_in_the_page_and_in_the_download(lesson):
    lesson.write_text("1-first", VALUES)
    result = lesson.build()
    assert result.status == 0, result.text
    article = lesson.article("lessons/1-first")
    text = " ".join(article.get_text().split())
    assert "The rate is 25%, the count 42, and a_name a link." in text
    assert article.select_one(".admonition-title").get_text() == "Of a_name"
    assert "".join(article.select("td")[1].get_text().split()) == "p≥0.25"
    assert article.select_one("strong").get_text() == "count 42"

    path = lesson.site / "_sources/lessons/1-first.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    said = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "The rate is 25%, the **count 42**" in said
    assert r"[a\_name](../book/index.md)" in said
    assert r"| a\_name | $p \geq$ 0.25 |" in said
    assert "{eval}" not in said


def test_changed_sentence_executes_nothing_and_changed_expression_does(lesson):
    cell = CELL.format(COUNTED.format(name="1-first"))
    lesson.write_text("1-first", f"{cell}\n\nOne {{eval}}`1 + 1`.")
    assert lesson.build().status == 0
    assert lesson.executions() == ["1-first"]

    lesson.replace("lessons/1-first.md", "One ", "Another word, a new line\nand ")
    assert lesson.build("--incremental").status == 0
    assert lesson.executions() == []
    assert "and 2." in lesson.article("lessons/1-first").get_text()

    lesson.replace("lessons/1-first.md", "1 + 1", "1 + 2")
    assert lesson.build("--incremental").status == 0
    assert lesson.executions() == ["1-first"]
    assert "and 3." in lesson.article("lessons/1-first").get_text()


def test_plain_build_without_our_cache_fails_with_a_sentence(lesson):
    lesson.write_text("1-first", "One {eval}`1 + 1`.")
    result = lesson.plain_build()
    assert result.status != 0
    assert "lessons/1-first.md was not executed on the present state" in result.text
    assert "make book" in result.text
    assert not list(lesson.site.glob("lessons/*.html"))
