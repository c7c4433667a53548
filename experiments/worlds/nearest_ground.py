"""Squares of a loose grid, people, jobs, courses and places of the world `nearest`, and their tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, blanked, moments, numbered, unless
from experiments.worlds.signs import SIGNS
from sqrec.contract import AMENITY_TYPES

ABLE = (
    *("中餐烹饪", "冷菜拼盘", "面食", "食品安全", "点单结账", "商品陈列", "直播带货", "客户沟通"),
    *("老人照护", "婴儿照护", "急救", "家居清洁", "母婴营养", "低压电工作业", "焊接", "机械装配"),
    *("设备保养", "水暖安装", "编程", "网页设计", "数据录入", "财务软件", "公文写作", "税务申报"),
    *("叉车操作", "货物盘点", "汽车驾驶", "汽车保养", "绿植修剪", "安全巡查", "美发", "美容护肤"),
)
WORK = (
    "厨工 a 4300 0 0,3|配菜厨师 a 5200 0 0,1|面点工 a 4900 0 2,3|食堂厨师长 a 7200 1 0,1,3",
    "收银员 b 4000 0 4,7|店员 b 4300 0 5,7|带货主播 b 6500 1 6,7|超市主管 b 6000 1 4,5",
    "月嫂 c 7600 0 9,12|保姆 c 5600 0 9,11|养老院护理员 c 5000 0 8,10|社区护士 c 5900 2 10,8|钟点保洁 c 3900 0 11",
    "电工 d 6400 1 13,16|电焊工 d 6900 0 14|组装工 d 5600 0 15|设备维修员 d 6700 1 15,16|管道工 d 6000 0 17,14",
    "程序员 e 9800 3 18,20|网页美工 e 6600 2 19,20|录入员 e 4200 1 20",
    "会计 f 5900 2 21,23|文秘 f 4800 2 22,20|税务助理 f 5200 2 23,21",
    "叉车司机 g 5900 0 24,25|仓管员 g 5000 0 25|货运司机 g 7400 0 26,27|汽修工 g 6300 0 27",
    "园艺工 h 3900 0 28|巡逻保安 h 4100 0 29|理发师 h 5700 0 30,31|美容师 h 5800 0 31,30",
)
_ROWS = [one.split(" ") for row in WORK for one in row.split("|")]
JOB = np.array([row[0] for row in _ROWS], object)
CLAN = np.array(["abcdefgh".index(row[1]) for row in _ROWS])
PAY, ASKED = np.array([int(row[2]) for row in _ROWS]), np.array([int(row[3]) for row in _ROWS])
NEEDED = np.array([[str(one) in row[4].split(",") for one in range(len(ABLE))] for row in _ROWS])
_CODES = {
    "配菜厨师": "4-03-02-01",
    "面点工": "4-03-02-02",
    "收银员": "4-01-02-04",
    "店员": "4-01-02-03",
    "保姆": "4-10-01-06",
    "养老院护理员": "4-10-01-05",
    "社区护士": "2-05-08-05",
    "钟点保洁": "4-09-08-01",
    "电工": "6-31-01-03",
    "电焊工": "6-18-02-04",
    "管道工": "6-29-02-15",
    "程序员": "4-04-05-01",
    "会计": "2-06-03-00",
    "文秘": "3-01-02-02",
    "仓管员": "4-02-06-01",
    "货运司机": "4-02-02-02",
    "汽修工": "4-12-01-01",
    "园艺工": "4-09-10-01",
    "巡逻保安": "4-07-05-01",
    "理发师": "4-10-03-02",
    "美容师": "4-10-03-01",
}
CODE = np.array([_CODES.get(one) for one in JOB], object)
SORTS = np.array(list(AMENITY_TYPES), object)
GRADE = np.array(["71", "61", "31", "21", "14"], object)


@dataclass(frozen=True)
class Ground:
    """Hold squares: middles, area codes, and the shares of homes (`dense`) and of work (`busy`)."""

    lon: Array
    lat: Array
    area: Array
    dense: Array
    busy: Array


@dataclass(frozen=True)
class Folk:
    """Hold people.

    `level` has the level of each ability (5 lowest, 0: none), people by abilities. Hidden: `second` (a wanted job, -1: none), `small` and
    `old` (such people in the household), `far` (scale of distance, metres), `deepen` (probability of learning the next level).
    """

    lon: Array
    lat: Array
    square: Array
    age: Array
    grade: Array
    past: Array
    wish: Array
    second: Array
    wage: Array
    level: Array
    small: Array
    old: Array
    far: Array
    deepen: Array


@dataclass(frozen=True)
class Spots:
    """Hold items: `what` is the index of a job, an ability or a type; `value` a wage or a level; `nowhere` marks online courses."""

    what: Array
    value: Array
    grade: Array
    square: Array
    lon: Array
    lat: Array
    nowhere: Array
    first: Array
    last: Array

    def live(self, at: Array) -> Array:
        """Mark the items that exist at each moment, shape (moments, items)."""
        return (self.first <= at[:, None]) & (self.last > at[:, None])


def ground(rng: np.random.Generator) -> Ground:
    """Draw a grid of six by six squares with shifted middles."""
    east, north = (one.ravel() for one in np.meshgrid(np.arange(6), np.arange(6)))
    area = np.array(
        [f"{'370203' if y < 3 else '370213'}{10 + x:03d}{1 + y:03d}" for x, y in zip(east, north, strict=True)], object
    )
    lon, lat = (
        base + width * (one + rng.uniform(0.2, 0.8, 36)) for base, width, one in ((120.31, 0.021, east), (36.06, 0.02, north))
    )
    return Ground(lon, lat, area, rng.dirichlet(np.full(36, 1.5)), rng.dirichlet(np.full(36, 1.2)))


def people(count: int, where: Ground, rng: np.random.Generator) -> Folk:
    """Draw people with most abilities of their past job, at a level from 5 (lowest) up."""
    square = rng.choice(36, count, p=where.dense)
    past = rng.integers(0, len(JOB), count)
    wish = np.where(rng.random(count) < 0.55, past, rng.integers(0, len(JOB), count))
    second = np.where(rng.random(count) < 0.5, rng.integers(0, len(JOB), count), NEVER)
    age = np.clip(rng.gamma(6, 7, count) + 10, 19, 66).astype(int)
    able = (NEEDED[past] & (rng.random((count, len(ABLE))) < 0.85)) | (rng.random((count, len(ABLE))) < 0.07)
    level = np.where(able, rng.choice([5, 4, 3], (count, len(ABLE)), p=[0.55, 0.35, 0.1]), 0)
    return Folk(
        where.lon[square] + rng.normal(0, 0.004, count),
        where.lat[square] + rng.normal(0, 0.004, count),
        square,
        age,
        np.maximum(ASKED[past], rng.choice(5, count, p=[0.32, 0.28, 0.2, 0.17, 0.03])),
        past,
        wish,
        second,
        PAY[wish] * rng.triangular(0.75, 0.98, 1.3, count),
        level,
        (rng.random(count) < np.where((age > 25) & (age < 42), 0.45, 0.05)),
        (rng.random(count) < np.where(age > 55, 0.6, 0.2)),
        rng.lognormal(8.1, 0.4, count),
        rng.uniform(0.3, 1, count),
    )


def spots(kind: str, count: int, where: Ground, rng: np.random.Generator) -> Spots:
    """Draw `count` items of a kind: jobs by the share of work, others also by the share of homes."""
    square = rng.choice(36, count, p=0.5 * where.busy + 0.5 * where.dense if kind != "job" else where.busy)
    what = rng.integers(0, {"job": len(JOB), "course": len(ABLE), "amenity": len(SORTS)}[kind], count)
    if kind == "amenity":
        common = np.isin(
            SORTS, ("breakfast", "market", "convenience_store", "pharmacy", "restaurant", "canteen", "bank", "parcel_locker")
        )
        what = rng.choice(len(SORTS), count, p=np.where(common, 3, 1) / np.where(common, 3, 1).sum())
    value = (
        PAY[what] * rng.triangular(0.75, 1, 1.35, count)
        if kind == "job"
        else rng.choice([5, 4, 3, 2], count, p=[0.45, 0.35, 0.15, 0.05])
    )
    asked = ASKED[what] + (rng.random(count) < 0.2) if kind == "job" else np.zeros(count, np.int64)
    away = (rng.random(count) < 0.2) & (kind == "course")
    turn = rng.integers(0, 20, count)
    first = np.where(turn < 3, START + rng.integers(2, DAYS - 4, count) * DAY, START - rng.integers(5, 300, count) * DAY)
    last = np.where(turn == 7, START + rng.integers(14, DAYS - 2, count) * DAY, END + 500 * DAY)
    near = 0.005 if kind == "amenity" else 0.004
    lon, lat = where.lon[square] + rng.normal(0, near, count), where.lat[square] + rng.normal(0, near, count)
    return Spots(what, np.round(value), np.minimum(asked, 4), square, lon, lat, away, first, last)


def people_table(folk: Folk, where: Ground, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with cells left empty."""
    count = len(folk.age)
    shown = (folk.second >= 0) & (rng.random(count) < 0.5)
    wishes = np.where(shown, JOB[folk.wish] + "|" + JOB[folk.second], JOB[folk.wish])
    able = ["|".join(f"{ABLE[one]}@{row[one]}" for one in np.flatnonzero(row)) or None for row in folk.level]
    needs = np.where(folk.small, "type:childcare|", "") + np.where(folk.old, "type:elder_care|domain:health|", "").astype(object)
    further = SORTS[rng.integers(0, len(SORTS), count)]
    lost = rng.random(count) < 0.1
    return pd.DataFrame(
        {
            "person_id": numbered("n", count),
            "birth_month": [f"{2026 - age}-{month:02d}" for age, month in zip(folk.age, rng.integers(1, 11, count), strict=True)],
            "education": blanked(GRADE[folk.grade], 0.25, rng),
            "skills": blanked(able, 0.25, rng),
            "occupations": blanked(np.where(rng.random(count) < 0.3, CODE[folk.past], JOB[folk.past]), 0.25, rng),
            "desired": blanked(wishes, 0.15, rng),
            "wage_min": np.where(rng.random(count) < 0.3, np.nan, (folk.wage / 100).round() * 100),
            "forms": blanked(
                np.array(["full_time", "full_time|flexible", "part_time|flexible"])[rng.integers(0, 3, count)], 0.5, rng
            ),
            "needs": blanked(needs + "type:" + further, 0.35, rng),
            "lon": np.where(lost, np.nan, folk.lon.round(6)),
            "lat": np.where(lost, np.nan, folk.lat.round(6)),
            "area": blanked(where.area[folk.square], 0.1, rng),
        }
    )


def jobs_table(jobs: Spots, where: Ground, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`, with one wage each; the usual form of work is left empty."""
    count = len(jobs.what)
    return pd.DataFrame(
        {
            "job_id": numbered("w", count),
            "title": [("招聘" if odd else "") + JOB[one] for one, odd in zip(jobs.what, rng.random(count) < 0.4, strict=True)],
            "occupation": blanked(CODE[jobs.what], 0.2, rng),
            "employer": [
                f"{one % 97 + 3}号{'厂店馆院'[clan % 4]}"
                for one, clan in zip(rng.integers(0, 400, count), CLAN[jobs.what], strict=True)
            ],
            "wage_min": jobs.value,
            "wage_max": jobs.value,
            "wage_unit": "month",
            "education_min": GRADE[jobs.grade],
            "skills": blanked(["|".join(ABLE[one] for one in np.flatnonzero(NEEDED[what])) for what in jobs.what], 0.35, rng),
            "form": blanked(["full_time"] * count, 0.3, rng),
            **_there(jobs, where),
        }
    )


def courses_table(courses: Spots, where: Ground, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `courses`."""
    words = ("零基础", "中级", "高级", "技师")
    return pd.DataFrame(
        {
            "course_id": numbered("l", len(courses.what)),
            "title": [f"{ABLE[one]}{words[5 - int(level)]}班" for one, level in zip(courses.what, courses.value, strict=True)],
            "teaches": [f"{ABLE[one]}@{int(level)}" for one, level in zip(courses.what, courses.value, strict=True)],
            "level": courses.value,
            "fee": rng.integers(0, 20, len(courses.what)) * 100,
            "online": courses.nowhere,
            **_there(courses, where),
        }
    )


def amenities_table(found: Spots, where: Ground) -> pd.DataFrame:
    """Return the table `amenities`."""
    return pd.DataFrame(
        {
            "amenity_id": numbered("o", len(found.what)),
            "name": [f"{'东西南北'[one % 4]}里{SIGNS[what]}{one // 4}" for one, what in enumerate(found.what)],
            "type": SORTS[found.what],
            "status": "open",
            **_there(found, where),
        }
    )


def _there(found: Spots, where: Ground) -> dict[str, Any]:
    return {
        "lon": np.where(found.nowhere, np.nan, found.lon.round(6)),
        "lat": np.where(found.nowhere, np.nan, found.lat.round(6)),
        "area": unless(found.nowhere, where.area[found.square]),
        "published_at": moments(found.first),
        "valid_to": moments(np.where(found.last > END, NEVER, found.last)),
    }
