"""Readers of wages, places and words against tables written by hand: what a cell means, what is not known, what is asked."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.contract.words import word_list
from sqrec.mapping.readers import Asks, Unread, readers
from tests.support.readers import QINGDAO, read


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
