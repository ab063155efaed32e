"""What could be repaired, and what was declared before it was judged."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from course import settings


@dataclass(frozen=True, config=settings.STRICT)
class Candidate:
    """Something that could be repaired.

    Attributes:
        letter: What it is called in lesson 8.
        short: What one would do, in few words.
        hours: Hours of work until it runs; an assumption.
        hours_each_month: Hours in each month in which it runs; an assumption.
    """

    letter: str
    short: str
    hours: Annotated[float, Field(gt=0)]
    hours_each_month: Annotated[float, Field(ge=0)]


@dataclass(frozen=True, config=settings.STRICT)
class Version:
    """What one version of the model is given, and when.

    Attributes:
        has: What makes it different, in words.
        horizon_hours: Hours between the decision and the scheduled departure hour.
        flight_record: Whether `flight_record` is one of its features.
    """

    has: str
    horizon_hours: Annotated[int, Field(gt=0)]
    flight_record: bool


@dataclass(frozen=True, config=settings.STRICT)
class Declaration:
    """What will be compared on a sealed set, written before it is opened.

    Attributes:
        set: The sealed set.
        purpose: The purpose of the opening, as in `openings.csv`.
        comparisons: Pairs of old and new version.
        rule: When a repair stays, in words; `Gain.is_worth` is the same in code.
    """

    set: str
    purpose: str
    comparisons: tuple[tuple[str, str], ...]
    rule: str


@dataclass(frozen=True, config=settings.STRICT)
class _File:
    candidates: tuple[Candidate, ...]
    versions: dict[str, Version]
    declaration: Declaration


def candidates() -> tuple[Candidate, ...]:
    """Return the five candidates."""
    return _file().candidates


def versions() -> dict[str, Version]:
    """Return the versions by their number, the released one first."""
    return _file().versions


def declaration() -> Declaration:
    """Return what was declared before December was opened."""
    return _file().declaration


def _file() -> _File:
    return settings.read(Path(__file__).with_name("repairs.toml"), _File)
