"""Eight flights, and which of them are not on time by version 2 of the guideline."""

from exercises.judges import Letters

EXERCISE = Letters(
    expects='a list of letters, such as ["a", "b"]',
    value="bcdfg",
    of="abcdefgh",
    hint={
        "a": "One of yours left late. The label is measured at the arrival, from 15 "
        "minutes on. What happens at the gate does not count.",
        "e": "One of yours is *early*. Who subtracts the clocks across midnight finds "
        "almost a day of delay.",
        "h": "One of yours has no label yet. A delay in the air can be made up, or "
        "become two hours. While the outcome is not on record, do not guess.",
        "b": "You left out a flight at the limit. How does the rule word it: more than "
        "15 minutes, or 15 or more?",
        "c": "You left out a flight whose passengers fared well. The label belongs to "
        "the flight, and this one never flew.",
        "d": "You left out a flight across midnight. The clock begins anew there, the "
        "delay does not.",
        "f": "You left out a flight that was diverted. The table has no such column: a "
        "departure without an arrival delay is the sign, even beside an arrival time.",
        "g": "You left out a flight for which no arrival delay was ever recorded. Call "
        "it diverted or canceled: what does the rule say of either?",
        "the others": "Those are the flights that *are* on time. Asked are the others.",
    },
    known={"the others": "ae"},
    others={"departures": "acfgh", "no such letter": "bz", "nothing": ""},
    reason="Five are not on time, two are on time, and h has no label. Nobody who "
    "follows version 2 could answer otherwise.",
)
