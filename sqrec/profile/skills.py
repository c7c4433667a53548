"""Skills: ids, names and aliases of a taxonomy brought to one key each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from sqrec.base.arrays import KeyArray, Ragged, key_of, lookup
from sqrec.base.text import normal


@dataclass(frozen=True, slots=True)
class Skills:
    """Hold which names mean which skill: sorted hashes of names and aliases, and the hash of the skill of each."""

    name: KeyArray
    skill: KeyArray

    @classmethod
    def none(cls) -> Self:
        """Return the skills of a folder without a taxonomy: every name is its own skill."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint64))

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """Take a table `skills`; a name that two skills share stays with the first."""
        meant: dict[int, int] = {}
        for skill, name, aliases in table[["skill_id", "name", "aliases"]].itertuples(index=False):
            for text in (skill, name, *(aliases.split("|") if isinstance(aliases, str) else ())):
                meant.setdefault(key_of(normal(text)), key_of(normal(skill)))
        names = sorted(meant)
        return cls(np.array(names, np.uint64), np.array([meant[name] for name in names], np.uint64))

    def keys(self, lists: Sequence[Sequence[str]]) -> Ragged:
        """Turn lists of skills into lists of (key, level), shape (skills, 2); level 0 is unknown.

        The level is the certificate's number after `@`, 5 (lowest) to 1 (highest).
        """
        if not any(lists):
            return Ragged(np.zeros(len(lists) + 1, np.int64), np.empty((0, 2), np.uint64))
        told = Ragged.of([[_skill(text) for text in texts] for texts in lists], np.uint64, width=2)
        found = lookup(self.name, told.values[:, 0])
        known = found >= 0
        told.values[known, 0] = self.skill[found[known]]
        return told


def _skill(text: Any) -> tuple[int, int]:
    name, _, level = str(text).rpartition("@")
    return (key_of(normal(name)), int(level)) if name and level.isdigit() else (key_of(normal(str(text))), 0)
