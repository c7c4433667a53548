"""The plain baseline: rows of every kind with the same bits in any company, nothing of one's own in counts, no label in a row."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import PLAIN_ROWS
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, Kind
from sqrec.evaluate.stats.compare import interval
from sqrec.rank import Kinship, Recommender, RowBuilder
from sqrec.reach.walk import StraightLine
from sqrec.texts import built_in_texts
from tests.support import tiny
from tests.support.asked import AT, World, event, world
from training.boosters import on_columns
from training.plain import PLAIN_TREES, PLAIN_WEIGHT, beside_plain, fit_plain
from training.sample import Sample, sample, uses_as_questions
from training.train import DECLARED

PEOPLE = [f"p{i:02d}" for i in range(12)]
ROWS = {**PLAIN_ROWS, "job": RowBuilder((*PLAIN_ROWS["job"].columns, Kinship("desired"), Kinship("occupations")))}
"""The columns of the baseline, and those that are declared beside it."""
FACTS = {"needs": "type:market", "hours": "mon-fri 08:00-19:00", "skills": "面点@3"}
"""What everybody has told besides."""


def events() -> list[dict[str, Any]]:
    """Return uses of all kinds, in July 2026 up to two days after the question."""
    rng, rows = np.random.default_rng(5), tiny.events()
    for number in range(300):
        at = str(np.datetime64("2026-07-01T00:00") + np.timedelta64(number * 100 + int(rng.integers(90)), "m"))
        kind: Kind = "amenity" if number % 2 else "course"
        person, item = PEOPLE[int(rng.integers(12))], f"{kind[0]}{int(rng.integers(8))}"
        rows.append(event(person, item, at, ("enrol", "visit")[number % 2] if number % 3 else "view", kind))
    return rows


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> World:
    courses, jobs = tiny.courses(), tiny.jobs()
    for row, taught in zip(
        courses, ("面点@5|烹饪", "育婴", "护理|烹饪", "收银", "保洁|护理", "", "创业", "直播|收银"), strict=True
    ):
        row |= {
            "teaches": taught,
            "schedule": "sat 09:00-12:00",
            "published_at": "2026-05-01",
            "age_min": 18,
            "education_min": "61",
        }
    for number, row in enumerate(jobs):
        row["occupation"] = ("4-03-02-01", "4-07-05-01", "4-10-01-05", "")[number % 4]
        row["skills"] = ("烹饪", "面点|烹饪", "护理", "")[number % 3]
    people = [row | {"desired": f"{row['desired']}|4-03-02-02", "occupations": "4-10-01-05"} | FACTS for row in tiny.people()]
    tables = {"jobs": jobs, "courses": courses, "amenities": tiny.amenities(), "people": people, "events": events()}
    recommender, snapshot = world(tmp_path_factory.mktemp("city"), **tables)
    return replace(recommender, rows=ROWS), snapshot


def built(
    city: World, kind: Kind, people: list[str], pairs: list[tuple[int, int]], counted: Snapshot | None = None
) -> np.ndarray:
    """Return rows of (place of a person, place of an item); counts may be those of another state."""
    recommender, snapshot = city
    profiles = snapshot.ask(recommender.profiler, np.array([key_of(one) for one in people], np.uint64), np.full(len(people), AT))
    query, item = np.array(pairs, np.int64).reshape(-1, 2).T
    found = recommender.pairs(profiles, snapshot.items[kind], item, query)
    return recommender.build(profiles, counted or snapshot, kind, found)


@cache
def _alone(kind: Kind) -> dict[tuple[int, int], bytes]:
    return {}


def alone(city: World, kind: Kind, person: int, item: int) -> bytes:
    """Return the bits of a pair that nobody stands beside."""
    kept = _alone(kind)
    if (person, item) not in kept:
        kept[person, item] = built(city, kind, [PEOPLE[person]], [(0, item)])[0].tobytes()
    return kept[person, item]


@pytest.fixture(autouse=True, scope="module")
def nothing_kept() -> Iterator[None]:
    yield
    _alone.cache_clear()


@pytest.mark.parametrize("size", [1, 7, 300, 10_000])
@pytest.mark.parametrize("kind", KINDS)
def test_batches_of_every_size_have_the_same_bits(city: World, kind: Kind, size: int) -> None:
    item = np.random.default_rng(size).integers(0, len(city[1].items[kind]), size)
    pairs = list(zip(np.sort(np.arange(size) % 12).tolist(), item.tolist(), strict=True))
    rows = built(city, kind, PEOPLE, pairs)
    assert all(row.tobytes() == alone(city, kind, *pair) for row, pair in zip(rows, pairs, strict=True))
    if size >= 300:
        assert [name for name, column in zip(ROWS[kind].names, rows.T, strict=True) if np.isnan(column).all()] == []


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), person=st.integers(0, 11), items=st.lists(st.integers(0, 7), min_size=1, max_size=30))
def test_a_pair_has_the_same_bits_in_any_company(city: World, kind: Kind, person: int, items: list[int]) -> None:
    rows = built(city, kind, [PEOPLE[person]], [(0, item) for item in items])
    assert all(row.tobytes() == alone(city, kind, person, item) for row, item in zip(rows, items, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("person", ["p02", "p05", "p09"])
def test_counts_are_of_others_before_midnight_alone(city: World, kind: Kind, person: str) -> None:
    """Taken from the events of the others before the last midnight, every column has the same bits."""
    events, midnight = city[1].events, city[0].city.midnight(AT)
    others = city[1].with_events(events.where((events.person != key_of(person)) & (events.known < midnight)))
    pairs = [(0, item) for item in range(len(city[1].items[kind]))]
    assert built(city, kind, [person], pairs).tobytes() == built(city, kind, [person], pairs, others).tobytes()
    fewer = city[1].with_events(events.where(events.known < midnight - 5 * 86_400_000_000))
    assert built(city, kind, [person], pairs).tobytes() != built(city, kind, [person], pairs, fewer).tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_a_label(kind: Kind) -> None:
    texts = built_in_texts()
    labels = [texts[f"column.{name}"]["zh-CN"] for name in ROWS[kind].names]
    assert len(set(labels)) == len(labels) == len(ROWS[kind].columns)
    assert all(texts[f"column.{name}"]["en"].isascii() for name in ROWS[kind].names)


def town(folder: Any, repeats: float) -> World:
    """Return forty places and the visits of sixty people; so many of them to a place used before, all else by chance alone."""
    rng, rows = np.random.default_rng(11), list[dict[str, str]]()
    places = [
        {"amenity_id": f"a{n:02d}", "name": f"{n}号", "type": ("canteen", "market", "gym", "pharmacy")[n % 4]}
        | {"lon": 120.35 + 0.002 * (n % 8), "lat": 36.08 + 0.002 * (n // 8), "area": "370203022"}
        for n in range(40)
    ]
    used: dict[int, list[int]] = {person: [int(rng.integers(40))] for person in range(60)}
    for visit in range(900):
        mine = used[visit % 60]
        mine.append(int(rng.choice(mine)) if rng.random() < repeats else int(rng.integers(40)))
        at = np.datetime64("2026-06-01T00:00") + np.timedelta64(visit * 60 + int(rng.integers(60)), "m")
        rows.append(event(f"p{visit % 60}", f"a{mine[-1]:02d}", str(at)))
    return world(folder, amenities=places, events=rows)


def drawn(asked: World) -> Sample:
    """Return the rows of every visit, the whole catalogue in each question."""
    recommender, snapshot = asked
    recommender = Recommender(
        recommender.profiler, recommender.city, StraightLine.of(recommender.city), {"amenity": PLAIN_ROWS["amenity"]}, {}, {}
    )
    asked_for = uses_as_questions(snapshot.events, repeats=True)
    return sample(recommender, snapshot, "amenity", asked_for, 40, np.random.default_rng(1), repeats=True)


def exchanged(rows: Sample) -> Sample:
    """Return the rows with each question's positive exchanged for a random other item of the question."""
    rng, label, first = np.random.default_rng(2), np.zeros_like(rows.label), 0
    for size in rows.sizes.tolist():
        part = rows.label[first : first + size]
        label[first + int(rng.choice(np.flatnonzero(part == 0)))] = part.max()
        first += size
    return replace(rows, label=label)


def gain(rows: Sample) -> Any:
    """Train on the first 600 questions; return the interval of ndcg on the others above that of a random order, by person."""
    booster = fit_plain(rows.take(np.arange(600)), PLAIN_ROWS["amenity"].names, 1)
    assert booster.num_trees() <= PLAIN_TREES
    held = rows.take(np.arange(600, len(rows.sizes)))
    scores, first, found = np.asarray(booster.predict(held.rows)), 0, dict[int, list[float]]()
    assert held.person is not None
    for person, size in zip(held.person.tolist(), held.sizes.tolist(), strict=True):
        score, label = scores[first : first + size], held.label[first : first + size]
        mine = score[label > 0][0]
        span = np.arange((score > mine).sum(), (score >= mine).sum())  # all places that a tie may give
        found.setdefault(person, []).append(float(np.mean(1 / np.log2(2 + span)) - np.mean(1 / np.log2(2 + np.arange(size)))))
        first += size
    return interval(np.array([float(np.mean(values)) for values in found.values()]), np.random.default_rng(3))


def test_a_baseline_that_learns_shuffled_labels_gains_nothing(tmp_path: Any) -> None:
    """Habits are found; with the positives exchanged there is nothing to find, nor where everybody goes anywhere by chance.

    The last is where a row that knew its label would gain: its places were shuffled before the rows were made.
    """
    habits, chance = drawn(town(tmp_path / "habits", 0.7)), drawn(town(tmp_path / "chance", 0.0))
    assert gain(habits).low > 0.1
    for nothing in (gain(exchanged(habits)), gain(chance), gain(exchanged(chance))):
        assert nothing.low <= 0 <= nothing.high
    knowing = replace(chance, rows=chance.rows.copy())
    knowing.rows[:, 0] = chance.label
    assert gain(knowing).low > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_plain_is_among_those_of_the_ranker(kind: Kind) -> None:
    """So that plain can stand beside it as more trees: monotone promises apart, the same values."""
    mine = {column.name: column for column in DECLARED[kind].rows.columns}
    for column in PLAIN_ROWS[kind].columns:
        assert replace(mine[column.name], monotone=0) == replace(column, monotone=0)


def test_plain_stands_beside_a_ranker_that_is_better_for_it_alone() -> None:
    """Column `a` tells all and `b` nothing: whoever learnt from `b` alone is better for the other, and never the other way round."""
    names, rng = ("a", "b"), np.random.default_rng(3)
    rows = rng.normal(size=(2_000, 2))
    made = Sample(rows, (rows[:, 0] > 1.2).astype(np.int64), np.full(100, 20))
    learn, compare = made.take(np.arange(80)), made.take(np.arange(80, 100))
    told, nothing = (fit_plain(learn.with_columns(np.array([one])), (names[one],), 1) for one in (0, 1))
    both, weight = beside_plain(on_columns(nothing, names), told, compare, names)
    assert weight == PLAIN_WEIGHT
    whole = 0.7 * nothing.predict(rows[:, 1:], raw_score=True) + 0.3 * told.predict(rows[:, :1], raw_score=True)
    np.testing.assert_allclose(both.predict(rows, raw_score=True), whole, rtol=1e-9, atol=1e-12)
    alone, weight = beside_plain(on_columns(told, names), nothing, compare, names)
    assert weight == 0
    np.testing.assert_array_equal(alone.predict(rows, raw_score=True), told.predict(rows[:, :1], raw_score=True))
