"""What residents are owed, on both databases: a file of what is held, explanations, complaints."""

import json
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from sqrec.store import Store
from sqrec.store.held import word_of
from sqrec.store.personal import PERSONAL
from sqrec.store.schema import AUDIT, METADATA
from tests.support.owing import EVENTS, OTHER, WHO, Kept, run, used
from tests.support.server import problem


def test_every_table_about_people_has_its_line() -> None:
    """Whoever makes another table with rows about a person says so, or it would be forgotten."""
    named = {one.name for one in PERSONAL}
    assert {table.name for table in METADATA.tables.values() if {"person_id", "subject"} & set(table.columns.keys())} == named
    for one in PERSONAL:
        assert not one.told or all(word_of(one.name, column.name) for column in one.table.columns)


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
