"""Readings that could be false without a word: lost zeros, units of other columns, scales beside an amount, codes as numbers."""

import pytest

from sqrec.mapping.readers import Asks, Unread
from sqrec.mapping.readers.words import near_words
from tests.support.readers import read


@pytest.mark.parametrize(("reader", "column"), [("month", "people.birth_month"), ("date", "people.graduated_on")])
def test_a_month_that_may_have_lost_its_zero_asks(reader: str, column: str) -> None:
    for text in ("1990.1", "１９９０．１"):
        with pytest.raises(Asks, match="lost_zero"):
            read(reader, text, column, "first_day")
    days = "" if reader == "month" else "-01"
    assert read(reader, "1990.1", column, "first_day", "october") == f"1990-10{days}"
    assert read(reader, "1990.1", column, "first_day", "january") == f"1990-01{days}"


@pytest.mark.parametrize(
    ("text", "right"),
    [("1990.01", "1990-01"), ("1990.10", "1990-10"), ("1990.11", "1990-11"), ("1990.2", "1990-02"), ("1990-1", "1990-01"), ("1990.1.5", "1990-01")],
)  # fmt: skip
def test_other_months_with_a_dot_have_one_reading(text: str, right: str) -> None:
    assert read("month", text, "people.birth_month") == right


@pytest.mark.parametrize(
    ("cells", "low", "high", "unit"),
    [
        (("8", "12", "万/年"), "6666.67", "10000", "month"),
        (("96", "144", "千元/年"), "8000", "12000", "month"),
        (("3.5", "4", "千/月"), "3500", "4000", "month"),
        (("3.5", "4", "K/月"), "3500", "4000", "month"),
        (("3.5", "4", "K"), "3500", "4000", "month"),
        (("0.35", "0.4", "万元/月"), "3500", "4000", "month"),
        (("3500", "4500", "月"), "3500", "4500", "month"),
        (("20", "22", "时"), "20", "22", "hour"),
        (("180", "200", "天"), "180", "200", "day"),
        (("8万", "12万", "万/年"), "6666.67", "10000", "month"),
        (("3500", "4500", "元", "月"), "3500", "4500", "month"),
        (("8", "12", "万", "年"), "6666.67", "10000", "month"),
    ],
)
def test_a_unit_beside_the_amount_tells_scale_and_period(cells: tuple[str, ...], low: str, high: str, unit: str) -> None:
    assert read("wage_min", (cells[0], *cells[2:]), "jobs.wage_min") == low
    assert read("wage_max", (cells[1], *cells[2:]), "jobs.wage_max") == high
    assert read("wage_unit", cells, "jobs.wage_unit") == unit


def test_what_a_row_says_is_paid_by_the_hour_takes_no_scale_of_the_source() -> None:
    chosen = ("per_year", "in_ten_thousands")
    assert read("wage_min", ("20", "时"), "jobs.wage_min", *chosen) == "20"
    assert read("wage_min", "20元/小时", "jobs.wage_min", *chosen) == "20"
    assert read("wage_min", "0.2", "jobs.wage_min", "per_day", "in_thousands") == "200"


@pytest.mark.parametrize("cells", [("8千", "万/年"), ("80000000", "万/月"), ("", "万"), ("", "万/月"), ("8", "万/周")])
def test_a_unit_that_does_not_fit_stays_unread(cells: tuple[str, ...]) -> None:
    with pytest.raises(Unread):
        read("wage_min", cells, "jobs.wage_min")


@pytest.mark.parametrize(
    ("column", "text", "right"),
    [
        ("courses.lesson_hours", "80课时", "80"),
        ("courses.capacity", "50人", "50"),
        ("courses.fee", "1,200元", "1200"),
        ("courses.fee", "免费", "0"),
        ("communities.population", "1.2万人", "12000"),
        ("communities.area_total", "3.5万㎡", "35000"),
        ("restricted.local_insured_months", "36个月", "36"),
        ("jobs.headcount", "招5名", "5"),
    ],
)
def test_a_number_takes_the_units_of_its_column(column: str, text: str, right: str) -> None:
    assert read("number", text, column) == right


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("courses.lesson_hours", "10天", "天 is no unit of this column"),
        ("courses.capacity", "30平方米", "平方米 is no unit"),
        ("courses.fee", "3个月", "个月 is no unit"),
        ("restricted.local_insured_months", "5年", "年 is no unit"),
        ("jobs.headcount", "3-5人", "no number"),
    ],
)
def test_a_unit_of_something_else_is_no_number(column: str, text: str, said: str) -> None:
    with pytest.raises(Unread, match=said):
        read("number", text, column)


@pytest.mark.parametrize("text", ["3.70203E+11", "3.70203e11", "３．７０２０３Ｅ＋１１", "3E+11", "青岛//香港中路", "李村/", "/李村", "New Jersey// Newark"])  # fmt: skip
def test_a_code_as_a_number_and_a_path_with_a_hole_are_no_area(text: str) -> None:
    with pytest.raises(Unread):
        read("area", text, "people.area")


@pytest.mark.parametrize(
    ("text", "right"),
    [("青岛//市南区", "370202"), ("New Jersey / Newark", "New Jersey/Newark"), ("山东省——济南市", "山东省/济南市"), ("青岛市/", "")],
)  # fmt: skip
def test_a_path_that_says_enough_is_read(text: str, right: str) -> None:
    assert read("area", text, "people.area") == right


@pytest.mark.parametrize(
    "text", ["夏季8:00-18:00，冬季8:30-17:00", "5月-10月 8:00-18:00", "Jun-Aug 08:00-20:00", "夏季 8:00-18:00"]
)
def test_hours_of_a_season_stay_unread_with_the_reason(text: str) -> None:
    with pytest.raises(Unread, match="one season"):
        read("hours", text, "amenities.hours")


@pytest.mark.parametrize("text", ["暂停营业", "装修中", "停业装修", "CLOSED_TEMPORARILY"])
def test_what_is_closed_for_now_is_not_shown(text: str) -> None:
    assert read("status", text, "amenities.status") == "closed"


@pytest.mark.parametrize(
    ("reader", "column", "text", "said"),
    [
        ("groups", "courses.audience", "高校毕业生、农村转移劳动者", "an unknown word: 农村转移劳动者"),
        ("forms", "people.forms", "全职|劳务派遣", "an unknown word: 劳务派遣"),
        ("form", "jobs.form", "全职（劳务派遣）", "an unknown word: 劳务派遣"),
        ("form", "jobs.form", "全职/兼职", "several words that differ"),
        ("form", "jobs.form", "劳务派遣", "an unknown word$"),
        ("recognised", "restricted.recognised", "失地农民、低保人员 2026-03-01", "an unknown group: 低保人员"),
    ],
)
def test_the_member_that_is_unknown_is_named(reader: str, column: str, text: str, said: str) -> None:
    with pytest.raises(Unread, match=said):
        read(reader, text, column)


@pytest.mark.parametrize(
    ("reader", "text", "near"),
    [
        ("education", "小学及以下", ["小学 (80)"]),
        ("amenity_type", "老年助餐点", ["助餐点 (canteen)"]),
        ("groups", "高校毕业生、登记失业青年人", ["登记失业青年 (youth_unemployed)"]),
        ("form", "fulltme", ["fulltime (full_time)"]),
        ("number", "约70", []),
        ("status", "开放", []),
    ],
)
def test_the_nearest_words_of_a_readers_list(reader: str, text: str, near: list[str]) -> None:
    assert list(near_words(reader, text))[:1] == near


@pytest.mark.parametrize(
    ("text", "low", "high", "per", "extra"),
    [
        ("日工资280-350", "280", "350", "day", ""),
        ("日薪：150元", "150", "150", "day", ""),
        ("时薪25-30元", "25", "30", "hour", ""),
        ("年薪12-24万", "10000", "20000", "month", ""),
        ("月工资3,500元以上", "3500", "", "month", ""),
        ("工资3500-4500元/月", "3500", "4500", "month", ""),
        ("3500-4500元/月，包食宿", "3500", "4500", "month", "包食宿"),
        ("4000元/月（五险一金、包住）", "4000", "4000", "month", "五险一金；包住"),
        ("6-9K·13薪，双休", "6000", "9000", "month", "13薪；双休"),
        ("日薪200元/天，管吃", "200", "200", "day", "管吃"),
    ],
)
def test_wages_with_a_word_in_front_and_what_is_given_besides(text: str, low: str, high: str, per: str, extra: str) -> None:
    cells = [text]
    told = [read(reader, cells, f"jobs.{column}") for reader, column in WAGE_COLUMNS]
    assert told == [low, high, per, extra]


WAGE_COLUMNS = [("wage_min", "wage_min"), ("wage_max", "wage_max"), ("wage_unit", "wage_unit"), ("wage_extra", "benefits")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("底薪3000+计件（综合5000-7000）", r"made of parts \(底薪, 计件, 综合\): what they come to is not sure"),
        ("3000-4000元/月，另有提成", r"made of parts \(提成\)"),
        ("4000元/月加绩效", r"made of parts \(绩效\)"),
        ("日工资280元/月", "paid for two different times"),
        ("3500元/月，看能力", "no wage"),
        ("包食宿3500", "no wage"),
    ],
)
def test_a_wage_with_more_than_one_reading_is_unread_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(Unread, match=why):
        read("wage_min", text, "jobs.wage_min")
