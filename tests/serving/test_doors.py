"""The doors: every route by every role, keys that end, areas, restricted facts, three modes; on both kinds of store."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from serving.allowed import Decision
from serving.app import ROUTES, application
from serving.limits.buckets import Buckets, Rate
from serving.live import Live
from serving.modes import mode_of
from serving.openapi import describe
from serving.settings import Settings
from sqrec.access import DEMO, NOBODY, roles
from sqrec.store import Keys, Store, import_folder
from tests.support import tiny
from tests.support.inside import Inside, inside
from tests.support.keys import PEPPER, bearer, key_for
from tests.support.server import problem, refused

HOME = "370203022"
AREAS = {
    "worker": "370203",
    "officer_city": "3702",
    "officer_district": "370203",
    "officer_street": HOME,
    "officer_community": f"{HOME}001",
}
ELSEWHERE = "370202"
NOTE = "请勿填写真实的个人信息"
RESTRICTED = {"person_id": "p01", "sex": "female", "disability": "true", "recognised": "hard_to_employ@2026-01-01"}


@dataclass(frozen=True)
class Kept:
    """Hold a served store, and every decision of its doors so far."""

    service: Inside
    url: str
    decisions: list[Decision]

    def by(self, key: str | None) -> Inside:
        return replace(self.service, key=key)

    def key(self, role: str = "platform", area: str | None = None, more: tuple[str, ...] = ()) -> str:
        made = key_for(self.url, role, area or AREAS.get(role), more)
        self.service.app.state.live.keys.look()
        return made


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path) -> Iterator[Kept]:
    """Serve the small city from a store; p01 has restricted facts, p02 lives elsewhere, of p03 no area is known."""
    people = tiny.people()
    people[2]["area"], people[3]["area"] = ELSEWHERE, ""
    data = tiny.write(
        tmp_path / "data", {"jobs": tiny.jobs(), "people": people, "events": tiny.events(), "restricted": [RESTRICTED]}
    )
    with Store.open(store_url) as store:
        import_folder(store, data)
    live, decisions = Live(Settings(data=store_url, bundles=small / "var" / "bundles")), list[Decision]()
    live.audit = decisions.append
    yield Kept(Inside(application(live), data, small / "var" / "bundles"), store_url, decisions)
    live.close()


def event(number: int, person_id: str = "p01") -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "person_id": person_id,
        "kind": "job",
        "item_id": "j11",
        "event": "view",
        "at": "2026-08-01T00:00:00Z",
    }


STORED: dict[str, Any] = {
    "/v1/recommend": {"person_id": "p01", "n": 1},
    "/v1/profile": {"person_id": "p01"},
    "/v1/recommend/batch": {"persons": [{"person_id": "p01"}], "n": 1},
    "/v1/events": {"events": [event(1)]},
    "/v1/residents/{person_id}/switch": {"personalised": True},
    "/v1/residents/{person_id}/tags": {},
    "/v1/residents/{person_id}/consents": {"purpose": "push", "given": False, "notice": "push-1"},
    "/v1/residents/{person_id}/unsuitable": {"event_id": "u1", "kind": "job", "item_id": "j11", "reason": "夜班"},
}
"""What asks for a stored person, by address; nothing else in the table can."""


METRICS = "/metrics"
OWED: dict[str, Any] = {
    "/v1/access": {"person_id": "p01"},
    "/v1/complaints": {"person_id": "p01", "text": "电话打不通"},
    "/v1/complaints/list": {"person_id": "p01"},
    "/v1/complaints/answer": {"complaint_id": "none", "answer": "已处理"},
    "/v1/explanations/{request_id}": None,
    "/v1/erasure": {"person_id": "nobody", "sure": True},
}
"""What residents are owed, by address; nobody is erased here, and there is neither a complaint nor a list to be asked for."""
READ = tuple(f"/v1/residents/{{person_id}}/{what}" for what in ("switch", "tags", "consents"))
GUARDED = (*STORED, *OWED, METRICS, *(f"GET {path}" for path in READ))
"""Every address that is not open to everybody; those that are read and written as well stand here twice."""
OWN = [path for path in GUARDED if "{person_id}" in path and "unsuitable" not in path]
ADVICE = "/v1/residents/{person_id}/unsuitable"


def status_of(asker: Inside, path: str) -> int:
    """Return the status at a guarded address, about a stored person where it can ask for one; of a batch that of the one person."""
    address, body = path.removeprefix("GET ").format(person_id="p01", request_id="none"), (STORED | OWED).get(path)
    answer = asker.post(body, address) if body is not None else asker.get(address)
    if path != "/v1/recommend/batch":
        return answer.status_code
    return answer.json()["results"][0].get("problem", {"status": 200})["status"]


def statuses(asker: Inside) -> dict[str, int]:
    return {path: status_of(asker, path) for path in GUARDED}


DENIED = dict.fromkeys(GUARDED, 403)
SERVED = DENIED | dict.fromkeys([path for path in STORED if "{" not in path], 200) | {"/v1/explanations/{request_id}": 404}
RUNNING = DENIED | {METRICS: 200}
SEEN_TO = RUNNING | {"/v1/complaints": 200, "/v1/complaints/list": 200, "/v1/complaints/answer": 404, "/v1/erasure": 404}
RIGHT: dict[str, dict[str, int]] = {
    "platform": SERVED,
    "worker": SERVED | {ADVICE: 200},
    "merchant": DENIED,
    "reviewer": DENIED,
    "evaluator": DENIED,
    "operator": RUNNING,
    "admin": SEEN_TO,
    "officer_city": DENIED,
    "officer_district": DENIED,
    "officer_street": DENIED,
    "officer_community": DENIED,
}
"""What each role gets at each guarded address, without any scope besides."""


def test_every_route_by_every_role(kept: Kept) -> None:
    """What is not in these tables is denied: a new address or role that nobody put in here fails."""
    assert RIGHT.keys() == {
        name for name, role in roles().roles.items() if not role.own
    }  # tests/serving/test_sessions.py has the other
    assert {one.path for one in ROUTES if one.scope != "open"} == {path.removeprefix("GET ") for path in GUARDED}
    assert {one.path for one in ROUTES if one.scope == "open" and one.method == "POST"} == {"/v1/session", "/v1/session/end"}
    assert {role: statuses(kept.by(kept.key(role))) for role in RIGHT} == RIGHT
    assert statuses(kept.by(None)) == dict.fromkeys(GUARDED, 401)


def test_what_is_open_is_open_to_everybody(kept: Kept) -> None:
    for asker in (kept.by(None), *(kept.by(kept.key(role)) for role in RIGHT)):
        for one in ROUTES:
            if one.scope == "open" and one.method == "GET":
                path = one.path.format(kind="job", item_id="j01")
                assert asker.get(path).status_code == 200, path
            elif one.inline:
                assert asker.post(one.example, one.path).status_code == (
                    200 if "person_id" not in json.dumps(one.example) else 401
                )


def test_a_duty_is_given_besides(kept: Kept) -> None:
    rights = kept.by(kept.key("worker", "370203", ("rights",)))
    assert statuses(rights) == RIGHT["worker"] | dict.fromkeys(OWN, 200)
    officer = kept.by(kept.key("officer_street", HOME, ("residents",)))
    assert statuses(officer) == SERVED | {"/v1/events": 403}


def test_an_officer_holds_whom_the_organisation_says(kept: Kept, tmp_path: Path) -> None:
    """A community that another street looks after, a district that was renamed, and a tree that changes while the service runs."""
    other, old, new = "370203099", "370282001001", "370215"
    people = tiny.people()[:4]
    for person, area in zip(people, (HOME, f"{HOME}001", f"{HOME}002", old), strict=True):
        person["area"] = area

    def told(parent: str) -> None:
        rows = [{"area": f"{HOME}00{one}", "name": f"c{one}", "parent": parent if one == 2 else HOME} for one in (1, 2)]
        with Store.open(kept.url) as store:
            import_folder(store, tiny.write(tmp_path / parent, {"people": people, "communities": rows}))

    def asked(asker: Inside) -> list[int]:
        kept.service.app.state.live.keys.look()
        return [asker.post({"person_id": f"p0{number}"}).status_code for number in range(4)]

    told(other)
    street = kept.by(kept.key("officer_street", HOME, ("residents",)))
    another = kept.by(kept.key("officer_street", other, ("residents",)))
    district = kept.by(kept.key("worker", new))
    assert asked(street) == [200, 200, 404, 404]
    assert asked(another) == [404, 404, 200, 404]
    assert asked(district) == [404, 404, 404, 200]
    sent = district.post({"events": [event(1, "p03"), event(2, "p00")]}, "/v1/events")
    assert sent.status_code == 200
    assert refused(sent) == [("events.1.person_id", "person")]
    told(HOME)
    assert asked(street) == [200, 200, 200, 404]
    assert asked(another) == [404, 404, 404, 404]


def test_a_forbidden_person_is_an_unknown_one(kept: Kept) -> None:
    """Outside the area, without an area, and not there at all: the same bytes, in events too, and nothing is written."""
    asker = kept.by(kept.key("worker", "370203"))
    assert asker.post({"person_id": "p01"}).status_code == 200
    for path in ("/v1/recommend", "/v1/profile"):
        told = [asker.post({"person_id": person}, path) for person in ("p02", "p03", "nobody")]
        assert {answer.status_code for answer in told} == {404}
        assert len({answer.content for answer in told}) == 1
        assert len({json.dumps(dict(answer.headers)) for answer in told}) == 1
    batch = asker.post(
        {"persons": [{"person_id": person} for person in ("p02", "p03", "nobody", "p01")]}, "/v1/recommend/batch"
    ).json()
    assert len({json.dumps(one) for one in batch["results"][:3]}) == 1
    assert "answer" in batch["results"][3]
    sent = asker.post({"events": [event(1), event(2, "p02"), event(3, "nobody"), event(4, "p03")]}, "/v1/events")
    assert refused(sent) == [(f"events.{place}.person_id", "person") for place in (1, 2, 3)]
    assert sent.json()["new"] == 1
    alone = [asker.post({"events": [event(5, person)]}, "/v1/events") for person in ("p02", "nobody", "p03")]
    assert [problem(one, 403) for one in alone] == [[("events.0.person_id", "person")]] * 3
    assert len({one.content for one in alone}) == 1
    everywhere = kept.by(kept.key("platform"))
    assert [everywhere.post({"person_id": person}).status_code for person in ("p02", "p03", "nobody")] == [200, 200, 404]


def test_a_forbidden_person_costs_what_an_unknown_one_costs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in questions to the database, as tests do not time: the restricted facts and events of neither are read."""
    asker, asked = kept.by(kept.key("worker", "370203")), list[str]()
    database = kept.service.app.state.live.store.database
    from sqlalchemy import event as happening

    happening.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def questions(person: str) -> list[str]:
        asked.clear()
        asker.post({"person_id": person})
        return [one for one in asked if "FROM keys" not in one]

    questions("p01")  # the first use of the day is noted
    time.sleep(0.5)
    kept.service.app.state.live.keys.look()
    assert questions("p02") == questions("nobody")
    assert len(questions("p01")) > len(questions("p02"))


def test_restricted_facts_have_a_scope_of_their_own(kept: Kept) -> None:
    """Neither the profile nor the groups of a stored person tell anything that follows from them, without it."""
    without, having = kept.by(kept.key()), kept.by(kept.key(more=("restricted",)))

    def groups(asker: Inside) -> dict[str, str]:
        return {one["group"]: one["status"] for one in asker.post({"person_id": "p01"}, "/v1/profile").json()["groups"]}

    assert groups(having)["hard_to_employ"] == "recognised"
    assert groups(without)["hard_to_employ"] != "recognised"
    tags = {one["tag"] for one in without.post({"person_id": "p01"}, "/v1/profile").json()["tags"]}
    more = {one["tag"] for one in having.post({"person_id": "p01"}, "/v1/profile").json()["tags"]}
    assert more - tags
    assert not tags & {"sex", "disability", "recognised"}


def test_programmes_tell_no_restricted_fact(kept: Kept) -> None:
    """What a programme asks for tells what is known already: without the scope the restricted facts are asked for as of anybody."""

    def needs(asker: Inside) -> set[str]:
        (offered,) = asker.post({"person_id": "p01"}).json()["programmes"]
        return {one["fact"] for one in offered["needs"]}

    assert "sex" not in needs(kept.by(kept.key(more=("restricted",))))
    assert "sex" in needs(kept.by(kept.key()))


def test_an_id_beside_described_facts_names_somebody_too(kept: Kept) -> None:
    """What the counts leave out would tell a stranger that somebody of that id did something."""
    body = {"person": {"person_id": "p01", "desired": ["面点师"]}, "n": 1}
    problem(kept.by(None).post(body), 401)
    problem(kept.by(kept.key("operator")).post(body), 403)
    assert kept.by(kept.key()).post(body).status_code == 200

    def scores(asker: Inside, person_id: str | None) -> list[Any]:
        asked = {"person": {"person_id": person_id, "desired": ["面点师"], "area": HOME}, "n": 50, "explain": True}
        return [(one["item_id"], one["score"]) for one in asker.post(asked).json()["streams"]["job"]]

    worker, everywhere = kept.by(kept.key("worker", "370203")), kept.by(kept.key())
    assert scores(worker, "p02") == scores(worker, "nobody") == scores(everywhere, None)
    assert scores(worker, "p01") == scores(everywhere, "p01")


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


def test_events_say_whose_key_wrote_them(kept: Kept) -> None:
    from sqrec.store import read_store

    key = kept.key()
    kept.by(key).post({"events": [event(1) | {"event_id": "mine"}]}, "/v1/events")
    events = read_store(kept.url, ["events"]).tables["events"].set_index("event_id")
    assert events.loc["mine", "writer"] == f"key:{key[3:11]}"


def test_every_decision_about_a_stored_person_reaches_the_audit(kept: Kept) -> None:
    worker = kept.key("worker", "370203")
    kept.decisions.clear()
    kept.by(None).post({"person_id": "p01"})
    kept.by(worker).post({"person_id": "p01"}, "/v1/profile")
    kept.by(worker).post({"person_id": "p02"})
    kept.by(worker).post({"events": [event(1), event(2, "p02")]}, "/v1/events")
    kept.by("sq_wrong").get("/")
    kept.by(None).get("/nowhere")
    kept.by(worker).post({"person": {}})
    told = [(one.who.how, one.route, one.status, one.person_id) for one in kept.decisions]
    assert told == [
        ("nobody", "/v1/recommend", 401, "p01"),
        ("key", "/v1/profile", None, "p01"),
        ("key", "/v1/recommend", 404, "p02"),
        ("key", "/v1/events", None, "p01"),
        ("key", "/v1/events", 403, "p02"),
        ("nobody", "/", 401, None),
        ("nobody", "elsewhere", 404, None),
    ]
    assert kept.decisions[1].fields == ("people", "events")
    assert kept.decisions[1].who.name == f"key:{worker[3:11]}"


def test_who_asks_too_often_waits(kept: Kept) -> None:
    """By key; nobody in particular has a bucket of their own."""
    key, live = kept.key(), kept.service.app.state.live
    live.buckets = Buckets({"key": Rate(1, 3), "nobody": Rate(1, 3)})
    assert kept.by(key).post({"person": {}}).status_code == 200
    answer = kept.by(key).post({"person": {}})
    problem(answer, 429)
    assert answer.headers["retry-after"] == "1"
    assert kept.by(None).post({"person": {}}).status_code == 200
    assert kept.by(key).get("/livez").status_code == 200


def test_what_is_no_row_of_the_table_is_denied(small: Path) -> None:
    """A route that somebody adds beside the table is not reached, nor is an endpoint whose doors were left out."""
    live = Live(Settings(data=small / "data", bundles=small / "var" / "bundles"))
    made = application(live)
    made.router.routes.insert(0, Route("/more", lambda request: PlainTextResponse("secret")))
    asker = Inside(made, small / "data", small / "var" / "bundles")
    problem(asker.get("/more"), 404)
    bare = Starlette(routes=[one.route for one in ROUTES])
    bare.state.live = live
    doorless = replace(asker, app=bare)
    assert statuses(doorless) == dict.fromkeys(GUARDED, 401)
    assert live.mode == "demo"


def test_what_is_no_http_is_closed(server: Inside) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/v1/recommend", "headers": [], "client": ("127.0.0.1", 1), "app": server.app}
    asyncio.run(server.app(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("data", "host", "synthetic", "mode"),
    [
        ("folder", "127.0.0.1", True, "demo"),
        ("folder", "localhost", True, "demo"),
        ("folder", "::1", True, "demo"),
        ("folder", "127.8.8.8", False, "local"),
        ("sqlite:///a.db", "127.0.0.1", True, "local"),
        ("sqlite:///a.db", "127.0.0.1", False, "local"),
        ("folder", "0.0.0.0", True, "production"),
        ("folder", "::", True, "production"),
        ("folder", "192.168.1.1", True, "production"),
        ("folder", "jobs.example", True, "production"),
        ("postgresql://h/d", "10.0.0.1", False, "production"),
    ],
)
def test_modes(data: str, host: str, synthetic: bool, mode: str) -> None:
    assert mode_of(data, host, synthetic=synthetic) == mode


def test_the_demo_needs_no_key_and_says_so_on_every_page(server: Inside) -> None:
    assert server.app.state.live.mode == "demo"
    nothing_kept = dict.fromkeys((*OWED, *OWN, "/v1/events", ADVICE), 503)  # a folder takes nothing in, and keeps nothing
    assert statuses(server) == dict.fromkeys(GUARDED, 200) | nothing_kept
    assert NOTE in server.get("/").text
    assert "no key is needed" in server.get("/docs").text
    assert server.get("/page/people").json()
    assert status_of(replace(server, key="whatever"), "/v1/recommend") == 200


def test_a_folder_of_real_people_answers_for_none_of_them(small: Path, tmp_path: Path) -> None:
    """It says what to do; people described in the request are answered."""
    data = tiny.write(tmp_path / "data")
    (data / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-08-01", "synthetic": false}', encoding="utf-8")
    with inside(tmp_path, data, small / "var" / "bundles") as local:
        assert statuses(local) == dict.fromkeys(GUARDED, 401)
        for answer in (*(local.post(STORED[path], path) for path in ("/v1/recommend", "/v1/events")), local.get(METRICS)):
            detail = answer.json()["detail"]
            assert all(word in detail for word in ("a folder has no keys", "sqrec import FOLDER", "sqrec keys create"))
        assert local.post({"person": {"desired": ["面点师"]}}).status_code == 200
        assert local.get("/page/people").json() == []
        assert NOTE not in local.get("/").text
        problem(replace(local, key="sq_aaaaaaaa_" + "A" * 43).get("/"), 401)


def test_a_store_lists_nobody_on_its_page(kept: Kept) -> None:
    assert kept.by(kept.key()).get("/page/people").json() == []
    assert NOTE not in kept.by(None).get("/").text


@pytest.mark.parametrize("client", [("10.0.0.7", 80), ("203.0.113.9", 1), None, ("testclient", 1)])
def test_others_than_this_machine_ask_in_production_alone(server: Inside, client: Any) -> None:
    """Whatever address it was made to listen on, and through whatever tunnel that says where it begins."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(server.app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asking:
            return await asking.get("/")

    problem(asyncio.run(ask()), 403)


def test_nobody_and_the_demo() -> None:
    assert (NOBODY.scopes, DEMO.how) == (frozenset(), "demo")


def test_the_description_says_what_needs_a_key() -> None:
    paths = describe(ROUTES)["paths"]
    for one in ROUTES:
        told = paths[one.path][one.method.lower()]
        known = [{"key": []}, {"session": []}]
        assert told.get("security") == (None if one.scope == "open" else [{}, *known] if one.inline else known)
        assert ({"401", "429"} <= told["responses"].keys()) == (one.scope != "open" or one.tag == "Sessions")
        assert one.scope == "open" or "403" in told["responses"]


def test_a_pepper_is_asked_for_once_and_never_told(kept: Kept) -> None:
    assert PEPPER not in repr(kept.service.app.state.live.keys.ring) + repr(kept.service.app.state.live.settings)


def test_the_page_lists_every_route() -> None:
    """docs/access.md has each route with its scope."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(GET|POST) (\S+)` \| (\w+) \|", page, re.MULTILINE) == [
        (one.method, one.path, one.scope) for one in ROUTES
    ]
