"""Four tags of flights that were left alone: which one is worth knowing?"""

from exercises.judges import Choice, Fields, Number
from flightdelay import charter

#: Flights with the tag that were not on time, and that were.
TAGS = {"A": (400, 3600), "B": (120, 180), "C": (60, 90), "D": (90, 0)}
FLIGHTS = 10_000


def _gain(tag: str) -> float:
    """What the desk wins a flight if it prepares all flights with the tag."""
    agreed, (late, on_time) = charter.load(), TAGS[tag]
    won = late * (agreed.cost_unprepared - agreed.cost_prepare)
    return (won - on_time * agreed.cost_prepare) / FLIGHTS


def _value() -> float:
    return _gain("B")


def _known() -> dict[str, float]:
    agreed, (late, on_time) = charter.load(), TAGS["B"]
    miss, prepare = agreed.cost_unprepared, agreed.cost_prepare
    total = _value() * FLIGHTS
    return {
        "ceiling": late * (miss - prepare) / FLIGHTS,
        "free": late * miss / FLIGHTS,
        "whole miss": (late * miss - on_time * prepare) / FLIGHTS,
        "all flights": total,
        "with the tag": total / (late + on_time),
    }


def _reason() -> str:
    gains = ", ".join(f"{tag} {_gain(tag):.1f}" for tag in "ABC").replace("-", "−")
    return (
        f"Told the tag, the desk wins {gains} minutes a flight. A has the highest "
        "ceiling and loses most. What counts is how often a tag is on the *right* "
        "decisions, and whether it is known in time."
    )


EXERCISE = Fields(
    expects='`tag` and `gain`, such as `dict(tag="A", gain=1.5)`',
    fields={
        "tag": Choice(
            value="B",
            of="ABCD",
            hint={
                "A": "It is the most frequent tag, and the desk knows it without "
                "asking. But only one in ten of its flights was not on time. What do "
                "the other 3,600 cost, if all are prepared?",
                "C": "It is known in time, and it pays. Is there another one as often "
                "right, on more flights?",
                "D": "It is never wrong, for it is the outcome itself: nobody knows at "
                "the cut-off that a flight will land elsewhere.",
            },
        ),
        "gain": Number(
            expects="a number of minutes a flight",
            value=_value,
            known=_known,
            others={"sign": -0.6, "a guess": 7},
            hint={
                "ceiling": "This is the ceiling. The tag alone does not tell the "
                "flights that will be late from those that will not: what do the "
                "others cost?",
                "free": "In your sum preparing costs nothing, neither for the flights "
                "that were not on time nor for those that were.",
                "whole miss": "You won the whole cost of a miss. But these flights "
                "must be prepared, and that costs as well.",
                "all flights": "These are the minutes of all flights together. Asked "
                "is one.",
                "with the tag": "This is the gain per flight *with the tag*. Divide by "
                "all flights, so that it can be compared with the charter.",
                "other": "Prepare all flights with the tag. What is won on those that "
                "were not on time, what is lost on the others? Divide by all flights.",
            },
        ),
    },
    reason=_reason,
)
