"""Rows to learn from: what was used, beside what was not."""

from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from rich.progress import track

from sqrec.arrays import FloatArray, IntArray, KeyArray, Ragged
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.columns import Kind
from sqrec.evaluate import Questions, first_uses
from sqrec.profile import Events, Profiles
from sqrec.rank import Recommender, candidates

CONSOLE = Console(stderr=True)
"""Where progress is shown."""


@dataclass(frozen=True)
class Others:
    """Say how many unused items stand beside a question's positives.

    `near` of them are what the candidate sources propose to the person, `far` are drawn evenly from the catalogue.
    """

    near: int
    far: int


@dataclass(frozen=True)
class Sample:
    """Hold rows with graded labels; a question's rows lie side by side, `sizes` says how many they are.

    `position` is where each row stood in the list that showed it, 1 at the top; 0 was not shown, None where nothing was.
    `person` (hashes) and `at` (microseconds UTC) say who asked each question and when; None where nobody knows.
    """

    rows: FloatArray
    label: IntArray
    sizes: IntArray
    position: IntArray | None = None
    person: KeyArray | None = None
    at: IntArray | None = None

    def with_columns(self, kept: IntArray) -> "Sample":
        """Return the same questions with some columns alone."""
        return replace(self, rows=np.ascontiguousarray(self.rows[:, kept]))

    def take(self, questions: IntArray) -> "Sample":
        """Return some questions, in the order given."""
        ends = np.cumsum(self.sizes).tolist()
        rows = np.concatenate([np.arange(ends[one] - int(self.sizes[one]), ends[one]) for one in questions.tolist()])
        return Sample(
            self.rows[rows],
            self.label[rows],
            self.sizes[questions],
            None if self.position is None else self.position[rows],
            None if self.person is None else self.person[questions],
            None if self.at is None else self.at[questions],
        )

    def with_rows(self, other: "Sample") -> "Sample":
        """Return these questions and those of another sample behind them."""
        shown = self.position is not None or other.position is not None
        return Sample(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.label, other.label]),
            np.concatenate([self.sizes, other.sizes]),
            np.concatenate([_places(self), _places(other)]) if shown else None,
            None if self.person is None or other.person is None else np.concatenate([self.person, other.person]),
            None if self.at is None or other.at is None else np.concatenate([self.at, other.at]),
        )


def _places(sample: Sample) -> IntArray:
    return np.zeros(len(sample.rows), np.int64) if sample.position is None else sample.position


def uses_as_questions(events: Events) -> Questions:
    """Ask one question per first use of grade >= 1, at its moment, with that item as the positive.

    First uses of people without a history are questions too: they teach the cold case.
    """
    first, grade = first_uses(events, np.ones(len(events), dtype=bool))
    one = np.arange(len(first) + 1)
    return Questions(events.person[first], events.at[first], Ragged(one, events.item[first]), Ragged(one, grade))


def sample(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    questions: Questions,
    others: Others,
    rng: np.random.Generator,
    what: str = "rows",
) -> Sample:
    """Draw the rows of questions, in order of their moments.

    The other items are live at the moment and were never used by the person in the snapshot's events. A used item that
    the catalogue does not know, or that is not live yet, has no row: no list could hold it, and its age would tell.
    """
    items = snapshot.items[kind]
    order = np.argsort(questions.at, kind="stable")
    profiles = snapshot.ask(recommender.profiler, questions.person[order], questions.at[order])
    positives = [_shown(items, questions.items.row(row), int(questions.at[row])) for row in order]
    draws = [
        _others(recommender, snapshot, kind, profiles.row(place), positives[place], others, rng)
        for place in track(range(len(positives)), f"drawing {what}", console=CONSOLE, disable=not CONSOLE.is_terminal)
    ]
    grades = [np.pad(questions.grades.row(row), (0, len(drawn))) for row, drawn in zip(order, draws, strict=True)]
    drawn = Ragged.of([np.concatenate(parts) for parts in zip(positives, draws, strict=True)], np.int64)
    query, item = np.repeat(np.arange(len(profiles)), drawn.sizes), drawn.values
    label = Ragged.of(grades, np.int64).values
    query, item, label = query[item >= 0], item[item >= 0], label[item >= 0]
    # A fixed order that knows no label: LightGBM breaks ties by place, and would reward one with the positive first.
    mixed_up = np.lexsort((items.key[item], query))
    pairs = recommender.pairs(profiles, items, item[mixed_up], query)
    rows = recommender.build(profiles, snapshot, kind, pairs)
    sizes = np.bincount(query, minlength=len(order))
    asked = order[sizes > 0]
    return Sample(rows, label[mixed_up], sizes[sizes > 0], None, questions.person[asked], questions.at[asked])


def _shown(items: Items, used: KeyArray, at: int) -> IntArray:
    """Return the rows of used items that a list could have shown; -1 for the others."""
    rows = items.find(used)
    rows[rows >= 0] = np.where(items.live(at, rows[rows >= 0]), rows[rows >= 0], -1)
    return rows


def _others(
    recommender: Recommender,
    snapshot: Snapshot,
    kind: Kind,
    profile: Profiles,
    positives: IntArray,
    others: Others,
    rng: np.random.Generator,
) -> IntArray:
    items, midnight = snapshot.items[kind], recommender.city.midnight(int(profile.at[0]))
    near = np.empty(0, np.int64)
    if others.near:
        near = candidates(snapshot.index[kind], snapshot.counts[kind], profile, midnight, others.near, personal=True)
        near = near[: 2 * others.near]
    far = rng.permutation(len(items))[: 2 * others.far] if others.far < len(items) else np.arange(len(items))
    mine = items.find(snapshot.events.item[snapshot.events.of_person(int(profile.person[0]))])
    allowed = items.live(int(profile.at[0]), np.arange(len(items)))
    allowed[mine[mine >= 0]] = allowed[positives[positives >= 0]] = False
    near = near[allowed[near]][: others.near]
    allowed[near] = False
    return np.concatenate((near, far[allowed[far]][: others.far]))
