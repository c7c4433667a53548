"""The verdict of the first page: promote or not, which groups are worse off, how certain it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sqrec.evaluate.fairness.auditing import notes_of
from sqrec.evaluate.lists.ties import TieCheck
from sqrec.evaluate.promotion.rules import PromotionRules
from sqrec.evaluate.report.evaluation import BASELINES, HEADLINE, PLAIN, Evaluation
from sqrec.evaluate.report.ownpeople import own_notes
from sqrec.evaluate.stats.compare import FEW_PEOPLE, Difference, Interval
from sqrec.evaluate.stats.notes import Note, group_name, named
from sqrec.texts import LANGUAGES

GRAVEST = 5
"""How many of the groups that fare worse, and of the audit's flags, the first page names; the rest it counts."""

Answer = Literal["promote", "keep", "unsure", "describe"]


@dataclass(frozen=True)
class Verdict:
    """Hold the answer and the notes that support it.

    `promote`: above every baseline, and no worse than the champion where one was compared, by whole intervals; above the plain
    baseline on the mean. `keep`: a baseline or the champion is established to be better, or plain, which would be promoted
    instead, is no worse on the mean. `unsure`: neither. `describe`: there was nothing to compare.
    """

    answer: Answer
    why: Sequence[Note]
    worse: Sequence[Note]
    sure: Sequence[Note]


def verdict_of(evaluation: Evaluation, rules: PromotionRules | None = None) -> Verdict:
    """Judge an evaluation by the rules of promotion (None: those in force) as far as a report can.

    Promotion itself also tests groups with a correction for their number, speed and dates.
    """
    found = rules or PromotionRules()
    own = own_notes(evaluation.own_people, evaluation.ours)
    if not evaluation.rankers or evaluation.ours not in evaluation.rankers:
        return Verdict("describe", (_nothing_to_judge(evaluation), *own), tuple(_worse(evaluation)), ())
    against_baselines, told = _baselines(evaluation)
    against_plain, beside = _plain(evaluation, found)
    against_champion, more = _champion(evaluation, found)
    both, more = (
        {against_baselines, against_plain, against_champion},
        (*beside, *_popularity(evaluation), *_any_use(evaluation), *more),
    )
    if evaluation.people < FEW_PEOPLE:
        both, more = {"unsure"}, (*more, Note("verdict.few", {"people": evaluation.people, "few": FEW_PEOPLE}))
    answer: Answer = "keep" if "keep" in both else "unsure" if "unsure" in both else "promote"
    return Verdict(answer, (told, *own, *more), tuple(_worse(evaluation)), tuple(_sure(evaluation)))


def _nothing_to_judge(evaluation: Evaluation) -> Note:
    """Say why no ranker has a metric: nothing says what was right, or it says so of nobody of ours."""
    if evaluation.about.split == "nothing":
        return Note("verdict.nothing_to_judge")
    return Note("verdict.nobody_answered", {"ours": named("ranker", [evaluation.ours]), "asked": evaluation.asked})


def _baselines(evaluation: Evaluation) -> tuple[Answer, Note]:
    gaps = {name: gap[HEADLINE].interval for name, gap in evaluation.differences.items() if name in BASELINES}
    if not gaps:
        return "unsure", Note("verdict.alone")
    if below := [name for name, gap in gaps.items() if gap.high < 0]:
        return "keep", Note("verdict.below", {"rankers": named("ranker", below), "metric": HEADLINE})
    if level := [name for name, gap in gaps.items() if not gap.low > 0]:
        return "unsure", Note("verdict.not_above", {"rankers": named("ranker", level), "metric": HEADLINE})
    strongest = max(gaps, key=lambda name: evaluation.rankers[name][HEADLINE].mean)
    fields = {"rankers": named("ranker", gaps), "metric": HEADLINE, "strongest": named("ranker", [strongest])}
    return "promote", Note("verdict.above", fields | _gap(evaluation.differences[strongest][HEADLINE]))


def _plain(evaluation: Evaluation, rules: PromotionRules) -> tuple[Answer, Sequence[Note]]:
    """Judge as promotion does: what lies below plain is refused, what is not above it on the mean gives way to it.

    A ranker of lists made elsewhere is not our baseline, whatever it is called.
    """
    if evaluation.plain or evaluation.about.bundle is None or PLAIN not in evaluation.differences:
        return "promote", () if evaluation.plain is None else (evaluation.plain,)
    gap = evaluation.differences[PLAIN][HEADLINE]
    fields = _gap(gap) | {"metric": HEADLINE}
    if gap.interval.high < rules.least_over_plain:
        return "keep", (Note("plain.below", fields),)
    if not gap.interval.mean > rules.least_over_plain:
        return "keep", (Note("plain.not_above", fields),)
    return "promote", (Note("plain.above" if gap.interval.low > 0 else "plain.above_on_the_mean", fields),)


def _popularity(evaluation: Evaluation) -> Iterator[Note]:
    """Say how it stands against the items that everybody uses; the answer counts popularity among the baselines already."""
    if "popularity" not in evaluation.differences:
        return
    gap = evaluation.differences["popularity"][HEADLINE]
    stands = "below" if gap.interval.high < 0 else "not_above" if not gap.interval.mean > 0 else "above_on_the_mean"
    yield Note(f"popularity.{'above' if gap.interval.low > 0 else stands}", _gap(gap) | {"metric": HEADLINE})


def _any_use(evaluation: Evaluation) -> Iterator[Note]:
    """Say how it stands where people come back; the answer, like promotion, is of what is new to them."""
    found = evaluation.any_use
    if found is None:
        return
    for other in (PLAIN, "own_visits"):
        if other in found.differences and not (other == PLAIN and evaluation.plain):
            gap = found.differences[other][HEADLINE]
            stands = "above" if gap.interval.low > 0 else "below" if gap.interval.high < 0 else "level"
            yield Note(f"any_use.{stands}", _gap(gap) | {"metric": HEADLINE, "ranker": named("ranker", [other])})


def _champion(evaluation: Evaluation, rules: PromotionRules) -> tuple[Answer, Sequence[Note]]:
    said = () if evaluation.champion is None else (evaluation.champion,)
    if "champion" not in evaluation.differences:
        return "promote", said
    gap, theirs = evaluation.differences["champion"][HEADLINE], evaluation.rankers["champion"][HEADLINE].mean
    floor = -rules.margin * theirs
    fields = _gap(gap) | {"metric": HEADLINE, "floor": f"{floor:+.4f}", "margin": f"{rules.margin:.0%}"}
    if gap.interval.low > 0:
        return "promote", (Note("verdict.better_than_champion", fields),)
    if gap.interval.low > floor:
        return "promote", (Note("verdict.no_worse_than_champion", fields),)
    if gap.interval.high < 0:
        return "keep", (Note("verdict.worse_than_champion", fields),)
    return "unsure", (Note("verdict.perhaps_worse_than_champion", fields),)


def _worse(evaluation: Evaluation) -> Iterator[Note]:
    """Name the groups for whom our ranker is established to be worse than the one it is held against, the gravest first."""
    fields = {"reference": named("ranker", [evaluation.reference]), "metric": HEADLINE}
    losers = [
        (family, name, gap)
        for family, slices in evaluation.slice_gaps.items()
        for name, gap in slices.items()
        if gap.interval.high < 0
    ]
    losers.sort(key=lambda one: one[2].interval.mean)
    for family, name, gap in losers[:GRAVEST]:
        yield Note("worse.than_reference", fields | {"group": group_name(family, name)} | _gap(gap))
    if len(losers) > GRAVEST:
        yield Note("worse.more", fields | {"more": len(losers) - GRAVEST})
    if not losers and any(evaluation.slice_gaps.values()):
        yield Note("worse.nobody", fields)
    if ours := evaluation.audits.get(evaluation.ours):
        yield from notes_of(ours, GRAVEST)


def _sure(evaluation: Evaluation) -> Iterator[Note]:
    ours = evaluation.rankers[evaluation.ours]
    head, hit = ours[HEADLINE], ours["hit_rate@10"]
    yield Note("sure.headline", {"metric": HEADLINE, "positives": evaluation.positives, **_figure(head)})
    if evaluation.about.bundle is None:
        yield from (Note("sure.ties", _tied(name, check)) for name, check in evaluation.ties.items() if check.tied.mean > 0)
    strongest = max((name for name in (PLAIN, *BASELINES) if name in evaluation.differences), default=None,
                    key=lambda name: evaluation.rankers[name][HEADLINE].mean)  # fmt: skip
    if strongest:
        theirs = evaluation.rankers[strongest]["hit_rate@10"]
        yield Note(
            "sure.plain", {"ours": _of_hundred(hit), "theirs": _of_hundred(theirs), "ranker": named("ranker", [strongest])}
        )
    if evaluation.looks:
        yield Note("sure.looks", {"times": evaluation.looks.times, "rankers": evaluation.looks.rankers})
    if evaluation.oracle and evaluation.ours in evaluation.oracle.shares:
        share = evaluation.oracle.shares[evaluation.ours].ndcg["observable"]
        cold = evaluation.oracle.cold["share_without_over_with"]
        yield Note(
            "sure.oracle",
            {**_figure(share), "cold": f"{cold.mean:.2f}", "cold_low": f"{cold.low:.2f}", "cold_high": f"{cold.high:.2f}"},
        )
    for proxy in evaluation.proxies:
        yield Note("sure.proxy", {"fact": named("family", [proxy.fact]), **_figure(proxy.auc)})
    yield Note("left_out", {"without_positive": evaluation.without_positive, "refused": evaluation.refused})


def _figure(found: Interval) -> dict[str, Any]:
    told = {"mean": f"{found.mean:.3f}", "low": f"{found.low:.3f}", "high": f"{found.high:.3f}", "n": found.n}
    return told | {"bounds": _bounds(found)}


def _tied(ranker: str, check: TieCheck) -> dict[str, Any]:
    return {
        "ranker": named("ranker", [ranker]),
        "tied": f"{check.tied.mean:.0%}",
        "by_rule": f"{check.by_rule.mean:.3f}",
        "over_orders": f"{check.over_orders.mean:.3f}",
        "n": check.tied.n,
    }


def _gap(found: Difference) -> dict[str, Any]:
    gap = found.interval
    return {"gap": f"{gap.mean:+.3f}", "gap_bounds": _bounds(gap, "+")} | {
        "better": found.better,
        "worse": found.worse,
        "equal": gap.n - found.better - found.worse,
    }


def _bounds(found: Interval, sign: str = "") -> Mapping[str, str]:
    """Return an interval with its people in words; one person gives none, and so it says."""
    told = Note(
        "bounds.many" if not np.isnan(found.low) else "bounds.one" if found.n else "bounds.nobody",
        {"low": f"{found.low:{sign}.3f}", "high": f"{found.high:{sign}.3f}", "n": found.n},
    )
    return {lang: told.said(lang) for lang in LANGUAGES}


def _of_hundred(found: Interval) -> str:
    return "?" if np.isnan(found.mean) else f"{100 * found.mean:.0f}"
