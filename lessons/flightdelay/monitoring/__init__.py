"""Step 7: what the prediction log says about the system, day by day.

`log_table` reads what the service wrote. `quiet` learns from quiet days what is usual,
and `distances` says how far a day is from it. `watches` turns each day into numbers,
`limits` says from where on a number is an alarm, and `plan` who answers for it and what
it speaks for. `faults` tries all this on days that somebody broke on purpose, and
`retraining` learns from the log again.
"""

from flightdelay.monitoring.distances import stability_index
from flightdelay.monitoring.faults import FAULTS, inject, try_faults
from flightdelay.monitoring.limits import alarms, episodes, learn_limits, share
from flightdelay.monitoring.log_table import (
    INPUTS,
    NUMBERS,
    answered,
    rate_shown,
    read_log,
)
from flightdelay.monitoring.plan import (
    CALLING,
    DIAGNOSES,
    PLAN,
    chosen_plan,
    chosen_quiet,
    diagnose,
    make_plan,
    plan_markdown,
)
from flightdelay.monitoring.quiet import (
    JUDGE_MONTHS,
    LEARN_MONTHS,
    Quiet,
    quiet_days,
    quiet_log,
    quiet_records,
)
from flightdelay.monitoring.retraining import retrained
from flightdelay.monitoring.watches import (
    AUDITED_A_DAY,
    LOOK_UP_ERROR,
    SLOW_DAYS,
    WATCHES,
    audit,
    quiet_signals,
    signals,
)
