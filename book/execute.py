"""Execute the lessons side by side, into the cache from which the pages are rendered.

jupyter-cache has a parallel executor of its own, but it says neither which cell failed
nor how far it is, and it keeps lessons that wrote to stderr.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from execution_cache import SITE_BUILD, cache_folder
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx_external_toc.parsing import parse_toc_yaml


class LessonError(Exception):
    """A cell failed; the message names the lesson and the cell."""


@dataclass
class Lesson:
    """A lesson on its way through a kernel."""

    path: Path
    name: str
    notebook: NotebookNode
    timeout: int
    current_cell: int = 0
    seconds: float = 0.0
    problem: str = ""
    code_cells: list[int] = field(init=False)

    def __post_init__(self) -> None:
        cells = enumerate(self.notebook.cells)
        self.code_cells = [i for i, cell in cells if cell.cell_type == "code"]

    def place(self, index: int) -> str:
        """Name the cell at ``index`` the way a reader of the file finds it."""
        line = self.notebook.metadata["source_map"][index] + 1
        return (
            f"{self.name}, line {line} (code cell {self.code_cells.index(index) + 1})"
        )


def find_lessons(root: Path) -> list[Path]:
    """List the notebooks in the book's table of contents, in its order.

    Args:
        root: The book's top folder.

    Returns:
        Paths of the MyST files whose header says that they are notebooks.
    """
    names = parse_toc_yaml(root / "_toc.yml")  # maps each page to its children
    paths = [root / f"{name}.md" for name in names]
    return [
        path
        for path in paths
        if path.exists() and is_myst_markdown_notebook(path.read_text("utf-8"))
    ]


def _read(path: Path, root: Path, timeout: int) -> Lesson:
    text = path.read_text("utf-8")
    notebook = read_myst_markdown_notebook(text, add_source_map=True, path=path)
    return Lesson(path, path.relative_to(root).as_posix(), notebook, timeout)


def _stderr_problem(lesson: Lesson) -> str:
    for index in lesson.code_cells:
        for output in lesson.notebook.cells[index].outputs:
            if output.output_type == "stream" and output.name == "stderr":
                last_line = output.text.strip().splitlines()[-1]
                return f"{lesson.place(index)} wrote to stderr: {last_line}"
    return ""


async def _run(lesson: Lesson, progress: Progress) -> None:
    def note_cell(cell: NotebookNode, cell_index: int) -> None:
        lesson.current_cell = cell_index
        progress.show_running()

    client = NotebookClient(
        lesson.notebook,
        timeout=lesson.timeout,
        resources={"metadata": {"path": str(lesson.path.parent)}},
        on_cell_execute=note_cell,
        # The cache knows a notebook by its cells, so execution must add nothing to them.
        record_timing=False,
        # ipykernel warns that its loopback ports are not encrypted.
        extra_arguments=["--log-level=ERROR"],
    )
    started = time.monotonic()
    try:
        await client.async_execute()
        lesson.problem = _stderr_problem(lesson)
    except CellExecutionError as error:
        place = lesson.place(lesson.current_cell)
        lesson.problem = f"{place} failed: {error.ename}: {error.evalue}"
    except CellTimeoutError:
        place = lesson.place(lesson.current_cell)
        lesson.problem = f"{place} was not done after {lesson.timeout} seconds."
    except DeadKernelError:
        place = lesson.place(lesson.current_cell)
        lesson.problem = f"{place} ended its kernel; is there memory enough?"
    lesson.seconds = time.monotonic() - started


class Progress:
    """Tell on the terminal which lessons run, how long they took, and how many are left."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self.lessons = lessons
        self.running: list[Lesson] = []
        self.done = 0

    def show_running(self) -> None:
        """Overwrite one line with the lessons at work; a log file gets no such line."""
        if sys.stdout.isatty():
            states = [
                f"{lesson.path.stem}: cell "
                f"{lesson.code_cells.index(lesson.current_cell) + 1}"
                f" of {len(lesson.code_cells)}"
                for lesson in self.running
            ]
            print("\r\x1b[2K" + "  ".join(states), end="", flush=True)

    def finish(self, lesson: Lesson) -> None:
        """Print the line of a lesson that is done."""
        self.done += 1
        clear = "\r\x1b[2K" if sys.stdout.isatty() else ""
        verdict = "failed" if lesson.problem else f"{lesson.seconds:.1f} s"
        print(
            f"{clear}[{self.done}/{len(self.lessons)}] {lesson.name}: {verdict}",
            flush=True,
        )


async def _run_all(lessons: list[Lesson]) -> None:
    progress = Progress(lessons)
    places = asyncio.Semaphore(os.cpu_count() or 1)

    async def run_one(lesson: Lesson) -> None:
        async with places:
            progress.running.append(lesson)
            await _run(lesson, progress)
            progress.running.remove(lesson)
            progress.finish(lesson)

    await asyncio.gather(*(run_one(lesson) for lesson in lessons))


def execute_lessons(root: Path) -> None:
    """Execute every lesson that the cache does not hold yet.

    Args:
        root: The book's top folder.

    Raises:
        LessonError: If a cell fails, writes to stderr or exceeds its time. Lessons
            that succeeded are kept; one that did not is executed again next time.
    """
    os.environ[SITE_BUILD] = "1"
    timeout = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["execute"][
        "timeout"
    ]
    cache = get_cache(cache_folder(root))
    lessons = [_read(path, root, timeout) for path in find_lessons(root)]
    waiting = []
    for lesson in lessons:
        try:
            cache.match_cache_notebook(lesson.notebook)
        except KeyError:
            waiting.append(lesson)
    print(
        f"Executing {len(waiting)} of {len(lessons)} lessons"
        f"{'' if waiting else ' (nothing that they read has changed)'} …",
        flush=True,
    )
    asyncio.run(_run_all(waiting))
    for lesson in waiting:
        if not lesson.problem:
            bundle = CacheBundleIn(
                lesson.notebook,
                str(lesson.path),
                data={"execution_seconds": lesson.seconds},
            )
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    problems = [lesson.problem for lesson in waiting if lesson.problem]
    if problems:
        raise LessonError("\n".join(problems))
