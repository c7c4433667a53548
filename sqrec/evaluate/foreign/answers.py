"""What was right for the people of somebody else's lists, and where the lists have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, AnyArray, BoolArray, IntArray, KeyArray, Ragged, keys_of, lookup
from sqrec.contract import SplitName
from sqrec.errors import DataError
from sqrec.evaluate.foreign.background import Background
from sqrec.evaluate.foreign.listtable import ListTable
from sqrec.evaluate.lists.ties import Span
from sqrec.evaluate.report.evaluation import Held
from sqrec.evaluate.stats.metrics import HIGHEST_GRADE, Hits, ranks_in
from sqrec.evaluate.stats.split import split


@dataclass(frozen=True)
class Answers:
    """Hold what was right: the hashes of items and their grades per person, ragged; `at` the moment from which that counts.

    `unlisted` is the number of people of whom something was right and of whom there is no list, as far as one moment tells.
    """

    held: Held
    items: Ragged
    grades: Ragged
    at: IntArray
    unlisted: int = 0


@dataclass(frozen=True)
class TheirLists:
    """Hold a table beside what is known of its people and items; `people` are those of the table in its order."""

    table: ListTable
    background: Background
    answers: Answers | None = None

    @cached_property
    def people(self) -> list[str]:
        """The people of the table."""
        return pd.unique(self.table.rows["person_id"]).tolist()

    @cached_property
    def keys(self) -> KeyArray:
        """The hashes of their ids."""
        return keys_of(self.people)

    @cached_property
    def at(self) -> IntArray:
        """The moment from which answers count, or that of the lists; `UNKNOWN_TIME` where nothing says."""
        if self.answers is not None:
            return self.answers.at
        first = self.table.rows.drop_duplicates("person_id").set_index("person_id")["at"]
        return first.loc[self.people].to_numpy(np.int64)

    @cached_property
    def ids(self) -> Sequence[str]:
        """The catalogue: the item table's, else the items that the lists name."""
        return self.background.ids or pd.unique(self.table.rows["item_id"]).tolist()

    @cached_property
    def listed(self) -> dict[str, BoolArray]:
        """Mark by ranker the people of whom it has a list."""
        rows, people = self.table.rows, pd.Index(self.people)
        found = {ranker: np.zeros(len(people), dtype=bool) for ranker in self.table.rankers}
        for ranker, mine in rows.groupby("ranker", sort=False)["person_id"]:
            found[str(ranker)][people.get_indexer(pd.Index(mine.unique()))] = True
        return found

    def column(self, ranker: str, values: AnyArray) -> list[AnyArray]:
        """Return one array per person from an array with one entry per row of the table."""
        mine = (self.table.rows["ranker"] == ranker).to_numpy(bool)
        person = pd.Index(self.people).get_indexer(pd.Index(self.table.rows["person_id"][mine]))
        order = np.argsort(person, kind="stable")
        return np.split(values[mine][order], np.cumsum(np.bincount(person, minlength=len(self.people)))[:-1])


def answers_of(lists: TheirLists, name: SplitName | None, moment: int | None) -> Answers | None:
    """Find what was right, in the events if a moment is known, else in the table's own labels.

    `name` is a split of those events, `moment` the one from which they count; None: neither was asked for.
    """
    if name is not None:
        return _held_out(lists, name)
    at = lists.at if moment is None else np.full(len(lists.people), moment, dtype=np.int64)
    if len(lists.background.events) and (at != UNKNOWN_TIME).any():
        users = np.empty(0, np.uint64) if moment is None else lists.background.users_from(moment)
        return Answers("at", *lists.background.positives(lists.keys, at), at, _unlisted(users, lists))
    if "label" in lists.table.tells:
        return Answers("label", *_labelled(lists), at)
    return None


def _held_out(lists: TheirLists, name: SplitName) -> Answers:
    """Hold out events as training does."""
    if not len(lists.background.events):
        raise DataError(f"--split {name} needs the events of a data folder: name one, or map a column label.")
    held = split(lists.background.events, lists.background.kind, name).held
    order = np.argsort(held.person)
    place = lookup(held.person[order], lists.keys)
    found, nothing = order[np.maximum(place, 0)] if len(order) else place, np.empty(0, np.int64)
    told = [held.items.row(int(row)) if at >= 0 else nothing for row, at in zip(found, place, strict=True)]
    grades = [held.grades.row(int(row)) if at >= 0 else nothing for row, at in zip(found, place, strict=True)]
    at = np.array([held.at[row] if one >= 0 else UNKNOWN_TIME for row, one in zip(found, place, strict=True)], dtype=np.int64)
    return Answers(name, Ragged.of(told, np.uint64), Ragged.of(grades, np.int64), at, _unlisted(held.person, lists))


def _unlisted(users: KeyArray, lists: TheirLists) -> int:
    """Return how many of some people have no list."""
    return len(np.setdiff1d(users, lists.keys))


def _labelled(lists: TheirLists) -> tuple[Ragged, Ragged]:
    """Return what any ranker's rows label as right, with the highest grade of it."""
    rows = lists.table.rows
    right = rows[rows["label"] > 0].groupby(["person_id", "item_id"], sort=False)["label"].max().reset_index()
    person = pd.Index(lists.people).get_indexer(pd.Index(right["person_id"]))
    order = np.argsort(person, kind="stable")
    offsets = np.concatenate(([0], np.cumsum(np.bincount(person, minlength=len(lists.people))))).astype(np.int64)
    grades = np.minimum(right["label"].to_numpy(np.float64), HIGHEST_GRADE).astype(np.int64)
    return Ragged(offsets, keys_of(right["item_id"])[order]), Ragged(offsets, grades[order])


def hits_of(lists: TheirLists, answers: Answers, ranker: str, keys: KeyArray) -> Hits:
    """Return where a ranker's lists have what was right; `keys` are the hashes of the items of the table's rows."""
    listed = lists.column(ranker, keys)
    ranks = [ranks_in(mine, answers.items.row(person)) for person, mine in enumerate(listed)]
    return Hits.of(Ragged.of(ranks, np.int64), answers.grades, np.array([len(mine) for mine in listed], dtype=np.int64))


def spans_of(lists: TheirLists, answers: Answers, ranker: str, keys: KeyArray) -> list[Span] | None:
    """Return the places that a ranker's positives could take among items of equal score; None where no list is in score order."""
    listed = lists.column(ranker, keys)
    scores = lists.column(ranker, lists.table.rows["score"].to_numpy(np.float64))
    ordered = [len(mine) > 0 and not np.isnan(mine).any() and bool((np.diff(mine) <= 0).all()) for mine in scores]
    if not any(ordered):
        return None
    found = zip(listed, scores, ordered, strict=True)
    return [
        Span.of(mine, ranks_in(items, answers.items.row(person)), tied=told) for person, (items, mine, told) in enumerate(found)
    ]
