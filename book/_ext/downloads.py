"""Let every lesson be downloaded as an executed notebook.

The theme offers the notebook only where it knows a repository to launch it from.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx


def _offer_notebook(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    executed = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    if app.builder.format == "html" and executed.exists():
        download = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
        download.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(executed, download)
        context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, before the theme makes its buttons."""
    app.connect("html-page-context", _offer_notebook, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
