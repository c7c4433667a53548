"""What several tests share: real data beside the checkout, where it is there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import live
from sqrec.access.pepper import VARIABLE
from tests.support import databases, tiny, town
from tests.support.arena import arena, ground
from tests.support.experiments import quick_tables
from tests.support.inside import Inside, inside
from tests.support.keys import PEPPER
from tests.support.server import Server, serving
from tests.support.visits import browser, visit
from training import train

__all__ = ["arena", "browser", "ground", "visit"]
"""Fixtures that have a file of their own."""

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


@pytest.fixture(scope="session", autouse=True)
def experiments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spare MLflow its migrations in every fresh folder."""
    with quick_tables(tmp_path_factory.mktemp("experiments")):
        yield


@pytest.fixture(scope="session", autouse=True)
def pepper() -> Iterator[None]:
    """Let every store of the tests have its keys under one pepper, which lies in no file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PEPPER)
        yield


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place with a small city (`data/`) and what `make train SPLIT=last` made of it (`var/`)."""
    place = tmp_path_factory.mktemp("small")
    tiny.write(place / "data")
    train.main(place / "data", "job", "last", bundle=None, var=place / "var")
    return place


@pytest.fixture(scope="session")
def server(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """Serve the small city in this process."""
    with inside(tmp_path_factory.mktemp("inside"), small / "data", small / "var" / "bundles") as running:
        yield running


@pytest.fixture(scope="session")
def process(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small city by BentoML, in a process of its own."""
    with serving(tmp_path_factory.mktemp("server"), small / "data", small / "var" / "bundles") as running:
        yield running


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place with a small city of all three kinds (`data/`) and its bundle (`var/`)."""
    return town.build(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def page(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small city of all three kinds."""
    with serving(tmp_path_factory.mktemp("page"), whole / "data", whole / "var" / "bundles") as running:
        yield running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    """Run a PostgreSQL server of our own."""
    with databases.postgresql() as running:
        yield running


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> databases.Models:
    """Keep stores to copy."""
    return databases.Models(tmp_path_factory.mktemp("stores"))


@pytest.fixture
def contents() -> databases.Contents | None:
    """Say what a store of `store_url` holds from the start: nothing, unless a file of tests says otherwise."""
    return None


@pytest.fixture
def unwarmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a service in this process begin without the lists that it makes for itself, to be quick from the first request on."""
    monkeypatch.setattr(live, "warm_up", lambda deployment: None)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, models: databases.Models, contents: databases.Contents | None
) -> str:
    """Return the address of a fresh store, once in each kind of database."""
    if request.param == "sqlite":
        file = tmp_path / "store.db"
        return models.sqlite(file, contents) if contents else f"sqlite:///{file}"
    server: databases.Server = request.getfixturevalue("postgresql")
    return models.postgresql(server, contents) if contents else server.database()
