"""Train: tables → split → rows → ranker → baselines → MLflow run → bundle. Read `main` from top to bottom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import typer

from features import (
    AMENITY_FAMILIES,
    AMENITY_REASONS,
    AMENITY_REPEATS,
    AMENITY_REQUIREMENTS,
    AMENITY_ROWS,
    AMENITY_TOLD,
    COURSE_FAMILIES,
    COURSE_REASONS,
    COURSE_REQUIREMENTS,
    COURSE_ROWS,
    COURSE_TOLD,
    JOB_FAMILIES,
    JOB_REASONS,
    JOB_REQUIREMENTS,
    JOB_ROWS,
    JOB_TOLD,
    KEY_GROUPS,
    PROFILE,
)
from sqrec import bundle as bundles
from sqrec.base.arrays import AnyArray, BoolArray
from sqrec.base.numbers import SEED
from sqrec.bundle import Bundle
from sqrec.bundle.kinds import KindParts
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.trust import learnt_from
from sqrec.contract import KINDS, TABLE_OF_KIND, Kind, SplitName
from sqrec.errors import DataError, SqrecError
from sqrec.evaluate import split
from sqrec.evaluate.promotion.drift import Shape
from sqrec.evaluate.report.run import fingerprint
from sqrec.profile import Profiler
from sqrec.rank import Boosted, Linear, Recommender, Reference
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.tables import Folder
from sqrec.texts import built_in_texts
from training.boosters import booster_text
from training.choosing import Chooser, choose, ndcg_of, teaches_more
from training.doors import code_version, complain, console, keep_home, now
from training.fitting import AVERAGED, fit, fit_mean
from training.locks import pointer_held
from training.logged import ShownLists
from training.overlap import PERSONAL, overlap_before
from training.places import fall_beside
from training.plain import beside_plain, plain_of, plain_on, with_plain
from training.propensity import Exposure
from training.refusals import check_learnt, check_trees, check_usable
from training.rows import MOST_LEARNT, MOST_TRIED, compared, learning_rows
from training.served import fit_serving, tell
from training.several import Several, Untrainable, train_each
from training.study import study
from training.trained import Trained
from training.words import fit_words, untrained

_untrained = partial(KindParts, booster=None, words=Linear.nothing(), split="none")
DECLARED: Mapping[Kind, KindParts] = {
    "job": _untrained(JOB_ROWS, reasons=JOB_REASONS, requirements=JOB_REQUIREMENTS, families=JOB_FAMILIES, told=JOB_TOLD),
    "course": _untrained(
        COURSE_ROWS, reasons=COURSE_REASONS, requirements=COURSE_REQUIREMENTS, families=COURSE_FAMILIES, told=COURSE_TOLD
    ),
    "amenity": _untrained(
        AMENITY_ROWS,
        reasons=AMENITY_REASONS,
        requirements=AMENITY_REQUIREMENTS,
        repeats=AMENITY_REPEATS,
        families=AMENITY_FAMILIES,
        told=AMENITY_TOLD,
    ),
}
"""The declarations of `features/` for each kind, before training."""

SEEDS = tuple(range(SEED, SEED + AVERAGED))
"""The seeds of the boosters whose mean is the ranker."""


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    kind: Annotated[Literal["job", "course", "amenity", "all"], typer.Option(help="what to rank")] = "all",
    split_name: Annotated[SplitName, typer.Option("--split", help="what to hold out")] = "time",
    bundle: Annotated[Path | None, typer.Option(help="a bundle folder whose kind is replaced")] = None,
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
    *,
    studied: Annotated[
        bool, typer.Option("--study/--no-study", help="find out which columns carry, and what more questions bring (minutes)")
    ] = True,
    refusal: Annotated[int, typer.Option(help="the exit code where no kind can be trained")] = 1,
) -> None:
    """Train rankers on a data folder, log a run per kind, and write a bundle."""
    try:
        folder = read_source(data)
        several, written = train_kinds(kinds_of(kind, folder), split_name, folder, bundle, var, studied=studied)
        for one in several.trained:
            tell(one.kind, one.serving, console)
        track(several.trained, written, folder, var)
    except Untrainable as problem:
        raise typer.Exit(refusal) from problem
    except SqrecError as problem:
        complain(str(problem))
        raise typer.Exit(1) from problem
    typer.echo(written)


def train_kinds(
    kinds: Iterable[Kind],
    split_name: SplitName,
    folder: Folder,
    into: Path | None,
    var: Path,
    choosers: Mapping[Kind, Chooser] | None = None,
    *,
    studied: bool = False,
) -> tuple[Several, Path]:
    """Train the kinds that can be trained, write their bundle (`write_bundle`), print what happens to the others; return both.

    `choosers` choose the settings, by kind; the grid's best otherwise. Raises Untrainable, after every reason was printed, where
    no kind can be trained.
    """
    profiler, by = fitted(folder), choosers or {}
    snapshot = Snapshot.of(folder, profiler)
    studied = studied and split_name != "none"
    several = train_each(
        kinds,
        lambda one: train_kind(
            one, split_name, profiler, folder, snapshot, log_of(folder, one, var), by.get(one, choose), studied=studied
        ),
        complain,
    )
    without = () if into else tuple(several.refused)
    written = write_bundle(*bundle_of(several.trained, profiler, folder, without), into, var)
    for outcome in several.outcomes(written):
        complain(outcome)
    return several, written


def fitted(folder: Folder) -> Profiler:
    """Fit the profile to the items of a folder, independent of the kind: the same data give the same `city/`."""
    return PROFILE.fit(_item_tables(folder), folder.tables.get("skills"))


def train_kind(
    kind: Kind,
    split_name: SplitName,
    profiler: Profiler,
    folder: Folder,
    snapshot: Snapshot,
    log: ShownLists | None = None,
    chooser: Chooser = choose,
    *,
    studied: bool = False,
) -> Trained:
    """Choose settings on the selection questions, then train on everything that is not held out.

    With a `log` of shown lists its rows are learnt from. Drawn items beside the same uses join them where the kind repeats,
    where lists are personal and so say nothing of other items (settings are then compared on drawn items), and where that has
    the higher ndcg@10 on the comparison rows. If `studied`, ablations and a learning curve are measured for the report.
    """
    declared = DECLARED[kind]
    names, monotone = declared.rows.names, tuple(column.monotone for column in declared.rows.columns)
    repeats = declared.repeats
    recommender = Recommender(
        profiler, folder.city, StraightLine.of(folder.city), {kind: declared.rows}, {}, {}, frozenset({kind} if repeats else ())
    )
    check_usable(kind, snapshot)
    division = split(snapshot.events, kind, split_name, repeats=repeats)
    rows_of = partial(learning_rows, recommender, snapshot, kind, log=log, repeats=repeats)
    overlap = None if log is None or repeats else overlap_before(recommender, snapshot, kind, division.chosen, log)
    personal = overlap is not None and overlap < PERSONAL
    compare = compared(recommender, snapshot, kind, division, None if personal else log, repeats=repeats)
    joined = repeats or personal
    learn = rows_of(division.chosen, stream=1, most=MOST_TRIED, joined=joined)
    check_learnt(kind, split_name, learn, compare)
    if log is not None and not joined:
        more = rows_of(division.chosen, stream=1, most=MOST_TRIED, joined=True)
        learn, joined = (more, True) if teaches_more(more, learn, compare, names, monotone, SEED) else (learn, False)
    words = fit_words(kind, compare, names, monotone)
    choice = chooser(learn, compare, names, monotone, SEED)
    settings = replace(choice.settings, examined_fall=fall_beside(learn))
    final = rows_of(division.kept, stream=2, most=MOST_LEARNT, joined=joined)
    whole = settings.for_more(len(learn.sizes), len(final.sizes))
    own = fit_mean(final, names, monotone, whole, SEEDS)
    plain = plain_of(recommender, snapshot, kind, division.kept, log, repeats=repeats, joined=joined)
    earlier, beside = beside_plain(fit(learn, names, monotone, settings, SEED), plain_on(learn, kind, names), compare, names)
    booster = with_plain(own, plain.ranker.booster, names, beside)
    check_trees(kind, booster, final)
    # Costs are measured with a ranker that has not learnt from the questions they are measured on.
    before = Boosted.of_text(booster_text(earlier))
    exposure = Exposure(log, settings.examined_fall)
    serving = fit_serving(recommender, before, snapshot, kind, division, np.random.default_rng([SEED, 4]), exposure)
    known = events_of_kind(snapshot, kind)
    return Trained(
        kind=kind,
        parts=replace(
            declared,
            booster=booster_text(booster),
            words=words,
            split=split_name,
            serving=serving.serving if serving else None,
        ),
        settings=whole,
        trials=choice.trials,
        words_ndcg=ndcg_of(compare, words),
        importances=dict(zip(names, booster.feature_importance("gain").tolist(), strict=True)),
        events=np.sort(snapshot.events.event[division.kept & snapshot.feeds(snapshot.events)]),
        seen=np.sort(snapshot.events.event[known]),
        newest=int(snapshot.events.at[known].max()),
        shape=Shape.of(final.rows),
        example=pd.DataFrame(final.rows[:5], columns=list(names)),
        study=study(learn, compare, declared.rows, words, settings, booster, SEED) if studied else None,
        plain=plain,
        serving=serving,
        overlap=overlap,
        joined=joined,
        beside=beside,
    )


def log_of(folder: Folder, kind: Kind, var: Path) -> ShownLists | None:
    """Read the shown lists of a kind: a store's log, or the impressions of a folder; None without any."""
    return ShownLists.read(folder.path, learnt_from(folder), kind, DECLARED[kind].rows, var / "bundles")


def bundle_of(
    trained: Sequence[Trained], profiler: Profiler, folder: Folder, without: Sequence[Kind] = ()
) -> tuple[Bundle, dict[str, AnyArray]]:
    """Return the trained kinds, and others `without` a ranker, as a bundle, and the arrays of its provenance."""
    kinds: dict[Kind, KindParts] = {kind: untrained(kind, DECLARED[kind]) for kind in without}
    kinds |= {one.kind: one.parts for one in trained}
    made = {
        "created": now(),
        "code_version": code_version(),
        "data": fingerprint(folder),
    }
    provenance = {one.kind: made | one.origin(folder) for one in trained}
    arrays = {f"{one.kind}_{name}": array for one in trained for name, array in one.arrays().items()}
    plains: dict[Kind, Reference] = {one.kind: one.plain for one in trained}
    return Bundle(profiler, folder.city, built_in_texts(), kinds, KEY_GROUPS, provenance=provenance, references=plains), arrays


def write_bundle(fresh: Bundle, arrays: Mapping[str, AnyArray], into: Path | None, var: Path) -> Path:
    """Write a trained bundle and return its folder.

    A fresh one goes to `var/bundles` and becomes current unless the current one was promoted; with `into` the kinds are
    replaced in that folder and no pointer moves. Raises BundleError where the folder's `city/` is another one.
    """
    if into:
        whole = bundles.beside(into, fresh) if into.exists() else fresh
        bundles.save(whole, into, {**bundles.arrays_of(into), **arrays})
        return into
    written = bundles.save_by_hash(fresh, var / "bundles", arrays)
    with pointer_held(var):
        if not bundles.is_promoted(var / "bundles"):
            bundles.point_to(var / "bundles", written.name, promoted=False)
    return written


def track(
    trained: Sequence[Trained], written: Path, folder: Folder, var: Path, studies: Mapping[Kind, str] | None = None
) -> dict[Kind, str]:
    """Log a run per kind, register its model, and return the runs' ids; `studies` are the parent runs."""
    keep_home()
    from training.tracking import track_run

    source = str(folder.path.resolve() if isinstance(folder.path, Path) else folder.path)
    return {one.kind: track_run(one, written, source, var, (studies or {}).get(one.kind)) for one in trained}


def events_of_kind(snapshot: Snapshot, kind: Kind) -> BoolArray:
    """Mark the events of a kind that may feed training, shape (events,)."""
    return (snapshot.events.kind == KINDS.index(kind)) & snapshot.feeds(snapshot.events)


def _item_tables(folder: Folder) -> dict[Kind, pd.DataFrame]:
    return {kind: folder.tables[table] for kind, table in TABLE_OF_KIND.items() if kind in DECLARED and table in folder.tables}


def kinds_of(kind: Kind | Literal["all"], folder: Folder) -> list[Kind]:
    """Return the kinds to train. Raises DataError where the folder or `features/` lacks what is asked for."""
    there = list(_item_tables(folder))
    if not there or kind not in {"all", *there}:
        raise DataError(f"{folder.path} has no table of items to rank ({kind}); ranked are {', '.join(DECLARED)}.")
    return there if kind == "all" else [kind]


if __name__ == "__main__":
    typer.run(main)
