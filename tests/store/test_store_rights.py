"""What residents had changed stands over imports and reaches every reader of a store, in both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sqrec.catalogue.snapshot import people_of
from sqrec.cities import load_city
from sqrec.groups.groups import KeyGroups
from sqrec.groups.restricted_table import restricted_of
from sqrec.store import Rights, Store, export_folder, import_folder, read_store
from tests.support import tiny
from tests.support.databases import Contents

YOUNG, YOUNGER = (f"{datetime.now(UTC).year - years}-02" for years in (16, 15))
RESTRICTED = {"person_id": "p01", "sex": "female", "disability": "true", "recognised": "hard_to_employ@2026-01-01"}


def data_in(place: Path) -> Path:
    return tiny.write(place, {"people": tiny.people(), "restricted": [RESTRICTED], "jobs": tiny.jobs()})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return data_in(tmp_path / "data")


@pytest.fixture
def contents() -> Contents:
    return Contents("store-rights", lambda store, place: import_folder(store, data_in(place)))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


def person(store: Store, person_id: str = "p01") -> Any:
    record = store.record(person_id)
    assert record
    return record.person


def again(store: Store, place: Path, **cells: Any) -> None:
    """Import everybody again, p01 with other cells."""
    people = tiny.people()
    people[1] |= cells
    import_folder(store, tiny.write(place, {"people": people, "restricted": [RESTRICTED], "jobs": tiny.jobs()}))


def test_a_deleted_tag_is_unknown_to_every_reader_and_survives_an_import(store: Store, store_url: str, tmp_path: Path) -> None:
    assert person(store).skills == ("面点@3",)
    rights = Rights(store.database)
    assert rights.change("p01", "session:self", deleted=["skills", "location"])
    for turn in range(3):
        found = person(store)
        assert (found.skills, found.lon, found.lat, found.deleted) == ((), None, None, ("skills", "location"))
        row = read_store(store_url, ["people"]).tables["people"].set_index("person_id").loc["p01"]
        assert not set(row.dropna().index) & {"skills", "lon", "lat"}
        again(store, tmp_path / f"again{turn}", skills=f"面点@{turn + 1}", updated_at="2027-01-01T00:00:00Z")
    assert person(store).updated_at  # the import came through: what else it says holds
    assert person(store, "p02").lon is not None
    assert [(one.tag, one.state, one.who) for one in rights.changes("p01")] == [
        ("location", "deleted", "session:self"),
        ("skills", "deleted", "session:self"),
    ]


def test_an_equal_import_after_a_deletion_writes_nothing(store: Store, data: Path) -> None:
    Rights(store.database).change("p01", "me", deleted=["skills", "group:graduate"])
    before = store.change()
    imported = import_folder(store, data)
    assert (store.change(), imported.written["people"].changed, imported.written["restricted"].changed) == (before, 0, 0)


def test_a_deletion_travels_with_an_export(store: Store, tmp_path: Path) -> None:
    """A fresh store that takes the export in, and then the old register, obeys as well."""
    Rights(store.database).change("p01", "me", deleted=["skills", "disability", "group:hard_to_employ"])
    export_folder(store, tmp_path / "export")
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        import_folder(other, tmp_path / "export")
        again(other, tmp_path / "again")
        record = other.record("p01")
    assert record
    assert record.restricted
    assert (record.person.skills, record.person.deleted) == ((), ("skills",))
    assert (record.restricted.disability, record.restricted.sex) == (None, "female")
    assert record.restricted.deleted_apart == ("disability", "group:hard_to_employ")


def test_a_deleted_group_is_not_worked_out_again(store: Store, store_url: str, tmp_path: Path) -> None:
    city = load_city("qingdao")

    def groups() -> set[str]:
        folder = read_store(store_url, ["people", "restricted"])
        who, told = people_of(folder)["p01"], restricted_of(folder).get("p01")
        return {one.group for one in KeyGroups().of(who, told, city, 1_790_000_000_000_000)}

    assert "hard_to_employ" in groups()
    Rights(store.database).change("p01", "me", deleted=["group:hard_to_employ"])
    assert "hard_to_employ" not in groups()
    assert "graduate" in groups()
    again(store, tmp_path / "again")
    assert "hard_to_employ" not in groups()
    Rights(store.database).change("p02", "me", deleted=["group:graduate"])  # of whom no restricted fact is known
    record = store.record("p02")
    assert record
    assert record.restricted
    assert record.restricted.deleted_apart == ("group:graduate",)


def test_what_was_stated_stands_until_a_newer_row_comes(store: Store, tmp_path: Path) -> None:
    rights = Rights(store.database)
    rights.change("p01", "me", stated={"skills": {"skills": "烹饪|收银"}, "area": {"area": "370202"}})
    assert (person(store).skills, person(store).area) == (("烹饪", "收银"), "370202")
    stated_at = person(store).updated_at
    again(store, tmp_path / "same")
    again(store, tmp_path / "older", updated_at="2026-01-01T00:00:00Z")
    assert (person(store).skills, person(store).updated_at) == (("烹饪", "收银"), stated_at)
    again(store, tmp_path / "newer", updated_at="2100-01-01T00:00:00Z")
    assert person(store).skills == ("面点@3",)
    assert rights.changes("p01") == []
    again(store, tmp_path / "undated")
    assert person(store).skills == ("面点@3",)


def test_what_was_deleted_may_be_stated_or_restored(store: Store, tmp_path: Path) -> None:
    rights = Rights(store.database)
    rights.change("p01", "me", deleted=["skills", "area"])
    rights.change("p01", "me", stated={"skills": {"skills": "收银"}}, restored=["area"])
    assert (person(store).skills, person(store).area, person(store).deleted) == (("收银",), None, ())
    again(store, tmp_path / "again")
    assert (person(store).skills, person(store).area) == (("收银",), "370203022")


def test_the_own_switch_stands_over_imports_and_off_wins(store: Store, tmp_path: Path) -> None:
    rights = Rights(store.database)
    assert rights.switched("p01") == (None, None)
    assert rights.switch("p01", "me", personalised=False)
    for turn, said in enumerate(("", "true", "false")):
        again(store, tmp_path / f"off{turn}", personalised=said, updated_at="2100-01-01T00:00:00Z")
        assert person(store).personalised is False
    rights.switch("p01", "me", personalised=True)
    assert person(store).personalised is True
    again(store, tmp_path / "old", personalised="false", updated_at="2026-01-01T00:00:00Z")
    assert person(store).personalised is True
    again(store, tmp_path / "off", personalised="false")
    assert person(store).personalised is False
    rights.change("p01", "me", deleted=["skills"])  # a tag is no switch
    assert person(store).personalised is False
    rights.change("p01", "me", restored=["skills"])
    assert rights.changes("p01") == []
    assert not rights.switch("nobody", "me", personalised=False)
    assert rights.switched("nobody") is None


def test_lists_of_before_a_change_are_no_lesson(store: Store) -> None:
    """Their vectors know what the person had deleted; those of others, and later ones, are read."""
    at = 1_785_000_000_000_000
    shown = [
        {"request_id": f"r{n}", "at": moment, "person_id": who, "kind": "job", "item_id": "j01", "position": 1}
        | {"bundle": "b", "vector": b"\0" * 8}
        for n, (who, moment) in enumerate((("p01", at), ("p02", at), ("p01", 2**60)))
    ]
    store.append_rankings(shown)
    store.append_events(
        [
            {"event_id": f"e{n}", "person_id": one["person_id"], "kind": "job", "item_id": "j01", "event": "view", "at": at}
            | {"request_id": one["request_id"]}
            for n, one in enumerate(shown)
        ]
    )

    def lessons() -> set[str]:
        return {name for frame in store.used_rankings("job", None) for name in frame["request_id"]}

    assert lessons() == {"r0", "r1", "r2"}
    Rights(store.database).switch("p01", "me", personalised=True)
    assert lessons() == {"r0", "r1", "r2"}
    Rights(store.database).change("p01", "me", deleted=["skills"])
    assert lessons() == {"r1", "r2"}


def test_consents_are_kept_with_version_and_moment(store: Store) -> None:
    rights = Rights(store.database)
    for given, notice in ((True, "push-1"), (True, "push-1"), (False, "push-1"), (True, "push-2")):
        assert rights.consent("p01", "push", notice, "me", given=given)
    assert [(one.given, one.notice) for one in rights.consents("p01")] == [
        (True, "push-1"),
        (False, "push-1"),
        (True, "push-2"),
    ]
    assert rights.consents("p02") == []
    assert not rights.consent("nobody", "push", "push-1", "me", given=True)
    switches, last = rights.asked(["p01", "p02", "p11", "nobody"], "push")
    assert switches == {"p01": None, "p02": None, "p11": False}
    assert {who: (one.given, one.notice) for who, one in last.items()} == {"p01": (True, "push-2")}
    with store.database.engine.connect() as connection:
        moments = list(connection.execute(sa.text("SELECT at FROM consents ORDER BY number")).scalars())
    assert moments == sorted(moments)


def test_a_restored_statement_gives_way_to_what_the_imports_say(store: Store, tmp_path: Path) -> None:
    """To the last import under it, to unknown where that says nothing, and to unknown where the tag was deleted before."""
    rights = Rights(store.database)
    rights.change("p01", "me", stated={"skills": {"skills": "收银"}, "wage_min": {"wage_min": 4100.0}})
    rights.change("p01", "me", stated={"skills": {"skills": "烹饪"}})
    assert (person(store).skills, person(store).wage_min) == (("烹饪",), 4100)
    rights.change("p01", "me", restored=["skills"])
    assert (person(store).skills, person(store).wage_min) == (("面点@3",), 4100)
    again(store, tmp_path / "under", wage_min=3333)
    assert person(store).wage_min == 4100
    rights.change("p01", "me", restored=["wage_min"])
    assert person(store).wage_min == 3333
    rights.change("p01", "me", deleted=["wage_min"])
    rights.change("p01", "me", stated={"wage_min": {"wage_min": 5000.0}})
    rights.change("p01", "me", restored=["wage_min"])
    assert person(store).wage_min is None
    assert rights.changes("p01") == []


def test_a_statement_that_takes_the_place_of_a_restored_one_keeps_what_lies_beneath(store: Store) -> None:
    rights = Rights(store.database)
    rights.change("p01", "me", stated={"location": {"lon": 1.0, "lat": 2.0}})
    rights.change("p01", "me", stated={"location": {"lon": 3.0, "lat": 4.0}}, restored=["location"])
    before = tiny.people()[1]
    assert (person(store).lon, person(store).lat) == (3.0, 4.0)
    rights.change("p01", "me", restored=["location"])
    assert person(store).lon == pytest.approx(before["lon"], abs=0.02)


@pytest.mark.parametrize(
    ("change", "imported", "holds"),
    [
        ({"stated": {"birth_month": {"birth_month": "1990-01"}}}, YOUNG, YOUNG),
        ({"deleted": ["birth_month"]}, YOUNG, YOUNG),
        ({"stated": {"birth_month": {"birth_month": YOUNGER}}}, YOUNG, YOUNGER),
        ({"stated": {"birth_month": {"birth_month": "1990-01"}}}, "1973-02", "1990-01"),
        ({"deleted": ["birth_month"]}, "1973-02", None),
    ],
)
def test_the_law_wins_over_a_birth_month(store: Store, tmp_path: Path, change: Any, imported: str, holds: str | None) -> None:
    """An import that knows a minor (law 7) is believed, whatever was stated or deleted, unless the statement is younger still."""
    rights = Rights(store.database)
    rights.change("p01", "me", **change)
    again(store, tmp_path / "young", birth_month=imported)
    assert person(store).birth_month == holds
    assert [one.tag for one in rights.changes("p01")] == ([] if holds == YOUNG else ["birth_month"])
