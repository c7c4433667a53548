"""Replacement of a ranker by its plain baseline, for promotion."""

from collections.abc import Sequence
from dataclasses import replace

from sqrec.bundle import Bundle
from sqrec.bundle.kinds import KindParts
from sqrec.contract import Kind
from sqrec.evaluate.promotion.decision import Challenge
from sqrec.evaluate.promotion.rules import PromotionRules
from sqrec.rank import Linear, Reference, RowBuilder
from training.contest import Contender, Contest, Refused, measure

_OF_THE_RANKER = ("settings", "trials", "study")
_OF_ITS_ROWS = ("edges", "shares")


def with_plain(contest: Contest, found: Sequence[Challenge], rules: PromotionRules) -> tuple[Contest, list[Challenge]]:
    """Return the contest and its comparisons, with plain in place of every ranker whose mean is not above plain's.

    Raises Refused where the resulting bundle already serves.
    """
    ways: dict[Kind, str] = {one.kind: one.put_forward for one in found if one.gives_way}
    if not ways:
        return contest, list(found)
    for kind in ways:
        contest = replace(contest, challenger=_plainly(contest.challenger, kind))
    if contest.changes_nothing:
        run = next(iter(contest.versions.values())).run
        raise Refused(f"Run {run} is not promoted: {'; '.join(ways.values())}; and that serves already: nothing would change.")
    again = {kind: replace(measure(kind, contest, rules), instead=said) for kind, said in ways.items()}
    return contest, [again.get(one.kind, one) for one in found]


def plain_parts(parts: KindParts, plain: Reference) -> KindParts:
    """Return the parts of a kind with plain as its ranker.

    Reasons, requirements and the words baseline keep only the columns that plain's rows have.
    """
    names = {*plain.rows.names, *parts.told.names}
    return replace(
        parts,
        rows=plain.rows,
        booster=plain.booster,
        serving=None,
        words=_words_on(plain.rows, parts),
        reasons=tuple(one for one in parts.reasons if one.column in names),
        requirements=tuple(one for one in parts.requirements if one.column in names),
    )


def _words_on(rows: RowBuilder, parts: KindParts) -> Linear:
    """Return the words baseline on other rows, without the columns that they lack."""
    words, names = parts.words, parts.rows.names
    terms = list(zip((names[place] for place in words.places), words.weights, words.unknown, strict=True))
    kept = [term for term in terms if term[0] in rows.names]
    return Linear.of(rows.names, {name: weight for name, weight, _ in kept}, {name: unknown for name, _, unknown in kept})


def _plainly(contender: Contender, kind: Kind) -> Contender:
    """Return a contender whose ranker of one kind is plain.

    The study of the ranker and the histogram of its rows are dropped, as they are not plain's.
    """
    arrays = {name: array for name, array in contender.arrays.items() if name not in {f"{kind}_{one}" for one in _OF_ITS_ROWS}}
    return replace(contender, bundle=_bundle_with_plain(contender.bundle, kind), arrays=arrays)


def _bundle_with_plain(bundle: Bundle, kind: Kind) -> Bundle:
    parts, told = plain_parts(bundle.kinds[kind], bundle.references[kind]), bundle.provenance.get(kind, {})
    origin = {name: value for name, value in told.items() if name not in _OF_THE_RANKER} | {"settings": {"ranker": "plain"}}
    return replace(bundle, kinds={**bundle.kinds, kind: parts}, provenance={**bundle.provenance, kind: origin})
