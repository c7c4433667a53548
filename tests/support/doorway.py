"""A store behind the doors, with every decision of them, and what each role gets at each guarded address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from serving.allowed import Decision
from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.store import Store, import_folder
from tests.support import tiny
from tests.support.inside import Inside
from tests.support.keys import key_for

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

    def key(
        self, role: str = "platform", area: str | None = None, more: tuple[str, ...] = (), declared: tuple[str, ...] = ()
    ) -> str:
        made = key_for(self.url, role, area or AREAS.get(role), more, declared=declared)
        self.service.app.state.live.keys.look()
        return made


@contextmanager
def served(store_url: str, small: Path, tmp_path: Path) -> Iterator[Kept]:
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
