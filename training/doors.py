"""What the commands of training share: paths, user, audit trail, settings of MLflow."""

import getpass
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from sqrec.errors import SqrecError
from sqrec.source import is_store
from sqrec.store import Store

console = Console(stderr=True)


@dataclass(frozen=True)
class Place:
    """Hold the environment of a command: the folder of run-time files, the store with the audit trail, the user."""

    var: Path
    store: str
    who: str

    @classmethod
    def of(cls, var: Path, store: str | None, who: str | None, data: str | None = None) -> Self:
        """Fill in defaults: the store that the data come from, else the one in `var`; the system's user."""
        return cls(var, store or (data if data and is_store(data) else _own(var)), who or _user())

    @property
    def bundles(self) -> Path:
        """The folder with the bundles and their pointer."""
        return self.var / "bundles"

    def note(self, what: str, details: Mapping[str, Any]) -> None:
        """Record in the store's audit trail who did what; the store in `var` is created where it is missing.

        Raises StoreError where the store cannot be written to, or where a named one is missing.
        """
        with Store.open(self.store, create=self.store == _own(self.var)) as opened:
            opened.audit(what, self.who, details)

    def refused(self, what: str, details: Mapping[str, Any], problem: str) -> str:
        """Record a refusal, and return the message: the problem, and that recording failed where it did."""
        try:
            self.note(f"{what} refused", {**details, "reason": problem})
        except SqrecError as unnoted:
            return problem if str(unnoted) == problem else f"{problem} Nor could that be noted in the audit trail: {unnoted}"
        return problem


def complain(problem: str) -> None:
    """Print a problem to stderr, in one unwrapped line."""
    console.print(problem, style="red", markup=False, soft_wrap=True)


def keep_home() -> None:
    """Turn off MLflow's telemetry and progress bars.

    MLflow reads these environment variables when it is imported, so this must be called before.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


def now() -> str:
    """Return the present moment, UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def code_version() -> str:
    """Return the commit that is checked out, or `unknown` outside a checkout."""
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return asked.stdout.strip()


def _own(var: Path) -> str:
    return f"sqlite:///{var / 'sqrec.db'}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
