"""What a service answers from: the same two numbers, the same bits, however one came there."""

import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from features import JOB_ROWS, PROFILE
from sqrec.base.arrays import Ragged, key_of
from sqrec.base.text import TextRows
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot, people_of
from sqrec.cities import load_city
from sqrec.contract import KINDS
from sqrec.rank import SERVED, Linear, Recommender
from sqrec.reach.walk import StraightLine
from sqrec.store import Store, import_folder, read_store, read_store_at
from sqrec.store.state import State
from sqrec.tables import clock, read_folder
from tests.support import tiny

AT = tiny.micros("2026-07-25T04:00")


def tables(**changes: Any) -> dict[str, Any]:
    return {
        "jobs": tiny.jobs(), "courses": tiny.courses(), "amenities": tiny.amenities(), "people": tiny.people(), "events": tiny.events(),
    } | changes  # fmt: skip


def changed_jobs() -> list[dict[str, Any]]:
    """Return the jobs with one other title, one other wage, one of before j00 and one behind all of them."""
    rows = tiny.jobs()
    rows[3]["title"], rows[7]["wage_max"] = "夜班保安", 9000
    return [*rows, {**rows[5], "job_id": "a0"}, {**rows[6], "job_id": "z9", "title": "直播客服"}]


def profiler(folder: Path) -> Any:
    read = read_folder(folder, write_rejected=False)
    return PROFILE.fit({"job": read.tables["jobs"], "course": read.tables["courses"], "amenity": read.tables["amenities"]})


def assert_equal(one: Any, other: Any, where: str = "items") -> None:
    """Compare to the bit: arrays, ragged rows, mappings of them."""
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        assert one.shape == other.shape, where
        assert one.tobytes() == other.tobytes(), where
    elif isinstance(one, Ragged | TextRows):
        names = ("offsets", "values") if isinstance(one, Ragged) else ("offsets", "columns", "weights")
        for name in names:
            assert_equal(getattr(one, name), getattr(other, name), f"{where}.{name}")
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        for name in one:
            assert_equal(one[name], other[name], f"{where}.{name}")
    else:
        assert one == other, where


def assert_same_items(one: Items, other: Items) -> None:
    for name in Items.__dataclass_fields__:
        if name != "table":
            assert_equal(getattr(one, name), getattr(other, name), name)
    for name in ("direction", "skill_rows", *(["trade_kinship"] if "trade" in one.groups else [])):
        assert_equal(getattr(one, name), getattr(other, name), name)
    assert one.table.equals(other.table)


def test_a_moved_state_equals_one_read_afresh(store_url: str, tmp_path: Path) -> None:
    first = tiny.write(tmp_path / "first", tables())
    fitted = profiler(first)
    with Store.open(store_url) as store:
        import_folder(store, first)
        before, counted = store.catalogue_change(), store.change()
        state = State.read(store, fitted, before, counted)
        import_folder(store, tiny.write(tmp_path / "second", tables(jobs=changed_jobs())))
        after = store.catalogue_change()
        assert after > before
        moved, fresh = state.moved(store, fitted, after), State.read(store, fitted, after, counted)
        assert len(moved.snapshot.items["job"]) == 42
        for kind in KINDS:
            assert_same_items(moved.snapshot.items[kind], fresh.snapshot.items[kind])
        assert moved.snapshot.items["course"] is state.snapshot.items["course"]
        back = State.read(store, fitted, before, counted)
        for kind in KINDS:
            assert_same_items(back.snapshot.items[kind], state.snapshot.items[kind])


def test_moving_on_to_nothing_new_changes_nothing(store_url: str, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "in", tables())
    fitted = profiler(folder)
    with Store.open(store_url) as store:
        import_folder(store, folder)
        state = State.read(store, fitted, store.catalogue_change(), store.change())
        store.append_events([{"event_id": "x", "person_id": "p00", "kind": "job", "item_id": "j00", "event": "view", "at": AT}])
        assert store.catalogue_change() == state.change
        assert dict(state.moved(store, fitted, state.change).snapshot.items) == dict(state.snapshot.items)


def test_counts_know_what_was_there_when_the_midnight_was_noted(store_url: str, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "in", tables())
    fitted, midnight = profiler(folder), tiny.micros("2026-07-24T16:00")
    with Store.open(store_url) as store:
        import_folder(store, folder)
        counted = store.midnight(midnight)
        assert counted == store.change() - 1  # noting it down is a change of its own
        before = State.read(store, fitted, store.catalogue_change(), counted)
        late = {"event_id": "late", "person_id": "p01", "kind": "job", "item_id": "j05", "event": "apply", "at": midnight - 10}
        store.append_events([late])
        switched = [{**row, "personalised": "false"} if row["person_id"] == "p02" else row for row in tiny.people()]
        import_folder(store, tiny.write(tmp_path / "off", {"people": switched}))
        assert store.midnight(midnight) == counted
        again = State.read(store, fitted, store.catalogue_change(), store.midnight(midnight))
        assert_equal(again.snapshot.counts["job"].total("item", midnight), before.snapshot.counts["job"].total("item", midnight))
        tomorrow = State.read(store, fitted, store.catalogue_change(), store.midnight(midnight + 86_400_000_000))
        off = np.uint64(key_of("p02"))
        assert off in before.snapshot.counts["job"].events.person
        assert off not in tomorrow.snapshot.counts["job"].events.person
        assert np.uint64(key_of("late")) in tomorrow.snapshot.counts["job"].events.event


def test_what_a_midnight_counts_does_not_grow_with_the_clock(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    event = tiny.events()[0] | {"event_id": "ahead", "at": ahead.isoformat()}
    city = load_city("qingdao")
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "in", tables(events=[*tiny.events(), event])))
        change, counted = store.catalogue_change(), store.midnight(tiny.micros("2026-07-24T16:00"))

        def read() -> tuple[str | None, list[str]]:
            folder = read_store_at(store, change, counted, city)
            counting = folder.events()
            assert counting is not None
            return folder.config.as_of, sorted(counting["event_id"])

        first = read()
        monkeypatch.setattr(clock, "datetime", Later)
        assert read() == first
        assert "ahead" not in first[1]
        assert read_store(store_url).config.as_of == ahead.astimezone(city.zone).isoformat(timespec="seconds"), "its day has come"


class Later(datetime):
    """Tell the time in three days."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(days=3)


def test_a_record_is_what_the_folder_says(store_url: str, tmp_path: Path) -> None:
    """Read row by row for a request, or as a frame for everybody: one person, one history, one list."""
    folder = tiny.write(tmp_path / "in", tables())
    fitted, read = profiler(folder), read_folder(folder, write_rejected=False)
    whole, facts = Snapshot.of(read, fitted), people_of(read)
    recommender = Recommender(fitted, read.city, StraightLine.of(read.city), {"job": JOB_ROWS}, {"job": Linear.nothing()}, {})
    with Store.open(store_url) as store:
        import_folder(store, folder)
        assert store.record("nobody") is None
        for person_id in facts:
            record = store.record(person_id)
            assert record is not None
            key = np.array([key_of(person_id)], np.uint64)
            mine = whole.events.of_person(int(key[0]))
            assert record.person == facts[person_id]
            assert record.events.event.tobytes() == whole.events.event[mine].tobytes()
            assert record.events.known.tobytes() == whole.events.known[mine].tobytes()
            at = np.array([AT])
            stored = fitted.profiles([record.known_at(AT)], at, [record.history(AT)], key)
            rows = [
                recommender.recommend(profile, "job", whole, SERVED, 10).scene.rows
                for profile in (stored, whole.ask(fitted, key, at))
            ]
            assert_equal(*rows)


def test_a_record_of_an_earlier_change(store_url: str, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "in", tables())
    with Store.open(store_url) as store:
        import_folder(store, folder)
        first = store.record("p03")
        assert first is not None
        poorer = [{**row, "wage_min": 1000} for row in tiny.people()]
        import_folder(store, tiny.write(tmp_path / "poorer", {"people": poorer}))
        store.append_events([{"event_id": "x", "person_id": "p03", "kind": "job", "item_id": "j00", "event": "view", "at": AT}])
        now, (then,) = store.record("p03"), store.records(["p03"], first.change)
        assert now is not None
        assert then.history(AT).keys() == first.history(AT).keys()
        assert (now.person.wage_min, then.person) == (1000.0, first.person)
        assert (len(now.events), len(then.events)) == (len(first.events) + 1, len(first.events))
        assert store.records(["p03"], 0) == []
        together = store.records(["p05", "p03", "nobody"], store.change())
        assert [one.person.person_id for one in together] == ["p03", "p05"]
        assert together[0].history(AT + 1)["job"].item.tolist() == now.history(AT + 1)["job"].item.tolist()


@pytest.mark.parametrize("most", [1, 5, 500])
def test_ids_of_people_come_page_by_page(store_url: str, tmp_path: Path, most: int) -> None:
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "in"))
        found, last = list[str](), ""
        while ids := store.person_ids(last, most):
            found, last = [*found, *ids], ids[-1]
        assert found == [f"p{number:02d}" for number in range(12)]


def test_a_midnight_to_come_is_not_settled(store_url: str, tmp_path: Path) -> None:
    """Whoever asks for tomorrow's lists today must not keep the rest of today out of tomorrow's counts."""
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "in"))
        tomorrow = time.time_ns() // 1000 + 86_400_000_000
        today = store.midnight(tomorrow)
        store.append_events([{"event_id": "x", "person_id": "p00", "kind": "job", "item_id": "j00", "event": "view", "at": AT}])
        assert store.midnight(tomorrow) == today + 1
