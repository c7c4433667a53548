"""What residents are owed, as rules and data without a database: tags that may be deleted, consents, how long rows are kept (docs/rights.md).

- Tags      `deletion(tags)`: the facts that go with a tag; a closed vocabulary.
- Consents  `notices()`: dated versions of what people are told; `holds(consent, …)`: whether one holds at a moment.
- Keeping   `retention()`: for every table of a store, how long rows are kept, by which duty.
"""

from sqrec.rights.consents import PURPOSES, Consent, Notice, Purpose, holds, notices
from sqrec.rights.retention import Keeping, retention
from sqrec.rights.tags import ALL_TAGS, DERIVED, TagChange, apart, deletion

__all__ = [
    "ALL_TAGS",
    "DERIVED",
    "PURPOSES",
    "Consent",
    "Keeping",
    "Notice",
    "Purpose",
    "TagChange",
    "apart",
    "deletion",
    "holds",
    "notices",
    "retention",
]
