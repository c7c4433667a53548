"""What is said about whole lists: how they were made, what the law changed, what was wanted and is not there, how far the circle went."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqrec.bundle import Bundle
from sqrec.codes.taxonomy import name_of
from sqrec.columns import Kind
from sqrec.profile.worded import Words
from sqrec.rank import Ranking
from sqrec.rank.texts import Language, say
from sqrec.rank.wish import FARTHER, RELATED

Said = tuple[str, Mapping[str, str]]
"""A code and what its sentence is filled with."""


def notices(rankings: Mapping[Kind, Ranking], bundle: Bundle, lang: Language) -> list[dict[str, str]]:
    """Return the notices of some lists, each once."""
    words = Words(bundle.texts, lang, bundle.city)
    found = [*_made(rankings), *_lawful(rankings)]
    for kind, ranking in rankings.items():
        found += [*_unanswered(kind, ranking, rankings, words), *_widened(kind, ranking, words)]
    sentences = {say(bundle.texts, "notice", code, lang, values): code for code, values in reversed(found)}
    return [{"code": code, "text": text} for text, code in reversed(sentences.items())]


def _made(rankings: Mapping[Kind, Ranking]) -> Iterator[Said]:
    """Say how lists were made: by an algorithm from personal facts, or without them."""
    if any(ranking.ranker == "neutral" for ranking in rankings.values()):
        yield "neutral", {}
    if any(ranking.ranker != "neutral" for ranking in rankings.values()) or not rankings:
        yield "algorithm", {}


def _lawful(rankings: Mapping[Kind, Ranking]) -> Iterator[Said]:
    yield from ((ranking.scene.notice, {}) for ranking in rankings.values() if ranking.scene.notice)


def _widened(kind: Kind, ranking: Ranking, words: Words) -> Iterator[Said]:
    """Say how far a circle went; of a list in which there is nothing this says nothing."""
    scene = ranking.scene
    if scene.widened and len(ranking.order):
        told = {"kind": words.say("kind", kind), "step": f"{scene.step:g}" if scene.step else ""}
        yield "widened" if scene.step else "unbounded", told


def _unanswered(kind: Kind, ranking: Ranking, rankings: Mapping[Kind, Ranking], words: Words) -> Iterator[Said]:
    """Say that what a person wants is not within reach, where the nearest is, what stands there instead, and what leads to it.

    Where the law shows only a part this says nothing: there may be more.
    """
    turns, scene, wanted = ranking.turns, ranking.scene, _wanted(kind, ranking, words)
    if turns.answered or not wanted or scene.limited:
        return
    told = {"wanted": wanted, "kind": words.say("kind", kind), "step": f"{turns.within:g}"}
    if turns.nearest is not None:
        yield "none_near", told | {"minutes": f"{max(1, round(float(scene.pairs.minutes[turns.nearest])))}"}
    else:
        yield "none" if scene.step is None else "none_within", told
    if (turns.turn == RELATED).any():
        yield "related_first", told
    courses = rankings.get("course")
    if kind == "job" and courses is not None and courses.turns.answered:
        yield "course_leads", told | {"course": _first_answer(courses)}


def _first_answer(ranking: Ranking) -> str:
    first = next(place for place in ranking.order.tolist() if ranking.turns.turn[place] <= FARTHER)
    return ranking.scene.items.titles[int(ranking.scene.pairs.item[first])]


def _wanted(kind: Kind, ranking: Ranking, words: Words) -> str:
    """Return in words what a person said they want of a kind; empty where they said nothing, or nothing that has a code."""
    if not ranking.turns.asked:
        return ""
    person: Any = ranking.scene.profile.raw(0)
    if kind == "amenity":
        return words.joined([words.value("needs", need) for need in person.needs or ()])
    return words.joined([name_of(one) for one in person.desired or ()])
