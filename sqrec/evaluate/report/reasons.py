"""Reasons in lists: their number, their codes, and whether the family with the greatest gain is given."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from sqrec.base.arrays import FloatArray, IntArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.stats.compare import Interval, share_of_means
from sqrec.evaluate.stats.published import FEWEST
from sqrec.evaluate.stats.split import Questions
from sqrec.rank import Boosted, Ranking, Recommender
from sqrec.rank.reasons import MOST, Family
from sqrec.rank.telling import OTHERS, Speech, gains_of, settled, tell, unspoken
from sqrec.rank.view import View

LISTS, SIGNED_LISTS = 500, 15
"""How many of a report's lists are looked at, and how many of these TreeSHAP weighs, which costs a hundred times as much."""


@dataclass(frozen=True)
class ToldList:
    """Count what one list says.

    `numbers[n]` items have n reasons, `codes[code]` carry a code. Of the items that trees scored: `raised` have a family that raised
    them and may be said, `largest_said` are told by the largest of these; `never` items were raised most by a family that is never said,
    `unremarkable` by one that is only said of what stands out, `silent` by nothing that may be said. `without_gain` reasons are of families
    that did not raise the score; `unsaid` are the largest families that may be said and are not.
    """

    items: int
    scored: int
    numbers: Counter[int]
    codes: Counter[str]
    raised: int = 0
    largest_said: int = 0
    never: int = 0
    unremarkable: int = 0
    silent: int = 0
    without_gain: int = 0
    unsaid: Counter[str] = field(default_factory=Counter[str])


def told_list(speech: Speech, codes: Sequence[Sequence[str]], gains: FloatArray | None) -> ToldList:
    """Hold the reasons of a list's items against what each family added to their scores (`gains_of`; None: no trees scored)."""
    family = {one.code: one.family for one in speech.reasons}
    numbers, carried = Counter(map(len, codes)), Counter(code for some in codes for code in some)
    if gains is None:
        return ToldList(len(codes), 0, numbers, carried)
    found, unsaid = Counter[str](), Counter[str]()
    for some, mine in zip(codes, gains, strict=True):
        said = [family[code] for code in some if code in family]
        gain = dict(zip((one.name for one in speech.families), mine.tolist(), strict=False))
        marks, largest = _marks(_raising(speech, mine), set(said))
        found.update(marks)
        found["without_gain"] += sum(gain[name] <= 0 for name in said)
        unsaid.update(() if largest is None or largest in said else (largest,))
    return ToldList(len(codes), len(codes), numbers, carried, unsaid=unsaid, **found)


def _raising(speech: Speech, gains: FloatArray) -> list[Family]:
    """Return the families that raised an item, the greatest first."""
    families = (*speech.families, OTHERS)
    return [families[place] for place in np.argsort(-gains, kind="stable").tolist() if gains[place] > 0]


def _marks(raising: Sequence[Family], said: set[str]) -> tuple[list[str], str | None]:
    """Return what an item counts for, and the largest family that may be said of it."""
    marks = [
        name
        for name, how in (("never", "never"), ("unremarkable", "outstanding"))
        if raising and raising[0].said == how and raising[0].name not in said
    ]
    largest = next((one.name for one in raising if one.said == "always" or one.name in said), None)
    if largest is None:
        return [*marks, "silent"], None
    return [*marks, "raised", *(["largest_said"] if largest in said else [])], largest


@dataclass(frozen=True)
class Signs:
    """Count, by family, of how many items the path gave it a part of the score, and of how many TreeSHAP gives that another sign."""

    compared: IntArray
    differ: IntArray


def signs_of(speech: Speech, ranking: Ranking, shown: IntArray, gains: FloatArray) -> Signs | None:
    """Hold what the path added against TreeSHAP, both beside their mean over the candidates; None where no trees scored."""
    if not isinstance(ranking.by, Boosted) or not len(shown):
        return None
    rows, size = ranking.scene.rows, len(speech.families) + 1
    shares = ranking.by.contributions(rows)[:, :-1]
    together = np.zeros((len(shares), size))
    for place, columns in enumerate(speech.columns_of):
        together[:, place] = shares[:, columns].sum(axis=1)
    together[:, -1] = shares.sum(axis=1) - together[:, :-1].sum(axis=1)
    other = settled((together - together.mean(axis=0))[shown], unspoken(speech, rows, shown))
    used = gains != 0
    return Signs(used.sum(axis=0), (used & ((gains > 0) != (other > 0))).sum(axis=0))


@dataclass(frozen=True)
class SaidInLists:
    """Hold what is said in a sample of a report's lists, as shares of their items; lists are drawn whole, `n` of an interval is lists.

    `numbers` are by number of reasons. `largest_said` is of items with a family that raised them and may be said; `largest_never` and
    `largest_unremarkable` of all items that trees scored (as `ToldList` has them), `silent` likewise. `codes` are those of ten
    lists or more. `signs_differ` is by family over `signed` lists, `without_gain` a number of reasons.
    """

    lists: int
    items: int
    reasons: int
    without_gain: int
    numbers: Mapping[str, Interval]
    largest_said: Interval
    largest_never: Interval
    largest_unremarkable: Interval
    silent: Interval
    codes: Mapping[str, Interval]
    signed: int
    signs_differ: Mapping[str, Interval]

    @classmethod
    def of(cls, told: Sequence[ToldList], signs: Sequence[Signs], families: Sequence[str], seed: int) -> Self:
        """Take counted lists; `families` name the parts of `signs`."""
        items, scored = [one.items for one in told], [one.scored for one in told]
        carried = Counter(code for one in told for code in one.codes)
        numbers = {str(n): _share([one.numbers[n] for one in told], items, seed) for n in range(MOST + 1)}
        codes = {
            code: _share([one.codes[code] for one in told], items, seed) for code, lists in carried.items() if lists >= FEWEST
        }
        differ = {
            name: _share([one.differ[place] for one in signs], [one.compared[place] for one in signs], seed)
            for place, name in enumerate(families)
            if any(one.compared[place] for one in signs)
        }
        return cls(
            len(told),
            sum(items),
            sum(one.codes.total() for one in told),
            sum(one.without_gain for one in told),
            numbers,
            _share([one.largest_said for one in told], [one.raised for one in told], seed),
            _share([one.never for one in told], scored, seed),
            _share([one.unremarkable for one in told], scored, seed),
            _share([one.silent for one in told], scored, seed),
            dict(sorted(codes.items(), key=lambda one: -one[1].mean)),
            len(signs),
            differ,
        )


def said_in_lists(
    recommender: Recommender, snapshot: Snapshot, kind: Kind, questions: Questions, speech: Speech, seed: int
) -> SaidInLists | None:
    """Ask for some of the questions' lists once more, as they are served, and count what they say; None without any list."""
    told, signs = list[ToldList](), list[Signs]()
    for ranking in _rankings(recommender, snapshot, kind, questions):
        shown = ranking.order[:FIRST]
        view = View.of(snapshot, ranking.scene.profile, kind, ranking.scene.pairs.take(shown), recommender.city)
        gains = gains_of(speech, ranking, shown)
        told.append(told_list(speech, [one.reasons for one in tell(speech, ranking, shown, view)], gains))
        found = signs_of(speech, ranking, shown, gains) if gains is not None and len(signs) < SIGNED_LISTS else None
        signs += [found] if found else []
    return SaidInLists.of(told, signs, [*(one.name for one in speech.families), "others"], seed) if told else None


def _rankings(recommender: Recommender, snapshot: Snapshot, kind: Kind, questions: Questions) -> Iterator[Ranking]:
    """Yield the served lists of questions taken evenly; a question that the law leaves unanswered has none."""
    places = np.unique(np.linspace(0, len(questions) - 1, min(LISTS, len(questions))).round().astype(np.int64))
    profiles = snapshot.ask(recommender.profiler, questions.person[places], questions.at[places])
    for place in range(len(places)):
        with suppress(RequestError):
            yield recommender.recommend(profiles.row(place), kind, snapshot, recommender.served(kind), FIRST)


def _share(part: Sequence[int], whole: Sequence[int], seed: int) -> Interval:
    """Return the share with its interval; lists without any of the whole say nothing of it."""
    ours, theirs = np.array(part, np.float64), np.array(whole, np.float64)
    return share_of_means(ours[theirs > 0], theirs[theirs > 0], np.random.default_rng(seed))
