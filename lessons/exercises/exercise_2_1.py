"""Six projects, and what must not stand on both sides of the split."""

from exercises.judges import choices

EXERCISE = choices(
    expects='a dictionary from 1 to 6 with "random", "group" or "time"',
    value={1: "group", 2: "time", 3: "group", 4: "random", 5: "group", 6: "time"},
    of=("random", "group", "time"),
    known={
        "shuffle": dict.fromkeys(range(1, 7), "random"),
        "always time": dict.fromkeys(range(1, 7), "time"),
    },
    others={
        "another word": dict.fromkeys(range(1, 7), "stratified"),
        "a gap": dict.fromkeys((1, 3, 4, 6), "group"),
    },
    hint={
        1: "With pictures of one patient on both sides, the model may know the patient "
        "and not the disease. Whom will it meet in use?",
        2: "The model will meet *the same* forty pumps, but next year. What is new "
        "then, the pump or the year?",
        3: "Now the pumps themselves are new. A split that leaves readings of each "
        "pump on both sides never shows how the model does on a new one.",
        4: "The members were drawn by lot, once, each on its own, and the model meets "
        "the rest of the same list. What kind of split imitates that?",
        5: "A product photographed twice is nearly the same picture. What happens if "
        "one copy is learned from and the other one judges?",
        6: "The desk will use the model for flights that have not been scheduled yet. "
        "Which flights may it have learned from then?",
        "shuffle": "You would shuffle everything. Ask for each one what is new when "
        "the model is used: a new person, pump or day has no rows in the training set.",
        "always time": "You would split everything by time. Time is what is new for "
        "the flights; in some of the six it is somebody or something else.",
    },
    reason="One question decides all six: what will be new when the model is used? "
    "That must be new in the test set too.",
)
