"""Exercises of lesson 6: a parity test, three release plans, a rollback budget."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from flightdelay import charter, data, service
from flightdelay.exercises import Exercise, Mistake, Verdict, is_open, right, wrong
from flightdelay.service import release

# --- 6.1 A test that passes the right service and fails each planted skew.

REVERSED = "answers of a batch in reverse order"
KILOMETERS = "distance in kilometers, not miles"
LOWER = "every answer too low"
ONE_ALONE = "one record alone"


@cache
def _flights() -> pd.DataFrame:
    return data.load_flights()


@cache
def _feeds() -> service.Feeds:
    return service.Feeds(data.load_table("weather"), _flights())


@cache
def _golden() -> release.Golden:
    return release.golden(_flights(), _feeds().weather)


@cache
def _serves() -> tuple[release.Serve, dict[str, release.Serve]]:
    """Return the right service, and the wrong ones by the name of their fault."""
    model = service.served_choice()
    serve = release.faithful(_feeds(), model)

    def right_service(records: pd.DataFrame) -> np.ndarray:
        # Another processor adds in another order: the seventh digit differs.
        return serve(records) + 2e-7

    faults = release.skewed(_feeds(), model)
    faults[REVERSED] = lambda records: serve(records)[::-1]
    return right_service, faults


@cache
def _probes() -> dict[str, release.Serve]:
    """Return services with faults that tell apart how a test can be blind."""
    serve = release.faithful(_feeds(), service.served_choice())
    index = _golden().records.index
    return {
        LOWER: lambda records: serve(records) - 0.1,
        ONE_ALONE: lambda records: serve(records) + 0.1 * (records.index == index[-3]),
    }


def _judge_parity(answer: object) -> Verdict:
    if not callable(answer):
        return wrong(
            "The answer is the function itself, without brackets: "
            '`check("6.1", parity)`.'
        )
    right_service, faults = _serves()
    try:
        verdict = answer(right_service)
    except Exception as error:
        return wrong(
            f"Your function stops with `{type(error).__name__}: {error}`. Its argument "
            "is a service: call it with `golden.records`, and compare what it returns "
            "with `golden.expected`."
        )
    if verdict is None:
        return wrong("Your function returns nothing. Does its last line say `return`?")
    if isinstance(verdict, float | np.floating):
        return wrong(
            "Your function returns a number, not True or False. Compare it with a "
            "tolerance: is it small enough?"
        )
    if not isinstance(verdict, bool | np.bool_):
        return wrong(
            f"Your function returns `{type(verdict).__name__}`, not one True or False. "
            "Is there one for each record left? `.all()` or `.max()` makes one of many."
        )
    passed = [name for name, serve in faults.items() if answer(serve)]
    if verdict and KILOMETERS not in passed:
        blind = [name for name, serve in _probes().items() if answer(serve)]
        if LOWER in blind:
            return wrong(
                "It passes a service that says 0.1 too little for every flight. Such a "
                "difference is negative: take `np.abs` of it before the largest."
            )
        if blind:
            return wrong(
                "It passes a service that errs on a single golden record. Compare "
                "every record, and let the worst one decide."
            )
    if verdict and not passed:
        return right(
            f"It passes the right service and fails the {len(faults)} wrong ones, "
            "record by record. The tolerance lies between rounding and the faults."
        )
    if not verdict and not passed:
        return wrong(
            "It fails every service, the right one too. That one differs from the "
            "training pipeline in the seventh digit, because another processor adds in "
            "another order. Allow for so much, and for not much more."
        )
    if not verdict:
        return wrong(
            "It fails the right service and passes a wrong one. True means: what is "
            "served is what was trained."
        )
    if len(passed) == len(faults):
        return wrong(
            "It passes every service, the five wrong ones too. Does it compare with "
            "`golden.expected` at all, and closely enough?"
        )
    if passed == [REVERSED]:
        return wrong(
            f"It passes one: {REVERSED}. The mean, or the sorted answers, do not tell "
            "which flight got which answer. Compare record by record."
        )
    if KILOMETERS in passed:
        return wrong(
            f"It passes {len(passed)} of {len(faults)} wrong services; one of them: "
            f"{KILOMETERS}. There no *decision* changes, and no probability moves by "
            "more than about 0.01. Compare probabilities, with a tolerance far below "
            "that."
        )
    return wrong(
        f"It passes {len(passed)} of {len(faults)} wrong services; one of them: "
        f"{passed[0]}. Does it look at all golden records? A fault may leave some of "
        "them as they are."
    )


def _close(tolerance: float) -> Callable[[], Callable]:
    def make() -> Callable:
        golden = _golden()
        return lambda serve: bool(
            np.abs(serve(golden.records) - golden.expected).max() < tolerance
        )

    return make


def _equal() -> Callable:
    golden = _golden()
    return lambda serve: bool((serve(golden.records) == golden.expected).all())


def _signed() -> Callable:
    golden = _golden()
    return lambda serve: bool((serve(golden.records) - golden.expected).max() < 1e-5)


def _first_three() -> Callable:
    golden = _golden()
    return lambda serve: np.allclose(
        serve(golden.records.iloc[:3]), golden.expected[:3], atol=1e-5
    )


def _farthest(serve: release.Serve) -> float:
    golden = _golden()
    return np.abs(serve(golden.records) - golden.expected).max()


def _same_mean() -> Callable:
    golden = _golden()
    return lambda serve: bool(
        abs(serve(golden.records).mean() - golden.expected.mean()) < 1e-5
    )


def _same_decisions() -> Callable:
    golden = _golden()
    threshold = charter.load().threshold
    return lambda serve: bool(
        ((serve(golden.records) >= threshold) == (golden.expected >= threshold)).all()
    )


def _one_for_each() -> Callable:
    golden = _golden()
    return lambda serve: np.abs(serve(golden.records) - golden.expected) < 1e-5


def _turned_round() -> Callable:
    golden = _golden()
    return lambda serve: bool(
        np.abs(serve(golden.records) - golden.expected).max() > 1e-5
    )


# --- 6.2 Three releases: how to go live, and what sends each back.

SHADOW, CANARY, BLUE_GREEN = "shadow", "canary", "blue-green"
DECISIONS, OUTCOME, PARITY = "decisions", "outcome", "parity"
PATTERNS = (SHADOW, CANARY, BLUE_GREEN)
TRIGGERS = (DECISIONS, OUTCOME, PARITY)
PLANS = {
    "bank": (SHADOW, DECISIONS),
    "shop": (CANARY, OUTCOME),
    "server": (BLUE_GREEN, PARITY),
}
_PLAN_HINTS = {
    ("bank", CANARY): (
        "bank: a canary lets the new model refuse real people, and whether that was "
        "wrong is known in two years at the earliest. Can you look at its answers "
        "without anybody being refused by them?"
    ),
    ("bank", BLUE_GREEN): (
        "bank: a switch in one step decides about everybody at once, with a model "
        "whose answers differ from the old ones in ways you have not seen yet."
    ),
    ("bank", OUTCOME): (
        "bank: the outcome comes in two years. A trigger that waits for it protects "
        "nobody during the release. What can be compared on the first day?"
    ),
    ("bank", PARITY): (
        "bank: the new model is *meant* to answer otherwise, so equality with the old "
        "one must fail. Whose answers change, and how many of them, is the question."
    ),
    ("shop", SHADOW): (
        "shop: nobody sees the answers of a shadow, so nobody clicks on them. Here the "
        "outcome depends on what is shown. What is the smallest number of people to "
        "whom you can show it?"
    ),
    ("shop", BLUE_GREEN): (
        "shop: all visitors at once, and no others at the same time to compare with. A "
        "quiet Tuesday would look like a bad model."
    ),
    ("shop", DECISIONS): (
        "shop: another order of the products is the purpose of the release, so that "
        "answers differ is no fault. And something better comes within minutes."
    ),
    ("shop", PARITY): (
        "shop: a new model does not answer like the old one, so this trigger fires at "
        "once. What is known within minutes, and is what the shop cares for?"
    ),
    ("server", SHADOW): (
        "server: a shadow is a good beginning, but the plan must end in a switch that "
        "can be taken back within seconds, with the old machine still running."
    ),
    ("server", CANARY): (
        "server: it would work, but with a canary two versions of a library answer "
        "side by side for days, although nothing is to be learned from outcomes. What "
        "matters more is to switch, and to switch back, within seconds."
    ),
    ("server", DECISIONS): (
        "server: a threshold hides small errors; a unit may be wrong and no decision "
        "of today changes. The model is the same, so much more than the decisions can "
        "be compared."
    ),
    ("server", OUTCOME): (
        "server: you need not wait for what becomes of the flights. The model is the "
        "same; what must its answers be, record by record?"
    ),
}


def _judge_plans(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    missing = [case for case in PLANS if case not in answer]
    if missing:
        return wrong(f'The plan for "{missing[0]}" is missing.')
    given = {case: answer[case] for case in PLANS}
    if unanswered := [case for case, plan in given.items() if is_open(plan)]:
        return Verdict("unanswered", f"Still open: {', '.join(unanswered)}.")
    for case, plan in given.items():
        pair = [plan] if isinstance(plan, str) else list(plan)
        if len(pair) != 2 or pair[0] not in PATTERNS or pair[1] not in TRIGGERS:
            return wrong(
                f"{case}: a plan is a pattern and a trigger, such as "
                f'`("{SHADOW}", "{PARITY}")`. Patterns: {", ".join(PATTERNS)}. '
                f"Triggers: {', '.join(TRIGGERS)}."
            )
    for case, plan in PLANS.items():
        for chosen, fitting in zip(given[case], plan, strict=True):
            if chosen != fitting:
                return wrong(_PLAN_HINTS[case, chosen])
    return right(
        "Two questions decide: does the outcome depend on the answer, and when is it "
        "known? A shadow if harm must be seen first, a canary if only use can tell, a "
        "switch if nothing may change."
    )


def _plans(**changes: tuple[str, str]) -> dict[str, tuple[str, str]]:
    return PLANS | changes


# --- 6.3 A budget for one false alarm in a hundred rollouts.

ALLOWED = 0.01
STEP = 100


@cache
def highest_loss() -> np.ndarray:
    """Return the lesson's losses of no-change rollouts, in agent minutes."""
    validation = data.period_rows(_flights(), "validation")
    old, new = (
        service.score(validation, _feeds(), model).answers
        for model in (service.served_choice(), service.served_challenger())
    )
    return release.no_change_losses(validation, old, new, charter.load(), share=0.2)


def _smallest_budget(allowed: float) -> int:
    budgets = np.arange(0, highest_loss().max() + 2 * STEP, STEP)
    alarms = np.array([(highest_loss() > budget).mean() for budget in budgets])
    return int(budgets[np.argmax(alarms <= allowed)])


def _judge_budget(answer: object) -> Verdict:
    budget = float(answer)
    best = _smallest_budget(ALLOWED)
    share = (highest_loss() > budget).mean()
    if budget == best:
        return right(
            f"With {best:,} agent minutes {share:.1%} of the rollouts in which nothing "
            "was worse are rolled back, and with a hundred less it would be more than "
            "1%. The price: a fault may lose so much more before anything happens."
        )
    if 0 < budget < 1:
        return wrong("That is a share. The answer is a budget, in agent minutes.")
    if budget == _smallest_budget(0.05):
        return wrong(
            "That is the lesson's own budget, for 5 false alarms in 100. The question "
            "allows 1 in 100."
        )
    if budget <= np.quantile(highest_loss(), 0.5):
        return wrong(
            f"With this budget {share:.0%} of the rollouts in which nothing was worse "
            "are rolled back. A false alarm is a loss *above* the budget: look at the "
            "upper end, not at the lower one or the middle."
        )
    if share > ALLOWED:
        return wrong(
            f"With this budget {share:.1%} are rolled back although nothing was worse; "
            "1% is allowed."
        )
    if budget % STEP:
        return wrong("Few enough alarms. Now give the smallest full hundred.")
    return wrong(
        f"Few enough false alarms ({share:.1%}), but there is a smaller budget that "
        "keeps to 1% too. What a budget is too large, a fault may lose as well."
    )


EXERCISES = {
    "6.1": Exercise(
        expects=(
            "a function that takes a service and returns True if it answers as the "
            "training pipeline does, else False"
        ),
        judge=_judge_parity,
        solution=_close(1e-5),
        mistakes={
            "wide tolerance": Mistake(_close(0.05), "no probability moves"),
            "decisions only": Mistake(_same_decisions, "no *decision* changes"),
            "exactly equal": Mistake(_equal, "seventh digit"),
            "mean only": Mistake(_same_mean, "record by record"),
            "one verdict for each record": Mistake(_one_for_each, ".all()"),
            "too low is not seen": Mistake(_signed, "np.abs"),
            "first records only": Mistake(_first_three, "single golden record"),
            "a number": Mistake(lambda: _farthest, "returns a number"),
            "stops": Mistake(lambda: lambda serve: serve(0, 0), "stops with"),
            "true and false exchanged": Mistake(_turned_round, "True means"),
            "accepts all": Mistake(lambda: lambda serve: True, "passes every"),
            "no return": Mistake(lambda: lambda serve: None, "returns nothing"),
            "called": Mistake(lambda: True, "without brackets"),
        },
    ),
    "6.2": Exercise(
        expects=(
            "a dictionary from the three cases to a pattern and a trigger, such as "
            '`{"bank": ("shadow", "parity"), …}`'
        ),
        judge=_judge_plans,
        solution=lambda: dict(PLANS),
        mistakes={
            "canary for the bank": Mistake(
                lambda: _plans(bank=(CANARY, DECISIONS)), "refuse real people"
            ),
            "switch for the bank": Mistake(
                lambda: _plans(bank=(BLUE_GREEN, DECISIONS)), "everybody at once"
            ),
            "outcome for the bank": Mistake(
                lambda: _plans(bank=(SHADOW, OUTCOME)), "two years"
            ),
            "parity for the bank": Mistake(
                lambda: _plans(bank=(SHADOW, PARITY)), "answer otherwise"
            ),
            "shadow for the shop": Mistake(
                lambda: _plans(shop=(SHADOW, OUTCOME)), "nobody clicks"
            ),
            "switch for the shop": Mistake(
                lambda: _plans(shop=(BLUE_GREEN, OUTCOME)), "quiet Tuesday"
            ),
            "decisions for the shop": Mistake(
                lambda: _plans(shop=(CANARY, DECISIONS)), "purpose of the release"
            ),
            "parity for the shop": Mistake(
                lambda: _plans(shop=(CANARY, PARITY)), "fires at once"
            ),
            "shadow for the server": Mistake(
                lambda: _plans(server=(SHADOW, PARITY)), "end in a switch"
            ),
            "canary for the server": Mistake(
                lambda: _plans(server=(CANARY, PARITY)), "side by side"
            ),
            "decisions for the server": Mistake(
                lambda: _plans(server=(BLUE_GREEN, DECISIONS)), "hides small errors"
            ),
            "outcome for the server": Mistake(
                lambda: _plans(server=(BLUE_GREEN, OUTCOME)), "need not wait"
            ),
            "no trigger": Mistake(
                lambda: dict.fromkeys(PLANS, SHADOW), "pattern and a trigger"
            ),
            "one case only": Mistake(lambda: {"bank": PLANS["bank"]}, "is missing"),
        },
    ),
    "6.3": Exercise(
        expects="a number of agent minutes, a full hundred",
        judge=_judge_budget,
        solution=lambda: _smallest_budget(ALLOWED),
        mistakes={
            "the lesson's own": Mistake(
                lambda: _smallest_budget(0.05), "the lesson's own budget"
            ),
            "lower end": Mistake(
                lambda: np.quantile(highest_loss(), 0.01), "upper end"
            ),
            "the middle": Mistake(lambda: np.median(highest_loss()), "upper end"),
            "the worst of all": Mistake(
                lambda: STEP * np.ceil(highest_loss().max() / STEP), "smaller budget"
            ),
            "not a full hundred": Mistake(
                lambda: _smallest_budget(ALLOWED) + 1.5, "full hundred"
            ),
            "one step too low": Mistake(
                lambda: _smallest_budget(ALLOWED) - STEP, "1% is allowed"
            ),
            "a share": Mistake(lambda: ALLOWED, "a share"),
        },
    ),
}
