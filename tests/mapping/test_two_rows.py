"""Headers of two rows, sheets of a workbook, and spans in one cell."""

import json
from pathlib import Path
from typing import Any

import pytest

from sqrec.errors import TableError
from sqrec.mapping.tworows import joined
from sqrec.tables import read_folder
from tests.mapping.test_adapt import adapted, write
from tests.mapping.test_proposal import column_of
from tests.tables.test_workbooks import merge, workbook

PLAN = [
    ["2026年11月开班计划", "", "", "", "", ""],
    ["班级编号", "培训工种", "培训时间", "", "课时", "培训地点"],
    ["", "", "开班日期", "结业日期", "", ""],
    ["T1", "养老护理员", "2026-11-10", "2026-12-05", 120, "李沧区"],
    ["T2", "中式烹调师", "2026-11-03", "2026-11-28", 80, "线上"],
]


def changed(folder: Path, table: str, **values: Any) -> None:
    """Edit the first source of a table in the folder's mapping."""
    file = folder / "mapping.json"
    mapping = json.loads(file.read_text(encoding="utf-8"))
    mapping["tables"][table][0] |= values
    file.write_text(json.dumps(mapping, ensure_ascii=False), encoding="utf-8")


def assert_planned(folder: Path) -> None:
    courses = read_folder(folder).tables["courses"]
    assert courses[["course_id", "start_on", "end_on", "area"]].fillna("").to_numpy().tolist() == [
        ["T1", "2026-11-10", "2026-12-05", "370213"],
        ["T2", "2026-11-03", "2026-11-28", ""],
    ]
    assert courses["lesson_hours"].tolist() == [120, 80]


def test_names_below_a_merged_heading_are_joined_to_it(tmp_path: Path) -> None:
    workbook(write(tmp_path) / "开班计划.xlsx", 计划=PLAN)
    shown = adapted(tmp_path)
    assert "start_on from 培训时间.开班日期" in shown
    assert "left out: (no name)" not in shown
    assert_planned(tmp_path)
    assert read_folder(tmp_path).problems == [], "the second row of the header is no row"


def test_names_merged_over_both_rows_of_a_header_below_a_title(tmp_path: Path) -> None:
    file = write(tmp_path) / "开班计划.xlsx"
    workbook(file, 计划=[[cell or None for cell in row] for row in [*PLAN[:4], ["T2", "中式烹调师", *PLAN[4][2:5], None]]])
    merge(file, "A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "F4:F5")
    shown = adapted(tmp_path)
    assert "start_on from 培训时间.开班日期" in shown
    found = read_folder(tmp_path)
    assert found.tables["courses"]["course_id"].tolist() == ["T1", "T2"]
    assert found.tables["courses"]["area"].tolist() == ["370213", "370213"]
    assert [(one.rule, one.value) for one in found.problems] == [("merged", "培训地点: 1 merged over 2 rows")]


def test_a_csv_of_two_header_rows(tmp_path: Path) -> None:
    adapted(write(tmp_path, 开班计划__csv="".join(",".join(map(str, row)) + "\n" for row in PLAN[1:])))
    assert_planned(tmp_path)


@pytest.mark.parametrize("heading", ["薪资待遇（元/月）,", "薪资待遇（元/月）,薪资待遇（元/月）"])
def test_ends_of_a_wage_below_its_heading_wherever_it_stands(tmp_path: Path, heading: str) -> None:
    text = f"招聘岗位,所在区,{heading}\n,,最低,最高\n店员,市北区,4000,5500\n保洁,市南区,3000,3600\n"
    adapted(write(tmp_path, 岗位__csv=text))
    found = read_folder(tmp_path)
    jobs = found.tables["jobs"]
    assert jobs[["wage_min", "wage_max"]].to_numpy().tolist() == [[4000, 5500], [3000, 3600]]
    assert jobs["wage_unit"].tolist() == ["month", "month"]
    assert found.problems == [], "the second row of the header is no row"


def test_the_lower_row_of_a_sheet_may_be_the_wider_one(tmp_path: Path) -> None:
    rows = [["招聘岗位", "薪资（元/月）"], ["", "最低", "最高"], ["店员", 4000, 5500], ["保洁", 3000, 3600]]
    workbook(write(tmp_path) / "岗位.xlsx", 岗位=rows)
    adapted(tmp_path)
    assert read_folder(tmp_path).tables["jobs"]["wage_max"].tolist() == [5500, 3600]


def test_begin_and_end_below_a_time(tmp_path: Path) -> None:
    text = "course_id,title,培训时间,,fee\n,,begin,end,\nc1,护理,2026-11-10,2026-12-05,0\n"
    adapted(write(tmp_path, courses__csv=text))
    courses = read_folder(tmp_path).tables["courses"]
    assert courses[["start_on", "end_on"]].to_numpy().tolist() == [["2026-11-10", "2026-12-05"]]


def test_names_of_two_rows() -> None:
    top = ["序号", "薪资", "", "单价", "工种", "", "备注"]
    low = ["", "最低", "最高", "(元)", "工种", "甲"]
    assert joined(top, low) == ["序号", "薪资.最低", "薪资.最高", "单价(元)", "工种.工种", "工种.甲", "备注"]


@pytest.mark.parametrize(
    "below",
    [
        "甲,,最低,最高,",  # another cell is filled: perhaps a row of its own
        ",,最低,最低,",  # one name twice
    ],
)
def test_what_may_be_a_second_row_is_said_and_not_joined(tmp_path: Path, below: str) -> None:
    text = f"单位,招聘岗位,薪资（元/月）,,所在区\n{below}\n甲,店员,4000,5500,市北区\n乙,保洁,3000,3600,市南区\n"
    shown = adapted(write(tmp_path, 岗位__csv=text))
    assert "岗位.csv: row 2 looks like a second row of the header" in shown
    assert read_folder(tmp_path).tables["jobs"]["title"].tolist() == ["店员", "保洁"]


@pytest.mark.parametrize("row", ["店员,,包吃,包住", ",,4000,5500", ",,包吃,包住"])
def test_a_row_of_cells_is_no_second_row(tmp_path: Path, row: str) -> None:
    shown = adapted(write(tmp_path, 岗位__csv=f"招聘岗位,单位,福利,\n{row}\n保洁,甲,五险,\n"))
    assert "second row" not in shown
    assert "second_row" not in (tmp_path / "mapping.json").read_text(encoding="utf-8")


def test_a_second_row_stands_below_the_first(tmp_path: Path) -> None:
    adapted(write(tmp_path, 岗位__csv="招聘岗位,单位\n店员,甲\n"))
    changed(tmp_path, "jobs", header_row=3, second_row=3)
    with pytest.raises(TableError, match="second_row is the line of the header's second row, below header_row"):
        read_folder(tmp_path)


def test_a_mapping_names_its_sheet_and_another_source_may_read_the_next(tmp_path: Path) -> None:
    sheets = {"11月": [["招聘岗位", "单位"], ["店员", "甲"]], "12月": [["招聘岗位", "单位"], ["保洁", "乙"]]}
    workbook(write(tmp_path) / "岗位.xlsx", **sheets)
    shown = adapted(tmp_path)
    assert "not read: 12月; add a source with its `sheet` to have one" in shown
    assert [problem.rule for problem in read_folder(tmp_path).problems] == ["other-sheet"]
    changed(tmp_path, "jobs", sheet="12月")
    assert read_folder(tmp_path).tables["jobs"]["title"].tolist() == ["保洁"]
    mapping = json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8"))
    mapping["tables"]["jobs"].append(mapping["tables"]["jobs"][0] | {"sheet": "11月"})
    (tmp_path / "mapping.json").write_text(json.dumps(mapping, ensure_ascii=False), encoding="utf-8")
    both = read_folder(tmp_path)
    assert both.tables["jobs"]["title"].tolist() == ["保洁", "店员"]
    assert both.problems == []


def test_a_sheet_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    workbook(write(tmp_path) / "岗位.xlsx", 一=[["招聘岗位", "单位"], ["店员", "甲"]])
    adapted(tmp_path)
    assert json.loads((tmp_path / "mapping.json").read_text(encoding="utf-8"))["tables"]["jobs"][0]["sheet"] == "一"
    workbook(tmp_path / "岗位.xlsx", 二=[["招聘岗位", "单位"], ["店员", "甲"]])
    with pytest.raises(TableError, match=r"has no sheet 一; there are 二: correct `sheet` in the mapping\."):
        read_folder(tmp_path)


def test_the_last_end_of_a_span_is_how_long_a_vacancy_holds(tmp_path: Path) -> None:
    text = "招聘岗位,岗位有效期\n店员,2026-11-01至2026-12-31\n保洁,2026年11月1日-2026年11月30日\n厨师,2026.11.01~长期\n店长,即日起至2026-12-15\n会计,2026-11-01至12-31\n司机,2026-11-01至12月底\n"
    shown = adapted(write(tmp_path, 岗位__csv=text))
    assert column_of(tmp_path, "jobs", "valid_to") == {"from": "岗位有效期", "part": "last"}
    assert "valid_to is the last end of 岗位有效期; the other is not read by it" in shown
    found = read_folder(tmp_path)
    jobs = found.tables["jobs"]
    assert jobs["title"].tolist() == ["店员", "保洁", "厨师", "店长", "会计"]
    assert jobs["valid_to"].isna().tolist() == [False, False, True, False, False]
    assert jobs["valid_to"].iloc[4] == jobs["valid_to"].iloc[0], "a short end is of the year of the beginning"
    assert [(problem.row, problem.value, problem.rule) for problem in found.problems] == [(7, "2026-11-01至12月底", "validity")]


def test_both_ends_of_a_courses_time(tmp_path: Path) -> None:
    adapted(
        write(tmp_path, 课程__csv="课程编号,课程名称,培训时间\nc1,护理,2026-11-10至2026-12-05\nc2,烹饪,2026/11/3-2026/11/28\n")
    )
    courses = read_folder(tmp_path).tables["courses"]
    assert courses[["start_on", "end_on"]].to_numpy().tolist() == [["2026-11-10", "2026-12-05"], ["2026-11-03", "2026-11-28"]]


def test_a_courses_time_that_is_no_span_is_left(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 课程__csv="课程编号,课程名称,培训时间\nc1,护理,每周六\nc2,烹饪,晚上\n"))
    assert "left out: 培训时间 (it names start_on, which nothing is taken for here" in shown


def test_a_header_that_is_repeated_is_none_of_the_rows_of_a_mapping(tmp_path: Path) -> None:
    text = "岗位编号,岗位名称,所在区\nj1,店员,市北区\n岗位编号,岗位名称,所在区\nj2,保洁,市南区\n"
    adapted(write(tmp_path, 岗位__csv=text))
    found = read_folder(tmp_path)
    assert found.tables["jobs"]["job_id"].tolist() == ["j1", "j2"]
    assert [(one.row, one.rule) for one in found.problems] == [(3, "header-again")]
