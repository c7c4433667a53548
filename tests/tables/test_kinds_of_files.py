"""Files as offices and other programs write them: what is read, what is refused, and what the message says of the cause."""

import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.cities import load_city
from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.errors import TableError
from sqrec.rawtables import read_raw
from sqrec.rawtables.encodings import Encoding, encoding_of, readable
from sqrec.store import Store, import_folder
from sqrec.tables import FolderCheck, Problem, check_folder, read_folder
from sqrec.tables.folder import open_folder

TITLES = ["收银员", "会计", "保洁员"]
ROWS = "".join(f"j{place},{title},3500,month\n" for place, title in enumerate(TITLES))
TEXT = f"job_id,title,wage_min,wage_unit\n{ROWS}"
EVENTS = "event_id,person_id,kind,item_id,event,at\n"


def folder_of(place: Path, **files: str | bytes) -> Path:
    """Write a folder; `jobs_csv` names jobs.csv."""
    (place / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-01"}', encoding="utf-8")
    for name, text in files.items():
        (place / name.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


def problems(folder: Path) -> list[Problem]:
    return read_folder(folder, write_rejected=False).problems


def hints(folder: Path) -> dict[tuple[str, str], str]:
    return {(problem.column, problem.rule): problem.hint for problem in problems(folder)}


def titles(folder: Path) -> list[str]:
    return read_folder(folder, write_rejected=False).tables["jobs"]["title"].tolist()


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_encodings_are_found(tmp_path: Path, separator: str, codec: str, end: str) -> None:
    text = TEXT.replace(",", separator).replace("\n", end)
    folder = folder_of(tmp_path, jobs_csv=text.encode(codec))
    assert (problems(folder), titles(folder)) == ([], TITLES)


@pytest.mark.parametrize("name", ["jobs.CSV", "JOBS.csv", "jobs.tsv", "jobs.txt", "jobs.csv.gz", "Jobs.Csv.Gz", "jobs.tsv.gz"])
def test_files_are_known_by_their_name_whatever_its_case(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path)
    (folder / name).write_bytes(gzip.compress(TEXT.encode()) if name.lower().endswith("gz") else TEXT.encode())
    assert (problems(folder), titles(folder)) == ([], TITLES)


def test_the_header_decides_outside_quotation_marks(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv='job_id,title,"skills; a; b; c; d"\na,cook,x\n')
    assert titles(folder) == ["cook"]
    folder = folder_of(tmp_path, jobs_csv="sep=;\njob_id;title\na;cook, baker\n")
    assert titles(folder) == ["cook, baker"]


def test_other_files_are_named_with_the_table_they_may_be(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv=TEXT, job_csv=TEXT, people_xls=b"x", README_md="x", mapping_json='{"tables": {}}')
    (folder / "walk.osm.pbf").write_bytes(b"x")
    (folder / ".hidden").write_bytes(b"x")
    told = {problem.table: problem.hint for problem in problems(folder)}
    assert told == {"job.csv": "nearest table: jobs", "people.xls": "nearest table: people", "README.md": ""}
    assert {problem.rule for problem in problems(folder)} == {"unknown-file"}


def test_two_files_of_one_table_and_what_only_looks_like_one_are_told_together(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        jobs_csv=TEXT,
        people_csv=b"PK\x03\x04....",
        events_xlsx=b"a,b\n",
        courses_txt=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    )
    (folder / "JOBS.tsv").write_text(TEXT, encoding="utf-8")
    (folder / "amenities.csv.gz").write_text(TEXT, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        open_folder(folder)
    lines = str(raised.value).splitlines()
    assert len(lines) == 5
    assert "both JOBS.tsv and jobs.csv" in lines[0]
    assert [part for part in ("people.csv", "courses.txt", "amenities.csv.gz", "events.xlsx") if part in str(raised.value)] == [
        "people.csv",
        "courses.txt",
        "amenities.csv.gz",
        "events.xlsx",
    ]
    assert read_raw(folder / "jobs.csv").header[0] == "job_id"


@pytest.mark.parametrize("cut", [10, 40])
def test_a_cut_gzip_is_one_sentence(tmp_path: Path, cut: int) -> None:
    folder = folder_of(tmp_path, jobs_csv_gz=b"")
    (folder / "jobs.csv.gz").write_bytes(gzip.compress(TEXT.encode())[:-cut])
    with pytest.raises(TableError, match=r"jobs\.csv\.gz cannot be read"):
        read_folder(folder)


def test_one_bad_byte_costs_its_row(tmp_path: Path) -> None:
    text = TEXT.encode().replace("会计".encode(), "会计".encode()[:-1])
    folder = folder_of(tmp_path, jobs_csv=text)
    (one,) = problems(folder)
    assert (one.row, one.column, one.rule, one.value) == (3, "title", "encoding", "会\\xE8\\xAE")
    assert one.hint == r"\xE8 is no UTF-8: byte 7 of the row, quotation marks not counted"
    assert titles(folder) == ["收银员", "保洁员"]
    read_folder(folder)
    rejected = (folder / "rejected" / "jobs.csv").read_text(encoding="utf-8").splitlines()
    assert rejected[1:] == [r"j1,会\xE8\xAE,3500,month,title encoding"]


@pytest.mark.parametrize(("first", "second", "kept"), [("utf-8", "gb18030", "j0 j1"), ("gb18030", "utf-8", "j0 j1")])
def test_joined_files_keep_the_letters_of_most_lines(tmp_path: Path, first: str, second: str, kept: str) -> None:
    lines = ["job_id,title\n", "j0,收银员张\n", "j1,会计收银员\n", "j2,保洁员\n"]
    folder = folder_of(tmp_path, jobs_csv="".join(lines[:3]).encode(first) + lines[3].encode(second))
    assert [(problem.row, problem.rule) for problem in problems(folder)] == [(4, "encoding")]
    assert read_folder(folder).tables["jobs"]["job_id"].tolist() == kept.split()


def test_cut_utf8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    """Two characters of UTF-8 are three of GB18030: cut after the second byte of the last one, everything is GB18030 as well."""
    whole = "job_id,title\na,厨师\nb,会计\nc,护工\n".encode()
    damaged = whole.replace("护工".encode(), "护工".encode()[:-2])
    damaged.decode("gb18030")
    folder = folder_of(tmp_path, jobs_csv=damaged)
    assert titles(folder) == ["厨师", "会计"]
    assert [problem.row for problem in problems(folder)] == [4]


def test_short_gb18030_cells_are_not_taken_for_utf8(tmp_path: Path) -> None:
    """女 is C5 AE in GB18030, which is a letter of two bytes in UTF-8; 男 (C4 D0) is none: half of the lines look like UTF-8."""
    rows = "".join(f"p{row},{'女男'[row % 2]}\n" for row in range(8))
    folder = folder_of(tmp_path, restricted_csv=f"person_id,sex\n{rows}".encode("gb18030"))
    assert encoding_of(folder / "restricted.csv") == Encoding("GB18030", "gb18030")
    latin = folder_of(tmp_path, jobs_csv="job_id,title\n1,café\n2,caf".encode() + b"\xc3\n3,bar\n")
    assert encoding_of(latin / "jobs.csv") == Encoding("UTF-8", "utf-8-sig", damaged=True)


def test_damaged_utf16_costs_its_row(tmp_path: Path) -> None:
    text = TEXT.encode("utf-16-le").replace("计".encode("utf-16-le"), b"\x00\xd8")
    folder = folder_of(tmp_path, jobs_csv=b"\xff\xfe" + text)
    assert [(problem.row, problem.rule) for problem in problems(folder)] == [(3, "encoding")]
    assert titles(folder) == ["收银员", "保洁员"]


def test_big5_is_told(tmp_path: Path) -> None:
    text = "job_id,title\n1,收銀員工作\n2,會計人員的工作\n3,清潔人員\n"
    assert [problem.value for problem in problems(folder_of(tmp_path, jobs_csv=text.encode("big5")))] == ["Big5"]
    assert problems(folder_of(tmp_path, jobs_csv="job_id,title\n1,收银员\n2,会计\n".encode("gbk"))) == []


@settings(deadline=None)
@given(st.text(max_size=40))
def test_marks_of_bytes_can_be_written(text: str) -> None:
    """What a damaged file decodes to is found, and is text again once it is readable."""
    damaged = (text.encode("utf-8", "replace") + b"\xff").decode("utf-8", "surrogateescape")
    assert Encoding("UTF-8", "utf-8-sig", damaged=True).undecoded(damaged)
    readable(damaged).encode("utf-8")


def test_control_characters_are_dropped_with_a_warning(tmp_path: Path) -> None:
    text = 'job_id,title,employer\n"a\x00",收银员\x0b早班,甲\u200b\nb,\x01\x02,乙\nc,保洁员,\x07\n'
    folder = folder_of(tmp_path, jobs_csv=text)
    told = [(problem.row, problem.column, problem.rule) for problem in problems(folder)]
    assert told == [
        (2, "job_id", "control"),
        (2, "title", "control"),
        (2, "employer", "control"),
        (3, "title", "required"),
        (4, "employer", "control"),
    ]
    frame = read_folder(folder).tables["jobs"]
    assert frame[["job_id", "title"]].to_numpy().tolist() == [["a", "收银员早班"], ["c", "保洁员"]]
    assert frame["employer"].isna().tolist() == [False, True]


def test_a_store_takes_what_a_check_accepts(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv="job_id,title\na,收银员\x0b\nb,\x0b\nc," + "x" * 20_001 + "\n")
    assert check_folder(folder, write_rejected=False).checks["jobs"].accepted == 1
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        found = import_folder(store, folder)
    assert (found.check.checks["jobs"].rejected, found.written["jobs"].new) == (2, 1)


HEADERS: Mapping[str, tuple[str, str]] = {
    "job_id，title，wage_min\n1，收银员，3500\n": ("title", "looks separated by full-width commas (，)"),
    "job_id|title\n1|收银员\n": ("job_id", "looks separated by |"),
    "job_id；title\n1；收银员\n": ("job_id", "looks separated by full-width semicolons (；)"),
    "jobid,title\n1,收银员\n": ("job_id", "nearest in the header: jobid"),
    "岗位,公司\n收银员,甲\n": ("title", "no name here is one of the contract's (岗位, 公司): sqrec adapt"),
    "7,收银员,3500\n8,会计,4500\n": ("title", "the first row looks like data"),
    "某区岗位表,,,\n单位：甲,,2026年,\n序号,岗位名称,单位,人数\n1,会计,甲,2\n": ("job_id", "row 3 looks like the header"),
    "某区岗位表\n序号,岗位名称,单位\n1,会计,甲\n": ("job_id", "row 2 looks like the header"),
    "exported 2026-11-01\njob_id,title\n1,会计\n": ("job_id", "row 2 looks like the header"),
}


@pytest.mark.parametrize("text", HEADERS)
def test_the_cause_of_a_missing_column(tmp_path: Path, text: str) -> None:
    column, said = HEADERS[text]
    folder = folder_of(tmp_path, jobs_csv=text)
    assert said in hints(folder)[column, "missing-column"]
    report = read_folder(folder).reports["jobs"]
    assert (report.accepted, report.rejected) == (0, text.count("\n") - 1)


@pytest.mark.parametrize(
    "header", ["job_id*,title*", "Job_ID,TITLE", " job_id , title ", "Job ID,Title", "ｊｏｂ＿ｉｄ,title＊", "job-id,'title'"]
)
def test_names_of_columns_are_known_with_a_warning(tmp_path: Path, header: str) -> None:
    folder = folder_of(tmp_path, jobs_csv=f"{header}\na,收银员\n")
    assert titles(folder) == ["收银员"]
    assert {problem.rule for problem in problems(folder)} <= {"column-name"}


def test_a_name_as_it_should_be_wins(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv="TITLE,job_id,title\nx,a,cook\n")
    assert titles(folder) == ["cook"]
    assert list(hints(folder)) == [("TITLE", "extra-column")]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        (",job_id,title\n0,a,cook\n1,b,cook\n", "(column 1)", "looks like row numbers"),
        ("Unnamed: 0,job_id,title\n0,a,cook\n", "Unnamed: 0", "looks like row numbers"),
        ("序号,job_id,title\n1,a,cook\n2,b,cook\n", "序号", "looks like row numbers"),
        ("job_id,title,\na,cook,\n", "(column 3)", "has no name, and nothing stands in it"),
        ("job_id,title,\na,cook,9\n", "(column 3)", "has no name"),
    ],
)
def test_what_a_column_of_no_use_is(tmp_path: Path, text: str, column: str, said: str) -> None:
    found = hints(folder_of(tmp_path, jobs_csv=text))
    assert list(found) == [(column, "extra-column")]
    assert said in found[column, "extra-column"]


CELLS: Sequence[tuple[str, str, str, str]] = [
    ("jobs", "wage_min", "1,094,900", "thousands separators"),
    ("jobs", "wage_min", "3,5", "decimal comma"),
    ("jobs", "wage_min", "21.3%", "percentage"),
    ("jobs", "wage_min", "面议", "stands for unknown"),
    ("jobs", "wage_min", "约3万", "a number with a unit"),
    ("jobs", "wage_min", "4-6K", "a number with a unit"),
    ("jobs", "wage_min", "2400-2600", "a range"),
    ("jobs", "wage_min", "２４００", "full-width digits"),
    ("jobs", "headcount", "5人", "a number with words"),
    ("jobs", "published_at", "46000", "day number of a spreadsheet"),
    ("jobs", "published_at", "1793491200", "seconds since 1970"),
    ("jobs", "published_at", "1793491200000", "milliseconds since 1970"),
    ("jobs", "valid_to", "长期有效", "no end"),
    ("jobs", "valid_to", "2026.11.01", "a date in another form"),
    ("jobs", "valid_to", "2026年11月1日", "a date in another form"),
    ("jobs", "valid_to", "02/03/2026", "day or month first"),
    ("jobs", "occupation", "5230", "ISCO"),
    ("jobs", "occupation", "4010203", "without hyphens"),
    ("jobs", "occupation", "4-01-02-03（GBM 40102）", "words behind the code"),
    ("jobs", "occupation", "cook", "is no code"),
    ("jobs", "area", "3702", "code of a province or a city"),
    ("jobs", "area", "37020301", "a number of digits that no division has"),
    ("jobs", "form", "fulltime", "nearest: full_time"),
    ("jobs", "form", "全职", "Chinese words"),
    ("jobs", "hazards", "night、height", "other separators than |"),
    ("jobs", "hours", "24/7", "means always"),
    ("jobs", "hours", "Mo-Fr 08:00-17:00", "OpenStreetMap"),
    ("jobs", "hours", "9：00—21：00", "full-width signs"),
    ("people", "needs", "childcare", "nearest: type:childcare"),
    ("people", "birth_month", "1988-05-01", "a full date"),
    ("people", "birth_month", "198805", "a month in another form"),
    ("people", "birth_month", "1988", "a year"),
    ("communities", "area", "370203001001.0", "ends in .0"),
]


@pytest.mark.parametrize(("table", "column", "text", "said"), CELLS)
def test_what_a_wrong_cell_looks_like(table: str, column: str, text: str, said: str) -> None:
    value, rule = parse(TABLES[table].column(column), text, ZoneInfo("Asia/Shanghai"))
    assert (value, rule is None) == (None, False)
    problem = Problem(table, 2, column, text, str(rule))
    assert said in problem.hint
    assert said in str(problem)


def test_a_message_names_the_words_and_bounds(tmp_path: Path) -> None:
    problem = Problem("events", 2, "event", "Apply", "choice-required")
    assert "impression, dismiss, view" in str(problem)
    assert "(nearest: apply)" in str(problem)
    assert "10 to 150" in str(Problem("people", 2, "pace", "500", "range"))
    assert "0 or more" in str(Problem("jobs", 2, "wage_min", "-1", "range"))


@pytest.mark.parametrize("text", ["保洁员、保安", "保洁员,保安", "保洁员/保安", "保洁员；保安", "保洁员，保安", "cook;baker"])
@pytest.mark.parametrize("column", ["desired", "skills"])
def test_lists_with_other_separators_are_told(tmp_path: Path, column: str, text: str) -> None:
    folder = folder_of(tmp_path, people_csv=f'person_id,{column}\na,"{text}"\nb,保洁员|保安\nc,C/C++\n')
    assert [(problem.row, problem.rule, problem.value) for problem in problems(folder)] == [(2, "list-separator", text)]
    assert read_folder(folder).tables["people"][column].tolist()[0] == text


def counted(place: Path, *events: str) -> FolderCheck:
    folder = folder_of(
        place,
        people_csv="person_id\np1\np2\n",
        jobs_csv="job_id,title,published_at\n100,cook,2026-06-01\n200,baker,\n",
        events_csv=EVENTS + "".join(f"{number},{event}\n" for number, event in enumerate(events)),
    )
    return check_folder(folder, write_rejected=False)


def test_a_check_counts_what_events_are_of_use_for(tmp_path: Path) -> None:
    found = counted(
        tmp_path,
        "p1,job,100,apply,2026-07-01T09:00:00Z",
        "p1,job,200,view,2020-07-01T09:00:00Z",
        "p2,job,100,apply,2026-05-01T09:00:00Z",
        "p2,job,200,impression,2026-07-01T09:00:00Z",
        "p9,job,200,apply,2026-07-01T09:00:00Z",
        "p2,job,900,apply,2026-07-01T09:00:00Z",
    )
    assert found.usability == ["jobs can be trained: 2 usable events of 1 people", "groups cannot be told: no restricted"]
    assert found.checks["events"].tally.rules == {"unknown-person": 1, "unknown-item": 1, "before-published": 1}
    assert found.errors == 0


def test_where_nothing_joins_a_check_fails_with_counts(tmp_path: Path) -> None:
    found = counted(tmp_path, *["p1,job,100.0,apply,2026-07-01T09:00:00Z"] * 3)
    (one,) = found.unread
    assert (one.rule, one.column, found.errors) == ("nothing-joins", "item_id", 1)
    assert "of 3 events with jobs, 3 name a person of people and 0 an item of jobs, none both" in str(one)
    assert "('100.0' here, '100' there)" in str(one)
    examples = found.checks["events"].tally.examples["item_id", "unknown-item"]
    assert examples[0].hint == "ends in .0: without it, it is known"
    assert found.usability[0].startswith("jobs cannot be trained: of 3 events")
    assert [problem.rule for problem in read_folder(tmp_path).errors] == ["nothing-joins"]


def test_ids_that_lost_their_zero_are_told_the_other_way_round(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        people_csv="person_id\np\n",
        jobs_csv="job_id,title\n7.0,cook\n8,baker\n",
        events_csv=EVENTS
        + "1,p,job,7,view,2026-07-01T09:00:00Z\n2,p,job,8,view,2026-07-01T09:00:00Z\n3,p,job,9,view,2026-07-01T09:00:00Z\n",
    )
    assert [problem.hint for problem in problems(folder)] == ["with .0 behind it, it is known", ""]


def test_events_before_their_item_teach_nothing(tmp_path: Path) -> None:
    found = counted(tmp_path, "p1,job,100,apply,2026-05-01T09:00:00Z", "p2,job,100,view,2026-05-02T09:00:00Z")
    assert found.usability[0] == "jobs cannot be trained: all 2 events lie before published_at of their item"
    assert found.errors == 0


def test_events_out_of_time_teach_nothing(tmp_path: Path) -> None:
    """Ahead of the clock and too long ago; then beside one that happened, before its item was published and not so."""
    never = ("p1,job,100,apply,2072-01-01T00:00:00Z", "p2,job,200,apply,1970-01-01T00:00:00Z")
    none = counted(tmp_path, *never)
    assert none.usability[0] == "jobs cannot be trained: all 2 events lie ahead of the clock, or too long ago to be meant"
    early = counted(tmp_path, *never, "p2,job,100,apply,2026-05-01T09:00:00Z")
    assert early.usability[0].startswith("jobs cannot be trained: none of 3 events that join is more than an impression")
    some = counted(tmp_path, *never, "p2,job,200,apply,2026-07-01T09:00:00Z")
    assert some.usability[0] == "jobs can be trained: 1 usable events of 1 people"
    assert {folder.errors for folder in (none, early, some)} == {0}


def test_events_that_are_known_ahead_of_the_clock_teach_nothing(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        people_csv="person_id\np1\n",
        jobs_csv="job_id,title\n100,cook\n",
        events_csv="event_id,person_id,kind,item_id,event,at,recorded_at\n"
        "1,p1,job,100,apply,2026-07-01T09:00:00Z,2072-01-01T00:00:00Z\n",
    )
    found = check_folder(folder, write_rejected=False)
    assert found.usability[0] == "jobs cannot be trained: all 1 events lie ahead of the clock, or too long ago to be meant"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"jobs_csv": TEXT}, ["jobs cannot be trained: no people, no events"]),
        ({"jobs_csv": "job_id,title\n", "people_csv": "person_id\na\n"}, ["jobs cannot be trained: no row of jobs was accepted, no events", "groups cannot be told: no restricted"]),
        ({"people_csv": "person_id\na\n", "restricted_csv": "person_id\na\n"}, ["groups can be told: restricted facts of 1 people"]),
    ],
)  # fmt: skip
def test_what_a_folder_lacks(tmp_path: Path, files: dict[str, str], said: list[str]) -> None:
    assert check_folder(folder_of(tmp_path, **files), write_rejected=False).usability == said


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


def test_the_city_file_is_known(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv=TEXT)
    (folder / "mine.json").write_text(
        json.dumps(load_city("qingdao").model_dump(mode="json") | {"name": "mine"}), encoding="utf-8"
    )
    (folder / "folder.json").write_text('{"city": "mine.json"}', encoding="utf-8")
    assert problems(folder) == []
