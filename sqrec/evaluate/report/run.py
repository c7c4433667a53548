"""Evaluation of a bundle: rankings for held-out people, metrics, report."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sqrec import bundle as bundles
from sqrec.base.arrays import KeyArray
from sqrec.base.numbers import SEED
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import TABLE_OF_KIND, Kind, SplitName
from sqrec.errors import DataError
from sqrec.evaluate.fairness.audit import Audit
from sqrec.evaluate.fairness.auditing import Occupations, audits, groups_of_keys, own_occupations
from sqrec.evaluate.fairness.proxies import sex_proxy
from sqrec.evaluate.fairness.slices import audited_slices, gap_names, history_names, known_families
from sqrec.evaluate.lists.heldout import Outcome, ask_any_use, ask_held_out
from sqrec.evaluate.lists.lists import Lists
from sqrec.evaluate.lists.measures import measures
from sqrec.evaluate.lists.oracle import Utilities, oracle_report
from sqrec.evaluate.lists.servingcost import ServingCost
from sqrec.evaluate.lists.ties import TieCheck, tie_check
from sqrec.evaluate.lists.tradeoff import tradeoff_of
from sqrec.evaluate.logs.offpolicy import OffPolicy
from sqrec.evaluate.logs.overrides import overrides_of
from sqrec.evaluate.plausible import Yardstick
from sqrec.evaluate.plausible.inlists import with_grades
from sqrec.evaluate.promotion.champion import champion_of
from sqrec.evaluate.promotion.looks import note_look
from sqrec.evaluate.report.evaluation import PLAIN, About, Evaluation, Figures, evaluate
from sqrec.evaluate.report.quality import quality_of
from sqrec.evaluate.report.reasons import said_in_lists
from sqrec.evaluate.report.report import sentences, write_report
from sqrec.evaluate.report.study import Study
from sqrec.evaluate.stats.metrics import Hits
from sqrec.evaluate.stats.notes import Note
from sqrec.evaluate.stats.split import Split, held_events, split
from sqrec.rank import Linear, OnRows, Random, Ranker, Recommender
from sqrec.source import is_store, read_source
from sqrec.tables import Folder

OWN_FIRST = 1e6
"""The weight of an own earlier visit beside popularity: more than all visits of everybody."""


def report_on(
    data: Path | str,
    kind: Kind,
    bundle: Path | None,
    name: SplitName | None,
    out: Path,
    bundles_folder: Path,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> list[str]:
    """Write report.html, report.json and recommendations.parquet to `out`; return the report's sentences.

    Arguments and errors are those of `evaluation_of`.
    """
    evaluation, outcome = evaluation_of(data, kind, bundle, name, bundles_folder, watched)
    write_report(evaluation, out)
    outcome.lists.to_parquet(out / "recommendations.parquet", index=False)
    return sentences(evaluation)


def evaluation_of(
    data: Path | str,
    kind: Kind,
    bundle: Path | None,
    name: SplitName | None,
    bundles_folder: Path,
    watched: Callable[[Iterable[int]], Iterable[int]] = lambda rows: rows,
) -> tuple[Evaluation, Outcome]:
    """Ask a bundle's recommender for held-out people; return every figure of the report, and what came of each question.

    `data` is a data folder, or the address of a store; without `bundle` the current one of `bundles_folder` is asked.

    On the data that the bundle was trained on, its own split holds; on other data `name` is required and the
    ranker stays as it is. Raises DataError where that is not so, or where the bundle has learnt from a held-out event.
    """
    folder = read_source(data)
    where = bundle or bundles.current(bundles_folder)
    loaded = bundles.load(where)
    snapshot = Snapshot.of(folder, loaded.profiler)
    division = _division(loaded, where, kind, name, folder, snapshot)
    recommender = loaded.recommender()
    rivals = baselines(recommender, kind, loaded)
    utilities = Utilities.of(folder.tables["utilities"], kind) if "utilities" in folder.tables else None
    requirements = loaded.kinds[kind].requirements
    outcome = ask_held_out(recommender, snapshot, kind, division.held, rivals, utilities, watched, requirements)
    outcome = replace(outcome, shown=_graded(outcome, folder, snapshot, kind, recommender))
    champion = champion_of(bundles_folder, loaded, kind, folder, snapshot, division, watched)
    more = {"champion": champion.hits} if champion.hits else {}
    outcome = replace(outcome, hits=_ours_first({**outcome.hits, **more}))
    told = dict(loaded.provenance.get(kind, {}))
    study, serving = told.pop("study", None), told.pop("serving", None)
    about = About(kind, division.name, loaded.name, facts_of(folder), told)
    evaluation = replace(
        _evaluated(outcome, about, folder, snapshot),
        champion=champion.said,
        study=Study.of_json(study) if study else None,
        serving=ServingCost.of_json(serving) if serving else None,
        quality=quality_of(folder, (TABLE_OF_KIND[kind], "people", "events", "restricted")),
        tradeoff=tradeoff_of(outcome, snapshot, kind, recommender, np.random.default_rng(SEED)),
        said=said_in_lists(recommender, snapshot, kind, division.held, loaded.kinds[kind].speech, SEED),
        offpolicy=_off_policy(data, loaded, where, kind, bundles_folder, snapshot, watched),
        overrides=overrides_of(data, folder, kind, np.random.default_rng(SEED)),
        looks=note_look(bundles_folder, about.data["fingerprint"], kind, division.name, loaded.name),
        plain=plain_note(loaded, kind),
    )
    return _with_any_use(evaluation, loaded, where, snapshot, division, watched), outcome


def baselines(recommender: Recommender, kind: Kind, bundle: Bundle) -> dict[str, Ranker | OnRows]:
    """Return the baselines of a trained ranker, on its rows; the plain baseline of the bundle has rows of its own."""
    names, plain = recommender.rows[kind].names, bundle.references.get(kind)
    first: dict[str, Ranker | OnRows] = {PLAIN: plain.on_rows} if plain else {}
    return first | {
        "popularity": Linear.of(names, {"popularity_item": 1.0}),
        "nearest": Linear.of(names, {"minutes": -1.0, "area_match": 1e-3}, {"minutes": 1e4}),
        "words": bundle.kinds[kind].words,
        "random": Random(),
    }


def plain_note(bundle: Bundle, kind: Kind) -> Note | None:
    """Return why a bundle's ranker cannot be compared with its plain baseline; None where it can."""
    if kind not in bundle.references:
        return Note("plain.missing")
    return Note("plain.itself") if bundle.is_plain(kind) else None


def any_use_rivals(recommender: Recommender, kind: Kind, bundle: Bundle) -> dict[str, Ranker | OnRows]:
    """Return the baselines for kinds that repeat: also the items used before, most often first."""
    rivals, plain = baselines(recommender, kind, bundle), bundle.references.get(kind)
    weights = {"own_times": OWN_FIRST, "popularity_item": 1.0}
    for rows in (recommender.rows[kind], *((plain.rows,) if plain else ())):
        if set(weights) <= set(rows.names):
            return rivals | {"own_visits": OnRows(rows, Linear.of(rows.names, weights))}
    return rivals


def _with_any_use(
    evaluation: Evaluation,
    bundle: Bundle,
    where: Path,
    snapshot: Snapshot,
    division: Split,
    watched: Callable[[Iterable[int]], Iterable[int]],
) -> Evaluation:
    """Return an evaluation with what the bundle's rankers are worth for any use, in kinds that repeat."""
    kind, questions = evaluation.about.kind, division.any_use
    if questions is None:
        return evaluation
    answers, question = held_events(snapshot.events, questions)
    known = len(np.unique(question[np.isin(answers, _learnt(where, kind))]))
    if known:
        return replace(evaluation, any_use_left_out=Note("any_use.learnt", {"people": known, "asked": len(questions)}))
    recommender = bundle.recommender()
    hits, refused = ask_any_use(recommender, snapshot, kind, questions, any_use_rivals(recommender, kind, bundle), watched)
    if refused.all():
        return replace(evaluation, any_use_left_out=Note("any_use.nobody", {"asked": len(questions)}))
    return replace(evaluation, any_use=evaluate(evaluation.about, hits, {}, np.random.default_rng(SEED), refused))


def _learnt(where: Path, kind: Kind) -> KeyArray:
    """Return the sorted hashes of the events that a bundle's ranker has learnt from, as far as it says."""
    return bundles.arrays_of(where).get(f"{kind}_events", np.empty(0, np.uint64))


def fingerprint(folder: Folder) -> str:
    """Return a hash over the tables that training reads, not of `restricted`; columns of which nothing is known change nothing."""
    digest = hashlib.sha256()
    for name in ("jobs", "courses", "amenities", "people", "events"):
        if name in folder.tables:
            digest.update(name.encode())
            table = folder.tables[name]
            known = [str(column) for column in table if table[column].notna().any()]
            hashes = pd.util.hash_pandas_object(table[known], index=False).to_numpy()
            digest.update("|".join(known).encode() + hashes.tobytes())
    return digest.hexdigest()


def _graded(outcome: Outcome, folder: Folder, snapshot: Snapshot, kind: Kind, recommender: Recommender) -> Mapping[str, Lists]:
    asked, table = outcome.questions, snapshot.items[kind].table
    profiles = snapshot.ask(recommender.profiler, asked.person, asked.at)
    people = [profiles.raw(row) for row in range(len(asked))]
    return with_grades(outcome.shown, Yardstick.of(kind, table, folder.city, folder.tables.get("skills")), people, asked.at)


def _division(bundle: Bundle, where: Path, kind: Kind, name: SplitName | None, folder: Folder, snapshot: Snapshot) -> Split:
    if kind not in bundle.kinds or kind not in snapshot.items:
        raise DataError(f"Bundle {where} and {folder.path} have no {kind} in common. Train that kind, or name other data.")
    same = bundle.provenance.get(kind, {}).get("data") == fingerprint(folder)
    trained = bundle.kinds[kind].split
    chosen = trained if same and name is None else name
    if chosen is None:
        raise DataError("The bundle was trained on other data: say what to hold out here, SPLIT=time or SPLIT=last.")
    if chosen == "none" or (same and trained == "none"):
        raise DataError(
            "The bundle has learnt from everything in this data: nothing is left to report on. Train with SPLIT=time or last."
        )
    division = split(snapshot.events, kind, chosen, repeats=bundle.kinds[kind].repeats)
    overlap = int(np.isin(held_events(snapshot.events, division.held)[0], _learnt(where, kind)).sum())
    if overlap:
        raise DataError(
            f"The bundle has learnt from {overlap} of the held-out events: report with the split it was trained with ({trained})."
        )
    return division


def _ours_first(hits: Mapping[str, Hits]) -> dict[str, Hits]:
    """Return the rankers in the order in which a reader looks for them."""
    first = [name for name in ("model", "model_served", "champion") if name in hits]
    return {name: hits[name] for name in dict.fromkeys((*first, *hits))}


def _off_policy(
    data: Path | str,
    bundle: Bundle,
    where: Path,
    kind: Kind,
    bundles_folder: Path,
    snapshot: Snapshot,
    watched: Callable[[Iterable[int]], Iterable[int]],
) -> OffPolicy | None:
    """Return what a store's log says of the bundle; a folder has none."""
    if not is_store(data):
        return None
    from sqrec.evaluate.logs.tried import offpolicy_of  # the database library is loaded by those who name a store

    rng = np.random.default_rng(SEED)
    return offpolicy_of(str(data), bundle, kind, bundles_folder, snapshot, _learnt(where, kind), rng, watched=watched)


def _evaluated(outcome: Outcome, about: About, folder: Folder, snapshot: Snapshot) -> Evaluation:
    told = known_families(audited_slices(folder, snapshot, about.kind, outcome.questions))
    slices = {"gap": gap_names(outcome.idle), "history": history_names(outcome.history)} | told
    evaluation = evaluate(about, outcome.hits, slices, np.random.default_rng(SEED), outcome.refused)
    evaluation = replace(evaluation, bands=outcome.bands.bands(SEED) if outcome.bands else ())
    evaluation = replace(evaluation, measures=_measures(outcome), ties=_ties(outcome))
    evaluation = replace(evaluation, audits=_audits(outcome, about.kind, snapshot, slices))
    if "restricted" in folder.tables:
        told = sex_proxy(folder.tables["restricted"], outcome.questions.person, outcome.rows, SEED)
        evaluation = replace(evaluation, proxies=(told,) if told else ())
    if outcome.watch is None:
        return evaluation
    grades, rng = outcome.questions.grades, np.random.default_rng(SEED)
    return replace(evaluation, oracle=oracle_report(outcome.watch, grades, outcome.hits, outcome.history, "model", rng))


def _audits(outcome: Outcome, kind: Kind, snapshot: Snapshot, slices: Mapping[str, Sequence[str]]) -> dict[str, Audit]:
    """Audit the ranker in score order and as served; what sex is told of goes no further than this."""
    questions, items = outcome.questions, snapshot.items[kind]
    occupations = None
    if "occupation" in items.facts and "sex" in slices:
        people = [snapshot.known_at(int(who), int(at)) for who, at in zip(questions.person, questions.at, strict=True)]
        occupations = Occupations(groups_of_keys(items.facts["occupation"][:, 0]), own_occupations(people))
    counted = outcome.hits["model"].asked & ~outcome.refused
    shown = {name: outcome.shown[name] for name in ("model", "model_served")}
    return audits(outcome.hits, shown, outcome.facts, slices, counted, SEED, occupations)


def _measures(outcome: Outcome) -> dict[str, Figures]:
    """Return what every ranker's lists are like, for everybody who was answered; each draws from the same seed."""
    shown = {name: lists.take(~outcome.refused) for name, lists in outcome.shown.items()}
    return {name: measures(lists, outcome.facts, np.random.default_rng(SEED)) for name, lists in shown.items()}


def _ties(outcome: Outcome) -> dict[str, TieCheck]:
    """Return what ties do to every ranker whose scores alone make its order."""
    return {
        name: tie_check(outcome.hits[name], spans, ~outcome.refused, np.random.default_rng(SEED))
        for name, spans in outcome.spans.items()
    }


def facts_of(folder: Folder) -> Mapping[str, Any]:
    """Return the report's facts about the data."""
    return {
        "folder": folder.name,
        "as_of": folder.config.as_of,
        "synthetic": folder.config.synthetic,
        "city": folder.city.name,
        "fingerprint": fingerprint(folder),
        "rows": {name: {"in": r.rows_in, "accepted": r.accepted, "rejected": r.rejected} for name, r in folder.reports.items()},
    }
