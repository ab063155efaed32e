"""What a reader sees and does, in a real browser that reaches no other host."""

import pytest
from conftest import (
    ALIKE,
    BLOCK_STORAGE,
    PHONE,
    SITE,
    WIDE,
    faults_found_by_axe,
    parsed,
    show_everything,
)

FULL_STORAGE = """
Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};
"""


def test_every_chart_is_drawn(shown, page):
    shown.set_viewport_size(WIDE)
    charts = shown.locator("figure.chart")
    assert charts.count() == len(parsed(page).select("figure.chart"))
    for chart in charts.all():
        picture = chart.locator(".chart-live svg")
        assert picture.get_attribute("aria-label")
        assert picture.locator("path, line, text").count() > 3
        assert picture.bounding_box()["width"] > 400


def test_controls_of_charts_have_names(shown):
    for control in shown.locator("figure.chart :is(input, select)").all():
        label = control.evaluate("e => e.closest('label')?.innerText ?? ''")
        assert label.strip(), "a control without a name"
        assert "_" not in label, "a control's name is for readers"


def test_axe_finds_nothing(shown):
    shown.set_viewport_size(WIDE)
    shown.emulate_media(color_scheme="light")
    shown.locator("html[data-theme=light]").wait_for()
    assert not faults_found_by_axe(shown, left_out=ALIKE)


def test_axe_finds_no_faint_text_in_the_dark(shown):
    shown.set_viewport_size(WIDE)
    shown.emulate_media(color_scheme="dark")
    shown.locator("html[data-theme=dark]").wait_for()
    assert not faults_found_by_axe(shown, "color-contrast", left_out=ALIKE)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    "page_name", ["book/index.html", "lessons/7b-every-fault.html"]
)
def test_axe_finds_nothing_in_what_pages_have_alike(open_page, page_name, mode):
    tab = open_page(page_name, color_scheme=mode, reduced_motion="reduce")
    assert tab.locator(", ".join(ALIKE)).count()
    show_everything(tab)
    assert not faults_found_by_axe(tab)


def test_nothing_runs_over_the_edge_of_a_phone(shown):
    shown.set_viewport_size(PHONE)
    wide = shown.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], shown.evaluate(
        """() => [...document.querySelectorAll("article *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_can_be_clicked_has_one_color(open_page, mode):
    tab = open_page("book/index.html", color_scheme=mode)
    links = ".bd-article :is(p:not(.begin-here), li, td) > a"
    colors = tab.locator(links).evaluate_all(
        "links => links.map((link) => getComputedStyle(link).color)"
    )
    assert len(colors) > 20
    assert len(set(colors)) == 1


def test_all_text_is_there_without_javascript(open_page, page_of_the_day):
    tab = open_page(page_of_the_day, java_script_enabled=False)
    shown = tab.locator("article").inner_text()
    for heading in parsed(page_of_the_day).select("article :is(h1, h2, h3)"):
        text = heading.get_text().removesuffix("#").strip()
        assert text in shown
    for still in tab.locator("figure.chart .chart-still svg").all():
        in_closed = "e => Boolean(e.closest('details:not([open])'))"
        assert still.is_visible() or still.evaluate(in_closed)


def test_ticks_stay_until_they_are_erased(open_page):
    tab = open_page("book/reading.html")
    boxes = tab.locator(".task-list-item-checkbox")
    assert boxes.count() >= 3
    boxes.nth(1).focus()
    tab.keyboard.press("Space")
    assert boxes.nth(1).is_checked()
    tab.reload()
    assert [box.is_checked() for box in boxes.all()][:3] == [False, True, False]
    tab.get_by_role("button", name="Erase").click()
    assert tab.get_by_role("status").inner_text() == "Erased."
    tab.reload()
    assert not any(box.is_checked() for box in boxes.all())


def test_each_box_is_named_by_its_task(open_page):
    tab = open_page("book/reading.html")
    for item in tab.locator("li.task-list-item").all():
        name = item.inner_text().strip().splitlines()[0][:20]
        assert tab.get_by_role("checkbox", name=name).count() >= 1


def test_the_mapping_table_keeps_what_is_typed(open_page):
    tab = open_page("book/creative-brief.html")
    fields = tab.locator("[data-keep]")
    assert fields.count() >= 14
    fields.nth(3).fill("our notebook's step 2")
    tab.reload()
    assert fields.nth(3).input_value() == "our notebook's step 2"
    assert fields.nth(4).input_value() == ""


def test_answers_of_the_meeting_come_back_at_the_end_of_the_day(open_page):
    tab = open_page("book/review-meeting.html")
    tab.get_by_label("What surprised me?").fill("It was sure,\nand wrong.")
    tab.goto(tab.url.replace("review-meeting", "quiz"))
    found, surprise, _ = tab.locator("[data-recall]").all()
    assert surprise.inner_text() == "It was sure,\nand wrong."
    assert found.inner_text() == "Your answer is with the questions."
    tab.get_by_label("Which check of today").fill("A baseline.")
    tab.get_by_role("button", name="Erase").click()
    assert surprise.inner_text() == "Your answer is with the questions."


@pytest.mark.parametrize("page_name", ["book/reading.html", "book/creative-brief.html"])
def test_all_works_for_the_visit_when_storage_is_blocked(open_page, page_name):
    tab = open_page(page_name, script=BLOCK_STORAGE)
    field = tab.locator(".task-list-item-checkbox, [data-keep]").first
    if field.get_attribute("type") == "checkbox":
        field.check()
        assert field.is_checked()
    else:
        field.fill("typed")
        assert field.input_value() == "typed"
    assert "blocks storage" in tab.get_by_role("status").first.inner_text()


def test_all_works_for_the_visit_when_storage_is_full(open_page):
    tab = open_page("book/reading.html", script=FULL_STORAGE)
    boxes = tab.locator(".task-list-item-checkbox")
    for box in boxes.all()[:2]:
        box.check()
    assert [box.is_checked() for box in boxes.all()[:2]] == [True, True]
    assert "no room left" in tab.get_by_role("status").first.inner_text()
    tab = open_page("lessons/1-define-project.html", script=FULL_STORAGE)
    tab.locator(".prediction").first.get_by_role("radio").first.check()
    tab.get_by_role("button", name="Keep it and show the result").first.click()
    tab.get_by_text("You predicted:").first.wait_for()
    assert "no room left" in tab.get_by_role("status").last.inner_text()


def test_an_address_without_html_is_the_same_page(open_page):
    tab = open_page("book/reading")
    tab.locator(".task-list-item-checkbox").first.check()
    tab.goto(f"{tab.url}.html")
    assert tab.locator(".task-list-item-checkbox").first.is_checked()
    progress = tab.locator(".bd-links a[href='#'] .kept-progress")
    assert progress.inner_text().strip().startswith("1 of ")


def test_what_is_kept_on_one_page_is_not_shown_on_another(open_page):
    tab = open_page("book/reading.html")
    tab.locator(".task-list-item-checkbox").first.check()
    tab.goto(tab.url.replace("reading", "online-course"))
    assert not tab.locator(".task-list-item-checkbox").first.is_checked()


def test_the_teachers_card_for_each_lesson_fits_on_one_screen(open_page):
    tab = open_page("book/teaching-notes.html")
    cards = tab.locator("section[id^=lesson-]")
    heights = cards.evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert len(heights) == 8
    assert max(heights) <= WIDE["height"], heights


def test_labels_of_the_digits_are_kept_and_their_result_is_accessible(open_page):
    tab = open_page("lessons/3h-label-digits.html")
    sheet = tab.locator(".label-digits")
    sheet.get_by_role("button", name="0", exact=True).focus()
    for label in "714":
        tab.keyboard.press(label)
    tab.reload()
    assert "Round 1 of 2, digit 4 of 30" in sheet.get_by_role("status").inner_text()
    sheet.get_by_role("button", name="0", exact=True).focus()
    for turn in range(57):
        tab.keyboard.press(str(turn % 10))
    assert sheet.locator("td[data-kappa]").count() == 3
    assert not faults_found_by_axe(tab)
    tab.get_by_role("button", name="Erase all").click()
    assert "Round 1 of 2, digit 1 of 30" in sheet.get_by_role("status").inner_text()


def test_puzzles_hide_their_results_until_asked(open_page):
    tab = open_page("lessons/1-define-project.html")
    folded = tab.locator("details.hide:has(summary:has-text('Show the result'))")
    assert folded.count() >= 1
    for details in folded.all():
        assert details.get_attribute("open") is None
    folded.first.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert folded.first.get_attribute("open") is not None


@pytest.mark.parametrize(
    "page_name",
    ["lessons/1-define-project.html", "lessons/2-data-and-baseline.html"],
)
def test_a_chart_answers_to_the_reader_by_keyboard(open_page, page_name):
    tab = open_page(page_name)
    show_everything(tab)
    answers = tab.locator("input[type=range], select")
    chart = tab.locator("figure.chart").filter(has=answers).first
    control = chart.locator("input[type=range], select").first
    before = chart.locator("svg").first.inner_html()
    control.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function(
        "([chart, before]) => chart.querySelector('svg').innerHTML !== before",
        arg=[chart.element_handle(), before],
    )


def test_search_finds_a_word_of_the_course(open_page):
    tab = open_page("search.html?q=calibration")
    tab.locator("#search-results li").first.wait_for()
    assert tab.locator("#search-results li").count() >= 2


def test_the_search_page_and_the_index_ask_no_other_host(open_page):
    for page in ("search.html", "genindex.html", "404.html"):
        assert (SITE / page).exists()
        open_page(page)
