"""What a worker reads of keys and sessions again, and when."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as happening

from serving.keyring import KeysHeld
from sqrec.access import KeyRing
from sqrec.access.roles import Grant
from sqrec.access.sessions import Session
from sqrec.errors import StoreError
from sqrec.store import Keys, Sessions, Store, import_folder
from tests.support import tiny
from tests.support.keys import PEPPER, key_for


@pytest.fixture
def held(store_url: str) -> Any:
    with Store.open(store_url) as store:
        key_for(store_url)
        held = KeysHeld(store, PEPPER.encode())
        asked = list[str]()
        for engine in store.database.engines:
            happening.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        yield held, store, asked


def reads(asked: list[str], held: KeysHeld) -> dict[str, int]:
    """Look, and count the questions that read whole rows."""
    asked.clear()
    held.look()
    return {table: sum(f"{table}.hash" in one or f"{table}.subject" in one for one in asked) for table in ("keys", "sessions")}


def test_keys_and_sessions_are_read_when_they_changed_alone(held: Any, store_url: str) -> None:
    """A store is written many times a second; thousands of keys are not read each time."""
    ring, store, asked = held
    assert reads(asked, ring) == {"keys": 0, "sessions": 0}
    store.audit("something", "tester")
    assert reads(asked, ring) == {"keys": 0, "sessions": 0}
    key = key_for(store_url)
    assert reads(asked, ring) == {"keys": 1, "sessions": 0}
    Keys(store.database).revoke(key[3:11], "tester")
    assert reads(asked, ring) == {"keys": 1, "sessions": 0}
    assert ring.ring.keys[key[3:11]].revoked_at
    begun = Sessions(store.database).begin("a" * 64, "clerk-7", Grant("operator", (), None), "one", 2**62)
    assert isinstance(begun, Session)
    assert reads(asked, ring) == {"keys": 0, "sessions": 1}
    Sessions(store.database).end("a" * 64)
    assert reads(asked, ring) == {"keys": 0, "sessions": 1}
    assert ring.sessions == {}
    assert reads(asked, ring) == {"keys": 0, "sessions": 0}


def test_a_session_that_is_deleted_is_seen(held: Any) -> None:
    """Erasure takes rows away, and no later row tells of it."""
    ring, store, _ = held
    for one in "ab":
        Sessions(store.database).begin(one * 64, "p01", Grant("resident", (), None), one, 2**62)
    ring.look()
    assert len(ring.sessions) == 2
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM sessions WHERE session_id = '{'a' * 64}'")
        connection.exec_driver_sql("UPDATE changes SET change = change + 1")
    ring.look()
    assert list(ring.sessions) == ["b" * 64]


def test_a_look_that_began_earlier_brings_nothing_back(held: Any, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads look at once: the one with older rows must not be the last to write them down."""
    ring, store, _ = held
    key = key_for(store_url)
    began, go, made = threading.Event(), threading.Event(), KeyRing.of
    first = [True]

    def slow(*told: Any) -> KeyRing:
        if first.pop() if first else False:
            began.set()
            go.wait(2)
        return made(*told)

    monkeypatch.setattr("serving.keyring.KeyRing.of", slow)
    thread = threading.Thread(target=ring.look)
    thread.start()
    assert began.wait(5)
    Keys(store.database).revoke(key[3:11], "tester")
    other = threading.Thread(target=ring.look)
    other.start()
    other.join(0.5)
    go.set()
    thread.join()
    other.join()
    assert ring.ring.keys[key[3:11]].revoked_at


def test_units_in_a_circle_are_refused_when_they_come_in_and_when_they_are_there(store_url: str, tmp_path: Path) -> None:
    """By an import, which leaves what was there, and by a service that finds them in a store of before."""
    rows = [{"area": "370203022001", "name": "a", "parent": "370203022"}, {"area": "370203022", "name": "b", "parent": "370203"}]
    round_ = [*rows, {"area": "370203", "name": "c", "parent": "370203022001"}]
    with Store.open(store_url) as store:
        import_folder(store, tiny.write(tmp_path / "right", {"people": tiny.people(), "communities": rows}))
        with pytest.raises(StoreError, match=r"in a circle: .* right is a parent that is above"):
            import_folder(store, tiny.write(tmp_path / "wrong", {"people": tiny.people(), "communities": round_}))
        held = KeysHeld(store, PEPPER.encode())
        assert held.organisation.line("370203022001") == ("370203022001", "370203022", "370203", "3702", "37")
        with store.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE communities SET parent = '370203022001' WHERE area = '370203022'")
            connection.exec_driver_sql("UPDATE communities SET change = (SELECT change + 1 FROM changes)")
            connection.exec_driver_sql("UPDATE changes SET change = change + 1")
        for work in (held.look, lambda: KeysHeld(store, PEPPER.encode())):
            with pytest.raises(StoreError, match="in a circle"):
                work()
