"""What several of our extensions do: act on each page, add files to the site."""

import sys
from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

# Where extensions that import this module find what any course could use.
sys.path.insert(0, str(Path(__file__).parents[2] / "lessons"))

# What an extension's `setup` returns.
PARALLEL = {"parallel_read_safe": True, "parallel_write_safe": True}


def on_each_page(
    app: Sphinx, act: Callable[[Sphinx, str, dict], None], priority: int = 500
) -> None:
    """Call a function for each page before the page is written.

    Args:
        app: The build.
        act: Takes the build, the page's name and what its template is filled with;
            ``context["body"]`` is the page's text in HTML, and always there.
        priority: The theme makes its buttons at 501.
    """

    def handle(
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict,
        doctree: nodes.document | None,
    ) -> None:
        context.setdefault("body", "")
        act(app, pagename, context)

    app.connect("html-page-context", handle, priority=priority)


def write_static(app: Sphinx, name: str, text: str | None = None) -> None:
    """Write a file into the folder from which pages load scripts and styles.

    Jupyter Book would load a script on every page if it lay in `book/_static`.

    Args:
        app: The build; only one that makes HTML gets the file.
        name: The file's name.
        text: What stands in it; without it, the file beside the extensions is copied.
    """
    if app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        text = text or Path(__file__).with_name(name).read_text("utf-8")
        (static / name).write_text(text, encoding="utf-8")
