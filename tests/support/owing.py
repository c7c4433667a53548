"""A person with an id that stands nowhere by chance, two workers on one store, and all that the person does there."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from serving.allowed import SESSION
from sqrec.cli.app import app
from sqrec.store import Store
from tests.serving.test_sessions import OURS, signed
from tests.support import tiny
from tests.support.inside import Inside
from tests.support.keys import key_for
from tests.support.scan import found

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
