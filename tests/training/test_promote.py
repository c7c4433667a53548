"""Promotion on the small city: what moves, what is refused, and in which words."""

import json
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest
from typer.testing import CliRunner

from sqrec import bundle as bundles
from sqrec import load
from sqrec.bundle.pointer import Champion, Pointer, Standing, write_pointer
from sqrec.errors import DataError, SqrecError
from tests.support import crowd, tiny
from tests.support.arena import APP, FEWER, GOOD, RULES, Arena
from training.contest import Refused
from training.doors import Place
from training.promote import promote, registry_of


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


def test_a_useless_one_is_no_first_champion_either(arena: Arena) -> None:
    with pytest.raises(Refused, match="of the words baseline"):
        arena.promote("useless")
    assert arena.pointer is None


def test_what_serves_already_is_not_promoted_again(arena: Arena) -> None:
    arena.promote("good")
    with pytest.raises(Refused, match="serves already"):
        arena.promote("good")


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


def test_the_rules_of_time_and_dates_refuse(arena: Arena) -> None:
    slow = RULES.model_copy(update={"most_milliseconds": 0.0})
    with pytest.raises(Refused, match=r"scoring 300 rows takes it 0\.\d\d ms, where 0\.00 ms are the most"):
        promote(["job"], arena.runs["good"], None, arena.place, slow)
    old = RULES.model_copy(update={"most_days_behind": -10})
    with pytest.raises(Refused, match="its data is of 2026-08-01, -6 days before the newest event"):
        promote(["job"], arena.runs["good"], None, arena.place, old)
    assert arena.pointer is None


def test_every_refusal_is_one_sentence(arena: Arena) -> None:
    for run in ("useless", "leaky", "all"):
        with pytest.raises(SqrecError) as refused:
            arena.promote(run)
        assert "\n" not in str(refused.value)
        assert str(refused.value).endswith(".")
