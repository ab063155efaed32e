"""Step 5: what the wrong decisions have in common, and what a repair could win.

A tag is a fact about a flight that is known afterwards, such as "the weather turned".
It is no cause: it says where to look. The error sheet and the model card, which this
step leaves behind, are written here too, from numbers.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from flightdelay import data, features, labels
from flightdelay.charter import Charter
from flightdelay.evaluation import (
    Interval,
    bootstrap_interval,
    calibration_error_by_chance,
    calibration_gap,
    expected_calibration_error,
    flight_costs,
    group_errors,
    narrow,
    paired_difference,
    report,
    report_markdown,
)
from flightdelay.features import VISIBLY_LATE
from flightdelay.labels import LATE_MINUTES
from flightdelay.models import Choice

#: Carriers that fly under contract for larger ones: Endeavor, ExpressJet, Envoy,
#: SkyWest, Mesa.
REGIONAL = ("9E", "EV", "MQ", "OO", "YV")
#: A destination with fewer scheduled flights a day than this counts as small.
SMALL_DESTINATION = 5

#: From this wind on, or below this visibility, or with any rain or snow, the weather of
#: an hour counts as bad: mph and miles.
STRONG_WIND, POOR_VISIBILITY = 25, 3
#: Share of flights, by which delays at an airport "grew" or "went back".
JUMP = 0.15
#: With fewer flights due at an airport in the last hours, there is nothing to see yet.
FEW_FLIGHTS = 10
#: Minutes beside the label's line within which a flight is "at the line".
LINE_MINUTES = 5


class Tag(NamedTuple):
    """A mark for wrong decisions.

    Attributes:
        error: "missed" for flights not on time that were not prepared, "needless" for
            flights on time that were.
        meaning: What was found out afterwards.
        of_the_outcome: Whether the tag is part of the outcome itself, so that no
            information at the cut-off could be just that.
        step: Step to go back to.
        change: What to change there.
    """

    error: Literal["missed", "needless"]
    meaning: str
    of_the_outcome: bool
    step: int
    change: str


TAGS = {
    "late on the way": Tag(
        "missed",
        f"left less than {VISIBLY_LATE} minutes late, and arrived {LATE_MINUTES} or "
        "more late",
        True,
        2,
        "get data on the airspace and on the destination's queues",
    ),
    "delays grew": Tag(
        "missed",
        "flights due at its airport after the cut-off were late far more often than "
        "the desk could see",
        False,
        1,
        "ask whether the desk could decide an hour later",
    ),
    "nothing to see yet": Tag(
        "missed",
        f"fewer than {FEW_FLIGHTS} flights due at its airport in the three hours "
        "before the cut-off",
        False,
        3,
        "signs of the night before, such as planes that came in late",
    ),
    "at the line": Tag(
        "missed",
        f"arrived {LATE_MINUTES} to {LATE_MINUTES + LINE_MINUTES - 1} minutes late",
        True,
        1,
        "ask the desk whether such a flight needs rebooking at all",
    ),
    "weather turned": Tag(
        "missed",
        "rain, fog or strong wind in its hour, and none in the reading at the cut-off",
        False,
        2,
        "get a weather forecast, as it stood at the cut-off",
    ),
    "canceled": Tag(
        "missed",
        "never left",
        True,
        2,
        "find out when a cancellation is known; the tables do not say",
    ),
    "plane came late": Tag(
        "missed",
        "its plane had left New York earlier that day, and that flight was not on time",
        False,
        2,
        "get the plan of the planes, as it stood at the cut-off",
    ),
    "diverted": Tag(
        "missed", "landed elsewhere", True, 2, "nothing: too few to matter"
    ),
    "delays went back": Tag(
        "needless",
        "flights due at its airport after the cut-off were late far less often than "
        "the desk could see",
        False,
        1,
        "ask whether the desk could decide an hour later",
    ),
    "almost late": Tag(
        "needless",
        f"arrived {LATE_MINUTES - LINE_MINUTES} to {LATE_MINUTES - 1} minutes late",
        True,
        1,
        "ask the desk whether it counts such a flight as waste",
    ),
    "caught up": Tag(
        "needless",
        f"left {VISIBLY_LATE} minutes or more late, and arrived less than "
        f"{LATE_MINUTES} late",
        True,
        2,
        "get planned and usual flying times",
    ),
    "weather cleared": Tag(
        "needless",
        "rain, fog or strong wind in the reading at the cut-off, and none in its hour",
        False,
        2,
        "get a weather forecast, as it stood at the cut-off",
    ),
}


def tag_flights(
    flights: pd.DataFrame, known: pd.DataFrame, weather: pd.DataFrame
) -> pd.DataFrame:
    """Say of each flight which tags are true of it, whatever was decided about it.

    Args:
        flights: Whole days of flights with their outcomes, as from `data.load_flights`.
        known: Their features, as from `features.build`.
        weather: Hourly readings, as from `data.load_table("weather")`.

    Returns:
        One row for each flight, indexed like `flights`, with a column of true and
        false for each of `TAGS`.

    Raises:
        ValueError: The outcome of some flight is sealed.
    """
    if flights["sealed"].any():
        raise ValueError("A sealed flight has no outcome to tag it by.")
    departure, arrival = flights["dep_delay"], flights["arr_delay"]
    kind = labels.outcome_kind(flights)
    seen = _is_bad(known)
    came = _is_bad(weather_of_the_hour(flights, weather))
    rise = _late_share_after_cut_off(flights) - known[
        "origin_late_share_recent"
    ].fillna(0)
    by_plane = flights.sort_values("scheduled_departure").groupby(["date", "tailnum"])
    before = by_plane["arr_delay"].shift().reindex(flights.index)
    has_flown = by_plane.cumcount().reindex(flights.index) > 0
    no_arrival = has_flown & before.isna()
    line = LATE_MINUTES
    tags = {
        "late on the way": (departure < VISIBLY_LATE) & (arrival >= line),
        "delays grew": rise >= JUMP,
        "nothing to see yet": known["origin_flights_recent"] < FEW_FLIGHTS,
        "at the line": arrival.between(line, line + LINE_MINUTES - 1),
        "weather turned": came & ~seen,
        "canceled": kind == "canceled",
        "plane came late": (before >= line) | no_arrival,
        "diverted": kind == "diverted",
        "delays went back": rise <= -JUMP,
        "almost late": arrival.between(line - LINE_MINUTES, line - 1),
        "caught up": (departure >= VISIBLY_LATE) & (arrival < line),
        "weather cleared": seen & ~came,
    }
    return pd.DataFrame(tags)[list(TAGS)]


def ceilings(
    tags: pd.DataFrame,
    outcome: ArrayLike,
    probability: ArrayLike,
    charter: Charter,
    date: ArrayLike,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Return what mending the wrong decisions of each tag could win.

    Two ceilings, in the charter's unit per flight of *all* flights. "If each were
    known" supposes that every wrong decision of the tag is turned into the right one;
    no repair of these wins more. "If the tag were known" supposes that the desk learns
    at the cut-off of which flights the tag is true, and no more, and decides the
    opposite for all of them; below zero it had better not.

    Args:
        tags: As from `tag_flights`.
        outcome: 0 or 1 for each flight.
        probability: Between 0 and 1 for each flight.
        charter: Gives costs, threshold, confidence and resampling unit.
        date: Day of each flight.
        resamples: Number of resamples.

    Returns:
        One row for each tag, the largest ceiling first: the `error`, the number of
        `flights` with that error and tag, their `share` of all such errors, and the
        `Interval`s `if_each_were_known` and `if_the_tag_were_known` (missing where the
        tag is a part of the outcome).

    Raises:
        ValueError: As in `bootstrap_interval`.
    """
    outcome = np.asarray(outcome, dtype=float)
    prepared = np.asarray(probability) >= charter.threshold
    wrong = {
        "missed": ~prepared & (outcome == 1),
        "needless": prepared & (outcome == 0),
    }
    cost = flight_costs(outcome, probability, charter)
    opposite = flight_costs(outcome, (~prepared).astype(float), charter, 0.5)

    def mean(values: np.ndarray) -> Interval:
        return bootstrap_interval(
            outcome,
            outcome,
            lambda *_: values,
            charter.resampling_unit,
            date,
            resamples,
            charter.confidence,
        )

    rows = {}
    for name, tag in TAGS.items():
        has = tags[name].to_numpy(dtype=bool)
        errors = wrong[tag.error] & has
        decided = ~prepared if tag.error == "missed" else prepared
        rows[name] = {
            "error": tag.error,
            "flights": int(errors.sum()),
            "share": errors.sum() / wrong[tag.error].sum(),
            "if_each_were_known": mean((cost - opposite) * errors),
            "if_the_tag_were_known": None
            if tag.of_the_outcome
            else mean((cost - opposite) * (decided & has)),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("tag")
    largest = table["if_each_were_known"].map(lambda interval: interval.estimate)
    return table.loc[largest.sort_values(ascending=False, kind="stable").index]


def weather_of_the_hour(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return the reading of each flight's departure hour: a perfect forecast.

    No feature: it is known too late. Columns and index are those of
    `features.weather_at_cut_off`.
    """
    hour = flights["time_hour"].dt.tz_convert(data.TIME_ZONE)
    # The reading that is used is the one of the hour before the cut-off.
    return features.weather_at_cut_off(
        flights.assign(cut_off=hour + pd.Timedelta(hours=1)), weather
    )


#: What the desk would have to know more, and where to go for it: step and change.
TRIALS = {
    "a perfect weather forecast": (2, "get forecasts; a real one wins less"),
    "deciding one hour later": (1, "ask whether an hour is enough to prepare"),
}


def known_with_more(
    flights: pd.DataFrame, weather: pd.DataFrame, known: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the features that the desk would have if it knew a little more.

    Args:
        flights: Flights with open outcomes, from the first day on.
        weather: Hourly readings.
        known: Their features as they are, from `features.build`.

    Returns:
        Two tables like `known`, one for each of `TRIALS`: with the weather of the
        departure hour itself in place of the reading at the cut-off, and with
        everything as it stands one hour after the cut-off.
    """
    later = flights.assign(cut_off=flights["cut_off"] + pd.Timedelta(hours=1))
    forecast = weather_of_the_hour(flights, weather)
    tables = known.assign(**forecast), features.build(later, weather)[list(known)]
    return dict(zip(TRIALS, tables, strict=True))


def slices_of(flights: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Sort each flight by properties that the desk knows when it decides.

    Args:
        flights: Flights to sort.
        known: Their features, from `features.build`.

    Returns:
        One column for each property, indexed like `flights`.
    """
    visible = known["origin_late_share_recent"]
    return pd.DataFrame(
        {
            "airport": flights["origin"],
            "airline": flights["carrier"],
            "destination": flights["dest"],
            "part of the day": _cut(flights["hour"], [0, 8, 12, 16, 20], "{}:00"),
            "weekday": flights["date"].dt.day_name(),
            "month": flights["date"].dt.month_name(),
            "distance, miles": _cut(flights["distance"], [0, 500, 1000, 1500]),
            "weather at the cut-off": np.where(_is_bad(known), "bad", "fair"),
            "visibly late at the cut-off": _cut(
                (100 * visible).fillna(0), [0, 5, 15, 30], "{}%"
            ).where(visible.notna(), "no flights seen"),
        },
        index=flights.index,
    )


def service_groups(flights: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """Put each flight into two pairs of groups that one may want to compare.

    Args:
        flights: Flights to sort.
        train: Flights whose destinations are counted.

    Returns:
        Columns `airline` ("mainline" or "regional") and `destination` ("large" or
        "small", by the number of training flights a day), indexed like `flights`.
    """
    a_day = train["dest"].value_counts() / train["date"].nunique()
    is_small = flights["dest"].map(a_day).fillna(0) < SMALL_DESTINATION
    is_regional = flights["carrier"].isin(REGIONAL)
    return pd.DataFrame(
        {
            "airline": np.where(is_regional, "regional", "mainline"),
            "destination": np.where(is_small, "small", "large"),
        },
        index=flights.index,
    )


class Judged(NamedTuple):
    """Flights on which the chosen model is judged.

    Attributes:
        period: A key of `data.PERIODS`.
        months: Its months in words.
        flights: The flights, with their outcomes.
        probability: What the model said about each.
    """

    period: str
    months: str
    flights: pd.DataFrame
    probability: ArrayLike

    @property
    def outcome(self) -> np.ndarray:
        """0 or 1 for each flight."""
        return labels.not_on_time(self.flights).to_numpy(dtype=float)


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
    return _table(["Tag", "Of the", "What was found out"], rows)


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


def saving(
    judged: Judged, first: ArrayLike, second: ArrayLike, charter: Charter
) -> Interval:
    """Return how much less a flight costs with the first probabilities, in pairs.

    Args:
        judged: The flights; their own probabilities play no part.
        first: Probabilities that the desk may follow.
        second: Those that it follows otherwise.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        Cost with the second minus cost with the first, per flight.
    """
    return paired_difference(
        judged.outcome,
        first,
        second,
        partial(flight_costs, charter=charter),
        charter.resampling_unit,
        judged.flights["date"],
        confidence=charter.confidence,
    )


def error_sheet(findings: Sequence[Finding], charter: Charter) -> str:
    """Write findings as a Markdown table, the largest ceiling first.

    "Enough" compares the interval of the ceiling with the smallest gain that is worth
    a repair: "yes" if all of it reaches that gain, "no" if none of it does. Figures are
    in the charter's unit per flight.
    """
    lines = [
        f"| Finding | Ceiling | Enough for {charter.smallest_gain:g}? "
        "| If only the tag were known | Back to step, to change what |",
        "|---|---|---|---|---|",
    ]
    for finding in sorted(findings, key=lambda one: -one.ceiling.estimate):
        reaches = [end >= charter.smallest_gain for end in finding.ceiling[1:]]
        worth = "yes" if all(reaches) else "perhaps" if any(reaches) else "no"
        ceiling = narrow(finding.ceiling, ".2f")
        known = narrow(finding.if_known, ".2f") if finding.if_known else ""
        lines.append(
            f"| {finding.finding} | {ceiling} | {worth} | {known} "
            f"| {finding.step}: {finding.change} |"
        )
    return "\n".join(lines)


def clock_note(train: pd.DataFrame, charter: Charter) -> int:
    """Return the hour of the note on the wall: "prepare from this hour on".

    It is the first scheduled hour whose rate of "not on time" reaches the charter's
    threshold in the training flights.
    """
    rate = labels.not_on_time(train).astype(float).groupby(train["hour"]).mean()
    return int((rate >= charter.threshold).idxmax())


def savings(
    judged: Judged, train: pd.DataFrame, charter: Charter
) -> dict[str, Interval]:
    """Return what the model saves per flight over each policy that needs no model.

    Args:
        judged: Flights and probabilities.
        train: Flights from which the note on the wall is learned.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        The saving over preparing all, preparing none, and the note on the wall, by the
        name of the policy.
    """
    hour = clock_note(train, charter)
    from_hour = (judged.flights["hour"] >= hour).to_numpy(dtype=float)
    policies = {
        "preparing every flight": np.ones(len(from_hour)),
        "preparing none": np.zeros(len(from_hour)),
        f"the note: {hour} o'clock on": from_hour,
    }
    return {
        name: saving(judged, judged.probability, certain, charter)
        for name, certain in policies.items()
    }


def upkeep_per_flight(flights: pd.DataFrame, charter: Charter) -> float:
    """Return what running and watching a model costs for each of these flights."""
    days = flights["date"].nunique()
    return charter.upkeep_minutes_per_day * days / len(flights)


def earns_its_upkeep(saving: Interval, upkeep: float) -> str:
    """Answer the charter's open question with an interval: a word for the card.

    Returns:
        "yes" if the whole interval of the saving lies above the upkeep, "no" if all of
        it lies below, else "not shown".
    """
    if saving.low > upkeep:
        return "yes"
    return "no" if saving.high < upkeep else "not shown"


def model_card(
    judged: Sequence[Judged], train: pd.DataFrame, choice: Choice, charter: Charter
) -> str:
    """Write the model card, after Mitchell et al. (2019), as Markdown.

    Args:
        judged: Where the model was judged: first the flights it was chosen on, then
            the sealed test.
        train: Flights it was trained on, with their outcomes.
        choice: Which model it is.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        The card; figures with their intervals, sets with their hashes.
    """
    figures = pd.concat(
        report(
            one.outcome,
            pd.DataFrame({one.months: np.asarray(one.probability)}),
            charter,
            one.flights["date"],
        )
        for one in judged
    )
    figures.index.name = "Judged on"
    parts = {
        "What it is.": (
            f"Version {choice.version}, {choice.kind} on {_words(choice.sets)}: "
            f"{len(choice.columns)} columns, all known {charter.horizon_hours} hours "
            f"before the scheduled departure hour. Learned from {len(train):,} flights "
            "of January to June 2013."
        ),
        "What it is for.": (
            f"{charter.decision} The desk prepares from a probability of "
            f"{charter.threshold:.2f} on, which follows from the charter's costs."
        ),
        "What it is not for.": (
            "Telling passengers when they will fly. Judging airlines, crews or "
            "airports. Other airports, other years, flights abroad. Decisions with "
            "other costs, unless the threshold is derived anew."
        ),
        "What it was judged on.": _sets_table(judged),
        "How good it is.": (
            f"Below each figure its {charter.confidence:.0%} interval by "
            f"{charter.resampling_unit}, in {charter.cost_unit}. The first row "
            "flatters: there the model was chosen. No interval holds the luck of "
            "training on another half-year, or a change of season.\n\n"
            + report_markdown(figures)
        ),
        "Does it pay?": _savings_table(judged, train, charter),
        "Do its probabilities come true?": _calibration_table(judged, charter),
        "Groups.": (
            "No attribute of a person is in the data. These are groups of flights: "
            "regional and mainline airlines, destinations with fewer than "
            f"{SMALL_DESTINATION} flights a day and larger ones. Where more flights "
            "are not on time, more are prepared, rightly and needlessly.\n\n"
            + _groups_table(judged, train, charter)
        ),
    }
    return "\n\n".join(f"**{name}** {text}" for name, text in parts.items())


def _sets_table(judged: Sequence[Judged]) -> str:
    rows = [
        (
            one.months,
            f"{len(one.flights):,}",
            f"{one.flights['date'].nunique()}",
            f"{one.outcome.mean():.1%}",
            f"`{data.set_hash(one.period)[:16]}`",
        )
        for one in judged
    ]
    return "\n\n" + _table(["Set", "Flights", "Days", "Not on time", "Hash"], rows)


def _savings_table(
    judged: Sequence[Judged], train: pd.DataFrame, charter: Charter
) -> str:
    rows = []
    for one in judged:
        upkeep = upkeep_per_flight(one.flights, charter)
        for policy, saving in savings(one, train, charter).items():
            verdict = earns_its_upkeep(saving, upkeep)
            rows.append(
                (one.months, policy, narrow(saving, ".2f"), f"{upkeep:.2f}", verdict)
            )
    header = ["Set", "Saving over", "Saving per flight", "Upkeep", "Earns its upkeep?"]
    return (
        '"Yes" where the whole interval of the saving lies above the upkeep, "no" '
        "where all of it lies below.\n\n" + _table(header, rows)
    )


def _calibration_table(judged: Sequence[Judged], charter: Charter) -> str:
    rows = []
    for one in judged:
        known = (one.outcome, one.probability)
        days = {"date": one.flights["date"], "confidence": charter.confidence}
        gap = bootstrap_interval(
            *known, calibration_gap, charter.resampling_unit, **days
        )
        error = expected_calibration_error(*known)
        by_chance = calibration_error_by_chance(*known, **days)
        rows.append(
            (one.months, narrow(gap, ".3f"), f"{error:.3f}", f"{by_chance:.3f}")
        )
    header = ["Set", "Mean probability minus rate", "Calibration error", "By chance"]
    return (
        "Beside the calibration error stands what the luck of days reaches in "
        f"{1 - charter.confidence:.0%} of cases if all probabilities come true.\n\n"
        + _table(header, rows)
    )


def _groups_table(
    judged: Sequence[Judged], train: pd.DataFrame, charter: Charter
) -> str:
    forms = {
        "base rate": ".0%",
        "calibration gap": ".3f",
        "recall": ".0%",
        "false alarms": ".0%",
    }
    rows = []
    for one in judged:
        for kind, group in service_groups(one.flights, train).items():
            found = group_errors(
                one.outcome, one.probability, group, charter, one.flights["date"]
            )
            for name, figures in found.iterrows():
                cells = [narrow(figures[key], form) for key, form in forms.items()]
                label = f"{name} {kind}: {figures['flights']:,}"
                rows.append((one.months, label, *cells))
    header = ["Set", "Group: flights", "Not on time", "Probability minus rate"]
    return _table([*header, "Recall", "False alarms"], rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _words(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]


def _cut(values: pd.Series, edges: Sequence[int], form: str = "{:,}") -> pd.Series:
    """Sort values into groups from one edge up to the next, the last one open."""
    names = [
        *(
            f"{form.format(low)} to {form.format(high)}"
            for low, high in pairwise(edges)
        ),
        f"from {form.format(edges[-1])} on",
    ]
    return pd.cut(values, [*edges, np.inf], right=False, labels=names).astype(str)


def _is_bad(readings: pd.DataFrame) -> pd.Series:
    return (
        (readings["precip"] > 0)
        | (readings["visib"] < POOR_VISIBILITY)
        | (readings["wind_speed"] >= STRONG_WIND)
    )


def _late_share_after_cut_off(flights: pd.DataFrame) -> pd.Series:
    """Share that left late of the flights due between the cut-off and the hour.

    They are those scheduled at the same airport from the cut-off to the start of the
    departure hour; missing where there are none.
    """
    left_late = ~(flights["dep_delay"] < VISIBLY_LATE)
    by_hour = left_late.groupby([flights["origin"], flights["time_hour"]])
    late, size = (
        sum(
            pd.Series(
                counts.reindex(
                    pd.MultiIndex.from_arrays(
                        [flights["origin"], flights["time_hour"] - earlier]
                    ),
                    fill_value=0,
                ).to_numpy(),
                index=flights.index,
            )
            for earlier in pd.to_timedelta([1, 2], unit="h")
        )
        for counts in (by_hour.sum(), by_hour.size())
    )
    return late / size.where(size > 0)
