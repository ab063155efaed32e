"""A green build means that every cell ran on the present state; nothing else is green.

Each test plants a fault in a small book and runs the real build on it.
"""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from types import SimpleNamespace
from unittest import mock

import build
import execute
import nbformat
import pytest
import repository
import serve
from filelock import FileLock
from fixture_book import COUNTED, ROOT, Book, make_book
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_output

FORK = "https://github.com/someone/fork"
SETTINGS_ADDRESS = "https://github.com/settings/address"
STILL_THERE = "The last good site is still in"
# Waits for the lesson on the other side, and says so if it does not come.
MEETING = """\
import os, time
from pathlib import Path

folder = Path(os.environ["EXECUTIONS"]).parent
(folder / "{me}").touch()
deadline = time.monotonic() + 60
while not (folder / "{other}").exists():
    assert time.monotonic() < deadline, "alone"
    time.sleep(0.05)"""
# Tells its kernel's number, and does not end by itself.
ENDLESS = """\
import os, time

with open(os.environ["EXECUTIONS"], "a") as executions:
    print(os.getpid(), file=executions)
time.sleep(600)"""


def wait_until(condition, seconds=60):
    """Return the first true value of a condition; fail if none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not in {seconds} s"
        time.sleep(0.1)
    return value


def files(folder):
    """Return all files of a folder with their bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def free_port():
    """Find a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(process_number):
    try:
        os.kill(process_number, 0)
    except ProcessLookupError:
        return False
    return True


def links(page):
    return [link["href"] for link in page.select("a[href]")]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A book and its good site, built in a fork; tests do not change it."""
    book = make_book(tmp_path_factory.mktemp("good") / "book")
    result = book.build(
        GITHUB_REPOSITORY="someone/fork", GITHUB_REF="refs/heads/spring"
    )
    assert result.status == 0, result.text
    assert "Executing 2 of 2 lessons" in result.text
    return book


@pytest.fixture(scope="module")
def executions_of_good_build(good):
    return good.executions()


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


# What a cell does wrong


def test_failing_cells_are_red_until_they_are_mended(book):
    good_site = files(book.site)
    book.write_lesson("1-first", "1 / 0")
    book.write_lesson("2-second", COUNTED.format(name="2"), ":tags: [hide-input]\n\nno")
    first = book.line("1-first", "1 / 0")
    second = book.line("2-second", ":tags: [hide-input]")

    for options in [(), ("--incremental",)]:
        result = book.build(*options)
        assert result.status == 1
        assert (
            f"lessons/1-first.md, line {first} (code cell 1) failed: "
            "ZeroDivisionError: division by zero\n"
        ) in result.text
        assert (
            f"lessons/2-second.md, line {second} (code cell 2) failed: "
            "NameError: name 'no' is not defined\n"
        ) in result.text
        assert f"{STILL_THERE} {book.site}" in result.text
        assert files(book.site) == good_site

    book.write_lesson("1-first", "1 / 1")
    book.write_lesson("2-second", "'mended'")
    result = book.build()
    assert result.status == 0, result.text
    assert "mended" in book.article("lessons/2-second").get_text()


def test_every_kind_of_fault_is_named_and_nothing_is_published(tmp_path):
    book = make_book(tmp_path / "book")
    book.replace("_config.yml", "timeout: 300", "timeout: 3")
    faults = {
        "warns": (
            "import warnings\nwarnings.warn('an old name', stacklevel=1)",
            "wrote to stderr: UserWarning: an old name",
        ),
        "prints": (
            "import sys\nprint('a log line', file=sys.stderr)",
            "wrote to stderr: a log line",
        ),
        "says-nothing": (
            "import sys\nprint(file=sys.stderr)",
            "wrote to stderr: an empty line",
        ),
        "has-a-child": (
            "import subprocess\nsubprocess.run('echo the child >&2', shell=True)",
            "wrote to stderr: the child",
        ),
        "hides-it": (
            ":tags: [remove-stderr, remove-cell, skip-execution]\n\n"
            "import sys\nprint('a hidden line', file=sys.stderr)",
            "wrote to stderr: a hidden line",
        ),
        "is-slow": ("import time\ntime.sleep(600)", "was not done after 3 seconds."),
        "ends": (
            "import os\nos._exit(1)",
            "ended its kernel; is there memory enough?",
        ),
    }
    for name, (cell, _) in faults.items():
        book.write_lesson(name, "'nothing wrong here'", cell)
    book.write_lesson("other-kernel", "1")
    book.replace("lessons/other-kernel.md", "  name: python3", "  name: python2")
    book.write_contents(*faults, "other-kernel")

    result = book.build()

    assert result.status == 1
    for name, (cell, sentence) in faults.items():
        line = book.line(name, cell.splitlines()[0])
        # What a child writes may come too late to be tied to its cell.
        said = re.search(
            rf"^lessons/{name}\.md, line {line} \(code cell 2\) "
            rf"(or a cell before it )?{re.escape(sentence)}$",
            result.text,
            re.MULTILINE,
        )
        assert said, name
        assert not said[1] or name == "has-a-child"
    assert "lessons/other-kernel.md asks for the kernel 'python2'" in result.text
    assert "Traceback" not in result.text
    assert STILL_THERE not in result.text
    assert not book.site.exists()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lessons/1-first.md", "import os\n", "---\ntags: [unclosed\n---\n"),
        ("_toc.yml", "chapters:", "chapter:"),
        ("_toc.yml", "chapters:", "chapters: ["),
        ("_config.yml", "execute:", "execute: ["),
    ],
    ids=["lesson", "contents", "contents-yaml", "settings"],
)
def test_file_that_cannot_be_read_is_named(executed, name, old, new):
    executed.replace(name, old, new)
    with pytest.raises(execute.LessonError, match=f"^{name} cannot be read: "):
        execute.execute_lessons(executed.root)


def test_lesson_that_is_rendered_but_not_executed_is_red(book):
    switched_off = "mystnb:\n  execution_mode: 'off'\n"
    book.replace("lessons/2-second.md", "kernelspec:", f"{switched_off}kernelspec:")
    result = book.build()
    assert result.status == 1
    assert "lessons/2-second.md: WARNING: The cells of this lesson" in result.text


@pytest.fixture
def one_lesson(tmp_path):
    """A book with one lesson, not built."""
    book = make_book(tmp_path / "book")
    book.write("book/index.md", "# The book\n")
    book.write_contents("1-first")
    (book.root / "lessons/2-second.md").unlink()
    return book


def test_plain_jupyter_book_is_red_when_a_cell_fails(one_lesson):
    one_lesson.write_lesson("1-first", "1 / 0")
    result = one_lesson.plain_build()
    assert result.status != 0
    assert "ZeroDivisionError" in result.text
    assert not list(one_lesson.site.glob("*/*.html"))


def test_plain_jupyter_book_is_red_twice_when_a_cell_writes_to_stderr(one_lesson):
    one_lesson.write_lesson("1-first", "import sys\nprint('a line', file=sys.stderr)")
    for _ in range(2):
        result = one_lesson.plain_build()
        assert result.status != 0
        assert re.search(r"lessons/1-first\.md:\d+: ERROR: stderr was", result.text)


def test_output_with_stderr_in_the_cache_is_not_believed(executed, capsys):
    """A plain jupyter-book build leaves such output in the cache."""
    (lesson_file,) = execute.find_lessons(executed.root)
    lesson = execute._read(lesson_file, executed.root, 60)
    for index in lesson.code_cells:
        output = new_output("stream", name="stderr", text="a log line\n")
        lesson.notebook.cells[index].outputs = [output]
    cache = get_cache(execute.cache_folder(executed.root))
    cache.cache_notebook_bundle(
        CacheBundleIn(lesson.notebook, str(lesson_file)),
        check_validity=False,
        overwrite=True,
    )
    execute.execute_lessons(executed.root)
    assert "Executing 1 of 1 lessons" in capsys.readouterr().out


# What lessons read


def test_rendering_executes_nothing_again(executions_of_good_build):
    assert executions_of_good_build == ["1-first", "2-second"]


def test_nothing_is_executed_when_nothing_has_changed(executed, capsys):
    execute.execute_lessons(executed.root)
    assert "Executing 0 of 1 lessons" in capsys.readouterr().out
    assert executed.executions() == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lessons/flightdelay/helper.py", "first greeting", "second greeting"),
        ("lessons/flightdelay/exercises/__init__.py", '"""', '"""Anew. '),
        ("lessons/flightdelay/charter.toml", "prepare = 20", "prepare = 25"),
        ("lessons/data/numbers.csv", "1,2,3", "1,2,4"),
        ("requirements.txt", "pandas==", "pandas==1"),
    ],
    ids=["module", "subpackage", "charter", "data", "requirements"],
)
def test_lesson_is_executed_again_after_a_change(executed, capsys, name, old, new):
    executed.replace(name, old, new)
    execute.execute_lessons(executed.root)
    assert "Executing 1 of 1 lessons" in capsys.readouterr().out
    assert executed.executions() == ["1-first"]


@pytest.fixture(scope="module")
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


def test_page_shows_what_the_lesson_reads_now(good, changed):
    before = good.article("lessons/1-first").get_text()
    for line in ["the first greeting", "threshold: 0.2\n", "data: 1,2,3"]:
        assert line in before
    after = changed.article("lessons/1-first").get_text()
    for line in ["the second greeting", "threshold: 0.25\n", "data: 1,2,4"]:
        assert line in after


def test_kernels_find_what_keeps_them_quiet_and_quick(executed):
    wanted = dict(execute.KERNEL_ENVIRONMENT)
    assert wanted["OMP_NUM_THREADS"] == "1"
    executed.write_lesson(
        "1-first",
        f"import os\nassert {wanted}.items() <= dict(os.environ).items()",
    )
    execute.execute_lessons(executed.root)


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core runs one lesson at a time")
def test_lessons_run_side_by_side_and_the_terminal_shows_them(executed, monkeypatch):
    executed.write_lesson("left", MEETING.format(me="left", other="right"))
    executed.write_lesson("right", MEETING.format(me="right", other="left"), "1", "2")
    executed.write_contents("left", "right")
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    execute.execute_lessons(executed.root)
    assert "left: cell 1 of 1  right: cell 1 of 3" in terminal.getvalue()
    assert "[2/2] lessons/" in terminal.getvalue()


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


# A good question, and each way to spoil it: a text to replace, the line that is named,
# counted from the question's first, and what is said of it.
QUESTION = """\
:::{question} A good question
What is it?

- [ ] One

  Too few.
- [x] *Two*

  Just right.
- [ ] Three

  Too many.
:::
"""
SPOILED = {
    "no right option": ("[x]", "[ ]", 0, "no option is right"),
    "two right options": ("[ ] Three", "[x] Three", 9, "more than one option is right"),
    "no feedback": ("\n  Too many.\n", "", 9, 'the option "Three" has no feedback'),
    "twice the same": ("Three", "*two*", 9, 'the option "two" stands there twice'),
    "too few": (
        "- [ ] One\n\n  Too few.\n",
        "",
        0,
        "it has 2 options; 3 are the fewest",
    ),
    "no box": ("- [ ] One", "- One", 3, 'an option begins with "- [ ]" or "- [x]"'),
    "two lists": ("- [ ] One", "* [ ] One", 0, "its options stand in two lists"),
    "no question": ("What is it?\n", "", 0, "there is no question above the options"),
    "text at the end": (
        "\n:::\n",
        "\n\nMore.\n:::\n",
        0,
        "it does not end with a list of options",
    ),
}


def test_malformed_questions_are_red_with_file_and_line(book):
    page = "# The book\n"
    expected = []
    for name, (old, new, line, fault) in SPOILED.items():
        question = QUESTION.replace("A good question", name)
        assert old in question
        first = page.count("\n") + 2
        page += f"\n{question.replace(old, new)}"
        expected.append((first + line, f"question “{name}”: {fault}."))
    again = page.count("\n") + 2 + QUESTION.count("\n") + 1
    page += f"\n{QUESTION}\n{QUESTION}"
    expected.append(
        (again, "question “A good question”: the page has this title already.")
    )
    book.write("book/index.md", page)
    result = book.build()
    assert result.status == 1
    said = re.findall(
        r"^book/index\.md:(\d+): WARNING: (.*)$", result.text, re.MULTILINE
    )
    assert [(int(line), fault) for line, fault in said] == expected
    assert STILL_THERE in result.text


def test_question_has_a_key_and_an_order_that_stays(book):
    others = QUESTION.replace("A good question", "Another one").replace("One", "Won")
    book.write("book/index.md", f"# The book\n\n{QUESTION}\n{others}\n## Afterwards\n")
    orders = []
    for options in [(), ("--incremental",)]:
        assert book.build(*options).status == 0
        article = book.article("book/index")
        shown = [item.get_text(strip=True) for item in article.select(".options > li")]
        orders.append(shown)
        assert sorted(shown[:3]) == ["One", "Three", "Two"]
        reasons = article.select("#a-good-question-key > ol > li")
        key = {
            "One": "No. Too few.",
            "Two": "Right. Just right.",
            "Three": "No. Too many.",
        }
        assert [item.get_text(strip=True) for item in reasons] == [
            key[option].replace(". ", ".", 1) for option in shown[:3]
        ]
        assert article.select("section")[-1]["id"] == "key"
    assert orders[0] == orders[1]
    assert not article.select(".options .task-list-item-checkbox")


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


@pytest.fixture(scope="module")
def recovered(good, tmp_path_factory):
    """A copy with the remains of a build that was killed, and a build after that."""
    book = good.copy(tmp_path_factory.mktemp("recovered") / "book")
    book.site.rename(book.site.with_name("html-previous"))
    book.write("_build/html-next/half.html", "half a page")
    return book, book.build()


def test_build_recovers_from_one_that_was_killed_while_it_published(good, recovered):
    book, result = recovered
    assert result.status == 0, result.text
    assert names(book.site) == names(good.site)
    assert not list(book.site.parent.glob("html-*"))


@pytest.fixture(scope="module")
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
        "lessons/flightdelay/helper.py",
        "lessons/data/numbers.csv",
    ],
)
def test_what_shapes_pages_is_part_of_their_state(executed, monkeypatch, name):
    monkeypatch.setattr(build, "ROOT", executed.root)
    state = build._render_state()
    assert build._render_state() == state
    text = (executed.root / name).read_text("utf-8")
    executed.write(name, text + "\n")
    assert build._render_state() != state


# Where the buttons lead


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


# make and the server


def make(folder, *arguments, **environment):
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=Book(folder).environment(**environment),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def pretended_python(tmp_path):
    """A function that makes a Python which says that it has a certain version."""

    def pretend(version):
        numbers = tuple(map(int, version.split(".")))
        path = tmp_path / f"python{version}"
        path.write_text(
            f"#!{sys.executable}\n"
            "import sys\n"
            f"sys.version_info = {numbers}\n"
            "if sys.argv[1] == '--version':\n"
            f"    print('Python {version}')\n"
            "elif sys.argv[1] == '-c':\n"
            "    exec(sys.argv[2])\n"
            "else:\n"
            "    sys.exit('no module named venv')\n",
            encoding="utf-8",
        )
        path.chmod(0o755)
        return path

    return pretend


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.txt").touch()
    return folder


@pytest.mark.parametrize("version", ["3.9.18", "3.10.14", "3.14.0"])
def test_make_refuses_a_python_that_does_not_fit(clone, pretended_python, version):
    result = make(clone, f"PYTHON={pretended_python(version)}", "book")
    assert result.returncode != 0
    sentence = "This course needs Python 3.11 to 3.13; "
    assert sentence in result.stderr
    assert f"is Python {version}. Try: make PYTHON=" in result.stderr


@pytest.mark.parametrize("version", ["3.11.0", "3.13.9"])
def test_make_takes_a_python_that_fits_and_tells_what_it_lacks(
    clone, pretended_python, version
):
    result = make(clone, f"PYTHON={pretended_python(version)}", "book")
    assert "This course needs" not in result.stderr
    assert "Python has no venv module here." in result.stderr


def test_make_says_when_there_is_no_python(clone):
    result = make(clone, "PYTHON=nosuchpython", "book")
    assert result.returncode != 0
    assert "needs Python 3.11 to 3.13; nosuchpython is not here. Try" in result.stderr


def test_make_alone_lists_the_commands():
    result = make(ROOT)
    assert result.returncode == 0
    listed = [line.split()[1] for line in result.stdout.splitlines()]
    assert listed == sorted(listed, key=listed.index)
    assert {"book", "test", "serve", "bench", "lock", "clean"} <= set(listed)


def test_server_says_at_once_when_its_port_is_taken(clone):
    shutil.copytree(ROOT / "book", clone / "book")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = Book(clone).run(sys.executable, "book/serve.py", "--port", port)
    assert result.status == 1
    assert result.text.startswith(f"Port {port} cannot be used: ")
    assert not (clone / "_build").exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "option"),
    [
        (("HOST=0.0.0.0",), {}, "--host 0.0.0.0"),
        ((), {"HOST": "my-laptop"}, ""),
        ((), {}, ""),
    ],
    ids=["on request", "a shell's own variable", "else"],
)
def test_make_serves_the_network_only_on_request(arguments, environment, option):
    result = make(ROOT, "--dry-run", "serve", *arguments, **environment)
    assert result.stdout.rstrip().endswith(f"book/serve.py {option}".rstrip())


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("127.0.0.1", []),
        ("localhost", []),
        ("192.168.4.2", ["http://192.168.4.2:80"]),
        ("0.0.0.0", ["http://192.168.4.2:80", "http://10.1.2.3:80"]),
    ],
)
def test_server_knows_the_addresses_of_this_machine(monkeypatch, host, reachable):
    card = partial(SimpleNamespace, family=socket.AF_INET)
    cards = {
        "lo": [card(address="127.0.0.1"), card(address="::1", family=socket.AF_INET6)],
        "cable": [card(address="192.168.4.2")],
        "radio": [card(address="10.1.2.3")],
    }
    monkeypatch.setattr(serve.psutil, "net_if_addrs", lambda: cards)
    assert serve.addresses(host, 80) == reachable


def test_server_tells_a_class_the_address_that_answers(book):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "book/serve.py", "--host", "0.0.0.0", "--port", str(port)],
        cwd=book.root,
        env=book.environment(BROWSER="false"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        said = next(line for line in server.stdout if "in this network" in line)
        address = re.search(r"http://(?!127\.)[\d.]+:\d+", said)[0]

        def index():
            try:
                with urllib.request.urlopen(f"{address}/book/index.html") as answer:
                    return answer.read().decode("utf-8")
            except OSError:
                return ""

        wait_until(lambda: "a stable word" in index())
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_server_shows_what_was_saved_and_survives_a_broken_page(book):
    port = free_port()
    log = book.root / "server.log"

    def index():
        address = f"http://127.0.0.1:{port}/book/index.html"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode("utf-8")
        except OSError:
            return ""

    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "book/serve.py", "--port", str(port)],
            cwd=book.root,
            env=book.environment(BROWSER="true"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "a stable word" in index())
        # Nobody else in the network is served: only one address answers.
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=5).close()

        book.replace("book/index.md", "a stable word", "a saved word")
        wait_until(lambda: "a saved word" in index())

        book.replace("book/index.md", "a saved word", "a [lost](nowhere.md) word")
        wait_until(lambda: "The build failed." in log.read_text("utf-8"))
        assert "a saved word" in index()

        book.replace("book/index.md", "a [lost](nowhere.md) word", "a mended word")
        wait_until(lambda: "a mended word" in index())
    finally:
        server.terminate()
        server.wait(timeout=30)
