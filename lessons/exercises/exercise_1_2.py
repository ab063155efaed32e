"""A function that decides from a probability and the extra costs of both mistakes."""

from exercises.judges import Function

# Probability, extra cost of a false alarm, extra cost of a miss. At the first one both
# actions cost the same.
CASES = (
    (0.25, 15, 45),
    (0.2, 15, 45),
    (0.35, 240, 560),
    (0.1, 1, 19),
    (0.04, 1, 19),
    (0.6, 30, 10),
    (0.8, 30, 10),
    (0.22, 60, 40),
    (0.6, 15, 45),
)


def _act(probability: float, false_alarm: float, miss: float) -> bool:
    return probability >= false_alarm / (false_alarm + miss)


def _result(returned: object) -> bool:
    if returned not in (True, False):
        raise TypeError
    return bool(returned)


EXERCISE = Function(
    expects="a function of a probability and two extra costs",
    value=_act,
    cases=lambda: CASES,
    result=_result,
    returns="True or False",
    reason="It decides as the costs ask, at any desk. On pictures it says when to show "
    "one to a person.",
    known={
        "one half": lambda p, false_alarm, miss: p >= 0.5,
        "the desk's": lambda p, false_alarm, miss: p >= 0.2,
        "odds": lambda p, false_alarm, miss: p >= false_alarm / miss,
        "swapped": lambda p, false_alarm, miss: p >= miss / (false_alarm + miss),
        "turned round": lambda p, false_alarm, miss: not _act(p, false_alarm, miss),
        "after equality": lambda p, false_alarm, miss: (
            p > false_alarm / (false_alarm + miss)
        ),
    },
    others={
        "always": lambda p, false_alarm, miss: True,
        "a number": lambda p, false_alarm, miss: p * miss,
        "text": "probability >= 0.2",
    },
    hint={
        "one half": "One half is right only if both errors cost the same extra. The "
        "function is given both costs: use them.",
        "the desk's": "You wrote in the threshold of our desk. The function must serve "
        "any desk: work it out from the two costs.",
        "odds": "A cost divided by the other gives odds. A probability is a part of "
        "the whole.",
        "swapped": "The two costs have changed places. Where a miss is dear, one acts "
        "sooner.",
        "turned round": "True and False have changed places: True means act.",
        "after equality": "Where both actions cost the same, the charter acts: from "
        "the threshold *on*.",
        "other": "Work out one case by hand: with probability 0.35 and the costs 240 "
        "and 560, what does acting cost extra on average, and what does leaving it?",
    },
)
