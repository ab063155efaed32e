"""Say at the foot of each page under which licenses and with what it was built."""

import platform
from importlib.metadata import version

from pages import PARALLEL
from sphinx.application import Sphinx
from sphinx.config import Config

# What computes the results that pages show.
PACKAGES = ("pandas", "scikit-learn", "altair", "myst-nb", "jupyter-book")
LICENSES = (
    'Text: <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. '
    'Code: <a href="https://opensource.org/license/mit">MIT</a>. '
    'Data: <a href="https://creativecommons.org/publicdomain/zero/1.0/">CC0</a>.'
)


def _add_colophon(app: Sphinx, config: Config) -> None:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    config.html_theme_options["extra_footer"] = (
        f"<p>{LICENSES}</p>"
        f"<p>Built with Python {platform.python_version()}, {versions}.</p>"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx, before the theme reads its options."""
    app.connect("config-inited", _add_colophon, priority=100)
    return PARALLEL
