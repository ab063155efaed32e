"""Draw the lifecycle figure: four phases, seven steps, and the arrows back.

Phases, steps and back arrows are defined here and nowhere else. From them come

* ``lifecycle.svg`` and ``lifecycle-step-1.svg`` to ``-7.svg``: pictures that stand
  alone, for JupyterLab and for readers of the repository; ``lifecycle-step-8.svg``
  marks no step but the way back, for the lesson that goes it;
* the drawings with links and captions that ``book/_ext/lifecycle_figure.py`` sets
  into the pages of the site, in a wide and in a tall layout.

``python book/figures/lifecycle.py`` writes the pictures, with ``--check`` it only
says whether they are what it would write.
"""

import argparse
import sys
from dataclasses import replace
from html import escape
from pathlib import Path

from lifecycle_shapes import (
    PALETTE,
    PHASE_COLORS,
    SEVEN_STEPS,
    BackArrow,
    Box,
    Layout,
    Step,
    back_arrow,
    caption,
    card,
    forward_arrow,
    mark_on_curve,
    stack,
    stop,
    tone,
)

FIGURES = Path(__file__).resolve().parent
PROJECT = FIGURES.parents[1]
TITLE = "The machine learning project lifecycle"
# Narrow enough for the cards, which system-ui is not everywhere.
FONT = (
    "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans',"
    " 'Liberation Sans', Arial, sans-serif"
)

PHASES = tuple(PHASE_COLORS)

STEPS = (
    Step(1, "scoping", "Define project", "define-the-project"),
    Step(2, "data", "Define data and establish baseline",
         "define-data-and-establish-a-baseline"),
    Step(3, "data", "Label and organize data", "label-and-organize-data"),
    Step(4, "modeling", "Select and train the model", "select-and-train-the-model"),
    Step(5, "modeling", "Perform error analysis", "perform-error-analysis"),
    Step(6, "deployment", "Deploy in production", "deploy-in-production"),
    Step(7, "deployment", "Monitor and maintain system",
         "monitor-and-maintain-the-system"),
)  # fmt: skip

# In the order of the keyboard: by the step they leave, then by the step they reach.
# The whole figure draws those that cross no other; a marked step draws all of its own.
BACK_ARROWS = (
    BackArrow(2, 1, "a baseline already meets the charter, or nothing beats chance:"
              " question the goal"),
    BackArrow(3, 1, "careful labelers disagree on what “not on time” means:"
              " settle the meaning first", drawn=False),
    BackArrow(3, 2, "values are missing for a cause, or labels cannot be had:"
              " collect differently"),
    BackArrow(4, 3, "one batch cannot be overfit, or all models are equal:"
              " look at features and labels"),
    BackArrow(5, 1, "what would mend the errors is known only after the agreed moment:"
              " ask whether the moment can move", drawn=False),
    BackArrow(5, 2, "one group of examples does poorly: get more of it"),
    BackArrow(5, 3, "wrong labels lead the list of errors:"
              " mend the label rule, then the labels"),
    BackArrow(5, 4, "the fit is poor even on the training rows:"
              " change the model or its training"),
    BackArrow(6, 3, "served inputs differ from training inputs:"
              " build the features the same way in both", drawn=False),
    BackArrow(7, 1, "the meaning or the need has changed: define the project again"),
    BackArrow(7, 2, "the population has changed: gather data that look like today"),
    BackArrow(7, 3, "the model cannot see what has changed:"
              " build a feature that follows it", drawn=False),
    BackArrow(7, 6, "a feed is broken: repair the service, not the model"),
)  # fmt: skip


COUNTS = [sum(step.phase == phase for step in STEPS) for phase in PHASES]
columns, wide_bands = stack(
    COUNTS, start=7.5, size=97, gap=14, head=5, tail=5, band_gap=8
)
rows, tall_bands = stack(
    COUNTS, start=10, size=66, gap=16, head=32, tail=8, band_gap=14
)
wide_stops, wide_stop_bands = stack(
    COUNTS, start=5, size=100, gap=8, head=6, tail=6, band_gap=6
)
tall_stops, tall_stop_bands = stack(
    COUNTS, start=12, size=28, gap=15, head=5, tail=5, band_gap=5
)

# fmt: off
WIDE = Layout(
    width=800, height=406,
    steps=[Box(x, 44, 97, 128) for x in columns],
    bands=[Box(x, 12, width, 166) for x, width in wide_bands],
    phase_label=(8, 22), forward=108,
    place=lambda along, across: (along, 172 + across),
    first_lane=40, lane_spacing=28, port_spacing=21,
    name_columns=10, font_size=15, caption=(18, 363, 22), caption_columns=100,
)
TALL = Layout(
    width=320, height=838,
    steps=[Box(16, y, 164, 66) for y in rows],
    bands=[Box(10, y, 176, height) for y, height in tall_bands],
    phase_label=(52, 22), forward=41,
    place=lambda along, across: (180 + across, along),
    first_lane=32, lane_spacing=23, port_spacing=16,
    name_columns=13, font_size=15, caption=(14, 756, 21), caption_columns=34,
    vertical=True,
)
# The strip that marks a step. All of its curves leave that step, on one line.
WIDE_STRIP = Layout(
    width=800, height=182,
    steps=[Box(x + 35, 42, 30, 30) for x in wide_stops],
    bands=[Box(x, 35, width, 116) for x, width in wide_stop_bands],
    phase_label=(0, 108), forward=57,
    place=lambda along, across: (along, 42 - across),
    first_lane=28, lane_spacing=0, port_spacing=0,
    name_columns=15, font_size=13.5, caption=(16, 171, 0), caption_columns=100,
    marked_half=55,
)
TALL_STRIP = Layout(
    width=320, height=190,
    steps=[Box(x, 45, 28, 28) for x in tall_stops],
    bands=[Box(x, 38, width, 42) for x, width in tall_stop_bands],
    phase_label=None, forward=59,
    place=lambda along, across: (along, 45 - across),
    first_lane=28, lane_spacing=0, port_spacing=0,
    name_columns=0, font_size=15, caption=(14, 112, 21), caption_columns=34,
    marked_half=18,
)
# fmt: on

# Where the eighth lesson is: on no step, but on the curves.
WAY_BACK = len(STEPS) + 1
WIDE_BACK, TALL_BACK = (
    replace(layout, curve_width=4.5, forward_opacity=0.4) for layout in (WIDE, TALL)
)


def layouts(here: int | None) -> dict[str, Layout]:
    """The tall and the wide layout of a drawing that marks a step, or none."""
    if here is None:
        return {"tall": TALL, "wide": WIDE}
    if here == WAY_BACK:
        return {"tall": TALL_BACK, "wide": WIDE_BACK}
    return {"tall": TALL_STRIP, "wide": WIDE_STRIP}


def arrows_from(here: int | None) -> list[BackArrow]:
    """The arrows back of a drawing: those of the marked step, else the calm ones."""
    if here is None or here == WAY_BACK:
        return [arrow for arrow in BACK_ARROWS if arrow.drawn]
    return [arrow for arrow in BACK_ARROWS if arrow.source == here]


def step_page(step: Step) -> str:
    """Where a step leads: its lesson if there is one, else its section."""
    for lesson in sorted((PROJECT / "lessons").glob(f"{step.number}-*.md")):
        return f"lessons/{lesson.stem}.html"
    return f"{SEVEN_STEPS}#{step.anchor}"


def drawing(layout: Layout, here: int | None, root: str | None) -> str:
    """Draw everything; with a ``root``, with links that start there and captions."""
    arrows = arrows_from(here)
    strip = here is not None and here != WAY_BACK
    panel = Box(0, 0, layout.width, layout.height)
    parts = [panel.rect(f'{tone("panel")} rx="16"')]
    for phase, band in zip(PHASES, layout.bands, strict=True):
        color = f'class="{phase}" color="{PALETTE[phase]}"'
        parts.append(
            band.rect(f'{color} fill="currentColor" fill-opacity=".12" rx="14"')
        )
        if layout.phase_label:
            x, y = layout.phase_label
            side = f'x="{band.x + x:g}"'
            if strip:
                side = f'x="{band.x + band.width / 2:g}" text-anchor="middle"'
            parts.append(
                f'<text {side} y="{band.y + y:g}" font-weight="600"'
                f" {tone('muted')}>{phase.capitalize()}</text>"
            )
        for step in (step for step in STEPS if step.phase == phase):
            if step.number > 1:
                parts.append(forward_arrow(layout, step, here))
            drawn = stop(layout, step, here) if strip else card(layout, step)
            if root is None:
                parts.append(f"<g {color}>{drawn}</g>")
            else:
                label, current = f"Step {step.number}", ""
                if step.number == here:
                    label, current = f"{label}, you are here", ' aria-current="step"'
                parts.append(
                    f'<a class="step {phase}" color="{PALETTE[phase]}"{current}'
                    f' aria-label="{label}: {step.name}"'
                    f' href="{root}{step_page(step)}">{drawn}</a>'
                )
            parts += [
                back_arrow(layout, arrow, arrows, phase, root)
                for arrow in arrows
                if arrow.source == step.number
            ]
    if here == WAY_BACK:
        longest = max(arrows, key=lambda arrow: arrow.source - arrow.target)
        phase = STEPS[longest.source - 1].phase
        mark = mark_on_curve(layout, longest, arrows)
        parts.append(f'<g class="{phase}" color="{PALETTE[phase]}">{mark}</g>')
    parts.append(caption(layout, *default_caption(layout, here, root), "default"))
    return "\n".join(parts)


def default_caption(
    layout: Layout, here: int | None, root: str | None
) -> tuple[str, str]:
    """What the caption says while no arrow is pointed at."""
    if here is None or here == WAY_BACK:
        why = "What one step shows can send you back to an earlier one."
        if root:
            why = "Point at a curve, or tab to it, to read what sets it off."
            if layout.vertical:
                why = "Follow a curve to read what sets it off."
        if here == WAY_BACK:
            return "You are here: on the way back", why
        return "Arrows lead forward, curves back", why
    step = STEPS[here - 1]
    why = "Later steps can lead back here."
    if any(arrow.source == here for arrow in BACK_ARROWS):
        why = "The curves lead back from here."
        if root:
            why = "Follow a curve to read what sends you back."
    if layout.name_columns == 0:
        why = f"{step.name} ({step.phase}). {why}"
    return f"You are here: step {here} of {len(STEPS)}", why


def alternative(here: int | None) -> str:
    """Say in words what a drawing shows."""
    steps = ", ".join(f"{step.number} {step.name}" for step in STEPS)
    back = ", ".join(
        f"from {arrow.source} to {arrow.target}" for arrow in arrows_from(here)
    )
    mark = f" You are at step {here}." if here else ""
    if here == WAY_BACK:
        mark = " You are on the way back."
    return f"Seven steps: {steps}.{mark}" + (f" Arrows back: {back}." if back else "")


def standalone(here: int | None = None) -> str:
    """Draw a picture that needs no page around it; ``here`` marks a step.

    ``here`` may be ``WAY_BACK``.
    """
    layout = layouts(here)["wide"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}"'
        f' height="{layout.height}" viewBox="0 0 {layout.width} {layout.height}"'
        f' role="img" aria-labelledby="title description" font-family="{FONT}"'
        f' font-size="{layout.font_size}">\n<title id="title">{TITLE}</title>\n'
        f'<desc id="description">{alternative(here)}</desc>\n'
        f"{drawing(layout, here, root=None)}\n</svg>\n"
    )


def inline(here: int | None, description: str, root: str, prefix: str) -> str:
    """Draw the wide and the tall layout with links, for a page of the site.

    Args:
        here: The number of the step to mark, ``WAY_BACK`` to mark the curves, or None
            for the whole figure.
        description: What the figure shows, for those who cannot see it.
        root: The way from the page to the root of the site, such as ``../``.
        prefix: What the ids begin with, to be unique in the page.
    """
    return "\n".join(
        f'<svg class="{name}" viewBox="0 0 {layout.width} {layout.height}"'
        f' role="group" aria-label="{TITLE}" aria-describedby="{prefix}-{name}"'
        f' font-family="{FONT}" font-size="{layout.font_size}">\n'
        f'<desc id="{prefix}-{name}">{escape(description)}</desc>\n'
        f"{drawing(layout, here, root)}\n</svg>"
        for name, layout in layouts(here).items()
    )


def pictures() -> dict[str, str]:
    """The text of every picture, by its file name."""
    drawn = {f"lifecycle-step-{n}.svg": standalone(n) for n in range(1, WAY_BACK + 1)}
    return {"lifecycle.svg": standalone()} | drawn


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures, or with ``--check`` name those that are stale."""
    parser = argparse.ArgumentParser(description="Draw the lifecycle figure.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args(arguments).check
    stale = 0
    for name, picture in pictures().items():
        path = FIGURES / name
        if path.exists() and path.read_text(encoding="utf-8") == picture:
            continue
        stale = 1
        if check:
            print(
                f"book/figures/{name} is not what lifecycle.py draws now."
                " Run: python book/figures/lifecycle.py",
                file=sys.stderr,
            )
        else:
            path.write_text(picture, encoding="utf-8", newline="\n")
    return stale if check else 0


if __name__ == "__main__":
    sys.exit(main())
