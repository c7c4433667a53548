"""Candidates of a session: near, wanted or needed, liked, popular and new items, and some at random (docs/city.md)."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.synth.catalogue import Catalogue
from sqrec.synth.city import METRES_A_DEGREE, Communities
from sqrec.synth.facts import Facts
from sqrec.synth.residents import TYPES
from sqrec.synth.trades import trades

_NEAR, _OF_ONE = 160, 40
_SHOWN_NEW = 6


@dataclass
class Pools:
    """Hold the nearest items of every community: of all, of each occupation or type (`single`), and of each group.

    Entries are indices of items, nearest first, -1 where there are no more. `popular` and `new` are chosen from `near` again every day.
    """

    items: Catalogue
    near: IntArray
    single: IntArray
    group: IntArray
    popular: IntArray
    new: IntArray

    @classmethod
    def of(cls, items: Catalogue, places: Communities) -> "Pools":
        """Build from the items that may stand in a ranked list."""
        x, y = _plane(items.lon, items.lat)
        homes = np.column_stack(_plane(places.lon, places.lat))
        points = np.column_stack([x, y])
        single = items.traits.get("trade", items.group)
        count = len(trades()) if "trade" in items.traits else len(TYPES)
        able = np.flatnonzero(items.ranked)
        near = _nearest(points, able, homes, _NEAR)
        ones = np.stack([_nearest(points, able[single[able] == one], homes, _OF_ONE) for one in range(count)])
        groups = np.stack(
            [_nearest(points, able[items.group[able] == one], homes, _OF_ONE) for one in range(int(items.group.max()) + 1)]
        )
        few = near[:, :_SHOWN_NEW]
        return cls(items, near, ones, groups, few, few)

    def refresh(self, day_opens: int, used: IntArray) -> None:
        """Choose the popular and new items of a day that begins at `day_opens` (seconds UTC); `used` is the number of uses of each item."""
        items, near = self.items, self.near
        live = (near >= 0) & (items.opens[near] <= day_opens) & (items.closes[near] > day_opens)
        count = np.where(live, used[near], -1)
        self.popular = np.take_along_axis(near, np.argsort(-count, axis=1, kind="stable")[:, :_SHOWN_NEW], axis=1)
        age = np.where(live, day_opens - items.opens[near].clip(0), np.iinfo(np.int64).max)
        self.new = np.take_along_axis(near, np.argsort(age, axis=1, kind="stable")[:, :_SHOWN_NEW], axis=1)

    def draw(self, facts: Facts, liked: IntArray, rng: np.random.Generator) -> IntArray:
        """Draw the candidates of people: indices of items, a row a person, none twice, -1 where there are no more.

        `liked` is each person's favourite group.
        """
        home, size = facts.community, len(facts.community)
        depth = (self.near.shape[1] * rng.random((size, 28)) ** 1.6).astype(np.int64)
        parts = [self.near[home[:, None], depth], *self._searched(facts, liked), self.popular[home], self.new[home]]
        parts.append(rng.integers(0, len(self.items), (size, 6)))
        found = np.sort(np.hstack(parts), axis=1)
        found[:, 1:][found[:, 1:] == found[:, :-1]] = -1
        return found

    def _searched(self, facts: Facts, liked: IntArray) -> list[IntArray]:
        """Return the nearest items of wanted and past occupations, or of needed types, and of the group liked most."""
        home = facts.community
        if self.items.kind != "amenity":
            wishes = [(facts.desired[:, 0], 24), (facts.desired[:, 1], 14), (facts.past[:, 0], 10)]
            found = [np.where(wish[:, None] >= 0, self.single[wish, home, :most], -1) for wish, most in wishes]
            groups = trades().group[facts.desired[:, 0]]
            return [*found, self.group[groups, home, :12], self.group[liked, home, :10]]
        needed = (facts.needs[:, None] >> np.arange(len(TYPES))) & 1
        first = np.where(needed.any(axis=1), needed.argmax(axis=1), liked)
        last = len(TYPES) - 1 - needed[:, ::-1].argmax(axis=1)
        second = np.where(needed.any(axis=1), last, liked)
        return [self.single[first, home, :8], self.single[second, home, :8], self.single[liked, home, :8]]


def _plane(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    return (lon - 120.3) * METRES_A_DEGREE * np.cos(np.radians(36.3)), (lat - 36.3) * METRES_A_DEGREE


def _nearest(points: FloatArray, able: IntArray, homes: FloatArray, most: int) -> IntArray:
    """Return the nearest of the items `able` to every home, nearest first, -1 where there are no more; shape (homes, most)."""
    found = np.full((len(homes), most), -1)
    if len(able):
        count = min(most, len(able))
        place = KDTree(points[able]).query(homes, k=np.arange(1, count + 1))[1]
        found[:, :count] = able[np.asarray(place)]
    return found


def masked(items: Catalogue, pool: IntArray, at: AnyArray, minor: AnyArray) -> AnyArray:
    """Mark the items of a pool that may be shown to people at moments `at` (seconds UTC); shape of `pool`.

    `minor` marks the people who are minors.
    """
    live = (pool >= 0) & items.ranked[pool] & (items.opens[pool] <= at[:, None]) & (at[:, None] < items.closes[pool])
    return live & (~minor[:, None] | items.minors[pool])
