"""What is wrong with rows of a table of recommendations, told by rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqrec.contract import KINDS
from sqrec.contract.causes import looks_like

RIGHT: Mapping[str, str] = {
    "quotes": "rows of as many cells as the header has",
    "person_id": "a filled cell that says for whom",
    "item_id": "a filled cell that says which item",
    "kind": f"one of {', '.join(KINDS)}",
    "other-kind": "the kind that is reported; map or filter the table, or name another --kind",
    "position": "a whole number, 1 = top",
    "score": "a number",
    "score-unknown": "a number; this one counts as unknown, and its list as without ties",
    "padding": "an item; this row only fills a short list up, as its score is the lowest that there is",
    "moments": "one moment a person: the latest counts, so that nothing is held for an answer that a list may have known",
    "at": "an instant such as 2026-11-01T09:30:00+08:00; of this one the person's other rows tell the moment",
    "position-twice": "a position once a list; the later row is set aside",
    "item-twice": "an item once a list; the later row is set aside",
    "position-from-1": "positions from 1 without gaps; the order is kept and counted anew",
    "minutes": "a number from 0; this one counts as unknown",
    "wage": "a number from 0; this one counts as unknown",
    "label": "a number from 0, or yes and no; this one counts as no",
    "tied": "a score of its own; equal scores stand in the order of the positions, without these by a hash of the item",
    "two-values": "one value a person; of people with several it counts as unknown",
}
"""What would be right, by rule."""

KEEPS = frozenset({"at", "minutes", "wage", "label", "two-values", "position-from-1", "score-unknown", "tied"})
"""Rules that set no row aside."""
_NUMBERS = frozenset({"position", "score", "score-unknown", "minutes", "wage", "label"})


@dataclass(frozen=True)
class ListProblem:
    """Name one rule that rows break: how many, and the first of them with what came in; `rejects` says that they are set aside.

    `looks` says what the first of them look like; empty where nothing is known.
    """

    rule: str
    rows: int
    examples: tuple[str, ...]
    looks: str = ""

    @property
    def rejects(self) -> bool:
        """Whether these rows are set aside."""
        return self.rule not in KEEPS

    def __str__(self) -> str:
        """Say it in one line, with what would be right."""
        what = "rows set aside" if self.rejects else "rows"
        looks = f" ({self.looks})" if self.looks else ""
        return f"{self.rule}: {self.rows} {what} ({'; '.join(self.examples)}); right is {RIGHT[self.rule]}{looks}"


def looks_of(rule: str, texts: Iterable[str]) -> str:
    """Say what texts look like that are no numbers, in the words that tables of a folder get; no mapping reads lists."""
    said = dict.fromkeys(looks_like("number", text) for text in texts) if rule in _NUMBERS else ()
    return "; ".join(one for one in said if one and "sqrec adapt" not in one)
