"""What production needs before it starts: keys, a pepper, names, whoever answers for it, and that nothing is read on the way."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from serving.assertions import Assertions
from serving.modes import Mode, mode_of
from serving.settings import Settings
from sqrec.access import Key, pepper_of
from sqrec.errors import AccessError
from sqrec.source import is_store
from sqrec.store import Keys, Store


def admit(settings: Settings, *, synthetic: bool) -> Mode:
    """Return the mode in which a service may start; demo and local ones need no papers.

    Raises AccessError, naming at once everything that production lacks, or what is wrong with the platform's sign-on; StoreError where the store cannot be read.
    """
    Assertions.of(settings)
    mode = mode_of(settings.data, settings.host, synthetic=synthetic)
    if mode == "production" and (lacking := missing(settings, _keys(settings.data), time.time_ns() // 1000)):
        raise AccessError(
            f"Listening on {settings.host} is production, which does not start without: {'; '.join(lacking)}. On this machine alone "
            "(--host 127.0.0.1) it starts without. docs/access.md says what each is."
        )
    return mode


def missing(settings: Settings, keys: Sequence[Key] | None, now: int) -> list[str]:
    """Return what production lacks, each with the setting or command that brings it; `keys` None: a folder, which has none."""
    found = [
        None if keys is not None else "a store (sqrec import FOLDER)",
        None if keys and any(key.holds_at(now) for key in keys) else "a key that holds (sqrec keys create)",
        _pepper(settings.pepper_file),
        None if settings.names else "its host names (SQREC_NAMES)",
        None if settings.operator else "the name of the operator (SQREC_OPERATOR)",
        None if settings.assessment else "the number of the impact assessment (SQREC_ASSESSMENT)",
        None if settings.filing else "the filing notice of the algorithm (SQREC_FILING)",
        _way(settings),
    ]
    return [one for one in found if one]


def _keys(data: Path | str) -> list[Key] | None:
    if not is_store(data):
        return None
    with Store.open(str(data), create=False) as store:
        return Keys(store.database).listed()


def _pepper(file: Path) -> str | None:
    try:
        return None if pepper_of(file) else "the pepper of the keys (SQREC_PEPPER, or SQREC_PEPPER_FILE of mode 0600)"
    except AccessError as problem:
        return f"a usable pepper ({str(problem).rstrip('.')})"


def _way(settings: Settings) -> str | None:
    """Return what is missing for nobody to read on the way: TLS here, or a proxy that has it."""
    files = {"SQREC_TLS_CERTIFICATE": settings.tls_certificate, "SQREC_TLS_KEY": settings.tls_key}
    if settings.proxy and not any(files.values()):
        return None
    if not any(files.values()):
        return "TLS (SQREC_TLS_CERTIFICATE and SQREC_TLS_KEY), or the addresses of a proxy that has it (SQREC_PROXY)"
    wrong = [f"{name}={file or ''}" for name, file in files.items() if not file or not os.access(file, os.R_OK)]
    return f"readable TLS files ({', '.join(wrong)})" if wrong else None
