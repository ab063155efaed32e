"""Lesson 5's charts say what their data show; its invented days are as it says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS

from figures import discrimination, error_analysis, interval_coverage, loud_slices
from flightdelay import charter, errors, evaluation

AGREED = charter.load()
DAYS, A_DAY = 40, 100


def invented(shift=0.0, seed=0):
    """Outcomes, probabilities and days; a shift makes the probabilities too high."""
    generator = np.random.default_rng(seed)
    true = generator.uniform(0.05, 0.6, DAYS * A_DAY)
    late = (generator.random(len(true)) < true).astype(int)
    date = pd.date_range("2013-07-01", periods=DAYS).repeat(A_DAY)
    return late, np.clip(true + shift, 0.01, 0.99), date


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 50
    return specification["title"]["text"], specification["description"]


def test_reliability_counts_the_bins_that_hold():
    late, probability, date = invented()
    title, description = said(error_analysis.reliability(late, probability, date))
    points = evaluation.calibration_bins(late, probability, date, bins=10)
    holds = points["probability"].between(points["low"], points["high"]).sum()
    assert title.startswith(f"In {holds} of {len(points)} bins")
    assert f"{points['flights'].iloc[0]:,} flights" in description


def test_two_periods_are_drawn_only_if_the_title_is_true():
    before, then = invented(), invented(shift=0.2, seed=1)
    chart = error_analysis.reliability_by_period({"summer": before, "autumn": then})
    assert said(chart)[0].startswith("In autumn fewer flights were late")
    with pytest.raises(ValueError, match="do not show"):
        error_analysis.reliability_by_period({"summer": then, "autumn": before})


def test_ceilings_name_the_two_largest():
    late, probability, date = invented()
    generator = np.random.default_rng(3)
    tags = pd.DataFrame(
        {name: generator.random(len(late)) < 0.3 for name in errors.TAGS}
    )
    table = errors.ceilings(tags, late, probability, AGREED, date, resamples=20)
    title, description = said(error_analysis.ceilings(table, AGREED))
    assert table.index[0].capitalize() in title
    assert all(name in description for name in table.index)


@pytest.fixture
def judged(monkeypatch):
    late, probability, date = invented()
    flights = pd.DataFrame({"date": date, "hour": np.arange(len(late)) % 19 + 5})
    one = SimpleNamespace(
        months="July", flights=flights, outcome=late, probability=probability
    )
    monkeypatch.setattr(errors.upkeep, "clock_note", lambda *_: 12)
    return one


def test_savings_stand_beside_the_upkeep(judged):
    table = error_analysis.savings_and_upkeep([judged], judged.flights, AGREED)
    assert table["upkeep"].tolist() == [AGREED.upkeep_minutes_per_day / A_DAY] * 3
    everyone = table.set_index("policy").loc["preparing every flight"]
    cost = evaluation.cost_per_flight(judged.outcome, judged.probability, AGREED)
    assert everyone["saving"] == pytest.approx(AGREED.cost_prepare - cost, abs=1e-4)


def test_best_note_is_the_cheapest_one(judged):
    judged.outcome = (judged.flights["hour"] >= 17).astype(int).to_numpy()
    hour, saved = error_analysis.best_clock_note(judged, AGREED)
    assert hour == 17
    assert saved.high < 0


def test_curves_mark_the_threshold():
    late, probability, _ = invented()
    chart = discrimination.curves({"July": (late, probability)}, 0.2)
    prepared = probability >= 0.2
    _, description = said(chart)
    across, up = prepared[late == 0].mean(), prepared[late == 1].mean()
    assert f"July, ROC: across {across:.2f}, up {up:.2f}." in description
    assert f"up {late[prepared].mean():.2f}." in description


def test_slices_that_stand_out_are_counted():
    late, probability, date = invented()
    slices = pd.DataFrame({"airline": np.tile(["AA", "EV"], len(late) // 2)})
    probability = np.where(slices["airline"] == "EV", probability + 0.2, probability)
    gaps = evaluation.slice_gaps(late, probability, slices, date)
    names = pd.Series({"AA": "American", "EV": "ExpressJet"})
    title, description = said(loud_slices.slices(gaps, names))
    assert title.startswith("1 of 2 slices")
    assert "airline ExpressJet stands out: 0.2" in description


def test_newey_west_is_that_of_statsmodels():
    values = np.random.default_rng(0).normal(size=60).cumsum()
    fit = OLS(values, np.ones(60)).fit(cov_type="HAC", cov_kwds={"maxlags": 2})
    mean, low, high = evaluation.newey_west(values)
    assert mean == pytest.approx(fit.params[0])
    # Two degrees of freedom for six days: Student's 97.5% quantile is 4.303.
    few = evaluation.newey_west(values[:6])
    fit_of_few = OLS(values[:6], np.ones(6)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 2}
    )
    assert (few[2] - few[1]) / 2 == pytest.approx(4.3027 * fit_of_few.bse[0], rel=1e-3)
    assert (high - low) / 2 > 1.96 * fit.bse[0]


def test_coverage_is_nearly_what_is_promised_only_where_it_should_be():
    found = interval_coverage.coverage((31, 200), (0, 0.4), sets=1000)
    share = found.set_index(["days", "correlation", "interval"])["covered"]
    assert share[200, 0, "days drawn"] > 0.92
    assert share[200, 0.4, "days drawn"] < 0.88
    assert share[200, 0.4, "blocks of seven days drawn"] > 0.91
    assert share[31, 0, "blocks of seven days drawn"] < 0.90
    assert share.xs("Newey-West", level=2).between(0.90, 0.97).all()
    title, _ = said(interval_coverage.held(found))
    worst = share.xs(0.4, level=1)
    assert f"{worst.min():.0%} to {worst.max():.0%}" in title
