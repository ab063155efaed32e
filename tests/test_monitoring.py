"""Watches agree with plain versions, limits keep promises, faults are what feeds do."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from flightdelay import charter, data, features, labels, models, monitoring
from flightdelay.monitoring.distances import Category, Number
from flightdelay.monitoring.log_table import Delivered
from flightdelay.monitoring.watches import input_signals, outcome_signals
from flightdelay.service import Feeds, ServedModel, score

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

AGREED = charter.load()
FEED_FAULTS = [name for name, fault in monitoring.FAULTS.items() if fault.inputs]


@pytest.fixture(scope="module")
def july():
    """Three weeks of open flights, their feeds, and a small model of June."""
    flights = data.load_flights()
    weather = data.load_table("weather")
    near = flights[(flights["date"] >= "2013-06-08") & (flights["date"] < "2013-07-22")]
    feeds = Feeds(weather, near)
    june = near[(near["date"] >= "2013-06-10") & (near["month"] == 6)]
    learned = feeds.features(june)
    late = labels.not_on_time(june).astype(int)
    model = ServedModel(
        "test",
        models.boosting(monitoring.INPUTS).fit(learned, late),
        models.RateTable().fit(learned, late),
        AGREED.threshold,
    )
    days = near[near["month"] == 7]
    records = days.assign(outcome=labels.not_on_time(days).astype(float))
    return records, weather, near, model


@pytest.fixture(scope="module")
def log(july):
    records, weather, near, model = july
    return monitoring.answered(records, Feeds(weather, near).features(records), model)


@pytest.fixture(scope="module")
def usual(log):
    return monitoring.Quiet.learn(log)


# Statistics


def test_distances_are_those_of_scipy(log, usual):
    day = log["date"] == log["date"].min()
    for column in ("temp", "precip", "new_york_delay_recent", "origin_flights_recent"):
        number = usual.numbers[column]
        now, before = log.loc[day, column], log[column]
        distance, p_value, _ = number.compare(
            now.to_numpy(float), np.zeros(day.sum(), int), 1
        )
        slow = stats.ks_2samp(now.dropna(), before.dropna(), method="asymp")
        # 201 points stand for all values.
        assert distance[0] == pytest.approx(slow.statistic, abs=0.006)
        assert (p_value[0] < 0.01) == (slow.pvalue < 0.01)


def test_index_of_ten_even_bins_by_hand():
    number = Number.learn(np.arange(1000.0))
    *_, same = number.compare(np.arange(1000.0), np.zeros(1000, int), 1)
    assert same[0] == pytest.approx(0)
    # All of a day in the first of ten bins; the others get the smallest share.
    *_, moved = number.compare(np.zeros(50), np.zeros(50, int), 1)
    floor = 1e-4
    expected = 0.9 * np.log(1 / 0.1) + 9 * (floor - 0.1) * np.log(floor / 0.1)
    assert moved[0] == pytest.approx(expected, rel=0.02)


def test_a_category_that_was_never_seen_counts_in_full():
    name = Category.learn(pd.Series(["a", "a", "b", "b"]))
    distance, _ = name.compare(pd.Series(["a", "c"]), np.array([0, 1]), 2)
    assert list(distance) == [0.5, 1.0]


def test_slow_signals_need_every_day(log, usual):
    found = outcome_signals(log, usual, AGREED)
    assert found["gap"].notna().sum() == len(found) - monitoring.SLOW_DAYS + 1
    gap = log["date"] != log["date"].unique()[10]
    holey = outcome_signals(log[gap], usual, AGREED)
    assert holey["gap"].notna().sum() == found["gap"].notna().sum() - 7


def test_gap_is_that_of_seven_days(log, usual):
    found = outcome_signals(log, usual, AGREED)
    last = log["date"].max()
    week = log[log["date"] > last - pd.Timedelta(days=7)]
    gap = abs(week["probability"].mean() - week["outcome"].mean())
    assert found.loc[last, "gap"] == pytest.approx(gap)


def test_humidity_follows_from_temperature_and_dew_point(log, usual):
    found = input_signals(log, usual)["humidity misfit"]
    assert found.median() < 1  # percent


# Limits


def test_learned_limit_keeps_its_promise_on_exchangeable_days():
    generator = np.random.default_rng(0)
    fired = []
    for _ in range(400):
        days = pd.DataFrame({"volume": generator.exponential(size=250)})
        limits = monitoring.learn_limits(days[:125])
        fired.append(monitoring.alarms(days[125:], limits)["volume"].mean())
    standard_error = np.std(fired) / np.sqrt(len(fired))
    assert np.mean(fired) <= 0.01 + 3 * standard_error
    assert np.mean(fired) > 0.004


def test_too_few_days_promise_nothing():
    with pytest.raises(ValueError, match="99 are needed"):
        monitoring.learn_limits(pd.DataFrame({"volume": np.arange(98.0)}))
    limits = monitoring.learn_limits(pd.DataFrame({"volume": np.arange(99.0)}))
    assert limits["volume"] == 98


def test_limits_that_are_set_beforehand_are_not_learned():
    found = pd.DataFrame({"audit": np.full(200, 0.9)})
    assert monitoring.learn_limits(found)["audit"] == monitoring.WATCHES["audit"].limit


def test_audit_calls_at_the_third_contradiction_of_a_week():
    limit = monitoring.WATCHES["audit"].limit
    looked_up = monitoring.AUDITED_A_DAY * monitoring.SLOW_DAYS
    assert 2 / looked_up < limit < 3 / looked_up
    # The rate that the comment at the limit states.
    errors = stats.binom.sf(2, looked_up, monitoring.LOOK_UP_ERROR)
    assert errors == pytest.approx(0.016, abs=0.0005)


def test_share_is_the_exact_interval():
    rate = monitoring.share([0] * 100)
    assert rate.estimate == rate.low == 0
    assert rate.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert monitoring.share([1, np.nan, 0]).estimate == 0.5


def test_days_in_a_row_are_one_episode():
    assert monitoring.episodes([0, 1, 1, np.nan, 1, 0, 1]) == 3


# Faults


def _with_fault(name, july):
    """The inputs as the service's own features see a fault in the feeds themselves."""
    records, weather, near, _ = july
    changed, flights = weather.copy(), near
    if name == "temperature in °C":
        changed[["temp", "dewp"]] = (changed[["temp", "dewp"]] - 32) * 5 / 9
    elif name == "wind in knots":
        changed[["wind_speed", "wind_gust"]] /= 1.150779
    elif name == "visibility in km":
        changed["visib"] *= 1.609344
    elif name == "no weather":
        changed = changed[:0]
    elif name == "no delays":
        flights = near[:0]
    elif name == "delays are zero":
        flights = near.assign(dep_delay=0.0)
    elif name == "unknown carrier":
        records, flights = (
            table.assign(carrier=table["carrier"].replace("UA", "XX"))
            for table in (records, near)
        )
    return Feeds(changed, flights).features(records)


@pytest.mark.parametrize(
    "name",
    [
        "temperature in °C",
        "wind in knots",
        "visibility in km",
        "no weather",
        "no delays",
        "delays are zero",
        "unknown carrier",
    ],
)
def test_fault_is_what_the_feeds_would_deliver(name, july, log):
    mine = monitoring.FAULTS[name].inputs(log)[monitoring.INPUTS]
    theirs = _with_fault(name, july)[monitoring.INPUTS]
    pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)


def test_hour_in_utc_is_four_hours_later_in_summer(log):
    changed = monitoring.FAULTS["hour in UTC"].inputs(log)
    assert ((changed["hour"] - log["hour"]) % 24 == 4).all()


def test_stuck_station_repeats_itself_and_no_other(log):
    changed = monitoring.FAULTS["stuck station"].inputs(log)
    newark = log["origin"] == "EWR"
    readings = changed[newark].groupby("date")[list(features.FEATURE_SETS["weather"])]
    assert (readings.nunique(dropna=False) == 1).all(axis=None)
    pd.testing.assert_frame_equal(changed[~newark], log[~newark])


@pytest.mark.parametrize("name", FEED_FAULTS)
def test_faulty_answers_come_from_the_service(name, july, log):
    records, *_, model = july
    found = monitoring.inject(name, log, records, model)
    inputs = monitoring.FAULTS[name].inputs(log)[monitoring.INPUTS]
    answers = score(records, Delivered(inputs), model).answers
    pd.testing.assert_frame_equal(found[answers.columns], answers)
    assert (found["outcome"] == log["outcome"]).all()


def test_changed_meanings_change_outcomes_only(july, log):
    records, *_, model = july
    canceled = records["dep_time"].isna()
    told = monitoring.inject("canceled is on time", log, records, model)
    assert canceled.any()
    assert (told["outcome"] != log["outcome"]).equals(canceled)
    told = monitoring.inject("late from 30 minutes", log, records, model)
    changed = records["arr_delay"].between(15, 29)
    assert (told["outcome"] != log["outcome"]).equals(changed)
    assert told["probability"].equals(log["probability"])


def test_audit_sees_what_it_draws(july, log, usual):
    records, *_, model = july
    checked = monitoring.audit(log, log["outcome"], error_rate=0)
    assert (checked.notna().groupby(log["date"]).sum() == 15).all()
    quiet = outcome_signals(log, usual, AGREED, checked)["audit"]
    assert (quiet.dropna() == 0).all()
    wrong = monitoring.audit(log, log["outcome"], error_rate=1).dropna()
    assert (wrong == 1 - log.loc[wrong.index, "outcome"]).all()
    errs = monitoring.audit(log, log["outcome"], error_rate=0.2).dropna()
    assert (errs != log.loc[errs.index, "outcome"]).mean() == pytest.approx(
        0.2, abs=0.1
    )
    told = monitoring.inject("late from 30 minutes", log, records, model)
    assert (outcome_signals(told, usual, AGREED, checked)["audit"].dropna() > 0).all()


def test_no_fault_differs_from_each_fault(july, log, usual):
    records, *_, model = july
    checked = monitoring.audit(log, log["outcome"])
    tried = monitoring.try_faults(
        {"a": log}, records, {"a": model}, {"a": usual}, AGREED, checked
    )
    assert set(tried.signals) == {("none", "a"), *((f, "a") for f in monitoring.FAULTS)}
    plain = monitoring.signals(log, usual, AGREED, checked)
    pd.testing.assert_frame_equal(tried.signals["none", "a"], plain)
    for fault in monitoring.FAULTS:
        assert not tried.signals[fault, "a"].equals(plain)


# Late outcomes


def test_dashboard_shows_what_was_known():
    new_york = "America/New_York"
    day = pd.Timestamp("2013-07-01")
    log = pd.DataFrame(
        {
            "date": day,
            "scheduled_departure": [day + pd.Timedelta(hours=h) for h in (8, 9, 9, 20)],
            "outcome_at": [day + pd.Timedelta(hours=h) for h in (10, 11, 27, 22)],
            "outcome": [0.0, 0.0, 1.0, 1.0],
        }
    )
    for column in ("scheduled_departure", "outcome_at"):
        log[column] = log[column].dt.tz_localize(new_york)
    found = monitoring.rate_shown(log, [12, 28]).set_index("hour")
    assert found.loc[12, ["due", "shown"]].tolist() == [3, 0]
    assert found.loc[12, "known"] == pytest.approx(2 / 3)
    assert found.loc[12, "final"] == pytest.approx(1 / 3)
    assert found.loc[28, ["known", "shown", "final"]].tolist() == [1, 0.5, 0.5]


# Retraining, diagnosis, plan


def test_retraining_learns_from_the_past_alone(july):
    records, weather, near, _ = july
    inputs = Feeds(weather, near).features(near[near["date"] >= "2013-06-10"])
    rows = near.loc[inputs.index]
    history = pd.concat([rows[["date"]], inputs], axis="columns")
    history["outcome"] = labels.not_on_time(rows).astype(float)
    model = models.RateTable()
    is_july = history["date"].dt.month == 7
    spoiled = history.copy()
    spoiled.loc[is_july, "outcome"] = 1.0
    july_rows = history[is_july]
    first = monitoring.retrained(history, july_rows, model, before=7)
    again = monitoring.retrained(spoiled, july_rows, model, before=7, window=6)
    assert np.array_equal(first, again)
    june = history[~is_july]
    learned = model.fit(june[monitoring.INPUTS], june["outcome"].astype(int))
    assert np.allclose(first, learned.predict_proba(july_rows)[:, 1])


def test_quiet_days_are_answered_by_models_that_have_not_seen_them(july):
    records, weather, near, model = july
    rows = near[near["date"] >= "2013-06-10"]
    rows = rows.assign(outcome=labels.not_on_time(rows).astype(float))
    # As if some of these days lay in May: then each half has its own days.
    may = rows["date"] < "2013-06-20"
    rows.loc[may, "date"] -= pd.Timedelta(days=31)
    inputs = Feeds(weather, near).features(near.loc[rows.index])
    first = monitoring.quiet_log(rows, inputs, model, every=1)["probability"]
    flipped = rows.copy()
    flipped.loc[may, "outcome"] = 1 - flipped.loc[may, "outcome"]
    second = monitoring.quiet_log(flipped, inputs, model, every=1)["probability"]
    is_july = rows["date"].dt.month == 7
    assert first[may].equals(second[may])
    assert first[is_july].equals(second[is_july])
    assert not np.allclose(first[~may & ~is_july], second[~may & ~is_july])


def test_a_fault_explains_what_comes_after_it():
    fired = pd.DataFrame(0.0, index=range(4), columns=list(monitoring.WATCHES))
    fired.loc[0, ["humidity misfit", "audit", "cost"]] = 1
    fired.loc[1, ["audit", "gap"]] = 1
    fired.loc[2, "cost"] = 1
    fired.loc[3, ["mean score", "rate"]] = 1
    assert monitoring.diagnose(fired).tolist() == [
        "fault",
        "meaning",
        "shift",
        "nothing",
    ]


def test_every_alarm_of_the_plan_has_an_owner_and_a_watch():
    assert set(monitoring.PLAN) <= set(monitoring.WATCHES)
    for alarm in monitoring.PLAN.values():
        assert alarm.owner and alarm.action
        assert alarm.says in monitoring.DIAGNOSES


def test_plan_is_judged_on_months_that_no_limit_has_seen():
    days = pd.date_range("2013-01-03", "2013-08-31")
    generator = np.random.default_rng(0)
    found = pd.DataFrame(
        generator.random((len(days), len(monitoring.WATCHES))),
        index=days,
        columns=list(monitoring.WATCHES),
    )
    plan = monitoring.make_plan(found)
    judged = days.month.isin(monitoring.JUDGE_MONTHS)
    louder = found.copy()
    louder.loc[judged] = 2.0
    assert monitoring.make_plan(louder).limits.equals(plan.limits)
    assert monitoring.make_plan(louder).rates["volume"].estimate == 1
    text = monitoring.plan_markdown(plan)
    for name in monitoring.PLAN:
        assert f"**{name}**" in text
