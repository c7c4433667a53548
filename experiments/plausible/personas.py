"""Personas: invented people, with what a placement officer would want to see in their lists."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqrec.contract import TABLES
from sqrec.contract.parse import parse
from sqrec.profile.person import LISTS, Person

HERE = Path(__file__).parent
ADVERTS = HERE / "adverts"
"""The data folder of the world `adverts`. The other two worlds are invented cities, made by the commands in personas.json."""
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Persona:
    """Hold an invented person, the name of her world (`invented_a`, `invented_b`, `adverts`), and what an officer would want to see."""

    id: str
    world: str
    why: str
    person: Person


def read_personas(world: str | None = None) -> list[Persona]:
    """Return the personas of a world; None: all. Raises ValueError, naming persona and column, for a fact that breaks the contract."""
    rows = _data()["personas"]
    return [
        Persona(row["id"], row["world"], row["why"], _person(row["id"], row["person"]))
        for row in rows
        if world in {None, row["world"]}
    ]


def moment() -> int:
    """Return the moment at which lists for personas are made, microseconds UTC."""
    return int(_value("events", "at", _data()["at"]))


def worlds() -> dict[str, str]:
    """Return for each world the command that makes it, or its folder."""
    return dict(_data()["worlds"])


def _person(name: str, facts: dict[str, Any]) -> Person:
    try:
        read = {column: _value("people", column, str(told)) for column, told in facts.items()}
    except (KeyError, ValueError) as problem:
        raise ValueError(f"Persona {name}: {problem}") from problem
    lists = {column: tuple(value.split("|")) for column, value in read.items() if column in LISTS}
    return Person(person_id=name, **{**read, **lists})


def _value(table: str, column: str, text: str) -> Any:
    value, rule = parse(TABLES[table].column(column), text, _ZONE)
    if rule:
        raise ValueError(f"{column} {text!r} breaks rule {rule}")
    return value


def _data() -> dict[str, Any]:
    return json.loads((HERE / "personas.json").read_text(encoding="utf-8"))
