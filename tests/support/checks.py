"""Checks of the house as functions: each passes on right code and raises AssertionError where a mistake is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import numpy as np
import pytest
import pytrec_eval

from features import JOB_ROWS
from sqrec.base.arrays import KeyArray, Ragged
from sqrec.evaluate import split
from sqrec.evaluate.lists.ties import Span
from sqrec.evaluate.stats.metrics import CUTOFFS, Hits, per_person, ranks_of
from tests.support import tiny
from tests.support.leaks import rows_of, same, with_event, world
from training.sample import Others, sample, uses_as_questions

PEOPLE = 200


def hits_of_scores(
    scores: Sequence[np.ndarray],
    grades: Sequence[np.ndarray],
    missing: Sequence[np.ndarray] | None = None,
    keys: Sequence[KeyArray] | None = None,
) -> Hits:
    """Rank everybody's candidates by score; `missing` are the grades of positives that were no candidates."""
    keys = [np.arange(len(one), dtype=np.uint64) for one in scores] if keys is None else keys
    missing = [np.empty(0, np.int64)] * len(scores) if missing is None else missing
    found = [np.concatenate([np.flatnonzero(g), np.full(len(m), -1)]) for g, m in zip(grades, missing, strict=True)]
    ranks = [ranks_of(*one) for one in zip(scores, found, keys, strict=True)]
    told = [np.concatenate([g[g > 0], m]) for g, m in zip(grades, missing, strict=True)]
    return Hits.of(Ragged.of(ranks, np.int64), Ragged.of(told, np.int64), np.array([len(one) for one in scores]))


def places_of_scores(scores: np.ndarray, grades: np.ndarray, keys: KeyArray | None = None) -> Span:
    """Return the places that the positives could take among equal scores."""
    keys = np.arange(len(scores), dtype=np.uint64) if keys is None else keys
    return Span.of(-np.sort(-scores), ranks_of(scores, np.flatnonzero(grades), keys))


@dataclass(frozen=True)
class Answers:
    """Hold scores and grades, one array per person, and the grades of positives that were no candidates."""

    scores: list[np.ndarray]
    grades: list[np.ndarray]
    missing: list[np.ndarray]

    @property
    def hits(self) -> Hits:
        return hits_of_scores(self.scores, self.grades, self.missing)


def answers(seed: int, *, ties: bool = False, missing: bool = True) -> Answers:
    """Return random lists of 1 to 80 items with grades 0 to 5, rarely positive; some people have no positive."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 80, PEOPLE)
    scores = [rng.integers(0, 6, size).astype(float) if ties else rng.permutation(size).astype(float) for size in sizes]
    grades = [rng.integers(1, 6, size) * (rng.random(size) < 0.15) for size in sizes]
    return Answers(scores, grades, [rng.integers(1, 6, rng.integers(0, 3) if missing else 0) for _ in sizes])


def metrics_agree_with_trec_eval(seed: int = 1) -> None:
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


def ndcg_is_that_of_the_table() -> None:
    """Compare ndcg with what was worked out by hand: (ranks, 0 where not found; grades; k; value)."""
    b, c = 1 / log2(3), 1 / log2(4)
    table = [
        ([2], [1], 10, b),
        ([3], [1], 10, 1 / 2),
        ([10], [1], 10, 1 / log2(11)),
        ([11], [1], 10, 0),
        ([3, 1], [1, 1], 5, (1 + c) / (1 + b)),
        ([1, 2], [1, 2], 5, (1 + 3 * b) / (3 + b)),
        ([1, 0], [1, 1], 5, 1 / (1 + b)),
        ([1, 0], [1, 3], 5, 1 / (7 + b)),
        ([1, 0], [1, 1], 1, 1),
        ([], [], 5, np.nan),
    ]
    for ranks, grades, k, expected in table:
        hits = Hits.of(Ragged.of([ranks], np.int64), Ragged.of([grades], np.int64), np.array([100]))
        assert per_person(hits, [f"ndcg@{k}"])[f"ndcg@{k}"][0] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def constant_scores_do_not_win() -> None:
    """Rank a hundred items of one score: each of them takes another place, and on average the middle one."""
    keys = np.random.default_rng(11).integers(0, 2**63, 100, dtype=np.uint64)
    ranks = np.concatenate([ranks_of(np.zeros(100), np.array([item]), keys) for item in range(100)])
    assert sorted(ranks.tolist()) == list(range(1, 101))
    assert not np.array_equal(ranks, np.arange(1, 101))


def nothing_later_is_known(folder: Path) -> None:
    """Add an event at the moment of a question or after it: no row of its person or of another one changes."""
    before = world(tiny.write(folder / "before"))
    for at in ("2026-07-20T12:00:00Z", "2026-07-25T00:00:00Z"):
        after = with_event(folder, at=at)
        for who in ("p05", "p06"):
            assert same(rows_of(*before, who), rows_of(*after, who)), (at, who)


def what_was_recorded_late_is_not_known(folder: Path) -> None:
    """Add an event before a question that became known at its moment or later: no row changes."""
    before = world(tiny.write(folder / "before"))
    for recorded in ("2026-07-20T12:00:00Z", "2026-07-28T00:00:00Z"):
        after = with_event(folder / recorded[:10], at="2026-07-10T00:00:00Z", recorded_at=recorded)
        for who in ("p05", "p06"):
            assert same(rows_of(*before, who), rows_of(*after, who)), (recorded, who)


def counts_end_at_midnight(folder: Path) -> None:
    """Add an event at the local midnight before a question, or between the two: no row of another person changes."""
    before = world(tiny.write(folder / "before"))
    for at in ("2026-07-19T16:00:00Z", "2026-07-20T03:00:00Z"):
        assert same(rows_of(*before, "p06"), rows_of(*with_event(folder, at=at), "p06")), at
    assert not same(rows_of(*before, "p06"), rows_of(*with_event(folder, at="2026-07-19T15:59:00Z"), "p06"))


def counts_leave_out_the_own_events(folder: Path) -> None:
    """Add an event of a person: what that person's rows hold of popularity stays, what another's hold rises."""
    before, after = world(tiny.write(folder / "before")), with_event(folder, at="2026-07-10T00:00:00Z")
    counted = [place for place, name in enumerate(JOB_ROWS.names) if name.startswith("popularity_item")]
    mine, others = ([rows_of(*city, who)["j01"][counted] for city in (before, after)] for who in ("p05", "p06"))
    np.testing.assert_array_equal(*mine)
    assert others[1][0] > others[0][0]


def no_count_holds_the_label(folder: Path) -> None:
    """Ask every held-out question with and without its answer among the events: its rows are the same."""
    recommender, snapshot = world(tiny.write(folder))
    events, held = snapshot.events, split(snapshot.events, "job", "last").held
    for place in range(len(held)):
        answer = (events.person == held.person[place]) & np.isin(events.item, held.items.row(place))
        answer &= events.at >= held.at[place]
        assert answer.any()
        without = snapshot.with_events(events.where(~answer))
        rows = []
        for city in (snapshot, without):
            profile = city.ask(recommender.profiler, held.person[place : place + 1], held.at[place : place + 1])
            pairs = recommender.pairs(profile, city.items["job"], np.arange(40))
            rows.append(recommender.build(profile, city, "job", pairs))
        np.testing.assert_array_equal(*rows)


def questions_lie_side_by_side(folder: Path) -> None:
    """Draw rows to learn from: all rows of a group say the same of its person, and all positives are in it.

    A booster is told the sizes of the groups alone, so rows of another question would be compared without a word.
    """
    recommender, snapshot = world(tiny.write(folder))
    questions = uses_as_questions(snapshot.events)
    drawn = sample(recommender, snapshot, "job", questions, Others(near=5, far=8), np.random.default_rng(1))
    about_person = [JOB_ROWS.names.index(name) for name in ("age", "history_size", "idle")]
    ends = np.cumsum(drawn.sizes)
    assert ends[-1] == len(drawn.rows)
    for first, last in zip(ends - drawn.sizes, ends, strict=True):
        group = drawn.rows[first:last][:, about_person]
        np.testing.assert_array_equal(group, np.broadcast_to(group[0], group.shape))
        assert np.count_nonzero(drawn.label[first:last]) == 1


def the_order_of_rows_tells_no_label(folder: Path) -> None:
    """Draw rows to learn from: positives stand anywhere in their group, as a booster breaks ties by place."""
    recommender, snapshot = world(tiny.write(folder))
    questions = uses_as_questions(snapshot.events)
    drawn = sample(recommender, snapshot, "job", questions, Others(near=5, far=8), np.random.default_rng(1))
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    place = np.flatnonzero(drawn.label) - starts
    assert len(place) == len(starts)
    assert abs((place / (drawn.sizes - 1)).mean() - 0.5) < 0.15


def the_strongest_event_is_the_label(folder: Path) -> None:
    """Let somebody view an item and apply for it later: the label is that of the application."""
    rows = [
        {"event_id": f"e{place}", "person_id": "p01", "kind": "job", "item_id": "j03", "event": event, "at": f"2026-07-0{place}T00:00:00Z"}
        for place, event in enumerate(("view", "apply", "view"), start=1)
    ]  # fmt: skip
    _, snapshot = world(tiny.write(folder, {"jobs": tiny.jobs(), "people": tiny.people(), "events": rows}))
    assert uses_as_questions(snapshot.events).grades.values.tolist() == [3]
