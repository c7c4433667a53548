"""Workbooks: the sheet that is read, cells as a CSV would have them, formulas, damage."""

import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import pytest

from sqrec.errors import TableError
from sqrec.rawtables import open_raw, read_raw
from sqrec.tables import read_folder
from tests.support.files import folder_of, problems, titles


def workbook(file: Path, **sheets: Sequence[Sequence[object]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)


HEAD = ["job_id", "title", "headcount", "published_at", "hazards_checked", "wage_min", "wage_unit"]


def test_a_workbook_is_read_as_its_csv_would_be(tmp_path: Path) -> None:
    rows = [
        HEAD,
        [100022, "收银员", 2.0, datetime(2026, 10, 1), True, 3500.5, "month"],  # noqa: DTZ001 (as workbooks have it)
        [],
        ["007", "会计", None, datetime(2026, 10, 1, 9, 30), False, None, None],  # noqa: DTZ001
        [100023, "保洁员", 3],
    ]
    workbook(folder_of(tmp_path) / "jobs.xlsx", Sheet1=rows)
    raw = read_raw(tmp_path / "jobs.xlsx")
    assert (raw.encoding, raw.header, raw.lines) == ("workbook, sheet Sheet1", HEAD, [2, 4, 5])
    assert raw.rows == [
        ("100022", "收银员", "2", "2026-10-01", "true", "3500.5", "month"),
        ("007", "会计", "", "2026-10-01T09:30:00", "false", "", ""),
        ("100023", "保洁员", "3", "", "", "", ""),
    ]
    assert [(problem.row, problem.rule) for problem in problems(tmp_path)] == [(4, "zone")]
    assert read_folder(tmp_path).tables["jobs"]["job_id"].tolist() == ["100022", "007", "100023"]


def test_the_sheet_of_the_tables_name_is_read_and_others_are_told(tmp_path: Path) -> None:
    workbook(folder_of(tmp_path) / "JOBS.XLSX", 说明=[["a note"]], Jobs=[["job_id", "title"], ["a", "cook"]], empty=[])
    assert titles(tmp_path) == ["cook"]
    assert [(problem.value, problem.rule) for problem in problems(tmp_path)] == [("说明", "other-sheet")]


def test_rows_of_a_workbook_may_be_too_long(tmp_path: Path) -> None:
    workbook(
        folder_of(tmp_path) / "jobs.xlsx",
        Sheet1=[["job_id", "title", None], ["a", "cook", None, None], ["b", "baker", 9], ["c", time(9, 30)]],
    )
    assert [(problem.row, problem.rule) for problem in problems(tmp_path)] == [(3, "cell-count")]
    assert titles(tmp_path) == ["cook", "09:30:00"]


def test_a_formula_that_nobody_counted_is_refused(tmp_path: Path) -> None:
    workbook(folder_of(tmp_path) / "jobs.xlsx", Sheet1=[["job_id", "title"], ["a", "=A2"]])
    with pytest.raises(TableError, match="formula without its value in cell B2"):
        read_folder(tmp_path)


def rewritten(file: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace bytes in a part of a workbook."""
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def test_a_formula_that_comes_to_the_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    rows = [["job_id", "title", "employer"], ["a", "cook", '=IF(A1="x","y","")']]
    workbook(folder_of(tmp_path) / "jobs.xlsx", Sheet1=rows)
    rewritten(tmp_path / "jobs.xlsx", "xl/worksheets/sheet1.xml", b'<c r="C2">', b'<c r="C2" t="str">')
    assert (problems(tmp_path), titles(tmp_path)) == ([], ["cook"])
    assert read_folder(tmp_path).tables["jobs"]["employer"].isna().all()


def test_a_formula_of_a_sheet_that_is_not_read_refuses_nothing(tmp_path: Path) -> None:
    workbook(folder_of(tmp_path) / "jobs.xlsx", notes=[["=1+1"]], jobs=[["job_id", "title"], ["a", "cook"]])
    assert titles(tmp_path) == ["cook"]


def test_a_workbook_damaged_behind_its_first_rows_is_one_sentence(tmp_path: Path) -> None:
    workbook(folder_of(tmp_path) / "jobs.xlsx", jobs=[["job_id", "title"], *([number, "cook"] for number in range(5000))])
    rewritten(tmp_path / "jobs.xlsx", "xl/worksheets/sheet1.xml", b'<row r="4999"', b'<row <<r="4999"')
    with pytest.raises(TableError, match=r"jobs\.xlsx cannot be read: not well-formed") as raised:
        read_folder(tmp_path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_an_empty_workbook_is_one_sentence(tmp_path: Path, rows: list[list[None]]) -> None:
    workbook(folder_of(tmp_path) / "jobs.xlsx", Sheet1=rows)
    with pytest.raises(TableError, match="is empty"):
        read_folder(tmp_path)


def test_a_broken_workbook_is_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    with pytest.raises(TableError, match="no workbook") as raised:
        read_folder(folder_of(tmp_path, jobs_xlsx=b"PK\x03\x04"))
    assert "\n" not in str(raised.value)


def test_without_openpyxl_a_workbook_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(TableError, match=r"pip install 'sqrec\[xlsx\]'"):
        read_folder(folder_of(tmp_path, jobs_xlsx=b"PK\x03\x04"))


BLOCKS = [
    ["job_id", "employer", "title", "address", None],
    ["a", "甲厂", "普工", "流亭街道", None],
    ["b", None, "质检员", None, None],
    [None, None, None, None, None],
    ["c", None, "电工", None, None],
    ["d", "乙店", "月嫂", "香港中路", None],
    ["e", None, "保洁", None, None],
    ["f", None, "厨师", None, None],
]


def merge(file: Path, *ranges: str) -> None:
    """Merge cells of a workbook's first sheet."""
    book = pytest.importorskip("openpyxl").load_workbook(file)
    for cells in ranges:
        book.worksheets[0].merge_cells(cells)
    book.save(file)


def test_a_cell_merged_over_several_rows_counts_for_each(tmp_path: Path) -> None:
    """By hand: 甲厂 stands in rows 2 to 5, of which row 4 is blank; 乙店 in 6 and 7; row 8 has no employer, and nothing is made up."""
    file = folder_of(tmp_path) / "jobs.xlsx"
    workbook(file, Sheet1=BLOCKS)
    merge(file, "B2:B5", "B6:B7", "D6:E8", "C8:D8")
    jobs = read_folder(tmp_path).tables["jobs"]
    assert jobs["job_id"].tolist() == ["a", "b", "c", "d", "e", "f"], "a blank row stays none"
    assert jobs["employer"].fillna("").tolist() == ["甲厂", "甲厂", "甲厂", "乙店", "乙店", ""]
    assert jobs["address"].fillna("").tolist() == ["流亭街道", "", "", "香港中路", "香港中路", "香港中路"]
    assert [(one.row, one.where, one.rule, one.value) for one in problems(tmp_path)] == [
        (0, "as a whole", "merged", "employer: 2 merged over 6 rows"),
        (0, "as a whole", "merged", "address: 1 merged over 3 rows"),
    ]


def test_merged_cells_that_reach_over_pieces_and_headers(tmp_path: Path) -> None:
    file = folder_of(tmp_path) / "jobs.xlsx"
    rows = [["job_id", "title", "employer"], [None, "name", None], *([f"j{number}", "店员", None] for number in range(5_000))]
    rows[2][2] = "甲"
    workbook(file, Sheet1=rows)
    merge(file, "A1:A2", "C3:C5002")
    pieces = list(open_raw(file, 1_000).pieces)
    texts = [text for piece in pieces for text in piece.columns[2].texts()]
    assert (len(pieces), texts) == (6, ["", *["甲"] * 5_000])
    assert pieces[0].columns[0].texts()[0] == "", "what is merged with the header's cell is a part of the header"
    assert open_raw(file, merged=False).notes == ()


def test_a_header_repeated_on_every_page_of_a_sheet(tmp_path: Path) -> None:
    workbook(
        folder_of(tmp_path) / "jobs.xlsx", Sheet1=[["job_id", "title"], ["a", "cook"], ["job_id", "title", None], ["b", "baker"]]
    )
    assert [(one.row, one.rule) for one in problems(tmp_path)] == [(3, "header-again")]
    assert titles(tmp_path) == ["cook", "baker"]


def test_a_note_merged_beside_the_table_costs_no_row_but_its_own(tmp_path: Path) -> None:
    file = folder_of(tmp_path) / "jobs.xlsx"
    workbook(file, Sheet1=[["job_id", "title", None], ["a", "普工", "注意"], ["b", "质检员", None], ["c", "电工", None]])
    merge(file, "C2:C4")
    assert read_folder(tmp_path).tables["jobs"]["job_id"].tolist() == ["b", "c"]
