"""Browsers as carriers: the name that a request is for, and the page that it comes from."""

import re

from starlette.datastructures import Headers

from serving.modes import is_loopback
from serving.problems import RefusedError
from serving.settings import Settings

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def names_of(settings: Settings) -> frozenset[str]:
    """Return the names that the service answers for: the declared ones, and on loopback those of this machine."""
    declared = frozenset(name.lower() for name in settings.names)
    return declared | _LOOPBACK | {settings.host} if is_loopback(settings.host) else declared


def scheme_of(settings: Settings) -> str:
    """Return the scheme of our own pages: https where TLS is served, or in production by the declared proxy."""
    proxied = bool(settings.proxy) and not is_loopback(settings.host)
    return "https" if settings.tls_certificate or proxied else "http"


def for_us(headers: Headers, names: frozenset[str]) -> None:
    """Refuse a request for another host: a page elsewhere whose name leads here (DNS rebinding), or a link made of its name.

    Raises RefusedError: 400 where there is not exactly one well-formed Host, 421 for a name that is none of ours.
    """
    told = headers.getlist("host")
    found = _HOST.fullmatch(told[0]) if len(told) == 1 else None
    if found is None:
        raise RefusedError(400, "Right is one header Host, a name with or without a port.")
    if found[1].lower().rstrip(".") not in names:
        raise RefusedError(
            421, "This service does not answer for that host. Its names are declared in SQREC_NAMES (docs/access.md)."
        )


def from_our_page(method: str, headers: Headers, scheme: str, *, session: bool) -> None:
    """Refuse what a page of another origin has a browser send: what changes something, or is answered about somebody.

    Browsers say where they come from in Sec-Fetch-Site, old ones in Origin, whose scheme is ours too: a page of http is another one than
    that of https. Programmes say neither, and bring no session (OWASP, CSRF
    prevention; decided for cookies without tokens). Raises RefusedError (403).
    """
    if method in _SAFE:
        return
    sites, origins = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if sites:
        right = sites == ["same-origin"]
    elif origins:
        right = len(origins) == 1 and origins[0].lower() == f"{scheme}://{headers['host'].lower()}"
    else:
        right = not session
    if not right:
        raise RefusedError(403, "A page of another origin may not ask this.")
