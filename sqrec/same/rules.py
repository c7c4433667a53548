"""When two records are one thing, as dated data (rules.json): how texts are worded alike, and what agreeing and differing count."""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Rule):
    """Say what of a title does not matter, besides what advertises it (`offered` in sqrec/codes/title_words.json): `soft` endings of words."""

    soft: tuple[str, ...]


class Title(_Rule):
    """Points for titles that are equal but for what advertises them, and for those equal without soft endings; any other difference tells apart."""

    equal: float
    bare: float


class Place(_Rule):
    """Points for points within `metres` (`one`), farther `apart`, or one area; of two areas of which one holds the other nothing is known.

    Where the point of one is not known, one address is one place, and another is another. `unknown` counts where the place of one alone is
    known: another workplace may be meant.
    """

    metres: float
    one: float
    apart: float
    area: float
    unknown: float


class Span(_Rule):
    """Points for two spans of a number: `equal`, `near` where they come within a share `within` of each other, else `apart`."""

    equal: float
    within: float
    near: float
    apart: float


class Text(_Rule):
    """Points for long texts by their share of common trigrams (Dice): `equal` from `alike`, `apart` under `unlike`."""

    alike: float
    equal: float
    unlike: float
    apart: float


class Rules(_Rule):
    """Points of one kind of record; two records of one owner are one thing from `least` points. What is unknown counts nothing.

    `facts` are points by name: where both are known and equal, where both are known and differ.
    """

    least: float
    title: Title
    place: Place | None
    span: Span | None
    facts: Mapping[str, tuple[float, float]]
    text: Text | None

    def between_members(self) -> "Rules":
        """Return the rules by which members of a group are held against each other: that one tells no place is not held against it twice."""
        place = self.place and self.place.model_copy(update={"unknown": 0.0})
        return self.model_copy(update={"place": place})


class Employer(_Rule):
    """Endings of a firm's name that do not tell firms apart."""

    endings: tuple[str, ...]


class Blocks(_Rule):
    """How many following records each is compared with, of those worded alike, nearest first."""

    wording: int


class _File(_Rule):
    source: str
    since: str
    trust: str
    wording: Wording
    employer: Employer
    blocks: Blocks
    kinds: Mapping[str, Rules]


def rules_of(kind: str) -> Rules | None:
    """Return the rules of a kind of record; None where it has none, and nothing is one thing by several ids."""
    return _file().kinds.get(kind)


def wording() -> Wording:
    """Return what of titles does not matter."""
    return _file().wording


def employer() -> Employer:
    """Return what of firms' names does not matter."""
    return _file().employer


def blocks() -> Blocks:
    """Return how many records each is compared with."""
    return _file().blocks


@cache
def _file() -> _File:
    return _File.model_validate(json.loads(resources.files("sqrec.same").joinpath("rules.json").read_text(encoding="utf-8")))
