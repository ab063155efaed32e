"""Lesson 7's charts say what their data show; its invented outcomes are as it says."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import Logit, add_constant

from figures import (
    calibration_watch,
    every_fault,
    hand_checks,
    late_outcomes,
    monitor,
    textbook_limits,
)
from flightdelay import charter, monitoring
from flightdelay.evaluation import Interval
from flightdelay.monitoring.faults import Trials

AGREED = charter.load()
A_DAY = 40
WATCHES = ["fallbacks", "humidity misfit", "cost"]


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 60
    return specification["title"]["text"], specification["description"]


@pytest.fixture
def log():
    """Twenty days whose probabilities come true."""
    generator = np.random.default_rng(0)
    probability = generator.uniform(0.05, 0.6, 20 * A_DAY)
    return pd.DataFrame(
        {
            "date": pd.date_range("2013-09-01", periods=20).repeat(A_DAY),
            "probability": probability,
            "outcome": (generator.random(len(probability)) < probability).astype(float),
        }
    )


def months(gap):
    rows = [
        (month, figure, estimate, estimate - 0.02, estimate + 0.02, "temp")
        for month, loud, off in (("July", 6.5, gap), ("August", 5.0, 0.1))
        for figure, estimate in (
            ("largest stability index", loud),
            ("mean probability minus rate", off),
        )
    ]
    return pd.DataFrame(
        rows, columns=["month", "figure", "estimate", "low", "high", "input"]
    )


def test_loudest_month_is_drawn_only_if_no_error_is_shown():
    title, description = said(monitor.loud_months(months(0.01)))
    assert title.startswith("July is the loudest")
    assert "July 6.50, August 5.00" in description
    assert monitor.loudest_month(months(0.01))[:4] == ("July", 0, "temp", 6.5)
    with pytest.raises(ValueError, match="do not show"):
        monitor.loud_months(months(0.1))


def test_largest_gap_is_uncertain_where_months_are_alike(log):
    other = log.assign(date=log["date"] + pd.Timedelta(days=30))
    alike = monitor.probability_of_largest_gap(pd.concat([log, other]))
    assert 0.3 < alike["September"] < 0.7
    other["probability"] += 0.3
    apart = monitor.probability_of_largest_gap(pd.concat([log, other]))
    assert apart["October"] > 0.99


def test_a_fault_is_caught_only_if_the_watch_is_silent_without_it():
    shares = pd.DataFrame(
        [[0.0, 0.1, 0.3], [0.0, 1.0, 0.9], [0.0, 0.1, 1.0]],
        index=["none", "in °C", "delays are zero"],
        columns=WATCHES,
    )
    found = monitor.caught_by(shares)
    assert found == {"in °C": ["humidity misfit"], "delays are zero": []}
    quiet = pd.Series([0.01, 0.0, 0.26], index=WATCHES)
    title, description = said(monitor.who_saw_it(shares, quiet))
    assert title == "1 of 2 faults are caught, 1 of them by one watch alone."
    assert "quiet days: fallbacks 1%, humidity misfit 0%, cost 26%." in description


def test_saving_of_fewer_outcomes_is_less_certain(log):
    known = monitor.saving_by_days_known(log, AGREED, days=(10, 20))
    width = known.assign(width=known["high"] - known["low"])
    width = width.set_index(["known", "days"])["width"]
    assert width["every outcome", 20] < width["every outcome", 10]
    assert width["every outcome", 20] < width["looked up, 15 a day", 20]


def test_what_is_saved_is_positive(log):
    outcome, date = log["outcome"], log["date"]
    none = np.zeros(len(log))
    saved = monitor.saving(outcome, none, outcome, date, AGREED)
    assert saved.low > 0
    assert saved.estimate == pytest.approx(80 * outcome.mean())


def test_limits_by_the_book_are_counted_by_what_flights_share():
    table = pd.DataFrame(
        {"PSI": [0.0, 0.9, 1.0], "KS": [0.0, 1.0, 1.0], "shared": [False, True, True]},
        index=["distance", "visib", "temp"],
    )
    title, description = said(textbook_limits.by_the_book(table))
    assert "2 of 2 inputs that flights share" in title
    assert "0 of 1 that are a flight's own" in title
    assert "visib: 90%." in description


def test_learned_limits_name_the_loudest_of_each_kind():
    names = ["volume", "empty inputs", "fallbacks", "any input", "stuck station"]
    names += ["humidity misfit", "mean score", "rate", "gap", "cost"]
    rates = pd.Series({name: Interval(0.01, 0, 0.05) for name in names}, dtype=object)
    rates["cost"] = Interval(0.26, 0.18, 0.36)
    title, description = said(textbook_limits.learned_limits(rates, 119))
    assert "at most 1% of the days, those over seven on up to 26%" in title
    assert "cost, 7 days: 26% (18% to 36%)." in description


def test_look_ups_contradict_as_often_as_they_must():
    date = pd.Series(pd.date_range("2013-09-01", periods=30).repeat(100))
    told = {
        "right": pd.Series(False, index=date.index),
        "all wrong": pd.Series(True, index=date.index),
    }
    weeks = hand_checks.weeks_that_ring(told, date)
    share = weeks.set_index(["told", "error_rate", "calls"])["share"]
    assert (share["all wrong"] == 1).all()
    for error in (0.001, 0.005, 0.01):
        expected = 1 - (1 - error) ** 105
        assert share["right", error, 1] == pytest.approx(expected, abs=0.03)
    title, _ = said(hand_checks.calls(weeks))
    assert title.startswith(
        f"At the first contradiction {share['right', 0.005, 1]:.0%}"
    )


def test_an_open_day_looks_better_than_it_is(log):
    midnight = log["date"].dt.tz_localize("America/New_York")
    due = midnight + pd.Timedelta(hours=9)
    known = due + pd.to_timedelta(1 + 10 * log["outcome"], unit="h")
    log = log.assign(scheduled_departure=due, outcome_at=known)
    rates = late_outcomes.rates_by_hour(log, [12, 18, 21], draws=100)
    rate = rates.set_index(["hour", "what"])["rate"]
    assert rate[18, "shown"] == 0
    assert rate[21, "shown"] == pytest.approx(log["outcome"].mean())
    title, _ = said(late_outcomes.open_day(rates))
    assert f"says 0% where it will be {log['outcome'].mean():.0%}" in title


def test_slope_and_interval_are_those_of_statsmodels(log):
    odds = np.log(log["probability"] / (1 - log["probability"])).round(1)
    day, dates = pd.factorize(log["date"])
    x, group = np.unique(odds, return_inverse=True)
    cells = [np.zeros((len(dates), len(x))) for _ in range(2)]
    np.add.at(cells[0], (day, group), 1)
    np.add.at(cells[1], (day, group), log["outcome"])
    slope, low, high = (
        one[0]
        for one in calibration_watch.slope_with_interval(
            cells[0][None], cells[1][None], x
        )
    )
    fit = Logit(log["outcome"], add_constant(odds)).fit(
        disp=False, cov_type="cluster", cov_kwds={"groups": day}
    )
    assert slope == pytest.approx(fit.params["probability"], abs=1e-6)
    # Student's t for 20 days in place of the normal quantile.
    assert (high - low) / 2 == pytest.approx(2.093 * fit.bse["probability"], rel=0.01)


def test_slope_sees_what_the_gap_does_not(log):
    long = pd.concat(
        [log.assign(date=log["date"] + pd.Timedelta(days=20 * i)) for i in range(3)]
    )
    shares = calibration_watch.months_seen(long, 0.2, slopes=(1.0, 0.4), sets=300)
    table = shares.set_index(["slope", "watch"])["share"]
    assert table[1, "slope, 28 days"] < 0.08
    assert table[0.4, "slope, 28 days"] > table[0.4, "slope, 7 days"]
    assert table[0.4, "slope, 28 days"] > 0.9
    assert table[0.4, "gap, 7 days"] < 0.2
    title, _ = said(calibration_watch.seen(shares))
    assert title.startswith(f"The {table[0.4].idxmax().replace(', ', ' over ')} sees")


def test_effects_on_the_dashboard_believe_what_the_log_was_told(log):
    names = ["none", *monitoring.FAULTS]
    models = ["logistic regression", "boosted trees"]
    probability = pd.DataFrame(
        {(name, model): log["probability"] for name in names for model in models}
    )
    told = pd.DataFrame({name: log["outcome"] for name in names})
    told["late from 30 minutes"] = 0.0
    first = "temperature in °C", models[0]
    probability[first] = log["outcome"]
    probability["temperature in °C", models[1]] = 1 - log["outcome"]
    table = every_fault.dashboard_effects(Trials({}, probability, told), log, AGREED)
    by = table.set_index(["fault", "model"])
    missed = 100 * (log["outcome"] * (log["probability"] < 0.2)).mean()
    assert by.loc[("late from 30 minutes", models[0]), "estimate"] == pytest.approx(
        missed, abs=1e-3
    )
    assert by.loc[("wind in knots", models[0]), "estimate"] == 0
    title, description = said(every_fault.effects(table))
    assert title.startswith("The same fault, temperature in °C, helps the logistic")
    assert "wind in knots, boosted trees: 0.00" in description


def test_a_lower_limit_cries_wolf_more_often():
    generator = np.random.default_rng(0)
    columns = ["humidity misfit", "any input", "stuck station", "mean score"]
    columns += ["gap", "cost"]
    quiet = pd.DataFrame(generator.random((50, 6)), columns=columns)
    limits = pd.Series(1.0, index=columns)
    chart = every_fault.movable_limit(quiet, {"in °C": quiet + 1}, limits)
    title, description = said(chart)
    assert f"{(quiet['humidity misfit'] > 0.2).mean():.0%} of the quiet days" in title
    assert "humidity misfit, in °C: 100%." in description
