"""Offer to present a page: section by section, in large type, to a room."""

from functools import partial

from pages import PARALLEL, on_each_page, write_static
from sphinx.application import Sphinx

SCRIPT, STYLE = "present.js", "present.css"
FEWEST_SLIDES = 2
BUTTON = {
    "type": "javascript",
    "javascript": "present()",
    "text": "Present",
    "tooltip": "Present this page: section by section, in large type",
    "icon": "fas fa-person-chalkboard",
    "label": "present-button",
    # The theme hides it where no script runs.
    "classes": "pst-js-only",
}


def _offer(app: Sphinx, pagename: str, context: dict) -> None:
    if context["body"].count("<section") >= FEWEST_SLIDES:
        context["header_buttons"].append(BUTTON)
        # After quiz.js, which makes a heading of each question's title (quiz.py), and
        # after book.css, which has the priority 800 of all files named in the settings.
        app.add_js_file(SCRIPT, loading_method="defer", priority=950)
        app.add_css_file(STYLE, media="screen", priority=950)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, after the theme has made its buttons (501)."""
    app.connect("builder-inited", partial(write_static, name=SCRIPT))
    on_each_page(app, _offer, priority=600)
    return PARALLEL
