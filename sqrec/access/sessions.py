"""Sessions: what a browser brings instead of a key, after the platform has vouched for somebody."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace

from sqrec.access.asker import Asker
from sqrec.access.organisation import Organisation
from sqrec.access.roles import Grant, roles

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
SECOND = 1_000_000
"""Microseconds."""
IDLE = 30 * 60 * SECOND
LONGEST = 8 * 60 * 60 * SECOND
"""A session ends that long after its last use, and that long after its beginning (OWASP, session management)."""


SELF = "session:self"
"""The name that events and the audit keep of every resident's session: it tells nobody which."""


@dataclass(frozen=True, slots=True)
class Session:
    """Hold a session as the store keeps it; moments are microseconds UTC.

    `session_id` is the hash of what the browser brings. `subject` is whom the platform vouched for: a pseudonym of staff, or the id of
    a resident, who may ask about nobody else.
    """

    session_id: str = field(repr=False)
    subject: str
    grant: Grant
    created_at: int
    used_at: int
    ended_at: int | None = None

    @property
    def expires_at(self) -> int:
        """When it ends at the latest."""
        return self.created_at + LONGEST

    def holds_at(self, now: int) -> bool:
        """Tell whether nobody has ended it, and it is neither idle nor old."""
        return self.ended_at is None and now < min(self.used_at + IDLE, self.expires_at)

    def asker(self, organisation: Organisation | None = None) -> Asker:
        """Return who asks in this session, in an organisation; of a resident the name tells nothing."""
        own = owned(self.grant.role)
        found = Asker.of("session", SELF if own else f"session:{self.subject}", self.grant, organisation)
        return replace(found, person=self.subject if own else None, session_id=self.session_id)


def owned(role: str) -> bool:
    """Tell whether whoever has a role may ask about themselves alone."""
    known = roles().roles.get(role)
    return known is not None and known.own


def new_token() -> str:
    """Return what a browser is given: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Tell whether a text has the form of what browsers are given."""
    return _FORM.fullmatch(text) is not None


def id_of(token: str) -> str:
    """Return the id under which a session is kept: a hash, from which nobody comes back to what the browser brings."""
    return hashlib.sha256(token.encode()).hexdigest()
