"""Browsers as carriers: other hosts, pages of other origins, bodies that need no permission, redirects."""

import asyncio
import http.client
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.requests import Request

from serving.app import ROUTES, application
from serving.live import Live
from serving.origins import from_our_page, names_of, scheme_of
from serving.problems import RefusedError
from serving.reading import asked_of
from serving.schemas.requests import RecommendRequest
from serving.settings import Settings
from sqrec.store import Store, import_folder
from tests.support.inside import Inside
from tests.support.keys import key_for
from tests.support.server import Server, problem

BODY = b'{"person": {"desired": ["\xe9\x9d\xa2\xe7\x82\xb9\xe5\xb8\x88"]}}'


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:3000", 200),
        ("127.0.0.1:3000", 200),
        ("[::1]:3000", 200),
        ("localhost.", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example:3000", 421),
        ("10.0.0.1", 421),
        ("localhost:3000/@evil.example", 400),
        ("evil.example@localhost", 400),
        ("localhost, evil.example", 400),
        ("local host", 400),
        ("localhost:port", 400),
        ("", 400),
    ],
)
def test_only_our_own_names_are_answered_for(server: Inside, host: str, status: int) -> None:
    for path in ("/", "/v1/items/job/j01", "/livez", "/page/page.css", "/nowhere"):
        answer = server.get(path, headers={"host": host})
        assert answer.status_code == (404 if (path, status) == ("/nowhere", 200) else status), path
        assert "evil" not in answer.text
    assert server.post({"person": {}}, headers={"host": host}).status_code == status


def test_two_hosts_are_none(server: Inside) -> None:
    problem(server.get("/", headers=httpx.Headers([("host", "localhost"), ("host", "localhost")])), 400)


def test_names_are_declared() -> None:
    assert names_of(Settings()) == {"localhost", "127.0.0.1", "[::1]"}
    assert names_of(Settings(host="127.0.0.9", names=("Jobs.Example",))) == {
        "localhost",
        "127.0.0.1",
        "127.0.0.9",
        "[::1]",
        "jobs.example",
    }
    assert names_of(Settings(host="0.0.0.0")) == set()
    assert names_of(Settings.from_environment({"SQREC_HOST": "10.0.0.1", "SQREC_NAMES": "jobs.example, www.jobs.example,"})) == {
        "jobs.example",
        "www.jobs.example",
    }


@pytest.mark.parametrize(
    ("headers", "right"),
    [
        ({}, True),  # a programme
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost:3000"}, True),
        ({"origin": "http://localhost:3000"}, True),  # an old browser
        ({"origin": "HTTP://LOCALHOST:3000"}, True),
        ({"origin": "https://localhost:3000"}, False),  # another scheme is another origin
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:3000"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-origin, cross-site"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost"}, False),  # another port is another origin
        ({"origin": "http://localhost:3000.evil.example"}, False),
        ({"origin": "http://evil.example/://localhost:3000"}, False),
        ({"origin": "localhost:3000"}, False),
        ({"origin": ""}, False),
    ],
)
def test_pages_of_other_origins_may_ask_nothing(server: Inside, headers: Mapping[str, str], right: bool) -> None:
    answer = server.post({"person": {}}, headers=headers)
    assert answer.status_code == (200 if right else 403), answer.text
    assert "access-control-allow-origin" not in answer.headers
    assert server.get("/v1/items/job/j01", headers=headers).status_code == 200  # what anybody may read


def test_a_session_must_say_where_it_comes_from() -> None:
    """A browser always does; what does not is no page of ours."""
    ours, silent = Headers({"host": "localhost:3000", "origin": "http://localhost:3000"}), Headers({"host": "localhost:3000"})
    from_our_page("POST", ours, "http", session=True)
    from_our_page("GET", silent, "http", session=True)
    for told, scheme in ((silent, "http"), (ours, "https")):
        with pytest.raises(RefusedError, match="another origin"):
            from_our_page("POST", told, scheme, session=True)


@pytest.mark.parametrize(
    ("more", "scheme"),
    [
        ({}, "http"),
        ({"tls_certificate": Path("c")}, "https"),
        ({"host": "0.0.0.0", "tls_certificate": Path("c")}, "https"),
        ({"host": "0.0.0.0", "proxy": (ip_network("10.0.0.0/8"),)}, "https"),
        ({"proxy": (ip_network("10.0.0.0/8"),)}, "http"),  # a proxy is declared for production alone
    ],
)
def test_our_own_pages_have_the_scheme_of_the_way(more: dict[str, Any], scheme: str) -> None:
    assert scheme_of(Settings(**more)) == scheme


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
)
def test_only_what_says_to_be_json_is_read(server: Inside, kind: str | None) -> None:
    """What a page may have a browser send without asking first, and what says nothing, is refused at every address."""
    for one in ROUTES:
        if one.method == "POST":
            answer = server.request("POST", one.path, content=BODY, headers={} if kind is None else {"content-type": kind})
            problem(answer, 415)
    assert server.post(content=BODY, headers={"content-type": "Application/JSON; charset=utf-8"}).status_code == 200


def test_two_kinds_of_body_are_none(server: Inside) -> None:
    """Each reader on the way would take another one of them."""

    async def read(*kinds: bytes) -> object:
        async def receive() -> Any:
            return {"type": "http.request", "body": BODY}

        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind) for kind in kinds], "path_params": {}}
        return await asked_of(Request(scope, receive), RecommendRequest, {})

    assert asyncio.run(read(b"application/json"))
    for kinds in ((b"application/json", b"text/plain"), (b"text/plain", b"application/json"), (b"application/json",) * 2):
        with pytest.raises(RefusedError, match="must be application/json"):
            asyncio.run(read(*kinds))
    problem(server.post(content=BODY, headers={"content-type": "application/json, text/plain"}), 415)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ({"host": "10.0.0.9", "proxy": (ip_network("127.0.0.0/8"),)}, "max-age=31536000"),
        ({"host": "10.0.0.9", "tls_certificate": Path(__file__), "tls_key": Path(__file__)}, "max-age=31536000"),
        ({"tls_certificate": Path(__file__), "tls_key": Path(__file__)}, None),  # localhost is the name of other services too
        ({}, None),
    ],
)
def test_production_is_asked_by_https_alone(store_url: str, small: Path, way: dict[str, Any], told: str | None) -> None:
    """Every answer says so, refusals too."""
    with Store.open(store_url) as store:
        import_folder(store, small / "data")
    key_for(store_url)
    papers: dict[str, Any] = {"names": ("jobs.example",), "operator": "o", "assessment": "a", "filing": "f"}
    live = Live(Settings(data=store_url, bundles=small / "var" / "bundles", **papers, **way))
    asker, name = Inside(application(live), small, small), {"host": "jobs.example"}
    for answer in (
        asker.get("/", headers=name),
        asker.get("/page/page.css", headers=name),
        asker.get("/nowhere", headers=name),
        asker.get("/", headers={"host": "evil.example"}),
        asker.post({"person_id": "p01"}, headers=name),
    ):
        assert answer.headers.get("strict-transport-security") == told, answer.status_code
    scheme = "https" if way else "http"
    assert asker.post({"person": {}}, headers=name | {"origin": f"{scheme}://jobs.example"}).status_code == 200
    other = {"https": "http", "http": "https"}[scheme]
    problem(asker.post({"person": {}}, headers=name | {"origin": f"{other}://jobs.example"}), 403)
    live.close()


def test_no_preflight_is_granted(server: Inside) -> None:
    asked = {
        "origin": "http://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = server.request("OPTIONS", "/v1/recommend", headers=asked)
    assert answer.status_code == 405
    assert not any(name.startswith("access-control") for name in answer.headers)


def paths() -> list[str]:
    told = [one.path.format(kind="job", item_id="j01", person_id="p01", request_id="none") for one in ROUTES]
    more = [
        "/page",
        "/docs/drawn",
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/page/..%2f",
        "/page//evil.example/",
    ]
    return sorted({*told, *(f"{path}/" for path in told), *(f"/{path}" for path in told), *more})


@pytest.mark.parametrize("path", paths())
def test_nobody_is_sent_elsewhere(server: Inside, path: str) -> None:
    for method in ("GET", "POST", "HEAD"):
        answer = server.request(method, f"http://localhost{path}")
        assert answer.status_code not in range(300, 400)
        assert "location" not in answer.headers


def raw(server: Server, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> http.client.HTTPResponse:
    """Send a request as it is told, the Host too."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"content-length": str(len(body)), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/items/job/j01",
        "/livez",
        "/readyz",
        "/healthz",
        "/schema.json",
        "/metrics",
        "/docs",
        "//evil.example/",
        "/docs/",
        "/page",
    ],
)
def test_a_running_service_answers_for_no_other_host(process: Server, path: str) -> None:
    """The server's own addresses below the application too."""
    for host, statuses in (("evil.example", {421}), ("", {400}), ("localhost", {200, 404})):
        answer = raw(process, "GET", path, {"host": host})
        assert answer.status in statuses, (host, path)
        assert answer.getheader("location") is None


def test_a_running_service_takes_nothing_from_pages_of_others(process: Server) -> None:
    told: list[tuple[dict[str, str], int]] = [
        ({"content-type": "application/json"}, 200),
        ({}, 415),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/json", "origin": "http://evil.example"}, 403),
        ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
    ]
    for headers, status in told:
        assert raw(process, "POST", "/v1/recommend", {"host": "localhost", **headers}, BODY).status == status, headers
    assert raw(process, "POST", "/v1/recommend", {"host": "evil.example", "content-type": "application/json"}, BODY).status == 421


def test_whoever_comes_through_a_tunnel_is_not_this_machine(process: Server) -> None:
    """A proxy on this machine says for whom it asks; the demo is for this machine alone."""
    answer: Any = raw(process, "GET", "/", {"host": "localhost", "x-forwarded-for": "203.0.113.9"})
    assert answer.status == 403
