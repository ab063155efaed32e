"""Before a release: golden records, planted skews, and a rule's false alarms."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from course import markdown
from flightdelay import data, features, models
from flightdelay.charter import Charter
from flightdelay.service.rollout import (
    RollbackRule,
    Rollout,
    excess_cost,
    outcome_known_at,
)
from flightdelay.service.scoring import Feeds, ServedModel, score

#: Turns records into probabilities, as a service does.
Serve = Callable[[pd.DataFrame], np.ndarray]

#: Flights in one set of golden records.
GOLDEN = 40

_KILOMETERS = 1.609344


class Golden(NamedTuple):
    """Records with the answers of the training pipeline: what must come out.

    Attributes:
        records: Flights of July and August.
        expected: Probability of not on time for each.
    """

    records: pd.DataFrame
    expected: np.ndarray


def golden(flights: pd.DataFrame, weather: pd.DataFrame) -> Golden:
    """Draw golden records and answer them without a line of the service.

    Args:
        flights: All flights, as from `data.load_flights`.
        weather: Hourly readings, as from `data.load_table("weather")`.
    """
    flights = flights[~flights["sealed"]]
    drawn = data.period_rows(flights, "validation").sample(GOLDEN, random_state=0)
    known = features.build(drawn, weather, history=flights)
    # A flight for which the table of rates answers is no test of the model.
    drawn = drawn[known["visib"].notna()]
    pipeline = models.trained_choice()
    return Golden(drawn, pipeline.predict_proba(known.loc[drawn.index])[:, 1])


def faithful(feeds: Feeds, model: ServedModel) -> Serve:
    """Return what the service does with records."""
    return lambda records: (
        score(records, feeds, model).answers["probability"].to_numpy()
    )


def skewed(feeds: Feeds, model: ServedModel) -> dict[str, Serve]:
    """Return services with one fault each, between records and answers.

    Args:
        feeds: Weather and operations so far.
        model: The model that answers.

    Returns:
        By name of the fault: another unit, another time zone, columns in another
        order, and a forgotten step. None of them raises an error.
    """
    serve = faithful(feeds, model)

    def in_kilometers(records: pd.DataFrame) -> np.ndarray:
        return serve(records.assign(distance=records["distance"] * _KILOMETERS))

    def in_utc(records: pd.DataFrame) -> np.ndarray:
        utc = records["scheduled_departure"].dt.tz_convert("UTC")
        return serve(records.assign(hour=utc.dt.hour.astype("int64")))

    def in_another_order(records: pd.DataFrame) -> np.ndarray:
        inputs = feeds.features(records)[model.columns]
        swapped = {"temp": inputs["dewp"], "dewp": inputs["temp"]}
        return model.pipeline.predict_proba(inputs.assign(**swapped))[:, 1]

    def without_filling(records: pd.DataFrame) -> np.ndarray:
        inputs = feeds.features(records)[model.columns]
        return model.pipeline.predict_proba(inputs.fillna({"wind_gust": 0.0}))[:, 1]

    return {
        "distance in kilometers, not miles": in_kilometers,
        "departure hour in UTC": in_utc,
        "temperature and dew point in each other's column": in_another_order,
        "no gust written as 0, not as missing": without_filling,
    }


def no_change_losses(
    flights: pd.DataFrame,
    old: pd.DataFrame,
    new: pd.DataFrame,
    charter: Charter,
    share: float,
    days: int = 14,
    rollouts: int = 1000,
    seed: int = 0,
) -> np.ndarray:
    """Return the highest running loss of rollouts in which neither version is better.

    On each day a coin decides which of the two counts as the new one. So they differ
    as much as ever, day by day, and on average neither costs more: a rollback would be
    a false alarm.

    Args:
        flights: Flights with outcomes, of more days than one rollout.
        old: Answers of one version for them, as from `score`.
        new: Answers of the other.
        charter: Holds the costs.
        share: Share of flights in a canary.
        days: Length of a rollout, which begins on a day drawn at random.
        rollouts: Number of rollouts.
        seed: Seed of days, canaries and coins.

    Returns:
        For each rollout the highest sum that the new version lost, in cost units, over
        flights whose outcome was known; 0 if it was never behind.
    """
    order = outcome_known_at(flights).sort_values(kind="stable").index
    excess = excess_cost(flights, old, new, charter).loc[order].to_numpy()
    day = (flights["date"] - flights["date"].min()).dt.days.loc[order].to_numpy()
    last = int(day.max()) + 1
    generator = np.random.default_rng(seed)
    highest = np.zeros(rollouts)
    for number in range(rollouts):
        first = generator.integers(last - days + 1)
        drawn = (day >= first) & (day < first + days)
        drawn &= generator.random(len(day)) < share
        coin = generator.choice([-1, 1], last)
        loss = np.cumsum(coin[day[drawn]] * excess[drawn])
        highest[number] = max(loss.max(initial=0), 0)
    return highest


def checklist(items: Sequence[tuple[str, str, str]]) -> str:
    """Return a release checklist as Markdown.

    Args:
        items: For each what is asked, the evidence, and the state: "yes", "no" or
            "owner" for what the owner of the charter must decide.
    """
    rows = [(asked, evidence, f"**{state}**") for asked, evidence, state in items]
    return markdown.table(["Asked", "Evidence", "State"], rows)


def rollback_note(
    rule: RollbackRule,
    went: Rollout,
    old_version: str,
    new_version: str,
    cause: str,
    charter: Charter,
) -> str:
    """Return the note about a rollback as Markdown: what happened, and what follows.

    Args:
        rule: The rule that was declared.
        went: How the rollout went; it was rolled back.
        old_version: What answers now.
        new_version: What was taken back.
        cause: What was found, as a sentence.
        charter: Gives the unit of the costs, and the owner.
    """
    clause = {
        "decisions": (
            f"more than {rule.differing:.0%} of the last {rule.window} decisions were "
            "not those of the old version"
        ),
        "cost": f"more than {rule.budget:,.0f} {charter.cost_unit} were lost",
    }[went.reason]
    entries: Mapping[str, str] = {
        "What": f"Version {new_version} was taken back; {old_version} answers alone.",
        "When": f"{went.rolled_back_at:%B %-d, %H:%M} New York time, by itself.",
        "Why": f"The declared rule tripped: {clause}.",
        "Until then": (
            f"{went.answered:,} flights answered, {went.changed:,} of them decided "
            f"otherwise; lost {went.lost:,.0f} {charter.cost_unit}."
        ),
        "Cause": cause,
        "Not done": "The rule was not loosened, and nothing was repaired live.",
        "Before the next try": (
            "The cause becomes a golden record, the parity test fails on it, and the "
            "service checks what a limit could have seen; then the repair. Shadow "
            "again from its first day."
        ),
        "Decides": charter.owner,
    }
    return "\n\n".join(f"**{name}.** {text}" for name, text in entries.items())
