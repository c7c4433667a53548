"""Learning from shown lists: the vectors that were served, labelled by what became of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features import JOB_ROWS, PROFILE
from sqrec.base.arrays import key_of, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.profile import Events
from sqrec.rank import Recommender
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.store import Store, import_folder
from tests.support import tiny
from training import sample as sampling
from training.logged import Learnt, ShownLists
from training.sample import uses_of

START = 1_780_000_000_000_000


def rows(request: str, person: str, items: Sequence[str], columns: int = 2, bundle: str = "b") -> list[dict[str, Any]]:
    """Return a shown list; the vector of an item is the number of its first letter twice."""
    return [
        {
            "request_id": request, "person_id": person, "kind": "job", "item_id": item, "position": place + 1, "at": START,
            "bundle": bundle, "vector": np.full(columns, float(ord(item[0]))).tobytes(),
        }
        for place, item in enumerate(items)
    ]  # fmt: skip


def events(*told: tuple[str, str, str, str | None]) -> Events:
    """Return events (person, item, event, request) a second apart."""
    return Events.of_columns(
        event_id=[f"e{number}" for number in range(len(told))],
        person_id=[one[0] for one in told],
        kind=["job"] * len(told),
        item_id=[one[1] for one in told],
        event=[one[2] for one in told],
        at=START + 1_000_000 * np.arange(1, len(told) + 1),
        recorded=START + 1_000_000 * np.arange(1, len(told) + 1),
        request_id=[one[3] for one in told],
    )


def lists(*told: list[dict[str, Any]]) -> ShownLists:
    return ShownLists.of([pd.DataFrame(one) for one in told], 2)


def labelled(
    shown: ShownLists, learnt: Events, happened: Events | None = None, *, repeats: bool = False
) -> tuple[list[dict[str, int]], list[bool]]:
    """Return items with labels, list by list, and which uses came from a list."""
    found, came = shown.learnt(learnt, happened or learnt, uses_of(learnt, repeats=repeats), repeats=repeats)
    told: dict[int, dict[str, int]] = {}
    for request, row, label in zip(found.lists.request.tolist(), vectors(found.lists), found.label.tolist(), strict=True):
        told.setdefault(request, {})[chr(int(row[0]))] = label
    return sorted(told.values(), key=str), came.tolist()


def vectors(shown: ShownLists) -> np.ndarray:
    assert shown.rows is not None
    return shown.rows


def nothing() -> tuple[Any, Any, Kind]:
    """Return what logged rows do not need: a recommender and what was known."""
    return SimpleNamespace(), SimpleNamespace(items={"job": None}), "job"


def test_a_list_of_which_something_was_used_is_a_question() -> None:
    shown = lists(rows("r1", "p", "abcd"), rows("r2", "q", "efg"))
    happened = events(("p", "b", "view", "r1"), ("p", "b", "apply", None), ("p", "c", "save", "r1"), ("p", "z", "view", None))
    assert labelled(shown, happened) == ([{"a": 0, "b": 3, "c": 2, "d": 0}], [True, True, False])


def test_what_was_used_some_other_time_is_no_negative() -> None:
    """As far as is learnt from: that a was used after all is held out, and known by its not being refused it would tell."""
    shown = lists(rows("r1", "p", "abc"))
    happened = events(("p", "b", "view", "r1"), ("p", "a", "apply", None), ("q", "c", "apply", None))
    assert labelled(shown, happened) == ([{"b": 1, "c": 0}], [True, False, False])
    learnt = happened.where(np.array([True, False, False]))
    assert labelled(shown, learnt, happened) == ([{"a": 0, "b": 1, "c": 0}], [True])


@pytest.mark.parametrize(
    "told",
    [("p", "b", "view", "unheard of"), ("p", "z", "view", "r1"), ("p", "b", "impression", "r1"), ("p", "b", "view", None)],
)
def test_uses_that_came_from_no_list(told: tuple[str, str, str, str | None]) -> None:
    found, came = labelled(lists(rows("r1", "p", "abc")), events(told))
    assert (found, any(came)) == ([], False)


def test_where_a_kind_repeats_what_was_used_before_stays_with_label_0() -> None:
    """A place of one's own is used now or not; each list has its own label, with the grade of that use alone."""
    shown = lists(rows("r1", "p", "abc"), rows("r2", "p", "abc"))
    happened = events(("p", "a", "apply", None), ("p", "b", "view", "r1"), ("p", "b", "save", "r2"))
    found = labelled(shown, happened, repeats=True)
    assert found == ([{"a": 0, "b": 1, "c": 0}, {"a": 0, "b": 2, "c": 0}], [False, True, True])
    assert labelled(shown, happened) == ([{"b": 2, "c": 0}], [False, True])


def test_what_was_used_from_the_very_list_is_no_negative_where_a_kind_repeats() -> None:
    """One of two uses of a list is held out: its place has no row, nor would it be known to have been refused."""
    shown = lists(rows("r1", "p", "abc"))
    happened = events(("p", "a", "view", "r1"), ("p", "b", "view", "r1"), ("p", "c", "view", None))
    learnt = happened.where(np.array([True, False, False]))
    assert labelled(shown, learnt, happened, repeats=True) == ([{"a": 1, "c": 0}], [True])


def test_one_request_for_two_people_is_two_lists() -> None:
    shown = lists(rows("r1", "p", "abc") + rows("r1", "q", "cd"))
    happened = events(("p", "a", "view", "r1"), ("q", "c", "save", "r1"), ("s", "b", "view", "r1"))
    assert labelled(shown, happened) == ([{"a": 1, "b": 0, "c": 0}, {"c": 2, "d": 0}], [True, True, False])


def test_some_lists_are_drawn_whole() -> None:
    shown = lists(*(rows(f"r{n}", "p", "abc") for n in range(9)))
    happened = events(*(("p", "b", "view", f"r{n}") for n in range(9)))
    learnt, _ = shown.learnt(happened, happened, uses_of(happened, repeats=True), repeats=True)
    drawn = [learnt.some(4, np.random.default_rng(seed)) for seed in range(20)]
    for one in drawn:
        assert np.unique(one.lists.request, return_counts=True)[1].tolist() == [3] * 4
        assert one.label.tolist() == (one.lists.item == key_of("b")).astype(int).tolist()
    assert len({request for one in drawn for request in one.lists.request.tolist()}) == 9
    assert learnt.some(9, np.random.default_rng(1)) is learnt


def test_no_list_at_all() -> None:
    assert labelled(lists(), events(("p", "a", "view", "r"))) == ([], [False])


def test_the_order_of_rows_knows_neither_label_nor_position() -> None:
    one, other = lists(rows("r1", "p", "abcd")), lists(rows("r1", "p", "dcba"))
    happened = events(("p", "b", "view", "r1"))
    learnt = [shown.learnt(happened, happened, uses_of(happened, repeats=False))[0] for shown in (one, other)]
    assert vectors(learnt[0].lists).tobytes() == vectors(learnt[1].lists).tobytes()
    assert one.item.tolist() == sorted(keys_of("abcd").tolist())


def test_only_lists_with_their_bundle_and_a_use_are_read(store_url: str, small: Path, tmp_path: Path) -> None:
    bundles, columns = small / "var" / "bundles", len(JOB_ROWS.names)
    name = json.loads((bundles / "current.json").read_text())["bundle"]
    told = [*rows("r1", "p01", "ab", columns, name), *rows("r2", "p01", "cd", columns, name), *rows("r3", "p01", "ef", columns)]
    told += [{**row, "person_id": None, "vector": None} for row in rows("r4", "p01", "gh", columns, name)]
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "in"))
        store.append_rankings(told)
        used = [("r1", "p01"), ("r3", "p01"), ("r4", "p01"), ("r2", "p02")]
        store.append_events(
            [
                {"event_id": request, "person_id": person, "kind": "job", "item_id": "a", "event": "view", "at": START, "request_id": request}
                for request, person in used
            ]
        )  # fmt: skip
    found = ShownLists.read(store_url, None, "job", JOB_ROWS, bundles)
    assert found is not None
    assert shown_items(found) == keys("ab") | keys("ef")
    assert found.rows is None, "some were logged by a bundle that is not there: all are made anew"
    assert ShownLists.read(small / "data", None, "job", JOB_ROWS, bundles) is None


def keys(items: str) -> set[int]:
    return set(keys_of(list(items)).tolist())


def shown_items(found: ShownLists) -> set[int]:
    return set(found.item.tolist())


def stored(url: str, folder: Path, told: list[dict[str, Any]], used: list[tuple[str, str, str]]) -> None:
    """Fill a store with the tiny city, shown lists, and views (request, person, item)."""
    with Store.open(url) as store:
        import_folder(store, tiny.write(folder))
        store.append_rankings(told)
        store.append_events(
            [
                {"event_id": f"{request}{item}", "person_id": person, "kind": "job", "item_id": item, "event": "view"}
                | {"at": START + 1, "request_id": request}
                for request, person, item in used
            ]
        )


def test_vectors_are_kept_where_all_of_them_have_our_columns(small: Path, tmp_path: Path) -> None:
    bundles, columns = small / "var" / "bundles", len(JOB_ROWS.names)
    name = json.loads((bundles / "current.json").read_text())["bundle"]
    url = f"sqlite:///{tmp_path / 'store.db'}"
    stored(url, tmp_path / "in", rows("r1", "p01", ["j01", "j02"], columns, name), [("r1", "p01", "j01")])
    found = ShownLists.read(url, None, "job", JOB_ROWS, bundles)
    assert found is not None
    assert vectors(found).shape == (2, columns)
    assert ShownLists.read(url, None, "course", JOB_ROWS, bundles) is None
    assert found.anew().rows is None


def test_a_log_on_other_columns_is_learnt_from_with_rows_made_anew(small: Path, tmp_path: Path) -> None:
    """One list of the bundle that is there, one of a bundle that is gone and had three columns: both get the rows of today."""
    bundles, columns = small / "var" / "bundles", len(JOB_ROWS.names)
    name = json.loads((bundles / "current.json").read_text())["bundle"]
    url = f"sqlite:///{tmp_path / 'store.db'}"
    told = [
        *rows("r1", "p01", ["j38", "j39"], columns, name),
        *rows("r2", "p02", ["j36", "j37", "gone"], 3, "other"),
    ]
    stored(url, tmp_path / "in", told, [("r1", "p01", "j38"), ("r2", "p02", "j37")])
    folder = read_source(url)
    profiler = PROFILE.fit({"job": folder.tables["jobs"]})
    snapshot = Snapshot.of(folder, profiler)
    recommender = Recommender(profiler, folder.city, StraightLine.of(folder.city), {"job": JOB_ROWS}, {}, {})
    found = ShownLists.read(url, None, "job", JOB_ROWS, bundles)
    assert found is not None
    assert found.rows is None
    learnt, _ = found.learnt(snapshot.events, snapshot.events, uses_of(snapshot.events, repeats=False))
    sample = learnt.sample(recommender, snapshot, "job")
    assert sample.rows.shape == (4, columns)
    assert sample.sizes.tolist() == [2, 2], "what is in the catalogue no more has no row"
    who = [key_of("p01"), key_of("p02")]
    profiles = snapshot.ask(profiler, np.array(who, np.uint64), np.array([START, START]))
    assert sample.person is not None
    items = snapshot.items["job"]
    for place, (person, end) in enumerate(zip(sample.person.tolist(), np.cumsum(sample.sizes), strict=True)):
        one = profiles.row(who.index(person))
        shown = sorted([("j38", "j39"), ("j36", "j37")][who.index(person)], key=key_of)
        pairs = recommender.pairs(one, items, items.find(np.array([key_of(item) for item in shown], np.uint64)))
        mine = slice(end - sample.sizes[place], end)
        np.testing.assert_array_equal(sample.rows[mine], recommender.build(one, snapshot, "job", pairs))
        assert sample.label[mine].tolist() == [int(item in {"j38", "j37"}) for item in shown]


@pytest.mark.parametrize("logged", [True, False])
def test_long_lists_are_cut_evenly_before_their_rows_are_made(
    logged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stays of a list of eight is what a list of these four alone gives; its moment is that of the first row that stays."""
    folder = read_source(str(tiny.write(tmp_path / "data")))
    profiler = PROFILE.fit({"job": folder.tables["jobs"]})
    snapshot = Snapshot.of(folder, profiler)
    recommender = Recommender(profiler, folder.city, StraightLine.of(folder.city), {"job": JOB_ROWS}, {}, {})
    long, short = [f"j{place:02d}" for place in (*range(7), 38)], ["j20", "gone", "j21"]
    shown = lists(rows("r1", "p01", long), rows("r2", "p02", short))
    shown = replace(shown if logged else shown.anew(), at=START + np.arange(len(shown.at)))
    learnt = Learnt(shown, np.arange(len(shown.at)))
    monkeypatch.setattr(sampling, "MOST_ROWS", 4)
    kept = sampling.within(np.unique(shown.request, return_inverse=True)[1], shown.item, "by hand")
    assert int(kept.sum()) == 4 + len(short)
    capsys.readouterr()
    cut = learnt.sample(recommender, snapshot, "job")
    assert capsys.readouterr().err.count("1 of 2 questions have more than 4 rows, up to 8") == 1
    whole = Learnt(shown.where(kept), learnt.label[kept]).sample(recommender, snapshot, "job")
    assert sorted(cut.sizes.tolist()) == ([3, 4] if logged else [2, 4])
    for name in ("rows", "label", "sizes", "position", "person", "at"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


def test_questions_know_their_places_their_asker_and_their_moment() -> None:
    shown = lists(rows("r2", "q", "cb"), rows("r1", "p", "dabc"))
    learnt = events(("p", "b", "view", "r1"), ("p", "a", "view", None), ("q", "c", "save", "r2"))
    found, _ = shown.learnt(learnt, learnt, uses_of(learnt, repeats=False))
    sample = found.sample(*nothing())
    assert sample.position is not None
    assert sample.person is not None
    assert sample.at is not None
    ends = np.cumsum(sample.sizes)
    asked = [
        {chr(int(row[0])): int(place) for row, place in zip(sample.rows[a:b], sample.position[a:b], strict=True)}
        for a, b in zip([0, *ends], ends, strict=False)
    ]
    expected = {key_of("p"): {"d": 1, "b": 3, "c": 4}, key_of("q"): {"c": 1, "b": 2}}
    assert dict(zip(sample.person.tolist(), asked, strict=True)) == expected
    assert sample.at.tolist() == [START, START]
