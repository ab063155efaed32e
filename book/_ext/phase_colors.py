"""Give the style sheets the colors of the four phases."""

from pages import PARALLEL, write_static
from sphinx.application import Sphinx

from course.phases import DARK_PHASE_COLORS, PHASE_COLORS

STYLE = "phases.css"


def style() -> str:
    """Return CSS: ``--phase-data`` and its like, and ``--phase`` where one is set."""
    light, dark = (
        " ".join(f"--phase-{phase}: {color};" for phase, color in colors.items())
        for colors in (PHASE_COLORS, DARK_PHASE_COLORS)
    )
    rules = [
        f":root {{ {light} }}",
        # On paper, dark mode is light.
        f'@media screen {{ html[data-theme="dark"] {{ {dark} }} }}',
    ]
    for phase in PHASE_COLORS:
        where = f'[data-phase="{phase}"], .lifecycle .{phase}'
        rules.append(f"{where} {{ --phase: var(--phase-{phase}); }}")
    return "\n".join(rules) + "\n"


def _write_style(app: Sphinx) -> None:
    write_static(app, STYLE, style())


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_css_file(STYLE)
    app.connect("builder-inited", _write_style)
    return PARALLEL
