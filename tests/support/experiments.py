"""Make MLflow's tables by copying an empty database: its sixty migrations take a second or two for every fresh folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import mlflow.store.db.utils as tables
import pytest
import sqlalchemy


@contextmanager
def quick_tables(place: Path) -> Iterator[None]:
    """Let every SQLite database that MLflow makes in this process be a copy of one that it migrated itself, under `place`."""
    model, migrate = place / "mlflow.db", tables._initialize_tables

    def copied(engine: Any) -> None:
        if not model.exists():
            migrate(sqlalchemy.create_engine(f"sqlite:///{model}"))
        with closing(sqlite3.connect(model)) as source, closing(sqlite3.connect(engine.url.database)) as fresh:
            source.backup(fresh)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_initialize_tables", copied)
        yield
