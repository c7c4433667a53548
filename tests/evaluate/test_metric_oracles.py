"""Metrics against foreign implementations: trec_eval, scikit-learn, LightGBM; and what must hold of any of them."""

from itertools import pairwise

import lightgbm as lgb
import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from sqrec.base.arrays import Ragged
from sqrec.evaluate.lists.ties import Span, ndcg_over_ties, said_of_ties, tie_check
from sqrec.evaluate.stats.metrics import CUTOFFS, NAMES, Hits, per_person
from tests.support.scores import PEOPLE, answers, hits_of_scores, places_of_scores, ranks_of_scores


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_metric_agrees_with_trec_eval(seed: int) -> None:
    """Compare every metric with trec_eval's, person by person, to 1e-9; people without a positive are unknown in all."""
    told, asked = answers(seed), {}
    run = {f"q{p}": {f"d{i}": float(s) for i, s in enumerate(scores)} for p, scores in enumerate(told.scores)}
    for p, (grades, missing) in enumerate(zip(told.grades, told.missing, strict=True)):
        gains = {f"d{i}": 2 ** int(grade) - 1 for i, grade in enumerate(grades)}
        asked[f"q{p}"] = gains | {f"m{i}": 2 ** int(grade) - 1 for i, grade in enumerate(missing)}
    cuts = ",".join(map(str, CUTOFFS))
    names = {"ndcg": "ndcg_cut", "recall": "recall", "precision": "P", "hit_rate": "success"}
    theirs = pytrec_eval.RelevanceEvaluator(
        asked, {f"{name}.{cuts}" for name in (*names.values(), "map_cut")} | {"recip_rank"}
    ).evaluate(run)
    hits = told.hits
    ours = per_person(hits)
    assert 0 < hits.asked.sum() < PEOPLE
    for p in np.flatnonzero(hits.asked):
        other, positives = theirs[f"q{p}"], int(hits.positives[p])
        assert ours["mrr"][p] == pytest.approx(other["recip_rank"], abs=1e-9)
        for k in CUTOFFS:
            for name, their_name in names.items():
                assert ours[f"{name}@{k}"][p] == pytest.approx(other[f"{their_name}_{k}"], abs=1e-9), name
            # trec_eval divides by all positives, ours by as many as k places can hold
            assert ours[f"map@{k}"][p] * min(positives, k) / positives == pytest.approx(other[f"map_cut_{k}"], abs=1e-9)
    for name, values in ours.items():
        assert np.isnan(values[~hits.asked]).all(), name


@pytest.mark.parametrize("k", CUTOFFS)
def test_ndcg_agrees_with_scikit_learn_for_many_people(k: int) -> None:
    rng = np.random.default_rng(k)
    grades = rng.integers(1, 6, (PEOPLE, 60)) * (rng.random((PEOPLE, 60)) < 0.1)
    grades[:, 7] = 1
    scores = rng.permuted(np.tile(np.arange(60.0), (PEOPLE, 1)), axis=1)
    ours = per_person(hits_of_scores(list(scores), list(grades)), [f"ndcg@{k}"])[f"ndcg@{k}"]
    theirs = [ndcg_score([2.0**g - 1], [s], k=k) for g, s in zip(grades, scores, strict=True)]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert ours.mean() == pytest.approx(ndcg_score(2.0**grades - 1, scores, k=k), abs=1e-9)


@pytest.mark.parametrize("k", [1, 5, 10, 50])
def test_ndcg_over_ties_agrees_with_scikit_learn(k: int) -> None:
    """scikit-learn averages over every order of equal scores by itself."""
    told = answers(11, ties=True, missing=False)
    hits = told.hits
    spans = [places_of_scores(scores, grades) for scores, grades in zip(told.scores, told.grades, strict=True)]
    first, last = (np.concatenate([getattr(span, end) for span in spans]) for end in ("first", "last"))
    ours = ndcg_over_ties(hits, first, last, k)
    for p in np.flatnonzero(hits.asked & (hits.listed > 1)):
        assert ours[p] == pytest.approx(ndcg_score([2.0 ** told.grades[p] - 1], [told.scores[p]], k=k), abs=1e-9)


def test_the_mean_over_groups_is_the_booster_s_own() -> None:
    """LightGBM's ndcg over all groups of a validation set, as early stopping reads it, on the same rows."""
    rng = np.random.default_rng(5)
    sizes = rng.integers(3, 40, PEOPLE)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    rows = rng.normal(size=(starts[-1], 3))
    labels = rng.integers(1, 6, starts[-1]) * (rng.random(starts[-1]) < 0.2)
    labels[starts[:-1]] = 1  # LightGBM counts a group without a positive as 1; ours leaves it out
    scores = rng.permutation(starts[-1]).astype(float)
    told: dict[str, dict[str, list[float]]] = {}
    train = lgb.Dataset(rows, labels, group=sizes, init_score=scores, params={"verbosity": -1})
    quiet = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [1, 5, 10, 20], "learning_rate": 1e-12, "num_threads": 1,
             "verbosity": -1, "deterministic": True}  # fmt: skip
    valid = lgb.Dataset(rows, labels, group=sizes, init_score=scores, reference=train)
    lgb.train(quiet, train, 1, [valid], callbacks=[lgb.record_evaluation(told)])
    parts = [slice(a, b) for a, b in pairwise(starts)]
    ours = per_person(hits_of_scores([scores[part] for part in parts], [labels[part] for part in parts]))
    for k in (1, 5, 10, 20):
        assert ours[f"ndcg@{k}"].mean() == pytest.approx(told["valid_0"][f"ndcg@{k}"][-1], abs=1e-9)


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[float], list[int], list[int]]:
    """Return scores, grades and the hashes of the ids of one person's candidates."""
    size = draw(st.integers(1, 25))
    scores = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    grades = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    return list(map(float, scores)), grades, draw(st.permutations(range(size)))


def figures(scores: list[float], grades: list[int], keys: list[int]) -> dict[str, float]:
    hits = hits_of_scores([np.array(scores)], [np.array(grades)], keys=[np.array(keys, np.uint64)])
    return {name: float(values[0]) for name, values in per_person(hits).items()}


@given(lists())
@settings(max_examples=150, deadline=None)
def test_figures_are_shares_or_unknown(told: tuple[list[float], list[int], list[int]]) -> None:
    for name, value in figures(*told).items():
        assert np.isnan(value) if not any(told[1]) else 0 <= value <= 1 + 1e-12, name


@given(lists(), st.data())
@settings(max_examples=150, deadline=None)
def test_putting_the_better_one_first_never_lowers(told: tuple[list[float], list[int], list[int]], data: st.DataObject) -> None:
    """Two items change places so that the higher grade comes first."""
    _, grades, keys = told
    scores = [float(-place) for place in range(len(grades))]
    one, other = sorted(data.draw(st.lists(st.integers(0, len(grades) - 1), min_size=2, max_size=2)))
    better = grades.copy()
    if better[other] > better[one]:
        better[one], better[other] = better[other], better[one]
    before, after = figures(scores, grades, keys), figures(scores, better, keys)
    for name in NAMES:
        assert np.isnan(before[name]) or after[name] >= before[name] - 1e-12, name


@given(lists(), st.data())
@settings(max_examples=150, deadline=None)
def test_equal_items_may_change_places(told: tuple[list[float], list[int], list[int]], data: st.DataObject) -> None:
    """Items of one grade exchange their scores and hashes: which of them stands where changes no figure."""
    scores, grades, keys = told
    same = [place for place, grade in enumerate(grades) if grade == grades[0]]
    moved = data.draw(st.permutations(same))
    scores_too, keys_too = scores.copy(), keys.copy()
    for place, to in zip(same, moved, strict=True):
        scores_too[to], keys_too[to] = scores[place], keys[place]
    ours, theirs = figures(scores, grades, keys), figures(scores_too, grades, keys_too)
    for name in NAMES:
        assert ours[name] == theirs[name] or np.isnan(ours[name]), name


@given(lists())
@settings(max_examples=150, deadline=None)
def test_the_mean_over_orders_lies_between_the_best_and_the_worst(told: tuple[list[float], list[int], list[int]]) -> None:
    scores, grades, keys = (np.array(one) for one in told)
    if not grades.any():
        return
    best, worst = (np.argsort(np.argsort(sign * grades, kind="stable")).tolist() for sign in (-1, 1))
    span = places_of_scores(scores, grades, np.array(keys, np.uint64))
    hits = hits_of_scores([scores], [grades], keys=[np.array(keys, np.uint64)])
    found = ndcg_over_ties(hits, span.first, span.last, 10)[0]
    high, low = (figures(told[0], told[1], order)["ndcg@10"] for order in (best, worst))
    assert low - 1e-12 <= found <= high + 1e-12


def test_a_ranker_that_wins_by_its_ties_is_told() -> None:
    """Everybody's positive has the smallest hash among a hundred equal scores: first by the rule, nowhere by its score."""
    scores, keys = [np.zeros(100)] * 40, [np.arange(100, dtype=np.uint64)] * 40
    grades = [np.eye(1, 100, dtype=np.int64)[0]] * 40
    hits = hits_of_scores(scores, grades, keys=keys)
    spans = [places_of_scores(*one) for one in zip(scores, grades, keys, strict=True)]
    check = tie_check(hits, spans, np.ones(40, bool), np.random.default_rng(1))
    assert (check.tied.mean, check.by_rule.mean, check.decides) == (1, 1, True)
    assert check.over_orders.mean == pytest.approx((1 / np.log2(np.arange(2, 12))).sum() / 100)
    note = said_of_ties("popularity", check)
    assert "popularity" in note.said("en")
    assert "popularity" in note.said("zh-CN")
    assert all("1.000" in note.said(lang) and f"{check.over_orders.mean:.3f}" in note.said(lang) for lang in ("en", "zh-CN"))
    plain = [np.arange(100.0)] * 40
    untied = [places_of_scores(*one) for one in zip(plain, grades, keys, strict=True)]
    check = tie_check(hits_of_scores(plain, grades, keys=keys), untied, np.ones(40, bool), np.random.default_rng(1))
    assert (check.tied.mean, check.gain.interval.mean, check.decides) == (0, 0, False)


def test_without_ties_the_mean_over_orders_is_the_figure_to_the_bit() -> None:
    told = answers(4)
    hits = told.hits
    spans = [Span.of(-np.sort(-scores), hits.ranks.row(p)) for p, scores in enumerate(told.scores)]
    check = tie_check(hits, spans, np.ones(len(hits), bool), np.random.default_rng(1))
    assert (check.gain.better, check.gain.worse, check.tied.mean, check.decides) == (0, 0, 0, False)
    assert check.by_rule == check.over_orders


def test_ranks_over_ties_by_hand() -> None:
    hits = Hits.of(Ragged.of([[2, 0], []], np.int64), Ragged.of([[1, 1], []], np.int64), np.array([4, 4]))
    span = places_of_scores(np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 1, 0, 0]))
    assert (span.first.tolist(), span.last.tolist()) == ([1], [3])
    found = ndcg_over_ties(hits, np.array([1, 0]), np.array([3, 0]), 2)
    a, b = 1.0, 1 / np.log2(3)
    np.testing.assert_allclose(found, [(a + b) / 3 / (a + b), np.nan])
    assert ranks_of_scores(np.array([1.0, 1.0, 1.0, 0.0]), np.array([1])).tolist() == [2]
