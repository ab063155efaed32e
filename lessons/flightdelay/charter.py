"""Step 1: the decision charter, as data that every later step reads."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from course import markdown

FILE = Path(__file__).with_name("charter.toml")

METRICS = ("cost per flight", "Brier score", "ROC AUC", "PR AUC")
RESAMPLING_UNITS = ("flight", "day", "week")

# Section of the file, and the attribute that each of its entries fills.
_SECTIONS = {
    "costs": {
        "unit": "cost_unit",
        "prepare": "cost_prepare",
        "unprepared": "cost_unprepared",
        "upkeep_minutes_per_day": "upkeep_minutes_per_day",
        "source": "cost_source",
    },
    "evaluation": {"metrics": "metrics"},
    "success": {
        "minimum_saving": "minimum_saving",
        "confidence": "confidence",
        "resampling_unit": "resampling_unit",
        "open_question": "open_question",
    },
    "stop": {"rule": "stop_rule", "smallest_gain": "smallest_gain"},
}


class CharterError(ValueError):
    """The charter contradicts itself or lacks a field; the message is one sentence."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise CharterError(f"The charter does not hold: {message}.")


@dataclass(frozen=True)
class Charter:
    """What was agreed before anything was trained.

    Attributes:
        decision: The question that somebody answers with the model's output.
        user: Who answers it.
        action: What they do when the answer is yes.
        today: What happens without the output.
        not_on_time: The event to predict, in words.
        horizon_hours: Hours between the decision and the scheduled departure hour.
        cost_unit: Unit of the two costs.
        cost_prepare: Cost of preparing a flight, needed or not.
        cost_unprepared: Cost of a flight that is not on time and was not prepared.
        upkeep_minutes_per_day: Agent minutes a day for running and watching a model.
        cost_source: Where the costs and the upkeep come from.
        metrics: What is reported; the first one decides.
        minimum_saving: Saving per flight, in cost units, over preparing every flight or
            none, whichever is cheaper.
        confidence: Confidence level of the interval that must exclude a saving of zero.
        resampling_unit: What that interval resamples: "flight", "day" or "week".
        open_question: What the criterion leaves open, and when it must be answered.
        stop_rule: When the project ends.
        smallest_gain: Saving per flight, in cost units, below which a repair is not
            worth its work.
        latency_limit_milliseconds: Time allowed for one prediction.
        owner: Who may change the charter.
        review: When it is read again.
    """

    decision: str
    user: str
    action: str
    today: str
    not_on_time: str
    horizon_hours: int
    cost_unit: str
    cost_prepare: float
    cost_unprepared: float
    upkeep_minutes_per_day: float
    cost_source: str
    metrics: tuple[str, ...]
    minimum_saving: float
    confidence: float
    resampling_unit: str
    open_question: str
    stop_rule: str
    smallest_gain: float
    latency_limit_milliseconds: float
    owner: str
    review: str

    def __post_init__(self) -> None:
        """Refuse a charter that contradicts itself.

        Raises:
            CharterError: With one sentence that names the field.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is str:
                _require(
                    isinstance(value, str) and value.strip() != "",
                    f"{field.name} must be a text that is not empty",
                )
            elif field.type in (int, float):
                _require(
                    isinstance(value, (int, float)) and not isinstance(value, bool),
                    f"{field.name} must be a number, not {value!r}",
                )
                _require(value > 0, f"{field.name} must be above zero, not {value}")
        _require(
            isinstance(self.horizon_hours, int), "horizon_hours must be whole hours"
        )
        _require(
            self.cost_prepare < self.cost_unprepared,
            f"preparing costs {self.cost_prepare} and being unprepared "
            f"{self.cost_unprepared}, so nobody would ever prepare",
        )
        _require(
            self.confidence < 1,
            f"confidence must lie between 0 and 1, not {self.confidence}",
        )
        _require(
            self.resampling_unit in RESAMPLING_UNITS,
            f"resampling_unit must be one of {', '.join(RESAMPLING_UNITS)}, "
            f"not {self.resampling_unit!r}",
        )
        unknown = [metric for metric in self.metrics if metric not in METRICS]
        _require(len(self.metrics) > 0, "metrics must name at least one metric")
        _require(
            not unknown,
            f"metrics may hold {', '.join(METRICS)}, not {', '.join(unknown)}",
        )

    @property
    def threshold(self) -> float:
        """Probability at which preparing and not preparing cost the same.

        Not preparing costs `probability * cost_unprepared` on average, preparing costs
        `cost_prepare` whatever happens; they are equal at the ratio of the two
        (Elkan 2001, "The foundations of cost-sensitive learning").
        """
        return self.cost_prepare / self.cost_unprepared

    def to_markdown(self) -> str:
        """Return the charter as a Markdown table with one row for each clause."""
        prepare, unprepared = f"{self.cost_prepare:g}", f"{self.cost_unprepared:g}"
        per_flight = f"{self.cost_unit} per flight"
        clauses = {
            "Decision": self.decision,
            "User": self.user,
            "Action": self.action,
            "When": f"{self.horizon_hours} hours before the scheduled departure hour",
            "Today": self.today,
            "Not on time": self.not_on_time,
            "A prepared flight costs": f"{prepare} {self.cost_unit}, needed or not",
            "An unprepared flight costs": (
                f"{unprepared} {self.cost_unit} if it is not on time, otherwise nothing"
            ),
            "A model costs": (
                f"{self.upkeep_minutes_per_day:,.0f} agent minutes a day, "
                "to run and to watch it"
            ),
            "Source of the costs": self.cost_source,
            "Threshold rule": (
                "Prepare when the probability of not on time is "
                f"{prepare} / {unprepared} = {self.threshold:.2f} or more"
            ),
            "Metrics": f"{', '.join(self.metrics)}; the first decides",
            "Success": (
                f"The model saves at least {self.minimum_saving:g} {per_flight} over "
                "preparing every flight or none, whichever is cheaper, and the "
                f"{self.confidence:.0%} interval of the saving, resampled by "
                f"{self.resampling_unit}, excludes zero"
            ),
            "Open question": self.open_question,
            "Stop rule": self.stop_rule,
            "Smallest gain worth a repair": f"{self.smallest_gain:g} {per_flight}",
            "Latency": (
                f"{self.latency_limit_milliseconds:g} ms for one flight, in "
                "95 of 100 requests"
            ),
            "Owner": self.owner,
            "Review": self.review,
        }
        rows = [(f"**{name}**", text) for name, text in clauses.items()]
        return markdown.table(["Clause", "What was agreed"], rows)


def load(file: Path = FILE) -> Charter:
    """Read and check a charter.

    Args:
        file: A TOML file with the fields of `charter.toml`.

    Returns:
        The charter.

    Raises:
        CharterError: The file is missing or is no TOML, a field is missing or unknown,
            or a value contradicts another; one sentence says which.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CharterError(f"The charter {file.name} is missing.") from None
    except tomllib.TOMLDecodeError as error:
        raise CharterError(f"The charter {file.name} is no TOML: {error}.") from None
    values = {key: value for key, value in content.items() if key not in _SECTIONS}
    for section, names in _SECTIONS.items():
        entries = content.get(section, {})
        _require(isinstance(entries, dict), f"{section} must be a section")
        unknown = sorted(set(entries) - set(names))
        _require(not unknown, f"[{section}] has no field {', '.join(unknown)}")
        values |= {names[key]: value for key, value in entries.items()}
    expected = {field.name for field in fields(Charter)}
    missing, unknown = sorted(expected - set(values)), sorted(set(values) - expected)
    _require(not missing, f"{', '.join(missing)} is missing")
    _require(not unknown, f"there is no field {', '.join(unknown)}")
    _require(isinstance(values["metrics"], list), "metrics must be a list")
    return Charter(**values | {"metrics": tuple(values["metrics"])})
