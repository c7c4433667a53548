"""Whose lists a ranker has, where rankers have lists of different people, as the arms of an A/B test do."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import BoolArray
from sqrec.evaluate.stats.notes import Note, named
from sqrec.texts import LANGUAGES, Language


@dataclass(frozen=True)
class OwnPeople:
    """Hold numbers of people: with a list of the ranker, with an answer among these, and with an answer and a list of ours too."""

    asked: int
    judged: int
    shared: int


def own_people(
    asked: Mapping[str, BoolArray], counted: Mapping[str, BoolArray], shared: Mapping[str, BoolArray]
) -> dict[str, OwnPeople]:
    """Count every ranker's people; nothing where all rankers have lists of the same ones.

    Each argument marks people by ranker: those with a list, those of them in its figures, those of these with a list of ours.
    """
    first = next(iter(asked.values()))
    if all(np.array_equal(mine, first) for mine in asked.values()):
        return {}
    return {name: OwnPeople(int(asked[name].sum()), int(counted[name].sum()), int(shared[name].sum())) for name in asked}


def own_notes(found: Mapping[str, OwnPeople], ours: str) -> list[Note]:
    """Say whose lists the rankers have, and over whom they are compared with ours; nothing where all have the same people."""
    if not found:
        return []
    told = {lang: _told(found, lang) for lang in LANGUAGES}
    others = {name: one for name, one in found.items() if name != ours and any(each.judged for each in found.values())}
    return [Note("own.people", {"told": told})] + [
        Note(
            "own.shared" if one.shared else "own.apart",
            {"ours": named("ranker", [ours]), "other": named("ranker", [name]), "shared": one.shared},
        )
        for name, one in others.items()
    ]


def _told(found: Mapping[str, OwnPeople], lang: Language) -> str:
    """Return every ranker's numbers in one line."""
    parts = [
        Note("own.one", {"ranker": named("ranker", [name]), "asked": one.asked, "judged": one.judged}).said(lang)
        for name, one in found.items()
    ]
    return ("；" if lang == "zh-CN" else "; ").join(parts)
