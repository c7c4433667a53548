"""The choice model: position bias, hidden tastes and their share, what is known and what is not."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sqrec.contract import Kind
from sqrec.profile.encoders import WeekSlots
from sqrec.synth import Demo, clock, oracle
from sqrec.synth.choices import SLATE, choose
from sqrec.synth.data import read
from sqrec.synth.demo import Invented, invented
from sqrec.synth.facts import before_change, known_facts, true_facts
from sqrec.synth.taste import normal, taste
from sqrec.synth.utility import Model, minutes

DEMO = Demo(people=300, seed=3, as_of=date(2026, 11, 24))
KINDS: tuple[Kind, ...] = ("job", "course", "amenity")


@pytest.fixture(scope="module")
def world() -> Invented:
    return invented(DEMO, date(2026, 11, 24))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["default", "other"])
def test_hidden_terms_have_their_share_of_the_variance(world: Invented, kind: Kind, name: str) -> None:
    """Measure, per person, the hidden terms' share of the variance of utility over live items within an hour on foot."""
    model, people = Model.of(world.items[kind], world.places, name), np.arange(300)
    facts = before_change(true_facts(world.people, world.places), world.people, people, np.full(300, world.window.end))
    item = np.flatnonzero(model.items.live(world.window.end))
    matrix = np.broadcast_to(item, (300, len(item)))
    near = minutes(model, facts, matrix) <= 60
    hidden = np.where(near, taste(world.items[kind], 300, name, seed=3).hidden(people[:, None], matrix), np.nan)
    whole = np.where(near, oracle.observable(model, facts, matrix), np.nan) + hidden
    enough = near.sum(axis=1) >= 10
    assert 0.3 <= (np.nanvar(hidden[enough], axis=1) / np.nanvar(whole[enough], axis=1)).mean() <= 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_observable_knows_no_hidden_taste(world: Invented, kind: Kind) -> None:
    model, people = Model.of(world.items[kind], world.places, "default"), world.people
    true, known = true_facts(people, world.places), known_facts(people, world.places, world.window.end)
    tastes = [taste(world.items[kind], 300, "default", seed) for seed in (1, 2)]
    one, two = (oracle.tell(model, each, people, true, known, np.arange(300), world.window.end) for each in tastes)
    assert (one.observable == two.observable).all()
    assert np.corrcoef(one.utility - one.observable, two.utility - two.observable)[0, 1] < 0.7
    assert (one.utility != two.utility).all()


@pytest.mark.parametrize("kind", KINDS)
def test_facts_not_told_do_not_matter(world: Invented, kind: Kind) -> None:
    """What is observable is the same whatever the untold facts are."""
    model, people, at = Model.of(world.items[kind], world.places, "default"), world.people, world.window.end
    other = replace(
        people,
        wage=np.where(people.told[:, 9], people.wage, 9999).astype(np.float32),
        hours=np.where(people.told[:, 11], people.hours, 0).astype(np.int8),
    )
    items = np.broadcast_to(np.arange(100), (300, 100)) % len(world.items[kind])
    before, after = (model.observable(known_facts(one, world.places, at), items) for one in (people, other))
    assert (before == after).all()


def test_facts_changed_later_are_unknown_before(world: Invented) -> None:
    people = replace(world.people, updated=np.full(300, world.window.end))
    known = known_facts(people, world.places, world.window.end - 1)
    assert (known.desired == -1).all()
    assert (known.skill == -1).all()
    assert len(set(known.wage.tolist())) == 1
    assert (known.rung == known_facts(world.people, world.places, world.window.end).rung).all()


def test_the_first_positions_are_examined_more() -> None:
    rng, shape = np.random.default_rng(1), (4000, 20)
    pool = np.broadcast_to(np.arange(20), shape)
    policy = rng.random(shape).astype(np.float32)
    shown = choose(pool, np.zeros(shape, np.float32), policy, np.ones(shape, dtype=bool), rng)
    viewed = shown.viewed.mean(axis=0)
    assert len(viewed) == SLATE
    assert viewed[0] > 1.4 * viewed[-1]
    assert viewed[:3].mean() > viewed[3:6].mean() > viewed[6:].mean()


def test_what_is_not_able_is_never_shown() -> None:
    rng, shape = np.random.default_rng(2), (200, 30)
    pool, able = np.broadcast_to(np.arange(30), shape), rng.random(shape) < 0.2
    shown = choose(pool, rng.random(shape).astype(np.float32), np.zeros(shape, np.float32), able, rng)
    row, place = np.nonzero(shown.item >= 0)
    assert able[row, shown.item[row, place]].all()
    assert not shown.viewed[shown.item < 0].any()


def test_likings_are_nearly_normal_and_independent() -> None:
    keys = np.random.default_rng(4).integers(0, 1 << 63, (500, 400), dtype=np.uint64)
    values = normal(keys)
    assert abs(values.mean()) < 0.01
    assert abs(values.std() - 1) < 0.01
    people, things = keys[:, 0], keys[0]
    pairs = normal(people[:, None] ^ things[None])
    assert abs(np.corrcoef(pairs)[np.triu_indices(500, 1)]).mean() < 0.06


def test_clock_ranges_are_read_as_profiles_read_them() -> None:
    texts = clock.free_patterns() + [text for texts in read("hours")["shifts"].values() for text in texts]
    texts += list(read("hours")["lessons"].values()) + [text for row in read("amenities")["types"] for text in row["hours"]]
    assert (np.packbits([clock.slots(text) for text in texts], axis=1) == WeekSlots().encode(texts)[:, :42]).all()


def test_minutes_are_straight_line_by_detour_and_pace(world: Invented) -> None:
    model, facts = Model.of(world.items["amenity"], world.places, "default"), true_facts(world.people, world.places)
    there = minutes(model, facts, np.zeros((300, 1), dtype=np.int64))[:, 0]
    items = world.items["amenity"]
    north, east = np.radians(items.lat[0] - facts.lat), np.radians(items.lon[0] - facts.lon) * np.cos(np.radians(facts.lat))
    expected = np.hypot(north, east) * 6_371_008.8 * 1.3 / facts.pace
    assert np.allclose(there, expected, rtol=2e-3, atol=0.05)


def test_restricted_facts_enter_nothing(world: Invented) -> None:
    """They are drawn after everything that is chosen, by a stream of their own, and no field of theirs is in the facts."""
    names = set(true_facts(world.people, world.places).__dataclass_fields__)
    assert not names & {"sex", "hukou", "disability", "low_income", "veteran", "recognised", "single_parent"}


def test_the_page_names_every_weight() -> None:
    page = (Path(__file__).parents[2] / "docs" / "city.md").read_text(encoding="utf-8")
    tastes = read("worlds")["tastes"]
    for kind, title in (("job", "### Jobs"), ("course", "### Courses"), ("amenity", "### Amenities")):
        section = page[page.index(title) :]
        for name, weight in tastes["default"][kind].items():
            assert f"| {name} | {weight} | {tastes['other'][kind][name]} |" in section
    for name in tastes["default"]["hidden"]["job"]:
        numbers = [tastes[world]["hidden"][kind][name] for world in ("default", "other") for kind in KINDS]
        assert f"| {name} | {' | '.join(map(str, numbers))} |" in page
