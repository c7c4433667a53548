"""What the worlds `lanes` and `quarters` share: hiring with a delay, means over unknown homes, draws of two."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, START, Array, Diary, moments

LEVELS = np.array(["81", "71", "31", "21", "14"], object)
"""GB/T 4658 codes from primary school to a higher degree, lowest first."""


@dataclass
class Desk:
    """Hold the hires to come by day, the openings left, the moment at which each vacancy closes, and who is hired already."""

    left: Array
    until: Array
    placed: Array
    waiting: dict[int, list[tuple[Array, Array]]] = field(default_factory=dict[int, list[tuple[Array, Array]]])

    def ask(self, who: Array, job: Array, day: Array) -> None:
        """Add hires of people by jobs on days of the window."""
        for one in np.unique(day):
            self.waiting.setdefault(int(one), []).append((who[day == one], job[day == one]))

    def answered(self, day: int) -> tuple[Array, Array]:
        """Return the hires of a day (person, job), nobody twice; a vacancy without openings closes at the end of the day."""
        parts = self.waiting.pop(day, [])
        if not parts:
            return np.zeros(0, int), np.zeros(0, int)
        who, job = (np.concatenate(column) for column in zip(*parts, strict=True))
        free = np.flatnonzero(~self.placed[who])
        first = free[np.sort(np.unique(who[free], return_index=True)[1])]
        who, job = who[first], job[first]
        got = turn(job) < self.left[job]
        who, job = who[got], job[got]
        self.placed[who] = True
        np.add.at(self.left, job, -1)
        full = job[self.left[job] <= 0]
        self.until[full] = np.minimum(self.until[full], START + (day + 1) * DAY)
        return who, job


def turn(item: Array) -> Array:
    """Return for each entry the number of earlier entries of the same item."""
    order = item.argsort(kind="stable")
    ordered = item[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.empty(len(item), int)
    rank[order] = np.arange(len(item)) - np.repeat(begins, np.diff(np.r_[begins, len(item)]))
    return rank


def blurred(values: Array, home: Array, area: Array) -> Array:
    """Return the rows of known homes; a row with only a known area becomes the area's mean, others the mean of all."""
    known = values.astype(float)
    whole = known.mean(axis=0)
    for one in np.unique(area[~home]):
        of = ~home & (area == one)
        beside = home & (area == one)
        known[of] = known[beside].mean(axis=0) if one >= 0 and beside.any() else whole
    return known


def averaged(values: Array, group: Array) -> Array:
    """Return for every row the mean of the rows of its group, shape of `values`."""
    place = np.unique(group, return_inverse=True)[1]
    sums = np.zeros((place.max() + 1, *values.shape[1:]))
    np.add.at(sums, place, values)
    return (sums.T / np.bincount(place)).T[place]


def titled(trades: Sequence[int] | Array, titles: Array, codes: Array, *, code: bool) -> str:
    """Return trades (-1: none) as a cell of a list, by title or (`code`) by code where there is one."""
    return "|".join(dict.fromkeys(str((code and codes[one]) or titles[one]) for one in trades if one >= 0))


def born(age: Array) -> list[str]:
    """Return the months of birth of people of these ages, YYYY-MM."""
    return np.datetime_as_string(np.datetime64("2026-11", "M") - np.ceil(age * 12).astype("m8[M]")).tolist()


def days_of(seconds: Array) -> Array:
    """Return the local days of moments as YYYY-MM-DD."""
    return moments(seconds).strftime("%Y-%m-%d").to_numpy(object)


def open_on(since: Array, until: Array, day: int) -> Array:
    """Mark the items that exist on the whole of a day of the window."""
    return (since <= START + day * DAY) & (until >= START + (day + 1) * DAY)


def either(weights: Array) -> Array:
    """Return the probability of each column to be one of two that are drawn by weight without replacement."""
    total = weights.sum(axis=1, keepdims=True)
    first = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
    odds = np.divide(first, 1 - first, out=np.zeros(weights.shape), where=first < 1)
    return np.minimum(first + first * (odds.sum(axis=1, keepdims=True) - odds), 1.0)


def visits_of(log: Diary) -> pd.DataFrame:
    """Return the logged visits of places: person, item and moment."""
    return pd.concat([part for part in log.parts if part["kind"].iloc[0] == "amenity"], ignore_index=True)
