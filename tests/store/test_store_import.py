"""Importing: what a folder holds is in the store once, in versions, whatever is sent again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.contract import Kind
from sqrec.errors import StoreError
from sqrec.store import Store, Written, import_folder
from sqrec.store import importing as importing_module
from sqrec.store.schema import STORED
from tests.support import tiny

TABLES = {"jobs": 40, "people": 12, "events": 160}


def rows_in(store: Store, name: str, *columns: str) -> list[tuple[Any, ...]]:
    table = STORED[name].sql
    with store.database.reading() as connection:
        asked = sa.select(*(table.c[column] for column in columns)).order_by(table.c[STORED[name].key], table.c.change)
        return [tuple(row) for row in connection.execute(asked)]


def jobs_with(**changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row | dict(changes.get(row["job_id"], {})) for row in tiny.jobs()]


def write(folder: Path, city: str | None = "qingdao", **tables: Sequence[Mapping[str, Any]]) -> Path:
    return tiny.write(folder, tables, city)


def test_what_is_new_changed_and_unchanged(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store:
        first = import_folder(store, tiny.write(tmp_path / "a"))
        assert first.written == {name: Written(count, 0, 0) for name, count in TABLES.items()}
        assert first.change == store.change() == 4  # the folder itself, then a transaction a table
        again = import_folder(store, tmp_path / "a")
        assert again.written == {name: Written(0, 0, count) for name, count in TABLES.items()}
        assert again.change == 4
        people = [row | {"wage_min": 9000} if row["person_id"] == "p03" else row for row in tiny.people()]
        other = write(tmp_path / "b", jobs=jobs_with(j05={"title": "厨师长"}, j06={"wage_max": ""})[:10], people=people)
        third = import_folder(store, other)
        assert third.written == {"jobs": Written(0, 2, 8), "people": Written(0, 1, 11)}
        assert third.change == 6
        assert len(rows_in(store, "jobs", "job_id")) == 42  # what is gone from the folder stays


def test_every_version_is_kept(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store:
        for number, title in enumerate(("厨师", "厨师长", "厨师", "厨师")):
            import_folder(store, write(tmp_path / str(number), jobs=[{"job_id": "j", "title": title}]))
        found = rows_in(store, "jobs", "title", "valid_from", "valid_until", "change", "until_change")
    assert [row[0] for row in found] == ["厨师", "厨师长", "厨师"]
    assert [(row[3], row[4]) for row in found] == [(2, 3), (3, 4), (4, None)]
    assert [row[2] for row in found] == [found[1][1], found[2][1], None]
    assert found[0][1] < found[1][1] < found[2][1]


def test_replaced_rows_have_one_version(store_url: str, tmp_path: Path) -> None:
    with Store.open(store_url) as store:
        import_folder(store, write(tmp_path / "a", restricted=[{"person_id": "p", "sex": "female"}, {"person_id": "q"}]))
        import_folder(store, write(tmp_path / "b", restricted=[{"person_id": "p", "sex": "female", "veteran": "true"}]))
        assert rows_in(store, "restricted", "person_id", "sex", "veteran", "change") == [
            ("p", "female", True, 3),
            ("q", None, None, 2),
        ]


def test_the_first_event_stands(store_url: str, tmp_path: Path) -> None:
    event = {"event_id": "v", "person_id": "p", "kind": "job", "item_id": "j", "event": "view", "at": "2026-07-01T00:00:00Z"}
    with Store.open(store_url) as store:
        import_folder(store, write(tmp_path / "a", events=[event]))
        again = import_folder(store, write(tmp_path / "b", events=[event | {"event": "apply"}, event | {"event_id": "w"}]))
        assert again.written == {"events": Written(1, 0, 1)}
        assert rows_in(store, "events", "event_id", "event", "recorded_at") == [("v", "view", None), ("w", "view", None)]


def test_a_row_without_an_id_is_known_by_its_content(store_url: str, tmp_path: Path) -> None:
    edges = [{"from": "a", "to": "b", "metres": 5}, {"from": "a", "to": "b", "metres": 6}, {"from": "a", "to": "b", "metres": 5}]
    with Store.open(store_url) as store:
        found = import_folder(store, write(tmp_path / "a", walk_edges=edges))
        assert found.written == {"walk_edges": Written(2, 0, 1)}
        assert import_folder(store, tmp_path / "a").written == {"walk_edges": Written(0, 0, 3)}


def test_a_change_of_any_cell_is_a_change(store_url: str, tmp_path: Path) -> None:
    """Column by column: filling one cell of a row makes one new version, and emptying it another."""
    bare = {"job_id": "j", "title": "t", "wage_unit": "month"}
    cells = {"employer": "x", "employer_id": "x", "headcount": 1, "hazards_checked": "false", "days_per_week": 0.5, "published_at": "2026-01-01"}  # fmt: skip
    with Store.open(store_url) as store:
        import_folder(store, write(tmp_path / "bare", jobs=[bare]))
        for name, cell in cells.items():
            for place, row in (("full", bare | {name: cell}), ("empty", bare)):
                found = import_folder(store, write(tmp_path / f"{name}-{place}", jobs=[row]))
                assert found.written == {"jobs": Written(0, 1, 0)}, (name, place)


@pytest.mark.parametrize("piece", [1, 7, 39])
def test_the_size_of_transactions_changes_nothing(
    store_url: str, tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_module, "MOST_ROWS", piece)
    tiny.write(tmp_path / "a")
    with Store.open(store_url) as store:
        assert import_folder(store, tmp_path / "a").written == {name: Written(count, 0, 0) for name, count in TABLES.items()}
        assert import_folder(store, tmp_path / "a").written == {name: Written(0, 0, count) for name, count in TABLES.items()}
        assert store.change() == 1 + sum(-(-count // piece) for count in TABLES.values())


def test_an_interrupted_import_is_completed_by_the_next(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny.write(tmp_path / "a")
    with Store.open(store_url) as store:
        with monkeypatch.context() as patch:
            done: list[int] = []

            def failing(*arguments: Any) -> Written:
                done.append(1)
                if len(done) == 4:
                    raise KeyboardInterrupt
                return put(*arguments)

            put = importing_module.put
            patch.setattr(importing_module, "put", failing)
            patch.setattr(importing_module, "MOST_ROWS", 20)
            with pytest.raises(KeyboardInterrupt):
                import_folder(store, tmp_path / "a")
        found = import_folder(store, tmp_path / "a")
        assert found.written == {"jobs": Written(0, 0, 40), "people": Written(0, 0, 12), "events": Written(160, 0, 0)}


def test_a_failing_transaction_leaves_nothing(store_url: str) -> None:
    with Store.open(store_url) as store:

        def work(writing: Any) -> None:
            writing.connection.execute(sa.insert(STORED["skills"].sql).values(skill_id="s", name="n", content=1, change=1))
            writing.wrote = True
            raise ArithmeticError

        with pytest.raises(ArithmeticError):
            store.database.write(work)
        assert rows_in(store, "skills", "skill_id") == []
        assert store.change() == 0


def import_by_command(folder: Path, url: str, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["import", str(folder), "--store", url, *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_tells_what_check_tells_and_what_was_written(store_url: str, tmp_path: Path) -> None:
    write(
        tmp_path / "a",
        jobs=[*tiny.jobs()[:3], {"job_id": "bad", "title": ""}, {"job_id": "odd", "title": "x", "headcount": "many"}],
    )
    code, text = import_by_command(tmp_path / "a", store_url)
    assert code == 1
    assert "jobs (UTF-8): 5 rows in = 4 accepted + 1 rejected\n  4 new, 0 changed, 0 unchanged" in text
    assert "row 6 'many'" in text
    assert "change 2" in text
    assert (tmp_path / "a" / "rejected" / "jobs.csv").read_text(encoding="utf-8").count("bad") == 1
    code, text = import_by_command(tmp_path / "a", store_url, "--out", str(tmp_path / "out"))
    assert code == 1
    assert "0 new, 0 changed, 4 unchanged" in text
    assert (tmp_path / "out" / "rejected" / "jobs.csv").exists()


def test_strict_takes_all_or_nothing(store_url: str, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", people=tiny.people(), jobs=[*tiny.jobs(), {"job_id": "bad", "title": ""}])
    code, text = import_by_command(bad, store_url, "--strict")
    assert code == 1
    assert "jobs row 42, title: '' breaks `required`" in text
    assert "Nothing was imported" in text
    assert not (bad / "rejected").exists()
    with Store.open(store_url) as store:
        assert store.change() == 0
    code, text = import_by_command(tiny.write(tmp_path / "good"), store_url, "--strict")
    assert code == 0
    assert "12 new" in text


def test_a_folder_that_cannot_be_read_is_one_sentence(store_url: str, tmp_path: Path) -> None:
    code, text = import_by_command(tmp_path / "nothing", store_url)
    assert code == 1
    assert text.count("\n") == 1
    assert "is not a folder" in text


def test_what_must_not_stand_in_one_store(store_url: str, tmp_path: Path) -> None:
    """Another city, another frame, real people beside invented ones."""
    jobs = tiny.jobs()[:1]
    with Store.open(store_url) as store:
        import_folder(store, write(tmp_path / "a", jobs=jobs))
        with pytest.raises(StoreError, match="import it into a store of its own"):
            import_folder(store, write(tmp_path / "b", city=None, jobs=jobs))
        real = write(tmp_path / "c", jobs=jobs)
        (real / "folder.json").write_text('{"city": "qingdao"}', encoding="utf-8")
        with pytest.raises(StoreError, match="holds real people, the store invented ones"):
            import_folder(store, real)
        assert store.change() == 2


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ("2026-08-01", "2026-09-01", "2026-09-01"),
        ("2026-09-01", "2026-08-01", "2026-09-01"),
        ("2026-08-01", None, "2026-08-01"),
        (None, "2026-08-01", "2026-08-01"),
        ("2026-08-01", "2026-08-01T12:00:00+08:00", "2026-08-01"),
        ("2026-08-01", "2026-08-02T00:00:01+08:00", "2026-08-02T00:00:01+08:00"),
    ],
)
def test_the_later_day_stands(store_url: str, tmp_path: Path, first: str | None, second: str | None, stands: str) -> None:
    with Store.open(store_url) as store:
        for place, as_of in (("a", first), ("b", second)):
            folder = write(tmp_path / place, jobs=tiny.jobs()[:1])
            (folder / "folder.json").write_text(
                json.dumps({"city": "qingdao", "as_of": as_of, "synthetic": True}), encoding="utf-8"
            )
            import_folder(store, folder)
        with store.database.reading() as connection:
            assert connection.exec_driver_sql("SELECT as_of, timezone FROM folder").one() == (stands, "Asia/Shanghai")


KINDS: Sequence[Kind] = ("job", "course", "amenity")


def test_all_three_kinds_of_items_have_versions(store_url: str, tmp_path: Path) -> None:
    tables = {"jobs": tiny.jobs(), "courses": tiny.courses(), "amenities": tiny.amenities()}
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "a", tables))
        sizes = [len(store.catalogue_at(kind, store.change())) for kind in KINDS]
        assert sizes == [40, 8, 8]
        assert [len(pd.concat(list(store.items(kind)))) for kind in KINDS] == sizes
