"""What is said about whole lists: how they were made, what the law changed, what was wanted and is not there, how far the circle went."""

from collections.abc import Iterator, Mapping

from sqrec.base.text import normal
from sqrec.bundle import Bundle
from sqrec.codes.taxonomy import name_of
from sqrec.contract import Kind
from sqrec.groups.worded import Words
from sqrec.rank import Ranking
from sqrec.rank.order import FIRST
from sqrec.rank.said.occupation import ladder_of, nearest_text, official_name
from sqrec.rank.said.words import head_of, telling_run
from sqrec.rank.wish import NEAREST, RELATED
from sqrec.texts import Language, say

Said = tuple[str, Mapping[str, str]]
"""A code and what its sentence is filled with."""
_TRADE = 2
"""The rung of the first three parts of a code."""


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
    by = words.say("said", "by_need" if kind == "amenity" else "by_occupation")
    told = {"wanted": wanted, "kind": words.say("kind", kind), "step": f"{turns.within:g}", "by": by}
    if turns.nearest is not None:
        yield "none_near", told | {"minutes": f"{max(1, round(float(scene.pairs.minutes[turns.nearest])))}"}
    else:
        yield "none" if scene.step is None else "none_within", told
    if (turns.turn == RELATED).any():
        yield "related_first" if kind == "job" else "taught_alike_first", told
    courses = rankings.get("course")
    if kind == "job" and courses is not None and courses.turns.answered:
        yield "course_leads", _leading(courses)


def _leading(courses: Ranking) -> Mapping[str, str]:
    """Return the first course of a wanted trade, and the wish whose trade it is."""
    turn, items = courses.turns.turn, courses.scene.items
    row = int(courses.scene.pairs.item[next(pair for pair in courses.order.tolist() if turn[pair] < NEAREST)])
    return {
        "course": items.titles[row],
        "wanted": name_of(nearest_text(courses.scene.profile.raw(0).desired, items.facts["occupation"][row])),
    }


def _wanted(kind: Kind, ranking: Ranking, words: Words) -> str:
    """Return in words what a person said they want of a kind and the list does not show.

    Empty where they said nothing, or nothing that has a code. What the title of an item within reach names is shown, whatever class
    its code is of: a reader goes by titles.
    """
    if not ranking.turns.asked:
        return ""
    person = ranking.scene.profile.raw(0)
    if kind == "amenity":
        return words.joined([words.value("needs", need) for need in person.needs])
    items = ranking.scene.items
    shown = ranking.order[:FIRST]
    reached = shown[~(ranking.scene.pairs.minutes[shown] > ranking.turns.within)]
    titles = [normal(head_of(items, row)) for row in ranking.scene.pairs.item[reached].tolist()]
    unseen = [one for one in person.desired if not any(telling_run(title, normal(name_of(one))) for title in titles)]
    return words.joined([_named(one, words) for one in unseen if ladder_of(one)[_TRADE]])


def _named(wish: str, words: Words) -> str:
    """Return a wish by its name, with the official name of the occupation by which it is judged where that is another."""
    name, official = name_of(wish), official_name(ladder_of(wish)[-1])
    if official is None or normal(official) == normal(name):
        return name
    return words.say("said", "classed", wish=name, official=official)
