"""sqrec: ranked jobs, courses and convenience services near home.

How it hangs together, one line a verb:

- Read      a data folder is read and checked (`read_folder`, the contract is `sqrec.columns`), or a store (`read_source`).
- Profile   a `Person`'s raw facts become a `Profile` at a moment: encoded by a `Profiler`, with the own history before it.
- Snapshot  items, counts, events and people in memory: all that a recommendation reads.
- Recommend `Recommender.recommend` = gates → candidates → pairs → rows → score → order, asked with a `Policy`.
- Bundle    everything that serves in one folder (`load`, `save`): JSON, arrays and booster text.
- Evaluate  the same `recommend` for held-out people (`report_on`): metrics per person, intervals, baselines.

What a city calls a profile and a row is declared in `features/`, rankers are trained in `training/`, answers are
served in `serving/`. Nothing here knows of them.
"""

from sqrec.bundle import Bundle, load, save
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.cities import City, load_city
from sqrec.errors import BundleError, DataError, RequestError, SqrecError, StoreError, TableError
from sqrec.evaluate.run import report_on
from sqrec.profile import Person, Profiler, Profiles
from sqrec.rank import SERVED, WHOLE, Policy, Ranking, Recommender, RowBuilder, Spread
from sqrec.tables import Folder, read_folder
from sqrec.version import VERSION

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
