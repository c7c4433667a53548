"""API keys: `sq_<id>_<secret>`. Only a keyed hash of the secret is kept; the pepper that keys it lies outside the database."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqrec.access.asker import Asker
from sqrec.access.organisation import Organisation
from sqrec.access.roles import Grant
from sqrec.errors import AccessError

LONGEST_NAME = 200
"""Characters."""
_FORM = re.compile(r"sq_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Key:
    """Hold a key as the store keeps it; moments are microseconds UTC, `used_on` is a day (UTC), None: never.

    `hash` is HMAC-SHA-256 of the secret under the pepper, hexadecimal: a fast hash does for 256 random bits.
    """

    key_id: str
    name: str
    grant: Grant
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    used_on: str | None = None
    hash: str = field(default="", repr=False)

    def holds_at(self, now: int) -> bool:
        """Tell whether the key is neither revoked nor expired at a moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def asker(self, organisation: Organisation | None = None) -> Asker:
        """Return who asks with this key, in an organisation."""
        return Asker.of("key", f"key:{self.key_id}", self.grant, organisation)


@dataclass(frozen=True)
class KeyRing:
    """Hold every key of a store by its id, and the pepper (None: no key can be checked)."""

    keys: Mapping[str, Key]
    pepper: bytes | None = field(repr=False)
    askers: Mapping[str, Asker] = field(repr=False)

    @classmethod
    def of(cls, keys: Iterable[Key], pepper: bytes | None, organisation: Organisation | None = None) -> "KeyRing":
        """Return a ring of some keys, whose areas are units of an organisation."""
        found = {key.key_id: key for key in keys}
        return cls(found, pepper, {key_id: key.asker(organisation) for key_id, key in found.items()})

    def key_of(self, text: str, now: int) -> Key | None:
        """Return the key that a text is, at a moment (microseconds UTC); None for every text that is none now.

        An unknown id costs the same hash and comparison as a known one.
        """
        form = _FORM.fullmatch(text)
        if form is None or self.pepper is None:
            return None
        key = self.keys.get(form[1])
        right = hmac.compare_digest(hashed(self.pepper, form[2]), key.hash if key else _NO_HASH)
        return key if key is not None and right and key.holds_at(now) else None


_NO_HASH = "0" * 64


def new_key() -> tuple[str, str, str]:
    """Return a fresh key as its id, its secret part, and the text that its owner is given: 40 and 256 random bits."""
    key_id, secret = base64.b32encode(secrets.token_bytes(5)).decode().lower(), secrets.token_urlsafe(32)
    return key_id, secret, f"sq_{key_id}_{secret}"


def readable(name: str) -> None:
    """Raise AccessError for a name of a key that lists and messages could not show as it is: control characters, signs that turn or hide others."""
    strange = sorted({f"U+{ord(one):04X}" for one in name if not one.isprintable()})
    if strange or not name.strip() or len(name) > LONGEST_NAME:
        told = f"holds {', '.join(strange)}" if strange else f"has {len(name)} characters"
        raise AccessError(
            f"The name of the key {told}; right are 1 to {LONGEST_NAME} characters that can be printed, such as City platform."
        )


def shown(name: str) -> str:
    """Return a name as a terminal may show it: a key of before may have another one than `readable` lets through."""
    return "".join(one if one.isprintable() else "\ufffd" for one in name)


def hashed(pepper: bytes, secret: str) -> str:
    """Return what is kept of a secret."""
    return hmac.digest(pepper, secret.encode(), hashlib.sha256).hex()
