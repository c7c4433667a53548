"""Where the service finds what it serves: read from the environment, once."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqrec.rank import Explore

_POINTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the service's settings.

    `data` (SQREC_DATA) is the data folder, or the address of a store; `bundles` (SQREC_BUNDLES) the folder with the bundles
    and their pointer, `bundle` (SQREC_BUNDLE) one bundle folder instead of the pointer, which is looked at every
    `pointer_seconds` (SQREC_POINTER_SECONDS). `explore` (SQREC_EXPLORE, such as `position=5,epsilon=0.1,pool=10`) lets one place
    of logged lists try other items; off where it is not set.
    """

    data: Path | str
    bundles: Path = Path("var/bundles")
    bundle: Path | None = None
    pointer_seconds: float = _POINTER_SECONDS
    explore: Explore | None = None

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; what is not set takes its default. Raises RequestError for an exploration that is none."""
        bundle = os.environ.get("SQREC_BUNDLE")
        return cls(
            data=os.environ.get("SQREC_DATA", "data"),
            bundles=Path(os.environ.get("SQREC_BUNDLES", "var/bundles")),
            bundle=Path(bundle) if bundle else None,
            pointer_seconds=float(os.environ.get("SQREC_POINTER_SECONDS", _POINTER_SECONDS)),
            explore=Explore.of(os.environ.get("SQREC_EXPLORE", "")),
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that say the same."""
        named = {"SQREC_DATA": str(self.data), "SQREC_BUNDLES": str(self.bundles)}
        return named | ({"SQREC_BUNDLE": str(self.bundle)} if self.bundle else {})
