"""The one row maker of training, serving, reports and push."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.pairs import Pairs
from sqrec.rank.view import Fill, View

_BLOCK = 50_000


class Column(Protocol):
    """Be one number of a row.

    `name` is unique; `reads` names the raw facts of the person that it uses; `monotone` is +1 where a
    greater value can only help, -1 where it can only hurt, 0 where nothing is promised.
    """

    @property
    def name(self) -> str:
        """The column's name."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The raw facts it uses."""
        ...

    @property
    def monotone(self) -> int:
        """The sign of its promise, or 0."""
        ...

    def compute(self, view: View) -> FloatArray:
        """Return one float64 per pair, NaN where unknown."""
        ...


@runtime_checkable
class Together(Protocol):
    """Be a type of columns whose members are filled together: what they share is computed once, by a compiled loop.

    They get the bits of `compute`, which says what a column means.
    """

    @staticmethod
    def together(columns: Sequence[Any], places: Sequence[int]) -> Fill:
        """Return what writes columns of this type into their places of rows."""
        ...


@dataclass(frozen=True)
class RowBuilder:
    """Make rows, one float64 vector per pair, from an ordered tuple of columns.

    Every value is computed by sums whose order does not depend on the other pairs, so a pair has the
    same bits alone and among ten thousand.
    """

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def reads(self) -> frozenset[str]:
        """Every raw fact of a person that any column uses."""
        return frozenset(fact for column in self.columns for fact in column.reads)

    def build(
        self,
        profiles: Profiles,
        items: Items,
        pairs: Pairs,
        counts: Counts,
        midnight: IntArray,
        jobs: Items | None = None,
    ) -> FloatArray:
        """Return the rows of the pairs, shape (pairs, columns).

        Works through whole questions, about 50,000 pairs at a time, so that memory stays flat.
        """
        rows = np.empty((len(pairs), len(self.columns)))
        for block in _blocks(pairs.questions):
            view = View(profiles, items, pairs.part(block), counts, midnight, jobs)
            for fill in self._together:
                fill(view, rows[block])
            for place, column in self._alone:
                rows[block, place] = column.compute(view)
        return rows

    @cached_property
    def _together(self) -> list[Fill]:
        members: dict[type[Together], tuple[list[Column], list[int]]] = {}
        for place, column in enumerate(self.columns):
            if isinstance(column, Together):
                columns, places = members.setdefault(type(column), ([], []))
                columns.append(column)
                places.append(place)
        return [family.together(columns, places) for family, (columns, places) in members.items()]

    @cached_property
    def _alone(self) -> list[tuple[int, Column]]:
        return [(place, column) for place, column in enumerate(self.columns) if not isinstance(column, Together)]


def _blocks(questions: Sequence[tuple[int, "slice[int, int]"]]) -> list["slice[int, int]"]:
    """Join neighbouring questions until a block has about `_BLOCK` pairs."""
    blocks: list[slice[int, int]] = []
    for _, part in questions:
        if blocks and part.stop - blocks[-1].start <= _BLOCK:
            blocks[-1] = slice(blocks[-1].start, part.stop)
        else:
            blocks.append(part)
    return blocks
