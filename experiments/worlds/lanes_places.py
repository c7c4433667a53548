"""Stalls and other places along the lanes, and the days of the week on which each type is wanted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, blanked, moments, numbered
from experiments.worlds.lanes_people import RETIRED, STUDENT, Folk
from experiments.worlds.lanes_town import River

_RHYTHMS = [
    line.split()
    for line in """
market 10 1.5 1111122 5-20 all 菜市,早晚市
convenience_store 11 1.4 1111111 6-24 all 便利店,烟酒铺
fresh_store 7 1.0 1111121 7-22 all 河鲜摊,果蔬店
supermarket 5 0.9 1111233 8-22 all 超市,平价超市
breakfast 5 0.8 2222211 5-12 all 豆浆铺,包子铺
bakery 5 0.6 1111232 7-21 parent 面包坊,糕点铺
restaurant 8 0.7 1111343 10-23 all 河鱼馆,面馆,小炒店
canteen 3 0.7 2222200 7-20 old 社区食堂
pharmacy 5 0.35 2111111 8-23 all 药房
post_express 6 0.6 3211211 8-21 young 快递驿站
parcel_locker 4 0.4 3211211 0-24 young 快递柜
hairdresser 4 0.25 0112343 9-22 all 理发店
laundry 2 0.2 3111123 8-21 all 洗衣店
bank 3 0.25 3211200 8-20 all 银行网点
repair 3 0.15 1111132 8-20 all 修车铺,修鞋摊
clinic 3 0.25 3211111 7-22 old 卫生室
cafe 3 0.35 1112343 8-23 young 茶馆,咖啡屋
culture 2 0.3 1111133 8-21 old 文化站
childcare 2 0.5 2222200 7-19 parent 托育点
elder_care 2 0.4 2222211 7-20 old 日间照料站
gym 2 0.5 3232122 7-23 young 健身房
bookshop 1 0.15 1111133 9-21 parent 书店
print_shop 1 0.12 2222210 8-20 all 打印店
recycling 2 0.15 1111133 7-20 all 回收点
florist 1 0.08 1111343 8-20 young 花店
employment_station 1 0.1 3222200 8-20 all 就业驿站
community_centre 2 0.15 1111122 8-21 all 邻里中心
""".strip().splitlines()
]
"""Type, share of places, errands a week, how much on which weekday (Monday first), hours, whose, names."""
TYPES = np.array([row[0] for row in _RHYTHMS], object)
RATE = np.array([float(row[2]) for row in _RHYTHMS])
WEEK = np.array([[int(digit) for digit in row[3]] for row in _RHYTHMS], float)
WEEK = 7 * WEEK / WEEK.sum(axis=1, keepdims=True)
"""How much every type is wanted on every weekday, 1 on average."""
_OPENS, _CLOSES = np.array([[int(hour) for hour in row[4].split("-")] for row in _RHYTHMS]).T
_SIGN = np.array(["渡口", "柳堤", "老桥", "张家", "三闸", "白帆", "南岸", "北岸", "小码头", "鱼市街", "王婶", "顺河"], object)
STAYS = 2
"""Hours that a chain of errands takes at most; a place that closes before is passed by."""


@dataclass(frozen=True)
class Places:
    """Hold places: types, stops, how often each has what is wanted (hidden), hours and moments."""

    type: Array
    node: Array
    away: Array
    stock: Array
    opens: Array
    closes: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    @property
    def live(self) -> Array:
        """Tell which are there at the end."""
        return (self.since <= END) & (self.until > END)

    def open(self, hour: Array) -> Array:
        """Tell for every hour (rows) which places serve who comes by at it."""
        return (self.opens <= hour[:, None]) & (self.closes >= hour[:, None] + STAYS)


def places(count: int, where: River, rng: np.random.Generator) -> Places:
    """Draw places: more where many live or work; one in twelve opens in the window, some close."""
    share = np.array([float(row[1]) for row in _RHYTHMS])
    kind = rng.permutation(
        np.r_[np.arange(len(TYPES)), rng.choice(len(TYPES), max(0, count - len(TYPES)), p=share / share.sum())]
    )
    node = rng.choice(len(where.homes), len(kind), p=0.5 * where.homes + 0.5 * where.works)
    lon, lat, away = where.around(node, rng)
    turn = rng.random(len(kind))
    since = START + np.where(turn < 0.08, rng.integers(0, DAYS, len(kind)), -rng.integers(50, 3000, len(kind))) * DAY
    until = np.where(turn > 0.95, START + rng.integers(5, DAYS, len(kind)) * DAY, END + 3000 * DAY)
    opens = (_OPENS[kind] + rng.choice([-1, 0, 0, 1], len(kind))).clip(0)
    closes = (_CLOSES[kind] + rng.choice([-1, 0, 0, 0], len(kind))).clip(None, 24)
    return Places(kind, node, away, rng.beta(6, 1.3, len(kind)), opens, closes, lon, lat, since, until)


def usual(who: Folk) -> Array:
    """Return how many errands of every type such people have in a week."""
    groups = {
        "all": np.ones(len(who.age), bool),
        "old": (who.work == RETIRED) | (who.age > 58),
        "young": (who.age < 42) | (who.work == STUDENT),
        "parent": who.parent,
    }
    return np.stack([rate * (0.12 + 0.88 * groups[row[5]]) for rate, row in zip(RATE, _RHYTHMS, strict=True)], axis=1)


def wanted(who: Folk, rng: np.random.Generator) -> Array:
    """Return how many errands of every type each person has in a week: around what is usual, some none at all."""
    rates = usual(who)
    return rates * rng.lognormal(-0.12, 0.5, rates.shape) * (rng.random(rates.shape) < 0.8)


def table(of: Places, where: River, rng: np.random.Generator) -> pd.DataFrame:
    """Write places; of some neither hours nor coordinates are told."""
    count = len(of.type)
    names = [f"{rng.choice(_SIGN)}{rng.choice(_RHYTHMS[one][6].split(','))}" for one in of.type]
    clock = [f"{first:02d}:00-{last:02d}:00" for first, last in zip(of.opens.tolist(), of.closes.tolist(), strict=True)]
    here = rng.random(count) >= 0.04
    return pd.DataFrame({
        "amenity_id": numbered("k", count),
        "name": names,
        "type": TYPES[of.type],
        "hours": blanked(clock, 0.2, rng),
        "capacity": np.where(rng.random(count) < 0.4, np.nan, rng.integers(3, 90, count)),
        "phone": blanked([f"0532-8{number:07d}" for number in rng.integers(0, 10**7, count)], 0.35, rng),
        "status": blanked(np.full(count, "open"), 0.12, rng),
        "lon": np.where(here, of.lon, np.nan),
        "lat": np.where(here, of.lat, np.nan),
        "area": where.area[of.node],
        "published_at": moments(of.since),
        "valid_to": moments(np.where(of.until > END + 200 * DAY, -1, of.until)),
    })  # fmt: skip
