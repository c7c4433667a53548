"""Rows that break no rule, and folders of them as read."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqrec.tables import Folder, read_folder

GOOD: Mapping[str, Mapping[str, str]] = {
    "people": {"person_id": "good", "birth_month": "1985-03", "lon": "120.40", "lat": "36.07", "wage_min": "3500"},
    "restricted": {"person_id": "good"},
    "jobs": {"job_id": "good", "title": "面点师", "wage_min": "20", "wage_max": "30", "wage_unit": "hour", "occupation": "4-10"},
    "courses": {
        "course_id": "good",
        "title": "育婴",
        "start_on": "2026-03-01",
        "end_on": "2026-03-01",
        "age_min": "18",
        "age_max": "18",
    },
    "amenities": {"amenity_id": "good", "name": "食堂", "type": "canteen", "hours": "mon-fri 08:30-17:30; sat 22:00-06:00"},
    "occupations": {"code": "4-10-01-05", "name": "cook"},
    "policies": {"policy_id": "good", "title": "补贴", "conditions": "{}"},
    "communities": {"area": "370202", "name": "湛山", "boundary": "POLYGON((120 36, 120.1 36, 120.1 36.1, 120 36))"},
    "events": {
        "event_id": "good",
        "person_id": "good",
        "kind": "job",
        "item_id": "good",
        "event": "view",
        "at": "2026-01-05T09:00:00Z",
    },
    "rankings": {"request_id": "good", "at": "2026-01-05T09:00:00Z", "vector": "AAAAAAAA8D8="},
}
"""A row of each table that breaks nothing."""

LATER: Mapping[str, Sequence[Mapping[str, str]]] = {"jobs": [{"job_id": "late", "title": "cook", "published_at": "2026-02-01"}]}
"""Items that are shown after the good event."""


def write(folder: Path, name: str, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> None:
    """Write a table; a cell that a row lacks is empty."""
    header = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="")
        writer.writeheader()
        writer.writerows(rows)


def configure(folder: Path, **values: Any) -> Path:
    """Make a folder with its folder.json, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"city": "qingdao", "crs": "WGS84", "as_of": "2026-11-01", "synthetic": True} | values
    (folder / "folder.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def folder_of(folder: Path, table: str, *rows: Mapping[str, str], **config: Any) -> Folder:
    """Write a folder of one table, and read it."""
    write(configure(folder, **config), table, rows)
    return read_folder(folder, write_rejected=False)


def told(folder: Folder) -> list[tuple[int, str, str]]:
    """Return the row, column and rule of every problem."""
    return [(problem.row, problem.column, problem.rule) for problem in folder.problems]
