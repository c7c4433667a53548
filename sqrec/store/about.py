"""Metadata of the imported folders: folder.json and the city, in one row."""

import json
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sqrec.cities import City, cities, load_city
from sqrec.errors import StoreError
from sqrec.store.database import Writing
from sqrec.store.reading import first
from sqrec.store.schema import FOLDER, STORED
from sqrec.store.writing import insert
from sqrec.tables import FolderConfig, Source
from sqrec.tables.clock import end_of

OWN_CITY = "city"
"""What folder.json calls a city that sqrec does not bring along: a folder beside it."""


@dataclass(frozen=True)
class About:
    """Hold a store's metadata as a folder has it: configuration, city, names of its tables.

    Points are in the frame of the city.
    """

    config: FolderConfig
    city: City
    tables: tuple[str, ...]

    @property
    def has_own_city(self) -> bool:
        """Whether the city is none of those that sqrec contains."""
        return self.config.city == OWN_CITY


def about(connection: Connection) -> About | None:
    """Return a store's metadata; None before the first import."""
    row = first(connection, sa.select(FOLDER))
    if row is None:
        return None
    config = FolderConfig(city=row["city"], crs=row["crs"], as_of=row["as_of"], synthetic=row["synthetic"])
    return About(config, _city(config, row["city_file"]), tuple(row["tables"].split("|")))


def present(connection: Connection, name: str) -> About:
    """Return a store's metadata with the tables that were imported or that hold a row.

    Raises StoreError before the first import; `name` is the store's name in the message.
    """
    told = about(connection)
    if told is None:
        raise StoreError(f"The store {name} holds no data yet; run: sqrec import FOLDER --store {name}")
    return replace(told, tables=tuple(one for one in STORED if one in told.tables or _holds_a_row(connection, one)))


def note(writing: Writing, source: Source) -> None:
    """Record a folder's metadata. Raises StoreError where it contradicts that of earlier imports."""
    there, row = about(writing.connection), _row(source)
    if there is not None:
        _fits(source, there)
        row["tables"] = "|".join(dict.fromkeys([*there.tables, *source.files]))
        row["as_of"] = later(source.config.as_of, there.config.as_of, source.city)
        known = first(writing.connection, sa.select(FOLDER)) or {}
        if all(known[name] == value for name, value in row.items()):
            return
        writing.connection.execute(sa.delete(FOLDER))
    insert(writing, FOLDER, id=1, **row)


def city_as_json(city: City) -> dict[str, Any]:
    """Return a city as JSON values that `City` reads."""
    return {
        **city.model_dump(mode="json", exclude={"groups"}),
        "groups": city.groups.model_dump(mode="json", exclude_none=True),
    }


def _holds_a_row(connection: Connection, name: str) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(STORED[name].sql).limit(1)).first() is not None


def _row(source: Source) -> dict[str, Any]:
    config, city = source.config, source.city
    own = config.city is not None and (config.city not in cities() or (source.path / config.city).exists())
    return {
        "city": OWN_CITY if own else config.city,
        "city_file": json.dumps(city_as_json(city), ensure_ascii=False, sort_keys=True) if own else None,
        "crs": city.frame or config.crs,
        "timezone": city.timezone,
        "as_of": config.as_of,
        "synthetic": config.synthetic,
        "tables": "|".join(source.files),
    }


def _city(config: FolderConfig, file: str | None) -> City:
    if file is not None:
        return City.model_validate_json(file)
    city = load_city(config.city)
    return city if config.city else city.model_copy(update={"frame": config.crs})


def _fits(source: Source, there: About) -> None:
    """Refuse what must not stand in one store: two cities or frames, and invented beside real people."""
    ours, theirs = (source.city.name, source.city.frame or source.config.crs), (there.city.name, there.config.crs)
    if ours != theirs:
        raise StoreError(
            f"{source.path} is of {' in '.join(ours)}, the store of {' in '.join(theirs)}: import it into a store of its own, "
            "or say the store's city in folder.json."
        )
    if source.config.synthetic != there.config.synthetic:
        told = {True: "invented", False: "real"}
        raise StoreError(
            f"{source.path} holds {told[source.config.synthetic]} people, the store {told[there.config.synthetic]} ones "
            "(`synthetic` in folder.json): import it into a store of its own."
        )


def later(one: str | None, other: str | None, city: City) -> str | None:
    """Return the later of two days or moments (ISO 8601; None unknown), each counted until its end (`end_of`)."""
    return max((text for text in (other, one) if text is not None), key=lambda text: end_of(text, city), default=None)
