"""Tags: what of a person ranks or opens programmes, and what goes when one is deleted. A closed vocabulary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqrec.contract import GROUP_TAGS, KEPT_APART, TAGS

DERIVED: Mapping[str, str] = {
    "age": "birth_month",
    "retirement": "birth_month",
    "flexible_retirement": "birth_month",
    "registered_months": "registered_unemployed_on",
}
"""Tags that are worked out, with the fact without which they cannot be: that fact goes with them, or they would come back."""
ALL_TAGS = (*TAGS, *KEPT_APART, *GROUP_TAGS, *DERIVED)
"""Every tag that there is: whatever else somebody writes is none (算法推荐规定 10: no other keywords become tags)."""


@dataclass(frozen=True, slots=True)
class TagChange:
    """Hold what a person had changed of a tag: `deleted`, or `stated` with `value`, the columns as the store keeps them.

    `at` is microseconds UTC, `who` the name of the asker (`Asker.name`). `imported` are the same columns as the imports say, of a stated
    tag: what holds again where the statement is taken back (None: not known).
    """

    tag: str
    state: Literal["deleted", "stated"]
    at: int
    who: str
    value: Mapping[str, Any] | None = None
    imported: Mapping[str, Any] | None = None

    @property
    def beneath(self) -> Mapping[str, Any]:
        """What holds where a statement is taken back: what the imports say, else unknown; nothing for a deletion."""
        return {} if self.value is None else {**dict.fromkeys(self.value), **(self.imported or {})}


def deletion(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that are deleted where these are asked for: of a derived one, what it comes from. Raises KeyError for no tag."""
    found = dict.fromkeys(DERIVED.get(tag, tag) for tag in tags)
    if strange := [tag for tag in found if tag not in ALL_TAGS]:
        raise KeyError(strange[0])
    return tuple(found)


def apart(tag: str) -> bool:
    """Tell whether a tag is of the facts that are kept apart, or a group; else it is a fact of the table `people`."""
    return tag in KEPT_APART or tag in GROUP_TAGS
