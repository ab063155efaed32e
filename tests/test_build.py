"""A build that fails says where, and keeps the last good site; no build is half done.

Each test plants a fault in a small book and runs the real build on it.
"""

import os
import signal
import subprocess
import sys

import build
import pytest
from filelock import FileLock
from fixture_book import STILL_THERE, files, wait_until

# Tells its kernel's number, and does not end by itself.
ENDLESS = """\
import os, time

with open(os.environ["EXECUTIONS"], "a") as executions:
    print(os.getpid(), file=executions)
time.sleep(600)"""


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def is_alive(process_number):
    try:
        os.kill(process_number, 0)
    except ProcessLookupError:
        return False
    return True


# What a page says wrong


def test_sphinx_warnings_are_red_with_file_and_line_again_and_again(book):
    book.write(
        "book/index.md",
        "# The book\n\n[Missing](missing.md)\n\n{nosuchrole}`text`\n\n"
        "[Lesson](../lessons/1-first.md#missing)\n",
    )
    # On a page of its own: Sphinx reads a page whose image is missing every time.
    picture = "![Missing](missing.svg)"
    book.replace("lessons/2-second.md", "# Lesson 2-second", f"# Second\n\n{picture}")
    for options in [(), ("--incremental",)]:
        result = book.build(*options)
        assert result.status == 1
        for place, fault in [
            ("book/index.md:3", "cross-reference target not found: 'missing.md'"),
            ("book/index.md:5", 'Unknown interpreted text role "nosuchrole"'),
            ("book/index.md:7", "local id not found in doc 'lessons/1-first'"),
            (
                f"lessons/2-second.md:{book.line('2-second', picture)}",
                "image file not readable: lessons/missing.svg",
            ),
        ]:
            warnings = [
                line
                for line in result.text.splitlines()
                if line.startswith(f"{place}: ") and fault in line
            ]
            assert len(warnings) == 1, (fault, result.text)
        assert STILL_THERE in result.text


def test_what_stops_sphinx_is_told(book):
    book.replace("book/_ext/mathml.py", "def setup(", "def set_up(")
    result = book.build()
    assert result.status == 1
    assert "extension 'mathml' has no setup() function" in result.text
    assert "Configuration error:\nUnknown math_renderer 'mathml'" in result.text


# Builds that do not end, and parts of sites


def test_second_build_waits_for_the_first(book):
    with FileLock(book.root / "_build" / "lock"):
        build = subprocess.Popen(
            [sys.executable, "book/build.py"],
            cwd=book.root,
            env=book.environment(PYTHONUNBUFFERED="1"),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert "Waiting for another build" in build.stdout.readline()
    said, _ = build.communicate(timeout=120)
    assert build.returncode == 0, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_stopped_build_ends_its_kernels_and_keeps_the_last_good_site(book, number):
    good_site = files(book.site)
    book.site.rename(book.site.with_name("html-previous"))  # as if stopped before, too
    book.write_lesson("1-first", ENDLESS)
    book.write_lesson("2-second", ENDLESS)
    book.executions()
    started = subprocess.Popen(
        [sys.executable, "book/build.py"],
        cwd=book.root,
        env=book.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    kernels = []
    try:
        wait_until(lambda: kernels.extend(book.executions()) or len(kernels) == 2)
        started.send_signal(number)
        text, _ = started.communicate(timeout=30)
    finally:
        started.kill()
    assert started.returncode == 130
    assert f"The build was stopped.\n{STILL_THERE}" in text
    assert "Traceback" not in text
    assert not any(is_alive(int(kernel)) for kernel in kernels)
    assert files(book.site) == good_site


def test_build_recovers_from_one_that_was_killed_while_it_published(good, recovered):
    book, result = recovered
    assert result.status == 0, result.text
    assert names(book.site) == names(good.site)
    assert not list(book.site.parent.glob("html-*"))


def test_change_of_a_text_renders_its_page_only_and_as_a_full_build_does(
    good, rendered
):
    pages = rendered.root / "_build/sphinx/_build/html"
    written = {path: path.stat().st_mtime_ns for path in pages.glob("*/*.html")}
    rendered.write("book/index.md", (good.root / "book/index.md").read_text("utf-8"))

    result = rendered.build("--incremental")

    assert result.status == 0, result.text
    rewritten = [
        path.relative_to(pages).as_posix()
        for path, before in written.items()
        if path.stat().st_mtime_ns != before
    ]
    assert rewritten == ["book/index.html"]
    for page in ["book/index", "lessons/1-first", "lessons/2-second"]:
        assert str(rendered.article(page)) == str(good.article(page))


def test_change_of_an_extension_renders_every_page(rendered):
    rendered.replace("book/_ext/colophon.py", "Text: <a", "All text: <a")
    result = rendered.build("--incremental")
    assert result.status == 0, result.text
    for page in ["book/index", "lessons/1-first"]:
        assert "All text: CC BY 4.0" in rendered.page(page).get_text()


@pytest.mark.parametrize(
    "name",
    [
        "_config.yml",
        "_toc.yml",
        "requirements.txt",
        "book/_static/book.css",
        "book/_templates/layout.html",
        "book/figures/lifecycle.svg",
        "lessons/course/typesetting.py",
    ],
)
def test_what_shapes_pages_is_part_of_their_state(executed, monkeypatch, name):
    monkeypatch.setattr(build, "ROOT", executed.root)
    state = build._render_state()
    assert build._render_state() == state
    text = (executed.root / name).read_text("utf-8")
    executed.write(name, text + "\n")
    assert build._render_state() != state
