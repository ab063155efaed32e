"""Give pages with a chart the script that draws it: one file for the whole site."""

from pages import PARALLEL, on_each_page, write_static
from sphinx.application import Sphinx

from course.charts import chart_script

SCRIPT = "charts.js"


def _write_script(app: Sphinx) -> None:
    if app.builder.format == "html":
        write_static(app, SCRIPT, chart_script())


def _load_script(app: Sphinx, pagename: str, context: dict) -> None:
    if '<figure class="chart"' in context["body"]:
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("builder-inited", _write_script)
    on_each_page(app, _load_script)
    return PARALLEL
