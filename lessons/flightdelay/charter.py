"""Step 1: the decision charter, as data that every later step reads."""

from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from course import markdown, settings

FILE = Path(__file__).with_name("charter.toml")

Metric = Literal["cost per flight", "Brier score", "ROC AUC", "PR AUC"]
ResamplingUnit = Literal["flight", "day", "week"]
RESAMPLING_UNITS = get_args(ResamplingUnit)

_Text = Annotated[str, Field(pattern=r"\S")]
_Positive = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, config=settings.STRICT)
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

    decision: _Text
    user: _Text
    action: _Text
    today: _Text
    not_on_time: _Text
    horizon_hours: Annotated[int, Field(gt=0)]
    cost_unit: _Text
    cost_prepare: _Positive
    cost_unprepared: _Positive
    upkeep_minutes_per_day: _Positive
    cost_source: _Text
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1)]
    minimum_saving: _Positive
    confidence: Annotated[float, Field(gt=0, lt=1)]
    resampling_unit: ResamplingUnit
    open_question: _Text
    stop_rule: _Text
    smallest_gain: _Positive
    latency_limit_milliseconds: _Positive
    owner: _Text
    review: _Text

    @model_validator(mode="after")
    def _is_worth_preparing(self) -> Self:
        if self.cost_prepare >= self.cost_unprepared:
            raise ValueError(
                f"preparing costs {self.cost_prepare:g} and being unprepared "
                f"{self.cost_unprepared:g}, so nobody would ever prepare"
            )
        return self

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
        SettingsError: The file is missing or is no TOML, a field is missing or unknown,
            or a value contradicts another; one sentence says which.
    """
    return settings.read(file, Charter)
