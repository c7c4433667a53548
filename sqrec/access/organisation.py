"""The organisation tree: city, districts, streets and communities as data, each with the unit above it; whom a unit holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqrec.access.areas import above, canonical
from sqrec.errors import AccessError

_DISTRICT = 6
"""Digits of a district's code; districts are what is merged and renamed, with every code below."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Hold one unit: its code or path, its name, and the unit above where that is not the one that the code itself says (None)."""

    area: str
    name: str
    parent: str | None = None


@dataclass(frozen=True)
class Organisation:
    """Hold the units of a city by their code, and former codes of districts with the present ones.

    A unit belongs to the unit that it names as its parent, else to that of the code above its own. A circle of parents would let each
    of its units hold all of them, so there is none (`of`).
    """

    units: Mapping[str, Unit] = field(default_factory=dict[str, Unit])
    former: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, units: Iterable[Unit], former: Mapping[str, str] | None = None) -> "Organisation":
        """Return the tree of some units; a parent that is no unit itself becomes one without a name, the last of equal codes holds.

        Raises AccessError, naming the units, for a circle of parents.
        """
        plain = cls(former=dict(former or {}))
        told = [Unit(plain.present(one.area), one.name, plain.present(one.parent) if one.parent else None) for one in units]
        named = {one.parent: Unit(one.parent, "") for one in told if one.parent}
        made = cls(named | {one.area: one for one in told}, plain.former)
        if circle := made._circle():
            raise AccessError(
                f"These units of the organisation are each above the next in a circle: {' < '.join(circle)}. Each would hold all of them; "
                "right is a parent that is above its unit (column parent of the table communities)."
            )
        return made

    def present(self, area: str) -> str:
        """Return an area in the form in which it is compared, with the present code of its district."""
        told = canonical(area)
        return self.former.get(told[:_DISTRICT], told[:_DISTRICT]) + told[_DISTRICT:] if told.isdigit() else told

    def line(self, area: str) -> tuple[str, ...]:
        """Return a unit and those above it, nearest first."""
        found: dict[str, None] = {}
        now: str | None = self.present(area)
        while now and now not in found:
            found[now] = None
            now = self._above(now)
        return tuple(found)

    def _above(self, area: str) -> str | None:
        unit = self.units.get(area)
        return unit.parent if unit and unit.parent else above(area)

    def _circle(self) -> tuple[str, ...]:
        """Return the units of a circle of parents, the first one again at the end; none where there is no circle."""
        for area in self.units:
            line = self.line(area)
            if (again := self._above(line[-1])) in line:
                circle = line[line.index(again) :]
                return (*circle, circle[0])
        return ()

    def siblings(self, area: str) -> list[Unit]:
        """Return the units of the same level as an area, those whose code begins alike first; none: the tree does not go so far."""
        told = self.present(area)
        level = [one for one in self.units.values() if one.area.isdigit() and len(one.area) == len(told)]
        return sorted(level, key=lambda one: (-_alike(one.area, told), one.area))


@dataclass(frozen=True, slots=True)
class Within:
    """Hold a unit of an organisation: whom it holds."""

    area: str
    organisation: Organisation = field(default_factory=Organisation, repr=False)

    def holds(self, area: str | None) -> bool:
        """Tell whether an area belongs to the unit; of an unknown area, and of one that is told more coarsely, that is not known: False."""
        return bool(area) and self.organisation.present(self.area) in self.organisation.line(area or "")


def _alike(one: str, other: str) -> int:
    """Return how many characters two codes begin with alike."""
    return next((place for place, (ours, theirs) in enumerate(zip(one, other, strict=False)) if ours != theirs), len(one))
