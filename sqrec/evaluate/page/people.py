"""For whom a ranker is better or worse."""

from collections.abc import Iterator, Mapping

from sqrec.evaluate.evaluation import HEADLINE, Evaluation, Figures
from sqrec.evaluate.page import plots
from sqrec.evaluate.page.blocks import Block, Cell, Figure, Said, Section, Table, Voice, section


def people_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about groups of people."""
    yield section(voice("section.groups"), Said([voice("said.groups")]), *_families(evaluation, voice))


def _families(evaluation: Evaluation, voice: Voice) -> Iterator[Block]:
    told = [
        (f"{voice.name('family', family)} · {voice.name(f'slice.{family}', name)}", rankers[evaluation.ours][HEADLINE])
        for family, slices in evaluation.groups.items()
        for name, rankers in slices.items()
    ]
    if not told:
        return
    labels, figures = zip(*told, strict=True)
    yield Figure(plots.dots(labels, figures, HEADLINE), voice("caption.groups", metric=HEADLINE))
    for family, slices in evaluation.groups.items():
        yield _family(evaluation, voice, family, slices)
        if evaluation.hidden.get(family):
            hidden = voice.list(voice.name(f"slice.{family}", name) for name in evaluation.hidden[family])
            yield Said([voice("said.hidden", family=voice.name("family", family), slices=hidden)])


def _family(evaluation: Evaluation, voice: Voice, family: str, slices: Mapping[str, Mapping[str, Figures]]) -> Table:
    rankers = [name for name in evaluation.rankers if name not in {"random", "popularity", "nearest"}]
    gaps = evaluation.slice_gaps.get(family, {})
    rows = [
        [
            Cell(voice.name(f"slice.{family}", name)),
            Cell(str(told[evaluation.ours][HEADLINE].n)),
            *(voice.cell(told[ranker][HEADLINE]) for ranker in rankers),
            voice.gap(gaps[name]) if name in gaps else Cell("–"),
        ]
        for name, told in slices.items()
    ]
    heads = [voice.name("family", family), voice("head.people"), *map(voice.ranker, rankers),
             voice("head.minus", other=voice.ranker(evaluation.reference))]  # fmt: skip
    return Table(voice("caption.family", metric=HEADLINE, ours=voice.ranker(evaluation.ours)), heads, rows)
