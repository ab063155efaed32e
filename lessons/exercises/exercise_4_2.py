"""The first loss of three networks."""

from math import log

from exercises.judges import Fields, Number

ENTROPY = -0.02 * log(0.02) - 0.98 * log(0.98)
SOLUTION = {"a": log(10), "b": log(2), "c": ENTROPY}

EXERCISE = Fields(
    expects='a dictionary with a number for "a", "b" and "c"',
    fields={
        "a": Number(
            expects="a number",
            value=log(10),
            known={
                "log10": 1,
                "bits": log(10) / log(2),
                "two classes": log(2),
                "probability": 0.1,
                "errors": 0.9,
                "entropy": -0.1 * log(0.1) - 0.9 * log(0.9),
            },
            hint={
                "log10": "This is log10 of ten. Losses use the natural logarithm.",
                "bits": "This is in bits. Take the natural logarithm.",
                "two classes": "There are ten classes, not two. Which probability does "
                "each of them get?",
                "probability": "This is the probability. The loss is −ln of it.",
                "errors": "This is the share of errors. The loss is −ln of a "
                "probability.",
                "entropy": "This is the entropy of a tenth: one class against the "
                "rest. Here the right one of ten gets a tenth, whatever it is.",
                "other": "Which probability does each class get before the first step?",
            },
        ),
        "b": Number(
            expects="a number",
            value=log(2),
            known={
                "right for c": ENTROPY,
                "bits": 1,
                "probability": 0.5,
                "base rate": -log(0.02),
            },
            hint={
                "right for c": "This is right for c. What does the sigmoid make of a "
                "bias of 0, however rare the defect is?",
                "bits": "This is in bits. Take the natural logarithm.",
                "probability": "This is the probability. The loss is −ln of it.",
                "base rate": "This is the loss of one defect at the base rate. But the "
                "bias is 0: what does the sigmoid make of it?",
                "other": "Which probability does the untrained network give to a "
                "defect?",
            },
        ),
        "c": Number(
            expects="a number",
            value=ENTROPY,
            known={
                "right for b": log(2),
                "a defect": -log(0.02),
                "a sound part": -log(0.98),
                "defects only": -0.02 * log(0.02),
                "bits": ENTROPY / log(2),
            },
            hint={
                "right for b": "This is right for b. Now the network begins with 2%: "
                "what is its loss on a sound part, what on a defect, and how often "
                "does either happen?",
                "a defect": "This is the loss of a *defect*. Most parts are sound; "
                "take the mean over both.",
                "a sound part": "This is the loss of a *sound* part (or the base rate, "
                "nearly the same number). Two in a hundred are defects; take the mean.",
                "defects only": "This is the part of the defects. The sound ones are "
                "missing.",
                "bits": "This is in bits. Take the natural logarithm.",
                "other": "What is the loss on a defect, what on a sound part, and how "
                "often does either happen?",
            },
        ),
    },
    others={
        "negative": SOLUTION | {"a": -log(10)},
        "one only": {"a": log(10)},
        "guesses": {"a": 3, "b": 0.3, "c": 0.3},
    },
    reason="ln 10, ln 2, and the entropy of 2%. A first loss far from these numbers is "
    "a fault that you have found before the first step.",
)
