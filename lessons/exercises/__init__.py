"""Check a reader's answer and name the likely mistake.

One file an exercise, ``exercise_1_1.py`` and so on, which defines ``EXERCISE``; most
are data for one of the few `judges`. An answer is judged in two stages. To *read* it
may fail, and then the reader is told what an answer looks like. To *judge* what was
read may not: if that fails, something around it is broken, and ``check`` says what.

Texts for wrong answers are keyword arguments named ``hint`` or stand inside
``wrong(...)``, so that a lesson whose hint was reworded need not run again.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal

LESSONS = Path(__file__).parents[1]


class UnknownExercise(Exception):
    """There is no exercise with a number."""


@dataclass(frozen=True)
class Verdict:
    """What ``check`` says of an answer; a notebook shows it as a paragraph."""

    status: Literal["right", "wrong", "unanswered", "unchecked"]
    message: str

    OPENINGS: ClassVar = {
        "right": "**Right.**",
        "wrong": "**Not yet.**",
        "unanswered": "**Not answered yet.**",
        "unchecked": "**Not checked.**",
    }

    def _repr_markdown_(self) -> str:
        return f"{self.OPENINGS[self.status]} {self.message}"


def right(reason: str) -> Verdict:
    """Accept an answer and say why it is right."""
    return Verdict("right", reason)


def wrong(hint: str) -> Verdict:
    """Reject an answer with a hint that names the likely mistake."""
    return Verdict("wrong", hint)


def unanswered(message: str) -> Verdict:
    """Say what of an answer is still open."""
    return Verdict("unanswered", message)


def is_open(value: object) -> bool:
    """Tell whether a reader has left a value as it was: ``...`` or ``None``."""
    # By identity: a reader's object may raise at any other question.
    return value is None or value is ...


class Exercise(ABC):
    """An exercise: how an answer is judged, and which mistakes the judge knows.

    Attributes:
        expects: What an answer looks like, as the end of "The answer is …".
    """

    expects: str

    def verdict(self, answer: object) -> Verdict:
        """Read an answer and judge it; no answer makes it raise."""
        if is_open(answer):
            return unanswered(f"The answer is {self.expects}.")
        try:
            value = self.read(answer)
        except Exception:
            # Whatever a reader types, the answer is a sentence and never a traceback.
            return wrong(unreadable(self.expects, answer))
        if isinstance(value, Verdict):
            return value
        try:
            return self.judge(value)
        except Exception as error:
            return _unchecked(error)

    @abstractmethod
    def read(self, answer: object) -> Any:  # noqa: ANN401
        """Turn an answer into a value for `judge`; needs no table and no package.

        Returns:
            The value; or a verdict, if there is nothing to judge any more.

        Raises:
            Exception: The answer is of another kind than expected.
        """

    @abstractmethod
    def judge(self, value: Any) -> Verdict:  # noqa: ANN401
        """Judge what was read. It raises only if something around it is broken."""

    @abstractmethod
    def solution(self) -> object:
        """Return an answer that is right."""

    @abstractmethod
    def mistakes(self) -> Mapping[str, object]:
        """Return wrong answers that the judge knows, by the name of the mistake."""


def find(number: str) -> Exercise:
    """Return the exercise with a number such as "1.2".

    Raises:
        UnknownExercise: There is no such exercise.
        TypeError: Its file defines none.
        Exception: Whatever else is wrong with its file.
    """
    is_number = isinstance(number, str) and re.fullmatch(r"\d+\.\d+", number)
    name = f"exercise_{number}".replace(".", "_")
    files = (Path(folder) / f"{name}.py" for folder in __path__)
    if not is_number or not any(file.is_file() for file in files):
        raise UnknownExercise(number)
    exercise = getattr(import_module(f"{__name__}.{name}"), "EXERCISE", None)
    if not isinstance(exercise, Exercise):
        raise TypeError(f"{name}.py must define EXERCISE")
    return exercise


def check(number: str, answer: object) -> Verdict:
    """Judge an answer to an exercise; no answer makes it raise.

    Args:
        number: The exercise's number, such as "1.2".
        answer: The reader's answer; ``...`` or ``None`` for none yet.

    Returns:
        A verdict: right with the reason, wrong with a hint, not answered yet; or not
        checked, with what is broken around the answer and what mends it.
    """
    try:
        exercise = find(number)
    except UnknownExercise:
        quotes = "" if isinstance(number, str) else f' Write it in quotes: "{number}".'
        return Verdict(
            "unchecked",
            f"There is no exercise {number!r}; the titles have the numbers.{quotes}",
        )
    except Exception as error:
        return _unchecked(error)
    return exercise.verdict(answer)


def unreadable(expects: str, answer: object) -> str:
    """Say what an answer looks like to a reader whose answer is something else."""
    given = f"`{answer}`" if type(answer) is float else "yours"
    return (
        f"The answer is {expects}; {given} is of the type `{type(answer).__name__}`, "
        "and it cannot be read as that."
    )


def _unchecked(error: Exception) -> Verdict:
    """Say what is broken around an answer, and what mends it."""
    match error:
        case ModuleNotFoundError(name=str(name)):
            fault = (
                f"the package `{name}` is not there. `python -m pip install -r "
                "requirements.txt` installs all that the lessons need."
            )
        case SyntaxError(filename=str(file), lineno=line):
            name = "lessons/" + "/".join(Path(file).parts[len(LESSONS.parts) :])
            fault = (
                f"{name}, line {line}, is no Python ({error.msg}). `git checkout -- "
                f"{name}` restores it."
            )
        case _:
            said = f"{type(error).__name__}: {error}".split("\n")[0]
            fault = f"`{said}` If that names no remedy, get the course's files anew."
    return Verdict(
        "unchecked", f"Your answer may be right; what is broken lies around it: {fault}"
    )
