"""Columns that are filled together get the bits of their own `compute`; so do the compiled reductions those of numpy."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS, PLAIN_ROWS
from sqrec.base.arrays import keys_of
from sqrec.contract import Kind
from sqrec.rank import RowBuilder
from sqrec.rank.rowloops import fill_reduced, fill_same, same_values
from sqrec.rank.view import MEMORY, View
from tests.support import asked, tiny

ROWS: dict[Kind, RowBuilder] = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}


@given(pairs=st.integers(1, 4), texts=st.integers(1, MEMORY), seed=st.integers(0, 10**6))
@settings(max_examples=200, deadline=None)
def test_reductions_have_the_bits_of_numpy(pairs: int, texts: int, seed: int) -> None:
    draws = np.random.default_rng(seed)
    match, weights = draws.random((pairs, texts + 3)), draws.random(texts)
    rows, some = np.zeros((pairs, 5)), np.ascontiguousarray(match[:, 2:-1])
    fill_reduced(match, 2, 2 + texts, weights, np.array([4, 0, 3, 1]), rows)
    mean, recent = some.sum(axis=1) / texts, (some * weights).sum(axis=1) / weights.sum()
    assert np.array_equal(rows, np.column_stack([some[:, 0], recent, np.zeros(pairs), mean, some.max(axis=1)]))


@given(groups=st.lists(st.integers(-1, 3), min_size=1, max_size=12), seed=st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_shares_of_a_group_have_the_bits_of_numpy(groups: list[int], seed: int) -> None:
    draws, group = np.random.default_rng(seed), np.array(groups)
    items, earlier = np.arange(len(group)), draws.integers(len(group), size=draws.integers(1, MEMORY))
    weights, rows = draws.random(len(earlier)), np.full((len(group), 4), 7.0)
    fill_same(group, items, earlier, weights, np.array([0, -1, 2, 3]), rows)
    same = ((group[:, None] == group[earlier]) & (group[:, None] >= 0)).astype(float)
    expected = [same.max(axis=1), np.full(len(group), 7.0), same.sum(axis=1) / len(earlier)]
    assert np.array_equal(rows, np.column_stack([*expected, (same * weights).sum(axis=1) / weights.sum()]))


@given(values=st.lists(st.lists(st.sampled_from([0.0, -0.0, 1.0, np.nan]), min_size=3, max_size=3), max_size=4))
@settings(max_examples=100, deadline=None)
def test_columns_with_one_value_are_those_of_numpy(values: list[list[float]]) -> None:
    rows, found = np.array(values).reshape(-1, 3), np.zeros(3, bool)
    same_values(rows, found)
    assert found.tolist() == ((rows == rows[:1]) | (np.isnan(rows) & np.isnan(rows[:1]))).all(axis=0).tolist()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> asked.World:
    items = {"course": [row["course_id"] for row in tiny.courses()], "amenity": [row["amenity_id"] for row in tiny.amenities()]}
    uses = [
        {**use, "event_id": f"{kind} {use['event_id']}", "kind": kind, "item_id": ids[number % len(ids)], "event": "view"}
        for kind, ids in items.items()
        for number, use in enumerate(tiny.events(seed=8))
    ]
    tables = {"jobs": tiny.jobs(), "courses": tiny.courses(), "amenities": tiny.amenities(), "people": tiny.people()}
    return asked.world(tmp_path_factory.mktemp("together"), **tables, events=[*tiny.events(), *uses])


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("plain", [False, True])
def test_every_declared_row_has_the_bits_of_its_columns(world: Any, kind: Kind, plain: bool) -> None:
    """For all people at once, and for one of them alone (docs/laws.md, law 1)."""
    (recommender, snapshot), rows = world, (PLAIN_ROWS if plain else ROWS)[kind]
    items, keys = snapshot.items[kind], keys_of(list(snapshot.people))
    people = snapshot.ask(recommender.profiler, keys, np.full(len(keys), asked.AT))
    query, item = np.repeat(np.arange(len(keys)), len(items)), np.tile(np.arange(len(items)), len(keys))
    pairs = recommender.pairs(people, items, item, query)
    view = View.of(snapshot, people, kind, pairs, recommender.city)
    found = rows.build(people, items, pairs, view.counts, view.midnight, view.jobs)
    for place, column in enumerate(rows.columns):
        assert np.array_equal(found[:, place], column.compute(view), equal_nan=True), column.name
    one = slice(len(items), 2 * len(items))
    alone = rows.build(people, items, pairs.part(one), view.counts, view.midnight, view.jobs)
    assert np.array_equal(alone, found[one], equal_nan=True)
    assert len({column.name for column in rows.columns if not np.isnan(found[:, rows.names.index(column.name)]).all()}) > 10
