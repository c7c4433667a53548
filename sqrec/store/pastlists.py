"""One past list out of the log of rankings, by the id of its answer."""

from typing import Any

import sqlalchemy as sa

from sqrec.store.database import Database
from sqrec.store.schema import STORED


def past_list(database: Database, request_id: str) -> list[dict[str, Any]]:
    """Return the shown rows of an answer, by kind and position; none where it is not in the log. `vector` is float64 bytes."""
    shown, columns = STORED["rankings"].sql.c, STORED["rankings"].table.names
    asked = sa.select(*(shown[name] for name in columns)).where(shown.request_id == request_id)
    with database.reading() as connection:
        rows = connection.execute(asked.order_by(shown.kind, shown.position)).mappings()
        return [{str(name): cell for name, cell in row.items()} for row in rows]
