"""What the doors decide is in the audit trail: in order, whole after an ordered stop, within bounds; on both databases."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from serving.allowed import SESSION, Decision
from serving.app import ROUTES, application
from serving.live import Live
from serving.problems import UnavailableError
from serving.purposes import PURPOSES
from serving.settings import Settings
from serving.trail import AuditLog
from sqrec.access import NOBODY, Asker
from sqrec.errors import StoreError
from sqrec.store import Keys, Store, import_folder
from sqrec.store.schema import AUDIT
from sqrec.store.trail import about, verify
from tests.serving.test_sessions import ISSUER, OURS, data_in, signed, written
from tests.support.databases import Contents
from tests.support.doorway import event
from tests.support.inside import Inside
from tests.support.keys import PEPPER, key_for


@pytest.fixture
def contents() -> Contents:
    return Contents("trail", lambda store, place: import_folder(store, data_in(place)))


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path, unwarmed: None) -> Iterator[Inside]:
    """Serve the small city from a store."""
    data = data_in(tmp_path / "data")
    settings = Settings(
        data=store_url, bundles=small / "var" / "bundles", assertion_key=written(tmp_path), assertion_issuer=ISSUER
    )
    live = Live(settings)
    yield Inside(application(live), data, settings.bundles)
    live.close()


def rows(url: str, *what: str) -> list[dict[str, Any]]:
    with Store.open(url) as store, store.database.engine.connect() as connection:
        found = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.number)).mappings().all()
        assert verify(connection, PEPPER.encode()).broken is None
    return [dict(row) | {"details": json.loads(row["details"] or "{}")} for row in found if row["what"] in what]


def test_every_use_of_a_person_is_told_on_whatever_route(kept: Inside, store_url: str) -> None:
    """A walk over the table: whatever takes somebody's id tells who, whose, what for and what of them; unknown people are told of too."""
    person = "p03"
    asks: dict[tuple[str, str], Any] = {
        ("POST", "/v1/recommend"): {"person_id": person, "n": 1},
        ("POST", "/v1/recommend/batch"): {"persons": [{"person": {"person_id": person}}]},
        ("POST", "/v1/profile"): {"person": {"person_id": person, "education": "31"}},
        ("POST", "/v1/events"): {"events": [event(1) | {"person_id": person}]},
        ("GET", "/v1/residents/{person_id}/switch"): None,
        ("POST", "/v1/residents/{person_id}/switch"): {"personalised": True},
        ("GET", "/v1/residents/{person_id}/tags"): None,
        ("POST", "/v1/residents/{person_id}/tags"): {"delete": ["skills"]},
        ("GET", "/v1/residents/{person_id}/consents"): None,
        ("POST", "/v1/residents/{person_id}/consents"): {"purpose": "push", "given": True, "notice": "push-1"},
        ("POST", "/v1/residents/{person_id}/unsuitable"): {"event_id": "u1", "kind": "job", "item_id": "j11", "reason": "夜班"},
        ("POST", "/v1/access"): {"person_id": person},
        ("GET", "/v1/explanations/{request_id}"): None,
        ("POST", "/v1/complaints/list"): {"person_id": person},
        ("POST", "/v1/complaints"): {"person_id": person, "text": "电话打不通"},
        ("POST", "/v1/complaints/answer"): None,
    }
    apart = {"open", "operation"}
    table = {(one.method, one.path) for one in ROUTES if one.scope not in apart and one.path != "/v1/erasure"}
    assert asks.keys() == table
    keys = {more: key_for(store_url, "platform", None, more) for more in (("restricted", "rights", "owed", "advice"),)}
    admin, live = key_for(store_url, "admin", None, ()), kept.app.state.live
    live.keys.look()
    asker, decisions, found = replace(kept, key=next(iter(keys.values()))), list[Decision](), dict[str, str]()
    live.audit = decisions.append
    for (method, path), body in asks.items():
        decisions.clear()
        if path.endswith("{request_id}"):
            until = time.monotonic() + 10
            while (answer := asker.get(path.format(request_id=found["request_id"]))).status_code == 404:
                assert time.monotonic() < until
                time.sleep(0.05)
            decisions[:] = decisions[-1:]
        elif path.endswith("answer"):
            answer = replace(kept, key=admin).post({"complaint_id": found["complaint_id"], "answer": "已处理"}, path)
        else:
            answer = asker.request(method, path.format(person_id=person), **({} if body is None else {"json": body}))
        assert answer.status_code == 200, (path, answer.text)
        found |= {name: told for name, told in answer.json().items() if name in {"request_id", "complaint_id"}}
        (told,) = decisions
        assert (told.person_id, told.route, told.status) == (person, path, None)
        assert told.fields or path == "/v1/events", path
        assert PURPOSES[path]
    assert PURPOSES.keys() == {path for _, path in asks} | {"/v1/erasure"}


def test_an_id_beside_described_facts_is_told_also_where_it_is_nobodys(kept: Inside, store_url: str) -> None:
    asker = replace(kept, key=key_for(store_url, "worker", "370203", ()))
    kept.app.state.live.keys.look()
    for one in ("p01", "p02"):  # p02 lives elsewhere
        assert asker.post({"person": {"person_id": one, "education": "31"}, "n": 1}).status_code == 200
    kept.app.state.live.close()
    told = rows(store_url, "read", "refused")
    assert [(row["what"], row["details"].get("fields"), row["details"].get("status")) for row in told] == [
        ("read", ["events"], None),
        ("refused", ["events"], 404),
    ]
    assert all(row["person"] for row in told)


def test_every_read_has_its_key_purpose_and_fields(kept: Inside, store_url: str) -> None:
    key = key_for(store_url, "worker", "370203", ("restricted", "rights"))
    kept.app.state.live.keys.look()
    asker = replace(kept, key=key)
    assert asker.post({"person_id": "p01", "n": 1}).status_code == 200
    assert asker.post({"person_id": "p01"}, "/v1/profile").status_code == 200
    assert asker.post({"persons": [{"person_id": "p01"}, {"person_id": "p03"}]}, "/v1/recommend/batch").status_code == 200
    assert asker.post({"events": [event(1)]}, "/v1/events").status_code == 200
    own, consent = "/v1/residents/p03/{}", {"purpose": "push", "given": True, "notice": "push-1"}
    assert asker.get(own.format("tags")).status_code == 200
    assert asker.post({"personalised": True}, own.format("switch")).status_code == 200
    assert asker.post(consent, own.format("consents")).status_code == 200
    unsuitable = {"event_id": "u1", "kind": "job", "item_id": "j11", "reason": "夜班"}
    assert asker.post(unsuitable, own.format("unsuitable")).status_code == 200
    kept.app.state.live.close()
    told = [
        (row["what"], row["who"], row["details"]["purpose"], row["details"].get("fields"))
        for row in rows(store_url, "read", "written")
    ]
    read = ["people", "events", "restricted"]
    name = f"key:{key[3:11]}"
    assert told == [
        ("read", name, "lists", read),
        ("read", name, "profile", read),
        ("read", name, "lists", read),
        ("read", name, "lists", read),
        ("written", name, "feedback", None),
        ("read", name, "tags", ["people", "restricted"]),
        ("written", name, "switch", ["personalised"]),
        ("written", name, "consents", ["consents"]),
        ("written", name, "advice", ["events"]),
    ]
    with Store.open(store_url) as store, store.database.reading() as connection:
        assert len(about(connection, "p01")) == 4
        assert len(about(connection, "p03")) == 5
    assert {one.path for one in ROUTES if one.scope not in {"open", "operation"}} <= set(PURPOSES)


def test_whatever_is_refused_is_audited(kept: Inside, store_url: str) -> None:
    """No key, wrong scope, wrong area, a revoked key, a replayed assertion, a foreign origin, another resident's session."""
    worker, merchant, gone = key_for(store_url, "worker", "370203"), key_for(store_url, "merchant", more=()), key_for(store_url)
    with Store.open(store_url) as store:
        Keys(store.database).revoke(gone[3:11], "tester")
    kept.app.state.live.keys.look()
    body = {"person_id": "p01"}
    assertion = signed(role="resident", sub="p01", area=None)
    begun = kept.post({"assertion": assertion}, "/v1/session", headers=OURS)
    cookie = OURS | {"cookie": f"{SESSION}={begun.headers['set-cookie'].split(';')[0].partition('=')[2]}"}
    answers = [
        kept.post(body),
        replace(kept, key=merchant).post(body),
        replace(kept, key=worker).post({"person_id": "p02"}),
        replace(kept, key=worker).post({"person_id": "nobody at all"}),
        replace(kept, key=gone).post(body),
        kept.post({"assertion": assertion}, "/v1/session", headers=OURS),
        kept.post({"person": {}}, headers={"origin": "https://evil.example"}),
        kept.post({"person_id": "p03"}, headers=cookie),
        kept.post({"person": {}}, headers={"host": "evil.example"}),
        kept.get("/v1/nowhere"),
    ]
    kept.app.state.live.close()
    told = [
        (row["who"].partition(":")[0], row["details"]["route"], row["details"]["status"]) for row in rows(store_url, "refused")
    ]
    right = [
        ("nobody", "/v1/recommend", 401),
        ("key", "/v1/recommend", 403),
        ("key", "/v1/recommend", 404),
        ("key", "/v1/recommend", 404),
        ("nobody", "/v1/recommend", 401),
        ("nobody", "/v1/session", 401),
        ("nobody", "/v1/recommend", 403),
        ("session", "/v1/recommend", 404),
        ("nobody", "/v1/recommend", 421),
        ("nobody", "elsewhere", 404),
    ]
    assert told == right
    assert [answer.status_code for answer in answers] == [status for _, _, status in right]
    everything = str(rows(store_url, "refused"))
    assert not any(value in everything for value in ("p01", "p02", "p03", "nobody at all", "evil"))


def test_nothing_is_lost_on_an_ordered_stop_and_the_order_is_that_of_asking(kept: Inside, store_url: str) -> None:
    live: Live = kept.app.state.live
    decisions = [Decision(NOBODY, f"/route/{number}", "open", 404) for number in range(5_000)]
    for one in decisions:
        live.audit(one)
    live.close()
    assert [row["details"]["route"] for row in rows(store_url, "refused")] == [one.route for one in decisions]
    (ended,) = rows(store_url, "worker ended")
    assert ended["details"]["place"] == 5_000


def test_two_workers_have_a_chain_each(kept: Inside, store_url: str) -> None:
    live: Live = kept.app.state.live
    other = Live(live.settings)
    for number in range(300):
        (live if number % 2 else other).audit(Decision(NOBODY, f"/route/{number}", "open", 404))
        time.sleep(0.001)
    live.close()
    other.close()
    found = rows(store_url, "refused")
    assert live.trail
    assert other.trail
    assert {row["chain"]: row["place"] for row in found} == {live.trail.chain: 150, other.trail.chain: 150}


class Stopped:
    """Be a store that cannot be written until it is told to."""

    def __init__(self, store: Store) -> None:
        self.store, self.works, self.database = store, threading.Event(), self

    def write(self, work: Any) -> Any:
        if not self.works.is_set():
            raise StoreError("gone")
        return self.store.database.write(work)

    def audit(self, *told: Any) -> None:
        self.store.audit(*told)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.trail._PAUSE", 0.02)
    monkeypatch.setattr("serving.trail._GATHERING", 0.01)


def test_a_full_queue_reads_nobody_and_counts_refusals(store_url: str, quick: None) -> None:
    """The policy: what lets in is refused itself rather than not told; refusals fill half, and above that are counted."""
    with Store.open(store_url) as store:
        stopped = Stopped(store)
        log = AuditLog(stopped, most=10)  # type: ignore[arg-type]
        for number in range(8):
            log.put(Decision(NOBODY, f"/refused/{number}", "open", 401))
        for _ in range(5):
            log.put(Decision(Asker("key", "key:a"), "/v1/recommend", "residents", None, "p01", ("people",)))
        with pytest.raises(UnavailableError):
            log.put(Decision(Asker("key", "key:a"), "/v1/recommend", "residents", None, "p01", ("people",)))
        stopped.works.set()
        log.close()
    assert [row["details"]["route"] for row in rows(store_url, "refused")] == [f"/refused/{number}" for number in range(5)]
    assert len(rows(store_url, "read")) == 5
    assert [row["details"]["times"] for row in rows(store_url, "refusals not told")] == [3]


def test_a_store_that_comes_back_gets_what_waited(store_url: str, quick: None) -> None:
    with Store.open(store_url) as store:
        stopped = Stopped(store)
        log = AuditLog(stopped)  # type: ignore[arg-type]
        log.put(Decision(NOBODY, "/one", "open", 401))
        time.sleep(0.1)
        log.put(Decision(NOBODY, "/two", "open", 401))
        stopped.works.set()
        log.close()
    assert [row["details"]["route"] for row in rows(store_url, "refused")] == ["/one", "/two"]


def test_a_flood_of_one_refusal_is_one_row(store_url: str) -> None:
    with Store.open(store_url) as store:
        log = AuditLog(store)
        for _ in range(1_000):
            log.put(Decision(NOBODY, "/v1/recommend", "open", 401))
        log.close()
    found = rows(store_url, "refused")
    assert sum(row["details"].get("times", 1) for row in found) == 1_000
    assert len(found) < 10
