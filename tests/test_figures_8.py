"""Lesson 8's charts say what their data show, and refuse a title that is not true."""

import numpy as np
import pandas as pd
import pytest

from figures import go_back
from flightdelay import charter, repairs
from flightdelay.evaluation import Interval
from flightdelay.repairs import Gain

AGREED = charter.load()


def gain(estimate, half=0.1):
    interval = Interval(estimate, estimate - half, estimate + half)
    return Gain(interval, interval)


def said(chart):
    specification = chart.to_dict()
    assert len(specification["description"]) > 60
    return specification["title"]["text"], specification["description"]


def invented():
    """Ninety days; only the column "c" is better than what is released."""
    generator = np.random.default_rng(0)
    late = (generator.random(9000) < 0.2).astype(int)
    table = pd.DataFrame({"late": late, "1.0.0": 0.0} | dict.fromkeys("abde", 0.0))
    table["c"] = np.where(generator.random(9000) < 0.5, late, 0.0)
    return table.assign(date=pd.date_range("2013-09-01", periods=90).repeat(100))


def test_gains_stand_beside_promises():
    promise = pd.Series(dict(zip("abcde", (5, 4, 1, 3, 2), strict=True)))
    found = go_back.rehearsed_gains(invented(), promise, AGREED)
    assert found["passes"].tolist() == [False, False, True, False, False]
    assert found["gain"]["c"].estimate > 5
    assert found["promise"].tolist() == promise.tolist()
    one = repairs.candidates()[0]
    assert tuple(found.loc["a", ["hours", "hours_each_month"]]) == (
        one.hours,
        one.hours_each_month,
    )
    title, description = said(go_back.promise_and_gain(found, AGREED))
    assert title.startswith("Only the 1 ")
    assert f"promised {promise['c']:.2f}" in description
    found["promise"] = found["promise"][::-1].to_numpy()
    found.loc["c", "promise"] = 6
    with pytest.raises(ValueError, match="promised least"):
        go_back.promise_and_gain(found, AGREED)


def test_december_is_drawn_only_if_it_turns_both_verdicts():
    turned = {
        "record": {"autumn": gain(0.4), "December": gain(0.1)},
        "hour": {"autumn": gain(0.15), "December": gain(0.5)},
    }
    title, description = said(go_back.two_judgments(turned, AGREED))
    assert title == "December turns both verdicts."
    assert "record, December: 0.10 (0.00 to 0.20)." in description
    turned["hour"]["December"] = gain(0.1)
    with pytest.raises(ValueError, match="same on both"):
        go_back.two_judgments(turned, AGREED)


def test_months_name_the_repair_that_moves_most():
    found = {
        ("trees", "May"): gain(1.2),
        ("trees", "June"): gain(-0.7),
        ("record", "May"): gain(0.4),
        ("record", "June"): gain(0.2),
    }
    title, description = said(go_back.month_by_month(found))
    assert "gain of trees moves most: from −0.7 to 1.2" in title
    assert "record, June: 0.20" in description
