"""What holds for the built pages, read as files."""

import re
import subprocess
import tomllib
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import yaml
from conftest import ROOT, SITE, book_pages, built_pages, parsed, top

SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src"}


def _description(page):
    tag = parsed(page).find("meta", attrs={"name": "description"})
    return tag["content"] if tag else ""


def test_page_tells_machines_what_it_is(page):
    soup = parsed(page)
    assert soup.html["lang"] == "en"
    assert soup.title.string.strip()
    assert soup.find("link", rel="icon"), "no favicon"
    assert 70 <= len(_description(page)) <= 160, _description(page)


def test_every_page_has_a_description_of_its_own():
    descriptions = [_description(page) for page in book_pages()]
    assert len(set(descriptions)) == len(descriptions)


def test_words_of_the_glossary_stand_in_order():
    text = (ROOT / "book/glossary.md").read_text("utf-8")
    words = re.findall("^### (.+)$", text, re.MULTILINE)
    assert words == sorted(words, key=str.lower)


def test_page_loads_nothing_from_another_host(page):
    soup = parsed(page)
    for name, attribute in LOADING.items():
        for tag in soup.find_all(name, **{attribute: True}):
            assert not urlsplit(tag[attribute]).netloc, tag
    for tag in soup.find_all("link", href=True):
        loads = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch"}
        if loads & set(tag["rel"]):
            assert not urlsplit(tag["href"]).netloc, tag


def test_images_and_charts_have_descriptions(page):
    soup = parsed(page)
    for image in soup.find_all("img"):
        assert image.get("alt", "").strip(), image
    for chart in soup.select("figure.chart"):
        still = chart.select_one(".chart-still")
        assert len(still["aria-label"]) > 60, "a chart's description says what it shows"
        assert chart.figcaption.strong.get_text(strip=True).endswith((".", "?"))


def test_chart_script_is_loaded_only_where_there_is_a_chart(page):
    soup = parsed(page)
    scripts = [tag["src"] for tag in soup.find_all("script", src=True)]
    has_script = any("charts.js" in script for script in scripts)
    assert has_script == bool(soup.select("figure.chart"))


def test_no_unused_third_party_script(page):
    sources = " ".join(tag["src"] for tag in parsed(page).find_all("script", src=True))
    assert not re.search("fontawesome|thebe|mathjax|require", sources, re.IGNORECASE)


def test_every_icon_on_a_page_is_in_the_icon_sheet(page):
    sheet = (SITE / "_static/icons.css").read_text("utf-8")
    sizes = {"fa-solid", "fa-brands", "fa-regular", "fa-lg"}
    for tag in parsed(page).select("[class*='fa-']"):
        for name in tag["class"]:
            if name.startswith("fa-") and name not in sizes:
                assert f".{name} " in sheet or f".{name}," in sheet, name


def test_formulas_are_mathml(page):
    soup = parsed(page)
    text = soup.select_one("article").get_text()
    assert "\\(" not in text
    assert "\\[" not in text
    for formula in soup.select("div.math, span.math"):
        assert formula.find("math"), formula


def _anchors(path):
    soup = parsed(path)
    return {tag["id"] for tag in soup.find_all(id=True)} | {
        tag["name"] for tag in soup.find_all("a", attrs={"name": True})
    }


@pytest.mark.parametrize("source", built_pages())
def test_internal_links_and_anchors_resolve(source):
    missing = []
    for tag in parsed(source).find_all(href=True):
        link = tag["href"]
        if urlsplit(link).scheme or link in ("#", ""):
            continue
        target, anchor = urldefrag(urljoin(f"{top()}{source}", link))
        path = unquote(urlsplit(target).path).removeprefix(top())
        has_anchors = bool(anchor) and path.endswith(".html")
        if not (SITE / path).is_file():
            missing.append(link)
        elif has_anchors and unquote(anchor) not in _anchors(path):
            missing.append(link)
    assert not missing


def test_address_of_a_page_is_the_path_of_its_file():
    for page in book_pages():
        assert (ROOT / page).with_suffix(".md").exists()


def test_every_page_file_is_on_the_site():
    sources = {*(ROOT / "book").rglob("*.md"), *(ROOT / "lessons").glob("*.md")}
    sources -= {ROOT / "lessons" / "template.md"}
    for source in sources:
        page = source.relative_to(ROOT).with_suffix(".html")
        assert (SITE / page).exists(), f"{source.name} is not in _toc.yml"


def test_a_missing_address_gets_a_page_that_leads_back():
    links = parsed("404.html").select("article a[href]")
    pages = [urlsplit(link["href"]).path for link in links]
    assert any(path.endswith("/book/index.html") for path in pages)
    assert all(path.startswith("/") for path in pages if path)


def test_class_facts_stand_in_one_block():
    facts = SETTINGS["parse"]["myst_substitutions"]
    for name, value in facts.items():
        link = re.search(r"\((https?://[^)]+)\)", value)
        literal = link[1] if link else value.strip("`")
        for source in (ROOT / "book").glob("*.md"):
            assert literal not in source.read_text("utf-8"), f"{name} in {source.name}"
        shown = [p for p in book_pages() if literal in (SITE / p).read_text("utf-8")]
        assert shown, f"{name} is on no page"


def test_site_says_when_and_with_what_it_was_built():
    footer = parsed("book/index.html").select_one("footer.bd-footer-content").get_text()
    locked = (ROOT / "requirements.txt").read_text("utf-8")
    scikit_learn = re.search(r"^scikit-learn==(\S+)", locked, re.MULTILINE)[1]
    assert re.search(r"\b20\d\d\b", footer)
    assert f"scikit-learn {scikit_learn}" in footer


def test_one_license_for_code_one_for_text():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
    footer = parsed("book/index.html").select_one("footer.bd-footer-content")
    assert "CC BY 4.0" in footer.get_text()


def test_no_machine_path_or_registry_is_written_into_the_repository():
    pattern = r"/(work|home|root|tmp)/[a-z]|files\.pythonhosted|index-url"
    command = ["git", "-C", str(ROOT), "grep", "-nIE", pattern, "--", ":!tests"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1, result.stdout
