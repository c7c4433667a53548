"""Metrics: fractions by hand, foreign oracles, properties."""

from fractions import Fraction
from itertools import pairwise
from math import log2

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from sqrec.base.arrays import Ragged
from sqrec.errors import DataError, RequestError
from sqrec.evaluate.stats.metrics import METRICS, NAMES, Hits, per_person, ranks_in
from tests.support.scores import ranks_of_scores

A, B, C = 1 / log2(2), 1 / log2(3), 1 / log2(4)  # discounts of ranks 1, 2 and 3


def hits_of(ranks: list[list[int]], grades: list[list[int]], listed: list[int]) -> Hits:
    """Return hits from one list of ranks and one of grades per person."""
    return Hits.of(Ragged.of(ranks, np.int64), Ragged.of(grades, np.int64), np.array(listed, dtype=np.int64))


def one(ranks: list[int], grades: list[int] | None = None, listed: int = 100) -> Hits:
    """Return the hits of a single person; every grade is 1 unless said otherwise."""
    return hits_of([ranks], [grades or [1] * len(ranks)], [listed])


@pytest.mark.parametrize(
    ("ranks", "grades", "name", "expected"),
    [
        ([1], [1], "ndcg@10", 1),
        ([2], [1], "ndcg@10", B),
        ([3], [1], "ndcg@10", Fraction(1, 2)),
        ([10], [1], "ndcg@10", 1 / log2(11)),
        ([11], [1], "ndcg@10", 0),
        ([3, 1], [1, 1], "ndcg@5", (A + C) / (A + B)),
        ([1, 2], [1, 2], "ndcg@5", (1 * A + 3 * B) / (3 * A + 1 * B)),
        ([1, 2], [1, 2], "ndcg@1", Fraction(1, 3)),
        ([1, 0], [1, 1], "ndcg@5", A / (A + B)),
        ([1, 0], [1, 3], "ndcg@5", (1 * A) / (7 * A + 1 * B)),
        ([1, 0], [1, 1], "ndcg@1", 1),
        ([1, 7, 0], [1, 1, 1], "recall@5", Fraction(1, 3)),
        ([1, 7, 0], [1, 1, 1], "recall@10", Fraction(2, 3)),
        ([1, 2, 3], [1, 1, 1], "recall@1", Fraction(1, 3)),
        ([1, 7, 0], [1, 1, 1], "recall@candidates", Fraction(2, 3)),
        ([1, 3, 0, 60], [5, 1, 1, 1], "exposure", (A + C + 1 / log2(61)) / 4),
        ([1, 7, 0], [1, 1, 1], "precision@5", Fraction(1, 5)),
        ([1, 7, 0], [1, 1, 1], "precision@10", Fraction(2, 10)),
        ([4, 9], [1, 1], "mrr", Fraction(1, 4)),
        ([60], [1], "mrr", Fraction(1, 60)),
        ([60], [1], "mrr@50", 0),
        ([0], [1], "mrr", 0),
        ([2, 4], [1, 1], "map@5", (Fraction(1, 2) + Fraction(2, 4)) / 2),
        ([2, 9], [1, 1], "map@5", Fraction(1, 2) / 2),
        ([1, 0, 0], [1, 1, 1], "map@1", 1),
        ([1, 3, 0], [1, 1, 1], "map@10", (1 + Fraction(2, 3)) / 3),
        ([5], [1], "hit_rate@5", 1),
        ([6], [1], "hit_rate@5", 0),
    ],
)
def test_by_hand(ranks: list[int], grades: list[int], name: str, expected: Fraction | float) -> None:
    assert per_person(one(ranks, grades), [name])[name][0] == pytest.approx(float(expected), abs=1e-12)


def test_grades_go_from_1_to_30() -> None:
    """The gain of a grade of 30 is still a whole number in a float."""
    assert per_person(one([2], [30]), ["ndcg@5"])["ndcg@5"][0] == pytest.approx(B)
    for grade in (0, 31):
        with pytest.raises(DataError, match="grade is not between 1 and 30"):
            one([2], [grade])


def test_precision_of_a_short_list_counts_empty_places() -> None:
    assert per_person(one([1], listed=2), ["precision@5"])["precision@5"][0] == pytest.approx(1 / 5)


def test_people_without_a_positive_are_unknown_in_every_metric() -> None:
    hits = hits_of([[1], [], [0]], [[1], [], [2]], [9, 9, 0])
    for name, values in per_person(hits).items():
        assert np.isnan(values).tolist() == [False, True, False], name
        assert values[2] == 0
    assert hits.asked.tolist() == [True, False, True]


def test_nobody_asked_gives_empty_figures() -> None:
    assert all(len(values) == 0 for values in per_person(hits_of([], [], [])).values())


def test_reports_compute_the_promised_names() -> None:
    bases = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
    promised = {f"{base}@{k}" for base in bases for k in (1, 5, 10, 20, 50)}
    assert set(NAMES) == promised | {"mrr", "exposure", "recall@candidates"}
    assert all(metric.meaning.endswith(".") for metric in METRICS.values())


@pytest.mark.parametrize("name", ["ndcg", "ndcg@0", "ndcg@x", "auc@5", "recall@candidates@5", "exposure@5", "", "ndcg@-1"])
def test_an_unknown_metric_is_refused(name: str) -> None:
    known = "ndcg@k, recall@k, precision@k, map@k, mrr@k, hit_rate@k, exposure, recall@candidates"
    with pytest.raises(RequestError, match=f"No metric is called {name!r}. Use one of {known}, with a whole number k >= 1"):
        per_person(one([1]), [name])


@pytest.mark.parametrize(
    ("ranks", "grades", "listed", "message"),
    [
        ([3], [1], 2, "outside"),
        ([-1], [1], 9, "outside"),
        ([1], [0], 9, "grade"),
        ([2, 2], [1, 1], 9, "same rank"),
        ([1, 2], [1], 9, "different"),
    ],
)
def test_impossible_hits_are_refused(ranks: list[int], grades: list[int], listed: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        hits_of([ranks], [grades], [listed])
    with pytest.raises(DataError, match="different people"):
        hits_of([[1]], [[1]], [9, 9])


@pytest.mark.parametrize("k", [1, 3, 10, 50])
def test_ndcg_equals_scikit_learn(k: int) -> None:
    rng = np.random.default_rng(7)
    for _ in range(50):
        n = int(rng.integers(2, 60))
        grades, scores = rng.integers(0, 4, n), rng.permutation(n).astype(float)
        grades[rng.integers(n)] = 2
        positives = np.flatnonzero(grades)
        ranks = ranks_of_scores(scores, positives)
        ours = per_person(one(ranks.tolist(), grades[positives].tolist(), n), [f"ndcg@{k}"])[f"ndcg@{k}"][0]
        # scikit-learn takes the relevance as the gain, so it is handed 2^grade - 1
        assert ours == pytest.approx(ndcg_score([2.0**grades - 1], [scores], k=k), abs=1e-9)


def test_ndcg_equals_lightgbm_on_each_group() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.integers(5, 40, 12)
    rows, labels = rng.normal(size=(sizes.sum(), 4)).round(1), rng.integers(0, 3, sizes.sum())
    starts = np.concatenate(([0], np.cumsum(sizes)))
    labels[starts[:-1]] = 2
    whole = lgb.Dataset(rows, labels, group=sizes, params={"verbosity": -1})
    parts = [slice(a, b) for a, b in pairwise(starts)]
    valid = [lgb.Dataset(rows[p], labels[p], group=[p.stop - p.start], reference=whole) for p in parts]
    told: dict[str, dict[str, list[float]]] = {}
    booster = lgb.train(
        {"objective": "lambdarank", "eval_at": [1, 5, 10], "num_leaves": 4, "min_data_in_leaf": 3, "num_threads": 1,
         "verbosity": -1, "deterministic": True, "metric": "ndcg"},
        whole, 3, valid, [str(i) for i in range(len(valid))], callbacks=[lgb.record_evaluation(told)],
    )  # fmt: skip
    for number, part in enumerate(parts):
        scores, positives = np.asarray(booster.predict(rows[part], raw_score=True)), np.flatnonzero(labels[part])
        ranks = ranks_of_scores(scores, positives)
        ours = per_person(one(ranks.tolist(), labels[part][positives].tolist(), len(scores)))
        for k in (1, 5, 10):
            assert ours[f"ndcg@{k}"][0] == pytest.approx(told[str(number)][f"ndcg@{k}"][-1], abs=1e-9)


@st.composite
def people(draw: st.DrawFn) -> Hits:
    """Return one person with a few positives, some of them not found."""
    listed = draw(st.integers(1, 60))
    found = draw(st.lists(st.integers(1, listed), unique=True, max_size=8))
    ranks = found + [0] * draw(st.integers(0 if found else 1, 3))
    grades = draw(st.lists(st.integers(1, 4), min_size=len(ranks), max_size=len(ranks)))
    return one(ranks, grades, listed)


@given(people())
@settings(max_examples=200, deadline=None)
def test_every_metric_lies_between_0_and_1(hits: Hits) -> None:
    for values in per_person(hits).values():
        assert 0 <= values[0] <= 1 + 1e-12


@given(people(), st.data())
@settings(max_examples=200, deadline=None)
def test_moving_a_positive_up_never_lowers(hits: Hits, data: st.DataObject) -> None:
    ranks, grades = hits.ranks.values.tolist(), hits.grades.values.tolist()
    moved = data.draw(st.integers(0, len(ranks) - 1))
    free = [r for r in range(1, int(hits.listed[0]) + 1) if r not in ranks and (r < ranks[moved] or not ranks[moved])]
    if not free:
        return
    better = ranks.copy()
    better[moved] = data.draw(st.sampled_from(free))
    before, after = per_person(hits), per_person(one(better, grades, int(hits.listed[0])))
    for name, values in before.items():
        assert after[name][0] >= values[0] - 1e-12, name


@given(people(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_in_which_positives_are_named_changes_no_bit(hits: Hits, shuffler: object) -> None:
    pairs = list(zip(hits.ranks.values.tolist(), hits.grades.values.tolist(), strict=True))
    shuffler.shuffle(pairs)  # type: ignore[attr-defined]
    again = per_person(one([r for r, _ in pairs], [g for _, g in pairs], int(hits.listed[0])))
    for name, values in per_person(hits).items():
        assert again[name][0] == values[0], name


def test_one_person_beside_others_gets_the_same_figures() -> None:
    parts = [([3, 0], [1, 2]), ([1], [1]), ([], []), ([2, 5, 9], [3, 1, 1])]
    hits = hits_of([r for r, _ in parts], [g for _, g in parts], [10] * 4)
    for name, values in per_person(hits).items():
        alone = [per_person(one(r, g, 10), [name])[name][0] for r, g in parts]
        np.testing.assert_array_equal(values, alone)


def test_ranks_break_ties_by_the_hash_and_leave_out_what_is_no_candidate() -> None:
    scores, hashes = np.array([0.5, 0.9, 0.5, 0.5]), np.array([30, 1, 10, 20], dtype=np.uint64)
    assert ranks_of_scores(scores, np.array([0, 1, 2, -1]), hashes).tolist() == [4, 1, 2, 0]


def test_a_rank_in_a_finished_list_is_its_place() -> None:
    assert ranks_in(np.array(["c", "a", "b"]), np.array(["a", "z", "c"])).tolist() == [2, 0, 1]
    assert ranks_in(np.array([], int), np.array([4])).tolist() == [0]
    assert ranks_in(np.tile(np.arange(50), 40), np.arange(51)).tolist() == [*range(1, 51), 0]  # the first place of each


def test_constant_scores_do_not_win() -> None:
    rng = np.random.default_rng(11)
    hashes = rng.integers(0, 2**63, 100, dtype=np.uint64)
    ranks = np.concatenate([ranks_of_scores(np.zeros(100), np.array([item]), hashes) for item in range(100)])
    assert sorted(ranks.tolist()) == list(range(1, 101))
    assert ranks.mean() == 50.5


def test_table_order_does_not_decide_ties() -> None:
    rng = np.random.default_rng(13)
    scores, hashes = np.repeat([1.0, 2.0], 10), rng.permutation(20).astype(np.uint64)
    shuffled = rng.permutation(20)
    where = np.argsort(shuffled)
    np.testing.assert_array_equal(
        ranks_of_scores(scores, np.arange(20), hashes), ranks_of_scores(scores[shuffled], where, hashes[shuffled])
    )
