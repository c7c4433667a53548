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
