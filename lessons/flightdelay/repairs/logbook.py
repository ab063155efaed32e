"""What a repair gains, and the project log that says what became of it."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from numpy.typing import ArrayLike

from course import markdown
from flightdelay.charter import Charter
from flightdelay.evaluation import (
    DRAWS_TO_DECIDE,
    Interval,
    cost_per_flight,
    flight_costs,
    mean_with_neighbors,
    paired_difference,
)
from flightdelay.repairs.declared import declaration, versions
from flightdelay.repairs.trials import december, rehearsal


class Gain(NamedTuple):
    """By how much the new version is cheaper per flight than the old one.

    Attributes:
        by_day: With its interval over resampled days.
        with_neighbors: With the interval that knows of neighboring days.
    """

    by_day: Interval
    with_neighbors: Interval

    @property
    def estimate(self) -> float:
        """The gain on the flights as they are."""
        return self.by_day.estimate

    def is_worth(self, charter: Charter) -> bool:
        """Tell whether a repair with this gain stays; see `Declaration.rule`."""
        both = self.by_day.low > 0 and self.with_neighbors.low > 0
        return self.estimate >= charter.smallest_gain and both


def gain(
    outcome: ArrayLike,
    old: ArrayLike,
    new: ArrayLike,
    date: ArrayLike,
    charter: Charter,
) -> Gain:
    """Return what the new version saves per flight, on the same flights.

    Args:
        outcome: 0 or 1 for each flight.
        old: Probability of the old version for each flight.
        new: Probability of the new version.
        date: Day of each flight.
        charter: Gives costs and confidence.

    Returns:
        Old cost minus new cost, in the charter's unit, above zero if the new one saves.
    """
    cost = partial(flight_costs, charter=charter)
    by_day = paired_difference(
        outcome,
        new,
        old,
        cost,
        "day",
        date,
        resamples=DRAWS_TO_DECIDE,
        confidence=charter.confidence,
    )
    saved = cost(outcome, old) - cost(outcome, new)
    return Gain(by_day, mean_with_neighbors(saved, date, charter.confidence))


class Entry(NamedTuple):
    """A line of the project log.

    Attributes:
        date: The day of the finding, as year-month-day.
        finding: What was found.
        back: From which step to which step one went.
        change: What was changed.
        judged_on: Which flights judge it, in words.
        before: Cost per flight before.
        after: Cost per flight after, on the same flights.
        gain: Before minus after.
        decision: What was decided.
    """

    date: str
    finding: str
    back: tuple[int, int]
    change: str
    judged_on: str
    before: float
    after: float
    gain: Gain
    decision: str


def log_markdown(entries: Sequence[Entry]) -> str:
    """Return the project log as a Markdown table, with costs in the charter's unit."""
    rows = [
        (
            f"**{one.finding}.** {one.back[0]}&nbsp;→&nbsp;{one.back[1]}: {one.change}",
            f"{one.judged_on}, by {one.date}",
            f"{one.before:.2f} → {one.after:.2f}<br>"
            f"{one.gain.by_day:.2f};<br>{one.gain.with_neighbors:.2f}",
            one.decision,
        )
        for one in entries
    ]
    return markdown.table(
        [
            "Finding, way back, change",
            "Judged on",
            "Cost, and gain by day; with neighbors",
            "Decision",
        ],
        rows,
    )


def project_log(charter: Charter) -> list[Entry]:
    """Return the lines of the project log of lesson 8.

    Args:
        charter: As agreed.

    Returns:
        One entry for each loop, on the flights on which it was closed, and then one
        for each on December's, which judge it.
    """
    hours = [one.horizon_hours for one in versions().values()]
    loops = [
        ("The model announces too much, most of all for flights with a good record",
         (7, 3), "one feature more, each flight's record of four weeks"),
        ("In many missed flights delays grew after the cut-off",
         (5, 1), f"the decision {hours[-1]} in place of {hours[0]} hours ahead"),
    ]  # fmt: skip
    months = {
        "September to November": rehearsal().query("month >= 9"),
        "December": december(),
    }
    entries = {name: [] for name in months}
    for (finding, back, change), (old, new) in zip(
        loops, declaration().comparisons, strict=True
    ):
        kept = False
        for name, rows in months.items():
            late = rows["late"]
            saved = gain(late, rows[old], rows[new], rows["date"], charter)
            worth = saved.is_worth(charter)
            if name != "December":
                kept = worth
                decision = f"keep: {new}" if kept else "turn down: below the rule"
            elif kept:
                decision = f"{new} stays" if worth else f"take back: {old} returns"
            elif worth:
                decision = "ask the owner; judge on new flights before any release"
            else:
                decision = "stays turned down"
            before, after = (
                cost_per_flight(late, rows[number], charter) for number in (old, new)
            )
            day = rows["date"].max().date().isoformat()
            entries[name].append(
                Entry(day, finding, back, change, name, before, after, saved, decision)
            )
    return [entry for name in months for entry in entries[name]]
