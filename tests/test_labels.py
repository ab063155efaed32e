"""The label rule: 15 minutes or more, canceled, diverted; nothing about sealed rows."""

import numpy as np
import pandas as pd
import pytest
from flightdelay import data, labels

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
