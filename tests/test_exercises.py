"""Every exercise accepts its solution, names its mistakes and survives any answer.

`hints.toml` holds, for each mistake, words of the hint that it must get. They are
written by hand, as a reader would recognize the mistake, and never taken from a judge.
"""

import itertools
import shutil
import tomllib

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import exercises
from exercises import check, find
from exercises.judges import Choice, Fields, Function, Interval, Letters, Number
from flightdelay.data import tables

HINTS = tomllib.loads((ROOT / "tests/hints.toml").read_text("utf-8"))
NUMBERS = sorted(
    file.stem.removeprefix("exercise_").replace("_", ".")
    for file in (ROOT / "lessons/exercises").glob("exercise_*.py")
)
any_exercise = pytest.mark.parametrize("number", NUMBERS)


def faults(exercise, phrases):
    """Say what is wrong with an exercise and the words that its hints must hold."""
    answers = {"the solution": exercise.solution()} | exercise.mistakes()
    verdicts = {name: exercise.verdict(answer) for name, answer in answers.items()}
    solution = verdicts.pop("the solution")
    if solution.status != "right":
        yield f"the solution is {solution.status}: {solution.message}"
    if any(verdict.message.count("$") > 1 for verdict in verdicts.values()):
        yield "dollar signs make a formula"
    if len({verdict.message for verdict in verdicts.values()}) < 2:
        yield "fewer than two mistakes get hints of their own"
    for name in phrases.keys() ^ verdicts.keys():
        yield f"{name}: a mistake without a phrase, or a phrase without a mistake"
    for name in phrases.keys() & verdicts.keys():
        phrase, hint = phrases[name], verdicts[name].message
        if verdicts[name].status != "wrong" or not phrase or phrase not in hint:
            yield f"{name}: {verdicts[name].status}, {hint!r} does not say {phrase!r}"
        for other in phrases.keys() & verdicts.keys():
            another = verdicts[other].message
            if phrases[other] != phrase and another != hint and phrase in another:
                yield f"{name}: {phrase!r} would fit {other} as well"


@any_exercise
def test_solution_is_accepted_and_mistakes_are_named(number):
    assert "\n".join(faults(find(number), HINTS.get(number, {}))) == ""


def test_hints_are_those_of_exercises():
    assert sorted(HINTS) == NUMBERS


def example(**changes):
    hint = {"double": "You doubled it.", "half": "You halved it.", "other": "No."}
    settings = {"known": {"double": 6, "half": 1.5}, "hint": hint, "value": 3}
    return Number(expects="a number", **{**settings, **changes})


PHRASES = {"double": "doubled", "half": "halved"}


@pytest.mark.parametrize(
    ("changes", "phrases", "fault"),
    [
        ({}, PHRASES | {"third": "a third"}, "a phrase without a mistake"),
        ({}, {"double": "doubled"}, "a mistake without a phrase"),
        ({}, {"double": "halved", "half": "doubled"}, "does not say 'halved'"),
        ({}, {"double": "You", "half": "halved"}, "would fit half as well"),
        ({}, PHRASES | {"half": ""}, "does not say ''"),
        ({"hint": "No."}, {"double": "No", "half": "No"}, "fewer than two"),
        ({"known": {"double": 3, "half": 1.5}}, PHRASES, "double: right"),
        ({"hint": "$1 or $2"}, {"double": "1", "half": "1"}, "make a formula"),
    ],
)
def test_fault_of_an_exercise_is_told(changes, phrases, fault):
    assert not list(faults(example(), PHRASES))
    assert any(fault in told for told in faults(example(**changes), phrases))


class _Hostile:
    def _raise(self, *_: object) -> None:
        raise RuntimeError("no")

    __eq__ = __len__ = __iter__ = __float__ = __getitem__ = __repr__ = __bool__ = _raise
    __hash__ = None


class _Secretive:
    def __getattribute__(self, _: str) -> None:
        raise RuntimeError("no")


JUNK = {
    "a string": "twenty",
    "an empty string": "",
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a bool": True,
    "a wrong shape": np.zeros((3, 4)),
    "an empty array": np.array([]),
    "an empty table": pd.DataFrame(),
    "an empty dictionary": {},
    "a list of nothing": [None, None],
    "a function": len,
    "a class": int,
    "an object that raises": _Hostile(),
    "an object that raises at every attribute": _Secretive(),
}


@any_exercise
@pytest.mark.parametrize("kind", JUNK)
def test_junk_gets_a_sentence(number, kind):
    verdict = check(number, JUNK[kind])
    assert verdict.status == "wrong", verdict.message
    assert verdict.message.endswith((".", "?"))


@any_exercise
@pytest.mark.parametrize("nothing", [None, ...])
def test_no_answer_is_not_a_wrong_answer(number, nothing):
    assert check(number, nothing).status == "unanswered"


@pytest.mark.parametrize("number", ["9.9", "", "1", "one", "1/1", None, 1.1])
def test_unknown_number_gets_a_sentence(number):
    verdict = check(number, 1)
    assert verdict.status == "unchecked"
    assert "There is no exercise" in verdict.message
    assert ('in quotes: "1.1"' in verdict.message) == (number == 1.1)


COUNTER = itertools.count(1)


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Write the file of an exercise; returns its number."""
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, str(tmp_path)])

    def write(text):
        number = f"99.{next(COUNTER)}"
        name = f"exercise_{number.replace('.', '_')}.py"
        (tmp_path / name).write_text(text)
        return number

    return write


AVERAGE = """
from exercises.judges import Number
from flightdelay.data import tables

EXERCISE = Number(
    expects="a number",
    value=lambda: tables.read("weather")["temp"].mean(),
    hint="No.",
)
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_package", "the package `no_such_package` is not there"),
        ("def", "line 1, is no Python"),
        ("raise KeyError('an order')", "KeyError: 'an order'"),
        ("", "must define EXERCISE"),
        ("EXERCISE = 3", "must define EXERCISE"),
        (AVERAGE, "weather.parquet is missing: expected the table weather"),
    ],
    ids=["package", "syntax", "error", "empty", "no exercise", "table"],
)
def test_what_is_broken_around_an_answer_is_not_the_readers_fault(
    text, said, plant, monkeypatch, tmp_path
):
    # The folder of data, without its tables.
    for file in tables.FOLDER.glob("*.toml"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    verdict = check(plant(text), 55.2)
    assert verdict.status == "unchecked"
    assert said in verdict.message
    assert str(tmp_path) not in verdict.message
    assert verdict._repr_markdown_().startswith("**Not checked.** Your answer may be")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (2.8, None),
        (2.83, None),
        (2.828427, None),
        (3, "No."),
        (2.7, "No."),
        (2.9, "No."),
        (-2.83, "sign is turned"),
        (283, "percentage"),
        (0.0283, "a hundredth"),
    ],
)
def test_rounded_numbers_are_right_and_slips_are_named(answer, said):
    root = Number(expects="a number", value=8**0.5, digits=1, hint="No.")
    verdict = root.verdict(answer)
    assert verdict.status == ("wrong" if said else "right")
    assert (said or "") in verdict.message


def test_a_right_interval_is_not_taken_for_a_mistake_nearby():
    known = {"wide": (0.19, 0.31)}
    interval = Interval(
        expects="two ends",
        value=(0.2, 0.3),
        tolerance=0.012,
        known=known,
        hint={"wide": "Too wide.", "other": "No."},
    )
    for ends, said in (((0.198, 0.301), ""), ((0.19, 0.31), "Too wide.")):
        assert interval.verdict(ends).message == said


def test_parts_may_be_open_and_keys_may_be_texts():
    word = Choice(value="yes", of=("yes", "no"), hint="No.")
    form = Fields(expects="a dictionary", fields={1: word, 2: word})
    for answer, status, said in (
        ({"1": " YES", 2: "yes"}, "right", ""),
        ({1: ..., 2: "yes"}, "unanswered", "Still open: 1."),
        ({1: "yes"}, "wrong", "The answer lacks 2."),
        ({1: "yes", 2: "yes", 3: "no"}, "wrong", "`3` is none of 1, 2."),
        ({1: "yes", 2: "no"}, "wrong", "1 of 2 is right. 2: No."),
        ({1: "yes", 2: "perhaps"}, "wrong", "2: Choose one of yes, no."),
    ):
        assert form.verdict(answer) == exercises.Verdict(status, said)


def test_a_function_of_the_reader_may_do_what_it_likes():
    root = Function(
        expects="a function",
        returns="a number",
        value=lambda x: x**0.5,
        cases=lambda: [(4,), (9,)],
        result=float,
        hint="No.",
    )
    for answer, said in (
        (lambda x: x**0.5, ""),
        (lambda x: 2, "Right in 1 of 2 cases. No."),
        (lambda x: 1 / 0, "stops with `ZeroDivisionError: division by zero`"),
        (lambda x: "two", "something of the type `str`"),
        (lambda x: None, "returns nothing: end it with"),
        (lambda x: 2 if x == 4 else None, "In some cases"),
    ):
        assert said in root.verdict(answer).message


def test_hints_for_letters_name_none():
    for number in NUMBERS:
        if isinstance(find(number), Letters):
            for hint in map(str.split, find(number).hint.values()):
                assert not {f"{letter}" for letter in "bcdefghij"} & {*hint}


# What was found by trying: answers that were taken for others.
@pytest.mark.parametrize(
    ("number", "answer"),
    [("1.1", 0.29), ("1.1", 0.31), ("1.1", 1 / 3), ("1.4", -11.4), ("4.4", -0.28)],
)
def test_answer_by_another_way_is_not_accepted(number, answer):
    assert check(number, answer).status == "wrong"
