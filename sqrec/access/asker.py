"""Who asks."""

from dataclasses import dataclass, field
from typing import Literal

from sqrec.access.organisation import Organisation, Within
from sqrec.access.purposes import PURPOSES, Purpose
from sqrec.access.roles import Grant
from sqrec.access.scopes import SCOPES, Scope

How = Literal["nobody", "key", "session", "demo"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Hold who asks: how that is known, the name that events and the audit keep, the role, what is allowed, and where.

    `area` None is everywhere, `within` says whom the area holds (by its code alone where no organisation is named). `person` is the
    only one whom a resident may ask about (None: whoever lives in the area); `session_id` is that of the session. `writes` are the
    events that may be written; who `employs` writes about the offers of `employer` alone (None: of nobody). `purposes` are
    what stored people may be read or written about for.
    `address` is where nobody in particular asks from, for limits alone (None: unknown, or somebody is known).
    """

    how: How
    name: str
    role: str | None = None
    scopes: frozenset[Scope] = frozenset()
    area: str | None = None
    person: str | None = None
    session_id: str | None = field(default=None, repr=False)
    within: Within | None = field(default=None, repr=False)
    writes: frozenset[str] = frozenset()
    employs: bool = False
    employer: str | None = None
    purposes: frozenset[Purpose] = frozenset()
    address: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Bound whoever has an area to it; a resident asks about themselves, wherever they live."""
        if self.person is not None:
            object.__setattr__(self, "within", None)
        elif self.area is not None and self.within is None:
            object.__setattr__(self, "within", Within(self.area))

    @classmethod
    def of(cls, how: How, name: str, grant: Grant, organisation: Organisation | None = None) -> "Asker":
        """Return the asker who was given something, in an organisation."""
        within = Within(grant.area, organisation) if organisation and grant.area is not None else None
        return cls(
            how,
            name,
            grant.role,
            grant.scopes,
            grant.area,
            within=within,
            writes=grant.writes,
            employs=grant.employs,
            employer=grant.employer,
            purposes=grant.purposes,
        )

    def may(self, scope: Scope) -> bool:
        """Tell whether a scope is among the allowed ones."""
        return scope in self.scopes

    def may_for(self, purpose: Purpose) -> bool:
        """Tell whether a purpose is among those that this is for."""
        return purpose in self.purposes

    def may_name(self, person_id: str) -> bool:
        """Tell whether somebody may be named at all, wherever they live."""
        return self.person is None or self.person == person_id

    def holds(self, area: str | None) -> bool:
        """Tell whether somebody who lives in an area (None: unknown) is one of the asker's residents."""
        return self.within is None or self.within.holds(area)


NOBODY = Asker("nobody", "nobody")
DEMO = Asker("demo", "demo", scopes=frozenset(SCOPES), purposes=frozenset(PURPOSES))
"""Whoever asks the demo of an invented city: everything is allowed, and nobody is real. A folder takes no events, so none are written."""
