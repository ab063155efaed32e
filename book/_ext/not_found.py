"""Put the 404 page where a web server looks for it: at the top of the site.

sphinx-notfound-page makes the links of ``book/404.html`` work from any address.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx


def _copy_to_top(app: Sphinx, error: Exception | None) -> None:
    page = Path(app.outdir) / f"{app.config.notfound_pagename}.html"
    if app.builder.format == "html" and error is None and page.exists():
        shutil.copyfile(page, Path(app.outdir) / "404.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Name the page for sphinx-notfound-page and copy what it makes of it."""
    app.setup_extension("notfound.extension")
    app.config.notfound_pagename = "book/404"
    app.connect("build-finished", _copy_to_top)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
