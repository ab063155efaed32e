"""Step 4, and the baselines of step 2: from features to probabilities.

`rates` holds a rule and a table, `pipelines` the baselines and the models, `networks`
what Keras trains, and `choice` the model that was chosen.

All models take the table of `features.build` and the label as 0 and 1, and learn every
transform from the rows that `fit` is given. The second column of `predict_proba` is the
probability of "not on time".
"""

from importlib import import_module

_NAMES = {
    "flightdelay.models.choice": (
        "Choice",
        "best_of_many",
        "chosen",
        "load_choice",
        "trained_challenger",
        "trained_choice",
    ),
    "flightdelay.models.networks": ("NetworkClassifier",),
    "flightdelay.models.pipelines": (
        "CATEGORIES",
        "baseline_probabilities",
        "baselines",
        "boosting",
        "logistic",
        "network",
    ),
    "flightdelay.models.rates": ("RateTable", "VisibleDelayRule"),
}


def __getattr__(name: str) -> object:
    # scikit-learn takes longer to import than all else in a lesson's first cell.
    for module, names in _NAMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [name for names in _NAMES.values() for name in names]
