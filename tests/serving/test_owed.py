"""What residents are owed, on both databases: erasure that leaves nothing, a file of what is held, explanations, complaints."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from serving.allowed import SESSION
from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.base.arrays import keys_of
from sqrec.cli.app import app
from sqrec.store import Sessions, Store, import_folder
from sqrec.store.held import word_of
from sqrec.store.leftovers import forget_events
from sqrec.store.personal import PERSONAL
from sqrec.store.schema import AUDIT, METADATA
from sqrec.store.trail import verify
from tests.serving.test_sessions import ISSUER, OURS, signed, written
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.inside import Inside
from tests.support.keys import PEPPER, key_for
from tests.support.scan import found, marks
from tests.support.server import problem
from training import train

WHO, OTHER, AWAY = "resident-4711-zebra", "p03", "p02"
RESTRICTED = {"person_id": WHO, "sex": "female", "disability": "true", "recognised": "hard_to_employ@2026-01-01"}


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return the small city, where p01 has an id that stands nowhere by chance, and so do the ids of their events."""
    people, events = tiny.people(), tiny.events()
    people[2]["area"] = "370202"
    for row in (*people, *events):
        if row["person_id"] == "p01":
            row["person_id"] = WHO
            if "event_id" in row:
                row["event_id"] = f"happened-{row['event_id']}-giraffe"
    return {"jobs": tiny.jobs(), "people": people, "events": events, "restricted": [RESTRICTED]}


EVENTS = [row["event_id"] for row in tables()["events"] if row["person_id"] == WHO]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on that city, with runs and all."""
    place = tmp_path_factory.mktemp("owed")
    tiny.write(place / "data", tables())
    train.main(place / "data", "job", "last", bundle=None, var=place / "var")
    return place


@dataclass(frozen=True)
class Kept:
    """Hold two workers on one store with its run-time files, and keys."""

    workers: tuple[Inside, Inside]
    url: str
    var: Path

    def by(self, role: str, area: str | None = None, more: tuple[str, ...] = (), worker: int = 0) -> Inside:
        made = key_for(self.url, role, area, more)
        for one in self.workers:
            one.app.state.live.keys.look()
        return replace(self.workers[worker], key=made)

    def session(self, person: str, worker: int = 0) -> "Session":
        begun = self.workers[worker].post(
            {"assertion": signed(role="resident", sub=person, area=None)}, "/v1/session", headers=OURS
        )
        assert begun.status_code == 200, begun.text
        cookie = begun.headers["set-cookie"].split(";")[0].partition("=")[2]
        return Session(self.workers[worker], OURS | {"cookie": f"{SESSION}={cookie}"})

    def flush(self) -> None:
        """Wait until the log of lists and the audit are written."""
        until = time.monotonic() + 20
        for one in self.workers:
            live = one.app.state.live
            while live.log._waiting.qsize() or live.trail._waits():
                assert time.monotonic() < until
                time.sleep(0.02)
        time.sleep(0.6)


@dataclass(frozen=True)
class Session:
    """Ask in a resident's session."""

    worker: Inside
    headers: dict[str, str]

    def post(self, body: Any, path: str) -> Any:
        return self.worker.post(body, path, headers=self.headers)

    def get(self, path: str) -> Any:
        return self.worker.get(path, headers=self.headers)


@pytest.fixture
def contents(trained: Path) -> Contents:
    return Contents("owed", lambda store, place: import_folder(store, trained / "data"))


@pytest.fixture
def kept(store_url: str, trained: Path, tmp_path: Path, unwarmed: None) -> Iterator[Kept]:
    var = Path(shutil.copytree(trained / "var", tmp_path / "var"))
    url = f"sqlite:///{var / 'sqrec.db'}" if store_url.startswith("sqlite") else store_url
    if url != store_url:
        (tmp_path / "store.db").rename(var / "sqrec.db")
    settings = Settings(data=url, bundles=var / "bundles", assertion_key=written(tmp_path), assertion_issuer=ISSUER)
    lives = Live(settings), Live(settings)
    yield Kept(tuple(Inside(application(live), trained / "data", settings.bundles) for live in lives), url, var)  # type: ignore[arg-type]
    for live in lives:
        live.close()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "300"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def used(kept: Kept) -> list[str]:
    """Use the service as the person does: lists, profile, events, a session, a complaint, tags, consents; return request ids of lists."""
    asker, own = kept.by("platform", more=("restricted",)), kept.session(WHO)
    told = [asker.post({"person_id": WHO, "n": 5}).json()["request_id"] for _ in range(3)]
    assert own.post({"person_id": WHO}, "/v1/profile").status_code == 200
    event = {
        "event_id": "posted-giraffe",
        "person_id": WHO,
        "kind": "job",
        "item_id": "j11",
        "event": "view",
        "at": "2026-08-01T00:00:00Z",
    }
    assert asker.post({"events": [event]}, "/v1/events").status_code == 200
    assert own.post({"text": "电话打不通", "request_id": told[0]}, "/v1/complaints").status_code == 200
    assert own.post({"delete": ["skills"]}, f"/v1/residents/{WHO}/tags").status_code == 200
    consent = {"purpose": "push", "given": True, "notice": "push-1"}
    assert own.post(consent, f"/v1/residents/{WHO}/consents").status_code == 200
    lists = pa.table({"person_id": [WHO, OTHER], "kind": ["job", "job"], "item_id": ["j01", "j02"], "position": [1, 1]})
    pq.write_table(lists, kept.var / "recommendations.parquet")
    (kept.var / "lists.csv").write_text(f"person_id,item_id\n{WHO},j01\n{OTHER},j02\n", encoding="utf-8")
    kept.flush()
    return told


def in_database(kept: Kept, sought: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return what PostgreSQL's files of tables, indexes and statistics hold; nothing of SQLite, which lies under var/."""
    if kept.url.startswith("sqlite"):
        return []
    with (
        Store.open(kept.url) as store,
        store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql("CHECKPOINT")
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        number = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar_one()
    return found(Path(folder) / "base" / str(number), sought)


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


def test_every_table_about_people_has_its_line() -> None:
    """Whoever makes another table with rows about a person says so, or it would be forgotten."""
    named = {one.name for one in PERSONAL}
    assert {table.name for table in METADATA.tables.values() if {"person_id", "subject"} & set(table.columns.keys())} == named
    for one in PERSONAL:
        assert not one.told or all(word_of(one.name, column.name) for column in one.table.columns)


def test_an_array_without_the_hashes_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "provenance").mkdir()
    for name, values in (("job_events", ["a", "b"]), ("job_seen", ["b", "c"]), ("job_edges", ["a"])):
        np.save(tmp_path / "provenance" / f"{name}.npy", np.sort(keys_of(values)))
    assert [path.name for path in forget_events(tmp_path, keys_of(["a"]))] == ["job_events.npy"]
    assert np.load(tmp_path / "provenance" / "job_events.npy").tolist() == keys_of(["b"]).tolist()


def test_a_resident_reads_everything_that_is_held(kept: Kept) -> None:
    """Every table, the names of fields with Chinese words beside them, and who used the data."""
    requests = used(kept)
    answer = kept.session(WHO).post({}, "/v1/access")
    assert answer.status_code == 200, answer.text
    told = {table["table"]: table for table in answer.json()["tables"]}
    assert set(told) == {*LISTED, "complaints", "sessions", "audit"}
    assert told["tag_changes"]["rows"][0]["tag"] == {"name": "标签", "value": "skills"}
    assert told["consents"]["rows"][0]["given"] == {"name": "是否同意", "value": True}
    assert told["people"]["name"] == "个人资料（含历次修改）"
    assert told["people"]["rows"][0]["birth_month"] == {"name": "出生年月", "value": "1973-02"}
    assert told["restricted"]["rows"][0]["disability"] == {"name": "残疾", "value": True}
    assert {row["event_id"]["value"] for row in told["events"]["rows"]} == {*EVENTS, "posted-giraffe"}
    assert {row["request_id"]["value"] for row in told["rankings"]["rows"]} == set(requests)
    assert all(isinstance(row["vector"]["value"], list) for row in told["rankings"]["rows"])
    reads = [row for row in told["audit"]["rows"] if row["what"]["value"] == "read"]
    assert len(reads) == 4
    assert {row["who"]["value"].partition(":")[0] for row in reads} == {"key", "session"}
    assert all(row["at"]["value"].startswith("202") for row in reads)
    code, text = run("access", WHO, "--store", kept.url)
    assert (code, json.loads(text)["tables"][0]["rows"]) == (0, told["people"]["rows"])
    out = kept.var / "held.json"
    assert run("access", WHO, "--store", kept.url, "--out", str(out))[0] == 0
    assert (out.stat().st_mode & 0o777, WHO in out.read_text(encoding="utf-8")) == (0o600, True)


LISTED = ("people", "restricted", "events", "rankings", "tag_changes", "consents")
OWED = (
    ("/v1/access", {"person_id": WHO}),
    ("/v1/erasure", {"person_id": WHO, "sure": True}),
    ("/v1/complaints", {"person_id": WHO, "text": "x"}),
    ("/v1/complaints/list", {"person_id": WHO}),
)


def test_a_session_reaches_its_resident_alone(kept: Kept) -> None:
    """Another resident's, a forbidden and an unknown person are answered by the same bytes, and nothing happens."""
    requests = used(kept)
    other, worker = kept.session(OTHER), kept.by("worker", "370202", ("restricted",))
    admin = kept.by("admin")
    for path, body in OWED:
        unknown = other.post(body | {"person_id": "nobody"}, path)
        assert unknown.status_code == 404
        assert other.post(body, path).content == unknown.content, path
        assert worker.post(body, path).status_code == 403, path
    away = kept.by("platform", "370202", ("owed",))
    for path, body in OWED:
        assert away.post(body, path).content == away.post(body | {"person_id": "nobody"}, path).content, path
    assert admin.post({"person_id": WHO}, "/v1/access").status_code == 403
    lists = [other.get(f"/v1/explanations/{one}") for one in (requests[0], "nothing")]
    assert [one.status_code for one in lists] == [404, 404]
    assert lists[0].content == lists[1].content
    assert worker.get(f"/v1/explanations/{requests[0]}").content == lists[0].content
    with Store.open(kept.url) as store:
        assert store.record(WHO) is not None
    kept.flush()
    with Store.open(kept.url) as store, store.database.reading() as connection:
        rows = connection.execute(sa.select(AUDIT).where(AUDIT.c.what == "refused")).mappings().all()
    routes = {json.loads(row["details"])["route"] for row in rows if row["person"]}
    assert routes >= {path for path, _ in OWED} | {"/v1/explanations/{request_id}"}


def test_erasure_has_to_be_meant(kept: Kept) -> None:
    own = kept.session(WHO)
    for body in ({}, {"sure": False}, {"sure": None}):
        problem(own.post(body, "/v1/erasure"), 400)
    problem(kept.by("admin").post({"sure": True}, "/v1/erasure"), 400)
    with Store.open(kept.url) as store:
        assert store.record(WHO) is not None


def test_a_past_list_is_explained_as_it_was_then(kept: Kept) -> None:
    """The logged contributions are those that `explain` told when it was shown."""
    asker = kept.by("platform")
    shown = asker.post({"person_id": WHO, "n": 5, "explain": True}).json()
    kept.flush()
    told = kept.session(WHO).get(f"/v1/explanations/{shown['request_id']}").json()
    stream = told["streams"]["job"]
    assert (told["personal"], told["bundle"], stream["by"], stream["note"]) == (True, shown["bundle"], "model", None)
    for then, now in zip(shown["streams"]["job"], stream["items"], strict=True):
        assert (now["item_id"], now["rank"], now["title"], now["score"]) == (
            then["item_id"],
            then["rank"],
            then["title"],
            then["score"],
        )
        assert now["contributions"] == then["contributions"]
        assert now["why"] == then["why"]


def test_a_bundle_that_is_gone_is_said(kept: Kept) -> None:
    (request_id, *_) = used(kept)
    with Store.open(kept.url) as store, store.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE rankings SET bundle = 'gone'"))
    stream = kept.session(WHO).get(f"/v1/explanations/{request_id}").json()["streams"]["job"]
    assert (stream["by"], "已不在本机" in stream["note"]) == (None, True)
    assert [one["why"] for one in stream["items"]] == [None] * 5
    assert all(one["score"] is not None for one in stream["items"])


def test_a_list_of_nobody_in_particular(kept: Kept) -> None:
    """It is nobody's: who may ask about everybody is told what is in the log, a resident and an area's worker are not."""
    asker = kept.by("platform")
    shown = asker.post({"person": {"desired": ["面点师"]}, "n": 2}).json()
    kept.flush()
    path = f"/v1/explanations/{shown['request_id']}"
    assert asker.get(path).json()["personal"] is False
    assert [one.get(path).status_code for one in (kept.session(OTHER), kept.by("worker", "370203"))] == [404, 404]


def test_a_complaint_has_a_due_day_and_one_answer(kept: Kept) -> None:
    own, admin = kept.session(WHO), kept.by("admin")
    today = datetime.now(UTC).astimezone(kept.workers[0].app.state.live.city.zone).date()
    made = own.post({"text": "电话打不通"}, "/v1/complaints").json()
    assert (date.fromisoformat(made["due_on"]) - today, made["overdue"], made["answer"]) == (timedelta(days=15), False, None)
    assert own.post({}, "/v1/complaints/list").json()["complaints"] == [made]
    assert kept.session(OTHER).post({}, "/v1/complaints/list").json() == {"complaints": []}
    with Store.open(kept.url) as store, store.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE complaints SET due_on = '2026-01-01'"))
    (late,) = admin.post({"unanswered": True}, "/v1/complaints/list").json()["complaints"]
    assert late["overdue"] is True
    problem(own.post({"complaint_id": made["complaint_id"], "answer": "x"}, "/v1/complaints/answer"), 403)
    answered = admin.post({"complaint_id": made["complaint_id"], "answer": "已处理"}, "/v1/complaints/answer").json()
    assert (answered["answer"], answered["overdue"]) == ("已处理", False)
    problem(admin.post({"complaint_id": made["complaint_id"], "answer": "不"}, "/v1/complaints/answer"), 400)
    problem(admin.post({"complaint_id": "none", "answer": "不"}, "/v1/complaints/answer"), 404)
    assert admin.post({"unanswered": True}, "/v1/complaints/list").json() == {"complaints": []}
    assert own.post({}, "/v1/complaints/list").json()["complaints"][0]["answer"] == "已处理"
    problem(kept.by("platform", more=("owed",)).post({}, "/v1/complaints/list"), 403)


def test_without_a_pepper_nobody_is_erased(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SQREC_PEPPER")
    monkeypatch.setenv("SQREC_PEPPER_FILE", str(tmp_path / "none"))
    code, told = run("erase", WHO, "--store", kept.url, "--var", str(kept.var))
    assert (code, "without the pepper" in told) == (1, True)
    with Store.open(kept.url) as store:
        assert store.record(WHO) is not None
        assert len(Sessions(store.database).listed()) == 0
