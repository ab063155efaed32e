"""Step 6: what is served is what was trained, and no answer is lost."""

import asyncio
import functools
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pandas as pd
import pytest
import schemathesis
from browser import launch_options
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from playwright.sync_api import sync_playwright

from course import store
from flightdelay import charter, data, features, labels, models, service
from flightdelay.service import release, scoring
from flightdelay.service.app import create_app
from flightdelay.service.process import RunningService, load
from flightdelay.service.refusals import LARGEST_BODY
from flightdelay.service.rollout import (
    RollbackRule,
    Rollout,
    canary,
    excess_cost,
    in_canary,
    outcome_known_at,
)

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


# --- Over real HTTP, with the service in a process of its own.

BODY = {
    "carrier": "DL",
    "flight": 843,
    "origin": "JFK",
    "dest": "ATL",
    "distance": 760,
    "scheduled_departure": "2013-06-13T16:59:00-04:00",
}


def bodies(flights):
    moments = [moment.isoformat() for moment in flights["scheduled_departure"]]
    return flights[REQUEST].assign(scheduled_departure=moments).to_dict("records")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with RunningService(tmp_path_factory.mktemp("service")) as server:
        yield server


@pytest.fixture(scope="module")
def client(running):
    with httpx.Client(base_url=running.url, timeout=120) as client:
        yield client


def test_the_service_answers_what_the_training_pipeline_says(client):
    flights = golden().iloc[300:320]
    expected = trained_probability(flights)
    batch = client.post("/predictions/batch", json={"departures": bodies(flights)})
    found = [answer["probability"] for answer in batch.json()["predictions"]]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    one = client.post("/predictions", json=bodies(flights)[7]).json()
    assert one["probability"] == pytest.approx(expected[7], abs=1e-6)
    assert one["prepare"] == (one["probability"] >= one["threshold"])
    assert (one["fallback"], one["warning"]) == ([], None)


def test_a_proxy_in_the_environment_does_not_stand_in_the_way(running, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://proxy.invalid:8080")
    assert (load(running.url, [BODY], at_once=1)["status"] == 200).all()


def test_an_answer_stands_in_the_log_when_it_arrives(client, running):
    answer = client.post("/predictions", json=BODY).json()
    with service.PredictionLog(running.log_file) as log:
        row = log.read().set_index("request_id").loc[answer["request_id"]]
    assert row["probability"] == answer["probability"]
    assert row["model_version"] == client.get("/version").json()["model_version"]
    assert np.isnan(row["outcome"])
    outcome = {"request_id": answer["request_id"], "not_on_time": True}
    assert client.post("/outcomes", json=outcome).status_code == 200
    assert client.post("/outcomes", json=outcome).status_code == 200
    contrary = client.post("/outcomes", json=outcome | {"not_on_time": False})
    assert contrary.status_code == 409
    unknown = client.post("/outcomes", json=outcome | {"request_id": "0" * 32})
    assert unknown.status_code == 404
    with service.PredictionLog(running.log_file) as log:
        row = log.read().set_index("request_id").loc[answer["request_id"]]
    assert row["outcome"] == 1


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"carrier": "delta"}, "carrier", "two capital letters"),
        ({"flight": 0}, "flight", "greater"),
        ({"flight": "843"}, "flight", "without quotes"),
        ({"origin": "LAX"}, "origin", "'EWR', 'JFK' or 'LGA'"),
        ({"dest": "JFK"}, "dest", "airport of departure"),
        (
            {"distance": 76000},
            "distance",
            "6000; expected: distance between the airports in miles",
        ),
        ({"distance": 760.5}, "distance", "integer"),
        ({"distance": float("1e300")}, "distance", "integer"),
        ({"dep_delay": 12}, "dep_delay", "/docs lists the fields"),
        (
            {"scheduled_departure": "2013-06-13T16:59"},
            "scheduled_departure",
            "such as 2013-06-13T16:59:00-04:00",
        ),
        ({"scheduled_departure": "0001-01-01T00:00Z"}, "scheduled_departure", "2013"),
        ({"scheduled_departure": "2014-01-01T05:00Z"}, "scheduled_departure", "2013"),
        ({"scheduled_departure": 1371157140}, "scheduled_departure", "ISO 8601"),
    ],
)
def test_a_bad_request_gets_field_and_reason_and_no_row(
    client, running, change, field, reason
):
    with service.PredictionLog(running.log_file) as log:
        before = log.count()
        alone = client.post("/predictions", json=BODY | change)
        in_batch = client.post(
            "/predictions/batch", json={"departures": [BODY, BODY | change]}
        )
        assert log.count() == before
    for answer, path in ((alone, field), (in_batch, f"departures.1.{field}")):
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == path
        assert reason in error["reason"]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"carrier": NaN}'])
def test_what_is_no_departure_at_all_is_refused_too(client, text):
    header = {"content-type": "application/json"}
    answer = client.post("/predictions", content=text, headers=header)
    assert answer.status_code == 422
    assert all(error["reason"] for error in answer.json()["errors"])


def test_a_body_that_is_no_json_object_is_told_what_to_be(client):
    as_form = client.post("/predictions", data={"carrier": "DL"})
    as_list = client.post("/predictions", json=[BODY])
    for answer in (as_form, as_list):
        (error,) = answer.json()["errors"]
        assert "JSON object" in error["reason"]
        assert "application/json" in error["reason"]
    cut_off = client.post(
        "/predictions",
        content=b'{"carrier": ',
        headers={"content-type": "application/json"},
    )
    assert "character 12" in cut_off.json()["errors"][0]["reason"]


def test_a_body_larger_than_any_batch_is_refused(client):
    answer = client.post("/predictions", json=BODY | {"carrier": "D" * LARGEST_BODY})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["field"] == "body"
    largest = client.post("/predictions/batch", json={"departures": [BODY] * 500})
    assert len(largest.json()["predictions"]) == 500


def test_another_path_or_method_is_refused_in_the_same_form(client):
    nowhere = client.get("/predict")
    assert nowhere.status_code == 404
    assert "/docs" in nowhere.json()["errors"][0]["reason"]
    asked = client.get("/predictions")
    assert asked.status_code == 405
    assert asked.headers["allow"] == "POST"
    assert asked.json()["errors"][0]["field"] == "method"


def test_where_the_table_answers_the_warning_does_not_say_the_model_does(client):
    missing = BODY | {"carrier": "ZZ", "scheduled_departure": "2013-12-31T16:59-05:00"}
    answer = client.post("/predictions", json=missing).json()
    assert answer["fallback"] == [
        "no weather reading",
        "no report of operations",
        "unknown carrier",
    ]
    assert answer["warning"].startswith("No weather reading, no report of operations:")
    assert "the model answers" not in answer["warning"]


def test_a_fallback_is_answered_with_a_warning(client):
    known = client.post("/predictions", json=BODY).json()
    assert known["warning"] is None
    unknown = client.post("/predictions", json=BODY | {"carrier": "ZZ"}).json()
    assert unknown["fallback"] == ["unknown carrier"]
    assert f"{model().costs['unknown carrier']:.2f}" in unknown["warning"]
    # The feed of operations ends with August.
    later = BODY | {"scheduled_departure": "2013-10-13T16:59:00-04:00"}
    answer = client.post("/predictions", json=later).json()
    assert answer["fallback"] == ["no report of operations"]
    assert f"{model().costs['no report of operations']:.2f}" in answer["warning"]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_whatever_is_sent_the_service_keeps_to_its_description(running, mode):
    described = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
    checks = schemathesis.checks
    paths = []
    for found in described.get_all_operations():
        operation = found.ok()
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=80,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def keeps_to_its_description(case):
            case.call_and_validate(
                checks=[
                    checks.not_a_server_error,
                    checks.response_schema_conformance,
                    checks.status_code_conformance,
                    checks.content_type_conformance,
                ]
            )

        try:
            keeps_to_its_description()
        except Unsatisfiable:
            continue  # Nothing can be wrong with a request that takes nothing.
        paths.append(operation.path)
    assert {"/predictions", "/predictions/batch", "/outcomes"} <= set(paths)


def test_a_killed_service_has_lost_no_answer(tmp_path):
    departures = bodies(golden().iloc[:2000])
    acknowledged = []
    half_way = threading.Event()
    killed = threading.Event()

    def ask(departure):
        if killed.is_set():
            return
        try:
            answer = httpx.post(f"{url}/predictions", json=departure, timeout=120)
        except httpx.HTTPError:
            return  # Cut off by the kill: never acknowledged.
        acknowledged.append(answer.json())
        if len(acknowledged) >= 60:
            half_way.set()

    with RunningService(tmp_path) as first, ThreadPoolExecutor(8) as clients:
        url = first.url
        asked = [clients.submit(ask, departure) for departure in departures]
        assert half_way.wait(120)
        first.kill()
        killed.set()
    for request in asked:
        request.result()
    assert 60 <= len(acknowledged) < len(departures)
    with (
        RunningService(tmp_path) as second,
        service.PredictionLog(second.log_file) as log,
    ):
        rows = log.read().set_index("request_id")
        for answer in acknowledged:
            row = rows.loc[answer["request_id"]]
            assert row["probability"] == answer["probability"]
        # It goes on where the other one was stopped, and takes outcomes for its rows.
        outcome = {"request_id": acknowledged[0]["request_id"], "not_on_time": False}
        recorded = httpx.post(f"{second.url}/outcomes", json=outcome, timeout=120)
        assert recorded.status_code == 200
        httpx.post(f"{second.url}/predictions", json=BODY, timeout=120)
        assert log.count() == len(rows) + 1


def test_an_answer_that_cannot_be_logged_is_not_given(tmp_path):
    with service.PredictionLog(tmp_path / "log.sqlite") as log:
        app = create_app(feeds(), model(), log)
        with sqlite3.connect(log.file) as other:
            other.execute("DROP TABLE predictions")
        other.close()
        transport = httpx.ASGITransport(app)

        async def ask():
            async with httpx.AsyncClient(
                transport=transport, base_url="http://service"
            ) as client:
                return await client.post("/predictions", json=BODY)

        answer = asyncio.run(ask())
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["field"] == "log"


def test_a_service_that_cannot_write_its_log_is_not_healthy(client, running):
    with sqlite3.connect(running.log_file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.get("/health")
        other.execute("ROLLBACK")
    other.close()
    assert refused.status_code == 503
    assert refused.json()["errors"][0]["field"] == "log"
    assert client.get("/health").json()["status"] == "ok"


def command(*options):
    return subprocess.run(
        [sys.executable, "-m", "flightdelay.service", *options],
        cwd=store.ROOT / "lessons",
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_taken_port_is_one_clear_sentence(running, tmp_path):
    port = running.url.rpartition(":")[2]
    ended = command("--port", port, "--log", str(tmp_path / "log.sqlite"))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert f"port {port}" in ended.stderr
    assert "--port" in ended.stderr


def test_a_log_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    ended = command("--port", "0", "--log", str(tmp_path / "missing" / "log.sqlite"))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "--log" in ended.stderr


def test_the_service_ends_with_the_process_that_started_it(tmp_path):
    server = RunningService(tmp_path)
    assert server.stop() == 0
    assert (tmp_path / "service.txt").read_text(encoding="utf-8") == ""


def test_the_description_is_drawn_without_another_host(running):
    # Not conftest's browser: other tests here need an event loop of their own.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        tab = chromium.new_page()
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.route(
            lambda address: not address.startswith(running.url),
            lambda route: route.abort(),
        )
        tab.goto(f"{running.url}/docs")
        tab.get_by_text("Predict", exact=True).click()
        tab.get_by_role("button", name="Try it out").click()
        tab.get_by_role("button", name="Execute").click()
        tab.get_by_text('"probability"').first.wait_for()
        chromium.close()
    elsewhere = [url for url in asked if not url.startswith(running.url)]
    assert not [url for url in elsewhere if not url.startswith("data:")]


def test_a_client_that_never_ends_its_request_does_not_hold_up_a_stop(tmp_path):
    server = RunningService(tmp_path)
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port)) as stalled:
        stalled.sendall(
            b"POST /predictions HTTP/1.1\r\nHost: service\r\n"
            b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
        )
        # Once a later request is answered, the service has read the first one.
        assert httpx.get(f"{server.url}/health", timeout=120).status_code == 200
        server.process.stdin.close()
        assert server.process.wait(60) == 0
    server.process.stdout.close()


# --- Canary and rollback.


def answers(prepare):
    probability = np.where(prepare, 0.9, 0.1)
    return pd.DataFrame({"probability": probability, "prepare": prepare})


def rollout_day():
    flights = golden().iloc[:400].reset_index(drop=True)
    return flights, labels.not_on_time(flights).astype(bool).to_numpy()


def test_a_canary_draws_the_share_and_always_the_same_flights():
    flights = data.period_rows(open_flights(), "validation")
    drawn = in_canary(flights, 0.2)
    assert drawn.mean() == pytest.approx(0.2, abs=0.01)
    again = in_canary(flights.sample(frac=1, random_state=0), 0.2)
    assert again.loc[flights.index].equals(drawn)
    assert not in_canary(flights, 0).any()
    assert in_canary(flights, 1).all()
    assert (in_canary(flights, 0.2, "other") != drawn).any()


def test_a_release_that_answers_alike_is_never_rolled_back():
    flights, late = rollout_day()
    same = answers(late)
    rule = RollbackRule(budget=0.5, differing=0)
    assert canary(flights, same, same, rule, charter.load()) == Rollout(
        None, "", len(flights), 0, 0.0
    )


def test_differing_decisions_roll_back_before_any_outcome_is_known():
    flights, late = rollout_day()
    rule = RollbackRule(budget=1e9, differing=0.2, window=50)
    went = canary(flights, answers(late), answers(~late), rule, charter.load())
    assert (went.reason, went.answered, went.changed) == ("decisions", 50, 50)
    assert went.rolled_back_at == flights["cut_off"].iloc[49]


def test_a_lost_budget_rolls_back_when_the_outcomes_are_known():
    flights, late = rollout_day()
    agreed = charter.load()
    rule = RollbackRule(budget=300, differing=1)
    went = canary(flights, answers(late), answers(~late), rule, agreed)
    assert went.reason == "cost"
    known = flights.assign(at=outcome_known_at(flights)).sort_values("at")
    wrong = np.where(
        late[known.index],
        agreed.cost_unprepared - agreed.cost_prepare,
        agreed.cost_prepare,
    )
    tripped = known["at"].iloc[np.argmax(wrong.cumsum() > 300)]
    assert went.rolled_back_at == tripped
    assert went.answered == (flights["cut_off"] < tripped).sum()
    assert went.lost > 300


def test_a_better_release_stays():
    flights, late = rollout_day()
    rule = RollbackRule(budget=0.5, differing=1)
    went = canary(flights, answers(~late), answers(late), rule, charter.load())
    assert went.rolled_back_at is None
    assert went.lost < 0


# --- What a release is tested with.


def test_parity_holds_and_each_planted_skew_breaks_it():
    records, expected = release.golden(data.load_flights(), feeds().weather)
    served = release.faithful(feeds(), model())
    np.testing.assert_allclose(served(records), expected, atol=1e-6)
    one_by_one = [served(records.iloc[[row]])[0] for row in range(10)]
    np.testing.assert_allclose(one_by_one, expected[:10], atol=1e-6)
    for name, skewed in release.skewed(feeds(), model()).items():
        assert np.abs(skewed(records) - expected).max() > 0.005, name


def test_losses_of_no_change_rollouts_are_luck_alone():
    flights = data.period_rows(open_flights(), "validation")
    agreed = charter.load()
    late = pd.Series(labels.not_on_time(flights).astype(bool), flights.index)
    always, never = (
        pd.DataFrame({"probability": p, "prepare": p == 1.0}, index=flights.index)
        for p in (1.0, 0.0)
    )
    right = answers(late.to_numpy()).set_axis(flights.index)
    losses = functools.partial(
        release.no_change_losses, flights, charter=agreed, share=0.2, rollouts=200
    )
    # The same version twice never loses; which of two is called new does not matter.
    assert (losses(always, always) == 0).all()
    for old, new in ((always, never), (never, right)):
        there, back = losses(old, new), losses(new, old)
        assert np.median(there) > 0
        assert np.median(there) == pytest.approx(np.median(back), rel=0.25)
    # Without a coin, the one that knows the outcome would never be behind.
    assert (excess_cost(flights, never, right, agreed) <= 0).all()


def test_a_rollback_note_says_when_why_and_what_it_cost():
    flights, late = rollout_day()
    agreed = charter.load()
    rule = RollbackRule(budget=300, differing=1)
    went = canary(flights, answers(late), answers(~late), rule, agreed)
    note = release.rollback_note(rule, went, "1.0.0", "1.0.1", "A cause.", agreed)
    for part in (
        "1.0.1 was taken back; 1.0.0",
        f"{went.rolled_back_at:%H:%M}",
        "300 agent minutes",
        f"{went.answered:,} flights",
        f"{went.lost:,.0f} agent minutes",
        "A cause.",
        agreed.owner,
    ):
        assert part in note
