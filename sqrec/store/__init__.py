"""The store: the tables of the contract in SQLite or PostgreSQL, with versions and change numbers (docs/store.md).

- Open     `Store.open(url)`: an embedded store is made and upgraded on the way, PostgreSQL by `sqrec store upgrade`.
- Import   `import_folder` = read pieces → rows → put, some thousand rows a transaction; nothing is taken away.
- Export   `export_folder` = the present state of every table → a data folder.
- Follow   `Store.change`, `items(kind, after)`, `catalogue_at`, `person_version`: what changed, and what held when.
- Serve    `read_store_at(store, change, counted)`, then `Store.changed`; `Store.record` of one person, `Store.midnight`.
- Keys     `Keys(store.database)`, `Sessions(store.database)`: who may ask a service (docs/access.md).
- Rights   `Rights(store.database)`: the switch, tags and consents of residents (docs/rights.md); they stand over imports.
- Purge    `purge(store.database, now, who)`: what has been kept long enough, by the rules of `sqrec.rights`.
- Erase    `erasing.erase(store.database, person_id, who, city)`: somebody goes for good; `held.held` is what is there of them.
- Append   `Store.append_events`, `append_rankings`, `audit`: on the disk before they return.
"""

from sqrec.store.database import Database
from sqrec.store.exporting import export_folder
from sqrec.store.importing import Imported, import_folder
from sqrec.store.keys import Keys
from sqrec.store.purging import Purge, purge
from sqrec.store.rights import Rights
from sqrec.store.sessions import Sessions
from sqrec.store.source import read_store, read_store_at
from sqrec.store.store import Row, Store
from sqrec.store.upgrade import upgrade
from sqrec.store.writing import Written

__all__ = [
    "Database",
    "Imported",
    "Keys",
    "Purge",
    "Rights",
    "Row",
    "Sessions",
    "Store",
    "Written",
    "export_folder",
    "import_folder",
    "purge",
    "read_store",
    "read_store_at",
    "upgrade",
]
