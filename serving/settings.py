"""Where the service finds what it serves: read from the environment, once."""

import os
from dataclasses import dataclass
from pathlib import Path

_POINTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the service's settings.

    `data` (SQREC_DATA) is the data folder, or the address of a store; `bundles` (SQREC_BUNDLES) the folder with the bundles
    and their pointer, `bundle` (SQREC_BUNDLE) one bundle folder instead of the pointer, which is looked at every
    `pointer_seconds` (SQREC_POINTER_SECONDS).
    """

    data: Path | str
    bundles: Path = Path("var/bundles")
    bundle: Path | None = None
    pointer_seconds: float = _POINTER_SECONDS

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; what is not set takes its default."""
        bundle = os.environ.get("SQREC_BUNDLE")
        return cls(
            data=os.environ.get("SQREC_DATA", "data"),
            bundles=Path(os.environ.get("SQREC_BUNDLES", "var/bundles")),
            bundle=Path(bundle) if bundle else None,
            pointer_seconds=float(os.environ.get("SQREC_POINTER_SECONDS", _POINTER_SECONDS)),
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that say the same."""
        named = {"SQREC_DATA": str(self.data), "SQREC_BUNDLES": str(self.bundles)}
        return named | ({"SQREC_BUNDLE": str(self.bundle)} if self.bundle else {})
