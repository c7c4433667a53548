"""What a person's situation says of places without a word: where she is sent to, and what is only for whom a need is told.

The rules are dated data (situations.json).
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray
from sqrec.catalogue.items import Items
from sqrec.cities.parts import Part, Source
from sqrec.contract.vocabulary import EMPLOYMENT
from sqrec.profile.encoders import Keys
from sqrec.profile.profiler import Profiles


class SentTo(Part):
    """Say of which employments a person is sent to a type of place: `always`, and `with_a_wish` where she names work."""

    always: tuple[str, ...]
    with_a_wish: tuple[str, ...]


class Places(Source):
    """Say which type of place who is sent to, and which types are `for_somebody` of whom only a told need speaks."""

    sent_to: Mapping[str, SentTo]
    for_somebody: tuple[str, ...]


class _File(Part):
    places: Places


def sent_to(profile: Profiles, items: Items, rows: IntArray, minutes: FloatArray, near: BoolArray) -> IntArray:
    """Return the places of some near pairs to which the person's situation sends her: of each such type the nearest one.

    Nobody whose employment is unknown is sent anywhere.
    """
    employment, wishes = _employment(profile), len(profile.codes("desired", 0)) > 0
    found = list[int]()
    for name, who in _file().places.sent_to.items():
        if employment in who.always or (wishes and employment in who.with_a_wish):
            mine = np.flatnonzero((items.facts["type"][rows] == _type_keys((name,))[0]) & near)
            found += mine[np.lexsort((items.key[rows[mine]], minutes[mine]))][:1].tolist()
    return np.array(found, np.int64)


def untold(profile: Profiles, items: Items, rows: IntArray) -> BoolArray:
    """Tell which places are for somebody of whom nothing is told: no need that they answer, and no earlier use of their type."""
    types = _type_keys(_file().places.for_somebody)
    answered = (int(profile.fact("needs")[0]) & items.answers[rows]) != 0
    history = profile.history[0].get(items.kind)
    if history is not None:
        been = items.find(history.item)
        types = np.setdiff1d(types, items.facts["type"][been[been >= 0]])
    return np.isin(items.facts["type"][rows], types) & ~answered


def _employment(profile: Profiles) -> str | None:
    place = float(profile.fact("employment")[0])
    return None if np.isnan(place) else EMPLOYMENT[int(place)]


@cache
def _type_keys(names: tuple[str, ...]) -> KeyArray:
    return Keys().encode(names)


@cache
def _file() -> _File:
    return _File.model_validate(json.loads(resources.files("sqrec.rank").joinpath("situations.json").read_text(encoding="utf-8")))
