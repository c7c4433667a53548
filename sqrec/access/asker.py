"""Who asks."""

from dataclasses import dataclass, field
from typing import Literal

from sqrec.access.areas import holds
from sqrec.access.roles import SCOPES, Grant, Scope

How = Literal["nobody", "key", "session", "demo"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Hold who asks: how that is known, the name that events and the audit keep, the role, what is allowed, and where.

    `area` None is everywhere. `person` is the only one whom a resident may ask about (None: whoever lives in the area); `session_id` is
    that of the session.
    """

    how: How
    name: str
    role: str | None = None
    scopes: frozenset[Scope] = frozenset()
    area: str | None = None
    person: str | None = None
    session_id: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, how: How, name: str, grant: Grant) -> "Asker":
        """Return the asker who was given something."""
        return cls(how, name, grant.role, grant.scopes, grant.area)

    def may(self, scope: Scope) -> bool:
        """Tell whether a scope is among the allowed ones."""
        return scope in self.scopes

    def may_name(self, person_id: str) -> bool:
        """Tell whether somebody may be named at all, wherever they live."""
        return self.person is None or self.person == person_id

    def holds(self, area: str | None) -> bool:
        """Tell whether somebody who lives in an area (None: unknown) is one of the asker's residents."""
        return holds(self.area, area)


NOBODY = Asker("nobody", "nobody")
DEMO = Asker("demo", "demo", scopes=frozenset(SCOPES))
"""Whoever asks the demo of an invented city: everything is allowed, and nobody is real."""
