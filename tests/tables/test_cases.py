"""Situations from public bug reports and public files, kept beside the checkout: each is read, or refused with its cause."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqrec.cli.app import app
from sqrec.errors import TableError
from sqrec.tables import FolderCheck, check_folder


@pytest.fixture
def cases(shared: Path) -> Path:
    found = shared.parent / "cases"
    if not found.is_dir():
        pytest.skip("The cases are not beside this checkout (../shared/cases).")
    return found


def checked(folder: Path) -> FolderCheck:
    return check_folder(folder, write_rejected=False)


def said(found: FolderCheck, table: str, column: str, rule: str) -> str:
    """Return the first example of a column and rule with all it says."""
    return str(found.checks[table].tally.examples[column, rule][0])


@pytest.mark.parametrize(
    ("case", "encoding", "accepted", "rejected"),
    [
        ("c04_cut", "UTF-8", 399, [251]),
        ("c04_even", "UTF-8", 2, [4]),
        ("c04_mixed", "UTF-8", 3, [5, 6]),
        ("c04_utf16", "UTF-16, tabs between cells", 3, []),
        ("c04_utf16_comma", "UTF-16", 3, []),
        ("c29_semicolon", "UTF-8, semicolons between cells", 2, []),
        ("c29_case", "UTF-8", 2, []),
        ("c29_star", "UTF-8", 2, []),
        ("c29_cr", "UTF-8", 2, []),
        ("c29_index", "UTF-8", 2, []),
        ("c29_trailing", "UTF-8", 2, []),
        ("c29_big5", "GB18030", 2, []),
        ("c25_vt", "UTF-8", 2, [3]),
        ("c18_served2", "UTF-8", 8, []),
        ("c24_text", "UTF-8", 6, []),
    ],
)
def test_what_can_be_read_is_read(cases: Path, case: str, encoding: str, accepted: int, rejected: Sequence[int]) -> None:
    found = checked(cases / case).checks["jobs"]
    rows = sorted({p.row for problems in found.tally.examples.values() for p in problems if p.is_error})
    assert (found.encoding, found.accepted, rows) == (encoding, accepted, list(rejected))


@pytest.mark.parametrize(
    ("case", "table", "column", "rule", "cause"),
    [
        ("c04_cut", "jobs", "description", "encoding", r"\xEF is no UTF-8: byte 205 of the row"),
        ("c15_sheet", "jobs", "job_id", "missing-column", "row 3 looks like the header"),
        ("c29_fullcomma", "jobs", "title", "missing-column", "full-width commas"),
        ("c29_index", "jobs", "(column 1)", "extra-column", "row numbers"),
        ("c29_big5", "jobs", "", "other-encoding", "Big5"),
        ("c13_codes", "jobs", "occupation", "occupation", "without hyphens"),
        ("c13_codes", "occupations", "code", "occupation-required", "ISCO"),
        ("c22_communities", "communities", "area", "area-required", "a province or a city"),
        ("c22_communities", "communities", "population", "number", "thousands separators"),
        ("c23_words", "events", "event", "choice-required", "impression, dismiss, view, save, apply"),
        ("c23_words", "events", "kind", "choice-required", "job, course, amenity"),
        ("c12_amenities", "amenities", "status", "status", "open, closed, planned"),
        ("c12_amenities", "amenities", "type", "choice-required", "convenience_store, breakfast, market"),
        ("c12_amenities", "amenities", "hours", "hours", "write mon-sun 08:00-21:00"),
        ("c19_lists", "people", "desired", "list-separator", "| between the members"),
        ("c19_lists", "people", "skills", "list-separator", "| between the members"),
        ("c08_float_ids", "events", "item_id", "unknown-item", "ends in .0: without it, it is known"),
    ],
)
def test_the_cause_is_said(cases: Path, case: str, table: str, column: str, rule: str, cause: str) -> None:
    assert cause in said(checked(cases / case), table, column, rule)


def test_words_that_hid_one_another_are_read(cases: Path) -> None:
    """Three hundred unread schoolings hid a hundred and fifty unread states of work in other rows; both are read in words now."""
    found = checked(cases / "c30_hidden").checks["people"]
    assert (found.tally.times, found.rows_in) == ({}, 300)


def test_all_problems_are_counted_by_column_and_can_be_had(tmp_path: Path) -> None:
    rows = [f"h{number},{'学' * 9 if number < 300 else ''},{'' if number < 300 else '闲着没事'},1980-01" for number in range(450)]
    (tmp_path / "people.csv").write_text("\n".join(["person_id,education,employment,birth_month", *rows]), encoding="utf-8")
    found = checked(tmp_path)
    assert found.checks["people"].tally.times == {("education", "choice"): 300, ("employment", "choice"): 150}
    everything = tmp_path / "all.log"
    result = CliRunner().invoke(app, ["check", str(tmp_path), "--all", str(everything), "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert len(everything.read_text(encoding="utf-8").splitlines()) == 450


def test_what_nothing_is_learnt_from(cases: Path) -> None:
    floats, late = checked(cases / "c08_float_ids"), checked(cases / "c28_refreshed")
    assert [problem.rule for problem in floats.unread] == ["nothing-joins"]
    assert "of 160 events with jobs, 160 name a person of people and 0 an item of jobs" in str(floats.unread[0])
    assert floats.errors
    assert late.checks["events"].tally.rules == {"before-published": 160}
    assert late.usability[0] == "jobs cannot be trained: all 160 events lie before published_at of their item"


@pytest.mark.parametrize("case", ["c05_names", "c05_xlsx_only", "c26_bom", "c26_zero"])
def test_what_cannot_be_read_is_told_a_sentence_each(cases: Path, case: str) -> None:
    with pytest.raises(TableError) as raised:
        checked(cases / case)
    assert all(line.endswith(".") for line in str(raised.value).splitlines())


def test_every_case_is_accepted_or_refused_in_sentences(cases: Path) -> None:
    for folder in sorted(place for place in cases.iterdir() if (place / "folder.json").exists()):
        try:
            found = checked(folder)
        except TableError as told:
            assert str(told).strip(), folder
            continue
        assert all(check.rows_in == check.accepted + check.rejected for check in found.checks.values()), folder
