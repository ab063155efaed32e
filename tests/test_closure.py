"""What code reads is found without running it, and nothing else makes it run again."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

from course import closure

FILES = {
    "course/__init__.py": "",
    "case/__init__.py": '"""The case."""\n',
    "case/charter.py": "FILE = 'charter.toml'\n",
    "case/charter.toml": "prepare = 20\n",
    "case/near.py": "from case import far\n\nVALUE = far.VALUE  # a comment\n",
    "case/far.py": '"""Far."""\n\nVALUE = 1\n',
    "case/served/__init__.py": "",
    "case/served/__main__.py": "import case.charter\n",
    "case/unread.py": "VALUE = 1\n",
    "exercises/__init__.py": "",
    "exercises/exercise_1_1.py": (
        "def judge(value):\n    return wrong('a hint') or Number(1, hint='another')\n"
    ),
    "data/weather.parquet": "rain",
    "data/numbers.csv": "1,2,3",
}


@pytest.fixture
def lessons(tmp_path):
    (tmp_path / "requirements.txt").write_text("pandas==3\n")
    folder = tmp_path / "lessons"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def read(code, folder):
    return {
        path.relative_to(folder).as_posix() for path in closure.files_read(code, folder)
    }


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("import pandas", set()),
        ("from case import charter", {"charter.py", "charter.toml"}),
        ("import case.near", {"near.py", "far.py"}),
        ("def later():\n    from case.near import VALUE", {"near.py", "far.py"}),
        (
            "run('-m', 'case.served')",
            {"served/__init__.py", "served/__main__.py", "charter.py", "charter.toml"},
        ),
        ("%timeit 1\nfrom case import far", {"far.py"}),
    ],
    ids=["library", "data", "two away", "late", "started", "magic"],
)
def test_modules_and_what_they_read(lessons, code, files):
    expected = {f"case/{name}" for name in files} | (
        {"case/__init__.py"} if files else set()
    )
    assert read(code, lessons) == expected


def test_tables_files_and_exercises_are_found_by_their_names(lessons):
    assert read("load('weather')", lessons) == {"data/weather.parquet"}
    assert read("open('data/numbers.csv')", lessons) == {"data/numbers.csv"}
    assert "exercises/exercise_1_1.py" in read("check('1.1', 2)", lessons)


CODE = "from case import charter, near\ncheck('1.1', 2)\nload('weather')"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("case/far.py", "VALUE = 1", "VALUE = 2"),
        ("case/charter.toml", "20", "25"),
        ("data/weather.parquet", "rain", "snow"),
        ("exercises/exercise_1_1.py", "Number(1", "Number(2"),
        ("../requirements.txt", "pandas==3", "pandas==4"),
    ],
)
def test_change_of_what_is_read_changes_the_digest(lessons, name, old, new):
    assert _digest_moves(lessons, name, old, new)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("exercises/exercise_1_1.py", "a hint", "another word"),
        ("exercises/exercise_1_1.py", "'another'", "'still another'"),
        ("case/far.py", '"""Far."""', '"""Far away."""'),
        ("case/near.py", "# a comment", "# another one\n\n"),
        ("case/unread.py", "1", "2"),
        ("data/numbers.csv", "1", "2"),
    ],
)
def test_words_and_what_is_not_read_do_not(lessons, name, old, new):
    assert not _digest_moves(lessons, name, old, new)


def _digest_moves(lessons, name, old, new):
    before = closure.digest(CODE, lessons)
    text = (lessons / name).read_text()
    assert old in text
    (lessons / name).write_text(text.replace(old, new))
    return closure.digest(CODE, lessons) != before


def test_code_that_is_no_python_is_told_with_its_line(lessons):
    with pytest.raises(closure.UnreadableCode, match=r"^line 2: "):
        closure.digest("1\n2 +", lessons)
    (lessons / "case/far.py").write_text("def")
    with pytest.raises(closure.UnreadableCode, match=r"^lessons/case/far.py, line 1: "):
        closure.digest("import case.near", lessons)


def test_a_process_tells_what_it_opened(lessons):
    code = (
        "from course import closure; closure.watch(); import case.near; "
        "open('data/numbers.csv').close(); from pathlib import Path; "
        f"print(*closure.files_opened(Path({str(lessons)!r})))"
    )
    (lessons / "course/closure.py").write_text(
        (ROOT / "lessons/course/closure.py").read_text("utf-8")
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=lessons,
        env={**os.environ, "PYTHONPATH": str(lessons)},
        capture_output=True,
        text=True,
        check=True,
    )
    opened = {"case/__init__.py", "case/far.py", "case/near.py", "data/numbers.csv"}
    assert set(done.stdout.split()) == opened | {
        "course/__init__.py",
        "course/closure.py",
    }


def test_what_the_service_imports_is_in_the_closure_of_what_starts_it():
    """It runs in a process of its own, which no kernel watches."""
    code = (
        "from course import closure; import flightdelay.service.__main__; "
        "print(*closure.files_opened())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "lessons",
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(done.stdout.split()) - {"course/closure.py"}
    assert imported <= read("run('-m', 'flightdelay.service')", ROOT / "lessons")
