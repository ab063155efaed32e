"""What takes long is made once, never half, and never from an old state of the book."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from unittest import mock

import numpy as np
import pandas as pd
import psutil
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


# Tables


def moments(zone):
    return pd.date_range("2013-03-10", periods=4, freq="h", tz=zone)


def table():
    return pd.DataFrame(
        {
            "count": [1, 2, 3, 4],
            "share": [0.5, np.nan, -0.0, np.inf],
            "local": moments("America/New_York").as_unit("ms"),
            "known": moments("UTC").where([True, False, True, True]),
            "open": [True, False, False, True],
            "name": pd.Series(["a", None, "", "ß"], dtype="str"),
        }
    )


@pytest.mark.parametrize("rows", [slice(0, 4), slice(1, 3), slice(0, 0)])
def test_a_table_is_loaded_as_it_was_made(root, rows):
    made = table()[rows]
    kept = store.keep_table("rows", _makes(made), root)
    pd.testing.assert_frame_equal(kept, made, check_exact=True, check_freq=False)
    assert kept.dtypes.tolist() == made.dtypes.tolist()
    assert np.signbit(kept["share"]).equals(np.signbit(made["share"]))


def set_column(rows):
    rows["count"] = 1


def add_to_column(rows):
    rows["count"] += 1


def set_number(rows):
    rows.loc[0, "share"] = 1


def set_truth(rows):
    rows.loc[rows["count"] > 2, "open"] = False


def set_moment(rows):
    rows.at[2, "local"] = rows.at[0, "local"]


def set_texts(rows):
    rows.loc[rows["count"] > 2, "name"] = "z"


def fill(rows):
    rows["share"] = rows["share"].fillna(0)


CHANGES = [
    set_column,
    add_to_column,
    set_number,
    set_truth,
    set_moment,
    set_texts,
    fill,
]


@pytest.mark.parametrize("change", CHANGES)
def test_who_changes_a_table_changes_it_for_itself_alone(root, change):
    kept, expected = store.keep_table("rows", _makes(table()), root), table()
    change(kept)
    change(expected)
    pd.testing.assert_frame_equal(kept, expected)
    again = store.keep_table("rows", _makes(None), root)
    pd.testing.assert_frame_equal(again, table())


@pytest.mark.parametrize(
    ("keep", "write", "made"),
    [
        (store.keep, "joblib.dump", 1),
        (store.keep_table, "course.store._write", table()),
    ],
)
def test_a_writing_that_is_stopped_keeps_nothing(root, keep, write, made):
    def stop(_, file):
        file.write_bytes(b"a half")
        raise KeyboardInterrupt

    with mock.patch(write, stop), pytest.raises(KeyboardInterrupt):
        keep("thing", _makes(made), root)
    keep("thing", _makes(made), root)
    (kept,) = root.glob("_build/kept/thing*.[!l]*")
    assert b"a half" not in kept.read_bytes()


LOAD_AND_WAIT = """
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, sys.argv[1])
from course import store


def make():
    numbers = np.arange(1_000_000)
    shares = np.where(numbers % 7, numbers / 7, np.nan)
    names = pd.Series(numbers).astype("str")
    return pd.DataFrame({"number": numbers, "share": shares, "name": names})


kept = store.keep_table("rows", make, Path(sys.argv[2]))
print(kept["number"].sum(), kept["share"].sum(), kept["name"].str.len().sum())
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells who shares memory")
def test_processes_share_the_memory_of_a_table(root):
    command = [sys.executable, "-c", LOAD_AND_WAIT, str(ROOT / "lessons"), str(root)]
    with ExitStack() as stack:
        pair = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            for _ in range(2)
        ]
        first, second = (process.stdout.readline() for process in pair)
        assert first == second
        (file,) = root.glob("_build/kept/rows-*.arrow")
        for process in pair:
            maps = psutil.Process(process.pid).memory_maps(grouped=True)
            (mapped,) = [part for part in maps if part.path == str(file)]
            assert mapped.private_dirty == 0
            assert mapped.pss < 0.6 * mapped.rss
            # All of it lies there: nothing was copied.
            assert mapped.rss > 0.95 * file.stat().st_size
