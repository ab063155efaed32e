"""Lesson 5: whether probabilities come true, what mistakes cost, what is saved."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
from numpy.typing import ArrayLike

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS
from flightdelay import errors, evaluation
from flightdelay.charter import Charter

#: Outcomes, probabilities and days of the flights of a period.
Judgment = tuple[ArrayLike, ArrayLike, ArrayLike]

_COLOR = PHASE_COLORS["modeling"]
_PERCENT = alt.Axis(format="%", tickCount=5)
_SHARE = alt.Scale(domain=[0, 1])
_X = alt.X(
    "probability:Q", title="mean probability in the bin", axis=_PERCENT, scale=_SHARE
)
_Y = alt.Y("rate:Q", title="flights not on time", axis=_PERCENT, scale=_SHARE)


def reliability(
    late: ArrayLike,
    probability: ArrayLike,
    date: ArrayLike,
    bins: Sequence[int] = (5, 10, 15, 20, 30),
) -> alt.LayerChart:
    """Draw a reliability diagram whose number of bins the reader chooses.

    Args:
        late: 1 or 0 for each flight of July and August.
        probability: What the model said of each.
        date: Day of each.
        bins: Numbers of bins to choose from; the second is shown at first.
    """
    points = _points({str(number): (late, probability, date) for number in bins}, bins)
    first = points[points["bins"] == bins[1]]
    holds = first["probability"].between(first["low"], first["high"]).sum()
    error = [
        evaluation.expected_calibration_error(late, probability, number)
        for number in bins
    ]
    names = pd.DataFrame({"bins": bins, "error": error}).round(3)
    menu = alt.binding_select(options=list(bins), name="Number of bins ")
    chosen = alt.param(name="chosen", value=bins[1], bind=menu)
    label = (
        alt.Chart(names)
        .transform_filter("datum.bins == chosen")
        .transform_calculate(
            text="datum.bins + ' bins: calibration error ' + format(datum.error, '.3f')"
        )
        .mark_text(align="right", baseline="bottom", fontSize=13)
        .encode(x=alt.value("width"), y=alt.value(312), text="text:N")
    )
    return (
        alt.layer(
            _diagonal(),
            *_bins_with_intervals(
                alt.Chart(points).transform_filter("datum.bins == chosen"),
                alt.value(_COLOR),
            ),
            label,
        )
        .add_params(chosen)
        .properties(
            height=320,
            title=alt.Title(
                f"In {holds} of {len(first)} bins the interval holds the mean "
                "probability.",
                subtitle="July and August. Points: a bin's rate, the larger the more "
                "flights; bars: 95% intervals by day; dashed: where probabilities "
                "come true. Choose the number of bins below.",
            ),
            description=f"A reliability diagram with {bins[1]} bins. "
            f"{_in_words(first)} A menu changes the number of bins.",
        )
    )


def reliability_by_period(periods: Mapping[str, Judgment]) -> alt.LayerChart:
    """Draw the reliability diagrams of two periods over each other, in ten bins.

    Args:
        periods: Outcomes, probabilities and days by the name of the period, the later
            one last.
    """
    points = _points(periods, [10] * len(periods))
    *_, then = periods
    shown = points[points["period"] == then]
    too_high = shown["high"] < shown["probability"]
    if shown.loc[too_high, "flights"].sum() < shown["flights"].sum() / 2:
        raise ValueError("The title says what these points do not show.")
    color = alt.Color(
        "period:N", title=None, scale=alt.Scale(range=[QUIET_COLOR, _COLOR])
    )
    return alt.layer(
        _diagonal(), *_bins_with_intervals(alt.Chart(points), color)
    ).properties(
        height=320,
        title=alt.Title(
            f"In {then} fewer flights were late than the model said, where most "
            "flights are.",
            subtitle="Ten bins; points: the larger the more flights; bars: 95% "
            "intervals by day; dashed: where probabilities come true.",
        ),
        description=f"Reliability diagrams of {' and '.join(periods)}. In {then}: "
        + _in_words(shown),
    )


def _points(judged: Mapping[str, Judgment], bins: Sequence[int]) -> pd.DataFrame:
    return pd.concat(
        evaluation.calibration_bins(*one, bins=number).assign(period=name, bins=number)
        for (name, one), number in zip(judged.items(), bins, strict=True)
    ).round(4)


def _in_words(points: pd.DataFrame) -> str:
    return " ".join(
        f"Said {row.probability:.2f}, happened {row.rate:.2f} ({row.low:.2f} to "
        f"{row.high:.2f}), {row.flights:,.0f} flights."
        for row in points.itertuples()
    )


def _diagonal() -> alt.Chart:
    corners = pd.DataFrame({"probability": [0, 1], "rate": [0, 1]})
    line = alt.Chart(corners).mark_line(
        color=QUIET_COLOR, strokeWidth=1.5, strokeDash=[5, 4]
    )
    return line.encode(x=_X, y=_Y)


def _bins_with_intervals(
    points: alt.Chart, color: alt.Color | dict
) -> tuple[alt.Chart, alt.Chart]:
    drawn = points.encode(x=_X, color=color)
    size = alt.Size("flights:Q", legend=None, scale=alt.Scale(range=[30, 260]))
    formats = {"probability": ".3f", "rate": ".3f", "flights": ",", "days": ","}
    tips = [alt.Tooltip(f"{name}:Q", format=form) for name, form in formats.items()]
    return (
        drawn.mark_rule(strokeWidth=4, opacity=0.6).encode(y=alt.Y("low:Q"), y2="high"),
        drawn.mark_point(filled=True, opacity=1).encode(y=_Y, size=size, tooltip=tips),
    )


def ceilings(table: pd.DataFrame, charter: Charter) -> alt.LayerChart:
    """Draw what mending the mistakes of each tag could win.

    Args:
        table: As from `errors.ceilings`.
        charter: Gives the smallest gain that is worth a repair.
    """
    bars = pd.DataFrame(list(table["if_each_were_known"])).assign(
        error=table["error"].to_numpy(),
        label=[
            f"{name}: {row.flights:,} {row.error}" for name, row in table.iterrows()
        ],
        meaning=[errors.TAGS[name].meaning for name in table.index],
    )
    top, second = bars["estimate"].head(2)
    rows = alt.Chart(bars.round(4)).encode(y=alt.Y("label:N", sort=None, axis=None))
    kinds = {
        "missed": (_COLOR, "circle"),
        "needless": (PHASE_COLORS["data"], "diamond"),
    }
    colors, shapes = zip(*kinds.values(), strict=True)
    color = alt.Color(
        "error:N", title=None, scale=alt.Scale(domain=list(kinds), range=colors)
    )
    shape = alt.Shape(
        "error:N", title=None, scale=alt.Scale(domain=list(kinds), range=shapes)
    )
    limit = pd.DataFrame({"gain": [charter.smallest_gain]})
    return alt.layer(
        alt.Chart(limit).mark_rule(strokeDash=[5, 4]).encode(x="gain:Q"),
        rows.mark_rule(strokeWidth=5, opacity=0.8, yOffset=8).encode(
            x=alt.X(
                "low:Q",
                title="ceiling, agent minutes per flight",
                scale=alt.Scale(domainMin=0),
                axis=alt.Axis(tickCount=5),
            ),
            x2="high:Q",
            color=color,
        ),
        rows.mark_point(size=90, filled=True, opacity=1, yOffset=8).encode(
            x="estimate:Q",
            color=color,
            shape=shape,
            tooltip=["label:N", "meaning:N"],
        ),
        rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="label:N"),
    ).properties(
        height=38 * len(bars),
        title=alt.Title(
            f"“{table.index[0].capitalize()}” and “{table.index[1]}” have the highest "
            f"ceilings: {top:.1f} and {second:.1f} minutes a flight.",
            subtitle="What turning every mistake of a tag into the right decision "
            "would win, July and August; bars: 95% intervals by day; dashed: the "
            "smallest gain worth a repair. Tags overlap, so ceilings do not add up.",
        ),
        description="Ceilings of tags in agent minutes per flight. "
        + " ".join(
            f"{row.label}, {row.estimate:.2f} ({row.low:.2f} to {row.high:.2f})."
            for row in bars.itertuples()
        ),
    )


def best_clock_note(
    judged: errors.Judged, charter: Charter
) -> tuple[int, evaluation.Interval]:
    """Find the note on the wall that is cheapest in hindsight.

    Args:
        judged: The model on a period.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        The hour from which that note prepares, and what the model saves over it.
    """
    hour = judged.flights["hour"]
    notes = {first: (hour >= first).to_numpy(dtype=float) for first in range(5, 24)}
    cost = {
        first: evaluation.cost_per_flight(judged.outcome, note, charter)
        for first, note in notes.items()
    }
    best = min(cost, key=cost.get)
    return best, errors.saving(judged, judged.probability, notes[best], charter)


def savings_and_upkeep(
    judged: Sequence[errors.Judged], train: pd.DataFrame, charter: Charter
) -> pd.DataFrame:
    """Put what the model saves beside what it costs to run.

    Args:
        judged: The model on two periods.
        train: Flights from which the note on the wall is learned.
        charter: Gives costs, threshold, confidence and resampling unit.

    Returns:
        One row for each policy and period: `policy`, `months`, `saving`, `low` and
        `high` in minutes a flight, `upkeep`, and whether it is `earned`; `name` is both
        of the first, and `text` says the row.
    """
    rows = []
    for one in judged:
        upkeep = errors.upkeep_per_flight(one.flights, charter)
        for policy, saved in errors.savings(one, train, charter).items():
            earned = errors.earns_its_upkeep(saved, upkeep)
            rows.append((policy, one.months, *saved, upkeep, earned))
    columns = ["policy", "months", "saving", "low", "high", "upkeep", "earned"]
    paid = pd.DataFrame(rows, columns=columns).round(4)
    paid["name"] = paid["policy"] + ", " + paid["months"]
    paid["text"] = [
        f"{row.name}: {row.saving:.2f} ({row.low:.2f} to {row.high:.2f}), upkeep "
        f"{row.upkeep:.2f}, earned: {row.earned}."
        for row in paid.itertuples()
    ]
    return paid
