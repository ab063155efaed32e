"""Four dashboards: the likely cause, and the next step."""

from exercises.judges import Choice, Fields

STEPS = {
    "fault": "repair the feed",
    "meaning": "settle the rule",
    "shift": "compare a repaired model",
    "nothing": "write it down",
}


def _board(cause: str, hint: str | dict[str, str]) -> Fields:
    return Fields(
        expects='a cause and a next step, such as `("nothing", "write it down")`',
        fields={
            0: Choice(value=cause, of=tuple(STEPS), hint=hint),
            1: Choice(
                value=STEPS[cause],
                of=tuple(STEPS.values()),
                hint="That step does not remove this cause.",
            ),
        },
    )


EXERCISE = Fields(
    expects="a dictionary from A to D with a cause and a next step each",
    fields={
        "A": _board(
            "fault",
            hint={
                "meaning": "Do outcomes that a person looked up contradict the log? "
                "And for what was the watch built that fires?",
                "shift": "If the world had changed, would the watch fire that was "
                "built for a single thing? And suppose that you are wrong: a repaired "
                "model would learn what is broken.",
                "nothing": "One watch fires that was built for a single thing. Does a "
                "better cost prove that nothing is broken?",
            },
        ),
        "B": _board(
            "meaning",
            hint="No input is unusual, the cost looks fine, and yet outcomes that a "
            "person looked up contradict the log. What has changed?",
        ),
        "C": _board(
            "nothing",
            hint="Only the stability index is loud, and it is loud on all four boards. "
            "What do the watches say that fire rarely on quiet days?",
        ),
        "D": _board(
            "shift",
            hint="System and inputs are silent, and the audit agrees with the log. But "
            "the desk pays more.",
        ),
    },
    others={
        "another cause": dict.fromkeys("ABCD", ("drift", "settle the rule")),
        "another step": dict.fromkeys("ABCD", ("fault", "retrain")),
        "one board": {"A": ("fault", "repair the feed")},
    },
    reason="First the pipeline, then the meaning, then the world. Each time it was "
    "what did *not* fire that decided.",
)
