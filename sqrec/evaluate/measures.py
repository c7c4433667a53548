"""What a ranker's lists are like beyond accuracy: of each person's first k, and of the whole catalogue."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

from sqrec.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.columns import Kind
from sqrec.errors import DataError
from sqrec.evaluate.compare import Interval, intervals
from sqrec.evaluate.exposure import CATALOGUE_MEASURES, CatalogueMeasure, Stock, catalogue_figures
from sqrec.evaluate.notes import meaning_of

FIRST = 10
"""How many places of a list are looked at, unless said otherwise."""

EMPTY, STRANGER = -1, -2
"""The rows that stand for a place without an item, and for an item that the catalogue does not know."""

GROUPED_BY: Mapping[Kind, str] = {"job": "occupation", "course": "occupation", "amenity": "type"}
"""The family of groups in which two items of a kind are of one sort."""

OPENINGS: Mapping[Kind, str] = {"job": "headcount", "course": "capacity", "amenity": "capacity"}
"""The fact that says for how many people an item has room."""


@dataclass(frozen=True)
class Lists:
    """Hold the first k places of one list per person. Built by `Lists.of` or `Lists.of_table`.

    `item`, shape (people, k), are rows of the catalogue, `EMPTY` behind the end of a list, `STRANGER` for an item that is
    not in it. `minutes` and `information` (self-information of the item's popularity, bits) have the same shape, NaN unknown.
    `widened`, shape (people,), is 1 where a wider circle than the one asked for was needed, 0 where not, NaN where no circle
    was drawn.
    """

    item: IntArray
    minutes: FloatArray
    information: FloatArray
    widened: FloatArray

    @classmethod
    def of(
        cls,
        items: Sequence[IntArray],
        minutes: Sequence[FloatArray] | None = None,
        information: Sequence[FloatArray] | None = None,
        widened: FloatArray | None = None,
        k: int = FIRST,
    ) -> Self:
        """Take one list per person, best first and of any length; what is not given is unknown.

        Raises DataError where minutes, information or widenings are not those of the same people and items.
        """
        nothing = [np.empty(0)] * len(items)
        for told in (minutes, information):
            if told is not None and [len(one) for one in told] != [len(one) for one in items]:
                raise DataError("Minutes or information do not stand beside the same items. Give one number per item of a list.")
        if widened is not None and len(widened) != len(items):
            raise DataError(f"There are {len(items)} lists and {len(widened)} widenings. Give one number per list.")
        return cls(
            _padded(items, k, EMPTY, np.int64),
            _padded(minutes or nothing, k, np.nan, np.float64),
            _padded(information or nothing, k, np.nan, np.float64),
            np.full(len(items), np.nan) if widened is None else widened.astype(np.float64),
        )

    @classmethod
    def of_table(cls, table: pd.DataFrame, ids: Sequence[str], k: int = FIRST) -> tuple[Self, pd.DataFrame]:
        """Take one ranker's rows of a table `recommendations`; also return whose lists they are: `person_id` (and `at`).

        `ids` are the item ids of the catalogue in its order; items that are not among them are strangers. A column `minutes` is
        read where there is one. One list per person, or per person and moment where the table has `at`.
        """
        owner = [name for name in ("person_id", "at") if name in table]
        ordered = table.sort_values([*owner, "position"], kind="stable")
        number = ordered.groupby(owner, sort=False, dropna=False).ngroup().to_numpy(np.int64)
        starts = np.flatnonzero(np.diff(number, prepend=-1))
        row = pd.Index(ids).get_indexer(pd.Index(ordered["item_id"])).astype(np.int64)
        items = np.split(np.where(row < 0, STRANGER, row), starts[1:]) if len(row) else []
        told = ordered["minutes"].to_numpy(np.float64, na_value=np.nan) if "minutes" in ordered else None
        minutes = np.split(told, starts[1:]) if told is not None and len(row) else None
        return cls.of(items, minutes, k=k), ordered[owner].iloc[starts].reset_index(drop=True)

    def __len__(self) -> int:
        return len(self.item)

    def take(self, people: IntArray | BoolArray) -> Self:
        """Return the lists of some people alone."""
        return type(self)(self.item[people], self.minutes[people], self.information[people], self.widened[people])

    @property
    def k(self) -> int:
        """The number of places that are looked at."""
        return self.item.shape[1]

    @property
    def filled(self) -> IntArray:
        """The number of items in each person's first k places."""
        return (self.item != EMPTY).sum(axis=1)


@dataclass(frozen=True)
class ItemFacts:
    """Hold what measures read of the items, one entry per row of the catalogue.

    `live` marks those that could have been shown, `group` numbers the sorts of items (-1 unknown), `text` are rows of unit
    length (zeros where there is no text; None: no texts), `wage` is in yuan a month (None: the kind has none), `openings` the
    number of people an item has room for (NaN unknown).
    """

    live: BoolArray
    group: IntArray
    text: sparse.csr_array | None
    wage: FloatArray | None
    openings: FloatArray

    @classmethod
    def of(cls, items: Items, at: IntArray) -> Self:
        """Take the facts of a catalogue; live is what was live at one of the questions' moments `at` (microseconds UTC).

        An empty headcount of a job is one opening (tables.md), an empty capacity is unknown.
        """
        unknown, kind = np.full(len(items), np.nan), items.kind
        openings: FloatArray = items.facts.get(OPENINGS[kind], unknown)
        openings = np.where(np.isnan(openings), 1.0, openings) if kind == "job" else openings
        text = items.text
        return cls(
            _once_live(items, np.sort(at)),
            items.groups.get(GROUPED_BY[kind], np.full(len(items), -1)),
            sparse.csr_array((text.weights, text.columns, text.offsets), (len(text), text.width)),
            items.facts.get("wage", unknown) if kind == "job" else None,
            np.where(openings > 0, openings, np.nan),
        )

    @classmethod
    def unknown(cls, items: int) -> Self:
        """Return the facts of items of which nothing but their ids is known; each of them is live."""
        return cls(np.ones(items, bool), np.full(items, -1), None, None, np.full(items, np.nan))

    def stock(self) -> Stock:
        """Return what the measures of the whole catalogue read."""
        return Stock(self.live, self.openings)


@dataclass(frozen=True)
class Measure:
    """Hold one measure of a person's list: its name before the "@", and how it is computed, one value per person.

    A measure that has nothing to read for anybody returns NaN for everybody and is left out of the figures.
    """

    name: str
    compute: Callable[[Lists, ItemFacts], FloatArray]

    @property
    def meaning(self) -> str:
        """What it means, in one sentence."""
        return meaning_of(self.name)

    @property
    def title(self) -> str:
        """The name with its cut-off as a letter."""
        return f"{self.name}@k"


def per_person(lists: Lists, facts: ItemFacts) -> dict[str, FloatArray]:
    """Return each person's measures under their names before the "@", shape (people,); NaN where a list does not say."""
    return {measure.name: measure.compute(lists, facts) for measure in PERSONAL}


def measures(lists: Lists, facts: ItemFacts, rng: np.random.Generator) -> dict[str, Interval]:
    """Return every measure as "name@k" with its interval over people; measures that nobody's list speaks of are left out.

    Those of one list are means over people; those of the whole catalogue are computed again in every resample of people
    (`exposure.catalogue_figures`). People need no positive: everybody who got an answer counts.
    """
    values = per_person(lists, facts)
    known = {name: of_people for name, of_people in values.items() if not np.isnan(of_people).all()}
    found: dict[str, Interval] = {}
    if known:
        found = dict(zip(known, intervals(np.column_stack(list(known.values())), rng), strict=True))
    found |= catalogue_figures(lists.item, facts.stock(), rng)
    return {f"{name}@{lists.k}": figure for name, figure in found.items()}


def self_information(times: FloatArray, item: IntArray) -> FloatArray:
    """Return the bits that items tell: -log2 of their share of all events (Zhou et al. 2010; Castells et al. 2022).

    `times` are the events known before the question's midnight per item of the catalogue. One event more per item is the
    prior, so that an item nobody used is not infinitely novel; strangers are unknown.
    """
    share = (times[np.maximum(item, 0)] + 1) / (times.sum() + len(times)) if len(times) else np.ones(len(item))
    return np.where(item >= 0, -np.log2(share), np.nan)


def diversity(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of pairs of different groups: the mean of a distance of 0 or 1 (Smyth and McClave 2001).

    Items of an unknown group are in no pair; NaN with fewer than two known ones.
    """
    group = _of_items(facts.group, lists.item, -1)
    known = group >= 0
    same = (group[:, :, None] == group[:, None, :]) & known[:, :, None]
    size = known.sum(axis=1)
    equal = same.sum(axis=(1, 2)) - size
    return 1 - _divided(equal, size * (size - 1))


def text_diversity(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean of 1 - cosine over all pairs (Ziegler et al. 2005).

    As rows have unit length, the cosines of all pairs add up to the squared length of the sum of the rows, less one per
    item. Items without a text are in no pair; NaN with fewer than two others.
    """
    if facts.text is None:
        return np.full(len(lists), np.nan)
    rows, place = np.unique(lists.item, return_inverse=True)
    text = facts.text[np.maximum(rows, 0)].astype(np.float64)
    there = (np.diff(text.indptr) > 0) & (rows >= 0)
    chosen = there[place.reshape(lists.item.shape)]
    person, column = np.nonzero(chosen)
    taken = (np.ones(len(person)), (person, place.reshape(lists.item.shape)[person, column]))
    total = sparse.csr_array(taken, (len(lists), len(rows))) @ text
    size = chosen.sum(axis=1)
    alike = np.asarray(total.multiply(total).sum(axis=1)).ravel() - size
    return np.clip(1 - _divided(alike, size * (size - 1)), 0.0, 1.0)


def novelty(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean self-information of the listed items, bits; NaN where it is known of none."""
    return _mean(lists.information)


def minutes(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean minutes on foot to the listed items; NaN where they are known of none."""
    return _mean(lists.minutes)


def minutes_known(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of listed items whose minutes are known; NaN for an empty list."""
    return _divided((~np.isnan(lists.minutes)).sum(axis=1), lists.filled)


def wage(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the mean wage of the listed items, yuan a month; NaN where it is known of none, or the kind has none."""
    return _mean(_wages(lists, facts))


def wage_known(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return the share of listed items whose wage is known; NaN for an empty list, or where the kind has none."""
    known = _divided((~np.isnan(_wages(lists, facts))).sum(axis=1), lists.filled)
    return known if facts.wage is not None else np.full(len(lists), np.nan)


def widened(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return 1 where a wider circle was needed, 0 where not; NaN where none was drawn."""
    return lists.widened


def empty(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return 1 where the list holds nothing, else 0."""
    return (lists.filled == 0).astype(np.float64)


def short(lists: Lists, facts: ItemFacts) -> FloatArray:
    """Return 1 where the list holds fewer than k items, else 0."""
    return (lists.filled < lists.k).astype(np.float64)


PERSONAL = (
    Measure("diversity", diversity),
    Measure("text_diversity", text_diversity),
    Measure("novelty", novelty),
    Measure("minutes", minutes),
    Measure("minutes_known", minutes_known),
    Measure("wage", wage),
    Measure("wage_known", wage_known),
    Measure("widened", widened),
    Measure("empty", empty),
    Measure("short", short),
)
"""The measures that have one value per person."""

MEASURES: dict[str, Measure | CatalogueMeasure] = {measure.name: measure for measure in (*PERSONAL, *CATALOGUE_MEASURES)}
"""Every measure by the part of its name before the cut-off."""


def _padded(rows: Sequence[AnyArray], k: int, filler: float, dtype: type[np.int64] | type[np.float64]) -> AnyArray:
    table = np.full((len(rows), k), filler, dtype=dtype)
    for place, row in enumerate(rows):
        table[place, : min(k, len(row))] = row[:k]
    return table


def _once_live(items: Items, at: IntArray) -> BoolArray:
    """Mark what was live at one moment or more of some in rising order."""
    return items.ranked & (np.searchsorted(at, items.opens, "left") < np.searchsorted(at, items.closes, "left"))


def _of_items(values: AnyArray, item: IntArray, unknown: float) -> AnyArray:
    """Return a fact of every listed item; unknown for empty places and strangers."""
    if len(values) == 0:
        return np.full(item.shape, unknown)
    return np.where(item >= 0, values[np.maximum(item, 0)], unknown)


def _wages(lists: Lists, facts: ItemFacts) -> FloatArray:
    return _of_items(np.empty(0) if facts.wage is None else facts.wage, lists.item, np.nan)


def _mean(values: FloatArray) -> FloatArray:
    """Return each row's mean of what is known, NaN where nothing is."""
    known = ~np.isnan(values)
    return _divided(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))


def _divided(part: AnyArray, whole: IntArray) -> FloatArray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
