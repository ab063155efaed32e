"""Check a reader's answer and name the likely mistake.

Each lesson declares its exercises in a module of its own, ``lesson_1.py`` and so on: a
dictionary ``EXERCISES`` from the exercise's number to an ``Exercise``. The tests run
every declared mistake through its judge and compare the hints.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from typing import Literal


@dataclass(frozen=True)
class Verdict:
    """What ``check`` says of an answer; a notebook shows it as a paragraph."""

    status: Literal["right", "wrong", "unanswered"]
    message: str

    def _repr_markdown_(self) -> str:
        openings = {
            "right": "**Right.**",
            "wrong": "**Not yet.**",
            "unanswered": "**Not answered yet.**",
        }
        return f"{openings[self.status]} {self.message}"


def right(reason: str) -> Verdict:
    """Accept an answer and say why it is right."""
    return Verdict("right", reason)


def wrong(hint: str) -> Verdict:
    """Reject an answer with a hint that names the likely mistake."""
    return Verdict("wrong", hint)


def is_open(value: object) -> bool:
    """Tell whether a reader has left a value as it was: ``...`` or ``None``."""
    # By identity: a reader's object may raise at any other question.
    return value is None or value is ...


def still_open(count: int, of: int) -> Verdict:
    """Say that some values of an answer are open."""
    return Verdict("unanswered", f"Still open: {count} of {of}.")


def read_interval(answer: Iterable[object]) -> tuple[float, float]:
    """Read the two ends of an interval from an answer.

    Args:
        answer: Two numbers; or three, as in an `Interval`, which begins with its
            estimate.

    Returns:
        Both ends, in the order in which they were given.

    Raises:
        TypeError: The answer is a text or has no order.
        ValueError: It is not two finite numbers.
    """
    if isinstance(answer, (str, bytes, dict, set)):
        raise TypeError
    ends = [float(end) for end in answer]
    low, high = ends[1:] if len(ends) == 3 else ends
    if not isfinite(low) or not isfinite(high):
        raise ValueError
    return low, high


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that readers give, and a phrase of the hint that it must get."""

    answer: Callable[[], object]
    hint_says: str


@dataclass(frozen=True)
class Exercise:
    """An exercise: how an answer is judged, and which mistakes the judge knows.

    Attributes:
        expects: What an answer looks like, as the end of "The answer is …".
        judge: Turns an answer into a verdict. It may raise on an answer of the wrong
            kind; ``check`` then says what the exercise expects.
        solution: Gives an answer that the judge accepts.
        mistakes: Wrong answers by the name of the mistake.
    """

    expects: str
    judge: Callable[[object], Verdict]
    solution: Callable[[], object]
    mistakes: Mapping[str, Mistake]


def find(number: str) -> Exercise:
    """Return the exercise with a number such as "1.2".

    Raises:
        KeyError: If there is no such exercise.
    """
    lesson = str(number).partition(".")[0]
    try:
        module = import_module(f"{__name__}.lesson_{lesson}")
        return module.EXERCISES[number]
    except (ModuleNotFoundError, KeyError):
        raise KeyError(f"There is no exercise {number}.") from None


def check(number: str, answer: object) -> Verdict:
    """Judge an answer to an exercise; no answer makes it raise.

    Args:
        number: The exercise's number, such as "1.2".
        answer: The reader's answer; ``...`` or ``None`` for none yet.

    Returns:
        A verdict: right with the reason, wrong with a hint, or not answered yet.
    """
    try:
        exercise = find(number)
    except KeyError:
        if isinstance(number, int | float):
            return wrong(
                f"There is no exercise {number} without quotes. Write the number in "
                f'quotes: `check("{number}", …)`.'
            )
        return wrong(f"There is no exercise {number!r}; the titles have the numbers.")
    if is_open(answer):
        return Verdict("unanswered", f"The answer is {exercise.expects}.")
    try:
        return exercise.judge(answer)
    except Exception:
        # Whatever a reader types, the answer is a sentence and never a traceback.
        return wrong(
            f"The answer is {exercise.expects}; yours is of the type "
            f"`{type(answer).__name__}`, and it cannot be read as that."
        )
