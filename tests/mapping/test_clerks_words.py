"""Words, hours and places as clerks and sites write them: what a cell means, and what stays unread."""

import pytest

from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.mapping.readers import Unread
from tests.support.readers import QINGDAO, read


@pytest.mark.parametrize("text", ["不限", "无", "不限制", "所有人", "全体", "城乡劳动者", " 不限 ", "不限、所有人"])
def test_an_audience_of_everybody_names_no_group(text: str) -> None:
    assert read("groups", text, "courses.audience") == ""


@pytest.mark.parametrize("text", ["不限、退役军人", "残疾人，城乡劳动者", "城乡居民户"])
def test_everybody_beside_a_group_stays_unread(text: str) -> None:
    with pytest.raises(Unread):
        read("groups", text, "courses.audience")


LEVELS = {
    "5": ("五级", "初级工", "初级"),
    "4": ("四级", "中级工", "中级"),
    "3": ("三级", "高级工", "高级"),
    "2": ("二级", "技师", "技师"),
    "1": ("一级", "高级技师", "高级技师"),
}


@pytest.mark.parametrize("form", ["{}（{}）", "{}({})", "{}/{}"])
@pytest.mark.parametrize("level", sorted(LEVELS))
def test_a_level_by_both_of_its_names(level: str, form: str) -> None:
    number, *words = LEVELS[level]
    for word in words:
        assert read("level", form.format(number, word), "courses.level") == level
        assert read("level", form.format(word, number), "courses.level") == level


@pytest.mark.parametrize("text", ["四级（初级工）", "技师/高级技师", "四级（电工）", "（）"])
def test_two_levels_are_no_level(text: str) -> None:
    with pytest.raises(Unread):
        read("level", text, "courses.level")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("筹建中", "planned"),
        ("已关停", "closed"),
        ("停业", "closed"),
        ("已关闭", "closed"),
        ("试运营", "open"),
        ("规划中", "planned"),
    ],
)
def test_states(text: str, right: str) -> None:
    assert read("status", text, "amenities.status") == right


@pytest.mark.parametrize(
    ("reader", "column", "text", "right"),
    [
        ("amenity_type", "amenities.type", "便民维修点", "repair"),
        ("job_kind", "jobs.kind", "企业岗位", "market"),
        ("employment", "people.employment", "离校未就业", "unemployed"),
    ],
)
def test_words_of_registers(reader: str, column: str, text: str, right: str) -> None:
    assert read(reader, text, column) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("high school", "60"),
        ("associate degree", "30"),
        ("Bachelor Degree", "20"),
        ("professional certificate", "40"),
        ("postgraduate degree", "10"),
        ("31.0", "31"),
        ("no requirements", ""),
    ],
)
def test_credentials_of_job_postings(text: str, right: str) -> None:
    assert read("education_required", text, "jobs.education_min") == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("一年以上", "1"),
        ("两年", "2"),
        ("三年以上工作经验", "3"),
        ("三至五年", "3"),
        ("十年以上", "10"),
        ("十五年", "15"),
        ("二十年", "20"),
        ("一年以下", "0"),
        ("半年以上", "0.5"),
        ("无经验要求", "0"),
        ("三年以上优先", "0"),
    ],
)
def test_years_in_words(text: str, right: str) -> None:
    assert read("years_required", text, "jobs.experience_min_years") == right


@pytest.mark.parametrize("text", ["三五年", "一般", "十十年", "一年半", "第一年", "五百年"])
def test_what_is_no_number_of_years(text: str) -> None:
    with pytest.raises(Unread):
        read("years_required", text, "jobs.experience_min_years")


def test_years_in_words_that_somebody_has() -> None:
    assert read("years", "十二年", "people.experience_years") == "12"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("9:00-17:00（周一闭馆）", "tue-sun 09:00-17:00"),
        ("11:00—13:00，17:00—19:00（周日休息）", "mon-sat 11:00-13:00,17:00-19:00"),
        ("9:00-17:00 (周一、周二公休)", "wed-sun 09:00-17:00"),
        ("周二至周日9:00-17:00（周一闭馆）", "tue-sun 09:00-17:00"),
        ("9:00-17:00，周一公休", "tue-sun 09:00-17:00"),
        ("上午9点至下午5点，周一公休", "tue-sun 09:00-17:00"),
        ("上午9点至11点半，下午1点至5点", "09:00-11:30,13:00-17:00"),
        ("周一闭馆，9:00-17:00", "tue-sun 09:00-17:00"),
        ("（周一闭馆）9:00-17:00", "tue-sun 09:00-17:00"),
        ("9:00-12:00（周一休息），13:00-17:00", "tue-sun 09:00-12:00,13:00-17:00"),
        ("8:30-17:30（工作日），周六休息", "mon-fri 08:30-17:30"),
        ("8:30-17:30（工作日），周六 9:00-12:00", "mon-fri 08:30-17:30; sat 09:00-12:00"),
        ("周六、周日休息，工作日8:00-18:00", "mon-fri 08:00-18:00"),
        ("9:00-17:00（节假日休息）", "09:00-17:00"),
    ],
)
def test_a_closing_part_is_a_rule_of_its_own(text: str, right: str) -> None:
    found = read("hours", text, "amenities.hours")
    assert found == right
    assert parse(TABLES["amenities"].column("hours"), found, QINGDAO.zone)[1] is None


@pytest.mark.parametrize(
    "text", ["9:00-17:00（12:00-13:00午休）", "9:00-17:00（雨天休息）", "9:00-17:00（休息）", "（周一闭馆）"]
)
def test_what_closes_no_known_day_stays_unread(text: str) -> None:
    with pytest.raises(Unread):
        read("hours", text, "amenities.hours")


@pytest.mark.parametrize("reader", ["lon", "lat"])
@pytest.mark.parametrize("text", ["120.38|120.40", "36.07|36.09", "120.38,120.40", "36.07 36.09"])
def test_two_numbers_of_one_kind_are_no_pair(reader: str, text: str) -> None:
    with pytest.raises(Unread):
        read(reader, text, f"amenities.{reader}")


def test_a_pair_in_either_order_is_still_read() -> None:
    for text in ("120.38|36.07", "36.07,120.38", "(151.2, -33.9)", "-33.9 151.2"):
        found = read("lon", text, "amenities.lon"), read("lat", text, "amenities.lat")
        assert found in {("120.38", "36.07"), ("151.2", "-33.9")}


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        (("零就业家庭成员", "2026/3/1"), "hard_to_employ@2026-03-01"),
        (("2026年3月1日", "失地农民"), "hard_to_employ@2026-03-01"),
        (("就业困难人员（2026-03-01）",), "hard_to_employ@2026-03-01"),
        (("高校毕业生、登记失业人员", "20260301"), "graduate@2026-03-01|registered_unemployed@2026-03-01"),
        (("hard_to_employ@2026-03-01",), "hard_to_employ@2026-03-01"),
        (("graduate@2025-01-01|veteran@2026-01-01",), "graduate@2025-01-01|veteran@2026-01-01"),
        (("失地农民", "2026-03-01 00:00:00"), "hard_to_employ@2026-03-01"),
        (("4050人员", "2026.03.01"), "hard_to_employ@2026-03-01"),
        (("无", ""), ""),
    ],
)
def test_recognitions(cells: tuple[str, ...], right: str) -> None:
    found = read("recognised", cells, "restricted.recognised")
    assert found == right
    assert not found or parse(TABLES["restricted"].column("recognised"), found, QINGDAO.zone) == (right, None)


@pytest.mark.parametrize(
    "cells",
    [
        ("零就业家庭成员", ""),
        ("", "2026-03-01"),
        ("低保人员", "2026-03-01"),
        ("失地农民", "2026-02-30"),
        ("高校毕业生 2025-01-01|退役军人 2026-01-01",),
    ],
)
def test_a_recognition_without_its_one_day_or_group_stays_unread(cells: tuple[str, ...]) -> None:
    with pytest.raises(Unread):
        read("recognised", cells, "restricted.recognised")
