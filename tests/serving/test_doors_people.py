"""The doors in front of stored people: areas, restricted facts, who is told alike, and what the audit hears."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sqrec.store import Store, import_folder
from tests.support import tiny
from tests.support.doorway import HOME, Kept, event
from tests.support.inside import Inside
from tests.support.server import problem, refused


def test_an_officer_holds_whom_the_organisation_says(kept: Kept, tmp_path: Path) -> None:
    """A community that another street looks after, a district that was renamed, and a tree that changes while the service runs."""
    other, old, new = "370203099", "370282001001", "370215"
    people = tiny.people()[:4]
    for person, area in zip(people, (HOME, f"{HOME}001", f"{HOME}002", old), strict=True):
        person["area"] = area

    def told(parent: str) -> None:
        rows = [{"area": f"{HOME}00{one}", "name": f"c{one}", "parent": parent if one == 2 else HOME} for one in (1, 2)]
        with Store.open(kept.url) as store:
            import_folder(store, tiny.write(tmp_path / parent, {"people": people, "communities": rows}))

    def asked(asker: Inside) -> list[int]:
        kept.service.app.state.live.keys.look()
        return [asker.post({"person_id": f"p0{number}"}).status_code for number in range(4)]

    told(other)
    street = kept.by(kept.key("officer_street", HOME, ("residents",)))
    another = kept.by(kept.key("officer_street", other, ("residents",)))
    district = kept.by(kept.key("worker", new))
    assert asked(street) == [200, 200, 404, 404]
    assert asked(another) == [404, 404, 200, 404]
    assert asked(district) == [404, 404, 404, 200]
    sent = district.post({"events": [event(1, "p03"), event(2, "p00")]}, "/v1/events")
    assert sent.status_code == 200
    assert refused(sent) == [("events.1.person_id", "person")]
    told(HOME)
    assert asked(street) == [200, 200, 200, 404]
    assert asked(another) == [404, 404, 404, 404]


def test_a_forbidden_person_is_an_unknown_one(kept: Kept) -> None:
    """Outside the area, without an area, and not there at all: the same bytes, in events too, and nothing is written."""
    asker = kept.by(kept.key("worker", "370203"))
    assert asker.post({"person_id": "p01"}).status_code == 200
    for path in ("/v1/recommend", "/v1/profile"):
        told = [asker.post({"person_id": person}, path) for person in ("p02", "p03", "nobody")]
        assert {answer.status_code for answer in told} == {404}
        assert len({answer.content for answer in told}) == 1
        assert len({json.dumps(dict(answer.headers)) for answer in told}) == 1
    batch = asker.post(
        {"persons": [{"person_id": person} for person in ("p02", "p03", "nobody", "p01")]}, "/v1/recommend/batch"
    ).json()
    assert len({json.dumps(one) for one in batch["results"][:3]}) == 1
    assert "answer" in batch["results"][3]
    sent = asker.post({"events": [event(1), event(2, "p02"), event(3, "nobody"), event(4, "p03")]}, "/v1/events")
    assert refused(sent) == [(f"events.{place}.person_id", "person") for place in (1, 2, 3)]
    assert sent.json()["new"] == 1
    alone = [asker.post({"events": [event(5, person)]}, "/v1/events") for person in ("p02", "nobody", "p03")]
    assert [problem(one, 403) for one in alone] == [[("events.0.person_id", "person")]] * 3
    assert len({one.content for one in alone}) == 1
    everywhere = kept.by(kept.key("platform"))
    assert [everywhere.post({"person_id": person}).status_code for person in ("p02", "p03", "nobody")] == [200, 200, 404]


def test_a_forbidden_person_costs_what_an_unknown_one_costs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in questions to the database, as tests do not time: the restricted facts and events of neither are read."""
    asker, asked = kept.by(kept.key("worker", "370203")), list[str]()
    database = kept.service.app.state.live.store.database
    from sqlalchemy import event as happening

    for engine in database.engines:
        happening.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def questions(person: str, path: str = "/v1/recommend") -> list[str]:
        asked.clear()
        asker.post({"persons": [{"person_id": person}]} if "batch" in path else {"person_id": person}, path)
        return [one for one in asked if "FROM keys" not in one]

    questions("p01")  # the first use of the day is noted
    time.sleep(0.5)
    kept.service.app.state.live.keys.look()
    assert questions("p02") == questions("nobody") == questions("p03")
    assert len(questions("p01")) > len(questions("p02"))
    assert not any("people.birth_month" in one or "events" in one for one in questions("p02"))  # the area alone
    assert any("people.birth_month" in one for one in questions("p01"))
    for path in ("/v1/recommend/batch", "/v1/profile"):
        told = [questions(person, path) for person in ("p02", "p03", "nobody")]
        assert told[0] == told[1] == told[2] != []


def test_restricted_facts_have_a_scope_of_their_own(kept: Kept) -> None:
    """Neither the profile nor the groups of a stored person tell anything that follows from them, without it."""
    without, having = kept.by(kept.key()), kept.by(kept.key(more=("restricted",)))

    def groups(asker: Inside) -> dict[str, str]:
        return {one["group"]: one["status"] for one in asker.post({"person_id": "p01"}, "/v1/profile").json()["groups"]}

    assert groups(having)["hard_to_employ"] == "recognised"
    assert groups(without)["hard_to_employ"] != "recognised"
    tags = {one["tag"] for one in without.post({"person_id": "p01"}, "/v1/profile").json()["tags"]}
    more = {one["tag"] for one in having.post({"person_id": "p01"}, "/v1/profile").json()["tags"]}
    assert more - tags
    assert not tags & {"sex", "disability", "recognised"}


def test_programmes_tell_no_restricted_fact(kept: Kept) -> None:
    """What a programme asks for tells what is known already: without the scope the restricted facts are asked for as of anybody."""

    def needs(asker: Inside) -> set[str]:
        (offered,) = asker.post({"person_id": "p01"}).json()["programmes"]
        return {one["fact"] for one in offered["needs"]}

    assert "sex" not in needs(kept.by(kept.key(more=("restricted",))))
    assert "sex" in needs(kept.by(kept.key()))


def test_an_id_beside_described_facts_names_somebody_too(kept: Kept) -> None:
    """What the counts leave out would tell a stranger that somebody of that id did something."""
    body = {"person": {"person_id": "p01", "desired": ["面点师"]}, "n": 1}
    problem(kept.by(None).post(body), 401)
    problem(kept.by(kept.key("operator")).post(body), 403)
    assert kept.by(kept.key()).post(body).status_code == 200

    def scores(asker: Inside, person_id: str | None) -> list[Any]:
        asked = {"person": {"person_id": person_id, "desired": ["面点师"], "area": HOME}, "n": 50, "explain": True}
        return [(one["item_id"], one["score"]) for one in asker.post(asked).json()["streams"]["job"]]

    worker, everywhere = kept.by(kept.key("worker", "370203")), kept.by(kept.key())
    assert scores(worker, "p02") == scores(worker, "nobody") == scores(everywhere, None)
    assert scores(worker, "p01") == scores(everywhere, "p01")


def test_events_say_whose_key_wrote_them(kept: Kept) -> None:
    from sqrec.store import read_store

    key = kept.key()
    kept.by(key).post({"events": [event(1) | {"event_id": "mine"}]}, "/v1/events")
    events = read_store(kept.url, ["events"]).tables["events"].set_index("event_id")
    assert events.loc["mine", "writer"] == f"key:{key[3:11]}"


def test_every_decision_about_a_stored_person_reaches_the_audit(kept: Kept) -> None:
    worker = kept.key("worker", "370203")
    kept.decisions.clear()
    kept.by(None).post({"person_id": "p01"})
    kept.by(worker).post({"person_id": "p01"}, "/v1/profile")
    kept.by(worker).post({"person_id": "p02"})
    kept.by(worker).post({"events": [event(1), event(2, "p02")]}, "/v1/events")
    kept.by("sq_wrong").get("/")
    kept.by(None).get("/nowhere")
    kept.by(worker).post({"person": {}})
    told = [(one.who.how, one.route, one.status, one.person_id) for one in kept.decisions]
    assert told == [
        ("nobody", "/v1/recommend", 401, "p01"),
        ("key", "/v1/profile", None, "p01"),
        ("key", "/v1/recommend", 404, "p02"),
        ("key", "/v1/events", None, "p01"),
        ("key", "/v1/events", 403, "p02"),
        ("nobody", "/", 401, None),
        ("nobody", "elsewhere", 404, None),
    ]
    assert kept.decisions[1].fields == ("people", "events")
    assert kept.decisions[1].who.name == f"key:{worker[3:11]}"
