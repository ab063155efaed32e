"""The lifecycle figure: drawn from one source, readable, reachable, on every page."""

import re
import shutil
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import lifecycle
import phase_colors
import pytest
from lifecycle_shapes import PALETTE
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from course.phases import DARK_PHASE_COLORS, PHASE_COLORS

PROJECT = Path(__file__).parents[1]
SEVEN_STEPS = (PROJECT / "book/seven-steps.md").read_text(encoding="utf-8")
STYLE = (PROJECT / "book/_static/lifecycle.css").read_text(encoding="utf-8")
NUMBERS = [step.number for step in lifecycle.STEPS]
WAY_BACK = lifecycle.WAY_BACK


def inline(here=None):
    """The two layouts of a page, as the elements of one document."""
    drawn = lifecycle.inline(here, "A < B & C", "../", "figure-0")
    return list(ElementTree.fromstring(f"<nav>{drawn}</nav>"))


def texts(drawing):
    """What stands in each <text>, without line breaks."""
    elements = (e for e in drawing.iter() if e.tag.split("}")[-1] == "text")
    return [" ".join(" ".join(e.itertext()).split()) for e in elements]


def test_committed_pictures_are_what_the_generator_draws(capsys):
    assert lifecycle.main(["--check"]) == 0, capsys.readouterr().err


def test_stale_picture_is_named_and_repaired(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lifecycle, "FIGURES", tmp_path)
    assert lifecycle.main([]) == 0
    (tmp_path / "lifecycle-step-3.svg").write_text("<svg/>")
    assert lifecycle.main(["--check"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("book/figures/lifecycle-step-3.svg is not")
    assert message.count("\n") == 1
    assert (tmp_path / "lifecycle-step-3.svg").read_text() == "<svg/>"
    lifecycle.main([])
    assert lifecycle.main(["--check"]) == 0


@pytest.mark.parametrize("name", lifecycle.pictures())
def test_picture_is_well_formed_and_says_everything_as_text(name):
    picture = ElementTree.fromstring(lifecycle.pictures()[name])
    written = texts(picture)
    for step in lifecycle.STEPS:
        assert step.name in written
        assert str(step.number) in written
    assert {phase.capitalize() for phase in lifecycle.PHASES} <= set(written)
    assert ("You are here" in written) == ("step" in name)
    labels = picture.get("aria-labelledby").split()
    assert labels == [e.get("id") for e in picture.iter() if e.get("id")]


@pytest.mark.parametrize("here", [None, *NUMBERS, WAY_BACK])
def test_inlined_drawings_are_reachable_in_order(here):
    ids = []
    for drawing in inline(here):
        ids += [element.get("id") for element in drawing.iter() if element.get("id")]
        assert drawing.get("role") == "group"
        assert drawing.get("aria-describedby") in ids
        order = []
        for link in drawing.iter("a"):
            numbers = [int(n) for n in re.findall(r"\d", link.get("aria-label"))]
            assert link.get("href").startswith("../")
            if link.get("class").startswith("step"):
                order.append((numbers[0], 0))
                assert (link.get("aria-current") == "step") == (numbers[0] == here)
            else:
                order.append(tuple(numbers[:2]))
                hit = next(e for e in link if e.get("class") == "hit")
                assert float(hit.get("stroke-width")) >= 24
                assert hit.get("vector-effect") == "non-scaling-stroke"
        assert order == sorted(order)
        assert [n for n, target in order if target == 0] == NUMBERS
        drawn = [arrow for arrow in lifecycle.BACK_ARROWS if arrow.drawn]
        if here in NUMBERS:
            drawn = [arrow for arrow in lifecycle.BACK_ARROWS if arrow.source == here]
        back = [pair for pair in order if pair[1]]
        assert back == [(arrow.source, arrow.target) for arrow in drawn]
    assert len(ids) == len(set(ids)) == 2


def test_way_back_marks_the_longest_curve_and_no_step():
    for drawing, plain in zip(inline(WAY_BACK), inline(), strict=True):
        assert "You are here: on the way back" in " ".join(texts(drawing))
        assert texts(drawing).count("You are here") == 1
        assert not [e for e in drawing.iter() if e.get("aria-current")]
        thick, thin = (
            [float(e.get("stroke-width")) for e in d.iter() if e.get("class") == "line"]
            for d in (drawing, plain)
        )
        assert len(thick) == len(thin)
        assert min(thick) > max(thin)


def test_caption_of_an_arrow_says_what_sets_it_off():
    for drawing in inline():
        for link in drawing.iter("a"):
            if link.get("class").startswith("back"):
                title, _, reason = link.get("aria-label").partition(": ")
                assert texts(link)[0].lower() == f"{title}. {reason}.".lower()


def test_back_arrows_are_calm_and_never_cross():
    drawn = [arrow for arrow in lifecycle.BACK_ARROWS if arrow.drawn]
    assert 7 <= len(drawn) <= 9
    for one, other in combinations(drawn, 2):
        low, high = sorted((one, other), key=lambda arrow: arrow.target)
        assert not low.target < high.target < low.source < high.source


def test_anchors_are_on_the_page_of_the_seven_steps():
    slugs = {
        re.sub(r"\W+", "-", heading.lower())
        for heading in re.findall(r"^## (.+)$", SEVEN_STEPS, re.MULTILINE)
    }
    for step in lifecycle.STEPS:
        assert step.anchor in slugs
    for arrow in lifecycle.BACK_ARROWS:
        assert f"({arrow.anchor})=" in SEVEN_STEPS


def test_step_leads_to_its_lesson_as_soon_as_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(lifecycle, "PROJECT", tmp_path)
    step = lifecycle.STEPS[3]
    section = "book/seven-steps.html#select-and-train-the-model"
    assert lifecycle.step_page(step) == section
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/4-train.md").write_text("# Train")
    assert lifecycle.step_page(step) == "lessons/4-train.html"


def palettes():
    """The light and the dark palette of the site, and the one on paper."""
    blocks = re.findall(r"\{([^{}]*--lifecycle-ink: #[^{}]*)\}", STYLE)
    colors = [dict(re.findall(r"--lifecycle-(\w+): (#\w{6});", b)) for b in blocks]
    phases = (PHASE_COLORS, DARK_PHASE_COLORS, {})
    return [one | more for one, more in zip(colors, phases, strict=True)]


def test_style_sheet_repeats_the_palette():
    light, dark, in_print = palettes()
    assert light == PALETTE
    assert dark.keys() == light.keys()
    assert {in_print["ink"], in_print["muted"]} == {"#000000"}


def test_colors_of_the_phases_stand_in_one_place():
    colors = {*PHASE_COLORS.values(), *DARK_PHASE_COLORS.values()}
    sources = [*PROJECT.glob("book/**/*.css"), *PROJECT.glob("book/**/*.[jp][sy]")]
    for source in [*sources, *PROJECT.glob("lessons/**/*.py")]:
        found = {*re.findall(r"#\w{6}\b", source.read_text("utf-8").lower())}
        assert source.name == "phases.py" or not found & colors, source
    icon = (PROJECT / "book/_static/favicon.svg").read_text("utf-8")
    assert {*re.findall(r"#\w{6}\b", icon)} == {*PHASE_COLORS.values()}


def test_style_sheet_of_the_phases_gives_each_its_color_in_both_modes():
    light, dark, *rules = phase_colors.style().splitlines()
    for phase in PHASE_COLORS:
        assert f"--phase-{phase}: {PHASE_COLORS[phase]};" in light
        assert f"--phase-{phase}: {DARK_PHASE_COLORS[phase]};" in dark
    assert "screen" in dark and len(rules) == len(PHASE_COLORS)


def luminance(color):
    """Relative luminance of (red, green, blue) in 0 to 255, as WCAG 2.2 defines it."""
    parts = [part / 255 for part in color]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio of two colors, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("number", [0, 1])
def test_contrast_of_text_and_lines(number):
    color = {
        name: tuple(bytes.fromhex(value[1:]))
        for name, value in palettes()[number].items()
    }
    phases = [color[phase] for phase in lifecycle.PHASES]
    # A band is 12 % of its phase's color over the panel.
    bands = [
        tuple(0.12 * p + 0.88 * q for p, q in zip(phase, color["panel"], strict=True))
        for phase in phases
    ]
    grounds = [color["panel"], color["paper"], *bands]
    for ground in grounds:
        assert contrast(color["ink"], ground) >= 4.5
        assert contrast(color["muted"], ground) >= 4.5
        for phase in phases:
            assert contrast(phase, ground) >= 3
    for phase in phases:
        assert contrast(color["paper"], phase) >= 4.5


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A small site with the figure, built so that any warning is an error."""
    source = tmp_path_factory.mktemp("site")
    (source / "book").mkdir()
    (source / "lessons").mkdir()
    shutil.copytree(lifecycle.FIGURES, source / "book/figures")
    pages = {
        "index.md": "# Site\n\n```{toctree}\nbook/index\nlessons/2-data\n```\n",
        "book/index.md": (
            "# Book\n\n![Four phases & seven steps](figures/lifecycle.svg)\n\n"
            "```{figure} figures/lifecycle.svg\nWith a caption\n```\n\n"
            "Beside text ![](figures/lifecycle-step-7.svg) and more.\n"
        ),
        "lessons/2-data.md": (
            "---\nfile_format: mystnb\nkernelspec: {name: python3}\n---\n# Data\n\n"
            "![You are at step 2.](../book/figures/lifecycle-step-2.svg)\n"
        ),
    }
    for name, page in pages.items():
        (source / name).write_text(page, encoding="utf-8")
    output = source / "_build"
    settings = {
        "extensions": ["myst_nb", "lifecycle_figure"],
        "nb_execution_mode": "off",
        "exclude_patterns": ["_build"],
        "html_theme": "basic",
        "nitpicky": True,
    }
    with docutils_namespace():
        Sphinx(
            source, None, output, output / ".doctrees", "html",
            confoverrides=settings, status=None, warningiserror=True,
        ).build()  # fmt: skip
    return output


def test_page_holds_the_drawing_instead_of_the_image(site):
    page = (site / "book/index.html").read_text(encoding="utf-8")
    assert page.count('<nav class="lifecycle"') == 3
    assert page.count("<svg ") == 6
    assert "lifecycle.svg" not in page
    assert "<img" not in page
    assert "Four phases &amp; seven steps</desc>" in page
    assert "With a caption" in page
    assert "Beside text" in page
    assert not re.search(r"<p>\s*<nav", page)
    assert 'href="../book/seven-steps.html#back-5-to-3"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_lesson_says_where_you_are(site):
    page = (site / "lessons/2-data.html").read_text(encoding="utf-8")
    assert page.count('aria-current="step"') == 2
    assert "You are at step 2.</desc>" in page
    assert "<img" not in page
