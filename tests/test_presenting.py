"""A page in front of a room: its own sections, one at a time, alive, in large type."""

import pytest
from conftest import (
    ALIKE,
    PHONE,
    SITE,
    built_pages,
    faults_found_by_axe,
    parsed,
    show_everything,
)

PROJECTOR = {"width": 1280, "height": 720}
HIGH = {"width": 1920, "height": 1080}
LESSON = "lessons/1-define-project.html"
QUIZ = "book/quizzes/1-define-project.html"
PLAIN = "book/seven-steps.html"
SHORT = "book/reading.html"
CHART = "from-costs-to-a-threshold"
PUZZLE = "the-threshold-that-is-right-most-often"
WITH_SLIDER, SLIDER = "lessons/7b-every-fault.html", "set-the-limit-yourself"

three_pages = pytest.mark.parametrize("page_name", [PLAIN, LESSON, QUIZ])

# What of the page's text is on the screen, each piece by its place on the page.
PIECES = """() => [...document.querySelectorAll(
    "article :is(p, li, pre, table, figure, summary, textarea, input:not(figure *))")]
    .map((piece, place) => piece.closest(".keep-controls") || !piece.checkVisibility({
        contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true,
    }) ? -1 : place).filter((place) => place >= 0)"""


def slides(page):
    """The names of a page's slides, in order."""
    return [tag["id"] for tag in parsed(page).select("article :is(section, .question)")]


def place(tab):
    """The slide in the address, or an empty string outside of the view."""
    # The page knows at once; Playwright hears of it a little later.
    address, _, name = tab.evaluate("location.href").partition("#")
    return name if address.endswith("?present") else ""


def heading(tab):
    """The heading that has the focus."""
    return tab.evaluate("document.activeElement.innerText").strip().rstrip("#")


def present(tab):
    tab.get_by_role("button", name="Present").click()
    tab.locator(".slides-bar").wait_for()


@pytest.fixture
def open_slide(open_page):
    """Open a page at one of its slides."""

    def open_(page, name="", **options):
        address = f"{page}?present" + (f"#{name}" if name else "")
        return open_page(address, **{"viewport": PROJECTOR, **options})

    return open_


@pytest.fixture
def open_drawn(open_page):
    """Open a page at one of its slides when all charts are drawn, and nothing moves."""

    def open_(page, name, viewport):
        tab = open_page(page, viewport=viewport)
        show_everything(tab)
        tab.evaluate(
            "document.querySelectorAll('details').forEach((d) => d.open = false)"
        )
        present(tab)
        tab.evaluate("name => { location.hash = name; }", name)
        tab.locator(f"#{name}[data-current]").wait_for()
        return tab

    return open_


# Where it is offered


def test_present_is_offered_where_there_are_sections(page):
    soup = parsed(page)
    is_offered = len(soup.select("article section")) > 1
    for selector in ("button.btn-present-button", "script[src*='present.js'][defer]"):
        assert len(soup.select(selector)) == is_offered
    assert len(soup.select("link[href*='present.css'][media='screen']")) == is_offered


def test_pages_without_a_text_of_ours_have_nothing_to_present():
    for page in built_pages():
        if not page.startswith(("book/", "lessons/")):
            assert "present.js" not in (SITE / page).read_text("utf-8")


def test_without_javascript_there_is_no_dead_button(open_page):
    tab = open_page(f"{PLAIN}?present", java_script_enabled=False)
    assert tab.locator(".btn-present-button").is_hidden()
    assert tab.locator("article h2").last.is_visible()


# What is shown


@three_pages
def test_each_piece_of_the_page_is_on_one_slide(open_page, page_name):
    tab = open_page(page_name, viewport=PROJECTOR)
    whole = tab.evaluate(PIECES)
    nodes = tab.locator("article *").count()
    present(tab)
    shown = []
    for number, name in enumerate(slides(page_name), start=1):
        assert place(tab) == name
        count = f"{number} of {len(slides(page_name))}"
        assert tab.locator(".slides-bar .counter").inner_text() == count
        shown += tab.evaluate(PIECES)
        tab.keyboard.press("ArrowRight")
    assert sorted(shown) == whole
    tab.keyboard.press("Escape")
    assert tab.evaluate(PIECES) == whole
    if page_name != LESSON:  # Charts were drawn meanwhile.
        assert tab.locator("article *").count() == nodes


@three_pages
def test_a_screen_reader_hears_the_heading_of_each_slide(open_slide, page_name):
    tab = open_slide(page_name)
    for name in slides(page_name):
        box = parsed(page_name).find(id=name)
        title = box.select_one(":is(h1, h2, h3, .rubric)").get_text()
        assert heading(tab).endswith(title.strip().rstrip("#"))
        tab.keyboard.press("ArrowRight")


def test_questions_keep_their_numbers(open_slide):
    tab = open_slide(QUIZ, slides(QUIZ)[4])
    # A counter counts no element that is not displayed; nothing tells what it shows.
    for question in tab.locator(".question").all()[:3]:
        assert question.evaluate("one => getComputedStyle(one).display") == "block"
        assert question.get_by_role("radio").count() == 0
    assert tab.locator(".question legend").filter(visible=True).count() == 1


@pytest.mark.parametrize("size", [PROJECTOR, HIGH], ids=["1280", "1920"])
def test_type_is_large_and_nothing_stands_around_it(open_slide, size):
    tab = open_slide(PLAIN, viewport=size)
    scale = tab.locator("article p").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom"
    )
    assert scale >= size["height"] / 33
    around = ".bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, footer"
    for part in tab.locator(around).all():
        assert part.is_hidden()
    box = tab.locator("article").bounding_box()
    assert box["width"] > 0.85 * size["width"]
    assert box["x"] == pytest.approx((size["width"] - box["width"]) / 2, abs=1)


@pytest.mark.parametrize("mode", ["light", "dark"])
@three_pages
def test_axe_finds_nothing_on_slides(open_slide, page_name, mode):
    tab = open_slide(page_name, color_scheme=mode, reduced_motion="reduce")
    for _ in slides(page_name)[::3]:
        assert not faults_found_by_axe(tab, left_out=ALIKE), place(tab)
        for _ in range(3):
            tab.keyboard.press("ArrowRight")


def test_no_slide_runs_over_the_edge_of_a_phone(open_slide, page_of_the_day):
    tab = open_slide(page_of_the_day, viewport=PHONE)
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    for name in slides(page_of_the_day):
        assert place(tab) == name
        wide = tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], name
        tab.keyboard.press("ArrowRight")


# Ways through


def test_keys_and_buttons_go_on_and_back(open_slide):
    tab = open_slide(PLAIN)
    names = slides(PLAIN)
    for key, number in [
        ("ArrowRight", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 0),
        ("End", len(names) - 1),
        ("ArrowRight", len(names) - 1),
        ("Home", 0),
    ]:
        tab.keyboard.press(key)
        assert place(tab) == names[number], key
    previous = tab.get_by_role("button", name="Previous slide")
    assert previous.is_disabled()
    tab.get_by_role("button", name="Next slide").click()
    assert place(tab) == names[1]
    previous.click()
    assert place(tab) == names[0]
    tab.get_by_role("button", name="Leave the slides").click()
    assert place(tab) == ""
    assert tab.locator(".slides-bar").count() == 0
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("location.href").endswith(f"{PLAIN}#{names[0]}")


@pytest.mark.parametrize(
    ("on", "back"), [("PageDown", "PageUp"), ("Space", "Shift+Space")]
)
def test_a_tall_slide_is_read_to_its_end_first(open_drawn, on, back):
    tab = open_drawn(LESSON, CHART, PROJECTOR)
    screens, is_read = 0, False
    while not is_read and screens < 9:
        screens += 1
        edge = tab.locator(".slides-bar").bounding_box()["y"]
        last = tab.locator(f"#{CHART} > :last-child").bounding_box()
        is_read = last["y"] + last["height"] <= edge
        tab.keyboard.press(on)
        assert is_read == (place(tab) != CHART)
    assert screens >= 3

    assert place(tab) == slides(LESSON)[slides(LESSON).index(CHART) + 1]
    tab.keyboard.press(on)
    assert tab.evaluate("scrollY") > 100
    tab.keyboard.press(back)
    assert place(tab) != CHART
    assert tab.evaluate("scrollY") == 0
    tab.keyboard.press(back)
    assert place(tab) == CHART


# Which charts, paragraphs and items of lists are whole on the screen.
WHOLE = """() => { const edge = document.querySelector(".slides-bar").offsetTop;
    return [...document.querySelectorAll("article :is(figure.chart, section > p, li)")]
        .filter((one) => !one.closest("details, .dropdown, #in-short"))
        .map((one) => one.getBoundingClientRect())
        .map(({ top, bottom }) => top > 0 && bottom <= edge); }"""


def test_reading_on_cuts_nothing_in_two_that_fits(open_drawn):
    tab = open_drawn(LESSON, slides(LESSON)[0], {"width": 1280, "height": 800})
    screens = [tab.evaluate(WHOLE)]
    while place(tab) != "in-short" and len(screens) < 99:
        tab.keyboard.press("PageDown")
        screens.append(tab.evaluate(WHOLE))
    assert len(screens[0]) > 50
    assert all(map(any, zip(*screens, strict=True)))


def test_of_a_chart_that_does_not_fit_most_is_shown(open_drawn):
    tab = open_drawn(WITH_SLIDER, SLIDER, {"width": 1280, "height": 640})
    chart = tab.locator(f"#{SLIDER} figure.chart")
    edge = tab.locator(".slides-bar").bounding_box()["y"]
    assert chart.bounding_box()["height"] > edge
    for _ in range(9):
        box = chart.bounding_box()
        if box["y"] + box["height"] <= edge:
            break
        tab.keyboard.press("PageDown")
    assert 0.9 * edge < box["y"] + box["height"] <= edge
    assert box["y"] < 0


def test_what_has_the_focus_keeps_its_keys(open_slide):
    tab = open_slide(WITH_SLIDER, SLIDER)
    control = tab.locator(f"#{SLIDER} input[type=range]")
    control.focus()
    before = control.input_value()
    for key in ("ArrowRight", "PageDown", "Home", "End"):
        tab.keyboard.press(key)
        assert place(tab) == SLIDER
    assert control.input_value() != before


def test_an_answer_is_chosen_by_keyboard_and_a_clicker_goes_on(open_slide):
    names = slides(QUIZ)
    tab = open_slide(QUIZ, names[1])
    radios = tab.locator(f"#{names[1]}").get_by_role("radio")
    radios.first.focus()
    tab.keyboard.press("ArrowRight")
    assert radios.nth(1).evaluate("one => one === document.activeElement")
    tab.keyboard.press("Space")
    assert radios.nth(1).is_checked()
    assert tab.locator(f"#{names[1]} .reason:not(:empty)").count() == 1
    tab.keyboard.press("PageDown")
    tab.keyboard.press("PageDown")
    assert place(tab) == names[2]
    tab.keyboard.press("ArrowLeft")
    assert radios.nth(1).is_checked()
    assert tab.locator(f"#{names[1]} .reason:not(:empty)").is_visible()


def test_a_puzzle_takes_a_prediction_and_stays_folded_until_then(open_slide):
    tab = open_slide(LESSON, PUZZLE)
    box = tab.locator(f"#{PUZZLE} .admonition.puzzle")
    result = tab.locator(f"#{PUZZLE} details:has(.predicted)")
    assert result.get_attribute("open") is None
    box.get_by_role("radio").first.check()
    box.get_by_role("button", name="Keep it").click()
    assert result.locator(".predicted").is_visible()
    # The focus is on the result's handle, which keeps the space bar and nothing else.
    tab.keyboard.press("Space")
    assert result.get_attribute("open") is None
    tab.keyboard.press("ArrowRight")
    assert place(tab) == slides(LESSON)[slides(LESSON).index(PUZZLE) + 1]


def test_a_prediction_can_be_typed(open_slide):
    for lesson in sorted(SITE.glob("lessons/[1-8]-*.html")):
        page = lesson.relative_to(SITE).as_posix()
        typed = [
            puzzle
            for puzzle in parsed(page).select("section > .puzzle")
            if puzzle.find_all(recursive=False)[-1].name != "ul"
        ]
        if typed:
            break
    name = typed[0].parent["id"]
    tab = open_slide(page, name)
    field = tab.locator(f"#{name} .prediction textarea").first
    field.focus()
    tab.keyboard.type("a or b")
    tab.keyboard.press("Home")
    tab.keyboard.type("rather ")
    assert field.input_value() == "rather a or b"
    assert place(tab) == name


# The place


def test_the_address_keeps_the_slide(open_slide):
    tab = open_slide(PLAIN)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    name = place(tab)
    assert name == slides(PLAIN)[2]
    tab.reload()
    assert place(tab) == name
    assert tab.locator(f"#{name}").is_visible()
    assert tab.evaluate("scrollY") == 0


def test_one_enters_at_the_title_from_the_top_of_a_page(open_page):
    tab = open_page(SHORT)
    assert tab.locator("article h2").first.bounding_box()["y"] < 300
    present(tab)
    assert place(tab) == slides(SHORT)[0]


def test_one_enters_at_the_section_in_view_and_leaves_at_the_slide(open_page):
    tab = open_page(LESSON, viewport=PROJECTOR, reduced_motion="reduce")
    tab.evaluate(f"document.getElementById('{PUZZLE}').scrollIntoView()")
    tab.evaluate("scrollBy(0, 200)")
    present(tab)
    assert place(tab) == PUZZLE
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    name = place(tab)
    tab.keyboard.press("Escape")
    assert tab.evaluate("location.href").endswith(f"{LESSON}#{name}")
    top = tab.locator(f"#{name}").bounding_box()["y"]
    assert 0 <= top < PROJECTOR["height"] / 3
    present(tab)
    assert place(tab) == name


def test_a_link_to_another_section_leads_to_its_slide(open_slide):
    tab = open_slide(LESSON, PUZZLE)
    tab.get_by_role("radio").first.check()
    tab.get_by_role("button", name="Keep it").click()
    tab.keyboard.press("End")
    assert place(tab) == "in-short"
    tab.locator("table.predictions a").first.click()
    tab.wait_for_url(f"**/*present#{PUZZLE}")
    assert tab.locator(f"#{PUZZLE} .puzzle").is_visible()


# Full screen, paper, charts


def test_it_fills_the_screen_until_either_ends(open_page):
    tab = open_page(PLAIN)
    present(tab)
    tab.wait_for_function("document.fullscreenElement")
    tab.evaluate("document.exitFullscreen()")
    tab.locator(".slides-bar").wait_for(state="detached")
    assert place(tab) == ""
    present(tab)
    tab.wait_for_function("document.fullscreenElement")
    tab.keyboard.press("Escape")
    tab.wait_for_function("!document.fullscreenElement")


def test_it_fills_the_window_where_the_browser_permits_no_more(open_page):
    refuse = "Element.prototype.requestFullscreen = async () => { throw TypeError() }"
    for script in (refuse, "delete Element.prototype.requestFullscreen"):
        tab = open_page(PLAIN, script=script)
        present(tab)
        tab.keyboard.press("ArrowRight")
        assert place(tab) == slides(PLAIN)[1]


def test_charts_fill_the_slide_and_stay_whole_on_paper(open_page):
    tab = open_page(LESSON, viewport={"width": 700, "height": 900})
    chart = tab.locator(f"#{CHART} figure.chart")
    chart.evaluate("one => one.scrollIntoView()")
    drawing = chart.locator(".chart-live svg")
    drawing.wait_for()
    narrow = drawing.bounding_box()["width"]
    present(tab)
    tab.set_viewport_size(PROJECTOR)
    assert place(tab) == CHART
    fills = """drawing => {
        const figure = drawing.closest("figure").getBoundingClientRect();
        return drawing.getBoundingClientRect().width > 0.97 * figure.width;
    }"""
    tab.wait_for_function(fills, arg=drawing.element_handle())
    assert drawing.bounding_box()["width"] > 1.5 * narrow
    height = "one => one.getBoundingClientRect().height"
    assert drawing.locator("text").first.evaluate(height) >= PROJECTOR["height"] / 45
    # While another slide is in turn, the window changes.
    tab.keyboard.press("Home")
    tab.set_viewport_size(HIGH)
    tab.keyboard.press("ArrowRight")
    assert int(drawing.get_attribute("width")) > 600
    tab.emulate_media(media="print")
    assert drawing.bounding_box()["width"] > 400
    tab.emulate_media(media="screen")
    tab.set_viewport_size({"width": 700, "height": 900})
    tab.keyboard.press("Escape")
    tab.wait_for_function(
        "([drawing, width]) => Number(drawing.getAttribute('width')) <= width + 2",
        arg=[drawing.element_handle(), narrow],
    )


def test_a_presented_page_prints_as_always(open_page):
    tab = open_page(LESSON)
    tab.emulate_media(media="print")
    always = tab.evaluate(PIECES)
    tab.emulate_media(media="screen")
    present(tab)
    tab.keyboard.press("ArrowRight")
    assert len(tab.evaluate(PIECES)) < len(always) / 2
    tab.emulate_media(media="print")
    assert tab.evaluate(PIECES) == always
    assert tab.locator(".slides-bar").is_hidden()
    assert tab.locator("article").evaluate("one => one.currentCSSZoom") == 1
