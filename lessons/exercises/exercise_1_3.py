"""Three vague wishes, and seventeen pieces to make goals of."""

from collections.abc import Mapping

from exercises import Verdict, wrong
from exercises.judges import Choice, Fields

SLOTS = ("decision", "user", "action", "cost")
GOALS = {"X-rays": "CGIP", "tomatoes": "MJDE", "bicycles": "HANL"}
LETTERS = "ABCDEFGHIJKLMNOPQ"


class _Goals(Fields):
    def judge(self, value: Mapping[str, Mapping[str, str]]) -> Verdict:
        for wish, own in GOALS.items():
            for slot, right_one in zip(SLOTS, own, strict=True):
                letter = value[wish][slot]
                if letter in "BFKOQ":
                    return wrong(
                        f"{wish}, {slot}: {letter} belongs to none of the goals. It "
                        + {
                            "B": "is a metric of a model: nobody is cured or fed by "
                            "it.",
                            "F": "is a means: it says how you would build it.",
                            "K": "is a constraint: it limits the solution, and is not "
                            "what anyone wants.",
                            "O": "is a resource: it is what you spend, not what you "
                            "get.",
                            "Q": "pays, and answers no question about a picture: ask "
                            "who acts on the answer.",
                        }[letter]
                    )
                if letter not in own:
                    return wrong(
                        f"{wish}, {slot}: {letter} speaks of something else. Read the "
                        "piece aloud together with the wish."
                    )
                if letter != right_one:
                    return wrong(
                        f"{wish}: {letter} is not its {slot}. The decision is a "
                        "question with a choice, the user is who answers it, the "
                        "action is what happens then, and the cost is what either "
                        "error takes."
                    )
        return self.accept()

    def mistakes(self) -> Mapping[str, object]:
        goals = self.solution()

        def but(wish: str, **pieces: str) -> dict[str, dict[str, str]]:
            return goals | {wish: goals[wish] | pieces}

        return {
            "a metric": but("X-rays", cost="B"),
            "a means": but("tomatoes", action="F"),
            "a constraint": but("tomatoes", cost="K"),
            "a resource": but("bicycles", cost="O"),
            "who pays": but("X-rays", user="Q"),
            "another wish": but("X-rays", action="D"),
            "action as decision": but("tomatoes", decision="D", action="M"),
            "no letter": but("bicycles", user="me"),
            "a key misspelled": {"xrays": {}} | goals,
            "a key missing": {"X-rays": goals["X-rays"]},
            "a slot missing": goals | {"tomatoes": {"user": "J"}},
        }


EXERCISE = _Goals(
    expects="a dictionary of three goals, each with four letters from A to Q",
    fields={
        wish: Fields(
            expects="a dictionary of decision, user, action and cost",
            fields={
                slot: Choice(value=letter, of=LETTERS)
                for slot, letter in zip(SLOTS, own, strict=True)
            },
        )
        for wish, own in GOALS.items()
    },
    reason="Each goal now names who does what. The pieces left over are a metric, a "
    "means, a constraint, a resource and somebody who pays: useful later, and no part "
    "of a goal.",
)
