"""Four histories of repairs, and what the charter's rules say about each."""

from exercises.judges import Choice, Fields


def _history(repair: str, project: str, hint: tuple[str, str]) -> Fields:
    """Make the judge of a verdict on the last repair and on the project."""
    return Fields(
        expects='a pair such as `("keep", "go on")`, first about the last repair',
        fields={
            0: Choice(value=repair, of=("keep", "drop"), hint=hint[0]),
            1: Choice(value=project, of=("go on", "stop"), hint=hint[1]),
        },
    )


# The lesson shows the gains: a repair is kept if it gains 0.2 or more and its interval
# excludes zero; two in a row below 0.2 end the project.
EXERCISE = Fields(
    expects='a dictionary `{1: ("keep", "go on"), …}` for the four histories',
    fields={
        1: _history(
            "keep",
            "go on",
            hint=(
                "Its interval reaches below 0.2. Does the rule ask for that, or for "
                "the estimate?",
                "Has anything fallen short here?",
            ),
        ),
        2: _history(
            "drop",
            "go on",
            hint=(
                "The estimate is large. Read its interval, too: could this be luck?",
                "The stop rule speaks of *gains below the smallest gain*, two in a "
                "row. How many repairs are there?",
            ),
        ),
        3: _history(
            "drop",
            "stop",
            hint=(
                "The last gain is real, for its interval excludes zero. Certain is not "
                "the same as enough.",
                "How many repairs in a row are below 0.2?",
            ),
        ),
        4: _history(
            "drop",
            "go on",
            hint=(
                "Hold the *last* repair against both parts of the rule.",
                "Two repairs fell short. What did the one between them gain?",
            ),
        ),
    },
    others={
        "one history": {1: ("keep", "go on")},
        "a word": dict.fromkeys(range(1, 5), "keep"),
    },
    reason="Size and interval decide about the repair, two short ones in a row about "
    "the project. None of the four needed an opinion.",
)
