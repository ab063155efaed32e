"""Build the site: execute the lessons, render the pages strictly, publish the result.

A green build means that every cell of every lesson ran, on this state of the code, the
data and the packages, without an error and without a word on stderr. A build that
fails says which page and which cell, and leaves the last good site in place.
"""

import argparse
import io
import os
import platform
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

# Without this, jsonschema compiles 39 grammars for a format that no notebook uses,
# which takes a third of the time of a build that finds nothing changed.
sys.modules["rfc3987_syntax"] = None
sys.path[:0] = [
    str(Path(__file__).parent / "_ext"),
    str(Path(__file__).parents[1] / "lessons"),
]

from execute import LessonError, execute_lessons  # noqa: E402  (needs the paths above)
from filelock import FileLock, Timeout  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
PREVIOUS_SITE = BUILD / "html-previous"
NEXT_SITE = BUILD / "html-next"
# Jupyter Book adds _build to the folder it is given.
WORK = BUILD / "sphinx" / "_build"
# What the pages of WORK were read with. The file is there only after a success.
STATE = BUILD / "sphinx" / "state"


class BuildError(Exception):
    """The build failed; the message says where and why."""


def render(builder: str, incremental: bool) -> None:
    """Render all pages with Jupyter Book; every warning is an error.

    Args:
        builder: ``html``, or ``linkcheck`` to ask the external links.
        incremental: Read only the pages that changed. Pages that were read before are
            believed only if the last build succeeded with the same extensions, data
            and packages.

    Raises:
        BuildError: With the sentences in which Sphinx says what is wrong.
    """
    # Only now: when a lesson fails, nobody waits for these.
    from click.exceptions import Abort
    from jupyter_book.cli.main import main as jupyter_book

    state = _render_state()
    if not (incremental and STATE.exists() and STATE.read_text() == state):
        shutil.rmtree(WORK, ignore_errors=True)
    STATE.unlink(missing_ok=True)
    command = ["build", str(ROOT)]
    command += ["--path-output", str(WORK.parent), "-W", "-n", "--keep-going"]
    if builder != "html":
        command += ["--builder", "custom", "--custom-builder", builder]
    said, warned = io.StringIO(), io.StringIO()
    failure: BaseException | None = None
    # In this process: it has already loaded most of what another one would load.
    with redirect_stdout(said), redirect_stderr(warned):
        try:
            jupyter_book(command, standalone_mode=False)
        except Abort:
            raise KeyboardInterrupt from None
        except SystemExit as stop:
            # Jupyter Book takes an interruption for one more kind of failure.
            if isinstance(stop.code, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            failure = stop
        except Exception as error:
            failure = error
    log = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue() + warned.getvalue())
    (BUILD / "sphinx.log").write_text(log, encoding="utf-8")
    if failure:
        raise BuildError(_complaints(f"{log}\n{failure}"))
    STATE.write_text(state)
    for line in log.splitlines():
        if line.startswith("No launch and edit buttons"):
            print(line)


def _render_state() -> str:
    """Describe all that shapes pages besides their own text, which Sphinx watches."""
    parts = [platform.python_version()]
    shaping = [ROOT / name for name in ("_config.yml", "_toc.yml", "requirements.txt")]
    for folder in ("book/_ext", "book/_templates", "book/_static", "book/figures"):
        shaping += sorted((ROOT / folder).rglob("*"))
    shaping += sorted((ROOT / "lessons/course").rglob("*"))
    parts += [
        f"{path} {path.stat().st_mtime_ns}"
        for path in shaping
        if path.is_file() and path.suffix != ".pyc"
    ]
    return "\n".join(parts)


def _complaints(log: str) -> str:
    lines, in_block = [], False
    for line in log.splitlines():
        # What stops Sphinx stands in the lines below a heading such as "Theme error:".
        starts_block = re.match(r"(.* error( \(.*\))?|Exception occurred):$", line)
        ends_block = not line or line.startswith("The full traceback")
        in_block = bool(starts_block) or (in_block and not ends_block)
        if in_block or re.search(r"WARNING|ERROR|CRITICAL|\) broken ", line):
            lines.append(line)
    # Jupyter Book repeats what Sphinx said; one sentence a fault is enough.
    lines = list(dict.fromkeys(lines)) or log.splitlines()[-20:]
    return "\n".join(lines).replace(f"{ROOT}{os.sep}", "")


def publish() -> None:
    """Put the new site in the place of the last one, in one step."""
    shutil.rmtree(NEXT_SITE, ignore_errors=True)
    shutil.copytree(WORK / "html", NEXT_SITE)
    shutil.rmtree(PREVIOUS_SITE, ignore_errors=True)
    try:
        if SITE.exists():
            SITE.rename(PREVIOUS_SITE)
        NEXT_SITE.rename(SITE)
    finally:
        recover()
    shutil.rmtree(PREVIOUS_SITE, ignore_errors=True)


def recover() -> None:
    """Bring back the last good site if a build was stopped while it published."""
    if PREVIOUS_SITE.exists() and not SITE.exists():
        PREVIOUS_SITE.rename(SITE)


def main() -> int:
    """Build the site; return the exit status of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--incremental", action="store_true", help="render only pages that changed"
    )
    parser.add_argument("--builder", choices=["html", "linkcheck"], default="html")
    parser.add_argument(
        "lessons", nargs="*", type=Path, help="execute these only, and render nothing"
    )
    options = parser.parse_args()
    # A build that is told to end ends its kernels first, as it does after Ctrl+C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    BUILD.mkdir(exist_ok=True)
    try:
        with _turn():
            return _build(options)
    except KeyboardInterrupt:
        print("\nThe build was stopped.", file=sys.stderr)
        _point_to_last_site()
        return 130


@contextmanager
def _turn() -> Iterator[None]:
    lock = FileLock(BUILD / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        print("Waiting for another build of this folder …", flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _build(options: argparse.Namespace) -> int:
    started = time.monotonic()
    recover()
    try:
        execute_lessons(ROOT, [path.resolve() for path in options.lessons])
        if options.lessons:
            return 0
        print("Rendering the pages …", flush=True)
        render(options.builder, options.incremental)
    except (LessonError, BuildError) as error:
        print(f"\nThe build failed.\n{error}", file=sys.stderr)
        _point_to_last_site()
        return 1
    if options.builder == "html":
        publish()
        print(f"Done in {time.monotonic() - started:.0f} s. Open {SITE / 'index.html'}")
    return 0


def _point_to_last_site() -> None:
    if SITE.exists():
        print(f"The last good site is still in {SITE}.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
