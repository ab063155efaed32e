"""The built site, served over HTTP, and a real browser to read it with."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import launch_options
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
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
        """Find the file for an address."""
        return super().translate_path("/" + path.removeprefix(top()))

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
    """Run a test that takes ``page`` once for every page of the book."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", book_pages() or ["the site is not built"])


@pytest.fixture(scope="session", autouse=True)
def _site_is_built(request: pytest.FixtureRequest) -> None:
    if not (SITE / "index.html").exists():
        needs_site = {
            "test_site.py",
            "test_browser.py",
            "test_lessons.py",
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


@pytest.fixture
def open_page(browser, address):
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

    open_.troubles = troubles
    yield open_
    for context in contexts:
        context.close()
    assert not troubles


def show_everything(tab: Page) -> None:
    """Open all that is folded and wait until every chart is drawn."""
    tab.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    for chart in tab.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".chart-live svg").wait_for()
    tab.evaluate("window.scrollTo(0, 0)")


def faults_found_by_axe(tab: Page) -> list[str]:
    """Run axe-core on an open page; list what it finds, if anything."""
    # With "preload" axe asks for style sheets itself, at addresses that are not there.
    results = Axe().run(tab, options={"preload": False})
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
