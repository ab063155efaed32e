"""A parity test that passes the right service and fails each wrong one."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from exercises import Verdict, wrong
from exercises.judges import Function
from flightdelay import charter, data, service
from flightdelay.service import release

#: What a test may be blind to, by the name of the fault, in the order of asking.
KILOMETERS = "distance in kilometers, not miles"
LOWER = "every answer too low by 0.1"
ONE_ALONE = "one record alone"
REVERSED = "answers of a batch in reverse order"


@cache
def _feeds() -> service.Feeds:
    return service.Feeds(data.load_table("weather"), data.load_flights())


@cache
def _golden() -> release.Golden:
    return release.golden(data.load_flights(), _feeds().weather)


@cache
def _services() -> dict[str, release.Serve]:
    """The right service, then the wrong ones by the name of their fault."""
    model = service.served_choice()
    serve = release.faithful(_feeds(), model)
    last = _golden().records.index[-3]
    services = {
        # Another processor adds in another order: the seventh digit differs.
        "right": lambda records: serve(records) + 2e-7,
        **release.skewed(_feeds(), model),
        REVERSED: lambda records: serve(records)[::-1],
        LOWER: lambda records: serve(records) - 0.1,
        ONE_ALONE: lambda records: serve(records) + 0.1 * (records.index == last),
    }
    return {name: _remembering(one) for name, one in services.items()}


def _remembering(serve: release.Serve) -> release.Serve:
    """Make a service that answers the same records at once when asked again."""
    known = {}

    def one_service(records: pd.DataFrame) -> np.ndarray:
        key = tuple(pd.util.hash_pandas_object(records))
        if key not in known:
            known[key] = serve(records)
        return known[key].copy()

    return one_service


def _read(verdict: object) -> bool | Verdict:
    if isinstance(verdict, float | np.floating):
        return wrong(
            "Your function returns a number, not True or False. Is it small enough?"
        )
    if not isinstance(verdict, bool | np.bool_):
        return wrong(
            f"Your function returns `{type(verdict).__name__}`, not one True or False. "
            "Is there one for each record left? `.all()` or `.max()` makes one of many."
        )
    return bool(verdict)


def _test(
    same: Callable[[np.ndarray, np.ndarray], bool], first: int | None = None
) -> Callable:
    """Make a parity test that compares answers and expected ones, all or the first."""

    def parity(serve: release.Serve) -> bool:
        golden = _golden()
        answers = np.asarray(serve(golden.records.iloc[:first]))
        return same(answers, golden.expected[:first])

    return parity


def _closer_than(tolerance: float, first: int | None = None) -> Callable:
    return _test(lambda one, other: abs(one - other).max() < tolerance, first)


def _decides_alike(answers: np.ndarray, expected: np.ndarray) -> bool:
    threshold = charter.load().threshold
    return ((answers >= threshold) == (expected >= threshold)).all()


class _Parity(Function):
    def compare(self, found: list[bool]) -> Verdict:
        """Say which wrong services a test passes, and what it is blind to."""
        passes_right, *passes = found
        faults = list(_services())[1:]
        passed = [name for name, one in zip(faults, passes, strict=True) if one]
        if not passes_right:
            return wrong(
                "It fails the right service and passes a wrong one. True means: what "
                "is served is what was trained."
                if passed
                else "It fails every service, the right one too. That one differs from "
                "the training pipeline in the seventh digit, because another processor "
                "adds in another order."
            )
        if not passed:
            return self.accept()
        if passed == faults:
            return wrong(
                "It passes every service, all wrong ones too. Does it compare with "
                "`golden.expected` at all, and closely enough?"
            )
        asked = (KILOMETERS, LOWER, ONE_ALONE, REVERSED)
        fault = next((name for name in asked if name in passed), passed[0])
        return wrong(
            f"It passes {len(passed)} of {len(faults)} wrong services; one of them: "
            f"{fault}. "
            + {
                KILOMETERS: "There no *decision* changes, and no probability moves by "
                "more than about 0.01.",
                LOWER: "There each difference is negative. Which is the largest?",
                ONE_ALONE: "Does your test look at every record, and does the worst "
                "one decide?",
                REVERSED: "Neither a mean nor sorted answers tell which flight got "
                "which answer.",
            }.get(fault, "Some records are as they should be there. Are all compared?")
        )

    def mistakes(self) -> Mapping[str, object]:
        """Return tests that are blind to something, and answers that are no tests."""
        return {
            "wide tolerance": _closer_than(0.05),
            "decisions only": _test(_decides_alike),
            "exactly equal": _closer_than(1e-12),
            "mean only": _test(
                lambda one, other: abs(one.mean() - other.mean()) < 1e-5
            ),
            "one verdict for each record": _test(lambda one, other: one == other),
            "too low is not seen": _test(lambda one, other: (one - other).max() < 1e-5),
            "first records only": _closer_than(1e-5, first=3),
            "a number": _test(lambda one, other: abs(one - other).max()),
            "stops": lambda serve: serve(0, 0),
            "true and false exchanged": _test(
                lambda one, other: abs(one - other).max() > 1e-5
            ),
            "accepts all": lambda serve: True,
        }


EXERCISE = _Parity(
    expects="a function, without brackets, that takes a service and returns True if it "
    "answers as the training pipeline does, else False",
    returns="True or False for a service, which takes `golden.records`",
    value=_closer_than(1e-5),
    cases=lambda: [(serve,) for serve in _services().values()],
    result=_read,
    reason="It passes the right service and fails all wrong ones, record by record. "
    "The tolerance lies between rounding and the faults.",
)
