"""Eight briefs: build a model, write a rule, or neither."""

from exercises.judges import choices

BUILD, RULE, NEITHER = VERDICTS = ("build", "rule", "do not build")

EXERCISE = choices(
    expects='a dictionary from "A" to "H" with "build", "rule" or "do not build"',
    value={
        "A": RULE,
        "B": BUILD,
        "C": NEITHER,
        "D": BUILD,
        "E": RULE,
        "F": NEITHER,
        "G": BUILD,
        "H": NEITHER,
    },
    of=VERDICTS,
    known={"all": dict.fromkeys("ABCDEFGH", BUILD)},
    others={"another word": dict.fromkeys("ABCDEFGH", "maybe"), "one": {"A": RULE}},
    hint={
        "A": {
            BUILD: "Is anything unknown here that one would have to learn from "
            "examples?",
            NEITHER: "Must something happen here, and can anybody say today, without a "
            "model, when?",
        },
        "B": "Who acts, are there labels, does a rule do it? The brief says all three.",
        "C": "Suppose the prediction is perfect. Who does what with it?",
        "D": "How good is today's rule, and what does its error cost?",
        "E": "Is the condition already written down, and does it ever change?",
        "F": "How many labeled examples can one get, and how many more each year?",
        "G": "What do 14 people have to read today, and which answer is on record?",
        "H": "At which moment is the input known, and at which moment must one act?",
        "all": "You would build everything. A brief does not become a model because it "
        "came to you: look for those in which somebody could write the rule today.",
    },
    reason="A model needs an action, a label, an input in time, and a task that no "
    "simple rule does well enough. One of the four missing is enough to say no.",
)
