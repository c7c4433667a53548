"""Consents by purpose, and the dated versions of the notices that people are shown before they give one: data of `notices.json`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

Purpose = Literal["push", "proposal", "backflow"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


class Notice(BaseModel):
    """Hold one version of what people are told of a purpose; a version that `asks_again` ends the consents to those before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    purpose: Purpose
    since: str
    asks_again: bool
    text: str
    source: str


class Notices(BaseModel):
    """Hold every version, of each purpose the oldest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: str
    source: str
    meanings: dict[Purpose, str]
    notices: tuple[Notice, ...]

    @model_validator(mode="after")
    def _are_whole(self) -> "Notices":
        """Refuse a purpose without a meaning or a notice, a version named twice, and versions out of order."""
        versions = [one.version for one in self.notices]
        days = [[one.since for one in self.notices if one.purpose == purpose] for purpose in PURPOSES]
        if set(self.meanings) != set(PURPOSES) or not all(days):
            raise ValueError(f"right are a meaning and a notice for {', '.join(PURPOSES)}")
        if len(set(versions)) != len(versions) or any(one != sorted(set(one)) for one in days):
            raise ValueError("right are versions with a name each, of each purpose the oldest first")
        return self

    def of(self, purpose: Purpose, day: str) -> Sequence[Notice]:
        """Return the versions of a purpose that came by a day (YYYY-MM-DD), the one in force last."""
        return [one for one in self.notices if one.purpose == purpose and one.since <= day]


@dataclass(frozen=True, slots=True)
class Consent:
    """Hold one consent that was given, or withdrawn (`given` False): for which purpose, to which version, when (microseconds UTC)."""

    purpose: Purpose
    given: bool
    notice: str
    at: int
    who: str


@cache
def notices() -> Notices:
    """Return every notice."""
    return Notices.model_validate_json(Path(__file__).with_name("notices.json").read_bytes())


def holds(last: Consent | None, day: str, told: Notices | None = None) -> bool:
    """Tell whether the last word of somebody about a purpose is a consent that holds on a day (YYYY-MM-DD).

    None, nobody was asked: no consent. It holds while no later version of its notice asks again; a version that is unknown holds
    never. `told` are the notices, None: ours.
    """
    if last is None or not last.given:
        return False
    known = list((told or notices()).of(last.purpose, day))
    place = next((place for place, one in enumerate(known) if one.version == last.notice), None)
    return place is not None and not any(one.asks_again for one in known[place + 1 :])
