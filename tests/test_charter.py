"""The charter is data: the threshold follows from the costs, bad values are refused."""

import dataclasses

import pytest

from flightdelay import charter
from flightdelay.charter import Charter, CharterError

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


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Charter)])
def test_missing_field_is_named(field, tmp_path):
    entry = {
        name: key for names in charter._SECTIONS.values() for key, name in names.items()
    }.get(field, field)
    section = next((s for s, n in charter._SECTIONS.items() if field in n.values()), "")
    lines, current = [], ""
    for line in TEXT.splitlines():
        current = line.strip("[]") if line.startswith("[") else current
        if not (current == section and line.startswith(f"{entry} =")):
            lines.append(line)
    assert len(lines) == len(TEXT.splitlines()) - 1
    file = tmp_path / "charter.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CharterError, match=rf"{field} is missing"):
        charter.load(file)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("cost_prepare", 0, "above zero"),
        ("cost_prepare", -20, "above zero"),
        ("cost_prepare", "20", "must be a number"),
        ("cost_prepare", True, "must be a number"),
        ("cost_prepare", 100, "nobody would ever prepare"),
        ("cost_unprepared", float("nan"), "above zero"),
        ("horizon_hours", 1.5, "whole hours"),
        ("confidence", 1.0, "between 0 and 1"),
        ("confidence", 95, "between 0 and 1"),
        ("resampling_unit", "month", "must be one of"),
        ("metrics", (), "at least one metric"),
        ("metrics", ("accuracy",), "not accuracy"),
        ("owner", "  ", "must be a text"),
        ("minimum_saving", None, "must be a number"),
        ("smallest_gain", 0, "above zero"),
        ("upkeep_minutes_per_day", -1, "above zero"),
    ],
)
def test_contradiction_is_refused(field, value, reason):
    with pytest.raises(CharterError, match=reason) as refusal:
        dataclasses.replace(AGREED, **{field: value})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("prepare = 20", "preparing = 20"), r"\[costs\] has no field preparing"),
        (("owner =", "keeper ="), "owner is missing"),
        (("[costs]", 'color = "red"\n[costs]'), "no field color"),
        (("prepare = 20", "prepare ="), "is no TOML"),
        (('metrics = ["', 'metrics = "'), "is no TOML"),
        (("[stop]", "[halt]"), "stop_rule is missing"),
    ],
)
def test_damaged_file_is_refused_in_one_sentence(change, reason, tmp_path):
    file = tmp_path / "charter.toml"
    file.write_text(TEXT.replace(*change, 1), encoding="utf-8")
    with pytest.raises(CharterError, match=reason) as refusal:
        charter.load(file)
    assert "\n" not in str(refusal.value)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(CharterError, match="charter.toml is missing"):
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
