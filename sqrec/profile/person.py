"""A person's raw facts, and those known at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

_MUTABLE = ("registered_unemployed_on", "wage_min", "desired", "skills", "occupations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Hold the columns of `people` for one person; None and an empty tuple are unknown.

    `lon` and `lat` are in the city's storage frame, `updated_at` is in microseconds UTC. `deleted` names tags that the person
    had deleted (`sqrec.contract.TAGS`): nothing may be put in the place of these facts.
    """

    person_id: str | None = None
    birth_month: str | None = None
    education: str | None = None
    graduated_on: str | None = None
    skills: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    desired: tuple[str, ...] = ()
    experience_years: float | None = None
    employment: str | None = None
    registered_unemployed_on: str | None = None
    wage_min: float | None = None
    forms: tuple[str, ...] = ()
    hours: str | None = None
    needs: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    area: str | None = None
    pace: float | None = None
    walk: str | None = None
    personalised: bool | None = None
    updated_at: int | None = None
    deleted: tuple[str, ...] = ()

    def known_at(self, at: int, settled_at: int | None = None) -> Self:
        """Return the facts known at a moment (microseconds UTC).

        In a folder with one version a person, a mutable fact changed after `at` is unknown. Where
        `updated_at` is unknown, only `employment` is, and only if the person was hired or completed a
        course (`settled_at`, the last such event) at or after `at`: the event may have changed it.
        """
        if self.updated_at is None:
            settled = settled_at is not None and settled_at >= at
            return replace(self, employment=None) if settled and self.employment else self
        return self.without("employment", *_MUTABLE) if self.updated_at > at else self

    def having(self, **facts: Any) -> Self:
        """Return the same person with these facts."""
        return replace(self, **facts)

    def without(self, *columns: str) -> Self:
        """Return the same person with these facts unknown."""
        return replace(self, **{name: _UNKNOWN[name] for name in columns})


_UNKNOWN: dict[str, Any] = {field.name: field.default for field in fields(Person)}
FACTS = tuple(name for name in _UNKNOWN if name not in {"person_id", "personalised", "updated_at", "deleted"})
"""The facts about a person that a tag may correct or remove."""


LISTS = tuple(name for name in FACTS if _UNKNOWN[name] == ())
"""The facts that are lists."""


def facts_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the facts that tags name: `location` is two, any other is one of its own name."""
    return tuple(fact for tag in tags for fact in (("lon", "lat") if tag == "location" else (tag,)))
