"""Sections about the ranker: study, data, definitions, intended use."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqrec.evaluate.report.asjson import plain
from sqrec.evaluate.report.evaluation import HEADLINE, Evaluation
from sqrec.evaluate.report.page import plots
from sqrec.evaluate.report.page.blocks import Block, Cell, Figure, Said, Section, Table, Terms, Voice, plain_cells, section
from sqrec.texts import report_texts

MOST_COLUMNS = 20
"""How many of the columns with the greatest gain are drawn."""


def model_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about the ranker, the data and the words of the report."""
    yield section(voice("section.study"), *_study(evaluation, voice))
    yield section(voice("section.unknowable"), Said([voice.note(note) for note in evaluation.unknowable], listed=True))
    yield section(voice("section.quality"), *_quality(evaluation, voice))
    yield section(voice("section.card"), *_card(evaluation, voice))
    yield section(voice("section.definitions"), Terms(definitions_in(voice)))


def definitions_in(voice: Voice) -> Mapping[str, str]:
    """Return what every figure and word of a report means, in one language."""
    names = [code.partition(".")[2] for code in report_texts() if code.startswith("meaning.")]
    return {voice.name("term", name): voice(f"meaning.{name}") for name in names}


def _study(evaluation: Evaluation, voice: Voice) -> Iterator[Block]:
    study = evaluation.study
    if study is None:
        return
    yield Said([voice("said.study", questions=study.questions, metric=HEADLINE)])
    heads = [voice("head.variant"), voice("head.columns"), HEADLINE, voice("head.change"), voice("head.better_worse")]
    whole = [Cell(voice("variant.whole")), Cell("–"), voice.cell(study.whole), Cell("–"), Cell("–")]
    words = [Cell(voice("variant.words")), Cell("–"), voice.cell(study.words), voice.gap(study.over_words.reversed()),
             Cell(f"{study.over_words.worse} / {study.over_words.better}")]  # fmt: skip
    rows = [
        [
            Cell(voice("variant.without", family=voice.name("columns", one.family))),
            Cell(str(one.columns)),
            voice.cell(one.ndcg),
            voice.gap(one.change),
            Cell(f"{one.change.better} / {one.change.worse}"),
        ]
        for one in study.ablations
    ]
    yield Table(voice("caption.ablations", questions=study.questions), heads, [whole, *rows, words], 0)
    x = [point.questions for point in study.learning]
    svg = plots.curve(x, [point.ndcg for point in study.learning], voice("axis.questions"), HEADLINE, logarithmic=True)
    yield Figure(svg, voice("caption.learning", questions=study.questions))
    gains = dict(list(study.gains.items())[:MOST_COLUMNS])
    yield Figure(plots.bars(list(gains), list(gains.values()), voice("axis.gain")), voice("caption.gains", columns=len(gains)))


def _quality(evaluation: Evaluation, voice: Voice) -> Iterator[Block]:
    heads = [voice(f"head.{name}") for name in ("table", "rows", "accepted", "rejected", "problems", "unknown_cells")]
    rows = [
        [
            Cell(one.table),
            *plain_cells([one.rows, one.accepted, one.rejected]),
            Cell(voice.list(f"{rule} × {times}" for rule, times in one.problems.items()) or "–", prose=True),
            Cell(voice.list(f"{name} {share:.0%}" for name, share in one.unknown.items() if share > 0) or "–", prose=True),
        ]
        for one in evaluation.quality
    ]
    yield Table(voice("caption.quality"), heads, rows)


def _card(evaluation: Evaluation, voice: Voice) -> Iterator[Block]:
    about = evaluation.about
    if about.bundle:
        yield Said([voice(f"card.{number}") for number in ("what", "for", "not_for", "limits", "groups")], listed=True)
    yield Terms({name: _fact(value, voice) for facts in (about.data, about.settings) for name, value in facts.items()})


def _fact(value: Any, voice: Voice) -> str:
    """Say a value of data or settings as a reader would, nested ones in one line."""
    value = plain(value)
    if isinstance(value, dict):
        return voice.list(f"{name} {_fact(part, voice)}" for name, part in cast("dict[str, Any]", value).items())
    if isinstance(value, list):
        return voice.list(_fact(part, voice) for part in cast("list[Any]", value))
    if value is None:
        return voice("unknown")
    return voice("yes" if value else "no") if isinstance(value, bool) else str(value)
