"""Page 2d: rates of flights not on time by the weather reading that was known."""

import altair as alt
import pandas as pd

from course.phases import PHASE_COLORS
from flightdelay import evaluation

_COLOR = PHASE_COLORS["data"]
#: Column of each reading, and the edges of its groups.
_EDGES = {
    "wind speed, mph": ("wind_speed", [0, 5, 10, 15, 20, 25, 50]),
    "visibility, miles": ("visib", [0, 0.5, 2, 5, 9, 10]),
    "precipitation, inches": ("precip", [-0.01, 0, 0.02, 0.1, 1.5]),
    "temperature, °F": ("temp", [0, 20, 32, 50, 68, 86, 110]),
    "pressure, mbar": ("pressure", [980, 1000, 1010, 1020, 1030, 1050]),
}


def rates(late: pd.Series, known: pd.DataFrame, date: pd.Series) -> pd.DataFrame:
    """Compute rates by groups of each weather reading.

    Args:
        late: 0 or 1 for each flight.
        known: Readings of the same flights, as from `features.weather_at_cut_off`.
        date: Day of each flight.

    Returns:
        One row for each reading and group, the last one "missing": columns as from
        `evaluation.rate_by`.

    Raises:
        ValueError: A reading lies in no group.
    """
    parts = {}
    for reading, (column, bins) in _EDGES.items():
        names = [
            f"{max(low, 0):g} to {high:g}" if high > 0 else "none"
            for low, high in zip(bins, bins[1:], strict=False)
        ]
        groups = pd.cut(known[column], bins, labels=names, include_lowest=True)
        if (groups.isna() & known[column].notna()).any():
            raise ValueError(f"A value of {column!r} lies in none of its groups.")
        groups = groups.astype(object).fillna("missing")
        found = evaluation.rate_by(late, groups, date)
        parts[reading] = found.loc[[*names, "missing"]]
    return pd.concat(parts, names=["reading", "group"])


def by_reading(table: pd.DataFrame) -> alt.LayerChart:
    """Draw rates by groups of a reading that the reader chooses.

    Args:
        table: As from `rates`.
    """
    shown = table.round(4).reset_index()
    shown["order"] = shown.groupby("reading").cumcount()
    shown["text"] = [
        f"{row.group}: {row.flights:,.0f} flights, {row.days:.0f} days"
        for row in shown.itertuples()
    ]
    menu = alt.binding_select(options=list(_EDGES), name="Reading at the cut-off ")
    chosen = alt.param(name="reading", value=next(iter(_EDGES)), bind=menu)
    rows = (
        alt.Chart(shown)
        .transform_filter("datum.reading == reading")
        .encode(y=alt.Y("order:O", axis=None))
    )
    wind = table.loc["wind speed, mph", "rate"]
    axis = alt.Axis(title="flights not on time", format="%", tickCount=5)
    bars = rows.mark_rule(strokeWidth=5, opacity=0.8, color=_COLOR, yOffset=8)
    points = rows.mark_point(size=100, filled=True, opacity=1, color=_COLOR, yOffset=8)
    return (
        alt.layer(
            bars.encode(
                x=alt.X("low:Q", scale=alt.Scale(domain=[0, 0.8]), axis=axis),
                x2="high:Q",
            ),
            points.encode(x="rate:Q"),
            rows.mark_text(align="left", dy=-8).encode(x=alt.value(0), text="text:N"),
        )
        .add_params(chosen)
        .properties(
            height=280,
            title=alt.Title(
                f"With little wind {wind.iloc[0]:.0%} are not on time, with strong "
                f"wind {wind.iloc[-2]:.0%}.",
                subtitle="Flights not on time by the reading known at the cut-off, "
                "January to June; bars: 95% intervals by day. Choose a reading below.",
            ),
            description="Rates of flights not on time by groups of each reading. "
            + " ".join(
                f"{reading}: "
                + ", ".join(f"{row.group} {row.rate:.0%}" for row in group.itertuples())
                + "."
                for reading, group in shown.groupby("reading", sort=False)
            ),
        )
    )
