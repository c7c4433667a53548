"""Laws of time: what was not yet known changes no row and no count, and no row or order of rows tells its label."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from features import JOB_ROWS
from sqrec.base.arrays import key_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.evaluate import Questions, split
from sqrec.rank import Recommender, RowBuilder
from tests.support import tiny
from tests.support.leaks import ask, rows_of, same, with_event, world
from training.sample import Sample, sample, uses_as_questions

City = tuple[Recommender, Snapshot]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return world(tiny.write(tmp_path_factory.mktemp("city")))


@pytest.fixture(scope="module")
def drawn(city: City) -> Sample:
    """Draw rows to learn from, for every use, latest uses first."""
    recommender, snapshot = city
    return sample(recommender, snapshot, "job", backwards(snapshot), 13, np.random.default_rng(1))


def backwards(snapshot: Snapshot) -> Questions:
    """Return every use as a question, the latest first."""
    questions = uses_as_questions(snapshot.events)
    return questions.take(np.arange(len(questions))[::-1])


def test_nothing_later_is_known(city: City, tmp_path: Path) -> None:
    """Add an event at the moment of a question or after it: no row of its person or of another one changes."""
    for at in ("2026-07-20T12:00:00Z", "2026-07-25T00:00:00Z"):
        after = with_event(tmp_path, at=at)
        for who in ("p05", "p06"):
            assert same(rows_of(*city, who), rows_of(*after, who)), (at, who)


def test_what_was_recorded_late_is_not_known(city: City, tmp_path: Path) -> None:
    """Add an event before a question that became known at its moment or later: no row changes."""
    for recorded in ("2026-07-20T12:00:00Z", "2026-07-28T00:00:00Z"):
        after = with_event(tmp_path / recorded[:10], at="2026-07-10T00:00:00Z", recorded_at=recorded)
        for who in ("p05", "p06"):
            assert same(rows_of(*city, who), rows_of(*after, who)), (recorded, who)


def test_counts_end_at_midnight(city: City, tmp_path: Path) -> None:
    """Add an event at the local midnight before a question, or between the two: no row of another person changes."""
    for at in ("2026-07-19T16:00:00Z", "2026-07-20T03:00:00Z"):
        assert same(rows_of(*city, "p06"), rows_of(*with_event(tmp_path, at=at), "p06")), at
    assert not same(rows_of(*city, "p06"), rows_of(*with_event(tmp_path, at="2026-07-19T15:59:00Z"), "p06"))


def test_rows_are_told_of_the_midnight_before_and_of_the_jobs(city: City) -> None:
    """Whatever kind is asked for: courses look at the jobs around them."""
    recommender, snapshot = city
    told: list[Any] = []
    rows = cast("RowBuilder", SimpleNamespace(build=lambda *given: told.extend(given) or np.empty((0, 0))))
    profile, jobs = ask(recommender, snapshot, "p05"), snapshot.items["job"]
    pairs = recommender.pairs(profile, jobs, np.arange(3))
    replace(recommender, rows={"job": rows}).build(profile, snapshot, "job", pairs)
    assert told[4].tolist() == [tiny.micros("2026-07-19T16:00")]
    assert [id(one) for one in (*told[:4], told[5])] == [id(one) for one in (profile, jobs, pairs, snapshot.counts["job"], jobs)]


def test_counts_leave_out_the_own_events(city: City, tmp_path: Path) -> None:
    """Add an event of a person: what that person's rows hold of popularity stays, what another's hold rises."""
    after = with_event(tmp_path, at="2026-07-10T00:00:00Z")
    counted = [place for place, name in enumerate(JOB_ROWS.names) if name.startswith("popularity_item")]
    mine, others = ([rows_of(*city, who)["j01"][counted] for city in (city, after)] for who in ("p05", "p06"))
    np.testing.assert_array_equal(*mine)
    assert others[1][0] > others[0][0]


def test_no_count_holds_the_label(city: City) -> None:
    """Ask every held-out question with and without its answer among the events: its rows are the same."""
    recommender, snapshot = city
    events, held = snapshot.events, split(snapshot.events, "job", "last").held
    for place in range(len(held)):
        answer = (events.person == held.person[place]) & np.isin(events.item, held.items.row(place))
        answer &= events.at >= held.at[place]
        assert answer.any()
        without = snapshot.with_events(events.where(~answer))
        rows = []
        for told in (snapshot, without):
            profile = told.ask(recommender.profiler, held.person[place : place + 1], held.at[place : place + 1])
            pairs = recommender.pairs(profile, told.items["job"], np.arange(40))
            rows.append(recommender.build(profile, told, "job", pairs))
        np.testing.assert_array_equal(*rows)


def test_questions_lie_side_by_side(drawn: Sample) -> None:
    """Draw rows to learn from: all rows of a group say the same of its person, and all positives are in it.

    A booster is told the sizes of the groups alone, so rows of another question would be compared without a word.
    """
    about_person = [JOB_ROWS.names.index(name) for name in ("age", "history_size", "idle")]
    ends = np.cumsum(drawn.sizes)
    assert ends[-1] == len(drawn.rows)
    for first, last in zip(ends - drawn.sizes, ends, strict=True):
        group = drawn.rows[first:last][:, about_person]
        np.testing.assert_array_equal(group, np.broadcast_to(group[0], group.shape))
        assert np.count_nonzero(drawn.label[first:last]) == 1


def test_a_question_s_rows_and_labels_are_its_own(city: City, drawn: Sample) -> None:
    """Each row is that of an item for the person at that moment, the label is the grade of what was used, all else was never used."""
    recommender, snapshot = city
    asked = backwards(snapshot)
    ends, jobs = np.cumsum(drawn.sizes), snapshot.items["job"]
    assert drawn.person is not None
    assert drawn.at is not None
    assert drawn.position is None
    assert drawn.at.tolist() == sorted(asked.at.tolist())
    for first, last, person, at in zip(ends - drawn.sizes, ends, drawn.person, drawn.at.tolist(), strict=True):
        profile = snapshot.ask(recommender.profiler, np.array([person]), np.array([at]))
        every = recommender.build(profile, snapshot, "job", recommender.pairs(profile, jobs, np.arange(40)))
        place = int(np.flatnonzero((asked.person == person) & (asked.at == at))[0])
        used, grade = int(jobs.find(asked.items.row(place))[0]), int(asked.grades.row(place)[0])
        rows, label = drawn.rows[first:last], drawn.label[first:last]
        assert {row.tobytes() for row in rows} <= {row.tobytes() for row in every}
        assert label.sum() == label.max() == grade
        np.testing.assert_array_equal(rows[label > 0], every[[used]])
        mine = jobs.find(snapshot.events.item[snapshot.events.person == person])
        others = np.setdiff1d(mine[mine >= 0], used)
        assert not {row.tobytes() for row in rows} & {row.tobytes() for row in every[others]}


def test_what_no_list_could_hold_has_no_row(city: City) -> None:
    """One of two uses is of j36, which opens in 2027: others may stand in its question, alone it is no question."""
    recommender, snapshot = city
    two = uses_as_questions(snapshot.events).take(np.array([3, 60]))
    closed = np.array([key_of("j36"), two.items.values[1]], np.uint64)
    asked = replace(two, items=replace(two.items, values=closed))
    for far, sizes in ((0, [1]), (4, [4, 5])):
        drawn = sample(recommender, snapshot, "job", asked, far, np.random.default_rng(1))
        assert drawn.person is not None
        assert drawn.at is not None
        assert drawn.rarity is not None
        assert drawn.sizes.tolist() == sizes
        assert len(drawn.rows) == len(drawn.label) == len(drawn.rarity) == sum(sizes)
        assert drawn.person.tolist() == two.person[-len(sizes) :].tolist()
        assert drawn.at.tolist() == two.at[-len(sizes) :].tolist()
        assert drawn.label[: -sizes[-1]].sum() == 0
        assert drawn.label[-sizes[-1] :].sum() == two.grades.values[1]
    asked = replace(two, items=replace(two.items, values=np.array([two.items.values[0], key_of("j36")], np.uint64)))
    drawn = sample(recommender, snapshot, "job", asked, 0, np.random.default_rng(1))
    assert (drawn.sizes.tolist(), drawn.label.tolist()) == ([1], two.grades.values[:1].tolist())


def test_the_order_of_rows_tells_no_label(drawn: Sample) -> None:
    """Draw rows to learn from: positives stand anywhere in their group, as a booster breaks ties by place."""
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    place = np.flatnonzero(drawn.label) - starts
    assert len(place) == len(starts)
    assert abs((place / (drawn.sizes - 1)).mean() - 0.5) < 0.15


def test_the_strongest_event_is_the_label(tmp_path: Path) -> None:
    """Let somebody view an item and apply for it later: the label is that of the application."""
    rows = [
        {"event_id": f"e{place}", "person_id": "p01", "kind": "job", "item_id": "j03", "event": event, "at": f"2026-07-0{place}T00:00:00Z"}
        for place, event in enumerate(("view", "apply", "view"), start=1)
    ]  # fmt: skip
    _, snapshot = world(tiny.write(tmp_path, {"jobs": tiny.jobs(), "people": tiny.people(), "events": rows}))
    assert uses_as_questions(snapshot.events).grades.values.tolist() == [3]
