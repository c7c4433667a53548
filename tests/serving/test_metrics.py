"""Metrics answer an operator's questions: counted right, cheap, with labels from closed sets alone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from serving.app import ROUTES
from serving.limits.buckets import Buckets, Rate
from serving.live import Live
from serving.metrics import SECONDS, Counts, Laps, Tallies
from serving.operating import note
from serving.overrides import Overrides, overrides_of
from serving.problems import RefusedError
from serving.settings import Settings
from sqrec.access import NOBODY
from sqrec.contract import KINDS
from tests.support.inside import Inside
from tests.support.server import Server

STAGES = {"person", "wait", "profile", "rank", "programmes", "answer", "log"}
CLOSED = {
    "route": {one.path for one in ROUTES},
    "status": {"200", "304", "400", "401", "403", "404", "405", "409", "411", "413", "415", "421", "429", "500", "503", "504"},
    "stage": STAGES,
    "kind": {"", *KINDS},
    "ranker": {"model", "fallback", "neutral"},
    "widened": {"yes", "no"},
    "how": {"key", "session", "nobody", "demo"},
    "generation": {"1", "2"},
    "what": {"turns", "rankings", "audit"},
}
"""The values that a label may have; names of bundles and the version are not a client's."""


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample of an exposition, by name and labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(text: str, name: str, **labels: str) -> float:
    return read(text).get((name, frozenset(labels.items())), 0.0)


def gained(server: Inside, does: Any, name: str, **labels: str) -> float:
    """Return by how much a sample grows."""
    before = value(server.get("/metrics").text, name, **labels)
    does()
    return value(server.get("/metrics").text, name, **labels) - before


def test_tallies_are_what_a_histogram_observes() -> None:
    values = [0.0, 0.001, 0.00100001, 0.0049, 0.3, 29.9, 30.0, 31.0, 4000.0]
    ours, theirs = Tallies("sqrec_test_tallied", "x", ("a",), SECONDS), CollectorRegistry()
    observed = Histogram("sqrec_test_observed", "x", ("a",), registry=theirs, buckets=SECONDS)
    for number, one in enumerate(values):
        ours.add(one, "b")
        observed.labels("b").observe(one)
        if number % 4 == 0:
            ours.hand_over()
    ours.hand_over()
    told = {
        name.replace("tallied", "observed"): number for name, number in samples(generate_latest(), "sqrec_test_tallied").items()
    }
    assert told == samples(generate_latest(theirs), "sqrec_test_observed")
    assert len(told) == len(SECONDS) + 3


def samples(text: bytes, begins: str) -> dict[str, float]:
    found = read(text.decode())
    return {
        f"{name}{sorted(labels)}": one
        for (name, labels), one in found.items()
        if name.startswith(begins) and not name.endswith("_created")
    }


def test_counts_are_handed_over_once() -> None:
    counts = Counts("sqrec_test_counts", "x", ("a",))
    counts.add("b")
    counts.add("b")
    counts.hand_over()
    counts.hand_over()
    assert value(generate_latest().decode(), "sqrec_test_counts_total", a="b") == 2


def test_nothing_is_timed_for_answers_that_nobody_waits_for() -> None:
    Laps().lap("profile")
    Laps().listed("job", "model", 3, widened=False)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("sqrec_stage_seconds_count", {"stage": "person", "kind": ""}),
        ("sqrec_stage_seconds_count", {"stage": "wait", "kind": ""}),
        ("sqrec_stage_seconds_count", {"stage": "profile", "kind": ""}),
        ("sqrec_stage_seconds_count", {"stage": "rank", "kind": "job"}),
        ("sqrec_stage_seconds_count", {"stage": "programmes", "kind": ""}),
        ("sqrec_stage_seconds_count", {"stage": "answer", "kind": ""}),
        ("sqrec_stage_seconds_count", {"stage": "log", "kind": ""}),
        ("sqrec_candidates_count", {"kind": "job"}),
        ("sqrec_requests_total", {"route": "/v1/recommend", "status": "200"}),
        ("sqrec_request_seconds_count", {"route": "/v1/recommend"}),
    ],
)
def test_one_answer_counts_once(server: Inside, name: str, labels: dict[str, str]) -> None:
    assert gained(server, lambda: server.post({"person_id": "p01", "kinds": ["job"]}), name, **labels) == 1


def test_people_of_a_batch_are_counted_each(server: Inside) -> None:
    asked = {"kinds": ["job"], "persons": [{"person_id": "p01"}, {"person_id": "p02"}, {"person_id": "nobody"}]}
    does = lambda: server.post(asked, path="/v1/recommend/batch")  # noqa: E731
    assert gained(server, does, "sqrec_stage_seconds_count", stage="rank", kind="job") == 2


def test_lists_tell_who_ordered_them(server: Inside) -> None:
    before = read(server.get("/metrics").text)
    rankers = server.post({"person_id": "p01", "kinds": ["job"]}).json()["rankers"]
    grown = {key: one for key, one in read(server.get("/metrics").text).items() if one > before.get(key, 0.0)}
    told = [dict(labels) for name, labels in grown if name == "sqrec_lists_total"]
    assert [(one["kind"], one["ranker"]) for one in told] == [("job", rankers["job"])]


def test_whoever_asks_too_often_is_counted(server: Inside) -> None:
    def does() -> None:
        buckets = Buckets({"nobody": Rate(0.1, 1)}, lambda: 0.0)
        buckets.take(NOBODY, 1.0)
        with pytest.raises(RefusedError):
            buckets.take(NOBODY, 1.0)

    assert gained(server, does, "sqrec_too_often_total", how="nobody") == 1


def test_labels_come_from_closed_sets(server: Inside) -> None:
    """Whatever is asked for makes no label; tests with tables of routes of their own may have made one before."""
    before = {told for _, labels in read(server.get("/metrics").text) for _, told in labels}
    for path in ("/nowhere/p01", "/v1/items/job/secret-id", "/v1/items/secret/j01", "/v1/explanations/secret-id", "/?secret=1"):
        server.get(path)
    server.post({"person_id": "secret-id", "kinds": ["secret"]})
    text = server.get("/metrics").text
    assert "secret" not in text
    checked = 0
    for name, labels in read(text):
        for label, told in labels:
            if name.startswith("sqrec_") and "test" not in name and label in CLOSED:
                assert told in CLOSED[label] or told in before, (name, label, told)
                checked += 1
    assert checked > 50


def test_gauges_tell_what_serves(server: Inside) -> None:
    live: Live = server.app.state.live
    live.looked -= 100
    told = server.get("/metrics").text
    assert value(told, "sqrec_snapshot_age_seconds") < 101
    assert value(told, "sqrec_ready") == 1
    name = live.deployment.bundle.name
    bundles = {dict(labels)["bundle"]: one for (sample, labels), one in read(told).items() if sample == "sqrec_bundle_info"}
    assert bundles[name] == 1
    live.ready = False
    assert value(server.get("/metrics").text, "sqrec_ready") == 0
    live.ready = True


def test_age_grows_while_nobody_can_look(small: Path) -> None:
    live = Live(Settings(data=small / "data", bundles=small / "var" / "bundles"))
    live.looked -= 1000
    note(live)
    assert value(generate_latest().decode(), "sqrec_snapshot_age_seconds") > 999
    live.follow()
    note(live)
    assert value(generate_latest().decode(), "sqrec_snapshot_age_seconds") < 10
    live.close()


def test_a_running_service_tells_of_its_process(process: Server) -> None:
    told = process.get("/metrics").text
    assert value(told, "sqrec_worker_starts") == 1
    assert value(told, "sqrec_connections_open") >= 1


class Tables:
    """Stand in for a folder with two tables."""

    def __init__(self, **tables: pd.DataFrame) -> None:
        self.tables = tables


def test_overrides_are_of_the_days_whose_lists_count() -> None:
    days = pd.to_datetime(["2026-11-01", "2026-11-02", "2026-11-02"], utc=True)
    shown = pd.DataFrame({"kind": ["job", "job", "course"], "times": [3, 4, 5], "at": days})
    events = pd.DataFrame(
        {
            "kind": ["job", "job", "job", "course"],
            "event": ["unsuitable", "unsuitable", "apply", "unsuitable"],
            "at": pd.to_datetime(["2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"], utc=True),
        }
    )
    told: Any = Tables(rankings=shown, events=events)
    assert overrides_of(told) == {"job": Overrides(7, 1), "course": Overrides(5, 1)}
    nothing: Any = Tables(rankings=shown.iloc[:0], events=events)
    assert overrides_of(nothing) == {}
