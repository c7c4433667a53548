"""What counts of events and lists, in the store and wherever its data are read: one rule."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from features import PROFILE
from sqrec.access.sessions import SELF
from sqrec.base.arrays import key_of
from sqrec.base.numbers import DAY
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.trust import capped, counted, events_of, learnt_from, listed
from sqrec.cities import load_city
from sqrec.evaluate.stats.split import split
from sqrec.store import Store, import_folder, read_store
from sqrec.store.schema import TALLIES
from tests.support import tiny
from tests.support.databases import Contents

AT = tiny.micros("2026-07-30T04:00:00")


def row(name: str, person: str = "p01", item: str = "j11", event: str = "view", **more: Any) -> dict[str, Any]:
    told = {"event_id": name, "person_id": person, "kind": "job", "item_id": item, "event": event}
    return told | {"at": AT, "recorded_at": AT, "writer": "key:aaaaaaaa"} | more


@pytest.fixture
def contents() -> Contents:
    return Contents("trusted", lambda store, place: import_folder(store, tiny.write(place)))


@pytest.fixture
def store(store_url: str) -> Any:
    """Open a store with the small city."""
    with Store.open(store_url) as opened:
        yield opened


def shown(store: Store, **caps: Any) -> dict[tuple[str, int], int]:
    city = store.city()
    city = city.model_copy(update={"counting": city.counting.model_copy(update=caps)})
    frame = store.shown(store.change(), city, 14)
    return {
        (item, position): int(times)
        for item, position, times in zip(frame["item_id"], frame["position"], frame["times"], strict=True)
    }


def test_one_rule_for_counts_training_and_reports(store: Store, tmp_path: Path) -> None:
    """What lies above a cap feeds no count, no lesson and no held-out question; the rest does; without a writer all does."""
    city = store.city()
    before = read_store(store.name)
    rows = [row(f"e{number}", person=f"p{number:02}", event="apply") for number in range(1, 6)]
    taken = store.take_events(rows, city)
    assert taken.uncounted == dict.fromkeys(range(1, 5), "item")
    folder = read_store(store.name)
    snapshot = Snapshot.of(folder, PROFILE.fit({"job": folder.tables["jobs"]}))
    above = {key_of(f"e{number}") for number in range(2, 6)}
    everything = set(snapshot.events.event.tolist())
    assert above < everything  # their own people's history
    assert not above & set(snapshot.events.event[snapshot.feeds(snapshot.events)].tolist())
    assert key_of("e1") in set(snapshot.events.event[snapshot.feeds(snapshot.events)].tolist())
    assert not above & set(snapshot.counts["job"].events.event.tolist())
    for name in ("last", "none"):
        found = split(snapshot.events, "job", name)
        assert not above & set(snapshot.events.event[found.kept].tolist())
        asked = list(zip(found.held.person.tolist(), found.held.items.values.tolist(), strict=False))
        assert (key_of("p03"), key_of("j11")) not in asked
    lessons = learnt_from(folder)
    assert lessons is not None
    assert len(lessons) == len(folder.tables["events"]) - 4
    assert len(learnt_from(before)) == len(before.tables["events"])  # type: ignore[arg-type]


def test_an_export_says_the_same(store: Store, tmp_path: Path) -> None:
    """The marks go with the events into a folder and back."""
    store.take_events([row("e1"), row("e2", person="p02")], store.city())
    folder = read_store(store.name)
    marked = folder.tables["events"].set_index("event_id")["uncounted"].dropna().to_dict()
    assert marked == {"e2": "item"}


def test_floods_are_no_history(store: Store) -> None:
    """Above a person's own caps: not in the record that a request reads, nor in the snapshot's events."""
    rows = [row(f"e{number}", item="j12") for number in range(5)]
    told = {1: "item", 2: "item", 3: "person_item", 4: "person_item"}  # what is remembered uses up the person's own caps
    assert store.take_events(rows, store.city()).uncounted == told
    city = store.city()
    city = city.model_copy(update={"counting": city.counting.model_copy(update={"item": 99})})
    taken = store.take_events([row(f"f{number}", item="j13") for number in range(5)], city)
    assert taken.uncounted == {3: "person_item", 4: "person_item"}
    record = store.record("p01")
    assert record is not None
    mine = set(record.events.event.tolist())
    assert {key_of("e2"), key_of("f2")} <= mine
    assert not {key_of("e3"), key_of("e4"), key_of("f3"), key_of("f4")} & mine
    assert not {key_of("f3"), key_of("f4")} & set(events_of(read_store(store.name)).event.tolist())


def test_residents_share_a_name_and_no_caps(store: Store) -> None:
    """Every resident's session writes as `session:self`; what one did takes nothing from another."""
    rows = [row(f"e{number}", person=f"p0{number}", writer=SELF) for number in (1, 2, 3)]
    assert store.take_events(rows, store.city()).uncounted == {}
    same = [row(f"k{number}", person=f"p0{number}") for number in (1, 2)]
    assert store.take_events(same, store.city()).uncounted == {1: "item"}


def test_imported_and_demo_events() -> None:
    """Without a writer an event is trusted; what the demo wrote counts in invented data alone; nobody's never."""
    table = pd.DataFrame(
        {"writer": [None, "key:a", "demo", "nobody", "key:a"], "uncounted": [None, None, None, None, "item"]}, dtype="str"
    )
    assert counted(table, synthetic=False).tolist() == [True, True, False, False, False]
    assert counted(table, synthetic=True).tolist() == [True, True, True, False, False]
    assert listed(table, synthetic=False)["writer"].isna().tolist() == [True, False, False]


def test_lists_of_nobody_feed_no_price(store: Store) -> None:
    """3,000 anonymous lists, as attacked, and what counts beside them, by hand."""
    at = time.time_ns() // 1000 - DAY
    told = {"at": at, "kind": "job", "score": 1.0}
    lists = [told | {"request_id": f"n{number}", "item_id": "j11", "position": 1, "writer": "nobody"} for number in range(3000)]
    lists += [told | {"request_id": f"d{number}", "item_id": "j11", "position": 2, "writer": "demo"} for number in range(2)]
    lists += [told | {"request_id": f"i{number}", "item_id": "j12", "position": 1} for number in range(4)]
    lists += [
        told | {"request_id": f"p{number}", "item_id": "j13", "position": 3 - number % 2, "writer": "key:a", "person_id": "p01"}
        for number in range(6)
    ]
    lists += [
        told | {"request_id": f"k{number}", "item_id": "j14", "position": 5 - number, "writer": "key:a"} for number in range(5)
    ]
    store.append_rankings(lists)
    assert shown(store, lists=0) == {("j12", 1): 4, ("j13", 2): 1}
    assert ("j11", 1) not in shown(store, lists=9)
    assert {key: n for key, n in shown(store, lists=2).items() if key[0] == "j14"} == {("j14", 1): 1, ("j14", 2): 1}


def test_nobodys_lists_teach_nothing(store: Store) -> None:
    """An event that names a list: of a trusted writer it is a lesson, of nobody's or by an uncounted event it is none."""
    common = {"at": AT - 1, "kind": "job", "item_id": "j11", "position": 1, "score": 1.0, "vector": np.zeros(2).tobytes()}
    people = {"a": ("p01", "key:a"), "b": ("p02", "nobody"), "c": ("p03", None), "d": ("p04", "key:a")}
    store.append_rankings([common | {"request_id": name, "person_id": who, "writer": by} for name, (who, by) in people.items()])
    store.append_events([row(f"e{name}", person=people[name][0], request_id=name) for name in "abc"])
    store.append_events([row("ed", person="p04", request_id="d", uncounted="item")])
    found = pd.concat(list(store.used_rankings("job", None)))
    assert sorted(found["request_id"]) == ["a", "c"]


def test_a_new_day_counts_anew_and_forgets(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caps are of a local day; the tallies of the day before are gone, and with them the secret that named them."""
    city = store.city()
    assert store.take_events([row("e1"), row("e2", person="p02")], city).uncounted == {1: "item"}
    now = time.time_ns()
    monkeypatch.setattr("sqrec.store.database.time.time_ns", lambda: now + DAY * 1000)
    assert store.take_events([row("e3", person="p03"), row("e4", person="p04")], city).uncounted == {1: "item"}
    with store.database.reading() as connection:
        assert len(set(connection.execute(sa.select(TALLIES.c.day)).scalars())) == 1


def test_what_of_a_writers_lists_counts_by_hand() -> None:
    kinds, writers = ["job"] * 4, ["a", "a", "a", "b"]
    assert capped(kinds, ["x", "x", "x", "x"], writers, [2, 2, 3, 9], 3) == [2, 1, 0, 3]


def test_the_usual_caps_are_dated_and_sourced() -> None:
    for name in (None, "qingdao"):
        found = load_city(name).counting
        assert (found.since, found.trust) == ("2026-11-30", "K")
        assert found.source
