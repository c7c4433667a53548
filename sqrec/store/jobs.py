"""Background jobs: their parameters, their progress, and the last sign of life of their worker."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from sqrec.base.numbers import DAY
from sqrec.errors import StoreError
from sqrec.store.database import Writing
from sqrec.store.schema import BATCH_JOBS
from sqrec.store.store import Store
from sqrec.store.writing import insert

ALIVE_SECONDS = 60
"""Seconds without a sign of life after which a worker is taken for dead."""
State = Literal["running", "done", "failed"]


@dataclass(frozen=True)
class BatchJob:
    """Hold a running job: `asked` are all its parameters, `done` the number of steps done before.

    `accepted` and `rejected` are numbers of rows.
    """

    batch_job_id: str
    asked: Mapping[str, Any]
    done: int
    accepted: int
    rejected: int


def begin(store: Store, what: str, who: str, asked: Mapping[str, Any], pinned: Mapping[str, Any]) -> BatchJob:
    """Resume the unfinished job of the same kind and parameters, or start a new one.

    `pinned` are parameters that are fixed at the start (moments, versions); a resumed job keeps its own. A job that was started
    more than a day ago is marked as failed. Raises StoreError where another worker is at the job.
    """
    question = json.dumps(asked, sort_keys=True, ensure_ascii=False)
    return store.database.write(lambda writing: _begun(writing, what, who, question, pinned))


def beat(store: Store, job: BatchJob, done: int, accepted: int, rejected: int) -> None:
    """Record a job's progress and a sign of life."""
    store.database.write(
        lambda writing: _set(writing, job, done=done, rows_in=accepted + rejected, accepted=accepted, rejected=rejected)
    )


def end(store: Store, job: BatchJob, state: State, result: str) -> None:
    """Record how a job ended; `result` is a sentence, or the path of the result."""

    def work(writing: Writing) -> None:
        _set(writing, job, state=state, result=json.dumps(result, ensure_ascii=False), ended_at=writing.at)

    store.database.write(work)


def _begun(writing: Writing, what: str, who: str, question: str, pinned: Mapping[str, Any]) -> BatchJob:
    table = BATCH_JOBS.c
    asked = sa.select(BATCH_JOBS).where(table.what == what, table.state == "running").order_by(table.created_at.desc())
    for row in writing.connection.execute(asked).mappings():
        told = json.loads(row["asked"])
        if json.dumps(told["question"], sort_keys=True, ensure_ascii=False) != question:
            continue
        if writing.at - row["alive_at"] < ALIVE_SECONDS * 1_000_000:
            raise StoreError(
                f"{row['who']} has this at work already (job {row['batch_job_id']}): wait for its end; it is taken up again "
                f"{ALIVE_SECONDS} s after its last sign of life."
            )
        if writing.at - row["started_at"] > DAY:
            ended = sa.update(BATCH_JOBS).where(table.batch_job_id == row["batch_job_id"])
            writing.connection.execute(ended.values(state="failed", result='"left behind"', ended_at=writing.at))
            continue
        job = BatchJob(
            row["batch_job_id"], told["question"] | told["pinned"], row["done"] or 0, row["accepted"] or 0, row["rejected"] or 0
        )
        _set(writing, job)
        return job
    told = {"question": json.loads(question), "pinned": dict(pinned)}
    values = {"batch_job_id": uuid.uuid4().hex, "what": what, "who": who, "asked": json.dumps(told, ensure_ascii=False)}
    moments = dict.fromkeys(("created_at", "started_at", "alive_at"), writing.at)
    insert(writing, BATCH_JOBS, **values, **moments, state="running", done=0)
    return BatchJob(values["batch_job_id"], told["question"] | told["pinned"], 0, 0, 0)


def _set(writing: Writing, job: BatchJob, **values: Any) -> None:
    own = sa.update(BATCH_JOBS).where(BATCH_JOBS.c.batch_job_id == job.batch_job_id)
    writing.connection.execute(own.values(**values, alive_at=writing.at, change=writing.change))
    writing.wrote = True
