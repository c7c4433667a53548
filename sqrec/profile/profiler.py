"""From raw facts to encoded facts; from a person to a profile at a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, Ragged
from sqrec.base.text import HashedText, TextRows, without
from sqrec.contract import Kind
from sqrec.profile.history import History
from sqrec.profile.person import Person
from sqrec.profile.skills import Skills
from sqrec.reach.straight import directions

_KEPT = 4096
_NOBODY = Person()
"""Somebody who tells nothing."""


class Encoder(Protocol):
    """Turn raw values into an array with one row per value, whatever the other values are."""

    def encode(self, values: Sequence[object]) -> AnyArray:
        """Encode a list of raw values; None is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Encoding:
    """Say which columns become which encoded fact, and how.

    With more than one column the encoder takes a tuple per row, in the order of `columns`.
    """

    name: str
    columns: tuple[str, ...]
    encoder: Encoder


@dataclass(frozen=True)
class Facts:
    """Hold the encoded facts of people, one row per person (or version of one), beside the raw ones.

    `arrays` has one array per `Encoding`; `skills` lists (key, level); `codes[column]` lists the coded occupations of
    `desired` and `occupations` as ladders of keys, shape (occupations, 4); `texts` are unit-length text rows,
    those of person i's `desired`, `occupations`, … from `text_offsets[column][i]` to `text_offsets[column][i + 1]`.
    """

    people: Sequence[Person]
    arrays: Mapping[str, AnyArray]
    skills: Ragged
    texts: TextRows
    text_offsets: Mapping[str, IntArray]
    codes: Mapping[str, Ragged]
    lon: FloatArray
    lat: FloatArray

    @cached_property
    def direction(self) -> FloatArray:
        """The homes as unit vectors, shape (3, people)."""
        return directions(self.lon, self.lat)


@dataclass(frozen=True)
class Profiles:
    """Hold encoded facts with the person's own history before a moment, one row per question.

    Row i asks for the person in row `who[i]` of `facts` at `at[i]` (microseconds UTC); `person[i]` is the
    hash of the id whose events the counts leave out, 0 for somebody the counts do not know.
    """

    facts: Facts
    who: IntArray
    at: IntArray
    person: KeyArray
    history: Sequence[Mapping[Kind, History]]

    def __len__(self) -> int:
        return len(self.at)

    def fact(self, name: str) -> AnyArray:
        """Return one encoded fact, one row per question."""
        return self.facts.arrays[name][self.who]

    def raw(self, row: int) -> Person:
        """Return the raw facts of one question's person."""
        return self.facts.people[int(self.who[row])]

    def texts(self, column: str, row: int) -> TextRows:
        """Return the text rows of one question's `desired`, `occupations`, …."""
        offsets, who = self.facts.text_offsets[column], int(self.who[row])
        return self.facts.texts.part(int(offsets[who]), int(offsets[who + 1]))

    def codes(self, column: str, row: int) -> KeyArray:
        """Return the ladders of one question's coded `desired` or `occupations`, shape (occupations, 4)."""
        return self.facts.codes[column].row(int(self.who[row]))

    def row(self, index: int) -> Self:
        """Return one question alone."""
        one = slice(index, index + 1)
        return replace(self, who=self.who[one], at=self.at[one], person=self.person[one], history=self.history[one])


@dataclass(frozen=True)
class Profiler:
    """Encode people and items by the same encoders; the text state is fitted on items only.

    `people` and `items[kind]` say which column becomes which fact; `texts` are the columns of `people` that
    hold lists of free text, which `occupation` codes; `titles[kind]` are the item columns whose text they are compared with: a title,
    and a name to leave out of it (an employer's, which stands in many titles and is a fact of its own).
    """

    text: HashedText
    people: tuple[Encoding, ...]
    items: Mapping[Kind, tuple[Encoding, ...]]
    texts: tuple[str, ...]
    titles: Mapping[Kind, tuple[str, ...]]
    occupation: Encoder
    skills: Skills = field(default_factory=Skills.none)
    _encoded: dict[Person, Facts] = field(default_factory=dict[Person, Facts], init=False, repr=False, compare=False)

    def fit(self, tables: Mapping[Kind, pd.DataFrame], skills: pd.DataFrame | None = None) -> Self:
        """Return a profiler whose text weights come from the titles of every item table.

        `skills` is the table of that name; without one every name of a skill stands for itself.
        """
        titles = [self.heads(kind, table) for kind, table in tables.items() if kind in self.titles]
        fitted = HashedText(self.text.widths, self.text.bits, self.text.seed).fit(text for column in titles for text in column)
        return replace(self, text=fitted, skills=Skills.none() if skills is None else Skills.of(skills))

    def heads(self, kind: Kind, table: pd.DataFrame) -> list[str]:
        """Return the titles of an item table without the names that are to be left out."""
        columns = [table[column].fillna("").tolist() for column in self.titles[kind]]
        return [without(*parts) for parts in zip(*columns, strict=True)]

    def facts(self, people: Sequence[Person]) -> Facts:
        """Encode raw facts, one row per person."""
        arrays = {one.name: self._fact(one, people) for one in self.people}
        lists = {column: [getattr(person, column) for person in people] for column in self.texts}
        offsets, start = dict[str, IntArray](), 0
        for column, texts in lists.items():
            offsets[column] = start + np.cumsum([0, *map(len, texts)])
            start = int(offsets[column][-1])
        return Facts(
            people=people,
            arrays=arrays,
            skills=self.skills.keys([person.skills for person in people]),
            texts=self.text.encode([text for texts in lists.values() for row in texts for text in row]),
            text_offsets=offsets,
            codes={column: self._codes(texts) for column, texts in lists.items()},
            lon=np.array([np.nan if person.lon is None else person.lon for person in people]),
            lat=np.array([np.nan if person.lat is None else person.lat for person in people]),
        )

    def _fact(self, encoding: Encoding, people: Sequence[Person]) -> AnyArray:
        """Return one encoded fact; what one person alone does not tell is encoded but once."""
        values = [_raw(person, encoding.columns) for person in people]
        if len(values) == 1 and values[0] == _raw(_NOBODY, encoding.columns):
            return self._untold[encoding.name]
        return encoding.encoder.encode(values)

    @cached_property
    def _untold(self) -> Mapping[str, AnyArray]:
        """Every fact of somebody who tells nothing, not to be written to."""
        found = {one.name: one.encoder.encode([_raw(_NOBODY, one.columns)]) for one in self.people}
        for array in found.values():
            array.flags.writeable = False
        return found

    def _codes(self, lists: Sequence[Sequence[str]]) -> Ragged:
        """Return the ladders of those occupations that could be coded."""
        if not any(lists):
            return Ragged(np.zeros(len(lists) + 1, np.int64), np.empty((0, 4), np.uint64))
        keys = self.occupation.encode([text for texts in lists for text in texts]).reshape(-1, 4)
        known = keys[:, 0] > 0
        owner = np.repeat(np.arange(len(lists)), [len(texts) for texts in lists])[known]
        return Ragged(np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(lists))))), keys[known])

    def profiles(
        self, people: Sequence[Person], at: IntArray, history: Sequence[Mapping[Kind, History]], person: KeyArray
    ) -> Profiles:
        """Return one profile per question; a person who asks more than once is encoded once.

        `person` are the hashes of the ids whose events the counts leave out, 0 for nobody's.
        """
        if len(people) == 1:
            return Profiles(self._alone(people[0]), np.zeros(1, np.int64), at, person, history)
        distinct = {facts: row for row, facts in enumerate(dict.fromkeys(people))}
        who = np.array([distinct[facts] for facts in people], dtype=np.int64)
        return Profiles(self.facts(list(distinct)), who, at, person, history)

    def _alone(self, person: Person) -> Facts:
        """Encode one person; the last ones with an id are kept, as they come again."""
        if person.person_id is None:
            return self.facts([person])
        facts = self._encoded.get(person)
        if facts is None:
            facts = self.facts([person])
            if len(self._encoded) >= _KEPT:
                for oldest in list(self._encoded)[: _KEPT // 4]:
                    self._encoded.pop(oldest, None)
            self._encoded[person] = facts
        return facts


def _raw(person: Person, columns: tuple[str, ...]) -> Any:
    values = tuple(getattr(person, column) for column in columns)
    return values[0] if len(values) == 1 else values
