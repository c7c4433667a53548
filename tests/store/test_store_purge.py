"""What a store has kept long enough goes, and nothing else; in both databases."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from typer.testing import CliRunner

from sqrec.base.numbers import DAY
from sqrec.cities import load_city
from sqrec.cli.app import app
from sqrec.rights import Keeping, retention
from sqrec.store import Rights, Store, import_folder, purge
from sqrec.store import purging as module
from sqrec.store.complaints import Complaints
from sqrec.store.schema import METADATA
from sqrec.store.trail import verify
from tests.support import tiny

NOW = 1_900_000_000_000_000


def counted(store: Store) -> dict[str, int]:
    with store.database.engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def filled(url: str, place: Path) -> Store:
    """Return a store with events and rankings at both sides of their limits, and an ended version of a person."""
    store = Store.open(url)
    import_folder(store, tiny.write(place / "data", {"jobs": tiny.jobs(), "people": tiny.people()}))
    Rights(store.database).change("p01", "me", deleted=["skills"])
    Rights(store.database).consent("p01", "push", "push-1", "me", given=True)
    store.append_events(
        [
            {"event_id": f"e{days}", "person_id": "p01", "kind": "job", "item_id": "j01", "event": "view", "at": NOW - days * DAY}
            for days in (1, 1094, 1095, 1096, 2000)
        ]
    )
    store.append_rankings(
        [
            {"request_id": f"r{days}", "at": NOW - days * DAY, "kind": "job", "item_id": "j01", "position": 1, "bundle": "b"}
            for days in (1, 364, 365, 366)
        ]
    )
    return store


def test_every_table_has_a_rule_that_its_columns_bear_out() -> None:
    assert retention().tables.keys() == METADATA.tables.keys()
    for name, rule in retention().tables.items():
        assert rule.after is None or rule.after in METADATA.tables[name].columns, name
        assert rule.duty
        assert rule.source
    rules = retention().tables
    assert (rules["people"].days or 0) >= (rules["rankings"].days or 0)  # a kept list can be explained
    assert rules["audit"].days is None


def test_a_rule_below_a_duty_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 183"):
        Keeping(days=30, after="at", least=183, duty="logs", source="law")
    with pytest.raises(ValidationError, match="both"):
        Keeping(days=30, duty="logs", source="law")


def test_what_is_over_its_time_goes_and_a_dry_run_changes_nothing(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 1)  # several transactions
    with filled(store_url, tmp_path) as store:
        before = counted(store)
        told = {one.table: (one.rows, one.over, one.kept) for one in purge(store.database, NOW)}
        assert (told["events"], told["rankings"]) == ((5, 2, 3), (4, 1, 3))
        assert counted(store) == before
        assert {one.table: (one.rows, one.over, one.kept) for one in purge(store.database, NOW, "me")} == told
        after = counted(store)
        assert after.pop("audit") == before.pop("audit") + 2
        assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
            name: over for name, (_, over, _) in told.items() if over
        }
        with store.database.engine.connect() as connection:
            events = connection.execute(sa.text("SELECT event_id FROM events")).scalars()
            assert set(events) == {"e1", "e1094", "e1095"}
        assert [one.over for one in purge(store.database, NOW, "me") if one.over] == []


def test_ended_versions_go_and_present_ones_stay(store_url: str, tmp_path: Path) -> None:
    with filled(store_url, tmp_path) as store:
        late = 2**61
        told = {one.table: (one.rows, one.over) for one in purge(store.database, late, "me")}
        assert told["people"] == (13, 1)
        assert told["jobs"] == (40, 0)
        after = counted(store)
        assert (after["people"], after["jobs"], after["events"], after["rankings"]) == (12, 40, 0, 0)
        assert (after["tag_changes"], after["consents"]) == (1, 1)
        record = store.record("p01")
        assert record
        assert record.person.deleted == ("skills",)


def test_a_complaint_goes_three_years_after_its_answer(store_url: str, tmp_path: Path) -> None:
    """One without an answer never does."""
    with filled(store_url, tmp_path) as store:
        complaints, city = Complaints(store.database), load_city("qingdao")
        first, _ = (complaints.file("p01", "电话打不通", None, "me", city) for _ in range(2))
        answered = complaints.answer(first.complaint_id, "已处理", "admin")
        assert answered
        assert answered.answered_at
        for days, over in ((1095, 0), (1096, 1)):
            told = {one.table: one.over for one in purge(store.database, answered.answered_at + days * DAY)}
            assert told["complaints"] == over


def test_the_command_is_a_dry_run_unless_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    filled(url, tmp_path).close()

    def run(*more: str) -> str:
        found = CliRunner().invoke(app, ["purge", "--store", url, *more], env={"COLUMNS": "250"})
        assert found.exit_code == 0, found.output
        return found.output

    with Store.open(url) as store:
        before = counted(store)
    dry = run("--at", "2030-03-17T17:46:40Z")
    assert "nothing was deleted: run again with --yes" in dry
    assert "consents" in dry  # with the duty by which it is kept
    assert "PIPL 14" in dry
    with Store.open(url) as store:
        assert counted(store) == before
        store.append_events(
            [{"event_id": "old", "person_id": "p01", "kind": "job", "item_id": "j01", "event": "view", "at": DAY}]
        )
    assert "1 rows deleted" in run("--yes", "--at", "2030-03-17T17:46:40Z")  # nothing is deleted before its time
    with Store.open(url) as store, store.database.engine.connect() as connection:
        assert counted(store) == before | {"audit": before["audit"] + 2}
        rows = [(what, json.loads(told)) for what, told in connection.execute(sa.text("SELECT what, details FROM audit"))]
        (_, begun), (_, ended) = rows
        assert [what for what, _ in rows] == ["purge begun", "purge ended"]
        assert (begun["over"], ended["deleted"], begun["run"]) == ({"events": 1}, {"events": 1}, ended["run"])


def test_a_killed_purge_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in the trail before anything goes; the list says that it has no end, and a later one has its own."""
    url = f"sqlite:///{tmp_path / 'store.db'}"

    def told() -> str:
        found = CliRunner().invoke(app, ["audit", "list", "--store", url], env={"COLUMNS": "250"})
        assert found.exit_code == 0, found.output
        return found.output

    with filled(url, tmp_path) as store:
        with monkeypatch.context() as patch:
            patch.setattr(module, "_some", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                purge(store.database, NOW, "ops")
        assert "a purge that ops began has no end here" in told()
        purge(store.database, NOW, "ops")
        assert told().count("has no end here") == 1
        assert told().count("purge ended") == 1
        with store.database.reading() as connection:
            assert verify(connection, store.database.pepper()).broken is None
