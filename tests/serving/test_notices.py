"""Notices: what is said about whole lists is true, said once, and never against another notice."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from serving.answer.notices import notices
from sqrec import SERVED, Person, Policy, Snapshot, load, read_folder
from sqrec import bundle as bundles
from sqrec.bundle import Bundle
from sqrec.contract import Kind
from sqrec.rank import Ranking
from sqrec.rank.said.occupation import ladder_of, official_name
from sqrec.rank.wish import OTHERS
from tests.support import tiny

AT = tiny.micros("2026-07-20T12:00")
WISH = replace(SERVED, wish=60.0)
HOME = {"lon": 120.355, "lat": 36.083}
Court = tuple[Bundle, Snapshot]


@pytest.fixture(scope="module")
def court(small: Path) -> Court:
    loaded = load(bundles.current(small / "var" / "bundles"))
    return loaded, Snapshot.of(read_folder(small / "data", write_rejected=False), loaded.profiler)


def listed(court: Court, policy: Policy = WISH, **facts: Any) -> dict[Kind, Ranking]:
    bundle, snapshot = court
    profile = bundle.profiler.profiles([Person(**facts)], np.array([AT]), [{}], np.array([0], np.uint64))
    return {"job": bundle.recommender().recommend(profile, "job", snapshot, policy, 10)}


def codes(court: Court, rankings: dict[Kind, Ranking]) -> list[str]:
    return [one["code"] for one in notices(rankings, court[0].recommender(), court[0].texts, "zh-CN")]


def test_a_list_of_what_is_wanted_is_only_said_to_be_made(court: Court) -> None:
    assert codes(court, listed(court, birth_month="1990-01", desired=("面点师",), **HOME)) == ["algorithm"]


def test_work_that_nobody_offers_is_said_first(court: Court) -> None:
    said = notices(
        listed(court, birth_month="1990-01", desired=("焊工",), **HOME), court[0].recommender(), court[0].texts, "zh-CN"
    )
    assert [one["code"] for one in said][:2] == ["algorithm", "none"]
    assert said[1]["text"] == "按职业分类，目前没有可以推荐的“焊工”同类岗位"


def test_the_nearest_is_named_where_none_is_within_reach(court: Court) -> None:
    rankings = listed(court, replace(WISH, wish=0.01), birth_month="1990-01", desired=("面点师",), **HOME)
    said = notices(rankings, court[0].recommender(), court[0].texts, "en")
    nearest = rankings["job"].turns.nearest
    assert nearest is not None
    minutes = round(float(rankings["job"].scene.pairs.minutes[nearest]))
    assert f"the nearest is about {max(1, minutes)} minutes away" in {one["code"]: one["text"] for one in said}["none_near"]


def test_who_names_no_work_is_told_of_none(court: Court) -> None:
    assert codes(court, listed(court, birth_month="1990-01", occupations=("焊工",), **HOME)) == ["algorithm"]


def test_by_law_no_jobs_stands_alone(court: Court) -> None:
    """Under sixteen: not a word on how far a circle went, nor on what nobody offers."""
    rankings = listed(court, replace(WISH, reach=3.0), birth_month="2011-05", desired=("焊工",), **HOME)
    assert codes(court, rankings) == ["algorithm", "no_jobs_under_age"]


def test_a_list_that_is_not_personal_is_not_said_to_be_made_from_facts(court: Court) -> None:
    assert codes(court, listed(court, birth_month="1990-01", desired=("焊工",), personalised=False, **HOME)) == ["neutral"]


def test_a_circle_that_widened_says_of_what(court: Court) -> None:
    said = notices(
        listed(court, replace(WISH, reach=3.0), birth_month="1990-01", **HOME), court[0].recommender(), court[0].texts, "zh-CN"
    )
    texts = {one["code"]: one["text"] for one in said}
    assert "附近的岗位较少" in (texts.get("widened") or texts["unbounded"])


def test_a_wish_that_has_no_code_is_not_said_to_be_missing(court: Court) -> None:
    said = notices(
        listed(court, birth_month="1990-01", desired=("焊工", "轻松一点的"), **HOME),
        court[0].recommender(),
        court[0].texts,
        "zh-CN",
    )
    assert "“焊工”" in said[1]["text"]


def test_a_wish_is_named_with_the_occupation_that_it_is_judged_by(court: Court) -> None:
    """后端开发 is coded to an occupation whose name says something else: the notice says by which class there is none."""
    said = notices(
        listed(court, birth_month="1990-01", desired=("后端开发",), **HOME), court[0].recommender(), court[0].texts, "zh-CN"
    )
    official = official_name(ladder_of("后端开发")[-1])
    assert official
    assert f"“后端开发（{official}）”" in said[1]["text"]


def test_what_a_title_within_reach_names_is_not_said_to_be_missing(court: Court) -> None:
    """The vacancies of 面点师 are coded anew to another class, so that none answers; their titles still say 面点师."""
    rankings = listed(court, birth_month="1990-01", desired=("面点师", "焊工"), **HOME)
    job = rankings["job"]
    unanswered = replace(job, turns=replace(job.turns, turn=np.full(len(job.turns.turn), OTHERS)))
    said = notices({"job": unanswered}, court[0].recommender(), court[0].texts, "zh-CN")
    assert "“焊工”" in said[1]["text"]
    alone = listed(court, birth_month="1990-01", desired=("面点师",), **HOME)["job"]
    shown = replace(alone, turns=replace(alone.turns, turn=np.full(len(alone.turns.turn), OTHERS)))
    assert codes(court, {"job": shown}) == ["algorithm"]
