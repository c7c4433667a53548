"""Sections about lists: measures, ties, costs of serving, fit bands, reasons, off-policy estimates."""

from collections.abc import Iterator

from sqrec.evaluate.lists.ties import said_of_ties
from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.evaluate.report.page import plots
from sqrec.evaluate.report.page.blocks import Cell, Figure, Said, Section, Table, Voice, plain_cells, section
from sqrec.evaluate.report.page.reasons import reasons_blocks
from sqrec.evaluate.stats.compare import Interval


def list_sections(evaluation: Evaluation, voice: Voice) -> Iterator[Section]:
    """Yield the sections about lists."""
    yield section(voice("section.lists"), measures_table(evaluation, voice), *_ties(evaluation, voice))
    yield section(voice("section.serving"), *_serving(evaluation, voice))
    yield section(voice("section.tradeoff"), *_tradeoff(evaluation, voice))
    yield section(voice("section.bands"), *_bands(evaluation, voice))
    yield section(voice("section.reasons"), *reasons_blocks(evaluation, voice))
    yield section(voice("section.offpolicy"), *_offpolicy(evaluation, voice))
    yield section(voice("section.overrides"), *_overrides(evaluation, voice))


def measures_table(evaluation: Evaluation, voice: Voice) -> Table:
    """Return what every ranker's lists are like beyond accuracy."""
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


def _serving(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table]:
    found = evaluation.serving
    if found is None:
        return
    yield Said([voice.note(note) for note in found.notes])
    rows = [
        [Cell(voice.name("cost", name)), *(_percent(getattr(one, name), voice) for one in (found.costs, found.city))]
        for name in ("circle", "diversity", "price", "exploration", "total")
    ]
    heads = [voice("head.cost"), voice("head.as_served"), voice("head.as_city")]
    yield Table(voice("caption.serving", people=found.costs.total.n, gain=f"{found.costs.gain.mean:.3f}"), heads, rows)


def _tradeoff(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table | Figure]:
    found = evaluation.tradeoff
    if found is None:
        return
    yield Said([voice("said.tradeoff", days=found.days, people=found.people, items=found.items, served=f"{found.served:g}")])
    heads = [voice(f"head.{name}") for name in ("strength", "congestion", "congestion_change", "ndcg", "ndcg_share")]
    rows = [
        [
            Cell(f"{point.strength:g}", strong=point.strength == found.served),
            voice.cell(point.congestion),
            _percent(point.congestion_change, voice),
            voice.cell(point.ndcg),
            _percent(_less_one(point.ndcg_share), voice),
        ]
        for point in found.points
    ]
    ours = next((place for place, point in enumerate(found.points) if point.strength == found.served), None)
    yield Table(voice("caption.tradeoff"), heads, rows, ours)
    told = [(point.congestion, point.ndcg, f"{point.strength:g}") for point in found.points]
    across, up, labels = zip(*told, strict=True)
    yield Figure(plots.plane(across, up, labels, voice("head.congestion"), "ndcg@10"), voice("caption.tradeoff_plot"))


def _less_one(share: Interval) -> Interval:
    return Interval(share.mean - 1, share.low - 1, share.high - 1, share.n)


def _percent(found: Interval, voice: Voice) -> Cell:
    hundred = Interval(100 * found.mean, 100 * found.low, 100 * found.high, found.n)
    if hundred.mean != hundred.mean:
        return Cell(voice("unknown"))
    return Cell(f"{hundred.mean:+.1f} %", voice.bounds(hundred, signed=True, digits=1))


def _offpolicy(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table]:
    found = evaluation.offpolicy
    if found is None:
        return
    yield Said([voice("said.offpolicy"), *map(voice.note, found.notes)])
    rows = [[Cell(voice.name("estimate", "shown")), voice.cell(found.shown, 4), Cell("–")]]
    rows += [
        [Cell(voice.name("estimate", name)), voice.cell(one, 4), _signed(found.gains[name], voice)]
        for name, one in found.estimates.items()
    ]
    if found.estimates:
        caption = voice(
            "caption.offpolicy",
            places=found.places,
            people=found.people,
            covered=f"{found.covered:.0%}",
            effective=f"{found.effective:.0f}",
            weight=f"{found.weight.mean:.2f}",
            largest=f"{found.largest:.1f}",
            clipped=f"{found.clipped:.0%}",
        )
        yield Table(caption, [voice(f"head.{name}") for name in ("estimate", "value", "gain")], rows)


def _overrides(evaluation: Evaluation, voice: Voice) -> Iterator[Said | Table]:
    found = evaluation.overrides
    if found is None:
        return
    yield Said([voice("meaning.override rate")])
    counts = [Cell(voice("unknown") if one is None else f"{one:,}") for one in (found.people, found.pairs, found.overridden)]
    heads = [voice(f"head.{name}") for name in ("overrides_people", "overrides_pairs", "overridden", "override_rate")]
    yield Table(voice("section.overrides"), heads, [[*counts, voice.cell(found.rate, 4)]])


def _signed(found: Interval, voice: Voice) -> Cell:
    return Cell(f"{found.mean:+.4f}", voice.bounds(found, signed=True, digits=4), found.excludes_zero)
