"""The log of shown rows: written by a thread of its own, with a bounded queue."""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from serving.deployment import Deployment
from serving.metrics import counter
from serving.schemas.requests import RecommendRequest
from sqrec.contract import Kind
from sqrec.errors import StoreError
from sqrec.groups.record import Record
from sqrec.rank import Explore, Ranking
from sqrec.rank.shown import shown
from sqrec.store import Row, Store

MOST_WAITING = 4_096
"""The most answers that wait to be written; further ones are dropped and counted."""
_AT_ONCE = 256
GATHERING = 0.25
"""Seconds for which answers are gathered into one transaction: each transaction slows requests, whatever its size."""
_SECONDS = 10.0
_MEANING = "Answers whose shown rows were {what} by the log of rankings."
_OVER = "The log of rankings has taken its rows of this day (SQREC_SHOWN_ROWS = %d): further lists are answered and not logged until midnight"
_log = logging.getLogger("sqrec.serving")


class RankingLog:
    """Write shown rows to a store in a thread of its own, many answers in a transaction.

    An answer is dropped where `most` wait already, where the store cannot be written to, and (`over`) where the store has taken `rows` rows
    since `midnight` of the day (a function of microseconds UTC); all are counted, here and in `/metrics`. `close` writes what is queued.
    """

    def __init__(
        self, store: Store, most: int = MOST_WAITING, rows: int | None = None, midnight: Callable[[int], int] = lambda _: 0
    ) -> None:
        self.store = store
        self.dropped = self.written = self.over = 0
        outcomes = ("written", "dropped", "over")
        self._metrics = {what: counter(f"sqrec_rankings_{what}", _MEANING.format(what=what)) for what in outcomes}
        self._rows, self._midnight = rows, midnight
        self._day, self._taken, self._said = -1, 0, False
        self._waiting: queue.Queue[Sequence[Row] | None] = queue.Queue(most)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write, name="ranking log", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many answers wait to be written."""
        return self._waiting.qsize()

    def put(self, rows: Sequence[Row]) -> None:
        """Queue the shown rows of one answer, without waiting."""
        try:
            self._waiting.put_nowait(rows)
        except queue.Full:
            self._count("dropped", 1)

    def close(self) -> None:
        """Write the queued rows and end the thread; wait ten seconds at most."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join(_SECONDS)

    def _write(self) -> None:
        ended = False
        while not ended:
            answers = [self._waiting.get()]
            self._closing.wait(GATHERING)
            while len(answers) < _AT_ONCE and not self._waiting.empty():
                answers.append(self._waiting.get_nowait())
            ended = None in answers
            self._append([rows for rows in answers if rows])

    def _append(self, answers: Sequence[Sequence[Row]]) -> None:
        if not answers:
            return
        try:
            answers = self._within_the_day(answers)
            if answers:
                self.store.append_rankings([row for rows in answers for row in rows])
        except Exception as problem:  # noqa: BLE001 (whatever it is, the next answers are written)
            self._count("dropped", len(answers))
            told = str(problem) if isinstance(problem, StoreError) else type(problem).__name__
            _log.error("%d answers are missing in the log of rankings: %s", len(answers), told)
        else:
            self._count("written", len(answers))

    def _within_the_day(self, answers: Sequence[Sequence[Row]]) -> Sequence[Sequence[Row]]:
        """Return the first answers that the day still takes; those behind them are counted, and said once a day."""
        if self._rows is None:
            return answers
        day = self._midnight(time.time_ns() // 1000)
        if day != self._day:
            self._taken, self._said = self.store.shown_since(day), False
            self._day = day
        kept: list[Sequence[Row]] = []
        for rows in answers:
            if self._taken + len(rows) > self._rows:
                break
            kept.append(rows)
            self._taken += len(rows)
        if over := len(answers) - len(kept):
            self._count("over", over)
            if not self._said:
                _log.error(_OVER, self._rows)
                self._said = True
        return kept

    def _count(self, what: str, answers: int) -> None:
        setattr(self, what, getattr(self, what) + answers)
        self._metrics[what].inc(answers)


def explored(deployment: Deployment, asked: RecommendRequest, record: Record | None) -> Explore | None:
    """Return how a request's lists explore; None where the log could not record the draw."""
    logged = deployment.state and record and asked.at is None and not asked.tags.model_fields_set
    return deployment.explore if logged else None


def shown_rows(
    request_id: str,
    deployment: Deployment,
    asked: RecommendRequest,
    record: Record | None,
    rankings: Mapping[Kind, Ranking],
    now: int,
) -> list[Row]:
    """Return the shown rows of an answer as rows of the table `rankings`; `now` is microseconds UTC.

    The person's id and the feature vectors are kept only where the list was made from a stored person's unchanged facts: not for
    people who switched personal lists off, nor where the request had facts or tags of its own. Only such lists can be replayed;
    the others serve to count what was shown.
    """
    state = deployment.state
    if state is None:
        return []
    common = {
        "request_id": request_id,
        "at": now,
        "catalogue_version": state.change,
        "counts_as_of": deployment.recommender.city.midnight(now),
        "bundle": deployment.bundle.name,
    }
    question = {"n": asked.n, "minutes": asked.minutes, "counted": state.counted}
    explore = explored(deployment, asked, record)
    rows: list[Row] = []
    for kind, ranking in rankings.items():
        whom = {"person_id": None, "person_version": None, "vector": None, "asked": json.dumps(question)}
        if record and not asked.tags.model_fields_set and ranking.scene.personal:
            told = question | ({"explore": asdict(explore)} if explore and deployment.recommender.explores(kind) else {})
            whom = {"person_id": record.person.person_id, "person_version": record.change, "asked": json.dumps(told)}
        rows += [common | {"kind": kind} | one | whom for one in shown(ranking, asked.n)]
    return rows
