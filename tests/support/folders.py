"""Data folders that nobody would write by hand: a few rows of tables, some of them missing, with odd cells that a check accepts."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Row = dict[str, str]
MOST_PEOPLE, MOST_ITEMS, MOST_EVENTS = 12, 12, 40

MOMENTS = (
    "2026-07-01T00:00:00Z",
    "2026-07-05T08:30:00+08:00",
    "2026-07-20T00:00:00Z",
    "2026-07-27T10:31:00.5Z",
    "2026-07-20T00:00:00",
)
ODD_MOMENTS = ("1970-01-01T00:00:00Z", "2072-01-01T00:00:00Z", "2026-10-31T15:59:59Z")
DAYS = ("", "", "2026-01-01", "2026-07-10", "2027-01-01", "1970-01-01", "9999-12-31", "2099-12-31")
TITLES = ("收银员", "面点师（利群）", "普工", "<b>x</b>", "🙂", "2026", "育婴员\u200b")
NUMBERS = ("", "", "0", "1.4", "3500", "48000", "99999999", "1e3")
AREAS = ("", "", "370203", "370203022", "370282", "New Jersey/Newark")
IDS = ("0", "1", "2", "3", "4", "5", "6", "7", "100022.0", "9a")

_CELLS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "people": {
        "birth_month": ("", "1970-01", "1985-03", "2008-11", "1901-01"),
        "education": ("", "21", "71", "00"),
        "desired": ("", "收银员", "面点师|保洁员", "4-10-01-05"),
        "occupations": ("", "营业员|4-10-01-05"),
        "skills": ("", "面点@3", "@"),
        "employment": ("", "unemployed", "retired"),
        "wage_min": NUMBERS,
        "hours": ("", "22:00-06:00", "mon-fri 08:30-17:30"),
        "area": AREAS,
        "personalised": ("", "", "", "false", "true"),
        "updated_at": ("", "", *MOMENTS[:2], "2072-01-01T00:00:00Z"),
    },
    "jobs": {
        "title": TITLES,
        "employer_id": ("", "e0", "e1"),
        "wage_min": NUMBERS,
        "wage_max": NUMBERS,
        "wage_unit": ("", "month", "day", "hour"),
        "education_min": ("", "31"),
        "experience_min_years": ("", "1", "80"),
        "skills": ("", "面点@4|烹饪"),
        "form": ("", "part_time"),
        "mode": ("", "remote", "on_site"),
        "kind": ("", "", "", "market", "public_welfare", "event"),
        "hazards": ("", "night"),
        "headcount": ("", "1", "999999"),
        "hours": ("", "mon-fri 09:00-18:00", "00:00-24:00"),
        "area": AREAS,
        "published_at": DAYS,
        "valid_to": DAYS,
    },
    "courses": {
        "title": TITLES,
        "teaches": ("", "面点@5"),
        "fee": NUMBERS,
        "online": ("", "true"),
        "audience": ("", "", "graduate"),
        "age_min": ("", "18"),
        "age_max": ("", "0", "16", "120"),
        "start_on": ("", "2026-03-01", "2099-01-01"),
        "area": AREAS,
        "published_at": DAYS,
        "valid_to": DAYS,
    },
    "amenities": {
        "name": TITLES,
        "type": ("canteen", "market", "other", "gym"),
        "hours": ("", "08:00-20:00"),
        "status": ("", "open", "closed", "planned"),
        "area": AREAS,
        "published_at": DAYS,
        "valid_to": DAYS,
    },
}
_KEYS = {"people": "person_id", "jobs": "job_id", "courses": "course_id", "amenities": "amenity_id"}
_KIND = {"jobs": "job", "courses": "course", "amenities": "amenity"}
_EVENT = ("person_id", "kind", "item_id", "event", "at")
_ACTIONS = ("view", "view", "apply", "save", "dismiss", "impression", "hire", "visit", "enrol", "complete")
_PLACES = (("", ""), ("120.356", "36.084"), ("120.3561", "36.0841"), ("120.40", "36.10"))


@dataclass(frozen=True)
class Made:
    """Hold the tables of a folder and what folder.json says."""

    tables: Mapping[str, Sequence[Row]]
    config: Mapping[str, Any]

    def write(self, folder: Path) -> Path:
        """Write the folder and return it."""
        folder.mkdir(parents=True)
        for name, rows in self.tables.items():
            columns = list(
                dict.fromkeys([_KEYS.get(name, "event_id"), *_CELLS.get(name, _EVENT), *(name for row in rows for name in row)])
            )
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        (folder / "folder.json").write_text(json.dumps(self.config), encoding="utf-8")
        return folder


@st.composite
def folders(draw: st.DrawFn) -> Made:
    """Draw a folder: each table may be missing; ids are few, so that events meet their items or miss them all."""
    tables, rich = dict[str, list[Row]](), draw(st.booleans())
    for name in sorted(draw(st.sets(st.sampled_from(sorted(_KIND)), min_size=1))):
        tables[name] = _rows(draw, name, 8 if rich else 0, MOST_ITEMS)
    if draw(st.integers(0, 3)):
        tables["people"] = _rows(draw, "people", 8 if rich else 0, MOST_PEOPLE)
    if rich or draw(st.integers(0, 7)):
        tables["events"] = _events(draw, [_KIND[name] for name in sorted(tables) if name in _KIND], rich=rich)
    config = {
        "city": draw(st.sampled_from(["qingdao", "qingdao", None])),
        "as_of": draw(st.sampled_from([None, "2026-08-01", "2026-07-10T00:00:00Z", "2030-01-01"])),
        "synthetic": True,
    }
    return Made(tables, config)


def _rows(draw: st.DrawFn, name: str, least: int, most: int) -> list[Row]:
    some = st.lists(st.sampled_from([*map(str, range(most)), "100022", "guest"]), max_size=most, unique=True)
    ids = [str(number) for number in range(draw(st.integers(least, most)))] if least else draw(some)
    plain = draw(st.booleans())
    rows = list[Row]()
    for one in ids:
        cells = {column: words[0] if plain else draw(st.sampled_from(words)) for column, words in _CELLS[name].items()}
        lon, lat = draw(st.sampled_from(_PLACES))
        rows.append({_KEYS[name]: one, **cells, "lon": lon, "lat": lat})
    return rows


def _events(draw: st.DrawFn, kinds: Sequence[str], *, rich: bool) -> list[Row]:
    """Draw events; often all of one moment, of one person, or of ids that meet nothing; where they are rich, enough to train by."""
    moments = draw(st.sampled_from([MOMENTS, MOMENTS, MOMENTS[:1], (*MOMENTS, *ODD_MOMENTS)]))
    people = draw(st.sampled_from([IDS, IDS, ("guest",), ("0",), ("0", "1")]))
    items = draw(st.sampled_from([IDS[:8], IDS] if rich else [IDS[:8], IDS, ("0",), ("100022.0",)]))
    few = [("impression",), ("dismiss", "impression")]
    actions = draw(st.sampled_from([_ACTIONS, ("view", "apply"), *([] if rich else few)]))
    lists = draw(st.sampled_from([("",), ("", "r0", "r1")]))
    return [
        {
            "event_id": f"v{number}",
            "person_id": draw(st.sampled_from(people)),
            "kind": draw(st.sampled_from(kinds)),
            "item_id": draw(st.sampled_from(items)),
            "event": draw(st.sampled_from(actions)),
            "at": draw(st.sampled_from(moments)),
            "recorded_at": draw(st.sampled_from(["", "", "", "2026-07-28T00:00:00Z"])),
            "request_id": draw(st.sampled_from(lists)),
            "position": draw(st.sampled_from(["", "1", "2"])),
        }
        for number in range(draw(st.integers(20 if rich else 0, MOST_EVENTS)))
    ]
