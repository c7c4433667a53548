"""How often advisers take away what lists show, as of the midnight up to which a store's counts go."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqrec.contract import KINDS, Kind
from sqrec.tables import Folder


@dataclass(frozen=True, slots=True)
class Overrides:
    """Hold how often items of a kind were `shown`, as far as lists count, and how often an adviser said meanwhile that one does not suit."""

    shown: int
    unsuitable: int


def overrides_of(data: Folder) -> Mapping[Kind, Overrides]:
    """Return the overrides of the days whose lists are counted; nothing where none are."""
    shown, events = data.tables.get("rankings"), data.tables.get("events")
    if shown is None or events is None or not len(shown):
        return {}
    said = events[(events["event"] == "unsuitable") & (events["at"] >= shown["at"].min())]
    times, words = shown.groupby("kind")["times"].sum(), said["kind"].value_counts()
    return {kind: Overrides(int(times.get(kind, 0)), int(words.get(kind, 0))) for kind in KINDS if kind in times.index}
