"""Sixty people of the small city who take the jobs that are near: what a booster can learn and the words baseline cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.reach.walk import StraightLine
from sqrec.source import read_source
from sqrec.tables import Folder
from tests.support import tiny
from training import rows as learnt
from training import train
from training.fitting import fit
from training.instead import plain_parts
from training.settings import Settings
from training.trained import Trained

PEOPLE = 60
NEAR = 8
"""Everybody takes one of so many nearest jobs."""


def people() -> list[dict[str, Any]]:
    """Return sixty people of four education levels and many ages, all over the place."""
    rng = np.random.default_rng(3)
    return [
        {
            "person_id": f"p{i:02d}",
            "birth_month": f"{1960 + i % 45}-0{1 + i % 9}",
            "education": ("71", "61", "31", "21")[i % 4],
            "desired": tiny.TITLES[i % 10],
            "wage_min": 3000 + 20 * i,
            "lon": 120.355 + 0.0245 * rng.random(),
            "lat": 36.083 + 0.012 * rng.random(),
            "area": "370203022" if i % 2 else "370213001",
        }
        for i in range(PEOPLE)
    ]


def events(n: int = 600) -> list[dict[str, Any]]:
    """Return events, one an hour from the first of July 2026; more of them begin with the same ones."""
    rng, everybody = np.random.default_rng(5), people()
    open_ones = [job for job in tiny.jobs() if job["lon"] and int(job["job_id"][1:]) < 36]
    spots = np.array([[job["lon"], job["lat"]] for job in open_ones])
    rows: list[dict[str, Any]] = []
    for number in range(n):
        person = everybody[int(rng.integers(PEOPLE))]
        away = np.hypot((spots[:, 0] - person["lon"]) * 0.8, spots[:, 1] - person["lat"])
        job = open_ones[int(np.argsort(away)[int(rng.integers(NEAR))])]
        at = np.datetime64("2026-07-01T00:00") + np.timedelta64(number * 60 + int(rng.integers(50)), "m")
        event = str(rng.choice(["view", "save", "apply"]))
        rows.append(
            {
                "event_id": f"v{number}",
                "person_id": person["person_id"],
                "kind": "job",
                "item_id": job["job_id"],
                "event": event,
                "at": f"{at}:00Z",
            }
        )
    return rows


def write(folder: Path, n: int = 600, **more: Sequence[Mapping[str, Any]]) -> Path:
    """Write the city with so many events; other tables by name."""
    return tiny.write(folder, {"jobs": tiny.jobs(), "people": people(), "events": events(n), **more})


def enter(trained: Trained, folder: Folder, var: Path, without: Sequence[Kind] = (), **arrays: Any) -> str:
    """Enter a trained ranker as a run, with other arrays than its own, and return the run's id; no pointer moves.

    Its bundle has other kinds `without` a ranker as well.
    """
    fresh, own = train.bundle_of([trained], train.fitted(folder), folder, without)
    written = train.bundles.save_by_hash(fresh, var / "bundles", {**own, **arrays})
    return train.track([trained], written, folder, var)["job"]


def trained_on(data: Path) -> tuple[Trained, Folder]:
    """Train jobs, each person's last one held out."""
    folder = read_source(data)
    profiler = train.fitted(folder)
    return train.train_kind("job", "last", profiler, folder, Snapshot.of(folder, profiler)), folder


def otherwise_said(trained: Trained) -> Trained:
    """Return the same ranker with one reason fewer to tell: another bundle with the same lists."""
    return replace(trained, parts=replace(trained.parts, reasons=trained.parts.reasons[:-1]))


def level_with_plain(trained: Trained) -> Trained:
    """Return a ranker that makes the very lists of its plain baseline: the same trees, in a text that is not the same."""
    parts = plain_parts(trained.parts, trained.plain)
    names = list(parts.rows.names)
    example = pd.DataFrame(np.zeros((5, len(names))), columns=names)
    return replace(trained, parts=replace(parts, booster=f"{parts.booster}\n"), example=example)


def useless(trained: Trained, folder: Folder) -> Trained:
    """Return the same with trees that take a job for the better one the farther away it is."""
    profiler = train.fitted(folder)
    snapshot = Snapshot.of(folder, profiler)
    rows = learnt.learning_rows(
        train.Recommender(profiler, folder.city, StraightLine.of(folder.city), {"job": trained.parts.rows}, {}, {}),
        snapshot,
        "job",
        train.events_of_kind(snapshot, "job"),
        1,
        200,
    )
    names = trained.parts.rows.names
    minutes = np.nan_to_num(rows.rows[:, names.index("minutes")])
    fifth = np.digitize(minutes, np.quantile(minutes, [0.2, 0.4, 0.6, 0.8]))
    few = Settings(num_leaves=7, feature_fraction=1.0, rounds=10)
    booster: lgb.Booster = fit(replace(rows, label=fifth.astype(np.int64)), names, (0,) * len(names), few, 1)
    return replace(trained, parts=replace(trained.parts, booster=train.booster_text(booster)))
