"""Three releases: how each goes live, and what decides about going on."""

from collections.abc import Mapping

from exercises.judges import Choice, Fields


def _plan(pattern: str, trigger: str, hint: Mapping[str, str]) -> Fields:
    return Fields(
        expects='a pattern and a trigger, such as `("shadow", "parity")`',
        fields={
            0: Choice(value=pattern, of=("shadow", "canary", "blue-green"), hint=hint),
            1: Choice(value=trigger, of=("decisions", "outcome", "parity"), hint=hint),
        },
    )


EXERCISE = Fields(
    expects="a dictionary from the three cases to a pattern and a trigger, such as "
    '`{"bank": ("shadow", "parity"), …}`',
    fields={
        "bank": _plan(
            "shadow",
            "decisions",
            hint={
                "canary": "A canary lets the new model refuse real people, and whether "
                "that was wrong is known in two years at the earliest.",
                "blue-green": "A switch in one step decides about everybody at once, "
                "with a model whose answers differ from the old ones in ways that you "
                "have not seen yet.",
                "outcome": "The outcome comes in two years. A trigger that waits for "
                "it protects nobody during the release.",
                "parity": "The new model is *meant* to answer otherwise, so equality "
                "with the old one must fail.",
            },
        ),
        "shop": _plan(
            "canary",
            "outcome",
            hint={
                "shadow": "Nobody sees the answers of a shadow, so nobody clicks on "
                "them. Here the outcome depends on what is shown.",
                "blue-green": "All visitors at once, and no others at the same time to "
                "compare with. A quiet Tuesday would look like a bad model.",
                "decisions": "Another order of the products is the purpose of the "
                "release, so that answers differ is no fault.",
                "parity": "A new model does not answer like the old one, so this "
                "trigger fires at once.",
            },
        ),
        "server": _plan(
            "blue-green",
            "parity",
            hint={
                "shadow": "A shadow answers nobody, and some day the new machine must. "
                "How does it take over, and how fast could the old one come back?",
                "canary": "Two versions of a library would answer side by side for "
                "days. What would you learn from that, if nothing may change?",
                "decisions": "A threshold hides small errors: a unit may be wrong, and "
                "no decision of today changes.",
                "outcome": "You need not wait for what becomes of the flights: the "
                "model is the same as before.",
            },
        ),
    },
    others={
        "no trigger": dict.fromkeys(("bank", "shop", "server"), "shadow"),
        "one case only": {"bank": ("shadow", "decisions")},
    },
    reason="Two questions decide: does the outcome depend on the answer, and when is "
    "it known? A shadow if harm must be seen first, a canary if only use can tell, a "
    "switch if nothing may change.",
)
