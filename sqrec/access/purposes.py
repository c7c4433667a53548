"""What stored residents are read or written about for: data of `purposes.json`, dated and sourced."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from sqrec.access.scopes import Scope

Purpose = Literal[
    "lists",
    "profile",
    "explanation",
    "feedback",
    "switch",
    "tags",
    "consents",
    "advice",
    "access",
    "erasure",
    "complaint",
]
"""What an address that names a stored resident is for; the audit trail keeps it with each decision."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class Meaning(BaseModel):
    """Say what a purpose is, and the scopes that serve it: one of them is enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    means: str
    scopes: tuple[Scope, ...]


class Purposes(BaseModel):
    """Hold every purpose, since when, by which source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: str
    source: str
    purposes: Mapping[Purpose, Meaning]

    @model_validator(mode="after")
    def _means_every_one(self) -> "Purposes":
        """Refuse a purpose without a meaning."""
        if set(self.purposes) != set(PURPOSES):
            raise ValueError(f"right are the meanings of {', '.join(PURPOSES)}")
        return self

    def served_by(self, scopes: Collection[Scope]) -> tuple[Purpose, ...]:
        """Return the purposes that some scopes serve: all that who declares none is there for."""
        return tuple(one for one in PURPOSES if any(scope in scopes for scope in self.purposes[one].scopes))


@cache
def purposes() -> Purposes:
    """Return the purposes."""
    return Purposes.model_validate_json(Path(__file__).with_name("purposes.json").read_bytes())
