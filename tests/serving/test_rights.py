"""What residents see to about themselves: the very next answer of every worker obeys, on both kinds of store."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa

from serving.allowed import Decision
from serving.app import ROUTES, application
from serving.live import Live
from serving.openapi import describe
from serving.settings import Settings
from sqrec.rights import Notice, consents
from sqrec.store import Store, import_folder
from tests.serving.test_sessions import ISSUER, brought, signed, written
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.inside import Inside
from tests.support.keys import key_for
from tests.support.server import problem

RESTRICTED = {"person_id": "p01", "sex": "female", "disability": "true", "recognised": "hard_to_employ@2026-01-01"}
UNSUITABLE = {"event_id": "a1", "kind": "job", "item_id": "j11", "reason": "夜班"}


@dataclass(frozen=True)
class Kept:
    """Hold two workers on one store, and every decision of their doors."""

    workers: tuple[Inside, Inside]
    url: str
    decisions: list[Decision]

    def cookie(self, person_id: str, **more: Any) -> str:
        claimed: dict[str, Any] = {"sub": person_id, "role": "resident", "area": None} | more
        told = signed(**claimed)
        answer = self.workers[0].post({"assertion": told}, "/v1/session", headers=brought(None))
        assert answer.status_code == 200, answer.text
        return answer.headers["set-cookie"].split(";")[0].partition("=")[2]

    def by(self, role: str = "platform", more: tuple[str, ...] = ("restricted", "rights"), area: str | None = None) -> Inside:
        made = key_for(self.url, role, area, more)
        for one in self.workers:
            one.app.state.live.keys.look()
        return replace(self.workers[0], key=made)

    def ask(self, cookie: str | None, path: str, body: Any = None, worker: int = 0) -> httpx.Response:
        asker = self.workers[worker]
        return asker.get(path, headers=brought(cookie)) if body is None else asker.post(body, path, headers=brought(cookie))

    def rows(self, table: str) -> list[dict[str, Any]]:
        with Store.open(self.url) as store, store.database.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]


def data_in(place: Path, **cells: Any) -> Path:
    """Write the city, p01 with other cells, p02 elsewhere, p03 fifteen years old."""
    people = tiny.people()
    people[1] |= cells
    people[2]["area"] = "370202"
    people[3]["birth_month"] = "2011-02"
    tables = {"jobs": tiny.jobs(), "people": people, "events": tiny.events(), "restricted": [RESTRICTED]}
    return tiny.write(place, tables)


@pytest.fixture
def contents() -> Contents:
    return Contents("rights", lambda store, place: import_folder(store, data_in(place)))


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path, unwarmed: None) -> Iterator[Kept]:
    data = data_in(tmp_path / "data")
    settings = Settings(
        data=store_url, bundles=small / "var" / "bundles", assertion_key=written(tmp_path), assertion_issuer=ISSUER
    )
    lives, decisions = (Live(settings), Live(settings)), list[Decision]()
    for live in lives:
        live.audit = decisions.append
    workers = (Inside(application(lives[0]), data, settings.bundles), Inside(application(lives[1]), data, settings.bundles))
    yield Kept(workers, store_url, decisions)
    for live in lives:
        live.close()


def of(person_id: str, what: str) -> str:
    return f"/v1/residents/{person_id}/{what}"


def jobs(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["item_id"] for one in answer.json()["streams"]["job"]]


def test_who_is_switched_off_gets_what_anybody_there_gets_from_every_worker(kept: Kept, tmp_path: Path) -> None:
    cookie, asked = kept.cookie("p01"), {"person_id": "p01", "n": 10}
    home = tiny.people()[1]
    place = {"location": {"lon": home["lon"], "lat": home["lat"], "crs": "WGS84"}, "area": home["area"]}
    anybody = jobs(kept.workers[1].post({"person": place | {"personalised": False}, "n": 10}))
    assert all(kept.ask(cookie, "/v1/recommend", asked, one).json()["rankers"] == {"job": "model"} for one in (0, 1))
    for turn in range(3):
        off = kept.ask(cookie, of("p01", "switch"), {"personalised": False}, worker=turn % 2)
        assert off.json()["personalised"] is False
        assert off.json()["set_at"]
        for worker in (1, 0):
            found = kept.ask(cookie, "/v1/recommend", asked, worker)
            assert found.json()["rankers"] == {"job": "neutral"}
            assert jobs(found) == anybody
        with Store.open(kept.url) as store:
            import_folder(store, data_in(tmp_path / f"again{turn}", personalised="true", updated_at="2099-01-01T00:00:00Z"))
        assert kept.ask(cookie, "/v1/recommend", asked).json()["rankers"] == {"job": "neutral"}
        assert kept.ask(cookie, "/v1/recommend", asked | {"personalised": True}).json()["rankers"] == {"job": "neutral"}
        batch = kept.by().post({"persons": [{"person_id": "p01"}]}, "/v1/recommend/batch").json()
        assert batch["results"][0]["answer"]["rankers"] == {"job": "neutral"}
        assert kept.ask(cookie, of("p01", "switch"), {"personalised": True}).json()["personalised"] is True
        assert kept.ask(cookie, "/v1/recommend", asked, 1).json()["rankers"] == {"job": "model"}


def test_a_deleted_tag_is_gone_from_the_next_answer_of_every_worker(kept: Kept, tmp_path: Path) -> None:
    cookie = kept.cookie("p01")
    told = kept.ask(cookie, of("p01", "tags")).json()
    tags = {one["tag"]: one for one in told["tags"]}
    assert (tags["skills"]["value"], tags["skills"]["correctable"], tags["skills"]["ranks"]) == (["面点@3"], True, ["job"])
    assert (tags["age"]["goes_with"], tags["sex"]["source"], tags["sex"]["ranks"]) == ("birth_month", "record", [])
    assert tags["group:hard_to_employ"]["value"] == "recognised"
    assert tags["location"]["ranks"] == ["job"]
    assert not {"lon", "lat"} & tags.keys()
    gone = ["skills", "age", "sex", "group:hard_to_employ", "location"]
    assert kept.ask(cookie, of("p01", "tags"), {"delete": gone}).status_code == 200

    def obeyed(worker: int) -> None:
        listed = kept.ask(cookie, of("p01", "tags"), worker=worker).json()
        assert {one["tag"] for one in listed["deleted"]} == {"skills", "birth_month", "sex", "group:hard_to_employ", "location"}
        assert not {one["tag"] for one in listed["tags"]} & {*gone, "birth_month", "retirement"}
        profile = kept.ask(cookie, "/v1/profile", {"person_id": "p01"}, worker).json()
        assert "hard_to_employ" not in {one["group"] for one in profile["groups"]}
        assert not {one["tag"] for one in profile["tags"]} & {"skills", "birth_month", "age", "sex", "lon"}
        assert not {one["fact"] for one in profile["missing"]} & {"skills", "birth_month", "sex", "location"}
        encoded = {one["name"]: one["value"] for one in profile["encoded"] if {"skills", "birth_month"} & set(one["from"])}
        assert encoded
        assert set(encoded.values()) == {None}
        minutes = [one["reach"]["minutes"] for one in recommended(kept, cookie, worker)]
        assert set(minutes) == {None}

    for worker in (1, 0):
        obeyed(worker)
    with Store.open(kept.url) as store:
        import_folder(store, data_in(tmp_path / "again", updated_at="2099-01-01T00:00:00Z"))
    for worker in (1, 0):
        obeyed(worker)


def recommended(kept: Kept, cookie: str, worker: int) -> list[dict[str, Any]]:
    return kept.ask(cookie, "/v1/recommend", {"person_id": "p01"}, worker).json()["streams"]["job"]


def test_nobody_puts_a_deleted_tag_back_by_a_request(kept: Kept) -> None:
    """Neither by tags, nor by restricted facts, nor by vouching for a group; nor does a key without the scope work it out again."""
    cookie, platform = kept.cookie("p01"), kept.by(more=())
    kept.ask(cookie, of("p01", "tags"), {"delete": ["skills", "sex", "group:hard_to_employ", "group:graduate"]})
    asked = {"person_id": "p01", "tags": {"skills": ["面点@1"], "wage_min": 9000}, "restricted": {"sex": "male", "veteran": True}}
    found = platform.post(asked, "/v1/profile").json()
    tags = {one["tag"]: one["value"] for one in found["tags"]}
    assert not {"skills", "sex"} & tags.keys()
    assert (tags["wage_min"], tags["veteran"]) == (9000, True)
    assert not {"graduate", "hard_to_employ"} & {one["group"] for one in found["groups"]}
    plainly = platform.post({"person_id": "p01"}, "/v1/profile").json()
    assert not {"graduate", "hard_to_employ"} & {one["group"] for one in plainly["groups"]}


def test_a_deleted_group_opens_no_programme(kept: Kept) -> None:
    cookie, asked = kept.cookie("p01"), {"person_id": "p01", "n": 1}

    def offered(**more: Any) -> set[str]:
        return {one["group"] for one in kept.ask(cookie, "/v1/recommend", asked | more, worker=1).json()["programmes"]}

    assert offered() == {"hard_to_employ"}
    kept.ask(cookie, of("p01", "tags"), {"delete": ["group:hard_to_employ"]})
    assert offered() == set()
    assert offered(groups=["hard_to_employ"]) == set()


def test_a_deleted_pace_is_that_of_nobody_in_particular(kept: Kept) -> None:
    """Neither the own pace nor the city's for the age: deleted is not guessed again."""
    cookie = kept.cookie("p01")
    kept.ask(cookie, of("p01", "tags"), {"correct": {"pace": 20, "birth_month": "1940-01"}})

    def minutes() -> dict[str, float]:
        return {one["item_id"]: one["reach"]["minutes"] for one in recommended(kept, cookie, 1)}

    slow = minutes()
    kept.ask(cookie, of("p01", "tags"), {"delete": ["pace"]})
    city, found = kept.workers[0].app.state.live.city, minutes()
    shared = [item for item in found.keys() & slow.keys() if found[item]]
    assert shared
    assert city.pace_for(86) != city.pace_for(None)
    for item in shared:
        assert found[item] == pytest.approx(slow[item] * 20 / city.pace_for(None), abs=0.11)
    assert "pace" not in {one["tag"] for one in kept.ask(cookie, "/v1/profile", {"person_id": "p01"}).json()["tags"]}


def test_a_deleted_tag_ranks_as_if_it_had_never_been_told(kept: Kept) -> None:
    cookie, described = kept.cookie("p01"), {"person_id": "p01", "n": 20}
    kept.ask(cookie, of("p01", "tags"), {"delete": ["desired", "skills"]})
    without = kept.ask(
        kept.cookie("p04"), "/v1/recommend", {"person_id": "p04", "n": 20, "tags": {"desired": None, "skills": None}}
    )
    kept.ask(kept.cookie("p04"), of("p04", "tags"), {"delete": ["desired", "skills"]})
    deleted = kept.ask(kept.cookie("p04"), "/v1/recommend", {"person_id": "p04", "n": 20})
    assert jobs(without) == jobs(deleted)
    assert jobs(kept.ask(cookie, "/v1/recommend", described))


def test_what_is_corrected_holds_and_may_be_taken_back(kept: Kept, tmp_path: Path) -> None:
    cookie = kept.cookie("p01")
    where = {"lon": 120.4, "lat": 36.1, "crs": "GCJ02"}
    told = kept.ask(cookie, of("p01", "tags"), {"correct": {"skills": ["收银", "烹饪@4"], "wage_min": 4100, "location": where}})
    tags = {one["tag"]: one["value"] for one in told.json()["tags"]}
    assert (tags["skills"], tags["wage_min"]) == (["收银", "烹饪@4"], 4100)
    city = kept.workers[0].app.state.live.city
    assert tuple(tags["location"].values()) == pytest.approx(city.stored(120.4, 36.1, "GCJ02"))
    assert [one["tag"] for one in told.json()["stated"]] == ["location", "skills", "wage_min"]
    with Store.open(kept.url) as store:
        import_folder(store, data_in(tmp_path / "again"))
    profile = kept.ask(cookie, "/v1/profile", {"person_id": "p01"}, worker=1).json()
    assert {one["tag"]: one["value"] for one in profile["tags"]}["wage_min"] == 4100
    kept.ask(cookie, of("p01", "tags"), {"restore": ["wage_min"]})
    with Store.open(kept.url) as store:
        import_folder(store, data_in(tmp_path / "later", wage_min=3333))
    profile = kept.ask(cookie, "/v1/profile", {"person_id": "p01"}, worker=1).json()
    assert {one["tag"]: one["value"] for one in profile["tags"]}["skills"] == ["收银", "烹饪@4"]


def test_what_is_wrong_changes_nothing(kept: Kept) -> None:
    cookie, before = kept.cookie("p01"), kept.rows("people")
    wrong: list[tuple[dict[str, Any], int, list[str]]] = [
        ({"delete": ["skills", "疾病"]}, 400, ["delete"]),
        ({"delete": ["skills"], "correct": {"wage_min": None, "hours": None}}, 400, ["correct.wage_min", "correct.hours"]),
        ({"delete": ["skills"], "correct": {"education": "99"}}, 400, ["correct.education"]),
        ({"delete": ["skills"], "person_id": "p02"}, 400, ["person_id"]),
        ({"delete": ["skills"], "correct": {"birth_month": "2020-01"}}, 403, []),
    ]
    for body, status, fields in wrong:
        answer = kept.ask(cookie, of("p01", "tags"), body)
        assert [field for field, _ in problem(answer, status)] == fields, body
        assert "疾病" not in answer.text
    assert kept.rows("people") == before
    assert kept.rows("tag_changes") == []


def test_a_minor_asks_for_no_work_by_tags_of_a_request(kept: Kept) -> None:
    """Neither by an adult's birth month nor by an unknown one; for an adult both hold, and so does a younger one (law 7)."""

    def kinds(person_id: str, month: str | None) -> list[str]:
        asked = {"person_id": person_id, "tags": {"birth_month": month}, "n": 3}
        return jobs(kept.ask(kept.cookie(person_id), "/v1/recommend", asked))

    assert [kinds("p03", month) for month in ("1990-01", None)] == [[], []]
    assert kinds("p01", None)
    assert kinds("p01", "1990-01")
    assert kinds("p01", "2011-06") == []


def test_restoring_is_a_change_like_any_other(kept: Kept, tmp_path: Path) -> None:
    """What the imports say holds again at once; the birth month of a minor is not changed that way either."""
    cookie = kept.cookie("p01")

    def told() -> dict[str, Any]:
        return {one["tag"]: one["value"] for one in kept.ask(cookie, of("p01", "tags"), worker=1).json()["tags"]}

    before = told()
    kept.ask(cookie, of("p01", "tags"), {"correct": {"skills": ["收银"], "birth_month": "2011-02"}})
    assert told()["skills"] == ["收银"]
    assert kept.ask(cookie, of("p01", "tags"), {"restore": ["skills"]}).status_code == 200
    assert told()["skills"] == before["skills"]
    problem(kept.ask(cookie, of("p01", "tags"), {"restore": ["birth_month"]}), 403)
    problem(kept.by(more=("rights",)).post({"restore": ["sex"]}, of("p01", "tags")), 403)
    assert told()["birth_month"] == "2011-02"


def test_the_birth_month_of_a_minor_is_kept_by_law(kept: Kept) -> None:
    """Else deleting it would open what the law closes; an adult's may go."""
    cookie = kept.cookie("p03")
    assert kept.ask(cookie, "/v1/recommend", {"person_id": "p03"}).json()["streams"]["job"] == []
    for body in ({"delete": ["birth_month"]}, {"delete": ["age"]}, {"correct": {"birth_month": "1990-01"}}):
        problem(kept.ask(cookie, of("p03", "tags"), body), 403)
    assert kept.ask(cookie, "/v1/recommend", {"person_id": "p03"}).json()["streams"]["job"] == []
    assert kept.ask(kept.cookie("p01"), of("p01", "tags"), {"delete": ["birth_month"]}).status_code == 200


def test_another_word_under_an_advisers_id_is_told(kept: Kept) -> None:
    """409 names what differs, as for events; an adviser of an area hears of a stranger's event its id alone; nothing is stored."""
    adviser, other = kept.by("worker", ("rights",), "370203"), kept.by("worker", (), "370202")
    assert adviser.post(UNSUITABLE, of("p01", "unsuitable")).json() == {"new": True}
    assert adviser.post(UNSUITABLE, of("p01", "unsuitable")).json() == {"new": False}
    before = kept.rows("events")
    told = UNSUITABLE | {"item_id": "j12", "reason": "太远", "position": 2}
    answer = adviser.post(told, of("p01", "unsuitable"))
    assert problem(answer, 409) == [(name, "event-id") for name in ("item_id", "position", "reason")]
    assert problem(other.post(UNSUITABLE, of("p02", "unsuitable")), 409) == [("event_id", "event-id")]
    taken = next(row["event_id"] for row in before if row["event"] != "unsuitable")
    fields = [
        name
        for name, _ in problem(kept.by(more=("advice",)).post(UNSUITABLE | {"event_id": taken}, of("p01", "unsuitable")), 409)
    ]
    assert {"event", "reason"} <= set(fields)
    assert kept.rows("events") == before


ODD = "区/370203 №7?a#b%2F+张;=&\\"


def test_ids_of_any_characters_reach_their_rights(kept: Kept, tmp_path: Path) -> None:
    """Percent-encoded in the address; every one of the resident's routes, and the others that name something."""
    people = tiny.people()
    people[4]["person_id"] = ODD
    people[5]["person_id"] = "switch/tags"
    with Store.open(kept.url) as store:
        import_folder(store, tiny.write(tmp_path / "odd", {"jobs": tiny.jobs(), "people": people}))
    asker = kept.by(more=("rights", "advice"))
    for one in (ODD, "switch/tags"):
        place = quote(one, safe="")
        assert asker.get(of(place, "switch")).json()["personalised"] is True
        assert asker.post({"personalised": False}, of(place, "switch")).json()["personalised"] is False
        assert asker.post({"delete": ["skills"]}, of(place, "tags")).json()["deleted"][0]["tag"] == "skills"
        assert asker.get(of(place, "consents")).status_code == 200
        assert asker.post(UNSUITABLE | {"event_id": place}, of(place, "unsuitable")).json() == {"new": True}
        assert {row["person_id"] for row in kept.rows("tag_changes")} >= {one}
        unsuitable = {row["person_id"] for row in kept.rows("events") if row["event"] == "unsuitable"}
        assert one in unsuitable
    assert problem(asker.get(of(quote("nobody/else", safe=""), "switch")), 404) == []
    assert asker.get("/v1/residents//switch").status_code in {400, 404}
    assert asker.get("/v1/residents/p01/switch/more").status_code == 404


def test_records_need_their_own_scope(kept: Kept) -> None:
    keyed = kept.by(more=("rights",))
    listed = keyed.get(of("p01", "tags")).json()
    assert not {one["tag"] for one in listed["tags"]} & {"sex", "disability", "recognised", "group:hard_to_employ"}
    problem(keyed.post({"delete": ["disability"]}, of("p01", "tags")), 403)
    problem(keyed.post({"restore": ["disability"]}, of("p01", "tags")), 403)
    kept.ask(kept.cookie("p01"), of("p01", "tags"), {"delete": ["disability", "group:graduate"]})
    assert {one["tag"] for one in keyed.get(of("p01", "tags")).json()["deleted"]} == {"group:graduate"}


def test_unknown_and_forbidden_residents_are_answered_alike(kept: Kept) -> None:
    """By a resident's session, a worker of another area, and in every address; nothing is written."""
    cookie, worker = kept.cookie("p01"), kept.by("worker", ("rights",), "370203")
    before = [kept.rows(table) for table in ("people", "restricted", "consents", "tag_changes", "events")]
    bodies: list[tuple[str, Any]] = [
        *((what, None) for what in ("switch", "tags", "consents")),
        ("switch", {"personalised": False}),
        ("tags", {"delete": ["skills", "group:graduate"]}),
        ("consents", {"purpose": "push", "given": True, "notice": "push-1"}),
    ]
    for what, body in bodies:
        told = [kept.ask(cookie, of(person, what), body) for person in ("p02", "p04", "nobody")]
        path = [of(person, what) for person in ("p02", "nobody")]
        told += [worker.get(one) if body is None else worker.post(body, one) for one in path]
        assert {answer.status_code for answer in told} == {404}, what
        assert len({answer.content for answer in told}) == 1
    told = [worker.post(UNSUITABLE, of(person, "unsuitable")) for person in ("p02", "nobody")]
    assert {answer.status_code for answer in told} == {404}
    assert len({answer.content for answer in told}) == 1
    assert [kept.rows(table) for table in ("people", "restricted", "consents", "tag_changes", "events")] == before
    assert all(one.status == 404 for one in kept.decisions if one.person_id in {"p02", "nobody"})


def test_who_lacks_the_scope_is_refused(kept: Kept) -> None:
    for asker in (kept.by(more=()), kept.by("worker", (), "370203")):
        problem(asker.get(of("p01", "tags")), 403)
        problem(asker.post({"personalised": False}, of("p01", "switch")), 403)
    problem(kept.by().post(UNSUITABLE, of("p01", "unsuitable")), 403)
    problem(kept.ask(kept.cookie("p01"), of("p01", "unsuitable"), UNSUITABLE), 403)
    problem(kept.workers[0].post({"personalised": False}, of("p01", "switch")), 401)


def test_whoever_deletes_their_area_still_sees_to_themselves(kept: Kept) -> None:
    cookie = kept.cookie("p01", area="370203")
    assert kept.ask(cookie, of("p01", "tags"), {"delete": ["area"]}).status_code == 200
    assert kept.ask(cookie, of("p01", "tags")).status_code == 200
    assert kept.ask(cookie, "/v1/recommend", {"person_id": "p01"}).status_code == 200
    problem(kept.by("worker", ("rights",), "370203").get(of("p01", "tags")), 404)


def test_consents_by_purpose_with_versions_and_moments(kept: Kept) -> None:
    cookie = kept.cookie("p01")

    def told(worker: int = 1) -> dict[str, dict[str, Any]]:
        return {one["purpose"]: one for one in kept.ask(cookie, of("p01", "consents"), worker=worker).json()["consents"]}

    assert {purpose: one["holds"] for purpose, one in told().items()} == {"push": False, "proposal": False, "backflow": False}
    assert "撤回" in told()["push"]["text"]
    given = kept.ask(cookie, of("p01", "consents"), {"purpose": "push", "given": True, "notice": "push-1"})
    assert given.status_code == 200
    push = told()["push"]
    assert (push["holds"], push["accepted"], push["withdrawn_at"]) == (True, "push-1", None)
    assert push["given_at"]
    assert not told()["backflow"]["holds"]
    kept.ask(cookie, of("p01", "consents"), {"purpose": "push", "given": False, "notice": "push-1"})
    push = told()["push"]
    assert (push["holds"], push["given_at"]) == (False, None)
    assert push["withdrawn_at"]
    assert [row["given"] in (True, 1) for row in kept.rows("consents")] == [True, False]
    wrong = kept.ask(cookie, of("p01", "consents"), {"purpose": "push", "given": True, "notice": "proposal-1"})
    assert problem(wrong, 400) == [("notice", "notice")]


def test_a_notice_that_asks_again_ends_consents_to_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told = consents.notices()
    (first,) = (one for one in told.notices if one.purpose == "push")
    later = [
        Notice(**first.model_dump() | {"version": f"push-{n}", "since": day, "asks_again": again})
        for n, day, again in ((2, "2027-01-01", False), (3, "2027-02-01", True))
    ]
    grown = told.model_copy(update={"notices": (*told.notices, *later)})
    said = consents.Consent("push", given=True, notice="push-1", at=0, who="me")
    held = {day: consents.holds(said, day, grown) for day in ("2026-12-01", "2027-01-05", "2027-02-01")}
    assert held == {"2026-12-01": True, "2027-01-05": True, "2027-02-01": False}
    assert not consents.holds(said, "2026-01-01", grown)  # to a notice that was not there yet
    assert not consents.holds(replace(said, given=False), "2026-12-01", grown)
    assert not consents.holds(None, "2026-12-01", grown)


def test_an_adviser_takes_an_item_from_the_lists_of_one_person(kept: Kept) -> None:
    adviser = kept.by("worker", (), "370203")
    first = jobs(adviser.post({"person_id": "p01", "n": 20}))
    others = jobs(adviser.post({"person_id": "p04", "n": 20}))
    told = UNSUITABLE | {"item_id": first[0]}
    assert adviser.post(told, of("p01", "unsuitable")).json() == {"new": True}
    assert adviser.post(told, of("p01", "unsuitable")).json() == {"new": False}
    for worker in kept.workers:
        found = jobs(replace(worker, key=adviser.key).post({"person_id": "p01", "n": 20}))
        assert first[0] not in found
        assert set(first[1:]) <= set(found)
    assert jobs(adviser.post({"person_id": "p04", "n": 20})) == others
    (row,) = [row for row in kept.rows("events") if row["event"] == "unsuitable"]
    assert (row["reason"], row["writer"]) == ("夜班", f"key:{adviser.key[3:11]}" if adviser.key else "")
    problem(adviser.post(UNSUITABLE | {"event_id": "a2", "item_id": "none"}, of("p01", "unsuitable")), 404)
    missing = {name: value for name, value in UNSUITABLE.items() if name != "reason"}
    assert problem(adviser.post(missing, of("p01", "unsuitable")), 400) == [("reason", "missing")]


def test_every_use_reaches_the_audit(kept: Kept) -> None:
    cookie = kept.cookie("p01")
    kept.decisions.clear()
    kept.ask(cookie, of("p01", "switch"), {"personalised": False})
    kept.ask(cookie, of("p01", "tags"))
    kept.ask(cookie, of("p02", "tags"))
    kept.ask(cookie, of("p01", "tags"), {"correct": {"birth_month": "2020-01"}})
    assert [(one.route, one.scope, one.status, one.person_id, one.fields) for one in kept.decisions] == [
        ("/v1/residents/{person_id}/switch", "rights", None, "p01", ("personalised",)),
        ("/v1/residents/{person_id}/tags", "rights", None, "p01", ("people", "restricted")),
        ("/v1/residents/{person_id}/tags", "rights", 404, "p02", ("people", "restricted")),
        ("/v1/residents/{person_id}/tags", "rights", 403, "p01", ("people", "restricted")),
    ]


def test_the_description_names_the_person_in_the_path_alone() -> None:
    for one in ROUTES:
        if "{person_id}" in one.path and one.method == "POST":
            told = describe(ROUTES)["paths"][one.path]["post"]
            assert [part["name"] for part in told["parameters"]] == ["person_id"]
            body = told["requestBody"]["content"]["application/json"]
            assert "person_id" not in json.dumps(body)


def test_a_folder_keeps_nothing_that_residents_change(server: Inside) -> None:
    problem(server.post({"personalised": False}, of("p01", "switch")), 503)
    problem(server.get(of("p01", "tags")), 503)
