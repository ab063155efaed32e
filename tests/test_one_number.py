"""One fact has one number, wherever it stands."""

import re

import pytest
from test_case import shown

NUMBER = r"(-?\d+\.\d+)"
# For each fact, pages by the start of their names, and the words around its number, in
# text without markup, commas and brackets at the ends of words.
FACTS = {
    "the trees, September and October": {
        "5-": rf"minutes a flight in September and October {NUMBER} ",
        "8-": rf"boosted trees 5 → 4 \. {NUMBER} in September and October",
        "8a": rf"the boosted trees saved {NUMBER} minutes",
    },
    "the record, September to November": {
        "8-": rf"Measured: c {NUMBER} ",
        "8b": rf"September to November {NUMBER} ",
        "8c": rf"the record alone {NUMBER} ",
        "case-file": rf"four weeks September to November by \S+ \S+ → \S+ {NUMBER} ",
    },
    "the record, December": {
        "8-": rf"the record gained {NUMBER} ",
        "8d": rf"the record {NUMBER} ",
        "case-file": rf"four weeks December by \S+ \S+ → \S+ {NUMBER} ",
    },
    "an hour later, alone": {
        "8-": rf"Alone it gained {NUMBER} ",
        "8c": rf"the hour alone {NUMBER} ",
    },
    "an hour later, on top of the record": {
        "8-": rf"On top of the record that gains {NUMBER}:",
        "8c": rf"the hour on top of the record {NUMBER} ",
        "case-file": rf"hours ahead September to November by \S+ \S+ → \S+ {NUMBER} ",
    },
    "an hour later, December": {
        "8-": rf"the hour {NUMBER} ",
        "8d": rf"declared gain of the hour {NUMBER} ",
        "case-file": rf"hours ahead December by \S+ \S+ → \S+ {NUMBER} ",
    },
}


def numbers(pages, texts):
    """Find the number of a fact on each of its pages."""
    found = {}
    for page, words in pages.items():
        match = re.search(words, texts(page))
        assert match, f"{page} does not say {words!r}"
        found[page] = match[1]
    return found


@pytest.mark.parametrize("fact", FACTS)
def test_one_fact_has_one_number(fact):
    found = numbers(FACTS[fact], shown)
    assert len(set(found.values())) == 1, found


def test_two_numbers_of_one_fact_are_told():
    texts = {"1-": "it saves 0.69 minutes", "2-": "it saves 0.55 minutes"}
    pages = dict.fromkeys(texts, rf"saves {NUMBER} ")
    assert numbers(pages, texts.get) == {"1-": "0.69", "2-": "0.55"}
    with pytest.raises(AssertionError, match="3- does not say"):
        numbers({"3-": rf"saves {NUMBER} "}, lambda page: "")
