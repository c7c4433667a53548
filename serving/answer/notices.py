"""Notices about whole lists: how they were made, what the law changed, what is wanted and missing, how far the circle was widened."""

from collections.abc import Iterator, Mapping

from serving.answer.wanted import Said, Wanting
from sqrec.codes.taxonomy import name_of
from sqrec.contract import Kind
from sqrec.groups.worded import Words
from sqrec.rank import Ranking, Recommender
from sqrec.rank.order import FIRST
from sqrec.rank.said.occupation import nearest_text
from sqrec.rank.wish import NEAREST, RELATED
from sqrec.texts import Language, Texts, say


def notices(
    rankings: Mapping[Kind, Ranking], recommender: Recommender, texts: Texts, lang: Language, n: int = FIRST
) -> list[dict[str, str]]:
    """Return the notices of lists, each once, as `code` and `text`; the first `n` items of each list are shown.

    `recommender` is the one that made the lists.
    """
    words = Words(texts, lang, recommender.city)
    found = [*_made(rankings), *_lawful(rankings)]
    for kind, ranking in rankings.items():
        wanting = Wanting(kind, ranking, n, words, recommender)
        found += [
            *_again(kind, ranking, words),
            *_unanswered(wanting, rankings),
            *wanting.lacking(),
            *wanting.against(),
            *_widened(kind, ranking, words),
        ]
    sentences = {say(texts, "notice", code, lang, values): code for code, values in reversed(found)}
    return [{"code": code, "text": text} for text, code in reversed(sentences.items())]


def _made(rankings: Mapping[Kind, Ranking]) -> Iterator[Said]:
    """Yield how lists were made: by an algorithm from personal facts, or without them."""
    if any(ranking.ranker == "neutral" for ranking in rankings.values()):
        yield "neutral", {}
    if any(ranking.ranker != "neutral" for ranking in rankings.values()) or not rankings:
        yield "algorithm", {}


def _lawful(rankings: Mapping[Kind, Ranking]) -> Iterator[Said]:
    yield from ((ranking.scene.notice, {}) for ranking in rankings.values() if ranking.scene.notice)


def _again(kind: Kind, ranking: Ranking, words: Words) -> Iterator[Said]:
    """Yield that everything there is was used or dismissed before, so that it is shown again."""
    if ranking.scene.again:
        yield "again", {"kind": words.say("kind", kind)}


def _widened(kind: Kind, ranking: Ranking, words: Words) -> Iterator[Said]:
    """Yield how far a circle was widened; nothing for an empty list."""
    scene = ranking.scene
    if scene.widened and len(ranking.order):
        told = {"kind": words.say("kind", kind), "step": f"{scene.step:g}" if scene.step else ""}
        yield "widened" if scene.step else "unbounded", told


def _unanswered(wanting: Wanting, rankings: Mapping[Kind, Ranking]) -> Iterator[Said]:
    """Yield that nothing wanted is within reach, how far the nearest is, what is listed instead, and which course leads to it.

    Nothing where the law limits the list: other wanted items may exist.
    """
    kind, turns, scene = wanting.kind, wanting.ranking.turns, wanting.ranking.scene
    if turns.answered or scene.limited or not (wanted := wanting.wanted()):
        return
    told = {**wanting.told, "wanted": wanted}
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
    """Return the title of the first listed course of a wanted trade, and the wish that it answers."""
    turn, items = courses.turns.turn, courses.scene.items
    row = int(courses.scene.pairs.item[next(pair for pair in courses.order.tolist() if turn[pair] < NEAREST)])
    return {
        "course": items.titles[row],
        "wanted": name_of(nearest_text(courses.scene.profile.raw(0).desired, items.facts["occupation"][row])),
    }
