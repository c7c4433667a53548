"""What tests of what residents are owed share: a trained city, and two workers on a store of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.app import application
from serving.live import Live
from serving.settings import Settings
from sqrec.store import import_folder
from tests.serving.test_sessions import ISSUER, written
from tests.support import tiny
from tests.support.databases import Contents
from tests.support.inside import Inside
from tests.support.owing import Kept, tables
from training import train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on that city, with runs and all."""
    place = tmp_path_factory.mktemp("owed")
    tiny.write(place / "data", tables())
    train.main(place / "data", "job", "last", bundle=None, var=place / "var")
    return place


@pytest.fixture
def contents(trained: Path) -> Contents:
    return Contents("owed", lambda store, place: import_folder(store, trained / "data"))


@pytest.fixture
def kept(store_url: str, trained: Path, tmp_path: Path, unwarmed: None) -> Iterator[Kept]:
    var = Path(shutil.copytree(trained / "var", tmp_path / "var"))
    url = f"sqlite:///{var / 'sqrec.db'}" if store_url.startswith("sqlite") else store_url
    if url != store_url:
        (tmp_path / "store.db").rename(var / "sqrec.db")
    settings = Settings(data=url, bundles=var / "bundles", assertion_key=written(tmp_path), assertion_issuer=ISSUER)
    lives = Live(settings), Live(settings)
    yield Kept(tuple(Inside(application(live), trained / "data", settings.bundles) for live in lives), url, var)  # type: ignore[arg-type]
    for live in lives:
        live.close()
