"""Lessons as their files have them: cells, text, what is shown and what is hidden."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jupytext
import nbformat
from conftest import ROOT
from jupytext.config import load_jupytext_configuration_file

#: One core notebook a step, "1-define-project.md", and deeper ones, "1a-….md".
CORES = sorted((ROOT / "lessons").glob("[1-8]-*.md"))
DEEPER = sorted((ROOT / "lessons").glob("[1-8][a-z]-*.md"))
TEMPLATE = ROOT / "lessons" / "template.md"
CASE_FILE = ROOT / "lessons" / "case-file.md"

HIDING = {"remove-input", "hide-input", "hide-cell", "remove-cell"}
OURS = {"course", "exercises", "figures", "flightdelay"}
FORMAT = {"extension": ".md", "format_name": "myst"}


@dataclass(frozen=True)
class Cell:
    """A code cell: its source, its tags, and its first line in the file, from 1."""

    source: str
    tags: frozenset[str]
    line: int

    @property
    def hidden(self) -> bool:
        """Whether the page folds the code or leaves it out."""
        return bool(self.tags & HIDING)

    @property
    def lines(self) -> int:
        """Lines that are not blank."""
        return sum(bool(line.strip()) for line in self.source.splitlines())


@cache
def notebook(path: Path) -> nbformat.NotebookNode:
    """Read a lesson as JupyterLab does."""
    return jupytext.reads(path.read_text("utf-8"), FORMAT, config=settings())


@cache
def settings() -> object:
    """Read how JupyterLab opens and saves lessons here."""
    return load_jupytext_configuration_file(str(ROOT / "pyproject.toml"))


def text(path: Path) -> str:
    """Return all Markdown of a lesson."""
    cells = notebook(path).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def code(path: Path) -> list[Cell]:
    """Return the code cells of a lesson, each with its place in the file."""
    lines = path.read_text("utf-8").splitlines()
    found, after = [], 0
    for cell in notebook(path).cells:
        if cell.cell_type == "code":
            fence = next(
                i for i in range(after, len(lines)) if "{code-cell}" in lines[i]
            )
            first = cell.source.splitlines()[0] if cell.source else "```"
            start = next(i for i in range(fence + 1, len(lines)) if lines[i] == first)
            after = start + len(cell.source.splitlines())
            tags = frozenset(cell.metadata.get("tags", []))
            found.append(Cell(cell.source, tags, start + 1))
    return found


def number(path: Path) -> str:
    """Return the number of a lesson, as its title has it."""
    return re.search(r"^# (\d[a-z]?)\. ", text(path), re.MULTILINE)[1]


def section(path: Path, title: str) -> str:
    """Return the text of a section."""
    after = re.split(rf"^## {title}$", text(path), flags=re.MULTILINE)[1]
    return after.split("\n## ")[0]


def boxes(path: Path, kind: str) -> list[str]:
    """Return the texts of the admonitions of a kind."""
    pattern = (
        rf"^([`:]{{3,}})\{{admonition\}}[^\n]*\n:class: [\w -]*\b{kind}\b[^\n]*\n"
        r"(.*?)\n\1$"
    )
    found = re.findall(pattern, text(path), re.DOTALL | re.MULTILINE)
    return [inside for _, inside in found]


def promised_minutes(path: Path) -> int:
    """Return the minutes that a lesson promises in its head."""
    head = r"\*\*Time:\*\* core(?: path)? (\d+) minutes|About\s+(\d+) minutes"
    return int(next(filter(None, re.search(head, text(path)).groups())))
