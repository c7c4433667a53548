"""The pepper: the secret of this installation under which keys are hashed. In a file of its own or a variable, never in the store."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from sqrec.errors import AccessError

VARIABLE = "SQREC_PEPPER"
FILE_VARIABLE, FILE = "SQREC_PEPPER_FILE", Path("var/pepper")
"""The variable that names the file, and the file without it."""
SHORTEST = 32
"""Characters."""


def pepper_of(file: Path, variables: Mapping[str, str] | None = None, *, make: bool = False) -> bytes | None:
    """Return the pepper: that of the variable `SQREC_PEPPER`, else of the file; None where there is neither (`make`: it is made).

    Raises AccessError for a file that others may read, and for a pepper that is too short.
    """
    told = (os.environ if variables is None else variables).get(VARIABLE, "").strip()
    if told:
        return _long_enough(told, VARIABLE)
    if make and not file.exists():
        _write(file)
    return _long_enough(_read(file), str(file)) if file.exists() else None


def pepper_here(variables: Mapping[str, str] | None = None) -> bytes | None:
    """Return the pepper of this installation, wherever its environment says that it lies; None where there is none. Raises as `pepper_of`."""
    told = os.environ if variables is None else variables
    return pepper_of(Path(told.get(FILE_VARIABLE) or FILE), told)


def _read(file: Path) -> str:
    try:
        if (mode := file.stat().st_mode & 0o777) & 0o077:
            raise AccessError(f"The pepper {file} may be read by others (mode {mode:04o}); run: chmod 600 {file}")
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise AccessError(
            f"The pepper {file} cannot be read ({type(problem).__name__}); right is a text file of your own."
        ) from problem


def _write(file: Path) -> None:
    """Write a new pepper that its owner alone may read; whoever was quicker is right."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as problem:
        raise AccessError(f"The pepper {file} cannot be written ({problem.strerror}); name another file.") from problem
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(secrets.token_urlsafe(48))


def _long_enough(told: str, where: str) -> bytes:
    if len(told) < SHORTEST:
        raise AccessError(f"The pepper of {where} has {len(told)} characters; right are at least {SHORTEST} random ones.")
    return told.encode()
