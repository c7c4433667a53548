"""Places of the city of shifts, with their hours."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, blanked, moments, numbered
from experiments.worlds.shifts_people import TYPES
from experiments.worlds.shifts_town import Quarters

_OPEN = {
    "convenience_store": (6, 24, 90), "breakfast": (5, 12.5, 90), "market": (5, 18.5, 55), "supermarket": (8, 21.5, 45),
    "fresh_store": (7, 21, 60), "pharmacy": (8, 21.5, 60), "parcel_locker": (0, 24, 70), "post_express": (8, 20.5, 45),
    "restaurant": (10, 22.5, 110), "bakery": (7, 20, 40), "cafe": (9, 22, 35), "canteen": (6.5, 19, 35),
    "hairdresser": (9, 20.5, 55), "laundry": (8, 20, 25), "repair": (8.5, 18, 25), "print_shop": (8.5, 19, 20),
    "recycling": (8, 18, 18), "bank": (8.5, 17, 25), "clinic": (8, 17.5, 25), "gym": (9, 22, 22), "bookshop": (9.5, 20, 12),
    "wellness": (10, 23, 22), "culture": (9, 17.5, 12), "pet_service": (9.5, 19.5, 14), "florist": (8.5, 19.5, 12),
    "employment_station": (8.5, 17, 9), "community_centre": (8, 20, 11), "childcare": (7.5, 18.5, 12),
    "elder_care": (8, 18, 12), "car_wash": (8, 19, 14),
}  # fmt: skip
"""Opening and closing hour, and number of places, by type."""
_SIGNS = dict(
    zip(
        _OPEN,
        "便民店 早点铺 农贸市场 超市 鲜果生鲜 药房 智能快递柜 快递驿站 小馆 面包坊 咖啡 职工食堂 理发 洗衣 修理部 图文 "
        "再生资源回收点 银行网点 卫生服务站 健身 书屋 足道养生 文化站 宠物 花坊 就业驿站 邻里中心 托育园 养老服务站 洗车".strip().split(),
        strict=True,
    )
)
_NAMES = np.array(
    "湾里 海青 朱家 老灯塔 南岛 红树 三号码头 阿建 顺风 银沙 好又近 佳佳 潮声 长江路 六点半 双珠".strip().split(), object
)
_WEEKDAYS = ("bank", "employment_station", "print_shop")


@dataclass(frozen=True)
class Places:
    """Hold places: `opens` and `closes` are hours of the day, `rests` marks those closed at weekends."""

    table: pd.DataFrame
    type: Array
    opens: Array
    closes: Array
    rests: Array
    lon: Array
    lat: Array
    since: Array
    until: Array

    @property
    def ids(self) -> Array:
        """The ids of the amenities."""
        return self.table["amenity_id"].to_numpy(object)

    def live(self, at: Array | int) -> Array:
        """Mark the items that exist at a moment, shape (items,)."""
        return (self.since <= at) & (self.until > at)

    def open(self, hour: Array) -> Array:
        """Mark the places that are open at each hour of the day, shape (hours, places)."""
        return (self.opens <= hour[:, None]) & (self.closes > hour[:, None])


def places(count: int, town: Quarters, rng: np.random.Generator) -> Places:
    """Draw places: more where many live or work; one in nine opened within the last months, some close."""
    often = np.array([_OPEN[name][2] if name in _OPEN else 0 for name in TYPES], float)
    kind = rng.choice(len(TYPES), count, p=often / often.sum())
    weight = town.homes / town.homes.sum() + 0.6 * town.works / town.works.sum()
    quarter = rng.choice(len(town.lon), count, p=weight / weight.sum())
    lon, lat = town.around(quarter, rng)
    opens = np.array([_OPEN.get(name, (0, 0))[0] for name in TYPES])[kind] + rng.choice([-0.5, 0, 0, 0.5], count)
    closes = np.array([_OPEN.get(name, (0, 0))[1] for name in TYPES])[kind] + rng.choice([-1, 0, 0, 0.5], count)
    since = np.where(
        rng.random(count) < 0.11, END - rng.integers(3, 150, count) * DAY, START - rng.integers(200, 4000, count) * DAY
    )
    until = np.where(rng.random(count) < 0.05, START + rng.integers(5, DAYS, count) * DAY, END + 4000 * DAY)
    until = np.where(until <= since, END + 4000 * DAY, until)
    rests = np.isin(TYPES[kind], _WEEKDAYS)
    opens, closes = opens.clip(0), closes.clip(None, 24)
    table = _table(kind, (opens, closes, rests), (lon, lat, town.area[quarter]), (since, until), rng)
    return Places(table, kind, opens, closes, rests, lon, lat, since, until)


def as_told(made: Places, town: Quarters) -> Places:
    """Return places as the table describes them; an empty cell becomes the usual hours or the middle of the quarter."""
    silent, lost = made.table["hours"].isna().to_numpy(), made.table["lon"].isna().to_numpy()
    usual = np.array([_OPEN.get(name, (0, 24))[:2] for name in TYPES])[made.type]
    quarter = pd.Index(town.area).get_indexer(pd.Index(made.table["area"]))
    return replace(
        made,
        opens=np.where(silent, usual[:, 0], made.opens),
        closes=np.where(silent, usual[:, 1], made.closes),
        lon=np.where(lost, town.lon[quarter], made.lon),
        lat=np.where(lost, town.lat[quarter], made.lat),
    )


def _table(
    kind: Array,
    hours: tuple[Array, Array, Array],
    where: tuple[Array, Array, Array],
    when: tuple[Array, Array],
    rng: np.random.Generator,
) -> pd.DataFrame:
    count = len(kind)
    sign = np.array([_SIGNS.get(name) for name in TYPES], object)[kind]
    clock = [
        f"{'mon-fri ' if rests else ''}{_clock(opens)}-{_clock(closes)}" for opens, closes, rests in zip(*hours, strict=True)
    ]
    here = rng.random(count) >= 0.04
    return pd.DataFrame({
        "amenity_id": numbered("s", count),
        "name": rng.choice(_NAMES, count) + sign,
        "type": TYPES[kind],
        "hours": blanked(clock, 0.21, rng),
        "capacity": np.where(rng.random(count) < 0.27, np.nan, rng.integers(4, 120, count)),
        "phone": blanked([f"0532-8{number:07d}" for number in rng.integers(0, 10**7, count)], 0.3, rng),
        "status": blanked(np.full(count, "open"), 0.14, rng),
        "lon": np.where(here, where[0], np.nan),
        "lat": np.where(here, where[1], np.nan),
        "area": where[2],
        "published_at": moments(when[0]),
        "valid_to": moments(np.where(when[1] > END, -1, when[1])),
    })  # fmt: skip


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
