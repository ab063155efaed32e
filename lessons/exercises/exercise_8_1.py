"""Two repairs, and what the charter's rules say about the second and the project."""

from exercises.judges import Choice, Fields

# The lesson shows the gains: 0.31 (-0.05 to 0.66), then 0.12 (0.03 to 0.20). A repair
# is kept if it gains 0.2 or more and its interval excludes zero; two gains in a row
# below 0.2 end the project.
EXERCISE = Fields(
    expects='`repair` and `project`, such as `dict(repair="keep", project="stop")`',
    fields={
        "repair": Choice(
            value="drop",
            of=("keep", "drop"),
            hint="The gain is real, for its interval excludes zero. Certain is not the "
            "same as enough.",
        ),
        "project": Choice(
            value="go on",
            of=("go on", "stop"),
            hint="Neither was kept. But the stop rule speaks of *gains below the "
            "smallest gain*, two in a row. How large was the first?",
        ),
    },
    reason="0.12 is certain and too small. The first was large and uncertain: it was "
    "turned down as well, but its gain is not below 0.2. So only one falls short.",
)
