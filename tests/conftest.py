"""What several tests share: real data beside the checkout, where it is there."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with real data; without it skip, but fail in CI."""
    if not SHARED.is_dir():
        message = f"The real data is not beside this checkout ({SHARED.name} expected in ../shared)."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return SHARED


@pytest.fixture(scope="session")
def jobviews(shared: Path) -> Path:
    """Return the real job views."""
    return shared / "jobviews"
