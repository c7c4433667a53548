"""Communities, people and items of the world `slates`, and their tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, blanked, listed, moments, numbered, read_rows
from experiments.worlds.signs import SIGNS
from sqrec.contract import AMENITY_TYPES, FORMS

TRADES = read_rows("slates_trades")
FAMILY = np.unique([trade[0] for trade in TRADES], return_inverse=True)[1]
TITLE, CODE = (np.array([None if trade[place] == "-" else trade[place] for trade in TRADES], object) for place in (1, 2))
SKILLS = [trade[5].split(",") for trade in TRADES]
PAY, LEAST = (np.array([int(trade[place]) for trade in TRADES]) for place in (3, 4))
RUNGS = np.array(["71", "61", "31", "21", "14"], object)
TYPES = np.array(list(AMENITY_TYPES), object)
FORM = np.array(FORMS, object)
HOURS = np.array(["mon-fri 08:30-17:30", "mon-fri 18:00-21:30; sat-sun 09:00-18:00", "08:00-21:00"], object)
DISTRICTS = ("370202", "370203", "370212", "370213")
_WORDS = np.array(["诚聘", "急招", "", "", "", "直招", "高薪聘"], object)
_HOUSES = ("海润", "金桥", "崂山湾", "百味居", "同安", "银河", "德馨", "鲁信", "众合", "安泰", "东方", "明达")


@dataclass(frozen=True)
class Town:
    """Hold communities: middles, index of the district, area codes."""

    lon: Array
    lat: Array
    district: Array
    area: Array


@dataclass(frozen=True)
class People:
    """Hold the true facts of people; hidden are `taste` (for each family of trades), `employer` and `types`.

    `wanted` and `had` are trades (-1: none), `forms` and `needs` marks, `hours` an index.
    """

    lon: Array
    lat: Array
    home: Array
    rung: Array
    wanted: Array
    had: Array
    wage: Array
    forms: Array
    hours: Array
    needs: Array
    taste: Array
    employer: Array
    types: Array


@dataclass(frozen=True)
class Things:
    """Hold items of one kind: `what` is a trade or type, `who` the employer or school, `worth` a wage, a fee or a quality.

    `rung` is the required education, of courses the level (5 lowest).
    """

    what: Array
    who: Array
    worth: Array
    rung: Array
    form: Array
    hours: Array
    place: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    def live(self, at: int) -> Array:
        """Mark the items that exist at a moment, shape (items,)."""
        return (self.since <= at) & (self.until > at)


def town(rng: np.random.Generator) -> Town:
    """Draw 32 communities in four districts."""
    lon, lat = rng.uniform(120.305, 120.445, 32), rng.uniform(36.055, 36.195, 32)
    district = (lon > 120.37) * 2 + (lat > 36.12)
    area = [f"{DISTRICTS[where]}{1 + number // 8:03d}{1 + number % 8:03d}" for number, where in enumerate(district)]
    return Town(lon, lat, district, np.array(area, object))


def residents(count: int, employers: int, where: Town, rng: np.random.Generator) -> People:
    """Draw people: past trades mostly of one family, wanted ones near them."""
    home = rng.choice(32, count, p=rng.dirichlet(np.full(32, 4.0)))
    first = rng.choice(len(TRADES), count, p=rng.dirichlet(np.full(len(TRADES), 6.0)))
    had = np.stack([first, _near(first, 0.6, rng), _near(first, 0.6, rng)], axis=1)
    had[:, 1:][rng.random((count, 2)) < (0.5, 0.75)] = NEVER
    wish = np.where(rng.random(count) < 0.5, first, _near(first, 0.55, rng))
    wanted = np.stack([wish, np.where(rng.random(count) < 0.4, _near(wish, 0.7, rng), NEVER)], axis=1)
    rung = np.clip(np.maximum(LEAST[first], rng.choice(5, count, p=[0.3, 0.3, 0.2, 0.16, 0.04])), 0, 4)
    forms = rng.random((count, len(FORMS))) < (0.85, 0.35, 0.25, 0.2, 0.05)
    forms[~forms.any(axis=1), 0] = True
    return People(
        where.lon[home] + rng.normal(0, 0.003, count),
        where.lat[home] + rng.normal(0, 0.0025, count),
        home,
        rung,
        wanted,
        had,
        PAY[wish] * rng.lognormal(-0.05, 0.2, count),
        forms,
        rng.choice(3, count, p=[0.3, 0.4, 0.3]),
        rng.random((count, len(TYPES))) < rng.uniform(0.03, 0.22, len(TYPES)),
        rng.normal(0, 0.7, (count, FAMILY.max() + 1)).astype(np.float32),
        rng.normal(0, 0.3, (count, employers)).astype(np.float32),
        rng.normal(0, 0.6, (count, len(TYPES))).astype(np.float32),
    )


def vacancies(count: int, employers: int, where: Town, rng: np.random.Generator) -> Things:
    """Draw jobs; an employer has one place and mostly one family of trades."""
    who = rng.choice(employers, count, p=rng.dirichlet(np.full(employers, 0.8)))
    seat, core = rng.integers(0, 32, employers), rng.integers(0, len(TRADES), employers)
    what = np.where(rng.random(count) < 0.7, _near(core[who], 0.75, rng), rng.integers(0, len(TRADES), count))
    rung = np.clip(LEAST[what] + rng.choice([-1, 0, 1], count, p=[0.15, 0.7, 0.15]), 0, 4)
    form = rng.choice(len(FORMS), count, p=[0.68, 0.12, 0.1, 0.07, 0.03])
    wage = PAY[what] * rng.lognormal(0, 0.18, count)
    return _placed(what, who, wage, rung, form, rng.choice(3, count, p=[0.6, 0.15, 0.25]), seat[who], where, rng)


def trainings(count: int, where: Town, rng: np.random.Generator) -> Things:
    """Draw courses; one in three is free by subsidy."""
    what = rng.integers(0, len(TRADES), count)
    fee = np.where(rng.random(count) < 0.35, 0, rng.lognormal(7.2, 0.6, count).round(-1))
    level = rng.choice([5, 4, 3, 2], count, p=[0.4, 0.35, 0.2, 0.05])
    schools = rng.integers(0, 14, count)
    return _placed(what, schools, fee, level, level * 0, rng.choice(3, count, p=[0.45, 0.4, 0.15]), schools * 2, where, rng)


def places(count: int, where: Town, rng: np.random.Generator) -> Things:
    """Draw amenities; everyday types are frequent."""
    what = rng.choice(len(TYPES), count, p=rng.dirichlet(np.linspace(9, 3, len(TYPES))))
    zero = np.zeros(count, np.int64)
    return _placed(what, zero, rng.normal(0, 0.6, count), zero, zero, zero, rng.integers(0, 32, count), where, rng, 0.004)


def people_table(folk: People, where: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with cells left empty."""
    count = len(folk.rung)
    titled = [
        "|".join(_past(one, code=code) for one in row if one >= 0)
        for row, code in zip(folk.had, rng.random(count) < 0.4, strict=True)
    ]
    able = ["|".join(SKILLS[one]) for one in folk.had[:, 0]]
    at = np.stack([folk.lon.round(6), folk.lat.round(6)])
    at[:, rng.random(count) < 0.12] = np.nan
    return pd.DataFrame(
        {
            "person_id": numbered("p", count),
            "birth_month": [f"{year}-{month:02d}" for year, month in rng.integers((1967, 1), (2008, 13), (count, 2))],
            "education": blanked(RUNGS[folk.rung], 0.2, rng),
            "skills": blanked(able, 0.4, rng),
            "occupations": blanked(titled, 0.35, rng),
            "desired": blanked(["|".join(str(TITLE[one]) for one in row if one >= 0) for row in folk.wanted], 0.3, rng),
            "wage_min": np.where(rng.random(count) < 0.4, np.nan, (folk.wage / 100).round() * 100),
            "forms": blanked(listed(FORM, folk.forms), 0.3, rng),
            "hours": blanked(HOURS[folk.hours], 0.5, rng),
            "needs": blanked(listed(np.array([f"type:{one}" for one in TYPES], object), folk.needs), 0.4, rng),
            "lon": at[0],
            "lat": at[1],
            "area": blanked(where.area[folk.home], 0.1, rng),
        }
    )


def jobs_table(jobs: Things, where: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`."""
    count = len(jobs.what)
    low = (jobs.worth * 0.92 / 100).round() * 100
    return pd.DataFrame(
        {
            "job_id": numbered("j", count),
            "title": _WORDS[rng.integers(0, len(_WORDS), count)] + TITLE[jobs.what],
            "occupation": blanked(CODE[jobs.what], 0.3, rng),
            "employer_id": numbered("c", jobs.who),
            "employer": [f"青岛{_HOUSES[one % len(_HOUSES)]}{one // len(_HOUSES) + 1}号公司" for one in jobs.who],
            "wage_min": low,
            "wage_max": np.maximum(low, (jobs.worth * 1.08 / 100).round() * 100),
            "wage_unit": "month",
            "education_min": blanked(RUNGS[jobs.rung], 0.15, rng),
            "skills": blanked(["|".join(SKILLS[one]) for one in jobs.what], 0.3, rng),
            "form": FORM[jobs.form],
            "hours": blanked(HOURS[jobs.hours], 0.5, rng),
            **_where_and_when(jobs, where),
        }
    )


def courses_table(courses: Things, where: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `courses`."""
    taught = [
        "|".join(f"{skill}@{level}" for skill in SKILLS[what]) for what, level in zip(courses.what, courses.rung, strict=True)
    ]
    return pd.DataFrame(
        {
            "course_id": numbered("k", len(taught)),
            "title": [f"{TITLE[what]}{level}级培训班" for what, level in zip(courses.what, courses.rung, strict=True)],
            "teaches": taught,
            "occupation": blanked(CODE[courses.what], 0.2, rng),
            "level": courses.rung,
            "provider": [f"{_HOUSES[one % len(_HOUSES)]}职业培训学校{one // len(_HOUSES) or ''}" for one in courses.who],
            "fee": courses.worth,
            "subsidised": courses.worth == 0,
            "schedule": HOURS[courses.hours],
            **_where_and_when(courses, where),
        }
    )


def amenities_table(found: Things, where: Town) -> pd.DataFrame:
    """Return the table `amenities`."""
    return pd.DataFrame(
        {
            "amenity_id": numbered("a", len(found.what)),
            "name": [f"{_HOUSES[one % 12]}{SIGNS[what]}{one}号店" for one, what in enumerate(found.what)],
            "type": TYPES[found.what],
            "status": "open",
            **_where_and_when(found, where),
        }
    )


def _near(trade: Array, share: float, rng: np.random.Generator) -> Array:
    """Draw a trade of the same family for a share of entries, any trade for the others."""
    kin = np.array([rng.permutation(np.flatnonzero(FAMILY[one] == FAMILY))[:3] for one in range(len(TRADES))])
    near = kin[trade, rng.integers(0, 3, len(trade))]
    return np.where(rng.random(len(trade)) < share, near, rng.integers(0, len(TRADES), len(trade)))


def _past(trade: int, *, code: bool) -> str:
    return str((code and CODE[trade]) or TITLE[trade])


def _placed(
    what: Array,
    who: Array,
    worth: Array,
    rung: Array,
    form: Array,
    hours: Array,
    seat: Array,
    where: Town,
    rng: np.random.Generator,
    spread: float = 0.002,
) -> Things:
    """Return items with points near their places and with periods; three in four exist for the whole window."""
    count = len(what)
    turn = rng.random(count)
    since = np.where(turn < 0.15, START + rng.integers(0, DAYS - 3, count) * DAY, START - rng.integers(1, 200, count) * DAY)
    until = np.where((turn > 0.15) & (turn < 0.25), START + rng.integers(5, DAYS, count) * DAY, END + 400 * DAY)
    lon, lat = (middle[seat] + rng.normal(0, spread, count) for middle in (where.lon, where.lat))
    return Things(what, who, worth, rung, form, hours, seat, lon, lat, since, until)


def _where_and_when(things: Things, where: Town) -> dict[str, Any]:
    return {
        "lon": things.lon.round(6),
        "lat": things.lat.round(6),
        "area": where.area[things.place],
        "published_at": moments(things.since),
        "valid_to": moments(np.where(things.until > END, NEVER, things.until)),
    }
