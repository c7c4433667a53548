"""Readers of days, months, ages, moments and opening hours against tables written by hand."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqrec.cities.ages import age_at
from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.mapping.readers import Asks, Unread
from sqrec.mapping.spans import end_of
from sqrec.tables import read_folder
from tests.mapping.test_adapt import adapted, write
from tests.support.readers import QINGDAO, read, read_on


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
    assert read("age", "33", "people.birth_month", "nearly_older") == "1992-11"
    assert read("age", "33.0", "people.birth_month", "nearly_older") == "1992-11"  # as a column with holes is written
    assert read_on(date(2026, 11, 15), "age", "60", "people.birth_month", "just_turned") == "1966-10"
    assert read_on(date(2026, 1, 31), "age", "60", "people.birth_month", "just_turned") == "1965-12"


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 100))
def test_an_age_comes_out_as_it_was_told(today: date, years: int) -> None:
    for side in ("just_turned", "nearly_older"):
        born = read_on(today, "age", str(years), "people.birth_month", side)
        assert age_at(born, today.year, today.month) == years
    youngest = read_on(today, "age", str(years), "people.birth_month", "just_turned")
    assert age_at(youngest, today.year, today.month - 1) == years - 1, "a month before it was not reached"
    oldest = read_on(today, "age", str(years), "people.birth_month", "nearly_older")
    assert age_at(oldest, today.year, today.month + 1) == years + 1, "a month after it is passed"


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


ENDS = {
    "2026.12.1-12.20": ("2026.12.1", "2026-12-20"),
    "2026年12月5日至12月25日": ("2026年12月5日", "2026-12-25"),
    "2026年12月5日-25日": ("2026年12月5日", "2026-12-25"),
    "2026/12/10-2027/1/5": ("2026/12/10", "2027/1/5"),
    "2026.12.20-1.5": ("2026.12.20-1.5", "2026.12.20-1.5"),
    "12月上旬": ("12月上旬", "12月上旬"),
    "即日-12.20": ("即日-12.20", "即日-12.20"),
    "2026-09-01 09:00-10.30": ("2026-09-01 09:00-10.30", "2026-09-01 09:00-10.30"),
}


@pytest.mark.parametrize("text", ENDS)
def test_a_short_end_takes_its_year_from_the_beginning(text: str) -> None:
    assert (end_of(text, "first"), end_of(text, "last")) == ENDS[text]


def test_a_time_of_courses_of_which_half_are_spans_is_taken(tmp_path: Path) -> None:
    plan = "课程编号,培训工种,培训起止时间\nk1,面点师,2026.12.1-12.20\nk2,护理员,2026年12月5日至2026年12月25日\nk3,电工,12月上旬\nk4,司机,{}\n"
    shown = adapted(write(tmp_path, 计划__csv=plan.format("2026-12-10")))
    assert "2 of 4 different cells are spans of two days in 培训起止时间; any other day there is read as both ends" in shown
    courses = read_folder(tmp_path).tables["courses"]
    assert [[str(day)[:10] for day in row] for row in courses[["start_on", "end_on"]].fillna("").to_numpy()] == [
        ["2026-12-01", "2026-12-20"],
        ["2026-12-05", "2026-12-25"],
        ["", ""],
        ["2026-12-10", "2026-12-10"],
    ]
    shown = adapted(write(tmp_path, 计划__csv=plan.format("另行通知").replace("2026.12.1-12.20", "12月")))
    assert (
        "left out: 培训起止时间 (1 of 4 different cells are spans of two days: add it to start_on and end_on with `part`" in shown
    )


@pytest.mark.parametrize(
    ("text", "choice", "other", "right"),
    [
        ("25/12/2026", "month_first", "day_first", "2026-12-25"),
        ("12.25.2026", "day_first", "month_first", "2026-12-25"),
        ("13-01-2026 09:30", "month_first", "day_first", "2026-01-13"),
    ],
)
def test_a_cell_that_contradicts_the_choice_is_unread(text: str, choice: str, other: str, right: str) -> None:
    with pytest.raises(Unread, match=rf"no month (25|13): is this column {other}\?"):
        read("date", text, "courses.start_on", choice)
    assert read("date", text, "courses.start_on", other) == right
    assert read("date", text, "courses.start_on") == right, "without a choice there is one reading alone"
