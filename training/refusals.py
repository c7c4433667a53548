"""Preconditions of training; where one fails, DataError says so in one sentence with counts."""

from collections.abc import Iterator

import lightgbm as lgb
import numpy as np

from sqrec.base.arrays import BoolArray, keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind, SplitName
from sqrec.errors import DataError
from training.sample import Sample


def check_usable(kind: Kind, snapshot: Snapshot) -> None:
    """Raise DataError where no event of a kind can be learnt from; it counts the events that pass each filter and says what to do."""
    stages = list(_stages(kind, snapshot))
    if stages[-1][0]:
        return
    lost = next(place for place, (left, _, _) in enumerate(stages) if not left)
    told = ", ".join(f"{left} {what}" for left, what, _ in stages[: lost + 1])
    raise DataError(f"No {kind} ranker can be trained, there is nothing to learn from: {told}. {stages[lost][2]}")


def check_learnt(kind: Kind, split: SplitName, learn: Sample, compare: Sample) -> None:
    """Raise DataError where no question has rows of two grades: among the learning rows, or (with a split) the comparison rows."""
    questions, telling = len(learn.sizes), len(learn.telling().sizes)
    if not telling:
        raise DataError(
            f"No {kind} ranker can be trained: SPLIT={split} leaves {questions} questions to learn from, and none of them has both"
            f" a {kind} that was used and one that was not. {_more(split)}"
        )
    if split != "none" and not len(compare.sizes):
        raise DataError(
            f"No {kind} ranker can be trained: with {telling} questions to learn from, SPLIT={split} leaves none to choose settings"
            f" by that has both a {kind} that was used and one that was not: the events are too few for a split. {_more(split)}"
        )


def check_trees(kind: Kind, booster: lgb.Booster, learn: Sample) -> None:
    """Raise DataError where the trees of a ranker never split: every item would get the same score."""
    if not np.asarray(booster.feature_importance("split")).sum():
        raise DataError(
            f"No {kind} ranker can be trained: {len(learn.sizes)} questions with {len(learn.rows)} rows show no difference between"
            f" what was used and what was not. Collect more events; until then lists are served without a ranker."
        )


def _stages(kind: Kind, snapshot: Snapshot) -> Iterator[tuple[int, str, str]]:
    """Yield the number of events that pass each filter and all before it, the filter in words, and what to do where none passes."""
    events, items = snapshot.events, snapshot.items[kind]
    left = events.kind == KINDS.index(kind)
    yield _stage(left, f"events with a {kind} that have happened", f"Add events with a {kind}, or name another kind.")
    left = left & (events.grade > 0)
    yield _stage(
        left, "of grade 1 or more (view or stronger)", "Impressions and dismissals alone teach nothing: add what was used."
    )
    left = left & (snapshot.feeds(events))
    yield _stage(left, "of people who left recommendations on", "Nobody else's events may be learnt from.")
    row, table = items.find(events.item), TABLE_OF_KIND[kind]
    left = left & (row >= 0)
    yield _stage(left, f"with a {kind} of the table {table}", f"`sqrec check` shows which ids the events name and {table} lacks.")
    if snapshot.people:
        left = left & np.isin(events.person, keys_of(snapshot.people))
        yield _stage(left, "of people of the table people", "`sqrec check` shows which ids the events name and people lacks.")
    left = left & (_live(snapshot, kind, left))
    yield _stage(
        left,
        f"while the {kind} could stand in a list",
        f"The events lie before published_at, or after valid_to, of their {kind}: say when each was first published.",
    )


def _stage(left: BoolArray, what: str, to_do: str) -> tuple[int, str, str]:
    return int(left.sum()), what, to_do


def _live(snapshot: Snapshot, kind: Kind, asked: BoolArray) -> BoolArray:
    """Mark the events among `asked` whose item was live at their moment, shape (events,); the catalogue must have their items."""
    events, items = snapshot.events, snapshot.items[kind]
    row, at = items.find(events.item[asked]), events.at[asked]
    live = asked.copy()
    live[asked] = items.ranked[row] & (items.opens[row] <= at) & (at < items.closes[row])
    return live


def _more(split: SplitName) -> str:
    return "Collect more events." if split == "none" else "Use SPLIT=none, which holds nothing out, or collect more events."
