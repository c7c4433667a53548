"""Sections about groups of people."""

from collections.abc import Iterator, Mapping

from sqrec.evaluate.fairness.audit import Audit, FigureAudit, SliceFigure
from sqrec.evaluate.fairness.auditing import notes_of
from sqrec.evaluate.fairness.stereotypes import OccupationGap, Stereotypes
from sqrec.evaluate.report.evaluation import HEADLINE, Evaluation, Figures
from sqrec.evaluate.report.page import plots
from sqrec.evaluate.report.page.blocks import Block, Cell, Figure, Said, Section, Table, Voice, section

AUDITED = (HEADLINE, "recall@10", "exposure", "minutes@10", "wage@10", "answered@10")
"""The figures that the page shows of every group; report.json has all of them."""


def people_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about groups of people."""
    ours = evaluation.audits.get(evaluation.ours)
    yield section(voice("section.groups"), *_families(evaluation, voice))
    if ours:
        yield section(
            voice("section.audit"),
            Said([voice("said.audit")]),
            *_flags(evaluation, voice),
            *_audited(evaluation, ours, voice),
        )
        if ours.occupations:
            yield section(voice("section.stereotypes"), *_stereotypes(ours.occupations, voice))


def _families(evaluation: Evaluation, voice: Voice) -> Iterator[Block]:
    told = [
        (f"{voice.name('family', family)} · {voice.name(f'slice.{family}', name)}", rankers[evaluation.ours][HEADLINE])
        for family, slices in evaluation.groups.items()
        for name, rankers in slices.items()
    ]
    if not told:
        return
    yield Said([voice("said.groups")])
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
            *(voice.cell(told[ranker][HEADLINE]) if ranker in told else Cell(voice("not_published")) for ranker in rankers),
            voice.gap(gaps[name]) if name in gaps else Cell("–"),
        ]
        for name, told in slices.items()
    ]
    heads = [voice.name("family", family), voice("head.people"), *map(voice.ranker, rankers)]
    if evaluation.reference:
        heads.append(voice("head.minus", other=voice.ranker(evaluation.reference)))
    else:
        rows = [row[:-1] for row in rows]
    return Table(voice("caption.family", metric=HEADLINE, ours=voice.ranker(evaluation.ours)), heads, rows)


def _flags(evaluation: Evaluation, voice: Voice) -> Iterator[Said]:
    """Yield what is flagged in every audited order: fairness is that of what is shown, not of scores alone."""
    for ranker, found in evaluation.audits.items():
        yield Said([voice("said.audited", ranker=voice.ranker(ranker))])
        yield Said([voice.note(note) for note in notes_of(found)], listed=True)


def _audited(evaluation: Evaluation, ours: Audit, voice: Voice) -> Iterator[Table]:
    for family, figures in ours.families.items():
        told = {name: figures[name] for name in AUDITED if name in figures and figures[name].slices}
        names = list(dict.fromkeys(name for one in told.values() for name in one.slices))
        rows = [
            [
                Cell(voice.name(f"slice.{family}", name)),
                Cell(str(_most(told, name))),
                *(_audit_cell(one, name, voice) for one in told.values()),
            ]
            for name in names
        ]
        heads = [voice.name("family", family), voice("head.people"), *told]
        yield Table(voice("caption.audit", family=voice.name("family", family), ours=voice.ranker(evaluation.ours)), heads, rows)


def _most(told: Mapping[str, FigureAudit], name: str) -> int:
    return max(one.slices[name].figure.n for one in told.values() if name in one.slices)


def _audit_cell(figures: FigureAudit, name: str, voice: Voice) -> Cell:
    found: SliceFigure | None = figures.slices.get(name)
    if found is None:
        return Cell(voice("not_published"))
    mean = voice.figure(found.figure, 0 if abs(found.figure.mean) >= 100 else 3)
    if found.ratio.mean != found.ratio.mean:
        return Cell(mean, voice.bounds(found.figure, digits=0 if abs(found.figure.mean) >= 100 else 3))
    return Cell(mean, f"× {found.ratio.mean:.2f} {voice.bounds(found.ratio, digits=2)}", found.flagged)


def _stereotypes(found: Stereotypes, voice: Voice) -> Iterator[Block]:
    yield Said([voice("said.stereotypes", women=found.women, men=found.men, matched=f"{found.matched:.0%}")])
    heads = [
        voice(f"head.{name}") for name in ("occupation", "to_women", "to_men", "own_share", "sex_gap", "explained", "unexplained")
    ]
    rows = [
        [Cell(voice.name("major", gap.code)), *_occupation(gap, voice)]
        for gap in found.gaps
        if gap.women.mean > 0 or gap.men.mean > 0
    ]
    yield Table(voice("caption.stereotypes"), heads, rows)


def _occupation(gap: OccupationGap, voice: Voice) -> Iterator[Cell]:
    yield voice.cell(gap.women)
    yield voice.cell(gap.men)
    own = [voice("not_published") if share is None else f"{share:.3f}" for share in (gap.own_women, gap.own_men)]
    yield Cell(" / ".join(own))
    for part in (gap.difference, gap.explained, gap.unexplained):
        mean = voice("unknown") if part.mean != part.mean else f"{part.mean:+.3f}"
        yield Cell(mean, voice.bounds(part, signed=True), part.excludes_zero)
