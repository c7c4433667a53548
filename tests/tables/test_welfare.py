"""Welfare posts named elsewhere than in `kind`: never in a ranked list, always told."""

import json
from pathlib import Path

import pandas as pd
import pytest

from sqrec.catalogue.kinds import KINDS_OF_ITEMS
from sqrec.tables import read_folder
from tests.support.files import folder_of, problems

HEADER = "job_id,title,kind,form,industry,note\n"


def kind_of(place: Path, row: str, header: str = HEADER) -> tuple[str | None, list[tuple[str, str]]]:
    """Read one job; return its kind and the column and cell of every `welfare-kind`, as far as it is told."""
    folder = folder_of(place, jobs_csv=f"{header}{row}\n")
    (kind,) = read_folder(folder, write_rejected=False).tables["jobs"]["kind"].tolist()
    told = [(problem.column, problem.value) for problem in problems(folder) if problem.rule == "welfare-kind"]
    return (kind if isinstance(kind, str) else None), told


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [
        ("a,社区保洁（公益性岗位）,,,,", "title", "社区保洁（公益性岗位）"),
        ("a,公益岗保洁员,,,,", "title", "公益岗保洁员"),
        ("a,乡村公益性岗位护林员,,full_time,,", "title", "乡村公益性岗位护林员"),
        ("a,保洁员,,公益性岗位,,", "form", "公益性岗位"),
        ("a,保洁员,,,公益岗位,", "industry", "公益岗位"),
        ("a,保洁员,,,,城镇公益性岗位", "note", "城镇公益性岗位"),
    ],
)
def test_a_welfare_post_without_a_kind_is_one(tmp_path: Path, row: str, column: str, cell: str) -> None:
    assert kind_of(tmp_path, row) == ("public_welfare", [(column, cell)])
    jobs = read_folder(tmp_path).tables["jobs"]
    assert KINDS_OF_ITEMS["job"].ranked(jobs).tolist() == [False]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("a,公益性岗位管理员,market,,,", "market"),
        ("a,公益性岗位（保洁员）,event,,,", "event"),
        ("a,公益性岗位（保洁员）,public_welfare,,,", "public_welfare"),
        ("a,保洁员（非公益性岗位）,,,,", None),
        ("a,保洁员（不属于公益岗）,,,,", None),
        ("a,公益活动策划,,,,", None),
        ("a,保洁员,,full_time,,公益性岗位 200 个由我司管理", None),
    ],
)
def test_a_kind_that_is_told_stays_and_what_names_none_has_none(tmp_path: Path, row: str, kind: str | None) -> None:
    assert kind_of(tmp_path, row) == (kind, [])


def test_a_title_through_a_mapping_tells_it_too(tmp_path: Path) -> None:
    columns = {"job_id": {"from": "号"}, "title": {"from": "岗位"}, "form": {"from": "用工形式"}}
    mapping = json.dumps({"version": 1, "tables": {"jobs": [{"file": "x.csv", "columns": columns}]}})
    folder = folder_of(
        tmp_path,
        mapping_json=mapping,
        x_csv="号,岗位,用工形式\n1,社区保洁（公益性岗位）,全职\n2,社区保洁,公益性岗位\n3,会计,全职\n",
    )
    jobs = read_folder(folder).tables["jobs"]
    assert jobs["kind"].fillna("").tolist() == ["public_welfare", "public_welfare", ""]


def test_only_rows_without_a_kind_are_marked_in_a_table_of_many(tmp_path: Path) -> None:
    rows = "".join(
        f"j{number},{'公益性岗位' if number % 3 == 0 else '会计'},{'market' if number % 2 else ''}\n" for number in range(60)
    )
    jobs = read_folder(folder_of(tmp_path, jobs_csv=f"job_id,title,kind\n{rows}")).tables["jobs"]
    marked = jobs["kind"].eq("public_welfare").to_numpy(bool).nonzero()[0].tolist()
    assert marked == list(range(0, 60, 6))


def test_rows_that_a_store_holds_from_before_are_no_market_either() -> None:
    titles = ["保洁员（公益性岗位）", "保洁员（公益性岗位）", "会计", "会计", "会计（非公益性岗位）"]
    jobs = pd.DataFrame({"title": titles, "kind": [None, "market", "public_welfare", None, None]}, dtype="str")
    assert KINDS_OF_ITEMS["job"].ranked(jobs).tolist() == [False, True, False, True, True]
