"""Evaluation of any table of recommendations, ours or another system's, with or without a data folder."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sqrec.base.arrays import UNKNOWN_TIME, BoolArray, FloatArray, IntArray, KeyArray, keys_of
from sqrec.base.numbers import SEED
from sqrec.cities import load_city
from sqrec.contract import TABLE_OF_KIND, Kind, SplitName
from sqrec.errors import DataError
from sqrec.evaluate.fairness.auditing import Occupations, audits, own_occupations
from sqrec.evaluate.fairness.slices import UNKNOWN, known_families
from sqrec.evaluate.foreign.answers import Answers, TheirLists, answers_of, hits_of, spans_of
from sqrec.evaluate.foreign.background import Background
from sqrec.evaluate.foreign.listtable import DistanceUnit, ListTable, read_lists
from sqrec.evaluate.foreign.unknowable import Told, cannot_know
from sqrec.evaluate.lists.exposure import CATALOGUE_MEASURES
from sqrec.evaluate.lists.lists import FIRST, STRANGER, ItemFacts, Lists
from sqrec.evaluate.lists.measures import measures, self_information
from sqrec.evaluate.lists.ties import TieCheck, tie_check
from sqrec.evaluate.report.evaluation import About, Evaluation, Json, evaluate, unjudged
from sqrec.evaluate.report.report import sentences, write_report
from sqrec.evaluate.report.run import facts_of
from sqrec.evaluate.stats.metrics import Hits
from sqrec.evaluate.stats.published import FEWEST
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.tables import Folder

OTHER = "other"
"""The slice of those whose own slices, by a column of the table, are of few people."""


@dataclass(frozen=True)
class Asked:
    """Hold the options of a report on a table.

    `columns` maps targets to columns, `unit` is that of distances, `split` or `at` (microseconds UTC) the moment from which
    uses count as answers, `ours` the ranker of interest, `city` a city where no folder names one.
    """

    file: Path
    kind: Kind
    columns: Mapping[str, str]
    unit: DistanceUnit | None = None
    split: SplitName | None = None
    at: int | None = None
    ours: str | None = None
    city: str | None = None


def report_on_table(asked: Asked, data: Path | str | None, out: Path) -> list[str]:
    """Write report.html and report.json on a table of recommendations to `out`; return the report's sentences.

    Arguments and errors are those of `evaluation_of_table`.
    """
    table, evaluation = evaluation_of_table(asked, data)
    write_report(evaluation, out)
    told = sentences(evaluation)
    read = f"{asked.file}: rows in {table.rows_in} = accepted {len(table.rows)} + set aside {table.rejected} ({table.encoding})"
    return [read, *map(str, table.problems), *told, *(note.said("en") for note in evaluation.unknowable)]


def evaluation_of_table(asked: Asked, data: Path | str | None) -> tuple[ListTable, Evaluation]:
    """Evaluate lists as they are: their accuracy, their other properties, and both by group.

    Positives are the events of `data` from the held-out moment on (`split`), from `at`, or from each list's own moment; else
    the rows with a column `label`; else none, and only the lists are described. People are those of the table. `unknowable`
    names what these data do not tell. Raises TableError, with all problems, for a table that cannot be used, and DataError
    where the data lack what was asked for.
    """
    folder = None if data is None else read_source(data, _needed(data, asked.kind))
    city = folder.city if folder else load_city(asked.city)
    table = read_lists(asked.file, asked.columns, asked.kind, city.zone, asked.unit)
    ours = asked.ours or table.rankers[0]
    if ours not in table.rankers:
        raise DataError(f"{asked.file} has no ranker {ours!r}; there are {', '.join(table.rankers)}. Name one with --ours.")
    lists = TheirLists(table, Background.of(folder, asked.kind, city))
    lists = replace(lists, answers=answers_of(lists, asked.split, asked.at))
    return table, _evaluated(lists, asked, folder, ours)


def _needed(data: Path | str, kind: Kind) -> list[str]:
    """Return the tables of the contract that say something here, of those that a folder has."""
    names = [TABLE_OF_KIND[kind], "people", "restricted", "events"]
    folder = Path(data) if not isinstance(data, str) or "://" not in data else None
    return [name for name in names if folder is None or list(folder.glob(f"{name}.*"))] or names


def _evaluated(lists: TheirLists, asked: Asked, folder: Folder | None, ours: str) -> Evaluation:
    table, answers, listed = lists.table, lists.answers, lists.listed
    keys = keys_of(table.rows["item_id"])
    hits = {ranker: hits_of(lists, answers, ranker, keys) for ranker in table.rankers} if answers else {}
    answered = {ranker: mine & (hits[ranker].asked if hits else False) for ranker, mine in listed.items()}
    judged = bool(answered[ours].any())
    about = About(asked.kind, answers.held if answers else "nothing", data=_data(table, asked, folder))
    families = _families(lists)
    lengths = {ranker: _median_length(lists, ranker) for ranker in table.rankers}
    evaluation = (
        evaluate(about, hits, families, np.random.default_rng(SEED), ours=ours, listed=listed)
        if judged
        else unjudged(about, listed, answered, lengths, ours)
    )
    facts = _facts(lists)
    shown = {ranker: _shown(lists, ranker) for ranker in table.rankers}
    occupations = _occupations(lists, shown) if "sex" in families else None
    counted = answered if judged else listed
    audited = {
        ranker: audits(hits if judged else {}, {ranker: one}, facts, families, counted[ranker], SEED, occupations)[ranker]
        for ranker, one in shown.items()
        if counted[ranker].any()
    }
    return replace(
        evaluation,
        measures={ranker: _measured(one.take(listed[ranker]), facts, lists) for ranker, one in shown.items()},
        ties=_ties(lists, answers, hits, counted, keys) if answers and judged else {},
        audits=audited,
        unknowable=cannot_know(_told(lists, asked, facts, shown, families, judged=judged)),
    )


def _median_length(lists: TheirLists, ranker: str) -> float:
    """Return the median length of a ranker's lists."""
    mine = lists.table.rows["person_id"][(lists.table.rows["ranker"] == ranker).to_numpy(bool)]
    return float(mine.value_counts().median())


def _ties(
    lists: TheirLists, answers: Answers, hits: Mapping[str, Hits], counted: Mapping[str, BoolArray], keys: KeyArray
) -> dict[str, TieCheck]:
    """Return what ties do to every ranker whose lists stand in the order of their scores."""
    spans = {ranker: spans_of(lists, answers, ranker, keys) for ranker in hits}
    return {
        ranker: tie_check(hits[ranker], told, counted[ranker], np.random.default_rng(SEED))
        for ranker, told in spans.items()
        if told is not None
    }


def _families(lists: TheirLists) -> dict[str, Sequence[str]]:
    """Return every family of which something is known: the table's own columns go before what the data folder tells."""
    told = lists.background.families(lists.people, lists.at) if lists.background.people else {}
    for family, slices in lists.table.families.items():
        named = [slices.get(person, UNKNOWN) for person in lists.people]
        sizes = Counter(named)
        told[family] = [name if name == UNKNOWN or sizes[name] >= FEWEST else OTHER for name in named]
    return known_families(told)


def _shown(lists: TheirLists, ranker: str) -> Lists:
    """Return the first places of a ranker's lists, with minutes and popularity as far as they are known."""
    found = pd.Index(lists.ids).get_indexer(pd.Index(lists.table.rows["item_id"])).astype(np.int64)
    rows = [mine[:FIRST] for mine in lists.column(ranker, np.where(found < 0, STRANGER, found))]
    return Lists.of(rows, _minutes(lists, ranker, rows), _information(lists, rows))


def _minutes(lists: TheirLists, ranker: str, rows: Sequence[IntArray]) -> list[FloatArray]:
    """Return minutes on foot: the table's own, metres turned into minutes, or those between the points of the data folder."""
    if "minutes" not in lists.table.tells:
        return lists.background.walk(lists.people, lists.at, rows)
    told = [mine[:FIRST] for mine in lists.column(ranker, lists.table.rows["distance"].to_numpy(np.float64))]
    if lists.table.unit == "minutes":
        return told
    metres = 1000.0 if lists.table.unit == "km" else 1.0
    paces = [lists.background.pace(person, at) for person, at in zip(lists.people, lists.at.tolist(), strict=True)]
    walk = StraightLine.of(lists.background.city)
    return [walk.minutes(mine * metres, pace) for mine, pace in zip(told, paces, strict=True)]


def _information(lists: TheirLists, rows: Sequence[IntArray]) -> list[FloatArray] | None:
    """Return how little each item was used before the local midnight of the list's moment, bits."""
    background = lists.background
    if not len(background.events) or background.items is None:
        return None
    places = {int(key): row for row, key in enumerate(keys_of(lists.ids))}
    times = background.times_used(places, lists.at)
    midnights = background.city.midnights(np.maximum(lists.at, 0))
    unknown = lists.at == UNKNOWN_TIME
    return [
        np.full(len(mine), np.nan) if nowhen else self_information(times[int(midnight)], mine)
        for mine, midnight, nowhen in zip(rows, midnights, unknown, strict=True)
    ]


def _facts(lists: TheirLists) -> ItemFacts:
    """Return what measures read of the items; wages are the table's where the data folder knows none."""
    facts = lists.background.facts(lists.at) or ItemFacts.unknown(len(lists.ids))
    if "wage" not in lists.table.tells:
        return facts
    rows = lists.table.rows.dropna(subset=["wage"]).drop_duplicates("item_id").set_index("item_id")["wage"]
    told = rows.reindex(pd.Index(lists.ids)).to_numpy(np.float64)
    return replace(facts, wage=told if facts.wage is None else np.where(np.isnan(facts.wage), told, facts.wage))


def _measured(shown: Lists, facts: ItemFacts, lists: TheirLists) -> dict[str, Any]:
    """Return what lists are like; of the catalogue only where there is one, of openings only where somebody counted them."""
    found = measures(shown, facts, np.random.default_rng(SEED))
    names = {f"{name}@{shown.k}" for name in CATALOGUE_MEASURES}
    return {name: one for name, one in found.items() if name not in names or lists.background.items is not None}


def _occupations(lists: TheirLists, shown: Mapping[str, Lists]) -> Occupations | None:
    """Return occupation groups of the items that stand in first places, and of everybody's own."""
    background = lists.background
    if background.items is None or "occupation" not in background.items:
        return None
    seen: BoolArray = np.zeros(len(lists.ids), dtype=bool)
    for one in shown.values():
        seen[one.item[one.item >= 0]] = True
    people = [background.known(person, int(at)) for person, at in zip(lists.people, lists.at, strict=True)]
    return Occupations(background.occupations(seen), own_occupations(people))


def _data(table: ListTable, asked: Asked, folder: Folder | None) -> dict[str, Json]:
    """Return what the report says about the table and the data folder."""
    rows = {"in": table.rows_in, "accepted": len(table.rows), "rejected": table.rejected}
    mapped = {target: asked.columns.get(target, target) for target in sorted(table.tells)}
    told = {"table": asked.file.name, "encoding": table.encoding, "rows_of_table": rows, "columns": mapped}
    problems = {problem.rule: {"rows": problem.rows, "set_aside": problem.rejects} for problem in table.problems}
    return told | {"problems": problems} | ({} if folder is None else dict(facts_of(folder)))


def _told(
    lists: TheirLists,
    asked: Asked,
    facts: ItemFacts,
    shown: Mapping[str, Lists],
    families: Mapping[str, Sequence[str]],
    *,
    judged: bool,
) -> Told:
    """Gather what decides which sentences of "cannot know" are said."""
    background = lists.background
    people = {person for person in lists.people if person not in background.people}
    first = next(iter(shown.values()))
    return Told(
        kind=asked.kind,
        held=lists.answers.held if lists.answers else None,
        judged=judged,
        data=bool(background.ids or background.people or len(background.events)),
        moments=bool((lists.at != UNKNOWN_TIME).any()),
        strangers=len(people) if background.people else 0,
        unlisted=lists.answers.unlisted if lists.answers else 0,
        unknown_items=len(set(lists.table.rows["item_id"]) - set(lists.ids)),
        families=tuple(families),
        catalogue=background.items is not None,
        openings=bool((~np.isnan(facts.openings)).any()),
        minutes=bool((~np.isnan(first.minutes)).any()),
        metres=lists.table.unit != "minutes" and "minutes" in lists.table.tells,
        detour=background.city.detour,
        wage=facts.wage is not None and not bool(np.isnan(facts.wage).all()),
    )
