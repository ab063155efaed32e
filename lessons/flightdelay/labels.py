"""Step 3: the label rule and its guideline, the outcome behind it, and an audit."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import Field
from pydantic.dataclasses import dataclass

from course import markdown, settings

GUIDELINE = Path(__file__).with_name("guideline.toml")

#: A flight that arrives this many minutes after schedule counts as late (US DOT rule).
LATE_MINUTES = 15

OUTCOME_KINDS = ("on time", "late", "canceled", "diverted")

_Said = Literal["on time", "not on time", "open"]


@dataclass(frozen=True, config=settings.STRICT)
class _Version:
    number: int
    rules: Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, config=settings.STRICT)
class _Case:
    date: date
    carrier: str
    flight: int
    what: str
    v1: _Said
    v2: _Said


@dataclass(frozen=True, config=settings.STRICT)
class _Guideline:
    version: tuple[_Version, ...]
    case: tuple[_Case, ...]


def not_on_time(flights: pd.DataFrame, minutes: int = LATE_MINUTES) -> pd.Series:
    """Label each flight: late, canceled or diverted.

    A canceled or diverted flight has no arrival delay. It is labeled true and not left
    out: its passengers need another connection too.

    Args:
        flights: Flights with `arr_delay` in minutes, and `sealed` where outcomes may
            have been left out.
        minutes: Arrival delay from which a flight is late.

    Returns:
        Series named "not_on_time", type "boolean", indexed like `flights`; missing
        where the outcome is sealed.
    """
    arrival_delay = flights["arr_delay"]
    label = (arrival_delay >= minutes) | arrival_delay.isna()
    return label.astype("boolean").mask(_sealed(flights)).rename("not_on_time")


def outcome_kind(flights: pd.DataFrame) -> pd.Series:
    """Tell what became of each flight.

    Args:
        flights: As for `not_on_time`, with `dep_time`.

    Returns:
        Categorical series named "outcome" with the values of `OUTCOME_KINDS`, indexed
        like `flights`; missing where the outcome is sealed. A flight that departed and
        has no arrival delay was diverted.
    """
    kind = pd.Series("on time", index=flights.index, name="outcome", dtype="object")
    kind[flights["arr_delay"] >= LATE_MINUTES] = "late"
    kind[flights["arr_delay"].isna()] = "diverted"
    kind[flights["dep_time"].isna()] = "canceled"
    kind[_sealed(flights)] = None
    return kind.astype(pd.CategoricalDtype(list(OUTCOME_KINDS)))


def clock_delay(flights: pd.DataFrame) -> pd.Series:
    """Reckon the arrival delay from the two arrival clocks, for comparison.

    The clocks tell no date. Of all delays that fit them, the one between 12 hours early
    and 12 hours late is taken, so a delay beyond 12 hours comes out wrong.

    Args:
        flights: Flights with `arr_time` and `sched_arr_time`, in hours and minutes as
            the number HHMM.

    Returns:
        Minutes from -720 to 719, named "clock_delay", indexed like `flights`; missing
        where there is no arrival time.
    """
    arrived, due = (
        clock // 100 * 60 + clock % 100
        for clock in (flights["arr_time"], flights["sched_arr_time"])
    )
    half_a_day = 12 * 60
    delay = (arrived - due + half_a_day) % (2 * half_a_day) - half_a_day
    return delay.rename("clock_delay")


def borderline_cases() -> pd.DataFrame:
    """Return the borderline cases of the guideline; each is a flight of the table.

    Returns:
        One row for each case: `date`, `carrier` and `flight`, `what` happened, and what
        version 1 (`v1`) and version 2 (`v2`) say: "on time", "not on time" or "open".
    """
    cases = pd.DataFrame(list(_guideline().case))
    return cases.assign(date=pd.to_datetime(cases["date"]))


def guideline_markdown() -> str:
    """Return the guideline: the rules of both versions, and every borderline case."""
    lines = []
    for version in _guideline().version:
        lines += [f"**Version {version.number}**", ""]
        lines += [f"{i}. {rule}" for i, rule in enumerate(version.rules, 1)] + [""]
    rows = [
        (
            case.what,
            f"{case.carrier} {case.flight}, {case.date:%B} {case.date.day}",
            case.v1,
            case.v2,
        )
        for case in borderline_cases().itertuples()
    ]
    header = ["Borderline case", "Flight", "Version 1", "Version 2"]
    return "\n".join([*lines, markdown.table(header, rows)])


def plant_errors(
    label: pd.Series, share: float, only: int | None = None, seed: int = 0
) -> pd.Series:
    """Return labels of which some were made wrong, to see what that does.

    Args:
        label: 0 or 1 for each flight.
        share: Share of labels to make wrong, by chance.
        only: 0 or 1 to make only labels of this class wrong; by default both.
        seed: Seed of the draw.

    Returns:
        The labels, `share` of them (of those of the class `only`) turned round.
    """
    drawn = np.random.default_rng(seed).random(len(label)) < share
    if only is not None:
        drawn &= (label == only).to_numpy()
    return label.where(~drawn, 1 - label)


def suspects(label: pd.Series, probability: ArrayLike) -> pd.DataFrame:
    """Rank labels by how little a model believes them, each class on its own.

    Ranked together, the rarer class would fill the top: its labels are believed less,
    right or wrong (Northcutt, Jiang and Chuang 2021).

    Args:
        label: 0 or 1 for each flight, as recorded.
        probability: Probability of 1 for each flight, from a model that has not learned
            from this flight's label.

    Returns:
        `label`, `belief` (the probability that the model gives to the recorded label)
        and `rank` within the label, 1 for the least believed; sorted by rank, then
        label, indexed like `label`.

    Raises:
        ValueError: A label is not 0 or 1, or a probability is missing or out of range.
    """
    probability = np.asarray(probability, dtype=float)
    if not label.isin([0, 1]).all():
        raise ValueError("label must be 0 or 1 for each flight.")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probability must lie between 0 and 1.")
    belief = np.where(label == 1, probability, 1 - probability)
    ranked = pd.DataFrame({"label": label, "belief": belief}, index=label.index)
    ranked["rank"] = ranked.groupby("label")["belief"].rank("first").astype(int)
    return ranked.sort_values(["rank", "label"])


def audit_sheet(
    flights: pd.DataFrame, label: pd.Series, probability: ArrayLike, per_label: int
) -> pd.DataFrame:
    """Put the least believed labels beside their record, for a person to decide.

    Args:
        flights: Flights with the columns of the table, outcomes open.
        label: 0 or 1 for each flight, as recorded.
        probability: As for `suspects`.
        per_label: Number of flights for each label.

    Returns:
        One row for each suspect, least believed first: `date`, `carrier`, `flight`,
        the recorded `label`, the model's `belief` in it, `arr_delay` and `clock_delay`
        in minutes, `outcome`, and the `verdict`: "stands" where the rule and both
        clocks give the recorded label, else "look it up".
    """
    ranked = suspects(label, probability)
    ranked = ranked[ranked["rank"] <= per_label]
    rows = flights.loc[ranked.index]
    by_clock = clock_delay(rows)
    agrees = (not_on_time(rows) == (ranked["label"] == 1)) & (
        rows["arr_delay"].isna() | (by_clock == rows["arr_delay"])
    )
    return rows[["date", "carrier", "flight"]].assign(
        label=ranked["label"],
        belief=ranked["belief"],
        arr_delay=rows["arr_delay"],
        clock_delay=by_clock,
        outcome=outcome_kind(rows),
        verdict=np.where(agrees, "stands", "look it up"),
    )


def _guideline() -> _Guideline:
    return settings.read(GUIDELINE, _Guideline)


def _sealed(flights: pd.DataFrame) -> pd.Series:
    return flights.get("sealed", pd.Series(False, index=flights.index))
