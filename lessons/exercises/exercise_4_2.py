"""Which comparisons let a model replace the simplest one."""

from exercises.judges import Letters

EXERCISE = Letters(
    expects='letters from a to e, such as ["a", "c"]',
    of="abcde",
    value=["b", "e"],
    known={
        "excludes zero": ["a", "b", "e"],
        "estimate": ["a", "b", "c", "e"],
        "largest": ["c"],
    },
    hint={
        "excludes zero": "You ask whether the interval excludes zero. The rule asks "
        "for more: not any gain, but one that is worth the upkeep.",
        "estimate": "You go by the estimates. Half of all estimates are too high; the "
        "rule looks at the interval.",
        "largest": "You took the largest estimate. The rule asks for what is *shown*: "
        "its interval says that it may also cost more.",
        "d": "A saving is positive. One of these models costs more, and shows it.",
        "c": "One of these intervals is so wide that a loss is possible.",
        "a": "One interval excludes zero and begins below the smallest gain: a gain is "
        "shown, its size is not.",
        "b": "A small gain that is sure counts too, if all of its interval lies above "
        "the smallest gain.",
        "e": "One interval lies well above the smallest gain. What speaks against it?",
    },
    reason="Both intervals lie wholly above 0.2. The two estimates of 0.45 are the "
    "same: what differs is what the days could show.",
)
