"""Reading folders: headers, rows of every shape, no row lost, types, encodings, what cannot be read at all."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.contract import TABLES
from sqrec.errors import TableError
from sqrec.tables import read_folder
from tests.support.rows import GOOD, configure, folder_of, told, write


def test_missing_required_column_rejects_every_row(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {"job_id": "a"}, {"job_id": "b"})
    assert told(folder) == [(0, "title", "missing-column")]
    assert (folder.reports["jobs"].rows_in, folder.reports["jobs"].accepted, folder.reports["jobs"].rejected) == (2, 0, 2)


def test_missing_optional_columns_are_unknown(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "jobs", {"job_id": "a", "title": "cook"})
    assert list(folder.tables["jobs"]) == list(TABLES["jobs"].names)
    assert folder.reports["jobs"].unknown["wage_min"] == 1.0
    assert folder.reports["jobs"].unknown["title"] == 0.0


def test_extra_and_double_columns_are_told_and_ignored(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text("job_id,title,title,salary\na,cook,baker,9\n", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(0, "salary", "extra-column"), (0, "title", "double-column")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook"]


def test_rows_of_another_width_are_rejected_alone(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text("job_id,title\na,cook\nb\nc,baker,9\n\nd,driver\n", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(3, "", "cell-count"), (4, "", "cell-count")]
    assert folder.tables["jobs"]["job_id"].tolist() == ["a", "d"]
    rejected = (tmp_path / "rejected" / "jobs.csv").read_text(encoding="utf-8").splitlines()
    assert rejected == ["job_id,title,problems", "b,,cell-count", 'c,"baker,9",cell-count']


@pytest.mark.parametrize("line", ['b,"never closed', '"b"x,stray'])
def test_an_open_quotation_mark_swallows_no_rows(tmp_path: Path, line: str) -> None:
    configure(tmp_path)
    text = f'job_id,title\na,cook\n{line}\nc,"two\nlines"\nd,baker\n'
    (tmp_path / "jobs.csv").write_text(text, encoding="utf-8")
    folder = read_folder(tmp_path)
    assert told(folder) == [(3, "", "quotes")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook", "two\nlines", "baker"]
    assert (folder.reports["jobs"].rows_in, folder.reports["jobs"].rejected) == (4, 1)


def test_the_row_of_a_problem_is_the_line_where_it_starts(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text('job_id,title,headcount\na,"two\nlines",x\nb,cook,y\n', encoding="utf-8")
    assert [row for row, _, _ in told(read_folder(tmp_path))] == [2, 4]


def test_files_of_no_table_are_told(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [GOOD["jobs"]])
    write(tmp_path, "job", [GOOD["jobs"]])
    assert [(p.table, p.rule) for p in read_folder(tmp_path).problems] == [("job.csv", "unknown-file")]


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": ""}])
    (tmp_path / "rejected").write_text("in the way", encoding="utf-8")
    folder = read_folder(tmp_path)
    assert sorted(rule for _, _, rule in told(folder)) == ["rejected-unwritten", "required"]
    elsewhere = read_folder(tmp_path, rejected_to=tmp_path / "out")
    assert [rule for _, _, rule in told(elsewhere)] == ["required"]
    assert (tmp_path / "out" / "rejected" / "jobs.csv").exists()


def test_rejected_rows_of_an_earlier_reading_go(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": ""}])
    read_folder(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "cook"}])
    read_folder(tmp_path, write_rejected=False)
    assert (tmp_path / "rejected" / "jobs.csv").exists()
    read_folder(tmp_path)
    assert not (tmp_path / "rejected" / "jobs.csv").exists()


def test_an_id_of_a_rejected_row_is_free(tmp_path: Path) -> None:
    rows = [{"job_id": "a", "title": ""}, {"job_id": "a", "title": "cook"}, {"job_id": "a", "title": "baker"}]
    folder = folder_of(tmp_path, "jobs", *rows)
    assert told(folder) == [(2, "title", "required"), (4, "job_id", "duplicate-id")]
    assert folder.tables["jobs"]["title"].tolist() == ["cook"]


def test_all_problems_of_a_row_are_told_together(tmp_path: Path) -> None:
    bad = {"person_id": "", "birth_month": "1985-13", "pace": "fast", "education": "72", "personalised": "?"}
    rules = sorted(rule for _, _, rule in told(folder_of(tmp_path, "people", bad)))
    assert rules == ["birth-month", "choice", "number", "required", "switch"]


def test_strict_raises_with_everything_and_writes_nothing(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "", "headcount": "x"}, {"job_id": "b", "title": "", "headcount": ""}])
    with pytest.raises(TableError) as raised:
        read_folder(tmp_path, strict=True)
    assert len(str(raised.value).splitlines()) == 3
    assert not (tmp_path / "rejected").exists()


def test_strict_lets_warnings_pass(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [{"job_id": "a", "title": "cook", "headcount": "x"}])
    assert read_folder(tmp_path, strict=True).reports["jobs"].accepted == 1


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
def test_encodings(tmp_path: Path, encoding: str, named: str) -> None:
    write(configure(tmp_path), "jobs", [GOOD["jobs"]], encoding)
    folder = read_folder(tmp_path)
    assert folder.reports["jobs"].encoding == named
    assert folder.tables["jobs"]["title"].tolist() == ["面点师"]


def test_types(tmp_path: Path) -> None:
    cells = {
        "skills": " 面点师@4 | |cook ",
        "personalised": "NO",
        "updated_at": "2026-01-05T09:00:00.123456+08:00",
        "registered_unemployed_on": "no",
        "experience_years": "2.5",
    }
    table = folder_of(tmp_path, "people", {**GOOD["people"], **cells}).tables["people"]
    assert table["skills"].tolist() == ["面点师@4|cook"]
    assert table["personalised"].tolist() == [0.0]
    assert table["registered_unemployed_on"].tolist() == ["no"]
    assert table["experience_years"].tolist() == [2.5]
    assert table["updated_at"].tolist() == [pd.Timestamp("2026-01-05T01:00:00.123456Z")]
    kinds = {c.name: str(table[c.name].dtype) for c in TABLES["people"].columns}
    assert kinds["updated_at"] == "datetime64[us, UTC]"
    assert {kinds[name] for name in ("lon", "lat", "pace", "personalised", "wage_min")} == {"float64"}
    assert {kinds[name] for name in ("person_id", "education", "hours", "needs", "graduated_on")} == {"str"}


def test_unknown_is_never_no(tmp_path: Path) -> None:
    table = folder_of(tmp_path, "people", {"person_id": "a"}).tables["people"]
    assert table.drop(columns="person_id").isna().all(axis=None)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"crs": "wgs"}',
        '{"city": "atlantis"}',
        '{"as_of": "2026-11"}',
        '{"as_of": "today"}',
        '{"town": "x"}',
        '{"synthetic": "true"}',
    ],
)
def test_a_folder_file_that_does_not_fit_is_one_sentence(tmp_path: Path, text: str) -> None:
    write(tmp_path, "jobs", [GOOD["jobs"]])
    (tmp_path / "folder.json").write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        read_folder(tmp_path)
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not a folder"):
        read_folder(tmp_path / "nothing")
    with pytest.raises(TableError, match="holds no table"):
        read_folder(tmp_path)
    with pytest.raises(TableError, match="No table is called job;"):
        read_folder(tmp_path, ["job"])
    (tmp_path / "jobs.csv").write_bytes(b"")
    with pytest.raises(TableError, match="is empty"):
        read_folder(tmp_path)
    (tmp_path / "jobs.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=r"both jobs\.csv and jobs\.parquet"):
        read_folder(tmp_path)
    (tmp_path / "jobs.csv").unlink()
    with pytest.raises(TableError, match="no Parquet file"):
        read_folder(tmp_path)


def test_only_the_tables_named(tmp_path: Path) -> None:
    configure(tmp_path)
    write(tmp_path, "jobs", [GOOD["jobs"]])
    write(tmp_path, "people", [GOOD["people"]])
    assert list(read_folder(tmp_path, ["jobs"]).tables) == ["jobs"]


def test_parquet_with_its_own_types(tmp_path: Path) -> None:
    configure(tmp_path)
    columns = {
        "job_id": pd.array([7, None], dtype="Int64"),
        "title": ["cook", "baker"],
        "headcount": [2.0, np.nan],
        "hazards_checked": [True, None],
        "published_at": pd.to_datetime(["2026-02-01T08:00:00Z", None]),
        "hazards": [["night", "cold"], None],
    }
    pd.DataFrame(columns).to_parquet(tmp_path / "jobs.parquet")
    folder = read_folder(tmp_path)
    assert told(folder) == [(2, "job_id", "required")]
    row = folder.tables["jobs"].iloc[0]
    assert (row["job_id"], row["headcount"], row["hazards_checked"], row["hazards"]) == ("7", 2.0, 1.0, "night|cold")
    assert row["published_at"] == pd.Timestamp("2026-02-01T08:00Z")


@pytest.mark.parametrize("name", list(GOOD))
def test_what_was_read_reads_the_same_again(tmp_path: Path, name: str) -> None:
    first = folder_of(tmp_path / "a", name, GOOD[name])
    first.tables[name].to_parquet(configure(tmp_path / "b") / f"{name}.parquet")
    again = read_folder(tmp_path / "b")
    assert told(again) == []
    pd.testing.assert_frame_equal(again.tables[name], first.tables[name])


CELLS = st.text(st.sampled_from('ab1-.:|@,"\n\r ;é面TZ'), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 6), max_size=6))
def test_no_row_is_lost_whatever_it_holds(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    header = ("person_id", "birth_month", "skills", "hours", "lon", "updated_at")
    write(configure(tmp_path), "people", [dict(zip(header, row, strict=True)) for row in [("x",) * 6, *rows]])
    report = read_folder(tmp_path).reports["people"]
    assert report.rows_in == sum(map(any, rows)) + 1, "a row that is empty throughout is none"
    assert report.rows_in == report.accepted + report.rejected
    assert (tmp_path / "rejected" / "people.csv").exists()
    with (tmp_path / "rejected" / "people.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.reader(stream))) == report.rejected + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.sampled_from('a,"\n面'), max_size=40))
def test_no_text_stops_the_reader(tmp_path: Path, text: str) -> None:
    (configure(tmp_path) / "jobs.csv").write_text("job_id,title\n" + text, encoding="utf-8")
    report = read_folder(tmp_path, write_rejected=False).reports["jobs"]
    assert report.rows_in == report.accepted + report.rejected
