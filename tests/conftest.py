"""The built site in a real browser, and a small book to break.

Tests of pages read the site in `_build/html`. Tests of the build have a small book of
their own; one that was built serves them all, since each build takes seconds.
"""

import functools
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import launch_options
from bs4 import BeautifulSoup
from fixture_book import SETTINGS_ADDRESS, Book, make_book
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
# The contents and the colors of code are alike on all pages.
ALIKE = (".bd-sidebar-primary", ".highlight span")
BLOCK_STORAGE = """
Object.defineProperty(window, "localStorage", {
  configurable: true,
  get() { throw new DOMException("blocked", "SecurityError"); },
});
"""


@functools.cache
def top() -> str:
    """Tell where the site lies on its host, as its 404 page knows: "/" or "/name/"."""
    return parsed("404.html").find("link", rel="stylesheet")["href"].split("_static")[0]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the site where it lies on its host, without a line for each request."""

    def translate_path(self, path: str) -> str:
        """Find the file for an address, which may leave ".html" out."""
        file = super().translate_path("/" + path.removeprefix(top()))
        page = f"{file}.html"
        return page if not os.path.exists(file) and os.path.isfile(page) else file

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def built_pages() -> list[str]:
    """List the site's pages, relative to its top: ``book/index.html`` and so on."""
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


def book_pages() -> list[str]:
    """List the pages that have a source of ours, which Sphinx's own pages have not."""
    return [page for page in built_pages() if page.startswith(("book/", "lessons/"))]


@functools.cache
def parsed(page: str) -> BeautifulSoup:
    """Read a built page."""
    return BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for every ``page``, or once for every ``page_of_the_day``.

    What depends on scripts and styles that all pages share is tried on the pages that a
    day needs, and on one deeper page.
    """
    pages = book_pages() or ["the site is not built"]
    deeper = [page for page in pages if re.match(r"lessons/\d[a-z]-", page)]
    sets = {
        "page": pages,
        "page_of_the_day": [page for page in pages if page not in deeper[1:]],
    }
    for name in sets.keys() & set(metafunc.fixturenames):
        # Tests that share a page stand side by side: it is opened once for all of them.
        metafunc.parametrize(name, sets[name], scope="module")


@pytest.fixture(scope="session", autouse=True)
def _site_is_built(request: pytest.FixtureRequest) -> None:
    if not (SITE / "index.html").exists():
        needs_site = {
            "test_site.py",
            "test_browser.py",
            "test_lessons.py",
            "test_one_number.py",
            "test_puzzles.py",
            "test_quizzes.py",
            "test_launch.py",
            "test_presenting.py",
            "test_take_away.py",
        }
        if needs_site & {item.path.name for item in request.session.items}:
            pytest.exit("There is no site in _build/html. Run: make book", 1)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the site on a free port of this machine; give its address."""
    handler = functools.partial(QuietHandler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{top()}".rstrip("/")
        server.shutdown()


# For a module only: Playwright keeps an event loop running, and tests of the build need
# to run one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once for all tests of a file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        yield chromium
        chromium.close()


@contextmanager
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open pages of the site; fail if one reports an error or asks another host."""
    contexts = []
    troubles = []

    def stay_home(route):
        if route.request.url.startswith(address):
            route.continue_()
        else:
            troubles.append(f"asks another host: {route.request.url}")
            route.abort()

    def open_(page, script=None, **options):
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        context.route("**/*", stay_home)
        if script:
            context.add_init_script(script)
        tab = context.new_page()
        tab.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        tab.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and troubles.append(f"{message.type}: {message.text}")
            ),
        )
        tab.goto(f"{address}/{page}", wait_until="load")
        return tab

    try:
        yield open_
    finally:
        for context in contexts:
            context.close()
    assert not troubles


@pytest.fixture
def open_page(browser, address):
    """Open pages for one test."""
    with visit(browser, address) as open_:
        yield open_


@pytest.fixture(scope="module")
def shown(browser, address, page):
    """One page with all that is folded open, for all tests that only look at it."""
    with visit(browser, address) as open_:
        tab = open_(page, reduced_motion="reduce")
        show_everything(tab)
        yield tab


def show_everything(tab: Page) -> None:
    """Open all that is folded and wait until every chart is drawn."""
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    for chart in tab.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".chart-live svg").wait_for()
    tab.evaluate("window.scrollTo(0, 0)")


def faults_found_by_axe(tab: Page, *rules: str, left_out: Sequence[str] = ()) -> list:
    """Run axe-core on an open page; list what it finds, if anything.

    Args:
        tab: The page.
        rules: The rules to try; by default all.
        left_out: Selectors of parts that are not looked at.
    """
    # With "preload" axe asks for style sheets itself, at addresses that are not there.
    options = {"preload": False, **({"runOnly": rules} if rules else {})}
    context = {"exclude": [[part] for part in left_out]} if left_out else None
    results = Axe().run(tab, context=context, options=options)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """A book and its good site, built in a fork; tests do not change it."""
    book = make_book(tmp_path_factory.mktemp("good") / "book")
    result = book.build(
        GITHUB_REPOSITORY="someone/fork", GITHUB_REF="refs/heads/spring"
    )
    assert result.status == 0, result.text
    assert "Executing 2 of 2 lessons" in result.text
    return book


@pytest.fixture
def book(good, tmp_path):
    """A copy of the good book, to be broken."""
    return good.copy(tmp_path / "book")


@pytest.fixture
def executed(good, tmp_path):
    """A copy in which this process executes the first lesson, and renders nothing."""
    book = Book(tmp_path / "book")
    shutil.copytree(
        good.root, book.root, ignore=shutil.ignore_patterns("html", "sphinx")
    )
    book.write_contents("1-first")
    # What the tested code sets is gone again after the test.
    with mock.patch.dict(os.environ, book.environment(), clear=True):
        yield book


@pytest.fixture(scope="session")
def changed(good, tmp_path_factory):
    """A copy, built again after what its first lesson reads has changed."""
    book = good.copy(tmp_path_factory.mktemp("changed") / "book")
    book.replace("lessons/flightdelay/helper.py", "first greeting", "second greeting")
    book.replace("lessons/flightdelay/charter.toml", "prepare = 20", "prepare = 25")
    book.replace("lessons/data/numbers.csv", "1,2,3", "1,2,4")
    book.replace("_config.yml", "url: ''", f"url: {SETTINGS_ADDRESS}")
    result = book.build("--incremental")
    assert result.status == 0, result.text
    return book


@pytest.fixture(scope="session")
def recovered(good, tmp_path_factory):
    """A copy with the remains of a build that was killed, and a build after that."""
    book = good.copy(tmp_path_factory.mktemp("recovered") / "book")
    book.site.rename(book.site.with_name("html-previous"))
    book.write("_build/html-next/half.html", "half a page")
    return book, book.build()


@pytest.fixture(scope="session")
def rendered(good, tmp_path_factory):
    """A copy that was built once where it is, in a clone of a repository."""
    book = good.copy(tmp_path_factory.mktemp("rendered") / "book")
    remote = "git@github.com:a-teacher/a-course.git"
    for command in (["init", "--quiet"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", "-C", book.root, *command], check=True)
    book.replace("book/index.md", "a stable word", "a new word")
    result = book.build()
    assert result.status == 0, result.text
    return book
