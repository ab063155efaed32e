"""Four mornings at another desk: what is the likely cause?"""

from exercises.judges import choices

EXERCISE = choices(
    expects='a cause for each of A to D, such as `dict(A="nothing", …)`',
    value={"A": "fault", "B": "meaning", "C": "nothing", "D": "shift"},
    of=("fault", "meaning", "shift", "nothing"),
    hint={
        "A": {
            "meaning": "Do outcomes that a person looked up contradict the log? And "
            "for what was the watch built that fires?",
            "shift": "If the world had changed, would the watch fire that was built "
            "for a single thing? A model trained anew would learn what is broken.",
            "nothing": "One watch fires that was built for a single thing. Does an "
            "ordinary cost prove that nothing is broken?",
        },
        "B": {
            "fault": "No watch on system or inputs fires. And a person who looks "
            "flights up contradicts the log.",
            "shift": "The cost is high, too, but ask in order: a person who looks "
            "flights up contradicts the log.",
            "nothing": "Two watches fire that seldom do. Which of the two explains the "
            "other?",
        },
        "C": "One number alone is large, and it is large on all four mornings. What do "
        "the watches say whose limits were learned?",
        "D": {
            "fault": "No watch on system or inputs fires. What is left?",
            "meaning": "The audit agrees with the log: outcomes mean what they did.",
            "nothing": "The desk has paid more than usual for a week, and nobody "
            "contradicts the outcomes.",
        },
    },
    others={
        "another cause": dict.fromkeys("ABCD", "drift"),
        "one morning": {"A": "fault"},
    },
    reason="First the pipeline, then the meaning, then the world. Each time it was "
    "what did *not* fire that decided. D is a reason to talk and no proof: such weeks "
    "come on quiet days as well.",
)
