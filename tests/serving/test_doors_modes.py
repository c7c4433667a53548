"""Three modes of the doors: the demo, this machine alone, production."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.modes import mode_of
from sqrec.access import DEMO, NOBODY
from tests.support import tiny
from tests.support.doorway import ADVICE, GUARDED, METRICS, NOTE, OWED, OWN, STORED, Kept, status_of, statuses
from tests.support.inside import Inside, inside
from tests.support.server import problem


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
