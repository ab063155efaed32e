"""Step 4, and the baselines of step 2: from features to probabilities.

`rates` holds a rule and a table, `pipelines` the baselines and the models, `networks`
what Keras trains, and `choice` the model that was chosen.

All models take the table of `features.build` and the label as 0 and 1, and learn every
transform from the rows that `fit` is given. The second column of `predict_proba` is the
probability of "not on time".
"""

from flightdelay.models.choice import (
    Choice,
    best_of_many,
    chosen,
    load_choice,
    trained_challenger,
    trained_choice,
)
from flightdelay.models.networks import NetworkClassifier
from flightdelay.models.pipelines import (
    CATEGORIES,
    baseline_probabilities,
    baselines,
    boosting,
    logistic,
    network,
)
from flightdelay.models.rates import RateTable, VisibleDelayRule
