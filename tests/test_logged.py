"""Learning from shown lists: the vectors that were served, labelled by what became of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features import JOB_ROWS
from sqrec.arrays import key_of, keys_of
from sqrec.catalogue.store import Store, import_folder
from sqrec.profile import Events
from tests import tiny
from training.logged import ShownLists

START = 1_780_000_000_000_000


def rows(request: str, person: str, items: str, columns: int = 2, bundle: str = "b") -> list[dict[str, Any]]:
    """Return a shown list; the vector of an item is its number twice."""
    return [
        {
            "request_id": request, "person_id": person, "kind": "job", "item_id": item, "position": place + 1, "at": START,
            "bundle": bundle, "vector": np.full(columns, float(ord(item))).tobytes(),
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


def test_a_list_of_which_something_was_used_is_a_question() -> None:
    shown = lists(rows("r1", "p", "abcd"), rows("r2", "q", "efg"))
    happened = events(("p", "b", "view", "r1"), ("p", "b", "apply", None), ("p", "c", "save", "r1"), ("p", "z", "view", None))
    assert labelled(shown, happened) == ([{"a": 0, "b": 3, "c": 2, "d": 0}], [True, True, False])


def test_what_was_used_some_other_time_is_no_negative() -> None:
    """Not even if the use is held out: the label would tell what is to be found out."""
    shown = lists(rows("r1", "p", "abc"))
    learnt = events(("p", "b", "view", "r1"))
    happened = events(("p", "b", "view", "r1"), ("p", "a", "apply", None), ("q", "c", "apply", None))
    assert labelled(shown, learnt, happened) == ([{"b": 1, "c": 0}], [True])


@pytest.mark.parametrize(
    "told",
    [("p", "b", "view", "unheard of"), ("p", "z", "view", "r1"), ("p", "b", "impression", "r1"), ("p", "b", "view", None)],
)
def test_uses_that_came_from_no_list(told: tuple[str, str, str, str | None]) -> None:
    found, came = labelled(lists(rows("r1", "p", "abc")), events(told))
    assert (found, any(came)) == ([], False)


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
    found = ShownLists.read(store_url, "job", JOB_ROWS, bundles)
    assert found is not None
    assert set(found.request.tolist()) == {key_of("r1")}
    assert found.rows.shape == (2, columns)
    assert ShownLists.read(small / "data", "job", JOB_ROWS, bundles) is None


def test_questions_know_their_places_their_asker_and_their_moment() -> None:
    shown = lists(rows("r2", "q", "cb"), rows("r1", "p", "dabc"))
    learnt = events(("p", "b", "view", "r1"), ("p", "a", "view", None), ("q", "c", "save", "r2"))
    sample, _ = shown.learnt(learnt, learnt)
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
