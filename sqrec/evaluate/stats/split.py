"""Splits: the events that are learnt from, and the questions that are held out."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, IntArray, KeyArray, Ragged
from sqrec.contract import KINDS, Kind, SplitName
from sqrec.errors import DataError
from sqrec.profile.history import Events

HELD_OUT_SHARE = 0.2
SELECTION_SHARE = 0.1
_FEW_AT_ONCE = 30
"""So many events at one moment are a coincidence in any data."""


@dataclass(frozen=True)
class Questions:
    """Hold held-out questions: who, when, and what they went on to use.

    `person` are hashes of ids, `at` microseconds UTC, `items` the hashes of the positives' ids and `grades`
    their strongest events, both ragged with one list per question. `weight` is how much each positive counts, ragged too (`weighing`);
    None: all alike.
    """

    person: KeyArray
    at: IntArray
    items: Ragged
    grades: Ragged
    weight: Ragged | None = None

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: IntArray) -> "Questions":
        """Return these questions alone."""
        weight = self.weight.take(rows) if self.weight else None
        return Questions(self.person[rows], self.at[rows], self.items.take(rows), self.grades.take(rows), weight)

    def some(self, most: int, rng: np.random.Generator) -> "Questions":
        """Return at most `most` questions, drawn evenly, in their order."""
        return self if len(self) <= most else self.take(np.sort(rng.choice(len(self), most, replace=False)))


@dataclass(frozen=True)
class Split:
    """Hold one way to divide the events of a kind.

    `kept` marks the events that the final ranker may learn from, `chosen` those that rankers compared on
    `selection` learn from; `held` are the questions of the report. Masks are over all events. `any_use` are the questions of a kind
    that repeats, whose answer may be an item that the person used before; None for other kinds, and where nothing is held out.
    """

    name: SplitName
    kept: BoolArray
    held: Questions
    chosen: BoolArray
    selection: Questions
    any_use: Questions | None = None


def split(events: Events, kind: Kind, name: SplitName, *, repeats: bool = False) -> Split:
    """Divide the events of a kind that count (`sqrec.catalogue.trust`).

    `time`: T is the 0.8 quantile of the kind's moments, one question per person at T, settings on the last
    tenth before T. `last`: each person's last item, asked for at its first event; settings on the last but
    one. `none`: nothing is held out, settings on each person's last item. Raises DataError where nothing is
    left to learn from, and under `time` where too many events stand at one moment (`_refuse_uncut`).

    Where the kind `repeats`, `any_use` asks for one more event of each person, whatever its item, at its own moment: under `time`
    the first from T on, under `last` the last of people with two or more, which is then not learnt from either.
    """
    of_kind = (events.kind == KINDS.index(kind)) & events.counted
    if not (of_kind & (events.grade > 0)).any():
        raise DataError(f"No event of grade 1 or more with a {kind}: nothing to learn from. Check the events table.")
    return _by_time(events, of_kind, repeats=repeats) if name == "time" else _by_last(events, of_kind, name, repeats=repeats)


def first_uses(events: Events, kept: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the first kept event of grade >= 1 of every person with every item, and the strongest grade from then on.

    Both in rising order of the moment. Later events with the same item ask no question of their own: a list
    that leaves out what was seen could not show the item again.
    """
    used = np.flatnonzero(kept & (events.grade > 0))
    used = used[np.lexsort((events.event[used], events.at[used]))]
    pair = np.column_stack([events.person[used], events.item[used]])
    _, first, group = np.unique(pair, axis=0, return_index=True, return_inverse=True)
    strongest = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(strongest, group.ravel(), events.grade[used])
    order = np.argsort(first)
    return used[first[order]], strongest[order]


def held_events(events: Events, held: Questions) -> tuple[KeyArray, IntArray]:
    """Return the hashes of the events that are the answers to held-out questions, and which question each one answers."""
    asked = pd.DataFrame({"person": np.repeat(held.person, held.items.sizes), "item": held.items.values})
    known = pd.DataFrame({"person": events.person, "item": events.item, "event": events.event, "at": events.at})
    asked["from"] = np.repeat(held.at, held.items.sizes)
    asked["question"] = np.repeat(np.arange(len(held)), held.items.sizes)
    answers = asked.merge(known, on=["person", "item"])
    answers = answers[answers["at"] >= answers["from"]]
    return answers["event"].to_numpy(np.uint64), answers["question"].to_numpy(np.int64)


def _by_last(events: Events, of_kind: BoolArray, name: SplitName, *, repeats: bool) -> Split:
    """Hold out the last item of everybody with two or more, and choose settings on the one before (of three or more)."""
    first, grade = first_uses(events, of_kind)
    order = np.lexsort((np.arange(len(first)), events.person[first]))
    first, grade = first[order], grade[order]
    person = events.person[first]
    _, start, times = np.unique(person, return_index=True, return_counts=True)
    ends = start + times - 1
    last, before = ends[times >= 2], ends[times >= 3] - 1
    without_last = of_kind & ~_with_items(events, first[last])
    if name == "none":
        return Split(
            name, of_kind, _questions(events, last[:0], first, grade), without_last, _questions(events, last, first, grade)
        )
    any_use = _last_uses(events, of_kind) if repeats else None
    kept = without_last & ~_answering(events, any_use) if any_use else without_last
    chosen = kept & ~_with_items(events, first[before])
    told = _grades(events, first, kept)
    before = before[told[before] > 0]
    held, selection = _questions(events, last, first, grade), _questions(events, before, first, told)
    return Split(name, kept, held, chosen, selection, any_use)


def _grades(events: Events, first: IntArray, kept: BoolArray) -> IntArray:
    """Return how strongly each item was used as far as the kept events tell, 0 where they do not: what is held out tells nothing."""
    found = np.zeros(len(events), np.int64)
    used, grade = first_uses(events, kept)
    found[used] = grade
    return found[first]


def _last_uses(events: Events, of_kind: BoolArray) -> Questions:
    """Ask everybody with two or more events of grade >= 1 for the last of them, at its moment."""
    person, used = _uses_by_person(events, of_kind)
    _, start, times = np.unique(person, return_index=True, return_counts=True)
    return _one_each(events, used[(start + times - 1)[times >= 2]])


def _first_uses_from(events: Events, of_kind: BoolArray, moment: int) -> Questions:
    """Ask everybody with an event of grade >= 1 from a moment on for the first of them, at its own moment."""
    person, used = _uses_by_person(events, of_kind & (events.at >= moment))
    return _one_each(events, used[np.unique(person, return_index=True)[1]])


def _uses_by_person(events: Events, of_kind: BoolArray) -> tuple[KeyArray, IntArray]:
    """Return whose uses they are, and the events of grade >= 1, each person's side by side and in order of the moment."""
    used = np.flatnonzero(of_kind & (events.grade > 0))
    used = used[np.lexsort((events.event[used], events.at[used], events.person[used]))]
    return events.person[used], used


def _one_each(events: Events, used: IntArray) -> Questions:
    one = np.arange(len(used) + 1)
    return Questions(events.person[used], events.at[used], Ragged(one, events.item[used]), Ragged(one, events.grade[used]))


def _answering(events: Events, held: Questions) -> BoolArray:
    return np.isin(events.event, held_events(events, held)[0])


def _with_items(events: Events, uses: IntArray) -> BoolArray:
    """Mark every event of the same person with the same item as one of these events."""
    pairs = _pair(events.person, events.item)
    return np.isin(pairs, pairs[uses])


def _pair(person: KeyArray, item: KeyArray) -> KeyArray:
    return person * np.uint64(0x9E3779B97F4A7C15) ^ item


def _questions(events: Events, uses: IntArray, first: IntArray, grade: IntArray) -> Questions:
    """Ask one question per use, at its moment, with its item as the only positive."""
    event, one = first[uses], np.arange(len(uses) + 1)
    return Questions(events.person[event], events.at[event], Ragged(one, events.item[event]), Ragged(one, grade[uses]))


def _refuse_uncut(at: IntArray, moment: int) -> None:
    """Refuse moments that are not cut at the one of the split: so many stand at it that more is held out than lies before.

    So stand the events of a source without times, to which a mapping gives one moment. Events do not say whether theirs was
    given so: days of which each has many events are cut between two of them.
    """
    there, held, total = int((at == moment).sum()), int((at >= moment).sum()), len(at)
    if there > _FEW_AT_ONCE and held > total - held:
        when = datetime.fromtimestamp(moment / 1e6, UTC).isoformat()
        raise DataError(
            f"{there} of {total} events are at one moment, {when}, and the time split cannot cut within it: it would hold out "
            f"{held} and leave {total - held} to learn from. Use SPLIT=last or none."
        )


def _by_time(events: Events, of_kind: BoolArray, *, repeats: bool) -> Split:
    moment = int(np.quantile(events.at[of_kind], 1 - HELD_OUT_SHARE, method="higher"))
    _refuse_uncut(events.at[of_kind], moment)
    kept = of_kind & (events.known < moment)
    if not (kept & (events.grade > 0)).any():
        raise DataError("No event of grade 1 or more before the time split: nothing to learn from. Use SPLIT=last or none.")
    earlier = int(np.quantile(events.at[kept], 1 - SELECTION_SHARE, method="higher"))
    return Split(
        "time",
        kept,
        _from_then_on(events, of_kind, moment),
        kept & (events.known < earlier),
        _from_then_on(events, kept, earlier),
        _first_uses_from(events, of_kind, moment) if repeats else None,
    )


def _from_then_on(events: Events, mask: BoolArray, moment: int) -> Questions:
    """Ask once per person at a moment for every item first used from then on."""
    first, grade = first_uses(events, mask)
    later = events.at[first] >= moment
    first, grade = first[later], grade[later]
    order = np.argsort(events.person[first], kind="stable")
    first, grade = first[order], grade[order]
    people, start = np.unique(events.person[first], return_index=True)
    offsets = np.concatenate((start, [len(first)]))
    return Questions(
        people, np.full(len(people), moment, dtype=np.int64), Ragged(offsets, events.item[first]), Ragged(offsets, grade)
    )
