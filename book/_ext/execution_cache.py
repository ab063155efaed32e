"""Keep executed lessons, and show one only on the state that it was executed on.

jupyter-cache knows a lesson by its code cells alone: after a change in an imported
module, in the data or in a package it would serve the old output. So each record
carries a digest of everything that the lesson reads, and the values of the expressions
in its text. Only `book/build.py` executes; a plain `jupyter-book build` shows what it
left, and refuses with a sentence what is not fresh.
"""

import os
from pathlib import Path

from inline_values import expressions
from jupyter_cache import get_cache
from jupyter_cache.base import JupyterCacheAbstract
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_nb.sphinx_ import NbMetadataCollector
from nbformat import NotebookNode
from pages import PARALLEL
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from course import closure

logger = logging.getLogger(__name__)

# Tells a lesson's kernel that it runs for the site and not in a reader's notebook;
# course.charts reads it.
SITE_BUILD = "COURSE_SITE_BUILD"


def cache_folder(root: Path) -> Path:
    """Return the folder of executed lessons of a book."""
    return root / "_build" / "executed"


def read_lesson(path: Path) -> tuple[NotebookNode, str] | None:
    """Read a page if it is a lesson.

    Returns:
        The notebook with its source map, and the text; None if the page is no notebook.
    """
    text = path.read_text("utf-8") if path.suffix == ".md" and path.exists() else ""
    if not is_myst_markdown_notebook(text):
        return None
    return read_myst_markdown_notebook(text, add_source_map=True, path=path), text


def lesson_code(notebook: NotebookNode, text: str) -> str:
    """Return a lesson's code, with the expressions in its text."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code += [expression.code for expression in expressions(notebook, text)]
    return "\n".join(code)


def fresh_record(
    cache: JupyterCacheAbstract, notebook: NotebookNode, digest: str
) -> dict | None:
    """Return what is kept with a lesson: seconds, digest and values.

    Args:
        cache: The executed lessons.
        notebook: The lesson.
        digest: Of the lesson's code and of everything that it reads.

    Returns:
        None if the lesson was not executed with this digest.
    """
    try:
        kept = cache.match_cache_notebook(notebook).data
    except KeyError:
        return None
    return kept if kept.get("digest") == digest else None


def _use_cache_folder(app: Sphinx, config: Config) -> None:
    os.environ[SITE_BUILD] = "1"
    config.nb_execution_cache_path = str(cache_folder(Path(app.srcdir)))


def _find_executed(
    app: Sphinx,
    env: BuildEnvironment,
    added: set[str],
    changed: set[str],
    removed: set[str],
) -> list[str]:
    """Look up every lesson; return those that were executed anew."""
    cache = get_cache(app.config.nb_execution_cache_path)
    executed = {}
    for page in sorted(env.found_docs):
        path = Path(env.doc2path(page))
        lesson = read_lesson(path)
        if lesson:
            try:
                digest = closure.digest(lesson_code(*lesson), path.parent)
            except closure.UnreadableCode as error:
                raise ExtensionError(
                    f"{page}.md cannot be executed: {error}"
                ) from error
            record = fresh_record(cache, lesson[0], digest)
            if record is None:
                raise ExtensionError(
                    f"{page}.md was not executed on the present state of the book. "
                    "Run: make book (or: python book/build.py)"
                )
            executed[page] = record
    before = getattr(env, "executed_lessons", {})
    env.executed_lessons = executed
    return [
        page
        for page, record in executed.items()
        if record["digest"] != before.get(page, {}).get("digest")
    ]


def _check_that_lessons_ran(app: Sphinx, env: BuildEnvironment) -> None:
    for page in env.executed_lessons:
        if not NbMetadataCollector.get_exec_data(env, page):
            logger.warning("The cells of this lesson were not executed.", location=page)


def _forget_pages_of_red_build(app: Sphinx, error: Exception | None) -> None:
    # Sphinx keeps pages with warnings, and would not warn again.
    if app._warncount:
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx; before myst-nb (800) reads the setting."""
    app.keep_going = True  # Sphinx then counts warnings, and fails at the end.
    app.connect("config-inited", _use_cache_folder, priority=100)
    app.connect("env-get-outdated", _find_executed)
    app.connect("env-check-consistency", _check_that_lessons_ran)
    app.connect("build-finished", _forget_pages_of_red_build)
    return PARALLEL
