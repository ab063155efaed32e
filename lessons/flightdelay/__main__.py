"""The whole lifecycle without a notebook: `python -m flightdelay`.

From the raw tables to the monitored service and the way back. Each step calls what its
lesson calls, so its headline figures are those that the lesson prints; a test compares
the two.
"""

import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx
import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from flightdelay import (
    charter,
    data,
    errors,
    evaluation,
    features,
    labels,
    models,
    monitoring,
    repairs,
    service,
)
from flightdelay.service.process import RunningService

#: Departures that are asked for over HTTP, one by one.
ASKED = 60
#: Largest difference between a served probability and that of the training pipeline.
TOLERANCE = 1e-6


class Figure(NamedTuple):
    """A headline figure, as it is written in a lesson.

    Attributes:
        lesson: Number of the lesson that prints it.
        name: What it says.
        text: Its digits, with its interval if it has one.
    """

    lesson: int
    name: str
    text: str


class Case:
    """What the steps hand on to each other.

    Args:
        folder: Where the prediction log goes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.agreed = charter.load()

    @cached_property
    def flights(self) -> pd.DataFrame:
        """All flights; outcomes of the sealed months are left out."""
        return data.load_flights()

    @cached_property
    def weather(self) -> pd.DataFrame:
        """Hourly readings."""
        return data.load_table("weather")

    @cached_property
    def open_flights(self) -> pd.DataFrame:
        """Flights of January to August."""
        return self.flights[~self.flights["sealed"]]

    @cached_property
    def known(self) -> pd.DataFrame:
        """Features of the open flights."""
        return features.load().loc[self.open_flights.index]

    @cached_property
    def late(self) -> pd.Series:
        """Labels of the open flights, 0 or 1."""
        return labels.not_on_time(self.open_flights).astype(int)

    def define_project(self) -> list[Figure]:
        """Step 1: read the charter."""
        return [
            Figure(1, "threshold", f"{self.agreed.threshold:.2f}"),
            Figure(
                1, "success: saving per flight", f"{self.agreed.minimum_saving:.1f}"
            ),
        ]

    def define_data(self) -> list[Figure]:
        """Step 2: load, split, and judge the baselines."""
        train, validation = self._period("train"), self._period("validation")
        probabilities = models.baseline_probabilities(
            self.known.loc[train.index],
            self.late[train.index],
            self.known.loc[validation.index],
        )
        best = probabilities.iloc[:, [-1]]
        saving = self._report(validation, self.late, best)["saving per flight"]
        return [
            Figure(
                2,
                "not on time, January to June",
                f"{self.late[train.index].mean():.1%}",
            ),
            Figure(2, "best baseline saves, July and August", f"{saving:.2f}"),
        ]

    def label_and_organize(self) -> list[Figure]:
        """Step 3: label, and build the features as they were known at the cut-off."""
        rows = len(self.known)
        if self.late.isna().any() or rows != len(self.open_flights):
            raise AssertionError("Every open flight needs a label and its features.")
        flights = self.open_flights
        never_left = flights["dep_time"].isna()
        at_the_gate = (flights["dep_delay"] >= labels.LATE_MINUTES) | never_left
        kappa = cohen_kappa_score(self.late, at_the_gate)
        return [
            Figure(3, "kappa, late at the gate against the charter's", f"{kappa:.2f}"),
        ]

    def train(self) -> list[Figure]:
        """Step 4: train the chosen model and its rival, or load what is kept."""
        summer = self._period("validation")
        known = self.known.loc[summer.index]
        chosen, rival = (
            self._predict(model, known)["chosen"]
            for model in (models.trained_choice(), models.trained_challenger())
        )
        judged = errors.Judged("validation", "July and August", summer, chosen)
        saving = errors.saving(judged, rival, chosen, self.agreed)
        return [Figure(4, "boosted trees save, July and August", f"{saving:.2f}")]

    def analyze_errors(self) -> list[Figure]:
        """Step 5: judge the chosen model on the sealed test months."""
        test = data.open_sealed("test", "headline figures of the chosen model")
        history = pd.concat([self.open_flights, test])
        known = features.build(test, self.weather, history)
        late = labels.not_on_time(test).astype(int)
        probability = self._predict(models.trained_choice(), known)
        judged = self._report(test, late, probability)
        return [
            Figure(5, f"{name}, September and October", f"{judged[name]:{form}}")
            for name, form in evaluation.REPORT_FORMATS.items()
            if name in ("saving per flight", "ROC AUC")
        ]

    def deploy(self) -> list[Figure]:
        """Step 6: serve over HTTP, compare, and replay the autumn into the log."""
        august = self._period("validation").iloc[-8000 :: 8000 // ASKED]
        bodies = august[["carrier", "flight", "origin", "dest", "distance"]].assign(
            scheduled_departure=august["scheduled_departure"].map(
                pd.Timestamp.isoformat
            )
        )
        with (
            RunningService(self.folder) as running,
            httpx.Client(base_url=running.url, timeout=60, trust_env=False) as client,
        ):
            answers = [
                client.post("/predictions", json=body).raise_for_status().json()
                for body in bodies.to_dict("records")
            ]
        served = np.array([answer["probability"] for answer in answers])
        trained = self._predict(models.trained_choice(), self.known.loc[august.index])
        if np.abs(served - trained.iloc[:, 0]).max() > TOLERANCE:
            raise AssertionError(
                "The service answers otherwise than the trained model."
            )
        version = answers[0]["model_version"]
        return [
            Figure(6, f"version; {len(answers)} answers over HTTP are right", version)
        ]

    def monitor(self) -> list[Figure]:
        """Step 7: replay the autumn through the service, and watch its log."""
        purpose = "replay through the service, watched after the test is done"
        live = data.open_sealed("production", purpose)
        feeds = service.Feeds(self.weather, pd.concat([self.open_flights, live]))
        with service.PredictionLog(self.folder / "autumn.sqlite") as written:
            requests = service.replay(live, feeds, service.served_choice(), written)
            log = monitoring.read_log(written).set_index("request_id").loc[requests]
        log.index = live.index
        plan, quiet = monitoring.chosen_plan(), monitoring.chosen_quiet()
        checked = monitoring.audit(log, log["outcome"])
        signals = monitoring.signals(log, quiet, self.agreed, checked)
        alarms = monitoring.alarms(signals, plan.limits)
        has_week = signals["audit"].notna()
        shift = (monitoring.diagnose(alarms)[has_week] == "shift").mean()
        return [
            Figure(7, "predictions in the log", f"{len(log):,}"),
            Figure(7, "days that look like a shift", f"{shift:.0%}"),
            Figure(7, "false alarms of the watch on cost", f"{plan.rates['cost']:.1%}"),
        ]

    def go_back(self) -> list[Figure]:
        """Step 8: close the two loops, and let December judge them."""
        return [
            Figure(
                8,
                f"gain {entry.back[0]} → {entry.back[1]}, {entry.judged_on}",
                f"{entry.gain.by_day:.2f}",
            )
            for entry in repairs.project_log(self.agreed)
        ]

    def _period(self, name: str) -> pd.DataFrame:
        return data.period_rows(self.open_flights, name)

    def _predict(self, model: object, known: pd.DataFrame) -> pd.DataFrame:
        columns = list(model.feature_names_in_)
        probability = model.predict_proba(known[columns])[:, 1]
        return pd.DataFrame({"chosen": probability}, index=known.index)

    def _report(
        self, flights: pd.DataFrame, late: pd.Series, probability: pd.DataFrame
    ) -> pd.Series:
        return evaluation.report(
            late[flights.index], probability, self.agreed, flights["date"]
        ).iloc[0]


STEPS: dict[str, Callable[[Case], list[Figure]]] = {
    "Define project": Case.define_project,
    "Define data and establish baseline": Case.define_data,
    "Label and organize data": Case.label_and_organize,
    "Select and train the model": Case.train,
    "Perform error analysis": Case.analyze_errors,
    "Deploy in production": Case.deploy,
    "Monitor and maintain system": Case.monitor,
    "Go back": Case.go_back,
}


def main() -> int:
    """Run all steps, say how far one is, and print what each has found."""
    started = time.perf_counter()
    try:
        with TemporaryDirectory() as folder:
            case = Case(Path(folder))
            for number, (name, step) in enumerate(STEPS.items(), start=1):
                print(f"[{number}/{len(STEPS)}] {name} …", flush=True)
                for figure in step(case):
                    print(f"  lesson {figure.lesson}  {figure.name:<48} {figure.text}")
    except data.DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Done in {time.perf_counter() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
