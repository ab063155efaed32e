"""Lesson 3g: how many suspect labels are wrong, and what stands behind a suspicion."""

from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from course.charts import QUIET_COLOR
from course.phases import PHASE_COLORS
from flightdelay import evaluation

_NAMES = {1: "recorded as not on time", 0: "recorded as on time"}


def share(wrong: pd.Series, date: pd.Series) -> evaluation.Interval:
    """Return the share of wrong labels among some flights, with its interval by day.

    Args:
        wrong: Whether each label is wrong.
        date: Day of each flight.
    """
    rate = evaluation.rate_by(wrong.astype(int), np.zeros(len(wrong)), date)
    return evaluation.Interval(*rate.iloc[0][["rate", "low", "high"]])


def precision(
    suspects: pd.DataFrame, wrong: pd.Series, date: pd.Series, tops: list[int]
) -> pd.DataFrame:
    """Return the share of wrong labels among the least believed of each label.

    Args:
        suspects: As from `labels.suspects`.
        wrong: Whether each label is wrong.
        date: Day of each flight.
        tops: How many are looked up for each label.

    Returns:
        One row for each of `tops` and label: `top`, `label` in words, `rate`, `low`
        and `high`.
    """
    rows = []
    for top in tops:
        listed = suspects[suspects["rank"] <= top]
        for label, name in _NAMES.items():
            some = listed.index[listed["label"] == label]
            rows.append((top, name, *share(wrong[some], date[some])))
    return pd.DataFrame(rows, columns=["top", "label", "rate", "low", "high"])


def precision_by_length(shares: pd.DataFrame, chance: float) -> alt.LayerChart:
    """Draw how many suspects are wrong, for shorter and longer lists.

    Args:
        shares: As from `precision`, for 500 among others.
        chance: Share of wrong labels among all.
    """
    colors = [PHASE_COLORS["data"], PHASE_COLORS["modeling"]]
    bars = alt.Chart(shares.round(4)).encode(
        x=alt.X(
            "top:O",
            title="suspects looked up, for each label",
            axis=alt.Axis(labelAngle=0),
        ),
        xOffset=alt.XOffset("label:N"),
        color=alt.Color("label:N", legend=None, scale=alt.Scale(range=colors)),
    )
    legend = alt.Legend(
        title=None, symbolFillColor=QUIET_COLOR, symbolStrokeColor=QUIET_COLOR
    )
    base = alt.Chart(pd.DataFrame({"share": [chance], "text": ["all labels"]}))
    at_500 = shares.loc[shares["top"] == 500, "rate"]
    return alt.layer(
        base.mark_rule(strokeDash=[5, 4]).encode(y="share:Q"),
        base.mark_text(align="left", dy=-7, dx=4).encode(
            x=alt.value(0), y="share:Q", text="text:N"
        ),
        bars.mark_rule(strokeWidth=5, opacity=0.6).encode(
            y=alt.Y(
                "low:Q",
                title="really wrong",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 0.7]),
            ),
            y2="high:Q",
        ),
        bars.mark_point(size=80, filled=True, opacity=1).encode(
            y="rate:Q",
            shape=alt.Shape(
                "label:N", scale=alt.Scale(range=["circle", "square"]), legend=legend
            ),
        ),
    ).properties(
        title=alt.Title(
            f"Of 500 suspects for each label, {at_500.min():.0%} and "
            f"{at_500.max():.0%} are wrong; the others are surprises.",
            subtitle="Share of planted errors among the suspects; bars: 95% intervals "
            "by day; dashed: their share among all labels.",
        ),
        description="Share of wrong labels. "
        + " ".join(
            f"Top {row.top}, {row.label}: {row.rate:.0%} ({row.low:.0%} to "
            f"{row.high:.0%})."
            for row in shares.itertuples()
        )
        + f" Among all labels: {chance:.0%}.",
    )


class EmptyWind(NamedTuple):
    """What an empty wind speed does to the probabilities of one night.

    Attributes:
        flights: Flights of that reading.
        late: How many of them were not on time.
        given: Lowest and highest probability that they got.
        ordinary: The same with an ordinary wind speed, from a model that has not seen
            their day.
        signs: Flights with an empty wind speed, in all.
        days: Days of those flights.
    """

    flights: int
    late: int
    given: tuple[float, float]
    ordinary: tuple[float, float]
    signs: int
    days: int


def empty_wind(
    model: Pipeline,
    known: pd.DataFrame,
    late: pd.Series,
    date: pd.Series,
    given: np.ndarray,
) -> EmptyWind:
    """Ask what the sign "wind speed is empty" did on February 12.

    Args:
        model: Preparation and classifier.
        known: Features of the flights that were audited.
        late: Their labels.
        date: Their days.
        given: Their probabilities, out of fold.
    """
    that_day = (date == "2013-02-12").to_numpy()
    empty = known["wind_speed"].isna().to_numpy()
    night, others = empty & that_day, ~that_day
    fitted = clone(model).fit(known[others], late[others])
    filled = known[night].fillna({"wind_speed": known["wind_speed"].median()})
    ordinary = fitted.predict_proba(filled)[:, 1]
    return EmptyWind(
        int(night.sum()),
        int(late[night].sum()),
        (given[night].min(), given[night].max()),
        (ordinary.min(), ordinary.max()),
        int(empty.sum()),
        date[empty].nunique(),
    )
