"""Let every lesson be downloaded as an executed notebook.

The theme offers one only where it knows a repository to launch it from, and myst-nb
writes it without outputs when they come from the cache.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx.application import Sphinx


def _is_notebook(app: Sphinx, pagename: str) -> bool:
    source = Path(app.env.doc2path(pagename))
    return source.exists() and is_myst_markdown_notebook(source.read_text("utf-8"))


def _offer_notebook(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    if _is_notebook(app, pagename):
        context["ipynb_source"] = f"{pagename}.ipynb"


def _write_notebook(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    if app.builder.format == "html" and _is_notebook(app, pagename):
        source = Path(app.env.doc2path(pagename)).read_text("utf-8")
        cache = get_cache(app.config.nb_execution_cache_path)
        notebook = read_myst_markdown_notebook(source)
        _, executed = cache.merge_match_into_notebook(notebook)
        download = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
        download.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(executed, download)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx: before the theme makes its buttons, and after it copies."""
    app.connect("html-page-context", _offer_notebook, priority=400)
    app.connect("html-page-context", _write_notebook, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
