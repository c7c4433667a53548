"""Registers of who met what: events by the two ids that their headers name, whatever the file is called."""

from pathlib import Path

import pytest

from sqrec.mapping.guess import table_of, tells_lists
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
