"""The tables in which rows are about one person: what access shows, and what erasure deletes."""

from dataclasses import dataclass

import sqlalchemy as sa

from sqrec.store.schema import COMPLAINTS, CONSENTS, PERSON_KEYS, SESSIONS, STORED, TAG_CHANGES


@dataclass(frozen=True, slots=True)
class Personal:
    """Name a table, and the column that says whom a row is about; `told` False: the rows are keys, which nobody is shown."""

    table: sa.Table
    column: str = "person_id"
    told: bool = True

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.table.name

    def of(self, person_id: str) -> sa.ColumnElement[bool]:
        """Return the SQL condition of the rows about somebody."""
        return self.table.c[self.column] == person_id


PERSONAL: tuple[Personal, ...] = (
    Personal(STORED["people"].sql),
    Personal(STORED["restricted"].sql),
    Personal(STORED["events"].sql),
    Personal(STORED["rankings"].sql),
    Personal(STORED["recommendations"].sql),
    Personal(STORED["utilities"].sql),
    Personal(TAG_CHANGES),
    Personal(CONSENTS),
    Personal(COMPLAINTS),
    Personal(SESSIONS, "subject"),
    Personal(PERSON_KEYS, told=False),
)
"""One line a table: whoever makes another with rows about a person adds it here. The key of the audit trail goes last."""
