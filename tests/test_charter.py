"""The charter is data: the threshold follows from the costs, bad values are refused."""

import dataclasses
import re

import pytest

from course.settings import SettingsError
from flightdelay import charter
from flightdelay.charter import Charter

TEXT = charter.FILE.read_text(encoding="utf-8")
AGREED = charter.load()


def test_shipped_charter_prepares_from_one_in_five():
    assert (AGREED.cost_prepare, AGREED.cost_unprepared) == (20, 100)
    assert AGREED.threshold == pytest.approx(0.20)


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.25, 0.26, 0.5, 1.0])
def test_threshold_is_where_preparing_starts_to_cost_less(probability):
    agreed = dataclasses.replace(AGREED, cost_prepare=15, cost_unprepared=60)
    not_preparing = probability * agreed.cost_unprepared
    assert (probability >= agreed.threshold) == (agreed.cost_prepare <= not_preparing)


def test_charter_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        AGREED.cost_prepare = 1


def loaded(tmp_path, text):
    file = tmp_path / "charter.toml"
    file.write_text(text, encoding="utf-8")
    return charter.load(file)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Charter)])
def test_missing_field_is_named(field, tmp_path):
    text, found = re.subn(rf"(?m)^{field} = .*\n", "", TEXT)
    assert found == 1
    with pytest.raises(SettingsError, match=rf"^charter.toml: {field} is missing\.$"):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("cost_prepare", "0", "cost_prepare should be greater than 0, not 0"),
        ("cost_prepare", "-20", "cost_prepare should be greater than 0, not -20"),
        ("cost_prepare", '"20"', "cost_prepare should be a valid number, not '20'"),
        ("cost_prepare", "true", "cost_prepare should be a valid number, not True"),
        ("cost_prepare", "100", "preparing costs 100 .* nobody would ever prepare"),
        ("cost_unprepared", "nan", "cost_unprepared should be greater than 0"),
        ("horizon_hours", "1.5", "horizon_hours should be a valid integer, not 1.5"),
        ("confidence", "1.0", "confidence should be less than 1, not 1.0"),
        ("resampling_unit", '"month"', "unit should be 'flight', 'day' or 'week', not"),
        ("metrics", "[]", "metrics .* at least 1 item"),
        ("metrics", '["accuracy"]', "metrics.0 should be 'cost per .* not 'accuracy'"),
        ("metrics", '"ROC AUC"', "metrics should be a valid array, not 'ROC AUC'"),
        ("owner", '"  "', "owner .* not '  '"),
        ("smallest_gain", "0", "smallest_gain should be greater than 0"),
        ("owner", '"x"\ncolor = "red"', "there is no field color"),
        ("review", "", r"is no TOML: Invalid value \(at line \d+, column \d+\)"),
    ],
)
def test_what_does_not_hold_is_refused_in_one_sentence(field, value, reason, tmp_path):
    text = re.sub(rf"(?m)^{field} = .*", rf"{field} = {value}", TEXT)
    with pytest.raises(SettingsError, match=reason) as refusal:
        loaded(tmp_path, text)
    assert re.fullmatch(r"charter\.toml.+\.", str(refusal.value))


def test_a_change_that_contradicts_is_refused():
    with pytest.raises(ValueError, match="nobody would ever prepare"):
        dataclasses.replace(AGREED, cost_prepare=100)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="charter.toml is missing"):
        charter.load(tmp_path / "charter.toml")


def test_markdown_is_a_table_that_follows_the_values():
    changed = dataclasses.replace(
        AGREED,
        cost_prepare=7,
        cost_unprepared=28,
        upkeep_minutes_per_day=1234,
        minimum_saving=3.7,
        smallest_gain=0.45,
        confidence=0.9,
    )
    lines = changed.to_markdown().splitlines()
    assert all(line.count("|") == 3 for line in lines)
    for text in ("7 / 28 = 0.25", "1,234", "at least 3.7", "| 0.45 ", "90% interval"):
        assert text in changed.to_markdown()
    for field in dataclasses.fields(Charter):
        value = getattr(AGREED, field.name)
        if isinstance(value, str):
            assert value in AGREED.to_markdown(), field.name
