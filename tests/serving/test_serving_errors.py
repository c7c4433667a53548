"""The service over HTTP where something is wrong: one shape, all problems, no value told; and the page that describes it."""

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from serving.problems import Shaped
from tests.support.inside import Inside
from tests.support.server import Server, problem

ADULT = {"birth_month": "1990-01", "desired": ["面点师"], "location": {"lon": 120.36, "lat": 36.09}}
SECRET = "zhangsan-13800000000"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("person", "one-of")}),
        ({"person": ADULT, "person_id": "p01"}, {("person", "one-of")}),
        ({"person": {"education": SECRET, "birth_month": SECRET, "hours": SECRET}, "n": 0, "minutes": 0, "lang": SECRET}, 6),
        ({"person": {SECRET: 1}}, {(f"person.{'…'}", "extra_forbidden")}),
        ({"person": ADULT | {"location": {"lon": 36.09, "lat": 120.36}}}, 1),
        ({"person": ADULT | {"location": {"lon": 100.0, "lat": 30.0}}}, {("person.location", "outside")}),
        ({"person": ADULT, "n": "ten"}, 1),
        ({"person": ADULT, "n": True}, 1),
        ({"person": ADULT, "at": "2026-07-20T20:00:00"}, {("at", "zone")}),
        ({"person": ADULT, "kinds": []}, 1),
        ({"person": ADULT, "kinds": [SECRET]}, 1),
        ({"person": {"history": [{"kind": "job", "item_id": "j01", "event": SECRET, "at": SECRET}]}}, 2),
        ({"person": {"skills": ["a|b"]}}, 1),
        ({"person": {"wage_min": "3000"}}, 1),
        ({"person": ADULT, "tags": {"education": SECRET}}, 1),
        ([], 1),
        ("text", 1),
        (None, 1),
    ],
)
def test_a_broken_request_gets_all_its_problems_at_once(server: Inside, body: Any, expected: Any) -> None:
    answer = server.post(content=json.dumps(body), headers={"content-type": "application/json"})
    found = problem(answer, 400)
    assert SECRET not in answer.text
    if isinstance(expected, int):
        assert len(found) == expected, found
    else:
        assert set(found) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"person": {"desired": ["\\ud800"]}}',
        b'{"person": {"wage_min": NaN}}',
        b'{"person": {"wage_min": 1e999}}',
        b'{"person": ' * 5000 + b"1" + b"}" * 5000,
        b'{"person": {"desired": ["\\u0000"]}}',
    ],
)
def test_strange_bytes(server: Inside, raw: bytes) -> None:
    problem(server.post(content=raw, headers={"content-type": "application/json"}), 400)


def test_other_errors_have_the_same_shape(server: Inside) -> None:
    problem(server.post(content=b"a=1", headers={"content-type": "application/x-www-form-urlencoded"}), 415)
    problem(server.post(content=b" " * 300_000, headers={"content-type": "application/json"}), 413)
    problem(server.get("/v1/recommend"), 405)
    problem(server.get("/nowhere"), 404)
    problem(server.post({"person": {"birth_month": "2020-01"}}), 403)


def test_logs_hold_no_value_of_a_request(process: Server) -> None:
    history = [{"kind": "job", "item_id": SECRET, "event": "view", "at": "2026-07-01T00:00:00Z"}]
    process.post({"person": ADULT | {"desired": [SECRET], "person_id": SECRET, "history": history}})
    process.post({"person": {"education": SECRET}})
    process.post({"person_id": SECRET})
    process.post(content=SECRET.encode() + b"{", headers={"content-type": "application/json"})
    time.sleep(0.2)
    log = process.log.read_text(encoding="utf-8")
    assert SECRET not in log
    assert "Traceback" not in log


def test_one_page_describes_it(server: Inside) -> None:
    described = server.get("/docs.json").json()
    operation = described["paths"]["/v1/recommend"]["post"]
    errors = {code: answer for code, answer in operation["responses"].items() if code != "200"}
    assert errors.keys() >= {"400", "403", "404", "413", "415", "500", "503"}
    assert {json.dumps(answer["content"]) for answer in errors.values()} == {
        '{"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}'
    }
    body = operation["requestBody"]["content"]["application/json"]
    assert server.post(body["example"]).status_code == 200
    assert described["components"]["schemas"].keys() >= {"RecommendRequest", "RecommendResponse", "Problem"}
    page = server.get("/docs")
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_answers_keep_the_described_promises(process: Server) -> None:
    """Ask what schemathesis makes of our own description; every answer must be one that it describes.

    Not all rules of the tables can be said in a JSON schema, so what the schema allows may still be refused.
    """
    described = schemathesis.openapi.from_url(f"{process.url}/docs.json")
    statuses: set[int] = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described["/v1/recommend"]["POST"].as_strategy())
    def asked(case: Any) -> None:
        answer = case.call(base_url=process.url)
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])
        statuses.add(answer.status_code)

    asked()
    assert statuses <= {200, 400, 403, 404}
    assert 400 in statuses


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise ValueError(SECRET)


def test_what_nobody_expected_is_a_problem_too(caplog: pytest.LogCaptureFixture) -> None:
    border = Shaped(broken)
    transport = httpx.ASGITransport(border)  # type: ignore[arg-type]

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/anything")

    answer = asyncio.run(get())
    problem(answer, 500)
    assert SECRET not in answer.text + caplog.text
    fields = caplog.records[-1].__dict__["fields"]
    assert fields["error"] == "ValueError"
    assert fields["at"][-1].endswith("in broken")
    assert SECRET not in str(fields)
