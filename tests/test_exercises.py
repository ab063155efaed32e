"""Every exercise accepts its solution, names its mistakes and survives any answer."""

import pkgutil
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import flightdelay.exercises
from flightdelay.exercises import check


def _declared():
    for module in pkgutil.iter_modules(flightdelay.exercises.__path__):
        declared = import_module(f"flightdelay.exercises.{module.name}").EXERCISES
        yield from declared.items()


EXERCISES = dict(_declared())
MISTAKES = [
    (number, name)
    for number, exercise in EXERCISES.items()
    for name in exercise.mistakes
]


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


@pytest.mark.parametrize("number", EXERCISES)
def test_solution_is_accepted(number):
    verdict = check(number, EXERCISES[number].solution())
    assert verdict.status == "right", verdict.message


@pytest.mark.parametrize(("number", "name"), MISTAKES)
def test_mistake_is_named(number, name):
    mistake = EXERCISES[number].mistakes[name]
    verdict = check(number, mistake.answer())
    assert verdict.status == "wrong"
    assert mistake.hint_says in verdict.message


@pytest.mark.parametrize("number", EXERCISES)
def test_at_least_two_mistakes_get_hints_of_their_own(number):
    mistakes = EXERCISES[number].mistakes.values()
    assert len({check(number, one.answer()).message for one in mistakes}) >= 2


@pytest.mark.parametrize("number", EXERCISES)
def test_no_message_turns_dollar_signs_into_a_formula(number):
    exercise = EXERCISES[number]
    answers = [
        exercise.solution(),
        *(one.answer() for one in exercise.mistakes.values()),
    ]
    for answer in answers:
        assert check(number, answer).message.count("$") < 2


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("kind", JUNK)
def test_junk_gets_a_sentence(number, kind):
    verdict = check(number, JUNK[kind])
    assert verdict.status == "wrong"
    assert verdict.message.endswith((".", "?"))
    assert "Traceback" not in verdict.message


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("nothing", [None, ...])
def test_no_answer_is_not_a_wrong_answer(number, nothing):
    assert check(number, nothing).status == "unanswered"


@pytest.mark.parametrize("number", ["9.9", "", "1", "one", None, 1.1])
def test_unknown_number_gets_a_sentence(number):
    verdict = check(number, 1)
    assert verdict.status == "wrong"
    assert "no exercise" in verdict.message


def test_number_without_quotes_is_told_to_get_them():
    assert 'check("1.1", …)' in check(1.1, 0.5).message


@pytest.mark.parametrize("threshold", [0.29, 0.3, 0.31])
def test_rounded_hotel_threshold_is_accepted(threshold):
    assert check("1.1", threshold).status == "right"


@pytest.mark.parametrize("threshold", [0.25, 0.28, 0.2936, 1 / 3, 0.353, 0.4])
def test_cheap_threshold_by_another_way_is_not_accepted(threshold):
    assert check("1.1", threshold).status == "wrong"
