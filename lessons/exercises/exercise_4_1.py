"""The loss of a network before its first step, written by the reader."""

from collections.abc import Iterator

import numpy as np

from exercises.judges import Function, read_number


def _cases() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """How often each class happens, and which probability it gets."""
    for share, said in (
        ([0.1] * 10, [0.1] * 10),  # ten digits, softmax
        ([0.98, 0.02], [0.5, 0.5]),  # a rare defect, first bias 0
        ([0.98, 0.02], [0.98, 0.02]),  # the same, first bias at the base rate
        ([0.7, 0.2, 0.1], [0.2, 0.2, 0.6]),  # far from the base rates
    ):
        yield np.array(share), np.array(said)


EXERCISE = Function(
    expects="a function of two arrays, such as first_loss, without parentheses",
    value=lambda share, said: -(share * np.log(said)).sum(),
    cases=_cases,
    result=read_number,
    returns="one number",
    same=lambda one, other: bool(np.isclose(one, other, atol=1e-3)),
    known={
        "sign": lambda share, said: (share * np.log(said)).sum(),
        "log10": lambda share, said: -(share * np.log10(said)).sum(),
        "bits": lambda share, said: -(share * np.log2(said)).sum(),
        "mean": lambda share, said: -(share * np.log(said)).mean(),
        "no shares": lambda share, said: -np.log(said).mean(),
        "sum of all": lambda share, said: -np.log(said).sum(),
        "entropy": lambda share, said: -(share * np.log(share)).sum(),
        "entropy of said": lambda share, said: -(said * np.log(said)).sum(),
        "swapped": lambda share, said: -(said * np.log(share)).sum(),
        "number of classes": lambda share, said: np.log(len(said)),
        "errors": lambda share, said: 1 - (share * said).sum(),
        "log of the mean": lambda share, said: -np.log((share * said).sum()),
    },
    others={
        "an array": lambda share, said: -share * np.log(said),
        "one argument": lambda share: 0.5,
        "a constant": lambda share, said: 0.7,
    },
    hint={
        "sign": "The sign is turned round: the logarithm of a probability is negative, "
        "and a loss is not.",
        "log10": "This is log10. Losses use the natural logarithm, `np.log`.",
        "bits": "This is in bits, with log2. Losses use the natural logarithm.",
        "mean": "You divide by the number of classes. The shares are weights already: "
        "with them the mean is a sum.",
        "no shares": "Every class counts the same, however rare it is. Where do the "
        "shares come in?",
        "sum of all": "You add up the loss of each class as if each happened to every "
        "row. How often does it happen?",
        "entropy": "This is the entropy of `share`. It is right only if the network "
        "starts at the base rates; where does `said` come in?",
        "entropy of said": "This is the entropy of `said`. How often a class happens "
        "is not what the network says of it.",
        "swapped": "The two are swapped: the logarithm is of what the network said.",
        "number of classes": "This is ln of the number of classes. It holds only if "
        "each gets the same probability.",
        "errors": "This is the mean of 1 − p, how far off the network is. The loss is "
        "−ln p.",
        "log of the mean": "First the logarithm, then the mean: you took the logarithm "
        "of a mean.",
        "other": "Two classes, 0.98 and 0.02, and one half said of both: whatever "
        "happens, the loss is ln 2. Which sum gives that?",
    },
    reason="Ten digits give ln 10, one half gives ln 2, and a start at the base rates "
    "gives their entropy. A first loss far from that is a fault found before the first "
    "step.",
)
