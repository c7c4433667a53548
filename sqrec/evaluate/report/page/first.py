"""The first page: the answer, its grounds, one table and one plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqrec.evaluate.report.evaluation import HEADLINE, Evaluation
from sqrec.evaluate.report.page import plots
from sqrec.evaluate.report.page.blocks import Block, Cell, Figure, Table, Voice, plain_cells
from sqrec.evaluate.report.page.lists import measures_table
from sqrec.evaluate.report.verdict import Answer, verdict_of
from sqrec.evaluate.stats.notes import Note

FIRST_PAGE = (HEADLINE, "recall@10", "mrr", "recall@candidates")
"""The figures that the first page shows."""


@dataclass(frozen=True)
class FirstPage:
    """Hold the first page in one language; `elsewhere` says the answer in the other one."""

    title: str
    where: str
    answer: Answer
    said: str
    elsewhere: str
    questions: Mapping[str, Sequence[str]]
    blocks: Sequence[Block]


def first_page(evaluation: Evaluation, voice: Voice) -> FirstPage:
    """Return the page by which a reader decides."""
    found, about = verdict_of(evaluation), evaluation.about
    other = Voice("en" if voice.lang == "zh-CN" else "zh-CN")
    data = about.data
    where = voice(
        "first.where",
        data=data.get("folder") or data.get("table") or voice("unknown"),
        as_of=data.get("as_of") or voice("unknown"),
        split=voice.name("split", about.split),
        bundle=(about.bundle or "–")[:12],
        people=evaluation.people,
        asked=evaluation.asked,
    )
    unknowable = [Note("first.unknowable", {"count": len(evaluation.unknowable)})] if evaluation.unknowable else []
    questions = {"question.why": (*found.why, *unknowable), "question.worse": found.worse, "question.sure": found.sure}
    return FirstPage(
        title=voice("first.title", kind=voice.name("kind", about.kind)),
        where=where + (voice("first.invented") if data.get("synthetic") else ""),
        answer=found.answer,
        said=voice(f"answer.{found.answer}"),
        elsewhere=other(f"answer.{found.answer}"),
        questions={voice(code): [voice.note(note) for note in notes] for code, notes in questions.items() if notes},
        blocks=[block for block in (_table(evaluation, voice), _plot(evaluation, voice)) if block]
        or _described(evaluation, voice),
    )


def _table(evaluation: Evaluation, voice: Voice) -> Table | None:
    names = [name for name in FIRST_PAGE if all(name in figures for figures in evaluation.rankers.values())]
    rows = [
        [Cell(voice.ranker(ranker)), *plain_cells([figures[HEADLINE].n, f"{evaluation.candidates.get(ranker, float('nan')):.0f}"]),
         *(voice.cell(figures[name]) for name in names)]
        for ranker, figures in evaluation.rankers.items()
    ]  # fmt: skip
    heads = [voice("head.ranker"), voice("head.people"), voice("head.candidates"), *names]
    return Table(voice("caption.first", positives=evaluation.positives), heads, rows, _ours(evaluation)) if rows else None


def _plot(evaluation: Evaluation, voice: Voice) -> Figure | None:
    if not evaluation.rankers:
        return None
    labels = [voice.ranker(ranker) for ranker in evaluation.rankers]
    svg = plots.dots(labels, [one[HEADLINE] for one in evaluation.rankers.values()], HEADLINE, _ours(evaluation))
    caption = "caption.dots_own" if evaluation.own_people else "caption.dots"
    return Figure(svg, voice(caption, metric=HEADLINE, people=evaluation.people))


def _described(evaluation: Evaluation, voice: Voice) -> list[Block]:
    """Return what the lists are like, where nothing says whether they were right."""
    table = measures_table(evaluation, voice)
    return [table] if table.rows else []


def _ours(evaluation: Evaluation) -> int | None:
    return list(evaluation.rankers).index(evaluation.ours) if evaluation.ours in evaluation.rankers else None
