"""Reading in pieces: whatever their size, whatever the file's type, the same rows and the same problems."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sqrec.errors import TableError
from sqrec.rawtables import csvfile, encodings, open_raw, read_raw
from sqrec.tables import EXAMPLES, Folder, Listing, Problem, check_folder, open_folder, read_folder, read_pieces, reading

FILES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
SIZES = (1, 7, 1000)


def configure(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "folder.json").write_text('{"city": "qingdao", "crs": "GCJ02", "as_of": "2026-11-01"}', encoding="utf-8")
    return folder


def read_by(monkeypatch: pytest.MonkeyPatch, folder: Path, size: int) -> tuple[Folder, dict[str, bytes]]:
    """Read a folder in pieces of a size; also return what was rejected."""
    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_pieces", lambda source, known: read_pieces(source, size, known))
        read = read_folder(folder)
    return read, rejected_of(folder)


def rejected_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("rejected/*")}


def assert_same(one: Folder, other: Folder) -> None:
    assert one.problems == other.problems
    assert list(one.tables) == list(other.tables)
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name])
        mine, theirs = one.reports[name], other.reports[name]
        assert (mine.rows_in, mine.accepted, mine.encoding) == (theirs.rows_in, theirs.accepted, theirs.encoding)
        np.testing.assert_equal(dict(mine.unknown), dict(theirs.unknown))


IDS = st.sampled_from(["a", "b", "c", " c ", "面", "", "x" * 129])
MOMENTS = st.sampled_from(
    ["2026-01-05T09:00:00Z", "2026-01-05T09:00:00", "2026-01-05", "x", "", "1899-12-31T23:30:00Z", "2026-02-29T00:00:00Z"]
)
EVENTS = st.tuples(
    st.one_of(st.integers(0, 12).map(str), IDS),
    IDS,
    st.sampled_from(["job", "course", "jobs"]),
    IDS,
    st.sampled_from(["view", "enrol", "?"]),
    MOMENTS,
    MOMENTS,
    st.sampled_from(["1", "0", "1.5", "", "two\nlines", 'a "quoted", word']),
)
BROKEN = st.sampled_from(['b,"never closed\n', '"b"x,stray\n', "short\n", "\n", '"', '"open, \r\n', "a,b,c,d,e,f,g,h,i,j\r"])
HEADER = ("event_id", "person_id", "kind", "item_id", "event", "at", "recorded_at", "position")


def as_csv(rows: Sequence[Sequence[str]], ending: str = "\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending).writerows(rows)
    return text.getvalue()


@FILES
@given(
    st.lists(
        st.one_of(EVENTS.map(lambda row: as_csv([row])), EVENTS.map(lambda row: as_csv([row], "\r\n")), BROKEN), max_size=30
    ),
    st.lists(IDS, max_size=12),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from([HEADER, HEADER[:5] + HEADER[6:], (*HEADER[:7], "extra"), (*HEADER[:7], "kind")]),
)
def test_pieces_of_any_size_are_the_same(
    tmp_path: Path, rows: list[str], people: list[str], encoding: str, header: tuple[str, ...]
) -> None:
    configure(tmp_path)
    text = as_csv([header]) + "".join(rows)
    (tmp_path / "events.csv").write_bytes(text.encode(encoding))
    (tmp_path / "people.csv").write_bytes(as_csv([["person_id", "area"], *([one, "370202"] for one in people)]).encode(encoding))
    (tmp_path / "jobs.csv").write_bytes(as_csv([["job_id", "title"], ["a", "面点师"], ["b", "cook"]]).encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        whole, rejected = read_by(patch, tmp_path, 10**6)
        for size in (1, 7):  # thirty rows and less are one piece of a thousand as well
            again, also_rejected = read_by(patch, tmp_path, size)
            assert_same(again, whole)
            assert also_rejected == rejected
    assert all(report.rows_in == report.accepted + report.rejected for report in whole.reports.values())


@FILES
@given(st.lists(st.one_of(EVENTS.map(lambda row: as_csv([row])), BROKEN), max_size=30))
def test_a_check_says_what_a_reading_says(tmp_path: Path, rows: list[str]) -> None:
    configure(tmp_path)
    (tmp_path / "events.csv").write_text(as_csv([HEADER]) + "".join(rows), encoding="utf-8", newline="")
    (tmp_path / "people.csv").write_text("person_id\na\n", encoding="utf-8")
    (tmp_path / "courses.csv").write_text("course_id,title\nb,x\n", encoding="utf-8")
    (tmp_path / "event.csv").write_text("", encoding="utf-8")
    read = read_folder(tmp_path)
    rejected = rejected_of(tmp_path)
    with Listing() as listing:
        check = check_folder(tmp_path, listing=listing)
        listed = [*map(str, check.unread), *listing.lines(check.checks)]
    assert listed == [str(problem) for problem in read.problems]
    assert rejected_of(tmp_path) == rejected
    assert check.errors == len(read.errors)
    for name, report in read.reports.items():
        counted = check.checks[name]
        assert (counted.rows_in, counted.accepted, counted.rejected) == (report.rows_in, report.accepted, report.rejected)
        np.testing.assert_equal(dict(counted.unknown), dict(report.unknown))
        by_rule: dict[tuple[str, str], list[Problem]] = {}
        for problem in report.problems:
            by_rule.setdefault((problem.column, problem.rule), []).append(problem)
        assert counted.tally.times == {rule: len(found) for rule, found in by_rule.items()}
        assert counted.tally.examples == {rule: found[:EXAMPLES] for rule, found in by_rule.items()}


@pytest.mark.parametrize("size", SIZES)
def test_an_id_comes_again_pieces_later(tmp_path: Path, size: int) -> None:
    configure(tmp_path)
    rows = [["a", ""], ["a", "cook"], *([str(number), "x"] for number in range(20)), ["a", "baker"], ["7", "y"]]
    (tmp_path / "jobs.csv").write_text(as_csv([["job_id", "title"], *rows]), encoding="utf-8")
    found = [problem for piece in read_pieces(open_folder(tmp_path), size) for problem in piece.problems]
    assert [(problem.row, problem.rule) for problem in found] == [(2, "required"), (24, "duplicate-id"), (25, "duplicate-id")]


def test_a_table_is_asked_whatever_the_order_of_the_names(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "restricted.csv").write_text("person_id\na\nb\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("person_id\na\n", encoding="utf-8")
    folder = read_folder(tmp_path, ["restricted", "people"])
    assert list(folder.tables) == ["restricted", "people"]
    assert [(problem.row, problem.rule) for problem in folder.problems] == [(3, "unknown-person")]


def test_nobody_is_known_from_a_table_without_its_header(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "jobs.csv").write_text("job_id\na\n", encoding="utf-8")
    (tmp_path / "events.csv").write_text(as_csv([HEADER, ["e", "p", "job", "a", "view", "2026-01-05T09:00:00Z", "", ""]]))
    assert [problem.rule for problem in read_folder(tmp_path).problems] == ["missing-column", "unknown-item"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("offset", range(4))
def test_characters_across_buffers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, offset: int) -> None:
    monkeypatch.setattr(encodings, "_BLOCK", 7)
    rows = [["x" * offset, "x"], *([f"{number}", "面点师𠮷é" * 40] for number in range(200))]
    file = tmp_path / "jobs.csv"
    file.write_bytes(as_csv([["job_id", "title"], *rows]).encode(encoding))
    assert read_raw(file).rows == [tuple(row) for row in rows]


def test_a_quotation_may_be_longer_than_many_buffers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "_BUFFER", 32)
    long = "a line\n" * 100
    rows = [["a", long], ["b", "x"], ["c", long], ["d", 'say "no"']]
    file = tmp_path / "jobs.csv"
    file.write_text(as_csv([["job_id", "title"], *rows]) + 'e,"never closed\n' + as_csv([["f", "g"]] * 30), encoding="utf-8")
    raw = read_raw(file)
    assert raw.rows == [*map(tuple, rows), *[("f", "g")] * 30]
    assert list(raw.lines[:4]) == [2, 103, 104, 205]
    assert [(row.line, row.rule) for row in raw.broken] == [(206, "quotes")]


def test_pieces_are_of_bounded_size(tmp_path: Path) -> None:
    file = tmp_path / "jobs.csv"
    file.write_text(as_csv([["job_id", "title"], *([str(number), "x"] for number in range(100))]), encoding="utf-8")
    assert [len(piece.lines) for piece in open_raw(file, 30).pieces] == [30, 30, 30, 10]
    pd.DataFrame({"job_id": range(100)}).to_parquet(tmp_path / "jobs.parquet", row_group_size=40)
    assert max(len(piece.lines) for piece in open_raw(tmp_path / "jobs.parquet", 30).pieces) == 30


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    configure(tmp_path)
    (tmp_path / "people.csv").write_text("person_id\n" + "x" * 129 + "\n", encoding="utf-8")
    pd.DataFrame({"event_id": [str(number) for number in range(5000)]}).to_parquet(tmp_path / "events.parquet")
    whole = (tmp_path / "events.parquet").read_bytes()
    (tmp_path / "events.parquet").write_bytes(whole[:4] + b"\xff" * 500 + whole[504:])
    for door in (read_folder, check_folder):
        with pytest.raises(TableError, match=r"events\.parquet cannot be read"):
            door(tmp_path)
        assert not (tmp_path / "rejected").exists()
