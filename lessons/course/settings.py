"""Settings in TOML files, checked when they are read."""

import json
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

#: For the dataclasses that files are read as: no field more, and no text as a number.
STRICT = ConfigDict(strict=True, extra="forbid")

Kind = TypeVar("Kind")


class SettingsError(ValueError):
    """A file is not as expected; the message is one sentence."""


def read(file: Path, kind: type[Kind]) -> Kind:
    """Read a TOML file as what it should hold.

    Args:
        file: The file.
        kind: A type that pydantic can check, such as a pydantic dataclass with the
            config `STRICT`.

    Returns:
        What the file holds; lists may have become tuples.

    Raises:
        SettingsError: The file is missing, or is no TOML, or a field does not hold what
            is expected; one sentence names the file and the field, or the line.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        # By way of JSON: a list may then become a tuple, but a text no number.
        return TypeAdapter(kind).validate_json(json.dumps(values, default=str))
    except FileNotFoundError:
        raise SettingsError(f"{file.name} is missing.") from None
    except ValidationError as error:
        raise SettingsError(f"{file.name}: {_first(error)}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file.name} is no TOML: {error}.") from None


def _first(error: ValidationError) -> str:
    """Say in words what is wrong with the first field that does not hold."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"{field} is missing"
    if fault["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"there is no field {field}"
    if fault["type"] == "value_error":
        return f"{field} {fault['ctx']['error']}".strip()
    return f"{field} {fault['msg'].removeprefix('Input ')}, not {fault['input']!r}"
