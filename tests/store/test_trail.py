"""The audit trail: nobody changes it, and who gets round the triggers is found; on both databases."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.store import Keys, Store, import_folder
from sqrec.store.schema import AUDIT, PERSON_KEYS
from sqrec.store.trail import ENDED, STORE, Entry, Link, about, append, verify
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.keys import PEPPER, key_for


@pytest.fixture
def contents(request: pytest.FixtureRequest) -> Contents | None:
    """Fill a store, for the tests that ask for it."""
    return Contents("chains", chained) if "filled" in request.fixturenames else None


@pytest.fixture
def filled(store_url: str) -> str:
    """Return a store with people, and with two chains of six and four rows in its trail."""
    return store_url


def chained(store: Store, place: Path) -> None:
    import_folder(store, tiny.write(place, {"people": tiny.people()}))
    link = Link()
    for number in range(6):
        entry = Entry(1_000_000 + number, "read", "key:abcdefgh", {"route": "/v1/recommend"}, f"p0{number % 2}")
        link = store.database.write(lambda writing, entry=entry, link=link: append(writing, [entry], "worker 1", link))
    for number in range(3):
        store.audit("made", "tester", {"number": number})
    store.audit(ENDED, "system", {"chain": "worker 1", "place": link.place, "digest": link.digest})


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *arguments], env={"COLUMNS": "300"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def without_triggers(url: str, work: Callable[[Connection], object]) -> None:
    """Do what somebody does who owns the database, and takes its triggers away first."""
    with Store.open(url) as store, store.database.engine.begin() as connection:
        if store.database.file:
            for name in ("audit_is_not_changed", "audit_is_not_deleted", "audit_is_not_replaced"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        work(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'nobody' WHERE number = 1",
        "UPDATE audit SET digest = digest",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit",
    ],
)
def test_nobody_changes_a_row(filled: str, statement: str) -> None:
    with Store.open(filled) as store:
        with pytest.raises(DBAPIError, match="append-only"), store.database.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        with store.database.engine.connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(AUDIT)).scalar() == 10


def test_nobody_gets_round_the_triggers_by_a_statement_of_the_database(filled: str) -> None:
    """SQLite deletes what it replaces without asking the trigger for deletions; PostgreSQL empties tables at once."""
    with Store.open(filled) as store:
        if store.database.file:
            row = "(number, at, what, who, change, chain, place) SELECT {}, 0, 'x', 'x', 0, chain, {} FROM audit WHERE number = 3"
            tried = [
                f"INSERT OR REPLACE INTO audit {row.format('number', '99')}",
                f"REPLACE INTO audit {row.format('77', 'place')}",
            ]
        else:
            tried = ["TRUNCATE audit", "TRUNCATE audit CASCADE"]
        for statement in tried:
            with pytest.raises(DBAPIError, match="append-only"), store.database.engine.begin() as connection:
                connection.exec_driver_sql(statement)


def test_a_trail_that_nobody_touched_holds(filled: str) -> None:
    with Store.open(filled) as store, store.database.reading() as connection:
        found = verify(connection, PEPPER.encode())
    assert (found.rows, found.unchained, found.unsealed, found.broken) == (10, 0, 0, None)
    assert {chain: end.place for chain, end in found.ends.items()} == {STORE: 4, "worker 1": 6}
    code, told = run("verify", "--store", filled)
    assert (code, "Every row is in its place." in told) == (0, True)
    assert found.ends["worker 1"].digest in told


CHANGES = {
    "another who": ("UPDATE audit SET who = 'key:other' WHERE number = 3", "row 3 was changed"),
    "another moment": ("UPDATE audit SET at = at + 1 WHERE number = 4", "row 4 was changed"),
    "another person": ("UPDATE audit SET person = 'x' WHERE number = 2", "row 2 was changed"),
    "other details": ("UPDATE audit SET details = '{}' WHERE number = 8", "row 8 was changed"),
    "one taken out": ("DELETE FROM audit WHERE number = 3", "row 4 does not follow"),
    "the first taken out": ("DELETE FROM audit WHERE number = 1", "row 2 does not follow"),
    "the end of a chain": ("DELETE FROM audit WHERE number IN (5, 6)", "row 10 says that a worker ended at its row 6"),
    "a whole chain but its end": ("DELETE FROM audit WHERE chain = 'worker 1'", "there are none"),
    "no seal": ("UPDATE audit SET seal = NULL WHERE number = 7", "row 7 is sealed by nothing"),
    "out of the chain": ("UPDATE audit SET digest = NULL WHERE number = 5", "row 5 is in no chain"),
}


@pytest.mark.parametrize(("statement", "said"), CHANGES.values(), ids=CHANGES)
def test_what_was_done_past_the_triggers_is_found(filled: str, statement: str, said: str) -> None:
    without_triggers(filled, lambda connection: connection.exec_driver_sql(statement))
    code, told = run("verify", "--store", filled)
    assert code == 1
    assert f"Broken: {said}" in told or said in told


def test_who_chains_rows_again_without_the_pepper_is_found(filled: str) -> None:
    """Everything is public but the pepper: whoever has the database alone cannot make digests that hold."""
    from sqrec.store.trail import Seal

    def again(connection: Connection) -> None:
        link = Link()
        for row in (
            connection.execute(sa.select(AUDIT).where(AUDIT.c.chain == "worker 1").order_by(AUDIT.c.place)).mappings().all()
        ):
            told = dict(row) | {"who": "key:other", "previous": link.digest}
            link = Link(row["place"], Seal.of(b"a guess of the pepper, a long one at that").digest(told))
            changed = sa.update(AUDIT).where(AUDIT.c.number == row["number"])
            connection.execute(changed.values(who="key:other", previous=told["previous"], digest=link.digest))

    without_triggers(filled, again)
    code, told = run("verify", "--store", filled)
    assert (code, "Broken: row 1 was changed." in told) == (1, True)


def test_without_a_pepper_the_trail_says_so(store_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SQREC_PEPPER")
    monkeypatch.setenv("SQREC_PEPPER_FILE", str(tmp_path / "none"))
    with Store.open(store_url) as store:
        store.audit("made", "tester")
    code, told = run("verify", "--store", store_url)
    assert (code, "1 rows are chained without a secret" in told) == (0, True)


def test_a_person_stands_under_a_key_of_their_own(filled: str) -> None:
    with Store.open(filled) as store:
        with store.database.reading() as connection:
            rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.number)).mappings().all()
            keys = {row.person_id: row.secret for row in connection.execute(sa.select(PERSON_KEYS))}
            assert [row["number"] for row in about(connection, "p01")] == [2, 4, 6]
        assert set(keys) == {"p00", "p01"}
        assert len(set(keys.values())) == 2
        assert len({row["person"] for row in rows[:6]}) == 2
        assert not any(name in json.dumps([dict(row) for row in rows]) for name in ("p00", "p01"))
        store.database.write(lambda writing: append(writing, [Entry(1, "read", "x", None, "nobody of the store")], "worker 2"))
        with store.database.reading() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(PERSON_KEYS)).scalar() == 2
            assert connection.execute(sa.select(AUDIT.c.person).where(AUDIT.c.chain == "worker 2")).scalar() is None


def test_the_list_is_that_of_whom_one_asks_for(filled: str) -> None:
    key = key_for(filled)
    with Store.open(filled) as store:
        Keys(store.database).revoke(key[3:11], "tester")
    code, told = run("list", "--store", filled, "--person", "p01")
    assert (code, told.count("/v1/recommend")) == (0, 3)
    assert run("list", "--store", filled, "--what", "key revoked")[1].count("key revoked") == 1
    assert run("list", "--store", filled, "-n", "2")[1].count(" key ") == 2
    assert "There is no such row." in run("list", "--store", filled, "--person", "p05")[1]


def test_rows_of_before_there_were_chains_are_told(store_url: str) -> None:
    with Store.open(store_url) as store:
        with store.database.engine.begin() as connection:
            connection.execute(sa.insert(AUDIT).values(at=1, what="access", who="clerk 7", change=1))
        store.audit("made", "tester")
        with store.database.reading() as connection:
            found = verify(connection, PEPPER.encode())
    assert (found.rows, found.unchained, found.broken) == (2, 1, None)
    code, told = run("verify", "--store", store_url)
    assert (code, "1 rows are from before the trail was chained" in told) == (0, True)
