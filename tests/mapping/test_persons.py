"""Registers of persons: one file that feeds both tables of persons, and rows below it that are nobody."""

from pathlib import Path

import pytest

from sqrec.tables import read_folder
from tests.mapping.test_adapt import adapted, write
from tests.mapping.test_proposal import column_of

ROSTER = "序号,姓名,性别,出生年月,文化程度,求职意向\n1,王某,女,1985-03,大专,保洁\n2,李某,男,,,\n合计,2人,,,,\n审核人：周某,,,制表人：吴某,,\n"


def test_sums_and_signatures_are_nobody(tmp_path: Path) -> None:
    adapted(write(tmp_path, 花名册__csv=ROSTER))
    found = read_folder(tmp_path)
    assert found.tables["restricted"]["sex"].tolist() == ["female", "male"]
    assert found.tables["people"]["education"].fillna("").tolist() == ["30", ""]
    assert found.tables["people"]["person_id"].tolist() == found.tables["restricted"]["person_id"].tolist()
    told = [(one.table, one.row, one.hint) for one in found.problems if one.rule == "required"]
    why = "not read through the mapping: the row tells nothing, or is a sum or a signature below the table"
    assert told == [(table, row, why) for table in ("people", "restricted") for row in (4, 5)]


def test_a_sum_with_figures_in_known_columns_is_no_item(tmp_path: Path) -> None:
    adapted(write(tmp_path, 岗位__csv="招聘岗位,单位,招聘人数\n店员,甲,3\n保洁,乙,2\n合  计,合计,5\n"))
    found = read_folder(tmp_path)
    assert found.tables["jobs"]["title"].tolist() == ["店员", "保洁"]
    assert [(one.row, one.column) for one in found.problems] == [(4, "job_id")]


def test_the_name_of_a_sum_is_no_id(tmp_path: Path) -> None:
    adapted(write(tmp_path, 花名册__csv="人员编号,出生年月,文化程度\nR7,1985-03,大专\nR9,1990-10,高中\n总计,,2\n"))
    found = read_folder(tmp_path)
    assert found.tables["people"]["person_id"].tolist() == ["R7", "R9"]
    assert [(one.row, one.column, one.rule) for one in found.problems if one.is_error] == [(4, "person_id", "required")]


@pytest.mark.parametrize("header", ["残疾人,性别,户口性质,退役军人,农民工,单亲,失地", "性别"])
def test_a_file_of_both_tables_feeds_both_whichever_it_is_more_like(tmp_path: Path, header: str) -> None:
    cells = ",".join("女" if name == "性别" else "" for name in header.split(","))
    adapted(
        write(tmp_path, 台账__csv=f"个人编号,出生日期,学历,{header}\nA-1,1979-03-12,大专,{cells}\nA-2,1985-07-09,高中,{cells}\n")
    )
    found = read_folder(tmp_path)
    assert found.tables["people"][["person_id", "birth_month"]].to_numpy().tolist() == [["A-1", "1979-03"], ["A-2", "1985-07"]]
    assert found.tables["restricted"][["person_id", "sex"]].to_numpy().tolist() == [["A-1", "female"], ["A-2", "female"]]


def test_both_tables_take_a_person_by_the_same_id(tmp_path: Path) -> None:
    adapted(write(tmp_path, 求职者__csv="编号,求职者id,性别,学历\n1,S7,女,大专\n2,S9,男,高中\n"))
    assert column_of(tmp_path, "people", "person_id") == {"from": "求职者id"}
    assert column_of(tmp_path, "restricted", "person_id") == {"from": "求职者id"}


def test_another_file_of_that_table_keeps_what_it_gives(tmp_path: Path) -> None:
    people = "person_id,birth_month\nR1,1990-10\n"
    hard = "person_id,sex,disability,出生日期\nR1,female,false,1990-10-02\n"
    shown = adapted(write(tmp_path, people__csv=people, restricted__csv=hard))
    assert "left out: 出生日期 (it names people.birth_month, of another table)" in shown
    assert len(read_folder(tmp_path).tables["people"]) == 1


def test_an_apostrophe_before_digits_is_no_part_of_an_id(tmp_path: Path) -> None:
    people = "人员编号,出生年月,学历\n'3702001,1990-10,大专\n'3702002,1985-03,高中\n"
    hard = "人员编号,性别\n3702001,女\n'3702002,男\nO'7,女\n"
    shown = adapted(write(tmp_path, 花名册__csv=people, 困难人员__csv=hard))
    found = read_folder(tmp_path)
    assert found.tables["people"]["person_id"].tolist() == ["3702001", "3702002"]
    assert found.tables["restricted"]["person_id"].tolist() == ["3702001", "3702002", "O'7"]
    assert "person_id from 人员编号 (id): 2 of 2 converted: '3702001 → 3702001; '3702002 → 3702002" in shown
    assert "person_id from 人员编号 (id): 1 of 3 converted: '3702002 → 3702002" in shown


def test_a_file_without_rows_makes_no_ids(tmp_path: Path) -> None:
    adapted(write(tmp_path, 岗位__csv="招聘岗位,单位\n"))
    assert len(read_folder(tmp_path).tables["jobs"]) == 0


def test_a_row_that_begins_with_a_sum_is_nobody_whatever_stands_below_the_id(tmp_path: Path) -> None:
    text = "序号,人员编号,性别,出生年月\n1,R7,女,1985-03\n/,R9,男,1990-10\n合计,2人,,\n 审核人：周某,R8,,\n汇总后,R6,,1991-01\n"
    adapted(write(tmp_path, 花名册__csv=text))
    found = read_folder(tmp_path)
    assert found.tables["people"]["person_id"].tolist() == ["R7", "R9", "R6"]
    told = [(one.table, one.row, one.hint) for one in found.problems if one.rule == "required"]
    why = "not read through the mapping: the row tells nothing, or is a sum or a signature below the table"
    assert told == [(table, row, why) for table in ("people", "restricted") for row in (4, 5)]


def test_an_empty_id_beside_a_sum_is_not_called_one(tmp_path: Path) -> None:
    adapted(write(tmp_path, 岗位__csv="序号,岗位编号,岗位名称\n1,j1,店员\n2,,保安\n合计,2个,\n"))
    found = read_folder(tmp_path)
    assert found.tables["jobs"]["job_id"].tolist() == ["j1"]
    told = [(one.row, one.rule, "a sum" in one.hint) for one in found.problems if one.column == "job_id"]
    assert told == [(3, "required", False), (4, "required", False)]


def test_nothing_restricted_is_taken_by_its_looks(tmp_path: Path) -> None:
    text = "人员编号,户口性质,所属街道,备注一,备注二\nR7,农业,市北区辽宁路街道,女,市南区\nR9,城镇,市南区八大峡街道,男,市北区\n"
    adapted(write(tmp_path, 花名册__csv=text))
    assert column_of(tmp_path, "people", "area") == {"from": "所属街道"}
    kept_apart = read_folder(tmp_path).tables["restricted"]
    assert kept_apart["hukou_type"].tolist() == ["rural", "urban"]
    assert kept_apart[["hukou_area", "sex"]].isna().all(axis=None), "no header says that these are restricted facts"


def test_a_group_and_its_day_stand_in_two_columns(tmp_path: Path) -> None:
    text = "人员编号,性别,就业困难类型,认定时间,缴纳社保月数\nR7,女,长期失业人员,2026-03-01,36个月\nR9,男,残疾,2025-12-08,8\n"
    adapted(write(tmp_path, 帮扶对象__csv=text))
    assert column_of(tmp_path, "restricted", "recognised") == {"from": ["就业困难类型", "认定时间"]}
    assert column_of(tmp_path, "restricted", "local_insured_months") == {"from": "缴纳社保月数"}
    assert read_folder(tmp_path).tables["restricted"]["local_insured_months"].tolist() == [36, 8]


def test_a_total_in_any_case_is_nobody(tmp_path: Path) -> None:
    adapted(write(tmp_path, 花名册__csv="人员编号,学历,出生日期\nR7,本科,1985-03-01\nTotal,,\n"))
    assert read_folder(tmp_path).tables["people"]["person_id"].tolist() == ["R7"]


def test_another_place_of_a_person_is_no_home(tmp_path: Path) -> None:
    """Where somebody is registered, or works, is told by the header; how it ends says nothing."""
    text = '人员编号,学历,户籍地经度,户籍地纬度,工作单位坐标\nR7,本科,120.38,36.06,"120.1,36.1"\n'
    adapted(write(tmp_path, 花名册__csv=text))
    assert read_folder(tmp_path).tables["people"][["lon", "lat"]].isna().all(axis=None)


def test_a_pair_of_coordinates_is_not_the_first_one_twice(tmp_path: Path) -> None:
    adapted(write(tmp_path, 岗位__csv="岗位编号,岗位名称,X坐标,Y坐标\n1,店员,36.06,120.38\n"))
    found = read_folder(tmp_path).tables["jobs"]
    assert found["title"].tolist() == ["店员"]
    assert found[["lon", "lat"]].isna().all(axis=None)
