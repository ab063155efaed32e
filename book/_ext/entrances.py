"""Lead readers in who come to the top of the site or to an address that is missing."""

from pathlib import Path

from pages import PARALLEL
from sphinx.application import Sphinx

# Jupyter Book's own redirect has neither a language nor a title nor a link to follow.
TOP = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={page}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="canonical" href="{page}">
<title>{title}</title>
</head>
<body><main><h1><a href="{page}">{title}</a></h1></main></body>
</html>
"""
MISSING = """\
<h1>This page is not here</h1>
<p>The address has a mistake in it, or the page has moved. Nothing that you typed or
ticked on this site is lost.</p>
<ul>
<li><a href="{top}book/index.html">The plan of the day</a></li>
<li><a href="{top}book/seven-steps.html">The seven steps</a></li>
<li><a href="{top}book/glossary.html">The glossary</a></li>
</ul>
<p>Or use the search of the site.</p>
"""


def _write_missing_page(app: Sphinx) -> None:
    app.config.notfound_context = {
        "title": "This page is not here",
        "body": MISSING.format(top=app.config.notfound_urls_prefix),
    }


def _write_top(app: Sphinx, error: Exception | None) -> None:
    if app.builder.format == "html" and error is None:
        page = app.builder.get_target_uri(app.config.root_doc)
        text = TOP.format(page=page, title=app.config.html_title)
        (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up sphinx-notfound-page, which makes links work from any address."""
    app.setup_extension("notfound.extension")
    app.connect("builder-inited", _write_missing_page)
    app.connect("build-finished", _write_top)
    return PARALLEL
