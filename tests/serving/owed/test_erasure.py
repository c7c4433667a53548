"""Erasure, on both databases: it leaves nothing, obeys at once, and is meant."""

import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from sqrec.base.arrays import keys_of
from sqrec.store import Sessions, Store
from sqrec.store.leftovers import forget_events
from sqrec.store.schema import AUDIT
from sqrec.store.trail import verify
from tests.serving.test_sessions import OURS, signed
from tests.support.keys import PEPPER
from tests.support.owing import EVENTS, OTHER, WHO, Kept, in_database, run, used
from tests.support.scan import found, marks
from tests.support.server import problem


def test_after_erasure_no_byte_leads_back(kept: Kept) -> None:
    """Every file under var/, and PostgreSQL's own: neither the id nor ids of events and lists, nor hashes of these."""
    requests = used(kept)
    sought = marks(WHO, EVENTS, ["posted-giraffe", *requests])
    if not kept.url.startswith("sqlite"):
        with Store.open(kept.url) as store, store.database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")  # statistics quote the most common values
    before = [name for name, _ in [*found(kept.var, sought), *in_database(kept, sought)]]
    assert {Path(name).name for name in before} >= {"job_events.npy", "lists.csv"}
    assert len(in_database(kept, sought)) > 10 or "sqrec.db" in before
    code, told = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    assert code == 0, told
    assert found(kept.var, sought) == []
    assert in_database(kept, sought) == []
    assert pq.read_table(kept.var / "recommendations.parquet")["person_id"].to_pylist() == [OTHER]
    kept.flush()
    with Store.open(kept.url) as store, store.database.reading() as connection:
        assert verify(connection, PEPPER.encode()).broken is None
        (row,) = connection.execute(sa.select(AUDIT).where(AUDIT.c.what == "person erased")).mappings()
        assert json.loads(row["details"])["rows"]["events"] == len(EVENTS) + 1
        assert row["person"]


def test_the_very_next_answer_of_every_worker_obeys(kept: Kept) -> None:
    """Lists, profile, events, sessions: who was erased is nobody, whichever worker is asked; others are answered on."""
    used(kept)
    askers = [kept.by("platform", worker=worker) for worker in (0, 1)]
    unknown = [one.post({"person_id": "nobody"}).content for one in askers]
    own, late = kept.session(WHO), kept.session(WHO, worker=1)
    done = own.post({"sure": True}, "/v1/erasure")
    assert done.status_code == 200, done.text
    assert done.json()["rows"]["people"] == 2  # a version of before the tag was deleted
    assert done.json()["rows"]["sessions"] >= 2
    assert [one.post({"person_id": WHO}).content for one in askers] == unknown
    assert [one.post({"person_id": WHO}, "/v1/profile").status_code for one in askers] == [404, 404]
    assert late.post({"person_id": WHO}, "/v1/recommend").status_code in {401, 404}
    event = {
        "event_id": "again",
        "person_id": WHO,
        "kind": "job",
        "item_id": "j11",
        "event": "view",
        "at": "2026-08-01T00:00:00Z",
    }
    for one in askers:
        assert problem(one.post({"events": [event]}, "/v1/events"), 403) == [("events.0.person_id", "person")]
    again = kept.workers[1].post({"assertion": signed(role="resident", sub=WHO, area=None)}, "/v1/session", headers=OURS)
    assert again.status_code == 401
    key, states = keys_of([WHO])[0], [one.app.state.live for one in kept.workers]
    assert key in states[1].deployment.snapshot.events.person
    assert [one.post({"person_id": OTHER}).status_code for one in askers] == [200, 200]
    for live in states:  # with that very answer: nobody looked for erasures in between
        assert key not in live.deployment.snapshot.events.person


def test_an_answer_waits_for_counts_without_the_erased_and_is_refused_where_there_can_be_none(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists of a batch too; who is described needs no reading of the store and is answered on."""
    other = kept.by("platform", worker=1)
    live = kept.workers[1].app.state.live
    kept.by("admin").post({"person_id": WHO, "sure": True}, "/v1/erasure")
    with monkeypatch.context() as patch:
        patch.setattr(live, "follow", lambda: False)
        problem(other.post({"person_id": OTHER}), 503)
        (refused,) = other.post({"persons": [{"person_id": OTHER}]}, "/v1/recommend/batch").json()["results"]
        assert refused["problem"]["status"] == 503
        assert other.post({"person": {"education": "31"}}).status_code == 200
    (answered,) = other.post({"persons": [{"person_id": OTHER}]}, "/v1/recommend/batch").json()["results"]
    assert answered["answer"]["streams"]
    assert keys_of([WHO])[0] not in live.deployment.snapshot.events.person
    state = live.deployment
    assert other.post({"person_id": OTHER}).status_code == 200
    assert live.deployment is state


def test_what_waits_to_be_logged_stays_out(kept: Kept) -> None:
    """A list that another worker made just before is written after the erasure: without the person."""
    asker = kept.by("platform", worker=1)
    with Store.open(kept.url) as store:
        log = kept.workers[1].app.state.live.log
        append, held = log.store.append_rankings, []
        late = {"append_rankings": lambda self, rows: held.extend(rows), "shown_since": lambda self, at: 0}
        object.__setattr__(log, "store", type("Late", (), late)())
        assert asker.post({"person_id": WHO, "n": 3}).status_code == 200
        until = time.monotonic() + 10
        while not held:
            assert time.monotonic() < until
            time.sleep(0.05)
        kept.by("admin").post({"person_id": WHO, "sure": True}, "/v1/erasure")
        assert append(held) == (0, 0)
        with store.database.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM rankings WHERE person_id = :who"), {"who": WHO}).scalar() == 0


def test_who_was_erased_is_not_imported_again(kept: Kept, trained: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, _ = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    assert code == 0
    code, told = run("import", str(trained / "data"), "--store", kept.url)
    assert (code, told.count("left out: of people who were erased")) == (0, 3)
    with Store.open(kept.url) as store:
        assert store.record(WHO) is None
        assert store.record(OTHER) is not None
    assert run("access", WHO, "--store", kept.url)[0] == 1
    monkeypatch.delenv("SQREC_PEPPER")
    monkeypatch.setenv("SQREC_PEPPER_FILE", str(tmp_path / "none"))
    code, told = run("import", str(trained / "data"), "--store", kept.url)
    assert (code, "without the pepper nobody can tell" in told) == (1, True)


def test_copies_are_named_with_their_last_day(kept: Kept, tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "out"), "--store", kept.url)[0] == 0
    shutil.copyfile(tmp_path / "out" / "people.parquet", kept.var / "kept.bin")
    _, told = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    last = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    assert f"Elsewhere until {last}: export {tmp_path / 'out'}" in told
    assert f"Elsewhere until {last}: backups" in told


def test_a_file_that_still_holds_the_id_is_named(kept: Kept) -> None:
    (kept.var / "notes.txt").write_text(f"about {WHO}, by hand", encoding="utf-8")
    code, told = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    assert code == 1
    assert f"{kept.var / 'notes.txt'}: still holds the id" in told


def test_an_erasure_by_the_resident_is_finished_by_the_operator(kept: Kept) -> None:
    requests = used(kept)
    assert kept.session(WHO).post({"sure": True}, "/v1/erasure").status_code == 200
    code, told = run("erase", "--clean", "--store", kept.url, "--var", str(kept.var))
    assert code == 0, told
    assert found(kept.var, marks(WHO, EVENTS, ["posted-giraffe", *requests])) == []


def test_an_array_without_the_hashes_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "provenance").mkdir()
    for name, values in (("job_events", ["a", "b"]), ("job_seen", ["b", "c"]), ("job_edges", ["a"])):
        np.save(tmp_path / "provenance" / f"{name}.npy", np.sort(keys_of(values)))
    assert [path.name for path in forget_events(tmp_path, keys_of(["a"]))] == ["job_events.npy"]
    assert np.load(tmp_path / "provenance" / "job_events.npy").tolist() == keys_of(["b"]).tolist()


def test_erasure_has_to_be_meant(kept: Kept) -> None:
    own = kept.session(WHO)
    for body in ({}, {"sure": False}, {"sure": None}):
        problem(own.post(body, "/v1/erasure"), 400)
    problem(kept.by("admin").post({"sure": True}, "/v1/erasure"), 400)
    with Store.open(kept.url) as store:
        assert store.record(WHO) is not None


def test_without_a_pepper_nobody_is_erased(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SQREC_PEPPER")
    monkeypatch.setenv("SQREC_PEPPER_FILE", str(tmp_path / "none"))
    code, told = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    assert (code, "without the pepper" in told) == (1, True)
    with Store.open(kept.url) as store:
        assert store.record(WHO) is not None
        assert len(Sessions(store.database).listed()) == 0
