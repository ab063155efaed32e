"""The whole lifecycle, run without a notebook, prints what the lessons print."""

import html
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import ROOT, SITE

LINE = re.compile(r"^  lesson (\d)  (.+?) {1,}(\S*\d\S*(?: \(.+\))?)$", re.MULTILINE)


@pytest.fixture(scope="module")
def said():
    """What the command prints."""
    run = subprocess.run(
        [sys.executable, "-m", "flightdelay"],
        cwd=ROOT / "lessons",
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout


def plain(text: str) -> str:
    """A text without markup: "2.33<br>1.53&nbsp;to 3.20" is "2.33 1.53 to 3.20"."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u2212", "-")
    return " ".join(re.sub(r"[*_`()|,;]+(?=\s|$)|[*_`()|]", " ", text).split())


def shown(lesson: str) -> str:
    """All that the built core of a lesson and its deeper pages say and show."""
    texts = []
    for path in sorted((SITE / "_sources" / "lessons").glob(f"{lesson}*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                texts.append(cell.source)
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                kinds = ("text/markdown", "text/html", "text/plain")
                texts += ["".join(data.get(kind, "")) for kind in kinds]
    return plain("\n".join(texts))


def test_each_step_says_how_far_one_is(said):
    steps = re.findall(r"^\[(\d)/(\d)\] .+ …$", said, re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    assert {int(total) for _, total in steps} == {len(steps)}
    assert len(steps) == 8


def test_headline_figures_are_those_of_the_lessons(said):
    figures = LINE.findall(said)
    built = {path.name[0] for path in (ROOT / "lessons").glob("[1-8]-*.md")}
    assert {lesson for lesson, _, _ in figures} == built
    texts = {lesson: shown(lesson) for lesson in built}
    for lesson, name, figure in figures:
        number = rf"(?<![\d.,-]){re.escape(plain(figure))}(?![\d%]|[.,]\d)"
        assert re.search(number, texts[lesson]), f"lesson {lesson}: {name}, {figure}"
