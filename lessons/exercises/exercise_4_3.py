"""Four networks, and what the checks tell of each."""

from exercises.judges import choices

_HINTS = {
    1: "Labels in another order leave the first loss as it is, and they can be learned "
    "by heart. What do they do to pictures that were not seen?",
    2: "Numbers that are not scaled make the first answers wild. What becomes of the "
    "mean of −ln p if some are certain and wrong?",
    3: "The rate has no part in the first loss, for no step has been taken. What it "
    "decides is what the passes bring.",
    4: "An absolute error is no log loss. How large can it be at most, and so how "
    "large at the start?",
    5: "A sound network passes all three checks. One of these numbers is no better "
    "than guessing, or far off.",
    6: "A leak makes unseen pictures look too good. Here they look as good as a "
    "network deserves, or worse.",
}

EXERCISE = choices(
    expects='a dictionary with a number from 1 to 6 for "A", "B", "C" and "D"',
    value={"A": 1, "B": 3, "C": 2, "D": 5},
    of=(1, 2, 3, 4, 5, 6),
    # Whoever were told which one is wrong would find the answer by trying.
    names_the_fault=False,
    others={"no such fault": {"A": 7, "B": 3, "C": 2, "D": 5}, "one only": {"A": 1}},
    hint=dict.fromkeys("ABCD", _HINTS),
    reason="Only unseen pictures tell labels in another order from a sound network, "
    "and a batch that stays where it was tells of a network that cannot move. Two of "
    "the faults were not there.",
)
