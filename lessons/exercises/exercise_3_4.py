"""The delay of earlier flights, as the desk could see it at the cut-off."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from exercises.judges import Function


def _cases() -> Iterator[tuple[pd.Series, pd.Series]]:
    for delay, waiting in (
        ([49.0, 141.0, np.nan, -4.0], [95.0, 50.0, 45.0, 170.0]),
        ([np.nan], [12.0]),
        ([0.0, 30.0, 31.0], [30.0, 30.0, 30.0]),
    ):
        yield pd.Series(delay), pd.Series(waiting)


EXERCISE = Function(
    expects="a function of two Series, such as visible, without parentheses",
    value=lambda delay, waiting: np.fmin(delay, waiting),
    cases=_cases,
    result=lambda given: np.asarray(given, float).ravel(),
    returns="one number of minutes for each flight",
    same=lambda one, other: (
        one.shape == other.shape and np.allclose(one, other, equal_nan=True)
    ),
    known={
        "final": lambda delay, waiting: delay,
        "waiting": lambda delay, waiting: waiting,
        "larger": lambda delay, waiting: np.fmax(delay, waiting),
        "gaps stay": lambda delay, waiting: np.minimum(delay, waiting),
        "canceled is zero": lambda delay, waiting: np.fmin(delay.fillna(0), waiting),
        "never early": lambda delay, waiting: np.fmin(delay, waiting).clip(lower=0),
        "left out": lambda delay, waiting: np.fmin(delay, waiting)[delay.notna()],
    },
    others={"the mean": lambda delay, waiting: np.fmin(delay, waiting).mean()},
    reason="Of a flight that has left, the desk sees its delay; of one at the gate, "
    "how long it has been waiting. Which one will be canceled, nobody knows yet.",
    hint={
        "final": "These are the delays as they became in the end. A flight that waits "
        "at the cut-off shows less: how long has it been waiting?",
        "waiting": "That is how long ago each was due. A flight that has left stopped "
        "waiting when it left.",
        "larger": "You took the larger of the two. At the cut-off nobody has seen more "
        "minutes than have passed since the schedule.",
        "gaps stay": "A flight with an empty delay gets no value. At the cut-off "
        "nobody knows that it will be canceled: it waits, like the others.",
        "canceled is zero": "A flight that was canceled later looks punctual in "
        "yours. At the cut-off it stands at the gate and waits.",
        "never early": "A flight that left early gets 0 in yours. Its delay is "
        "negative, and the desk sees that, too.",
        "left out": "Flights with an empty delay are missing. At the cut-off they "
        "stand on the board with the others.",
        "other": "For each flight, two numbers: its delay, if it has left, and the "
        "minutes since its schedule. Which of them can be seen at the cut-off?",
    },
)
