"""Let every lesson be downloaded as an executed notebook that says how to run it.

The theme offers one only where it knows a repository to launch it from, and myst-nb
writes it without outputs when they come from the cache.
"""

from pathlib import Path

import nbformat
from inline_values import with_values
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook
from pages import PARALLEL, on_each_page
from sphinx.application import Sphinx

HOW_TO_RUN = """\
**This lesson is your copy, with all results.** To run it, it needs the course's
packages and the data. Both lie beside the lessons in {repository}.

1. {get}
2. Put this file into the folder `lessons` there.
3. Once, in the top folder of the repository, install the packages:
   `python3 -m venv .venv`, then
   `.venv/bin/pip install --require-hashes -r requirements.txt`.
4. Run `.venv/bin/python book/lab.py`. JupyterLab opens; this file is among the lessons.

On Windows write `py` for `python3`, and `.venv\\Scripts\\` for `.venv/bin/`. You can
delete this cell."""
KNOWN = {
    "repository": "[the course's repository]({address})",
    "get": "Get the repository: `git clone {address}`, or its *Code*, *Download ZIP*.",
}
UNKNOWN = {
    "repository": "the course's repository",
    "get": "Get the repository where you got this file.",
}


def _offer_notebook(app: Sphinx, pagename: str, context: dict) -> None:
    if pagename in app.env.executed_lessons:
        context["ipynb_source"] = f"{pagename}.ipynb"


def how_to_run(address: str) -> str:
    """Say what a downloaded lesson needs, for its first cell.

    Args:
        address: The web address of the repository, or an empty string.

    Returns:
        Markdown.
    """
    words = KNOWN if address else UNKNOWN
    filled = {name: text.format(address=address) for name, text in words.items()}
    return HOW_TO_RUN.format(**filled)


def _write_notebook(app: Sphinx, pagename: str, context: dict) -> None:
    if app.builder.format == "html" and pagename in app.env.executed_lessons:
        source = Path(app.env.doc2path(pagename)).read_text("utf-8")
        cache = get_cache(app.config.nb_execution_cache_path)
        notebook = read_myst_markdown_notebook(source)
        _, executed = cache.merge_match_into_notebook(notebook)
        address = app.config.html_theme_options.get("repository_url", "")
        first = nbformat.v4.new_markdown_cell(how_to_run(address))
        values = app.env.executed_lessons[pagename]["values"]
        for cell in executed.cells:
            if cell.cell_type == "markdown":
                cell.source = with_values(cell.source, values)
        executed.cells.insert(0, first)
        # nbformat draws names for cells; the same lesson should give the same file.
        for number, cell in enumerate(executed.cells):
            cell.id = f"cell-{number}"
        download = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
        download.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(executed, download)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx: before the theme makes its buttons, and after it copies."""
    on_each_page(app, _offer_notebook, priority=400)
    on_each_page(app, _write_notebook, priority=900)
    return PARALLEL
