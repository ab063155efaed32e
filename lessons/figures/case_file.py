"""The case file: what the lessons leave behind, as Markdown, from data and models."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, cross_val_predict

from course import markdown
from course.typesetting import typeset
from flightdelay import data, errors, evaluation, features, labels, models, service
from flightdelay.charter import Charter
from flightdelay.service import release, rollout

#: Training flights that are drawn for the audit, and how many go into the sheet.
AUDITED, PER_LABEL = 40_000, 10
#: Share of the flights in a canary, its days, and the false alarms that are allowed.
SHARE, DAYS, FALSE_ALARMS = 0.2, 14, 0.05
#: A release that must answer alike goes back if more of its last decisions differ.
DIFFERING = 0.1
#: An answer of the service may lie so far from that of the training pipeline.
_TOLERANCE = 1e-5
#: The first day of the canary, and the day after its last.
CANARY, END = "2013-09-08", "2013-09-22"


class Papers(NamedTuple):
    """What a release leaves behind, as Markdown."""

    checklist: str
    note: str


class Case:
    """Data, models and judgments that several parts of the file share.

    Args:
        charter: What was agreed.
    """

    def __init__(self, charter: Charter) -> None:
        self.charter = charter
        self.flights, self.weather = data.load_flights(), data.load_table("weather")
        self.seen = self.flights[~self.flights["sealed"]]
        self.known = features.load().loc[self.seen.index]
        self.train, self.validation = (
            data.period_rows(self.flights, name) for name in ("train", "validation")
        )
        self.late, self.late_then = (
            labels.not_on_time(rows).astype(int)
            for rows in (self.train, self.validation)
        )
        self.choice = models.load_choice()
        self.model, self.rival = models.trained_choice(), models.trained_challenger()

    @cached_property
    def on_summer(self) -> errors.Judged:
        """The chosen model on July and August."""
        said = self.model.predict_proba(self.known.loc[self.validation.index])[:, 1]
        return errors.Judged("validation", "July and August", self.validation, said)

    @cached_property
    def on_test(self) -> errors.Judged:
        """The chosen model on the sealed test."""
        said = self.model.predict_proba(self._known_in_test)[:, 1]
        return errors.Judged("test", "September and October", self._test, said)

    @cached_property
    def rival_on_test(self) -> np.ndarray:
        """Probabilities of the boosted trees on the sealed test."""
        return self.rival.predict_proba(self._known_in_test)[:, 1]

    @cached_property
    def _test(self) -> pd.DataFrame:
        return data.open_sealed("test", "paired comparisons of the chosen model")

    @cached_property
    def _known_in_test(self) -> pd.DataFrame:
        history = pd.concat([self.seen[self.seen["month"] == 8], self._test])
        return features.build(self._test, self.weather, history, sets=self.choice.sets)


def datasheet() -> str:
    """Return what the five tables are, below a heading of the second level."""
    text = (data.FOLDER / "datasheet.md").read_text(encoding="utf-8")
    text = text.partition("\n## ")[2]
    text = re.sub("^### (.+)$", r"**Table `\1`**", text, flags=re.MULTILINE)
    return "### " + text.replace("\n## ", "\n### ")


def defects() -> str:
    """Return the table of known defects, with their counts."""
    return markdown.table(
        ["Table", "Defect", "Rows", "of", "Share"],
        [
            (row.table, row.defect, f"{row.rows:,}", f"{row.of:,}", f"{row.share:.2%}")
            for row in data.defects().itertuples()
        ],
    )


def baselines(case: Case) -> str:
    """Return the report on five baselines, judged on July and August."""
    said = models.baseline_probabilities(
        case.known.loc[case.train.index],
        case.late,
        case.known.loc[case.validation.index],
    )
    return evaluation.report_markdown(
        evaluation.report(case.late_then, said, case.charter, case.validation["date"])
    )


def audit(case: Case) -> pd.DataFrame:
    """Return the labels that a model believes least, as from `labels.audit_sheet`.

    The model that judges a day has not learned from it.
    """
    some = case.train.sample(AUDITED, random_state=0)
    believed = cross_val_predict(
        models.logistic(list(case.known.columns)),
        case.known.loc[some.index],
        case.late[some.index],
        groups=some["date"],
        cv=GroupKFold(3),
        method="predict_proba",
    )[:, 1]
    return labels.audit_sheet(
        some, case.late[some.index], believed, per_label=PER_LABEL
    )


def audit_table(sheet: pd.DataFrame) -> str:
    """Return an audit sheet as a table."""
    rows = []
    for row in sheet.itertuples():
        minutes = [
            "none" if np.isnan(value) else typeset(value, ".0f")
            for value in (row.arr_delay, row.clock_delay)
        ]
        recorded = f"not on time: {row.outcome}" if row.label else "on time"
        flight = f"{row.carrier} {row.flight}, {row.date:%b} {row.date.day}"
        rows.append((flight, recorded, f"{row.belief:.1%}", *minutes, row.verdict))
    head = ["Flight", "Recorded", "Belief", "Delay", "By the clocks", "Verdict"]
    return markdown.table(head, rows)


def error_sheet(case: Case) -> str:
    """Return what the wrong decisions have in common, and what a repair could win."""
    summer, known = case.on_summer, case.known
    flights, days = summer.flights, summer.flights["date"]
    judged = (summer.outcome, summer.probability)
    known_then = known.loc[flights.index]
    tagged = errors.tag_flights(flights, known_then, case.weather)
    mistakes = errors.ceilings(tagged, *judged, case.charter, days)
    slices = errors.slices_of(flights, known_then)
    columns = case.choice.columns
    gains = {}
    for name, more in errors.known_with_more(case.seen, case.weather, known).items():
        trial = models.chosen().fit(more.loc[case.train.index, columns], case.late)
        said = trial.predict_proba(more.loc[flights.index, columns])[:, 1]
        gains[name] = errors.saving(summer, said, summer.probability, case.charter)
    gaps = evaluation.slice_gaps(*judged, slices, days)
    findings = [
        *errors.tag_findings(mistakes),
        *errors.trial_findings(gains),
        *errors.slice_findings(gaps, slices, summer, case.charter),
        *errors.sealed_findings(
            case.on_test, case.rival_on_test, "boosted trees", case.charter
        ),
    ]
    return (
        errors.error_sheet(findings, case.charter)
        + "\n\nWhat the tags mean:\n\n"
        + errors.tag_meanings(mistakes)
    )


def model_card(case: Case) -> str:
    """Return the model card."""
    judged = [case.on_summer, case.on_test]
    return errors.model_card(judged, case.train, case.choice, case.charter)


def release_papers(case: Case) -> Papers:
    """Return the release checklist, and the note about the release that went back."""
    served, challenger = service.served_choice(), service.served_challenger()
    live = data.open_sealed("production", "shadow and canary replay of September days")
    live = live[live["date"] < END]
    recorded = pd.concat([case.seen, live])
    feeds = service.Feeds(case.weather, recorded)
    in_seconds = recorded.assign(dep_delay=recorded["dep_delay"] * 60)
    broken = service.Feeds(case.weather, in_seconds)

    def answers(
        rows: pd.DataFrame,
        version: service.ServedModel = served,
        feeds: service.Feeds = feeds,
    ) -> pd.DataFrame:
        return service.score(rows, feeds, version).answers

    golden = release.golden(case.flights, case.weather)
    farthest = _farthest(golden, [release.faithful(feeds, served)])[0]
    planted = _farthest(golden, release.skewed(feeds, served).values())
    highest = release.no_change_losses(
        case.validation,
        answers(case.validation),
        answers(case.validation, challenger),
        case.charter,
        SHARE,
        DAYS,
    )
    budget = next(
        size
        for size in range(0, 10_000, 100)
        if (highest > size).mean() <= FALSE_ALARMS
    )
    rule = rollout.RollbackRule(budget=budget, differing=DIFFERING)
    shadow, weeks = live[live["date"] < CANARY], live[live["date"] >= CANARY]
    week = errors.Judged(
        "production", "September", shadow, answers(shadow)["probability"]
    )
    gain = errors.saving(
        week, answers(shadow, challenger)["probability"], week.probability, case.charter
    )
    drawn = weeks[rollout.in_canary(weeks, SHARE)]
    went = rollout.canary(
        drawn, answers(drawn), answers(drawn, feeds=broken), rule, case.charter
    )
    if farthest > _TOLERANCE or went.reason != "decisions":
        raise ValueError("The checklist says what these releases do not show.")
    found = sum(distance > _TOLERANCE for distance in planted)
    checklist = release.checklist(
        [
            (
                "Is the model packed with all that its answer depends on?",
                f"version {served.version}: pipeline, {len(served.columns)} columns in "
                f"their order, table of rates, threshold {served.threshold:.2f}",
                "yes",
            ),
            (
                "Is what is served what was trained?",
                f"parity on {len(golden.expected)} golden records; {found} of "
                f"{len(planted)} planted faults found",
                "yes",
            ),
            (
                "Is there an answer when an input cannot be had?",
                f"table of rates, {served.costs['no weather reading']:.1f} minutes a "
                f"flight (model: {served.costs['']:.1f}); stated in the answer",
                "yes",
            ),
            (
                "Can the next version run in the shadow first?",
                f"tried with {challenger.version}: {len(shadow):,} flights, {gain:.2f} "
                "minutes a flight saved",
                "yes",
            ),
            (
                "Does a new version go back by itself?",
                f"budget {budget:,} minutes, {(highest > budget).mean():.1%} false "
                f"alarms in {DAYS} days; tried on 1.0.1: back after {went.answered} "
                "answers",
                "yes",
            ),
            (
                "Does the model earn its upkeep against a rule that needs nothing but "
                "a clock?",
                "<br>".join(
                    _earned(case, judged) for judged in (case.on_summer, case.on_test)
                ),
                "owner",
            ),
            (
                "Who may overrule, and who decides about the release?",
                "the agent at the desk, for each flight; "
                f"{case.charter.owner[0].lower()}{case.charter.owner[1:]}",
                "owner",
            ),
        ]
    )
    eve = recorded.loc[recorded["date"] == "2013-09-07", "dep_delay"]
    if not case.seen["dep_delay"].max() < 1440 < 60 * eve.max():
        raise ValueError("A limit of one day would not have seen the seconds.")
    cause = (
        "The new adapter hands over delays in seconds; the model learned minutes. The "
        "service checks the ranges of the weather only: a limit of one day (1,440 "
        "minutes) on delays would have seen it."
    )
    note = release.rollback_note(
        rule, went, served.version, "1.0.1", cause, case.charter
    )
    return Papers(checklist, note)


def _farthest(golden: release.Golden, services: Sequence[release.Serve]) -> list[float]:
    """Return how far the farthest answer of each service lies from the expected one."""
    return [np.abs(serve(golden.records) - golden.expected).max() for serve in services]


def _earned(case: Case, judged: errors.Judged) -> str:
    savings = errors.savings(judged, case.train, case.charter)
    upkeep = errors.upkeep_per_flight(judged.flights, case.charter)
    note = next(policy for policy in savings if policy.startswith("the note"))
    return (
        f"{judged.months}: {errors.earns_its_upkeep(savings[note], upkeep)}; "
        f"{savings[note]:.2f} minutes a flight saved over the note on the wall "
        f"(prepare from {note.removeprefix('the note: ')}), upkeep {upkeep:.2f}"
    )


def periods() -> str:
    """Return which flights are for what, with the hash of each set."""
    flights, rows = data.load_flights(), []
    for name, months in data.PERIODS.items():
        digits = data.set_hash(name)
        parts = (
            f"`{digits[first : first + 16]}`" for first in range(0, len(digits), 16)
        )
        count = f"{len(data.period_rows(flights, name)):,}"
        state = "sealed" if name in data.SEALED else "open"
        numbers = ", ".join(map(str, months))
        rows.append((name, numbers, count, state, "<br>".join(parts)))
    return markdown.table(["Period", "Months", "Flights", "Outcomes", "Hash"], rows)


def openings() -> str:
    """Return for what a sealed set may be opened, and in which lesson."""
    return markdown.table(
        ["Set", "Lesson", "Purpose"],
        [
            (row.set, str(row.lesson), row.purpose)
            for row in data.openings().itertuples()
        ],
    )
