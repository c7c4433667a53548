"""A store's file that is replaced or taken away while it is open, writes that are tried, and connections that come back late."""

import gc
import resource
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event as happening

from sqrec.errors import StoreError
from sqrec.store import Keys, Store, import_folder
from tests.support import tiny


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        import_folder(opened, tiny.write(tmp_path / "data", {"jobs": tiny.jobs(), "people": tiny.people()}))
        yield opened


@pytest.fixture(params=["taken away", "replaced", "replaced by a copy"])
def gone(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Path:
    """Take the open file away, or put another one in its place; return where the open one lies now."""
    file, moved = store.database.file, tmp_path / "moved.db"
    assert file is not None
    if request.param == "replaced by a copy":
        moved = tmp_path / "copy.db"
        moved.write_bytes(file.read_bytes())
        moved.replace(file)
        return file
    file.rename(moved)
    if request.param == "replaced":
        with Store.open(f"sqlite:///{file}"):
            pass
    return moved


def test_a_file_that_is_not_there_any_more_is_neither_read_nor_written(store: Store, gone: Path) -> None:
    """Each way in refuses in one sentence that says what to do, and goes on refusing."""
    event: dict[str, Any] = {"event_id": "e1", "person_id": "p01", "kind": "job", "item_id": "j11", "event": "view", "at": 1}
    for _ in range(2):
        for work in (
            store.change,
            lambda: store.record("p01"),
            lambda: store.append_events([event]),
            lambda: store.audit("tried", "tester"),
            Keys(store.database).listed,
            store.database.prove,
            lambda: store.database.alone(lambda connection: connection.exec_driver_sql("CREATE TABLE other (a)")),
        ):
            with pytest.raises(
                StoreError, match=r"was (taken away|replaced by another) while it was open.* Start again, on the file"
            ):
                work()


def test_a_file_that_was_replaced_is_not_trusted_again(store: Store, tmp_path: Path) -> None:
    """Whoever opened the other one may have written into the log beside it; one that was merely away for a moment is read on."""
    file = store.database.file
    assert file is not None
    file.rename(tmp_path / "moved.db")
    with pytest.raises(StoreError, match="taken away"):
        store.change()
    (tmp_path / "moved.db").rename(file)
    change = store.change()
    store.audit("tried", "tester")
    assert store.change() == change + 1
    file.rename(tmp_path / "moved.db")
    file.touch()
    with pytest.raises(StoreError, match="replaced by another"):
        store.change()
    (tmp_path / "moved.db").rename(file)
    with pytest.raises(StoreError, match="replaced by another"):
        store.change()


def test_what_goes_into_a_file_that_is_taken_away_meanwhile_is_not_acknowledged(store: Store, tmp_path: Path) -> None:
    file = store.database.file
    assert file is not None
    happening.listen(store.database.engine, "commit", lambda connection: file.rename(tmp_path / "moved.db"), once=True)
    with pytest.raises(StoreError, match="taken away"):
        store.audit("tried", "tester")


def test_a_connection_to_another_file_is_not_used_for_this_one(store: Store, tmp_path: Path) -> None:
    """One that was opened while another file lay there for a moment goes on leading to that one."""
    file, ours, theirs = store.database.file, tmp_path / "ours.db", tmp_path / "theirs.db"
    assert file is not None
    store.change()
    reading = store.database.engines[1]
    reading.dispose()
    with Store.open(f"sqlite:///{theirs}"):
        pass

    def swap(*_: Any) -> None:
        file.rename(ours)
        theirs.rename(file)

    def back(*_: Any) -> None:
        file.rename(theirs)
        ours.rename(file)

    happening.listen(reading, "do_connect", swap)
    happening.listen(reading, "connect", back)
    with pytest.raises(StoreError, match="replaced by another"):
        store.change()


def test_a_write_that_is_tried_takes_no_number(store_url: str) -> None:
    with Store.open(store_url) as store:
        before, written = store.change(), list[str]()
        happening.listen(store.database.engine, "before_cursor_execute", lambda *told: written.append(told[2]))
        store.database.prove()
        assert any(one.startswith("UPDATE changes") for one in written)
        assert store.change() == before
        with store.database.engine.begin() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM changes")).scalar_one() == 1


def test_who_finds_the_store_locked_knows_that_it_is_written(store_url: str) -> None:
    """A long import of somebody else makes nobody unready, and is not waited for."""
    with Store.open(store_url) as store, Store.open(store_url) as other:
        store.audit("first", "tester")
        done = threading.Event()

        def hold(writing: Any) -> None:
            store.database.prove()
            done.set()

        other.database.write(hold)
        assert done.is_set()
        store.audit("again", "tester")  # which waits as long as ever


@contextmanager
def full(file: Path) -> Iterator[None]:
    """Let no file of this process grow, as on a full disk."""
    size = max(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(4096, size), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_is_tried_fails_on_a_full_disk(store: Store) -> None:
    assert store.database.file
    store.database.prove()
    with full(store.database.file), pytest.raises(StoreError, match="cannot be used"):
        store.database.prove()
    store.database.prove()


def test_a_write_that_is_tried_fails_where_nothing_may_be_written(store_url: str) -> None:
    with Store.open(store_url) as store:
        statement = "PRAGMA query_only = ON" if store.database.file else "SET TRANSACTION READ ONLY"
        happening.listen(store.database.engine, "begin", lambda connection: connection.exec_driver_sql(statement))
        store.change()
        with pytest.raises(StoreError):
            store.database.prove()


def test_a_connection_that_comes_back_after_the_end_is_closed(store_url: str) -> None:
    """Else it stays open for ever, and psycopg warns when it is forgotten, in whatever runs then."""
    store, reads, ended = Store.open(store_url), threading.Event(), threading.Event()
    raw: list[Any] = []

    def read() -> None:
        with store.database.reading() as connection:
            raw.append(connection.connection.dbapi_connection)
            reads.set()
            ended.wait(10)

    reader = threading.Thread(target=read)
    reader.start()
    assert reads.wait(10)
    store.close()
    ended.set()
    reader.join()
    store.change()  # whoever still asks is answered, and leaves nothing open either
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if store.database.file:
            with pytest.raises(Exception, match="closed"):
                raw[0].execute("SELECT 1")
        else:
            assert raw[0].closed
        raw.clear()
        gc.collect()
