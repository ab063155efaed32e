"""Step 3, the second case: handwritten digits that a reader labels twice.

Nobody labels the flights by hand, so what people do with a label rule is shown on
images: scikit-learn's 1,797 real handwritten digits of 8 x 8 pixels.
"""

import base64
import json
import struct
import zlib
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
from IPython.display import HTML, Markdown
from sklearn.datasets import load_digits
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.svm import SVC

from course import markdown
from flightdelay.evaluation import Interval

#: How many digits a reader labels.
COUNT = 30
_BRIGHTEST = 16  # A pixel of the data runs from 0 to 16.
_SIDE = 10  # Each pixel becomes a square of so many.


def ambiguous() -> np.ndarray:
    """Choose the `COUNT` digits that a classifier finds hardest to tell apart.

    A support vector machine scores each digit without having learned from it or its
    neighbors in the file, who often share a writer. A digit is ambiguous if its two
    best classes score alike.

    Returns:
        Positions in `sklearn.datasets.load_digits`, the most ambiguous first.
    """
    digits = load_digits()
    scores = cross_val_predict(
        SVC(gamma=0.001),
        digits.data,
        digits.target,
        cv=KFold(5),
        method="decision_function",
    )
    second, best = np.sort(scores, axis=1)[:, -2:].T
    return np.argsort(best - second, kind="stable")[:COUNT]


def sheet() -> HTML:
    """Return the thirty ambiguous digits as a sheet to label twice.

    With JavaScript the sheet asks for one digit after another, in two rounds, and then
    shows the reader's agreement. Without it all digits stand there, with the recorded
    labels folded away, to be labeled on paper.
    """
    digits = load_digits()
    chosen = np.sort(ambiguous())
    recorded = digits.target[chosen].tolist()
    second_order = np.random.default_rng(0).permutation(COUNT).tolist()
    images = "".join(
        f'<li><img src="{_picture(digits.images[place])}" width="80" height="80" '
        f'alt="digit {number} of {COUNT}, unlabeled"></li>'
        for number, place in enumerate(chosen, 1)
    )
    key = ", ".join(f"{n}: {label}" for n, label in enumerate(recorded, 1))
    told = json.dumps({"recorded": recorded, "secondOrder": second_order})
    code = files(__package__).joinpath("digits.js").read_text("utf-8")
    style = files(__package__).joinpath("digits.css").read_text("utf-8")
    return HTML(
        f'<div class="label-digits"><style>{style}</style>'
        "<p>On paper: write down a label for each digit, from 1 to 30. Put the list "
        "away. Then label them again from 30 back to 1, without looking.</p>"
        f"<ol>{images}</ol>"
        "<details><summary>Show the recorded labels (after both rounds)</summary>"
        f"<p>{key}</p></details>"
        f'<script type="application/json">{told}</script>'
        f"<script>{code}</script></div>"
    )


def agreement(
    first: Sequence[int],
    second: Sequence[int],
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return Cohen's kappa of two labelings, with an interval that draws items.

    Args:
        first: A label for each item.
        second: Another label for each item.
        resamples: Number of resamples.
        confidence: Share of the resamples' figures inside the interval.
        seed: Seed of the resampling.

    Returns:
        Estimate, low and high; NaN where both labelings consist of one and the same
        label, which leaves nothing to agree about beyond chance.

    Raises:
        ValueError: The labelings are empty or of unequal length.
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.ndim != 1 or first.shape != second.shape or len(first) == 0:
        raise ValueError("Both labelings need one label for each item.")
    drawn = np.random.default_rng(seed).integers(
        len(first), size=(resamples, first.size)
    )
    figures = _kappas(first[drawn], second[drawn])
    if np.isnan(figures).all():
        return Interval(np.nan, np.nan, np.nan)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(figures, [tail, 1 - tail])
    return Interval(_kappas(first[None], second[None])[0], float(low), float(high))


def compare(first_round: Sequence[int], second_round: Sequence[int]) -> Markdown:
    """Tell a reader who labeled the sheet twice how far the labels agree.

    Args:
        first_round: Labels from 0 to 9 of digits 1 to 30, in the order of the sheet.
        second_round: The same, labeled once more.

    Returns:
        A table with three kappas, or a sentence that says what is missing.
    """
    rounds = (first_round, second_round)
    if any(labels is None or labels is ... for labels in rounds):
        return Markdown("**Not labeled yet.** Put your two lists of labels here.")
    try:
        first, second = (np.asarray(labels, dtype=int) for labels in rounds)
        complete = first.shape == second.shape == (COUNT,)
        complete &= bool(np.isin(np.concatenate([first, second]), range(10)).all())
    except (TypeError, ValueError):
        complete = False
    if not complete:
        return Markdown(
            f"**Not yet.** Each round is a list of {COUNT} digits from 0 to 9, in the "
            "order of the sheet."
        )
    recorded = load_digits().target[np.sort(ambiguous())]
    rows = []
    for name, one, other in (
        ("you with yourself", first, second),
        ("first round with the record", first, recorded),
        ("second round with the record", second, recorded),
    ):
        same = (one == other).sum()
        kappa = agreement(one, other)
        figure = "one label only" if np.isnan(kappa.estimate) else f"{kappa:.2f}"
        rows.append((name, f"{same} of {COUNT}", figure))
    return Markdown(markdown.table(["Compared", "the same", "kappa"], rows))


def _kappas(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kappa of each row of two tables of labels."""
    classes = np.union1d(first, second)
    shares, other_shares = (
        (labels[:, :, None] == classes).mean(axis=1) for labels in (first, second)
    )
    by_chance = (shares * other_shares).sum(axis=1)
    observed = (first == second).mean(axis=1)
    with np.errstate(invalid="ignore"):
        return (observed - by_chance) / (1 - by_chance)


def _picture(image: np.ndarray) -> str:
    """Return a digit as a PNG picture, dark on white with a white edge, as an URL."""
    gray = 255 - np.round(np.pad(image, 1) * (255 / _BRIGHTEST)).astype(np.uint8)
    large = np.kron(gray, np.ones((_SIDE, _SIDE), np.uint8))
    # Each line begins with a byte for "no filter".
    lines = np.pad(large, ((0, 0), (1, 0))).tobytes()
    height, width = large.shape

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", checksum)
        )

    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()
