"""A small invented city on disk, for tests: forty jobs, twelve people, some events."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

TITLES = ("收银员", "面点师", "保洁员", "养老护理员", "快递员", "理货员", "厨师", "保安", "育婴员", "客服专员")
EMPLOYERS = ("利群超市", "海信物业", "台东餐饮", "市北家政")
COLUMNS = {
    "jobs": [
        "job_id",
        "title",
        "employer_id",
        "employer",
        "wage_min",
        "wage_max",
        "wage_unit",
        "education_min",
        "experience_min_years",
        "skills",
        "form",
        "mode",
        "kind",
        "hazards",
        "hazards_checked",
        "hours",
        "days_per_week",
        "lon",
        "lat",
        "area",
        "published_at",
        "valid_to",
    ],
    "people": [
        "person_id",
        "birth_month",
        "education",
        "skills",
        "occupations",
        "desired",
        "experience_years",
        "employment",
        "wage_min",
        "forms",
        "hours",
        "lon",
        "lat",
        "area",
        "personalised",
        "updated_at",
    ],
    "events": ["event_id", "person_id", "kind", "item_id", "event", "at", "recorded_at", "request_id"],
}


def jobs() -> list[dict[str, Any]]:
    """Return forty jobs around Taidong; j38 is closed, j39 remote, j37 a public-welfare post, j36 opens in 2027."""
    rows = [
        {
            "job_id": f"j{i:02d}",
            "title": f"{TITLES[i % 10]}（{EMPLOYERS[i % 4]}）",
            "employer_id": f"e{i % 4}",
            "employer": EMPLOYERS[i % 4],
            "wage_min": 3000 + 50 * i,
            "wage_max": 3500 + 50 * i,
            "wage_unit": "month",
            "education_min": ("", "71", "61", "31", "21")[i % 5],
            "experience_min_years": i % 3 or "",
            "skills": "面点@4|烹饪" if i % 10 in {1, 6} else "",
            "form": "full_time" if i % 3 else "part_time",
            "mode": "on_site",
            "hazards": "night" if i % 7 == 0 else "",
            "hazards_checked": "true" if i % 2 == 0 else "",
            "hours": "mon-fri 09:00-18:00",
            "lon": 120.355 + 0.0035 * (i % 8),
            "lat": 36.083 + 0.0030 * (i // 8),
            "area": "370203022" if i % 2 else "370203",
            "published_at": f"2026-0{1 + i % 6}-01",
        }
        for i in range(40)
    ]
    rows[36]["published_at"] = "2027-01-01"
    rows[37]["kind"] = "public_welfare"
    rows[38]["valid_to"] = "2026-07-31"
    rows[39].update(mode="remote", lon="", lat="", area="")
    return rows


def people() -> list[dict[str, Any]]:
    """Return twelve people; p11 switched recommendations off."""
    rows = [
        {
            "person_id": f"p{i:02d}",
            "birth_month": f"{1970 + 3 * i}-0{1 + i % 9}",
            "education": ("71", "61", "31", "21")[i % 4],
            "desired": TITLES[i % 10],
            "skills": "面点@3" if i == 1 else "",
            "experience_years": i % 5,
            "wage_min": 3000 + 100 * i,
            "lon": 120.356 + 0.002 * i,
            "lat": 36.084 + 0.001 * i,
            "area": "370203022",
        }
        for i in range(12)
    ]
    rows[11]["personalised"] = "false"
    return rows


def events(seed: int = 7, n: int = 160) -> list[dict[str, Any]]:
    """Return events of July 2026, most of them of people with jobs like the wanted ones."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number in range(n):
        person = int(rng.integers(12))
        item = (person % 10) + 10 * int(rng.integers(3)) if rng.random() < 0.6 else int(rng.integers(36))
        minute = number * 240 + int(rng.integers(200))
        at = np.datetime64("2026-07-01T00:00") + np.timedelta64(minute, "m")
        rows.append(
            {
                "event_id": f"v{number}",
                "person_id": f"p{person:02d}",
                "kind": "job",
                "item_id": f"j{item:02d}",
                "event": str(rng.choice(["view", "view", "save", "apply"])),
                "at": f"{at}:00Z",
            }
        )
    return rows


def write(folder: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, city: str | None = "qingdao") -> Path:
    """Write the city (or other rows) as a data folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (tables or {"jobs": jobs(), "people": people(), "events": events()}).items():
        columns = list(dict.fromkeys([*COLUMNS.get(name, ()), *(column for row in rows for column in row)]))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    (folder / "folder.json").write_text(json.dumps({"city": city, "as_of": "2026-08-01", "synthetic": True}), encoding="utf-8")
    return folder


def micros(text: str) -> int:
    """Return an instant (UTC, no zone) as microseconds."""
    return int(np.datetime64(text, "us").astype(np.int64))


def courses() -> list[dict[str, Any]]:
    """Return eight courses; c7 is online, c6 for graduates alone."""
    titles = (
        "面点师初级班",
        "育婴员培训",
        "养老护理员培训",
        "收银与理货实务",
        "家政服务员班",
        "保安员上岗班",
        "创业指导课",
        "直播客服线上课",
    )
    rows = [
        {
            "course_id": f"c{i}",
            "title": title,
            "teaches": "面点@5" if i == 0 else "",
            "provider": ("市北技工学校", "海信培训")[i % 2],
            "fee": 0 if i % 3 == 0 else 600,
            "online": "",
            "audience": "",
            "lon": 120.357 + 0.003 * i,
            "lat": 36.086,
            "area": "370203022",
        }
        for i, title in enumerate(titles)
    ]
    rows[6]["audience"] = "graduate"
    rows[7].update(online="true", lon="", lat="", area="")
    return rows


def amenities() -> list[dict[str, Any]]:
    """Return eight places around Taidong, each of another type."""
    types = ("canteen", "market", "elder_care", "childcare", "repair", "pharmacy", "employment_station", "gym")
    names = ("台东社区食堂", "台东菜市场", "康乐养老驿站", "小星托育园", "便民维修点", "惠民药房", "台东就业服务站", "邻里健身房")
    return [
        {
            "amenity_id": f"a{i}",
            "name": name,
            "type": of_type,
            "hours": "08:00-20:00",
            "lon": 120.356 + 0.002 * i,
            "lat": 36.085 + 0.001 * i,
            "area": "370203022",
        }
        for i, (name, of_type) in enumerate(zip(names, types, strict=True))
    ]


def communities() -> list[dict[str, Any]]:
    """Return two communities, the second without a point."""
    return [
        {"area": "370203022", "name": "台东社区", "parent": "370203", "lon": 120.358, "lat": 36.086},
        {"area": "370213001", "name": "浮山路社区", "parent": "370213", "lon": "", "lat": ""},
    ]
