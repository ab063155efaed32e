"""Step 6: the model in use.

`scoring` turns records and feeds into probabilities, `prediction_log` keeps them,
`release` tests a new version, and `rollout` replays whole days and decides about it.
`app` is the service over HTTP with its `messages` and `refusals`, and `process` starts
and stops it. All of them score through `score`.
"""

from flightdelay.service.prediction_log import PredictionLog
from flightdelay.service.rollout import replay
from flightdelay.service.scoring import (
    Feeds,
    ServedModel,
    as_records,
    score,
    served_challenger,
    served_choice,
)
