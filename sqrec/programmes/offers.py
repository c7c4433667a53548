"""What is offered to one person by rule.

The published order: nearest first, then newest, then by a hash of the id. Of places only those in the city's widest circle are
offered, or the nearest alone where none is: nobody walks to a canteen for hours, and nobody should believe that there is none.
What a person may see is decided by law (ages, see `sqrec.rank.gates`), by the item's own age limits, and for
public-welfare posts by the city's rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities.ages import age_of
from sqrec.cities.rules import Welfare
from sqrec.contract import Kind
from sqrec.groups.conditions import KnownFacts, holds
from sqrec.groups.groups import Membership
from sqrec.groups.needs import needed
from sqrec.groups.restricted import Restricted
from sqrec.profile.profiler import Profiles
from sqrec.programmes.offerings import Offerings
from sqrec.rank.circle import Reach, reach_of
from sqrec.rank.gates import gate
from sqrec.rank.pairs import Pairs
from sqrec.rank.recommender import Recommender

Standing: TypeAlias = Literal["open", "likely", "unknown"]
_RANK: tuple[Standing, ...] = ("open", "likely", "unknown")


@dataclass(frozen=True)
class Programme:
    """Hold what is offered to one person as a member of one group, in the published order.

    `standing` is open (recognised, or vouched for), likely (apply for recognition first) or unknown; `needs` are the missing
    facts that could decide an unknown one. `rows` are rows of `Items`, `reach` says how far each is. `not_checked` names
    conditions of the offer that no column holds.
    """

    group: str
    kind: Kind
    standing: Standing
    needs: tuple[str, ...]
    rows: IntArray
    reach: tuple[Reach, ...]
    not_checked: tuple[str, ...] = ()


def programmes(
    recommender: Recommender,
    profile: Profiles,
    offerings: Offerings,
    snapshot: Snapshot,
    memberships: Iterable[Membership],
    *,
    vouched: Sequence[str] = (),
    restricted: Restricted | None = None,
    kinds: Sequence[Kind] | None = None,
    n: int = 10,
    clock: int | None = None,
) -> tuple[Programme, ...]:
    """Return what is offered to the person of one profile (one row), open programmes first, `n` items each at most.

    `memberships` come from `KeyGroups.of`, `vouched` are groups the caller answers for; neither reaches a row. Where personal
    lists are off, memberships open nothing. An item for several of the person's groups is offered once, under the best
    standing. Ages are judged by `clock` (microseconds UTC), as in `Recommender.recommend`. Raises RequestError where the law
    refuses an answer.
    """
    person, at = profile.raw(0), int(profile.at[0])
    facts = KnownFacts.of(person, restricted, recommender.city, at if clock is None else clock)
    stood = _standings(memberships if person.personalised is not False else (), vouched)
    found: list[Programme] = []
    for kind in kinds or tuple(offerings.rows):
        age = age_of(person.birth_month, at if clock is None else clock, recommender.city)
        law = gate(age, kind, recommender.city)
        items = snapshot.items[kind]
        taken = np.zeros(len(items), dtype=bool)
        for group, standing, needs in stood:
            rows = offerings.rows.get(kind, {}).get(group, np.empty(0, np.int64))
            rows = rows[~taken[rows] & _live(items, rows, at) & law.allowed(items, rows) & _of_age(items, rows, age)]
            taken[rows] = True
            if len(rows):
                shown, reach = _ordered(recommender, profile, items, rows, n)
                found.append(Programme(group, kind, standing, needs, shown, reach))
    told = [_welfare(one, recommender.city.welfare, facts) if one.kind == "job" else one for one in found]
    return tuple(sorted((one for one in told if one), key=lambda one: _RANK.index(one.standing)))


def _standings(memberships: Iterable[Membership], vouched: Sequence[str]) -> list[tuple[str, Standing, tuple[str, ...]]]:
    """Return the groups that open something, the best standing first, and what would decide the unknown ones."""
    found: dict[str, tuple[Standing, tuple[str, ...]]] = {}
    for one in memberships:
        if one.status != "no":
            found[one.group] = ("open" if one.status == "recognised" else one.status, one.needs)
    found |= dict.fromkeys(vouched, ("open", ()))
    return sorted(((group, *told) for group, told in found.items()), key=lambda one: _RANK.index(one[1]))


def _live(items: Items, rows: IntArray, at: int) -> BoolArray:
    return (items.opens[rows] <= at) & (at < items.closes[rows])


def _of_age(items: Items, rows: IntArray, age: int | None) -> BoolArray:
    """Tell which items name no age limit that a known age breaks."""
    table = items.table
    if age is None or "age_min" not in table:
        return np.ones(len(rows), dtype=bool)
    low, high = (table[name].to_numpy(np.float64)[rows] for name in ("age_min", "age_max"))
    return ~(age < low) & ~(age > high)


def _ordered(
    recommender: Recommender, profile: Profiles, items: Items, rows: IntArray, n: int
) -> tuple[IntArray, tuple[Reach, ...]]:
    """Return the first rows in the published order, and how far each is."""
    pairs: Pairs = recommender.pairs(profile, items, rows)
    minutes: FloatArray = np.where(np.isnan(pairs.minutes), np.inf, pairs.minutes)
    order = np.lexsort((items.key[rows], -items.opens[rows].astype(np.float64), minutes))
    steps = recommender.city.circle_steps
    far = pairs.minutes > steps[-1]
    if items.kind == "amenity":
        order = order[:1] if far.all() else order[~far[order]]
    return rows[order[:n]], tuple(reach_of(pairs, int(place), steps) for place in order[:n])


def _welfare(one: Programme, rule: Welfare | None, facts: KnownFacts) -> Programme | None:
    """Apply the city's rule on public-welfare posts; None where a known fact excludes the person."""
    if rule is None or (truth := holds(rule.condition, facts)) is False:
        return None
    told = replace(one, not_checked=rule.not_checked)
    if truth:
        return told
    needs = needed([rule.condition], facts, lambda truths: truths[0] is not None)
    return replace(told, standing="unknown", needs=tuple(dict.fromkeys((*one.needs, *needs))))
