"""The service over HTTP: what it takes, what it answers, and what it refuses."""

import sqlite3
from datetime import UTC, datetime
from typing import Annotated, Literal

import pandas as pd
import sklearn
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from flightdelay import data
from flightdelay.service.log import OutcomeError, PredictionLog
from flightdelay.service.scoring import (
    TABLE_ANSWERS,
    Feeds,
    ServedModel,
    as_records,
    score,
)

#: Departures in one batch: half a day of the three airports.
LARGEST_BATCH = 500
YEAR = 2013

_DISTANCE = data.columns("flights").loc["distance"]


class Departure(BaseModel):
    """One scheduled departure: what the schedule says, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    carrier: Annotated[
        str,
        Field(
            pattern="^[A-Z0-9]{2}$",
            description="airline, two characters",
            examples=["DL"],
        ),
    ]
    flight: Annotated[
        int,
        Field(ge=1, le=9999, strict=True, description="flight number", examples=[843]),
    ]
    origin: Annotated[
        Literal["EWR", "JFK", "LGA"], Field(description="airport of departure")
    ]
    dest: Annotated[
        str,
        Field(
            pattern="^[A-Z]{3}$",
            description="airport of destination, three letters",
            examples=["ATL"],
        ),
    ]
    distance: Annotated[
        int,
        Field(
            ge=int(_DISTANCE["minimum"]),
            le=int(_DISTANCE["maximum"]),
            strict=True,
            description="distance between the airports, in miles",
            examples=[760],
        ),
    ]
    scheduled_departure: Annotated[
        AwareDatetime,
        Field(
            description=f"moment of the scheduled departure, in {YEAR} in New York, "
            "ISO 8601 with its offset from UTC",
            examples=["2013-06-13T16:59:00-04:00"],
        ),
    ]

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
            raise ValueError("a moment is a text in ISO 8601 with its offset from UTC")
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


class Batch(BaseModel):
    """Several departures, answered in their order: all of them or none."""

    model_config = ConfigDict(extra="forbid")

    departures: Annotated[
        list[Departure], Field(min_length=1, max_length=LARGEST_BATCH)
    ]


class Prediction(BaseModel):
    """An answer. When it arrives, it stands in the log."""

    request_id: Annotated[str, Field(description="name it when you send the outcome")]
    model_version: str
    probability: Annotated[
        float, Field(ge=0, le=1, description="probability of not on time")
    ]
    prepare: Annotated[
        bool, Field(description="whether the probability reaches the threshold")
    ]
    threshold: Annotated[float, Field(ge=0, le=1, description="from the charter")]
    cut_off: Annotated[
        datetime, Field(description="only what was known then was looked at")
    ]
    fallback: Annotated[
        list[str], Field(description="inputs that could not be had; empty if none")
    ]
    warning: Annotated[
        str | None, Field(description="what the fallback means for the answer")
    ]


class Predictions(BaseModel):
    """Answers in the order of the departures."""

    predictions: list[Prediction]


class Outcome(BaseModel):
    """What became of a flight that was asked for."""

    model_config = ConfigDict(extra="forbid")

    request_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    not_on_time: Annotated[
        bool,
        Field(
            strict=True,
            description="15 minutes or more late at the destination, canceled or "
            "diverted",
        ),
    ]


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
    features: Annotated[list[str], Field(description="in the order of the model")]
    scikit_learn: str


class Fault(BaseModel):
    """One reason of a refusal."""

    field: str
    reason: str


class Refusal(BaseModel):
    """Why a request was not served; nothing was logged for it."""

    errors: list[Fault]


def create_app(feeds: Feeds, model: ServedModel, log: PredictionLog) -> FastAPI:
    """Return the service: model, feeds and log behind HTTP.

    Args:
        feeds: Weather and operations so far.
        model: The model that answers.
        log: Where every prediction is written before its answer is sent.

    Returns:
        The application; its description is at `/docs` and `/openapi.json`.
    """
    app = FastAPI(
        title="Will this flight be on time?",
        version=model.version,
        description="Probability that a departure from New York is not on time, as it "
        "can be known two hours before its scheduled hour.",
        responses={
            422: {"model": Refusal, "description": "A field is not as expected"},
        },
    )
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(400, _refuse_unreadable)
    app.add_exception_handler(_Refused, _refuse_with_status)
    app.add_exception_handler(sqlite3.Error, _refuse_unlogged)
    not_logged = {503: {"model": Refusal, "description": "The log cannot be written"}}

    def answer(departures: list[Departure]) -> list[Prediction]:
        records = as_records([departure.model_dump() for departure in departures])
        scored = score(records, feeds, model)
        received = pd.Series([datetime.now(UTC)] * len(records))
        identifiers = log.add(records, scored, model.version, received)
        rows = zip(
            identifiers, records["cut_off"], scored.answers.itertuples(), strict=True
        )
        return [
            Prediction(
                request_id=identifier,
                model_version=model.version,
                probability=row.probability,
                prepare=row.prepare,
                threshold=model.threshold,
                cut_off=cut_off,
                fallback=row.fallback.split("; ") if row.fallback else [],
                warning=warning(row.fallback, model),
            )
            for identifier, cut_off, row in rows
        ]

    # Plain functions: FastAPI runs each call in a thread, and one that waits for the
    # disk does not hold up the others.
    @app.post("/predictions", responses=not_logged)
    def predict(departure: Departure) -> Prediction:
        """Judge one departure."""
        return answer([departure])[0]

    @app.post("/predictions/batch", responses=not_logged)
    def predict_batch(batch: Batch) -> Predictions:
        """Judge several departures."""
        return Predictions(predictions=answer(batch.departures))

    @app.post(
        "/outcomes",
        responses={
            404: {"model": Refusal, "description": "No such prediction"},
            409: {"model": Refusal, "description": "It has another outcome"},
            **not_logged,
        },
    )
    def record(outcome: Outcome) -> Recorded:
        """Record what became of a flight; the same outcome twice changes nothing."""
        try:
            log.record_outcome(
                outcome.request_id, outcome.not_on_time, datetime.now(UTC)
            )
        except KeyError:
            raise _Refused(
                404, "request_id", "no prediction has this identifier"
            ) from None
        except OutcomeError as error:
            raise _Refused(409, "not_on_time", str(error)) from None
        return Recorded(**outcome.model_dump())

    @app.get("/health", responses=not_logged)
    def health() -> Health:
        """Say whether the log can be read, and how far the feeds reach."""
        log.count()
        return Health(
            status="ok",
            weather_until=_last(feeds.weather["time_hour"]),
            operations_until=_last(feeds.departures["scheduled_departure"]),
        )

    @app.get("/version")
    def version() -> Version:
        """Say what answers here."""
        return Version(
            model_version=model.version,
            threshold=model.threshold,
            features=model.columns,
            scikit_learn=sklearn.__version__,
        )

    return app


def warning(fallback: str, model: ServedModel) -> str | None:
    """Say what a fallback means for an answer; nothing if there is none.

    Args:
        fallback: Names of fallbacks, as in the answers of `score`.
        model: The model that answered, with the measured cost of each fallback.

    Returns:
        One sentence for each fallback, with what it costs when it lasts.
    """
    if not fallback:
        return None
    sentences = []
    for name in fallback.split("; "):
        what = "the table of rates by carrier and hour answers, not the model"
        if name not in TABLE_ANSWERS:
            what = "the model answers without it"
        sentences.append(
            f"{name.capitalize()}: {what}. Had every flight of July and August been "
            f"answered so, one would have cost {model.costs[name]:.2f} agent minutes, "
            f"not {model.costs['']:.2f}."
        )
    return " ".join(sentences)


def _last(moments: pd.Series) -> datetime | None:
    return None if moments.empty else moments.iloc[-1].to_pydatetime()


class _Refused(Exception):
    """A request that is well formed and cannot be served: status, field, reason."""


def _refusal(status: int, *faults: tuple[str, str]) -> JSONResponse:
    errors = [Fault(field=field, reason=reason) for field, reason in faults]
    return JSONResponse(Refusal(errors=errors).model_dump(), status_code=status)


def _refuse(request: Request, error: RequestValidationError) -> JSONResponse:
    # The input itself is not sent back: it may hold what JSON cannot.
    faults = []
    for found in error.errors():
        path = [str(part) for part in found["loc"] if part != "body"]
        if found["type"] == "json_invalid":
            path = []  # It names a position in the text, not a field.
        reason = found["msg"].removeprefix("Value error, ")
        faults.append((".".join(path) or "body", reason))
    return _refusal(422, *faults)


def _refuse_unreadable(request: Request, error: HTTPException) -> JSONResponse:
    # Bytes that are no text: FastAPI would answer 400, in another form.
    return _refusal(422, ("body", "it cannot be read as JSON in UTF-8"))


def _refuse_with_status(request: Request, error: _Refused) -> JSONResponse:
    status, field, reason = error.args
    return _refusal(status, (field, reason))


def _refuse_unlogged(request: Request, error: sqlite3.Error) -> JSONResponse:
    return _refusal(503, ("log", f"it cannot be used, so nothing is answered: {error}"))
