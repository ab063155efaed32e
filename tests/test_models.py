"""Models give probabilities, learn from training rows alone, and survive the new."""

import subprocess
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from flightdelay import data, features, labels, models

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

BASELINES = models.baselines()
EVERYTHING = [column for names in features.FEATURE_SETS.values() for column in names]
ESTIMATORS = BASELINES | {
    "boosting": models.boosting(EVERYTHING),
    "network": models.network(EVERYTHING, epochs=2),
}


@pytest.fixture(scope="module")
def known():
    """Features and labels of some flights of April and of July."""
    flights = data.load_flights()
    flights = flights[flights["month"].isin([4, 7])]
    table = features.build(flights, data.load_table("weather"))
    label = labels.not_on_time(flights).astype(int)
    april = flights[flights["month"] == 4].sample(8_000, random_state=1).index
    july = flights[flights["month"] == 7].sample(4_000, random_state=1).index
    return (
        table.loc[april],
        label[april],
        table.loc[july],
        label[july],
        flights.loc[:, "dep_delay"],
    )


@pytest.fixture(scope="module")
def fitted(known):
    x, y = known[:2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {name: clone(model).fit(x, y) for name, model in ESTIMATORS.items()}


def test_baselines_side_by_side_are_those_fitted_alone(known, fitted):
    found = models.baseline_probabilities(*known[:3])
    assert found.columns.tolist() == list(BASELINES)
    assert found.index.equals(known[2].index)
    for name in BASELINES:
        alone = fitted[name].predict_proba(known[2])[:, 1]
        assert found[name].to_numpy() == pytest.approx(alone)


def test_there_are_five_baselines_not_fitted_yet():
    assert len(BASELINES) == 5
    assert all(not hasattr(model, "classes_") for model in models.baselines().values())


@pytest.mark.parametrize("name", ESTIMATORS)
def test_probabilities_are_probabilities(name, fitted, known):
    probability = fitted[name].predict_proba(known[2])
    assert probability.shape == (len(known[2]), 2)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert probability.sum(axis=1) == pytest.approx(1)
    assert fitted[name].classes_.tolist() == [0, 1]
    expected = (probability[:, 1] >= 0.5).astype(int)
    assert (fitted[name].predict(known[2]) == expected).mean() > 0.999


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_prediction_does_not_depend_on_other_rows(name, fitted, known):
    """A transform that learned from the rows it predicts would break this."""
    x = known[2]
    alone = fitted[name].predict_proba(x.iloc[:50])[:, 1]
    together = fitted[name].predict_proba(x.sample(frac=1, random_state=2))[:, 1]
    place = x.sample(frac=1, random_state=2).index.get_indexer(x.index[:50])
    assert together[place] == pytest.approx(alone)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_new_categories_and_missing_values_are_survived(name, fitted, known):
    new = known[2].iloc[:20].copy()
    new["carrier"], new["dest"], new["hour"] = "ZZ", "XXX", 3
    numbers = [*features.FEATURE_SETS["weather"], *features.FEATURE_SETS["operations"]]
    new[numbers] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(fitted[name].predict_proba(new)).all()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_fitting_twice_gives_the_same(name, fitted, known):
    x, y, new = known[:3]
    again = clone(ESTIMATORS[name]).fit(x, y).predict_proba(new)
    assert (again == fitted[name].predict_proba(new)).all()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_shuffled_labels_cannot_be_predicted(name, known):
    x, y, new, outcome, _ = known
    shuffle = np.random.default_rng(3).permutation
    model = clone(ESTIMATORS[name]).fit(x, shuffle(y))
    area = roc_auc_score(shuffle(outcome), model.predict_proba(new)[:, 1])
    # Without information the area scatters by about 0.01 around one half here.
    assert area == pytest.approx(0.5, abs=0.04)


def test_more_is_known_with_each_set(fitted, known):
    _, _, new, outcome, _ = known
    area = {
        name: roc_auc_score(outcome, model.predict_proba(new)[:, 1])
        for name, model in fitted.items()
    }
    assert area["base rate"] == 0.5
    assert area["rule: visible delay"] > 0.55
    schedule, everything = (
        area["logistic: schedule"],
        area["logistic: schedule, weather, operations"],
    )
    assert everything > schedule + 0.04 > 0.6


def test_departure_delay_is_a_leak_that_shows(fitted, known):
    x, y, new, outcome, dep_delay = known
    leaky = models.boosting([*EVERYTHING, "dep_delay"])
    leaky.fit(x.assign(dep_delay=dep_delay), y)
    honest = roc_auc_score(outcome, fitted["boosting"].predict_proba(new)[:, 1])
    probability = leaky.predict_proba(new.assign(dep_delay=dep_delay))[:, 1]
    assert roc_auc_score(outcome, probability) > honest + 0.1


# The two estimators of our own, by hand


def test_rate_table_by_hand():
    x = pd.DataFrame({"carrier": ["A"] * 4 + ["B"] * 4, "hour": [6, 6, 6, 7] * 2})
    y = [1, 1, 0, 0, 0, 0, 0, 1]
    table = models.RateTable(prior_weight=3).fit(x, y)
    new = pd.DataFrame({"carrier": ["A", "A", "B", "C"], "hour": [6, 7, 7, 6]})
    rate = 3 / 8
    expected = [(2 + 3 * rate) / 6, 3 * rate / 4, (1 + 3 * rate) / 4, rate]
    assert table.predict_proba(new)[:, 1] == pytest.approx(expected)
    sharp = models.RateTable(prior_weight=0).fit(x, y)
    assert sharp.predict_proba(new)[:, 1] == pytest.approx([2 / 3, 0, 1, rate])
    assert sharp.predict(new).tolist() == [1, 0, 1, 0]


def test_rule_by_hand():
    columns = models.VisibleDelayRule.columns
    x = pd.DataFrame(
        [
            [0.5, 0.1, 0.2],
            [np.nan, 0.1, 0.2],
            [np.nan, np.nan, 0.2],
            [np.nan, np.nan, np.nan],
        ],
        columns=columns,
    )
    for label in ([0, 0, 1, 1], [1, 1, 0, 0]):
        rule = models.VisibleDelayRule().fit(x, label)
        assert rule.predict_proba(x)[:, 1].tolist() == [0.5, 0.1, 0.2, 0]


def test_transforms_remember_the_training_rows(known):
    x, y = known[:2]
    numbers = ["temp", "pressure"]
    model = models.logistic(["carrier", *numbers]).fit(x, y)
    prepare = model[0].named_transformers_["numbers"]
    medians = prepare["simpleimputer"].statistics_
    assert medians == pytest.approx(x[numbers].median().to_numpy(), rel=1e-6)
    filled = x[numbers].fillna(x[numbers].median())
    means = prepare["standardscaler"].mean_[: len(numbers)]
    assert means == pytest.approx(filled.mean().to_numpy(), rel=1e-4)
    names = list(model[0].get_feature_names_out())
    assert "categories__carrier_UA" in names
    assert "numbers__missingindicator_pressure" in names


def test_the_choice_names_the_columns_of_its_sets_in_order():
    assert models.Choice("1", "logistic", ("weather", "schedule")).columns == [
        *features.FEATURE_SETS["weather"],
        *features.FEATURE_SETS["schedule"],
    ]


@pytest.mark.parametrize(
    ("kind", "sets", "named"),
    [("forest", '["schedule"]', "forest"), ("logistic", '["moon"]', "moon")],
)
def test_a_choice_that_cannot_be_made_is_refused(tmp_path, kind, sets, named):
    file = tmp_path / "choice.toml"
    file.write_text(f'version = "1"\nkind = "{kind}"\nsets = {sets}\n')
    with pytest.raises(ValueError, match=named):
        models.load_choice(file)


def test_the_trained_choice_is_the_chosen_model_on_all_training_flights():
    flights = data.load_flights()
    train = data.period_rows(flights, "train")
    known = features.build(train, data.load_table("weather"))
    again = models.chosen().fit(known, labels.not_on_time(train).astype(int))
    some = known.sample(200, random_state=0)
    kept = models.trained_choice()
    # Both compute with 32 bits, and the order of their sums depends on the number of
    # threads: of 1 for what is kept, and of all in a test.
    expected = again.predict_proba(some)
    assert kept.predict_proba(some) == pytest.approx(expected, abs=1e-4)


# The network


@pytest.fixture(scope="module")
def small():
    """Codes of two categories, three numbers, and a label that follows both."""
    generator = np.random.default_rng(0)
    codes = generator.integers([3, 4], size=(2_000, 2))
    numbers = generator.normal(size=(2_000, 3))
    odds = 3 * (codes[:, 0] == 1) + 2 * numbers[:, 0] - 1
    label = (generator.random(2_000) < 1 / (1 + np.exp(-odds))).astype(int)
    return np.column_stack([codes, numbers]), label


def _settled(**settings):
    return models.NetworkClassifier(
        2, widths=(16,), dropout=0.0, learning_rate=0.01, epochs=20, **settings
    )


def test_network_learns_from_codes_and_from_numbers(small):
    columns, label = small
    learned = _settled().fit(columns[:1_500], label[:1_500])
    area = roc_auc_score(label[1_500:], learned.predict_proba(columns[1_500:])[:, 1])
    assert area > 0.85
    for one_kind in ([0, 1], [2, 3, 4]):
        hidden = columns[1_500:].copy()
        hidden[:, one_kind] = 0
        less = roc_auc_score(label[1_500:], learned.predict_proba(hidden)[:, 1])
        assert less < area - 0.03


def test_equal_codes_of_two_categories_are_not_mixed_up(small):
    columns, label = small
    learned = _settled().fit(columns, label)
    one, other = columns[:200].copy(), columns[:200].copy()
    one[:, :2], other[:, :2] = (1, 0), (0, 1)
    assert learned.predict_proba(one)[:, 1].mean() > 0.15 + (
        learned.predict_proba(other)[:, 1].mean()
    )


def test_network_begins_at_the_base_rate(small):
    columns, label = small
    rare = (label & (columns[:, 2] > 1)).astype(int)
    untrained = _settled(seed=1).set_params(learning_rate=0.0, epochs=1)
    begins = untrained.fit(columns, rare).predict_proba(columns)[:, 1].mean()
    assert begins == pytest.approx(rare.mean(), abs=0.05)


def test_other_seeds_give_other_networks(small):
    first, same, other = (
        _settled(seed=seed).fit(*small).predict_proba(small[0]) for seed in (1, 1, 2)
    )
    assert (first == same).all()
    assert (first != other).any()


def test_a_saved_network_gives_the_same_probabilities(tmp_path, fitted, known):
    with warnings.catch_warnings():
        # One between Keras and NumPy, about how they share memory.
        warnings.filterwarnings("ignore", "__array__ implementation")
        joblib.dump(fitted["network"], tmp_path / "network.joblib")
    loaded = joblib.load(tmp_path / "network.joblib")
    some = known[2].iloc[:100]
    expected = fitted["network"].predict_proba(some)
    assert (loaded.predict_proba(some) == expected).all()


def test_the_package_does_not_import_keras():
    """Keras takes seconds; only who trains a network pays for it."""
    code = "import sys, flightdelay.models; sys.exit('keras' in sys.modules)"
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "lessons", check=True, timeout=120
    )


# The best of many


def _equal_runs(runs, days=40, luck=1.0, seed=0):
    generator = np.random.default_rng(seed)
    date = np.repeat(np.arange(days), 20)
    shared = generator.normal(20, 5, size=days)[date]
    costs = {
        f"run {n}": shared + luck * generator.normal(size=days)[date]
        for n in range(runs)
    }
    return pd.DataFrame(costs), date


def test_the_best_of_equal_runs_promises_and_does_not_keep():
    costs, date = _equal_runs(30)
    luck = models.best_of_many(costs, date, "run 0")
    assert luck.index.tolist() == list(range(1, 31))
    assert luck["promised"].is_monotonic_increasing
    single, best = luck.iloc[0], luck.iloc[-1]
    assert single["promised"] == pytest.approx(single["kept"], abs=0.05)
    assert best["promised"] > best["kept"] + 0.3


def test_a_run_that_is_truly_better_keeps_its_promise():
    costs, date = _equal_runs(3, luck=0.01)
    costs["run 2"] -= 1
    luck = models.best_of_many(costs, date, "run 0").iloc[-1]
    assert luck["promised"] == pytest.approx(1, abs=0.02)
    assert luck["kept"] == pytest.approx(1, abs=0.02)


def test_best_of_two_by_hand():
    """Two days, two runs, each the better one on one of them."""
    costs = pd.DataFrame({"a": [0.0, 6.0], "b": [4.0, 0.0]})
    luck = models.best_of_many(costs, ["monday", "tuesday"], "a", repeats=4000)
    # Monday chooses a: promised 0, kept 0. Tuesday chooses b: promised 6, lost 4.
    assert luck.loc[2].tolist() == pytest.approx([3, -2], abs=0.15)
    # One run by lot: a (0 and 0), or b (-4 and 6 on either side).
    assert luck.loc[1].tolist() == pytest.approx([0.5, 0.5], abs=0.2)


def test_one_group_cannot_be_halved():
    costs = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="two groups"):
        models.best_of_many(costs, [1, 1], "a")
