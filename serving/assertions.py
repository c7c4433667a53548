"""The platform's word for somebody: a signed assertion, checked offline with a pinned public key (docs/access.md)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from serving.problems import RefusedError
from serving.settings import Settings
from sqrec.access import Organisation
from sqrec.access.roles import Grant, granted
from sqrec.errors import AccessError

AUDIENCE = "sqrec"
LONGEST = 60
"""Seconds for which an assertion may hold."""
_MOST = 200
_WANTED = ("iss", "aud", "sub", "iat", "exp", "jti")
WRONG = "This assertion does not hold: docs/access.md says what must be in it, and it is used once, within a minute."


@dataclass(frozen=True, slots=True)
class Assertion:
    """Hold what the platform vouches for: who, what they are given, by which assertion, until when (seconds UTC)."""

    subject: str
    grant: Grant
    jti: str
    until: int


@dataclass(frozen=True)
class Assertions:
    """Check assertions of one issuer with one public key, by the one algorithm of that key."""

    issuer: str
    key: Any = field(repr=False)
    algorithm: str

    @classmethod
    def of(cls, settings: Settings) -> "Assertions | None":
        """Return what checks the assertions of the settings' platform; None where none is named.

        Raises AccessError where only one of issuer and key is named, and for a file that is no such key or that others may write.
        """
        file, issuer = settings.assertion_key, settings.assertion_issuer
        if file is None and not issuer:
            return None
        if file is None or not issuer:
            raise AccessError("Sign-on by the platform needs both SQREC_ASSERTION_KEY and SQREC_ASSERTION_ISSUER, or neither.")
        key, algorithm = _read(file)
        return cls(issuer, key, algorithm)

    def read(self, text: str, now: int, organisation: Organisation | None = None) -> Assertion:
        """Return what an assertion says, at a moment (seconds UTC), in an organisation.

        Raises RefusedError: 401 for one that does not hold, alike whatever is wrong with it; 403, in a sentence, for a role, area or scope
        that may not be given.
        """
        try:
            claims = jwt.decode(
                text, self.key, [self.algorithm], {"require": list(_WANTED)}, issuer=self.issuer, audience=AUDIENCE
            )
        except (jwt.InvalidTokenError, ValueError) as wrong:
            raise RefusedError(401, WRONG) from wrong
        if not _fits(claims, now):
            raise RefusedError(401, WRONG)
        try:
            grant = granted(claims["role"], claims.get("area"), claims.get("with", ()), session=True, organisation=organisation)
        except AccessError as problem:
            raise RefusedError(403, str(problem)) from problem
        return Assertion(claims["sub"], grant, claims["jti"], int(claims["exp"]))


def _fits(claims: dict[str, Any], now: int) -> bool:
    """Tell whether the claims are of their types, and the time short, by the issuer's clock and by ours."""
    texts = [claims["sub"], claims["jti"], claims.get("role")]
    area, more = claims.get("area"), claims.get("with", [])
    told = all(
        isinstance(one, str) and one.isprintable() and 0 < len(one) <= _MOST
        for one in (*texts, *([] if area is None else [area]))
    )
    listed = isinstance(more, list) and all(isinstance(one, str) for one in more)
    end, begin = claims["exp"], claims["iat"]
    whole = type(end) is int and type(begin) is int
    return told and listed and whole and end - begin <= LONGEST and end - now <= LONGEST


def _read(file: Path) -> tuple[Any, str]:
    try:
        if (mode := file.stat().st_mode & 0o777) & 0o022:
            raise AccessError(f"The platform's key {file} may be written by others (mode {mode:04o}); run: chmod 600 {file}")
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as problem:
        told = f"The platform's key {file} cannot be read ({type(problem).__name__}); right is a public key in PEM, Ed25519 or P-256."
        raise AccessError(told) from problem
    if isinstance(key, Ed25519PublicKey):
        return key, "EdDSA"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key, "ES256"
    raise AccessError(f"The platform's key {file} is of another kind; right is Ed25519 or P-256.")
