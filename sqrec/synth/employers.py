"""Invented employers and their outlets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, IntArray
from sqrec.synth.adverts import brand
from sqrec.synth.catalogue import opaque_ids
from sqrec.synth.city import Communities
from sqrec.synth.data import draw, ints, pick, read, stream
from sqrec.synth.trades import trades

_VACANCIES_EACH, _OUTLETS, _NEIGHBOURS = 6, 3, 12


@dataclass(frozen=True)
class Employers:
    """Hold employers: id, name, sector, industry (GB/T 4754), and the communities of their outlets, three each."""

    ids: Sequence[str]
    names: Sequence[str]
    sector: AnyArray
    industry: Sequence[str]
    outlets: IntArray

    def offering(self, trade: IntArray, rng: np.random.Generator) -> IntArray:
        """Draw an employer (index) of the occupation's sector for every vacancy; some employers have many."""
        sectors = np.array([trades().rows[number].sector for number in ints(trade)])
        firm = np.zeros(len(trade), dtype=np.int64)
        for sector in np.unique(sectors):
            mine, able = sectors == sector, np.flatnonzero(self.sector == sector)
            firm[mine] = able[(len(able) * rng.random(int(mine.sum())) ** 1.5).astype(np.int64)]
        return firm


def employers(vacancies: int, places: Communities, seed: int) -> Employers:
    """Invent employers, one per six vacancies and at least two of every sector."""
    rng, words = stream(seed, "employers"), read("words")["sectors"]
    sectors = sorted(words)
    shares = [sum(row.weight for row in trades().rows if row.sector == sector) for sector in sectors]
    count = max(vacancies // _VACANCIES_EACH, 2 * len(sectors))
    sector = np.concatenate([np.arange(len(sectors)), draw(rng, shares, count - len(sectors))])
    first = draw(rng, places.weight, count)
    near = np.array([_nearest(places, home) for home in range(len(places))])
    outlets = near[first[:, None], rng.integers(0, near.shape[1], (count, _OUTLETS))]
    outlets[:, 0] = first
    names = [brand(rng) + pick(rng, words[sectors[number]][1]) for number in ints(sector)]
    industry = [str(words[sectors[number]][0]) for number in ints(sector)]
    return Employers(opaque_ids("e", count, rng), names, np.array(sectors)[sector], industry, outlets)


def _nearest(places: Communities, home: int) -> IntArray:
    away = np.hypot(places.lon - places.lon[home], places.lat - places.lat[home])
    return np.resize(np.argsort(away, kind="stable")[:_NEIGHBOURS], _NEIGHBOURS)
