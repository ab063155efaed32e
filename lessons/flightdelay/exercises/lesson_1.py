"""Exercises of lesson 1: a threshold from costs, goals, briefs, and a shift's value."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import numpy as np

from flightdelay import charter, data, evaluation, features, labels, models
from flightdelay.exercises import Exercise, Mistake, Verdict, is_open, right, wrong

# --- 1.1 The hotel desk: dollars for each flight, by action and outcome.

BLOCKED_ON_TIME, BLOCKED_LATE = 240, 440
OPEN_ON_TIME, OPEN_LATE = 0, 1000
EXTRA_FALSE_ALARM = BLOCKED_ON_TIME - OPEN_ON_TIME
EXTRA_MISS = OPEN_LATE - BLOCKED_LATE
HOTEL_THRESHOLD = EXTRA_FALSE_ALARM / (EXTRA_FALSE_ALARM + EXTRA_MISS)

# So far from the rule's threshold an answer counts as rounded.
ROUNDED = 0.01
# Up to here an answer costs hardly more than the cheapest threshold.
TOLERANCE = 0.02

_ONE_COLUMN = (
    "You compared two entries of one column or row. Blocking has two prices, one for "
    "each outcome. Ask in each column what the wrong action costs *more* than the "
    "right one."
)
_HOTEL_MISTAKES = {
    "habit": (
        0.5,
        "One half is right when both errors cost the same extra. Do they here? Compare "
        "the two entries of each column.",
    ),
    "the lesson's short form": (
        BLOCKED_ON_TIME / OPEN_LATE,
        "You divided as for a desk where preparing costs the same in both columns. "
        f"Here it does not: blocking costs {BLOCKED_ON_TIME} or {BLOCKED_LATE}. Ask in "
        "each column what the wrong action costs *more* than the right one.",
    ),
    "price of a used room": (BLOCKED_LATE / OPEN_LATE, _ONE_COLUMN),
    "odds": (
        EXTRA_FALSE_ALARM / EXTRA_MISS,
        "These are the odds: one extra cost divided by the other. A probability is a "
        "part of the whole: divide by the *sum* of the two extra costs.",
    ),
    "swapped": (
        EXTRA_MISS / (EXTRA_FALSE_ALARM + EXTRA_MISS),
        "The two costs are swapped. The dearer a miss, the *sooner* one acts, so the "
        "threshold must fall when a miss costs more.",
    ),
    "sum of one row": (
        BLOCKED_ON_TIME / (BLOCKED_ON_TIME + BLOCKED_LATE),
        "You added the two prices of one row. Subtract within each column first: the "
        "right action from the wrong one.",
    ),
    "sum of one column": (
        BLOCKED_LATE / (BLOCKED_LATE + OPEN_LATE),
        "Close, by luck: you added the two prices of one column. Subtract instead: "
        "the right action from the wrong one, and the same in the other column.",
    ),
    "sum of two entries": (
        BLOCKED_ON_TIME / (BLOCKED_ON_TIME + OPEN_LATE),
        "You added two entries of the table. Subtract first: within each column, the "
        "right action from the wrong one. Then put the differences into the rule.",
    ),
    "the charter's": (
        charter.load().threshold,
        "That is the threshold of the passenger-care desk. This desk has other costs.",
    ),
}


@cache
def _trial() -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of May and June, and the scores of the lesson's rough model."""
    train = data.period_rows(data.load_flights(), "train")
    known = features.build(train, data.load_table("weather"))
    outcome = labels.not_on_time(train).astype(int)
    first = train["month"] <= 4
    model = models.baselines()["logistic: schedule, weather, operations"]
    model.fit(known[first], outcome[first])
    return outcome[~first].to_numpy(), model.predict_proba(known[~first])[:, 1]


@cache
def _base_rates() -> dict[str, float]:
    """Shares of flights not on time that a reader may take for the threshold."""
    train = data.period_rows(data.load_flights(), "train")
    outcome = labels.not_on_time(train).astype(int)
    first = train["month"] <= 4
    return {
        "January to June": outcome.mean(),
        "January to April": outcome[first].mean(),
        "May and June": outcome[~first].mean(),
    }


def _hotel_cost(threshold: float) -> float:
    outcome, probability = _trial()
    blocked = np.where(outcome == 1, BLOCKED_LATE, BLOCKED_ON_TIME)
    left_open = np.where(outcome == 1, OPEN_LATE, OPEN_ON_TIME)
    return float(np.where(probability >= threshold, blocked, left_open).mean())


@cache
def _cheapest_hotel_cost() -> float:
    return min(_hotel_cost(threshold) for threshold in np.arange(101) / 100)


def _nearest(answer: float, values: Mapping[str, float], within: float) -> str | None:
    name = min(values, key=lambda key: abs(answer - values[key]))
    return name if abs(answer - values[name]) <= within else None


def _number(answer: object) -> float:
    if isinstance(answer, bool):
        raise TypeError
    return float(answer)


def _judge_threshold(answer: object) -> Verdict:
    threshold = _number(answer)
    if not 0 <= threshold <= 1:
        outside = f"A probability lies between 0 and 1; yours is {threshold:g}."
        if 1 < threshold < 10:
            return wrong(
                f"{outside} A ratio above 1 is upside down, and one cost divided by "
                "the other gives odds. Divide by the *sum* of the two extra costs."
            )
        if 10 <= threshold <= 100:
            return wrong(f"{outside} It looks like a percentage: divide it by 100.")
        return wrong(outside)
    if _nearest(threshold, _base_rates(), within=0.002):
        return wrong(
            "That is how often flights are not on time; the threshold comes from the "
            "costs alone."
        )
    values = {name: value for name, (value, _) in _HOTEL_MISTAKES.items()}
    values["right"] = HOTEL_THRESHOLD
    name = _nearest(threshold, values, within=0.004)
    if name in _HOTEL_MISTAKES:
        return wrong(_HOTEL_MISTAKES[name][1])
    cost, cheapest = _hotel_cost(threshold), _cheapest_hotel_cost()
    more = cost / cheapest - 1
    if more > TOLERANCE:
        side = "low" if threshold < HOTEL_THRESHOLD else "high"
        return wrong(
            f"On May and June this threshold costs {cost:.0f} dollars a flight, "
            f"{more:.0%} more than the cheapest one: it is too {side}. Write down the "
            "extra cost of each error, then divide."
        )
    if abs(threshold - HOTEL_THRESHOLD) > ROUNDED + 1e-9:
        return wrong(
            f"Cheap enough on May and June ({cost:.0f} dollars a flight), because the "
            "cost curve is flat here. But the rule gives exactly "
            f"{EXTRA_FALSE_ALARM} / ({EXTRA_FALSE_ALARM} + {EXTRA_MISS}). How did you "
            "get yours?"
        )
    return right(
        f"On May and June it costs {cost:.0f} dollars a flight; the cheapest "
        f"threshold, known only afterwards, costs {cheapest:.0f}. The rule: extra cost "
        "of a false alarm, divided by the sum of both extra costs."
    )


# --- 1.2 Three vague wishes, and seventeen pieces to make goals of.

SLOTS = ("decision", "user", "action", "cost")
PIECES = {
    "A": "the driver of the night van",
    "B": "recall of 95% or more",
    "C": "Which picture is read next?",
    "D": "blow it off the belt",
    "E": "10 cents for a good one thrown away, 4 euros for a bad one in a box",
    "F": "a convolutional network with data augmentation",
    "G": "the doctor on duty",
    "H": "How many bicycles does each station need at eight in the morning?",
    "I": "open that picture before all others",
    "J": "the worker who sets the sorting machine",
    "K": "an answer within 200 ms",
    "L": "a minute of driving for nothing, or a customer before an empty stand",
    "M": "Does this tomato stay?",
    "N": "load some here, unload them there",
    "O": "ten thousand labeled pictures",
    "P": "minutes until a collapsed lung is seen, minutes that the others wait longer",
    "Q": "the hospital's board, which pays for the software",
}
GOALS = {
    "X-rays": dict(zip(SLOTS, "CGIP", strict=True)),
    "tomatoes": dict(zip(SLOTS, "MJDE", strict=True)),
    "bicycles": dict(zip(SLOTS, "HANL", strict=True)),
}
_DECOYS = {
    "B": "is a metric of a model: nobody is cured, fed or carried by it",
    "F": "is a means: it says how you would build it, not what for",
    "K": "is a constraint: it limits the solution and is not what anyone wants",
    "O": "is a resource: it is what you spend, not what you get",
    "Q": "pays, and answers no question about a picture: ask who acts on the answer",
}


def _open_slots(count: int) -> Verdict:
    return Verdict("unanswered", f"Still open: {count} of the fields with `...`.")


def _wrong_keys(answer: object, expected: Iterable[str], of: str) -> Verdict | None:
    """Return what to say if a dictionary has other keys than the expected ones."""
    if not isinstance(answer, Mapping):
        return wrong(f"{of} must be a dictionary with the keys {', '.join(expected)}.")
    for key in answer:
        if key not in expected:
            return wrong(f"{of}: `{str(key)[:20]}` is none of {', '.join(expected)}.")
    for key in expected:
        if key not in answer:
            return wrong(f"{of}: the key `{key}` is missing.")
    return None


def _judge_goals(answer: object) -> Verdict:
    problem = _wrong_keys(answer, GOALS, "The answer")
    if problem is None:
        problems = (_wrong_keys(answer[wish], SLOTS, wish) for wish in GOALS)
        problem = next(filter(None, problems), None)
    if problem:
        return problem
    given = {(wish, slot): answer[wish][slot] for wish in GOALS for slot in SLOTS}
    if count := sum(map(is_open, given.values())):
        return _open_slots(count)
    given = {place: str(letter).strip().upper() for place, letter in given.items()}
    owners = {
        letter: (wish, slot)
        for wish, slots in GOALS.items()
        for slot, letter in slots.items()
    }
    for (wish, slot), letter in given.items():
        if letter not in PIECES:
            return wrong(f"`{letter[:20]}` is not one of the letters A to Q.")
        if letter in _DECOYS:
            return wrong(
                f"{wish}, {slot}: {letter} {_DECOYS[letter]}. It belongs to none of "
                "the goals."
            )
        owner_wish, owner_slot = owners[letter]
        if owner_wish != wish:
            return wrong(
                f"{wish}, {slot}: {letter} speaks of something else. Read the piece "
                "aloud together with the wish."
            )
        if owner_slot != slot:
            return wrong(
                f"{wish}: {letter} is not its {slot}. The decision is a question with "
                "a choice, the user is who answers it, the action is what happens "
                "then, and the cost is what either error takes."
            )
    return right(
        "Each goal now names who does what. The pieces left over are a metric, a "
        "means, a constraint, a resource and somebody who pays: useful later, and no "
        "part of a goal."
    )


def _goals(**changes: str) -> dict[str, dict[str, str]]:
    """The solution, with some places ("X-rays_cost") filled otherwise."""
    goals = {wish: dict(slots) for wish, slots in GOALS.items()}
    for place, letter in changes.items():
        wish, slot = place.rsplit("_", 1)
        goals[wish][slot] = letter
    return goals


# --- 1.3 Eight briefs.

BUILD, RULE, NEITHER = "build", "rule", "do not build"
VERDICTS = {
    "A": RULE,
    "B": BUILD,
    "C": NEITHER,
    "D": BUILD,
    "E": RULE,
    "F": NEITHER,
    "G": BUILD,
    "H": NEITHER,
}
_QUESTIONS = {
    "A": "Is anything unknown here that one would have to learn from examples?",
    "B": "Who acts, are there labels, does a rule do it? The brief says all three.",
    "C": "Suppose the prediction is perfect. Who does what with it?",
    "D": "How good is today's rule, and what does its error cost?",
    "E": "Is the condition already written down, and does it ever change?",
    "F": "How many labeled examples can one get, and how many more each year?",
    "G": "What do 14 people have to read today, and which answer is on record?",
    "H": "At which moment is the input known, and at which moment must one act?",
}
# Where the usual question would lead away from the right verdict.
_QUESTIONS_AFTER = {
    ("A", NEITHER): (
        "Must something happen here, and can anybody say today, without a model, when?"
    ),
}


def _judge_briefs(answer: object) -> Verdict:
    problem = _wrong_keys(answer, VERDICTS, "The answer")
    if problem:
        return problem
    given = {letter: answer[letter] for letter in VERDICTS}
    if count := sum(map(is_open, given.values())):
        return _open_slots(count)
    given = {
        letter: " ".join(str(verdict).lower().split())
        for letter, verdict in given.items()
    }
    for letter, verdict in given.items():
        if verdict not in (BUILD, RULE, NEITHER):
            return wrong(
                f'{letter}: the verdict is one of "{BUILD}", "{RULE}" and "{NEITHER}".'
            )
    missed = [letter for letter in VERDICTS if given[letter] != VERDICTS[letter]]
    if not missed:
        return right(
            "A model needs an action, a label, an input in time, and a task that no "
            "simple rule does well enough. One of the four missing is enough to say no."
        )
    if set(given.values()) == {BUILD}:
        return wrong(
            "You would build everything. A brief does not become a model because it "
            "came to you: look for the ones in which somebody could write the rule "
            f"today. Begin with {missed[0]}: {_QUESTIONS[missed[0]]}"
        )
    letter = missed[0]
    question = _QUESTIONS_AFTER.get((letter, given[letter]), _QUESTIONS[letter])
    hits = len(VERDICTS) - len(missed)
    return wrong(
        f"{hits} of {len(VERDICTS)} {'is' if hits == 1 else 'are'} right. Look at "
        f"{letter} again. {question}"
    )


def _briefs(**changes: str) -> dict[str, str]:
    return VERDICTS | changes


# --- 1.4 The morning shift: departures scheduled before this hour.

MORNING_ENDS = 8


@cache
def _morning_interval() -> evaluation.Interval:
    """The value with an interval by day, if preparing none is the cheaper policy."""
    agreed = charter.load()
    train = data.period_rows(data.load_flights(), "train").query(
        f"hour < {MORNING_ENDS}"
    )
    outcome = labels.not_on_time(train).astype(int)
    saved = agreed.cost_unprepared - agreed.cost_prepare
    return evaluation.bootstrap_interval(
        outcome, outcome, lambda late, _: late * saved, "day", train["date"]
    )


@cache
def _morning() -> dict[str, float]:
    """The value of perfect foresight in the morning, and what readers confuse with it.

    All in agent minutes per flight, but for "a day", which is per day.
    """
    agreed = charter.load()
    train = data.period_rows(data.load_flights(), "train")
    outcome = labels.not_on_time(train).astype(int)
    shift = train["hour"] < MORNING_ENDS
    rate = outcome[shift].mean()
    foresight = rate * agreed.cost_prepare
    none = rate * agreed.cost_unprepared
    value = min(agreed.cost_prepare, none) - foresight
    until_nine = outcome[train["hour"] <= MORNING_ENDS].mean()
    return {
        "right": value,
        "an hour more": until_nine * (agreed.cost_unprepared - agreed.cost_prepare),
        "against prepare all": agreed.cost_prepare - foresight,
        "foresight for nothing": none,
        "cost, not value": foresight,
        "all hours": agreed.cost_prepare * (1 - outcome.mean()),
        "a day": value * shift.sum() / train["date"].nunique(),
        "turned round": -value,
        "gap of the policies": abs(agreed.cost_prepare - none),
    }


_MORNING_HINTS = {
    "against prepare all": (
        "You compared with preparing every flight. In the morning another policy "
        "without a model costs less: compute both."
    ),
    "foresight for nothing": (
        "Perfect foresight is not for nothing: the desk still prepares the flights "
        "that will not be on time. Subtract what that costs."
    ),
    "cost, not value": (
        "That is what the desk pays *with* perfect foresight. Its value is what the "
        "desk saves by it: compare with the cheapest policy that has none."
    ),
    "all hours": (
        "That is the value over the whole day. Take only the flights of the morning "
        "shift."
    ),
    "an hour more": (
        "You took the flights of the hour 8 as well. Before 8 o'clock is `hour < 8`."
    ),
    "a day": "That is for a whole day. The question asks for one flight.",
    "turned round": (
        "The sign is turned round: a value is what the cheapest policy without a model "
        "costs, minus what perfect foresight costs."
    ),
    "gap of the policies": (
        "That is the gap between the two policies without a model. Compare the cheaper "
        "of them with perfect foresight."
    ),
}


def _judge_morning(answer: object) -> Verdict:
    value = _number(answer)
    if not np.isfinite(value):
        return wrong(f"An amount of minutes is a finite number; yours is {value:g}.")
    amounts = _morning()
    name = _nearest(value, amounts, within=0.06)
    if name is None and round(value) == round(amounts["a day"]):
        name = "a day"
    if name == "right":
        return right(
            f"{_morning_interval():.1f} agent minutes per flight, drawn by day. In the "
            "morning it is cheaper to prepare none, so the best a forecast can do is "
            "to find the few flights that are not on time."
        )
    if name:
        return wrong(_MORNING_HINTS[name])
    if value > charter.load().cost_unprepared:
        return wrong(
            "That is more than any single flight can cost: divide by the number of "
            "morning flights."
        )
    if 0 < value < 1:
        return wrong("That looks like a share of flights. Turn it into agent minutes.")
    if abs(value - amounts["right"]) <= 0.5:
        return wrong("Close: give one decimal, for all flights with `hour` below 8.")
    return wrong(
        "Three steps: the share of morning flights that are not on time; from it the "
        "costs of preparing all, none, and only the right ones; then the difference "
        "that the question asks for."
    )


def _amount(name: str) -> Callable[[], float]:
    return lambda: _morning()[name]


EXERCISES = {
    "1.1": Exercise(
        expects="the probability from which the hotel desk acts, from 0 to 1",
        judge=_judge_threshold,
        solution=lambda: HOTEL_THRESHOLD,
        mistakes={
            "habit": Mistake(lambda: 0.5, "same extra"),
            "odds": Mistake(lambda: 240 / 560, "the odds"),
            "swapped": Mistake(lambda: 0.7, "are swapped"),
            "percent": Mistake(lambda: 30, "percentage"),
            "short form": Mistake(lambda: 0.24, "the same in both columns"),
            "wrong row": Mistake(lambda: 0.44, "two prices"),
            "sum of one row": Mistake(lambda: 240 / 680, "prices of one row"),
            "sum of one column": Mistake(lambda: 440 / 1440, "prices of one column"),
            "base rate": Mistake(lambda: 0.2812, "how often flights"),
            "flat curve": Mistake(lambda: 1 / 3, "Cheap enough"),
            "upside down": Mistake(lambda: 560 / 240, "upside down"),
            "below zero": Mistake(lambda: -0.3, "yours is -0.3."),
            "far above one": Mistake(lambda: 300, "yours is 300."),
            "sum of entries": Mistake(lambda: 240 / 1240, "Subtract first"),
            "the charter's": Mistake(lambda: 0.2, "other costs"),
            "guessed too low": Mistake(lambda: 0.05, "too low"),
            "guessed too high": Mistake(lambda: 0.9, "too high"),
        },
    ),
    "1.2": Exercise(
        expects="a dictionary of three goals, each with four letters from A to Q",
        judge=_judge_goals,
        solution=_goals,
        mistakes={
            "a metric": Mistake(lambda: _goals(**{"X-rays_cost": "B"}), "metric"),
            "a means": Mistake(lambda: _goals(tomatoes_action="F"), "is a means"),
            "a constraint": Mistake(lambda: _goals(tomatoes_cost="K"), "constraint"),
            "a resource": Mistake(lambda: _goals(bicycles_cost="O"), "a resource"),
            "another wish": Mistake(
                lambda: _goals(**{"X-rays_action": "D"}), "something else"
            ),
            "action as decision": Mistake(
                lambda: _goals(tomatoes_decision="D", tomatoes_action="M"),
                "not its decision",
            ),
            "no letter": Mistake(lambda: _goals(bicycles_user="me"), "A to Q"),
            "who pays": Mistake(lambda: _goals(**{"X-rays_user": "Q"}), "who acts"),
            "a key misspelled": Mistake(
                lambda: {"xrays": {}} | _goals(), "`xrays` is none of"
            ),
            "a key missing": Mistake(
                lambda: {wish: _goals()[wish] for wish in ("X-rays", "tomatoes")},
                "`bicycles` is missing",
            ),
            "a slot missing": Mistake(
                lambda: _goals() | {"tomatoes": {"user": "J"}},
                "`decision` is missing",
            ),
        },
    ),
    "1.3": Exercise(
        expects='a dictionary from "A" to "H" with "build", "rule" or "do not build"',
        judge=_judge_briefs,
        solution=_briefs,
        mistakes={
            "all": Mistake(lambda: dict.fromkeys(VERDICTS, BUILD), "build everything"),
            "a list": Mistake(lambda: _briefs(A=BUILD), "learn from examples"),
            "a list left alone": Mistake(lambda: _briefs(A=NEITHER), "without a model"),
            "no label": Mistake(lambda: _briefs(F=BUILD), "How many labeled"),
            "no action": Mistake(lambda: _briefs(C=RULE), "Who does what"),
            "too shy": Mistake(lambda: _briefs(B=NEITHER), "says all three"),
            "a rule that failed": Mistake(lambda: _briefs(D=RULE), "today's rule"),
            "no need seen": Mistake(lambda: _briefs(E=NEITHER), "already written down"),
            "another word": Mistake(lambda: _briefs(G="maybe"), "is one of"),
            "one right": Mistake(
                lambda: (
                    dict.fromkeys("BDFGH", RULE)
                    | dict.fromkeys("ACE", BUILD)
                    | {"C": NEITHER}
                ),
                "1 of 8 is right",
            ),
            "a letter missing": Mistake(lambda: {"A": RULE}, "the key `B` is missing"),
        },
    ),
    "1.4": Exercise(
        expects="a number of agent minutes per flight",
        judge=_judge_morning,
        solution=_amount("right"),
        mistakes={
            name: Mistake(_amount(name), hint[:40])
            for name, hint in _MORNING_HINTS.items()
        }
        | {
            "a guess": Mistake(lambda: 5, "Three steps"),
            "a total": Mistake(lambda: 287_040, "any single flight"),
            "a rate": Mistake(lambda: 0.143, "share of flights"),
            "rounded": Mistake(lambda: 11, "one decimal"),
            "not finite": Mistake(lambda: float("inf"), "finite number"),
        },
    ),
}
