"""Every reader against tables written by hand: what a cell means, what is not known, what is asked."""

import contextlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.cities import load_city
from sqrec.cities.ages import age_at
from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.contract.words import word_list
from sqrec.mapping.readers import Asks, How, Unread, readers

QINGDAO = load_city("qingdao")


def read(reader: str, cells: str | Sequence[str], column: str, *chosen: str, **words: str) -> str:
    return read_on(date(2026, 11, 1), reader, cells, column, *chosen, **words)


def read_on(day: date, reader: str, cells: str | Sequence[str], column: str, *chosen: str, **words: str) -> str:
    table, _, name = column.partition(".")
    how = How(TABLES[table].column(name), QINGDAO, day, frozenset(chosen), words)
    return readers()[reader].read([cells] if isinstance(cells, str) else cells, how)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("4-6K", "4000", "6000", "month"),
        ("6-9K·13薪", "6000", "9000", "month"),
        ("1-1.5万/月", "10000", "15000", "month"),
        ("8千-1.2万/月", "8000", "12000", "month"),
        ("12-24万/年", "10000", "20000", "month"),
        ("150-180元/天", "150", "180", "day"),
        ("20元/小时", "20", "20", "hour"),
        ("25元/时", "25", "25", "hour"),
        ("面议", "", "", ""),
        ("0-0", "", "", ""),
        ("3,500-4,500元/月", "3500", "4500", "month"),
        ("５Ｋ以上", "5000", "", "month"),
        ("4000-6K", "4000", "6000", "month"),
        ("8000-1.2万/月", "8000", "12000", "month"),
        ("0.8-1.2万/月", "8000", "12000", "month"),
        ("100-150万/年", "83333.33", "125000", "month"),
        ("4K-6000", "4000", "6000", "month"),
        ("4K-6", "4000", "6000", "month"),
        ("0-6K", "", "6000", "month"),
        ("300-0.5K/天", "300", "500", "day"),
        ("3000-5000元/月", "3000", "5000", "month"),
        ("8-1.2万/月", None, None, None),
        ("6000元/月以下", None, None, None),
    ],
)
def test_wages(text: str, low: str | None, high: str, unit: str) -> None:
    if low is None:
        with pytest.raises(Unread):
            read("wage_min", text, "jobs.wage_min")
        return
    found = [read(reader, text, f"jobs.{reader}") for reader in ("wage_min", "wage_max", "wage_unit")]
    assert found == [low, high, unit]


def test_wages_ask_for_what_nothing_says() -> None:
    for text in ("3000-5000", "3000-5000元", "10-15万"):
        with pytest.raises(Asks, match="per"):
            read("wage_min", text, "jobs.wage_min")
    assert read("wage_min", "3000-5000", "jobs.wage_min", "per_month") == "3000"
    assert read("wage_max", "10-15万", "jobs.wage_max", "per_year") == "12500"
    with pytest.raises(Asks, match="scale"):
        read("wage_min", "1.4", "jobs.wage_min", "per_month")
    assert read("wage_min", "1.4", "jobs.wage_min", "per_month", "in_ten_thousands") == "14000"
    assert read("wage_min", "20", "jobs.wage_min", "per_hour") == "20"


def test_wages_of_several_cells() -> None:
    cells = ("30", "MONTH", "USD")
    with pytest.raises(Unread, match="currency"):
        read("wage_min", cells, "jobs.wage_min")
    assert read("wage_min", ("4500", "MONTH", "CNY"), "jobs.wage_min") == "4500"
    assert read("wage_unit", ("4500", "HOUR", ""), "jobs.wage_unit") == "hour"
    assert read("wage_extra", ("6-9K·13薪", "五险一金"), "jobs.benefits") == "13薪；五险一金"
    assert read("wage_monthly", "100元/天", "people.wage_min") == "2175"
    assert read("wage_code", "0400106000", "people.wage_min") == "4001"
    assert read("wage_code", "0000000000", "people.wage_min") == ""


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2026-11-01", "2026-11-01"),
        ("2026/11/1", "2026-11-01"),
        ("2026.11.01", "2026-11-01"),
        ("2026年11月1日", "2026-11-01"),
        ("20261101", "2026-11-01"),
        ("46327", "2026-11-01"),
        ("2026-11-01 00:00:00", "2026-11-01"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("3/3/2026", "2026-03-03"),
        ("1793462400", "2026-11-01"),
        ("1793462400000", "2026-11-01"),
        ("17 May 1988", "1988-05-17"),
    ],
)
def test_days(text: str, right: str) -> None:
    assert read("date", text, "courses.start_on") == right


@pytest.mark.parametrize(
    "text", ["11月10日", "26/3/1", "2026-02-30", "是", "00123", "99999999", "2026-13-01", "Foo-88", "13/13/2026"]
)
def test_what_is_no_day_stays_unread(text: str) -> None:
    with pytest.raises(Unread):
        read("date", text, "courses.start_on")


def test_days_ask() -> None:
    with pytest.raises(Asks, match="order"):
        read("date", "02/03/2026", "courses.start_on")
    assert read("date", "02/03/2026", "courses.start_on", "day_first") == "2026-03-02"
    assert read("date", "02/03/2026", "courses.start_on", "month_first") == "2026-02-03"
    with pytest.raises(Asks, match="unsaid_day"):
        read("date", "2010年6月", "people.graduated_on")
    assert read("date", "2010年6月", "people.graduated_on", "last_day") == "2010-06-30"
    assert read("date", "2010.12", "people.graduated_on", "last_day") == "2010-12-31"
    assert read("date", "2010", "people.graduated_on", "first_day") == "2010-01-01"
    assert read("date", "9999-11", "people.graduated_on", "last_day") == "9999-11-30"


@pytest.mark.parametrize(
    ("text", "choice"), [("9999-12", "last_day"), ("9999年", "last_day"), ("0000年", "last_day"), ("0000年", "first_day")]
)
def test_a_year_outside_the_calendar_stays_unread(text: str, choice: str) -> None:
    for reader, column in (
        ("date", "people.graduated_on"),
        ("moment", "jobs.valid_to"),
        ("registered", "people.registered_unemployed_on"),
    ):
        with pytest.raises(Unread):
            read(reader, text, column, choice)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1988-05-17", "1988-05"),
        ("1988/5", "1988-05"),
        ("198805", "1988-05"),
        ("32269", "1988-05"),
        ("May-88", "1988-05"),
        ("1988年5月", "1988-05"),
    ],
)
def test_months(text: str, right: str) -> None:
    assert read("month", text, "people.birth_month") == right


def test_two_digits_that_two_centuries_fit_are_no_year() -> None:
    with pytest.raises(Unread, match="centuries"):
        read("month", "May-30", "people.birth_month")
    assert read("month", "May-10", "people.birth_month") == "2010-05"


def test_ages_ask_for_the_side() -> None:
    with pytest.raises(Asks, match="age"):
        read("age", "33", "people.birth_month")
    assert read("age", "33岁", "people.birth_month", "just_turned") == "1993-10"
    assert read("age", "33", "people.birth_month", "nearly_older") == "1992-12"
    assert read_on(date(2026, 11, 15), "age", "60", "people.birth_month", "just_turned") == "1966-10"
    assert read_on(date(2026, 1, 31), "age", "60", "people.birth_month", "just_turned") == "1965-12"


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 100))
def test_an_age_comes_out_as_it_was_told(today: date, years: int) -> None:
    for side in ("just_turned", "nearly_older"):
        born = read_on(today, "age", str(years), "people.birth_month", side)
        assert age_at(born, today.year, today.month) == years
    youngest = read_on(today, "age", str(years), "people.birth_month", "just_turned")
    assert age_at(youngest, today.year, today.month - 1) == years - 1, "a month before it was not reached"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("20260701095500", "2026-07-01T09:55:00+08:00"),
        ("2026/7/1 9:55", "2026-07-01T09:55:00+08:00"),
        ("2026-07-01 09:55:00 +0800", "2026-07-01T01:55:00+00:00"),
        ("1782870900", "2026-07-01T01:55:00+00:00"),
        ("1782870900000", "2026-07-01T01:55:00+00:00"),
        ("2026-07-01T01:55:00.000Z", "2026-07-01T01:55:00+00:00"),
        ("2026年7月1日 9时55分", "2026-07-01T09:55:00+08:00"),
        ("2026-07-01 下午3:05", "2026-07-01T15:05:00+08:00"),
        ("46204.5", "2026-07-01T12:00:00+08:00"),
    ],
)
def test_moments(text: str, right: str) -> None:
    found = read("moment", text, "events.at")
    assert found == right
    assert parse(TABLES["events"].column("at"), found, QINGDAO.zone)[1] is None


def test_ends_of_validity() -> None:
    assert read("moment", "长期有效", "jobs.valid_to") == ""
    with pytest.raises(Unread):
        read("moment", "长期有效", "jobs.published_at")
    with pytest.raises(Asks, match="midnight"):
        read("moment", "2026-12-31 00:00:00", "jobs.valid_to")
    assert read("moment", "2026-12-31 00:00:00", "jobs.valid_to", "whole_day") == "2026-12-31"
    assert read("moment", "2026-12-31 00:00:00", "jobs.published_at") == "2026-12-31"
    with pytest.raises(Asks, match="unsaid_time"):
        read("moment", "2026-07-01", "events.at")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("24/7", "00:00-24:00"),
        ("24小时", "00:00-24:00"),
        ("Mo-Fr 10:30-13:00; Sa off", "mon-fri 10:30-13:00"),
        ("Mo-Su 08:00-22:00", "mon-sun 08:00-22:00"),
        ("周一至周日 08:00-21:00", "mon-sun 08:00-21:00"),
        ("周一至周五 8:30-17:00；周六 9:00-16:00", "mon-fri 08:30-17:00; sat 09:00-16:00"),
        ("07:30-17:30（工作日）", "mon-fri 07:30-17:30"),
        ("9：00—21：00", "09:00-21:00"),
        ("8:00至20:00", "08:00-20:00"),
        ("上午9:00-11:30，下午1:30-5:00", "09:00-11:30,13:30-17:00"),
        ("9点-18点半", "09:00-18:30"),
        ("Mo,We 09:00-12:00", "mon 09:00-12:00; wed 09:00-12:00"),
        ("Mo-Fr 09:00-12:00,13:00-17:00; PH off", "mon-fri 09:00-12:00,13:00-17:00"),
        ("每天 22:00-次日06:00", "mon-sun 22:00-06:00"),
        ("9am-5pm", "09:00-17:00"),
        ("Mo-Su 08:00-20:00; Tu off", "mon 08:00-20:00; wed-sun 08:00-20:00"),
        ("9:00-17:00；周一闭馆", "tue-sun 09:00-17:00"),
        ("每天 9:00-17:00;周一休息", "tue-sun 09:00-17:00"),
        ("每天 9:00-17:00，周一休息", "tue-sun 09:00-17:00"),
        ("周一闭馆；每天9:00-17:00", "tue-sun 09:00-17:00"),
        ("周一闭馆；9:00-17:00", "tue-sun 09:00-17:00"),
        ("Sa-Su off; Fr-Sa 10:00-18:00", "fri-sat 10:00-18:00"),
        ("Mo-Su off; Mo-Fr 09:00-17:00", "mon-fri 09:00-17:00"),
        ("Mo-Fr 08:00-18:00; We 08:00-12:00", "mon-tue 08:00-18:00; wed 08:00-12:00; thu-fri 08:00-18:00"),
        ("每天9:00-17:00，周三9:00-12:00", "mon-tue 09:00-17:00; wed 09:00-12:00; thu-sun 09:00-17:00"),
        ("每天 22:00-06:00; Sa 23:00-04:00", "mon-fri 22:00-06:00; sat 23:00-04:00; sun 22:00-06:00"),
        ("Tu-We 09:00-12:00, We 14:00-18:00", "tue 09:00-12:00; wed 09:00-12:00,14:00-18:00"),
        ("Tu-We 09:00-12:00; We 14:00-18:00", "tue 09:00-12:00; wed 14:00-18:00"),
        ("周一至周五 8:30-12:00；周一至周五 13:30-17:30", "mon-fri 08:30-12:00,13:30-17:30"),
        ("周一至周五 上午9:00-11:30，下午1:30-5:00", "mon-fri 09:00-11:30,13:30-17:00"),
        ("Fr-Mo 10:00-20:00", "mon 10:00-20:00; fri-sun 10:00-20:00"),
        ("9:00-21:00; PH off", "09:00-21:00"),
    ],
)
def test_hours(text: str, right: str) -> None:
    found = read("hours", text, "amenities.hours")
    assert found == right
    assert parse(TABLES["amenities"].column("hours"), found, QINGDAO.zone)[1] is None


@pytest.mark.parametrize(
    "text",
    ["看情况", "周一至周五", "Mo-Fr sunrise-sunset", "25:00-26:00", "休息", "Mo-Fr 10:00-18:00; 10:00-15:00", "9:00-17:00;休息"],
)
def test_what_is_no_hours_stays_unread(text: str) -> None:
    with pytest.raises(Unread):
        read("hours", text, "amenities.hours")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("青岛·市南区·香港中路", "370202"),
        ("青岛 市北区 台东", "370203"),
        ("青岛-崂山区", "370212"),
        ("山东省青岛市市北区", "370203"),
        ("市北区", "370203"),
        ("市南", "370202"),
        ("西海岸新区", "370211"),
        ("370203022", "370203022"),
        ("青岛", ""),
        ("北京·朝阳区", "北京/朝阳区"),
    ],
)
def test_areas(text: str, right: str) -> None:
    assert read("area", text, "jobs.area") == right


def test_an_area_of_two_districts_stays_unread() -> None:
    with pytest.raises(Unread):
        read("area", "市南区、市北区", "jobs.area")


@pytest.mark.parametrize(
    ("text", "required", "held"),
    [
        ("大专", "30", "30"),
        (" 大专", "30", "30"),
        ("统招本科", "20", "20"),
        ("本科毕业", "21", "21"),
        ("初中及以上", "70", None),
        ("初中及以下", "", None),
        ("学历不限", "", None),
        ("本科优先", "", None),
        ("本科及以上优先", "", None),
        ("本科学历者优先考虑", "", None),
        ("本科（优先）", "", "20"),
        ("大专（本科优先）", "30", "30"),
        ("大专及以上，本科优先", None, None),
        ("会计专业优先", None, None),
        ("中专/中技", "40", "40"),
        ("高中/中专", "60", "60"),
        ("高中\n（含中专）", "60", "60"),
        ("大专/本科", None, None),
        ("71", "71", "71"),
        ("速成班", None, None),
    ],
)
def test_education(text: str, required: str | None, held: str | None) -> None:
    for reader, column, right in (
        ("education_required", "jobs.education_min", required),
        ("education", "people.education", held),
    ):
        if right is None:
            with pytest.raises(Unread):
                read(reader, text, column)
        else:
            assert read(reader, text, column) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1-3年", "1"),
        ("经验不限", "0"),
        ("应届生", "0"),
        ("5-10年", "5"),
        ("10年以上", "10"),
        ("1年以内", "0"),
        ("3", "3"),
        ("1年以下经验", "0"),
        ("1年以内工作经验", "0"),
        ("1年经验以下", "0"),
        ("1年及以下", "0"),
        ("3年及以上工作经验", "3"),
        ("2年工作经验", "2"),
        ("有经验者优先", "0"),
        ("有相关工作经验优先", "0"),
        ("3年以上经验者优先", "0"),
        ("3年（优先）", "0"),
    ],
)
def test_years_that_are_asked_for(text: str, right: str) -> None:
    assert read("years_required", text, "jobs.experience_min_years") == right


@pytest.mark.parametrize("text", ["有经验", "1年以上，有经验者优先", "退伍军人优先", "优先"])
def test_what_asks_for_no_number_of_years_stays_unread(text: str) -> None:
    with pytest.raises(Unread):
        read("years_required", text, "jobs.experience_min_years")


def test_years_that_somebody_has() -> None:
    assert read("years", "3年", "people.experience_years") == "3"
    assert read("years", "10年以上工作经验", "people.experience_years") == "10"
    for text in ("1年以下", "1年以下经验", "1年以内工作经验"):
        with pytest.raises(Unread):
            read("years", text, "people.experience_years")
    with pytest.raises(Asks, match="range"):
        read("years", "1-3年", "people.experience_years")


@pytest.mark.parametrize(
    ("reader", "column", "text", "right"),
    [
        ("amenity_type", "amenities.type", "医疗保健服务;医药保健销售店;药房", "pharmacy"),
        ("amenity_type", "amenities.type", "农贸市场", "market"),
        ("amenity_type", "amenities.type", "canteen", "canteen"),
        ("status", "amenities.status", "营业中", "open"),
        ("event", "events.event", "投递", "apply"),
        ("kind", "events.kind", "岗位", "job"),
        ("job_kind", "jobs.kind", "公益性岗位", "public_welfare"),
        ("form", "jobs.form", "FULL_TIME", "full_time"),
        ("forms", "people.forms", "全职、兼职", "full_time|part_time"),
        ("sex", "restricted.sex", "女", "female"),
        ("sex", "restricted.sex", "2", "female"),
        ("yes_no", "restricted.disability", "有", "true"),
        ("needs", "people.needs", "托育、药店", "type:childcare|type:pharmacy"),
        ("list", "people.desired", "保洁员、保安、收银员", "保洁员|保安|收银员"),
        ("list", "people.desired", "532,531,-", "532|531"),
        ("id", "events.item_id", "100022.0", "100022"),
        ("number", "jobs.headcount", "5人", "5"),
        ("number", "jobs.headcount", "若干", ""),
        ("number", "jobs.wage_min", "２４００", "2400"),
        ("number", "communities.population", "1,094,900", "1094900"),
        ("number", "communities.seekers", "3万", "30000"),
        ("lon", "amenities.lon", "120.36,36.08", "120.36"),
        ("lat", "amenities.lat", "36.08,120.36", "36.08"),
        ("lon", "amenities.lon", "东经120°21′", "120.35"),
        ("html", "jobs.description", "<p>收银&amp;理货</p>", "收银&理货"),
    ],
)
def test_words_and_plain_readers(reader: str, column: str, text: str, right: str) -> None:
    assert read(reader, text, column) == right


@pytest.mark.parametrize(
    ("reader", "column", "text"),
    [
        ("status", "amenities.status", "休息中"),
        ("form", "jobs.form", "PART_TIME|INTERN"),
        ("wage_min", "jobs.wage_min", "$18/hr"),
        ("event", "events.event", "路过"),
        ("number", "communities.seekers", "约3万"),
        ("number", "communities.age_60_plus", "21.3%"),
        ("id", "events.item_id", "1.00E+17"),
        ("hukou", "restricted.hukou_type", "居民户口"),
    ],
)
def test_what_no_list_knows_stays_unread(reader: str, column: str, text: str) -> None:
    with pytest.raises(Unread):
        read(reader, text, column)


def test_flags_take_the_first_that_is_set() -> None:
    words = {"satisfied": "interview", "delivered": "apply", "browsed": "view", "otherwise": "impression"}
    found = [
        read("flags", cells, "events.event", **words)
        for cells in (("0", "1", "1"), ("0", "0", "1"), ("0", "0", "0"), ("1", "1", "1"))
    ]
    assert found == ["apply", "view", "impression", "interview"]


def test_two_asks() -> None:
    with pytest.raises(Asks, match="two"):
        read("yes_no", "2", "restricted.disability")
    with pytest.raises(Asks, match="slash"):
        read("list", "C/C++", "people.skills")


@given(st.sampled_from(sorted(readers())), st.text(max_size=30))
def test_a_reader_reads_says_no_or_asks(reader: str, text: str) -> None:
    for column in ("jobs.valid_to", "people.forms"):
        with contextlib.suppress(Unread, Asks):
            assert isinstance(read(reader, text, column), str)


@pytest.mark.parametrize(
    ("column", "text", "right"),
    [
        ("people.education", "本科", "20"),
        ("people.employment", "失业", "unemployed"),
        ("people.forms", "全职|兼职", "full_time|part_time"),
        ("people.personalised", "关", 0.0),
        ("people.registered_unemployed_on", "未登记", "no"),
        ("restricted.sex", "女", "female"),
        ("restricted.low_income", "是", 1.0),
        ("restricted.hukou_type", "农业", "rural"),
        ("restricted.local_insured_months", "36个月", 36.0),
    ],
)
def test_people_and_restricted_facts_are_told_in_words_everywhere(column: str, text: str, right: str | float) -> None:
    table, _, name = column.partition(".")
    assert parse(TABLES[table].column(name), text, QINGDAO.zone) == (right, None)


def test_the_page_names_every_reader() -> None:
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    rows = [line for line in page.partition("## Readers")[2].partition("\n## ")[0].splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in rows))) == sorted(readers())


def test_every_code_of_a_word_list_is_of_the_vocabulary() -> None:
    for name, vocabulary in {
        "education": TABLES["people"].column("education").words,
        "forms": TABLES["jobs"].column("form").words,
    }.items():
        assert set(word_list(name).codes.values()) <= set(vocabulary)
