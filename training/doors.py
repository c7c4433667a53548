"""What the commands of this room share: where things lie, who is at the keyboard, the audit trail, quiet libraries."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqrec.errors import SqrecError
from sqrec.source import is_store
from sqrec.store import Store


@dataclass(frozen=True)
class Place:
    """Say where a command works: the folder of run-time files, the store with the audit trail, and who asks."""

    var: Path
    store: str
    who: str

    @classmethod
    def of(cls, var: Path, store: str | None, who: str | None, data: str | None = None) -> Self:
        """Fill in what was not said: the store that the data come from, else the one in `var`; the system's user."""
        return cls(var, store or (data if data and is_store(data) else _own(var)), who or _user())

    @property
    def bundles(self) -> Path:
        """The folder with the bundles and their pointer."""
        return self.var / "bundles"

    def note(self, what: str, details: Mapping[str, Any]) -> None:
        """Note down in the store who did what; the one in `var` is made if need be.

        Raises StoreError where it cannot be written to, or where a named one is not there.
        """
        with Store.open(self.store, create=self.store == _own(self.var)) as opened:
            opened.audit(what, self.who, details)

    def refused(self, what: str, details: Mapping[str, Any], problem: str) -> str:
        """Note down a refusal, and return what to say of it: the problem, and that it could not be noted where that is so."""
        try:
            self.note(f"{what} refused", {**details, "reason": problem})
        except SqrecError as unnoted:
            return problem if str(unnoted) == problem else f"{problem} Nor could that be noted in the audit trail: {unnoted}"
        return problem


def keep_home() -> None:
    """Tell MLflow not to call home, nor to draw its own bars. It reads that when it is imported: this comes first."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


def _own(var: Path) -> str:
    return f"sqlite:///{var / 'sqrec.db'}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
