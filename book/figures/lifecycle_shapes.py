"""The shapes of the lifecycle figure: cards, stops, arrows and captions in SVG.

What the figure shows stands in ``lifecycle.py``. All lengths are in units of the
drawing, which are pixels at full size.
"""

import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "lessons"))

from course.phases import PHASE_COLORS  # noqa: E402  (needs the path above)

# The light palette, written into the drawing so that it needs no style sheet.
# The site's lifecycle.css repeats what is no phase's color, and adds the dark ones; a
# test compares them.
PALETTE = {
    **PHASE_COLORS,
    "ink": "#1d2733",
    "muted": "#566172",
    "panel": "#f5f7f9",
    "paper": "#ffffff",
}
RING = 'class="ring" rx="14" fill="transparent"'  # shows where the focus is
SEVEN_STEPS = "book/seven-steps.html"
CORNER = 0.5523  # the Bézier handle, as a share of the radius, that rounds a corner
HEAD = 10  # length of an arrow head


class Step(NamedTuple):
    """A step, its phase, and the anchor of its section in the seven-steps page."""

    number: int
    phase: str
    name: str
    anchor: str


class BackArrow(NamedTuple):
    """A way back, what sets it off, and whether the whole figure draws it."""

    source: int
    target: int
    reason: str
    drawn: bool = True

    @property
    def anchor(self) -> str:
        """The anchor of its entry in the seven-steps page."""
        return f"back-{self.source}-to-{self.target}"


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def rect(self, attributes: str, grow: float = 0) -> str:
        """Draw it, larger by ``grow`` on every side."""
        return (
            f'<rect x="{self.x - grow:g}" y="{self.y - grow:g}"'
            f' width="{self.width + 2 * grow:g}" height="{self.height + 2 * grow:g}"'
            f" {attributes}/>"
        )


@dataclass(frozen=True)
class Layout:
    """Where things stand in a drawing.

    ``along`` runs with the steps, ``across`` away from them to the curves back;
    ``place`` turns the two into x and y.
    """

    width: float
    height: float
    steps: list[Box]
    bands: list[Box]
    phase_label: tuple[float, float] | None  # from the corner of the band
    forward: float  # x or y of the arrows forward
    place: Callable[[float, float], tuple[float, float]]
    first_lane: float  # across, from the steps to the nearest curve
    lane_spacing: float  # across, from one curve to the next
    port_spacing: float  # along a step, from where one curve ends to the next
    name_columns: int  # characters in a line of a step's name; 0: no names
    caption: tuple[float, float, float]  # x, y, and distance between its lines
    caption_columns: int
    font_size: float
    marked_half: float = 0  # half the mark "you are here", along; 0: nothing marked
    vertical: bool = False
    curve_width: float = 2.5  # of the curves back
    forward_opacity: float = 1

    def half(self, step: int, here: int | None) -> float:
        """How far a step reaches along the drawing from its middle."""
        box = self.steps[step - 1]
        if step == here:
            return self.marked_half
        return (box.height if self.vertical else box.width) / 2

    def middle(self, step: int) -> float:
        """Where along the drawing the middle of a step is."""
        box = self.steps[step - 1]
        return box.y + box.height / 2 if self.vertical else box.x + box.width / 2


def stack(
    counts: list[int],
    start: float,
    size: float,
    gap: float,
    head: float,
    tail: float,
    band_gap: float,
) -> tuple[list[float], list[tuple[float, float]]]:
    """Line steps up in bands that hold ``counts`` steps each.

    Returns:
        Where each step begins, and where each band begins and how long it is.
    """
    steps, bands = [], []
    for count in counts:
        length = head + count * size + (count - 1) * gap + tail
        steps += [start + head + index * (size + gap) for index in range(count)]
        bands.append((start, length))
        start += length + band_gap
    return steps, bands


def wrap(text: str, columns: int) -> list[str]:
    """Break a text into as few lines as fit, all of about the same length."""
    fewest = len(textwrap.wrap(text, columns))
    longest_word = max(map(len, text.split()))
    tries = (textwrap.wrap(text, width) for width in range(longest_word, columns + 1))
    return next(lines for lines in tries if len(lines) == fewest)


def spans(lines: list[str], x: float, y: float, leading: float) -> str:
    """Set lines of text below each other; the first has its baseline at ``y``."""
    return "".join(
        f'<tspan x="{x:g}" y="{y + index * leading:g}">{line}</tspan>'
        for index, line in enumerate(lines)
    )


def tone(name: str) -> str:
    """The class by which the site recolors a shape, and its light color."""
    return f'class="{name}" fill="{PALETTE[name]}"'


def caption(layout: Layout, title: str, sentence: str, name: str) -> str:
    """Set a title and a sentence into the area kept free for them."""
    x, y, leading = layout.caption
    strong = f'<tspan x="{x:g}" y="{y:g}" font-weight="700">{title}.</tspan>'
    rest = f"<tspan>{sentence}</tspan>"
    if leading:
        # Assistive technology reads the lines as one text: a space parts the words.
        lines = wrap(sentence, layout.caption_columns)
        lines = [f"{line} " for line in lines]
        rest = spans(lines, x, y + leading, leading)
    return f'<text class="ink {name}" fill="{PALETTE["ink"]}">{strong} {rest}</text>'


def lane(arrow: BackArrow, arrows: list[BackArrow]) -> int:
    """How deep other arrows are nested within this one: its lane, from 0."""
    within = [
        other
        for other in arrows
        if other != arrow
        and arrow.target <= other.target
        and other.source <= arrow.source
    ]
    return 1 + max((lane(other, within) for other in within), default=-1)


def port(layout: Layout, arrow: BackArrow, step: int, arrows: list[BackArrow]) -> float:
    """Where along a step an arrow touches it, so that nested arrows do not cross."""
    leaving = [other for other in arrows if other.source == step]
    arriving = [other for other in arrows if other.target == step]
    order = sorted(leaving, key=lambda other: -other.target)
    order += sorted(arriving, key=lambda other: -other.source)
    offset = order.index(arrow) - (len(order) - 1) / 2
    return layout.middle(step) + offset * layout.port_spacing


def back_arrow(
    layout: Layout,
    arrow: BackArrow,
    arrows: list[BackArrow],
    phase: str,
    root: str | None,
) -> str:
    """Draw an arrow back.

    Args:
        layout: Where things stand.
        arrow: The arrow to draw.
        arrows: All arrows of the drawing, which it must not cross.
        phase: The phase it comes from, which gives its color.
        root: The way to the root of the site: the arrow becomes a link that brings
            its caption. None draws the arrow alone.
    """

    def point(along: float, across: float) -> str:
        return "{:g} {:g}".format(*layout.place(along, across))

    start = port(layout, arrow, arrow.source, arrows)
    end = port(layout, arrow, arrow.target, arrows)
    depth = layout.first_lane + layout.lane_spacing * lane(arrow, arrows)
    radius = min(depth - HEAD, 30)
    handle = radius * (1 - CORNER)
    curve = (
        f"M{point(start, 0)}L{point(start, depth - radius)}"
        f"C{point(start, depth - handle)} {point(start - handle, depth)}"
        f" {point(start - radius, depth)}L{point(end + radius, depth)}"
        f"C{point(end + handle, depth)} {point(end, depth - handle)}"
        f" {point(end, depth - radius)}L{point(end, HEAD - 1)}"
    )
    head = f"M{point(end, 0)}L{point(end - 6, HEAD)}L{point(end + 6, HEAD)}Z"
    style = f'class="back {phase}" color="{PALETTE[phase]}" fill="none"'
    origin = point(start, 0).split()
    drawing = (
        f'<circle cx="{origin[0]}" cy="{origin[1]}" r="4" fill="currentColor"/>'
        f'<path class="line" d="{curve}" stroke="currentColor"'
        f' stroke-width="{layout.curve_width:g}"/>'
        f'<path class="head" d="{head}" fill="currentColor"/>'
    )
    if root is None:
        return f"<g {style}>{drawing}</g>"
    title = f"Back from step {arrow.source} to step {arrow.target}"
    short = f"Back to step {arrow.target}" if layout.marked_half else title
    sentence = f"{arrow.reason[0].upper()}{arrow.reason[1:]}."
    return (
        f'<a {style} href="{root}{SEVEN_STEPS}#{arrow.anchor}"'
        f' aria-label="{title}: {arrow.reason}">'
        f'<path class="hit" d="{curve}" stroke="transparent" stroke-width="24"'
        ' vector-effect="non-scaling-stroke"/>'
        f'<path class="ring" d="{curve}" stroke-width="17"/>'
        f'<path class="gap" d="{curve}" stroke-width="12"/>{drawing}'
        f"{caption(layout, short, sentence, 'reason')}</a>"
    )


def mark_on_curve(layout: Layout, arrow: BackArrow, arrows: list[BackArrow]) -> str:
    """Draw the mark "You are here" in the middle of a curve back."""
    along = (
        port(layout, arrow, arrow.source, arrows)
        + port(layout, arrow, arrow.target, arrows)
    ) / 2
    depth = layout.first_lane + layout.lane_spacing * lane(arrow, arrows)
    x, y = layout.place(along, depth)
    turned = f' transform="rotate(-90 {x:g} {y:g})"' if layout.vertical else ""
    pill = Box(x - 50, y - 13, 100, 26).rect('fill="currentColor" rx="13"')
    return (
        f'<g{turned}>{pill}<text x="{x:g}" y="{y + 4.5:g}" text-anchor="middle"'
        ' font-size="12.5" font-weight="700" textLength="78"'
        f' lengthAdjust="spacingAndGlyphs" {tone("paper")}>You are here</text></g>'
    )


def forward_arrow(layout: Layout, step: Step, here: int | None) -> str:
    """Draw the arrow from the step before to this one."""
    before = step.number - 1
    start = layout.middle(before) + layout.half(before, here)
    end = layout.middle(step.number) - layout.half(step.number, here)
    side, head = layout.forward, min(HEAD, (end - start) * 0.6)
    corners = [(start, side), (end - head + 1, side), (end, side)]
    corners += [(end - head, side - head * 0.6), (end - head, side + head * 0.6)]
    if layout.vertical:
        corners = [(y, x) for x, y in corners]
    tail, neck, tip, left, right = (f"{x:g} {y:g}" for x, y in corners)
    drawn = (
        f'<path class="forward" d="M{tail}L{neck}" stroke="{PALETTE["muted"]}"'
        f' stroke-width="2.5"/><path {tone("muted")} d="M{tip}L{left}L{right}Z"/>'
    )
    if layout.forward_opacity < 1:
        return f'<g opacity="{layout.forward_opacity:g}">{drawn}</g>'
    return drawn


def number(step: Step, x: float, y: float, radius: float, filled: bool) -> str:
    """Draw a step's number in a disk of its phase's color, or in a ring."""
    disk = 'fill="currentColor"' if filled else tone("paper")
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" {disk}'
        ' stroke="currentColor" stroke-width="2"/>'
        f'<text x="{x:g}" y="{y + 5.5:g}" text-anchor="middle" font-weight="700"'
        f" {tone('paper' if filled else 'ink')}>{step.number}</text>"
    )


def card(layout: Layout, step: Step) -> str:
    """Draw a step of the whole figure: a card with its number and its name."""
    box = layout.steps[step.number - 1]
    x, y, width, height = box
    face = (
        f"M{x + 5:g} {y + 1.5:g}h{width - 15:g}a8.5 8.5 0 0 1 8.5 8.5v{height - 20:g}"
        f"a8.5 8.5 0 0 1-8.5 8.5h{15 - width:g}z"
    )
    lines = wrap(step.name, layout.name_columns)
    if layout.vertical:
        middle = y + height / 2
        disk = number(step, x + 25, middle, 14, filled=True)
        name = spans(lines, x + 46, middle + 14.5 - 9 * len(lines), 18)
        # "and establish" must fit into its card in the widest font of a system, too.
        size = 14.5
    else:
        disk = number(step, x + 25, y + 25, 13, filled=True)
        name = spans(lines, x + 11, y + 60, 18)
        size = 13  # the same for "production"
    return (
        box.rect(RING, grow=4)
        + box.rect('fill="currentColor" rx="10"')
        + f'<path {tone("paper")} d="{face}"/>{disk}'
        + f'<text {tone("ink")} font-weight="600" font-size="{size:g}">{name}</text>'
    )


def stop(layout: Layout, step: Step, here: int) -> str:
    """Draw a step of the strip: a ring, or for the step you are at a filled mark."""
    box = layout.steps[step.number - 1]
    x, y = layout.middle(step.number), layout.forward
    marked = step.number == here
    half = layout.half(step.number, here)
    if not layout.name_columns:
        return box.rect(RING, grow=5) + number(step, x, y, half, filled=marked)
    drawn = Box(x - 54, box.y - 5, 108, 98).rect(RING)
    if marked:
        drawn += Box(x - half, box.y, 2 * half, 30).rect('fill="currentColor" rx="15"')
        drawn += number(step, x - half + 15, y, 11, filled=False)
        drawn += (
            f'<text x="{x - half + 29:g}" y="{y + 4.5:g}" font-size="12.5"'
            f' font-weight="700" textLength="{2 * half - 38:g}"'
            f' lengthAdjust="spacingAndGlyphs" {tone("paper")}>You are here</text>'
        )
    else:
        drawn += number(step, x, y, half, filled=False)
    name = spans(wrap(step.name, layout.name_columns), x, box.y + 50, 17)
    weight = ' font-weight="700"' if marked else ""
    return drawn + f'<text {tone("ink")} text-anchor="middle"{weight}>{name}</text>'
