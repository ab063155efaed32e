"""Three networks, and the fault that the checks tell of each."""

from exercises.judges import choices

EXERCISE = choices(
    expects='a dictionary with a number from 1 to 5 for "A", "B" and "C"',
    value={"A": 2, "B": 3, "C": 4},
    of=(1, 2, 3, 4, 5),
    # Whoever were told which one is wrong would find the answer by trying.
    names_the_fault=False,
    others={"no such fault": {"A": 7, "B": 3, "C": 4}, "one only": {"A": 2}},
    hint=dict.fromkeys(
        "ABC",
        {
            1: "Labels in another order leave the first loss as it is, for nothing is "
            "known yet that they could spoil. And they can be learned by heart.",
            2: "Numbers that are not scaled make the first answers wild. What becomes "
            "of the mean of −ln p if some are certain and wrong?",
            3: "An absolute error is no log loss. How large can it be at most, and how "
            "large is it if every answer is the base rate?",
            4: "The learning rate has no part in the first loss, for no step has been "
            "taken. What it decides is what the later passes bring.",
            5: "Both checks need no more than 64 flights, and a sound network passes "
            "them. So the number of flights explains none of these numbers.",
        },
    ),
    reason="Two faults show before the first step, one in each direction, and the "
    "third as soon as the network should move. Two are left over: labels in another "
    "order and too few flights pass both checks, and only unseen flights find them.",
)
