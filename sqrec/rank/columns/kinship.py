"""How near trades are by the skills that vacancies of both ask for."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray, lookup
from sqrec.rank.view import View


@dataclass(frozen=True, slots=True)
class Kinship:
    """Compare the item's trade with the trades that a person wants or had, by the skills that the catalogue's vacancies ask for.

    The greatest cosine of the trades' skills (`Items.trade_kinship`): 1 the same trade, 0 no skill in common. Unknown where either
    is not coded, or no vacancy of the person's trades is known, or those of another trade name no skill.
    """

    source: Literal["desired", "occupations"]
    monotone: int = 1

    @property
    def name(self) -> str:
        """`kinship_SOURCE`."""
        return f"kinship_{self.source}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of occupations."""
        return (self.source,)

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        found, trade = np.full(len(view.pairs), np.nan), view.items.groups["trade"]
        for query, part in view.pairs.questions:
            codes = view.profiles.codes(self.source, query)
            mine = lookup(view.items.group_keys["trade"], codes[:, 2]) if len(codes) else np.empty(0, np.int64)
            mine = np.unique(mine[mine >= 0])
            if len(mine):
                theirs = trade[view.pairs.item[part]]
                found[part] = np.where(theirs < 0, np.nan, np.fmax.reduce(view.items.trade_kinship[:, mine], axis=1)[theirs])
        return found
