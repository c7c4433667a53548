"""What the two last worlds share: who is hired off a waiting list, who told where they live, and shares of pairs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, START, Array, Diary, moments

LEVELS = np.array(["81", "71", "31", "21", "14"], object)
"""Codes of education from primary school to a higher degree, lowest first."""


@dataclass
class Desk:
    """Hold asks that will be answered with yes, by day; the seats left, the moments of closing, and who is hired already."""

    left: Array
    until: Array
    placed: Array
    waiting: dict[int, list[tuple[Array, Array]]] = field(default_factory=dict[int, list[tuple[Array, Array]]])

    def ask(self, who: Array, job: Array, day: Array) -> None:
        """Put asks that will be answered with yes on their days."""
        for one in np.unique(day):
            self.waiting.setdefault(int(one), []).append((who[day == one], job[day == one]))

    def answered(self, day: int) -> tuple[Array, Array]:
        """Return who is hired where on a day, nobody twice; a vacancy without seats closes at the end of the day."""
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
    """Return for every entry how many earlier ones ask for the same."""
    order = item.argsort(kind="stable")
    ordered = item[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.empty(len(item), int)
    rank[order] = np.arange(len(item)) - np.repeat(begins, np.diff(np.r_[begins, len(item)]))
    return rank


def blurred(values: Array, home: Array, area: Array) -> Array:
    """Return rows as far as homes are told: those who told the area alone have its mean, those who told nothing that of all."""
    known = values.astype(float)
    whole = known.mean(axis=0)
    for one in np.unique(area[~home]):
        of = ~home & (area == one)
        beside = home & (area == one)
        known[of] = known[beside].mean(axis=0) if one >= 0 and beside.any() else whole
    return known


def averaged(values: Array, group: Array) -> Array:
    """Return for every row the mean of the rows of its group."""
    place = np.unique(group, return_inverse=True)[1]
    sums = np.zeros((place.max() + 1, *values.shape[1:]))
    np.add.at(sums, place, values)
    return (sums.T / np.bincount(place)).T[place]


def titled(trades: Sequence[int] | Array, titles: Array, codes: Array, *, code: bool) -> str:
    """Write trades as a list, by their codes where there are some; -1 is none."""
    return "|".join(dict.fromkeys(str((code and codes[one]) or titles[one]) for one in trades if one >= 0))


def born(age: Array) -> list[str]:
    """Write the months of birth of people of these ages."""
    return np.datetime_as_string(np.datetime64("2026-11", "M") - np.ceil(age * 12).astype("m8[M]")).tolist()


def days_of(seconds: Array) -> Array:
    """Write the days of moments in the city."""
    return moments(seconds).strftime("%Y-%m-%d").to_numpy(object)


def open_on(since: Array, until: Array, day: int) -> Array:
    """Tell what is there on the whole of a day of the window."""
    return (since <= START + day * DAY) & (until >= START + (day + 1) * DAY)


def either(weights: Array) -> Array:
    """Return how likely each column is one of two that are drawn one after the other, by weights, without putting back."""
    total = weights.sum(axis=1, keepdims=True)
    first = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
    odds = np.divide(first, 1 - first, out=np.zeros(weights.shape), where=first < 1)
    return np.minimum(first + first * (odds.sum(axis=1, keepdims=True) - odds), 1.0)


def visits_of(log: Diary) -> pd.DataFrame:
    """Return the visits of places that stand in a diary."""
    return pd.concat([part for part in log.parts if part["kind"].iloc[0] == "amenity"], ignore_index=True)
