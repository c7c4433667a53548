"""Rollback, bundles that are corrupt, gone or of another city, and pointers and aliases that moved meanwhile."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sqrec import bundle as bundles
from sqrec import load
from sqrec.bundle.kinds import KindParts
from sqrec.errors import BundleError
from sqrec.rank import Linear
from tests.support import crowd, tiny
from tests.support.arena import APP, FEWER, GOOD, RULES, Arena
from training import promote as promotion
from training import train
from training.contest import Refused, compare, contest_of
from training.promote import promote, registry_of, roll_back
from training.words import WORDS


def test_rolling_back_goes_one_further_each_time(arena: Arena) -> None:
    folders = [arena.promote(name) for name in ("good", "fewer", "unsaid")]
    for folder, version in ((folders[1], FEWER), (folders[0], GOOD)):
        done = CliRunner().invoke(APP, ["--rollback", "--var", str(arena.place.var), "--who", "tester"])
        assert done.exit_code == 0, done.output
        assert bundles.current(arena.place.bundles) == folder
        assert arena.alias("champion") == version
    assert [what for what, _, _ in arena.audited()] == ["promotion"] * 3 + ["rollback"] * 2
    with pytest.raises(BundleError, match="nothing to roll back to"):
        roll_back(arena.place)
    assert arena.audited()[-1][0] == "rollback refused"
    assert bundles.current(arena.place.bundles) == folders[0]


def test_rolling_back_to_before_the_first_promotion_leaves_no_champion(arena: Arena) -> None:
    useless = registry_of(arena.place).version("job", arena.runs["useless"]).bundle
    bundles.point_to(arena.place.bundles, useless, promoted=False)
    arena.promote("good")
    assert arena.alias("champion") == GOOD
    assert roll_back(arena.place).name == useless
    assert arena.alias("champion") is None
    assert not bundles.is_promoted(arena.place.bundles)


def test_nobody_rolls_back_to_a_corrupt_bundle(arena: Arena) -> None:
    first, second = arena.promote("good"), arena.promote("fewer")
    booster = first / "job" / "booster.txt"
    whole = booster.read_bytes()
    booster.write_bytes(whole[:-100])
    with pytest.raises(BundleError, match="is corrupt"):
        roll_back(arena.place)
    booster.write_bytes(whole)
    assert bundles.current(arena.place.bundles) == second
    assert roll_back(arena.place) == first


def test_a_corrupt_challenger_is_refused(arena: Arena) -> None:
    arena.promote("good")
    before = arena.pointer
    own = registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["fewer"]))
    said = own / "job" / "said.json"
    whole = said.read_bytes()
    said.write_text("{}")
    with pytest.raises(BundleError, match=r"job/said\.json is missing or was changed"):
        arena.promote("fewer")
    said.write_bytes(whole)
    assert arena.pointer == before
    assert arena.audited()[-1][0] == "promotion refused"


def test_another_bundle_in_the_place_of_a_runs_is_refused(arena: Arena) -> None:
    own = registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["fewer"]))
    aside = own.rename(own.with_name("aside"))
    bundles.save(load(registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["good"]))), own)
    with pytest.raises(BundleError, match="not the one that run"):
        arena.promote("fewer")
    shutil.rmtree(own)
    aside.rename(own)


def test_a_bundle_that_is_gone_is_taken_from_its_model(arena: Arena) -> None:
    own = registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["good"]))
    shutil.rmtree(own)
    assert arena.promote("good") == own
    assert load(own).name == own.name


def test_a_kind_joins_the_others_and_training_moves_no_promoted_pointer(arena: Arena) -> None:
    """The current bundle has courses and amenities too, which stay."""
    version = registry_of(arena.place).version("job", arena.runs["useless"])
    whole = load(registry_of(arena.place).bundle_of(version))
    falling = {
        kind: replace(train.DECLARED[kind], words=Linear.of(train.DECLARED[kind].rows.names, WORDS[kind]))
        for kind in ("course", "amenity")
    }
    arrays = {"course_events": np.arange(3, dtype=np.uint64), "job_events": np.arange(5, dtype=np.uint64)}
    base = bundles.save_by_hash(replace(whole, kinds={**whole.kinds, **falling}), arena.place.bundles, arrays)
    bundles.point_to(arena.place.bundles, base.name, promoted=False)
    joined = load(arena.promote("good"))
    good = load(registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["good"])))
    assert list(joined.kinds) == ["job", "course", "amenity"]
    assert joined.kinds["job"] == good.kinds["job"]
    assert joined.kinds["course"] == falling["course"]
    assert joined.provenance["job"] == good.provenance["job"]
    kept = bundles.arrays_of(bundles.current(arena.place.bundles))
    assert kept["course_events"].tolist() == [0, 1, 2]
    assert len(kept["job_events"]) > 100
    pointer = arena.pointer
    assert pointer
    assert list(pointer.current.champions) == ["job"]
    assert not pointer.current.has_champion("course")


def test_another_city_is_refused_alone_and_promoted_together(arena: Arena, tmp_path: Path) -> None:
    """One more job makes another idf, hence another city/; with every kind of the current bundle it may come in."""
    more = [*tiny.jobs(), {**tiny.jobs()[0], "job_id": "j40", "title": "咖啡师"}]
    data = crowd.write(tmp_path / "data", jobs=more)
    trained, folder = crowd.trained_on(data)
    run = crowd.enter(trained, folder, arena.place.var)
    whole = load(registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["good"])))
    falling = {"course": replace(train.DECLARED["course"], words=Linear.of(train.DECLARED["course"].rows.names, WORDS["course"]))}
    base = bundles.save_by_hash(replace(whole, kinds={**whole.kinds, **falling}), arena.place.bundles)
    bundles.point_to(arena.place.bundles, base.name, promoted=False)
    with pytest.raises(
        BundleError, match=r"its job cannot stand beside the current course: train all kinds together \(KIND=all\)"
    ):
        promote(["job"], run, None, arena.place, RULES)
    assert bundles.current(arena.place.bundles) == base
    arena.promote("good")  # beside the same city/
    bundles.point_to(arena.place.bundles, whole.name, promoted=False)
    assert (
        load(promote([], run, None, arena.place, RULES)).kinds
        == load(registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", run))).kinds
    )


def test_a_kind_that_could_not_be_trained_comes_along_where_no_ranker_is_lost(arena: Arena, tmp_path: Path) -> None:
    """Another city/ with a ranker of jobs and none of courses, beside a current bundle without and then with one of courses."""
    more = [*tiny.jobs(), {**tiny.jobs()[0], "job_id": "j40", "title": "咖啡师"}]
    trained, folder = crowd.trained_on(crowd.write(tmp_path / "data", jobs=more))
    run = crowd.enter(trained, folder, arena.place.var, without=("course",))
    whole = load(registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["good"])))

    def promoted(**courses: KindParts) -> Path:
        base = bundles.save_by_hash(replace(whole, kinds={**whole.kinds, **courses}), arena.place.bundles)
        bundles.point_to(arena.place.bundles, base.name, promoted=False)
        return promote([], run, None, arena.place, RULES)

    for made in (promoted(), promoted(course=train.untrained("course", train.DECLARED["course"]))):
        assert {kind: parts.booster is not None for kind, parts in load(made).kinds.items()} == {"job": True, "course": False}
    with pytest.raises(
        BundleError, match=r"beside the current course: \w+ has no ranker of course: train all kinds together on data"
    ):
        promoted(course=whole.kinds["job"])


def test_a_pointer_that_moved_meanwhile_wins(arena: Arena) -> None:
    registry = registry_of(arena.place)
    contest = contest_of(["job"], arena.runs["good"], None, registry, arena.place)
    found = [compare("job", contest, RULES, arena.place)]
    other = arena.promote("fewer")
    with pytest.raises(Refused, match="moved while"):
        promotion._crown(contest, found, registry, arena.place)
    assert bundles.current(arena.place.bundles) == other


def test_the_alias_is_put_right_where_it_differs_from_the_pointer(arena: Arena) -> None:
    arena.promote("good")
    registry = registry_of(arena.place)
    registry.client.set_registered_model_alias("sqrec-job", "champion", "3")
    assert arena.pointer
    registry.mirror(arena.pointer.current)
    assert arena.alias("champion") == GOOD
