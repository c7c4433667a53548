"""Events in the order in which they became known, and a person's own history before a moment: tables by hand."""

import numpy as np

from sqrec.base.arrays import key_of, keys_of
from sqrec.profile import Events
from sqrec.profile.history import history_before

COLUMNS = ("event_id", "person_id", "kind", "item_id", "event", "at", "recorded", "request_id")


def events_of(*rows: tuple[str, str, str, str, str, int, int, str | None]) -> Events:
    """Make events from (id, person, kind, item, event, moment, moment of recording, request)."""
    told = dict(zip(COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))
    return Events.of_columns(**told | {name: np.array(told[name], np.int64) for name in ("at", "recorded")})


def test_events_stand_by_when_they_were_known_then_when_they_were_then_by_id() -> None:
    low, high = sorted(("e1", "e2"), key=key_of)
    events = events_of(
        ("late", "p", "job", "j1", "view", 3, 9, None),
        ("before", "q", "course", "c1", "apply", 5, 2, "r1"),  # recorded before it was: known when it was
        (high, "p", "amenity", "a1", "visit", 4, 4, None),
        (low, "p", "job", "j2", "dismiss", 4, 4, "r2"),
        ("early", "p", "job", "j2", "view", 1, 4, None),
    )
    assert events.event.tolist() == keys_of(["early", low, high, "before", "late"]).tolist()
    assert events.person.tolist() == keys_of(["p", "p", "p", "q", "p"]).tolist()
    assert events.item.tolist() == keys_of(["j2", "j2", "a1", "c1", "j1"]).tolist()
    assert events.request.tolist() == keys_of([None, "r2", None, "r1", None]).tolist()
    assert events.kind.tolist() == [0, 0, 2, 1, 0]
    assert events.grade.tolist() == [1, 0, 3, 3, 1]
    assert events.at.tolist() == [1, 4, 4, 5, 3]
    assert events.known.tolist() == [4, 4, 4, 5, 9]
    assert events.dismiss.tolist() == [False, True, False, False, False]


def test_a_history_is_of_one_person_and_kind_and_of_what_was_known() -> None:
    events = events_of(
        ("1", "p", "job", "j1", "apply", 1, 1, None),
        ("2", "p", "job", "j2", "view", 2, 2, None),
        ("3", "p", "job", "j1", "view", 3, 3, None),
        ("4", "p", "course", "c1", "apply", 3, 3, None),
        ("5", "q", "job", "j3", "apply", 3, 3, None),
        ("6", "p", "job", "j4", "dismiss", 4, 4, None),
        ("7", "p", "job", "j5", "apply", 4, 8, None),  # known at 8 alone
        ("8", "p", "job", "j6", "apply", 6, 6, None),
    )
    found = history_before(events, key_of("p"), "job", 6)
    assert found.item.tolist() == keys_of(["j1", "j2"]).tolist()
    assert (found.at.tolist(), found.grade.tolist(), found.times.tolist()) == ([3, 2], [3, 1], [2, 1])
    assert found.dismissed.tolist() == [key_of("j4")]
    assert history_before(events, key_of("p"), "course", 6).item.tolist() == [key_of("c1")]
    assert history_before(events, key_of("p"), "job", 9).item.tolist() == keys_of(["j6", "j5", "j1", "j2"]).tolist()
    assert len(history_before(events, key_of("r"), "job", 9).item) == 0
