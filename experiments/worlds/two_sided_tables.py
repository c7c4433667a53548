"""The tables of the world `two_sided`: people, jobs, courses, amenities."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.worlds.cells import END, NEVER, Array, blanked, moments, numbered
from experiments.worlds.signs import SIGNS
from experiments.worlds.two_sided_market import CODE, LABEL, OPENS, SHUTS, SKILL, STEP, TYPES, Lessons, Rooms, Side, Vacancies
from sqrec.contract import FORMS

_HALLS = np.array([*"甲乙丙丁戊己庚辛"], object)


def people_table(folk: Side, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with cells left empty."""
    count = len(folk.past)
    able = [f"{SKILL[one][0]}@{folk.can[n, one]}|{SKILL[one][1]}" for n, one in enumerate(folk.past)]
    wants = ["|".join("type:" + one for one in TYPES[row]) or None for row in folk.declared]
    away = rng.random(count) < 0.15
    return pd.DataFrame(
        {
            "person_id": numbered("m", count),
            "birth_month": [
                f"{2026 - 20 - int(one) - more}-{month:02d}"
                for one, more, month in zip(folk.years, *_extra(count, rng), strict=True)
            ],
            "education": blanked(STEP[folk.rung], 0.15, rng),
            "skills": blanked(able, 0.3, rng),
            "occupations": blanked(LABEL[folk.past], 0.25, rng),
            "desired": blanked(LABEL[folk.wish], 0.25, rng),
            "experience_years": np.where(rng.random(count) < 0.3, np.nan, folk.years),
            "wage_min": np.where(rng.random(count) < 0.3, np.nan, folk.hoped.round(-2)),
            "forms": blanked([FORMS[0] if one else f"{FORMS[0]}|{FORMS[3]}" for one in rng.random(count) < 0.7], 0.4, rng),
            "needs": blanked(wants, 0.3, rng),
            "lon": np.where(away, np.nan, folk.lon.round(6)),
            "lat": np.where(away, np.nan, folk.lat.round(6)),
            "area": blanked(area[folk.ward], 0.1, rng),
        }
    )


def jobs_table(jobs: Vacancies, filled: Array, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`; `filled` is the moment at which each closes."""
    asks = ["|".join(SKILL[trade][row]) or None for trade, row in zip(jobs.trade, jobs.asks, strict=True)]
    return pd.DataFrame(
        {
            "job_id": numbered("x", len(asks)),
            "title": [
                f"{label}{'（可带薪培训）' if one else ''}" for label, one in zip(LABEL[jobs.trade], jobs.years == 0, strict=True)
            ],
            "occupation": blanked(CODE[jobs.trade], 0.25, rng),
            "employer_id": numbered("f", jobs.employer),
            "employer": [
                f"{_HALLS[one % 8]}字{one}{'集团' if fame > 0.8 else '公司'}"
                for one, fame in zip(jobs.employer, jobs.prestige, strict=True)
            ],
            "wage_min": (jobs.wage * 0.9).round(-2),
            "wage_max": (jobs.wage * 1.1).round(-2),
            "wage_unit": "month",
            "education_min": STEP[jobs.rung],
            "experience_min_years": jobs.years,
            "skills": asks,
            "form": "full_time",
            "headcount": jobs.headcount,
            **_set(jobs, area, filled),
        }
    )


def courses_table(courses: Lessons, full: Array, area: Array) -> pd.DataFrame:
    """Return the table `courses`; `full` is the moment at which each closes."""
    return pd.DataFrame(
        {
            "course_id": numbered("y", len(courses.trade)),
            "title": [
                f"{LABEL[one]}（{'初中高'[5 - level]}级工）" for one, level in zip(courses.trade, courses.level, strict=True)
            ],
            "teaches": [
                f"{SKILL[one][0]}@{level}|{SKILL[one][1]}" for one, level in zip(courses.trade, courses.level, strict=True)
            ],
            "occupation": CODE[courses.trade],
            "level": courses.level,
            "fee": courses.fee,
            "education_min": STEP[courses.rung],
            "capacity": courses.seats,
            **_set(courses, area, full),
        }
    )


def amenities_table(found: Rooms, area: Array) -> pd.DataFrame:
    """Return the table `amenities`, with opening hours."""
    return pd.DataFrame(
        {
            "amenity_id": numbered("z", len(found.sort)),
            "name": [f"{_HALLS[n % 8]}记{SIGNS[sort]}{n // 8}" for n, sort in enumerate(found.sort)],
            "type": TYPES[found.sort],
            "hours": [f"{OPENS[one]:02d}:00-{SHUTS[one]:02d}:00" for one in found.clock],
            "capacity": np.ceil(found.bears * 4),
            "status": "open",
            **_set(found, area, found.until),
        }
    )


def _extra(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return rng.integers(0, 12, count), rng.integers(1, 11, count)


def _set(items: Vacancies | Lessons | Rooms, area: Array, until: Array) -> dict[str, Any]:
    return {
        "lon": items.lon.round(6),
        "lat": items.lat.round(6),
        "area": area[items.ward],
        "published_at": moments(items.since),
        "valid_to": moments(np.where(until >= END, NEVER, until)),
    }
