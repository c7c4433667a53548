"""The restricted facts of a folder, kept apart from the snapshot that rankers see."""

from typing import Any

from sqrec.base.arrays import plain
from sqrec.contract import TABLES
from sqrec.groups.restricted import RESTRICTED_FACTS, Restricted
from sqrec.tables import Folder


def restricted_of(folder: Folder) -> dict[str, Restricted]:
    """Return the restricted facts of a folder's people by id; none where it has no such table."""
    table = folder.tables.get("restricted")
    if table is None:
        return {}
    columns = {name: _values(name, plain(table[name])) for name in RESTRICTED_FACTS}
    recognised, deleted = (
        [tuple(text.split("|")) if text else () for text in plain(table[name])] for name in ("recognised", "deleted_apart")
    )
    return {
        person_id: Restricted(
            person_id=person_id,
            recognised=recognised[row],
            deleted_apart=deleted[row],
            **{name: values[row] for name, values in columns.items()},
        )
        for row, person_id in enumerate(table["person_id"].tolist())
    }


def _values(name: str, values: list[Any]) -> list[Any]:
    """Return a column's values, booleans (1.0 and 0.0 in tables) as such."""
    if TABLES["restricted"].column(name).type != "boolean":
        return values
    return [None if value is None else bool(value) for value in values]
