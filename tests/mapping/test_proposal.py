"""What a proposal takes from headers that say little: parents and parts, types in names, units alone, ids under any name."""

import json
from pathlib import Path

import pytest

from sqrec.cli.app import app
from sqrec.mapping.guess import columns_of, table_of
from sqrec.rawtables import read_raw
from sqrec.tables import read_folder
from tests.mapping.test_adapt import RUNNER, adapted, write
from tests.tables.test_workbooks import workbook


@pytest.mark.parametrize("first", ["company", "id"])
def test_an_id_under_a_parent_is_the_parents(tmp_path: Path, first: str) -> None:
    rows = [{"company": {"id": f"c{n}", "name": "甲"}, "id": f"j{n}", "job_title": "店员"} for n in (1, 2)]
    rows = [{first: row[first], **row} for row in rows]
    adapted(write(tmp_path, feed__jsonl="".join(f"{json.dumps(row)}\n" for row in rows)))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["job_id"].tolist() == ["j1", "j2"]
    assert jobs["employer_id"].tolist() == ["c1", "c2"]
    assert jobs["employer"].tolist() == ["甲", "甲"]


def test_whole_names_stand_before_last_parts() -> None:
    assert columns_of("amenities", ["geo.address", "address", "owner.id", "biz.opentime"]) == {
        "address": ["address", "geo.address"],
        "hours": ["biz.opentime"],
    }


def test_types_in_headers_are_no_names(tmp_path: Path) -> None:
    header = ["user_id:token", "item_id:token", "skills:token_seq", "timestamp:float", "x:float_seq"]
    assert columns_of("events", header) == {
        "person_id": ["user_id:token"],
        "item_id": ["item_id:token"],
        "at": ["timestamp:float"],
    }
    assert table_of(tmp_path / "x.tsv", ["user_id:token", "item_id:token", "timestamp:float"]) == "events"


def test_a_files_name_alone_makes_no_table(tmp_path: Path) -> None:
    assert table_of(tmp_path / "people.tsv", ["foo", "bar"]) is None
    assert table_of(tmp_path / "people.tsv", ["foo", "age"]) == "people"


def test_a_word_that_a_mapping_does_not_know_goes_into_its_words(tmp_path: Path) -> None:
    adapted(write(tmp_path, 网点__csv="编号,名称,类型\na1,甲,便利店\na2,乙,棋牌室\n"))
    told = [problem.hint for problem in read_folder(tmp_path).problems if problem.value == "棋牌室"]
    assert len(told) == 1
    assert "add it to `words` of this column in mapping.json" in told[0]


SPLIT = "单位,招聘岗位,{},所在区\n甲,,最低,最高,,\n甲,收银员,4500,6000,早班,市北区\n乙,店员,4000,5500,晚班,市南区\n丙,保洁,3000,3600,,市北区\n丁,厨师,面议,8000,,市北区\n"  # fmt: skip


def test_the_nameless_column_beside_a_wage_is_its_upper_end(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 岗位__csv=SPLIT.format("薪资待遇（元/月）,,")))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].fillna(-1).to_numpy().tolist() == [[4500, 6000], [4000, 5500], [3000, 3600], [-1, 8000]]
    assert "wage_max from (no name)" in shown
    assert "left out: (no name) (column 5 of the file has no name in the header" in shown


def test_an_upper_end_that_cannot_be_named_is_no_copy_of_the_lower(tmp_path: Path) -> None:
    text = "招聘岗位,,薪资待遇（元/月）,,所在区\n收银员,早班,4500,6000,市北区\n店员,晚班,4000,5500,市南区\n"
    shown = adapted(write(tmp_path, 岗位__csv=text))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["wage_min"].tolist() == [4500, 4000]
    assert "wage_max" not in jobs or jobs["wage_max"].isna().all()
    assert "left out: (no name) (column 2, 4 of the file" in shown


def test_nameless_words_beside_a_wage_are_no_wage(tmp_path: Path) -> None:
    text = "招聘岗位,薪资待遇（元/月）,,所在区\n收银员,4500,包吃,市北区\n店员,4000-6000,包住,市南区\n"
    shown = adapted(write(tmp_path, 岗位__csv=text))
    assert read_folder(tmp_path).tables["jobs"]["wage_max"].tolist() == [4500, 6000]
    assert "left out: (no name)" in shown


def test_a_unit_alone_is_no_wage(tmp_path: Path) -> None:
    adapted(write(tmp_path, jobs__csv="job_id,title,Pay period,c1\n1,店员,Monthly,月\n2,保洁,Hourly,小时\n3,厨师,Daily,天\n"))
    assert "wage_min" not in json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8"))["tables"]["jobs"][0]["columns"]


def test_of_wage_headers_the_one_with_amounts_is_taken(tmp_path: Path) -> None:
    text = "招聘岗位,待遇,月薪,日薪\n店员,,4000-6000,\n保洁,,面议,\n"
    shown = adapted(write(tmp_path, 岗位__csv=text))
    assert read_folder(tmp_path).tables["jobs"]["wage_max"].fillna(-1).tolist() == [6000, -1]
    assert "left out: 待遇 (empty)" in shown


def test_an_empty_object_hides_no_wage_of_its_members(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "job_title": "店员", "salary": None},
        {"id": 2, "job_title": "保洁", "salary": {"min": 150, "max": 200, "period": "DAILY"}},
    ]
    adapted(write(tmp_path, feed__jsonl="".join(f"{json.dumps(row)}\n" for row in rows)))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].fillna(-1).to_numpy().tolist() == [[-1, -1], [150, 200]]
    assert jobs["wage_unit"].tolist()[1] == "day"


def column_of(folder: Path, table: str, column: str) -> object:
    """Return how the written mapping takes a column, of the table's first source."""
    return json.loads((folder / "mapping.json").read_text(encoding="utf-8"))["tables"][table][0]["columns"][column]


def test_an_id_under_an_unknown_header_is_taken_with_a_note(tmp_path: Path) -> None:
    text = "序号,职位详情链接,职位,备注\n1,https://e.cn/j/7,店员,甲\n2,https://e.cn/j/9,保洁,乙\n,合计,,\n"
    shown = adapted(write(tmp_path, jobs__csv=text))
    assert column_of(tmp_path, "jobs", "job_id") == {"from": "职位详情链接"}
    assert "jobs.csv: job_id is taken from 职位详情链接, as its cells are all different" in shown
    assert "job_id is taken from 职位详情链接" in json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8"))["about"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("内部编号", ["a7", "a7", "a9"]),  # not all different
        ("内部编号", ["a7", "", "a9"]),  # not all filled
        ("序号", ["1", "2", "3"]),  # a counter
        ("联系手机号", ["a7", "a8", "a9"]),  # names a person by its header
        ("外部编号", ["13812345678", "a8", "a9"]),  # names a person by a cell
        ("c1", ["2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z"]),  # times
        ("c1", ["4-6K", "5-7K", "6-8K"]),  # money
        ("c1", ["3500", "4800", "5100"]),  # numbers of anything
        ("说明", ["有宿舍", "在市北", "近地铁"]),  # words
    ],
)
def test_what_is_no_id_leaves_the_id_to_the_row(tmp_path: Path, header: str, cells: list[str]) -> None:
    rows = [f"{title},{title}店,{cell}\n" for title, cell in zip(["店员", "保洁", "厨师"], cells, strict=True)]
    adapted(write(tmp_path, jobs__csv=f"招聘岗位,单位,{header}\n{''.join(rows)}"))
    assert column_of(tmp_path, "jobs", "job_id") == {"from": ["招聘岗位", "单位", header], "read": "row_id"}


def test_codes_under_any_header_are_ids(tmp_path: Path) -> None:
    adapted(write(tmp_path, jobs__csv="招聘岗位,c1\n店员,QD-07\n保洁,QD-31\n厨师,QD-12\n"))
    assert column_of(tmp_path, "jobs", "job_id") == {"from": "c1"}


def test_two_columns_that_could_be_the_id_are_asked_for(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, jobs__csv="招聘岗位,内部编号,外部编号\n店员,a1,b7\n保洁,a5,b9\n"), asks=1)
    assert (
        "jobs.job_id: nothing in the source says it; put the column that does into `from` (left out: 内部编号, 外部编号)" in shown
    )
    assert "left out: 内部编号 (it could be job_id: its cells are all different)" in shown


def test_events_join_by_the_ids_that_both_files_use(tmp_path: Path) -> None:
    jobs = "招聘岗位,内部编号,k\n店员,a1,9001\n保洁,a5,9002\n厨师,a7,9003\n"
    log = "uid,job_id,behavior,ts\nu1,9001,点击,2026-10-01T08:00:00Z\nu1,9003,投递,2026-10-01T08:05:00Z\n"
    adapted(write(tmp_path, jobs__csv=jobs, 日志__csv=log))
    assert column_of(tmp_path, "jobs", "job_id") == {"from": "k"}
    found = read_folder(tmp_path)
    assert set(found.tables["events"]["item_id"]) <= set(found.tables["jobs"]["job_id"])


def test_what_an_event_is_about_is_known_by_the_ids_of_a_file(tmp_path: Path) -> None:
    jobs = "job_id,title\nj-901,店员\nj-902,保洁\nj-903,厨师\n"
    log = "uid,subject,behavior,ts\nu1,j-901,点击,2026-10-01T08:00:00Z\nu1,j-903,投递,2026-10-01T08:05:00Z\nu2,j-903,点击,2026-10-01T08:06:00Z\n"
    shown = adapted(write(tmp_path, jobs__csv=jobs, 日志__csv=log))
    assert column_of(tmp_path, "events", "item_id") == {"from": "subject"}
    assert column_of(tmp_path, "events", "kind") == {"constant": "job"}
    assert "日志.csv: item_id is taken from subject, as its cells are ids of jobs" in shown
    assert read_folder(tmp_path).tables["events"]["item_id"].tolist() == ["j-901", "j-903", "j-903"]


def test_small_numbers_agree_by_chance_and_are_asked_for(tmp_path: Path) -> None:
    jobs = "job_id,title\n1,店员\n2,保洁\n3,厨师\n"
    log = "uid,page,behavior,ts\nu1,1,点击,2026-10-01T08:00:00Z\nu1,2,投递,2026-10-01T08:05:00Z\n"
    shown = adapted(write(tmp_path, jobs__csv=jobs, 日志__csv=log), asks=1)
    assert (
        "events.item_id: nothing in the source says it; put the column that does into `from` (left out: page), or write" in shown
    )


def test_the_sheet_with_columns_is_read_and_the_other_named(tmp_path: Path) -> None:
    notes, rows = [["一、本表由各街道填报"], ["二、以七普为准"]], [["招聘岗位", "月工资"], ["保洁", "3000-3500"]]
    workbook(write(tmp_path) / "岗位汇总.xlsx", 填表说明=notes, 数据=rows)
    shown = adapted(tmp_path)
    assert "岗位汇总.xlsx: read is workbook, sheet 数据; not read: 填表说明" in shown
    assert read_folder(tmp_path).tables["jobs"]["title"].tolist() == ["保洁"]


def test_a_workbook_of_notes_alone_is_still_read_from_its_first_sheet(tmp_path: Path) -> None:
    workbook(tmp_path / "skills.xlsx", 一=[["name"], ["收银"]], 二=[["title"], ["理货"]])
    assert read_raw(tmp_path / "skills.xlsx").header == ["name"]


def test_files_that_are_not_looked_at_are_named_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, jobs__csv="job_id,title\n1,a\n", jobrec__inter="user_id:token\nu1\n")
    (tmp_path / "名册.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    shown = adapted(tmp_path)
    assert "名册.xls is an old workbook (.xls); save it as .xlsx or as CSV in UTF-8." in shown
    assert "jobrec.inter is not looked at; its ending is none of a table's." in shown
    assert "folder.json is" not in shown


def test_a_folder_of_other_files_alone_names_them_too(tmp_path: Path) -> None:
    (write(tmp_path) / "名册.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    run = RUNNER.invoke(app, ["adapt", str(tmp_path)])
    assert run.exit_code == 1
    assert "名册.xls is an old workbook (.xls); save it as .xlsx" in " ".join(run.output.split())


SITE = "职位名称,薪资,工作经验,学历要求,工作地点,公司名称,更新时间,公司规模,职位链接,{}招聘人数,截止日期,工作性质,联系电话\n"


@pytest.mark.parametrize("own", ["职位ID", "内部编号", "xkey"])
def test_a_named_mapping_takes_besides_what_is_known_of_any_file(tmp_path: Path, own: str) -> None:
    rows = [
        f"{name},4-6千/月,1-3年,大专,市北区,甲,2026-10-20,20-99人,https://x/{name},{n},3,2026-12-31,全职,5550100\n"
        for name, n in (("店员", "A77"), ("保安", "A78"), ("会计", "A79"))
    ]
    header = SITE.format(f"{own},") if own == "职位ID" else SITE.replace("职位链接", "备注").format(f"{own},")
    clicks = "user_id,job_id,event,at\np1,A77,view,2026-10-21T09:00:00+08:00\np2,A78,view,2026-10-21T09:00:00+08:00\n"
    shown = adapted(write(tmp_path, 导出__csv=header + "".join(rows), events__csv=clicks))
    assert "known: boss" in shown
    assert "公司规模 (the contract has no size of an employer)" in shown
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["job_id"].tolist() == ["A77", "A78", "A79"]
    assert jobs[["headcount", "form", "phone"]].iloc[0].tolist() == [3, "full_time", "5550100"]
    assert [str(end)[:16] for end in jobs["valid_to"].dt.tz_convert("Asia/Shanghai")] == ["2027-01-01 00:00"] * 3
