"""Mend markup of docutils and pandas that axe-core rejects."""

import re

from pages import PARALLEL, on_each_page
from sphinx.application import Sphinx

EMPTY_HEAD = re.compile(r'<th class="(?:head"><p></p>|blank[^"]*"\s*>&nbsp;)</th>')


def _mend_body(app: Sphinx, pagename: str, context: dict) -> None:
    # Roles that these elements of a bibliography may not have.
    body = context["body"].replace(' role="doc-biblioentry"', "")
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    # The corner of a pandas table heads nothing.
    body = body.replace("<th></th>", "<td></td>")
    # Nor does an empty cell in the head of a Markdown or a styled table.
    context["body"] = EMPTY_HEAD.sub("<td></td>", body)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    on_each_page(app, _mend_body)
    return PARALLEL
