"""What a proposal takes from headers that say little: parents and parts, types in names, units alone, ids under any name."""

import json
from pathlib import Path

import pytest

from sqrec.mapping.guess import columns_of, table_of
from sqrec.tables import read_folder
from tests.mapping.test_adapt import adapted, write


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
