"""Lesson 4: learning curves, what models save over the simplest, and the log."""

from collections.abc import Mapping, Sequence
from functools import partial

import altair as alt
import pandas as pd
from numpy.typing import ArrayLike

from course.phases import PHASE_COLORS
from flightdelay.charter import Charter
from flightdelay.evaluation import DRAWS_TO_DECIDE, flight_costs, paired_difference

_COLOR = PHASE_COLORS["modeling"]
#: Losses above this are drawn at the upper edge.
CEILING = 0.75


def learning_curves(log: Sequence[Mapping], base: float) -> alt.LayerChart:
    """Draw the loss after each pass; the reader chooses the run.

    Args:
        log: For each run `dropout`, `rate`, and Keras's history of `loss` and
            `val_loss`, one value a pass.
        base: Log loss of the base rate in June.
    """
    kinds = {"loss": "learned from: January to May", "val_loss": "watched: June"}
    names = [f"dropout {run['dropout']:g}, rate {run['rate']:g}" for run in log]
    points = pd.DataFrame(
        [
            (name, flights, after, loss, min(loss, CEILING))
            for name, run in zip(names, log, strict=True)
            for kind, flights in kinds.items()
            for after, loss in enumerate(run[kind], start=1)
        ],
        columns=["run", "flights", "pass", "loss", "shown"],
    ).round(4)
    best = min(log, key=lambda run: min(run["val_loss"]))
    first = names[log.index(best)]
    chosen = alt.param(
        name="run_shown",
        value=first,
        bind=alt.binding_radio(options=names, name="Run "),
    )
    domain = list(kinds.values())
    scale = alt.Scale(domain=[0.42, CEILING])
    level = alt.Chart(pd.DataFrame({"loss": [base], "text": "June, base rate"}))
    level = level.encode(y=alt.Y("loss:Q", scale=scale))
    lines = (
        alt.Chart(points)
        .transform_filter("datum.run == run_shown")
        .encode(
            x=alt.X(
                "pass:Q",
                title="passes over the flights",
                axis=alt.Axis(tickMinStep=1, format="d", grid=False),
                scale=alt.Scale(domain=[1, int(points["pass"].max())]),
            ),
            y=alt.Y("shown:Q", title="log loss", scale=scale),
            color=alt.Color(
                "flights:N",
                title=None,
                scale=alt.Scale(domain=domain, range=[_COLOR, PHASE_COLORS["data"]]),
            ),
            strokeDash=alt.StrokeDash(
                "flights:N",
                title=None,
                scale=alt.Scale(domain=domain, range=[[1, 0], [6, 3]]),
            ),
        )
    )
    tips = ["flights:N", "pass:Q", alt.Tooltip("loss:Q", format=".3f")]
    return (
        alt.layer(
            level.mark_rule(strokeDash=[2, 3]),
            level.mark_text(align="right", dy=-8).encode(
                x=alt.value("width"), text="text:N"
            ),
            lines.mark_line(),
            lines.mark_point(filled=True, size=50, opacity=1).encode(tooltip=tips),
        )
        .add_params(chosen)
        .properties(
            title=alt.Title(
                f"With {first}, June is at its best: a loss of "
                f"{min(best['val_loss']):.3f}.",
                subtitle="Log loss after each pass; smaller is better. Choose a run "
                f"below. Losses above {CEILING} are drawn at the upper edge.",
            ),
            description="Learning curves of each run. "
            + " ".join(
                f"{name}: on what was learned from {run['loss'][0]:.2f} to "
                f"{run['loss'][-1]:.2f}, on June {run['val_loss'][0]:.2f} to "
                f"{run['val_loss'][-1]:.2f}."
                for name, run in zip(names, log, strict=True)
            )
            + f" The base rate has {base:.2f} on June.",
        )
    )


def savings(
    late: ArrayLike,
    probabilities: Mapping[str, ArrayLike],
    simplest: ArrayLike,
    date: ArrayLike,
    charter: Charter,
) -> pd.DataFrame:
    """Compare models with the simplest one, in pairs on the same days.

    Args:
        late: 1 or 0 for each flight.
        probabilities: What each model said of each flight, by its name.
        simplest: What the simplest model said.
        date: Day of each flight.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        One row for each model: `saving`, `low` and `high`, in the charter's unit per
        flight, and `text`, all three in words.
    """
    costs = partial(flight_costs, charter=charter)
    settings = charter.resampling_unit, date, DRAWS_TO_DECIDE, charter.confidence
    found = {
        name: paired_difference(late, probability, simplest, costs, *settings)
        for name, probability in probabilities.items()
    }
    table = pd.DataFrame(found, index=["saving", "low", "high"]).T.rename_axis("name")
    table["text"] = [f"{interval:.2f}" for interval in found.values()]
    return table


def experiment_log(
    log: Sequence[Mapping],
    base: float,
    by_seed: pd.DataFrame,
    finalists: pd.DataFrame,
) -> pd.DataFrame:
    """Put all runs of the lesson into one table, the failed ones too.

    Args:
        log: The search: for each run `dropout`, `rate`, and `june`, its smallest loss.
        base: Log loss of the base rate in June; a run that is no better has failed.
        by_seed: As from `savings`, over the logistic regression on as many flights.
        finalists: As from `savings`, over the logistic regression on all flights.

    Returns:
        A row for each run: `run`, what it `learned from`, and its `result`.
    """
    searched = [
        (
            f"network, dropout {run['dropout']:g}, rate {run['rate']:g}",
            "20,000, to May",
            f"loss on June {run['june']:.3f}"
            + ("" if run["june"] < base else ": failed"),
        )
        for run in log
    ]
    judged = [
        (f"{prefix}{name}", flights, f"saves {row.text}")
        for prefix, flights, table in (
            ("network, ", "20,000", by_seed),
            ("", "all", finalists),
        )
        for name, row in table.iterrows()
    ]
    columns = ["run", "learned from", "result"]
    table = pd.DataFrame(searched + judged, columns=columns)
    return table.set_axis(range(1, len(table) + 1))
