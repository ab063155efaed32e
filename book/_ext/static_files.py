"""Put files into the site that only some of its pages load.

Jupyter Book would load a script on every page if it lay in `book/_static`.
"""

from pathlib import Path

from sphinx.application import Sphinx


def write_static(app: Sphinx, name: str, text: str) -> None:
    """Write a file into the folder from which pages load scripts and styles."""
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / name).write_text(text, encoding="utf-8")


def copy_static(app: Sphinx, name: str) -> None:
    """Copy a file that lies beside the extensions into that folder."""
    if app.builder.format == "html":
        write_static(app, name, Path(__file__).with_name(name).read_text("utf-8"))
