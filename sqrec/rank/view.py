"""What a column may look at: pairs with the profiles, items and counts they point to."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, Self, TypeVar, get_args

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, lookup
from sqrec.base.text import joined, similarities
from sqrec.catalogue.counts import Counts
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.contract import Kind
from sqrec.profile.profiler import Profiles
from sqrec.profile.segments import Segment
from sqrec.rank.pairs import Pairs

T = TypeVar("T")
TextSource = Literal["desired", "occupations", "history"]
FOLLOWED = 10
"""How many of a person's latest items co-use starts from."""
MEMORY = 50
"""How many of a person's latest items take part in comparisons."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Hold the cosines of a question's items with a person's texts, shape (pairs, texts), and which texts are of which source."""

    alike: FloatArray
    bounds: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class View:
    """Give columns their arrays and memoise what several of them need.

    `midnight` is the last local midnight before each question (microseconds UTC): counts are as of then. `jobs` are
    the vacancies that courses prepare for, None where there are none.
    Nothing here may depend on which other pairs are in the view (docs/laws.md, law 1).
    """

    profiles: Profiles
    items: Items
    pairs: Pairs
    counts: Counts
    midnight: IntArray
    jobs: Items | None = None
    _memo: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])

    @classmethod
    def of(cls, snapshot: Snapshot, profiles: Profiles, kind: Kind, pairs: Pairs, city: City) -> Self:
        """Return what a column may look at, for pairs of some questions: as rows are built, whatever the pairs."""
        midnight = city.midnights(profiles.at)
        return cls(profiles, snapshot.items[kind], pairs, snapshot.counts[kind], midnight, snapshot.items.get("job"))

    def shared(self, name: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes, made once per view."""
        if name not in self._memo:
            self._memo[name] = make()
        return self._memo[name]

    def person(self, fact: str) -> AnyArray:
        """Return an encoded fact of the person of each pair."""
        return self.profiles.fact(fact)[self.pairs.query]

    def item(self, fact: str) -> AnyArray:
        """Return an encoded fact of the item of each pair."""
        return self.items.facts[fact][self.pairs.item]

    def text(self, source: TextSource) -> list[FloatArray]:
        """Return per question the cosines of its items with the person's texts, shape (pairs, texts).

        Texts of the history are the titles of earlier items, newest first.
        """
        return [np.ascontiguousarray(one.alike[:, slice(*one.bounds[source])]) for one in self.texts()]

    def texts(self) -> list[Texts]:
        """Return per question the cosines of its items with all of the person's texts."""
        return self.shared("text", self._texts)

    def same(self, family: str) -> list[FloatArray]:
        """Return per question 1.0 where an item shares its group with an earlier item, shape (pairs, earlier)."""
        return self.shared(("same", family), lambda: [self._same(family, q, part) for q, part in self.pairs.questions])

    def vacancies(self, query: int) -> IntArray:
        """Return the live vacancies in the trades that a question's person wants, or worked in where none is wanted."""
        wanted = self.profiles.codes("desired", query)
        trades = wanted if len(wanted) else self.profiles.codes("occupations", query)
        if self.jobs is None or len(trades) == 0:
            return np.empty(0, np.int64)
        groups = np.unique(lookup(self.jobs.group_keys["trade"], trades[:, 2]))
        rows = self.jobs.members["trade"].take(groups[groups >= 0]).values
        return rows[self.jobs.live(int(self.profiles.at[query]), rows)]

    def earlier_jobs(self, query: int) -> KeyArray:
        """Return the occupation ladders of the latest vacancies that a question's person used, shape (coded jobs, 4)."""
        history = self.profiles.history[query].get("job")
        if self.jobs is None or history is None:
            return np.empty((0, 4), np.uint64)
        rows = self.jobs.find(history.item)
        keys = self.jobs.facts["occupation"][rows[rows >= 0][:MEMORY]]
        return keys[keys[:, 0] > 0]

    def earlier(self, query: int) -> tuple[IntArray, IntArray, IntArray]:
        """Return a question's latest earlier items that the catalogue knows: rows, moments, grades."""
        return self.shared(("earlier", query), lambda: self._earlier(query))

    def used(self, query: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return all earlier items of a question's person that the catalogue knows: rows in rising order, latest moments, uses."""
        return self.shared(("used", query), lambda: self._used(query))

    def skills_alike(self) -> list[FloatArray]:
        """Return per question the cosines of its items' skills with those of the earlier items that name any; NaN without skills."""
        return self.shared("skills_alike", self._skills_alike)

    def others(self, family: str, days: int = 0) -> FloatArray:
        """Return for each pair how often *others* used the item's group before the last midnight."""
        return self.shared(("others", family, days), lambda: self._others(family, days))

    def besides(self, source: str, query: int, latest: int = FOLLOWED) -> tuple[IntArray, FloatArray, int]:
        """Return what others used besides the groups that a question's person starts from: items, amounts, uses followed."""
        return self.shared(("besides", source, query, latest), lambda: self._besides(source, query, latest))

    def starts(self, source: str, query: int, latest: int = FOLLOWED) -> IntArray:
        """Return the groups that co-use starts from: those of the latest earlier items, or of the occupations wanted or had."""
        if source in {"desired", "occupations"}:
            codes = self.profiles.codes(source, query)
            groups = lookup(self.items.group_keys["trade"], codes[:, 2]) if len(codes) else np.empty(0, np.int64)
        else:
            groups = self.counts.group[source][self.earlier(query)[0][:latest]]
        return groups[groups >= 0]

    def _besides(self, source: str, query: int, latest: int) -> tuple[IntArray, FloatArray, int]:
        family = "trade" if source in {"desired", "occupations"} else source
        person, midnight = int(self.profiles.person[query]), int(self.midnight[query])
        return self.counts.uses.besides(family, self.starts(source, query, latest), person, midnight)

    def _texts(self) -> list[Texts]:
        found: list[Texts] = []
        for query, part in self.pairs.questions:
            history = self.items.text.take(self.earlier(query)[0])
            texts = [self.profiles.texts("desired", query), self.profiles.texts("occupations", query), history]
            ends = np.cumsum([0, *map(len, texts)]).tolist()
            alike = similarities(self.items.text, self.pairs.item[part], joined(texts))
            found.append(Texts(alike, dict(zip(get_args(TextSource), pairwise(ends), strict=True))))
        return found

    def _same(self, family: str, query: int, part: slice) -> FloatArray:
        groups = self.items.groups[family]
        mine, theirs = groups[self.pairs.item[part], None], groups[self.earlier(query)[0]]
        return ((mine == theirs) & (mine >= 0)).astype(np.float64)

    def _earlier(self, query: int) -> tuple[IntArray, IntArray, IntArray]:
        history = self.profiles.history[query].get(self.items.kind)
        if history is None:
            empty = np.empty(0, np.int64)
            return empty, empty, empty
        rows = self.items.find(history.item)
        known = np.flatnonzero(rows >= 0)[:MEMORY]
        return rows[known], history.at[known], history.grade[known]

    def _used(self, query: int) -> tuple[IntArray, FloatArray, FloatArray]:
        history = self.profiles.history[query].get(self.items.kind)
        if history is None:
            return np.empty(0, np.int64), np.empty(0), np.empty(0)
        rows = self.items.find(history.item)
        order = np.argsort(rows)[np.count_nonzero(rows < 0) :]
        return rows[order], history.at[order].astype(np.float64), history.times[order].astype(np.float64)

    def _skills_alike(self) -> list[FloatArray]:
        skills, found = self.items.skill_rows, list[FloatArray]()
        for query, part in self.pairs.questions:
            item, earlier = self.pairs.item[part], self.earlier(query)[0]
            telling = earlier[skills.offsets[earlier + 1] > skills.offsets[earlier]]
            alike = similarities(skills, item, skills.take(telling))
            alike[skills.offsets[item + 1] == skills.offsets[item]] = np.nan
            found.append(alike)
        return found

    def segment(self, name: Segment) -> IntArray:
        """Return the number of each question's person in a segmentation, -1 unknown."""
        return self.shared("segments", self._segments)[name]

    def _segments(self) -> dict[Segment, IntArray]:
        return self.counts.segments.numbers(self.profiles.fact("area"), self.profiles.fact("born"), self.profiles.at)

    def own(self, query: int, days: int = 0) -> IntArray:
        """Return the items of the question's person's own counted events, one per event."""
        return self.shared(("own", query, days), lambda: self._own(query, days))

    def _own(self, query: int, days: int) -> IntArray:
        return self.counts.own(int(self.profiles.person[query]), int(self.midnight[query]), days)

    def _others(self, family: str, days: int) -> FloatArray:
        found = np.empty(len(self.pairs))
        for query, part in self.pairs.questions:
            own = self.own(query, days)
            found[part] = self.counts.others(family, self.pairs.item[part], int(self.midnight[query]), days, own)
        return found


Fill = Callable[[View, FloatArray], None]
"""What writes some columns of the pairs of a view into their rows, shape (pairs, columns)."""
