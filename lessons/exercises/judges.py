"""The judges that exercises share, as data: what is right, and the mistakes they know.

What depends on the tables may be a function without arguments. It is called when an
answer is judged, so importing an exercise reads no table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from operator import eq
from typing import Any, TypeVar

from exercises import (
    Exercise,
    Verdict,
    is_open,
    right,
    unanswered,
    unreadable,
    wrong,
)

Value = TypeVar("Value")
Later = Value | Callable[[], Value]


def now(value: Later[Value]) -> Value:
    """Return a value, or what a function in its place returns."""
    return value() if callable(value) else value


@dataclass(frozen=True)
class Known:
    """A mistake that a judge knows.

    Attributes:
        answer: What a reader answers who makes it.
        hint: What names it, and does not give the answer away.
        tolerance: How far such an answer may lie from `answer`; the judge's, if None.
    """

    answer: Any
    hint: str
    tolerance: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Data(Exercise):
    """What all judges of data have.

    Attributes:
        expects: What an answer looks like, as the end of "The answer is …".
        reason: Why the right answer is right.
        hint: What a reader is told whose mistake is not known.
        known: Mistakes by name.
        others: Further wrong answers by the name of the mistake, which must get a hint
            of the judge's own.
    """

    expects: str
    reason: Later[str] = ""
    hint: Any = ""
    known: Later[Mapping[str, Known]] = field(default_factory=dict)
    others: Later[Mapping[str, object]] = field(default_factory=dict)

    def solution(self) -> object:
        """Return the right value, which each judge has."""
        return now(self.value)

    def mistakes(self) -> Mapping[str, object]:
        """Return wrong answers by the name of the mistake."""
        known = {name: one.answer for name, one in now(self.known).items()}
        return known | now(self.others)

    def accept(self) -> Verdict:
        """Say that an answer is right, and why."""
        return right(now(self.reason))


def read_number(answer: object) -> float:
    """Read a finite number from an answer.

    Raises:
        TypeError: The answer is none.
        ValueError: It is infinite, or not a number.
    """
    if isinstance(answer, bool | str | bytes):
        raise TypeError
    number = float(answer)
    if not isfinite(number):
        raise ValueError
    return number


@dataclass(frozen=True, kw_only=True)
class Number(_Data):
    """A number.

    Attributes:
        value: The right one.
        digits: With so many digits after the point, or more, a rounded answer counts.
        tolerance: How far a simulated answer may lie off; `digits` counts for nothing.
        between: The least and the largest possible number.
    """

    value: Later[float]
    digits: int = 2
    tolerance: float | None = None
    between: tuple[float, float] | None = None

    def read(self, answer: object) -> float:
        """Return the number."""
        return read_number(answer)

    def judge(self, value: float) -> Verdict:
        """Name the nearest mistake, then a slip of unit or sign."""
        expected, known = now(self.value), now(self.known)
        near = [
            (abs(value - one.answer), one.hint)
            for one in known.values()
            if self._agree(value, one.answer, one.tolerance)
        ]
        off, hint = min(near, default=(float("inf"), ""))
        if self._agree(value, expected, None) and abs(value - expected) <= off:
            return self.accept()
        if near:
            return wrong(hint)
        if self._agree(value / 100, expected, None):
            return wrong("That looks like a percentage: divide it by 100.")
        if self._agree(value * 100, expected, None):
            return wrong("That is a hundredth of it. Is a percentage asked?")
        if self._agree(-value, expected, None):
            return wrong("The sign is turned round: what is subtracted from what?")
        if self.between and not self.between[0] <= value <= self.between[1]:
            return wrong(
                f"The answer lies between {self.between[0]:g} and "
                f"{self.between[1]:g}; yours is {value:g}."
            )
        return wrong(self.hint)

    def _agree(self, value: float, other: float, tolerance: float | None) -> bool:
        tolerance = self.tolerance if tolerance is None else tolerance
        if tolerance is not None:
            return abs(value - other) <= tolerance + 1e-9
        # A thousandth may have been rounded away in between.
        return abs(value - other) <= 0.001 * abs(other) or any(
            abs(value - round(other, digits)) < 1e-9 for digits in range(self.digits, 9)
        )


@dataclass(frozen=True, kw_only=True)
class Interval(_Data):
    """The two ends of an interval that was found by drawing.

    Attributes:
        value: The right one.
        tolerance: How far either end may lie off. A mistake may lie closer than that,
            so it is named only if it fits twice as well: to reject a right answer is
            worse than to miss a mistake.
    """

    value: Later[tuple[float, float]]
    tolerance: float

    def read(self, answer: Iterable[object]) -> tuple[float, float]:
        """Return both ends; an answer of three numbers begins with its estimate."""
        if isinstance(answer, str | bytes | Mapping | set):
            raise TypeError
        ends = [read_number(end) for end in answer]
        low, high = ends[1:] if len(ends) == 3 else ends
        return low, high

    def judge(self, value: tuple[float, float]) -> Verdict:
        """Name the nearest mistake, then a slip of unit or order."""
        expected, known = now(self.value), now(self.known)
        nearest = min(known.values(), key=lambda one: _off(value, one.answer))
        off, off_nearest = _off(value, expected), _off(value, nearest.answer)
        if off <= min(self.tolerance, 2 * off_nearest):
            return self.accept()
        if _off(value[::-1], expected) <= self.tolerance:
            return wrong("The ends are swapped: first the lower one, then the higher.")
        # Wide intervals move more from one set of draws to another.
        width = abs(nearest.answer[1] - nearest.answer[0])
        if off_nearest <= (nearest.tolerance or max(self.tolerance, 0.08 * width)):
            return wrong(nearest.hint)
        if _off([end / 100 for end in value], expected) <= self.tolerance:
            return wrong("These are percentages: divide both ends by 100.")
        if value[1] - value[0] < 1e-6:
            return wrong("The second end must be higher than the first.")
        return wrong(self.hint)


def _off(value: Sequence[float], other: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(value, other, strict=True))


@dataclass(frozen=True, kw_only=True)
class Letters(_Data):
    """A set of letters.

    Attributes:
        value: The right ones.
        of: All letters.
        hint: For each letter, in the order of asking: what kind of thing is overlooked
            by who chooses or leaves it. It does not name the letter.
    """

    value: str
    of: str

    def read(self, answer: Iterable[object]) -> set[str] | Verdict:
        """Return the letters."""
        letters = {str(letter).strip().lower() for letter in answer}
        if strange := sorted(letters - set(self.of)):
            return wrong(
                f"Answer with single letters from {self.of[0]} to {self.of[-1]}, such "
                f'as `["a", "b"]`; yours has `{strange[0][:20]}`.'
            )
        return letters or wrong("Nothing is chosen. Answer with letters.")

    def judge(self, value: set[str]) -> Verdict:
        """Say how many are sorted wrongly, and what kind the first of them is."""
        for one in now(self.known).values():
            if value == set(one.answer):
                return wrong(one.hint)
        faults = value ^ set(self.value)
        if not faults:
            return self.accept()
        first = next(letter for letter in self.hint if letter in faults)
        return wrong(
            f"{len(self.of) - len(faults)} of {len(self.of)} are sorted right. "
            f"{self.hint[first]}"
        )

    def mistakes(self) -> Mapping[str, object]:
        """Return the solution with one letter more, or less, and the known mistakes."""
        one_off = {
            f"{'forgets' if letter in self.value else 'takes'} {letter}": sorted(
                set(self.value) ^ {letter}
            )
            for letter in self.of
        }
        return one_off | super().mistakes()


@dataclass(frozen=True, kw_only=True)
class Order(_Data):
    """Letters in an order; `value` is the right one."""

    value: Sequence[str]

    def read(self, answer: Iterable[object]) -> list[str] | Verdict:
        """Return the letters in their order."""
        letters = [str(letter).strip().lower() for letter in answer]
        if sorted(letters) != sorted(self.value):
            return wrong(
                f"Each of {', '.join(sorted(self.value))} must stand in the list once. "
                "From a Series take `.index`: there are its letters."
            )
        return letters

    def judge(self, value: list[str]) -> Verdict:
        """Name a known order."""
        if value == list(self.value):
            return self.accept()
        for one in now(self.known).values():
            if value == list(one.answer):
                return wrong(one.hint)
        return wrong(self.hint)


@dataclass(frozen=True, kw_only=True)
class Choice(_Data):
    """One of several words or numbers, whatever its case and spaces.

    Attributes:
        value: The right one.
        of: All of them.
        hint: One text, or one for each wrong choice.
    """

    expects: str = "one of the choices"
    value: str | int
    of: Sequence[str | int]

    def read(self, answer: object) -> str | int | Verdict:
        """Return the choice as `of` spells it."""
        spelled = {_plain(choice): choice for choice in self.of}
        if _plain(answer) not in spelled:
            return wrong(f"Choose one of {', '.join(map(str, self.of))}.")
        return spelled[_plain(answer)]

    def judge(self, value: str | int) -> Verdict:
        """Compare."""
        if value == self.value:
            return self.accept()
        return wrong(self.hint if isinstance(self.hint, str) else self.hint[value])

    def mistakes(self) -> Mapping[str, object]:
        """Return all other choices, or the first of them if they share one hint."""
        others = {str(choice): choice for choice in self.of if choice != self.value}
        return (
            dict([next(iter(others.items()))]) if isinstance(self.hint, str) else others
        )


def _plain(word: object) -> str:
    return " ".join(str(word).lower().split())


@dataclass(frozen=True, kw_only=True)
class Fields(_Data):
    """An answer of several parts: a dictionary, or a pair.

    Attributes:
        fields: The judge of each part by its key; the keys of a pair are 0 and 1.
        names_the_fault: Whether the verdict says which part is wrong. If not, it is
            harder to find the answer by trying.
    """

    fields: Mapping[str | int, _Data]
    names_the_fault: bool = True

    def read(self, answer: object) -> dict[str | int, Any] | Verdict:
        """Return what each part's judge has read."""
        if self._is_pair():
            if isinstance(answer, str):
                raise TypeError
            answer = dict(zip((0, 1), answer, strict=True))
        elif not isinstance(answer, Mapping):
            raise TypeError
        given = {str(key): part for key, part in answer.items()}
        names = ", ".join(f"`{key}`" for key in self.fields)
        for key in given:
            if key not in map(str, self.fields):
                return wrong(f"`{key[:20]}` is none of {names}.")
        if missing := [f"`{key}`" for key in self.fields if str(key) not in given]:
            return wrong(f"The answer lacks {', '.join(missing)}.")
        parts = {
            key: _read(judge, given[str(key)]) for key, judge in self.fields.items()
        }
        verdicts = {k: part for k, part in parts.items() if isinstance(part, Verdict)}
        for key, verdict in verdicts.items():
            if verdict.status == "wrong":
                return wrong(f"{key}: {verdict.message}")
        if verdicts:
            return unanswered(f"Still open: {', '.join(map(str, verdicts))}.")
        return parts

    def judge(self, value: Mapping[str | int, Any]) -> Verdict:
        """Name a known answer; else count, and say what the first wrong part lacks."""
        for one in now(self.known).values():
            if value == self.read(one.answer):
                return wrong(one.hint)
        verdicts = {key: judge.judge(value[key]) for key, judge in self.fields.items()}
        faults = {
            k: one.message for k, one in verdicts.items() if one.status == "wrong"
        }
        if not faults:
            return self.accept()
        key, hint = next(iter(faults.items()))
        if self._is_pair():
            return wrong(hint)
        hits = len(verdicts) - len(faults)
        start = f"{hits} of {len(verdicts)} {'is' if hits == 1 else 'are'} right. "
        return wrong(start + (f"{key}: " if self.names_the_fault else "") + hint)

    def solution(self) -> Mapping[str | int, object] | tuple[object, object]:
        """Return all parts."""
        parts = {key: judge.solution() for key, judge in self.fields.items()}
        return tuple(parts.values()) if self._is_pair() else parts

    def mistakes(self) -> Mapping[str, object]:
        """Return the solution with one part wrong, and the known mistakes."""
        parts = {key: judge.solution() for key, judge in self.fields.items()}
        one_off = {
            f"{key}: {name}": parts | {key: answer}
            for key, judge in self.fields.items()
            for name, answer in judge.mistakes().items()
        }
        if self._is_pair():
            one_off = {name: tuple(pair.values()) for name, pair in one_off.items()}
        return one_off | super().mistakes()

    def _is_pair(self) -> bool:
        return set(self.fields) == {0, 1}


def _read(judge: Exercise, answer: object) -> object:
    if is_open(answer):
        return unanswered("")
    try:
        return judge.read(answer)
    except Exception:
        return wrong(unreadable(judge.expects, answer))


@dataclass(frozen=True, kw_only=True)
class Function(_Data):
    """A function of the reader, which is tried on cases.

    Attributes:
        value: A right one.
        cases: Makes the arguments of each call.
        result: Reads what it returns; may raise.
        returns: What it must return, as the end of "It must return …".
        same: Compares the results of two functions.
    """

    value: Callable[..., object]
    cases: Callable[[], Iterable[tuple]]
    result: Callable[[object], Any]
    returns: str
    same: Callable[[Any, Any], bool] = eq

    def read(self, answer: object) -> Callable[..., object]:
        """Return the function."""
        return read_function(answer)

    def judge(self, value: Callable[..., object]) -> Verdict:
        """Name a known function whose results are the same."""
        found = results(value, self.cases(), self.result, self.returns)
        if isinstance(found, Verdict):
            return found
        expected = self._results(self.value)
        if all(map(self.same, found, expected)):
            return self.accept()
        for one in now(self.known).values():
            if all(map(self.same, found, self._results(one.answer))):
                return wrong(one.hint)
        hits = sum(map(self.same, found, expected))
        return wrong(f"Right in {hits} of {len(found)} cases. {self.hint}")

    def solution(self) -> Callable[..., object]:
        """Return the function."""
        return self.value

    def _results(self, function: Callable[..., object]) -> list:
        return [self.result(function(*case)) for case in self.cases()]


def read_function(answer: object) -> Callable[..., object]:
    """Read a function from an answer.

    Raises:
        TypeError: The answer is none.
    """
    if not callable(answer) or isinstance(answer, type):
        raise TypeError
    return answer


def results(
    function: Callable[..., object],
    cases: Iterable[tuple],
    result: Callable[[object], Any],
    returns: str,
) -> list | Verdict:
    """Try a reader's function.

    Args:
        function: The function.
        cases: The arguments of each call.
        result: Reads what it returns; may raise, or return a verdict.
        returns: What it must return, as the end of "It must return …".

    Returns:
        The results as `result` reads them; or a verdict if the function stops, or
        returns something else.
    """
    found, missing = [], 0
    for case in cases:
        try:
            given = function(*case)
        except Exception as error:
            said = f"{type(error).__name__}: {error}".split("\n")[0]
            return wrong(
                f"Your function stops with `{said}`. It must return {returns}."
            )
        if given is None:
            missing += 1
            continue
        try:
            found.append(result(given))
        except Exception:
            return wrong(
                f"Your function must return {returns}, and it returns something of the "
                f"type `{type(given).__name__}`."
            )
        if isinstance(found[-1], Verdict):
            return found[-1]
    if missing and not found:
        return unanswered("Your function returns nothing: end it with `return`.")
    if missing:
        return wrong(f"In some cases your function returns nothing, not {returns}.")
    return found
