"""Records that are one thing by several ids: wording, points by hand, groups, how work grows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.reach.straight import directions
from sqrec.same import Records, Rules, firm, groups_of, rules_of
from sqrec.same.blocks import pairs_of
from sqrec.same.records import numbered
from sqrec.same.rules import blocks
from sqrec.same.score import points
from sqrec.same.worded import worded


def job_rules() -> Rules:
    found = rules_of("job")
    assert found
    return found


def records(*titles: str, owners: tuple[str, ...] | None = None) -> Records:
    """Return records of one owner of which nothing but the title is known."""
    size = len(titles)
    nowhere, unsaid = np.full((3, size), np.nan), np.full(size, -1)
    facts = dict.fromkeys(job_rules().facts, unsaid)
    return Records(
        titles, owners or ("甲",) * size, nowhere, np.zeros((size, 4), np.uint64), unsaid, np.full((2, size), np.nan), facts
    )


def at(told: Records, *points_: tuple[float, float]) -> Records:
    lon, lat = np.array(points_, float).T
    return replace(told, direction=directions(lon, lat))


def paid(told: Records, *spans: tuple[float, float]) -> Records:
    return replace(told, span=np.array(spans, float).T)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("收银员", "收银员（急招）"),
        ("收银员 4000-5000元/月", "【诚聘】收银员 4-5K·13薪"),
        ("ＪＡＶＡ 工程师", "java-工程师 五险一金"),
        ("收银员（甲超市）", "收银员"),
        ("保洁阿姨 包吃住", "保洁员"),
        ("Line Cook @ 甲超市", "line cooks"),
        ("普工10名", "普工"),
        ("【招聘】收银员 5000起", "收银员（5000元/月）"),
        ("销售 4-6k", "月薪4000-6000元 销售"),
        ("销售/4-6k", "销售/4000-6000"),
    ],
)
def test_one_advert_worded_otherwise(title: str, other: str) -> None:
    one, two = worded([title, other], ["甲超市", "甲超市"])
    assert one.bare == two.bare


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("保安（白班）", "保安（夜班）"),
        ("Java工程师", "高级Java工程师"),
        ("收银员", "收银主管"),
        ("厨师", "厨工"),
        ("1号线安检员", "2号线安检员"),
        ("Sales Manager East", "Sales Manager West"),
        ("收银员", "理货员"),
        ("幼儿园教师", "幼儿园教师助理"),
        ("招聘专员", "社保专员"),
        ("社保专员", "公积金专员"),
        ("薪资专员", "奖金专员"),
        ("人事（招聘）", "人事（社保）"),
        ("1688运营", "运营"),
        ("12345话务员", "12306话务员"),
        ("会计实操2025", "会计实操2026"),
        ("文员 双休", "文员 单休"),
        ("10-35千伏电工", "35-110千伏电工"),
        ("主管", "主管住院部"),
        ("钢琴班 零基础", "钢琴班"),
        ("钢琴课（6人）", "钢琴课（10人）"),
        ("1-2年级老师", "12年级老师"),
    ],
)
def test_different_work_of_one_employer_at_one_place(title: str, other: str) -> None:
    told = paid(at(records(title, other), (120.3, 36.1), (120.3, 36.1)), (4000, 5000), (4000, 5000))
    assert groups_of(told, job_rules()).tolist() == [-1, -1]


def test_points_by_hand() -> None:
    """Equal titles 4, one place 1, equal wages 1, near ones 0.5, apart -3; equal but for a soft ending 3; else none, however alike."""
    told = at(
        records("收银员", "收银员", "收银", "收银员", "资深日语高级商务翻译老师", "资深英语高级商务翻译老师"),
        *[(120.3, 36.1)] * 6,
    )
    told = paid(told, (4000, 5000), (4000, 5000), (4000, 5500), (8000, 9000), (4000, 5000), (4000, 5000))
    first, second = np.array([0, 0, 0, 0, 4]), np.array([1, 2, 3, 4, 5])
    words = worded(told.titles, told.owners)
    assert points(told, words, job_rules(), first, second).tolist() == [6.0, 4.5, 2.0, -np.inf, -np.inf]


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("护士（急诊科）", "护士（儿科）"),
        ("护士（急诊科）", "护士"),
        ("日语老师", "英语老师"),
        ("高压电工", "低压电工"),
        ("上午班保洁", "下午班保洁"),
        ("山东省青岛市市南区综合医院高压电工", "山东省青岛市市南区综合医院低压电工"),
        ("护士长", "护士"),
        ("食堂阿姨", "食堂师傅"),
    ],
)
def test_titles_that_only_resemble_each_other_are_two_vacancies(title: str, other: str) -> None:
    """One place, one wage and one boilerplate text do not make up for a word."""
    told = paid(at(records(title, other), (120.3, 36.1), (120.3, 36.1)), (4000, 5000), (4000, 5000))
    assert groups_of(
        replace(told, texts=("五险一金，双休，包吃住，发展空间大，有意者请来电咨询",) * 2), job_rules()
    ).tolist() == [-1, -1]


def test_gaps_in_a_title_do_not_matter() -> None:
    assert groups_of(records("销售北京", "销售-北京", "北京 销售"), job_rules()).tolist() == [0, 0, -1]


def test_far_is_apart_and_an_area_may_hold_another() -> None:
    two = records("收银员", "收银员")
    assert groups_of(at(two, (120.3, 36.1), (120.3, 36.1025)), job_rules()).tolist() == [0, 0]  # 278 m
    assert groups_of(at(two, (120.3, 36.1), (120.3, 36.1036)), job_rules()).tolist() == [-1, -1]  # 400 m
    within = replace(two, area=np.array([[1, 1, 1, 1], [1, 2, 2, 2]], np.uint64))
    beside = replace(two, area=np.array([[1, 3, 3, 3], [1, 2, 2, 2]], np.uint64))
    assert groups_of(within, job_rules()).tolist() == [0, 0]
    assert groups_of(beside, job_rules()).tolist() == [-1, -1]


def test_facts_that_are_known_and_differ_tell_apart() -> None:
    two = records("收银员", "收银员")
    for values, expected in (([0, 1], [-1, -1]), ([0, -1], [0, 0]), ([1, 1], [0, 0])):
        assert groups_of(replace(two, facts={**two.facts, "form": np.array(values)}), job_rules()).tolist() == expected
    assert groups_of(replace(two, texts=("负责门店收银与顾客结账", "带队跑国际长途干线运输")), job_rules()).tolist() == [-1, -1]
    both = paid(at(two, (120.3, 36.1), (120.3, 36.1)), (4000, 5000), (4000, 5000))
    assert groups_of(replace(both, texts=("负责门店收银与顾客结账", "带队跑国际长途干线运输")), job_rules()).tolist() == [-1, -1]
    assert groups_of(replace(two, texts=("负责门店收银与顾客结账。", "负责门店收银与顾客结账")), job_rules()).tolist() == [0, 0]


def test_addresses_tell_places_where_a_point_is_not_known() -> None:
    """Another address is another place, even in one area; one address is one place; of two points the metres decide."""
    two = replace(records("收银员", "收银员"), area=np.ones((2, 4), np.uint64))
    here = at(two, (120.3, 36.1), (120.3, 36.1))
    half = replace(here, direction=np.where([True, False], here.direction, np.nan))
    rows = (np.array([0]), np.array([1]))
    for told, address, expected in (
        (two, [0, 1], -6.0),
        (two, [0, 0], 5.0),
        (two, [0, -1], 4.5),
        (half, [0, 1], -6.0),
        (half, [0, 0], 5.0),
        (here, [0, 1], 5.0),
    ):
        named = replace(told, address=np.array(address))
        assert points(named, worded(told.titles, told.owners), job_rules(), *rows).tolist() == [expected]
    apart = replace(two, area=np.array([[1, 3, 3, 3], [1, 2, 2, 2]], np.uint64), address=np.array([0, 0]))
    assert groups_of(apart, job_rules()).tolist() == [-1, -1]


@pytest.mark.parametrize(
    "name",
    ["form", "mode", "kind", "occupation", "hours", "days_per_week", "education_min", "experience_min_years", "hazards"],
)
def test_each_fact_tells_apart_what_is_alike_in_all_else(name: str) -> None:
    """Title 4, place 1, wage 1, text 1 and equal hours 0.5 do not outweigh one known difference; what is unknown tells nothing."""
    two = paid(at(records("收银员", "收银员"), (120.3, 36.1), (120.3, 36.1)), (4000, 5000), (4000, 5000))
    two = replace(two, texts=("负责门店收银与顾客结账",) * 2, facts={**two.facts, "hours": np.array([0, 0])})
    for values, expected in (([0, 1], [-1, -1]), ([0, -1], [0, 0])):
        assert groups_of(replace(two, facts={**two.facts, name: np.array(values)}), job_rules()).tolist() == expected


def test_likeness_is_no_chain() -> None:
    """Wages a fifth apart each: the third is 44 % from the first, and no twin of it."""
    told = paid(records("收银员", "收银员", "收银员"), (5000, 5000), (6000, 6000), (7200, 7200))
    assert groups_of(told, job_rules()).tolist() == [0, 0, -1]


def test_an_advert_that_says_little_joins_no_two_that_differ() -> None:
    """The first tells nothing but its wage; it is one with the second, and what tells another place, shift or wage stands by itself, with its own twin."""
    told = paid(records(*["保安"] * 6), *[(4000, 5000)] * 6)
    nowhere, here, there = (np.nan, np.nan), (120.3, 36.1), (120.4, 36.1)
    placed = at(told, nowhere, here, there, there, here, nowhere)
    assert groups_of(placed, job_rules()).tolist() == [0, 0, 2, 2, 0, 0]
    shifts = replace(told, facts={**told.facts, "hours": np.array([-1, 0, 1, 1, 0, -1])})
    assert groups_of(shifts, job_rules()).tolist() == [0, 0, 2, 2, 0, 0]
    wages = paid(records(*["保安"] * 4), nowhere, (4000, 5000), (8000, 9000), (4000, 5000))
    assert groups_of(wages, job_rules()).tolist() == [0, 0, -1, 0]


@settings(max_examples=100, deadline=None)
@given(facts=st.lists(st.tuples(*[st.integers(-1, 1)] * 3), min_size=2, max_size=12))
def test_no_two_of_a_group_differ_in_a_fact(facts: list[tuple[int, int, int]]) -> None:
    told = records(*["保安"] * len(facts))
    values = dict(zip(("hours", "form", "mode"), np.array(facts).T, strict=True))
    found = groups_of(replace(told, facts={**told.facts, **values}), job_rules())
    for column in values.values():
        for leader in set(found.tolist()) - {-1}:
            assert len(set(column[(found == leader) & (column >= 0)].tolist())) <= 1


def test_nobody_and_other_owners_are_no_twins() -> None:
    told = records(*["收银员"] * 5, owners=("", "", "甲超市有限公司", "乙超市", "甲超市"))
    assert groups_of(told, job_rules()).tolist() == [-1, -1, 2, -1, 2]
    assert (firm("Ａcme Inc."), firm("公司")) == ("acme", "公司")
    assert rules_of("amenity") is None


def test_reposts_over_a_window_are_one_group() -> None:
    told = records(*["收银员"] * (5 * blocks().wording))
    assert groups_of(told, job_rules()).tolist() == [0] * len(told)


TITLES = st.lists(
    st.sampled_from(["收银员", "收银员（急招）", "收银", "保安", "保安（夜班）", "java", "x"]), min_size=1, max_size=40
)


@settings(max_examples=50, deadline=None)
@given(titles=TITLES)
def test_groups_are_led_by_their_first(titles: list[str]) -> None:
    found = groups_of(records(*titles), job_rules())
    for row, leader in enumerate(found.tolist()):
        assert leader == -1 or (found[leader] == leader <= row and (found == leader).sum() > 1)


def test_pairs_grow_with_the_records() -> None:
    """Never more than each window and the first: a count of work, no clock."""
    most = 2 * (blocks().wording + 2)
    for size in (100, 1_000, 4_000):
        told = records(*[f"岗位{row % 7}" for row in range(size)])
        first, second = pairs_of(numbered(told.owners), worded(told.titles, told.owners), told)
        assert size <= len(first) <= most * size
        assert (first < second).all()
