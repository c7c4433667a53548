"""Texts as offices and other programs write them: names, separators, encodings, damage, control characters."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqrec.cities import load_city
from sqrec.errors import TableError
from sqrec.rawtables import read_raw
from sqrec.rawtables.encodings import Encoding, encoding_of, readable
from sqrec.store import Store, import_folder
from sqrec.tables import check_folder, read_folder
from sqrec.tables.folder import open_folder
from tests.support.files import TEXT, TITLES, folder_of, problems, titles


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


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_header_may_stand_in_quotation_marks_alone(tmp_path: Path, separator: str) -> None:
    lines = [["job_id", "title"], ["a", "cook"]]
    text = "".join(separator.join(f'"{cell}"' for cell in line) + "\n" for line in lines)
    assert titles(folder_of(tmp_path, jobs_csv=text)) == ["cook"]


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


def test_the_city_file_is_known(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, jobs_csv=TEXT)
    (folder / "mine.json").write_text(
        json.dumps(load_city("qingdao").model_dump(mode="json") | {"name": "mine"}), encoding="utf-8"
    )
    (folder / "folder.json").write_text('{"city": "mine.json"}', encoding="utf-8")
    assert problems(folder) == []


@pytest.mark.parametrize("empty", [",,,\n", '"",,"",\n', ",,,,,,\n", ",\n"])
def test_a_row_without_any_filled_cell_is_none(tmp_path: Path, empty: str) -> None:
    """Between rows, behind them and above the header: the lines of the others stay what they are in the file."""
    top, *rows = TEXT.splitlines(keepends=True)
    report = read_folder(
        folder_of(tmp_path, jobs_csv="".join([empty, top, rows[0], empty, *rows[1:], "j4,,,\n", empty]))
    ).reports["jobs"]
    assert (report.rows_in, report.accepted) == (4, 3)
    assert [(problem.row, problem.column, problem.rule) for problem in report.problems] == [(7, "title", "required")]


def test_a_spreadsheets_marks_of_a_text_are_no_part_of_a_cell(tmp_path: Path) -> None:
    """By hand: the ids are 00012 and 37020000001, so that both events join; what only begins like a mark stays as it is."""
    people = [
        "person_id,birth_month,wage_min",
        '="00012",="1980-01",="3500"',
        '"=""00013""",1981-01,',
        "'37020000001,1982-01,",
    ]
    jobs = ["job_id,title,description", "j1,'90后店长,=SUM(A1)", 'j2,="店员",="a"&"b"', 'j3,="",']
    events = [
        "event_id,person_id,kind,item_id,event,at",
        'e1,="00012",job,j1,view,2026-10-01T09:30:00Z',
        'e2,37020000001,job,="j2",view,2026-10-01T09:30:00Z',
    ]
    people_csv, jobs_csv, events_csv = ("\n".join(lines) for lines in (people, jobs, events))
    found = read_folder(
        folder_of(tmp_path, people_csv=people_csv, jobs_csv=jobs_csv, events_csv=events_csv), write_rejected=False
    )
    assert found.tables["people"]["person_id"].tolist() == ["00012", "00013", "37020000001"]
    assert found.tables["people"][["birth_month", "wage_min"]].iloc[0].tolist() == ["1980-01", 3500]
    assert found.tables["jobs"]["title"].tolist() == ["'90后店长", "店员"]
    assert found.tables["jobs"]["description"].tolist() == ["=SUM(A1)", '="a"&"b"']
    told = {table: [(one.row, one.column, one.rule) for one in report.problems] for table, report in found.reports.items()}
    assert told["people"] == [
        (2, "person_id", "text-mark"),
        (2, "birth_month", "text-mark"),
        (2, "wage_min", "text-mark"),
        (3, "person_id", "text-mark"),
        (4, "person_id", "text-mark"),
    ]
    assert told["jobs"] == [(3, "title", "text-mark"), (4, "title", "required")]
    assert told["events"] == [(2, "person_id", "text-mark"), (3, "item_id", "text-mark")], "and nobody is unknown"


def test_a_header_repeated_between_rows_is_rejected_as_what_it_is(tmp_path: Path) -> None:
    """Two files put behind one another: the second header would be a job called title. A row with one of its cells is a row."""
    text = "job_id, title ,address\na,店员,\njob_id, title ,address\nb,会计,title\njob_id,保安,\n"
    told = [(one.row, one.value, one.rule) for one in problems(folder_of(tmp_path, jobs_csv=text))]
    assert told[-1] == (3, "job_id, title ,address", "header-again")
    assert titles(tmp_path) == ["店员", "会计", "保安"]
    report = read_folder(tmp_path).reports["jobs"]
    assert (report.accepted, report.rejected) == (3, 1)
    assert "job_id header-again" not in (tmp_path / "rejected" / "jobs.csv").read_text(encoding="utf-8")
    assert "header-again" in (tmp_path / "rejected" / "jobs.csv").read_text(encoding="utf-8")
