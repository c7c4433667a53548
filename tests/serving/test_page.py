"""The page over HTTP: its files, headers, choices, words, and what an explanation says."""

import json
import re
from pathlib import Path

import pytest

from features import AMENITY_ROWS, COURSE_ROWS, JOB_ROWS
from serving.site.choices import FEWEST_RESIDENTS, MOST_PEOPLE, PARTS, STATIC, Choices, page_words
from sqrec import read_folder
from sqrec.catalogue.snapshot import people_of
from sqrec.contract import EMPLOYMENT, FORMS, GROUPS, NEEDS
from sqrec.contract.vocabulary import EDUCATION
from sqrec.profile.person import FACTS
from sqrec.texts import built_in_texts
from tests.support import tiny, town
from tests.support.server import Server, problem

ROWS = {"job": JOB_ROWS, "course": COURSE_ROWS, "amenity": AMENITY_ROWS}
FILES = sorted([*STATIC.iterdir(), *PARTS.iterdir()])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/about-algorithm", "application/json"),
        ("/page/page.css", "text/css; charset=utf-8"),
        ("/page/page.js", "text/javascript; charset=utf-8"),
        ("/page/words.json", "application/json"),
        ("/page/icon.svg", "image/svg+xml"),
        ("/page/people", "application/json"),
        ("/page/places", "application/json"),
    ],
)
def test_every_address_of_the_page_is_typed_and_locked(page: Server, path: str, kind: str) -> None:
    answer = page.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    policy = answer.headers["content-security-policy"]
    assert policy.split(";")[0] == "default-src 'self'"
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == ("no-store" if path in {"/page/people", "/page/places"} else "no-cache")


def test_a_known_file_is_not_sent_again(page: Server) -> None:
    import httpx

    tag = page.get("/page/page.js").headers["etag"]
    again = httpx.get(f"{page.url}/page/page.js", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    other = httpx.get(f"{page.url}/page/page.js", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "path", ["/page/", "/page/index.html", "/page/../service.py", "/page/%2e%2e/service.py", "/page/about.json"]
)
def test_no_other_file_is_served(page: Server, path: str) -> None:
    problem(page.get(path), 404)


def test_documentation_and_health_stay(page: Server) -> None:
    assert "swagger" in page.get("/docs").text
    assert set(page.get("/docs.json").json()["paths"]) >= {"/v1/recommend"}
    assert set(page.get("/docs.json").json()["paths"]) >= {"/about-algorithm", "/page/people", "/page/places"}
    assert page.get("/readyz").status_code == 200


def test_nothing_is_fetched_from_elsewhere() -> None:
    for name in FILES:
        told = name.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", told), name
        assert not re.search(r"(local|session)Storage|document\.cookie|indexedDB", told), name
    assert not re.search(r"\s(style|on[a-z]+)=", (PARTS / "index.html").read_text(encoding="utf-8"))


def test_invented_residents_can_be_picked(page: Server) -> None:
    told = page.get("/page/people").json()
    assert [one["person_id"] for one in told] == [f"p{i:02d}" for i in range(12)]
    assert re.fullmatch(r"\d+岁 · 高中 · 想做面点师 · 市北区", told[1]["label"])
    facts = {fact["code"]: fact["text"] for fact in told[1]["facts"]}
    assert facts["birth_month"] == "1973年2月"
    assert facts["employment"] == "失业"
    assert facts["area"] == "台东社区"
    assert facts["wage_min"] == "每月3100元"
    assert not any("120." in text for text in facts.values())


def test_every_fact_that_is_read_is_told_in_chinese_and_as_the_service_takes_it(page: Server) -> None:
    told = {fact["code"]: fact for fact in page.get("/page/people").json()[2]["facts"]}
    read = frozenset().union(*(rows.reads for rows in ROWS.values()))
    assert told.keys() == read - {"lon", "lat", "history"} | {"location"}
    assert told["hours"]["text"] == "周一-周五 08:30-17:30; 周六 09:00-12:00"
    assert told["skills"]["members"] == ["面点（高级工（三级））", "烹饪"]
    assert told["occupations"]["members"] == ["营业员", "养老护理员"]
    assert told["needs"]["text"] == "托育、养老"
    tags = {code: fact["value"] for code, fact in told.items()}
    page.post({"person_id": "p02", "tags": tags})
    assert tags["location"] is None
    assert tags["occupations"] == town.EVERYTHING["occupations"].split("|")


def test_every_fact_that_is_read_can_be_corrected() -> None:
    """The page knows fields for every fact of a person, whatever rankers read."""
    script = (STATIC / "facts.js").read_text(encoding="utf-8")
    editors = script[script.index("const EDITORS") :].partition("};")[0]
    assert all(re.search(rf"\b{fact}\b", editors) for fact in {*FACTS, "location"} - {"lon", "lat"})


def test_at_most_sixty_residents(tmp_path: Path) -> None:
    people = [row | {"person_id": f"{row['person_id']}-{copy}"} for copy in range(6) for row in tiny.people()]
    made = choices(tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": people}))
    assert len(made.residents(0)) == MOST_PEOPLE < len(people)


@pytest.mark.parametrize("said", [{"synthetic": False}, {}])
def test_real_people_are_never_shown(tmp_path: Path, said: dict[str, bool]) -> None:
    folder = tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": tiny.people()})
    (folder / "folder.json").write_text(json.dumps({"city": "qingdao"} | said), encoding="utf-8")
    assert choices(folder).residents(0) == []


def choices(folder: Path) -> Choices:
    read = read_folder(folder, write_rejected=False)
    return Choices.of(read, people_of(read).values(), FACTS)


def test_homes_are_communities_else_areas(page: Server, tmp_path: Path) -> None:
    told = page.get("/page/places").json()
    assert told[0] == {
        "name": "台东社区",
        "area": "370203022",
        "district": "市北区",
        "lon": 120.358,
        "lat": 36.086,
        "crs": "WGS84",
    }
    assert told[1] == {"name": "浮山路社区", "area": "370213001", "district": "李沧区", "lon": None, "lat": None, "crs": None}
    made = choices(tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": tiny.people()}))
    assert [(home["area"], home["lon"]) for home in made.homes()] == [("370203022", None)]


def test_areas_of_few_real_people_are_not_told(tmp_path: Path) -> None:
    people = [row | {"area": "370203022" if i < FEWEST_RESIDENTS else "370213001"} for i, row in enumerate(tiny.people())]
    folder = tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": people})
    (folder / "folder.json").write_text(json.dumps({"city": "qingdao"}), encoding="utf-8")
    assert [home["area"] for home in choices(folder).homes()] == ["370203022"]


def test_every_word_of_the_page_has_a_chinese_one() -> None:
    told = page_words()
    assert set(told["forms"]) == set(FORMS)
    assert set(told["needs"]) == set(NEEDS) >= set(told["asked"])
    assert set(told["employment"]) == set(EMPLOYMENT)
    assert set(told["groups"]) == set(GROUPS)
    assert set(told["units"]) | {"hours"} == set(told["examples"])
    assert len(told["days"]) == 7
    assert set(told["facts"]) >= {*FACTS, "location", "history"}
    assert set(told["education"]) == {code[0] for code in EDUCATION}
    assert set(told["education_codes"].values()) <= set(EDUCATION)


@pytest.mark.parametrize("kind", ROWS)
def test_every_column_has_a_label(kind: str) -> None:
    texts = built_in_texts()
    labels = [texts[f"column.{name}"]["zh-CN"] for name in ROWS[kind].names]
    assert len(set(labels)) == len(labels)
    assert all(texts[f"column.{name}"]["en"].isascii() for name in ROWS[kind].names)


def test_about_names_exactly_the_facts_that_rankers_read(page: Server) -> None:
    about = page.get("/about-algorithm").json()
    assert about.keys() == {"title", "paragraphs"}
    used = next(paragraph for paragraph in about["paragraphs"] if paragraph.startswith("排序用到的信息"))
    read = frozenset().union(*(rows.reads for rows in ROWS.values()))
    names = page_words()["facts"]
    assert {name for name in names if names[name] in used} == (read - {"lon", "lat"}) | {"location"}
    never = next(paragraph for paragraph in about["paragraphs"] if paragraph.startswith("从不用于排序的信息"))
    assert all(word in never for word in ("性别", "民族", "残疾", "户籍", "低保"))
    html = page.get("/").text
    assert all(paragraph in html for paragraph in about["paragraphs"])


def test_why_is_the_strongest_contributions_in_words(page: Server) -> None:
    items = page.post({"person_id": "p01", "explain": True}).json()["streams"]["job"]
    columns = {column.name: column for column in JOB_ROWS.columns}
    for item in items:
        rest = {name: value for name, value in item["contributions"].items() if name != "expected" and value > 0}
        best = sorted(rest, key=lambda name: -rest[name])[:5]
        assert [one["code"] for one in item["why"]] == best
        assert [one["value"] for one in item["why"]] == [rest[name] for name in best]
        assert [one["reads"] for one in item["why"]] == [list(columns[name].reads) for name in best]
        assert all(re.search("[一-鿿]", one["text"]) for one in item["why"])
    english = page.post({"person_id": "p01", "explain": True, "lang": "en"}).json()["streams"]["job"]
    assert all(one["text"].isascii() for item in english for one in item["why"])


def test_why_only_where_a_ranker_was_trained_and_asked(page: Server) -> None:
    told = page.post({"person_id": "p01", "explain": True}).json()
    assert told["rankers"] == {"job": "model", "course": "fallback", "amenity": "fallback"}
    assert all("why" not in item for kind in ("course", "amenity") for item in told["streams"][kind])
    off = page.post({"person_id": "p01", "explain": True, "personalised": False}).json()
    assert all("why" not in item for items in off["streams"].values() for item in items)
    assert all("why" not in item for item in page.post({"person_id": "p01"}).json()["streams"]["job"])


@pytest.mark.parametrize(
    ("lang", "told"), [("zh-CN", "您还没有填写所要求的：烹饪"), ("en", "Asked for, and not among the skills you told: 烹饪")]
)
def test_missing_skills_are_named_and_no_others(page: Server, lang: str, told: str) -> None:
    """p01 holds 面点 at level 3 but not 烹饪; the jobs ask for 面点@4|烹饪."""
    items = page.post({"person_id": "p01", "lang": lang, "n": 50}).json()["streams"]["job"]
    texts = [one["text"] for item in items for one in item["missing"] if one["code"] == "skills"]
    assert set(texts) == {told}
