"""Lesson 1's charts say what their data show."""

import numpy as np
import pandas as pd
import pytest

from figures import define_project as charts
from flightdelay import charter, evaluation

FLIGHTS = 600


@pytest.fixture(scope="module")
def trial():
    """Flights of thirty days; the probabilities come true."""
    random = np.random.default_rng(0)
    probability = random.uniform(0, 0.9, FLIGHTS)
    late = (random.uniform(size=FLIGHTS) < probability).astype(int)
    days = pd.date_range("2013-05-01", periods=30).repeat(FLIGHTS // 30)
    return pd.Series(late), probability, pd.Series(days), charter.load()


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 50
    return specification["title"]["text"], specification["description"]


def test_title_of_the_thresholds_has_both_costs(trial):
    late, probability, _, agreed = trial
    table = evaluation.by_threshold(late, probability, agreed)
    accurate = table.loc[table["accuracy"].idxmax(), "cost_per_flight"]
    title, _ = said(charts.cost_by_threshold(table, agreed.threshold))
    assert f"costs {accurate:.1f} minutes" in title
    assert f"the charter's {table['cost_per_flight'][20]:.1f}." in title


def test_thresholds_are_compared_on_the_same_flights(trial):
    late, probability, days, agreed = trial
    told = charts.compare_thresholds(late, probability, days, agreed, 1.0, 0.2)
    nobody = evaluation.cost_without_model(late, agreed)
    assert told.saving_of_accurate.estimate == pytest.approx(
        nobody["prepare all"] - nobody["prepare none"]
    )
    assert told.lost_to_tuning == (0, 0, 0)
    right = ((probability >= 0.2) == late).mean() - (late == 0).mean()
    assert told.less_right.estimate == pytest.approx(100 * right)


def test_savings_of_policies_are_drawn_with_the_upkeep(trial):
    late, probability, days, agreed = trial
    policies = {"the note": np.ones(FLIGHTS), "the model": probability}
    saved = charts.savings(late, policies, np.ones(FLIGHTS), days, agreed)
    assert saved["the note"] == (0, 0, 0)
    assert saved["the model"].low > 0
    title, description = said(charts.saving_of_policies(saved, 2.0))
    assert f"the rough model {saved['the model'].estimate:.1f}" in title
    assert "A line at 2.0" in description


def test_stretch_of_costs_is_where_the_saving_reaches_the_minimum(trial):
    late, probability, days, agreed = trial
    found = charts.savings_over_costs(late, probability, probability, days, agreed)
    assert (found["over_note"] == 0).all()
    assert (found["threshold"] == agreed.cost_prepare / found["unprepared"]).all()
    smallest = found["estimate"].median()
    pays = found.loc[found["estimate"] >= smallest, "unprepared"]
    stretch = charts.stretch(found, "estimate", smallest)
    assert stretch == f"{pays.min()} to {pays.max()}"
    found["over_note"] = found["estimate"]
    title, _ = said(charts.saving_over_costs(found, smallest, 100))
    assert title.count(stretch) == 2
