"""Execute the lessons side by side, into the cache from which the pages are rendered.

jupyter-cache has a parallel executor of its own, but it says neither which cell failed
nor how far it is, and it keeps lessons that wrote to stderr.

Each expression in a lesson's text, {eval}`…`, is evaluated twice: at its place, and at
the end of the lesson, because JupyterLab's *Run All* evaluates the text last. A name
that has another value by then would show a wrong number there, and fails the build.
"""

import ast
import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import joblib
import psutil
import yaml
from execution_cache import (
    SITE_BUILD,
    cache_folder,
    fresh_record,
    lesson_code,
    read_lesson,
)
from inline_values import Expression, ValueFault, broken_fences, expressions, shown
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_client.kernelspec import NoSuchKernel
from kernel_environment import EVERY_KERNEL
from myst_nb.core.read import MystMetadataParsingError, is_myst_markdown_notebook
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from course import closure

# What the kernel of a lesson finds in its environment.
KERNEL_ENVIRONMENT = {SITE_BUILD: "1", **EVERY_KERNEL}
# How verdicts begin (exercises.Verdict) that no page may show: a solution that is
# judged wrong, and an answer that could not be judged.
REFUSED_VERDICTS = ("**Not yet.**", "**Not checked.**")

# What a lesson may need at its peak, in bytes; tests/test_launch.py measures it.
KERNEL_MEMORY = 1450 * 2**20
# Where Linux says how much memory a container has: its second and its first version.
MEMORY_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


class LessonError(Exception):
    """A lesson did not run; the message names it and the cell."""


@dataclass
class Lesson:
    """A lesson on its way through a kernel."""

    path: Path
    name: str
    notebook: NotebookNode
    timeout: int
    text: str = ""
    digest: str = ""
    seconds: float = 0.0
    problem: str = ""
    values: dict[str, str] = field(default_factory=dict)
    code_cells: list[int] = field(init=False)
    current_cell: int = field(init=False)
    expressions: list[Expression] = field(init=False)

    def __post_init__(self) -> None:
        cells = enumerate(self.notebook.cells)
        self.code_cells = [i for i, cell in cells if cell.cell_type == "code"]
        self.current_cell = next(iter(self.code_cells), 0)
        self.expressions = expressions(self.notebook, self.text)

    def place(self, index: int) -> str:
        """Name a code cell as a reader of the file finds it: its first line."""
        line = self.notebook.metadata["source_map"][index] + 1
        return (
            f"{self.name}, line {line} (code cell {self.code_cells.index(index) + 1})"
        )

    def place_of(self, asked: Expression) -> str:
        """Name an expression in the text as a reader of the file finds it."""
        return f"{self.name}, line {asked.line}: {{eval}}`{asked.code}`"


class LessonClient(NotebookClient):
    """A notebook client that evaluates expressions in text, and leaves signals alone.

    nbclient's own handlers end one kernel and swallow the signal: with several kernels,
    a build that somebody stops would go on.
    """

    def __init__(self, lesson: Lesson, **options: object) -> None:
        """Take a lesson, and nbclient's own options."""
        super().__init__(lesson.notebook, timeout=lesson.timeout, **options)
        self.lesson = lesson

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

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, **options: object
    ) -> NotebookNode:
        """Execute a code cell, or evaluate the expressions of a Markdown cell."""
        if cell_index == 0:
            await self._ask("__import__('course.closure').closure.watch()")
        done = await super().async_execute_cell(cell, cell_index, **options)
        lesson, faults = self.lesson, []
        for asked in lesson.expressions:
            try:
                if asked.cell == cell_index:
                    lesson.values[asked.code] = await self._evaluate(asked.code)
            except ValueFault as fault:
                faults.append(f"{lesson.place_of(asked)} {fault}.")
        if cell_index == len(self.nb.cells) - 1 and not faults:
            faults = [fault async for fault in self._changed_at_the_end()]
            faults += await self._read_beyond_the_closure()
        if faults:
            raise LessonError("\n".join(faults))
        return done

    async def _changed_at_the_end(self) -> AsyncIterator[str]:
        for asked in self.lesson.expressions:
            here = self.lesson.values[asked.code]
            try:
                at_the_end = await self._evaluate(asked.code)
            except ValueFault as fault:
                yield f"{self.lesson.place_of(asked)} at the end of the lesson {fault}."
                continue
            if here != at_the_end:
                yield (
                    f"{self.lesson.place_of(asked)} is {here!r} here and "
                    f"{at_the_end!r} at the end of the lesson: give one of the "
                    "two values another name."
                )

    async def _read_beyond_the_closure(self) -> list[str]:
        answer = await self._ask("__import__('course.closure').closure.files_opened()")
        opened = ast.literal_eval(answer["data"]["text/plain"])
        folder = self.lesson.path.parent
        code = f"{lesson_code(self.nb, self.lesson.text)}\nimport course.closure"
        known = {str(path) for path in closure.files_read(code, folder)}
        return [
            f"{self.lesson.name} reads {name}, and its closure does not say so: "
            "see the head of lessons/course/closure.py."
            for name in opened
            if str(folder / name) not in known
        ]

    async def _evaluate(self, code: str) -> str:
        return shown(await self._ask(code))

    async def _ask(self, code: str) -> dict:
        """Ask the kernel for the value of an expression, as its protocol gives it."""
        request = self.kc.execute("", silent=True, user_expressions={"value": code})
        reply = await self.async_wait_for_reply(request)
        stderr = ""
        while True:  # until idle: else the kernel would end while it still speaks
            message = await self.kc.iopub_channel.get_msg(timeout=self.timeout)
            if message["parent_header"].get("msg_id") == request:
                said = message["content"]
                stderr += said["text"] if said.get("name") == "stderr" else ""
                if said.get("execution_state") == "idle":
                    break
        if stderr:
            raise ValueFault(f"wrote to stderr: {_warning(stderr)}")
        return reply["content"]["user_expressions"]["value"]


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
    name = path.relative_to(root).as_posix()
    try:
        notebook, text = read_lesson(path)
    except MystMetadataParsingError as error:
        raise LessonError(f"{name} cannot be read: {error}") from error
    for line in broken_fences(text):
        raise LessonError(
            f"{name}, line {line}: a fence of backticks with a backtick in its title "
            "is no fence: use colons, :::{name} …"
        )
    lesson = Lesson(path, name, notebook, timeout, text)
    # A cell that is no Python has no digest, and fails when it is executed.
    with suppress(closure.UnreadableCode):
        lesson.digest = closure.digest(lesson_code(notebook, text), path.parent)
    return lesson


def _warning(stderr: str) -> str:
    warning = re.search(r"\w+Warning: .+", stderr)
    last_line = (stderr.strip() or "an empty line").splitlines()[-1]
    return warning[0] if warning else last_line


def _output_problem(lesson: Lesson, said_by_kernel: str = "") -> str:
    for index in lesson.code_cells:
        for output in lesson.notebook.cells[index].outputs:
            if output.output_type == "stream" and output.name == "stderr":
                return f"{lesson.place(index)} wrote to stderr: {_warning(output.text)}"
            verdict = output.get("data", {}).get("text/markdown", "")
            if verdict.startswith(REFUSED_VERDICTS):
                return f"{lesson.place(index)} shows a wrong answer: {verdict}"
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
        lesson,
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
        lesson.problem = _output_problem(lesson, said_by_kernel)
    except LessonError as error:
        lesson.problem = str(error)
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


def kernels_at_once() -> int:
    """Count the kernels that this process has processors and memory for, at least 1."""
    memory = psutil.virtual_memory().available
    for path in MEMORY_LIMITS:
        if path.exists() and (limit := path.read_text("ascii").strip()).isdigit():
            memory = min(memory, int(limit))
    return max(1, min(joblib.cpu_count(), memory // KERNEL_MEMORY))


async def _run_all(lessons: list[Lesson], cache: JupyterCacheAbstract) -> None:
    progress = Progress(lessons)
    places = asyncio.Semaphore(kernels_at_once())

    async def run_one(lesson: Lesson) -> None:
        async with places:
            progress.running.append(lesson)
            await _run(lesson, progress)
            progress.running.remove(lesson)
            progress.finish(lesson)
            if not lesson.problem:
                _keep(lesson, cache)

    await asyncio.gather(*(run_one(lesson) for lesson in lessons))


def _keep(lesson: Lesson, cache: JupyterCacheAbstract) -> None:
    bundle = CacheBundleIn(
        lesson.notebook,
        str(lesson.path),
        data={
            "execution_seconds": lesson.seconds,
            "digest": lesson.digest,
            "values": lesson.values,
        },
    )
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def execute_lessons(root: Path, only: Sequence[Path] = ()) -> None:
    """Execute every lesson that the cache does not hold in its present state.

    Args:
        root: The book's top folder.
        only: Lessons; by default those in the table of contents.

    Raises:
        LessonError: If a cell or an expression fails, writes to stderr or exceeds its
            time, or if the settings cannot be read. Lessons that succeeded are kept;
            one that did not is executed again next time.
    """
    os.environ.update(KERNEL_ENVIRONMENT)
    try:
        settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    except yaml.YAMLError as error:
        raise LessonError(f"_config.yml cannot be read: {error}") from error
    timeout = settings["execute"]["timeout"]
    cache = get_cache(cache_folder(root))
    lessons = [_read(path, root, timeout) for path in only or find_lessons(root)]
    waiting = [
        lesson
        for lesson in lessons
        if not (lesson.digest and fresh_record(cache, lesson.notebook, lesson.digest))
    ]
    print(
        f"Executing {len(waiting)} of {len(lessons)} lessons"
        f"{'' if waiting else ' (nothing that they read has changed)'} …",
        flush=True,
    )
    asyncio.run(_run_all(waiting, cache))
    problems = [lesson.problem for lesson in waiting if lesson.problem]
    if problems:
        raise LessonError("\n".join(problems))
