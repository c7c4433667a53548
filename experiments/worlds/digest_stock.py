"""Vacancies and courses of the job centre, and their tables."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, blanked, moments, numbered, unless
from experiments.worlds.digest_town import ASKED, CLAN, CODE, NEEDS_SKILL, NIGHT, PART, PAY, RUNG, SHIFTS, TITLE, WORDS, Shore
from sqrec.contract import FORMS

_SMALL, _MIDDLE, _LARGE = ("小店", "经营部", "工坊"), ("有限公司", "商贸公司", "服务公司"), ("集团", "股份公司", "控股集团")
_NAMES = ("胶澳", "栈桥", "浪花", "石老人", "八大关", "小麦岛", "灵山", "沧口", "团岛", "青西", "大沽河", "北九水", "燕儿岛")
LESSONS = np.array(["mon-fri 08:30-16:30", "mon-fri 09:00-12:00", "mon-fri 18:30-20:30", "sat-sun 09:00-16:00"], object)
BY_DAY, BY_MORNING, BY_EVENING, BY_WEEKEND = range(len(LESSONS))
_LEVEL_WORDS = {5: "初级工", 4: "中级工", 3: "高级工", 2: "技师", 1: "高级技师"}


@dataclass(frozen=True)
class Jobs:
    """Hold vacancies; `pay` is for full time, as readers estimate it, `says` marks the skills in the description."""

    trade: Array
    pay: Array
    shift: Array
    form: Array
    rung: Array
    size: Array
    says: Array
    remote: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    def live(self, at: int, until: int) -> Array:
        """Mark the vacancies that are open from moment `at` to after `until`, shape (jobs,)."""
        return (self.since <= at) & (self.until > until)


@dataclass(frozen=True)
class Courses:
    """Hold courses; people can join from `since` until the course begins (`until`). `teaches` marks skills."""

    trade: Array
    level: Array
    fee: Array
    lessons: Array
    online: Array
    district: Array
    teaches: Array
    since: Array
    until: Array

    def live(self, at: int, until: int) -> Array:
        """Mark the courses that can be joined from moment `at` to after `until`, shape (courses,)."""
        return (self.since <= at) & (self.until > until)


def jobs(count: int, where: Shore, rng: np.random.Generator) -> tuple[Jobs, pd.DataFrame]:
    """Draw vacancies and return them with their table; a large employer has many, mostly of one clan of trades."""
    size = rng.choice(3, max(8, count // 4), p=[0.6, 0.3, 0.1])
    who = rng.choice(len(size), count, p=(weight := np.array([1, 3.5, 9.0])[size]) / weight.sum())
    trade = _trades(who, len(size), rng)
    seat = rng.choice(len(where.lon), len(size), p=(busy := rng.gamma(0.7, 1, len(where.lon)) + 0.05) / busy.sum())
    lon, lat = where.near(seat, 900, rng)
    shift = rng.choice(len(SHIFTS), count, p=[0.4, 0.1, 0.1, 0.07, 0.13, 0.2])
    form = np.select([shift == PART, rng.random(count) < 0.12], [rng.choice([1, 2, 4], count, p=[0.6, 0.28, 0.12]), 3], 0)
    pay = PAY[trade] * rng.lognormal(0, 0.17, count) * (1 + 0.05 * size[who]) * np.where(shift == NIGHT, 1.12, 1)
    silent, wordless = rng.random(count) < 0.16, rng.random(count) < 0.14
    says = NEEDS_SKILL[trade] & (rng.random((count, len(WORDS))) < 0.7) | (rng.random((count, len(WORDS))) < 0.006)
    since = START + rng.integers(-65, DAYS, count) * DAY + rng.integers(8 * 3600, 18 * 3600, count)
    until = since // DAY * DAY + rng.integers(16, 80, count) * DAY + 8 * 3600
    stays = rng.random(count) < 0.12
    found = Jobs(
        trade,
        np.where(silent, PAY[trade] * 0.97, pay),
        shift,
        form,
        np.clip(ASKED[trade] - (rng.random(count) < 0.35), 0, 5),
        size[who],
        says & ~wordless[:, None],
        (rng.random(count) < 0.04) & np.isin(CLAN[trade], (2, 7)),
        lon[who],
        lat[who],
        since,
        np.where(stays, END + 300 * DAY, until),
    )
    return found, _jobs_table(found, who, says, silent, where.area[seat[who]], rng)


def _trades(who: Array, employers: int, rng: np.random.Generator) -> Array:
    """Draw the trade of each vacancy: mostly of the employer's clan of trades."""
    clan = rng.integers(0, CLAN.max() + 1, employers)
    weight = np.where(clan[who][:, None] == CLAN, 1.0, 0.02) * rng.gamma(2, 1, len(CLAN))
    return (weight.cumsum(axis=1) < (rng.random(len(who)) * weight.sum(axis=1))[:, None]).sum(axis=1)


def _jobs_table(made: Jobs, who: Array, says: Array, silent: Array, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    count = len(who)
    unit = np.select([made.form == 3, made.shift == PART], ["day", "hour"], "month")
    per = np.select([unit == "day", unit == "hour"], [21.75, 174.0], 1.0)
    cent = np.where(unit == "month", -2, 0)
    low, high = (
        [round(float(pay), int(places)) for pay, places in zip(made.pay * times / per, cent, strict=True)]
        for times in (0.92, 1.08)
    )
    named = np.array([[words[one % 3] for one in range(3)] for words in (_SMALL, _MIDDLE, _LARGE)], object)
    opening = np.array(["招聘", "", "", "", "长期招", "店里招", "缺人："], object)
    return pd.DataFrame(
        {
            "job_id": numbered("v", count),
            "title": opening[rng.integers(0, len(opening), count)] + TITLE[made.trade],
            "occupation": blanked(CODE[made.trade], 0.14, rng),
            "employer_id": numbered("u", who),
            "employer": [f"{_NAMES[one % 13]}{one}{named[size, one % 3]}" for one, size in zip(who, made.size, strict=True)],
            "wage_min": np.where(silent, np.nan, low),
            "wage_max": np.where(silent | (rng.random(count) < 0.12), np.nan, high),
            "wage_unit": unless(silent, unit),
            "education_min": blanked(RUNG[made.rung], 0.22, rng),
            "skills": blanked(["|".join(WORDS[row]) or None for row in says], 0.3, rng),
            "form": blanked(np.array(FORMS, object)[made.form], 0.1, rng),
            "mode": np.where(made.remote, "remote", "on_site"),
            "headcount": np.maximum(1, rng.poisson(np.array([0.4, 2, 6])[made.size])),
            "hours": blanked(SHIFTS[made.shift], 0.2, rng),
            "lon": made.lon,
            "lat": made.lat,
            "area": area,
            "description": [_described(row, rng) for row in made.says],
            "published_at": moments(made.since),
            "valid_to": moments(np.where(made.until > END + 200 * DAY, NEVER, made.until)),
        }
    )


def _described(says: Array, rng: np.random.Generator) -> str | None:
    """Return a description of the work from its skills; None without any."""
    words = rng.permutation(WORDS[says])
    return "每天要做的是" + "、".join(words) + "，有人带，做得好可以长期做。" if len(words) else None


def courses(count: int, where: Shore, rng: np.random.Generator) -> tuple[Courses, pd.DataFrame]:
    """Draw courses and return them with their table; one in nine is online."""
    trade = rng.choice(len(PAY), count, p=(weight := PAY * rng.gamma(3, 1, len(PAY))) / weight.sum())
    level = rng.choice([5, 4, 3, 2, 1], count, p=[0.45, 0.31, 0.17, 0.05, 0.02])
    online = rng.random(count) < 0.11
    school = rng.integers(0, 11, count)
    seat = (school * 4 + 1) % len(where.lon)
    free = rng.random(count) < 0.42
    fee = np.where(free, 0, rng.gamma(2.2, 420, count).round(-1) * (1 + 0.2 * (5 - level)))
    starts = START + rng.integers(-30, DAYS + 45, count) * DAY
    teaches = NEEDS_SKILL[trade] & (rng.random((count, len(WORDS))) < 0.75)
    since = starts - rng.integers(26, 56, count) * DAY + rng.integers(8 * 3600, 17 * 3600, count)
    lessons = rng.choice(len(LESSONS), count, p=[0.28, 0.17, 0.3, 0.25])
    found = Courses(trade, level, fee, lessons, online, where.district[seat], teaches, since, starts)
    return found, _courses_table(found, school, seat, where, rng)


def _courses_table(made: Courses, school: Array, seat: Array, where: Shore, rng: np.random.Generator) -> pd.DataFrame:
    count = len(made.trade)
    lon, lat = where.near(seat, 150, rng)
    days = made.until // DAY + 1
    titles = np.where(
        rng.random(count) < 0.7,
        TITLE[made.trade] + np.array([f"（{_LEVEL_WORDS[one]}）班" for one in made.level], object),
        "学做" + TITLE[made.trade] + np.where(made.level == 5, "：从头学起", "：提高"),
    )
    ends = days + rng.integers(6, 60, count)
    return pd.DataFrame(
        {
            "course_id": numbered("t", count),
            "title": titles,
            "teaches": blanked(["|".join(WORDS[row]) or None for row in made.teaches], 0.12, rng),
            "occupation": blanked(CODE[made.trade], 0.14, rng),
            "level": pd.Series(blanked(made.level, 0.15, rng), dtype="Int64"),
            "provider": [f"{_NAMES[one]}{('职校', '技校', '培训中心')[one % 3]}" for one in school],
            "fee": np.where(rng.random(count) < 0.14, np.nan, made.fee),
            "subsidised": blanked(made.fee == 0, 0.1, rng),
            "online": made.online,
            "education_min": blanked(RUNG[np.clip(ASKED[made.trade] - 1, 0, 5)], 0.29, rng),
            "start_on": np.datetime_as_string(days.astype("M8[D]")),
            "end_on": blanked(np.datetime_as_string(ends.astype("M8[D]")), 0.25, rng),
            "lesson_hours": np.where(rng.random(count) < 0.2, np.nan, rng.integers(4, 30, count) * 6.0),
            "schedule": blanked(LESSONS[made.lessons], 0.13, rng),
            "lon": np.where(made.online, np.nan, lon),
            "lat": np.where(made.online, np.nan, lat),
            "area": unless(made.online, where.area[seat]),
            "published_at": moments(made.since),
            "valid_to": moments(made.until),
        }
    )


def known_jobs(made: Jobs, table: pd.DataFrame) -> Jobs:
    """Return vacancies as the table describes them, empty cells filled with usual values."""
    untold = table.isna()
    return replace(
        made,
        shift=np.where(untold["hours"], len(SHIFTS), made.shift),
        form=np.where(untold["form"], FORMS.index("full_time"), made.form),
        rung=np.where(untold["education_min"], ASKED[made.trade], made.rung),
    )


def known_courses(made: Courses, table: pd.DataFrame) -> Courses:
    """Return courses as the table describes them, empty cells filled with usual values."""
    untold = table.isna()
    return replace(
        made,
        level=np.where(untold["level"], 4, made.level),
        fee=np.where(untold["fee"], made.fee.mean(), made.fee),
        lessons=np.where(untold["schedule"], len(LESSONS), made.lessons),
    )
