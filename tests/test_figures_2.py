"""Lesson 2's charts say what their data show."""

import numpy as np
import pandas as pd
import pytest

from figures import data_and_baseline as charts
from figures import readings
from flightdelay import charter, data, evaluation

FLIGHTS = 600


@pytest.fixture(scope="module")
def days():
    return pd.Series(pd.date_range("2013-07-01", periods=30).repeat(FLIGHTS // 30))


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 50
    return specification["title"]["text"], specification["description"]


def test_clock_begins_at_the_cut_off_and_counts_cells():
    day = pd.Timestamp("2013-06-13", tz=data.TIME_ZONE)
    flight = pd.Series(
        {
            "cut_off": day + pd.Timedelta(hours=14),
            "scheduled_departure": day + pd.Timedelta(hours=16, minutes=25),
            "dep_delay": 10.0,
            "arr_time": 1944.0,
        }
    )
    chart = charts.known_when(flight)
    title, description = said(chart)
    assert title == "At 14:00, 6 of these 16 cells are still empty."
    assert "16:35: dep_time" in description and "19:44: air_time" in description
    (clock,) = (one for one in chart.to_dict()["params"] if one["name"] == "clock")
    assert clock["value"] == 14
    (rows,) = (
        rows for rows in chart.to_dict()["datasets"].values() if "cells" in rows[0]
    )
    assert sum(row["cells"] for row in rows) == 16
    assert sum(row["cells"] for row in rows if row["hour"] > 14) == 6


def test_baselines_are_told_by_what_they_save(days):
    random = np.random.default_rng(0)
    probability = random.uniform(0, 0.9, FLIGHTS)
    late = (random.uniform(size=FLIGHTS) < probability).astype(int)
    models = {
        "base rate": np.full(FLIGHTS, late.mean()),
        "rule: never": np.zeros(FLIGHTS),
        "the truth": probability,
    }
    judged = evaluation.report(
        late, pd.DataFrame(models), charter.load(), days, resamples=50
    )
    title, description = said(charts.baselines(judged))
    saving = {name: one.estimate for name, one in judged["saving per flight"].items()}
    assert saving["the truth"] > 0 > saving["rule: never"]
    assert f"The best saves {saving['the truth']:.2f} minutes" in title
    assert f"the rule costs {-saving['rule: never']:.2f} more" in title
    cost = judged.loc["the truth", "cost per flight"]
    assert f"the truth: {cost:.2f}" in description


def test_rates_stand_in_words_too():
    table = pd.DataFrame(
        {"text": ["one", "two"], "rate": [0.1, 0.2], "low": 0.05, "high": 0.3}
    )
    title, description = said(charts.rates(table, "Two rates.", "Shares."))
    assert title == "Two rates."
    assert "one, 10.0% (5.0% to 30.0%)." in description


def test_readings_keep_a_group_for_what_is_missing(days):
    known = pd.DataFrame(
        {
            "wind_speed": np.resize([3.0, 30.0, np.nan], FLIGHTS),
            "visib": 10.0,
            "precip": np.resize([0.0, 0.01], FLIGHTS),
            "temp": 60.0,
            "pressure": 1015.0,
        }
    )
    late = pd.Series(np.resize([0, 1, 1], FLIGHTS))
    # Each group holds a flight, as `loc` asks.
    for column, values in {
        "wind_speed": [7, 12, 17, 22],
        "visib": [0.2, 1, 3, 7, np.nan],
        "precip": [0.05, 0.5, np.nan],
        "temp": [10, 25, 40, 80, 100, np.nan],
        "pressure": [990, 1005, 1025, 1040, np.nan],
    }.items():
        known.loc[known.index[-len(values) :], column] = values
    table = readings.rates(late, known, days)
    calm, windy = (
        table.loc[("wind speed, mph", name), "rate"] for name in ("0 to 5", "25 to 50")
    )
    assert (calm, windy) == (0, 1)
    assert table.loc[("wind speed, mph", "missing"), "rate"] == 1
    title, description = said(readings.by_reading(table))
    assert title == "With little wind 0% are not on time, with strong wind 100%."
    assert "visibility, miles" in description


def test_reading_in_no_group_is_told(days):
    known = pd.DataFrame({"wind_speed": [1048.0]})
    with pytest.raises(ValueError, match="wind_speed"):
        readings.rates(pd.Series([1]), known, days[:1])
