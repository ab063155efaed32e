"""A small but real book, in which tests plant faults for the real build to find."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[1]
COPIED = (
    "Makefile",
    "requirements.txt",
    "book/build.py",
    "book/execute.py",
    "book/kernel_environment.py",
    "book/serve.py",
    "book/_ext",
    "book/_static",
    "book/_templates",
    "book/figures",
    "lessons/course",
    "lessons/flightdelay",
)
# Chart scripts take a second to make and have nothing to do with what is tested here.
LEFT_OUT = "charts"

STILL_THERE = "The last good site is still in"
SETTINGS_ADDRESS = "https://github.com/settings/address"
HELPER = '''"""What a lesson imports."""

GREETING = "the first greeting"
'''
INDEX = """\
# The book

[First](../lessons/1-first.md), [second](../lessons/2-second.md), and a stable word.
"""
HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3 (ipykernel)
  language: python
---

# {title}
"""
# A cell that leaves one line for each time it runs.
COUNTED = """\
import os

with open(os.environ["EXECUTIONS"], "a") as executions:
    print({name!r}, file=executions)"""
# What the first lesson shows of all that it reads.
READS = """\
from pathlib import Path

from flightdelay import charter, helper

print("helper:", helper.GREETING)
print("threshold:", charter.load().threshold)
print("data:", Path("data/numbers.csv").read_text())"""


@dataclass(frozen=True)
class Result:
    """What a command said, and whether it was content."""

    status: int
    text: str


@dataclass(frozen=True)
class Book:
    """A book's folder, and what a test does with it."""

    root: Path

    @property
    def site(self) -> Path:
        """The folder of the published site."""
        return self.root / "_build" / "html"

    @property
    def _executions(self) -> Path:
        return self.root.with_suffix(".executions")

    def environment(self, **extra: str) -> dict[str, str]:
        """Return the variables for a command: none of pytest, make, git or CI."""
        # In a kernel under pytest, for example, ipykernel watches no child process.
        dropped = ("PY", "MAKE", "GIT", "COURSE", "TF_", "OMP_")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(dropped)
        }
        return {
            **kept,
            "EXECUTIONS": str(self._executions),
            "GIT_CEILING_DIRECTORIES": str(self.root.parent),
            **extra,
        }

    def executions(self) -> list[str]:
        """Return the lessons that ran since this was asked last, in order."""
        if not self._executions.exists():
            return []
        names = self._executions.read_text("utf-8").split()
        self._executions.unlink()
        return sorted(names)

    def build(self, *options: str, **environment: str) -> Result:
        """Run the book's build.py."""
        return self.run(sys.executable, "book/build.py", *options, **environment)

    def plain_build(self) -> Result:
        """Run Jupyter Book without build.py, as a reader of its manual would."""
        program = Path(sys.executable).with_name("jupyter-book")
        return self.run(str(program), "build", ".")

    def run(self, *command: str, **environment: str) -> Result:
        """Run a command in the book's folder."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        return Result(done.returncode, done.stdout)

    def page(self, name: str) -> Tag:
        """Return a page of the published site."""
        text = (self.site / f"{name}.html").read_text("utf-8")
        return BeautifulSoup(text, "html.parser")

    def article(self, name: str) -> Tag:
        """Return the text of a published page, without the theme around it."""
        return self.page(name).select_one("article")

    def write(self, name: str, text: str) -> None:
        """Write a file of the book."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_lesson(self, name: str, *cells: str) -> None:
        """Write a lesson of code cells; a cell may start with options (``:tags:``)."""
        parts = [HEADER.format(title=f"Lesson {name}")]
        parts += [f"```{{code-cell}} ipython3\n{cell}\n```\n" for cell in cells]
        self.write(f"lessons/{name}.md", "\n".join(parts))

    def write_text(self, name: str, text: str) -> None:
        """Write a lesson from the text below its header."""
        self.write(f"lessons/{name}.md", f"{HEADER.format(title=name)}\n{text}\n")

    def write_contents(self, *lessons: str) -> None:
        """Write the table of contents."""
        chapters = [{"file": f"lessons/{name}"} for name in lessons]
        contents = {"format": "jb-book", "root": "book/index", "chapters": chapters}
        self.write("_toc.yml", yaml.safe_dump(contents, sort_keys=False))

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a piece of text that must be in a file."""
        text = (self.root / name).read_text("utf-8")
        assert old in text, f"{name} does not say {old!r}"
        self.write(name, text.replace(old, new))

    def line(self, lesson: str, code: str) -> int:
        """Return the number of a lesson's line, counted from 1."""
        lines = (self.root / f"lessons/{lesson}.md").read_text("utf-8").splitlines()
        return lines.index(code) + 1

    def copy(self, root: Path) -> "Book":
        """Copy the book with all that was built in it."""
        shutil.copytree(self.root, root)
        return Book(root)


def make_book(root: Path) -> Book:
    """Lay a book with two lessons.

    Args:
        root: A folder that does not exist yet.

    Returns:
        The book, not built.
    """
    book = Book(root)
    for name in COPIED:
        source, copy = ROOT / name, root / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy2(source, copy)
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    del settings["sphinx"]["local_extensions"][LEFT_OUT]
    book.write("_config.yml", yaml.safe_dump(settings, sort_keys=False))
    book.write("book/references.bib", "@misc{source, title = {One}, year = 2026}\n")
    book.write("book/index.md", INDEX)
    book.write("lessons/flightdelay/helper.py", HELPER)
    book.write("lessons/data/numbers.csv", "1,2,3")
    book.write_lesson("1-first", COUNTED.format(name="1-first"), READS)
    book.write_lesson("2-second", COUNTED.format(name="2-second"), "6 * 7")
    book.write_contents("1-first", "2-second")
    return book


def wait_until(condition: Callable[[], object], seconds: float = 60) -> object:
    """Return the first true value of a condition; fail if none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not in {seconds} s"
        time.sleep(0.1)
    return value


def files(folder: Path) -> dict[Path, bytes]:
    """Return all files of a folder with their bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
