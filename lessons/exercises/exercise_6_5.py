"""A budget for one false alarm in a hundred rollouts."""

from exercises.judges import Number

# A known answer with a wide tolerance stands for a range; the nearest one speaks.
EXERCISE = Number(
    expects="a number of agent minutes, a full hundred",
    value=2500,
    tolerance=0,
    within={"a share": 1, "too small": 1299, "too large": 1199},
    known={
        "the lesson's own": 2000,
        "a share": 0.01,
        "too small": 1200,
        "too large": 3700,
    },
    others={"one step too low": 2400, "not a full hundred": 2501.5, "far off": 1e6},
    hint={
        "the lesson's own": "That is the lesson's own budget, for 5 false alarms in "
        "100. The question allows 1 in 100.",
        "a share": "That is a share. The answer is a budget, in agent minutes.",
        "too small": "With this budget more than 1% of the rollouts in which nothing "
        "was worse are rolled back. A false alarm is a loss *above* the budget.",
        "too large": "Few enough false alarms, but there is a smaller full hundred "
        "that keeps to 1% too. What a budget is too large, a fault may lose as well.",
        "other": "That is more than any of the rollouts has lost.",
    },
    reason="With a hundred less, more than 1% of the rollouts in which nothing was "
    "worse would be rolled back. The price: a fault may lose so much more before "
    "anything happens.",
)
