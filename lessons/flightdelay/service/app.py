"""The service over HTTP: what it takes, what it answers, and what it refuses."""

import sqlite3
from datetime import UTC, datetime
from typing import Annotated, Literal

import pandas as pd
import sklearn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flightdelay import data
from flightdelay.service.prediction_log import OutcomeError, PredictionLog
from flightdelay.service.scoring import (
    TABLE_ANSWERS,
    Feeds,
    ServedModel,
    as_records,
    score,
)

#: Departures in one batch: half a day of the three airports.
LARGEST_BATCH = 500
#: Bytes of a body: ten times the largest batch.
LARGEST_BODY = 1_000_000
YEAR = 2013

_DISTANCE = data.columns("flights").loc["distance"]


class Departure(BaseModel):
    """One scheduled departure: what the schedule says, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    carrier: Annotated[
        str,
        Field(
            pattern="^[A-Z0-9]{2}$",
            description="airline, two capital letters or digits, such as DL",
            examples=["DL"],
        ),
    ]
    flight: Annotated[
        int,
        Field(
            ge=1,
            le=9999,
            strict=True,
            description="flight number, a whole number without quotes, such as 843",
            examples=[843],
        ),
    ]
    origin: Annotated[
        Literal["EWR", "JFK", "LGA"], Field(description="airport of departure")
    ]
    dest: Annotated[
        str,
        Field(
            pattern="^[A-Z]{3}$",
            description="airport of destination, three capital letters, such as ATL",
            examples=["ATL"],
        ),
    ]
    distance: Annotated[
        int,
        Field(
            ge=int(_DISTANCE["minimum"]),
            le=int(_DISTANCE["maximum"]),
            strict=True,
            description="distance between the airports in miles, a whole number",
            examples=[760],
        ),
    ]
    scheduled_departure: Annotated[
        AwareDatetime,
        Field(
            description=f"moment of the scheduled departure, in {YEAR} in New York, "
            "ISO 8601 with its offset from UTC, such as 2013-06-13T16:59:00-04:00",
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

    request_id: Annotated[
        str,
        Field(pattern="^[0-9a-f]{32}$", description="as it came with the prediction"),
    ]
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
    app = FastAPIOffline(
        redoc_url=None,
        title="Will this flight be on time?",
        version=model.version,
        description="Probability that a departure from New York is not on time, as it "
        "can be known two hours before its scheduled hour.",
        responses={
            413: {"model": Refusal, "description": "The body is too large"},
            422: {"model": Refusal, "description": "A field is not as expected"},
        },
    )
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_by_status)
    app.add_exception_handler(_Refused, _refuse_with_status)
    app.add_exception_handler(sqlite3.Error, _refuse_unlogged)
    app.add_middleware(_BodyLimit)
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
        """Say whether the log can be written, and how far the feeds reach."""
        log.check()
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
    names = fallback.split("; ")
    # Whatever else is missing, the table answers as soon as one of these is.
    by_table = [name for name in names if name in TABLE_ANSWERS]
    causes = [", ".join(by_table)] if by_table else names
    what = "the model answers without it"
    if by_table:
        what = "the table of rates by carrier and hour answers, not the model"
    return " ".join(
        f"{cause.capitalize()}: {what}. Had every flight of July and August been "
        f"answered so, one would have cost {model.costs[cause.split(', ')[0]]:.2f} "
        f"agent minutes, not {model.costs['']:.2f}."
        for cause in causes
    )


def _last(moments: pd.Series) -> datetime | None:
    return None if moments.empty else moments.iloc[-1].to_pydatetime()


class _Refused(Exception):
    """A request that is well formed and cannot be served: status, field, reason."""


def _refusal(status: int, *faults: tuple[str, str]) -> JSONResponse:
    errors = [Fault(field=field, reason=reason) for field, reason in faults]
    return JSONResponse(Refusal(errors=errors).model_dump(), status_code=status)


class _BodyLimit:
    """Stop reading a request once its body is larger than any batch can be."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def receive_some() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_some, send)


def _refuse(request: Request, error: RequestValidationError) -> JSONResponse:
    # The input itself is not sent back: it may hold what JSON cannot.
    faults = []
    for found in error.errors():
        path = [str(part) for part in found["loc"] if part != "body"]
        reason = found["msg"].removeprefix("Value error, ")
        if found["type"] == "json_invalid":
            # The place is a position in the text, not a field.
            reason = (
                f"JSON decode error at character {path[0]}: {found['ctx']['error']}"
            )
            path = []
        elif not path:
            reason = (
                "Input should be a JSON object, sent as content-type application/json; "
                "/docs shows one"
            )
        elif found["type"] == "extra_forbidden":
            reason += "; /docs lists the fields"
        elif path[-1] in _EXPECTED:
            reason += f"; expected: {_EXPECTED[path[-1]]}"
        faults.append((".".join(path) or "body", reason))
    return _refusal(422, *faults)


#: What each field of a request holds, as its description says.
_EXPECTED = {
    name: field.description
    for model in (Departure, Outcome)
    for name, field in model.model_fields.items()
}


def _refuse_by_status(request: Request, error: HTTPException) -> JSONResponse:
    """Answer what the framework refuses by itself in the form of all refusals."""
    status, field, reason = {
        # Bytes that are no text.
        400: (422, "body", "it cannot be read as JSON in UTF-8"),
        404: (404, "path", "nothing answers here; /docs lists what does"),
        405: (405, "method", "this path takes another one; /docs says which"),
        413: (413, "body", f"more than {LARGEST_BODY:,} bytes; send several batches"),
    }.get(error.status_code, (error.status_code, "request", str(error.detail)))
    answer = _refusal(status, (field, reason))
    answer.headers.update(error.headers or {})
    return answer


def _refuse_with_status(request: Request, error: _Refused) -> JSONResponse:
    status, field, reason = error.args
    return _refusal(status, (field, reason))


def _refuse_unlogged(request: Request, error: sqlite3.Error) -> JSONResponse:
    return _refusal(503, ("log", f"it cannot be used, so nothing is answered: {error}"))
