"""Features know all that is known at the cut-off, and nothing that comes later."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flightdelay import data, features
from flightdelay.data import periods

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

EVERYTHING = [column for names in features.FEATURE_SETS.values() for column in names]
# A quiet start, both clock changes, the flight after midnight, and the end of the year.
DAYS = ["2013-01-03", "2013-03-11", "2013-07-27", "2013-11-04", "2013-12-31"]
HOUR = pd.Timedelta(hours=1)
SOME = settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def invented(last_day, seed):
    """Flights of three days at any hour of the day, and the weather of those days."""
    generator = np.random.default_rng(seed)
    last = pd.Timestamp(last_day, tz=data.TIME_ZONE)
    start = (last - pd.Timedelta(days=2)).tz_convert("UTC")
    end = (last + pd.Timedelta(days=1)).tz_convert("UTC")
    hours = pd.date_range(start, end, freq="h", inclusive="left").as_unit("ms")
    size = 400
    time_hour = pd.Series(generator.choice(hours, size))
    if time_hour.dt.tz is None:
        time_hour = time_hour.dt.tz_localize("UTC")
    local = time_hour.dt.tz_convert(data.TIME_ZONE)
    flights = pd.DataFrame(
        {
            "year": local.dt.year,
            "month": local.dt.month,
            "day": local.dt.day,
            "hour": local.dt.hour,
            "minute": generator.choice([0, 1, 15, 30, 59], size),
            "time_hour": time_hour,
            "carrier": generator.choice(["AA", "B6"], size),
            "origin": generator.choice(["EWR", "JFK"], size),
            "dest": generator.choice(["BOS", "LAX", "MIA"], size),
            "distance": 500,
            "dep_delay": np.round(generator.exponential(60, size) - 10),
        }
    )
    canceled = generator.random(size) < 0.1
    flights["dep_delay"] = flights["dep_delay"].mask(canceled)
    for column in set(data.OUTCOMES) - {"dep_delay"}:
        flights[column] = generator.integers(1, 1000, size).astype(float)
    flights = periods._add_moments(flights).assign(sealed=False)
    before = pd.date_range(start - 6 * HOUR, end, freq="h").as_unit("ms")
    weather = pd.MultiIndex.from_product(
        [before, ["EWR", "JFK"]], names=["time_hour", "origin"]
    ).to_frame(index=False)
    for column in features.FEATURE_SETS["weather"]:
        weather[column] = generator.random(len(weather))
    return flights, weather, generator


def describe(flight, flights, weather):
    return features.build(flight, weather, history=flights).iloc[0]


@pytest.fixture(scope="module")
def shipped():
    return data.load_flights(), data.load_table("weather")


# Nothing that comes later


@pytest.mark.parametrize("period", [None, "train", "validation", "future"])
def test_kept_features_are_those_that_are_built(period):
    flights = data.load_flights()
    rows = flights if period is None else data.period_rows(flights, period)
    built = features.build(rows, data.load_table("weather"), history=flights)
    # A count is a float as soon as one row of the table has none.
    built = built.astype(features.load().dtypes)
    pd.testing.assert_frame_equal(features.load(period), built, check_exact=True)


@given(st.sampled_from(DAYS), st.integers(0, 2**32))
@SOME
def test_nothing_after_the_cut_off_is_used(day, seed):
    flights, weather, generator = invented(day, seed)
    flight = flights.sample(1, random_state=generator)
    cut_off = flight["cut_off"].iloc[0]
    before = describe(flight, flights, weather)

    changed = flights.copy()
    waiting = (cut_off - flights["scheduled_departure"]) / pd.Timedelta(minutes=1)
    not_due = waiting <= 0
    # A flight that had not left at the cut-off may leave at any later minute, or never.
    not_left = ~(flights["dep_delay"] <= waiting)
    later = np.ceil(waiting.clip(lower=-30)) + generator.integers(1, 900, len(flights))
    later = later.mask(generator.random(len(flights)) < 0.3)
    changed["dep_delay"] = flights["dep_delay"].mask(not_due | not_left, later)
    for column in set(data.OUTCOMES) - {"dep_delay"}:
        changed[column] = generator.random(len(flights))
    # Half of the flights that are not due may also be dropped from the timetable.
    changed = changed[~(not_due & (generator.random(len(flights)) < 0.5))]
    assert not changed["dep_delay"].equals(flights["dep_delay"])

    # A reading may have been taken up to one hour after its label.
    read_later = weather["time_hour"] + HOUR > cut_off
    stormy = weather.copy()
    for column in features.FEATURE_SETS["weather"]:
        stormy[column] = weather[column].mask(read_later, -1000.0)

    own = flight.assign(**dict.fromkeys(data.OUTCOMES, 999.0))
    after = describe(own, changed, stormy)
    pd.testing.assert_series_equal(before, after, check_names=False)


# All that comes before


@given(st.sampled_from(DAYS), st.integers(0, 2**32))
@SOME
def test_a_visible_delay_is_used(day, seed):
    flights, weather, generator = invented(day, seed)
    flight = flights.sample(1, random_state=generator)
    cut_off = flight["cut_off"].iloc[0]
    waiting = (cut_off - flights["scheduled_departure"]) / pd.Timedelta(minutes=1)
    keys = ["origin", "carrier", "dest"]
    alike = flights[keys] == flight.iloc[0][keys]
    scopes = {
        "new_york": pd.Series(True, index=flights.index),
        "origin": alike["origin"],
        "origin_carrier": alike["origin"] & alike["carrier"],
        "destination": alike["dest"],
    }
    before = describe(flight, flights, weather)
    for scope, same in scopes.items():
        recent = same & (waiting > 0) & (waiting <= 180)
        column = f"{scope}_delay_recent"
        assert before[f"{scope}_flights_recent"] == recent.sum()
        if not recent.any():
            assert np.isnan(before[column])
            continue
        # One flight that left early is the smallest change that anyone could see.
        early = flights.copy()
        early.loc[recent.idxmax(), "dep_delay"] = -99
        assert describe(flight, early, weather)[column] < before[column]


def test_yesterday_is_used():
    flights, weather, _ = invented("2013-07-27", 4)
    noon = flights[(flights["day"] == 27) & (flights["hour"] == 12)].head(1)
    before = describe(noon, flights, weather)
    local = flights["scheduled_departure"].dt.tz_localize(None)
    yesterday = (local >= "2013-07-26 03:00") & (local < "2013-07-27 03:00")
    assert before["new_york_flights_yesterday"] == yesterday.sum()
    for rows, same in [(yesterday, False), (local < "2013-07-26 03:00", True)]:
        punctual = flights.assign(dep_delay=flights["dep_delay"].mask(rows, -5.0))
        after = describe(noon, punctual, weather)
        column = "new_york_delay_yesterday"
        assert (after[column] == before[column]) == same


def test_weather_of_three_hours_before_is_used():
    flights, weather, _ = invented("2013-07-27", 5)
    known = features.weather_at_cut_off(flights, weather)
    for place, flight in flights.sample(50, random_state=1).iterrows():
        label = flight["time_hour"] - 3 * HOUR
        reading = weather[
            (weather["time_hour"] == label) & (weather["origin"] == flight["origin"])
        ]
        assert known.loc[place].tolist() == reading[known.columns].iloc[0].tolist()


def test_missing_and_impossible_weather_is_missing(shipped):
    flights, weather = shipped
    known = features.weather_at_cut_off(flights, weather)
    # The last reading of the year is labeled 18:00 on 30 December.
    afterwards = flights["cut_off"] >= pd.Timestamp(
        "2013-12-30 20:00", tz=data.TIME_ZONE
    )
    assert known[afterwards].isna().all(axis=None)
    assert known[~afterwards]["temp"].notna().mean() > 0.99
    assert weather["wind_speed"].max() > 1000 > 100 > known["wind_speed"].max()
    gone = weather.drop(weather.index[weather["month"] == 5])
    in_may = features.weather_at_cut_off(flights, gone)[flights["month"] == 5]
    assert in_may.iloc[100:].isna().all(axis=None)


def plain_summary(rows, moment):
    """Mean, share and count for some flights seen at a moment, one flight at a time."""
    delays = []
    for flight in rows.itertuples():
        waiting = (moment - flight.scheduled_departure).total_seconds() / 60
        left = flight.dep_delay <= waiting
        delays.append(min(flight.dep_delay if left else waiting, 180))
    if not delays:
        return np.nan, np.nan, 0
    late = sum(delay >= 15 for delay in delays) / len(delays)
    return sum(delays) / len(delays), late, len(delays)


def test_operations_agree_with_one_flight_at_a_time(shipped):
    """A snowstorm, the day the clock changes, and the flight at one in the night."""
    flights = shipped[0]
    near = pd.concat(
        flights[flights["date"].between(*days)]
        for days in [
            ("2013-02-07", "2013-02-09"),
            ("2013-03-09", "2013-03-11"),
            ("2013-07-25", "2013-07-27"),
        ]
    )
    night = near[near["hour"] == 1]
    sample = pd.concat([near.sample(60, random_state=2), night])
    found = features.operations(sample, near)
    assert len(night) == 1
    for place, flight in sample.iterrows():
        cut_off = flight["cut_off"]
        clock = cut_off.tz_localize(None)
        end = clock.normalize() + 3 * HOUR
        end = end if end <= clock else end - 24 * HOUR
        end = end.tz_localize(data.TIME_ZONE)
        begin = (end.tz_localize(None) - 24 * HOUR).tz_localize(data.TIME_ZONE)
        departure = near["scheduled_departure"]
        windows = {
            "recent": (
                near[(departure >= cut_off - 3 * HOUR) & (departure < cut_off)],
                cut_off,
            ),
            "yesterday": (near[(departure >= begin) & (departure < end)], end),
        }
        for window, (rows, moment) in windows.items():
            for scope, keys in features.SCOPES.items():
                same = rows[(rows[keys] == flight[keys]).all(axis="columns")]
                names = [f"{scope}_{m}_{window}" for m in features.MEASURES]
                expected = plain_summary(same, moment)
                assert found.loc[place, names].tolist() == pytest.approx(
                    expected, nan_ok=True
                ), (place, window, scope)


# The schedule


@pytest.mark.parametrize(
    ("date", "holiday", "weekday"),
    [
        ("2013-07-03", "day before", 2),
        ("2013-07-04", "holiday", 3),
        ("2013-07-05", "day after", 4),
        ("2013-07-06", "no", 5),
        ("2013-01-01", "holiday", 1),
        ("2013-01-02", "day after", 2),
        ("2013-11-27", "day before", 2),
        ("2013-11-28", "holiday", 3),
        ("2013-12-31", "day before", 1),
    ],
)
def test_day_of_the_schedule(date, holiday, weekday, shipped):
    flights = shipped[0]
    rows = flights[flights["date"] == date]
    found = features.schedule(rows)
    assert set(found["holiday"]) == {holiday}
    assert set(found["weekday"]) == {weekday}


# The seal


def test_features_need_no_outcome_of_the_flight_itself(shipped):
    flights, weather = shipped
    july = flights[flights["month"] == 7]
    blind = july.drop(columns=list(data.OUTCOMES))
    pd.testing.assert_frame_equal(
        features.build(blind, weather, history=july), features.build(july, weather)
    )


def test_sealed_flights_have_no_operations(shipped):
    flights, weather = shipped
    known = features.build(flights, weather)
    operations = known[list(features.FEATURE_SETS["operations"])]
    after_first_day = flights["date"] >= "2013-09-02"
    assert operations[after_first_day].isna().all(axis=None)
    # On 1 September the first cut-offs look back on August alone.
    first = flights["cut_off"] <= pd.Timestamp("2013-09-01 03:00", tz=data.TIME_ZONE)
    first &= flights["sealed"]
    assert first.any()
    assert operations.loc[first, "new_york_delay_yesterday"].notna().all()
    counts = operations.filter(like="_flights_")
    assert counts[~flights["sealed"]].notna().all(axis=None)


def test_open_flights_must_not_look_back_on_sealed_ones(shipped):
    flights, weather = shipped
    september = flights[flights["month"] == 9].copy()
    opened = september.assign(dep_delay=0.0, sealed=False)
    with pytest.raises(ValueError, match="history of these flights holds sealed"):
        features.build(opened, weather, history=flights)
    august = flights[flights["month"] == 8]
    found = features.build(opened, weather, history=pd.concat([august, opened]))
    assert found["new_york_delay_yesterday"].notna().all()


def test_sealed_flights_of_other_days_do_no_harm(shipped):
    flights, weather = shipped
    july = flights[flights["month"] == 7]
    pd.testing.assert_frame_equal(
        features.build(july, weather, history=flights[flights["month"] != 6]),
        features.build(july, weather),
    )


# The table that comes out


def test_columns_are_those_of_the_sets(shipped):
    flights, weather = shipped
    some = flights.head(500)
    assert list(features.build(some, weather).columns) == EVERYTHING
    assert len(set(EVERYTHING)) == len(EVERYTHING)
    for name, columns in features.FEATURE_SETS.items():
        assert tuple(features.build(some, weather, sets=[name])) == columns
    with pytest.raises(ValueError, match="no feature set tailnum"):
        features.build(some, weather, sets=["schedule", "tailnum"])


def test_no_feature_is_an_outcome_or_the_calendar():
    later = {*data.OUTCOMES, "year", "month", "day", "date", "flight", "sealed"}
    assert not later & set(EVERYTHING)


def test_order_of_rows_does_not_matter():
    flights, weather, _ = invented("2013-07-27", 6)
    expected = features.build(flights, weather)
    shuffled = flights.sample(frac=1, random_state=3)
    found = features.build(shuffled, weather.sample(frac=1, random_state=3))
    assert found.index.equals(shuffled.index)
    pd.testing.assert_frame_equal(found.loc[flights.index], expected)
