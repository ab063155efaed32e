"""A puzzle asks what no earlier page of the day has told."""

import re
import tomllib
from functools import cache

import pytest
from conftest import ROOT, parsed

ANSWERS = tomllib.loads((ROOT / "tests/puzzle_answers.toml").read_text("utf-8"))
PUZZLES = [(page, title) for page, asked in ANSWERS.items() for title in asked]
# Linked from everywhere, so it is read at any time.
ALWAYS = ["book/glossary"]


@cache
def pages_of_the_day():
    """List the pages that the timetable names, in its order; the timetable is first."""
    links = parsed("book/index.html").find("table").select("a.internal")
    paths = [link["href"].split("#")[0] for link in links]
    names = [
        f"book/{path}" if "../" not in path else path.removeprefix("../")
        for path in paths
    ]
    return ["book/index", *dict.fromkeys(x.removesuffix(".html") for x in names)]


def around(page, title):
    """Split a page's text at the result of one of its puzzles."""
    article = parsed(f"{page}.html").find("article")
    (puzzle,) = (
        box
        for box in article.select(".admonition.puzzle")
        if title in box.select_one(".admonition-title").get_text()
    )
    before = [text for text in puzzle.find_all_previous(string=True) if text.strip()]
    inside = puzzle.get_text(" ")
    after = puzzle.find_all_next(string=True)
    return " ".join([*before[::-1], inside]), " ".join(after)


@pytest.mark.parametrize(("asked_on", "title"), PUZZLES)
def test_no_page_tells_an_answer_before_its_puzzle(asked_on, title):
    before, after = around(asked_on, title)
    days = pages_of_the_day()
    told = {
        name: parsed(f"{name}.html").find("article").get_text(" ")
        for name in [*ALWAYS, *days[: days.index(asked_on)]]
    }
    told[asked_on] = before
    for answer in ANSWERS[asked_on][title]:
        pattern = re.compile(answer.replace(" ", r"\s+"))
        assert pattern.search(after), f"the page never says {answer!r}"
        found = [name for name, text in told.items() if pattern.search(text)]
        assert not found, f"{answer!r} is told by {found}"


def test_each_puzzle_of_the_day_has_its_answers():
    shown = {
        (page, box.select_one(".admonition-title").get_text().split(": ", 1)[1])
        for page in pages_of_the_day()
        for box in parsed(f"{page}.html").select(".admonition.puzzle")
    }
    assert shown == set(PUZZLES)
