"""Execute the lessons side by side, into the cache from which the pages are rendered.

jupyter-cache has a parallel executor of its own, but it says neither which cell failed
nor how far it is, and it keeps lessons that wrote to stderr.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile

import yaml
from execution_cache import SITE_BUILD, cache_folder
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_client.kernelspec import NoSuchKernel
from kernel_environment import EVERY_KERNEL
from myst_nb.core.read import (
    MystMetadataParsingError,
    is_myst_markdown_notebook,
    read_myst_markdown_notebook,
)
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

# What the kernel of a lesson finds in its environment.
KERNEL_ENVIRONMENT = {SITE_BUILD: "1", **EVERY_KERNEL}


class LessonError(Exception):
    """A lesson did not run; the message names it and the cell."""


@dataclass
class Lesson:
    """A lesson on its way through a kernel."""

    path: Path
    name: str
    notebook: NotebookNode
    timeout: int
    seconds: float = 0.0
    problem: str = ""
    code_cells: list[int] = field(init=False)
    current_cell: int = field(init=False)

    def __post_init__(self) -> None:
        cells = enumerate(self.notebook.cells)
        self.code_cells = [i for i, cell in cells if cell.cell_type == "code"]
        self.current_cell = next(iter(self.code_cells), 0)

    def place(self, index: int) -> str:
        """Name a code cell as a reader of the file finds it: its first line."""
        line = self.notebook.metadata["source_map"][index] + 1
        return (
            f"{self.name}, line {line} (code cell {self.code_cells.index(index) + 1})"
        )


class LessonClient(NotebookClient):
    """A notebook client that leaves signals alone.

    nbclient's own handlers end one kernel and swallow the signal: with several kernels,
    a build that somebody stops would go on.
    """

    @asynccontextmanager
    async def async_setup_kernel(self, **options: object) -> AsyncIterator[None]:
        """Start a kernel, and end it with the context: at once if anything failed."""
        self.create_kernel_manager()
        try:
            await self.async_start_new_kernel(**options)
            await self.async_start_new_kernel_client()
            yield
        except BaseException:
            self.shutdown_kernel = "immediate"
            raise
        finally:
            if self.km is not None:
                await self._async_cleanup_kernel()


def find_lessons(root: Path) -> list[Path]:
    """List the notebooks in the book's table of contents, in its order.

    Args:
        root: The book's top folder.

    Returns:
        Paths of the MyST files whose header says that they are notebooks.

    Raises:
        LessonError: If the table of contents cannot be read.
    """
    try:
        names = parse_toc_yaml(root / "_toc.yml")  # maps each page to its children
    except (yaml.YAMLError, MalformedError) as error:
        raise LessonError(f"_toc.yml cannot be read: {error}") from error
    paths = [root / f"{name}.md" for name in names]
    return [
        path
        for path in paths
        if path.exists() and is_myst_markdown_notebook(path.read_text("utf-8"))
    ]


def _read(path: Path, root: Path, timeout: int) -> Lesson:
    text = path.read_text("utf-8")
    name = path.relative_to(root).as_posix()
    try:
        notebook = read_myst_markdown_notebook(text, add_source_map=True, path=path)
    except MystMetadataParsingError as error:
        raise LessonError(f"{name} cannot be read: {error}") from error
    return Lesson(path, name, notebook, timeout)


def _stderr_problem(lesson: Lesson, said_by_kernel: str = "") -> str:
    for index in lesson.code_cells:
        for output in lesson.notebook.cells[index].outputs:
            if output.output_type == "stream" and output.name == "stderr":
                warning = re.search(r"\w+Warning: .+", output.text)
                last_line = (output.text.strip() or "an empty line").splitlines()[-1]
                said = warning[0] if warning else last_line
                return f"{lesson.place(index)} wrote to stderr: {said}"
    if said_by_kernel.strip():
        place = lesson.place(lesson.code_cells[-1])
        last_line = said_by_kernel.strip().splitlines()[-1]
        return f"{place} or a cell before it wrote to stderr: {last_line}"
    return ""


class Progress:
    """Tell on the terminal which lessons run, and how long those that are done took."""

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


async def _run(lesson: Lesson, progress: Progress) -> None:
    def note_cell(cell: NotebookNode, cell_index: int) -> None:
        lesson.current_cell = cell_index
        progress.show_running()

    client = LessonClient(
        lesson.notebook,
        timeout=lesson.timeout,
        resources={"metadata": {"path": str(lesson.path.parent)}},
        on_cell_execute=note_cell,
        # The cache knows a lesson by its cells: execution must add nothing to them.
        record_timing=False,
        # No tag keeps a cell from running.
        skip_cells_with_tag="",
        # ipykernel warns that its loopback ports are not encrypted.
        extra_arguments=["--log-level=ERROR"],
    )
    started = time.monotonic()
    try:
        # What a child process writes can come too late to be an output of its cell, but
        # it always comes out of the kernel.
        with TemporaryFile() as stderr:
            await client.async_execute(stderr=stderr)
            stderr.seek(0)
            said_by_kernel = stderr.read().decode(errors="replace")
        lesson.problem = _stderr_problem(lesson, said_by_kernel)
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}".rstrip(": ")
        lesson.problem = f"{lesson.place(lesson.current_cell)} failed: {said}"
    except CellTimeoutError:
        place = lesson.place(lesson.current_cell)
        lesson.problem = f"{place} was not done after {lesson.timeout} seconds."
    except DeadKernelError:
        # nbclient takes every cancellation for a dead kernel.
        if asyncio.current_task().cancelling():  # codespell:ignore
            raise asyncio.CancelledError from None
        place = lesson.place(lesson.current_cell)
        lesson.problem = f"{place} ended its kernel; is there memory enough?"
    except NoSuchKernel as error:
        lesson.problem = (
            f"{lesson.name} asks for the kernel '{error.name}', which is not here: "
            "write 'name: python3' under 'kernelspec' in its header."
        )
    except RuntimeError as error:
        lesson.problem = f"{lesson.name} got no kernel: {error}"
    lesson.seconds = time.monotonic() - started


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


def _is_in(cache: JupyterCacheAbstract, lesson: Lesson) -> bool:
    """Tell whether the cache holds the lesson, executed without a word on stderr.

    A plain ``jupyter-book build`` keeps lessons that wrote to stderr, too.
    """
    try:
        _, executed = cache.merge_match_into_notebook(lesson.notebook)
    except KeyError:
        return False
    return not _stderr_problem(replace(lesson, notebook=executed))


def execute_lessons(root: Path) -> None:
    """Execute every lesson that the cache does not hold yet.

    Args:
        root: The book's top folder.

    Raises:
        LessonError: If a cell fails, writes to stderr or exceeds its time, or if the
            settings cannot be read. Lessons that succeeded are kept; one that did not
            is executed again next time.
    """
    os.environ.update(KERNEL_ENVIRONMENT)
    try:
        settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    except yaml.YAMLError as error:
        raise LessonError(f"_config.yml cannot be read: {error}") from error
    timeout = settings["execute"]["timeout"]
    cache = get_cache(cache_folder(root))
    lessons = [_read(path, root, timeout) for path in find_lessons(root)]
    waiting = [lesson for lesson in lessons if not _is_in(cache, lesson)]
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
