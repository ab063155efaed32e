"""Mend markup of docutils, myst-nb, pandas and the theme for those who hear a page."""

import re

from pages import PARALLEL, on_each_page
from sphinx.application import Sphinx

EMPTY_HEAD = re.compile(r'<th class="(?:head"><p></p>|blank[^"]*"\s*>&nbsp;)</th>')
PAGES_BELOW = re.compile(r"(>\s*([^<>]+?)\s*</a>\s*<details[^>]*>)\s*<summary>")

PROMPT = re.compile(r'admonition-title">(Show|Hide) the (content|source|outputs)<')
# What myst-nb folds in a cell with the tags hide-cell, hide-input and hide-output.
FOLDED = {
    "content": "the solution",
    "source": "the code of the chart",
    "outputs": "the result",
}


def _mend_body(app: Sphinx, pagename: str, context: dict) -> None:
    # Roles that these elements of a bibliography may not have.
    body = context["body"].replace(' role="doc-biblioentry"', "")
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    # What can be unfolded is heard by the name that is seen.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    body = PROMPT.sub(lambda m: f'admonition-title">{m[1]} {FOLDED[m[2]]}<', body)
    # The corner of a pandas table heads nothing.
    body = body.replace("<th></th>", "<td></td>")
    # Nor does an empty cell in the head of a Markdown or a styled table.
    context["body"] = EMPTY_HEAD.sub("<td></td>", body)


def _name_pages_below(app: Sphinx, pagename: str, context: dict) -> None:
    """Name what unfolds the pages below a page in the contents: the theme does not."""
    draw = context["generate_toctree_html"]
    context["generate_toctree_html"] = lambda *options, **more: PAGES_BELOW.sub(
        r'\1<summary aria-label="Pages below \2">', str(draw(*options, **more))
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    on_each_page(app, _mend_body)
    on_each_page(app, _name_pages_below, priority=600)  # after the theme
    return PARALLEL
