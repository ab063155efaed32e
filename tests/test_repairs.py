"""Repairs know nothing that comes later, change one thing, and are judged in pairs."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from flightdelay import charter, data, features, labels, models, repairs
from flightdelay.evaluation import Interval
from flightdelay.repairs import Gain

pytestmark = pytest.mark.filterwarnings("error")

AGREED = charter.load()


def invented(seed, size=600):
    """Ninety days of four flight numbers, some of which are missing on some days."""
    generator = np.random.default_rng(seed)
    days = pd.Timestamp("2013-03-01") + pd.to_timedelta(
        generator.integers(0, 90, size), unit="D"
    )
    number = generator.integers(1, 3, size)
    flights = pd.DataFrame(
        {
            "date": days,
            "carrier": generator.choice(["AA", "B6"], size),
            "flight": number,
            "origin": "JFK",
            "dest": generator.choice(["BOS", "LAX"], size),
            "arr_delay": generator.choice([-5.0, 40.0, np.nan], size),
        }
    )
    return flights.drop_duplicates(["date", *repairs.FLIGHT]).sort_values("date")


@pytest.mark.parametrize("seed", range(5))
def test_record_is_what_one_counts_by_hand(seed):
    flights = invented(seed)
    late = labels.not_on_time(flights).astype(int)
    record = repairs.flight_record(flights, AGREED)
    assert record.index.equals(flights.index)
    for index, flight in flights.sample(60, random_state=seed).iterrows():
        same = (flights[repairs.FLIGHT] == flight[repairs.FLIGHT]).all(axis="columns")
        ago = (flight["date"] - flights["date"]).dt.days
        seen = late[same & ago.between(2, 29)]
        by_hand = (seen.sum() + 20 * AGREED.threshold) / (len(seen) + 20)
        assert record[index] == pytest.approx(by_hand)


def test_record_knows_nothing_of_yesterday_or_later():
    flights = invented(0)
    moment = flights["date"].iloc[len(flights) // 2]
    today = flights[flights["date"] == moment]
    before = repairs.flight_record(today, AGREED, history=flights)
    yesterday = flights["date"] >= moment - pd.Timedelta(days=1)
    changed = flights.assign(arr_delay=flights["arr_delay"].mask(yesterday, 500.0))
    assert repairs.flight_record(today, AGREED, history=changed).equals(before)
    sooner = flights["date"] >= moment - pd.Timedelta(days=2)
    changed = flights.assign(arr_delay=flights["arr_delay"].mask(sooner, 500.0))
    assert not repairs.flight_record(today, AGREED, history=changed).equals(before)


def test_flight_without_a_record_stands_at_the_threshold():
    first = invented(1).iloc[[0]]
    assert repairs.flight_record(first, AGREED).item() == AGREED.threshold


def test_record_refuses_sealed_outcomes():
    flights = invented(2).assign(sealed=False)
    flights.iloc[-1, flights.columns.get_loc("sealed")] = True
    with pytest.raises(ValueError, match="sealed"):
        repairs.flight_record(flights, AGREED)


def test_each_version_differs_from_the_one_before_in_one_thing():
    versions = list(repairs.versions().items())
    number, released = versions[0]
    assert number == models.load_choice().version
    assert released.horizon_hours == AGREED.horizon_hours
    assert not released.flight_record
    for (_, old), (_, new) in zip(versions, versions[1:], strict=False):
        changed = [a != b for a, b in zip(astuple(old), astuple(new), strict=True)]
        assert changed[0], "what it has, in words"
        assert sum(changed[1:]) == 1


def test_december_is_declared_for_each_loop_and_for_nothing_else():
    declared = repairs.declaration()
    numbers = list(repairs.versions())
    assert declared.comparisons == tuple(zip(numbers, numbers[1:], strict=False))
    openings = data.openings()
    of_december = openings[openings["set"] == declared.set]
    assert of_december["purpose"].tolist() == [declared.purpose]


@pytest.fixture(autouse=True)
def _one_thread():
    """Threads that wait for each other on a busy machine take minutes for seconds."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def open_flights():
    flights = data.load_flights()
    return flights[~flights["sealed"]], data.load_table("weather")


def test_inputs_are_the_features_at_each_version_s_own_cut_off(open_flights):
    history, weather = open_flights
    flights = history[history["date"] == "2013-08-09"]
    given = repairs.inputs(flights, weather, AGREED, history)
    assert list(given) == list(repairs.versions())
    released, with_record, later = given.values()
    same = pd.testing.assert_frame_equal
    same(released, features.build(flights, weather, history))
    same(with_record[released.columns], released)
    assert with_record.columns[-1] == "flight_record"
    hour = pd.Timedelta(hours=1)
    moved = flights.assign(cut_off=flights["cut_off"] + hour)
    same(later[released.columns], features.build(moved, weather, history))
    assert (moved["cut_off"] + hour == moved["scheduled_departure"].dt.floor("h")).all()


def test_rehearsal_learns_nothing_from_the_month_it_is_judged_on(open_flights):
    flights, weather = open_flights
    flights = flights[flights["month"] >= 6]
    known = repairs.inputs(flights, weather, AGREED)["1.0.0"]
    some = np.arange(len(flights)) % 20 == 0
    known, month = known[some], flights.loc[some, "month"]
    outcome = labels.not_on_time(flights[some]).astype(int)
    found = repairs.month_by_month(known, outcome, month, 8)
    assert list(found) == ["a", "b"]
    assert found.index.equals(known.index[month == 8])
    other = outcome.where(month != 8, 1 - outcome)
    again = repairs.month_by_month(known, other, month, 8)
    pd.testing.assert_frame_equal(found, again)
    # And it does learn: other outcomes of July give other predictions.
    other = outcome.where(month != 7, (known["hour"] < 12).astype(int))
    changed = repairs.month_by_month(known, other, month, 8) != found
    assert changed.any().all()


def rehearsed():
    """Two days a month; every flight that somebody prepares costs 20."""
    month = np.repeat([7, 8, 9, 10, 11], 4)
    names = ["1.0.0", *"abcde", "a in hindsight", "b in hindsight"]
    table = pd.DataFrame({"month": month, "late": 0, **dict.fromkeys(names, 1.0)})
    return table


@pytest.mark.parametrize(
    ("letter", "column", "months"),
    [
        ("a", "a in hindsight", (9, 10)),
        ("b", "b in hindsight", (9, 10)),
        ("c", "c", (7, 8)),
        ("d", "d", (9, 10)),
        ("e", "e", (7, 8)),
    ],
)
def test_promise_is_a_gain_on_the_months_that_speak_for_it(letter, column, months):
    table = rehearsed()
    table.loc[table["month"].isin(months), column] = 0.0
    promised = repairs.promises(table, AGREED)
    assert promised.pop(letter) == AGREED.cost_prepare
    # No other letter looks at that column.
    assert (promised == 0).all()
    table = rehearsed()
    table.loc[~table["month"].isin(months), column] = 0.0
    assert repairs.promises(table, AGREED)[letter] == 0


def test_gain_counts_what_the_new_version_saves():
    date = pd.Series(pd.date_range("2013-09-01", periods=10)).repeat(10)
    outcome = np.tile([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 10)
    nobody, the_late = np.zeros(100), outcome.astype(float)
    saved = repairs.gain(outcome, nobody, the_late, date, AGREED)
    # One flight in ten costs 20 in place of 100.
    assert saved.estimate == pytest.approx(8)
    # All days are alike, so no interval has a width.
    assert saved.by_day == saved.with_neighbors == (8, 8, 8)
    back = repairs.gain(outcome, the_late, nobody, date, AGREED)
    assert back.estimate == -saved.estimate


def test_interval_with_neighbors_is_wider_where_days_are_alike():
    generator = np.random.default_rng(0)
    date = pd.Series(pd.date_range("2013-09-01", periods=80)).repeat(50)
    # Five good days, five bad ones: the new version saves on the bad ones only.
    rate = np.where(np.arange(80) // 5 % 2 == 0, 0.05, 0.6).repeat(50)
    outcome = (generator.random(4000) < rate).astype(int)
    nobody, everybody = np.zeros(4000), np.ones(4000)
    saved = repairs.gain(outcome, nobody, everybody, date, AGREED)
    assert saved.with_neighbors.estimate == pytest.approx(saved.estimate)
    by_day, wider = (one.high - one.low for one in saved)
    assert wider > 1.3 * by_day


@pytest.mark.parametrize(
    ("day", "with_neighbors", "worth"),
    [
        ((0.3, 0.1, 0.5), (0.3, 0.05, 0.6), True),
        ((0.2, 0.01, 0.4), (0.2, 0.01, 0.4), True),
        ((0.19, 0.1, 0.3), (0.19, 0.1, 0.3), False),
        ((0.3, 0.0, 0.6), (0.3, 0.1, 0.5), False),
        ((0.3, 0.1, 0.5), (0.3, -0.1, 0.7), False),
        ((-0.5, -0.8, -0.2), (-0.5, -0.8, -0.2), False),
    ],
)
def test_repair_stays_by_size_and_by_both_intervals(day, with_neighbors, worth):
    gain = Gain(Interval(*day), Interval(*with_neighbors))
    assert gain.is_worth(AGREED) is worth


def test_log_has_a_line_for_each_entry():
    gain = Gain(Interval(0.3, 0.1, 0.5), Interval(0.3, 0.0, 0.6))
    entry = repairs.Entry(
        "2013-11-30",
        "too loud",
        (7, 3),
        "one feature",
        "autumn",
        14.4,
        14.1,
        gain,
        "keep",
    )
    head, rule, line = repairs.log_markdown([entry]).splitlines()
    assert line == (
        "| **too loud.** 7&nbsp;→&nbsp;3: one feature | autumn, by 2013-11-30 "
        "| 14.40 → 14.10<br>0.30 (0.10 to 0.50);<br>0.30 (0.00 to 0.60) | keep |"
    )
    assert head.count("|") == rule.count("|") == line.count("|")
