"""Keys at the doors: those that do not hold, that end, and how soon every worker knows."""

import re
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.store import Keys, Store
from tests.support.doorway import Kept
from tests.support.inside import Inside
from tests.support.keys import PEPPER, bearer, key_for
from tests.support.server import problem


def test_keys_that_do_not_hold(kept: Kept) -> None:
    """Whatever is wrong with a key, it is refused alike, at open addresses as well."""
    key = kept.key()
    with Store.open(kept.url) as store:
        Keys(store.database).revoke(kept.key()[3:11], "tester")
    wrong = [
        bearer(one)["authorization"]
        for one in (f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}", "sq_aaaaaaaa_" + "A" * 43, "x", key[:-1])
    ]
    told = [kept.by(None).post({"person": {}}, headers={"authorization": one}) for one in [*wrong, f"Basic {key}", key, ""]]
    assert {answer.status_code for answer in told} == {401}
    assert len({answer.content for answer in told}) == 1
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in told)
    assert kept.by(None).get("/v1/items/job/j01", headers={"authorization": "Bearer x"}).status_code == 401
    twice = [("authorization", f"Bearer {key}"), ("authorization", f"Bearer {key}")]
    assert kept.service.request("POST", "/v1/recommend", json={"person": {}}, headers=httpx.Headers(twice)).status_code in {
        401,
        200,
    }
    assert kept.by(None).post({"person_id": "p01"}, headers={"authorization": f"bearer {key}"}).status_code == 200


def test_a_revoked_key_is_refused_within_a_second_by_every_worker(kept: Kept, small: Path) -> None:
    """Two workers on one store, neither of which looks by itself here: the first request after a second looks."""
    key = kept.key()
    other = Live(Settings(data=kept.url, bundles=small / "var" / "bundles"))
    workers = [kept.by(key), Inside(application(other), kept.service.data, kept.service.bundles, key)]
    assert [one.post({"person_id": "p01"}).status_code for one in workers] == [200, 200]
    with Store.open(kept.url) as store:
        Keys(store.database).revoke(key[3:11], "tester")
    time.sleep(1.0)
    assert [one.post({"person_id": "p01"}).status_code for one in workers] == [401, 401]
    assert [one.post({"person": {}}).status_code for one in workers] == [401, 401]
    made = key_for(kept.url)
    time.sleep(1.0)
    assert [replace(one, key=made).post({"person_id": "p01"}).status_code for one in workers] == [200, 200]
    other.close()


def test_keys_are_looked_at_without_a_request(kept: Kept) -> None:
    keys, key = kept.service.app.state.live.keys, key_for(kept.url)
    keys.watch()
    until = time.monotonic() + 10
    while key[3:11] not in keys.ring.keys:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_no_question_to_the_database_for_a_key(kept: Kept) -> None:
    from sqlalchemy import event as happening

    asker, asked = kept.by(kept.key()), list[str]()
    asker.post({"person": {}})  # its first use of the day is noted
    time.sleep(0.3)
    kept.service.app.state.live.keys.look()
    happening.listen(
        kept.service.app.state.live.store.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2])
    )
    assert asker.post({"person": {"desired": ["面点师"]}}).status_code == 200
    assert [one for one in asked if "rankings" not in one] == []


def test_a_store_that_is_gone_lets_no_key_in(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqrec.errors import StoreError

    key, live = kept.key(), kept.service.app.state.live

    def gone() -> int:
        raise StoreError("gone")

    monkeypatch.setattr(type(live.store), "change", lambda self: gone())
    monkeypatch.setattr(live.keys, "_looked", 0.0)
    problem(kept.by(key).post({"person": {}}), 503)
    assert kept.by(None).post({"person": {}}).status_code == 200


def test_the_day_of_the_last_use_is_noted(kept: Kept) -> None:
    key = kept.key()
    kept.by(key).post({"person": {}})
    until = time.monotonic() + 10
    with Store.open(kept.url) as store:
        while (found := {one.key_id: one for one in Keys(store.database).listed()}[key[3:11]]).used_on is None:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found.used_on)


def test_a_pepper_is_asked_for_once_and_never_told(kept: Kept) -> None:
    assert PEPPER not in repr(kept.service.app.state.live.keys.ring) + repr(kept.service.app.state.live.settings)
