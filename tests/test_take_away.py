"""What readers take away: the whole site, opened from disk, and pages on paper."""

import os
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname
from zipfile import ZipFile

import offline
import pytest
from bs4 import BeautifulSoup
from conftest import SITE

WIDE = {"width": 1280, "height": 900}
SOLVED = "lessons/1-define-project.html"
QUIZ = "book/quizzes/1-define-project.html"
ASKS_PRINTER = "window.asked = 0; window.print = () => { window.asked += 1; };"
AROUND = (
    ".bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, "
    ".prev-next-footer, .keep-controls, .headerlink, .copybtn, .toggle-button, "
    ".vega-bindings, details > summary"
)


# The whole site in one file


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The archive as a reader unpacks it, in a folder whose name needs quoting."""
    folder = tmp_path_factory.mktemp("take away") / "Übung #1"
    with ZipFile(SITE / offline.ARCHIVE) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


@pytest.fixture
def open_file(browser, unpacked):
    """Open pages from disk; fail if one reports an error or asks a host."""
    context = browser.new_context(viewport=WIDE)
    troubles = []
    tab = context.new_page()
    tab.on(
        "request",
        lambda one: (
            one.url.startswith(("file:", "data:"))
            or troubles.append(f"asks a host: {one.url}")
        ),
    )
    tab.on("requestfailed", lambda one: troubles.append(f"is not there: {one.url}"))
    tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    tab.on(
        "console",
        lambda message: (
            message.type in ("error", "warning")
            and troubles.append(f"{message.type}: {message.text}")
        ),
    )

    def open_(page, query=""):
        tab.goto((unpacked / page).as_uri() + query)
        return tab

    yield open_
    context.close()
    assert not troubles


def test_pages_open_from_disk_with_their_charts(open_file, page_of_the_day):
    tab = open_file(page_of_the_day)
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    for chart in tab.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".chart-live svg").wait_for()
    assert tab.locator("html").get_attribute("data-storage") is None


def test_the_top_leads_to_the_first_page(open_file):
    tab = open_file("index.html")
    tab.wait_for_url("**/book/index.html")


def test_search_works_from_disk(open_file):
    tab = open_file("search.html", "?q=calibration")
    results = tab.locator("#search-results li a")
    tab.get_by_text("Search finished").wait_for()
    assert results.count() >= 2
    results.first.click()
    tab.locator("article h1").wait_for()
    assert tab.url.startswith("file:")


def test_quiz_explains_an_answer_from_disk(open_file):
    tab = open_file(QUIZ)
    question = tab.locator(".question").first
    question.get_by_role("radio").first.check()
    question.locator(".reason:not(:empty)").wait_for()


def test_ticks_stay_from_disk(open_file):
    tab = open_file("book/reading.html")
    tab.locator(".task-list-item-checkbox").first.check()
    tab.reload()
    assert tab.locator(".task-list-item-checkbox").first.is_checked()


def test_slides_work_from_disk(open_file):
    tab = open_file("book/reading.html")
    tab.get_by_role("button", name="Present").click()
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".slides-bar .counter").inner_text().startswith("2 of ")
    assert "/reading.html?present#" in tab.evaluate("location.href")
    tab.keyboard.press("Escape")
    assert "?present" not in tab.evaluate("location.href")


def test_links_lead_to_what_is_in_the_archive(unpacked):
    missing = []
    for path in unpacked.rglob("*.html"):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for tag in soup.find_all(href=True):
            target = urlsplit(urljoin(path.as_uri(), tag["href"]))
            file = url2pathname(unquote(target.path))
            if target.scheme == "file" and not os.path.isfile(file):
                missing.append(f"{path.name}: {tag['href']}")
    assert not missing


def test_pages_offer_the_archive():
    for page in ("book/index.html", "book/run-it-yourself.html"):
        text = (SITE / page).read_text("utf-8")
        assert f'href="../{offline.ARCHIVE}" download' in text


def test_same_pages_make_the_same_archive(tmp_path):
    (tmp_path / "book").mkdir()
    link = f'<p><a href="../{offline.ARCHIVE}" download>The site</a>, <a href="x">x</a>'
    (tmp_path / "book" / "index.html").write_text(link)
    (tmp_path / "404.html").write_text("missing")
    first = offline.pack(tmp_path).read_bytes()
    os.utime(tmp_path / "book" / "index.html", (1, 1))
    (tmp_path / "book").chmod(0o700)
    assert offline.pack(tmp_path).read_bytes() == first
    with ZipFile(tmp_path / offline.ARCHIVE) as archive:
        (name,) = archive.namelist()
        assert name == f"{offline.NAME}/book/index.html"
        assert archive.read(name) == b'<p>The site, <a href="x">x</a>'


# Pages on paper


@pytest.fixture
def on_paper(browser, address):
    """Open a page as the printer sees it."""
    contexts = []

    def open_(page, **options):
        context = browser.new_context(viewport=WIDE, **options)
        contexts.append(context)
        context.add_init_script(ASKS_PRINTER)
        tab = context.new_page()
        tab.goto(f"{address}/{page}")
        tab.emulate_media(media="print")
        return tab

    yield open_
    for context in contexts:
        context.close()


def _texts_shown(tab, selector):
    """Return the texts that elements really show."""
    return tab.locator(selector).evaluate_all(
        """all => all.filter((one) => one.checkVisibility({ contentVisibilityAuto: true,
            opacityProperty: true, visibilityProperty: true }))
            .map((one) => one.innerText.trim())"""
    )


def test_paper_has_the_text_and_nothing_around_it(on_paper, page_of_the_day):
    tab = on_paper(page_of_the_day)
    assert _texts_shown(tab, AROUND) == []
    assert len(_texts_shown(tab, "h1")) == 1
    assert len(_texts_shown(tab, "article p")) >= 1


@pytest.mark.parametrize("page_name", [SOLVED, QUIZ])
def test_what_is_folded_is_printed_only_when_asked_for(on_paper, page_name):
    tab = on_paper(page_name)
    folded = (
        "article details > :not(summary, [hidden]), .admonition.dropdown > :not(button)"
    )
    there = tab.locator(folded).count()
    assert there > 3
    assert _texts_shown(tab, folded) == []

    tab.emulate_media(media="screen")
    tab.get_by_role("button", name="Download this page").click()
    tab.get_by_role("button", name="with solutions").click()
    assert tab.evaluate("window.asked") == 1
    tab.emulate_media(media="print")
    assert len(_texts_shown(tab, folded)) == there
    assert _texts_shown(tab, "details > summary") == []

    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert _texts_shown(tab, folded) == []


@pytest.mark.parametrize("page_name", [SOLVED, QUIZ])
def test_everything_is_printed_where_nobody_can_ask(on_paper, page_name):
    tab = on_paper(page_name, java_script_enabled=False)
    folded = tab.locator("article details > :not(summary), .admonition.dropdown > *")
    for part in folded.all():
        assert part.bounding_box()["height"] > 0
    assert not tab.locator("article summary").filter(visible=True).count()


def test_what_the_reader_unfolded_is_printed(on_paper):
    tab = on_paper(QUIZ)
    tab.emulate_media(media="screen")
    tab.locator(".quiz-key > summary").click()
    tab.emulate_media(media="print")
    assert len(_texts_shown(tab, ".quiz-key .right")) >= 6


def test_solutions_are_offered_only_where_there_are_some(on_paper):
    assert on_paper(SOLVED).get_by_text("pdf with solutions").count() == 1
    assert on_paper("book/reading.html").get_by_text("pdf with solutions").count() == 0


def test_links_are_printed_with_their_addresses(on_paper):
    tab = on_paper("book/reading.html")
    links = tab.locator("article a[href^=http]")
    assert links.count() >= 1
    for link in links.all():
        shown = link.evaluate("one => getComputedStyle(one, '::after').content")
        assert link.get_attribute("href") in shown


def test_paper_is_white_when_the_screen_is_dark(on_paper):
    tab = on_paper(SOLVED, color_scheme="dark")
    assert tab.locator("html").get_attribute("data-theme") == "dark"
    for selector in ("body", "article .admonition", "article pre"):
        color = "one => getComputedStyle(one).backgroundColor"
        background = tab.locator(selector).first.evaluate(color)
        assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), selector
    ink = tab.locator("article p").first.evaluate("one => getComputedStyle(one).color")
    assert ink == "rgb(0, 0, 0)"
