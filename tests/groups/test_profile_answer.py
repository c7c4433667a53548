"""What a person is told of the own profile, and the door `sqrec profile`."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from features import KEY_GROUPS, PROFILE
from sqrec.cities import load_city
from sqrec.cli.app import app
from sqrec.contract import AMENITY_TYPES, GROUPS, KEPT_APART, NEEDS, TABLES, TAGS
from sqrec.contract.vocabulary import EDUCATION
from sqrec.groups.answer import profile_answer
from sqrec.groups.conditions import ASKABLE
from sqrec.groups.restricted import RESTRICTED_FACTS, Restricted
from sqrec.groups.restricted_table import restricted_of
from sqrec.groups.worded import Words
from sqrec.profile import Person
from sqrec.profile.person import FACTS
from sqrec.tables import read_folder
from sqrec.texts import Language, built_in_texts
from tests.support import tiny
from tests.support.people import AT

QINGDAO = load_city("qingdao")
TEXTS = built_in_texts()
LI = Person(
    birth_month="1984-01",
    education="31",
    employment="unemployed",
    registered_unemployed_on="2026-03-01",
    skills=("面点@4",),
    needs=("type:childcare", "domain:elder_care"),
    forms=("full_time",),
    hours="mon-fri 09:00-18:00",
    area="370203022",
    wage_min=4000.0,
)
KEPT = Restricted(sex="female", hukou_area="370202", hukou_type="urban", recognised=("veteran@2026-01-01",))


def answer(person: Person = LI, restricted: Restricted | None = KEPT, lang: Language = "zh-CN", **other: Any) -> dict[str, Any]:
    profiler = other.get("profiler", PROFILE.fit({}))
    return profile_answer(person, restricted, profiler, KEY_GROUPS, QINGDAO, AT, lang, TEXTS)


def tags(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {tag["tag"]: tag for tag in told["tags"]}


def test_the_answer_is_plain_json() -> None:
    told = answer()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["at"] == "2026-11-01T12:00:00+08:00"


def test_tags_say_where_they_come_from() -> None:
    found = tags(answer())
    assert {name: tag["source"] for name, tag in found.items()} == {
        **dict.fromkeys(("birth_month", "education", "employment", "registered_unemployed_on", "skills", "needs"), "declared"),
        **dict.fromkeys(("forms", "hours", "area", "wage_min"), "declared"),
        **dict.fromkeys(("sex", "hukou_area", "hukou_type", "recognised"), "record"),
        **dict.fromkeys(("age", "retirement", "flexible_retirement", "registered_months", "pace"), "derived"),
    }
    assert all(tag["correctable"] == (tag["source"] == "declared") for tag in found.values())
    assert {name for name, tag in found.items() if tag["correctable"]} <= set(FACTS)
    assert found["retirement"]["from"] == ["birth_month", "sex"]


@pytest.mark.parametrize(
    ("tag", "value", "chinese", "english"),
    [
        ("education", "31", "大学专科毕业", "college, graduated"),
        ("skills", ["面点@4"], "面点（中级工（四级））", "面点 (Intermediate worker (level 4))"),
        ("needs", ["type:childcare", "domain:elder_care"], "托育、养老", "childcare, elder care"),
        ("wage_min", 4000.0, "每月4000元", "4000 yuan a month"),
        ("area", "370203022", "市北区 370203022", "市北区 370203022"),
        ("sex", "female", "女", "female"),
        ("recognised", ["veteran@2026-01-01"], "退役军人（2026-01-01）", "Veterans (2026-01-01)"),
        ("age", 42, "42周岁", "42 years"),
        ("registered_months", 8, "8个月", "8 months"),
    ],
)
def test_facts_in_words(tag: str, value: Any, chinese: str, english: str) -> None:
    zh, en = tags(answer())[tag], tags(answer(lang="en"))[tag]
    assert zh["value"] == en["value"] == value
    assert (zh["text"], en["text"]) == (chinese, english)


def test_a_range_is_said_as_a_range() -> None:
    told = tags(answer())["retirement"]
    assert told["value"] == {"earliest": "2038-08", "latest": "2042-01"}
    assert "信息不足以确定" in told["text"]
    exact = tags(answer(restricted=Restricted(sex="female", post_type="cadre")))["retirement"]
    assert exact["text"] == "58岁0个月（2042-01）"


def test_what_rankers_see_is_told_and_nothing_restricted_is_among_it() -> None:
    encoded = {one["name"]: one for one in answer()["encoded"]}
    assert (encoded["education"]["value"], encoded["education"]["text"]) == (4.0, "大专层次")
    assert (encoded["forms"]["value"], encoded["hours"]["value"]) == (["full_time"], 45.0)
    assert (encoded["employment"]["value"], encoded["born"]["value"]) == ("unemployed", "1984-01")
    assert (encoded["experience"]["value"], encoded["experience"]["text"]) == (None, "")
    assert {fact for one in encoded.values() for fact in one["from"]} <= set(FACTS)
    assert answer(restricted=None)["encoded"] == answer()["encoded"]


def test_what_is_missing_is_named() -> None:
    missing = {one["fact"]: one["source"] for one in answer()["missing"]}
    assert missing["graduated_on"] == "declared"
    assert missing["location"] == "declared"
    assert missing["disability"] == "record"
    assert not {"sex", "education", "lon", "lat", "recognised"} & set(missing)
    bare = {one["fact"] for one in answer(Person(), None)["missing"]}
    assert bare == {*(set(FACTS) - {"lon", "lat", "walk"}), "location", *RESTRICTED_FACTS}  # nothing reads walk yet


def test_groups_come_with_evidence() -> None:
    groups = {one["group"]: one for one in answer()["groups"]}
    assert list(groups) == list(KEY_GROUPS.groups)
    hard = groups["hard_to_employ"]
    assert (hard["status"], hard["text"], hard["ruleset"]) == ("likely", "可能符合，可申请认定", "qingdao-2023")
    assert [one["rule"] for one in hard["evidence"]] == ["residence", "working_age", "registered", "1"]
    assert all({"clause", "source", "trust", "holds", "facts"} <= set(one) for one in hard["evidence"])
    assert hard["not_checked"]
    assert (groups["veteran"]["status"], groups["veteran"]["text"]) == ("recognised", "已认定（2026-01-01）")
    assert groups["disabled"]["text"] == "信息不足，还需要：持有残疾人证"
    assert groups["disabled"]["needs"] == [{"fact": "disability", "name": "持有残疾人证"}]


def test_without_a_profiler_there_is_nothing_encoded() -> None:
    assert answer(profiler=None)["encoded"] == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everything_has_a_name(lang: Language) -> None:
    words = Words(TEXTS, lang, QINGDAO)
    facts = (*ASKABLE, "location", "age", "retirement", "flexible_retirement", "registered_months", "recognised")
    assert all(words.name(fact) != fact for fact in facts)
    assert all(words.say("group", group) != group for group in GROUPS)
    assert all(words.value("education", code) != code for code in EDUCATION)
    assert all(words.value("needs", need) != need for need in NEEDS)
    assert len(NEEDS) > len(AMENITY_TYPES)
    for table in ("people", "restricted"):
        for column in TABLES[table].columns:
            if column.type in {"choice", "choices"} and column.name not in {"education", "deleted", "deleted_apart"}:
                assert all(words.value(column.name, word) != word or lang == "en" for word in column.words), column.name


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_tag_that_may_be_deleted_has_a_name(lang: Language) -> None:
    words = Words(TEXTS, lang, QINGDAO)
    assert all(words.name(tag) != tag for tag in (*TAGS, *KEPT_APART))


def test_every_text_has_both_languages_and_the_same_places() -> None:
    for key, text in TEXTS.items():
        assert set(text) == {"zh-CN", "en"}, key
        places = [{part.partition("}")[0] for part in said.split("{")[1:]} for said in text.values()]
        assert places[0] == places[1], key


# the door


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people = tiny.people()
    people[1] |= {"employment": "unemployed", "registered_unemployed_on": "2026-01-05"}
    people[2] |= {"employment": "unemployed", "updated_at": "2026-10-01T00:00:00Z"}
    kept = [{"person_id": "p01", "sex": "female", "disability": "true", "low_income": "", "recognised": "disabled@2025-05-05"}]
    return tiny.write(tmp_path, {"people": people, "restricted": kept, "events": tiny.events()})


def run(*arguments: Any) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["profile", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_restricted_facts_of_a_folder(folder: Path) -> None:
    kept = restricted_of(read_folder(folder, write_rejected=False))
    assert kept["p01"] == Restricted(person_id="p01", sex="female", disability=True, recognised=("disabled@2025-05-05",))
    assert kept["p01"].low_income is None
    people_alone = read_folder(folder, ["people"], write_rejected=False)
    assert restricted_of(people_alone) == {}


def test_the_door_prints_words(folder: Path) -> None:
    code, text = run(folder, "p01", "--at", "2026-11-01T04:00:00Z", "--bundles", folder / "none")
    assert code == 0
    for part in ("学历", "普通高中毕业", "本人填写", "缺少的信息", "已认定（2025-05-05）", "未核对", "女"):
        assert part in text


def test_the_door_tells_json(folder: Path) -> None:
    code, text = run(folder, "p01", "--at", "2026-11-01T04:00:00Z", "--lang", "en", "--json", "--bundles", folder / "none")
    assert code == 0
    told = json.loads(text)
    assert {one["group"]: one["status"] for one in told["groups"]}["disabled"] == "recognised"
    assert told["encoded"] == []


def test_what_changed_later_is_unknown(folder: Path) -> None:
    def employment(at: str) -> Any:
        told = json.loads(run(folder, "p02", "--at", at, "--json", "--bundles", folder / "none")[1])
        return next((tag["value"] for tag in told["tags"] if tag["tag"] == "employment"), None)

    assert employment("2026-09-30T00:00:00Z") is None
    assert employment("2026-10-02T00:00:00Z") == "unemployed"


def test_a_bundle_adds_what_rankers_see(small: Path) -> None:
    code, text = run(small / "data", "p01", "--bundles", small / "var" / "bundles", "--json")
    assert code == 0
    assert {one["name"] for one in json.loads(text)["encoded"]} == {encoding.name for encoding in PROFILE.people}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("nobody",), "no person 'nobody'"), (("p01", "--at", "soon"), "is no moment"), (("p01", "--bundle", "x"), "no bundle")],
)
def test_mistakes_are_one_sentence(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    code, text = run(folder, *arguments)
    assert code == 1
    assert says in text
    assert len(text.strip().splitlines()) == 1
