"""Keys for tests: made in a store as `sqrec keys create` makes them, under the tests' own pepper."""

import os
from collections.abc import Sequence

from sqrec.access.pepper import VARIABLE
from sqrec.access.roles import granted
from sqrec.store import Keys, Store

PEPPER = "a pepper of the tests, of nobody else's"


def key_for(
    url: str,
    role: str = "platform",
    area: str | None = None,
    more: Sequence[str] = ("restricted",),
    days: int = 1,
    declared: Sequence[str] = (),
) -> str:
    """Make a key in a store and return its text."""
    with Store.open(url) as store:
        return Keys(store.database).create(
            f"{role} of a test", granted(role, area, more, declared=declared), os.environ[VARIABLE].encode(), "tester", days
        )[1]


def bearer(key: str | None) -> dict[str, str]:
    """Return the header that brings a key; none for none."""
    return {"authorization": f"Bearer {key}"} if key else {}
