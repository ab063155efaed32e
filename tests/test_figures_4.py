"""Lesson 4's charts and tables say what their data show."""

import numpy as np
import pandas as pd
import pytest

from figures import model_choice, select_and_train
from flightdelay import charter, evaluation

AGREED = charter.load()
LOG = [
    {"dropout": 0.2, "rate": 0.001, "loss": [0.5, 0.4], "val_loss": [0.55, 0.5]},
    {"dropout": 0.0, "rate": 1.0, "loss": [700.0, 0.6], "val_loss": [3.0, 0.7]},
]


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 60
    return specification["title"]["text"], specification["description"]


def test_curves_begin_with_the_best_run_and_cut_what_is_too_high():
    chart = select_and_train.learning_curves(LOG, base=0.66)
    title, description = said(chart)
    assert (
        title == "With dropout 0.2, rate 0.001, June is at its best: a loss of 0.500."
    )
    assert "from 700.00 to 0.60, on June 3.00 to 0.70" in description
    (shown,) = (p for p in chart.to_dict()["params"] if p["name"] == "run_shown")
    assert shown["value"] == "dropout 0.2, rate 0.001"
    rows = next(
        rows for rows in chart.to_dict()["datasets"].values() if "shown" in rows[0]
    )
    assert max(row["shown"] for row in rows) == select_and_train.CEILING


@pytest.fixture(scope="module")
def judged():
    """Outcomes, a simple model and a better one, and days."""
    generator = np.random.default_rng(0)
    true = generator.uniform(0.05, 0.6, 4_000)
    late = (generator.random(len(true)) < true).astype(int)
    date = pd.date_range("2013-07-01", periods=40).repeat(100)
    return late, np.full(len(true), 0.3), true, date


def test_a_saving_is_positive_and_paired(judged):
    late, simplest, better, date = judged
    models = {"better": better, "same": simplest}
    table = select_and_train.savings(late, models, simplest, date, AGREED)
    before, after = (
        evaluation.cost_per_flight(late, one, AGREED) for one in (simplest, better)
    )
    assert table.loc["better", "saving"] == pytest.approx(before - after)
    assert table.loc["better", "low"] > 0
    assert table.loc["same", ["saving", "low", "high"]].tolist() == [0, 0, 0]
    assert table.loc["better", "text"].startswith(f"{before - after:.2f} (")


def test_failed_run_stays_in_the_log(judged):
    late, simplest, better, date = judged
    table = select_and_train.savings(late, {"seed 0": better}, simplest, date, AGREED)
    runs = [run | {"june": min(run["val_loss"])} for run in LOG]
    log = select_and_train.experiment_log(runs, 0.66, table, table)
    assert log.index.tolist() == [1, 2, 3, 4]
    assert "failed" not in log.loc[1, "result"]
    assert log.loc[2, "result"].endswith("0.700: failed")
    assert log.loc[3, "run"] == "network, seed 0"
    assert log.loc[4, "result"] == f"saves {table['text'].iloc[0]}"


def test_luck_of_the_best_is_told_with_its_runs():
    index = pd.RangeIndex(1, 4, name="runs")
    luck = pd.DataFrame({"promised": [0, 0.2, 0.3], "kept": [0, 0.1, 0.12]}, index)
    title, description = said(model_choice.luck_of_the_best(luck))
    assert title == "The best of 3 runs promises 0.30 minutes a flight and keeps 0.12."
    assert "best of 2: 0.20, then 0.10." in description


def test_chance_names_the_first_gain_that_is_enough():
    chances = pd.DataFrame({31: [0, 0.5, 0.8], 62: [0, 0.9, 1.0]}, [0.0, 0.5, 1.0])
    title, description = said(model_choice.chance_of_switching(chances, 0.2))
    assert title.startswith("With 62 days, a rival must truly save 0.50 minutes")
    assert "With 31 days it takes 1.00 minutes" in description
