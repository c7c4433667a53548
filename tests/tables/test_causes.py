"""What a message says of the cause: of a header, of a cell, of a list."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.tables import Problem, read_folder
from tests.support.files import folder_of, hints, problems, titles

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
    ("people", "birth_month", "1896-05", "lies before 1900"),
    ("people", "birth_month", "1896-05-01", "lies before 1900"),
    ("people", "birth_month", "2131-05", "lies after 2099"),
    ("people", "birth_month", "1990-13", "a month that no year has"),
    ("people", "birth_month", "1990-00-05", "a month that no year has"),
    ("people", "birth_month", "19901301", "a month that no year has"),
    ("people", "birth_month", "1985-02-30", "a day that its month does not have"),
    ("people", "birth_month", "1985年2月30日", "a day that its month does not have"),
    ("people", "birth_month", "19850431", "a day that its month does not have"),
    ("people", "birth_month", "1985/12/32", "a day that its month does not have"),
    ("people", "birth_month", "1985-02-29", "no leap year"),
    ("people", "birth_month", "1984-02-29", "a full date"),
    ("people", "birth_month", "1985-1-31", "a full date"),
    ("people", "birth_month", "19851231", "a full date"),
    ("jobs", "wage_min", "0,9035", "decimal comma"),
    ("jobs", "wage_min", "0,903", "decimal comma"),
    ("communities", "area", "370203001001.0", "ends in .0"),
    ("communities", "area", "3.70203E+11", "has an exponent"),
    ("jobs", "area", "3.70203e5", "has an exponent"),
    ("communities", "parent", "3.70203E+11", "has an exponent"),
    ("jobs", "wage_min", "1.800,00", "dots between thousands"),
    ("jobs", "wage_min", "1.234.567", "dots between thousands"),
    ("jobs", "wage_min", "1 800", "thousands separators: write 1800"),
    ("jobs", "wage_min", "3500,00", "decimal comma"),
    ("jobs", "lon", "120,3826", "decimal comma"),
    ("jobs", "lon", "120°21′", "degrees and minutes"),
    ("jobs", "valid_to", "31.12.2026", "has the day first"),
    ("jobs", "valid_to", "12/31/2026", "has the month first"),
    ("jobs", "valid_to", "01.11.2026", "may be day or month first"),
    ("jobs", "valid_to", "01-11-2026", "may be day or month first"),
    ("jobs", "valid_to", "01/11/26", "a year of two digits"),
    ("jobs", "valid_to", "2026-02-31", "names a day that its month does not have"),
    ("jobs", "valid_to", "2026-13-01", "names a month that no year has"),
    ("courses", "start_on", "2026-02-29", "no leap year"),
    ("courses", "start_on", "2026/11/31", "names a day that its month does not have"),
    ("events", "at", "2026-02-30T09:00:00+08:00", "names a day that its month does not have"),
    ("events", "at", "2026-02-28T25:00:00+08:00", "names a time that no day has"),
    ("events", "at", "2026-02-28 09:61", "names a time that no day has"),
    ("people", "birth_month", "1990.1", "may be October"),
    ("people", "birth_month", "31.12.1990", "has the day first"),
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
