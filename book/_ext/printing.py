"""Offer to print a page with all that is folded on it, beside the theme's own offer."""

import re

from pages import PARALLEL, on_each_page
from sphinx.application import Sphinx

# What a reader can fold: cells, results, solutions, keys, hints.
FOLDED = re.compile(r"<details|<div class=\"[^\"]*\b(?:toggle|dropdown)\b")
BUTTON = {
    "type": "javascript",
    "javascript": "printWithSolutions()",
    "text": ".pdf with solutions",
    "tooltip": "Print with all that is folded: solutions, results, hints",
    "icon": "fas fa-file-pdf",
    "label": "print-with-solutions-button",
}


def _offer(app: Sphinx, pagename: str, context: dict) -> None:
    if FOLDED.search(context["body"]):
        for group in context.get("header_buttons", []):
            if group.get("label") == "download-buttons":
                group["buttons"].append(BUTTON)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, after the theme has made its buttons (501)."""
    on_each_page(app, _offer, priority=600)
    return PARALLEL
