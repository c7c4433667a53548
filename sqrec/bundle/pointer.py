"""The pointer to the current bundle and those before it, moved by one atomic rename."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from sqrec.bundle.files import flush
from sqrec.contract import KINDS, Kind
from sqrec.errors import BundleError

FILE = "current.json"
MOST_BEFORE = 100
"""How many earlier standings are remembered."""


@dataclass(frozen=True)
class Champion:
    """Name a promoted ranker: the run that trained it, and its version in the registry; empty for one put there by hand."""

    run: str = ""
    version: str = ""


@dataclass(frozen=True)
class Standing:
    """Hold one state of the pointer: the bundle, whether it was promoted, since when (ISO instant), whose rankers are in it.

    `champions` names the promoted kinds. A promoted bundle that names none (put there by hand) counts as promoted whole.
    """

    bundle: str
    promoted: bool = False
    since: str | None = None
    champions: Mapping[Kind, Champion] = field(default_factory=dict[Kind, Champion])

    def has_champion(self, kind: Kind) -> bool:
        """Tell whether the bundle's ranker of a kind was promoted."""
        return self.promoted and (not self.champions or kind in self.champions)


@dataclass(frozen=True)
class Pointer:
    """Hold the current bundle and those before it, newest first."""

    current: Standing
    before: tuple[Standing, ...] = ()

    def moved_to(self, standing: Standing) -> Self:
        """Return the pointer with another standing; to take it back is to serve the last other bundle."""
        left = () if standing.bundle == self.current.bundle else (self.current,)
        return replace(self, current=standing, before=(*left, *self.before)[:MOST_BEFORE])

    def taken_back(self) -> Self:
        """Return the pointer as it was before the last promotion. Raises BundleError where nothing came before."""
        if not self.before:
            raise BundleError(f"Nothing was current before {self.current.bundle}: there is nothing to roll back to.")
        return replace(self, current=self.before[0], before=self.before[1:])


def read_pointer(bundles: Path) -> Pointer | None:
    """Read the pointer; None where there is none. Raises BundleError where it was cut short or edited."""
    path = bundles / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Pointer(_standing(told), tuple(map(_standing, told.get("before", ()))))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BundleError(f"{path} names no bundle: it was cut short or edited. Train or promote again.") from problem


def write_pointer(bundles: Path, pointer: Pointer) -> None:
    """Move the pointer atomically: a reader sees the old or the new one, whole."""
    told = _told(pointer.current) | {"before": [_told(standing) for standing in pointer.before]}
    fresh = bundles / f".current-{os.getpid()}.json"
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump(told, stream, ensure_ascii=False, indent=1, sort_keys=True)
    flush(fresh)
    fresh.replace(bundles / FILE)
    flush(bundles)


def _standing(told: Mapping[str, Any]) -> Standing:
    named = told.get("champions", {})
    champions: dict[Kind, Champion] = {kind: Champion(**named[kind]) for kind in KINDS if kind in named}
    return Standing(str(told["bundle"]), bool(told.get("promoted")), told.get("since"), champions)


def _told(standing: Standing) -> dict[str, Any]:
    champions = {kind: {"run": one.run, "version": one.version} for kind, one in standing.champions.items()}
    return {"bundle": standing.bundle, "promoted": standing.promoted, "since": standing.since, "champions": champions}
