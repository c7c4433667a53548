"""The last look before lists leave: who switched off, withdrew a consent, or changed a tag while they were made gets none of them."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from sqrec.rights import Purpose, holds
from sqrec.store import Rights, Store

Reason: TypeAlias = Literal["unknown", "off", "changed", "no_consent"]


def withheld(store: Store, ids: Sequence[str], change: int, day: str, purpose: Purpose | None = None) -> dict[str, Reason]:
    """Return those of some people whose personal lists must not leave now, with the reason; ask again whenever something is sent.

    `change` is the change of the store as of which the lists were made, `day` today in city time (YYYY-MM-DD). `unknown`: nobody has
    the id any more; `off`: personal lists are switched off; `changed`: a tag was deleted or stated since the lists were made;
    `no_consent`: where lists are for a `purpose`, no consent for it holds. Raises StoreError.
    """
    rights = Rights(store.database)
    switches, last = rights.asked(ids, purpose or "push")
    changed = rights.changed_since(ids, change)
    found: dict[str, Reason] = {}
    for person_id in ids:
        if reason := _reason(person_id, switches, changed):
            found[person_id] = reason
        elif purpose and not holds(last.get(person_id), day):
            found[person_id] = "no_consent"
    return found


def _reason(person_id: str, switches: Mapping[str, bool | None], changed: set[str]) -> Reason | None:
    if person_id not in switches:
        return "unknown"
    if switches[person_id] is False:
        return "off"
    return "changed" if person_id in changed else None
