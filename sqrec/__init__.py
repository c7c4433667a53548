"""sqrec: ranked jobs, courses and convenience services near home.

How it hangs together, one line a verb:

- Read      a data folder is read and checked (`read_folder`, the contract is `sqrec.contract`), or a store (`read_source`).
- Profile   a `Person`'s raw facts become a `Profile` at a moment: encoded by a `Profiler`, with the own history before it.
- Snapshot  items, counts, events and people in memory: all that a recommendation reads.
- Recommend `Recommender.recommend` = gates → candidates → pairs → rows → score → order, asked with a `Policy`.
- Bundle    everything that serves in one folder (`load`, `save`): JSON, arrays and booster text.
- Evaluate  the same `recommend` for held-out people (`report_on`): metrics per person, intervals, baselines.

What a city calls a profile and a row is declared in `features/`, rankers are trained in `training/`, answers are
served in `serving/`. Nothing here knows of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqrec.bundle import Bundle, load, save
    from sqrec.catalogue.snapshot import Snapshot
    from sqrec.cities import City, load_city
    from sqrec.errors import BundleError, DataError, RequestError, SqrecError, StoreError, TableError
    from sqrec.evaluate.report.run import report_on
    from sqrec.profile import Person, Profiler, Profiles
    from sqrec.rank import SERVED, WHOLE, Policy, Ranking, Recommender, RowBuilder, Spread
    from sqrec.source import read_source
    from sqrec.tables import Folder, read_folder
    from sqrec.version import VERSION

_HOMES = {
    "sqrec.bundle": ("Bundle", "load", "save"),
    "sqrec.catalogue.snapshot": ("Snapshot",),
    "sqrec.cities": ("City", "load_city"),
    "sqrec.errors": ("BundleError", "DataError", "RequestError", "SqrecError", "StoreError", "TableError"),
    "sqrec.evaluate.report.run": ("report_on",),
    "sqrec.profile": ("Person", "Profiler", "Profiles"),
    "sqrec.rank": ("SERVED", "WHOLE", "Policy", "Ranking", "Recommender", "RowBuilder", "Spread"),
    "sqrec.source": ("read_source",),
    "sqrec.tables": ("Folder", "read_folder"),
    "sqrec.version": ("VERSION",),
}
"""Where each name lives: a room is imported when its first name is used, so that `import sqrec` is quick."""

__all__ = [
    "SERVED",
    "VERSION",
    "WHOLE",
    "Bundle",
    "BundleError",
    "City",
    "DataError",
    "Folder",
    "Person",
    "Policy",
    "Profiler",
    "Profiles",
    "Ranking",
    "Recommender",
    "RequestError",
    "RowBuilder",
    "Snapshot",
    "Spread",
    "SqrecError",
    "StoreError",
    "TableError",
    "load",
    "load_city",
    "read_folder",
    "read_source",
    "report_on",
    "save",
]


def __getattr__(name: str) -> Any:
    """Import the room of a public name. Raises AttributeError where there is none."""
    for room, names in _HOMES.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"sqrec has no {name!r}.")
