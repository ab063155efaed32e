"""Step 2: the tables, the five periods, and the seal on the later ones.

The outcomes of September to December stay missing until `open_sealed` is asked for
them with a purpose that was declared beforehand in `openings.csv`.

`tables` reads and checks what is shipped, `periods` keeps the seal, and `known_defects`
counts what is wrong with the tables.
"""

from flightdelay.data.known_defects import HIGHEST_WIND_SPEED, defects
from flightdelay.data.periods import (
    OUTCOMES,
    PERIODS,
    SEALED,
    SEALED_MONTHS,
    TIME_ZONE,
    load_flights,
    load_table,
    open_sealed,
    openings,
    period_rows,
    set_hash,
)
from flightdelay.data.tables import FOLDER, DataError, columns, definitions
