"""The schema of a store: the revisions make what the code expects, in both databases, and who may open what."""

import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.contract import TABLES
from sqrec.errors import StoreError
from sqrec.store import Database, Store, import_folder, read_store, upgrade
from sqrec.store import upgrade as upgrade_function
from sqrec.store.schema import METADATA, STORED
from sqrec.store.upgrade import scripts_of
from tests.support import tiny
from tests.support.databases import Server

OWN = {"valid_from", "valid_until", "until_change", "change", "content"}
DESCRIBED = {
    "sqlite": [
        (
            'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master t, pragma_table_info(t.name) c '
            "WHERE t.type = 'table' AND t.name NOT LIKE 'alembic%'"
        ),
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name NOT LIKE 'alembic%'",
    ],
    "postgresql": [
        (
            "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, collname, pg_get_expr(adbin, adrelid) "
            "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace "
            "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum LEFT JOIN pg_collation c ON c.oid = attcollation "
            "WHERE nspname = 'public' AND relkind = 'r' AND attnum > 0 AND relname NOT LIKE 'alembic%'"
        ),
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%'",
    ],
}


def described(engine: sa.Engine) -> list[Any]:
    """Return everything the database knows about its tables."""
    with engine.connect() as connection:
        questions = DESCRIBED[engine.dialect.name]
        return [sorted(map(str, connection.execute(sa.text(question)).all())) for question in questions]


def fresh(store_url: str, postgresql_or_none: Server | None, tmp_path: Path) -> str:
    """Return the address of a database with nothing in it, of the same kind."""
    if postgresql_or_none is None:
        return f"sqlite:///{tmp_path / 'fresh.db'}"
    return postgresql_or_none.database("empty")


@pytest.fixture
def empty_url(store_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    server = None if store_url.startswith("sqlite") else request.getfixturevalue("postgresql")
    return fresh(store_url, server, tmp_path)


def test_the_revisions_make_what_the_code_expects(store_url: str, empty_url: str) -> None:
    with Store.open(store_url) as store:
        upgraded = described(store.database.engine)
        with store.database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
    expected = Database(empty_url)
    with expected.engine.begin() as connection:
        METADATA.create_all(connection)
    assert described(expected.engine) == upgraded
    assert sum(map(len, upgraded)) > 40
    expected.close()


def test_every_column_of_the_contract_is_there(store_url: str) -> None:
    with Store.open(store_url) as store:
        found = sa.inspect(store.database.engine)
        for name, table in TABLES.items():
            columns = {column["name"]: column for column in found.get_columns(name)}
            assert set(columns) - set(table.names) <= OWN
            assert {one.name: one.required for one in table.columns} == {one: not columns[one]["nullable"] for one in table.names}
            assert STORED[name].key in columns


def test_revisions_are_frozen() -> None:
    """A revision says what it makes itself: it takes nothing from the code that goes on changing."""
    for script in scripts_of().walk_revisions():
        assert "sqrec" not in Path(script.path).read_text(encoding="utf-8")


def test_an_embedded_store_is_made_on_the_way(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'deep' / 'er' / 'store.db'}") as store:
        assert store.change() == 0
        with store.database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_postgresql_store_is_made_by_its_command(postgresql: Server) -> None:
    url = postgresql.database("empty")
    with pytest.raises(StoreError, match="run: sqrec store upgrade --store postgresql"):
        Store.open(url)
    first, again = (CliRunner().invoke(app, ["store", "upgrade", "--store", url]) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "before none" in first.output
    assert "before" not in again.output
    with Store.open(url) as store:
        assert store.change() == 0


HEAD = str(scripts_of().get_current_head())
NEXT = f"""
from alembic import op
import sqlalchemy as sa
revision, down_revision = "next", "{HEAD}"
def upgrade():
    op.add_column("keys", sa.Column("note", sa.Text()))
"""


def test_older_and_newer_stores(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older store is upgraded (embedded) or refused with the command; a newer one is refused."""
    module = sys.modules[upgrade_function.__module__]
    later = tmp_path / "revisions"
    later.mkdir()
    for file in module._REVISIONS.glob("r*.py"):
        (later / file.name).write_bytes(file.read_bytes())
    (later / "rnext.py").write_text(NEXT, encoding="utf-8")
    Store.open(store_url).close()
    with monkeypatch.context() as patch:
        patch.setattr(module, "_REVISIONS", later)
        if store_url.startswith("postgresql"):
            with pytest.raises(StoreError, match="is of an older sqrec; run: sqrec store upgrade --store"):
                Store.open(store_url)
            database = Database(store_url)
            assert upgrade(database) == (HEAD, "next")
            database.close()
        with Store.open(store_url) as store:
            assert "note" in {column["name"] for column in sa.inspect(store.database.engine).get_columns("keys")}
    with pytest.raises(StoreError, match="is of a newer sqrec"):
        Store.open(store_url)
    database = Database(store_url)
    with pytest.raises(StoreError, match="is of a newer sqrec"):
        upgrade(database)
    database.close()


def test_an_older_store_is_upgraded_with_all_that_is_in_it(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store of the second revision, filled by that revision's columns alone: nothing is lost, and nothing counts as changed."""
    module, folder = sys.modules[upgrade_function.__module__], tiny.write(tmp_path / "data")
    with Store.open(f"sqlite:///{tmp_path / 'new.db'}") as new:
        import_folder(new, folder)
        rows = {name: _rows(new, name) for name in ("people", "jobs", "events", "folder", "changes")}
    older = tmp_path / "revisions"
    older.mkdir()
    for file in module._REVISIONS.glob("r000[12]*.py"):
        (older / file.name).write_bytes(file.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(module, "_REVISIONS", older)
        database = Database(empty_url)
        assert upgrade(database) == (None, "0002")
        _fill(database, rows)
        database.close()
    database = Database(empty_url)
    assert upgrade(database) == ("0002", HEAD)
    database.close()
    with Store.open(empty_url) as store:
        again = import_folder(store, folder)
        assert {name: (one.new, one.changed) for name, one in again.written.items()} == dict.fromkeys(again.written, (0, 0))
        tables = read_store(empty_url, ["jobs", "events", "people"]).tables
        assert len(tables["jobs"]) == 40
        for table, column in (
            ("jobs", "phone"),
            ("jobs", "event_id"),
            ("events", "writer"),
            ("events", "reason"),
            ("people", "walk"),
        ):
            assert tables[table][column].isna().all()
        grown = [{**row, "walk": "no_steps"} if row["person_id"] == "p03" else row for row in tiny.people()]
        tiny.write(tmp_path / "grown", {"people": grown})
        assert import_folder(store, tmp_path / "grown").written["people"].changed == 1
        found = store.record("p03")
        assert found is not None
        assert found.person.walk == "no_steps"


def _rows(store: Store, name: str) -> list[dict[str, Any]]:
    with store.database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {name}")).mappings()]


def _fill(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows into the tables as they were, without the columns that came later."""
    with database.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM changes"))
        for name, told in rows.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            kept = [{column.name: row[column.name] for column in table.columns} for row in told]
            connection.execute(sa.insert(table), kept)


def test_an_upgrade_that_fails_changes_nothing(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[upgrade_function.__module__]
    with Store.open(store_url) as store:
        before = described(store.database.engine)
    later = tmp_path / "revisions"
    later.mkdir()
    for file in module._REVISIONS.glob("r*.py"):
        (later / file.name).write_bytes(file.read_bytes())
    (later / "rnext.py").write_text(NEXT + "    raise ArithmeticError\n", encoding="utf-8")
    database = Database(store_url)
    with monkeypatch.context() as patch, pytest.raises(ArithmeticError):
        patch.setattr(module, "_REVISIONS", later)
        upgrade(database)
    database.close()
    with Store.open(store_url) as store:
        assert described(store.database.engine) == before


def test_a_password_is_not_told(postgresql: Server) -> None:
    url = postgresql.database("empty").replace("sqrec@", "sqrec:secret@")
    with pytest.raises(StoreError) as told:
        Store.open(url)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "is no address of a store"),
        ("mysql://somebody@host/base", "SQLite or PostgreSQL, not mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "cannot be used"),
    ],
)
def test_addresses_that_are_none(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as raised:
        Store.open(url)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("something else altogether" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        Store.open(f"sqlite:///{tmp_path / 'x.db'}")


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        Store.open(f"sqlite:///{tmp_path / 'x.db'}", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    """It holds restricted facts; what SQLite writes beside it is no more open."""
    path = tmp_path / "store.db"
    with Store.open(f"sqlite:///{path}") as store, store.database.reading():
        modes = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(modes, 0)
    assert "store.db" in modes
