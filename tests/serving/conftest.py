"""What tests of the service share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.doorway import Kept, served


@pytest.fixture
def kept(store_url: str, small: Path, tmp_path: Path) -> Iterator[Kept]:
    """Serve the small city from a store of either kind, with its decisions."""
    with served(store_url, small, tmp_path) as running:
        yield running
