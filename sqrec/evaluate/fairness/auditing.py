"""The audit of a ranker's lists: every metric and measure by every family, and the occupations shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, key_of
from sqrec.evaluate.fairness.audit import Audit, audit
from sqrec.evaluate.fairness.stereotypes import Stereotypes, shares, stereotypes
from sqrec.evaluate.lists import measures
from sqrec.evaluate.lists.lists import EMPTY, ItemFacts, Lists
from sqrec.evaluate.stats.metrics import Hits, per_person
from sqrec.evaluate.stats.notes import Note, group_name, named
from sqrec.profile.occupations import coded
from sqrec.profile.person import Person

MAJOR = tuple("12345678")
"""The major groups of the national classification: the first digit of a code (职业分类大典 2022)."""

_DIGITS = {key_of(digit): digit for digit in MAJOR}


SAID = ("ndcg@10", "recall@10", "exposure", "answered@10", "wage@10", "minutes@10")
"""The figures whose flags are said in words; the others stand in the tables."""


@dataclass(frozen=True)
class Occupations:
    """Hold major occupation groups: of every row of the catalogue (None unknown), and of each person's past and wanted jobs."""

    of_items: Sequence[str | None]
    own: Sequence[Sequence[str | None]]

    def shown(self, lists: Lists) -> FloatArray:
        """Return the share of every major group in each person's first places, shape (people, groups)."""
        rows: list[list[int]] = [mine[mine != EMPTY].tolist() for mine in lists.item]
        return shares([[self.of_items[row] if row >= 0 else None for row in mine] for mine in rows], MAJOR)

    def take(self, people: BoolArray) -> "Occupations":
        """Return the groups of some people alone."""
        return replace(self, own=[mine for mine, taken in zip(self.own, people.tolist(), strict=True) if taken])


def major_groups(values: Sequence[Any]) -> list[str | None]:
    """Return the major group of each code or title (of a tuple the first known part); None unknown."""
    return groups_of_keys(coded(values)[0][:, 0])


def groups_of_keys(keys: Iterable[Any]) -> list[str | None]:
    """Return the major group of each hash of a code's first digit; None unknown."""
    return [_DIGITS.get(int(key)) for key in keys]


def own_occupations(people: Sequence[Person]) -> list[list[str | None]]:
    """Return the major groups of each person's past and wanted occupations."""
    told = [[*person.occupations, *person.desired] for person in people]
    groups = iter(major_groups([text for mine in told for text in mine]))
    return [[next(groups) for _ in mine] for mine in told]


def audits(
    hits: Mapping[str, Hits],
    shown: Mapping[str, Lists],
    facts: ItemFacts,
    families: Mapping[str, Sequence[str]],
    counted: BoolArray,
    seed: int,
    occupations: Occupations | None = None,
) -> dict[str, Audit]:
    """Audit every ranker of `shown` over the people marked in `counted`; each starts from the same seed.

    Rankers that are not in `hits` have no metrics. Occupations are compared where `families` include sex.
    """
    told = {
        family: [name for name, taken in zip(names, counted.tolist(), strict=True) if taken] for family, names in families.items()
    }
    own = occupations.take(counted) if occupations else None
    found: dict[str, Audit] = {}
    for name, lists in shown.items():
        mine = lists.take(counted)
        figures = {metric: values[counted] for metric, values in per_person(hits[name]).items()} if name in hits else {}
        one = audit(figures | _measured(mine, facts), told, np.random.default_rng(seed))
        found[name] = replace(one, occupations=_compared(own, mine, told, seed))
    return found


def _measured(lists: Lists, facts: ItemFacts) -> dict[str, FloatArray]:
    """Return the measures that somebody's list speaks of; instead of the share of empty lists that of answered people."""
    told = measures.per_person(lists, facts)
    told["answered"] = 1 - told.pop("empty")
    return {f"{name}@{lists.k}": values for name, values in told.items() if not np.isnan(values).all()}


def _compared(
    own: Occupations | None, lists: Lists, families: Mapping[str, AnyArray | Sequence[str]], seed: int
) -> Stereotypes | None:
    if own is None or "sex" not in families:
        return None
    shown = own.shown(lists)
    if not shown.any():
        return None
    return stereotypes(shown, shares(own.own, MAJOR), list(families["sex"]), MAJOR, np.random.default_rng(seed))


def notes_of(found: Audit, most: int | None = None) -> list[Note]:
    """Return a note for every flagged cell of the figures of `SAID`, the gravest first; without any, one note with the number of ratios.

    The gravest is the one with the lowest ratio, of equal ones that of more people. Of more than `most` flags the others are
    counted in one note; None returns them all.
    """
    flags = sorted((one for one in found.flags if one[1] in SAID), key=lambda one: (one[3].ratio.mean, -one[3].ratio.n))
    ratios = sum(
        not np.isnan(cell.ratio.mean)
        for figures in found.families.values()
        for figure, one in figures.items()
        if figure in SAID
        for cell in one.slices.values()
    )
    if not flags:
        return [Note("audit.no_flag", {"ratios": ratios})]
    said = flags[:most]
    left = [Note("audit.more", {"more": len(flags) - len(said)})] if len(flags) > len(said) else []
    return [
        Note(
            "audit.flag",
            {
                "group": group_name(family, name),
                "best": named(f"slice.{family}", [str(found.families[family][figure].best)]),
                "figure": figure,
                "ratio": f"{cell.ratio.mean:.2f}",
                "low": f"{cell.ratio.low:.2f}",
                "high": f"{cell.ratio.high:.2f}",
                "people": cell.ratio.n,
            },
        )
        for family, figure, name, cell in said
    ] + [*left, Note("audit.by_chance", {"flags": len(flags), "ratios": ratios})]
