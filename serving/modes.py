"""Three modes: the demo of an invented city, a service on this machine alone, and production (docs/access.md)."""

import ipaddress
from pathlib import Path
from typing import Literal

from sqrec.source import is_store

Mode = Literal["demo", "local", "production"]


def mode_of(data: Path | str, host: str, *, synthetic: bool) -> Mode:
    """Return the mode in which data are served at an address to listen on.

    The demo is a folder that says `synthetic`, on loopback: nobody in it is real. On loopback everything else is local. Whatever
    others can reach is production.
    """
    if not is_loopback(host):
        return "production"
    return "demo" if synthetic and not is_store(data) else "local"


def is_loopback(host: str) -> bool:
    """Tell whether an address, or a name of one, is this machine alone; what is no address is not."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
