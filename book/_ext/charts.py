"""Give pages with a chart the script that draws it: one file for the whole site."""

import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from static_files import write_static

sys.path.insert(0, str(Path(__file__).parents[2] / "lessons"))

from course.charts import chart_script  # noqa: E402  (needs the path above)

SCRIPT = "charts.js"


def _write_script(app: Sphinx) -> None:
    if app.builder.format == "html":
        write_static(app, SCRIPT, chart_script())


def _load_script(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    if '<figure class="chart"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("builder-inited", _write_script)
    app.connect("html-page-context", _load_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
