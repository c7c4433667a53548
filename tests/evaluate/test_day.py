"""A day in the life of a store, through the doors that everybody uses: shown, used, counted, replayed, retrained, rolled back."""

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from features import JOB_ROWS
from sqrec import bundle as bundles
from sqrec.cli.app import app
from tests.store.test_live import event, waited
from tests.support import crowd, tiny
from tests.support.keys import bearer, key_for
from tests.support.server import Server, serving
from training import promote, retrain, train
from training.logged import ShownLists

ASKED = 400
EVENTS = 200
PAUSE = 0.02
"""Seconds between two requests, so that who imports has a processor."""
WRITERS = 100
"""Of sixty people's events one with each item counts in a day from one key (docs/trust.md): so many keys send them."""
RULES = {
    "promotion": {
        "most_milliseconds": 1e6,
        "free_milliseconds": 1e6,
        "resamples": 1000,
        "margin": 0.9,
        "least_over_plain": -1.0,
        "group_figures": [],
    },
    "retraining": {"least_new_events": 100, "most_moved": 1e9},
}
"""Sixty people establish little, two hundred clicks on the first three places teach less than plain knows, two hundred events of one afternoon look like no others,
and what they do to one of two districts has tests of its own."""


def door(main: Any, *arguments: str) -> str:
    """Run a command of training as its module does, and return what it printed."""
    made = typer.Typer(pretty_exceptions_enable=False)
    made.command()(main)
    result = CliRunner().invoke(made, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def sqrec(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def bundle_of(server: Server) -> str:
    return server.post({"person_id": "p01"}).json()["bundle"]


def test_a_day_in_the_life(store_url: str, tmp_path: Path) -> None:
    data, var, rules = crowd.write(tmp_path / "data"), tmp_path / "var", tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES), encoding="utf-8")
    sqrec("import", str(data), "--store", store_url)
    train.main(store_url, "job", "last", bundle=None, var=tmp_path / "first", studied=False)
    writers = [bearer(key_for(store_url)) for _ in range(WRITERS)]
    with serving(var, store_url, tmp_path / "first" / "bundles") as server:
        first, people = bundles.current(server.bundles).name, [one["person_id"] for one in crowd.people()]
        told: list[dict[str, Any]] = []
        with httpx.Client(base_url=server.url, headers=server.headers, timeout=30) as client:
            for number in range(ASKED):
                answer = client.post("/v1/recommend", json={"person_id": people[number % len(people)]}).json()
                if number % (ASKED // EVENTS) == 0:
                    item = answer["streams"]["job"][number % 3]
                    shown = {"request_id": answer["request_id"], "position": item["rank"], "item_id": item["item_id"]}
                    told.append(event(number, people[number % len(people)], event="apply", **shown))
            accepted = [
                client.post("/v1/events", json={"events": told[number::WRITERS]}, headers=writer).json()
                for number, writer in enumerate(writers)
            ]
            again = client.post("/v1/events", json={"events": told[:100]}).json()
        assert sum(one["new"] for one in accepted) == EVENTS
        assert (again["new"], again["known"], again["refused"]) == (0, 100, [])
        assert sqrec("midnight", "--store", store_url) == sqrec("midnight", "--store", store_url)
        replayed = waited(
            lambda: sqrec("replay", "--store", store_url, "--bundles", str(server.bundles)),
            lambda text: text.startswith(f"{ASKED} "),
        )
        assert f"{ASKED} lists = {ASKED} equal to the bit + 0 different + 0 not made again + 0 without" in replayed

        log = ShownLists.read(store_url, None, "job", JOB_ROWS, server.bundles)
        assert log is not None
        assert log.rows is not None
        uncounted = sum(len(one["uncounted"]) for one in accepted)
        assert len(set(log.request.tolist())) == EVENTS - uncounted > 0
        common = ("--var", str(var), "--store", store_url)
        promoted = door(retrain.main, "--data", store_url, "--split", "last", "--rules", str(rules), *common)
        assert promoted.startswith("Promoted")
        second = bundles.current(server.bundles).name
        assert second != first
        waited(lambda: bundle_of(server), lambda name: name == second)
        assert f"{first}\n" in door(promote.main, "--rollback", *common)
        waited(lambda: bundle_of(server), lambda name: name == first)
        lists = waited(
            lambda: sqrec("replay", "--store", store_url, "--bundles", str(server.bundles)),
            lambda text: int(text.split()[0]) > ASKED + 1,
        )
        assert "+ 0 different + 0 not made again" in lists


def test_two_services_and_an_importer(store_url: str, small: Path, tmp_path: Path) -> None:
    """Whoever writes, nobody who asks hears of a lock."""
    sqrec("import", str(small / "data"), "--store", store_url)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    made = small / "var" / "bundles"
    with serving(tmp_path / "a", store_url, made) as one, serving(tmp_path / "b", store_url, made) as two:
        found, ended = Counter[int](), threading.Event()
        asking = [
            threading.Thread(target=ask, args=(server, name, found, ended)) for server, name in ((one, "one"), (two, "two"))
        ]
        for thread in asking:
            thread.start()
        for number in range(12):
            rows = [row | {"wage_max": 9000 + number} for row in tiny.jobs()]
            people = [row | {"wage_min": 3000 + number} for row in tiny.people()]
            sqrec("import", str(tiny.write(tmp_path / f"in{number}", {"jobs": rows, "people": people})), "--store", store_url)
        ended.set()
        for thread in asking:
            thread.join()
        assert set(found) == {200}
        assert found[200] > 50
        assert "+ 0 different + 0 not made again" in sqrec("replay", "--store", store_url, "--bundles", str(made))


def ask(server: Server, name: str, found: Counter[int], ended: threading.Event) -> None:
    """Ask for lists and tell what was done with them, until it is over."""
    number = 0
    with httpx.Client(base_url=server.url, headers=server.headers, timeout=60) as client:
        while not ended.is_set():
            answer = client.post("/v1/recommend", json={"person_id": f"p{number % 11:02d}"})
            sent = client.post("/v1/events", json={"events": [event(0, event_id=f"{name}{number}")]})
            found.update([answer.status_code, sent.status_code])
            number += 1
            ended.wait(PAUSE)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQREC_POINTER_SECONDS", "0.2")
