"""The label rule: 15 minutes or more, canceled, diverted; nothing about sealed rows."""

import numpy as np
import pandas as pd
import pytest

from flightdelay import charter, data, labels

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

FLIGHTS = pd.DataFrame(
    {
        "dep_time": [900.0, 900, 900, 900, np.nan, 2400, np.nan, 900],
        "arr_delay": [-5.0, 14, 15, np.nan, np.nan, 300, np.nan, 20],
        "sealed": [False] * 6 + [True] * 2,
    },
    index=[7, 3, 5, 1, 2, 9, 8, 4],
)


def test_label_of_each_case():
    label = labels.not_on_time(FLIGHTS)
    expected = [False, False, True, True, True, True, pd.NA, pd.NA]
    assert label.tolist() == expected
    assert label.index.equals(FLIGHTS.index)
    assert label.dtype == "boolean"


def test_outcome_of_each_case():
    kind = labels.outcome_kind(FLIGHTS)
    expected = ["on time", "on time", "late", "diverted", "canceled", "late"]
    assert kind.iloc[:6].tolist() == expected
    assert kind.iloc[6:].isna().all()


@pytest.mark.parametrize(("minutes", "late"), [(14, 4 + 1), (15, 4), (16, 3), (301, 2)])
def test_limit_is_included(minutes, late):
    assert labels.not_on_time(FLIGHTS, minutes).sum() == late


@pytest.fixture(scope="module")
def flights():
    return data.load_flights()


def test_sealed_months_have_no_label(flights):
    assert labels.not_on_time(flights).isna().equals(flights["month"] >= 9)
    assert labels.outcome_kind(flights).isna().equals(flights["month"] >= 9)


def test_label_and_outcome_agree(flights):
    seen = flights[~flights["sealed"]]
    kind = labels.outcome_kind(seen)
    assert (labels.not_on_time(seen) == (kind != "on time")).all()
    assert (kind == "canceled").sum() == seen["dep_time"].isna().sum()


def test_rows_with_empty_delays_are_not_lost(flights):
    storm = flights[(flights["month"] == 2) & (flights["day"] == 9)]
    arrived = storm.dropna(subset="arr_delay")
    assert labels.not_on_time(storm).mean() > 2 * labels.not_on_time(arrived).mean()


# The guideline


def _flight(flights, case):
    """Find the flight of a borderline case in the table."""
    same = (
        (flights["date"] == case.date)
        & (flights["carrier"] == case.carrier)
        & (flights["flight"] == case.flight)
    )
    assert same.sum() == 1, case.what
    return flights[same]


CASES = list(labels.borderline_cases().itertuples())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_borderline_case_gets_the_label_of_the_guideline(case, flights):
    flight = _flight(flights, case)
    expected = {"on time": False, "not on time": True}[case.v2]
    assert labels.not_on_time(flight).item() == expected
    assert case.v1 in ("open", case.v2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_borderline_case_is_what_it_says(case, flights):
    """Every number in the words of a case stands in the flight's row."""
    row = _flight(flights, case).iloc[0]
    clocks = row[["dep_time", "arr_time", "sched_dep_time", "sched_arr_time"]]
    written = {f"{clock // 100:02.0f}:{clock % 100:02.0f}" for clock in clocks.dropna()}
    minutes = {f"{row['dep_delay']:.0f}", f"{row['arr_delay']:.0f}"}
    numbers = pd.Series([case.what]).str.findall(r"\d+(?::\d+)?").item()
    assert set(numbers) <= written | minutes
    assert ("no arrival delay" not in case.what) or pd.isna(row["arr_delay"])


def test_version_1_is_the_charters_sentence_and_version_2_closes_it():
    text = labels.guideline_markdown()
    assert f"1. {charter.load().not_on_time}." in text
    assert sum(case.v1 == "open" for case in CASES) >= 5
    assert all(case.v2 != "open" for case in CASES)
    assert text.count("\n| ") == len(CASES) + 1


# Clocks


def test_clocks_around_midnight():
    clocks = pd.DataFrame(
        {
            "sched_arr_time": [1000, 2358, 3, 1200, 1000],
            "arr_time": [1015.0, 24, 2339, 2400, np.nan],
        }
    )
    assert labels.clock_delay(clocks).iloc[:4].tolist() == [15, 26, -24, -720]
    assert pd.isna(labels.clock_delay(clocks).iloc[4])


def test_clocks_agree_with_the_record_below_twelve_hours(flights):
    arrived = flights[flights["arr_delay"].notna()]
    short = arrived["arr_delay"] < 720
    agree = labels.clock_delay(arrived) == arrived["arr_delay"]
    assert agree.equals(short)


# Wrong labels and the audit


def test_planted_errors():
    label = pd.Series(np.arange(20_000) % 4 == 0).astype(int)
    both = labels.plant_errors(label, 0.1, seed=3)
    assert (both != label).mean() == pytest.approx(0.1, abs=0.01)
    assert (both != label)[label == 1].mean() == pytest.approx(0.1, abs=0.02)
    hidden = labels.plant_errors(label, 0.4, only=1)
    assert (hidden != label)[label == 1].mean() == pytest.approx(0.4, abs=0.03)
    assert hidden[label == 0].eq(0).all()
    assert labels.plant_errors(label, 0.1, seed=3).equals(both)
    assert not labels.plant_errors(label, 0.1, seed=4).equals(both)
    assert labels.plant_errors(label, 0).equals(label)


def test_suspects_by_hand():
    label = pd.Series([1, 0, 1, 0, 1], index=[5, 3, 9, 1, 7])
    ranked = labels.suspects(label, [0.9, 0.8, 0.2, 0.3, 0.4])
    assert ranked.index.tolist() == [3, 9, 1, 7, 5]
    assert ranked["rank"].tolist() == [1, 1, 2, 2, 3]
    assert ranked["belief"].tolist() == pytest.approx([0.2, 0.2, 0.7, 0.4, 0.9])


@pytest.mark.parametrize(
    ("label", "probability", "reason"),
    [
        ([0, 2], [0.5, 0.5], "label must be"),
        ([0, None], [0.5, 0.5], "label must be"),
        ([0, 1], [0.5, np.nan], "probability must lie"),
        ([0, 1], [0.5, 1.5], "probability must lie"),
    ],
)
def test_suspects_refuse_bad_input(label, probability, reason):
    with pytest.raises(ValueError, match=reason):
        labels.suspects(pd.Series(label), probability)


def test_audit_finds_planted_errors_and_no_others(flights):
    some = flights[flights["month"] == 2].sample(400, random_state=0)
    truth = labels.not_on_time(some).astype(int)
    wrong = some.index[:20]
    planted = truth.where(~truth.index.isin(wrong), 1 - truth)
    sheet = labels.audit_sheet(some, planted, truth * 0.98 + 0.01, per_label=400)
    assert len(sheet) == len(some)
    assert set(sheet.index[sheet["verdict"] == "look it up"]) == set(wrong)
    assert set(sheet.index[:6]) <= set(wrong)
    assert sheet.loc[wrong, "belief"].max() < 0.02
