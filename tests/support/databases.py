"""Databases for tests: an SQLite file, and a private PostgreSQL server of the system's programs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from sqrec.store import Database, Store, upgrade
from tests.support.server import free_port

PROGRAMS = Path("/usr/lib/postgresql")
NOBODY = "The programs of PostgreSQL are not installed (initdb and pg_ctl expected under /usr/lib/postgresql)."
NUMBERS = count(1)


class Server:
    """Hold a running server; every database of it has a store's tables from the start."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._execute("CREATE DATABASE empty")
        self._execute("CREATE DATABASE model")
        database = Database(self.url("model"))
        upgrade(database)
        database.close()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://sqrec@127.0.0.1:{self.port}/{name}"

    def database(self, like: str = "model") -> str:
        """Make a database of its own and return its address."""
        name = f"test_{next(NUMBERS)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.url(name)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@dataclass(frozen=True)
class Contents:
    """Say what a store holds from the start: a name of its own, and what fills a store (in a folder that is empty)."""

    name: str
    fill: Callable[[Store, Path], object]


class Models:
    """Make stores that hold the same from the start: each kind is filled once, and copied from then on."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._copied = dict[str, str]()

    def sqlite(self, file: Path, contents: Contents) -> str:
        """Make an SQLite store and return its address."""
        model = self.place / f"{contents.name}.db"
        if not model.exists():
            self._fill(f"sqlite:///{model}", contents, "sqlite")
        shutil.copy(model, file)  # its last connection is closed: the file is all of it
        return f"sqlite:///{file}"

    def postgresql(self, server: Server, contents: Contents) -> str:
        """Make a store in a database of its own and return its address."""
        if contents.name not in self._copied:
            url = server.database()
            self._fill(url, contents, "postgresql")
            self._copied[contents.name] = url.rpartition("/")[2]
        return server.database(self._copied[contents.name])

    def _fill(self, url: str, contents: Contents, kind: str) -> None:
        place = self.place / f"{contents.name}-{kind}"
        place.mkdir()
        with Store.open(url) as store:
            contents.fill(store, place)


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs."""
    found = [folder for folder in PROGRAMS.glob("*/bin") if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def postgresql() -> Iterator[Server]:
    """Run a server on a free port, in a folder that goes with it; skip without its programs, but fail in CI."""
    folder = programs()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail(NOBODY)
        pytest.skip(NOBODY)
    place = Path(tempfile.mkdtemp(prefix="sqrec-postgresql-"))
    port, root = free_port(), os.geteuid() == 0
    if root:
        shutil.chown(place, "postgres", "postgres")
    before = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []

    def run(program: str, *arguments: str) -> None:
        command = [*before, str(folder / program), "-D", str(place / "data"), *arguments]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "--username=sqrec", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {place} -c max_connections=50 -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", str(place / "log"), "-o", options)
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "stop", "--mode=immediate", "--wait")
    finally:
        shutil.rmtree(place, ignore_errors=True)
