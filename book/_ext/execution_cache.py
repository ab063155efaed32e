"""Keep executed lessons in a cache that cannot serve old output.

jupyter-cache knows a lesson by its code cells alone: after a change in an imported
module, in the data or in a package it would serve the old output. So the cache
folder's name carries a digest of everything else that a lesson reads.

A plain `jupyter-book build` must not turn green by accident either: here every warning
fails it, and a build that failed reads all pages anew the next time.
"""

import os
import sys
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

sys.path.insert(0, str(Path(__file__).parents[2] / "lessons"))

from flightdelay import store  # noqa: E402  (needs the path above)

logger = logging.getLogger(__name__)

# Tells a lesson's kernel that it runs for the site and not in a reader's notebook;
# flightdelay.notebook reads it.
SITE_BUILD = "COURSE_SITE_BUILD"


def cache_folder(root: Path) -> Path:
    """Return the folder of executed lessons that fits the present state of the book.

    Args:
        root: The book's top folder.

    Returns:
        A folder under ``_build`` (it may not exist yet). Its name is a digest of the
        Python version, ``requirements.txt`` and all files under ``lessons`` but the
        lessons themselves.
    """
    return root / "_build" / f"executed-{store.digest(root)}"


def _use_cache_folder(app: Sphinx, config: Config) -> None:
    os.environ[SITE_BUILD] = "1"
    config.nb_execution_cache_path = str(cache_folder(Path(app.srcdir)))


def _check_that_lessons_ran(app: Sphinx, env: BuildEnvironment) -> None:
    for page in sorted(env.found_docs):
        executed = NbMetadataCollector.get_exec_data(env, page)
        if "kernelspec" in env.metadata[page] and not executed:
            logger.warning("The cells of this lesson were not executed.", location=page)


def _forget_pages_of_red_build(app: Sphinx, error: Exception | None) -> None:
    # Sphinx keeps pages with warnings, and would not warn again.
    if app._warncount:
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx; before myst-nb (800) reads the setting."""
    app.keep_going = True  # Sphinx then counts warnings, and fails at the end.
    app.connect("config-inited", _use_cache_folder, priority=100)
    app.connect("env-check-consistency", _check_that_lessons_ran)
    app.connect("build-finished", _forget_pages_of_red_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
