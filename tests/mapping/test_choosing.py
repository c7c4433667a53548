"""Of several headers, columns and files the one that is taken; what is not taken is told."""

import json
from pathlib import Path

import pytest

from sqrec.cli.app import app
from sqrec.mapping.guess import ranked
from sqrec.tables import open_folder, read_folder
from tests.mapping.test_adapt import RUNNER, adapted, write
from tests.mapping.test_proposal import column_of


@pytest.mark.parametrize("header", ["街道,社区名称", "社区名称,街道"])
def test_the_name_that_says_more_is_taken_wherever_it_stands(tmp_path: Path, header: str) -> None:
    row = {"街道": "台东街道", "社区名称": "威海路社区"}
    cells = ",".join(row[name] for name in header.split(","))
    shown = adapted(write(tmp_path, 社区__csv=f"{header},区划代码\n{cells},370203010005\n"))
    assert read_folder(tmp_path).tables["communities"]["name"].tolist() == ["威海路社区"]
    assert "left out: 街道 (it names name as well, which comes from 社区名称)" in shown


def test_an_empty_column_gives_way_to_a_filled_one(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 人员__csv="人员编号,编号,出生年月,学历\n,R1,1990-10,大专\n,R2,1985-03,高中\n"))
    assert read_folder(tmp_path).tables["people"]["person_id"].tolist() == ["R1", "R2"]
    assert "left out: 人员编号 (empty)" in shown


def test_a_member_that_is_null_once_hides_no_member_of_it(tmp_path: Path) -> None:
    rows = [{"user": None, "job_id": "j1", "event": "view", "at": "2026-10-01T08:00:00Z"}]
    rows += [{**rows[0], "user": {"id": name}} for name in ("u1", "u2")]
    adapted(write(tmp_path, log__jsonl="".join(f"{json.dumps(row)}\n" for row in rows)))
    assert column_of(tmp_path, "events", "person_id") == {"from": "user.id"}


def test_what_says_more_goes_before_a_bare_word_and_the_contracts_own_name_before_all() -> None:
    cells = {"编号": ["1"], "网点编号": ["2"], "amenity_id": ["3"], "poi_id": [""], "owner.id": ["4"]}
    assert ranked("amenities", "amenity_id", list(cells), cells) == ["amenity_id", "网点编号", "编号", "owner.id", "poi_id"]


def test_an_id_is_read_from_one_column_and_a_place_from_all(tmp_path: Path) -> None:
    adapted(
        write(
            tmp_path, 岗位__csv="招聘岗位,区县,城市\n店员,市北区,青岛\n", 社区__csv="代码,社区代码,社区名称\n7,370203010005,甲\n"
        )
    )
    assert column_of(tmp_path, "jobs", "area") == {"from": ["区县", "城市"]}
    assert column_of(tmp_path, "communities", "area") == {"from": "社区代码"}


DOUBLE = "职位,有效期至,月薪,有效期至\n店员,2026-12-31,4000元/月,2026-11-15\n"


def test_a_second_column_of_one_name_is_told_by_adapt_and_by_check(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 岗位__csv=DOUBLE))
    assert "left out: 有效期至 (column 4) (an earlier column has this name, and only that one is read" in shown
    told = [(problem.rule, problem.value) for problem in read_folder(tmp_path).problems if problem.row == 0]
    assert told == [("double-column", "有效期至")]


def test_a_second_column_is_none_that_a_mapping_can_name(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, jobs__csv="job_id,title_x,valid_to,valid_to\n1,a,2026-12-31,2026-11-15\n"), asks=1)
    assert "jobs.title: nothing in the source says it; put the column that does into `from` (left out: title_x), or" in shown


def test_a_switch_that_may_be_the_residents_own_is_said(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 台账__csv="人员编号,学历,户口性质,是否愿意接受推荐\nR1,大专,城镇,否\n"))
    assert shown.count("left out: 是否愿意接受推荐 (it could be personalised, the resident's own switch") == 2


def test_a_second_column_of_a_name_that_nothing_is_taken_from_needs_no_word(tmp_path: Path) -> None:
    shown = adapted(write(tmp_path, 岗位__csv="职位,备注,月薪,备注\n店员,甲,4000元/月,乙\n"))
    assert "only that one is read" not in shown
    assert read_folder(tmp_path).problems == []


def test_a_file_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    write(tmp_path, jobs__csv="job_id,title\n1,a\n")
    (tmp_path / "花名册.xlsx").write_bytes(b"no workbook")
    (tmp_path / "~$jobs.xlsx").write_bytes(b"\x04name of who has it open")
    shown = adapted(tmp_path)
    assert "jobs.csv → jobs" in shown
    assert f"{tmp_path}/花名册.xlsx is no workbook of the kind .xlsx; save it as one, or as CSV in UTF-8." in shown
    assert "~$" not in shown
    assert [problem.table for problem in open_folder(tmp_path).unread()] == ["花名册.xlsx"]


def test_where_nothing_is_left_every_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, 台账__csv="房号,户主\n1,王\n", 说明__docx="x")
    (tmp_path / "花名册.xlsx").write_bytes(b"no workbook")
    run = RUNNER.invoke(app, ["adapt", str(tmp_path)])
    assert run.exit_code == 1
    told = " ".join(run.output.split())
    assert "None of 台账.csv is like a table of the contract" in told
    assert "花名册.xlsx is no workbook" in told
    assert "说明.docx is not looked at" in told
