"""Set the lifecycle figure into a page as SVG: its links, hover and dark mode work."""

import hashlib
import re
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

sys.path.insert(0, str(Path(__file__).parents[1] / "figures"))

import lifecycle  # noqa: E402  (needs the path above)

PICTURE = re.compile(r"(?:^|/)figures/lifecycle(?:-step-(\d))?\.svg$")


class LifecycleFigure(SphinxPostTransform):
    """Put the drawing in the place of an image of it."""

    default_priority = 400
    formats = ("html",)

    def run(self) -> None:
        """Replace every image of the figure in this page."""
        root = "../" * self.env.docname.count("/")
        for index, image in enumerate(list(self.document.findall(nodes.image))):
            picture = PICTURE.search(image["uri"])
            if picture is None:
                continue
            here = int(picture[1]) if picture[1] else None
            description = image.get("alt") or lifecycle.alternative(here)
            drawn = lifecycle.inline(here, description, root, f"lifecycle-{index}")
            label = escape("You are here in the lifecycle" if here else lifecycle.TITLE)
            html = f'<nav class="lifecycle" aria-label="{label}">\n{drawn}\n</nav>'
            _replace(image, nodes.raw("", html, format="html"))


def _replace(image: nodes.image, drawing: nodes.raw) -> None:
    """Replace an image; where it stands in a paragraph, go before the paragraph.

    HTML allows no ``nav`` in a ``p``.
    """
    parent = image.parent
    if not isinstance(parent, nodes.paragraph):
        image.replace_self(drawing)
        return
    parent.parent.insert(parent.parent.index(parent), drawing)
    parent.remove(image)
    if not parent.astext().strip():
        parent.parent.remove(parent)


def _remember_drawing(app: Sphinx, config: Config) -> None:
    # Pages are written again when the drawing changes, for example because a step has
    # a lesson now.
    steps = (None, *range(1, lifecycle.WAY_BACK + 1))
    drawn = "".join(lifecycle.inline(step, "", "", "") for step in steps)
    config.lifecycle_drawing = hashlib.sha256(drawn.encode()).hexdigest()


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_config_value("lifecycle_drawing", "", "html")
    app.connect("config-inited", _remember_drawing)
    app.add_post_transform(LifecycleFigure)
    return PARALLEL
