"""Where the service finds what it serves: read from the environment, once."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold the service's settings.

    `SQREC_DATA` is the data folder; `SQREC_BUNDLES` the folder with the bundles and their pointer, `SQREC_BUNDLE` one bundle
    folder instead of the pointer; `SQREC_MAX_BODY` the largest request body in bytes.
    """

    data: Path
    bundles: Path
    bundle: Path | None
    max_body: int

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; what is not set takes its default."""
        bundle = os.environ.get("SQREC_BUNDLE")
        return cls(
            data=Path(os.environ.get("SQREC_DATA", "data")),
            bundles=Path(os.environ.get("SQREC_BUNDLES", "var/bundles")),
            bundle=Path(bundle) if bundle else None,
            max_body=int(os.environ.get("SQREC_MAX_BODY", "262144")),
        )
