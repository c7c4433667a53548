"""Settings of the service, read once from the environment. `python -m serving.settings FILE` writes docs/settings.md."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqrec.errors import DataError
from sqrec.rank import Explore

HEAD = """# Settings of the service

Environment variables that the service reads once, at its start. A variable that is not set, or empty, takes its default.
This page is written by `make docs` from `serving/settings.py`; change it there.

| variable | meaning | default |
|---|---|---|
"""


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

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from environment variables; one that is missing or empty takes its default.

        Raises DataError, or RequestError for `SQREC_EXPLORE`, where a value cannot be read.
        """
        told = {field: variables.get(one.name, "") for field, one in VARIABLES.items()}
        return cls(**{field: _read(VARIABLES[field], text) for field, text in told.items() if text})

    def as_environment(self) -> dict[str, str]:
        """Return the environment variables of data and bundles; `pointer_seconds` and `explore` are left out."""
        named = {"SQREC_DATA": str(self.data), "SQREC_BUNDLES": str(self.bundles)}
        return named | ({"SQREC_BUNDLE": str(self.bundle)} if self.bundle else {})


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
}
"""The environment variable of each field of `Settings`."""


def page() -> str:
    """Return docs/settings.md as Markdown."""
    default = Settings()
    rows = [(one, getattr(default, field)) for field, one in VARIABLES.items()]
    return HEAD + "".join(f"| `{one.name}` | {one.meaning} | {'' if value is None else f'`{value}`'} |\n" for one, value in rows)


def _read(variable: Variable, text: str) -> Any:
    try:
        return variable.read(text)
    except ValueError as problem:
        raise DataError(f"{variable.name}={text} cannot be read ({problem}).") from problem


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
