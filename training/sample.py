"""Training samples: used items beside unused ones."""

from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from rich.progress import track

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, Ragged, mixed
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate import Questions, first_uses
from sqrec.profile import Events, Profiles
from sqrec.rank import Recommender

CONSOLE = Console(stderr=True)
"""The console on which progress is shown."""


MOST_ROWS = 10_000
"""The most rows of a question: LightGBM refuses longer groups."""


@dataclass(frozen=True)
class Sample:
    """Hold rows with graded labels; the rows of a question lie side by side, `sizes` are their numbers.

    `position` is each row's place in the list that showed it, 1 at the top, 0 not shown; None without lists. `person` (hashes)
    and `at` (microseconds UTC) are those of the questions; None unknown. `rarity` is minus the logarithm of each row's
    probability to be drawn into its question, whatever its label; None where all rows had the same. Added to the scores while
    learning it corrects for the sampling of negatives (McFadden 1978): the odds learnt are those of the whole catalogue.
    """

    rows: FloatArray
    label: IntArray
    sizes: IntArray
    position: IntArray | None = None
    person: KeyArray | None = None
    at: IntArray | None = None
    rarity: FloatArray | None = None

    def with_columns(self, kept: IntArray) -> "Sample":
        """Return the same questions with the columns `kept` alone."""
        return replace(self, rows=np.ascontiguousarray(self.rows[:, kept]))

    def take(self, questions: IntArray) -> "Sample":
        """Return some questions, in the order given."""
        ends = np.cumsum(self.sizes).tolist()
        rows = np.concatenate(
            [np.empty(0, np.int64), *(np.arange(ends[one] - int(self.sizes[one]), ends[one]) for one in questions.tolist())]
        )
        return Sample(
            self.rows[rows],
            self.label[rows],
            self.sizes[questions],
            None if self.position is None else self.position[rows],
            None if self.person is None else self.person[questions],
            None if self.at is None else self.at[questions],
            None if self.rarity is None else self.rarity[rows],
        )

    def telling(self) -> "Sample":
        """Return the questions with rows of two or more grades; one with a single grade cannot be ranked wrongly."""
        if not len(self.sizes):
            return self
        starts = np.concatenate(([0], np.cumsum(self.sizes)[:-1]))
        told = np.maximum.reduceat(self.label, starts) > np.minimum.reduceat(self.label, starts)
        return self if told.all() else self.take(np.flatnonzero(told))

    def with_rows(self, other: "Sample") -> "Sample":
        """Return these questions followed by those of another sample."""
        shown = self.position is not None or other.position is not None
        rare = self.rarity is not None or other.rarity is not None
        return Sample(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.label, other.label]),
            np.concatenate([self.sizes, other.sizes]),
            np.concatenate([_places(self), _places(other)]) if shown else None,
            None if self.person is None or other.person is None else np.concatenate([self.person, other.person]),
            None if self.at is None or other.at is None else np.concatenate([self.at, other.at]),
            np.concatenate([_rarity(self), _rarity(other)]) if rare else None,
        )


def _places(sample: Sample) -> IntArray:
    return np.zeros(len(sample.rows), np.int64) if sample.position is None else sample.position


def _rarity(sample: Sample) -> FloatArray:
    return np.zeros(len(sample.rows)) if sample.rarity is None else sample.rarity


def uses_of(events: Events, *, repeats: bool) -> tuple[IntArray, IntArray]:
    """Return the indices of the events that are learnt from, in order of time, and their grades.

    The first use (grade >= 1) of every item by every person, with the strongest grade from then on; where the kind `repeats`
    every use with its own grade. First uses of people without a history are included: they teach the cold start.
    """
    if not repeats:
        return first_uses(events, np.ones(len(events), dtype=bool))
    used = np.flatnonzero(events.grade > 0)
    used = used[np.lexsort((events.event[used], events.at[used]))]
    return used, events.grade[used]


def uses_as_questions(events: Events, *, repeats: bool = False) -> Questions:
    """Ask one question per use (`uses_of`), at its moment, with that item as the positive."""
    use, grade = uses_of(events, repeats=repeats)
    one = np.arange(len(use) + 1)
    return Questions(events.person[use], events.at[use], Ragged(one, events.item[use]), Ragged(one, grade))


def sample(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    questions: Questions,
    others: int,
    rng: np.random.Generator,
    what: str = "rows",
    *,
    repeats: bool = False,
) -> Sample:
    """Draw the rows of questions, in order of their moments: each question's positives beside `others` unused items.

    The unused items are drawn evenly from the catalogue, live at the moment and were never used by the person in the snapshot's events. A used item that
    the catalogue does not know, or that is not live yet, has no row: no list could hold it, and its age would tell.
    Where the kind repeats, all items that the person used before stand in the question, with label 0 unless used then.
    """
    items = snapshot.items[kind]
    order = np.argsort(questions.at, kind="stable")
    profiles = snapshot.ask(recommender.profiler, questions.person[order], questions.at[order])
    positives = [_shown(items, questions.items.row(row), int(questions.at[row])) for row in order]
    draws = [
        _drawn(snapshot, kind, profiles.row(place), positives[place], others, rng, repeats=repeats)
        for place in track(range(len(positives)), f"drawing {what}", console=CONSOLE, disable=not CONSOLE.is_terminal)
    ]
    drawn = Ragged.of([draw.item for draw in draws], np.int64)
    grades = [
        np.pad(questions.grades.row(row), (0, len(one.item) - len(questions.grades.row(row))))
        for row, one in zip(order, draws, strict=True)
    ]
    query, item = np.repeat(np.arange(len(profiles)), drawn.sizes), drawn.values
    label = Ragged.of(grades, np.int64).values
    rarity = np.concatenate([np.empty(0), *(draw.rarity for draw in draws)])
    known = item >= 0
    query, item, label, rarity = query[known], item[known], label[known], rarity[known]
    kept = within(query, items.key[item], what)
    query, item, label, rarity = query[kept], item[kept], label[kept], rarity[kept]
    # A fixed order that knows no label: LightGBM breaks ties by place, and would reward one with the positive first.
    mixed_up = np.lexsort((items.key[item], query))
    pairs = recommender.pairs(profiles, items, item[mixed_up], query)
    rows = recommender.build(profiles, snapshot, kind, pairs)
    sizes = np.bincount(query, minlength=len(order))
    asked = order[sizes > 0]
    return Sample(rows, label[mixed_up], sizes[sizes > 0], None, questions.person[asked], questions.at[asked], rarity[mixed_up])


def within(query: IntArray, key: KeyArray, what: str) -> BoolArray:
    """Mark the rows to keep so that no question (`query`, by row) has more than `MOST_ROWS`; print how many were cut (`what`).

    Rows are kept by a hash of the item's `key`, whatever their label, so that they are an unbiased part of the question.
    """
    kept, sizes = np.ones(len(query), dtype=bool), np.bincount(query)
    long = np.flatnonzero(sizes > MOST_ROWS)
    for one in long.tolist():
        rows = np.flatnonzero(query == one)
        kept[rows[np.argsort(mixed(key[rows] ^ np.uint64(one)), kind="stable")[MOST_ROWS:]]] = False
    if len(long):
        CONSOLE.print(
            f"{what}: {len(long)} of {len(sizes)} questions have more than {MOST_ROWS} rows, up to {sizes.max()}, which LightGBM does not"
            f" take: {MOST_ROWS} of each were drawn evenly, {len(kept) - int(kept.sum())} rows were left out. Do many people share an id?",
            soft_wrap=True,
        )
    return kept


def _shown(items: Items, used: KeyArray, at: int) -> IntArray:
    """Return the rows of used items that a list could have shown; -1 for the others."""
    rows = items.find(used)
    rows[rows >= 0] = np.where(items.live(at, rows[rows >= 0]), rows[rows >= 0], -1)
    return rows


@dataclass(frozen=True, slots=True)
class _Draw:
    """Hold the items (rows) of one question, positives first, and minus the logarithm of each one's probability of being drawn."""

    item: IntArray
    rarity: FloatArray


def _drawn(
    snapshot: Snapshot,
    kind: Kind,
    profile: Profiles,
    positives: IntArray,
    others: int,
    rng: np.random.Generator,
    *,
    repeats: bool,
) -> _Draw:
    """Return positives and the person's earlier items (these are always in the question), and `others` drawn from the rest."""
    items, at = snapshot.items[kind], int(profile.at[0])
    there = positives[positives >= 0]
    used = items.find(snapshot.events.item[snapshot.events.of_person(int(profile.person[0]))])
    rest = items.live(at, np.arange(len(items)))
    always = _used_before(items, profile, rest) if repeats else np.empty(0, np.int64)
    rest[used[used >= 0]] = False
    rest[there] = True
    rest[always] = False
    # As many of the rest stand in every question, whichever items were used: else their number would tell.
    many = others + len(there)
    chance = min(1.0, many / max(int(rest.sum()), 1))
    rare = np.zeros(len(items))
    rare[rest] = -np.log(max(chance, 1e-12))
    many -= int(rest[there].sum())
    rest[there] = False
    far = rng.permutation(np.flatnonzero(rest))[:many]
    always = always[~np.isin(always, there)]
    item = np.concatenate((positives, always, far))
    return _Draw(item, np.where(item < 0, 0.0, rare[item]))


def _used_before(items: Items, profile: Profiles, live: BoolArray) -> IntArray:
    history = profile.history[0].get(items.kind)
    rows = items.find(history.item) if history else np.empty(0, np.int64)
    rows = rows[rows >= 0]
    return rows[live[rows]]
