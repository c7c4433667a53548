"""Events that can be trusted: whose key writes what about whom, what is refused by itself, and what counts; on both kinds of store."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.access import roles
from sqrec.access.roles import granted
from sqrec.cities.counting import usual
from sqrec.errors import AccessError
from sqrec.store import Keys, Store, import_folder, read_store
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.inside import Inside
from tests.support.keys import PEPPER
from tests.support.server import problem, refused

HOME, ELSEWHERE = "370203022", "370202"
CAPS = usual().model_copy(
    update={"person": 6, "person_item": 2, "item": 4, "item_share": 0.0, "writer_share": 0.0, "writer": 12, "lists": 2}
)


@dataclass(frozen=True)
class Kept:
    """Hold a served store."""

    live: Live
    service: Inside
    url: str

    def by(self, role: str = "platform", area: str | None = None, employer: str | None = None) -> Inside:
        """Return somebody who asks with a key of their own."""
        with Store.open(self.url) as store:
            grant = granted(role, area, employer=employer)
            key = Keys(store.database).create("a test", grant, PEPPER.encode(), "tester", 1)[1]
        self.live.keys.look()
        return replace(self.service, key=key)

    def stored(self) -> Any:
        return read_store(self.url, ["events"]).tables["events"].set_index("event_id")

    @contextmanager
    def capped(self, **caps: Any) -> Iterator[None]:
        """Serve with other caps."""
        deployment = self.live.deployment
        city = deployment.recommender.city.model_copy(update={"counting": CAPS.model_copy(update=caps)})
        self.live.deployment = replace(deployment, recommender=replace(deployment.recommender, city=city))
        yield
        self.live.deployment = deployment


def data_in(place: Path) -> Path:
    """Write the small city; p02 lives elsewhere, j11 is one of rival's vacancies, j12 ours."""
    people, jobs = tiny.people(), tiny.jobs()
    people[2]["area"] = ELSEWHERE
    whose = {"j11": "rival", "j12": "ours"}
    jobs = [row | {"employer_id": whose.get(row["job_id"], row.get("employer_id", ""))} for row in jobs]
    return tiny.write(place, {"jobs": jobs, "people": people, "events": tiny.events()})


@pytest.fixture
def contents() -> Contents:
    return Contents("trust", lambda store, place: import_folder(store, data_in(place)))


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path, unwarmed: None) -> Iterator[Kept]:
    """Serve the small city from a store."""
    data = data_in(tmp_path / "data")
    live = Live(Settings(data=store_url, bundles=small / "var" / "bundles"))
    yield Kept(live, Inside(application(live), data, small / "var" / "bundles"), store_url)
    live.close()


def event(name: str, **more: Any) -> dict[str, Any]:
    told = {"person_id": "p01", "kind": "job", "item_id": "j11", "event": "view", "at": "2026-08-01T00:00:00Z"}
    return {"event_id": name} | told | more


def send(asker: Inside, *events: dict[str, Any]) -> Any:
    return asker.post({"events": list(events)}, "/v1/events")


WRITES = {
    "platform": {"impression", "view", "save", "dismiss", "apply", "enrol", "visit", "interview", "reached"},
    "resident": {"impression", "view", "save", "dismiss", "apply", "enrol", "visit"},
    "worker": {"impression", "view", "save", "dismiss", "apply", "enrol", "visit", "interview", "reached", "hire", "complete"},
    "merchant": {"interview", "hire", "complete"},
}


def test_every_event_by_every_role(kept: Kept) -> None:
    """Hires and completions come from employers and staff alone; a role that is not named writes nothing."""
    assert {name: set(role.writes) for name, role in roles().roles.items() if role.writes} == WRITES
    page = (Path(__file__).parents[2] / "docs" / "trust.md").read_text(encoding="utf-8")
    for name, role in roles().roles.items():
        assert not role.writes or f"| `{name}` | {', '.join(role.writes)} |" in page
    assert not roles().roles["merchant"].own
    platform, worker = kept.by(), kept.by("worker", "370203")
    for what in ("hire", "complete"):
        assert problem(send(platform, event(f"p-{what}", event=what)), 403) == [("events.0.event", "event")]
        assert send(worker, event(f"w-{what}", event=what)).json()["new"] == 1
    assert set(kept.stored().index) & {"p-hire", "p-complete", "w-hire", "w-complete"} == {"w-hire", "w-complete"}


def test_an_employer_writes_about_its_own_applicants(kept: Kept) -> None:
    """A rival's vacancy cannot be closed, nor can an employer name somebody who never came to it."""
    ours, nobodys = kept.by("merchant", employer="ours"), kept.by("merchant")
    hires = [event("h1", event="hire", item_id="j12"), event("h2", event="hire", item_id="j11")]
    strange = [(f"events.{place}.person_id", "person") for place in (0, 1)]
    assert refused(send(ours, *hires)) == strange
    applied = [event(f"a{number}", event="apply", item_id=one["item_id"]) for number, one in enumerate(hires)]
    assert send(kept.by(), *applied).json()["new"] == 2
    assert refused(send(ours, *hires)) == strange[1:]
    assert refused(send(nobodys, *hires, event("h3", event="hire", item_id="j12"))) == [
        (f"events.{place}.person_id", "person") for place in range(3)
    ]
    assert problem(send(ours, event("v", item_id="j12")), 403) == [("events.0.event", "event")]
    with pytest.raises(AccessError, match="speaks for no employer"):
        granted("platform", None, employer="ours")


def test_fake_hires_close_no_vacancy(kept: Kept) -> None:
    """As attacked: a stranger's key sends a hire for every opening of a rival."""
    hires = [event(f"h{number}", event="hire", person_id=f"p{number:02}") for number in range(1, 11)]
    for asker in (kept.by(), kept.by("merchant", employer="ours"), kept.by("merchant")):
        assert send(asker, *hires).json()["new"] == 0
    assert "hire" not in set(kept.stored().loc[lambda rows: rows["item_id"].eq("j11") & rows["writer"].notna(), "event"])


def test_the_same_id_with_other_content_is_told(kept: Kept) -> None:
    """Alone 409 with each field that differs, in a batch that event by itself; what is equal is known, by whatever key of the same scope."""
    asker = kept.by()
    assert send(asker, event("e", rating=3.0)).json()["new"] == 1
    assert send(asker, event("e", rating=3.0)).json()["known"] == 1
    assert send(kept.by(), event("e", rating=3.0)).json()["known"] == 1
    assert problem(send(asker, event("e", rating=4.0, item_id="j12")), 409) == [
        ("events.0.item_id", "event-id"),
        ("events.0.rating", "event-id"),
    ]
    batch = send(asker, event("e", rating=3.0), event("e"), event("f"), event("f", event="save"))
    assert refused(batch) == [("events.1.rating", "event-id"), ("events.3.event", "event-id")]
    assert (batch.json()["new"], batch.json()["known"]) == (1, 1)
    assert {one["status"] for one in batch.json()["refused"]} == {409}
    assert kept.stored().loc["e", "rating"] == 3.0
    worker = kept.by("worker", "370203")
    assert send(asker, event("g", person_id="p02", rating=1.0)).json()["new"] == 1
    assert problem(send(worker, event("g", rating=2.0)), 409) == [("events.0.event_id", "event-id")]


@pytest.mark.parametrize(
    ("more", "status", "told"),
    [
        ({"item_id": "nothing"}, 400, ("item_id", "item")),
        ({"kind": "course"}, 400, ("item_id", "item")),
        ({"person_id": "nobody"}, 403, ("person_id", "person")),
        ({"event": "enrol"}, 400, ("event", "event")),
        ({"position": 51}, 400, ("position", "less_than_equal")),
        ({"position": 0}, 400, ("position", "greater_than_equal")),
        ({"position": 1.5}, 400, ("position", "int_type")),
        ({"rating": -1}, 400, ("rating", "range")),
        ({"at": "1960-01-01T00:00:00Z"}, 400, ("at", "instant")),
        ({"at": "2099-01-01T00:00:00Z"}, 400, ("at", "instant")),
        ({"surprise": 1}, 400, ("surprise", "extra_forbidden")),
        ({"event": "hire"}, 403, ("event", "event")),
    ],
)
def test_what_cannot_be_is_named_and_its_neighbours_are_stored(
    kept: Kept, more: dict[str, Any], status: int, told: tuple[str, str]
) -> None:
    asker, (name, rule) = kept.by(), told
    assert problem(send(asker, event("wrong", **more)), status) == [(f"events.0.{name}", rule)]
    answer = send(asker, event("first"), event("wrong", **more), event("last"))
    assert refused(answer) == [(f"events.1.{name}", rule)]
    assert [one["status"] for one in answer.json()["refused"]] == [status]
    assert answer.json()["new"] == 2
    assert {"first", "last"} <= set(kept.stored().index)
    assert "wrong" not in kept.stored().index


def test_an_event_names_an_answer_that_showed_it(kept: Kept) -> None:
    """Another person's answer, an item that it did not show, another place: each refused by itself; one that is not in the log is noted."""
    asker = kept.by()
    answer = asker.post({"person_id": "p01", "n": 3}).json()
    request, shown = answer["request_id"], [one["item_id"] for one in answer["streams"]["job"]]
    missing = next(row["job_id"] for row in tiny.jobs() if row["job_id"] not in shown)
    by = {"request_id": request}
    sent = send(
        asker,
        event("right", item_id=shown[1], position=2, **by),
        event("place", item_id=shown[1], position=1, **by),
        event("item", item_id=missing, **by),
        event("person", person_id="p03", item_id=shown[0], **by),
        event("none", request_id="0" * 32),
    )
    assert refused(sent) == [
        ("events.1.position", "position"),
        ("events.2.request_id", "request"),
        ("events.3.request_id", "request"),
    ]
    assert [(one["place"], one["problems"][0]["field"]) for one in sent.json()["noted"]] == [(4, "events.4.request_id")]
    assert sent.json()["new"] == 2


def test_what_lies_above_a_cap_is_kept_and_not_counted(kept: Kept) -> None:
    """By person and item, person, item and writer, each by hand; sent again it says the same, and another key has caps of its own."""
    asker = kept.by()
    with kept.capped():
        same = send(asker, *(event(f"a{number}") for number in range(3)))
        assert [(one["place"], one["cap"]) for one in same.json()["uncounted"]] == [(2, "person_item")]
        assert same.json()["new"] == 3
        items = send(asker, *(event(f"b{number}", item_id=f"j{number + 12}") for number in range(5)))
        assert [(one["place"], one["cap"]) for one in items.json()["uncounted"]] == [(4, "person")]  # 2 + 4 of p01
        people = send(asker, *(event(f"c{number}", person_id=f"p{number + 2:02}") for number in range(3)))
        assert [(one["place"], one["cap"]) for one in people.json()["uncounted"]] == [(2, "item")]  # 2 + 2 of j11
        rest = send(asker, *(event(f"d{number}", person_id=f"p{number + 5:02}", item_id=f"j{number:02}") for number in range(6)))
        assert [(one["place"], one["cap"]) for one in rest.json()["uncounted"]] == [(4, "writer"), (5, "writer")]  # 8 + 4
        again = send(asker, event("a0"), event("a2"))
        assert again.json()["known"] == 2
        assert [(one["place"], one["cap"]) for one in again.json()["uncounted"]] == [(1, "person_item")]
        assert send(kept.by(), event("e")).json()["uncounted"] == []
        assert send(asker, *(event(f"i{number}", event="impression") for number in range(2))).json()["uncounted"] == []
    marks = kept.stored()["uncounted"].dropna().to_dict()
    assert marks == {"a2": "person_item", "b4": "person", "c2": "item", "d4": "writer", "d5": "writer"}
    with Store.open(kept.url) as store:
        folder = read_store(kept.url)
        later = time.time_ns() // 1000 + 86_400_000_000
        assert store.known_events(later, store.change())["job"] == len(folder.tables["events"]) - len(marks)


def test_a_share_of_the_residents_counts(kept: Kept) -> None:
    """A quarter of the twelve people of the small city."""
    with kept.capped(person=99, person_item=99, item=1, item_share=0.25, writer=99):
        sent = send(kept.by(), *(event(f"a{number}", person_id=f"p{number:02}") for number in range(1, 6)))
        assert [one["place"] for one in sent.json()["uncounted"]] == [3, 4]


def test_a_victim_of_fake_events_gets_a_list_still(kept: Kept) -> None:
    """1,200 fake views in 3 requests, as attacked, then fake dismissals of everything: the list is as long as before."""
    asker, every = kept.by(), [row["job_id"] for row in tiny.jobs()]
    before = asker.post({"person_id": "p01", "n": 50}).json()["streams"]["job"]
    for part in range(3):
        views = (event(f"v{part}-{number}", item_id=every[number % len(every)]) for number in range(400))
        assert send(asker, *views).json()["new"] == 400
    told = asker.post({"person_id": "p01", "n": 50}).json()
    assert len(told["streams"]["job"]) == len(before)
    assert send(asker, *(event(f"d{item}", item_id=item, event="dismiss") for item in every)).json()["new"] == len(every)
    told = asker.post({"person_id": "p01", "n": 50}).json()
    assert told["streams"]["job"]
    with kept.capped(person=10_000, item=10_000, writer=10_000):
        dismissed = (event(f"x{item}", item_id=item, event="dismiss", person_id="p05") for item in every)
        assert send(asker, *dismissed).json()["uncounted"] == []
    told = asker.post({"person_id": "p05", "n": 50}).json()
    assert told["streams"]["job"]
    assert "again" in {one["code"] for one in told["notices"]}
    assert "again" not in {one["code"] for one in asker.post({"person_id": "p06"}).json()["notices"]}
