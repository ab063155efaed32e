"""Step 8: repairs that go back to an earlier step, and what they gain.

A repair is judged in the charter's cost unit, old against new on the same flights. What
could be repaired, the versions that the two loops of lesson 8 lead through, and what
was declared before December was opened stand in `repairs.toml`, which `declared` reads.
`trials` trains the versions and rehearses the repairs; `logbook` says what they gain.
"""

from flightdelay.repairs.declared import (
    Candidate,
    Declaration,
    Version,
    candidates,
    declaration,
    versions,
)
from flightdelay.repairs.logbook import (
    Entry,
    Gain,
    gain,
    log_markdown,
    project_log,
)
from flightdelay.repairs.trials import (
    FLIGHT,
    december,
    flight_record,
    inputs,
    month_by_month,
    promises,
    rehearsal,
)
