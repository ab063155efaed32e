"""What the service takes and answers; its description is made of these."""

from datetime import datetime
from typing import Literal

import pandas as pd
from pydantic import AwareDatetime, BaseModel, Field, ValidationInfo, field_validator

from flightdelay import data

#: Departures in one batch: half a day of the three airports.
LARGEST_BATCH = 500
YEAR = 2013

_DISTANCE = data.columns("flights").loc["distance"]


class Departure(BaseModel, extra="forbid"):
    """One scheduled departure: what the schedule says, and nothing else."""

    carrier: str = Field(
        pattern="^[A-Z0-9]{2}$",
        description="airline, two capital letters or digits, such as DL",
        examples=["DL"],
    )
    flight: int = Field(
        ge=1,
        le=9999,
        strict=True,
        description="flight number, a whole number without quotes, such as 843",
        examples=[843],
    )
    origin: Literal["EWR", "JFK", "LGA"] = Field(description="airport of departure")
    dest: str = Field(
        pattern="^[A-Z]{3}$",
        description="airport of destination, three capital letters, such as ATL",
        examples=["ATL"],
    )
    distance: int = Field(
        ge=int(_DISTANCE["minimum"]),
        le=int(_DISTANCE["maximum"]),
        strict=True,
        description="distance between the airports in miles, a whole number",
        examples=[760],
    )
    scheduled_departure: AwareDatetime = Field(
        description=f"moment of the scheduled departure, in {YEAR} in New York, "
        "ISO 8601 with its offset from UTC, such as 2013-06-13T16:59:00-04:00",
        examples=["2013-06-13T16:59:00-04:00"],
    )

    @field_validator("dest")
    @classmethod
    def _goes_elsewhere(cls, dest: str, info: ValidationInfo) -> str:
        if dest == info.data.get("origin"):
            raise ValueError("the destination is the airport of departure")
        return dest

    @field_validator("scheduled_departure", mode="before")
    @classmethod
    def _is_a_text(cls, moment: object) -> object:
        # A bare number would be read as seconds since 1970: not what anybody means.
        if not isinstance(moment, str | datetime):
            raise ValueError("Input should be a text")
        return moment

    @field_validator("scheduled_departure")
    @classmethod
    def _in_the_year(cls, moment: datetime) -> datetime:
        # Years near the ends of the calendar have no time in another zone.
        if not YEAR - 1 <= moment.year <= YEAR + 1 or (
            pd.Timestamp(moment).tz_convert(data.TIME_ZONE).year != YEAR
        ):
            raise ValueError(f"the service knows {YEAR} only, New York time")
        return moment


class Batch(BaseModel, extra="forbid"):
    """Several departures, answered in their order: all of them or none."""

    departures: list[Departure] = Field(min_length=1, max_length=LARGEST_BATCH)


class Prediction(BaseModel):
    """An answer. When it arrives, it stands in the log."""

    request_id: str = Field(description="name it when you send the outcome")
    model_version: str
    probability: float = Field(ge=0, le=1, description="probability of not on time")
    prepare: bool = Field(description="whether the probability reaches the threshold")
    threshold: float = Field(ge=0, le=1, description="from the charter")
    cut_off: datetime = Field(description="only what was known then was looked at")
    fallback: list[str] = Field(
        description="inputs that could not be had; empty if none"
    )
    warning: str | None = Field(description="what the fallback means for the answer")


class Predictions(BaseModel):
    """Answers in the order of the departures."""

    predictions: list[Prediction]


class Outcome(BaseModel, extra="forbid"):
    """What became of a flight that was asked for."""

    request_id: str = Field(
        pattern="^[0-9a-f]{32}$", description="as it came with the prediction"
    )
    not_on_time: bool = Field(
        strict=True,
        description="15 minutes or more late at the destination, canceled or diverted",
    )


class Recorded(BaseModel):
    """An outcome stands in the log."""

    request_id: str
    not_on_time: bool


class Health(BaseModel):
    """Whether the service can answer, and how far its feeds reach."""

    status: Literal["ok"]
    weather_until: datetime | None
    operations_until: datetime | None


class Version(BaseModel):
    """What answers here."""

    model_version: str
    threshold: float
    features: list[str] = Field(description="in the order of the model")
    scikit_learn: str


class Fault(BaseModel):
    """One reason of a refusal."""

    field: str
    reason: str


class Refusal(BaseModel):
    """Why a request was not served; nothing was logged for it."""

    errors: list[Fault]
