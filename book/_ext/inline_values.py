r"""Numbers in sentences: {eval}`f"{rate:.0%}"` in a lesson's text shows its value.

The executor (book/execute.py) asks the lesson's kernel for every expression and keeps
the answers with the executed lesson; here they come into the page. So a sentence that
changes executes nothing. JupyterLab shows the same values after *Run All*. It would not
draw a formula, so a value is text: $p \geq$ {eval}`f"{threshold:.2f}"`.
"""

import ast
import re
from dataclasses import dataclass

from docutils import nodes
from nbformat import NotebookNode
from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)

ROLE = re.compile(r"\{eval\}(`+)(.+?)\1")
# A fence of backticks may have none in its first line: it would be text.
NO_FENCE = re.compile(r"^\s*`{3,}[^`\n]+`")
MARKUP = re.compile(r"([\\`*_{}\[\]<>|$])")


@dataclass(frozen=True)
class Expression:
    """An expression in a lesson's text.

    Attributes:
        code: The expression.
        cell: Index of the Markdown cell.
        line: Its line in the lesson's file, counted from 1.
    """

    code: str
    cell: int
    line: int


class ValueFault(Exception):
    """An answer of the kernel that cannot stand in a sentence; the message says why."""


def expressions(notebook: NotebookNode, text: str) -> list[Expression]:
    """List the expressions in the Markdown cells of a lesson, in their order.

    Args:
        notebook: The lesson, read with its source map.
        text: The text of its file.
    """
    found = []
    lines = text.splitlines()
    starts = [*notebook.metadata["source_map"], len(lines)]
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for number in range(starts[index], starts[index + 1]):
                codes = (match[2].strip() for match in ROLE.finditer(lines[number]))
                found += [Expression(code, index, number + 1) for code in codes]
    return found


def broken_fences(text: str) -> list[int]:
    """List the lines of a Markdown text that look like a fence and are none."""
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if NO_FENCE.match(line)]


def shown(answer: dict) -> str:
    """Turn the kernel's answer to one expression into what a page shows.

    Args:
        answer: One of a reply's ``user_expressions``.

    Returns:
        The value as text.

    Raises:
        ValueFault: The expression failed, or its value is neither a text nor a whole
            number.
    """
    if answer["status"] == "error":
        raise ValueFault(f"failed: {answer['ename']}: {answer['evalue']}")
    plain = answer["data"]["text/plain"]
    if plain.startswith("np."):
        raise ValueFault(f"is a NumPy scalar, {plain}: format it as a text")
    try:
        value = ast.literal_eval(plain)
    except (ValueError, SyntaxError):
        value = None
    if isinstance(value, str) and value:
        # JupyterLab shows what repr writes, without its quotes.
        if repr(value)[1:-1] != value:
            raise ValueFault(f"has a character that is shown escaped: {plain}")
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return plain
    raise ValueFault(f"is neither text nor whole number, but {plain[:60]}: format it")


def with_values(text: str, values: dict[str, str]) -> str:
    """Return Markdown in which each expression is replaced by its value."""
    return ROLE.sub(lambda match: MARKUP.sub(r"\\\1", values[match[2].strip()]), text)


class InlineValue(SphinxRole):
    """The role ``eval``; it takes the place of myst-nb's, which asks a kernel."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the value, as text or as a formula."""
        executed = self.env.executed_lessons.get(self.env.docname, {})
        value = executed.get("values", {}).get(self.text.strip())
        if value is None:
            logger.warning(
                "No lesson has computed {eval}`%s`: write it on one line of a lesson's "
                "text.",
                self.text,
                location=(self.env.docname, self.lineno),
            )
        return [nodes.Text(value or self.text)], []


def _find_markup_in_text(app: Sphinx, doctree: nodes.document) -> None:
    code = (nodes.literal, nodes.FixedTextElement)
    for text in doctree.findall(nodes.Text):
        if not isinstance(text.parent, code) and re.search(
            r"```|:::|\{eval\}", text.astext()
        ):
            logger.warning(
                "Markup that is shown as text: %r. A directive whose title holds a "
                "role needs a fence of colons, :::{name} …",
                text.astext()[:60],
                location=text.parent,
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx; after myst-nb, whose role this one replaces."""
    app.setup_extension("myst_nb")
    app.add_role("eval", InlineValue(), override=True)
    app.connect("doctree-read", _find_markup_in_text)
    return PARALLEL
