"""Roles and what each may do: data of `roles.json`, dated and sourced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from sqrec.access.areas import level_of
from sqrec.access.organisation import Organisation
from sqrec.access.purposes import PURPOSES, Purpose, purposes
from sqrec.access.scopes import SCOPES, Scope
from sqrec.contract import GRADES
from sqrec.errors import AccessError

_NAMED = 3
"""How many units a message names."""


class Role(BaseModel):
    """Describe a role: the scopes that it has, those that it may be given besides, and the levels of area that it needs (none: any).

    Whoever has a role of their `own` may ask about themselves alone, and by a session, never by a key. `writes` are the events that
    it may write with the scope `events`, no others. Who `employs` writes about the offers of one employer or provider, and people who
    turned to these.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    means: str
    scopes: tuple[Scope, ...]
    more: tuple[Scope, ...]
    levels: tuple[str, ...] = ()
    own: bool = False
    employs: bool = False
    writes: tuple[str, ...] = ()

    @field_validator("writes")
    @classmethod
    def _are_events(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no event of the contract."""
        if strange := set(value) - set(GRADES):
            raise ValueError(f"no event is called {', '.join(sorted(strange))}")
        return value


class Levels(BaseModel):
    """Give the number of digits of an administrative code at each level."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digits: Mapping[str, int]
    source: str


class Rules(BaseModel):
    """Hold who may what, since when, by which source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: str
    source: str
    levels: Levels
    scopes: Mapping[Scope, str]
    roles: Mapping[str, Role]

    @model_validator(mode="after")
    def _names_what_there_is(self) -> "Rules":
        """Refuse a scope without a meaning, and a level without digits."""
        if set(self.scopes) != set(SCOPES):
            raise ValueError(f"right are the meanings of {', '.join(SCOPES)}")
        if strange := {level for role in self.roles.values() for level in role.levels} - set(self.levels.digits):
            raise ValueError(f"no level is called {', '.join(sorted(strange))}")
        return self


@dataclass(frozen=True, slots=True)
class Grant:
    """Hold what somebody is given: a role, scopes besides, an area in canonical form (None: everywhere), whose offers they speak for, and what for.

    `declared` are the purposes that it is for alone (None: whatever its scopes serve). `employer` is the employer_id of jobs, and the provider of courses, that a role which employs writes about (None: nobody's).
    """

    role: str
    more: tuple[Scope, ...]
    area: str | None
    employer: str | None = None
    declared: tuple[Purpose, ...] | None = None

    @property
    def purposes(self) -> frozenset[Purpose]:
        """The purposes that the scopes serve, of which only the declared ones where any are."""
        served = purposes().served_by(self.scopes)
        return frozenset(served if self.declared is None else (one for one in served if one in self.declared))

    @property
    def writes(self) -> frozenset[str]:
        """The events that the role writes; none for a role that is no more, or without the scope `events`."""
        role = roles().roles.get(self.role)
        return frozenset(role.writes if role and "events" in self.scopes else ())

    @property
    def employs(self) -> bool:
        """Whether the role writes about an employer's offers alone."""
        role = roles().roles.get(self.role)
        return role is not None and role.employs

    @property
    def scopes(self) -> frozenset[Scope]:
        """The scopes of the role and those besides; none for a role that is no more, and none besides that it may not be given."""
        role = roles().roles.get(self.role)
        return frozenset() if role is None else frozenset((*role.scopes, *(one for one in self.more if one in role.more)))


@cache
def roles() -> Rules:
    """Return the rules."""
    return Rules.model_validate_json(Path(__file__).with_name("roles.json").read_bytes())


def granted(
    role: str,
    area: str | None,
    more: Iterable[str] = (),
    *,
    session: bool = False,
    organisation: Organisation | None = None,
    employer: str | None = None,
    declared: Iterable[str] = (),
) -> Grant:
    """Return a grant, to a key or a session, for a unit of an organisation (None: whatever code fits the role).

    `declared` are purposes that it is for, no others; none: whatever its scopes serve.

    Raises AccessError, with every problem, for what a role must not be given, and for an area that is no unit where the
    organisation names those of its level.
    """
    known, asked, tree = roles().roles.get(role), tuple(dict.fromkeys(more)), organisation or Organisation()
    if known is None:
        raise AccessError(f"No role is called {role}; there are {', '.join(roles().roles)}.")
    whole = None if area is None else tree.present(area)
    keyed = [f"A {role} has no key: they ask by a session."] if known.own and not session else []
    strange = [f"A {role} speaks for no employer."] if employer is not None and not known.employs else []
    strange += ["The employer is empty; leave it out where there is none."] if employer == "" else []
    wrong = [*keyed, *strange, *_more(role, known, asked), *(_area(role, known, whole) or _unit(tree, whole))]
    words = set(declared)
    made = Grant(role, tuple(one for one in SCOPES if one in asked), whole, employer, _ordered(words))
    if wrong := [*wrong, *_purposes(role, made, words)]:
        raise AccessError(" ".join(wrong))
    return made


def _ordered(words: set[str]) -> tuple[Purpose, ...] | None:
    return tuple(one for one in PURPOSES if one in words) if words else None


def _purposes(role: str, made: Grant, words: set[str]) -> list[str]:
    """Return what is wrong with declared purposes: what none is called, and what no scope that is given serves."""
    served = purposes().served_by(made.scopes)
    strange = sorted(words - set(served))
    right = ", ".join(served) or "none"
    return [f"A {role} with these scopes cannot be for {', '.join(strange)}; right is {right}."] if strange else []


def _more(role: str, known: Role, asked: tuple[str, ...]) -> list[str]:
    strange = [one for one in asked if one not in (*known.scopes, *known.more)]
    right = ", ".join(known.more) or "none"
    return [f"A {role} may not be given {', '.join(strange)}; right is {right}."] if strange else []


def _area(role: str, known: Role, area: str | None) -> list[str]:
    if area == "":  # a variable of a shell that was not set must not become everywhere
        return ["The area is empty; leave it out where everywhere is meant."]
    if not known.levels:
        return []
    if area is None:
        return [f"A {role} needs an area ({' or '.join(known.levels)})."]
    level = level_of(area, roles().levels.digits)
    right = ", ".join(f"{one} ({roles().levels.digits[one]} digits)" for one in known.levels)
    return (
        [f"A {role} needs another area than {area}; right is a {right}."] if area.isdigit() and level not in known.levels else []
    )


def _unit(tree: Organisation, area: str | None) -> list[str]:
    """Return what is wrong with an area that is no unit: where the tree names its level, and where it lies below no unit at all."""
    if not area or not tree.units or area in tree.units:
        return []
    near = tree.siblings(area) if area.isdigit() else []
    if not near and any(one in tree.units and one.isdigit() == area.isdigit() for one in tree.line(area)):
        return []
    right = ", ".join(f"{one.area} {one.name}".strip() for one in (near or list(tree.units.values()))[:_NAMED])
    return [f"No unit of the organisation is called {area}; right is one of {len(near or tree.units)}, such as {right}."]
