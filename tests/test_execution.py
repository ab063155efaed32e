"""Every cell of every lesson ran, on the present state, without a word on stderr.

Each test plants a fault in a small book and runs the real build on it.
"""

import io
import re
import sys
from types import SimpleNamespace

import execute
import pytest
from fixture_book import COUNTED, STILL_THERE, files, make_book

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


@pytest.fixture(scope="module")
def executions_of_good_build(good):
    return good.executions()


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


def test_solution_that_is_judged_wrong_is_red(executed):
    cell = "from IPython.display import Markdown\n\nMarkdown('**Not yet.** A hint.')"
    executed.write_lesson("1-first", cell)
    sentence = r"code cell 1\) shows a wrong answer: \*\*Not yet"
    with pytest.raises(execute.LessonError, match=sentence):
        execute.execute_lessons(executed.root)


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
        ("lessons/flightdelay/charter.toml", "prepare = 20", "prepare = 25"),
        ("lessons/data/numbers.csv", "1,2,3", "1,2,4"),
        ("requirements.txt", "pandas==", "pandas==1"),
    ],
    ids=["module", "charter", "data", "requirements"],
)
def test_lesson_is_executed_again_after_a_change(executed, capsys, name, old, new):
    executed.replace(name, old, new)
    execute.execute_lessons(executed.root)
    assert "Executing 1 of 1 lessons" in capsys.readouterr().out
    assert executed.executions() == ["1-first"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "lessons/flightdelay/helper.py",
            '"""Other words."""\n\nGREETING = "{}"  # so',
        ),
        ("lessons/flightdelay/unread.py", "VALUE = 1"),
        ("lessons/1-first.ipynb", "{{}}"),
    ],
    ids=["words", "unread", "download"],
)
def test_lesson_is_not_executed_again_for_what_it_does_not_read(executed, name, text):
    executed.write(name, text.format("the first greeting") + "\n")
    execute.execute_lessons(executed.root)
    assert executed.executions() == []


def test_lesson_that_reads_what_its_closure_misses_is_red(executed):
    name = '"data/" + "numbers" + ".csv"'
    executed.write_lesson("1-first", f"print(open({name}).read())")
    sentence = "lessons/1-first.md reads data/numbers.csv, and its closure does not say"
    with pytest.raises(execute.LessonError, match=sentence):
        execute.execute_lessons(executed.root)


def test_lessons_that_ran_are_kept_when_another_fails(executed):
    executed.write_lesson("1-first", COUNTED.format(name="1-first"))
    executed.write_lesson("2-second", "1 / 0")
    executed.write_contents("1-first", "2-second")
    for ran in (["1-first"], []):
        with pytest.raises(execute.LessonError, match="ZeroDivisionError"):
            execute.execute_lessons(executed.root)
        assert executed.executions() == ran


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


@pytest.mark.parametrize(
    ("processors", "available", "limit", "kernels"),
    [(4, 100, "max", 4), (4, 3, "max", 2), (4, 100, str(3 * 2**30), 2), (4, 1, "", 1)],
)
def test_kernels_have_processors_and_memory(
    monkeypatch, tmp_path, processors, available, limit, kernels
):
    memory = SimpleNamespace(available=available * 2**30)
    monkeypatch.setattr(execute.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(execute.joblib, "cpu_count", lambda: processors)
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    limits = (tmp_path / "memory.max", tmp_path / "not there")
    monkeypatch.setattr(execute, "MEMORY_LIMITS", limits)
    assert execute.kernels_at_once() == kernels


@pytest.mark.skipif(execute.kernels_at_once() == 1, reason="one at a time here")
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
