"""Five faults in pictures, and which of them a check of the range finds."""

from exercises.judges import Letters

EXERCISE = Letters(
    expects='a list of letters, such as ["a", "b"]',
    value="ad",
    of="abcde",
    hint={
        "a": "You left out pixels that nobody has divided. Is 200 between 0 and 1?",
        "d": "You left out pixels around zero. Is −0.5 between 0 and 1?",
        "c": "One of yours is divided too often. A pixel of 0.003 is far too dark, and "
        "still between 0 and 1.",
        "b": "One of yours has its colors exchanged. Each of them is a number between "
        "0 and 1, as before.",
        "e": "One of yours has its pixels in other places, and none of them has "
        "another value.",
        "the others": "Those are the faults that slip through. Asked are those that "
        "are found.",
    },
    known={"the others": "bce"},
    others={"all": "abcde", "no such letter": "az", "nothing": ""},
    reason="A range finds a value that cannot be. It does not find a possible value "
    "in the wrong place, at the wrong time or of another meaning. For those, compare "
    "answers on pictures that you know, before each release, and watch what comes in.",
)
