"""Write formulas as MathML, which browsers draw without any script."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator


def _mathml(node: nodes.Element, as_block: bool) -> str:
    latex = node.astext()
    try:
        return tex2mathml(latex, as_block=as_block)
    except Exception as error:
        raise ExtensionError(
            f"{node.source}:{node.line}: cannot write this formula as MathML: {latex}"
            f" ({error})"
        ) from error


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    # Wide formulas scroll inside their own box, so the page never scrolls sideways.
    # A box that scrolls must be reachable by keyboard.
    formula = _mathml(node, as_block=True)
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
