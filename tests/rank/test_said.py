"""What is only said: columns by hand, and the sentences that come of them."""

from typing import Any

import numpy as np
import pytest

from features import AMENITY_TOLD, COURSE_TOLD, JOB_TOLD
from sqrec.contract import Kind
from sqrec.rank import (
    AskedThere,
    EarlierIn,
    EarlierSkills,
    FirstCertificate,
    LowestWageFit,
    Nearest,
    NextLevel,
    PeopleStanding,
    Reason,
    Requirement,
    RowBuilder,
    SharedWords,
    SkillsHeld,
    Speech,
    TradeExperience,
    Unasked,
    WageStanding,
    tell,
)
from sqrec.rank.reasons import Family
from sqrec.rank.recommender import Ranking
from sqrec.rank.said.values import Values
from sqrec.rank.view import View
from sqrec.reach.walk import StraightLine
from sqrec.texts import built_in_texts, say
from tests.support.asked import AT, World, event, nameless, rows, who, world

BAKER, COOK, GUARD, NURSE = "4-03-02-02", "4-03-02-01", "4-07-05-01", "4-14-01-02"
OPEN = {"published_at": "2026-01-01"}
SKILLS = [{"skill_id": f"s{n}", "name": name, "aliases": ""} for n, name in enumerate(("面点", "烹饪", "巡查", "缝纫", "护理"))]
JOBS: list[dict[str, Any]] = [
    {"job_id": "bun", "title": "面点师傅（利群）", "employer": "利群", "occupation": BAKER, "skills": "面点@4|烹饪", "wage_min": "4000",
     "wage_max": "5000", "wage_unit": "month", "lon": "120.361", "lat": "36.09", "education_min": "31", "area": "370203022001"},
    {"job_id": "bun2", "title": "白案师傅", "occupation": BAKER, "skills": "面点", "wage_min": "200", "wage_unit": "day",
     "lon": "120.37", "lat": "36.09", "area": "370203022001"},
    {"job_id": "chef", "title": "厨师", "occupation": COOK, "skills": "烹饪", "wage_min": "4500", "wage_unit": "month", "lon": "120.4",
     "lat": "36.09", "area": "370203022002", "experience_min_years": "3"},
    {"job_id": "guard", "title": "小区保安", "occupation": GUARD, "skills": "巡查", "lon": "120.36", "lat": "36.1",
     "experience_min_years": "2"},
    *({"job_id": f"more{n}", "title": "面案", "occupation": BAKER, "skills": "面点", "wage_min": f"{3000 + n}", "wage_unit": "month"}
      for n in range(3)),
    {"job_id": "shut", "title": "面点师", "occupation": BAKER, "lon": "120.36", "lat": "36.09", "valid_to": "2026-07-01"},
]  # fmt: skip
COURSES: list[dict[str, Any]] = [
    {"course_id": "bun4", "title": "面点中级", "teaches": "面点@4", "level": "4", "occupation": BAKER},
    {"course_id": "bun5", "title": "面点初级", "teaches": "面点@5", "level": "5", "occupation": BAKER},
    {"course_id": "sew5", "title": "缝纫初级", "teaches": "缝纫@5", "level": "5", "occupation": "6-05-01-01"},
    {"course_id": "mixed", "title": "面点与缝纫", "teaches": "面点|缝纫", "level": "4"},
    {"course_id": "plain", "title": "面点体验", "teaches": "面点"},
]
AMENITIES = [
    {"amenity_id": f"m{n}", "name": f"便利店{n}", "type": "convenience_store", "lon": f"{120.36 + n / 1000}", "lat": "36.09"}
    for n in range(12)
]
EVENTS = [
    event("p", "bun", "2026-07-01T04:00", "view", "job"),
    event("p", "guard", "2026-07-02T04:00", "apply", "job"),
    event("p", "m3", "2026-07-03T04:00", "visit"),
    event("p", "m4", "2026-07-04T04:00", "view"),
    *(event(f"u{n}", "m1", "2026-07-10T04:00") for n in range(10)),
    *(event(f"u{n}", "m2", "2026-07-10T04:00") for n in range(9)),
    *(event(f"u{n}", "m5", "2026-05-10T04:00") for n in range(20)),
]
HOME = {"lon": 120.3604, "lat": 36.09}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = [one | OPEN for one in JOBS]
    people = [{"person_id": "p"}, *({"person_id": f"u{n}"} for n in range(20))]
    folder = tmp_path_factory.mktemp("said")
    return world(folder, skills=SKILLS, jobs=made, courses=COURSES, amenities=AMENITIES, people=people, events=EVENTS)


def told(town: World, kind: Kind, column: Any, profile: Any = None, **facts: Any) -> dict[str, float]:
    found = rows(town, kind, [column], nameless(town, **facts) if profile is None else profile)
    return dict(zip(town[1].items[kind].ids, found[:, 0].tolist(), strict=True))


def same(found: dict[str, float], **expected: float) -> bool:
    return all(np.array_equal(found[name], value, equal_nan=True) for name, value in expected.items())


def test_the_next_level_is_of_the_same_skill(town: World) -> None:
    """A nurse's certificate says nothing of sewing; of two certificates in one skill the higher counts."""
    assert same(told(town, "course", NextLevel(), skills=("护理@5",)), bun4=0.0, sew5=0.0, mixed=0.0, plain=np.nan)
    assert same(told(town, "course", NextLevel(), skills=("面点@5",)), bun4=1.0, bun5=0.0, sew5=0.0, mixed=1.0, plain=np.nan)
    assert same(told(town, "course", NextLevel(), skills=("面点@5", "面点@4")), bun4=0.0, mixed=0.0)
    assert same(told(town, "course", NextLevel(), skills=("面点",)), bun4=np.nan, bun5=np.nan)


def test_a_first_certificate_is_of_a_wanted_or_past_trade(town: World) -> None:
    first = FirstCertificate()
    assert same(told(town, "course", first, skills=("面点",), desired=(COOK,)), bun5=1.0, bun4=0.0, sew5=0.0)
    assert same(told(town, "course", first, skills=("面点",), occupations=("面点师",)), bun5=1.0)
    assert same(told(town, "course", first, skills=("护理@5",), desired=(BAKER,)), bun5=0.0)
    assert same(told(town, "course", first, desired=(BAKER,)), bun5=np.nan)  # nobody knows whether a certificate is held
    assert same(told(town, "course", first, skills=("面点",)), bun5=np.nan)


def test_shared_words_are_words_of_the_title(town: World) -> None:
    words = SharedWords("desired")
    assert same(told(town, "job", words, desired=("面点师",)), bun=3.0, bun2=0.0, guard=0.0)
    assert same(told(town, "job", words, desired=("利群",)), bun=0.0)  # the employer's name is no part of the title
    assert same(told(town, "job", words, desired=("保安",)), guard=2.0)
    assert same(told(town, "job", words, desired=("保安员工宿舍管理",)), guard=0.0)  # a small part of what is wanted
    assert same(told(town, "job", words), bun=np.nan)


def test_skills_that_jobs_of_a_trade_often_ask_for(town: World) -> None:
    """面点 stands in 5 of the 7 vacancies of the trade of bakers and cooks, 烹饪 in 2: that is not often."""
    asked = AskedThere("desired")
    assert same(told(town, "job", asked, desired=(BAKER,)), bun=5.0, chef=0.0, guard=0.0)
    assert same(told(town, "job", asked, desired=("9-99-99-99",)), bun=np.nan)
    lacked = AskedThere("desired", lacking=True)
    assert same(told(town, "course", lacked, desired=(BAKER,)), bun4=5.0, sew5=0.0, mixed=5.0)
    assert same(told(town, "course", lacked, desired=(BAKER,), skills=("面点",)), bun4=0.0)


def test_skills_held_and_nothing_asked(town: World) -> None:
    assert same(told(town, "job", SkillsHeld(), skills=("面点@5", "烹饪")), bun=1.0, bun2=1.0, chef=1.0, guard=0.0, shut=np.nan)
    assert same(told(town, "job", SkillsHeld()), bun=np.nan)
    assert same(told(town, "job", Unasked(("education", "experience"))), bun=0.0, guard=0.0, shut=1.0)


def test_years_count_in_the_trade_they_were_worked_in(town: World) -> None:
    """Years of experience in one trade say nothing of another."""
    years = told(town, "job", TradeExperience(), experience_years=5.0, occupations=(COOK,))
    assert same(years, chef=2.0, guard=np.nan, bun=np.nan)
    assert same(told(town, "job", TradeExperience(), experience_years=5.0), chef=np.nan, guard=np.nan)


def test_earlier_items_of_a_group(town: World) -> None:
    person = who(town, "p")
    assert same(told(town, "job", EarlierIn("occupation"), person), bun=0.0, bun2=1.0, chef=0.0, guard=0.0)
    assert same(told(town, "job", EarlierIn("trade"), person), chef=1.0)
    assert same(told(town, "job", EarlierIn("item"), person), bun=1.0, guard=3.0, bun2=0.0)
    assert same(told(town, "amenity", EarlierIn("type"), person), m3=1.0, m4=3.0, m0=3.0)
    assert same(told(town, "job", EarlierSkills(), person), bun2=1.0, chef=1.0, bun=0.0, guard=0.0)
    assert same(told(town, "course", EarlierIn("occupation"), person), bun4=np.nan)


def test_wages(town: World) -> None:
    """A day of 200 yuan is 4350 a month; the usual wage of the trade is the median of 5000, 4350, 4500, 3000, 3001 and 3002."""
    lowest = LowestWageFit()
    assert same(told(town, "job", lowest, wage_min=4000.0), bun=1.0, bun2=1.0, chef=1.0, more0=0.0, guard=np.nan)
    assert same(told(town, "job", lowest, wage_min=4360.0), bun=0.0, bun2=0.0, chef=1.0)
    assert same(told(town, "job", lowest), bun=np.nan)
    usual = (3002 + 4350) / 2
    standing = told(town, "job", WageStanding())
    assert same(standing, bun=5000 / usual, bun2=4350 / usual, more0=3000 / usual, guard=np.nan)


def test_ten_people_of_thirty_days_in_the_first_tenth(town: World) -> None:
    """Of twelve places one is a tenth; nine people are not told, and twenty of May are none of July."""
    assert same(told(town, "amenity", PeopleStanding("type")), m1=10.0, m2=0.0, m5=0.0, m0=0.0)
    assert same(told(town, "amenity", PeopleStanding("all")), m1=10.0, m2=0.0, m5=0.0, m0=0.0)
    assert same(told(town, "amenity", PeopleStanding("type", part=12)), m1=10.0, m2=0.0)
    assert same(told(town, "amenity", PeopleStanding("all", part=13)), m1=0.0, m2=0.0)  # twelve places have no thirteenth
    assert same(told(town, "amenity", PeopleStanding("all", days=0)), m5=20.0, m1=0.0)  # May counts where all days do


def test_the_nearest_of_its_kind(town: World) -> None:
    """The closed vacancy that is nearer counts no more; an unknown place is nearer than nothing."""
    assert same(told(town, "job", Nearest("occupation"), **HOME), bun=1.0, bun2=0.0, chef=1.0, guard=1.0, more0=np.nan)
    assert same(told(town, "amenity", Nearest("type"), **HOME), m0=1.0, m1=0.0, m2=0.0)
    assert same(told(town, "amenity", Nearest("type")), m0=np.nan)


@pytest.mark.parametrize(("kind", "told_columns"), [("job", JOB_TOLD), ("course", COURSE_TOLD), ("amenity", AMENITY_TOLD)])
def test_what_is_said_of_an_item_depends_on_no_other(town: World, kind: Kind, told_columns: RowBuilder) -> None:
    recommender, snapshot = town
    profile = who(town, "p")
    items = snapshot.items[kind]
    whole = rows(town, kind, told_columns.columns, profile)
    for row in range(len(items)):
        pairs = recommender.pairs(profile, items, np.array([row]))
        view = View.of(snapshot, profile, kind, pairs, recommender.city)
        alone = [column.compute(view) for column in told_columns.columns]
        assert np.concatenate(alone).tobytes() == whole[row].tobytes()


def sentence(town: World, kind: Kind, item: str, key: str, lang: Any = "zh-CN", profile: Any = None, **facts: Any) -> str:
    recommender, snapshot = town
    profile = nameless(town, **facts) if profile is None else profile
    row = snapshot.items[kind].ids.index(item)
    pairs = recommender.pairs(profile, snapshot.items[kind], np.array([row]))
    view: View = View.of(snapshot, profile, kind, pairs, recommender.city)
    family, _, code = key.partition(".")
    return say(built_in_texts(), family, code, lang, Values(view, 0, built_in_texts(), lang))


@pytest.mark.parametrize(
    ("kind", "item", "key", "facts", "text"),
    [
        ("job", "bun", "reason.wanted_occupation", {"desired": (GUARD, BAKER)}, "正是您想做的中式面点师"),
        ("job", "bun", "reason.wanted_occupation", {"desired": ("面点师",)}, "正是您想做的面点师"),
        ("job", "bun2", "reason.wanted_occupation", {"desired": ("面点师",)}, "与您想做的面点师同属一个职业：中式面点师"),
        ("job", "bun", "reason.wanted_class", {"desired": ("厨师",)}, "与您想做的厨师同属一个职业小类"),
        ("job", "bun", "reason.wanted_words", {"desired": ("面点师",)}, "名称里有您想找的“面点师”"),
        ("job", "bun", "reason.wanted_kin", {"desired": ("厨师",)}, "要求的“面点”，您想做的厨师一类岗位也常要求"),
        ("job", "bun", "reason.wage_reached", {"wage_min": 4800.0}, "月薪4000–5000元，上限达到您期望的4800元"),
        ("job", "bun2", "reason.wage", {}, "日薪200元，折合月薪约4350元"),
        ("job", "bun", "reason.home_area", {"area": "370203022009"}, "与您在同一街道"),
        ("job", "bun", "reason.home_area", {"area": "370203022001"}, "与您在同一社区"),
        ("job", "bun", "reason.home_area", {"area": "370203"}, "与您在同一区"),
        ("job", "bun", "reason.near", HOME, "步行约1分钟"),
        ("job", "bun2", "reason.distance", HOME, "离您约0.9公里"),
        ("job", "bun", "reason.nearest", HOME, "离您最近的中式面点师岗位"),
        ("job", "bun", "reason.skills_held", {"skills": ("烹饪",)}, "要求的技能中您具备：烹饪"),
        ("job", "bun", "missing.skills", {"skills": ("缝纫",)}, "您还没有填写所要求的：面点（中级工（四级））、烹饪"),
        ("job", "bun", "missing.skills", {"skills": ("烹饪", "面点@5")}, "您还没有填写所要求的：面点（要求中级工（四级），您填的是初级工（五级））"),
        ("job", "bun", "missing.skills", {"skills": ("烹饪", "面点")}, "您还没有填写所要求的：面点（要求中级工（四级），您没有填等级）"),
        ("job", "chef", "reason.experience_met", {"occupations": (COOK,), "experience_years": 5.0}, "您做过中式烹调师，是同类工作，年限达到要求（3年）"),
        ("job", "bun", "missing.education", {"education": "71"}, "要求大学专科毕业，您填写的是初中毕业"),
        ("course", "bun4", "reason.next_level", {"skills": ("面点@5",)}, "下一级证书：面点（中级工（四级））"),
        ("course", "bun5", "reason.first_certificate", {}, "中式面点师入门证书：初级工（五级）"),
        ("course", "bun4", "reason.teaches_wanted", {"desired": (BAKER,)}, "教“面点”，您想做的中式面点师一类岗位常要求"),
        ("amenity", "m1", "reason.needed", {}, "正是您需要的便利店"),
        ("amenity", "m1", "reason.popular_place", {}, "近30天有10位居民关注，在同类中居前一成"),
        ("amenity", "m1", "reason.popular_of_all", {}, "已有10位居民关注过，在全部服务中居前百分之一"),
    ],
)  # fmt: skip
def test_sentences_name_what_they_say(town: World, kind: Kind, item: str, key: str, facts: dict[str, Any], text: str) -> None:
    assert sentence(town, kind, item, key, **facts) == text


def test_sentences_name_earlier_items(town: World) -> None:
    person = who(town, "p")
    assert sentence(town, "job", "bun2", "reason.same_occupation", profile=person) == "与您关注过的“面点师傅（利群）”是同一职业"
    assert sentence(town, "job", "bun2", "reason.same_skills", profile=person) == "和您关注过的“面点师傅（利群）”都要求：面点"
    assert sentence(town, "amenity", "m5", "reason.used_type", profile=person) == "与您去过的“便利店3”同属便利店"
    assert sentence(town, "amenity", "m5", "reason.looked_at_type", profile=person) == "与您关注过的“便利店4”同属便利店"
    assert sentence(town, "amenity", "m5", "reason.near_earlier", profile=person) == "离您关注过的“便利店4”不到100米"


def test_english_sentences(town: World) -> None:
    assert sentence(town, "job", "bun2", "reason.wage", "en") == "200 yuan a day, about 4350 a month"
    assert sentence(town, "course", "bun4", "reason.next_level", "en", skills=("面点@5",)).startswith(
        "The next certificate: 面点 ("
    )


FAMILIES = (Family("reach", ("minutes",), impersonal=True), Family("pay", ("item_wage",)))
REASONS = (Reason("near", "reach", "minutes", at_most=15.0), Reason("wage", "pay", "item_wage", at_least=0.0))
NEEDED = (Requirement("education", "education_gap", 0.0, asks=("education",), told=("education",)),)


@pytest.mark.parametrize(
    ("facts", "item", "note", "unanswered", "reasons"),
    [
        ({}, "guard", "no_requirements", (), ()),
        ({}, "bun", "nothing_told", ("education",), ("wage",)),
        ({"education": "90"}, "bun", "not_comparable", (), ("wage",)),
        ({"education": "31"} | HOME, "bun", None, (), ("near", "wage")),
        ({"education": "31", "personalised": False} | HOME, "bun", "off", (), ("near",)),
    ],
)
def test_why_the_fit_is_unknown_and_lists_by_rule(
    town: World, facts: dict[str, Any], item: str, note: str | None, unanswered: tuple[str, ...], reasons: tuple[str, ...]
) -> None:
    from features import JOB_ROWS
    from sqrec.rank import Linear, Policy, Recommender

    base, snapshot = town
    recommender = Recommender(
        base.profiler, base.city, StraightLine.of(base.city), {"job": JOB_ROWS}, {}, {"job": Linear.nothing()}
    )
    profile = nameless(town, at=AT, **facts)
    ranking: Ranking = recommender.recommend(profile, "job", snapshot, Policy(), 10)
    shown = ranking.order
    speech = Speech(JOB_ROWS, RowBuilder(()), FAMILIES, REASONS, NEEDED)
    view = View.of(snapshot, profile, "job", ranking.scene.pairs.take(shown), recommender.city)
    found = tell(speech, ranking, shown, view)
    verdict = found[[snapshot.items["job"].ids[row] for row in ranking.item].index(item)]
    assert (verdict.note, verdict.unanswered, verdict.reasons) == (note, unanswered, reasons)
