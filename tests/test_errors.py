"""Tags say what happened, ceilings what could be won, the card what was measured."""

import numpy as np
import pandas as pd
import pytest

from flightdelay import charter, data, errors, evaluation, features, labels, models
from flightdelay.errors import Finding, Judged
from flightdelay.errors.tags import late_share_after_cut_off
from flightdelay.evaluation import Interval

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

AGREED = charter.load()
WEATHER_NAMES = list(features.FEATURE_SETS["weather"])


@pytest.fixture(scope="module")
def shipped():
    """Flights of eight days of July, their features, and the weather."""
    flights = data.load_flights()
    weather = data.load_table("weather")
    flights = flights[(flights["month"] == 7) & (flights["day"] <= 8)]
    return flights, features.build(flights, weather), weather


@pytest.fixture(scope="module")
def judged(shipped):
    """These flights as training and, with invented probabilities, as judged twice."""
    flights, known, _ = shipped
    late = labels.not_on_time(flights).to_numpy(dtype=float)
    generator = np.random.default_rng(0)
    probability = np.clip(
        0.3 * late + generator.uniform(0, 0.5, len(late)), 0.001, 1
    ).round(3)
    both = [
        Judged("validation", "July", flights, probability),
        Judged("test", "August", flights, np.clip(probability + 0.2, 0, 0.999)),
    ]
    return both, flights


def invented(rows):
    """Flights from (origin, departure hour, departure delay, arrival delay, plane)."""
    flights = pd.DataFrame(
        rows, columns=["origin", "hour", "dep_delay", "arr_delay", "tailnum"]
    ).astype({"dep_delay": float, "arr_delay": float})
    midnight = pd.Timestamp("2013-07-01", tz=data.TIME_ZONE)
    hour = midnight + pd.to_timedelta(flights["hour"], unit="h")
    return flights.assign(
        date=pd.Timestamp("2013-07-01"),
        dep_time=flights["dep_delay"],
        scheduled_departure=hour,
        cut_off=hour - pd.Timedelta(hours=2),
        time_hour=hour.dt.tz_convert("UTC"),
        sealed=False,
    )


def readings(origin="JFK", hours=24, **columns):
    start = pd.Timestamp("2013-07-01", tz=data.TIME_ZONE).tz_convert("UTC")
    table = pd.DataFrame(
        {
            "origin": origin,
            "time_hour": pd.date_range(start, periods=hours, freq="h", unit="ms"),
        }
    )
    fair = {"precip": 0.0, "visib": 10.0, "wind_speed": 5.0}
    names = dict.fromkeys(WEATHER_NAMES, 1.0) | fair | columns
    return table.assign(**names)


def tagged(flights, weather=None, **known):
    fair = {
        "origin_late_share_recent": 0.0,
        "origin_flights_recent": 30,
        "precip": 0.0,
        "visib": 10.0,
        "wind_speed": 5.0,
    }
    seen = pd.DataFrame(fair | known, index=flights.index)
    weather = readings() if weather is None else weather
    found = errors.tag_flights(flights, seen, weather)
    return {index: set(found.columns[row]) for index, row in found.iterrows()}


@pytest.mark.parametrize(
    ("departure", "arrival", "tags"),
    [
        (0, 0, set()),
        (14, 30, {"late on the way"}),
        (14, 15, {"late on the way", "at the line"}),
        (30, 19, {"at the line"}),
        (30, 20, set()),
        (15, 14, {"caught up", "almost late"}),
        (0, 10, {"almost late"}),
        (0, 9, set()),
        (np.nan, np.nan, {"canceled"}),
        (5, np.nan, {"diverted"}),
    ],
)
def test_tags_of_the_outcome(departure, arrival, tags):
    flights = invented([("JFK", 12, departure, arrival, "N1")])
    assert tagged(flights)[0] == tags


def test_a_flight_late_at_the_gate_and_a_sealed_one():
    flights = invented([("JFK", 12, 60, 60, "N1")])
    assert tagged(flights)[0] == set()
    with pytest.raises(ValueError, match="sealed"):
        tagged(flights.assign(sealed=True))


@pytest.mark.parametrize(
    ("seen", "came", "tags"),
    [
        ({}, {}, set()),
        ({}, {"precip": 0.01}, {"weather turned"}),
        ({}, {"visib": 2.9}, {"weather turned"}),
        ({}, {"visib": 3.0}, set()),
        ({}, {"wind_speed": 25.0}, {"weather turned"}),
        ({"precip": 0.1}, {}, {"weather cleared"}),
        ({"precip": 0.1}, {"wind_speed": 30.0}, set()),
    ],
)
def test_tags_of_the_weather_compare_the_reading_with_its_hour(seen, came, tags):
    weather = readings()
    at_noon = weather["time_hour"].dt.tz_convert(data.TIME_ZONE).dt.hour == 12
    for column, value in came.items():
        weather.loc[at_noon, column] = value
    flights = invented([("JFK", 12, 0, 0, "N1")])
    assert tagged(flights, weather, **seen)[0] == tags


def test_tags_of_operations():
    rows = [("JFK", 10, 15, 20, "N1"), ("JFK", 11, 0, 0, "N2"), ("JFK", 12, 0, 0, "N3")]
    # One of the two flights due after the cut-off of the third left late: half.
    assert "delays grew" in tagged(invented(rows))[2]
    assert "delays grew" in tagged(invented(rows), origin_late_share_recent=0.35)[2]
    assert "delays grew" not in tagged(invented(rows), origin_late_share_recent=0.36)[2]
    assert "delays went back" in tagged(invented(rows), origin_late_share_recent=0.7)[2]
    # A flight that never left is late; flights of its own hour and before do not count.
    canceled = [("JFK", 10, np.nan, np.nan, None), *rows[1:]]
    assert "delays grew" in tagged(invented(canceled))[2]
    too_early = [("JFK", 9, 60, 60, "N1"), *rows[1:], ("JFK", 12, 90, 90, "N4")]
    assert "delays grew" not in tagged(invented(too_early))[2]
    elsewhere = [("EWR", 10, 60, 60, "N1"), *rows[1:]]
    assert "delays grew" not in tagged(invented(elsewhere))[2]
    assert "nothing to see yet" in tagged(invented(rows), origin_flights_recent=9)[2]


def test_tag_of_the_plane():
    rows = [
        ("JFK", 8, 0, 15, "N1"),
        ("EWR", 15, 0, 0, "N1"),
        ("JFK", 8, 0, 14, "N2"),
        ("JFK", 15, 0, 0, "N2"),
        ("JFK", 8, 5, np.nan, "N3"),
        ("JFK", 15, 0, 0, "N3"),
        ("JFK", 15, np.nan, np.nan, None),
        ("JFK", 16, np.nan, np.nan, None),
    ]
    found = tagged(invented(rows[::-1]))
    assert [i for i, tags in found.items() if "plane came late" in tags] == [2, 6]


def test_late_share_after_the_cut_off_agrees_with_one_flight_at_a_time(shipped):
    flights, _, _ = shipped
    found = late_share_after_cut_off(flights)
    for index, flight in flights.sample(60, random_state=0).iterrows():
        between = flights[
            (flights["origin"] == flight["origin"])
            & (flights["scheduled_departure"] >= flight["cut_off"])
            & (
                flights["scheduled_departure"]
                < flight["cut_off"] + pd.Timedelta(hours=AGREED.horizon_hours)
            )
        ]
        late = (between["dep_delay"] >= 15) | between["dep_delay"].isna()
        assert found[index] == pytest.approx(late.mean(), nan_ok=True)


def test_ceilings_by_hand():
    # Prepared from 0.2 on: two misses, a rightly left one, two needless, a right one.
    outcome = [1, 1, 0, 0, 0, 1]
    probability = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3]
    tags = pd.DataFrame(False, index=range(6), columns=list(errors.TAGS))
    tags.loc[[0, 2], "weather turned"] = True
    tags.loc[[0, 3], "canceled"] = True
    tags.loc[[3, 4, 5], "weather cleared"] = True
    found = errors.ceilings(
        tags, outcome, probability, AGREED, np.arange(6), resamples=20
    )
    turned, cleared = found.loc["weather turned"], found.loc["weather cleared"]
    assert (turned["flights"], turned["share"]) == (1, 0.5)
    assert turned["if_each_were_known"].estimate == pytest.approx(80 / 6)
    # The tag says "prepare both": 80 won on one, 20 lost on the other.
    assert turned["if_the_tag_were_known"].estimate == pytest.approx(60 / 6)
    assert (cleared["flights"], cleared["share"]) == (2, 1)
    assert cleared["if_each_were_known"].estimate == pytest.approx(40 / 6)
    assert cleared["if_the_tag_were_known"].estimate == pytest.approx((40 - 80) / 6)
    assert found.loc["canceled", "flights"] == 1
    assert found.loc["canceled", "if_the_tag_were_known"] is None
    largest = [ceiling.estimate for ceiling in found["if_each_were_known"]]
    assert largest == sorted(largest, reverse=True)


def test_all_errors_together_cost_what_perfect_foresight_would_win(shipped):
    flights, _, _ = shipped
    outcome = labels.not_on_time(flights).to_numpy(dtype=float)
    probability = np.random.default_rng(1).random(len(outcome))
    every = pd.DataFrame(True, index=flights.index, columns=list(errors.TAGS))
    found = errors.ceilings(
        every, outcome, probability, AGREED, flights["date"], resamples=20
    )["if_each_were_known"]
    room = (
        evaluation.cost_per_flight(outcome, probability, AGREED) - 20 * outcome.mean()
    )
    both = found["weather turned"].estimate + found["weather cleared"].estimate
    assert both == pytest.approx(room)


def test_weather_of_the_hour_is_that_of_the_departure_hour(shipped):
    flights, _, weather = shipped
    found = errors.weather_of_the_hour(flights, weather)
    by_hour = weather.set_index(["origin", "time_hour"])["temp"]
    for index, flight in flights.sample(40, random_state=0).iterrows():
        reading = by_hour.get((flight["origin"], flight["time_hour"]), np.nan)
        assert found.loc[index, "temp"] == pytest.approx(reading, nan_ok=True)


def test_knowing_more_changes_what_it_says_and_nothing_else(shipped):
    flights, known, weather = shipped
    more = errors.known_with_more(flights, weather, known)
    assert list(more) == list(errors.TRIALS)
    forecast, later = more.values()
    gains = dict.fromkeys(more, Interval(1, 0, 2))
    assert [one.step for one in errors.trial_findings(gains)] == [2, 1]
    others = [column for column in known if column not in WEATHER_NAMES]
    pd.testing.assert_frame_equal(forecast[others], known[others])
    assert forecast.columns.tolist() == later.columns.tolist() == list(known)
    schedule = list(features.FEATURE_SETS["schedule"])
    pd.testing.assert_frame_equal(later[schedule], known[schedule])
    # What is seen an hour later is what a flight scheduled an hour later sees now.
    at_nine, at_ten = (
        flights.index[
            (flights["origin"] == "JFK")
            & (flights["date"] == "2013-07-03")
            & (flights["hour"] == hour)
        ][0]
        for hour in (9, 10)
    )
    seen = ["temp", "origin_delay_recent", "new_york_late_share_recent"]
    assert later.loc[at_nine, seen].tolist() == known.loc[at_ten, seen].tolist()


def test_slices_cover_every_flight(shipped):
    flights, known, _ = shipped
    found = errors.slices_of(flights, known)
    assert found.index.equals(flights.index)
    assert not found.isin(["nan"]).any(axis=None)
    assert not found.isna().any(axis=None)
    at_eight = found.loc[flights["hour"] == 8, "part of the day"].unique()
    assert at_eight.tolist() == ["8:00 to 12:00"]
    assert "from 20:00 on" in set(found["part of the day"])
    share = known["origin_late_share_recent"]
    seen = found["visibly late at the cut-off"]
    assert (seen == "no flights seen").equals(share.isna())
    assert share[seen == "5% to 15%"].between(0.05, 0.15, inclusive="left").all()
    assert share[seen == "from 30% on"].min() >= 0.3


def test_findings_of_slices_and_of_the_sealed_set(judged):
    (one, _), _ = judged
    slices = pd.DataFrame({"airport": one.flights["origin"]})
    jfk = (slices["airport"] == "JFK").to_numpy()
    # True to 0.001 elsewhere, far too low at JFK.
    rate = {place: one.outcome[where].mean() for place, where in [(1, jfk), (0, ~jfk)]}
    probability = np.where(jfk, rate[1] - 0.15, rate[0])
    shifted = one._replace(probability=probability)
    gaps = evaluation.slice_gaps(
        shifted.outcome, probability, slices, one.flights["date"], resamples=200
    )
    assert (
        errors.slice_findings(gaps.assign(by_chance=0.2), slices, shifted, AGREED) == []
    )
    gaps = gaps.assign(by_chance=0.1)
    (finding,) = errors.slice_findings(gaps, slices, shifted, AGREED)
    assert "airport JFK: probabilities too low by 0.150" in finding.finding
    before = evaluation.cost_per_flight(one.outcome, probability, AGREED)
    true = np.where(jfk, rate[1], rate[0])
    after = evaluation.cost_per_flight(one.outcome, true, AGREED)
    assert finding.ceiling.estimate == pytest.approx(before - after)

    drifted, rival = errors.sealed_findings(shifted, true, "another model", AGREED)
    gap = (probability - one.outcome).mean()
    assert f"too low by {-gap:.3f}" in drifted.finding
    mended = evaluation.cost_per_flight(one.outcome, probability - gap, AGREED)
    assert drifted.ceiling.estimate == pytest.approx(before - mended)
    assert rival.ceiling.estimate == pytest.approx(before - after)
    assert "another model" in rival.finding


def test_service_groups():
    train = pd.DataFrame(
        {"dest": ["BOS"] * 10 + ["ACK"] * 9, "date": np.arange(19) % 2}
    )
    flights = pd.DataFrame(
        {"dest": ["BOS", "ACK", "XXX"], "carrier": ["EV", "DL", "OO"]}, index=[5, 6, 7]
    )
    found = errors.service_groups(flights, train)
    assert found["destination"].to_dict() == {5: "large", 6: "small", 7: "small"}
    assert found["airline"].tolist() == ["regional", "mainline", "regional"]


def test_note_on_the_wall():
    rows = [("JFK", hour, 0, 60 * late, "N1") for hour, late in [
        (6, 0), (6, 0), (7, 0), (7, 0), (7, 0), (7, 0), (7, 1), (8, 1)]]  # fmt: skip
    assert errors.clock_note(invented(rows), AGREED) == 7


def test_error_sheet_ranks_and_compares_with_the_smallest_gain():
    gain = AGREED.smallest_gain
    sheet = errors.error_sheet(
        [
            Finding("small", Interval(gain / 2, 0, gain / 1.5), 3, "leave it"),
            Finding(
                "large",
                Interval(gain * 4, gain * 2, gain * 6),
                2,
                "decide before the cut-off",
            ),
            Finding(
                "open",
                Interval(gain * 1.5, -gain, gain * 2),
                1,
                "ask",
                Interval(-1, -2, 0),
            ),
        ],
        AGREED,
    )
    _, _, *rows = sheet.splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    assert [row[0] for row in cells] == ["large", "open", "small"]
    assert [row[2] for row in cells] == ["yes", "perhaps", "no"]
    ceiling = evaluation.narrow(Interval(gain * 1.5, -gain, gain * 2), ".2f")
    assert cells[1][1] == ceiling
    assert [row[3] for row in cells] == ["", "−1.00<br>−2.00&nbsp;to 0.00", ""]
    assert cells[0][4] == "2: decide before the cut-off"


def test_every_tag_becomes_a_finding(shipped):
    flights, known, weather = shipped
    outcome = labels.not_on_time(flights).to_numpy(dtype=float)
    probability = np.where(np.arange(len(outcome)) % 2, 0.1, 0.3)
    table = errors.ceilings(
        errors.tag_flights(flights, known, weather),
        outcome, probability, AGREED, flights["date"], resamples=20,
    )  # fmt: skip
    found = errors.tag_findings(table)
    assert len(found) == len(errors.TAGS)
    meanings = errors.tag_meanings(table).splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in meanings] == list(table.index)
    for finding, (name, row) in zip(found, table.iterrows(), strict=True):
        assert finding.finding.startswith(f"{name}: {row['flights']:,} {row['error']}")
        assert finding.ceiling == row["if_each_were_known"]
        assert finding.if_known == row["if_the_tag_were_known"]
        assert 1 <= finding.step <= 7


@pytest.mark.parametrize(
    ("saving", "answer"),
    [((3, 2.5, 4), "yes"), ((3, 1, 4), "not shown"), ((1, 0.5, 1.5), "no")],
)
def test_upkeep_is_earned_only_if_the_whole_interval_says_so(saving, answer):
    assert errors.earns_its_upkeep(Interval(*saving), 2) == answer


def test_savings_agree_with_the_costs(judged):
    (one, _), train = judged
    found = errors.savings(one, train, AGREED)
    cost = evaluation.cost_per_flight(one.outcome, one.probability, AGREED)
    without = evaluation.cost_without_model(one.outcome, AGREED)
    hour = errors.clock_note(train, AGREED)
    note = (one.flights["hour"] >= hour).astype(float)
    expected = [
        without["prepare all"],
        without["prepare none"],
        evaluation.cost_per_flight(one.outcome, note, AGREED),
    ]
    estimates = [saving.estimate for saving in found.values()]
    assert estimates == pytest.approx([other - cost for other in expected])


def test_model_card_holds_what_was_measured(judged):
    both, train = judged
    choice = models.load_choice()
    card = errors.model_card(both, train, choice, AGREED)
    assert card == errors.model_card(both, train, choice, AGREED)
    for one in both:
        assert f"`{data.set_hash(one.period)[:16]}`" in card
        saving = errors.savings(one, train, AGREED)["preparing none"]
        assert evaluation.narrow(saving, ".2f") in card
        gap = evaluation.bootstrap_interval(
            one.outcome,
            one.probability,
            evaluation.calibration_gap,
            AGREED.resampling_unit,
            one.flights["date"],
        )
        assert evaluation.narrow(gap, ".3f") in card
        error = evaluation.expected_calibration_error(one.outcome, one.probability)
        assert f"| {error:.3f} |" in card
        line = evaluation.calibration_line(
            one.outcome, one.probability, one.flights["date"]
        )
        for figure in line:
            assert evaluation.narrow(figure, ".2f") in card
    for words in (choice.version, choice.kind, "What it is not for", "regional"):
        assert words in card
    # Every row of a table has as many cells as its header.
    for table in card.split("\n\n"):
        if table.startswith("|"):
            assert len({line.count("|") for line in table.splitlines()}) == 1
