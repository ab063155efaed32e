"""Take from the theme what a page does not need.

The theme loads Font Awesome as a script of half a megabyte for a dozen icons, a
loader for live code that this book does not use, and several scripts before the
first text shows. Here the icons become a small style sheet, the loader goes, and
scripts wait until the page is read.
"""

import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup
from pages import PARALLEL, write_static
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# The icons on our pages; a test compares this list with the built pages.
ICONS = (
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "chevron-down",
    "circle-half-stroke",
    "circle-question",
    "code",
    "download",
    "expand",
    "file",
    "file-pdf",
    "github",
    "house",
    "lightbulb",
    "list",
    "magnifying-glass",
    "moon",
    "outdent",
    "pencil",
    "person-chalkboard",
    "rocket",
    "sun",
)
# Font Awesome's older names that the theme still uses.
ALIASES = {
    "fa-home": "house",
    "fa-pencil-alt": "pencil",
    "fa-search": "magnifying-glass",
}
BASE_STYLE = """\
:is(.fa-solid, .fa-brands, .fas, .fab) {
  display: inline-block;
  width: 1em;
  height: 1em;
  background: currentColor;
  mask: var(--icon) no-repeat center / contain;
  vertical-align: -0.125em;
}
.fa-lg { font-size: 1.25em; }
@media (forced-colors: active) {
  :is(.fa-solid, .fa-brands, .fas, .fab) {
    background: CanvasText;
    forced-color-adjust: none;
  }
}
"""
DROPPED = re.compile(
    r"<script[^>]*(?:fontawesome|sphinx-thebe)\.js[^>]*></script>\s*"
    r"|<link[^>]*sphinx-thebe\.css[^>]*>\s*"
    r"|<script>const THEBE_JS_URL.*?</script>\s*",
    re.DOTALL,
)
# documentation_options.js stays as it is: scripts in the page's text read it at once.
BLOCKING = re.compile(
    r"<script(?![^>]*\b(?:defer|async)\b)(?=[^>]*\bsrc=)(?![^>]*documentation_options)"
)


def slim(html: Markup) -> Markup:
    """Drop scripts that no page uses and let the others wait for the text.

    Args:
        html: A part of a page's head, as the theme writes it.

    Returns:
        The same without Font Awesome and thebe, and with ``defer`` on every script
        that is loaded from a file.
    """
    return Markup(BLOCKING.sub("<script defer", DROPPED.sub("", str(html))))


def icon_style(font_awesome: str) -> str:
    """Write a style sheet with the icons that our pages show.

    Args:
        font_awesome: The text of the theme's Font Awesome script, which holds each
            icon as ``name:[width,height,[aliases],"code","path"]``.

    Returns:
        CSS that draws each icon as a mask in the color of the text around it.

    Raises:
        ExtensionError: If an icon is not in the script (after an upgrade, say).
    """
    style = [BASE_STYLE]
    for name in ICONS:
        key = re.escape(name)
        match = re.search(
            rf'[{{,](?:"{key}"|{key}):\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]',
            font_awesome,
        )
        if match is None:
            raise ExtensionError(
                f"book/_ext/slim_theme.py: the theme's Font Awesome has no '{name}'."
            )
        width, height, path = match.groups()
        svg = (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'>"
            f"<path d='{path}'/></svg>"
        )
        names = [f"fa-{name}", *(old for old, new in ALIASES.items() if new == name)]
        selector = ", ".join(f".{one}" for one in names)
        style.append(
            f'{selector} {{ --icon: url("data:image/svg+xml,{quote(svg)}"); }}'
        )
    return "\n".join(style) + "\n"


def _prepare(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    app.builder.templates.environment.filters["slim"] = slim
    theme = files("pydata_sphinx_theme") / "theme/pydata_sphinx_theme/static"
    script = (theme / "scripts/fontawesome.js").read_text(encoding="utf-8")
    write_static(app, "icons.css", icon_style(script))


def _remove_unused(app: Sphinx, error: Exception | None) -> None:
    if app.builder.format == "html" and error is None:
        static = Path(app.outdir) / "_static"
        # Templates and source maps lie among the theme's files, too.
        for pattern in ("scripts/fontawesome*", "*.html", "**/*.map", "*thebe*"):
            for unused in static.glob(pattern):
                unused.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the style sheet of icons and the filter that layout.html applies."""
    app.config.templates_path.append(str(Path(__file__).parents[1] / "_templates"))
    app.add_css_file("icons.css")
    app.connect("builder-inited", _prepare)
    app.connect("build-finished", _remove_unused)
    return PARALLEL
