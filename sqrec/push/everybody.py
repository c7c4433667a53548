"""Lists for everybody in a store: page by page in constant memory, resumed after a crash."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sqrec.bundle import Bundle
from sqrec.catalogue.attention import Loads
from sqrec.contract import Kind
from sqrec.push.listfile import ending_of, list_file
from sqrec.push.lists import PEOPLE, Tally, check_kind, in_turn, lists_of, loads_of_batch, table_of, taken_up
from sqrec.push.recheck import withheld
from sqrec.rights import Purpose
from sqrec.store import Store
from sqrec.store.jobs import BatchJob, beat, begin, end
from sqrec.store.state import State

_IDS = 10_000
_TALLY = "tally"
Watched = Callable[[Iterable[Sequence[str]]], Iterable[Sequence[str]]]


def recommend_from_store(
    bundle: Bundle,
    store: Store,
    kind: Kind,
    at: int,
    n: int,
    out: Path,
    watched: Watched = lambda pages: pages,
    purpose: Purpose | None = None,
) -> Tally:
    """Write the first `n` items of everybody's served list to a file with the columns of `recommendations`: Parquet or CSV, by its ending.

    The work is a batch job of the store: its versions are those of its beginning, a page of people is a step, and each step
    leaves a file beside `out`, always as Parquet. Run again after a crash, it goes on behind the last step. When the file is put
    together, personal lists of people who have switched off or changed tags meanwhile stay out, and with a `purpose` the lists of
    everybody who is switched off or has given no consent for it. Returns what came of everybody. Raises DataError for another ending before anything begins, StoreError, also where the same job is at work.
    """
    ending_of(out)
    question = {"kind": kind, "n": n, "out": str(out.resolve()), "bundle": bundle.name} | (
        {"purpose": purpose} if purpose else {}
    )
    pinned = {
        "at": at,
        "change": store.catalogue_change(),
        "counted": store.midnight(bundle.city.midnight(at)),
        "people": store.change(),
    }
    job = begin(store, "recommend", "sqrec recommend", question, pinned)
    try:
        tally = _written(bundle, store, job, out, watched)
    except Exception as problem:
        end(store, job, "failed", type(problem).__name__)
        shutil.rmtree(_steps(job, out), ignore_errors=True)
        raise
    end(store, job, "done", str(out))
    return tally


def _written(bundle: Bundle, store: Store, job: BatchJob, out: Path, watched: Watched) -> Tally:
    asked, tally = job.asked, Tally()
    state = State.read(store, bundle.profiler, asked["change"], asked["counted"], bundle.city)
    check_kind(bundle.recommender(), state.snapshot, asked["kind"])
    midnight = bundle.city.midnight(int(asked["at"]))
    given = loads_of_batch(bundle.recommender(), state.snapshot, asked["kind"], midnight)
    steps = _steps(job, out)
    steps.mkdir(parents=True, exist_ok=True)
    for step, ids in enumerate(watched(pages(store, asked["people"], midnight))):
        if step < job.done and _step(steps, step).exists():
            lists = pq.read_table(_step(steps, step))
            tally += _tally_in(lists)
            if given:
                taken_up(given, state.snapshot, asked["kind"], lists)
            continue
        rows, came_of = _lists(bundle, store, state, asked, ids, given)
        fresh = steps / f"fresh.{os.getpid()}"
        pq.write_table(table_of(rows).replace_schema_metadata({_TALLY: json.dumps(asdict(came_of))}), fresh)
        fresh.replace(_step(steps, step))
        tally += came_of
        beat(store, job, step + 1, tally.answered, tally.refused)
    return tally + _join(steps, out, store, bundle, job)


def _tally_in(lists: Any) -> Tally:
    """Return what came of the people of a step, which its file holds beside their lists."""
    return Tally(**json.loads(lists.schema.metadata[_TALLY.encode()]))


def pages(store: Store, change: int, midnight: int) -> Iterator[Sequence[str]]:
    """Yield the ids of everybody who was there as of a change, some hundred at a time, in the turn of the day (`in_turn`)."""
    everybody: list[str] = []
    while ids := store.person_ids(everybody[-1] if everybody else "", _IDS, change):
        everybody += ids
    turns = in_turn(everybody, midnight)
    yield from (turns[start : start + PEOPLE] for start in range(0, len(turns), PEOPLE))


def _lists(
    bundle: Bundle, store: Store, state: State, asked: Any, ids: Sequence[str], given: Loads | None
) -> tuple[list[dict[str, Any]], Tally]:
    at, found = int(asked["at"]), {one.person.person_id: one for one in store.records(ids, int(asked["people"]))}
    records = [found[person_id] for person_id in ids]
    profiles = bundle.profiler.profiles(
        [record.known_at(at) for record in records],
        np.full(len(records), at, dtype=np.int64),
        [record.history(at) for record in records],
        np.array([record.key for record in records], dtype=np.uint64),
    )
    return lists_of(bundle.recommender(), state.snapshot, asked["kind"], profiles, ids, int(asked["n"]), given)


def _join(steps: Path, out: Path, store: Store, bundle: Bundle, job: BatchJob) -> Tally:
    """Put the steps' files together, one at a time, and let them go; return what the last look moves from served to withheld."""
    fresh, moved = steps / "whole", Tally()
    with list_file(fresh, table_of([]).schema, ending_of(out)) as writer:
        for number in range(len(list(steps.glob("step-*")))):
            lists, kept_back = _looked_at(pq.read_table(_step(steps, number)), store, bundle, job)
            writer.write_table(lists.replace_schema_metadata(None))
            moved += Tally(served=-kept_back, withheld=kept_back)
    fresh.replace(out)
    shutil.rmtree(steps, ignore_errors=True)
    return moved


def _looked_at(lists: Any, store: Store, bundle: Bundle, job: BatchJob) -> tuple[Any, int]:
    """Return the lists that may leave now, and the number of people whose lists may not."""
    purpose: Purpose | None = job.asked.get("purpose")
    people, today = lists["person_id"].to_pylist(), bundle.city.local(time.time_ns() // 1000).date().isoformat()
    found = withheld(store, list(dict.fromkeys(people)), int(job.asked["people"]), today, purpose)
    neutral = lists["ranker"].to_pylist()
    held = [who in found and (purpose is not None or ranker != "neutral") for who, ranker in zip(people, neutral, strict=True)]
    return lists.filter(pa.array([not one for one in held])), len({who for who, out in zip(people, held, strict=True) if out})


def _steps(job: BatchJob, out: Path) -> Path:
    return out.parent / f".{out.name}.{job.batch_job_id}"


def _step(steps: Path, number: int) -> Path:
    return steps / f"step-{number:07d}"
