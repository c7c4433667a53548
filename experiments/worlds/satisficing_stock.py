"""Communities, people and items of the world `satisficing`, and their tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, NEVER, START, Array, blanked, moments, numbered, unless
from experiments.worlds.signs import SIGNS
from sqrec.contract import AMENITY_TYPES, FORMS

GUILDS = (
    ("烹饪", 5300, "炒锅厨师:4-03-02-01 白案师傅:4-03-02-02 西餐厨师:4-03-02-03 糕点师:6-02-01-01"),
    ("商服", 4300, "超市收银员:4-01-02-04 营业员:4-01-02-03 前台接待:4-03-01-01 客房服务员:4-03-01-02"),
    ("照料", 4900, "家政服务员:4-10-01-06 护老员:4-10-01-05 幼儿保育老师:4-10-01-03 美发师:4-10-03-02 诊所护士:2-05-08-05"),
    ("文职", 5200, "会计:2-06-03-00 办公室文员: 秘书:3-01-02-02 电话客服:4-07-02-03"),
    ("数码", 8200, "程序员:4-04-05-01 测试工程师:4-04-05-02 网店美工: 广告设计师:4-08-08-08"),
    ("工厂", 6100, "维修电工:6-31-01-03 电焊工:6-18-02-04 装配钳工:6-20-01-01 缝纫工:6-05-01-03 包装工:6-31-05-00 质检员:"),
    ("仓运", 5800, "叉车工: 仓库管理员:4-02-06-01 送货司机:4-02-02-02 骑手:4-10-08-01 搬运工:4-02-05-01"),
    ("后勤", 4000, "保洁员:4-09-08-01 门卫保安:4-07-05-01 园林工:4-09-10-01 水暖工:6-29-02-15"),
)
_NAMED = [(place, pay, *word.split(":")) for place, (_, pay, words) in enumerate(GUILDS) for word in words.split()]
GUILD = np.array([row[0] for row in _NAMED])
NAME, CODE = np.array([row[2] for row in _NAMED], object), np.array([row[3] or None for row in _NAMED], object)
PAY = np.array([row[1] * (0.85 + 0.3 * (place * 7 % 11) / 10) for place, row in enumerate(_NAMED)])
SCHOOLING = np.where(np.isin(GUILD, (3, 4)), 2, np.where(np.isin(NAME, ("诊所护士",)), 2, 0))
KINDS = np.array(list(AMENITY_TYPES), object)
LADDER = np.array(["71", "41", "31", "21"], object)
CLOCK = np.array(["08:00-17:00", "13:00-22:00", "mon-fri 09:00-18:00", "18:30-21:00", "sat-sun 09:00-17:00"], object)
FITS = np.array(
    [
        [1, 0.45, 0.95, 0.3, 0.3],
        [0.45, 1, 0.4, 0.8, 0.5],
        [0.9, 0.4, 1, 0.25, 0.2],
        [0.3, 0.7, 0.25, 1, 0.7],
        [0.3, 0.5, 0.3, 0.7, 1],
    ]
)
"""The fit of hours of an item (columns) to free hours (rows), 0 to 1."""
_STREETS = ("福州路", "延安三路", "重庆中路", "黑龙江路", "书院路", "金水路", "同德路")


def kinship() -> Array:
    """Return the nearness of trades: 1 the same, 0.65 of one guild, 0.3 of a neighbouring one, else 0.05."""
    apart = np.abs(GUILD[:, None] - GUILD)
    found = np.where(apart == 0, 0.65, np.where(np.minimum(apart, len(GUILDS) - apart) == 1, 0.3, 0.05))
    np.fill_diagonal(found, 1)
    return found


@dataclass(frozen=True)
class Seekers:
    """Hold people; the last six arrays are hidden.

    `clock` is the index of free hours, `patience` minutes of travel, `start` and `fall` the first aspiration and its fall an item, `purse`
    yuan for a course, `stroll` minutes on foot, `daily` the weight of each type of place.
    """

    lon: Array
    lat: Array
    block: Array
    school: Array
    past: Array
    wish: Array
    wage: Array
    clock: Array
    needs: Array
    patience: Array
    start: Array
    fall: Array
    purse: Array
    stroll: Array
    daily: Array

    def aspiration(self, who: Array, length: int) -> Array:
        """Return the worth that an item must reach at each position of a list, shape (people, length)."""
        return np.clip(self.start[who][:, None] - self.fall[who][:, None] * np.arange(length), 0.05, 1)


@dataclass(frozen=True)
class Offers:
    """Hold items of one kind: `sort` is a trade or type, `price` a wage, a fee or the quality of a place, `anywhere` marks online ones."""

    sort: Array
    price: Array
    school: Array
    clock: Array
    block: Array
    lon: Array
    lat: Array
    anywhere: Array
    opened: Array
    shut: Array

    def live(self, at: Array) -> Array:
        """Mark the items that exist at each moment, shape (moments, items)."""
        return (self.opened <= at[:, None]) & (self.shut > at[:, None])


def blocks_of_town(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draw 26 communities along a curved ribbon: degrees east and north, area codes."""
    along = np.linspace(0, 1, 26)
    lon = 120.315 + 0.12 * along + rng.normal(0, 0.004, 26)
    lat = 36.065 + 0.115 * along**1.6 + rng.normal(0, 0.005, 26)
    district = np.repeat(["370202", "370203", "370213"], (8, 10, 8))
    code = [f"{one}{2 + place // 5:03d}{11 + place:03d}" for place, one in enumerate(district)]
    return lon, lat, np.array(code, object)


def seekers(count: int, lon: Array, lat: Array, rng: np.random.Generator) -> Seekers:
    """Draw `count` people."""
    block = rng.integers(0, len(lon), count)
    kin = kinship() ** 1.5
    past = rng.integers(0, len(NAME), count)
    wish = np.array([rng.choice(len(NAME), p=kin[one] / kin[one].sum()) for one in past])
    school = np.maximum(SCHOOLING[past] - (rng.random(count) < 0.2), rng.choice(4, count, p=[0.35, 0.3, 0.2, 0.15]))
    everyday = rng.beta(1.3, 3, len(KINDS))
    needs = rng.random((count, len(KINDS))) < 0.04 + 0.25 * everyday
    return Seekers(
        lon[block] + rng.uniform(-0.004, 0.004, count),
        lat[block] + rng.uniform(-0.003, 0.003, count),
        block,
        school,
        past,
        wish,
        PAY[wish] * rng.normal(0.97, 0.14, count).clip(0.6, 1.4),
        rng.choice(5, count, p=[0.4, 0.15, 0.25, 0.12, 0.08]),
        needs,
        rng.uniform(35, 90, count),
        rng.uniform(0.7, 0.95, count),
        rng.uniform(0.014, 0.032, count),
        rng.lognormal(7.8, 0.5, count),
        rng.uniform(12, 30, count),
        np.where(needs, 1, np.clip(everyday * rng.lognormal(0, 0.5, needs.shape), 0, 1)).astype(np.float32),
    )


def stock(count: int, kind: str, lon: Array, lat: Array, rng: np.random.Generator) -> Offers:
    """Draw `count` items of a kind."""
    middle = rng.dirichlet(np.full(len(lon), 3.0))
    block = rng.choice(len(lon), count, p=middle)
    sort = rng.integers(0, len(KINDS) if kind == "amenity" else len(NAME), count)
    price = {
        "job": lambda: PAY[sort] * rng.normal(1.0, 0.16, count).clip(0.6, 1.6),
        "course": lambda: rng.choice([0, 380, 680, 980, 1480, 1980, 2980], count).astype(float),
        "amenity": lambda: rng.beta(4, 2, count),
    }[kind]()
    school = SCHOOLING[np.minimum(sort, len(NAME) - 1)] + (rng.random(count) < 0.15)
    clock = rng.choice(5, count, p=[0.35, 0.2, 0.3, 0.08, 0.07] if kind == "job" else [0.15, 0.1, 0.25, 0.3, 0.2])
    draw = rng.random(count)
    opened = START + np.where(draw < 0.12, rng.integers(0, DAYS - 2, count), -rng.integers(3, 150, count)) * DAY
    shut = np.where(draw > 0.9, START + rng.integers(9, DAYS + 40, count) * DAY, END + 999 * DAY)
    anywhere = (rng.random(count) < 0.25) if kind == "course" else np.zeros(count, bool)
    east, north = lon[block] + rng.normal(0, 0.0035, count), lat[block] + rng.normal(0, 0.003, count)
    return Offers(sort, price, school, clock, block, east, north, anywhere, opened, shut)


def people_table(folk: Seekers, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `people`, with a fifth to a half of each column left empty."""
    count = len(folk.past)
    home = rng.random(count) < 0.8
    needs = ["|".join("type:" + one for one in KINDS[row]) or None for row in folk.needs]
    return pd.DataFrame(
        {
            "person_id": numbered("r", count),
            "birth_month": [f"{year}-{month:02d}" for year, month in rng.integers((1964, 1), (2006, 13), (count, 2))],
            "education": blanked(LADDER[folk.school], 0.3, rng),
            "skills": blanked([GUILDS[GUILD[one]][0] + "|" + NAME[one] for one in folk.past], 0.5, rng),
            "occupations": blanked(NAME[folk.past], 0.3, rng),
            "desired": blanked(NAME[folk.wish], 0.2, rng),
            "wage_min": np.where(rng.random(count) < 0.35, np.nan, (folk.wage / 50).round() * 50),
            "forms": blanked(
                np.array(["full_time", "full_time|part_time", "|".join(FORMS[:4])])[rng.integers(0, 3, count)], 0.45, rng
            ),
            "hours": blanked(CLOCK[folk.clock], 0.4, rng),
            "needs": blanked(needs, 0.4, rng),
            "lon": np.where(home, folk.lon.round(5), np.nan),
            "lat": np.where(home, folk.lat.round(5), np.nan),
            "area": blanked(area[folk.block], 0.15, rng),
        }
    )


def jobs_table(jobs: Offers, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `jobs`; one in six pays by the day or by the hour."""
    count = len(jobs.sort)
    unit = rng.choice(3, count, p=[0.84, 0.1, 0.06])
    pay = np.round(jobs.price / np.array([1, 22, 176])[unit], 0)
    street = np.array(_STREETS, object)[jobs.block % len(_STREETS)]
    return pd.DataFrame(
        {
            "job_id": numbered("v", count),
            "title": [
                name + rest
                for name, rest in zip(NAME[jobs.sort], rng.choice(["", "", "（包午餐）", "（五险）", "2名"], count), strict=True)
            ],
            "occupation": blanked(CODE[jobs.sort], 0.4, rng),
            "employer": [f"{road}{number}号商户" for road, number in zip(street, rng.integers(1, 90, count), strict=True)],
            "wage_min": pay,
            "wage_unit": np.array(["month", "day", "hour"])[unit],
            "education_min": blanked(LADDER[jobs.school], 0.2, rng),
            "form": np.where(jobs.clock < 3, "full_time", "part_time"),
            "hours": blanked(CLOCK[jobs.clock], 0.2, rng),
            **_standing(jobs, area),
        }
    )


def courses_table(courses: Offers, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table `courses`."""
    return pd.DataFrame(
        {
            "course_id": numbered("t", len(courses.sort)),
            "title": [f"{name}{rng.choice(['入门', '技能提升班', '实操课', '考证班'])}" for name in NAME[courses.sort]],
            "teaches": [GUILDS[GUILD[one]][0] + "|" + NAME[one] for one in courses.sort],
            "occupation": blanked(CODE[courses.sort], 0.3, rng),
            "fee": courses.price,
            "online": courses.anywhere,
            "education_min": LADDER[courses.school],
            "schedule": CLOCK[courses.clock],
            **_standing(courses, area),
        }
    )


def amenities_table(shops: Offers, area: Array) -> pd.DataFrame:
    """Return the table `amenities`."""
    return pd.DataFrame(
        {
            "amenity_id": numbered("s", len(shops.sort)),
            "name": [
                f"{_STREETS[block % 7]}{SIGNS[one]}{n % 40 + 1}分号"
                for n, (one, block) in enumerate(zip(shops.sort, shops.block, strict=True))
            ],
            "type": KINDS[shops.sort],
            **_standing(shops, area),
        }
    )


def _standing(offers: Offers, area: Array) -> dict[str, Any]:
    return {
        "lon": np.where(offers.anywhere, np.nan, offers.lon.round(6)),
        "lat": np.where(offers.anywhere, np.nan, offers.lat.round(6)),
        "area": unless(offers.anywhere, area[offers.block]),
        "published_at": moments(offers.opened),
        "valid_to": moments(np.where(offers.shut > END + 60 * DAY, NEVER, offers.shut)),
    }
