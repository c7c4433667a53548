"""Promotion beside the plain baseline: what is held against it, and when it takes a ranker's place."""

from dataclasses import replace

import mlflow
import numpy as np
import pytest
from typer.testing import CliRunner

from features import PLAIN_ROWS
from sqrec import bundle as bundles
from sqrec import load
from sqrec.base.arrays import keys_of
from sqrec.catalogue.snapshot import Snapshot
from sqrec.rank import SERVED, Linear, Reference, tell
from sqrec.rank.view import View
from sqrec.source import read_source
from sqrec.texts import built_in_texts
from tests.support import tiny
from tests.support.arena import APP, LENIENT, Arena, card_of, lenient, own_of
from training import train
from training.contest import Refused
from training.instead import plain_parts
from training.promote import promote
from training.words import WORDS


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
    assert (parts.rows, parts.booster) == (PLAIN_ROWS["job"], plain.booster)
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
    shown = ranking.order[:10]
    said = tell(parts.speech, ranking, shown, View.of(snapshot, profile, "job", ranking.scene.pairs.take(shown), loaded.city))
    assert any(one.reasons for one in said)
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
        assert {one.column for one in (*plain.reasons, *plain.requirements)} <= {*PLAIN_ROWS[kind].names, *plain.told.names}
        assert plain.reasons
        for name in plain.rows.names:  # “why this?” says every column
            assert set(built_in_texts()[f"column.{name}"]) == {"zh-CN", "en"}
