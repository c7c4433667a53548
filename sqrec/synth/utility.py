"""The observable part of the choice model (docs/city.md), term by term.

Every function takes people's facts (one row a person) and a matrix of items (indices, one row a person), and returns
float32 of the matrix's shape. No term is hidden, and none reads history.
"""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray
from sqrec.contract.vocabulary import AMENITY_TYPES
from sqrec.synth import clock
from sqrec.synth.catalogue import Catalogue
from sqrec.synth.city import BUILT, METRES_A_DEGREE, Communities, city_file
from sqrec.synth.data import read
from sqrec.synth.facts import Facts
from sqrec.synth.residents import TYPES
from sqrec.synth.trades import FORMS, trades

ONLINE_MINUTES = 12.0
SAME_DISTRICT_MINUTES, ELSEWHERE_MINUTES = 35.0, 90.0
"""Minutes in the place of unknown ones: online; without a point in the home's district; without a point elsewhere."""
PAST_FOR_DESIRED = 0.5
"""The weight of likeness to past work, where no occupation is wanted."""
HALF_MET = 0.5
_ACCEPTED = (0.85, 0.35, 0.3, 0.2, 0.15)
"""The share of people who accept each form of work, in the order of FORMS, for people who did not say."""


@dataclass(frozen=True)
class Model:
    """Hold a kind's items, the weights of its terms, and the lookup tables `clock.overlap` and `clock.open_share`."""

    items: Catalogue
    places: Communities
    weight: dict[str, float]
    overlap: AnyArray
    open: AnyArray

    @classmethod
    def of(cls, items: Catalogue, places: Communities, world: str) -> "Model":
        """Build from a catalogue and the name of a taste in worlds.json."""
        return cls(
            items,
            places,
            read("worlds")["tastes"][world][items.kind],
            clock.overlap(items.patterns),
            clock.open_share(items.patterns),
        )

    def observable(self, facts: Facts, item: AnyArray) -> AnyArray:
        """Return the observable utility: the sum of all terms but the hidden ones."""
        return _OF_KIND[self.items.kind](self, facts, item)


def minutes(model: Model, facts: Facts, item: AnyArray) -> AnyArray:
    """Return minutes on foot: straight line times the city's detour, divided by the person's pace."""
    items, places = model.items, model.places
    east = (items.lon[item] - facts.lon[:, None]).astype(np.float32) * facts.scale[:, None]
    north = (items.lat[item] - facts.lat[:, None]).astype(np.float32) * np.float32(METRES_A_DEGREE)
    walk = np.sqrt(east * east + north * north) * np.float32(city_file().detour) / facts.pace[:, None]
    same = places.district[items.community[item]] == facts.district[:, None]
    unplaced = np.where(same, np.float32(SAME_DISTRICT_MINUTES), np.float32(ELSEWHERE_MINUTES))
    there = np.where(items.placed[item], walk, unplaced)
    return np.where(items.bound[item], there, np.float32(ONLINE_MINUTES))


def _way(model: Model, facts: Facts, item: AnyArray, unit: float) -> AnyArray:
    return np.log1p(minutes(model, facts, item) / np.float32(unit))


def _wanted(facts: Facts, trade: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return the highest likeness of the items' occupations to the wanted ones, and to the past ones; 0 to 1."""
    alike = trades().alike
    past = np.maximum(alike[facts.past[:, :1], trade], 0.7 * alike[facts.past[:, 1:], trade])
    wanted = np.maximum(alike[facts.desired[:, :1], trade], 0.85 * alike[facts.desired[:, 1:], trade])
    unknown = facts.desired[:, :1] < 0
    return np.where(unknown, np.float32(PAST_FOR_DESIRED) * past, wanted), past


def _covered(facts: Facts, asked: AnyArray, level: AnyArray) -> AnyArray:
    """Return the share of required skills that people have; half for a lower or unknown certificate level.

    0.5 where no skill is required or none of the person is known.
    """
    found, count = np.zeros(asked.shape[:2], np.float32), np.zeros(asked.shape[:2], np.float32)
    for place in range(asked.shape[2]):
        one, need = asked[:, :, place], level[:, :, place]
        best = np.zeros(one.shape, np.float32)
        for mine in range(facts.skill.shape[1]):
            held = facts.level[:, mine : mine + 1]
            enough = (need == 0) | ((held > 0) & (held <= need))
            same = (one == facts.skill[:, mine : mine + 1]) & (one >= 0)
            best = np.maximum(best, same * np.where(enough, np.float32(1), np.float32(HALF_MET)))
        found, count = found + best, count + (one >= 0)
    known = (count > 0) & (facts.skill[:, :1] >= 0)
    return np.where(known, found / np.maximum(count, 1), np.float32(0.5))


def _job(model: Model, facts: Facts, item: AnyArray) -> AnyArray:
    weight, traits = model.weight, model.items.traits
    wanted, past = _wanted(facts, traits["trade"][item])
    total = weight["wanted"] * wanted + weight["past"] * past
    total += weight["skills"] * _covered(facts, traits["skill"][item], traits["level"][item])
    rung = traits["rung"][item]
    gap = np.where(rung > 0, facts.rung[:, None] - rung, np.float32(0))
    total += weight["education"] * np.minimum(gap, 0) - weight["overqualified"] * np.maximum(gap - 1, 0)
    total += weight["experience"] * np.clip(facts.years[:, None] - traits["years"][item], -3, 0)
    wage = np.log(traits["wage"][item] / facts.wage[:, None])
    total += weight["wage"] * np.where(np.isnan(wage), np.float32(0), np.clip(wage, -0.6, 0.5))
    total += weight["form"] * _accepted()[facts.forms[:, None], traits["form"][item]]
    total += weight["hours"] * model.overlap[facts.hours[:, None], model.items.hours[item]]
    total -= weight["minutes"] * _way(model, facts, item, 15)
    total -= weight["hazards"] * traits["hazard"][item]
    near = model.places.street[model.items.community[item]] == facts.street[:, None]
    total += weight["local"] * (traits["local"][item] & near)
    return total.astype(np.float32)


def _accepted() -> AnyArray:
    """Return 1 or 0 for each form by the bits of the accepted ones, shape (bits, forms); row 0 (not said): `_ACCEPTED`."""
    bits = (np.arange(1 << len(FORMS))[:, None] >> np.arange(len(FORMS))) & 1
    table = bits.astype(np.float32)
    table[0] = _ACCEPTED
    return table


def _course(model: Model, facts: Facts, item: AnyArray) -> AnyArray:
    weight, traits = model.weight, model.items.traits
    trade = traits["trade"][item]
    wanted, past = _wanted(facts, trade)
    total = weight["wanted"] * np.maximum(wanted, 0.5 * past)
    total += weight["gap"] * _gap(facts, traits["skill"][item])
    total -= weight["level"] * _level_step(facts, traits["skill"][item], traits["level"][item])
    total -= weight["fee"] * np.log1p(traits["fee"][item].astype(np.float32) / np.float32(500))
    total += weight["schedule"] * model.overlap[facts.hours[:, None], model.items.hours[item]]
    rung = traits["rung"][item]
    total += weight["education"] * np.where(rung > 0, np.minimum(facts.rung[:, None] - rung, 0), np.float32(0))
    age = facts.age[:, None]
    wrong = (age > 0) & ((age < traits["age_min"][item]) | (age > traits["age_max"][item]))
    total -= weight["age"] * wrong
    total -= weight["minutes"] * _way(model, facts, item, 15)
    return total.astype(np.float32)


def _gap(facts: Facts, taught: AnyArray) -> AnyArray:
    """Return the share of taught skills that the wanted occupations require and the person lacks."""
    table = np.vstack([trades().skill, np.full((1, 3), -2)]).astype(np.int16)
    asked = np.hstack([table[facts.desired[:, 0]], table[facts.desired[:, 1]]])
    found, count = np.zeros(taught.shape[:2], np.float32), np.zeros(taught.shape[:2], np.float32)
    for place in range(taught.shape[2]):
        one = taught[:, :, place]
        missing = among(one, asked) & ~among(one, facts.skill) & (one >= 0)
        found, count = found + missing, count + (one >= 0)
    return found / np.maximum(count, 1)


def among(values: AnyArray, lists: AnyArray) -> BoolArray:
    """Mark the values of a matrix that occur in the same row of `lists`."""
    found = np.zeros(values.shape, dtype=bool)
    for place in range(lists.shape[1]):
        found |= values == lists[:, place : place + 1]
    return found


def _level_step(facts: Facts, taught: AnyArray, level: AnyArray) -> AnyArray:
    """Return the distance in certificate levels of a course from the person's next level: 5 without one, else one better.

    0.5 for a course without a level.
    """
    held = np.full(level.shape, 6, np.int8)
    for mine in range(facts.skill.shape[1]):
        has = facts.level[:, mine : mine + 1]
        one = facts.skill[:, mine : mine + 1]
        same = np.zeros(level.shape, dtype=bool)
        for place in range(taught.shape[2]):
            same |= taught[:, :, place] == one
        held = np.where(same & (has > 0), np.minimum(held, has), held)
    step = np.abs(level - np.maximum(held - 1, 1)).astype(np.float32)
    return np.where(level > 0, step, np.float32(0.5))


def _amenity(model: Model, facts: Facts, item: AnyArray) -> AnyArray:
    weight, traits = model.weight, model.items.traits
    kind = traits["type"][item]
    base, habits = _habits()
    total = weight["needs"] * ((facts.needs[:, None] >> kind) & 1).astype(np.float32)
    total += weight["base"] * base[kind] + weight["habits"] * habits[kind, facts.band[:, None]]
    total -= weight["minutes"] * _way(model, facts, item, 5)
    total += weight["hours"] * model.open[model.items.hours[item]]
    total += weight["built"] * _built_habits()[facts.built[:, None], kind]
    total += weight["capacity"] * np.clip(traits["size"][item], -1.5, 1.5).astype(np.float32)
    age = facts.age[:, None]
    total -= weight["age"] * ((age > 0) & (age < traits["age_min"][item]))
    return total.astype(np.float32)


def _habits() -> tuple[AnyArray, AnyArray]:
    """Return the base utility of each type, and what each age band adds, shape (types, bands + 1); the last band is the mean."""
    rows = {row["type"]: row for row in read("amenities")["types"]}
    base = np.array([rows[name]["base"] for name in TYPES], dtype=np.float32)
    habits = np.array([rows[name]["habits"] for name in TYPES], dtype=np.float32)
    return base, np.column_stack([habits, habits.mean(axis=1)])


def _built_habits() -> AnyArray:
    """Return what each type of community adds to the utility of each type of amenity, shape (built, types)."""
    table = read("amenities")["built_by_class"]
    return np.array([[table[built][AMENITY_TYPES[name][1]] for name in TYPES] for built in BUILT], dtype=np.float32)


_OF_KIND = {"job": _job, "course": _course, "amenity": _amenity}
