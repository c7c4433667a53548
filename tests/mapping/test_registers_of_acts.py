"""Registers of who met what: events by the two ids that their headers name, whatever the file is called."""

from datetime import date
from pathlib import Path

import pytest

from sqrec.mapping.guess import table_of, tells_lists
from sqrec.mapping.spans import share_of_moments
from sqrec.tables import read_folder
from tests.mapping.test_adapt import adapted, write

JOBS = "岗位编号,岗位名称,月薪\nj1,保洁员,3000元\nj2,保安,3500元\n"


def test_a_register_of_a_fair_is_events_though_it_is_called_after_persons(tmp_path: Path) -> None:
    register = (
        "求职者编号,岗位编号,应聘岗位,面试时间,面试结果\np1,j1,保洁员,2026-10-20 09:30,录用\np2,j2,保安,2026-10-20 10:00,录用\n"
    )
    adapted(write(tmp_path, 求职登记表__csv=register, jobs__csv=JOBS))
    tables = read_folder(tmp_path).tables
    assert set(tables) == {"jobs", "events"}, "nobody is made of a register of acts"
    events = tables["events"]
    assert events[["person_id", "kind", "item_id", "event"]].to_numpy().tolist() == [
        ["p1", "job", "j1", "hire"],
        ["p2", "job", "j2", "hire"],
    ]
    assert [str(at)[:16] for at in events["at"].dt.tz_convert("Asia/Shanghai")] == ["2026-10-20 09:30", "2026-10-20 10:00"]


ACTS = {
    "人员编号,岗位编号": "events",
    "人员编号,性别,学历,岗位编号,应聘结果": "events",
    "居民编号,课程编号,报名时间,年龄": "events",
    "user_id,job_id,saved": "events",
    "求职登记号,岗位编号,岗位名称,面试结果": "events",
    "人员编号,性别,出生日期,岗位编号": "people",
    "user_id,job_id,job_title,salary,city,date": "jobs",
    "uid,poi_id,名称,类型,电话,地址": "amenities",
}


@pytest.mark.parametrize("header", ACTS)
def test_two_ids_make_events_unless_the_rest_speaks_for_another_table(header: str) -> None:
    assert table_of(Path("花名册.csv"), header.split(",")) == ACTS[header]


def test_a_file_of_ids_of_persons_alone_makes_nobody(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 求职登记表__csv="求职者编号,窗口号,应聘说明\np1,w1,甲\np2,w1,乙\n", jobs__csv=JOBS))
    assert "求职登记表.csv: like no table of the contract; not read" in shown
    assert "it names persons, and tells nothing of them that the contract asks for: 窗口号 (no column" in shown
    assert set(read_folder(tmp_path).tables) == {"jobs"}


def test_people_who_are_no_more_than_an_id_stay_under_the_contracts_own_name(tmp_path: Path) -> None:
    adapted(write(tmp_path, people__csv="person_id\np1\np2\n", jobs__csv=JOBS))
    assert read_folder(tmp_path).tables["people"]["person_id"].tolist() == ["p1", "p2"]


def test_a_left_out_header_says_what_it_names_elsewhere(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, people__csv="人员编号,学历,岗位编号\np1,大专,j1\n"))
    assert (
        "left out: 岗位编号 (no column of people is known by this name; elsewhere it names jobs.job_id, events.item_id)" in shown
    )


LISTS = {
    "user_id,item_id,score": True,
    "user_id,item_id,rank": True,
    "用户编号,岗位编号,匹配度,时间": True,
    "user_id,item_id,rank,timestamp": False,
    "user_id,item_id,rating,timestamp": False,
    "user_id,item_id,score,action": False,
    "user_id,job_id,rank,clicked": False,
    "user_id,score,rank": False,
}


@pytest.mark.parametrize("header", LISTS)
def test_scores_and_ranks_without_an_act_are_lists(header: str) -> None:
    assert tells_lists(Path("x.csv"), header.split(",")) == LISTS[header]
    assert not tells_lists(Path("events.csv"), header.split(","))


def test_lists_are_no_events_and_the_report_on_them_is_named(tmp_path: Path) -> None:
    ranked_adverts = "user_id,job_id,title,salary,city,score\nx,j3,店员,3000元/月,市南区,5\n"
    write(tmp_path, adverts__csv=ranked_adverts)
    shown = adapted(write(tmp_path, out__csv="user_id,job_id,score\np1,j1,0.5\np1,j2,0.4\n", jobs__csv=JOBS))
    assert "out.csv: like no table of the contract; not read" in shown
    assert f"`sqrec report --table {tmp_path / 'out.csv'}`" in shown
    assert set(read_folder(tmp_path).tables) == {"jobs"}
    assert read_folder(tmp_path).tables["jobs"]["job_id"].tolist() == ["j3", "j1", "j2"]


TIMES = {
    "seconds of a device": ["1795746600", "1795750200", "1795753800"],
    "milliseconds": ["1795746600000", "1795750200000", "1795753800000"],
    "ISO": ["2026-11-27T10:30:00+08:00", "2026-11-27 11:30:00", "2026-11-27T04:30:00Z"],
}


@pytest.mark.parametrize("times", TIMES)
def test_moments_under_an_unknown_header_are_taken(tmp_path: Path, times: str) -> None:
    log = "".join(f"p{n},j1,view,{at},{n}000000000,2026-10-1{n}\n" for n, at in enumerate(TIMES[times]))
    write(tmp_path, log__csv=f"user_id,job_id,action,client_ts,size,born\n{log}", jobs__csv=JOBS)
    (tmp_path / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-30"}', encoding="utf-8")
    shown = adapted(tmp_path)
    assert "at is taken from client_ts, as its cells are moments" in shown
    assert "no times" not in shown
    told = [str(at)[:16] for at in read_folder(tmp_path).tables["events"]["at"].dt.tz_convert("Asia/Shanghai")]
    assert told == ["2026-11-27 10:30", "2026-11-27 11:30", "2026-11-27 12:30"]


def test_of_two_columns_of_moments_one_is_asked_for(tmp_path: Path) -> None:
    log = "user_id,job_id,action,client_ts,server_ts\np1,j1,view,1795746600,1795746601\np2,j1,view,1795750200,1795750201\n"
    write(tmp_path, log__csv=log, jobs__csv=JOBS)
    (tmp_path / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-30"}', encoding="utf-8")
    shown = adapted(tmp_path, asks=1)
    assert (
        "events.at: nothing in the source says it; put the column that does into `from` (left out: client_ts, server_ts)" in shown
    )


def test_figures_out_of_the_time_of_logs_are_no_moments() -> None:
    today = date(2026, 11, 30)
    assert share_of_moments(["946684800", "1827500000", "1827500000123"], today) == 1.0  # 2000-01-01, 2027-11-29
    assert share_of_moments(["946684799", "1927500000", "13800138000", "20261127", "2026-11-27", "5001"], today) == 0.0
