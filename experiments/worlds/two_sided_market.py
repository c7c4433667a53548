"""People, employers and jobs, courses and places of the world `two_sided`."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import DAY, DAYS, END, START, Array
from sqrec.contract import AMENITY_TYPES

TRADES = {
    "餐厅": {
        "行政总厨": (9000, 1, "4-03-02-01"),
        "炉灶厨师": (6100, 0, "4-03-02-01"),
        "传菜员": (4200, 0, None),
        "茶艺师": (4700, 1, "4-03-02-07"),
    },
    "门店": {
        "门店收银": (4200, 0, "4-01-02-04"),
        "店铺营业员": (4500, 0, "4-01-02-03"),
        "销售代表": (6400, 1, "4-01-02-01"),
        "楼面经理": (7200, 2, None),
    },
    "医护": {
        "病房护士": (6800, 2, "2-05-08-01"),
        "药师": (6700, 3, "2-05-06-01"),
        "康复技师": (6300, 2, "2-05-07-13"),
        "护工": (5100, 0, "4-14-01-02"),
    },
    "技工": {
        "维保电工": (6600, 1, "6-31-01-03"),
        "电梯维修工": (7300, 1, "6-29-03-03"),
        "二保焊工": (7400, 0, "6-18-02-04"),
        "普车车工": (6700, 0, "6-18-01-01"),
        "流水线普工": (5400, 0, None),
    },
    "财务人事": {
        "主办会计": (6900, 3, "2-06-03-00"),
        "出纳员": (4900, 2, None),
        "人事助理": (5300, 2, "4-07-03-04"),
        "档案文员": (4400, 1, "3-01-01-01"),
    },
    "软件": {
        "后端程序员": (11800, 3, "4-04-05-01"),
        "前端工程师": (10400, 3, None),
        "软件测试": (8300, 2, "4-04-05-02"),
        "信息安全员": (9100, 2, "4-04-04-02"),
    },
    "楼宇": {
        "保洁员": (3700, 0, "4-09-08-01"),
        "秩序维护员": (4300, 0, "4-07-05-01"),
        "物业管家": (5200, 2, "4-06-01-01"),
        "花木工": (4000, 0, "4-09-10-01"),
    },
    "物流": {
        "派件员": (6900, 0, "4-02-07-08"),
        "货车驾驶员": (7800, 0, "4-02-02-02"),
        "理货员": (4600, 0, "4-02-06-02"),
        "仓库主管": (6900, 1, None),
    },
}
_ALL = [(place, name, *facts) for place, group in enumerate(TRADES.values()) for name, facts in group.items()]
GROUP = np.array([one[0] for one in _ALL])
LABEL, CODE = np.array([one[1] for one in _ALL], object), np.array([one[4] for one in _ALL], object)
PAY, RUNG = np.array([one[2] for one in _ALL], float), np.array([one[3] for one in _ALL])
SKILL = np.array([f"{label}{what}" for label in LABEL for what in ("基本功", "工具使用", "安全规范")], object).reshape(-1, 3)
TYPES = np.array(list(AMENITY_TYPES), object)
STEP = np.array(["71", "41", "31", "21", "14"], object)
OPENS, SHUTS = np.array([6, 9, 8, 10, 7, 16]), np.array([11, 17, 20, 22, 23, 23])
"""Opening and closing hours of places."""


@dataclass(frozen=True)
class Side:
    """Hold people; hidden are `confidence`, `taste`, `hour` (usual hour of outings) and `fond` (weight of each type).

    `can` is the level of each trade (5 lowest, 0: none), `pay` the present wage, `hoped` the wanted one, `declared` marks needs.
    """

    lon: Array
    lat: Array
    ward: Array
    rung: Array
    years: Array
    past: Array
    wish: Array
    can: Array
    pay: Array
    hoped: Array
    confidence: Array
    taste: Array
    hour: Array
    fond: Array
    declared: Array


@dataclass(frozen=True)
class Vacancies:
    """Hold jobs; `prestige` and `strictness` are those of the employer and hidden, `asks` marks required skills."""

    trade: Array
    employer: Array
    wage: Array
    rung: Array
    years: Array
    asks: Array
    headcount: Array
    prestige: Array
    strictness: Array
    ward: Array
    lon: Array
    lat: Array
    since: Array
    until: Array


@dataclass(frozen=True)
class Lessons:
    """Hold courses; `level` is 5 for the lowest, `rung` the required education."""

    trade: Array
    level: Array
    rung: Array
    seats: Array
    fee: Array
    ward: Array
    lon: Array
    lat: Array
    since: Array
    until: Array


@dataclass(frozen=True)
class Rooms:
    """Hold places; `quality` and `bears` (visits a week before it is crowded) are hidden, `clock` is an index of hours."""

    sort: Array
    clock: Array
    quality: Array
    bears: Array
    ward: Array
    lon: Array
    lat: Array
    since: Array
    until: Array


def wards(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draw 30 wards around two centres: degrees east and north, area codes."""
    core = rng.integers(0, 2, 30)
    lon = np.clip(np.array([120.345, 120.41])[core] + rng.normal(0, 0.018, 30), 120.305, 120.445)
    lat = np.clip(np.array([36.085, 36.155])[core] + rng.normal(0, 0.018, 30), 36.055, 36.195)
    return lon, lat, np.array([f"{('370203', '370212')[one]}{3 + n % 4:03d}{n + 1:03d}" for n, one in enumerate(core)], object)


def side(count: int, lon: Array, lat: Array, rng: np.random.Generator) -> Side:
    """Draw people: levels come from past work; the wanted trade is the past one, a near one or a better paid one."""
    ward, past = rng.integers(0, 30, count), rng.integers(0, len(LABEL), count)
    rank = np.argsort(PAY)
    higher = rank[np.minimum(np.argsort(rank)[past] + rng.integers(1, 9, count), len(LABEL) - 1)]
    mates = np.array([rng.choice(np.flatnonzero(GROUP[one] == GROUP)) for one in past])
    wish = np.choose(rng.choice(3, count, p=[0.4, 0.35, 0.25]), [past, mates, higher])
    years = np.minimum(rng.exponential(6, count), 30).round()
    can = np.zeros((count, len(LABEL)), int)
    can[np.arange(count), past] = np.where(years > 8, 3, np.where(years > 3, 4, 5))
    fond = rng.gamma(0.5, 1, (count, len(TYPES))) * rng.uniform(0.3, 1.6, len(TYPES))
    pay = PAY[past] * rng.normal(0.98, 0.1, count).clip(0.7, 1.3)
    return Side(
        lon[ward] + rng.laplace(0, 0.003, count),
        lat[ward] + rng.laplace(0, 0.003, count),
        ward,
        np.maximum(RUNG[past], rng.choice(5, count, p=[0.3, 0.25, 0.24, 0.18, 0.03])),
        years,
        past,
        wish,
        can,
        pay,
        np.maximum(pay, PAY[wish] * 0.9) * rng.normal(1, 0.08, count),
        rng.normal(0, 0.8, count),
        rng.normal(0, 0.6, (count, len(TRADES))),
        rng.choice([8.5, 12.5, 18.0], count, p=[0.3, 0.25, 0.45]) + rng.normal(0, 1, count),
        (fond / fond.sum(axis=1, keepdims=True)).astype(np.float32),
        fond > np.quantile(fond, 0.9),
    )


def vacancies(count: int, lon: Array, lat: Array, crowd: float, rng: np.random.Generator) -> Vacancies:
    """Draw employers and their jobs; prestigious ones pay more and tend to be stricter. `crowd` scales headcounts."""
    firms = count // 6
    fame, seat, line = rng.normal(0, 1, firms), rng.integers(0, 30, firms), rng.integers(0, len(TRADES), firms)
    strict = np.clip(0.62 + 0.08 * fame + rng.normal(0, 0.13, firms), 0.3, 0.95)
    employer = np.minimum(rng.geometric(3 / firms, count) - 1, firms - 1)
    loose = rng.random(count) < 0.35
    trade = np.array([rng.choice(np.flatnonzero(loose[n] | (line[one] == GROUP))) for n, one in enumerate(employer)])
    wage = PAY[trade] * np.exp(0.07 * fame[employer] + rng.normal(0, 0.13, count))
    lon, lat = lon[seat[employer]] + rng.normal(0, 0.002, count), lat[seat[employer]] + rng.normal(0, 0.002, count)
    asks = rng.random((count, 3)) < 0.7
    rung = np.clip(RUNG[trade] + rng.choice([0, 0, 0, 1], count), 0, 4)
    years = rng.choice([0, 1, 3, 5], count, p=[0.4, 0.3, 0.2, 0.1])
    heads = np.ceil(rng.choice([1, 2, 3, 5, 8], count, p=[0.2, 0.3, 0.25, 0.15, 0.1]) * 1.2 * crowd).astype(int)
    since, until = _turns(count, rng)
    return Vacancies(
        trade, employer, wage, rung, years, asks, heads, fame[employer], strict[employer], seat[employer], lon, lat, since, until
    )


def lessons(count: int, lon: Array, lat: Array, seats: float, rng: np.random.Generator) -> Lessons:
    """Draw courses; higher levels require the level below, most some education. `seats` is their mean number."""
    trade, ward = rng.integers(0, len(LABEL), count), rng.integers(0, 30, count)
    level = rng.choice([5, 4, 3], count, p=[0.55, 0.3, 0.15])
    places = np.ceil(seats * rng.lognormal(0, 0.5, count)).astype(int)
    fee = (PAY[trade] * rng.uniform(0, 0.5, count)).round(-2)
    since, until = _turns(count, rng)
    return Lessons(trade, level, np.maximum(RUNG[trade] - 1, 0), places, fee, ward, lon[ward], lat[ward], since, until)


def rooms(count: int, lon: Array, lat: Array, load: float, rng: np.random.Generator) -> Rooms:
    """Draw `count` amenities."""
    sort, ward = rng.integers(0, len(TYPES), count), rng.integers(0, 30, count)
    clock = np.where(TYPES[sort] == "breakfast", 0, np.where(TYPES[sort] == "bank", 1, rng.integers(1, 6, count)))
    lon, lat = lon[ward] + rng.laplace(0, 0.003, count), lat[ward] + rng.laplace(0, 0.003, count)
    since, until = _turns(count, rng)
    return Rooms(sort, clock, rng.normal(0, 0.6, count), load * rng.lognormal(0, 0.7, count), ward, lon, lat, since, until)


def _turns(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw the periods in which items exist, seconds UTC; four in five exist for the whole window."""
    late, gone = rng.random(count) < 0.12, rng.random(count) < 0.08
    since = START + np.where(late, rng.integers(3, DAYS - 1, count), -rng.integers(1, 120, count)) * DAY
    return since, np.where(gone & ~late, START + rng.integers(20, DAYS, count) * DAY, END + 300 * DAY)
