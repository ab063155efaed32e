"""The judges that exercises share, as data: what is right, and the mistakes they know.

What depends on the tables may be a function without arguments. It is called when an
answer is judged, so importing an exercise reads no table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from operator import eq
from typing import Any, TypeVar

from exercises import Exercise, Verdict, is_open, right, unanswered, unreadable, wrong

Value = TypeVar("Value")
Later = Value | Callable[[], Value]


def now(value: Later[Value]) -> Value:
    """Return a value, or what a function in its place returns."""
    return value() if callable(value) else value


@dataclass(frozen=True, kw_only=True)
class _Data(Exercise):
    """What all judges of data have.

    Attributes:
        expects: What an answer looks like, as the end of "The answer is …".
        value: The right answer.
        reason: Why it is right.
        known: Wrong answers that the judge knows, by the name of the mistake.
        hint: What is said of each by its name, and of any "other"; one text for all
            stands alone. It does not give the answer away.
        others: Further wrong answers by name, for the tests.
    """

    expects: str = "one of the choices"
    value: Any = None
    reason: Later[str] = ""
    known: Later[Mapping[str, Any]] = field(default_factory=dict)
    hint: Mapping[Any, str] | str = ""
    others: Later[Mapping[str, object]] = field(default_factory=dict)

    def judge(self, value: Any) -> Verdict:  # noqa: ANN401
        """Compare with the right answer, then with the known ones."""
        right_one = value == self.read(self.value)
        return self.accept() if right_one else self.name(value) or self.reject("other")

    def solution(self) -> object:
        """Return the right answer."""
        return now(self.value)

    def mistakes(self) -> Mapping[str, object]:
        """Return wrong answers by the name of the mistake."""
        return now(self.known) | now(self.others)

    def name(self, value: object) -> Verdict | None:
        answers = now(self.known).items()
        names = (name for name, answer in answers if value == self.read(answer))
        return next(map(self.reject, names), None)

    def accept(self) -> Verdict:
        return right(now(self.reason))

    def reject(self, name: object) -> Verdict:
        return wrong(self.hint if isinstance(self.hint, str) else self.hint[name])


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
        digits: With so many digits after the point, or more, a rounded answer counts.
        tolerance: How far a simulated answer may lie off; `digits` counts for nothing.
        within: The same for known mistakes, by name.
        between: The least and the largest possible number.
    """

    digits: int = 2
    tolerance: float | None = None
    within: Mapping[str, float] = field(default_factory=dict)
    between: tuple[float, float] = (float("-inf"), float("inf"))

    def read(self, answer: object) -> float:
        """Return the number."""
        return read_number(answer)

    def judge(self, value: float) -> Verdict:
        """Name the nearest mistake, then a slip of unit or sign."""
        expected = now(self.value)
        near = {
            name: abs(value - answer)
            for name, answer in now(self.known).items()
            if self._agree(value, answer, self.within.get(name, self.tolerance))
        }
        nearest = min(near, key=near.get, default=None)
        off = abs(value - expected)
        if self._agree(value, expected) and off <= near.get(nearest, off):
            return self.accept()
        if nearest:
            return self.reject(nearest)
        if self._agree(value / 100, expected):
            return wrong("That looks like a percentage: divide it by 100.")
        if self._agree(value * 100, expected):
            return wrong("That is a hundredth of it. Is a percentage asked?")
        if self._agree(-value, expected):
            return wrong("The sign is turned round.")
        low, high = self.between
        if not low <= value <= high:
            return wrong(
                f"The answer lies between {low:g} and {high:g}; yours is {value:g}."
            )
        return self.reject("other")

    def _agree(self, value: float, other: float, off: float | None = None) -> bool:
        off = self.tolerance if off is None else off
        if off is not None:
            return abs(value - other) <= off + 1e-9
        # A thousandth may have been rounded away in between.
        return abs(value - other) <= 0.001 * abs(other) or any(
            abs(value - round(other, digits)) < 1e-9 for digits in range(self.digits, 9)
        )


@dataclass(frozen=True, kw_only=True)
class Interval(_Data):
    """The two ends of an interval that was found by drawing.

    Attributes:
        tolerance: How far either end may lie off. A mistake may lie closer than that,
            so it is named only if it fits twice as well: to reject a right answer is
            worse than to miss a mistake.
        within: The same for known mistakes, by name.
    """

    tolerance: float
    within: Mapping[str, float] = field(default_factory=dict)

    def read(self, answer: Iterable[object]) -> tuple[float, float]:
        """Return both ends; an answer of three numbers begins with its estimate."""
        if isinstance(answer, str | bytes | Mapping | set):
            raise TypeError
        ends = [read_number(end) for end in answer]
        low, high = ends[1:] if len(ends) == 3 else ends
        return low, high

    def judge(self, value: tuple[float, float]) -> Verdict:
        """Name the nearest mistake, then a slip of unit or order."""
        expected = now(self.value)
        off = {name: _off(value, ends) for name, ends in now(self.known).items()}
        nearest = min(off, key=off.get, default=None)
        near = 2 * off.get(nearest, self.tolerance)
        if _off(value, expected) <= min(self.tolerance, near):
            return self.accept()
        if _off(value[::-1], expected) <= self.tolerance:
            return wrong("The ends are swapped: first the lower one, then the higher.")
        if nearest:
            # Wide intervals move more from one set of draws to another.
            low, high = now(self.known)[nearest]
            near = max(self.tolerance, 0.08 * abs(high - low))
            if off[nearest] <= self.within.get(nearest, near):
                return self.reject(nearest)
        if _off([end / 100 for end in value], expected) <= self.tolerance:
            return wrong("These are percentages: divide both ends by 100.")
        if value[1] - value[0] < 1e-6:
            return wrong("The second end must be higher than the first.")
        return self.reject("other")


def _off(value: Sequence[float], other: Sequence[float]) -> float:
    return max(abs(a - b) for a, b in zip(value, other, strict=True))


@dataclass(frozen=True, kw_only=True)
class Letters(_Data):
    """A set of letters.

    Attributes:
        of: All letters.
        hint: For each letter, in the order of asking: what kind of thing is overlooked
            by who chooses or leaves it. It does not name the letter.
    """

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
        """Say how many are sorted right, and what kind the first other one is."""
        faults = value ^ set(self.value)
        if not faults or (named := self.name(value)):
            return named if faults else self.accept()
        first = next(letter for letter in self.hint if letter in faults)
        hits = len(self.of) - len(faults)
        return wrong(f"{hits} of {len(self.of)} are sorted right. {self.hint[first]}")

    def mistakes(self) -> Mapping[str, object]:
        """Return the solution with one letter more, or less, and the known mistakes."""
        return {
            f"{'forgets' if letter in self.value else 'takes'} {letter}": sorted(
                {*self.value} ^ {letter}
            )
            for letter in self.of
        } | super().mistakes()


@dataclass(frozen=True, kw_only=True)
class Order(_Data):
    """Letters in an order."""

    def read(self, answer: Iterable[object]) -> list[str] | Verdict:
        """Return the letters in their order."""
        letters = [str(letter).strip().lower() for letter in answer]
        if sorted(letters) != sorted(self.value):
            return wrong(
                f"Each of {', '.join(sorted(self.value))} must stand in the list once. "
                "From a Series take `.index`: there are its letters."
            )
        return letters


@dataclass(frozen=True, kw_only=True)
class Choice(_Data):
    """One of several words or numbers, `of`, whatever its case and spaces."""

    of: Sequence[str | int]

    def read(self, answer: object) -> str | int | Verdict:
        """Return the choice as `of` spells it."""
        spelled = {_plain(choice): choice for choice in self.of}
        return spelled.get(_plain(answer)) or wrong(
            f"Choose one of {', '.join(map(str, self.of))}."
        )

    def judge(self, value: str | int) -> Verdict:
        """Compare."""
        return self.accept() if value == self.value else self.reject(value)

    def mistakes(self) -> Mapping[str, object]:
        """Return all other choices, or the first of them if they share one hint."""
        others = [choice for choice in self.of if choice != self.value]
        others = others[:1] if isinstance(self.hint, str) else others
        return {str(choice): choice for choice in others}


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
        if self._is_pair() and not isinstance(answer, str):
            answer = dict(zip((0, 1), answer, strict=True))
        if not isinstance(answer, Mapping):
            raise TypeError
        given = {str(key): part for key, part in answer.items()}
        keys = [str(key) for key in self.fields]
        if strange := [key for key in given if key not in keys]:
            return wrong(f"`{strange[0][:20]}` is none of {', '.join(keys)}.")
        if missing := [key for key in keys if key not in given]:
            return wrong(f"The answer lacks {', '.join(missing)}.")
        parts = {key: _read(part, given[str(key)]) for key, part in self.fields.items()}
        verdicts = {k: part for k, part in parts.items() if isinstance(part, Verdict)}
        for key, verdict in verdicts.items():
            if verdict.status == "wrong":
                start = "" if self._is_pair() else f"{key}: "
                return wrong(start + verdict.message)
        if verdicts:
            return unanswered(f"Still open: {', '.join(map(str, verdicts))}.")
        return parts

    def judge(self, value: Mapping[str | int, Any]) -> Verdict:
        """Name a known answer; else count, and say what the first wrong part lacks."""
        verdicts = {key: part.judge(value[key]) for key, part in self.fields.items()}
        faults = {
            k: one.message for k, one in verdicts.items() if one.status == "wrong"
        }
        if not faults or (named := self.name(value)):
            return named if faults else self.accept()
        key, hint = next(iter(faults.items()))
        if self._is_pair():
            return wrong(hint)
        hits = len(verdicts) - len(faults)
        start = f"{hits} of {len(verdicts)} {'is' if hits == 1 else 'are'} right. "
        return wrong(start + (f"{key}: " if self.names_the_fault else "") + hint)

    def solution(self) -> Mapping[str | int, object] | tuple[object, ...]:
        """Return all parts."""
        return self._with()

    def mistakes(self) -> Mapping[str, object]:
        """Return the solution with one part wrong, and the known mistakes."""
        return {
            f"{key}: {name}": self._with({key: answer})
            for key, part in self.fields.items()
            for name, answer in part.mistakes().items()
        } | super().mistakes()

    def _with(self, changes: Mapping[str | int, object] = {}) -> Any:  # noqa: ANN401, B006
        parts = {key: part.solution() for key, part in self.fields.items()} | changes
        return tuple(parts.values()) if self._is_pair() else parts

    def _is_pair(self) -> bool:
        return set(self.fields) == {0, 1}


def choices(
    value: Mapping[str | int, str | int],
    of: Sequence[str | int],
    hint: Mapping[str | int, str | Mapping],
    **more: Any,  # noqa: ANN401
) -> Fields:
    """Return the judge of one choice for each of several things.

    Args:
        value: The right choices.
        of: What one may choose.
        hint: For each thing one text, or one for each wrong choice; by further names
            for `known` answers.
        more: What else `Fields` takes.
    """
    fields = {
        key: Choice(value=choice, of=of, hint=hint[key])
        for key, choice in value.items()
    }
    return Fields(fields=fields, hint=hint, **more)


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
        cases: Makes the arguments of each call.
        result: Reads what it returns; may raise, or return a verdict.
        returns: What it must return, as the end of "It must return …".
        same: Compares two results.
    """

    cases: Callable[[], Iterable[tuple]]
    result: Callable[[object], Any]
    returns: str
    same: Callable[[Any, Any], bool] = eq

    def read(self, answer: object) -> Callable[..., object]:
        """Return the function."""
        if not callable(answer) or isinstance(answer, type):
            raise TypeError
        return answer

    def judge(self, value: Callable[..., object]) -> Verdict:
        """Name a known function whose results are the same."""
        found = self.results(value)
        return found if isinstance(found, Verdict) else self.compare(found)

    def compare(self, found: list) -> Verdict:
        """Compare results with those of the right function, then of the known ones."""
        expected = self.results(self.value)
        hits = sum(map(self.same, found, expected))
        if hits == len(found):
            return self.accept()
        for name, function in now(self.known).items():
            if all(map(self.same, found, self.results(function))):
                return self.reject(name)
        other = self.reject("other").message
        return wrong(f"Right in {hits} of {len(found)} cases. {other}")

    def solution(self) -> Callable[..., object]:
        """Return the function."""
        return self.value

    def results(self, function: Callable[..., object]) -> list | Verdict:
        """Try a function on all cases; a verdict if it stops or returns none."""
        found, missing = [], 0
        for case in self.cases():
            try:
                given = function(*case)
            except Exception as error:
                said = f"{type(error).__name__}: {error}".split("\n")[0]
                return wrong(
                    f"Your function stops with `{said}`. It must return {self.returns}."
                )
            if is_open(given):
                missing += 1
                continue
            try:
                found.append(self.result(given))
            except Exception:
                return wrong(
                    f"Your function must return {self.returns}, and it returns "
                    f"something of the type `{type(given).__name__}`."
                )
            if isinstance(found[-1], Verdict):
                return found[-1]
        if missing and not found:
            return unanswered("Your function returns nothing: end it with `return`.")
        if missing:
            return wrong(
                f"In some cases your function returns nothing, not {self.returns}."
            )
        return found
