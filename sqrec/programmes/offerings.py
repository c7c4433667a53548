"""Items that are reserved for a group, looked up once per catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.tables.welfare import welfare_posts


@dataclass(frozen=True)
class Offerings:
    """Hold, by kind and group, the rows of the items that are for the group alone, whether live or not.

    Jobs are public-welfare posts, for the groups that the city's rule names: none without such a rule.
    """

    rows: Mapping[Kind, Mapping[str, IntArray]]

    @classmethod
    def of(cls, items: Mapping[Kind, Items], city: City) -> Self:
        """Look through the tables of a catalogue."""
        return cls({kind: _posts(of_kind, city) if kind == "job" else _audiences(of_kind) for kind, of_kind in items.items()})

    @property
    def groups(self) -> frozenset[str]:
        """The groups for which something is reserved."""
        return frozenset(group for by_group in self.rows.values() for group in by_group)


def _posts(items: Items, city: City) -> dict[str, IntArray]:
    posts = np.flatnonzero(welfare_posts(items.table))
    return dict.fromkeys(city.welfare.groups, posts) if city.welfare and len(posts) else {}


def _audiences(items: Items) -> dict[str, IntArray]:
    """Return the rows by group named in `audience`, without places that are closed or planned."""
    rows: dict[str, list[int]] = {}
    shown = _shown(items.table)
    for row, audience in enumerate(items.table["audience"].tolist()):
        for group in audience.split("|") if isinstance(audience, str) and shown[row] else ():
            rows.setdefault(group, []).append(row)
    return {group: np.array(found, dtype=np.int64) for group, found in rows.items()}


def _shown(table: pd.DataFrame) -> BoolArray:
    if "status" not in table:
        return np.ones(len(table), dtype=bool)
    return (table["status"].isna() | table["status"].eq("open")).to_numpy(bool)
