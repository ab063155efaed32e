"""Lesson 8: what repairs promised, what they gained, and what December says."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from course.phases import PHASE_COLORS
from course.typesetting import typeset
from flightdelay import repairs
from flightdelay.charter import Charter
from flightdelay.repairs import Gain

_COLORS = [PHASE_COLORS["deployment"], PHASE_COLORS["modeling"]]
_SAVING = "saving, agent minutes per flight"


def rehearsed_gains(
    rehearsed: pd.DataFrame, promise: pd.Series, charter: Charter
) -> pd.DataFrame:
    """Put what each candidate gained beside what it had promised.

    Args:
        rehearsed: Flights of the months that count, as from `repairs.rehearsal`.
        promise: As from `repairs.promises`.
        charter: Gives costs, confidence and smallest gain.

    Returns:
        One row for each letter: `name`, `promise`, the `gain` as a `repairs.Gain`,
        whether it `passes` the declared rule, and its `hours` and `hours_each_month`.
    """
    rows = {}
    for one in repairs.candidates():
        gain = repairs.gain(
            rehearsed["late"],
            rehearsed["1.0.0"],
            rehearsed[one.letter],
            rehearsed["date"],
            charter,
        )
        rows[one.letter] = {
            "name": f"{one.letter}: {one.short}",
            "promise": promise[one.letter],
            "gain": gain,
            "passes": gain.is_worth(charter),
            "hours": one.hours,
            "hours_each_month": one.hours_each_month,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def promise_and_gain(found: pd.DataFrame, charter: Charter) -> alt.LayerChart:
    """Draw what each repair promised and what it gained.

    Args:
        found: As from `rehearsed_gains`.
        charter: Gives the smallest gain.

    Raises:
        ValueError: Those that pass have not promised least, as the title says.
    """
    passes = found["passes"]
    if not found["promise"][passes].max() < found["promise"][~passes].min():
        raise ValueError("The repairs that pass are not those that promised least.")
    shown = pd.DataFrame(
        {
            "name": found["name"],
            "promise": found["promise"],
            **_by_day(found["gain"]),
            "text": [
                f"gained {row.gain.by_day:.2f}, promised {row.promise:.2f}"
                for row in found.itertuples()
            ],
        }
    ).round(4)
    rows = alt.Chart(shown).encode(y=alt.Y("name:N", sort=None, axis=None))
    color = _COLORS[0]
    return alt.layer(
        _marks(charter),
        rows.mark_text(align="left", dy=-13).encode(x=alt.value(0), text="name:N"),
        rows.mark_rule(strokeWidth=3, yOffset=6, color=color).encode(
            x=alt.X("low:Q", title=_SAVING), x2="high:Q"
        ),
        rows.mark_point(size=90, filled=True, opacity=1, yOffset=6, color=color).encode(
            x="estimate:Q", tooltip=["text:N"]
        ),
        rows.mark_point(
            size=90, shape="diamond", opacity=1, yOffset=6, color="currentColor"
        ).encode(x="promise:Q", tooltip=["text:N"]),
    ).properties(
        height=50 * len(shown),
        title=alt.Title(
            f"Only the {passes.sum()} repairs that promised least pass the rule.",
            subtitle="Hollow: the promise. Filled: gain in September to November with "
            "its 95% interval by day. Dashed: no gain, and the smallest gain of "
            f"{charter.smallest_gain:g}.",
        ),
        description="Five repairs, each with promise and rehearsed gain. "
        + " ".join(f"{row.name}: {row.text}." for row in shown.itertuples()),
    )


def two_judgments(
    found: Mapping[str, Mapping[str, Gain]], charter: Charter
) -> alt.LayerChart:
    """Draw what each loop gained where it was closed, and in December.

    Args:
        found: For each loop its gain on each of two sets, by name; December is last.
        charter: Gives the smallest gain.

    Raises:
        ValueError: The second set does not turn all verdicts, as the title says.
    """
    for by_set in found.values():
        before, after = (gain.is_worth(charter) for gain in by_set.values())
        if before == after:
            raise ValueError("A verdict is the same on both sets.")
    shown = pd.DataFrame(
        [
            {
                "loop": loop,
                "set": name,
                **gain.by_day._asdict(),
                "label": f"{loop}, {name}",
                "text": f"{gain.by_day:.2f}",
            }
            for loop, by_set in found.items()
            for name, gain in by_set.items()
        ]
    ).round(4)
    rows = alt.Chart(shown).encode(
        y=alt.Y("label:N", sort=None, axis=None),
        color=alt.Color(
            "loop:N", sort=None, legend=None, scale=alt.Scale(range=_COLORS)
        ),
    )
    return alt.layer(
        _marks(charter),
        rows.mark_text(align="left", dy=-12).encode(
            x=alt.value(0), text="label:N", color=alt.value("currentColor")
        ),
        rows.mark_rule(strokeWidth=3, yOffset=6).encode(
            x=alt.X("low:Q", title=_SAVING), x2="high:Q"
        ),
        rows.mark_point(size=90, filled=True, opacity=1, yOffset=6).encode(
            x="estimate:Q",
            shape=alt.Shape("set:N", sort=None, legend=None),
            tooltip=["text:N"],
        ),
    ).properties(
        height=50 * len(shown),
        title=alt.Title(
            "December turns both verdicts.",
            subtitle="Gain of each loop where it was closed and in December, with 95% "
            "intervals by day. Dashed: no gain, and the smallest gain.",
        ),
        description="Gain of two loops on two sets of months. "
        + " ".join(f"{row.label}: {row.text}." for row in shown.itertuples()),
    )


def month_by_month(found: Mapping[tuple[str, str], Gain]) -> alt.LayerChart:
    """Draw what repairs gained in each month.

    Args:
        found: For each repair's name and each month its gain, in their order.
    """
    shown = pd.DataFrame(
        [
            {
                "repair": repair,
                "month": month,
                **gain.by_day._asdict(),
                "text": f"{gain.by_day:.2f}",
            }
            for (repair, month), gain in found.items()
        ]
    ).round(4)
    sums = shown.groupby("repair")["estimate"].agg(["min", "max"])
    moving = (sums["max"] - sums["min"]).idxmax()
    least, most = sums.loc[moving]
    places = alt.Chart(shown).encode(
        x=alt.X("month:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("repair:N", sort=None),
        color=alt.Color("repair:N", sort=None, title=None),
    )
    return alt.layer(
        alt.Chart(pd.DataFrame({"gain": [0]}))
        .mark_rule(strokeDash=[5, 4])
        .encode(y="gain:Q"),
        places.mark_rule(strokeWidth=3).encode(
            y=alt.Y("low:Q", title=_SAVING), y2="high:Q"
        ),
        places.mark_point(size=80, filled=True, opacity=1).encode(
            y="estimate:Q",
            shape=alt.Shape("repair:N", sort=None, title=None),
            tooltip=["repair:N", "month:N", "text:N"],
        ),
    ).properties(
        height=280,
        title=alt.Title(
            f"From month to month the gain of {moving} moves most: from "
            f"{typeset(least, '.1f')} to {typeset(most, '.1f')}.",
            subtitle="Gain over the released model in each month, 95% intervals by "
            "day; dashed: no gain.",
        ),
        description="Gain of repairs by month. "
        + " ".join(
            f"{row.repair}, {row.month}: {row.text}." for row in shown.itertuples()
        ),
    )


def _by_day(gains: pd.Series) -> dict[str, list[float]]:
    intervals = [gain.by_day for gain in gains]
    return {
        name: [getattr(one, name) for one in intervals]
        for name in ("estimate", "low", "high")
    }


def _marks(charter: Charter) -> alt.Chart:
    """Dashed lines at zero and at the smallest gain."""
    limits = pd.DataFrame({"gain": [0, charter.smallest_gain]})
    return (
        alt.Chart(limits)
        .mark_rule(strokeDash=[5, 4])
        .encode(
            x="gain:Q",
            opacity=alt.condition("datum.gain == 0", alt.value(0.4), alt.value(1)),
        )
    )
