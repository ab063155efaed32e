"""Ten candidates for a feature, and which the desk has at the cut-off."""

from exercises.judges import Letters

EXERCISE = Letters(
    expects='a list of the letters of what is known, such as ["a", "b"]',
    value="abdhi",
    of="abcdefghij",
    hint={
        "c": "One of yours is an outcome of this very flight. At which clock time does "
        "it get its value, and at which one does the desk decide?",
        "e": "One of yours looks like a plan, and is a record: the table was filled in "
        "afterwards. Which one says what happened *in the end*?",
        "f": "One of yours is about another flight, and *final*. When does that flight "
        "leave, when does it land, and when does the desk decide?",
        "g": "One of yours is measured at the departure, two to three hours after the "
        "desk has decided. A forecast would be known, a reading is not.",
        "j": "One of yours looks ahead: in March nobody knows the flights of December.",
        "a": "You left out something that never changes. When could anyone look it up?",
        "b": "You left out a promise, printed months before. What counts is when a "
        "value is *known*, not what it speaks of.",
        "d": "You left out something that is made of delays, but of old ones. Has this "
        "month's flight any part in it?",
        "h": "You left out something that is an hour old at the cut-off. Whoever looks "
        "at the screen then, sees it.",
        "i": "You left out something that can be seen from the desk while it lasts. It "
        "is not final, and the minutes so far are a fact.",
    },
    others={"words": ["distance"], "no such letter": "az", "nothing": ""},
    reason="Each of the five has its value at the cut-off. The other five come later, "
    "however harmless their names.",
)
