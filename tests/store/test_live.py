"""A store is served: what is written shows, what is shown is written, and every list can be made again."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from typer.testing import CliRunner

from serving.log import RankingLog
from sqrec.cli.app import app
from sqrec.rank import Explore
from sqrec.store import Store, import_folder, read_store
from tests.support import tiny
from tests.support.inside import Inside, inside
from tests.support.server import Server, problem, refused, serving

SECONDS = 30


@dataclass(frozen=True)
class Live:
    """Hold a running service and the store it serves."""

    server: Server | Inside
    url: str

    def recommend(self, person_id: str, **asked: Any) -> dict[str, Any]:
        answer = self.server.post({"person_id": person_id} | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, *events: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.server.url}/v1/events", json={"events": list(events)}, headers=self.server.headers, timeout=30)

    def logged(self, *answers: dict[str, Any]) -> pd.DataFrame:
        """Return the log of rankings once it holds some answers."""
        ids = {answer["request_id"] for answer in answers}
        return waited(self._log, lambda log: ids <= set(log["request_id"]))

    def _log(self) -> pd.DataFrame:
        with Store.open(self.url) as store:
            return pd.concat(list(store.rankings(0, 2**62)), ignore_index=True)


def waited(look: Any, fits: Any) -> Any:
    """Return what is seen as soon as it fits."""
    until = time.monotonic() + SECONDS
    while not fits(found := look()):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


@contextmanager
def living(place: Path, small: Path, url: str) -> Iterator[Live]:
    """Import the small city into a store and serve it."""
    with Store.open(url) as store:
        import_folder(store, small / "data")
    place.mkdir(exist_ok=True)
    with serving(place, url, small / "var" / "bundles") as server:
        yield Live(server, url)


@contextmanager
def living_inside(place: Path, small: Path, url: str, explore: Explore | None = None) -> Iterator[Live]:
    """Import the small city into a store and serve it in this process."""
    with Store.open(url) as store:
        import_folder(store, small / "data")
    with inside(place, url, small / "var" / "bundles", explore) as server:
        yield Live(server, url)


@pytest.fixture
def live(store_url: str, small: Path, tmp_path: Path) -> Iterator[Live]:
    with living(tmp_path / "live", small, store_url) as running:
        yield running


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def event(number: int, person_id: str = "p01", **more: Any) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    return {"event_id": f"e{number}", "person_id": person_id, "kind": "job", "item_id": "j11", "event": "view", "at": at} | more


def shown(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["streams"]["job"]]


def test_what_is_written_shows_and_what_is_shown_is_written(live: Live, tmp_path: Path) -> None:
    """One day: lists, events, a change of the catalogue, somebody who switches off; then everything again, bit for bit."""
    first = live.recommend("p01")
    top = shown(first)[0]
    sent = [event(1, item_id=top, event="apply", request_id=first["request_id"], position=1), event(2, item_id="nobody's")]
    for new, known in ((1, 0), (0, 1)):
        answer = live.send(*sent)
        assert refused(answer) == [("events.1.item_id", "item")]
        told = answer.json()
        assert told | {"refused": []} == {
            "new": new, "known": known, "unknown_items": 1, "refused": [], "uncounted": [], "noted": []
        }  # fmt: skip
    assert live.send(event(3, item_id="j12", event="dismiss", reason="太远")).json()["new"] == 1
    assert live.send(event(4, item_id="j13", event="reached")).json()["new"] == 1
    written = read_store(live.url, ["events"]).tables["events"].set_index("event_id")
    assert written.loc[["e1", "e3", "e4"], "writer"].tolist() == [f"key:{live.server.headers['authorization'][10:18]}"] * 3
    assert written.loc["e3", "reason"] == "太远"
    assert written["writer"].isna().sum() == len(tiny.events())
    assert top not in shown(live.recommend("p01"))  # seen: the person's own record is read for every request

    gone, title = shown(live.recommend("p02"))[0], "社区食堂面点师傅"
    rows = [{**row, "valid_to": "2026-07-31"} if row["job_id"] == gone else row for row in tiny.jobs()]
    rows.append({**tiny.jobs()[1], "job_id": "j99", "title": title, "published_at": "2026-08-01"})
    tiny.write(tmp_path / "new", {"jobs": rows})
    assert run("import", str(tmp_path / "new"), "--store", live.url)[0] == 0
    waited(lambda: shown(live.recommend("p02", n=50)), lambda ids: gone not in ids and "j99" in ids)

    off = [{**row, "personalised": "false"} if row["person_id"] == "p03" else row for row in tiny.people()]
    tiny.write(tmp_path / "off", {"people": off})
    assert live.recommend("p03")["rankers"] == {"job": "model"}
    assert run("import", str(tmp_path / "off"), "--store", live.url)[0] == 0
    assert live.recommend("p03")["rankers"] == {"job": "neutral"}

    assert live.recommend("p04", at="2026-07-20T12:00:00Z")["not_for_display"]
    live.recommend("p05", tags={"wage_min": None})
    answer = live.server.post({"person": {"desired": ["面点师"]}}).json()
    log = live.logged(first, answer)
    assert set(log["person_id"].dropna()) == {"p01", "p02", "p03"}
    assert log["vector"].notna().equals(log["person_id"].notna())
    assert set(log["propensity"]) == {1.0}
    mine = log[log["request_id"] == first["request_id"]]
    assert mine["item_id"].tolist() == shown(first)
    assert mine["position"].tolist() == list(range(1, 11))
    assert json.loads(mine["asked"].iloc[0])["n"] == 10

    code, told = run("replay", "--store", live.url, "--bundles", str(live.server.bundles))
    lists = len(log.groupby(["request_id", "kind"]))
    untraceable = log[log["person_id"].isna()]["request_id"].nunique()
    assert code == 0, told
    assert f"{lists} lists = {lists - untraceable} equal to the bit + 0 different + 0 not made again + {untraceable}" in told
    assert untraceable == 3

    minutes = run("midnight", "--store", live.url)
    assert minutes[0] == 0
    assert minutes == run("midnight", "--store", live.url)
    assert f"job {160}, course 0, amenity 0" in minutes[1]


def test_a_difference_of_one_bit_is_told(store_url: str, small: Path, tmp_path: Path) -> None:
    with living_inside(tmp_path, small, store_url) as live:
        log = live.logged(live.recommend("p01"), live.recommend("p02"))
    changed = log[log["person_id"] == "p01"].copy()
    vector = bytearray(changed["vector"].iloc[0])
    vector[0] ^= 1
    rows = [
        {name: None if pd.isna(cell) else cell for name, cell in row.items()} | {"request_id": "other"}
        for row in changed.to_dict("records")
    ]
    for row in rows:
        row["at"], row["counts_as_of"] = (int(row[name].value // 1000) for name in ("at", "counts_as_of"))
    rows[0]["vector"] = bytes(vector)
    with Store.open(store_url) as store:
        store.append_rankings(rows)
    code, told = run("replay", "--store", store_url, "--bundles", str(live.server.bundles))
    assert code == 1
    assert "3 lists = 2 equal to the bit + 1 different" in told
    assert "other job: vector at 1" in told
    (tmp_path / "none").mkdir()
    code, told = run("replay", "--store", store_url, "--bundles", str(tmp_path / "none"))
    assert code == 1
    assert "3 not made again" in told


def test_a_batch_is_as_many_answers(small: Path, store_url: str, tmp_path: Path) -> None:
    with living_inside(tmp_path, small, store_url) as live:
        _as_many_answers(live)


def _as_many_answers(live: Live) -> None:
    persons = [{"person_id": "p01"}, {"person_id": "nobody"}, {"person": {"desired": ["面点师"]}}]
    asked = {"persons": persons, "n": 3, "lang": "en"}
    answer = live.server.post(asked, "/v1/recommend/batch").json()
    assert (answer["persons"], answer["accepted"], answer["rejected"]) == (3, 2, 1)
    one, stranger, inline = answer["results"]
    assert one["answer"]["streams"] == live.recommend("p01", n=3, lang="en")["streams"]
    assert stranger["problem"]["status"] == 404
    assert len(inline["answer"]["streams"]["job"]) == 3
    live.logged(one["answer"], inline["answer"])


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([], [("events", "too_short")]),
        ([event(1, kind="x"), event(2, at="yesterday"), {**event(3), "surprise": 1}], [("events.0.kind", "literal_error"), ("events.1.at", "instant-required"), ("events.2.surprise", "extra_forbidden")]),
        ([event(1, at="2099-01-01T00:00:00Z", position=0)], [("events.0.at", "instant"), ("events.0.position", "greater_than_equal")]),
        ([event(number) for number in range(501)], [("events", "too_long")]),
    ],
)  # fmt: skip
def test_events_that_cannot_be(server: Inside, events: list[Any], told: list[tuple[str, str]]) -> None:
    assert problem(server.post({"events": events}, "/v1/events"), 400) == told


def test_a_folder_takes_no_events(server: Inside) -> None:
    answer = server.post({"events": [event(1)]}, "/v1/events")
    assert problem(answer, 503) == []
    assert "a data folder is served" in answer.json()["detail"]


def test_what_cannot_be_written_is_dropped_and_counted(tmp_path: Path) -> None:
    """A log that is full keeps nobody waiting; neither does one whose store refuses what it is given."""
    row = {"request_id": "r", "kind": "job", "item_id": "j00", "position": 1, "at": 1}
    path = tmp_path / "store.db"
    with Store.open(f"sqlite:///{path}") as store:
        log = RankingLog(store, most=2)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for number in range(20):
            log.put([row | {"position": number + 1}])
        assert log.dropped >= 20 - 2 - 2  # one at work, two that wait
        other.execute("ROLLBACK")
        other.execute("DROP TABLE rankings")
        other.close()
        log.put([row])
        log.close()
        assert log.written + log.dropped == 21
        assert log.dropped > 16
