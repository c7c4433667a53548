"""Promotion and rollback on the small city: what moves, what is refused, and in which words."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from features import PLAIN_ROWS
from sqrec import bundle as bundles
from sqrec import load
from sqrec.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.errors import BundleError, DataError, SqrecError
from sqrec.evaluate.rules import PromotionRules
from sqrec.pointer import Champion, Pointer, Standing, read_pointer, write_pointer
from sqrec.rank import SERVED, Linear, Reference
from sqrec.rank.reasons import verdicts
from sqrec.rank.texts import built_in_texts
from tests import crowd, tiny
from training import promote as promotion
from training import train
from training.contest import Refused, compare, contest_of
from training.doors import Place
from training.instead import plain_parts
from training.promote import promote, registry_of, roll_back
from training.words import WORDS

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command()(promotion.main)
GOOD, FEWER = "8", "2"
"""The numbers under which the registry knows these runs."""
RULES = PromotionRules(most_milliseconds=1e6, free_milliseconds=1e6, resamples=2000)
"""The rules in force but for time, which a busy machine has little of."""
LENIENT = RULES.model_copy(update={"margin": 10.0, "group_figures": ()})
"""The same for who is no worse by anything: what takes a ranker's place is asked, not whether it is good."""


def lenient(arena: "Arena") -> Path:
    """Return a file with these rules."""
    file = arena.place.var / "lenient.json"
    file.write_text(json.dumps({"promotion": LENIENT.model_dump()}))
    return file


@dataclass(frozen=True)
class Arena:
    """Hold a place where nothing is current yet, and runs to promote."""

    place: Place
    data: Path
    runs: dict[str, str]

    @property
    def pointer(self) -> Pointer | None:
        return read_pointer(self.place.bundles)

    def audited(self) -> list[tuple[str, str, dict[str, Any]]]:
        with sqlite3.connect(self.place.var / "sqrec.db") as store:
            rows = store.execute("select what, who, details from audit order by rowid").fetchall()
        store.close()
        return [(what, who, json.loads(details)) for what, who, details in rows]

    def alias(self, name: str) -> str | None:
        return registry_of(self.place).aliased("job", name)

    def promote(self, run: str) -> Path:
        return promote(["job"], self.runs[run], None, self.place, RULES)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    """Train once; enter a good run, one that says other reasons, a useless one, and ones that have learnt too much."""
    place = tmp_path_factory.mktemp("arena")
    var, data = place / "var", crowd.write(place / "data")
    good, folder = crowd.trained_on(data)
    fewer = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:-1]))
    unsaid = replace(good, parts=replace(good.parts, reasons=()))
    leaky = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:2]))
    all_learnt = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:3], split="none"))
    level = crowd.level_with_plain(good)
    late = replace(good, parts=replace(good.parts, reasons=good.parts.reasons[:4]))
    an_answer = np.setdiff1d(good.seen, good.events)[:1]
    runs = {
        "late": crowd.enter(late, folder, var, job_events=np.union1d(good.events, an_answer)),
        "fewer": crowd.enter(fewer, folder, var),
        "useless": crowd.enter(crowd.useless(good, folder), folder, var),
        "level": crowd.enter(level, folder, var),
        "unsaid": crowd.enter(unsaid, folder, var),
        "leaky": crowd.enter(leaky, folder, var, job_events=good.seen),
        "all": crowd.enter(all_learnt, folder, var),
        "good": crowd.enter(good, folder, var),
    }
    return Arena(Place.of(var, None, "tester"), data, runs)


@pytest.fixture
def arena(ground: Arena) -> Iterator[Arena]:
    """Start from a pointer that names nothing and an empty audit trail."""
    yield ground
    for name in ("bundles/current.json", "sqrec.db", "sqrec.db-wal", "sqrec.db-shm"):
        (ground.place.var / name).unlink(missing_ok=True)
    shutil.rmtree(ground.place.var / "cards", ignore_errors=True)


def test_a_first_promotion_moves_pointer_alias_audit_and_card(arena: Arena) -> None:
    folder = arena.promote("good")
    assert bundles.current(arena.place.bundles) == folder
    pointer = arena.pointer
    assert pointer
    assert pointer.current.promoted
    assert pointer.current.since
    assert pointer.current.champions == {"job": Champion(arena.runs["good"], GOOD)}
    assert pointer.before == ()
    assert (arena.alias("champion"), arena.alias("challenger")) == (GOOD, None)
    (note,) = arena.audited()
    assert note[:2] == ("promotion", "tester")
    assert (note[2]["from"], note[2]["to"]) == (None, folder.name)
    card = json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))
    assert card["bundle"] == folder.name
    assert card["decision"]["outcome"] == "promoted"
    assert card["comparisons"]["job"]["against"] == "words"
    assert card["comparisons"]["job"]["people"] == crowd.PEOPLE
    assert card["comparisons"]["job"]["gap"]["interval"]["low"] > 0.1
    assert card["rankers"]["job"]["run"] == arena.runs["good"]
    page = (arena.place.var / "cards" / folder.name / "card.md").read_text(encoding="utf-8")
    assert all(f"## {part}" in page for part in ("Decision", "Rankers", "Data", "Job: challenger", "Limits", "For", "Not for"))
    kept = mlflow.artifacts.load_text(f"runs:/{arena.runs['good']}/card/card.md")
    assert kept == page


def test_the_next_one_is_compared_with_the_champion_and_the_pointer_remembers(arena: Arena) -> None:
    first, second = arena.promote("good"), arena.promote("fewer")
    assert first != second
    pointer = arena.pointer
    assert pointer
    assert [standing.bundle for standing in (pointer.current, *pointer.before)] == [second.name, first.name]
    assert arena.alias("champion") == FEWER
    card = json.loads((arena.place.var / "cards" / second.name / "card.json").read_text(encoding="utf-8"))
    compared = card["comparisons"]["job"]
    assert compared["against"] == "champion"
    assert compared["figures"]["challenger"] == compared["figures"]["champion"]
    assert compared["gap"]["interval"] == {"mean": 0.0, "low": 0.0, "high": 0.0, "n": crowd.PEOPLE}
    assert compared["speed"]["champion"] > 0


def test_groups_are_tested_and_small_ones_are_not_told(arena: Arena) -> None:
    folder = arena.promote("good")
    compared = json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))["comparisons"][
        "job"
    ]
    tested = {(one["family"], one["slice"]) for one in compared["groups"]}
    assert {("education", "bachelor"), ("education", "college"), ("district", "370203"), ("district", "370213")} <= tested
    assert all(one["people"] >= 10 for one in compared["groups"])
    assert compared["not_told"]["age"]
    assert {one["figure"] for one in compared["groups"]} == {"ndcg@10", "exposure"}
    assert all(one["adjusted"] >= one["p"] for one in compared["groups"])


def test_a_worse_challenger_is_refused_in_one_sentence(arena: Arena) -> None:
    arena.promote("good")
    before = (arena.place.bundles / "current.json").read_bytes()
    command = ["job", "--run", arena.runs["useless"], "--var", str(arena.place.var), "--who", "somebody"]
    done = CliRunner().invoke(APP, command)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"Run {arena.runs['useless']} is not promoted: its ndcg@10 is 0." in done.stderr
    assert (arena.place.bundles / "current.json").read_bytes() == before
    assert arena.alias("champion") == GOOD
    assert arena.audited()[-1][:2] == ("promotion refused", "somebody")
    assert arena.audited()[-1][2]["reason"] in done.stderr
    assert len(list((arena.place.var / "cards").iterdir())) == 1
    told = mlflow.artifacts.load_dict(f"runs:/{arena.runs['useless']}/card/card.json")
    assert told["decision"]["outcome"] == "refused"
    assert told["decision"]["reasons"]


def card_of(arena: Arena, folder: Path) -> dict[str, Any]:
    return json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))


def own_of(arena: Arena, run: str) -> Path:
    return registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs[run]))


def test_a_good_one_is_compared_with_plain(arena: Arena) -> None:
    folder = arena.promote("good")
    compared = card_of(arena, folder)["comparisons"]["job"]
    assert set(compared["figures"]) == {"challenger", "words", "plain"}
    gap = compared["plain"]["interval"]
    means = [compared["figures"][name]["ndcg@10"]["mean"] for name in ("challenger", "plain")]
    assert gap["mean"] == pytest.approx(means[0] - means[1])
    page = (arena.place.var / "cards" / folder.name / "card.md").read_text(encoding="utf-8")
    assert "Difference to the plain baseline on ndcg@10: " in page
    assert load(folder).references == load(own_of(arena, "good")).references


def test_what_lies_below_plain_is_refused(arena: Arena) -> None:
    with pytest.raises(
        Refused, match=r"it lies below the plain baseline: its ndcg@10 is 0\.\d+ beside 0\.\d+ of plain"
    ) as refused:
        arena.promote("useless")
    assert "put forward" not in str(refused.value)
    assert arena.pointer is None


def test_plain_takes_the_place_of_what_is_no_better_and_serves(arena: Arena) -> None:
    command = [
        "job",
        "--run",
        arena.runs["level"],
        "--var",
        str(arena.place.var),
        "--who",
        "tester",
        "--rules",
        str(lenient(arena)),
    ]
    done = CliRunner().invoke(APP, command)
    assert done.exit_code == 0, done.output
    first, second = done.stdout.splitlines()
    assert first.startswith("Job: the plain baseline is put forward in its place: its ndcg@10 is 0.")
    folder = bundles.current(arena.place.bundles)
    assert second == f"Promoted: {folder}"
    loaded, own = load(folder), load(own_of(arena, "level"))
    assert loaded.is_plain("job")
    assert loaded.name != own.name
    parts, plain = loaded.kinds["job"], own.references["job"]
    assert (parts.rows, parts.booster, parts.start) == (PLAIN_ROWS["job"], plain.booster, Linear.nothing())
    assert (folder / "job" / "booster.txt").read_text(encoding="utf-8") == plain.booster
    assert loaded.provenance["job"]["settings"] == {"ranker": "plain"}
    assert not {"trials", "study"} & set(loaded.provenance["job"])
    assert not {"job_edges", "job_shares"} & set(bundles.arrays_of(folder))
    assert "job_events" in bundles.arrays_of(folder)
    note = arena.audited()[-1][2]
    assert note["instead"]["job"] in first
    card = card_of(arena, folder)
    assert card["decision"]["instead"] == note["instead"]
    assert (card["comparisons"]["job"]["plain"], card["comparisons"]["job"]["instead"]) == ("itself", note["instead"]["job"])
    assert "The challenger is the plain baseline: " in (folder.parents[1] / "cards" / folder.name / "card.md").read_text("utf-8")
    assert arena.pointer
    assert arena.pointer.current.champions["job"].run == arena.runs["level"]
    told = read_source(arena.data)
    snapshot = Snapshot.of(told, loaded.profiler)
    at = np.array([tiny.micros("2026-07-20T12:00")])
    profile = snapshot.ask(loaded.profiler, keys_of(["p01"]), at)
    ranking = loaded.recommender().recommend(profile, "job", snapshot, SERVED, n=10)
    assert ranking.ranker == "model"
    assert len(ranking.item) >= 10
    verdicts(ranking.scene.rows, parts.rows.names, parts.reasons, parts.requirements)
    with pytest.raises(Refused, match=r"put forward in its place: .*; and that serves already: nothing would change"):
        promote(["job"], arena.runs["level"], None, arena.place, LENIENT)


def test_plain_must_pass_the_champions_test(arena: Arena) -> None:
    arena.promote("good")
    before = arena.pointer
    strict = LENIENT.model_copy(update={"margin": -10.0})
    with pytest.raises(
        Refused, match=r"is not promoted: the plain baseline is put forward in its place: .*; its ndcg@10 is .* champion"
    ):
        promote(["job"], arena.runs["level"], None, arena.place, strict)
    assert arena.pointer == before
    told = mlflow.artifacts.load_dict(f"runs:/{arena.runs['level']}/card/card.json")
    assert told["decision"]["outcome"] == "refused"
    assert told["decision"]["instead"]["job"].startswith("the plain baseline is put forward")


def test_an_old_bundle_without_plain_is_promoted_and_the_card_says_so(arena: Arena) -> None:
    own = own_of(arena, "good")
    aside = {path: path.read_bytes() for path in own.glob("provenance/job_plain*")}
    assert len(aside) == 2
    for path in aside:
        path.unlink()
    folder = arena.promote("good")
    for path, content in aside.items():
        path.write_bytes(content)
    card = card_of(arena, folder)["comparisons"]["job"]
    assert (card["plain"], set(card["figures"])) == ("missing", {"challenger", "words"})
    page = (arena.place.var / "cards" / folder.name / "card.md").read_text(encoding="utf-8")
    assert "holds no plain baseline: it was not compared with one" in page


def test_what_plain_cannot_tell_is_not_said() -> None:
    for kind, parts in train.DECLARED.items():
        names = parts.rows.names
        words = Linear.of(names, WORDS[kind], {"popularity_item": 2.0})
        plain = plain_parts(replace(parts, words=words), Reference(PLAIN_ROWS[kind], "booster"))
        there = [name for name in WORDS[kind] if name in PLAIN_ROWS[kind].names]
        assert [PLAIN_ROWS[kind].names[place] for place in plain.words.places] == there
        assert plain.words.weights == tuple(WORDS[kind][name] for name in there)
        assert plain.words.unknown == tuple(2.0 if name == "popularity_item" else 0.0 for name in there)
        assert {one.column for one in (*plain.reasons, *plain.requirements)} <= set(PLAIN_ROWS[kind].names)
        assert plain.reasons
        for name in plain.rows.names:  # “why this?” says every column
            assert set(built_in_texts()[f"column.{name}"]) == {"zh-CN", "en"}


def test_a_useless_one_is_no_first_champion_either(arena: Arena) -> None:
    with pytest.raises(Refused, match="of the words baseline"):
        arena.promote("useless")
    assert arena.pointer is None


def test_what_serves_already_is_not_promoted_again(arena: Arena) -> None:
    arena.promote("good")
    with pytest.raises(Refused, match="serves already"):
        arena.promote("good")


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


@pytest.mark.parametrize(
    ("run", "says"), [("leaky", "The challenger's job ranker .* has learnt from"), ("all", "learnt from everything")]
)
def test_who_has_learnt_from_held_out_events_is_refused(arena: Arena, run: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        arena.promote(run)
    assert arena.pointer is None


def test_a_champion_that_has_learnt_from_held_out_events_is_refused(arena: Arena) -> None:
    leaky = registry_of(arena.place).version("job", arena.runs["leaky"])
    write_pointer(arena.place.bundles, Pointer(Standing(leaky.bundle, promoted=True, champions={"job": leaky.champion})))
    with pytest.raises(DataError, match=r"The champion's job ranker .* has learnt from"):
        arena.promote("good")
    assert bundles.current(arena.place.bundles).name == leaky.bundle


def test_a_champion_that_does_not_say_what_it_learnt_from_is_refused(arena: Arena) -> None:
    leaky = registry_of(arena.place).bundle_of(registry_of(arena.place).version("job", arena.runs["leaky"]))
    bundles.save(load(leaky), arena.place.bundles / "unknown")
    write_pointer(arena.place.bundles, Pointer(Standing("unknown", promoted=True)))
    with pytest.raises(DataError, match="The champion's job ranker does not say"):
        arena.promote("good")


def test_whose_answer_came_in_late_is_left_out(arena: Arena) -> None:
    """One held-out answer of sixty was learnt from: its person is not asked, the others decide."""
    none = RULES.model_copy(update={"most_learnt": 0.0})
    with pytest.raises(DataError, match=f"the answers of 1 of {crowd.PEOPLE} held-out people"):
        promote(["job"], arena.runs["late"], None, arena.place, none)
    folder = arena.promote("late")
    card = json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))
    compared = card["comparisons"]["job"]
    assert (compared["left_out"], compared["people"]) == (1, crowd.PEOPLE - 1)


def test_the_store_that_the_data_come_from_keeps_the_audit_trail(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'city.db'}"
    assert Place.of(tmp_path, None, None, url).store == url
    assert Place.of(tmp_path, "sqlite:///other.db", None, url).store == "sqlite:///other.db"
    assert Place.of(tmp_path, None, None, str(tmp_path)).store == f"sqlite:///{tmp_path / 'sqrec.db'}"


def test_a_store_that_is_not_there_is_not_made_for_the_audit_trail(arena: Arena, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mistyped.db'}"
    done = CliRunner().invoke(APP, ["job", "--data", url, "--run", arena.runs["good"], "--var", str(arena.place.var)])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"There is no store {url}")
    assert list(tmp_path.iterdir()) == []
    assert arena.pointer is None


def test_a_refusal_that_cannot_be_noted_says_both(arena: Arena, tmp_path: Path) -> None:
    (tmp_path / "sqrec.db").write_text("no store, whatever it is called: " * 100)
    place = replace(arena.place, store=f"sqlite:///{tmp_path / 'sqrec.db'}")
    with pytest.raises(Refused, match=r"of the words baseline.*Nor could that be noted in the audit trail: "):
        promote(["job"], arena.runs["useless"], None, place, RULES)


def test_other_data_are_split_anew_and_told_apart(arena: Arena, tmp_path: Path) -> None:
    """On newer data the last item of everybody is another one: the run has not learnt from it."""
    newer = crowd.write(tmp_path / "newer", 900)
    folder = promote(["job"], arena.runs["good"], str(newer), arena.place, RULES)
    card = json.loads((arena.place.var / "cards" / folder.name / "card.json").read_text(encoding="utf-8"))
    assert card["data"]["rows"]["events"] == 900
    assert card["data"]["source"] == "newer"


def test_data_of_another_city_are_refused(arena: Arena, tmp_path: Path) -> None:
    elsewhere = tiny.write(tmp_path / "elsewhere", city="nowhere")
    with pytest.raises(DataError, match="is of nowhere, the bundle of qingdao"):
        promote(["job"], arena.runs["good"], str(elsewhere), arena.place, RULES)


def test_an_unknown_run_is_refused(arena: Arena) -> None:
    done = CliRunner().invoke(APP, ["job", "--run", "no-such-run", "--var", str(arena.place.var)])
    assert (done.exit_code, done.stderr) == (1, "Run no-such-run trained no job ranker here: `make train` logs runs.\n")
    assert CliRunner().invoke(APP, ["--var", str(arena.place.var)]).exit_code == 2


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


def test_the_rules_of_time_and_dates_refuse(arena: Arena) -> None:
    slow = RULES.model_copy(update={"most_milliseconds": 0.0})
    with pytest.raises(Refused, match=r"scoring 300 rows takes it 0\.\d\d ms, where 0\.00 ms are the most"):
        promote(["job"], arena.runs["good"], None, arena.place, slow)
    old = RULES.model_copy(update={"most_days_behind": -10})
    with pytest.raises(Refused, match="its data is of 2026-08-01, -6 days before the newest event"):
        promote(["job"], arena.runs["good"], None, arena.place, old)
    assert arena.pointer is None


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


def test_every_refusal_is_one_sentence(arena: Arena) -> None:
    for run in ("useless", "leaky", "all"):
        with pytest.raises(SqrecError) as refused:
            arena.promote(run)
        assert "\n" not in str(refused.value)
        assert str(refused.value).endswith(".")
