"""A budget for one false alarm in a hundred rollouts."""

from exercises.judges import Known, Number

# A known answer with a wide tolerance stands for a range; the nearest one speaks.
EXERCISE = Number(
    expects="a number of agent minutes, a full hundred",
    value=2500,
    tolerance=0,
    known={
        "the lesson's own": Known(
            2000,
            hint="That is the lesson's own budget, for 5 false alarms in 100. The "
            "question allows 1 in 100.",
        ),
        "a share": Known(
            0.01,
            hint="That is a share. The answer is a budget, in agent minutes.",
            tolerance=1,
        ),
        "too small": Known(
            1200,
            hint="With this budget more than 1% of the rollouts in which nothing was "
            "worse are rolled back. A false alarm is a loss *above* the budget.",
            tolerance=1299,
        ),
        "too large": Known(
            3700,
            hint="Few enough false alarms, but there is a smaller full hundred that "
            "keeps to 1% too. What a budget is too large, a fault may lose as well.",
            tolerance=1199,
        ),
    },
    others={"one step too low": 2400, "not a full hundred": 2501.5, "far off": 1e6},
    hint="That is more than any of the rollouts has lost.",
    reason="With a hundred less, more than 1% of the rollouts in which nothing was "
    "worse would be rolled back. The price: a fault may lose so much more before "
    "anything happens.",
)
