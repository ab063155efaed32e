"""What the service refuses, and how it says so."""

import sqlite3

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flightdelay.service.messages import Departure, Fault, Outcome, Refusal

#: Bytes of a body: ten times the largest batch.
LARGEST_BODY = 1_000_000

#: What each field of a request holds, as its description says.
_EXPECTED = {
    name: field.description
    for model in (Departure, Outcome)
    for name, field in model.model_fields.items()
}


class Refused(Exception):
    """A request that is well formed and cannot be served: status, field, reason."""


def refuse_in_one_form(app: FastAPI) -> None:
    """Let an application answer whatever it does not serve with a `Refusal`."""
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_by_status)
    app.add_exception_handler(Refused, _refuse_with_status)
    app.add_exception_handler(sqlite3.Error, _refuse_unlogged)
    app.add_middleware(_BodyLimit)


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


def _refuse_with_status(request: Request, error: Refused) -> JSONResponse:
    status, field, reason = error.args
    return _refusal(status, (field, reason))


def _refuse_unlogged(request: Request, error: sqlite3.Error) -> JSONResponse:
    return _refusal(503, ("log", f"it cannot be used, so nothing is answered: {error}"))
