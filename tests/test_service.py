"""Step 6: what is served is what was trained, and no answer is lost."""

import functools

import numpy as np
import pandas as pd
import pytest
from flightdelay import data, features, labels, models, service
from flightdelay.service import scoring

REQUEST = ["carrier", "flight", "origin", "dest", "distance", "scheduled_departure"]


@functools.cache
def open_flights():
    flights = data.load_flights()
    return flights[~flights["sealed"]]


@functools.cache
def feeds():
    return service.Feeds(data.load_table("weather"), open_flights())


@functools.cache
def model():
    return service.served_choice()


def golden():
    """Flights of three days, one of them with fog and with many cancellations."""
    days = ["2013-07-08", "2013-08-14", "2013-08-28"]
    flights = open_flights()
    return flights[flights["date"].isin(pd.to_datetime(days))]


def trained_probability(flights):
    """The training pipeline, without a line of the service."""
    known = features.build(flights, data.load_table("weather"), open_flights())
    return models.trained_choice().predict_proba(known)[:, 1]


def altered_feeds(column, change):
    weather = data.load_table("weather")
    return service.Feeds(
        weather.assign(**{column: change(weather[column])}), open_flights()
    )


def test_a_batch_gets_the_probability_of_the_training_pipeline():
    flights = golden()
    answers = service.score(flights, feeds(), model()).answers
    plain = ~answers["fallback"].str.contains("no weather|no report")
    assert plain.mean() > 0.99
    expected = trained_probability(flights)
    np.testing.assert_allclose(
        answers["probability"][plain], expected[plain], atol=1e-6
    )


def test_one_record_gets_what_a_batch_gets():
    flights = golden().sample(60, random_state=0)
    built = features.build(flights, data.load_table("weather"), open_flights())
    for row in range(len(flights)):
        one = flights.iloc[[row]]
        found = service.score(one, feeds(), model()).inputs
        pd.testing.assert_frame_equal(found, built.loc[one.index], check_dtype=False)


def test_a_request_becomes_the_row_of_the_table():
    # The night in which the clock is put back, and flights of a summer day.
    flights = data.load_flights()
    days = pd.to_datetime(["2013-11-03", "2013-07-10"])
    rows = flights[flights["date"].isin(days)].reset_index(drop=True)
    requests = rows[REQUEST].assign(
        scheduled_departure=[
            moment.isoformat() for moment in rows["scheduled_departure"]
        ]
    )
    records = service.as_records(requests.to_dict("records"))
    pd.testing.assert_frame_equal(
        records, rows[list(scoring.RECORD)], check_dtype=False
    )


def test_an_answer_does_not_depend_on_what_happens_after_the_cut_off():
    flight = golden().iloc[[400]]
    cut_off = flight["cut_off"].iloc[0]
    departures = open_flights()
    later = departures["scheduled_departure"] >= cut_off
    changed = departures.assign(dep_delay=departures["dep_delay"].mask(later, 1000.0))
    weather = data.load_table("weather")
    late_reading = weather["time_hour"] >= cut_off
    changed_weather = weather.assign(visib=weather["visib"].mask(late_reading, 0.0))
    before = service.score(flight, feeds(), model()).answers
    after = service.score(
        flight, service.Feeds(changed_weather, changed), model()
    ).answers
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("rows", [1, 50])
def test_a_missing_feed_lets_the_table_answer_and_is_named(rows):
    flights = golden().iloc[300 : 300 + rows]
    expected = model().table.predict_proba(features.schedule(flights))[:, 1]
    stopped = {
        "no weather reading": service.Feeds(
            data.load_table("weather").iloc[:0], open_flights()
        ),
        "no report of operations": service.Feeds(
            data.load_table("weather"), open_flights().iloc[:0]
        ),
        "impossible weather reading": altered_feeds(
            "visib", lambda miles: miles * 1609
        ),
    }
    for name, feed in stopped.items():
        answers = service.score(flights, feed, model()).answers
        assert set(answers["fallback"]) == {name}
        np.testing.assert_allclose(answers["probability"], expected)


def test_an_unknown_carrier_or_destination_is_answered_and_named():
    flights = (
        golden()
        .iloc[300:303]
        .assign(carrier=["ZZ", "DL", "ZZ"], dest=["ATL", "ZZZ", "ZZZ"])
    )
    answers = service.score(flights, feeds(), model()).answers
    assert list(answers["fallback"]) == [
        "unknown carrier",
        "unknown destination",
        "unknown carrier; unknown destination",
    ]
    assert answers["probability"].between(0, 1).all()


def test_each_fallback_costs_more_than_the_model_on_july_and_august():
    costs = dict(model().costs)
    plain = costs.pop("")
    assert set(costs) == set(scoring.FALLBACKS)
    assert all(cost > plain for cost in costs.values())


def test_the_challenger_is_served_the_same_way():
    challenger = service.served_challenger()
    assert challenger.version != model().version
    answers = service.score(golden().iloc[:20], feeds(), challenger).answers
    assert answers["probability"].between(0, 1).all()


def test_a_replay_logs_what_the_service_answers(tmp_path):
    flights = golden()
    with service.PredictionLog(tmp_path / "log.sqlite") as log:
        identifiers = service.replay(flights, feeds(), model(), log)
        rows = log.read().set_index("request_id").loc[identifiers]
    scored = service.score(flights, feeds(), model())
    np.testing.assert_allclose(rows["probability"], scored.answers["probability"])
    assert list(rows["fallback"]) == list(scored.answers["fallback"])
    assert set(rows["model_version"]) == {model().version}
    assert (rows["received_at"].array == flights["cut_off"].array).all()
    assert (rows["outcome"].array == labels.not_on_time(flights).astype(float)).all()
    # What was logged is enough to compute the answer again.
    again = model().pipeline.predict_proba(rows[model().columns])[:, 1]
    by_model = rows["fallback"] == ""
    np.testing.assert_allclose(
        again[by_model], rows["probability"][by_model], atol=1e-6
    )
    known = flights["air_time"].notna().array
    assert (rows["outcome_at"] > rows["scheduled_departure"]).all()
    assert (rows["outcome_at"][known] > rows["received_at"][known]).all()


def test_a_replay_takes_another_outcome(tmp_path):
    flights = golden().iloc[:30]
    with service.PredictionLog(tmp_path / "log.sqlite") as log:
        service.replay(flights, feeds(), model(), log, outcome=flights["dep_delay"] > 0)
        logged = log.read(inputs=False)
    assert logged["outcome"].sum() == (flights["dep_delay"] > 0).sum()


def test_an_empty_log_can_be_read(tmp_path):
    with service.PredictionLog(tmp_path / "log.sqlite") as log:
        assert log.read().empty
        assert log.count() == 0
