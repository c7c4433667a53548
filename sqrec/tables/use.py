"""What the events of a kind are of use for: how many join, how many people they teach something of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sqrec.base.arrays import BoolArray, IntArray
from sqrec.contract import GRADES, KINDS, TABLE_OF_KIND, Kind
from sqrec.tables.problems import Problem

_POSITIVE = [event for event, grade in GRADES.items() if grade > 0]

LEAST_ROWS = 125
"""Rows that training's smallest tree needs to split: two leaves of 50 rows each, of the 0.8 of all rows that a tree sees."""
_LEAST_USES = 3
"""With fewer, a split by time leaves nothing to learn from."""
_LEARNT = 0.72
"""The share of uses that a split by time leaves to learn from: a fifth is held out, and a tenth of the rest is for settings."""


@dataclass
class Use:
    """Count the events of one kind: all, those that name a person, an item and both that are known, and those of use.

    Of use is an event of a positive grade that joins, has a moment that counts (`out` ones have none) and does not lie before its
    item was published; `people` marks, at the places of a `KeySet`, who has one; `ids` show a person's and an item's id here and
    in their own tables.
    """

    people: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    ids: Sequence[str] = ("", "")
    events: int = 0
    persons: int = 0
    items: int = 0
    joined: int = 0
    out: int = 0
    early: int = 0
    usable: int = 0

    def add(self, event: "pd.Series[str]", person: IntArray, item: BoolArray, early: BoolArray, out: BoolArray) -> None:
        """Count more events: whose person is known (a place, else -1), whose item is, which lie too early, which are out of time."""
        known = person >= 0
        joined = known & item
        usable = joined & ~out & ~early & event.isin(_POSITIVE).to_numpy(bool)
        self.events += len(event)
        self.persons += int(known.sum())
        self.items += int(item.sum())
        self.joined += int(joined.sum())
        self.out += int((joined & out).sum())
        self.early += int((joined & early).sum())
        self.usable += int(usable.sum())
        self.people[person[usable]] = True


def unjoined(rows: Mapping[str, int], uses: Mapping[Kind, Use]) -> tuple[Problem, ...]:
    """Name the kinds whose events name nobody and nothing that is known, where people and items are there; `rows` are accepted ones."""
    return tuple(
        Problem("events", 0, "item_id" if use.items == 0 else "person_id", kind, "nothing-joins", _counted(kind, use))
        for kind, use in uses.items()
        if use.joined == 0 and rows.get("people") and rows.get(TABLE_OF_KIND[kind])
    )


def _counted(kind: Kind, use: Use) -> str:
    shown = use.ids[1 if use.items == 0 else 0]
    return (
        f"of {use.events:,} events with {TABLE_OF_KIND[kind]}, {use.persons:,} name a person of people and {use.items:,} an item"
        f" of {TABLE_OF_KIND[kind]}, none both: are the ids written alike ({shown})?"
    )


def usability(rows: Mapping[str, int], uses: Mapping[Kind, Use], told: int) -> Sequence[str]:
    """Say in a line each what a folder will be usable for.

    `rows` are the accepted rows of the tables it has, `told` those of `restricted` whose person is one of people.
    """
    lines = [_ranked(kind, rows, uses.get(kind, Use())) for kind in KINDS if TABLE_OF_KIND[kind] in rows]
    return [*lines, _groups(rows, told)] if rows.get("people") else lines


def _groups(rows: Mapping[str, int], told: int) -> str:
    if told:
        return f"groups can be told: restricted facts of {told:,} people"
    facts = rows.get("restricted", 0)
    none = f"none of {facts:,} rows of restricted names a person of people" if facts else _lack("restricted", rows)
    return f"groups cannot be told: {none}"


def _ranked(kind: Kind, rows: Mapping[str, int], use: Use) -> str:
    table = TABLE_OF_KIND[kind]
    needed = [_lack(name, rows) for name in (table, "people", "events") if not rows.get(name)]
    if needed:
        return f"{table} cannot be trained: {', '.join(needed)}"
    if use.usable:
        counted = f"{use.usable:,} usable events of {int(use.people.sum()):,} people"
        few = use.usable < _LEAST_USES or int(use.usable * _LEARNT) * rows[table] < LEAST_ROWS
        return f"{table} has {counted}; too few to train on is likely" if few else f"{table} can be trained: {counted}"
    return f"{table} cannot be trained: {_why_not(kind, use)}"


def _why_not(kind: Kind, use: Use) -> str:
    if not use.events:
        return "no event names one"
    if not use.joined:
        return _counted(kind, use)
    if use.out == use.joined:
        return f"all {use.out:,} events lie ahead of the clock, or too long ago to be meant"
    if use.early == use.joined:
        return f"all {use.early:,} events lie before published_at of their item"
    return (
        f"none of {use.joined:,} events that join is more than an impression or a dismissal, of a moment that counts and not before"
        " published_at of its item"
    )


def _lack(table: str, rows: Mapping[str, int]) -> str:
    return f"no row of {table} was accepted" if table in rows else f"no {table}"
