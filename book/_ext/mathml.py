"""Write formulas as MathML, which browsers draw without any script."""

from docutils import nodes
from latex2mathml.converter import convert
from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator


def _mathml(node: nodes.Element, display: str) -> str:
    latex = node.astext()
    try:
        return convert(latex, display=display)
    except Exception as error:
        raise ExtensionError(
            f"{node.source}:{node.line}: cannot write this formula as MathML: {latex}"
        ) from error


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    # Wide formulas scroll inside their own box, so the page never scrolls sideways.
    # A box that scrolls must be reachable by keyboard.
    formula = _mathml(node, "block")
    translator.body.append(f'<div class="math" tabindex="0">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer; ``html_math_renderer: mathml`` chooses it."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(_visit_inline, None),
        block_renderers=(_visit_block, None),
    )
    return PARALLEL
