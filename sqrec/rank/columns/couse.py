"""What the others used who used the same as a person."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import FloatArray
from sqrec.base.loops import gather, scratch
from sqrec.rank.view import FOLLOWED, View


@dataclass(frozen=True, slots=True)
class CoUse:
    """Tell how often others who used the same as the person used the item's group besides, before the last midnight.

    `source` says what is the same: a family of the latest earlier items' groups, or the trades of the `desired` or past
    `occupations`. Each use that is followed counts one in all (Uses.besides). `share` is the part of them, drawn towards 0 as if `prior` more were
    there. `lift` compares it with how common the group is: ln((amount + prior * common) / ((all + prior) * common)), `common` being
    the group's part of all counted uses without the own ones. `latest` says how many items the history gives. Unknown where the person has nothing to start from, or the group is.
    """

    source: str
    target: str
    form: Literal["share", "lift"] = "lift"
    prior: float = 2.0
    monotone: int = 0
    latest: int = FOLLOWED

    @property
    def name(self) -> str:
        """`co_SOURCE_TARGET`, with the form where it is a share, and `last` where only the last item is followed."""
        last = "_last" if self.latest == 1 else ""
        return f"co_{self.source}_{self.target}{last}" + ("_share" if self.form == "share" else "")

    @property
    def reads(self) -> tuple[str, ...]:
        """The history, or the column of occupations."""
        return (self.source,) if self.source in {"desired", "occupations"} else ("history",)

    def compute(self, view: View) -> FloatArray:
        """Return float64."""
        found = np.full(len(view.pairs), np.nan)
        for query, part in view.pairs.questions:
            if len(view.starts(self.source, query, self.latest)):
                found[part] = self._of_question(view, query, part)
        return found

    def _of_question(self, view: View, query: int, part: "slice[int, int]") -> FloatArray:
        group = view.counts.group[self.target]
        items, amounts, followed = view.besides(self.source, query, self.latest)
        groups, amount = group[view.pairs.item[part]], np.empty(part.stop - part.start)
        gather(items, amounts, group, groups, scratch(len(view.counts.sizes[self.target]), "float64"), amount)
        if self.form == "lift":
            midnight = int(view.midnight[query])
            everything = view.counts.total("all", midnight)[0] - len(view.own(query))
            common = np.maximum(view.others(self.target)[part], 0.5) / max(everything, 1.0)
            amount = np.log((amount + self.prior * common) / ((followed + self.prior) * common))
        else:
            amount = amount / (followed + self.prior)
        return np.where(groups < 0, np.nan, amount)
