"""Build the site: execute the lessons, render the pages strictly, publish the result.

A green build means that every cell of every lesson ran, on this state of the code, the
data and the packages, without an error and without a word on stderr. A build that
fails says which page and which cell, and leaves the last good site in place.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from execute import LessonError, execute_lessons  # noqa: E402  (needs the path above)
from execution_cache import cache_folder  # noqa: E402

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
    state = _render_state()
    if not (incremental and STATE.exists() and STATE.read_text() == state):
        shutil.rmtree(WORK, ignore_errors=True)
    STATE.unlink(missing_ok=True)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", str(ROOT)]
    command += ["--path-output", str(WORK.parent), "-W", "-n", "--keep-going"]
    if builder != "html":
        command += ["--builder", "custom", "--custom-builder", builder]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    log = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout + result.stderr)
    (BUILD / "sphinx.log").write_text(log, encoding="utf-8")
    if result.returncode:
        raise BuildError(_complaints(log))
    STATE.write_text(state)
    for line in log.splitlines():
        if line.startswith("No launch and edit buttons"):
            print(line)


def _render_state() -> str:
    """Describe all that shapes pages besides their own text, which Sphinx watches."""
    parts = [str(cache_folder(ROOT))]
    shaping = [ROOT / "_config.yml", ROOT / "_toc.yml"]
    for folder in ("_ext", "_templates", "_static", "figures"):
        shaping += sorted((ROOT / "book" / folder).rglob("*"))
    parts += [f"{path} {path.stat().st_mtime_ns}" for path in shaping if path.is_file()]
    return "\n".join(parts)


def _complaints(log: str) -> str:
    marks = ("WARNING", "ERROR", "CRITICAL", "Extension error", "Exception occurred")
    lines = [line for line in log.splitlines() if any(mark in line for mark in marks)]
    # Jupyter Book repeats what Sphinx said; one sentence a fault is enough.
    lines = list(dict.fromkeys(lines)) or log.splitlines()[-20:]
    return "\n".join(lines).replace(f"{ROOT}{os.sep}", "")


def publish() -> None:
    """Put the new site in the place of the last one, in one step."""
    shutil.rmtree(NEXT_SITE, ignore_errors=True)
    shutil.copytree(WORK / "html", NEXT_SITE)
    shutil.rmtree(PREVIOUS_SITE, ignore_errors=True)
    if SITE.exists():
        SITE.rename(PREVIOUS_SITE)
    NEXT_SITE.rename(SITE)
    shutil.rmtree(PREVIOUS_SITE, ignore_errors=True)


def recover() -> None:
    """Bring back the last good site if a build was interrupted while it published."""
    if PREVIOUS_SITE.exists() and not SITE.exists():
        PREVIOUS_SITE.rename(SITE)


def main() -> int:
    """Build the site; return the exit status of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--incremental", action="store_true", help="render only pages that changed"
    )
    parser.add_argument("--builder", choices=["html", "linkcheck"], default="html")
    options = parser.parse_args()
    started = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    recover()
    try:
        execute_lessons(ROOT)
        print("Rendering the pages …", flush=True)
        render(options.builder, options.incremental)
    except (LessonError, BuildError) as error:
        print(f"\nThe build failed.\n{error}", file=sys.stderr)
        if SITE.exists():
            print(f"The last good site is still in {SITE}.", file=sys.stderr)
        return 1
    if options.builder == "html":
        publish()
        print(f"Done in {time.monotonic() - started:.0f} s. Open {SITE / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
