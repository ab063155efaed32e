"""Five actions of another project, in the order of gain for an hour."""

from exercises.judges import Order

# The lesson shows the table: for each action a ceiling, the share of it that the action
# can mend, and its hours.
EXERCISE = Order(
    expects='a list of the five letters, such as `["a", "b", "c", "d", "e"]`',
    value="cebad",
    known={
        "by the ceiling": "becad",
        "by the gain": "cbaed",
        "ceiling per hour": "ecbda",
        "by the share": "cabed",
        "share per hour": "ceabd",
        "by the hours": "ecdba",
        "worst first": "dabec",
    },
    others={"as they come": "abcde", "a letter missing": "abcd"},
    hint={
        "by the ceiling": "That is the order of the ceilings: what would be saved if "
        "*all* errors of the kind vanished. How many of them does each action mend?",
        "by the gain": "That is the order of the gains, which is half of the way. "
        "Large gains take hours; what does *one* hour bring?",
        "ceiling per hour": "You divided by the hours, but a ceiling. An action that "
        "mends one error in ten brings a tenth of it.",
        "by the share": "That is the order of the shares. Nine tenths of little are "
        "little: how much is that share of the ceiling?",
        "share per hour": "You divided the share by the hours, without the ceiling. A "
        "share of what?",
        "by the hours": "That is cheapest first. Ten hours for nothing are ten hours.",
        "worst first": "The right numbers, upside down: the first letter is the action "
        "to begin with.",
        "other": "For each action work out one number: what one hour of it brings.",
    },
    reason="Mending the labels comes first and the deeper network last, although the "
    "network is what most teams would have begun with.",
)
