"""The service over HTTP: answers, parity with offline, law, problems, logs, the pointer."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.schemas.answers import RecommendResponse
from sqrec import SERVED, Person, Recommender, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.base.arrays import key_of
from sqrec.rank import Boosted
from tests.support.inside import Inside
from tests.support.server import Server, problem
from tests.support.tiny import micros

AT = "2026-07-20T20:00:00+08:00"
ADULT = {"birth_month": "1990-01", "desired": ["面点师"], "location": {"lon": 120.36, "lat": 36.09}}


@pytest.fixture(scope="module")
def offline(server: Inside) -> tuple[Recommender, Snapshot]:
    loaded = load(bundles.current(server.bundles))
    return loaded.recommender(), Snapshot.of(read_folder(server.data, write_rejected=False), loaded.profiler)


def ask(server: Inside, **request: Any) -> dict[str, Any]:
    answer = server.post({"person": ADULT, "at": AT} | request)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    RecommendResponse.model_validate(answer.json(), strict=True)
    return answer.json()


def jobs(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["streams"]["job"]]


def test_an_answer_says_everything(server: Inside) -> None:
    answer = ask(server)
    assert answer["bundle"] == bundles.current(server.bundles).name
    assert answer["rankers"] == {"job": "model"}
    assert answer["data_as_of"] == "2026-08-01"
    assert answer["counts_as_of"] == "2026-07-20T00:00:00+08:00"
    assert answer["not_for_display"] is True
    assert len(answer["request_id"]) == 32
    stream = answer["streams"]["job"]
    assert [item["rank"] for item in stream] == list(range(1, 11))
    for item in stream:
        assert item["reach"].keys() == {"minutes", "method", "step"}
        assert all(said["text"] and "{" not in said["text"] for said in [*item["reasons"], *item["missing"]])
        assert item["more_like_this"] == 0
        assert "score" not in item
        assert "contributions" not in item
    assert {"algorithm"} <= {said["code"] for said in answer["notices"]}
    assert any(said["code"] == "wanted_occupation" for item in stream for said in item["reasons"])
    assert all((item["fit"] == "unknown") == (item["fit_note"] is not None) for item in stream)


def test_without_at_it_is_for_display(server: Inside) -> None:
    answer = server.post({"person": ADULT}).json()
    assert "not_for_display" not in answer


@pytest.mark.parametrize("person", ["p00", "p03", "p05", "p10"])
def test_served_scores_are_the_offline_ones(server: Inside, offline: tuple[Recommender, Snapshot], person: str) -> None:
    recommender, snapshot = offline
    answer = server.post({"person_id": person, "at": AT, "explain": True, "n": 38}).json()
    profile = snapshot.ask(recommender.profiler, np.array([key_of(person)], np.uint64), np.array([micros("2026-07-20T12:00")]))
    ranking = recommender.recommend(profile, "job", snapshot, replace(SERVED, wish=60.0), 38)
    assert jobs(answer) == [snapshot.items["job"].ids[row] for row in ranking.item]
    served = np.array([item["score"] for item in answer["streams"]["job"]])
    assert served.tobytes() == ranking.score.tobytes()
    shares = np.array([list(item["contributions"].values()) for item in answer["streams"]["job"]])
    assert np.allclose(shares.sum(axis=1), served, rtol=0, atol=1e-9)


def test_a_person_in_the_request_equals_the_stored_one(server: Inside, offline: tuple[Recommender, Snapshot]) -> None:
    """The history in the request is the same history, whatever the order it comes in."""
    import csv

    with (server.data / "events.csv").open(encoding="utf-8", newline="") as stream:
        mine = [row for row in csv.DictReader(stream) if row["person_id"] == "p04"]
    history = [{name: row[name] for name in ("kind", "item_id", "event", "at")} for row in reversed(mine)]
    stored: Person = offline[1].people["p04"]
    inline = {
        "person_id": "p04",
        "birth_month": stored.birth_month,
        "education": stored.education,
        "desired": list(stored.desired),
        "skills": list(stored.skills),
        "experience_years": stored.experience_years,
        "wage_min": stored.wage_min,
        "area": stored.area,
        "location": {"lon": stored.lon, "lat": stored.lat},
        "history": history,
    }
    told = ask(server, person=inline, explain=True)
    known = server.post({"person_id": "p04", "at": AT, "explain": True}).json()
    assert told["streams"] == known["streams"]


def test_the_same_question_has_the_same_answer(server: Inside) -> None:
    first, second = ask(server), ask(server)
    assert first.pop("request_id") != second.pop("request_id")
    assert first == second


@pytest.mark.parametrize("n", [1, 7, 50])
def test_as_many_as_asked_for(server: Inside, n: int) -> None:
    assert len(jobs(ask(server, n=n))) == min(n, 38)


def test_no_answer_reads_a_model(server: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one that must look through the whole catalogue for a wish before it says that nothing answers it."""

    def refused(text: str) -> Boosted:
        raise AssertionError(len(text))

    monkeypatch.setattr(Boosted, "of_text", refused)
    answer = ask(server, person={"birth_month": "1990-01", "desired": ["面点师", "焊工"]}, n=10)
    assert {"none_of_some"} & {said["code"] for said in answer["notices"]}


def test_wishes_written_as_one_entry_are_several(server: Inside) -> None:
    apart = ask(server, person=ADULT | {"desired": ["面点师", "焊工"]})
    assert ask(server, person=ADULT | {"desired": ["面点师、焊工"]})["streams"] == apart["streams"]
    assert "none_of_some_within" in {said["code"] for said in apart["notices"]}
    assert problem(server.post({"person": ADULT | {"desired": ["、".join(["面点师"] * 51)]}}), 400) == [
        ("person.desired", "list")
    ]


def test_other_kinds_are_said_to_be_missing(server: Inside) -> None:
    answer = ask(server, kinds=["course", "amenity"])
    assert answer["streams"] == {}
    assert [said["code"] for said in answer["degraded"]] == ["no_items"]


def test_the_circle_widens_and_says_so(server: Inside) -> None:
    narrow = ask(server, minutes=3)
    assert {said["code"] for said in narrow["notices"]} & {"widened", "unbounded"}
    assert all(item["reach"]["minutes"] is None or item["reach"]["step"] >= 3 for item in narrow["streams"]["job"])


def test_without_minutes_nothing_is_too_far(server: Inside) -> None:
    """A circle is asked for or there is none; what is far says how far it is and which circle holds it."""
    home = {"birth_month": "1990-01", "location": {"lon": 120.30, "lat": 36.05}}
    plain, narrow = ask(server, person=home, n=50), ask(server, person=home, n=1, minutes=60)
    assert len(jobs(plain)) == 38
    assert not {said["code"] for said in plain["notices"]} & {"widened", "unbounded"}
    assert any(item["reach"]["minutes"] and item["reach"]["minutes"] > 60 for item in plain["streams"]["job"])
    assert all((item["reach"]["minutes"] or 0) <= 60 for item in narrow["streams"]["job"])
    assert ask(server, person=home, n=50, minutes=None)["streams"] == plain["streams"]


def test_a_history_in_the_request_follows_the_rule_for_what_was_seen(server: Inside) -> None:
    one, two, three = jobs(ask(server, n=50))[:3]

    def told(*events: tuple[str, str]) -> list[str]:
        rows = [{"kind": "job", "item_id": item, "event": what, "at": "2026-07-01T00:00:00Z"} for what, item in events]
        return jobs(ask(server, n=50, person=ADULT | {"history": rows}))

    assert one not in told(("dismiss", one), ("view", one))
    assert two not in told(("apply", two))
    assert three in told(("view", three))


def test_without_a_place_there_is_no_circle(server: Inside) -> None:
    answer = ask(server, person={"birth_month": "1990-01"})
    assert [said["code"] for said in answer["degraded"]] == ["no_circle"]
    assert {item["reach"]["method"] for item in answer["streams"]["job"]} <= {"unknown", "online"}


def test_english_texts(server: Inside) -> None:
    texts = [s["text"] for item in ask(server, lang="en")["streams"]["job"] for s in item["reasons"]]
    assert texts
    assert not any("的" in text for text in texts)


@pytest.mark.parametrize("request_switch", [True, False])
def test_the_off_switch(server: Inside, request_switch: bool) -> None:
    asked = {"person": ADULT, "personalised": False} if request_switch else {"person": ADULT | {"personalised": False}}
    answer = ask(server, **asked)
    assert answer["rankers"] == {"job": "neutral"}
    assert "neutral" in {said["code"] for said in answer["notices"]}
    stream = answer["streams"]["job"]
    assert all((item["fit"], item["fit_note"]["code"], item["missing"]) == ("unknown", "off", []) for item in stream)
    said = {said["code"] for item in stream for said in item["reasons"]}
    assert said
    assert said <= {"nearest", "near", "walk", "home_area", "distance", "anywhere", "new", "published"}
    stranger = ask(server, person={"birth_month": "1990-01", "location": ADULT["location"]}, personalised=False)
    assert jobs(stranger) == jobs(answer)


def test_a_stored_switch_wins(server: Inside) -> None:
    answer = server.post({"person_id": "p11", "at": AT, "personalised": True}).json()
    assert answer["rankers"] == {"job": "neutral"}


def test_a_tag_takes_a_fact_back(server: Inside) -> None:
    taken = ask(server, tags={"desired": None}, explain=True)
    never = ask(server, person={name: value for name, value in ADULT.items() if name != "desired"}, explain=True)
    assert taken["streams"] == never["streams"]
    corrected = ask(server, tags={"desired": ["养老护理员"]}, explain=True)
    told = ask(server, person=ADULT | {"desired": ["养老护理员"]}, explain=True)
    assert corrected["streams"] == told["streams"]
    assert corrected["streams"] != taken["streams"]


def test_a_tag_corrects_somebody_stored(server: Inside) -> None:
    plain = server.post({"person_id": "p05", "at": AT, "explain": True}).json()
    tagged = server.post({"person_id": "p05", "at": AT, "explain": True, "tags": {"wage_min": None, "location": None}}).json()
    assert tagged["streams"] != plain["streams"]
    shares = [item["contributions"] for item in tagged["streams"]["job"]]
    assert shares
    assert [said["code"] for said in tagged["degraded"]] == ["no_circle"]


@pytest.mark.parametrize(
    ("born", "notice", "some"), [("2011-07", "no_jobs_under_age", False), ("2009-07", "minor_jobs_only", True)]
)
def test_minors(server: Inside, born: str, notice: str, some: bool) -> None:
    answer = server.post({"person": {"birth_month": born, "hours": "mon-fri 09:00-18:00"}, "n": 50}).json()
    assert notice in {said["code"] for said in answer["notices"]}
    assert bool(answer["streams"]["job"]) == some
    odd = {f"j{i:02d}" for i in range(40) if i % 2 or i % 7 == 0}
    assert not odd & set(jobs(answer))


def test_children_are_refused_whatever_moment_is_asked_for(server: Inside) -> None:
    refused = server.post({"person": {"birth_month": "2020-01"}, "at": "2040-01-01T00:00:00Z"})
    problem(refused, 403)
    assert "2020" not in refused.text


def test_expiry_at_read_time(server: Inside) -> None:
    assert "j38" in jobs(ask(server, n=50, at="2026-07-31T23:59:59+08:00"))
    assert "j38" not in jobs(ask(server, n=50, at="2026-08-01T00:00:00+08:00"))


def test_nobody_of_that_name(server: Inside) -> None:
    answer = server.post({"person_id": "somebody-else"})
    problem(answer, 404)
    assert "somebody-else" not in answer.text


def test_health_and_metrics(server: Inside) -> None:
    assert server.get("/livez").status_code == 200
    assert server.get("/readyz").status_code == 200
    metrics = server.get("/metrics")
    assert metrics.status_code == 200
    assert "sqrec" in metrics.text.lower()


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "birth_month": st.sampled_from(["1950-12", "1990-01", "2005-07"]),
    "education": st.sampled_from(["10", "21", "31", "61", "71", "90"]),
    "graduated_on": st.sampled_from(["2026-07-01", "1999-01-01"]),
    "skills": st.lists(st.sampled_from(["面点@3", "烹饪", "excel@5"]), max_size=3),
    "occupations": st.lists(st.text("面点师收银 abc", min_size=1, max_size=8).filter(str.strip), max_size=3),
    "desired": st.lists(st.text("面点师收银 abc", min_size=1, max_size=8).filter(str.strip), max_size=3),
    "experience_years": st.floats(0, 60),
    "employment": st.sampled_from(["employed", "unemployed", "student"]),
    "registered_unemployed_on": st.just("2026-01-01"),
    "wage_min": st.integers(1, 50_000),
    "forms": st.lists(st.sampled_from(["full_time", "part_time"]), max_size=2, unique=True),
    "hours": st.sampled_from(["mon-fri 09:00-18:00", "22:00-06:00"]),
    "area": st.sampled_from(["370203022", "370203", "New Jersey/Newark"]),
    "pace": st.floats(30, 120),
    "location": st.builds(lambda lon, lat: {"lon": lon, "lat": lat}, st.floats(120.2, 120.5), st.floats(36.0, 36.3)),
    "personalised": st.booleans(),
    "history": st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["job", "course", "amenity"]),
                "item_id": st.sampled_from(["j01", "j02", "gone"]),
                "event": st.sampled_from(["impression", "view", "dismiss", "apply"]),
                "at": st.sampled_from(["2026-07-01T00:00:00Z", "2026-07-10T08:00:00+08:00", "2030-01-01T00:00:00Z"]),
            }
        ),
        max_size=4,
    ),
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    facts=st.fixed_dictionaries(
        {},
        optional={name: values | st.none() for name, values in VALUES.items() if name != "history"}
        | {"history": VALUES["history"]},
    )
)
def test_any_subset_of_facts_gets_an_answer(server: Inside, facts: dict[str, Any]) -> None:
    answer = ask(server, person=facts, explain=True)
    assert len(jobs(answer)) == len(set(jobs(answer))) == 10


def test_the_pointer_is_followed_without_a_dropped_request(process: Server) -> None:
    first = bundles.current(process.bundles)
    loaded = load(first)
    parts = replace(loaded.kinds["job"], reasons=loaded.kinds["job"].reasons[:1])
    second = bundles.save_by_hash(replace(loaded, kinds={"job": parts}), process.bundles)
    bundles.point_to(process.bundles, second.name, promoted=True)
    assert until(process, lambda name: name == second.name)
    broken = Path(shutil.copytree(second, process.bundles / "broken"))
    (broken / "job" / "booster.txt").write_text("cut")
    bundles.point_to(process.bundles, "broken", promoted=True)
    assert not until(process, lambda name: name != second.name, seconds=3)
    (process.bundles / "current.json").write_text("{")
    assert not until(process, lambda name: name != second.name, seconds=3)
    told = process.log.read_text(encoding="utf-8")
    assert told.count("is corrupt") == told.count("it was cut short or edited") == 1
    bundles.point_to(process.bundles, first.name, promoted=True)
    assert until(process, lambda name: name == first.name)


def until(server: Server, reached: Callable[[str], bool], seconds: float = 15) -> bool:
    """Ask again and again, every answer a good one, until an answer's bundle is the one waited for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = server.post({"person_id": "p01", "at": AT})
        assert answer.status_code == 200
        if reached(answer.json()["bundle"]):
            return True
        time.sleep(0.05)
    return False
