"""Charts and tables of lesson 3 say what follows from the data."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from course.charts import chart_html
from figures import kappa, label_audit
from figures import labels_and_features as leaks
from flightdelay import data, evaluation, features, labels, models


def drawn(chart):
    """Draw a chart; returns its specification, title and description."""
    specification = chart.to_dict()
    assert chart_html(specification)
    return specification, specification["title"]["text"], specification["description"]


@pytest.fixture(scope="module")
def days():
    return pd.Series(np.repeat(pd.date_range("2013-01-01", periods=40), 50))


@pytest.fixture(scope="module")
def late(days):
    return pd.Series((np.arange(len(days)) * 7 % 10 < 3).astype(int))


# Leaks

SIZES = pd.DataFrame(
    {
        "saving": [5.0, 0.3, 0.1, 0.0],
        "low": [4.0, -0.1, 0.05, -0.1],
        "high": [6.0, 0.7, 0.15, 0.1],
        "roc_auc": [0.2, 0.01, 0.002, 0.0],
    },
    index=["late column", "weather", "rate", "scale"],
)


def test_leaks_are_sorted_by_a_margin_that_moves():
    specification, title, said = drawn(leaks.leaks_by_size(SIZES, 0.2))
    assert (
        title == "1 leak promises more than 0.2 minutes, 2 less; of 1 we cannot tell."
    )
    assert "weather: 0.30 (-0.10 to 0.70)" in said
    (slider,) = specification["params"]
    assert slider["value"] == 0.2 and slider["bind"]["input"] == "range"
    # Beyond zero is not beyond the margin, and an interval that holds zero may be wide.
    _, title, _ = drawn(leaks.leaks_by_size(SIZES, 0.08))
    assert title == (
        "1 leak promises more than 0.08 minutes, 0 less; of 3 we cannot tell."
    )


def test_sizes_are_those_of_the_promise():
    flights = data.load_flights()
    opened = flights[flights["date"].between("2013-06-20", "2013-07-10")]
    weather = data.load_table("weather")
    known = features.build(opened, weather, sets=["schedule", "weather"])
    rows = opened.query("month == 6").index
    judged = opened.query("month == 7").index
    prepare = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["carrier", "hour", "dest"]),
        ("drop", ["origin", "weekday", "holiday"]),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )
    model = make_pipeline(prepare, LogisticRegression(solver="newton-cholesky"))
    late = labels.not_on_time(opened).astype(int)
    honest = leaks.promise(model, known, late, rows, judged)
    sizes = leaks.leak_sizes(model, honest, known, opened, weather, rows)
    assert sizes.index[0] == "delay at the gate" and len(sizes) == 8
    assert sizes["saving"].is_monotonic_decreasing
    assert sizes.loc["delay at the gate", "low"] > 1
    assert abs(sizes.loc["rate of the destination", "saving"]) < 1


@pytest.fixture(scope="module")
def judged_flights():
    generator = np.random.default_rng(3)
    date = pd.Series(pd.date_range("2013-05-15", "2013-08-10")).repeat(30)
    date = date.reset_index(drop=True)
    known = pd.DataFrame({"delay": generator.normal(size=len(date))})
    waited = known["delay"] + generator.normal(size=len(date))
    opened = pd.DataFrame({"month": date.dt.month, "date": date, "sealed": False})
    opened["arr_delay"] = np.where(waited > 0.8, 40.0, 0.0)
    return known, opened


def test_wrong_labels_lose_order_only_in_a_pattern(judged_flights):
    known, opened = judged_flights
    late = labels.not_on_time(opened).astype(int)
    rows = opened.query("month <= 6").index
    judged = opened.query("month >= 7").index
    model = make_pipeline(StandardScaler(), LogisticRegression())
    honest = leaks.promise(model, known, late, rows, judged)
    wrong = {
        "hidden": labels.plant_errors(late, 0.4, only=1),
        "turned round": 1 - late,
    }
    effects = leaks.wrong_label_effects(model, honest, known, opened, rows, wrong)
    assert effects.loc["as recorded", "gain_minutes"] == 0
    assert effects.loc["hidden", "gain_roc_auc_low"] > -0.02
    assert effects.loc["hidden", "mean"] < 0.8 * effects.loc["as recorded", "mean"]
    assert effects.loc["turned round", "gain_roc_auc_high"] < -0.3
    _, title, said = drawn(leaks.order_and_cost(effects))
    assert title.startswith("In 1 of 2 cases the ROC AUC falls by less than 0.02")
    assert "turned round: ROC AUC \u2212" in said


def test_a_saving_is_positive_if_the_second_model_is_better(late, days):
    better = leaks.saving(late, np.full(len(late), 0.1), late, days)
    assert better.low > 0
    assert better.estimate == pytest.approx(late.mean() * 80)


def test_rates_come_from_the_given_rows():
    column = pd.DataFrame({"number": list("aabb")})
    label = pd.Series([1, 1, 0, 1])
    given = leaks.rates(column, label, pd.Index([0, 2]))
    # Ten imagined rows at the overall rate of one half.
    assert given == pytest.approx([6 / 11, 6 / 11, 5 / 11, 5 / 11])
    assert leaks.rates(column, label)[0] == pytest.approx((2 + 7.5) / 12)


# Kappa


def test_rules_are_compared_with_the_first(late, days):
    rules = pd.DataFrame({"first": late, "other": late.where(days.dt.day != 3, 0)})
    compared = kappa.compare_rules(rules, days)
    assert compared.loc["first", ["changed", "kappa"]].tolist() == [0, 1]
    other = compared.loc["other"]
    assert other["kappa"] == pytest.approx(cohen_kappa_score(*rules.T.to_numpy()))
    assert other["low"] < other["rate"] < other["high"]
    _, title, said = drawn(kappa.rates_by_rule(compared, other["rate"]))
    assert title.endswith("lies inside the interval of one rule.")
    assert f"other: {other['rate']:.1%}" in said


def test_kappa_by_limit_has_a_slider(late, days):
    minutes = pd.Series(np.where(late, 70, np.arange(len(late)) % 14))
    rules = pd.DataFrame({m: (minutes >= m).astype(int) for m in (15, 5, 30)})
    specification, title, _ = drawn(
        kappa.kappa_by_limit(kappa.compare_rules(rules, days))
    )
    assert title == (
        "From 15 to 30 minutes, the rate falls from 30% to 30%, kappa to 1.00."
    )
    assert specification["params"][0]["bind"]["step"] == 5


# Audit


def test_precision_counts_the_least_believed_of_each_label(late, days):
    wrong = pd.Series(np.arange(len(late)) < 600)
    suspects = labels.suspects(late, np.full(len(late), 0.5))
    shares = label_audit.precision(suspects, wrong, days, [100, 500])
    for row in shares.itertuples():
        label = int(row.label == "recorded as not on time")
        listed = wrong[late == label].iloc[: row.top]
        assert row.rate == pytest.approx(listed.mean())
    _, title, said = drawn(label_audit.precision_by_length(shares, wrong.mean()))
    assert title.startswith("Of 500 suspects for each label, 36% and 84% are wrong")
    assert "Among all labels: 30%." in said


def test_share_is_the_interval_of_a_rate(late, days):
    expected = evaluation.bootstrap_interval(
        late, late, lambda values, _: values, "day", days
    )
    assert label_audit.share(late == 1, days) == pytest.approx(expected)


def test_an_empty_wind_speed_is_seen_through():
    generator = np.random.default_rng(1)
    date = pd.Series(pd.date_range("2013-02-10", periods=5)).repeat(60)
    date = date.reset_index(drop=True)
    wind = pd.Series(generator.normal(10, 2, len(date)))
    late = pd.Series((generator.random(len(date)) < 0.3).astype(int))
    night = (date == "2013-02-12") & (date.index % 6 == 0)
    known = pd.DataFrame({"wind_speed": wind.mask(night), "hour": 5})
    found = label_audit.empty_wind(
        models.logistic(["wind_speed", "hour"]),
        known,
        late,
        date,
        np.full(len(date), 0.01),
    )
    assert found.flights == night.sum() == found.signs
    assert found.late == late[night].sum()
    assert found.given == (0.01, 0.01)
    assert 0.1 < found.ordinary[0] <= found.ordinary[1] < 0.6
    assert found.days == 1
