"""The error sheet: findings, what mending them could win, and where to go for it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from course import markdown
from flightdelay.charter import Charter
from flightdelay.errors.tags import TAGS, TRIALS
from flightdelay.errors.upkeep import Judged, saving
from flightdelay.evaluation import Interval, narrow


class Finding(NamedTuple):
    """A line of the error sheet.

    Attributes:
        finding: What was found.
        ceiling: What a repair could win, in the charter's unit per flight.
        step: Step to go back to.
        change: What to change there.
        if_known: What the desk would win if it learned at the cut-off on which flights
            the finding is, and no more; None where that has no meaning.
    """

    finding: str
    ceiling: Interval
    step: int
    change: str
    if_known: Interval | None = None


def tag_findings(table: pd.DataFrame) -> list[Finding]:
    """Turn `ceilings` into lines of the error sheet."""
    return [
        Finding(
            f"{name}: {row.flights:,} {row.error}, {row.share:.0%} of all {row.error}",
            row.if_each_were_known,
            TAGS[name].step,
            TAGS[name].change,
            row.if_the_tag_were_known,
        )
        for name, row in zip(table.index, table.itertuples(), strict=True)
    ]


def tag_meanings(table: pd.DataFrame) -> str:
    """Write what each tag of `ceilings` means, as a Markdown table in its order."""
    rows = [(name, TAGS[name].error, TAGS[name].meaning) for name in table.index]
    return markdown.table(["Tag", "Of the", "What was found out"], rows)


def trial_findings(gains: Mapping[str, Interval]) -> list[Finding]:
    """Turn what the model won in each of `TRIALS` into lines of the error sheet."""
    return [
        Finding(f"trial: {name}, and the model trained anew", gain, *TRIALS[name])
        for name, gain in gains.items()
    ]


def slice_findings(
    gaps: pd.DataFrame, slices: pd.DataFrame, judged: Judged, charter: Charter
) -> list[Finding]:
    """Turn the slices that stand out among all into lines of the error sheet.

    The ceiling is what the desk would win if the probabilities of the slice were
    shifted by their mean error. It is known only afterwards, so it flatters.

    Args:
        gaps: As from `evaluation.slice_gaps`.
        slices: The slices behind it, as from `slices_of`.
        judged: The flights and probabilities behind it.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        One finding for each slice whose gap is larger than luck makes the largest.
    """
    found = []
    for (name, value), row in gaps[gaps["gap"].abs() > gaps["by_chance"]].iterrows():
        inside = (slices[name] == value).to_numpy()
        shifted = np.clip(judged.probability - inside * row["gap"], 0, 1)
        direction = "high" if row["gap"] > 0 else "low"
        found.append(
            Finding(
                f"slice {name} {value}: probabilities too {direction} by "
                f"{abs(row['gap']):.3f}; {row['flights']:,.0f} flights",
                saving(judged, shifted, judged.probability, charter),
                3,
                "ask what changed there since training; a feature that shows it",
            )
        )
    return found


def sealed_findings(
    judged: Judged, rival: ArrayLike, name: str, charter: Charter
) -> list[Finding]:
    """Turn what the sealed test showed into lines of the error sheet.

    Args:
        judged: The test flights and what the chosen model said about them.
        rival: Probabilities of another model for the same flights.
        name: What the other model is called.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        The miscalibration, with the ceiling of one shift of all probabilities by their
        mean error (known only afterwards), and the difference from the rival.
    """
    gap = float(np.mean(judged.probability - judged.outcome))
    shifted = np.clip(judged.probability - gap, 0, 1)
    direction = "high" if gap > 0 else "low"
    return [
        Finding(
            f"{judged.months}: probabilities too {direction} by {abs(gap):.3f} on "
            "average",
            saving(judged, shifted, judged.probability, charter),
            7,
            "watch it as outcomes come in; mend it from recent weeks, judge on later "
            "ones",
        ),
        Finding(
            f"{judged.months}: {name} in place of the chosen model",
            saving(judged, rival, judged.probability, charter),
            4,
            "choose nothing here; judge both anew on flights that nobody has seen",
        ),
    ]


def error_sheet(findings: Sequence[Finding], charter: Charter) -> str:
    """Write findings as a Markdown table, the largest ceiling first.

    "Enough" compares the interval of the ceiling with the smallest gain that is worth
    a repair: "yes" if all of it reaches that gain, "no" if none of it does. Figures are
    in the charter's unit per flight.
    """
    header = [
        "Finding",
        "Ceiling",
        f"Enough for {charter.smallest_gain:g}?",
        "If only the tag were known",
        "Back to step, to change what",
    ]
    rows = []
    for finding in sorted(findings, key=lambda one: -one.ceiling.estimate):
        reaches = [end >= charter.smallest_gain for end in finding.ceiling[1:]]
        worth = "yes" if all(reaches) else "perhaps" if any(reaches) else "no"
        known = narrow(finding.if_known, ".2f") if finding.if_known else ""
        back = f"{finding.step}: {finding.change}"
        ceiling = narrow(finding.ceiling, ".2f")
        rows.append((finding.finding, ceiling, worth, known, back))
    return markdown.table(header, rows)
