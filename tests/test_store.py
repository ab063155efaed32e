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


FILES = {
    "requirements.txt": "pandas==3\n",
    "lessons/case/__init__.py": "",
    "lessons/case/model.py": "from case import helper\n\nFILE = 'choice.toml'\n",
    "lessons/case/helper.py": "VALUE = 1  # a comment\n",
    "lessons/case/choice.toml": "kind = 'line'\n",
    "lessons/case/unread.py": "VALUE = 1\n",
}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "lessons/case").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def _makes(value):
    def make():
        return value

    make.__module__ = "case.model"
    return make


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


@pytest.mark.parametrize("name", [name for name in FILES if "unread" not in name])
def test_a_change_of_what_its_making_reads_makes_it_anew_and_drops_the_old(root, name):
    assert store.keep("model", _makes("old"), root) == "old"
    store.keep("model-of-another-name", _makes("other"), root)
    (root / name).write_text("VALUE = 2\n")
    assert store.keep("model", _makes("new"), root) == "new"
    kept = [path.stem.rpartition("-")[0] for path in root.glob("_build/kept/*.joblib")]
    assert sorted(kept) == ["model", "model-of-another-name"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lessons/case/unread.py", "VALUE = 2\n"),
        ("lessons/case/helper.py", "VALUE = 1  # other words\n"),
        ("lessons/1-lesson.ipynb", "{}"),
    ],
)
def test_a_change_of_anything_else_does_not(root, name, text):
    store.keep("model", _makes("old"), root)
    (root / name).write_text(text)
    assert store.keep("model", _makes("new"), root) == "old"
