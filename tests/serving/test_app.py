"""The table of routes: every address on the page, items, and what the application counts."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.routing import Route

from serving import app
from serving.endpoint import Endpoint
from serving.openapi import describe
from sqrec.catalogue.itemfacts import TO_ACT
from sqrec.contract import TABLES
from sqrec.version import VERSION
from tests.support import tiny
from tests.support.inside import Inside
from tests.support.server import problem


def test_every_route_is_on_the_page_with_a_summary(server: Inside) -> None:
    described = server.get("/docs.json").json()
    found = {one.path for one in server.app.routes if isinstance(one, Route)} - {"/{path:path}"}
    routes = {re.sub(r":[a-z]+}", "}", one) for one in found}
    assert (
        described["paths"].keys() - {"/healthz", "/schema.json", "/page/{file}", "/docs/drawn/{file}"}
        == routes
        == {one.path for one in app.ROUTES}
    )
    assert described["info"]["version"] == VERSION
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert all(one["summary"].endswith(".") for one in operations)
    assert {tag for one in operations for tag in one["tags"]} == {tag["name"] for tag in described["tags"]}


def test_every_example_is_answered(server: Inside) -> None:
    for one in app.ROUTES:
        if one.method == "POST" and one.path not in {"/v1/events", "/v1/session"} and one.tag != "Rights":
            assert server.post(one.example, one.path).status_code == 200, one.path
        elif one.method == "POST":  # a folder takes none of them
            problem(server.post(one.example, one.path.format(**one.of_path)), 503)


def test_a_schema_for_everything_that_is_referred_to() -> None:
    told = json.dumps(describe(app.ROUTES))
    for name in {part.partition('"')[0] for part in told.split("#/components/schemas/")[1:]}:
        assert name in json.loads(told)["components"]["schemas"]


def test_every_field_on_the_page_says_what_it_means_and_what_null_means() -> None:
    """A field that takes null says what null means; a bound or vocabulary of the contract is said in words."""
    schemas = describe(app.ROUTES)["components"]["schemas"]
    fields = {(model, name): field for model, told in schemas.items() for name, field in told["properties"].items()}
    assert {where for where, field in fields.items() if not field.get("description")} == set()
    nullable = {where: field for where, field in fields.items() if {"type": "null"} in field.get("anyOf", ())}
    assert {where for where, field in nullable.items() if "null" not in field["description"]} == set()
    said = {name: field["description"] for (model, name), field in fields.items() if model == "FactsIn"}
    assert said["wage_min"] == "expected yuan a month, 0 or more; null: unknown"
    assert said["pace"] == "walking metres a minute, 10 to 150; unknown: the city's value for the age; null: unknown"
    assert said["employment"] == "work status: employed, unemployed, flexible, student, retired; null: unknown"


def test_an_item_with_all_that_is_known_of_it(server: Inside) -> None:
    shown = server.post({"person_id": "p01"}).json()["streams"]["job"][0]
    told = server.get(f"/v1/items/job/{shown['item_id']}").json()
    assert told["title"] == shown["title"]
    assert told["facts"].keys() <= {column.name for column in TABLES["jobs"].columns}
    assert told["facts"]["job_id"] == shown["item_id"]
    assert None not in told["facts"].values()


def test_a_list_says_what_one_needs_to_act(server: Inside) -> None:
    first, *_ = server.post({"person_id": "p01"}).json()["streams"]["job"]
    row = {row["job_id"]: row for row in tiny.jobs()}[first["item_id"]]
    told = {name: first["facts"][name] for name in ("employer", "wage_min", "wage_max", "wage_unit", "hours", "form")}
    assert told == {name: row[name] for name in told}
    assert first["facts"].keys() <= set(TO_ACT["job"])
    whole = server.get(f"/v1/items/job/{first['item_id']}").json()["facts"]
    assert first["facts"] == {name: whole[name] for name in TO_ACT["job"] if name in whole}


@pytest.mark.parametrize(
    ("path", "status"), [("job/nobody", 404), ("jobs/j01", 400), ("amenity/a01", 404), ("job/" + "x" * 200, 400)]
)
def test_items_that_are_not_there(server: Inside, path: str, status: int) -> None:
    answer = server.get(f"/v1/items/{path}")
    problem(answer, status)
    assert "x" * 200 not in answer.text


def test_a_mistaken_path_is_no_label(server: Inside) -> None:
    for number in range(20):
        problem(server.get(f"/nowhere/{number}"), 404)
    figures = server.get("/metrics").text
    assert "nowhere" not in figures
    assert 'sqrec_requests_total{route="/metrics",status="200"}' in server.get("/metrics").text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method(server: Inside, method: str) -> None:
    problem(server.request(method, "/v1/recommend"), 405)
    problem(server.request(method, "/v1/items/job/j01"), 405)


def also(server: Inside, handler: Any) -> Inside:
    """Return the application with one route more, /more."""
    more = Endpoint("GET", "/more", handler, tag="Site", scope="open")
    return replace(server, app=app.application(server.app.state.live, (more, *app.ROUTES)))


def test_an_unexpected_mistake_withholds_its_message(server: Inside) -> None:
    async def broken(live: Any, asked: Any, who: Any) -> bytes:
        raise KeyError("zhangsan")

    answer = also(server, broken).get("/more")
    problem(answer, 500)
    assert "zhangsan" not in answer.text


def test_an_answer_that_takes_too_long(server: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(live: Any, asked: Any, who: Any) -> bytes:
        await asyncio.sleep(30)
        return b""

    monkeypatch.setattr("serving.endpoint.SECONDS", 0.05)
    problem(also(server, slow).get("/more"), 504)
