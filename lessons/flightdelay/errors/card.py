"""The model card, written from numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from course import markdown
from flightdelay import data
from flightdelay.charter import Charter
from flightdelay.errors.properties import SMALL_DESTINATION, service_groups
from flightdelay.errors.upkeep import (
    Judged,
    earns_its_upkeep,
    savings,
    upkeep_per_flight,
)
from flightdelay.evaluation import (
    bootstrap_interval,
    calibration_error_by_chance,
    calibration_gap,
    calibration_line,
    expected_calibration_error,
    group_errors,
    narrow,
    report,
    report_markdown,
)
from flightdelay.models import Choice


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
        "Do its probabilities come true?": _calibration_table(judged, train, charter),
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
    return "\n\n" + markdown.table(
        ["Set", "Flights", "Days", "Not on time", "Hash"], rows
    )


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
        "where all of it lies below.\n\n" + markdown.table(header, rows)
    )


def _calibration_table(
    judged: Sequence[Judged], train: pd.DataFrame, charter: Charter
) -> str:
    rows = []
    for one in judged:
        parts = {"all flights": np.ones(len(one.flights), dtype=bool)}
        for kind, group in service_groups(one.flights, train).items():
            for name in sorted(group.unique()):
                parts[f"{name} {kind}"] = (group == name).to_numpy()
        for name, inside in parts.items():
            known = one.outcome[inside], np.asarray(one.probability)[inside]
            days = {"date": one.flights["date"][inside]}
            days["confidence"] = charter.confidence
            gap = bootstrap_interval(
                *known, calibration_gap, charter.resampling_unit, **days
            )
            line = calibration_line(*known, **days)
            error = expected_calibration_error(*known)
            rows.append(
                (
                    one.months,
                    name,
                    narrow(gap, ".3f"),
                    narrow(line.intercept, ".2f"),
                    narrow(line.slope, ".2f"),
                    f"{error:.3f}",
                    f"{calibration_error_by_chance(*known, **days):.3f}",
                )
            )
    header = ["Set", "Flights", "Mean probability minus rate", "Intercept", "Slope"]
    return (
        "If all probabilities come true, the intercept is 0 and the slope 1; a slope "
        "below 1 belongs to probabilities that are too extreme. Beside the calibration "
        "error stands what the luck of days reaches in "
        f"{1 - charter.confidence:.0%} of cases if all probabilities come true.\n\n"
        + markdown.table([*header, "Calibration error", "By chance"], rows)
    )


def _groups_table(
    judged: Sequence[Judged], train: pd.DataFrame, charter: Charter
) -> str:
    forms = {
        "base rate": ".0%",
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
    header = ["Set", "Group: flights", "Not on time", "Recall", "False alarms"]
    return markdown.table(header, rows)


def _words(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]
