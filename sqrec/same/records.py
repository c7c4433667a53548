"""What is compared: titles, owners, places, addresses, a span of a number, facts and texts of some records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray, KeyArray


@dataclass(frozen=True)
class Records:
    """Hold records, one place each in everything.

    `owners` are the names of who offers them (empty: unknown, such a record is nobody's twin), `direction` unit vectors, shape
    (3, records), NaN unknown, `area` keys of divisions from large to small, the last repeated to the right, shape (records, rungs), 0
    unknown, `address` numbers of addresses (-1 unknown), `span` the ends of a number, shape (2, records), NaN unknown, `facts` numbers of
    values (-1 unknown), `texts` long texts (empty: unknown).
    """

    titles: Sequence[str]
    owners: Sequence[str]
    direction: FloatArray
    area: KeyArray
    address: IntArray
    span: FloatArray
    facts: Mapping[str, IntArray] = field(default_factory=dict[str, IntArray])
    texts: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.titles)

    def take(self, rows: IntArray) -> "Records":
        """Return some of the records."""
        some: list[int] = rows.tolist()
        return Records(
            [self.titles[row] for row in some],
            [self.owners[row] for row in some],
            self.direction[:, rows],
            self.area[rows],
            self.address[rows],
            self.span[:, rows],
            {name: values[rows] for name, values in self.facts.items()},
            [self.texts[row] for row in some] if self.texts else (),
        )

    def filled(self, head: IntArray, member: IntArray) -> "Records":
        """Return the same records where each head knows of what it left open what the first of its members that knows it tells."""

        def told(known: BoolArray) -> tuple[IntArray, IntArray]:
            some = np.flatnonzero(known[member] & ~known[head])
            some = some[np.lexsort((member[some], head[some]))]
            heads, first = np.unique(head[some], return_index=True)
            return heads, member[some][first]

        def laid(values: AnyArray, known: BoolArray) -> AnyArray:
            heads, tells = told(known)
            full = values.copy()
            full[heads] = values[tells]
            return full

        texts = np.array(self.texts, dtype=object)
        return replace(
            self,
            direction=laid(self.direction.T, ~np.isnan(self.direction[0])).T,
            area=laid(self.area, self.area[:, -1] > 0),
            address=laid(self.address, self.address >= 0),
            span=laid(self.span.T, ~np.isnan(self.span[0]) | ~np.isnan(self.span[1])).T,
            facts={name: laid(values, values >= 0) for name, values in self.facts.items()},
            texts=laid(texts, texts != "").tolist() if self.texts else (),
        )


def numbered(values: Sequence[str | None]) -> IntArray:
    """Return a number per distinct text, -1 where there is none."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) if value else -1 for value in values], dtype=np.int64)
