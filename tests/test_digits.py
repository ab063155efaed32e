"""Readers label digits twice: the sheet, its kappas, in a browser and in Python."""

import base64
import json
import zlib

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.metrics import cohen_kappa_score

from flightdelay import digits

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

SHEET = digits.sheet().data
RECORDED = load_digits().target[np.sort(digits.ambiguous())].tolist()
# Stands in for keep.js: what it was told to keep is read back from `kept`.
KEEP = """window.kept = {};
window.keep = {
  item: (name) => window.kept[name],
  save: (name, value) => { window.kept[name] = value; },
};"""


def test_chosen_digits_are_ambiguous_and_always_the_same():
    chosen = digits.ambiguous()
    assert len(set(chosen)) == digits.COUNT
    assert (chosen == digits.ambiguous()).all()
    assert len(set(RECORDED)) >= 8


def test_sheet_shows_the_real_images_and_no_label():
    page = BeautifulSoup(SHEET, "html.parser")
    pictures = page.select("ol img")
    assert len(pictures) == digits.COUNT
    for number, (picture, place) in enumerate(
        zip(pictures, np.sort(digits.ambiguous()), strict=True), 1
    ):
        assert picture["alt"] == f"digit {number} of {digits.COUNT}, unlabeled"
        data = base64.b64decode(picture["src"].partition(",")[2])
        start = data.index(b"IDAT") + 4
        lines = np.frombuffer(zlib.decompress(data[start:-16]), np.uint8)
        gray = lines.reshape(100, 101)[5::10, 6::10][1:-1, 1:-1]
        brightness = np.round((255 - gray) * (16 / 255))
        assert (brightness == load_digits().images[place]).all()
    folded = page.select_one("details").extract().get_text()
    assert f"30: {RECORDED[-1]}" in folded
    assert "30: " not in page.get_text()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
@settings(deadline=None, max_examples=60)
def test_agreement_is_scikit_learns_kappa(pairs):
    first, second = np.array(pairs).T
    if len({*first, *second}) == 1:
        return
    found = digits.agreement(first, second, resamples=50)
    assert found.estimate == pytest.approx(cohen_kappa_score(first, second))
    assert digits.agreement(second, first, resamples=50) == pytest.approx(found)


def test_interval_agrees_with_a_plain_loop():
    generator = np.random.default_rng(2)
    first = generator.integers(0, 10, 30)
    second = np.where(generator.random(30) < 0.2, generator.integers(0, 10, 30), first)
    figures = []
    for _ in range(1000):
        rows = generator.integers(30, size=30)
        figures.append(cohen_kappa_score(first[rows], second[rows]))
    expected = np.quantile(figures, [0.025, 0.975])
    found = digits.agreement(first, second, resamples=4000)
    assert found[1:] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1], [1, 2]), ([[1]], [[1]])])
def test_labelings_must_fit_together(first, second):
    with pytest.raises(ValueError, match="one label for each item"):
        digits.agreement(first, second)


def test_a_reader_is_compared_with_oneself_and_the_record():
    second = [(label + 1) % 10 for label in RECORDED[:3]] + RECORDED[3:]
    lines = digits.compare(RECORDED, second).data.splitlines()
    expected = cohen_kappa_score(RECORDED, second)
    assert f"| you with yourself | 27 of 30 | {expected:.2f} (" in lines[2]
    assert "| first round with the record | 30 of 30 | 1.00 (" in lines[3]
    assert f"| 27 of 30 | {expected:.2f} (" in lines[4]


def test_one_label_for_all_leaves_nothing_beyond_chance():
    assert np.isnan(digits.agreement([7, 7], [7, 7])).all()
    assert "one label only" in digits.compare([7] * 30, [7] * 30).data.splitlines()[2]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (..., ..., "Not labeled yet"),
        (RECORDED, ..., "Not labeled yet"),
        (RECORDED, RECORDED[:29], "a list of 30"),
        (RECORDED, [*RECORDED[:29], 10], "a list of 30"),
        ("seven", RECORDED, "a list of 30"),
        (RECORDED, [None] * 30, "a list of 30"),
    ],
)
def test_incomplete_rounds_get_a_sentence(first, second, message):
    assert message in digits.compare(first, second).data


# In the browser


@pytest.fixture
def tab(browser):
    """Open the sheet alone, with a stand-in for what the site keeps."""
    tab = browser.new_page()
    faults = []
    tab.on("pageerror", lambda fault: faults.append(fault))
    tab.set_content(
        f"<!doctype html><title>Digits</title><script>{KEEP}</script>{SHEET}"
    )
    yield tab
    tab.close()
    assert not faults


def _label(tab, labels):
    tab.get_by_role("button", name="0", exact=True).focus()
    for label in labels:
        tab.keyboard.press(str(label))


def test_labeled_by_keyboard_the_kappas_are_scikit_learns(tab):
    generator = np.random.default_rng(4)
    first = np.array(RECORDED)
    first[[1, 8, 20]] = generator.integers(0, 10, 3)
    second = np.where(generator.random(30) < 0.3, generator.integers(0, 10, 30), first)
    told = json.loads(tab.locator("script[type='application/json']").text_content())
    _label(tab, first)
    assert "Round 2 of 2, digit 1 of 30" in tab.get_by_role("status").text_content()
    _label(tab, second[told["secondOrder"]])
    found = tab.locator("td[data-kappa]").evaluate_all(
        "cells => cells.map((cell) => Number(cell.dataset.kappa))"
    )
    expected = [
        cohen_kappa_score(*pair)
        for pair in ((first, second), (first, RECORDED), (second, RECORDED))
    ]
    assert found == pytest.approx(expected)
    shown = tab.locator("td[data-kappa]").all_text_contents()
    for text, pair in zip(shown, ((first, second), (first, RECORDED)), strict=False):
        ends = [float(end) for end in text.partition("(")[2].rstrip(")").split(" to ")]
        assert ends == pytest.approx(digits.agreement(*pair)[1:], abs=0.06)
    lists = tab.locator("pre").text_content()
    assert f"first_round = {first.tolist()}" in lists
    assert f"second_round = {second.tolist()}" in lists


def test_a_slip_can_be_taken_back_and_all_begun_again(tab):
    _label(tab, [1, 2])
    tab.keyboard.press("Backspace")
    _label(tab, [3])
    assert tab.evaluate("kept.digits[0]") == [1, 3]
    tab.get_by_role("button", name="Back one digit").click()
    assert tab.evaluate("kept.digits[0]") == [1]
    tab.get_by_role("button", name="Start again").click()
    assert tab.evaluate("kept.digits") is None
    assert "Round 1 of 2, digit 1 of 30" in tab.get_by_role("status").text_content()


def test_second_round_has_another_order_and_no_picture_gives_the_label_away(tab):
    pictures = []
    for _ in range(60):
        picture = tab.locator(".one img")
        assert "unlabeled" in picture.get_attribute("alt")
        pictures.append(picture.get_attribute("src"))
        _label(tab, [0])
    assert set(pictures[:30]) == set(pictures[30:])
    same_place = [a == b for a, b in zip(pictures[:30], pictures[30:], strict=True)]
    assert sum(same_place) < 5
    # Thirty times the same label, twice: all agree, and kappa has nothing to say.
    assert "one label only" in tab.locator("td[data-kappa]").first.text_content()


def test_what_was_kept_is_there_again(browser):
    tab = browser.new_page()
    kept = KEEP.replace("{}", "{digits: [[4, 5, 6], []]}", 1)
    tab.set_content(
        f"<!doctype html><title>Digits</title><script>{kept}</script>{SHEET}"
    )
    assert "digit 4 of 30" in tab.get_by_role("status").text_content()
    tab.close()
