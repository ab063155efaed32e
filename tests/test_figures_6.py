"""Lesson 6's charts and the case file's parts say what their data show."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from figures import case_file, deployment
from flightdelay import charter, data


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 60
    return specification["title"]["text"], specification["description"]


def falling(known):
    """Probabilities that fall with visibility and are zero from ten on."""
    late = np.clip(1 - known["visib"].to_numpy() / 10, 0, 1)
    return np.column_stack([1 - late, late])


def test_answers_are_counted_for_each_unit():
    model = SimpleNamespace(predict_proba=falling)
    known = pd.DataFrame({"visib": [0.0, 3.0, 5.0, 7.0, 10.0]})
    found = deployment.answers_by_unit(model, known, bins=5)
    share = found.set_index(["unit", "low"])["share"]
    assert share["miles"].tolist() == [0.2] * 5
    assert share["meters"].tolist() == [0.8, 0, 0, 0, 0.2]
    assert set(found["unit"]) == set(deployment.UNITS)


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(200, "held with up to 4 at once"), (15, "held at no load"), (900, "16 at once")],
)
def test_latency_says_up_to_which_load_the_limit_held(limit, kept):
    runs = {
        clients: pd.DataFrame({"milliseconds": 20.0 * clients * np.ones(50)})
        for clients in (1, 4, 16)
    }
    title, description = said(deployment.latency(runs, limit))
    assert kept in title
    assert "320 milliseconds, 16 at once" in description


def test_budgets_are_described_by_their_ends():
    traded = pd.DataFrame(
        {
            "budget": [200, 400, 600],
            "false_alarms": [0.5, 0.2, 0.01],
            "answered": [100, 200, 300],
            "lost": [250.0, 460.0, 720.0],
        }
    )
    chart = deployment.budgets(traded, declared=400, rollouts=1000)
    _, description = said(chart)
    assert "With 200 agent minutes 50%" in description
    assert "With 600 agent minutes 1%" in description
    assert chart.to_dict()["params"][0]["value"] == 400


@pytest.fixture(scope="module")
def case():
    return case_file.Case(charter.load())


def rows(table):
    return table.count("\n") - 1


def test_tables_of_the_case_file_have_a_row_for_each_thing():
    assert rows(case_file.defects()) == len(data.defects())
    assert rows(case_file.periods()) == len(data.PERIODS)
    assert rows(case_file.openings()) == len(data.openings())
    assert "\n## " not in case_file.datasheet()


def test_audit_sheet_says_what_is_not_there():
    sheet = pd.DataFrame(
        {
            "carrier": "DL",
            "flight": 843,
            "date": pd.Timestamp("2013-06-13"),
            "label": [1, 0],
            "outcome": ["canceled", ""],
            "belief": [0.015, 0.02],
            "arr_delay": [np.nan, -3.0],
            "clock_delay": [np.nan, -3.0],
            "verdict": "stands",
        }
    )
    first, second = case_file.audit_table(sheet).splitlines()[2:]
    canceled = (
        "| DL 843, Jun 13 | not on time: canceled | 1.5% | none | none | stands |"
    )
    assert first == canceled
    assert second.endswith("| on time | 2.0% | −3 | −3 | stands |")


def test_release_papers_have_the_evidence(case):
    checklist, note = case_file.release_papers(case)
    assert "4 of 4 planted faults found" in checklist
    assert "back after 50 answers" in checklist
    assert "September 8, 07:00" in note
