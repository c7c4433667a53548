"""Sections about ranking quality: comparisons, cut-offs, oracles."""

from collections.abc import Iterator

from sqrec.evaluate.report.evaluation import HEADLINE, Evaluation
from sqrec.evaluate.report.page import plots
from sqrec.evaluate.report.page.blocks import Cell, Figure, Said, Section, Table, Voice, section
from sqrec.evaluate.stats.metrics import CUTOFFS, NAMES

COMPARED = (HEADLINE, "recall@10", "recall@50", "mrr")


def ranking_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about ranking quality."""
    yield section(voice("section.differences"), *_differences(evaluation, voice))
    yield section(voice("section.any_use"), *_any_use(evaluation, voice))
    yield section(voice("section.metrics"), _cutoffs(evaluation, voice), _metrics(evaluation, voice))
    yield section(voice("section.oracle"), _oracle(evaluation, voice), _oracle_said(evaluation, voice))


def _any_use(evaluation: Evaluation, voice: Voice) -> Iterator[Table | Said]:
    if evaluation.any_use_left_out:
        yield Said([voice.note(evaluation.any_use_left_out)])
    found = evaluation.any_use
    if found is None:
        return
    yield Said([voice("meaning.any use")])
    rows = [
        [
            Cell(voice.ranker(ranker)),
            *(voice.cell(figures[name]) for name in COMPARED),
            voice.gap(found.differences[ranker][HEADLINE]) if ranker in found.differences else Cell("–"),
        ]
        for ranker, figures in found.rankers.items()
    ]
    heads = [voice("head.ranker"), *COMPARED, voice("head.ours_minus", ours=voice.ranker(found.ours), metric=HEADLINE)]
    caption = voice("caption.any_use", people=found.people, refused=found.refused, metric=HEADLINE)
    yield Table(caption, heads, rows, list(found.rankers).index(found.ours))


def _differences(evaluation: Evaluation, voice: Voice) -> Iterator[Table | Said]:
    if not evaluation.differences:
        return
    rows = [
        [
            Cell(voice.ranker(other)),
            Cell(str(gaps[HEADLINE].interval.n)),
            *(voice.gap(gaps[name]) for name in COMPARED),
            Cell(f"{gaps[HEADLINE].better} / {gaps[HEADLINE].worse}"),
        ]
        for other, gaps in evaluation.differences.items()
    ]
    heads = [voice("head.against"), voice("head.people"), *COMPARED, voice("head.better_worse")]
    yield Table(voice("caption.differences", ours=voice.ranker(evaluation.ours), metric=HEADLINE), heads, rows)
    yield Said([voice("said.differences")])


def _cutoffs(evaluation: Evaluation, voice: Voice) -> Figure | None:
    ours = evaluation.rankers.get(evaluation.ours)
    if ours is None:
        return None
    found = [ours[f"recall@{k}"] for k in CUTOFFS]
    svg = plots.curve(CUTOFFS, found, "k", "recall@k", logarithmic=True)
    return Figure(svg, voice("caption.cutoffs", ours=voice.ranker(evaluation.ours)))


def _metrics(evaluation: Evaluation, voice: Voice) -> Table:
    told = evaluation.rankers
    rows = [[Cell(name), *(voice.cell(figures[name]) for figures in told.values())] for name in NAMES] if told else []
    caption = voice("caption.metrics_own" if evaluation.own_people else "caption.metrics", people=evaluation.people)
    return Table(caption, [voice("head.metric"), *map(voice.ranker, told)], rows)


def _oracle(evaluation: Evaluation, voice: Voice) -> Table | None:
    oracle = evaluation.oracle
    if oracle is None:
        return None
    heads = [voice("head.ranker"), *(voice.name("oracle", name) for name in oracle.oracles), voice("head.utility")]
    rows = [
        [Cell(voice.ranker(ranker)), *map(voice.cell, share.ndcg.values()), voice.cell(share.utility)]
        for ranker, share in oracle.shares.items()
    ]
    ours = list(oracle.shares).index(evaluation.ours) if evaluation.ours in oracle.shares else None
    return Table(voice("caption.oracle", people=oracle.people, metric=HEADLINE), heads, rows, ours)


def _oracle_said(evaluation: Evaluation, voice: Voice) -> Said | None:
    oracle = evaluation.oracle
    if oracle is None:
        return None
    told = [
        voice(
            "said.oracle", oracle=voice.name("oracle", name), metric=HEADLINE, figure=voice.figure(one), bounds=voice.bounds(one)
        )
        for name, one in oracle.oracles.items()
    ]
    told += [
        voice("said.cold", what=voice.name("cold", name), figure=voice.figure(one), bounds=voice.bounds(one), n=one.n)
        for name, one in oracle.cold.items()
    ]
    return Said(told, listed=True)
