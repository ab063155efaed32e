"""The check of a request to a service for pictures, written by the reader."""

from collections.abc import Callable

from exercises import Verdict, wrong
from exercises.judges import Function

Faults = Callable[[dict], list[str]]

FIELDS = ("width", "height")
LARGEST = 4096

CASES = [
    {"width": 640, "height": 480},
    {"width": 1, "height": LARGEST},
    {"width": 0, "height": 480},
    {"width": 640, "height": LARGEST + 1},
    {"width": 640},
    {},
    {"width": "640", "height": 480},
    {"width": 640.5, "height": 480},
    {"width": 640, "height": True},
    {"width": 640, "height": 480, "label": "cat"},
    {"width": 640, "height": 480, "depth": 3},
    {"width": -1, "height": 480, "depth": 3, "label": "cat"},
]


def _whole(value: object) -> bool:
    return type(value) is int


def _number(value: object) -> bool:
    return isinstance(value, int | float)


def _check(
    strange: Callable[[str], bool] = lambda name: name not in FIELDS,
    kind: Callable[[object], bool] = _whole,
    least: int = 1,
    largest: int = LARGEST,
    must_be_there: bool = True,
) -> Faults:
    """Make a check of requests; the defaults make the right one."""

    def faults(request: dict) -> list[str]:
        found = [name for name in request if strange(name)]
        for name in FIELDS:
            value = request.get(name)
            fits = kind(value) and least <= value <= largest
            if not fits and (must_be_there or name in request):
                found.append(name)
        return sorted(found)

    return faults


def _read(found: object) -> list[str] | Verdict:
    if isinstance(found, bool):
        return wrong("Your function says whether, and not where. Return the names.")
    if isinstance(found, str | dict):
        raise TypeError
    return [str(name) for name in found]


_right = _check()

EXERCISE = Function(
    expects="a function of a dictionary that returns a list of names",
    returns='a list of names, such as `["height", "label"]`, empty if all is well',
    value=_right,
    cases=lambda: [(dict(case),) for case in CASES],
    result=_read,
    known={
        "missing passes": _check(must_be_there=False),
        "label only": _check(strange=lambda name: name == "label"),
        "extra passes": _check(strange=lambda name: False),
        "true is a number": _check(kind=lambda value: isinstance(value, int)),
        "fractions pass": _check(kind=_number),
        "zero passes": _check(least=0),
        "limit excluded": _check(largest=LARGEST - 1),
        "no limits": _check(least=-(10**9), largest=10**9),
        "not sorted": lambda request: _right(request)[::-1],
        "the good ones": lambda request: sorted({*request} - {*_right(request)}),
    },
    others={
        "a verdict": lambda request: not _right(request),
        "a text": lambda request: ", ".join(_right(request)),
        "stops": lambda request: [request["depth"]],
        "no check": lambda request: [],
    },
    hint={
        "missing passes": "A request without a height passes. What would the service "
        "do with it?",
        "label only": "A field that nobody has described passes, `depth` for "
        "instance. A misspelled name would, too.",
        "extra passes": "A request that brings its label passes. Then somebody may "
        "build on a value that nobody has in use.",
        "true is a number": "`True` passes as a height: in Python it is the whole "
        "number 1.",
        "fractions pass": "A width of 640.5 passes, and so does `True`. Both must be "
        "whole numbers.",
        "zero passes": "A picture without width passes. Where does the range begin?",
        "limit excluded": "The largest size that is allowed is refused.",
        "no limits": "Any whole number passes, −1 among them.",
        "not sorted": "The right names, not in alphabetical order.",
        "the good ones": "These are the fields that are *well*. Asked are those at "
        "fault.",
        "other": "Try `faults({})` first: both fields are missing, so both are at "
        "fault.",
    },
    reason="All cases agree. pydantic, which the service uses, makes such a check from "
    "a class with types and ranges, and writes the reasons as well.",
)
