"""The monitoring plan: who answers for an alarm, and what a day's alarms speak for."""

from typing import NamedTuple

import pandas as pd

from course import markdown, store
from flightdelay import charter
from flightdelay.evaluation import Interval, narrow
from flightdelay.monitoring.limits import alarms, learn_limits, share
from flightdelay.monitoring.quiet import LEARN_MONTHS, Quiet, quiet_days
from flightdelay.monitoring.watches import WATCHES, audit, quiet_signals
from flightdelay.service import served_choice

#: What a day's alarms say, in the order in which one asks.
DIAGNOSES = ("fault", "meaning", "shift", "nothing")


class Alarm(NamedTuple):
    """What to do when a watch fires.

    Attributes:
        owner: Who gets the alarm.
        when: "at once" if it calls the owner, or where it is read instead.
        says: What it speaks for, one of `DIAGNOSES`.
        action: What the owner does first.
    """

    owner: str
    when: str
    says: str
    action: str


#: The watches that somebody answers for.
PLAN = {
    "volume": Alarm(
        "platform on call",
        "at once",
        "fault",
        "compare with the timetable: are flights missing?",
    ),
    "empty inputs": Alarm(
        "platform on call", "at once", "fault", "find the feed that stopped; restart it"
    ),
    "fallbacks": Alarm(
        "platform on call", "at once", "fault", "read which fallbacks the log names"
    ),
    "any input": Alarm(
        "data engineer", "at once", "fault", "find the input; look at the raw feed"
    ),
    "stuck station": Alarm(
        "data engineer", "at once", "fault", "take the station out; ask who runs it"
    ),
    "humidity misfit": Alarm(
        "data engineer",
        "at once",
        "fault",
        "check the units of temperature and dew point",
    ),
    "audit": Alarm(
        "shift lead", "at once", "meaning", "ask who changed the rule; stop retraining"
    ),
    "gap": Alarm(
        "model owner",
        "weekly meeting",
        "shift",
        "rule out fault and meaning; then step 5",
    ),
    "cost": Alarm(
        "model owner",
        "weekly meeting",
        "shift",
        "compare with preparing all and none; tell the owner of the charter",
    ),
}
#: Those that call their owner at any hour.
CALLING = [name for name, alarm in PLAN.items() if alarm.when == "at once"]


def diagnose(fired: pd.DataFrame) -> pd.Series:
    """Name what a day's alarms speak for: a fault first, then a changed meaning.

    A broken feed moves scores and outcomes too, and a changed meaning moves the gap, so
    the order matters.

    Args:
        fired: As from `alarms`.

    Returns:
        One of `DIAGNOSES` for each row.
    """
    found = pd.Series("nothing", index=fired.index)
    for says in reversed(DIAGNOSES[:-1]):
        watches = [name for name, alarm in PLAN.items() if alarm.says == says]
        found[(fired[watches] == 1).any(axis="columns")] = says
    return found


class Plan(NamedTuple):
    """Limits of the chosen model's watches, and how they fare on quiet days.

    Attributes:
        limits: As from `learn_limits`, from days in `LEARN_MONTHS`.
        rates: Share of the days in `JUDGE_MONTHS` with an alarm, an `Interval` each.
        any_rate: The same for a day on which any watch of `CALLING` fires.
    """

    limits: pd.Series
    rates: pd.Series
    any_rate: Interval


def make_plan(found: pd.DataFrame) -> Plan:
    """Learn limits in every second month, and judge them in the months between.

    Args:
        found: As from `quiet_signals`.

    Returns:
        The plan's numbers.
    """
    learn = found.index.month.isin(LEARN_MONTHS)
    limits = learn_limits(found[learn])
    fired = alarms(found[~learn], limits)
    rates = pd.Series({name: share(fired[name]) for name in fired}, dtype=object)
    calls = (fired[CALLING] == 1).any(axis="columns")
    return Plan(limits, rates, share(calls.astype(float)))


def plan_markdown(plan: Plan) -> str:
    """Return the monitoring plan as a Markdown table, an alarm a row."""
    rows = []
    for name, alarm in PLAN.items():
        watch = WATCHES[name]
        days = f", {watch.days} days" if watch.days > 1 else ""
        rows.append(
            (
                f"**{name}**: {watch.sees}{days}",
                f"{plan.limits[name]:.2g}",
                narrow(plan.rates[name], ".1%"),
                f"{alarm.owner}, {alarm.when}",
                alarm.action,
            )
        )
    return markdown.table(
        ["Watch", "Fires above", "False alarms", "Owner, and when", "First action"],
        rows,
    )


def chosen_plan() -> Plan:
    """Return the plan for the chosen model; made once and kept, see `store.keep`."""
    return _kept_plan()[1]


def chosen_quiet() -> Quiet:
    """Return what is usual for the chosen model, from which its plan was made."""
    return _kept_plan()[0]


def _kept_plan() -> tuple[Quiet, Plan]:
    return store.keep("monitoring-plan", _make_kept_plan)


def _make_kept_plan() -> tuple[Quiet, Plan]:
    log = quiet_days(served_choice())
    quiet = Quiet.learn(log[log["date"].dt.month.isin(LEARN_MONTHS)])
    checked = audit(log, log["outcome"])
    return quiet, make_plan(quiet_signals(log, quiet, charter.load(), checked))
