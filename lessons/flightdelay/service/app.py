"""The service over HTTP: what it answers, and where."""

from datetime import UTC, datetime

import pandas as pd
import sklearn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from flightdelay.service.messages import (
    Batch,
    Departure,
    Health,
    Outcome,
    Prediction,
    Predictions,
    Recorded,
    Refusal,
    Version,
)
from flightdelay.service.prediction_log import OutcomeError, PredictionLog
from flightdelay.service.refusals import Refused, refuse_in_one_form
from flightdelay.service.scoring import (
    TABLE_ANSWERS,
    Feeds,
    ServedModel,
    as_records,
    score,
)


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
    refuse_in_one_form(app)
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
            raise Refused(
                404, "request_id", "no prediction has this identifier"
            ) from None
        except OutcomeError as error:
            raise Refused(409, "not_on_time", str(error)) from None
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
