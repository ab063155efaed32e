"""Buttons, edit links and downloads lead to the repository that the site comes from."""

import json
from types import SimpleNamespace

import nbformat
import pytest
import repository
from fixture_book import SETTINGS_ADDRESS

FORK = "https://github.com/someone/fork"


def links(page):
    return [link["href"] for link in page.select("a[href]")]


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("ssh://git@github.com/owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/name/", "https://github.com/owner/name"),
        ("https://token@github.com/owner/name", "https://github.com/owner/name"),
        ("https://me:token@github.com/owner/a.b", "https://github.com/owner/a.b"),
        ("https://gitlab.example.org/owner/n", "https://gitlab.example.org/owner/n"),
        ("/srv/git/owner/name.git", ""),
        ("../name", ""),
        ("file:///srv/owner/name.git", ""),
        ("C:\\owner\\name", ""),
        ("", ""),
    ],
)
def test_git_remote_becomes_a_web_address_without_secrets(remote, address):
    assert repository.web_address(remote) == address


def test_buttons_of_a_fork_lead_to_the_fork_and_its_branch(good):
    for lesson in ("1-first", "2-second"):
        assert (
            "https://mybinder.org/v2/gh/someone/fork/spring"
            f"?urlpath=lab/tree/lessons/{lesson}.md"
        ) in links(good.page(f"lessons/{lesson}"))
    assert f"{FORK}/edit/spring/book/index.md" in links(good.page("book/index"))
    assert 'src="/fork/_static/' in (good.site / "404.html").read_text("utf-8")


def test_buttons_lead_to_the_git_remote(rendered):
    found = links(rendered.page("lessons/1-first"))
    repository_address = "https://github.com/a-teacher/a-course"
    assert f"{repository_address}/edit/main/lessons/1-first.md" in found


def test_buttons_lead_to_the_address_in_the_settings(changed):
    found = links(changed.page("lessons/1-first"))
    assert f"{SETTINGS_ADDRESS}/edit/main/lessons/1-first.md" in found


@pytest.mark.parametrize("ref", ["", "refs/tags/v1", "refs/pull/7/merge"])
def test_branch_of_the_settings_holds_unless_a_branch_is_built(monkeypatch, ref):
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/fork")
    monkeypatch.setenv("GITHUB_REF", ref)
    settings = SimpleNamespace(html_theme_options={"repository_branch": "main"})
    repository._use_repository(SimpleNamespace(srcdir="."), settings)
    assert settings.html_theme_options["repository_branch"] == "main"


def test_download_says_where_the_repository_is(good, recovered):
    def first_cell(book):
        path = book.site / "_sources/lessons/1-first.ipynb"
        return nbformat.read(path, as_version=4).cells[0].source

    assert f"`git clone {FORK}`" in first_cell(good)
    book, _ = recovered
    assert "Get the repository where you got this file." in first_cell(book)


def test_the_same_lesson_makes_the_same_download(good, recovered):
    book, _ = recovered
    # The first cell says where the repository is, which differs between these two.
    first, second = (
        json.loads((one.site / "_sources/lessons/1-first.ipynb").read_text("utf-8"))
        for one in (good, book)
    )
    assert first["cells"][1:] == second["cells"][1:]
    assert first["metadata"] == second["metadata"]


def test_unknown_address_gives_no_buttons_and_the_build_says_so(recovered):
    book, result = recovered
    assert "No launch and edit buttons: " in result.text
    page = book.page("lessons/1-first")
    assert not [link for link in links(page) if "mybinder" in link or "/edit/" in link]
