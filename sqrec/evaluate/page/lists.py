"""What the lists are like: reach, variety, crowding, and whether the fit bands keep their promise."""

from collections.abc import Iterator

from sqrec.evaluate.compare import Interval
from sqrec.evaluate.evaluation import Evaluation
from sqrec.evaluate.page import plots
from sqrec.evaluate.page.blocks import Cell, Figure, Said, Section, Table, Voice, plain_cells, section
from sqrec.evaluate.ties import said_of_ties


def list_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about lists."""
    yield section(voice("section.lists"), _measures(evaluation, voice), *_ties(evaluation, voice))
    yield section(voice("section.bands"), *_bands(evaluation, voice))


def _measures(evaluation: Evaluation, voice: Voice) -> Table | None:
    told = evaluation.measures
    names = list(dict.fromkeys(name for figures in told.values() for name in figures))
    unknown = Interval(float("nan"), float("nan"), float("nan"), 0)
    rows = [
        [
            Cell(voice.name("measure", name.partition("@")[0]), name),
            *(_measure(figures.get(name, unknown), voice) for figures in told.values()),
        ]
        for name in names
    ]
    return Table(voice("caption.measures"), [voice("head.measure"), *map(voice.ranker, told)], rows)


def _measure(found: Interval, voice: Voice) -> Cell:
    """Return a measure with as many digits as it deserves: minutes and yuan are no shares."""
    return voice.cell(found, 0 if abs(found.mean) >= 100 else 1 if abs(found.mean) >= 10 else 3)


def _ties(evaluation: Evaluation, voice: Voice) -> Iterator[Said]:
    deciding = {name: check for name, check in evaluation.ties.items() if check.decides}
    yield Said([voice.note(said_of_ties(voice.ranker(name), check)) for name, check in deciding.items()])


def _bands(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table | Figure]:
    if not evaluation.bands:
        return
    yield Said([voice("said.bands")])
    rows = [
        [
            Cell(voice.name("fit", band.fit)),
            *plain_cells([band.candidates, band.used]),
            voice.cell(band.rate, 5),
            *plain_cells([band.shown, band.shown_used]),
            voice.cell(band.shown_rate, 4),
        ]
        for band in evaluation.bands
    ]
    heads = [voice(f"head.{name}") for name in ("fit", "candidates", "used", "rate", "shown", "shown_used", "shown_rate")]
    yield Table(voice("caption.bands"), heads, rows)
    shown = [band for band in evaluation.bands if band.shown]
    labels = [voice.name("fit", band.fit) for band in shown]
    yield Figure(plots.dots(labels, [band.shown_rate for band in shown], voice("head.shown_rate")), voice("caption.bands_plot"))
