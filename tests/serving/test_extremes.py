"""Numbers and moments at the ends of what there is: each is named, in its own field, and takes nobody else along."""

import json
from typing import Any

import pytest

from tests.support.doorway import Kept, event
from tests.support.inside import Inside
from tests.support.server import problem

BEYOND = ("9223372036854775807", "9223372036854775808", "-9223372036854775809", "9007199254740993", "1" * 5000)
"""Whole numbers of more than 64 bits, or of more than 53, which whoever reads JSON rounds to other ones; the last is no JSON to every reader."""
MOMENTS = (
    "9999-12-31T16:00Z",
    "9999-12-31T15:59:59Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-12:00",
    "9999-12-29T23:59Z",
    "9900-01-01T00:00Z",
    "0001-01-01T00:00Z",
    "0001-01-01T00:00+14:00",
    "1899-12-30T23:59Z",
    "10000-01-01T00:00Z",
    "2026-08-01T00:00+24:00",
    "2026-02-30T00:00Z",
)


@pytest.fixture
def asker(kept: Kept) -> Inside:
    return kept.by(kept.key("platform"))


def asked(asker: Inside, text: str, path: str) -> Any:
    return asker.post(content=text.encode(), path=path, headers={"content-type": "application/json"})


def test_a_number_that_nothing_holds_is_named_and_its_neighbours_are_stored(asker: Inside) -> None:
    number = 0
    for name in ("position", "dwell_seconds", "rating"):
        for told in BEYOND:
            wrong = json.dumps(event(number + 1) | {name: "here"}).replace('"here"', told)
            text = f'{{"events": [{json.dumps(event(number))}, {wrong}, {json.dumps(event(number + 2, "p04"))}]}}'
            answer = asked(asker, text, "/v1/events")
            number += 3
            if told == BEYOND[-1] and answer.status_code == 400:
                continue
            assert answer.status_code == 200, (name, told, answer.text)
            assert answer.json()["new"] == 2, (name, told)
            (refused,) = answer.json()["refused"]
            assert (refused["place"], refused["status"]) == (1, 400)
            assert [one["field"] for one in refused["problems"]] == [f"events.1.{name}"]
    for told in ("9007199254740992", "1e1", "0.5"):
        text = '{"events": [' + json.dumps(event(number) | {"rating": "here"}).replace('"here"', told) + "]}"
        assert asked(asker, text, "/v1/events").json()["new"] == 1, told
        number += 1


def test_a_moment_that_no_clock_shows_is_named(asker: Inside) -> None:
    """At every address that takes one, never 500."""
    for number, at in enumerate(MOMENTS):
        described = {"person": {}, "at": at}
        lived = {"kind": "job", "item_id": "j11", "event": "view", "at": at}
        for path, body, field in (
            ("/v1/recommend", described | {"n": 1}, "at"),
            ("/v1/profile", described, "at"),
            ("/v1/recommend", {"person": {"updated_at": at}, "n": 1}, "person.updated_at"),
            ("/v1/recommend", {"person": {"history": [lived]}, "n": 1}, "person.history.0.at"),
            ("/v1/events", {"events": [event(1) | {"at": at}]}, "events.0.at"),
        ):
            answer = asked(asker, json.dumps(body), path)
            assert [told for told, _ in problem(answer, 400)] == [field], (at, path)
        both = asked(asker, json.dumps({"events": [event(0) | {"at": at}, event(100 + number)]}), "/v1/events").json()
        assert (both["new"], [one["place"] for one in both["refused"]]) == (1, [0]), at
    for at in ("9899-12-01T00:00Z", "1900-01-01T00:00Z", "1899-12-31T00:00Z"):
        for path in ("/v1/recommend", "/v1/profile"):
            for who in ({"person": {"birth_month": "1990-01", "graduated_on": "2020-07-01"}}, {"person_id": "p01"}):
                assert asked(asker, json.dumps(who | {"at": at}), path).status_code == 200, (at, path)
