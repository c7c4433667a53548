"""Erasure in a store: what residents had changed, what caps count, and what an import carries of somebody who was erased."""

import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sqrec.cities import load_city
from sqrec.store import Rights, Store, import_folder
from sqrec.store.erasing import erase
from sqrec.store.schema import CONSENTS, TAG_CHANGES, TALLIES
from tests.support import tiny

CITY = load_city("qingdao")


def counted(store: Store, table: sa.Table, person_id: str | None = None) -> int:
    """Return the number of rows of a table, of somebody where told."""
    asked = sa.select(sa.func.count()).select_from(table)
    with store.database.reading() as connection:
        return connection.execute(asked if person_id is None else asked.where(table.c.person_id == person_id)).scalar_one()


def viewed(number: int, person_id: str, item_id: str) -> dict[str, Any]:
    now = time.time_ns() // 1000
    told = {"event_id": f"t{number}", "person_id": person_id, "kind": "job", "item_id": item_id, "event": "view", "at": now}
    unknown = dict.fromkeys(("request_id", "position", "dwell_seconds", "rating", "reason"))
    return told | unknown | {"recorded_at": now, "writer": "key:a"}


def test_the_last_erasure_is_told_beside_every_record(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "people": tiny.people()}))

        def told() -> tuple[int, int]:
            record = store.record("p03")
            assert record
            return record.erasures, store.erasures()

        assert told() == (0, 0)
        for person_id in ("p01", "p02"):
            assert erase(store.database, person_id, "me", store.city())
            assert told() == (store.change(), store.change())
        last = store.change()
        again = erase(store.database, "p01", "me", store.city())
        assert again
        assert again.before
        assert told() == (last, last)
        with store.database.engine.begin() as connection:  # a store of before the last erasure was noted
            connection.execute(sa.text("DELETE FROM erased WHERE hash = 'last'"))
        assert told() == (last, last)


def test_what_residents_changed_and_what_caps_count_goes(store_url: str, tmp_path: Path) -> None:
    """Of two people one is erased: rows of the other stay, and so does what counts of items and of the writer."""
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "data"))
        rights = Rights(store.database)
        for person in ("p01", "p03"):
            assert rights.change(person, "me", deleted=["skills"])
            assert rights.consent(person, "push", "push-1", "me", given=True)
        assert store.take_events([viewed(1, "p01", "j11"), viewed(2, "p03", "j12")], CITY).new == 2
        assert counted(store, TALLIES) == 9  # secret and residents of the day, the writer, both items, and two of each person
        found = erase(store.database, "p01", "tester", CITY)
        assert found
        assert (found.rows["tag_changes"], found.rows["consents"]) == (1, 1)
        assert [counted(store, table, person) for table in (TAG_CHANGES, CONSENTS) for person in ("p01", "p03")] == [0, 1, 0, 1]
        assert counted(store, TALLIES) == 7
        late = store.take_events([viewed(3, "p01", "j13"), viewed(4, "p03", "j14")], CITY)
        assert (late.new, late.known, late.other, late.uncounted) == (1, 0, {}, {})
        assert counted(store, TALLIES) == 9
        assert not rights.change("p01", "me", deleted=["skills"])
        assert not rights.consent("p01", "push", "push-1", "me", given=True)


def test_deletions_of_the_erased_are_not_noted_again(store_url: str, tmp_path: Path) -> None:
    """An export carries deletions; of somebody who was erased they stay out with their row, of others they are noted."""
    people = tiny.people()
    for row in people:
        row["deleted"] = "skills" if row["person_id"] in {"p01", "p03"} else ""
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "before"))
        assert erase(store.database, "p01", "tester", CITY)
        written = import_folder(store, tiny.write(tmp_path / "after", {"people": people})).written["people"]
        assert written.erased == 1
        assert [counted(store, TAG_CHANGES, person) for person in ("p01", "p03")] == [0, 1]
