"""`sqrec check`: what it prints, and its exit codes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqrec.cli.app import app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-01"}', encoding="utf-8")
    (tmp_path / "jobs.csv").write_text("job_id,title,headcount\na,cook,1\nb,baker,x\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_warnings_leave_the_folder_good(folder: Path) -> None:
    code, text = run(folder)
    assert code == 0
    assert "jobs (UTF-8): 2 rows in = 2 accepted + 0 rejected" in text
    assert "headcount 50%" in text
    assert "headcount  integer  1 " in text
    assert "row 3 'x'" in text
    assert not (folder / "rejected").exists()


def test_an_error_is_told_by_the_exit_code(folder: Path) -> None:
    with (folder / "jobs.csv").open("a", encoding="utf-8") as stream:
        stream.write("c,,1\n" * 5)
    code, text = run(folder)
    assert code == 1
    assert "7 rows in = 2 accepted + 5 rejected" in text
    assert "… and 2 more" in text
    assert (folder / "rejected" / "jobs.csv").exists()


def test_strict_lists_everything_and_writes_nothing(folder: Path) -> None:
    with (folder / "jobs.csv").open("a", encoding="utf-8") as stream:
        stream.write("c,,1\n")
    code, text = run(folder, "--strict")
    assert code == 1
    assert "`required`" in text
    assert "`integer`" in text
    assert not (folder / "rejected").exists()


def test_rejected_rows_go_where_asked(folder: Path, tmp_path: Path) -> None:
    (folder / "jobs.csv").write_text("job_id,title\na,\n", encoding="utf-8")
    assert run(folder, "--out", tmp_path / "out")[0] == 1
    assert (tmp_path / "out" / "rejected" / "jobs.csv").exists()
    assert not (folder / "rejected").exists()


def test_no_folder_is_one_sentence(tmp_path: Path) -> None:
    code, text = run(tmp_path / "nothing")
    assert code == 1
    assert len(text.splitlines()) == 1
    assert "is not a folder" in text


def test_square_brackets_in_data_are_printed_as_they_are(folder: Path) -> None:
    (folder / "jobs.csv").write_text("job_id,title,headcount\na,cook,[red]9\n", encoding="utf-8")
    assert "[red]9" in run(folder)[1]
