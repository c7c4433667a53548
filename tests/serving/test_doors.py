"""The doors: every route by every role, and what the table and its pages say of them; on both kinds of store."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from serving.app import ROUTES, application
from serving.limits.buckets import Buckets, Rate
from serving.live import Live
from serving.openapi import describe
from serving.purposes import PURPOSES as AT
from serving.settings import Settings
from sqrec.access import roles
from sqrec.access.purposes import PURPOSES
from tests.support.doorway import GUARDED, HOME, METRICS, OWN, RIGHT, SERVED, Kept, statuses
from tests.support.inside import Inside
from tests.support.server import problem


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


def test_a_key_is_for_its_purposes_alone(kept: Kept) -> None:
    """Of every guarded address of stored people a key opens those of its purposes, and each is told which it lacks."""
    everything = ("rights", "owed", "advice")
    whole = statuses(kept.by(kept.key("platform", more=everything)))
    assert [path for path, status in whole.items() if status == 403] == ["/v1/complaints/answer", METRICS]  # for want of a scope
    for purpose in PURPOSES:
        asker = kept.by(kept.key("platform", more=everything, declared=(purpose,)))
        mine = {path for path in GUARDED if AT.get(path.removeprefix("GET ")) == purpose}
        assert statuses(asker) == {path: status if path in mine else 403 for path, status in whole.items()}, purpose
    lists = kept.by(kept.key("platform", declared=("lists",)))
    assert "is not for the purpose `profile`" in lists.post({"person_id": "p01"}, "/v1/profile").json()["detail"]
    named = lists.post({"person": {"person_id": "p01"}}, "/v1/profile")
    problem(named, 403)  # an id beside described facts names somebody too
    assert lists.post({"person": {"desired": ["面点师"]}}, "/v1/profile").status_code == 200


def test_every_address_of_stored_people_has_a_purpose() -> None:
    assert {one.path for one in ROUTES if one.scope not in {"open", "operation"}} == set(AT)
    assert {one.purpose for one in ROUTES} - {None} == set(PURPOSES)


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


def test_the_description_says_what_needs_a_key() -> None:
    paths = describe(ROUTES)["paths"]
    for one in ROUTES:
        told = paths[one.path][one.method.lower()]
        known = [{"key": []}, {"session": []}]
        assert told.get("security") == (None if one.scope == "open" else [{}, *known] if one.inline else known)
        assert ({"401", "429"} <= told["responses"].keys()) == (one.scope != "open" or one.tag == "Sessions")
        assert one.scope == "open" or "403" in told["responses"]


def test_the_page_lists_every_route() -> None:
    """docs/access.md has each route with its scope."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(GET|POST) (\S+)` \| (\w+) \|", page, re.MULTILINE) == [
        (one.method, one.path, one.scope) for one in ROUTES
    ]
