"""Statistical disclosure control: cells of few people are not published, nor any from which such follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray

FEWEST = 10
"""Cells of fewer people are not published."""

_MOST_CELLS, _MOST_PAIRED = 12, 60  # of a table with more cells, unions of one and two, or single ones, are tried instead of all
_SURE = 1 - 1e-9


def publishable(names: AnyArray) -> list[str]:
    """Return the slices of one family that may be published, largest first; see the definition of "not published"."""
    found, counts = np.unique(names, return_counts=True)
    sizes = dict(sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda one: (-one[1], one[0])))
    shown = [name for name, size in sizes.items() if size >= FEWEST]
    while shown and 0 < sum(sizes.values()) - sum(sizes[name] for name in shown) < FEWEST:
        shown.pop()
    return shown


@dataclass(frozen=True)
class Published:
    """Hold what may be published: per family and figure the slices, largest first, and the figures whose total may be."""

    slices: Mapping[tuple[str, str], tuple[str, ...]]
    totals: frozenset[str]


def safe_cells(families: Mapping[str, Sequence[str]], known: Mapping[str, BoolArray]) -> Published:
    """Choose what may be published of several families and figures of the same people.

    `families` hold one slice per person, `known` marks per figure the people of whom it is known; how many people there are
    is taken to be public. A cell is a slice's people of whom a figure is known. What is published withstands somebody who
    knows which people are in which slice and

    - adds and subtracts any cells of two tables (a family with a figure, its total and its rest): the people by whom two such
      sums differ are none, or at least `FEWEST`. So are a cell's people without the figure, and those of a slice within
      another family's slice but for a few;
    - combines all published sums linearly: fewer than `FEWEST` people who are alike in every family and figure are never
      determined.

    Earlier families go before later ones, figures known of more people before the others; hidden slices make up one rest.
    Of tables with more than twelve cells unions of one and of two cells are tried, of those with more than sixty single ones (complementary suppression: Willenborg
    and de Waal 2001, chapter 6; the safest choice is hard to find, Kelly, Golden and Assad 1992, this one is greedy).
    """
    masks = {name: mask.tobytes() for name, mask in known.items()}
    order = sorted(known, key=lambda name: -int(known[name].sum()))
    patterns = {masks[name]: known[name] for name in order}
    types, counts = _types(families, patterns)
    accepted: list[_Table] = []
    shown: dict[tuple[str, bytes], tuple[str, ...]] = {}
    for pattern, mask in patterns.items():
        fresh = [_total(pattern, mask[types], counts)]
        fresh += [_table(family, pattern, np.asarray(names)[types], mask[types], counts) for family, names in families.items()]
        for table in fresh:
            table.split = table.family != _TOTAL and fresh[0].shown != []
            _shrink(table, accepted, counts)
            accepted.append(table)
        _undetermine(accepted, fresh, counts)
        shown |= {(table.family, pattern): tuple(table.names[cell] for cell in table.shown) for table in fresh}
    slices = {(family, name): shown[family, masks[name]] for family in families for name in known}
    return Published(slices, frozenset(name for name in known if shown[_TOTAL, masks[name]]))


def thinned(known: BoolArray, families: Mapping[str, Sequence[str]], rng: np.random.Generator) -> BoolArray:
    """Leave people out at random of whom a figure is known, so that slices keep it that otherwise could not be published.

    Where one to nine of a slice's people lack the figure, their number would follow from the slice's: ten more are left out,
    as long as ten remain. So the figure speaks of fewer people, and of the same ones on average (sampling as a means of
    disclosure control: Willenborg and de Waal 2001, chapter 4).
    """
    kept, again = known.copy(), not known.all()
    while again:
        again = False
        for names in families.values():
            told = np.asarray(names)
            for name in np.unique(told):
                mine = told == name
                lacking, left = int((mine & ~kept).sum()), np.flatnonzero(mine & kept)
                if 0 < lacking < FEWEST and len(left) >= 2 * FEWEST:
                    kept[rng.choice(left, FEWEST, replace=False)] = False
                    again = True
    return kept


_TOTAL = ""


@dataclass
class _Table:
    """Hold one family of one figure over types of people; `cells`, shape (slices, types), mark who is in, `shown` may be seen.

    `split` says that the figure's total is public: the rest without the figure can be told from the rest with it.
    """

    family: str
    pattern: bytes
    names: Sequence[str]
    cells: BoolArray
    mask: BoolArray
    sizes: IntArray
    shown: list[int]
    split: bool = False

    def parts(self) -> BoolArray:
        """Return a partition of everybody, shape (parts, types): the shown cells, then what is left."""
        seen = self.cells[self.shown]
        rest = ~seen.any(axis=0)
        left = [rest & self.mask, rest & ~self.mask] if self.split else [rest]
        return np.vstack([seen, *left])


def _types(families: Mapping[str, Sequence[str]], patterns: Mapping[bytes, BoolArray]) -> tuple[IntArray, IntArray]:
    """Return one person of every type (alike in every family and figure) and how many there are of it."""
    codes = [np.unique(np.asarray(names), return_inverse=True)[1] for names in families.values()]
    columns = np.column_stack([*codes, *patterns.values()]).astype(np.int64)
    _, first, counts = np.unique(columns, axis=0, return_index=True, return_counts=True)
    return first.astype(np.int64), counts.astype(np.int64)


def _table(family: str, pattern: bytes, names: AnyArray, mask: BoolArray, counts: IntArray) -> _Table:
    distinct = np.unique(names).tolist()
    cells = np.array([(names == name) & mask for name in distinct]).reshape(len(distinct), len(names))
    sizes = cells @ counts
    order = sorted(range(len(distinct)), key=lambda cell: (-sizes[cell], distinct[cell]))
    return _Table(family, pattern, distinct, cells, mask, sizes, [cell for cell in order if sizes[cell] >= FEWEST])


def _total(pattern: bytes, mask: BoolArray, counts: IntArray) -> _Table:
    size = int(mask @ counts)
    return _Table(_TOTAL, pattern, ["all"], mask[None], mask, np.array([size]), [0] if size >= FEWEST else [])


def _shrink(table: _Table, accepted: Sequence[_Table], counts: IntArray) -> None:
    """Hide cells of a table, the smallest first, until it is safe in itself and beside every accepted one."""
    while table.shown and any(0 < size < FEWEST for size in (table.parts() @ counts).tolist()):
        table.shown.pop()
    for other in accepted:
        while table.shown and (betrayed := _betrayed(table.parts(), other.parts(), counts)) is not None:
            touching = [cell for cell in table.shown if table.cells[cell][betrayed].any()]
            table.shown.remove((touching or table.shown)[-1])


def _betrayed(first: BoolArray, second: BoolArray, counts: IntArray) -> BoolArray | None:
    """Return the types of few people by whom sums of two partitions differ; None where there are none.

    For a union of parts of one partition, the nearest union of the other one takes every part of which it holds more than
    half: what is left over on either side is the smallest difference, and any other one is larger by a whole part.
    """
    few, many = sorted((first, second), key=len)
    joint = (few * counts) @ many.T.astype(np.int64)
    unions = _unions(len(few))
    inside = unions @ joint
    outside = joint.sum(axis=0) - inside
    differ = np.minimum(inside, outside).sum(axis=1)
    bad = np.flatnonzero((differ > 0) & (differ < FEWEST))
    if len(bad) == 0:
        return None
    one = bad[0]
    nearest = many[inside[one] > outside[one]].any(axis=0)
    return np.asarray(few[unions[one].astype(bool)].any(axis=0) ^ nearest)


def _unions(parts: int) -> IntArray:
    """Return unions of parts, shape (unions, parts); of a union and its complement one is enough."""
    if parts <= _MOST_CELLS:
        return np.asarray((np.arange(2 ** max(parts - 1, 0))[:, None] >> np.arange(parts)) & 1, dtype=np.int64)
    chosen = [*((part,) for part in range(parts)), *combinations(range(parts), 2 if parts <= _MOST_PAIRED else 0)]
    unions = np.zeros((len(chosen), parts), dtype=np.int64)
    for row, some in enumerate(chosen):
        unions[row, list(some)] = 1
    return unions


def _undetermine(accepted: Sequence[_Table], fresh: Sequence[_Table], counts: IntArray) -> None:
    """Hide cells of the fresh tables, the last ones first, until no few people of a type follow from all sums together."""
    while (found := _determined(accepted, counts)) is not None:
        last = next((table for table in reversed(fresh) if table.cells[table.shown][:, found].any()), None)
        last = last or next((table for table in reversed(fresh) if table.shown), None)
        if last is None:
            return  # what everybody's number alone tells is public
        touching = [cell for cell in last.shown if last.cells[cell][found]]
        last.shown.remove((touching or last.shown)[-1])


def _determined(accepted: Sequence[_Table], counts: IntArray) -> int | None:
    """Return a type of few people whose sum is a linear combination of published ones; None where there is none.

    It is one where the type's unit vector lies in the space that the published sums span: its projection on it is itself.
    """
    sums: FloatArray = np.vstack([np.ones(len(counts)), *(table.cells[table.shown] for table in accepted)]).astype(np.float64)
    inverse = np.linalg.pinv(sums @ sums.T, hermitian=True)
    share = np.einsum("ct,ct->t", sums, inverse @ sums)
    found = np.flatnonzero((share > _SURE) & (counts < FEWEST))
    return int(found[0]) if len(found) else None
