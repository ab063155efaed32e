"""Our metrics and intervals agree with hand-worked tables and slow, plain versions."""

import dataclasses
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    confusion_matrix,
    roc_auc_score,
)
from statsmodels.api import GLM, OLS, add_constant, families
from statsmodels.stats.inter_rater import cohens_kappa

from course.typesetting import typeset
from flightdelay import charter, evaluation
from flightdelay.evaluation import metrics, resampling

# A warning would reach a lesson's stderr and fail its build.
pytestmark = pytest.mark.filterwarnings("error")

AGREED = charter.load()
SKLEARN = {"roc_auc": roc_auc_score, "average_precision": average_precision_score}

probabilities = st.floats(0, 1, width=32)
judged = st.integers(1, 60).flatmap(
    lambda size: st.tuples(
        hnp.arrays(float, size, elements=st.sampled_from([0.0, 1.0])),
        hnp.arrays(float, size, elements=probabilities),
    )
)


def invented(days=40, per_day=12, seed=1):
    """Days that share a mood, with tied probabilities and both classes."""
    generator = np.random.default_rng(seed)
    mood = generator.normal(0, 1, days)
    date = np.repeat(pd.date_range("2013-07-01", periods=days), per_day)
    score = np.repeat(mood, per_day) + generator.normal(0, 1, days * per_day)
    outcome = (score + generator.normal(0, 1, score.size) > 0.5).astype(float)
    probability = np.round(1 / (1 + np.exp(-score)), 2)
    return outcome, probability, date


# Calibration


@pytest.mark.parametrize(
    ("outcome", "probability", "bins", "expected"),
    [
        # One bin: the mean probability 0.5 against the rate 0.25.
        ([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8], 1, 0.25),
        # Two bins of two: |0.3 - 0| and |0.7 - 0.5|, each with half the flights.
        ([0, 0, 0, 1], [0.2, 0.4, 0.6, 0.8], 2, 0.5 * 0.3 + 0.5 * 0.2),
        # Eight of ten bins are empty; 1.0 belongs to the last.
        ([1, 1, 0], [1.0, 0.95, 0.05], 10, (2 * 0.025 + 0.05) / 3),
        # An edge belongs to the bin above: 0.5 and 0.9 share one.
        ([1, 1], [0.5, 0.9], 2, 0.3),
        ([0, 1], [0.0, 1.0], 15, 0.0),
    ],
)
def test_calibration_error_by_hand(outcome, probability, bins, expected):
    found = evaluation.expected_calibration_error(outcome, probability, bins)
    assert found == pytest.approx(expected)


@given(judged, st.sampled_from([1, 2, 4, 8, 16]))
@settings(deadline=None)
def test_calibration_error_agrees_with_a_plain_loop(case, bins):
    outcome, probability = case
    expected = 0.0
    for low in range(bins):
        inside = [
            (y, p)
            for y, p in zip(outcome, probability, strict=True)
            if low / bins <= p < (low + 1) / bins or (p == 1 and low == bins - 1)
        ]
        if inside:
            rate = sum(y for y, _ in inside) / len(inside)
            mean = sum(p for _, p in inside) / len(inside)
            expected += abs(rate - mean) * len(inside) / len(outcome)
    found = evaluation.expected_calibration_error(outcome, probability, bins)
    assert found == pytest.approx(expected, abs=1e-9)


@given(judged, st.integers(1, 40))
@settings(deadline=None)
def test_calibration_error_is_a_share_and_at_least_the_overall_gap(case, bins):
    outcome, probability = case
    found = evaluation.expected_calibration_error(outcome, probability, bins)
    gap = evaluation.calibration_gap(outcome, probability).mean()
    assert abs(gap) - 1e-9 <= found <= 1
    assert evaluation.expected_calibration_error(
        outcome, probability, 1
    ) == pytest.approx(abs(gap))
    # Splitting each bin in two never hides anything.
    finer = evaluation.expected_calibration_error(outcome, probability, 2 * bins)
    assert finer >= found - 1e-9
    assert evaluation.expected_calibration_error(outcome, outcome, bins) == 0


def test_points_of_the_reliability_diagram_are_scikit_learns():
    outcome, probability, date = invented()
    table = evaluation.calibration_bins(outcome, probability, date, 10, resamples=20)
    # scikit-learn puts an edge into the bin below: move off the edges.
    inside = np.clip(probability + 1e-6, 0, 1)
    rate, mean = calibration_curve(outcome, inside, n_bins=10)
    assert table["rate"].to_numpy() == pytest.approx(rate)
    assert table["probability"].to_numpy() == pytest.approx(mean, abs=1e-5)
    assert table["flights"].sum() == len(outcome)
    error = evaluation.expected_calibration_error(outcome, probability, 10)
    gaps = (table["probability"] - table["rate"]).abs()
    assert np.average(gaps, weights=table["flights"]) == pytest.approx(error)
    one_bin = evaluation.rate_by(
        outcome, (probability * 10).astype(int).clip(max=9), date, resamples=20
    )
    assert table["low"].tolist() == one_bin["low"].tolist()


def test_luck_of_days_agrees_with_a_plain_loop():
    outcome, probability, date = invented(days=15)
    generator = np.random.default_rng(7)
    errors = []
    for _ in range(1500):
        turned = {day: generator.random() < 0.5 for day in np.unique(date)}
        signs = np.array([-1 if turned[day] else 1 for day in date.to_numpy()])
        gap = signs * (probability - outcome)
        place = np.minimum((probability * 5).astype(int), 4)
        errors.append(sum(abs(gap[place == b].sum()) for b in range(5)) / len(gap))
    found = evaluation.calibration_error_by_chance(
        outcome, probability, date, bins=5, resamples=4000
    )
    assert found == pytest.approx(np.quantile(errors, 0.95), rel=0.05)


def lucky_days(seed, shift=0.0, days=40, per_day=25):
    """Probabilities that come true, but for the luck that flights of a day share."""
    generator = np.random.default_rng(seed)
    probability = generator.uniform(0.1, 0.6, (days, per_day))
    mood = generator.uniform(-0.1, 0.1, (days, 1))
    outcome = generator.random((days, per_day)) < probability + mood
    date = np.repeat(np.arange(days), per_day)
    return outcome.ravel().astype(float), (probability + shift).ravel(), date


def test_true_probabilities_rarely_pass_the_limit_and_shifted_ones_do():
    passed = {0.0: 0, 0.06: 0}
    for shift in passed:
        for seed in range(200):
            outcome, probability, date = lucky_days(seed, shift)
            limit = evaluation.calibration_error_by_chance(
                outcome, probability, date, resamples=200
            )
            error = evaluation.expected_calibration_error(outcome, probability)
            passed[shift] += error > limit
    assert passed[0.0] <= 20  # 5% of 200, and three standard deviations of that
    assert passed[0.06] >= 150


# Parts of the Brier score


def test_calibration_line_is_that_of_statsmodels():
    outcome, probability, date = invented(days=80)
    probability = (probability * 0.8 + 0.1).clip(0.01, 0.99)
    log_odds = np.log(probability / (1 - probability))
    found = evaluation.calibration_line(outcome, probability, date)
    model = GLM(outcome, add_constant(log_odds), family=families.Binomial())
    groups = np.unique(date, return_inverse=True)[1]
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert found.slope.estimate == pytest.approx(fit.params[1], rel=0.01)
    assert found.slope[1:] == pytest.approx(fit.conf_int()[1], rel=0.1)
    shift = GLM(
        outcome, np.ones(len(outcome)), family=families.Binomial(), offset=log_odds
    ).fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert found.intercept.estimate == pytest.approx(shift.params[0], abs=0.01)
    assert found.intercept[1:] == pytest.approx(shift.conf_int()[0], abs=0.05)


def test_calibration_line_of_shifted_and_of_extreme_probabilities():
    generator = np.random.default_rng(2)
    log_odds = generator.normal(-1, 1, 20_000)
    outcome = generator.random(20_000) < 1 / (1 + np.exp(-log_odds))
    date = np.arange(20_000) % 50
    judge = partial(evaluation.calibration_line, outcome, date=date, resamples=50)
    shifted = judge(1 / (1 + np.exp(-(log_odds + 0.5))))
    assert shifted.intercept.low < -0.5 < shifted.intercept.high
    assert shifted.slope.low < 1 < shifted.slope.high
    extreme = judge(1 / (1 + np.exp(-2 * log_odds)))
    assert extreme.slope.low < 0.5 < extreme.slope.high
    with pytest.raises(ValueError, match="no log-odds"):
        judge(np.append(np.full(19_999, 0.5), 1))


def test_brier_parts_by_hand():
    # Two bins of two flights; both probabilities of a bin are equal.
    found = evaluation.brier_parts([0, 1, 1, 1], [0.2, 0.2, 0.8, 0.8], bins=2)
    assert found.score == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert found.reliability == pytest.approx((0.3**2 + 0.2**2) / 2)
    assert found.resolution == pytest.approx((0.25**2 + 0.25**2) / 2)
    assert found.uncertainty == pytest.approx(0.75 * 0.25)
    assert found.within_bins == pytest.approx(0)


@given(judged, st.integers(1, 20))
@settings(deadline=None)
def test_brier_parts_add_up_to_the_score(case, bins):
    outcome, probability = case
    found = evaluation.brier_parts(outcome, probability, bins)
    assert found.score == pytest.approx(
        np.mean((outcome - probability) ** 2), abs=1e-12
    )
    assert min(found.reliability, found.resolution) >= 0
    assert found.uncertainty == pytest.approx(outcome.var(), abs=1e-12)
    # What is left is the two terms of Stephenson, Coelho and Jolliffe.
    place = np.minimum((probability * bins).astype(int), bins - 1)
    within = 0.0
    for b in np.unique(place):
        y, p = outcome[place == b], probability[place == b]
        covariance = np.mean((y - y.mean()) * (p - p.mean()))
        within += len(y) / len(outcome) * (p.var() - 2 * covariance)
    assert found.within_bins == pytest.approx(within, abs=1e-9)


# Costs


def test_cost_of_each_flight_by_hand():
    outcome = [1, 0, 1, 0]
    probability = [0.20, 0.20, 0.19, 0.19]
    costs = evaluation.flight_costs(outcome, probability, AGREED)
    assert costs.tolist() == [20, 20, 100, 0]
    assert evaluation.cost_per_flight(outcome, probability, AGREED) == 35
    assert evaluation.cost_per_flight(outcome, probability, AGREED, 0.5) == 50


def test_cost_follows_the_charter():
    dearer = dataclasses.replace(AGREED, cost_prepare=50)
    assert evaluation.flight_costs([1, 0], [0.3, 0.6], dearer).tolist() == [100, 50]


def test_policies_without_a_model():
    costs = evaluation.cost_without_model([1, 0, 0, 0], AGREED)
    assert costs.to_dict() == {"prepare all": 20, "prepare none": 25}


def test_thresholds_agree_with_one_at_a_time():
    outcome, probability, _ = invented()
    table = evaluation.by_threshold(outcome, probability, AGREED)
    assert table["threshold"].tolist() == [round(i / 100, 2) for i in range(101)]
    for row in table.itertuples():
        prepared = probability >= row.threshold
        assert row.cost_per_flight == pytest.approx(
            evaluation.cost_per_flight(outcome, probability, AGREED, row.threshold)
        )
        assert row.accuracy == pytest.approx(accuracy_score(outcome, prepared))
        assert row.prepared == pytest.approx(prepared.mean())
        assert row.missed == pytest.approx((~prepared & (outcome == 1)).mean())
        assert row.needless == pytest.approx((prepared & (outcome == 0)).mean())


def test_saving_over_the_cheapest_lets_each_resample_choose_its_rival():
    outcome, probability, date = invented(days=30)
    # About as many late flights as make both policies equally dear.
    outcome = outcome * (np.arange(len(outcome)) % 2)
    days, place = np.unique(date, return_inverse=True)
    generator = np.random.default_rng(0)
    cost = evaluation.flight_costs(outcome, probability, AGREED)
    rivals, savings = set(), []
    for _ in range(300):
        rows = np.concatenate(
            [np.flatnonzero(place == day) for day in generator.integers(30, size=30)]
        )
        without = evaluation.cost_without_model(outcome[rows], AGREED)
        rivals.add(without.idxmin())
        savings.append(without.min() - cost[rows].mean())
    assert len(rivals) == 2
    found = evaluation.saving_over_cheapest(
        outcome, probability, AGREED, date, resamples=300
    )
    assert found[1:] == pytest.approx(np.quantile(savings, [0.025, 0.975]))
    without = evaluation.cost_without_model(outcome, AGREED)
    assert found.estimate == pytest.approx(without.min() - cost.mean())


def test_squared_error_averages_to_the_brier_score():
    outcome, probability, _ = invented()
    mean = evaluation.squared_error(outcome, probability).mean()
    assert mean == pytest.approx(brier_score_loss(outcome, probability))


# Intervals


@pytest.mark.parametrize("metric", SKLEARN)
def test_estimate_is_scikit_learns(metric):
    outcome, probability, date = invented()
    found = evaluation.bootstrap_interval(
        outcome, probability, metric, date=date, resamples=20
    )
    expected = SKLEARN[metric](outcome, probability)
    assert found.estimate == pytest.approx(expected)
    assert found.low < expected < found.high


@pytest.mark.parametrize("metric", SKLEARN)
@given(judged, st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
def test_weight_of_a_flight_is_the_same_as_repeating_it(metric, case, seed):
    outcome, probability = case
    counts = np.random.default_rng(seed).integers(0, 4, len(outcome))
    repeated = np.repeat(outcome, counts)
    if repeated.size == 0 or repeated.min() == repeated.max():
        return
    figure = metrics.weighted_metric(metric, outcome, probability)
    expected = SKLEARN[metric](repeated, np.repeat(probability, counts))
    assert figure(counts[None, :].astype(float))[0] == pytest.approx(expected)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "brier"])
def test_day_interval_agrees_with_a_plain_loop(metric):
    outcome, probability, date = invented()
    plain = SKLEARN.get(metric, brier_score_loss)
    ours = metric if metric in SKLEARN else evaluation.squared_error
    rows_of_day = [np.flatnonzero(date == day) for day in np.unique(date)]
    generator = np.random.default_rng(99)
    figures = []
    for _ in range(1000):
        days = generator.integers(len(rows_of_day), size=len(rows_of_day))
        rows = np.concatenate([rows_of_day[day] for day in days])
        figures.append(plain(outcome[rows], probability[rows]))
    expected = np.quantile(figures, [0.025, 0.975])
    found = evaluation.bootstrap_interval(
        outcome, probability, ours, "day", date, resamples=4000
    )
    # Both ends carry the noise of resampling: a tenth of the interval's width.
    assert found[1:] == pytest.approx(expected, abs=0.1 * np.ptp(expected))


# Agreement of two labelings


def labelings():
    """Two labelings of flights whose days share a mood, and the flights' days."""
    outcome, probability, date = invented()
    return outcome, (probability > 0.6).astype(float), date


def test_kappa_is_that_of_two_other_packages():
    first, second, date = labelings()
    found = evaluation.bootstrap_interval(first, second, "kappa", date=date)
    assert found.estimate == pytest.approx(cohen_kappa_score(first, second))
    table = pd.crosstab(first, second).to_numpy()
    assert found.estimate == pytest.approx(cohens_kappa(table).kappa)
    assert found.low < found.estimate < found.high


def test_flight_interval_of_kappa_is_the_textbooks():
    first, second, _ = labelings()
    found = evaluation.bootstrap_interval(
        first, second, "kappa", "flight", resamples=4000
    )
    textbook = cohens_kappa(pd.crosstab(first, second).to_numpy())
    assert found[1:] == pytest.approx(
        (textbook.kappa_low, textbook.kappa_upp), abs=0.01
    )


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60),
    st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=100)
def test_kappa_of_any_labelings(pairs, seed):
    first, second = np.array(pairs, dtype=float).T
    figure = metrics.weighted_metric("kappa", first, second)
    counts = np.random.default_rng(seed).integers(0, 4, len(first))
    repeated = np.repeat(first, counts), np.repeat(second, counts)
    found = figure(counts[None, :].astype(float))[0]
    if not counts.any() or np.ptp(np.concatenate(repeated)) == 0:
        assert np.isnan(found)
        return
    assert found == pytest.approx(cohen_kappa_score(*repeated))
    assert -1 - 1e-9 <= found <= 1 + 1e-9
    swapped = metrics.weighted_metric("kappa", second, first)
    assert swapped(counts[None, :].astype(float))[0] == pytest.approx(found)


def test_kappa_refuses_probabilities():
    with pytest.raises(ValueError, match="two labelings"):
        evaluation.bootstrap_interval([0, 1], [0.2, 1], "kappa", "flight")


def test_flight_interval_of_a_rate_is_the_textbooks():
    outcome = np.tile([1.0, 0, 0, 0], 500)
    found = evaluation.bootstrap_interval(
        outcome, outcome, lambda outcome, _: outcome, "flight", resamples=4000
    )
    half = 1.96 * np.sqrt(0.25 * 0.75 / len(outcome))
    assert found == pytest.approx((0.25, 0.25 - half, 0.25 + half), abs=0.15 * half)


def test_copies_of_flights_do_not_narrow_a_day_interval():
    outcome, probability, date = invented(per_day=1)
    narrow = dict(metric=evaluation.squared_error, resamples=500)
    once = evaluation.bootstrap_interval(outcome, probability, date=date, **narrow)
    copies = [np.repeat(values, 25) for values in (outcome, probability, date)]
    day = evaluation.bootstrap_interval(*copies[:2], date=copies[2], **narrow)
    assert day == pytest.approx(once)
    flight = evaluation.bootstrap_interval(*copies[:2], unit="flight", **narrow)
    assert flight.high - flight.low < (day.high - day.low) / 3


def test_blocks_of_seven_days_keep_neighbors_together():
    days = 70
    date = pd.date_range("2013-05-01", periods=days)
    outcome = np.repeat(np.tile([0.0, 1.0], 5), 7)
    width = {}
    for unit in ("day", "week"):
        found = evaluation.bootstrap_interval(
            outcome, outcome, lambda outcome, _: outcome, unit, date
        )
        width[unit] = found.high - found.low
    # Alone, the days look independent. A block that starts anywhere in two runs of
    # seven has a mean spread evenly from 0 to 1: wider by about sqrt(7 / 3) = 1.53.
    assert width["week"] > 1.4 * width["day"]
    weights = next(resampling.resampling_weights(days, "week", 50, 0, days))
    assert (weights.sum(axis=1) == days).all()


@pytest.mark.parametrize("metric", SKLEARN)
@given(judged, st.integers(0, 2**32))
@settings(deadline=None, max_examples=50)
def test_ranks_kept_by_unit_give_the_same_figure(metric, case, seed):
    outcome, probability = case
    if outcome.min() == outcome.max():
        return
    generator = np.random.default_rng(seed)
    place = generator.integers(0, 5, len(outcome))
    counts = generator.integers(0, 3, (4, place.max() + 1)).astype(float)
    with pytest.MonkeyPatch.context() as patch:
        by_unit = metrics.weighted_metric(metric, outcome, probability, place)
        patch.setattr(metrics, "VALUES_AT_ONCE", 0)
        by_flight = metrics.weighted_metric(metric, outcome, probability, place)
    assert by_unit.__name__ != by_flight.__name__
    assert by_unit(counts) == pytest.approx(by_flight(counts), nan_ok=True)


def test_same_seed_gives_the_same_interval():
    outcome, probability, date = invented()
    found = [
        evaluation.bootstrap_interval(
            outcome, probability, "roc_auc", date=date, resamples=50, seed=seed
        )
        for seed in (3, 3, 4)
    ]
    assert found[0] == found[1] != found[2]


def test_resamples_do_not_depend_on_how_many_fit_into_memory(monkeypatch):
    outcome, probability, date = invented()
    judge = partial(
        evaluation.bootstrap_interval, outcome, probability, "roc_auc", resamples=30
    )
    for unit in ("flight", "day", "week"):
        whole = judge(unit=unit, date=date)
        monkeypatch.setattr(resampling, "VALUES_AT_ONCE", 7 * len(outcome))
        assert judge(unit=unit, date=date) == whole
        monkeypatch.undo()


def test_a_model_does_not_differ_from_itself():
    outcome, probability, date = invented()
    found = evaluation.paired_difference(
        outcome, probability, probability, "roc_auc", date=date, resamples=50
    )
    assert found == (0, 0, 0)


def test_paired_difference_has_a_sign_and_is_narrower_than_unpaired():
    outcome, probability, date = invented()
    worse = np.clip(probability + np.tile([0.05, -0.05], len(outcome) // 2), 0, 1)
    judge = partial(
        evaluation.paired_difference,
        outcome,
        metric=evaluation.squared_error,
        date=date,
    )
    forth = judge(first=probability, second=worse)
    back = judge(first=worse, second=probability)
    expected = brier_score_loss(outcome, worse) - brier_score_loss(outcome, probability)
    assert forth.estimate == pytest.approx(expected)
    assert back == pytest.approx((-forth.estimate, -forth.high, -forth.low))
    alone = evaluation.bootstrap_interval(
        outcome, worse, evaluation.squared_error, date=date
    )
    assert forth.high - forth.low < (alone.high - alone.low) / 3


# Several groups, several models


def test_an_interval_writes_itself():
    interval = evaluation.Interval(0.5, 0.25, 0.75)
    assert f"{interval:.1f}" == "0.5 (0.2 to 0.8)"
    assert f"{evaluation.Interval(-0.5, -1, 0.25):.2f}" == "−0.50 (−1.00 to 0.25)"
    assert f"{interval:.0%}" == "50% (25% to 75%)"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-0.5, ".2f", "−0.50"),
        (-0.004, ".2f", "0.00"),
        (-0.004, ".3f", "−0.004"),
        (-0.004, ".0%", "0%"),
        (0.004, "+.2f", "0.00"),
        (0.04, "+.2f", "+0.04"),
        (-np.inf, ".2f", "−inf"),
    ],
)
def test_a_number_that_is_rounded_to_zero_has_no_sign(value, form, text):
    assert typeset(value, form) == text
    assert f"{evaluation.Interval(value, value, value):{form}}".startswith(f"{text} (")


def test_rate_of_one_group_is_the_rate_of_all():
    outcome, _, date = invented()
    found = evaluation.rate_by(outcome, np.full(len(outcome), "all"), date).loc["all"]
    expected = evaluation.bootstrap_interval(
        outcome, outcome, lambda outcome, _: outcome, "day", date
    )
    assert tuple(found[["rate", "low", "high"]]) == pytest.approx(expected)
    assert (found["flights"], found["days"]) == (len(outcome), 40)


def test_rate_by_group_by_hand():
    outcome = [1, 0, 0, 1, 1, 1]
    group = ["b", "a", "a", "a", "b", None]
    date = ["2013-07-01", "2013-07-01", "2013-07-02", "2013-07-03"] + ["2013-07-03"] * 2
    found = evaluation.rate_by(outcome, group, pd.to_datetime(date))
    assert found.index.tolist() == ["a", "b"]
    assert found["rate"].tolist() == pytest.approx([1 / 3, 1])
    assert found["flights"].tolist() == [3, 2]
    assert found["days"].tolist() == [3, 2]
    assert (found["low"] <= found["rate"]).all()
    assert (found["rate"] <= found["high"]).all()


@pytest.mark.parametrize(
    ("outcome", "date", "reason"),
    [
        ([0, 1, np.nan], ["2013-07-01"] * 3, "must not be missing"),
        ([0, 1, 1], ["2013-07-01"] * 3, "too few"),
    ],
)
def test_rate_by_group_refuses_bad_input(outcome, date, reason):
    with pytest.raises(ValueError, match=reason):
        evaluation.rate_by(outcome, ["a", "b", "a"], pd.to_datetime(date))


def invented_slices(size):
    return pd.DataFrame(
        {
            "airport": np.tile(["JFK", "EWR", "LGA"], size // 3),
            "part": np.where(np.arange(size) % 4 == 0, None, "day"),
            "rare": ["yes"] * 5 + [None] * (size - 5),
        }
    )


def test_slices_by_hand_and_by_cluster_robust_errors():
    outcome, probability, date = invented(days=60, per_day=30)
    slices = invented_slices(len(outcome))
    table = evaluation.slice_gaps(
        outcome, probability, slices, date, smallest=100, resamples=3000
    )
    assert table.index.tolist() == [
        ("airport", "EWR"),
        ("airport", "JFK"),
        ("airport", "LGA"),
        ("part", "day"),
    ]
    for (name, value), row in table.iterrows():
        rows = (slices[name] == value).to_numpy()
        gap = probability[rows] - outcome[rows]
        assert row["gap"] == pytest.approx(gap.mean())
        assert row["rate"] == pytest.approx(outcome[rows].mean())
        assert row["probability"] == pytest.approx(probability[rows].mean())
        assert (row["flights"], row["days"]) == (rows.sum(), 60)
        by_statsmodels = OLS(gap, np.ones(len(gap))).fit(
            cov_type="cluster", cov_kwds={"groups": pd.factorize(date[rows])[0]}
        )
        low, high = by_statsmodels.conf_int()[0]
        assert (row["low"], row["high"]) == pytest.approx(
            (low, high), abs=0.1 * (high - low)
        )


def test_loudest_slice_by_luck_agrees_with_a_plain_loop():
    outcome, probability, date = invented(days=20)
    slices = invented_slices(len(outcome))[["airport"]]
    gap = probability - outcome
    days = pd.factorize(date)[0]
    names = slices["airport"].unique()
    sums = np.array(
        [
            [gap[(slices["airport"] == name) & (days == day)].sum() for name in names]
            for day in range(20)
        ]
    )
    typical = np.sqrt((sums**2).sum(axis=0))
    generator = np.random.default_rng(5)
    loudest = [
        np.abs(((generator.random(20) < 0.5) * 2 - 1) @ sums / typical).max()
        for _ in range(2000)
    ]
    table = evaluation.slice_gaps(
        outcome, probability, slices, date, smallest=1, resamples=4000
    )
    expected = np.quantile(loudest, 0.95) * typical / 80
    found = table.loc["airport"].loc[names, "by_chance"]
    assert found.to_numpy() == pytest.approx(expected, rel=0.05)


def test_more_slices_need_a_louder_one():
    outcome, probability, date = invented(days=40, per_day=30)
    generator = np.random.default_rng(0)
    many = pd.DataFrame(
        {f"coin {i}": generator.integers(2, size=1200) for i in range(30)}
    )
    judge = partial(evaluation.slice_gaps, outcome, probability, date=date)
    alone = judge(slices=many[["coin 0"]])["by_chance"]
    among = judge(slices=many).loc[["coin 0"], "by_chance"]
    assert (among > 1.1 * alone).all()


def test_slices_without_surprise_or_flights():
    outcome = np.tile([0.0, 1.0], 300)
    date = np.repeat(np.arange(6), 100)
    one = pd.DataFrame({"all": ["all"] * 600})
    row = evaluation.slice_gaps(outcome, outcome, one, date).loc[("all", "all")]
    assert row[["gap", "low", "high", "by_chance"]].tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="no slice of 601"):
        evaluation.slice_gaps(outcome, outcome, one, date, smallest=601)


def test_group_errors_agree_with_scikit_learn():
    outcome, probability, date = invented()
    group = np.tile(["b", "a"], len(outcome) // 2)
    found = evaluation.group_errors(
        outcome, probability, group, AGREED, date, resamples=50
    )
    assert found.index.tolist() == ["a", "b"]
    for name, row in found.iterrows():
        inside = group == name
        prepared = probability[inside] >= AGREED.threshold
        counts = confusion_matrix(outcome[inside], prepared)
        (left_alone, needless), (missed, caught) = counts
        assert row["flights"] == counts.sum()
        expected = {
            "base rate": (missed + caught) / counts.sum(),
            "recall": caught / (missed + caught),
            "false alarms": needless / (needless + left_alone),
            "precision": caught / (caught + needless),
            "calibration gap": (probability - outcome)[inside].mean(),
        }
        for figure, value in expected.items():
            assert row[figure].estimate == pytest.approx(value)
            assert row[figure].low <= value <= row[figure].high


def test_report_puts_the_known_figures_side_by_side():
    outcome, probability, date = invented()
    models = pd.DataFrame({"rate": outcome.mean(), "model": probability})
    judged = evaluation.report(outcome, models, AGREED, date, resamples=50)
    assert judged.index.tolist() == ["rate", "model"]
    assert judged.columns.tolist() == list(evaluation.REPORT_FORMATS)
    # What decides stands where a phone shows it.
    assert judged.columns[:2].tolist() == ["saving per flight", "cost per flight"]
    model = judged.loc["model"]
    judge = partial(
        evaluation.bootstrap_interval, outcome, probability, date=date, resamples=50
    )
    assert model["ROC AUC"] == judge("roc_auc")
    assert model["PR AUC"] == judge("average_precision")
    assert model["Brier score"] == judge(evaluation.squared_error)
    assert model["calibration error"] == evaluation.expected_calibration_error(
        outcome, probability
    )
    cheapest = evaluation.cost_without_model(outcome, AGREED).min()
    cost = evaluation.cost_per_flight(outcome, probability, AGREED)
    assert model["saving per flight"].estimate == pytest.approx(cheapest - cost)
    # The rate is above the threshold: the desk prepares all, as without a model.
    assert judged.loc["rate", "saving per flight"] == (0, 0, 0)


def test_report_in_words():
    interval = evaluation.Interval(0.51, 0.4, 0.6)
    judged = pd.DataFrame(
        {"ROC AUC": [interval], "calibration error": [0.02]}, ["rule"]
    )
    assert evaluation.report_markdown(judged).splitlines() == [
        "| Model | ROC AUC | calibration error |",
        "|---|---|---|",
        "| rule | 0.510<br>0.400&nbsp;to 0.600 | 0.020 |",
    ]
    named = judged.rename_axis("Judged on")
    assert evaluation.report_markdown(named).startswith("| Judged on | ROC AUC |")
    below_zero = evaluation.Interval(-0.5, -1, 0.25)
    assert evaluation.narrow(below_zero, ".2f") == "−0.50<br>−1.00&nbsp;to 0.25"
    assert evaluation.narrow(-0.5, ".2f") == "−0.50"


# What bad input gets

JUDGES = {
    "calibration": evaluation.expected_calibration_error,
    "calibration by chance": lambda outcome, probability: (
        evaluation.calibration_error_by_chance(
            outcome, probability, np.arange(len(outcome))
        )
    ),
    "calibration gap": evaluation.calibration_gap,
    "Brier parts": evaluation.brier_parts,
    "slices": lambda outcome, probability: evaluation.slice_gaps(
        outcome, probability, pd.DataFrame({"all": outcome}), np.arange(len(outcome))
    ),
    "squared error": evaluation.squared_error,
    "cost": partial(evaluation.cost_per_flight, charter=AGREED),
    "thresholds": partial(evaluation.by_threshold, charter=AGREED),
    "interval": partial(evaluation.bootstrap_interval, metric="roc_auc", unit="flight"),
    "difference": lambda outcome, probability: evaluation.paired_difference(
        outcome, [0.5] * len(outcome), probability, "roc_auc", "flight"
    ),
}


@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
@pytest.mark.parametrize(
    ("outcome", "probability", "reason"),
    [
        ([], [], "no flights"),
        ([0, 1], [0.5], "one value for each flight"),
        ([0, 1], [[0.5, 0.5], [0.5, 0.5]], "one value for each flight"),
        ([0, 1], [0.5, np.nan], "must not be missing"),
        ([0, np.nan], [0.5, 0.5], "must not be missing"),
        (pd.array([True, None], "boolean"), [0.5, 0.5], "sealed"),
        ([0, 2], [0.5, 0.5], "outcome must be 0 or 1"),
        ([0, 1], [0.5, 1.1], "between 0 and 1"),
        ([0, 1], [-0.1, 0.5], "between 0 and 1"),
    ],
)
def test_bad_input_is_refused(judge, outcome, probability, reason):
    with pytest.raises(ValueError, match=reason):
        judge(outcome, probability)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"metric": "accuracy"}, "no metric 'accuracy'"),
        ({"metric": lambda outcome, _: outcome.mean()}, "one value for each flight"),
        ({"unit": "month"}, "no unit 'month'"),
        ({"date": None}, "give the date"),
        ({"date": pd.date_range("2013-07-01", periods=3)}, "one value for each flight"),
        ({"date": ["2013-07-01"] * 480}, "too few"),
        ({"unit": "week", "date": np.arange(480) % 7}, "too few"),
        ({"confidence": 95}, "confidence"),
        ({"resamples": 0}, "resamples"),
    ],
)
def test_bad_option_is_refused(options, reason):
    outcome, probability, date = invented()
    with pytest.raises(ValueError, match=reason):
        evaluation.bootstrap_interval(
            outcome, probability, **{"metric": "roc_auc", "date": date} | options
        )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"bins": 0}, "bins"),
        ({"resamples": 0}, "resamples"),
        ({"date": ["2013-07-01"] * 480}, "too few"),
    ],
)
def test_bad_option_of_the_luck_of_days_is_refused(options, reason):
    outcome, probability, date = invented()
    with pytest.raises(ValueError, match=reason):
        evaluation.calibration_error_by_chance(
            outcome, probability, **{"date": date} | options
        )


@pytest.mark.parametrize("metric", SKLEARN)
def test_one_class_only_is_refused(metric):
    with pytest.raises(ValueError, match="needs both classes"):
        evaluation.bootstrap_interval([1, 1], [0.2, 0.4], metric, "flight")
    costs = partial(evaluation.flight_costs, charter=AGREED)
    found = evaluation.bootstrap_interval([1, 1], [0.2, 0.4], costs, "flight")
    assert found.estimate == 20
