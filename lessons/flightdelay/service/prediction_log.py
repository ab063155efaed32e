"""The prediction log: what was asked, what was answered, and later what happened."""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.json

from flightdelay import data
from flightdelay.service.scoring import OPERATIONS, WEATHER, Scored

_SCHEMA = """
CREATE TABLE IF NOT EXISTS predictions (
    request_id TEXT PRIMARY KEY,
    model_version TEXT NOT NULL,
    received_at TEXT NOT NULL,          -- moment, ISO 8601, UTC
    scheduled_departure TEXT NOT NULL,  -- moment, ISO 8601, UTC
    origin TEXT NOT NULL,
    carrier TEXT NOT NULL,
    flight INTEGER NOT NULL,
    dest TEXT NOT NULL,
    inputs TEXT NOT NULL,               -- JSON: every feature by name
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
    prepare INTEGER NOT NULL CHECK (prepare IN (0, 1)),
    fallback TEXT NOT NULL,             -- '' if none
    outcome INTEGER CHECK (outcome IN (0, 1)),  -- 1: not on time; NULL: not known yet
    outcome_at TEXT                     -- moment it became known, ISO 8601, UTC
)
"""
# Rows are read in parts: the JSON of all of them at once would need much memory.
_PART = 20_000
_MOMENTS = ("received_at", "scheduled_departure", "outcome_at")


class OutcomeError(ValueError):
    """An outcome cannot be recorded; the message is one sentence."""


class PredictionLog:
    """A table of predictions in a SQLite file, safe against a crash at any moment.

    What `add` has returned for is on the disk: the file is in WAL mode with
    `synchronous=FULL`, and each call is one transaction. Threads may share a log.

    Args:
        file: Path of the file; it is made when it is not there.
    """

    def __init__(self, file: Path | str) -> None:
        self.file = Path(file)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            self.file, check_same_thread=False, isolation_level=None
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(
        self,
        records: pd.DataFrame,
        scored: Scored,
        model_version: str,
        received_at: pd.Series,
    ) -> list[str]:
        """Write predictions, all of them or none, and wait until they are on the disk.

        Args:
            records: Flights, as given to `score`.
            scored: What `score` returned for them.
            model_version: Version of the model that answered.
            received_at: When each was asked for: moments with a time zone.

        Returns:
            The new request identifier of each record.
        """
        identifiers = [uuid4().hex for _ in range(len(records))]
        answers = scored.answers
        rows = zip(
            identifiers,
            [model_version] * len(records),
            _texts(received_at),
            _texts(records["scheduled_departure"]),
            records["origin"],
            records["carrier"],
            records["flight"].tolist(),
            records["dest"],
            _json_lines(scored.inputs),
            answers["probability"].tolist(),
            answers["prepare"].astype(int).tolist(),
            answers["fallback"],
            strict=True,
        )
        marks = ", ".join("?" * 12)
        self._write(f"INSERT INTO predictions VALUES ({marks}, NULL, NULL)", rows)
        return identifiers

    def check(self) -> None:
        """Raise `sqlite3.Error` unless a prediction could be written now."""
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("SELECT 1 FROM predictions LIMIT 1")

    def add_outcomes(
        self, identifiers: Sequence[str], outcome: pd.Series, known_at: pd.Series
    ) -> None:
        """Write what became of flights, all of them or none.

        Args:
            identifiers: Request identifiers that `add` returned.
            outcome: 1 for not on time, else 0.
            known_at: When each became known: moments with a time zone.
        """
        rows = zip(
            outcome.astype(int).tolist(), _texts(known_at), identifiers, strict=True
        )
        self._write(
            "UPDATE predictions SET outcome = ?, outcome_at = ? WHERE request_id = ?",
            rows,
        )

    def record_outcome(
        self, identifier: str, outcome: bool, known_at: datetime
    ) -> None:
        """Write what became of one flight. The same outcome twice changes nothing.

        Raises:
            KeyError: No prediction has this identifier.
            OutcomeError: Another outcome was recorded before.
        """
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(
                "SELECT outcome FROM predictions WHERE request_id = ?", (identifier,)
            ).fetchone()
            if found is None:
                raise KeyError(identifier)
            if found[0] not in (None, int(outcome)):
                raise OutcomeError(
                    f"The prediction {identifier} already has the outcome "
                    f"{'not on time' if found[0] else 'on time'}; it is kept."
                )
            if found[0] is None:
                connection.execute(
                    "UPDATE predictions SET outcome = ?, outcome_at = ? "
                    "WHERE request_id = ?",
                    (int(outcome), _texts(pd.Series([known_at]))[0], identifier),
                )

    def read(self, inputs: bool = True) -> pd.DataFrame:
        """Return all predictions, sorted by the moment they were asked for.

        Args:
            inputs: Whether to add a column for each feature, from the JSON.

        Returns:
            One row for each prediction, with the columns of the table; moments in New
            York time, `prepare` as bool, `outcome` 0, 1 or NaN. In place of `inputs`
            there are the features, `carrier`, `origin` and `dest` only once.
        """
        columns = [row[1] for row in self._read("PRAGMA table_info(predictions)")]
        chosen = ", ".join(columns if inputs else [c for c in columns if c != "inputs"])
        with self._lock:
            parts = pd.read_sql_query(
                f"SELECT {chosen} FROM predictions "
                "ORDER BY received_at, scheduled_departure, origin, carrier, flight, "
                "model_version, rowid",
                self._connection,
                chunksize=_PART,
            )
            log = pd.concat(map(_unpacked, parts), ignore_index=True)
        for column in _MOMENTS:
            moment = pd.to_datetime(log[column], utc=True, format="ISO8601")
            log[column] = moment.dt.tz_convert(data.TIME_ZONE)
        return log.astype({"prepare": bool, "outcome": "float64"})

    def count(self) -> int:
        """Return the number of predictions."""
        return self._read("SELECT count(*) FROM predictions")[0][0]

    def _read(self, statement: str) -> list[tuple]:
        with self._lock:
            return self._connection.execute(statement).fetchall()

    def _write(self, statement: str, rows: Sequence[tuple]) -> None:
        with self._lock, self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows)


def _json_lines(inputs: pd.DataFrame) -> list[str]:
    """Return each row as JSON, with nine decimal places, and null for a missing one."""
    text = inputs.to_json(orient="records", lines=True, double_precision=9)
    return text.splitlines()


def _unpacked(part: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the table with a column for each feature in place of the JSON."""
    if "inputs" not in part or part.empty:
        return part.drop(columns="inputs", errors="ignore")
    lines = "\n".join(part.pop("inputs"))
    found = pa.json.read_json(pa.BufferReader(lines.encode())).to_pandas()
    found.index = part.index
    # A part in which a number is never there would say nothing of its type.
    numbers = [name for name in (*WEATHER, *OPERATIONS) if name in found]
    found = found.astype(dict.fromkeys(numbers, "float64"))
    return part.join(found[[column for column in found if column not in part]])


def _texts(moments: pd.Series) -> list[str]:
    """Return moments as ISO 8601 in UTC."""
    return moments.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ").tolist()
