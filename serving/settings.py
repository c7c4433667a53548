"""Settings of the service, read once from the environment. `python -m serving.settings FILE` writes docs/settings.md."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from serving.limits.buckets import RATES, Rate, rates
from sqrec.errors import DataError
from sqrec.rank import Explore

HEAD = """# Settings of the service

Environment variables that the service reads once, at its start. A variable that is not set, or empty, takes its default.
`SQREC_LOG` (`json` or `text`) is read besides, by every process of the service: docs/operating.md.
This page is written by `make docs` from `serving/settings.py`; change it there.

| variable | meaning | default |
|---|---|---|
"""


Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Variable:
    """Describe one environment variable: its name, the function that reads its text, and its meaning."""

    name: str
    read: Callable[[str], Any]
    meaning: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the service's settings; `VARIABLES` says what each means."""

    data: Path | str = "data"
    bundles: Path = Path("var/bundles")
    bundle: Path | None = None
    pointer_seconds: float = 2.0
    explore: Explore | None = None
    host: str = "127.0.0.1"
    pepper_file: Path = Path("var/pepper")
    names: tuple[str, ...] = ()
    operator: str = ""
    assessment: str = ""
    filing: str = ""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    proxy: tuple[Network, ...] = ()
    assertion_key: Path | None = None
    assertion_issuer: str = ""
    shown_rows: int = 1_000_000
    rates: Mapping[str, Rate] = field(default_factory=lambda: RATES)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables; one that is missing or empty takes its default.

        Raises DataError, or RequestError for `SQREC_EXPLORE`, where a value cannot be read.
        """
        told = {field: variables.get(one.name, "") for field, one in VARIABLES.items()}
        return cls(**{field: _read(VARIABLES[field], text) for field, text in told.items() if text})


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part) for part in _listed(text))


VARIABLES: Mapping[str, Variable] = {
    "data": Variable("SQREC_DATA", str, "The data folder, or the address of a store."),
    "bundles": Variable(
        "SQREC_BUNDLES", Path, "The folder with the bundles and the pointer `current.json`, which names the bundle that serves."
    ),
    "bundle": Variable("SQREC_BUNDLE", Path, "One bundle folder, served whatever the pointer says."),
    "pointer_seconds": Variable(
        "SQREC_POINTER_SECONDS", float, "Seconds between two checks of the pointer and the store for something newer."
    ),
    "explore": Variable(
        "SQREC_EXPLORE",
        Explore.of,
        "Exploration in logged lists: with `position=5,epsilon=0.1,pool=10` the item at position 5 changes places, with probability 0.1, with"
        " one of the next 10. Positions and pools from 1, epsilon above 0 up to 0.5. By default there is none.",
    ),
    "host": Variable(
        "SQREC_HOST", str, "The address that the service listens on; `--host` sets it. It decides the mode (docs/access.md)."
    ),
    "names": Variable(
        "SQREC_NAMES",
        _listed,
        "The host names that the service answers for, parted by commas; on loopback those of this machine besides.",
    ),
    "operator": Variable("SQREC_OPERATOR", str, "Production: the name of whoever answers for the service; residents read it."),
    "assessment": Variable("SQREC_ASSESSMENT", str, "Production: the number of the personal information impact assessment."),
    "filing": Variable("SQREC_FILING", str, "Production: the filing notice of the algorithm, its number; residents read it."),
    "tls_certificate": Variable("SQREC_TLS_CERTIFICATE", Path, "Production: the file with the certificates of TLS."),
    "tls_key": Variable("SQREC_TLS_KEY", Path, "Production: the file with the key of TLS."),
    "proxy": Variable(
        "SQREC_PROXY",
        _networks,
        "Production without TLS of its own: the addresses of the proxy that has it, parted by commas; others are refused.",
    ),
    "assertion_key": Variable(
        "SQREC_ASSERTION_KEY",
        Path,
        "The public key (PEM, Ed25519 or P-256) that checks the assertions of the platform's sign-on.",
    ),
    "assertion_issuer": Variable("SQREC_ASSERTION_ISSUER", str, "Who signs them: their `iss`."),
    "shown_rows": Variable(
        "SQREC_SHOWN_ROWS",
        int,
        "Rows that the log of lists takes on one day of the city (an item shown in a list is a row); further lists are answered and not logged,"
        " counted (`sqrec_rankings_over_total`) and said. docs/operating.md has the bytes of a row.",
    ),
    "rates": Variable(
        "SQREC_RATES",
        rates,
        "How often somebody may ask of one worker, as `how=units/burst`, parted by commas: units a second, and at once after a rest. A unit is"
        " one list of up to ten items for one person. `key`, `session` (one resident), `nobody` (one address), `demo`. By default"
        " key=2000/20000,session=5/100,nobody=20/200,demo=2000/20000; on loopback nobody asks like a key.",
    ),
    "pepper_file": Variable(
        "SQREC_PEPPER_FILE",
        Path,
        "The file of mode 0600 with the pepper under which keys are hashed; `SQREC_PEPPER` goes before it.",
    ),
}
"""The environment variable of each field of `Settings`."""


def page() -> str:
    """Return docs/settings.md as Markdown."""
    default = Settings()
    rows = [(one, getattr(default, field)) for field, one in VARIABLES.items()]
    return HEAD + "".join(f"| `{one.name}` | {one.meaning} | {_told(value)} |\n" for one, value in rows)


def _told(default: Any) -> str:
    return "" if default in (None, (), "", RATES) else f"`{default}`"


def _read(variable: Variable, text: str) -> Any:
    try:
        return variable.read(text)
    except ValueError as problem:
        raise DataError(f"{variable.name}={text} cannot be read ({problem}).") from problem


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
