"""Train: tables → split → rows → ranker → baselines → MLflow run → bundle. Read `main` from top to bottom."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import lightgbm as lgb
import numpy as np
import pandas as pd
import typer
from rich.console import Console

from features import (
    AMENITY_REASONS,
    AMENITY_REQUIREMENTS,
    AMENITY_ROWS,
    COURSE_REASONS,
    COURSE_REQUIREMENTS,
    COURSE_ROWS,
    JOB_REASONS,
    JOB_REQUIREMENTS,
    JOB_ROWS,
    KEY_GROUPS,
    PROFILE,
)
from sqrec import bundle as bundles
from sqrec.arrays import BoolArray, KeyArray
from sqrec.bundle import Bundle, KindParts
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.columns import TABLE_OF_KIND, Kind
from sqrec.errors import DataError, SqrecError
from sqrec.evaluate import Split, SplitName, split
from sqrec.evaluate.run import fingerprint
from sqrec.profile import Profiler
from sqrec.rank import Linear, Recommender
from sqrec.rank.texts import built_in_texts
from sqrec.tables import Folder
from training.sample import Others, Sample, sample, uses_as_questions
from training.settings import Settings, Trial, best_of, fit, ndcg_of, try_settings
from training.words import fit_words

SEED = 20250530
DRAWN = Others(near=300, far=300)
"""Beside each used item, when learning."""
COMPARED = Others(near=500, far=2500)
"""Beside each used item, when settings are compared: the hard ones, and enough of the rest to rank among."""

DECLARED: Mapping[Kind, KindParts] = {
    "job": KindParts(JOB_ROWS, None, Linear.nothing(), Linear.nothing(), JOB_REASONS, JOB_REQUIREMENTS, "none"),
    "course": KindParts(COURSE_ROWS, None, Linear.nothing(), Linear.nothing(), COURSE_REASONS, COURSE_REQUIREMENTS, "none"),
    "amenity": KindParts(AMENITY_ROWS, None, Linear.nothing(), Linear.nothing(), AMENITY_REASONS, AMENITY_REQUIREMENTS, "none"),
}
"""What `features/` says of each kind, before anything is learnt."""

MOST_LEARNT, MOST_TRIED, MOST_COMPARED = 4_000, 1_500, 600
"""Questions that are drawn of more, for the final ranker, for tried settings, and to compare them: minutes, not hours."""

console = Console(stderr=True)


@dataclass(frozen=True)
class Trained:
    """Hold what training one kind gave; `words_ndcg` is the baseline's ndcg@10 on the comparison questions."""

    kind: Kind
    parts: KindParts
    settings: Settings
    trials: Sequence[Trial]
    words_ndcg: float
    importances: Mapping[str, float]
    events: KeyArray
    example: pd.DataFrame


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    kind: Annotated[Literal["job", "course", "amenity", "all"], typer.Option(help="what to rank")] = "all",
    split_name: Annotated[SplitName, typer.Option("--split", help="what to hold out")] = "time",
    bundle: Annotated[Path | None, typer.Option(help="a bundle folder whose kind is replaced")] = None,
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
) -> None:
    """Train rankers on a data folder, log a run per kind, and write a bundle."""
    try:
        folder = read_source(data)
        profiler = PROFILE.fit(_item_tables(folder), folder.tables.get("skills"))
        snapshot = Snapshot.of(folder, profiler)
        trained = [train_kind(one, split_name, profiler, folder, snapshot) for one in _kinds(kind, folder)]
        written = write_bundle(trained, profiler, folder, bundle, var / "bundles")
        _track(trained, written, fingerprint(folder), var)
    except SqrecError as problem:
        console.print(f"[red]{problem}[/red]")
        raise typer.Exit(1) from problem
    typer.echo(written)


def train_kind(kind: Kind, split_name: SplitName, profiler: Profiler, folder: Folder, snapshot: Snapshot) -> Trained:
    """Choose settings on the selection questions, then train again on everything that is not held out."""
    declared = DECLARED[kind]
    names, monotone = declared.rows.names, tuple(column.monotone for column in declared.rows.columns)
    recommender = Recommender(profiler, folder.city, {kind: declared.rows}, {}, {})
    division = split(snapshot.events, kind, split_name)
    learn = _learnt(recommender, snapshot, kind, division.chosen, stream=1, most=MOST_TRIED)
    compare = _compared(recommender, snapshot, kind, division)
    words = fit_words(kind, compare, names, monotone)
    trials = try_settings(learn, compare, words, names, monotone, SEED)
    settings = best_of(trials)
    final = _learnt(recommender, snapshot, kind, division.kept, stream=2, most=MOST_LEARNT)
    booster = fit(final, words, names, monotone, settings, SEED)
    return Trained(
        kind=kind,
        parts=replace(declared, booster=booster_text(booster), words=words, start=settings.start(words), split=split_name),
        settings=settings,
        trials=trials,
        words_ndcg=ndcg_of(compare, words),
        importances=dict(zip(names, booster.feature_importance("gain").tolist(), strict=True)),
        events=np.sort(snapshot.events.event[division.kept & snapshot.feeds(snapshot.events)]),
        example=pd.DataFrame(final.rows[:5], columns=list(names)),
    )


def write_bundle(trained: Sequence[Trained], profiler: Profiler, folder: Folder, into: Path | None, bundles_folder: Path) -> Path:
    """Write the trained kinds as a bundle and return its folder.

    A fresh one goes to `bundles_folder` and becomes current unless the current one was promoted; with `into` the kinds are
    replaced in that folder and no pointer moves. Raises BundleError where the folder's `city/` is another one.
    """
    kinds: dict[Kind, KindParts] = {one.kind: one.parts for one in trained}
    provenance = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "data": fingerprint(folder),
        "data_as_of": folder.config.as_of,
        "settings": {one.kind: asdict(one.settings) for one in trained},
    }
    fresh = Bundle(profiler, folder.city, built_in_texts(), kinds, KEY_GROUPS, provenance=provenance)
    events = {f"{one.kind}_events": one.events for one in trained}
    if into is None:
        written = bundles.save_by_hash(fresh, bundles_folder, events)
        if not bundles.is_promoted(bundles_folder):
            bundles.point_to(bundles_folder, written.name, promoted=False)
        return written
    if into.exists():
        fresh = replace(fresh, kinds={**bundles.of_same_city(into, fresh).kinds, **kinds})
    bundles.save(fresh, into, bundles.arrays_of(into) | events)
    return into


def booster_text(booster: lgb.Booster) -> str:
    """Return the model text without the settings of the machine it was trained on."""
    text = booster.model_to_string(num_iteration=-1)
    return text[: text.index("\nparameters:")] + "\n"


def code_version() -> str:
    """Return the commit that is checked out, or `unknown` outside a checkout."""
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return asked.stdout.strip()


def _track(trained: Sequence[Trained], written: Path, data: str, var: Path) -> None:
    """Log the runs. MLflow is told not to call home before it is imported: it reads that on import."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    from training.tracking import track_run

    for one in trained:
        track_run(one, written, data, var)


def _learnt(recommender: Recommender, snapshot: Snapshot, kind: Kind, kept: BoolArray, stream: int, most: int) -> Sample:
    """Draw training rows as if only the kept events had ever happened."""
    known = snapshot.with_events(snapshot.events.where(kept & snapshot.feeds(snapshot.events)))
    rng = np.random.default_rng([SEED, stream])
    questions = uses_as_questions(known.events).some(most, rng)
    return sample(recommender, known, kind, questions, DRAWN, rng, "learning rows")


def _compared(recommender: Recommender, snapshot: Snapshot, kind: Kind, division: Split) -> Sample:
    """Draw the rows on which settings are compared: what was held out of `chosen`, never of the report."""
    known = snapshot.with_events(snapshot.events.where(division.kept))
    rng = np.random.default_rng([SEED, 3])
    return sample(recommender, known, kind, division.selection.some(MOST_COMPARED, rng), COMPARED, rng, "comparison rows")


def _item_tables(folder: Folder) -> dict[Kind, pd.DataFrame]:
    return {kind: folder.tables[table] for kind, table in TABLE_OF_KIND.items() if kind in DECLARED and table in folder.tables}


def _kinds(kind: Kind | Literal["all"], folder: Folder) -> list[Kind]:
    """Return the kinds to train. Raises DataError where the folder or `features/` lacks what is asked for."""
    there = list(_item_tables(folder))
    if not there or kind not in {"all", *there}:
        raise DataError(f"{folder.path} has no table of items to rank ({kind}); ranked are {', '.join(DECLARED)}.")
    return there if kind == "all" else [kind]


if __name__ == "__main__":
    typer.run(main)
