"""A folder read through its mapping: what the contract's tables hold then, what is refused, what is counted."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sqrec.cli.app import app
from sqrec.errors import TableError
from sqrec.mapping import read_mapping
from sqrec.store import Store, import_folder
from sqrec.tables import check_folder, open_folder, read_folder
from tests.mapping.test_adapt import RUNNER, adapted, write

BOSS = """职位,待遇,公司,在哪,要求经验,文凭
收银员,4-6K,甲店,青岛 市北区,1-3年,大专
会计,面议,乙店,青岛,经验不限,学历不限
保洁,180元/天,丙店,崂山区,应届生,小学
"""
JOBS = {
    "job_id": {"from": ["职位", "公司"], "read": "row_id"},
    "title": {"from": "职位"},
    "wage_min": {"from": "待遇"},
    "wage_max": {"from": "待遇"},
    "wage_unit": {"from": "待遇"},
    "area": {"from": "在哪"},
    "education_min": {"from": "文凭"},
    "experience_min_years": {"from": "要求经验"},
    "source": {"constant": "某网站"},
}


def folder(path: Path, tables: dict[str, Any], name: str = "mapping.json", **files: str) -> Path:
    """Write files, the folder's facts and a mapping."""
    for file, text in files.items():
        (path / file.replace("_csv", ".csv")).write_text(text, encoding="utf-8")
    (path / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-01"}', encoding="utf-8")
    (path / name).write_text(json.dumps({"version": 1, "tables": tables}, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_folder_uses_its_own_mapping(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, x_csv=BOSS))
    jobs = found.tables["jobs"]
    assert jobs["title"].tolist() == ["收银员", "会计", "保洁"]
    assert jobs["wage_min"].fillna(-1).tolist() == [4000, -1, 180]
    assert jobs["wage_max"].fillna(-1).tolist() == [6000, -1, 180]
    assert jobs["wage_unit"].fillna("").tolist() == ["month", "", "day"]
    assert jobs["area"].fillna("").tolist() == ["370203", "", "370212"]
    assert jobs["education_min"].fillna("").tolist() == ["30", "", "80"]
    assert jobs["experience_min_years"].tolist() == [1, 0, 0]
    assert jobs["source"].unique().tolist() == ["某网站"]
    assert jobs["job_id"].is_unique
    assert found.problems == []


def test_ids_of_rows_are_the_same_whatever_stands_around_them(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    lines = BOSS.splitlines()
    turned = "\n".join([lines[0], lines[3], lines[1]])
    feeds = {"jobs": [{"file": "x.csv", "columns": JOBS}]}
    first, second = (
        read_folder(folder(tmp_path / name, feeds, x_csv=text)).tables["jobs"] for name, text in (("a", BOSS), ("b", turned))
    )
    assert second["job_id"].tolist() == [first["job_id"][2], first["job_id"][0]]


def test_every_converted_value_is_counted(tmp_path: Path) -> None:
    text = BOSS + "厨师,随缘,丁店,北京·朝阳区,3-5年,大专\n"
    found = check_folder(folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, x_csv=text))
    assert found.mapped is not None
    counts = {one.column: one for _, one in found.mapped.conversions.told("jobs")}
    assert (counts["wage_min"].changed, counts["wage_min"].unread, counts["wage_min"].filled) == (3, 1, 4)
    assert counts["wage_min"].examples == {"4-6K": "4000", "面议": "", "180元/天": "180"}
    assert counts["wage_min"].strange == {"随缘": "no wage"}
    assert "title" not in counts
    assert found.checks["jobs"].tally.times["wage_min", "number"] == 1, "what is not read stays for the checks to name"


def test_nothing_is_read_before_choices_are_made(tmp_path: Path) -> None:
    rows = "id,start\nc1,02/03/2026\nc2,13/03/2026\n"
    columns = {
        "course_id": {"from": "id"},
        "title": {"from": "id"},
        "start_on": {"from": "start", "choose": ["day_first", "month_first"]},
    }
    feeds = {"courses": [{"file": "c.csv", "columns": columns}]}
    with pytest.raises(TableError, match=r"courses\.start_on.*day_first.*month_first"):
        read_folder(folder(tmp_path, feeds, c_csv=rows))
    columns["start_on"]["choose"] = "day_first"
    assert read_folder(folder(tmp_path, feeds, c_csv=rows)).tables["courses"]["start_on"].tolist() == ["2026-03-02", "2026-03-13"]
    columns["start_on"]["choose"] = "month_first"
    contradicted = read_folder(folder(tmp_path, feeds, c_csv=rows))
    assert contradicted.tables["courses"]["start_on"].fillna("").tolist() == ["2026-02-03", ""], "one of the two is wrong"
    assert [one.hint for one in contradicted.problems] == ["not read through the mapping: no month 13: is this column day_first?"]


def test_a_text_that_asks_what_nobody_chose_is_unknown_and_told(tmp_path: Path) -> None:
    columns = {"course_id": {"from": "id"}, "title": {"from": "id"}, "start_on": {"from": "start"}}
    found = read_folder(folder(tmp_path, {"courses": [{"file": "c.csv", "columns": columns}]}, c_csv="id,start\nc1,02/03/2026\n"))
    assert found.tables["courses"]["start_on"].isna().all()
    assert [(problem.rule, problem.value) for problem in found.problems] == [("date", "02/03/2026")]


def test_choices_of_a_source_hold_for_columns_without_their_own(tmp_path: Path) -> None:
    columns = {
        "course_id": {"from": "id"},
        "title": {"from": "id"},
        "start_on": {"from": "start"},
        "end_on": {"from": "end", "choose": ["month_first"]},
    }
    feeds = {"courses": [{"file": "c.csv", "columns": columns, "choose": ["day_first"]}]}
    courses = read_folder(folder(tmp_path, feeds, c_csv="id,start,end\nc1,02/03/2026,04/05/2026\n")).tables["courses"]
    assert (courses["start_on"][0], courses["end_on"][0]) == ("2026-03-02", "2026-04-05")


def test_one_moment_for_actions_without_times(tmp_path: Path) -> None:
    rows = "u,j,seen,sent\np1,j1,1,1\np1,j2,1,0\np2,j1,0,0\np2,j2,,\n"
    columns = {
        "event_id": {"from": ["u", "j"], "read": "row_id"},
        "person_id": {"from": "u"},
        "kind": {"constant": "job"},
        "item_id": {"from": "j"},
        "event": {
            "from": ["sent", "seen"],
            "read": "flags",
            "words": {"sent": "apply", "seen": "view", "otherwise": "impression"},
        },
    }
    feed = {"file": "e.csv", "columns": columns, "one_moment": "2026-11-01T00:00:00+08:00"}
    events = read_folder(folder(tmp_path, {"events": [feed]}, e_csv=rows)).tables["events"]
    assert events["event"].tolist() == ["apply", "view", "impression", "impression"]
    assert events["at"].unique().tolist() == [pd.Timestamp("2026-10-31T16:00:00Z")]
    with pytest.raises(TableError, match="tells no times"):
        read_folder(folder(tmp_path, {"events": [feed | {"one_moment": "?"}]}, e_csv=rows))


def test_several_sources_feed_one_table_and_one_source_several(tmp_path: Path) -> None:
    first, second = "编号,姓别,文化\np1,女,大专\np2,男,本科\n", "n,e\np3,31\n"
    tables = {
        "people": [
            {"file": "a.csv", "columns": {"person_id": {"from": "编号"}, "education": {"from": "文化"}}},
            {"file": "b.csv", "columns": {"person_id": {"from": "n"}, "education": {"from": "e"}}},
        ],
        "restricted": [{"file": "a.csv", "columns": {"person_id": {"from": "编号"}, "sex": {"from": "姓别"}}}],
    }
    found = read_folder(folder(tmp_path, tables, a_csv=first, b_csv=second))
    assert found.tables["people"]["education"].tolist() == ["30", "20", "31"]
    assert found.tables["restricted"]["sex"].tolist() == ["female", "male"]
    assert found.problems == [], "sources are no unknown files"


def test_titles_above_the_header_and_marks_of_the_unknown(tmp_path: Path) -> None:
    rows = "2026年岗位表,,\n填报：某街道,,\n岗位,学历,备注\n保洁,不限,\\N\n收银员,暂无,\n"
    columns = {
        "job_id": {"from": ["岗位"], "read": "row_id"},
        "title": {"from": "岗位"},
        "education_min": {"from": "学历"},
        "benefits": {"from": "备注"},
    }
    feed = {"file": "s.csv", "header_row": 3, "unknown": ["\\N", "暂无"], "columns": columns}
    found = read_folder(folder(tmp_path, {"jobs": [feed]}, s_csv=rows))
    assert found.tables["jobs"]["title"].tolist() == ["保洁", "收银员"]
    assert found.tables["jobs"][["education_min", "benefits"]].isna().all().all()
    assert found.problems == []


def test_own_words_come_first(tmp_path: Path) -> None:
    columns = JOBS | {"experience_min_years": {"from": "要求经验", "words": {"应届生": "0.5"}}}
    found = read_folder(folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": columns}]}, x_csv=BOSS))
    assert found.tables["jobs"]["experience_min_years"].tolist() == [1, 0, 0.5]


def test_broken_rows_are_rejected_under_the_contracts_header(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, x_csv=BOSS + "店长,5-8K\n")
    found = read_folder(path)
    assert (found.reports["jobs"].rows_in, found.reports["jobs"].accepted) == (4, 3)
    assert "店长" in (path / "rejected" / "jobs.csv").read_text(encoding="utf-8")


def test_a_damaged_byte_of_a_source_is_told_with_its_place_in_the_source(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]})
    lines = BOSS.encode().split(b"\n")
    lines[2] = lines[2].replace("乙店".encode(), "乙".encode() + b"\xe5\xba")
    (path / "x.csv").write_bytes(b"\n".join(lines))
    (one,) = read_folder(path).problems
    assert (one.row, one.rule) == (3, "encoding")
    assert one.hint == r"\xE5 is no UTF-8: byte 18 of the row, quotation marks not counted"
    assert r"\xE5\xBA" in (path / "rejected" / "jobs.csv").read_text(encoding="utf-8")


def test_the_cells_of_a_broken_row_are_counted_in_the_source(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, x_csv=BOSS + "店长,5-8K\n")
    assert [problem.hint for problem in read_folder(path).problems] == ["cells: 2, of the header: 6"]


def test_import_reads_through_a_mapping_named(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, "other.json", x_csv=BOSS)
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        assert import_folder(store, path, mapping=path / "other.json").written["jobs"].new == 3
    with pytest.raises(TableError, match="holds no table"):
        open_folder(path)


def test_a_row_without_a_flag_is_counted_as_what_it_becomes(tmp_path: Path) -> None:
    words = {"sent": "apply", "otherwise": "impression"}
    columns = {name: {"constant": "job" if name == "kind" else "a1"} for name in ("event_id", "person_id", "kind", "item_id")}
    feed = {
        "file": "e.csv",
        "columns": columns | {"event": {"from": ["sent", "seen"], "read": "flags", "words": words}},
        "one_moment": "2026-11-01",
    }
    mapped = check_folder(folder(tmp_path, {"events": [feed]}, e_csv="n,sent,seen\n1,1,\n2,-,\n3,,\n")).mapped
    assert mapped is not None
    told = next(one for _, one in mapped.conversions.told("events") if one.column == "event")
    assert (told.filled, told.changed, told.unread) == (3, 2, 1)
    assert told.examples == {"1": "apply", "empty": "impression"}


def test_a_mapping_named_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text("job_id,title\na,cook\n", encoding="utf-8")
    assert open_folder(tmp_path).mapped is None
    with pytest.raises(TableError, match=r"mapping\.json cannot be read"):
        open_folder(tmp_path, mapping=tmp_path / "mapping.json")


def test_the_mapping_that_is_used_is_no_unread_file(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobs": [{"file": "x.csv", "columns": JOBS}]}, "ours.json", x_csv=BOSS)
    (path / "theirs.json").write_text("{}", encoding="utf-8")
    (path / "below").mkdir()
    opened = open_folder(path, mapping=path / "below" / ".." / "ours.json")
    assert [problem.table for problem in opened.unread()] == ["theirs.json"]


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"jobz": [{"file": "x.csv", "columns": {}}]}, "no table is called jobz"),
        ({"jobs": [{"file": "x.csv", "columns": JOBS | {"wage": {"from": "待遇"}}}]}, "no column is called wage"),
        ({"jobs": [{"file": "x.csv", "columns": {"title": {"from": "职位"}}}]}, "nothing says job_id"),
        ({"jobs": [{"file": "x.csv", "columns": JOBS | {"area": {}}}]}, "needs `from` or `constant`"),
        (
            {"jobs": [{"file": "x.csv", "columns": JOBS | {"area": {"from": "在哪", "read": "magic"}}}]},
            "no reader is called magic",
        ),
        (
            {"jobs": [{"file": "x.csv", "columns": JOBS | {"area": {"from": "在哪", "choose": "maybe"}}}]},
            "no choice is called maybe",
        ),
        ({"jobs": [{"file": "x.csv", "columns": JOBS, "one_moment": "2026-11-01"}]}, "one_moment is for events"),
        ({"jobs": [{"file": "x.csv", "columns": JOBS | {"hours": {"from": "班次"}}}]}, "names 班次; there are 职位"),
        ({"jobs": [{"file": "y.csv", "columns": JOBS}]}, "y.csv is not there"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, tables: dict[str, Any], told: str) -> None:
    with pytest.raises(TableError, match=told):
        read_folder(folder(tmp_path, tables, x_csv=BOSS))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = folder(tmp_path, {"jobz": [], "jobs": [{"file": "x.csv", "columns": {"wage": {"constant": "1"}}}]}, x_csv=BOSS)
    with pytest.raises(TableError) as refused:
        read_mapping(path / "mapping.json")
    assert all(part in str(refused.value) for part in ("jobz", "wage", "job_id", "title"))


def test_a_cell_that_a_reader_left_is_told_with_the_readers_reason(tmp_path: Path) -> None:
    """A full date is read through a mapping; what is wrong with another is the reader's to say, and no mapping is called for."""
    columns = {"person_id": {"from": "n"}, "birth_month": {"from": "born"}, "wage_min": {"from": "pay"}}
    path = folder(
        tmp_path,
        {"people": [{"file": "x.csv", "columns": columns}]},
        x_csv="n,born,pay\n1,1985-02-28,3500\n2,1985-02-30,3500\n3,1896-05,3500\n4,1985-03,around 3500 or so\n",
    )
    found = read_folder(path)
    assert found.tables["people"]["birth_month"].tolist() == ["1985-02", "1985-03"]
    hints = {(problem.row, problem.column): problem.hint for problem in found.problems}
    assert list(hints) == [(3, "birth_month"), (4, "birth_month"), (5, "wage_min")]
    assert "day" in hints[3, "birth_month"]
    assert hints[3, "birth_month"].startswith("not read through the mapping: ")
    assert hints[4, "birth_month"].startswith("lies before 1900")
    assert hints[5, "wage_min"].startswith("not read through the mapping: no ")


def test_rows_of_several_sources_are_told_with_their_file(tmp_path: Path) -> None:
    columns = {name: {"from": name} for name in ("job_id", "title")}
    feeds = [{"file": name, "columns": columns} for name in ("a.csv", "b.csv")]
    one = [{"file": "c.csv", "columns": {"course_id": {"from": "job_id"}, "title": {"from": "title"}}}]
    rows = {
        "a_csv": "job_id,title\n1,店员\n2,保洁\n",
        "b_csv": "job_id,title\n2,保洁\n3,\n4,a,b\n",
        "c_csv": "job_id,title\n5,\n",
    }
    found = read_folder(folder(tmp_path, {"jobs": feeds, "courses": one}, **rows))
    assert [(problem.table, problem.rule, problem.where) for problem in found.problems] == [
        ("jobs", "duplicate-id", "b.csv row 2"),
        ("jobs", "required", "b.csv row 3"),
        ("jobs", "cell-count", "b.csv row 4"),
        ("courses", "required", "row 2"),
    ]
    assert str(found.problems[0]).startswith("jobs b.csv row 2, job_id: '2' breaks `duplicate-id`")


def test_a_word_that_a_reader_left_is_told_with_its_reason_the_nearest_words_and_where_to_say_it(tmp_path: Path) -> None:
    """The columns of a vocabulary too: no mapping is called for where one reads the table, and the contract has no Chinese words."""
    columns = {"amenity_id": {"from": "n"}, "name": {"from": "n"}, "type": {"from": "t"}, "status": {"from": "s"}}
    path = folder(
        tmp_path,
        {"amenities": [{"file": "x.csv", "columns": columns, "choose": ["slash_splits"]}]},
        x_csv="n,t,s\n1,老年助餐点,营业\n2,食堂,休息中\n",
    )
    hints = {(problem.row, problem.column): problem.hint for problem in read_folder(path).problems}
    assert hints == {
        (2, "type"): "not read through the mapping: an unknown word; nearest: 助餐点 (canteen);"
        " add it to `words` of this column in mapping.json",
        (3, "status"): "not read through the mapping: an unknown word; add it to `words` of this column in mapping.json",
    }


def test_what_means_something_else_in_every_row_is_not_sent_to_the_words(tmp_path: Path) -> None:
    """1996年 is not the same month for two people; a lost zero is a choice, and 5000左右 a word that can be said to be 5000."""
    columns = {name: {"from": name} for name in ("person_id", "birth_month", "area", "wage_min")}
    path = folder(
        tmp_path,
        {"people": [{"file": "x.csv", "columns": columns, "choose": ["per_month"]}]},
        x_csv="person_id,birth_month,area,wage_min\n1,1996年,370202,3500\n2,1990.1,370202,3500\n3,1985-03,3.70203E+11,5000左右\n",
    )
    hints = {(problem.row, problem.column): problem.hint for problem in read_folder(path).problems}
    told = "not read through the mapping: "
    assert hints == {
        (2, "birth_month"): f"{told}the month is not told",
        (
            3,
            "birth_month",
        ): f"{told}asks for a choice: lost_zero; leave january or october in `choose` of this column in mapping.json",
        (4, "area"): f"{told}a code whose last digits a spreadsheet lost: take it from the source again, as text",
        (4, "wage_min"): f"{told}no wage; add it to `words` of this column in mapping.json",
    }


def test_a_formula_that_makes_digits_a_text_is_no_part_of_a_cell(tmp_path: Path) -> None:
    rows = '="00012",="店员",="370203",=" 0532-5550100 "\n"=""00013""","\'9保安",370202,=5+1\n'
    adapted(write(tmp_path, 岗位__csv=f"岗位编号,岗位名称,所在区,联系电话\n{rows}"))
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs[["job_id", "title", "area", "phone"]].to_numpy().tolist() == [
        ["00012", "店员", "370203", "0532-5550100"],
        ["00013", "9保安", "370202", "=5+1"],
    ]


def test_several_sources_of_a_table_are_told_by_name_and_in_their_order(tmp_path: Path) -> None:
    write(tmp_path, 岗位10__csv="岗位编号,岗位名称,学历\nj1,店员,大专\n", 岗位11__csv="岗位编号,岗位名称,学历\nj1,店员,高中\n")
    adapted(tmp_path)
    shown = RUNNER.invoke(app, ["check", str(tmp_path)]).output
    assert "read in the order of the mapping: 岗位10.csv, 岗位11.csv; of rows of one id the first is kept" in shown
    parts = shown.split("岗位10.csv read through the mapping:")[1].split("岗位11.csv read through the mapping:")
    assert ["大专 → 30" in part for part in parts] == [True, False]
    assert ["高中 → 60" in part for part in parts] == [False, True]
    assert read_folder(tmp_path).tables["jobs"]["education_min"].tolist() == ["30"]
