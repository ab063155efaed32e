"""What takes long is made once, never half, and never from an old state of the book."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT
from threadpoolctl import threadpool_info

from course import store

MAKE_AND_COUNT = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from course import store

root = Path(sys.argv[2])


def make():
    with open(root / "made", "a") as made:
        print("made", file=made)
    return list(range(1000))


print(sum(store.keep("numbers", make, root)))
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "requirements.txt").write_text("pandas==3\n")
    package = tmp_path / "lessons" / "flightdelay"
    package.mkdir(parents=True)
    (package / "code.py").write_text("VALUE = 1\n")
    (tmp_path / "lessons" / "1-lesson.md").write_text("text\n")
    return tmp_path


def _fail():
    raise RuntimeError("stopped")


def test_things_are_made_on_one_thread_as_on_any_machine(root):
    pools = store.keep("model", threadpool_info, root)
    assert pools
    assert {pool["num_threads"] for pool in pools} == {1}


def test_what_was_made_is_loaded(root):
    assert store.keep("model", lambda: {"weight": 1}, root) == {"weight": 1}
    assert store.keep("model", _fail, root) == {"weight": 1}
    assert store.keep("other", lambda: 2, root) == 2


def test_a_making_that_fails_keeps_nothing(root):
    with pytest.raises(RuntimeError):
        store.keep("model", _fail, root)
    assert store.keep("model", lambda: 1, root) == 1


def test_several_processes_make_it_once(root):
    command = [sys.executable, "-c", MAKE_AND_COUNT, str(ROOT / "lessons"), str(root)]

    def run(_: int) -> str:
        return subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.strip()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, range(4))) == {str(sum(range(1000)))}
    assert (root / "made").read_text() == "made\n"


@pytest.mark.parametrize(
    "name", ["requirements.txt", "lessons/flightdelay/code.py", "lessons/openings.csv"]
)
def test_a_change_of_what_lessons_read_makes_it_anew(root, name):
    store.keep("model", lambda: "old", root)
    (root / name).write_text("changed\n")
    assert store.keep("model", lambda: "new", root) == "new"


@pytest.mark.parametrize("name", ["1-lesson.md", "1-lesson.ipynb"])
def test_a_lesson_s_text_or_a_downloaded_lesson_does_not(root, name):
    store.keep("model", lambda: "old", root)
    (root / "lessons" / name).write_text("another text\n")
    assert store.keep("model", _fail, root) == "old"
