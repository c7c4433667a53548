"""Folders of files as offices and other programs write them, and what reading says of them."""

from pathlib import Path

from sqrec.tables import Problem, read_folder

TITLES = ["收银员", "会计", "保洁员"]
ROWS = "".join(f"j{place},{title},3500,month\n" for place, title in enumerate(TITLES))
TEXT = f"job_id,title,wage_min,wage_unit\n{ROWS}"


def folder_of(place: Path, **files: str | bytes) -> Path:
    """Write a folder; `jobs_csv` names jobs.csv."""
    (place / "folder.json").write_text('{"city": "qingdao", "as_of": "2026-11-01"}', encoding="utf-8")
    for name, text in files.items():
        (place / name.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


def problems(folder: Path) -> list[Problem]:
    """Read a folder for its problems."""
    return read_folder(folder, write_rejected=False).problems


def hints(folder: Path) -> dict[tuple[str, str], str]:
    """Read a folder for its hints, by column and rule."""
    return {(problem.column, problem.rule): problem.hint for problem in problems(folder)}


def titles(folder: Path) -> list[str]:
    """Read a folder for the titles of its jobs."""
    return read_folder(folder, write_rejected=False).tables["jobs"]["title"].tolist()
