"""What a report on foreign lists cannot know: one sentence per reason."""

from dataclasses import dataclass

from sqrec.contract import Kind
from sqrec.evaluate.report.evaluation import Held
from sqrec.evaluate.report.verdict import named
from sqrec.evaluate.stats.notes import Note

_FAMILIES = ("sex", "age", "education", "district")
_OF_PEOPLE = ("graduate", "hard_to_employ", "registered_unemployed", "disability", "hukou_type")


@dataclass(frozen=True)
class Told:
    """Hold the facts that decide which sentences apply: what there was beside the lists, and how much of it fits them.

    `held` is None where nothing says what was right, `judged` whether it was held against the lists; `strangers` and
    `unknown_items` are numbers of people and items of the table that the data lack, `unlisted` of people of the data with a
    positive and without a row of the table.
    """

    kind: Kind
    held: Held | None
    judged: bool
    data: bool
    moments: bool
    strangers: int
    unlisted: int
    unknown_items: int
    families: tuple[str, ...]
    catalogue: bool
    openings: bool
    minutes: bool
    metres: bool
    detour: float
    wage: bool


def cannot_know(told: Told) -> list[Note]:
    """Return what cannot be known, the gravest first."""
    missing = [family for family in _FAMILIES if family not in told.families]
    deeper = [family for family in _OF_PEOPLE if family not in told.families]
    said = {
        "labels": told.held is None,
        "label_column": told.judged and told.held == "label",
        "at": told.judged and not told.moments,
        "learnt": told.judged,
        "candidates": told.judged,
        "no_row": True,
        "unlisted": told.unlisted > 0,
        "data": not told.data,
        "strangers": told.strangers > 0,
        "unknown_items": told.catalogue and told.unknown_items > 0,
        "families": bool(missing),
        "groups": bool(deeper),
        "history": "history" not in told.families,
        "sexes": "sex" not in told.families and told.kind != "amenity",
        "occupations": "sex" in told.families and not told.catalogue and told.kind != "amenity",
        "catalogue": not told.catalogue,
        "openings": told.catalogue and not told.openings,
        "minutes": not told.minutes,
        "metres": told.metres,
        "wage": told.kind == "job" and not told.wage,
    }
    values = {
        "strangers": told.strangers,
        "unlisted": told.unlisted,
        "unknown_items": told.unknown_items,
        "missing": named("family", missing),
        "deeper": named("family", deeper),
        "detour": told.detour,
        "kind": told.kind,
    }
    return [Note(f"unknowable.{code}", values) for code, true in said.items() if true]
