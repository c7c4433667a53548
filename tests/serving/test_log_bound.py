"""The log of lists takes so many rows a day; what lies above is counted and said, and the next day begins anew."""

import logging
import time
from typing import Any

import pytest

from serving import log as module
from serving.log import RankingLog
from sqrec.store import Store

DAY = 86_400_000_000


def answer(name: str, at: int, rows: int) -> list[dict[str, Any]]:
    told = {"request_id": name, "kind": "job", "at": at, "propensity": 1.0}
    return [told | {"item_id": f"j{place:02}", "position": place + 1} for place in range(rows)]


def test_a_day_takes_so_many_rows(store_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time_ns()]
    monkeypatch.setattr(module.time, "time_ns", lambda: now[0])

    def midnight(at: int) -> int:
        return at // DAY * DAY

    with Store.open(store_url) as store, caplog.at_level(logging.ERROR):
        today = now[0] // 1000
        store.append_rankings(answer("of yesterday", midnight(today) - 1, 5) + answer("of before the start", today, 3))
        log = RankingLog(store, rows=10, midnight=midnight)
        for number in range(4):
            log._append([answer(f"a{number}", today, 3), answer(f"b{number}", today, 3)])
        assert (log.written, log.dropped, log.over) == (2, 0, 6)
        assert store.shown_since(midnight(today)) == 9
        assert sum("SQREC_SHOWN_ROWS = 10" in one.message for one in caplog.records) == 1
        now[0] += DAY * 1000
        log._append([answer("tomorrow", today + DAY, 10)])
        assert (log.written, log.over) == (3, 6)
        log.close()


def test_without_a_bound_everything_is_kept(store_url: str) -> None:
    with Store.open(store_url) as store:
        log = RankingLog(store)
        log.put(answer("a", 1, 30))
        log.close()
        assert (log.written, log.over, store.shown_since(0)) == (1, 0, 30)
