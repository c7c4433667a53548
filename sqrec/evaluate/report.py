"""The report: an evaluation as JSON and as one page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from importlib import resources
from pathlib import Path
from typing import cast

import jinja2
import numpy as np

from sqrec.evaluate.compare import Difference, Interval, in_words
from sqrec.evaluate.evaluation import FEWEST, Evaluation, Json
from sqrec.evaluate.measures import MEASURES
from sqrec.evaluate.metrics import METRICS, NAMES
from sqrec.evaluate.oracle import OracleReport, Shares
from sqrec.evaluate.ties import TieCheck

HEADLINE = "ndcg@10"
FIRST_PAGE = (HEADLINE, "recall@10", "recall@50", "mrr", "recall@candidates")
LABELS = {
    "model": "model (score order)",
    "model_served": "model (served order)",
    "popularity": "popularity",
    "nearest": "nearest",
    "words": "words",
    "random": "random",
}

TERMS = {
    "people": "People with at least one positive; every mean is over them. People without a positive, and people"
    " whom the law leaves without an answer, are counted apart and enter no figure.",
    "positive": "An item that the person went on to use in the held-out part of the data, with a grade from 1.",
    "interval": "95 % percentile interval of 2,000 resamples of people, each drawn with all of their figures.",
    "difference": "The model's figure minus the other ranker's, person by person; its interval is of these"
    " differences. Where it excludes 0, the direction is established on these data.",
    "score order": "The whole catalogue without what the person has used, by score alone.",
    "served order": "What a request is answered with: the served candidates, spread over employers or types.",
    "words": "Baseline of text similarity, shared place and popularity, weighted on the selection questions.",
    "ties": "Equal scores are ordered by the hash of the item's id, which knows nothing of the answer; beside each ranker's ndcg@10"
    " stands its mean over every order of its equal scores: what the first is above the second, the rule did and not the ranker.",
    "candidates": "The median number of items in a person's ranked list.",
    "oracle": "The best order of the same candidates, known only in an invented city: omniscient by the true utility, observable"
    " by what of it follows from the facts known at the moment (nothing is inferred from history, so a share may pass 1).",
    "share": "Mean ndcg@10 of the ranker divided by that of the oracle, same people, candidates and held-out events; utility:"
    " the mean true utility of the first ten above the mean of all candidates, divided by that of the omniscient order.",
    "proxy": "AUC with which a person's mean row over the candidates guesses a fact that no ranker may read (five folds, people"
    " who did not teach the guess): 0.5 means that the rows say nothing of it, 1 that they give it away.",
    "not published": f"Slices of fewer than {FEWEST} people, and as many of the smallest others as it takes for the"
    f" unpublished ones of a family to hold {FEWEST} people together, so that no small number follows by subtraction.",
}


def write_report(evaluation: Evaluation, folder: Path) -> None:
    """Write `report.json` and `report.html` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(evaluation), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(as_page(evaluation), encoding="utf-8")


def as_json(evaluation: Evaluation) -> dict[str, Json]:
    """Return the report as strictly valid JSON values; unknown figures are null."""
    about = evaluation.about
    return _plain(
        {
            "kind": about.kind,
            "split": about.split,
            "people": evaluation.people,
            "asked": evaluation.asked,
            "without_positive": evaluation.without_positive,
            "refused": evaluation.refused,
            "positives": evaluation.positives,
            "bundle": about.bundle,
            "rankers": evaluation.rankers,
            "compared": evaluation.ours,
            "differences": evaluation.differences,
            "groups": evaluation.groups,
            "not_published": evaluation.hidden,
            "candidates": evaluation.candidates,
            "oracle": evaluation.oracle,
            "measures": evaluation.measures,
            "tradeoff": evaluation.tradeoff,
            "ties": evaluation.ties,
            "proxies": {proxy.fact: proxy.auc for proxy in evaluation.proxies},
            "definitions": definitions(),
            "data": about.data,
            "settings": about.settings,
        }
    )


def as_page(evaluation: Evaluation) -> str:
    """Return the report as one HTML page that needs nothing else."""
    place = resources.files("sqrec.evaluate") / "page.html.j2"
    pages = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.from_string(place.read_text(encoding="utf-8")).render(
        evaluation=evaluation,
        figure=_figure,
        bounds=_bounds,
        gap=_gap,
        label=_label,
        words=_words,
        fact=_fact,
        headline=HEADLINE,
        first_page=FIRST_PAGE,
        names=NAMES,
        verdict=verdict(evaluation),
        sentences=sentences(evaluation),
        definitions=definitions(),
        top=max((one[HEADLINE].high for one in evaluation.rankers.values() if one[HEADLINE].high > 0), default=1.0),
    )


def definitions() -> dict[str, str]:
    """Return what every figure and word of a report means, one sentence or two each."""
    return {one.title: one.meaning for one in (*METRICS.values(), *MEASURES.values())} | TERMS


def verdict(evaluation: Evaluation) -> str:
    """Say in one line whether our ranker is above every baseline on the headline metric."""
    gaps = {name: gap[HEADLINE] for name, gap in evaluation.differences.items() if name in _baselines(evaluation)}
    open_ones = [name for name, gap in gaps.items() if not (gap.excludes_zero and gap.interval.mean > 0)]
    ours = f"The {_label(evaluation.ours)}"
    if not gaps:
        return f"{ours} stands alone: no baseline was evaluated beside it."
    if not open_ones:
        return f"{ours} is above every baseline on {HEADLINE}: {', '.join(map(_label, gaps))}."
    return f"{ours} is not established to be above {', '.join(map(_label, open_ones))} on {HEADLINE}."


def sentences(evaluation: Evaluation) -> list[str]:
    """Say what the first page has to say: the headline figure, and the gaps to the baselines that matter."""
    figure, ours = evaluation.rankers[evaluation.ours][HEADLINE], f"the {_label(evaluation.ours)}"
    said = [f"{ours.capitalize()} reaches {HEADLINE} {_figure(figure)} {_bounds(figure)} over {figure.n} people."]
    if evaluation.oracle and evaluation.ours in evaluation.oracle.shares:
        said.append(_said_of_oracle(evaluation.oracle, evaluation.ours))
    said += [
        f"A person's rows guess {proxy.fact} with AUC {_figure(proxy.auc)} {_bounds(proxy.auc)}, {proxy.auc.n} people."
        for proxy in evaluation.proxies
    ]
    return said + [
        in_words(evaluation.differences[other][HEADLINE], HEADLINE, ours, _label(other)) for other in _rivals(evaluation)
    ]


def _said_of_oracle(oracle: OracleReport, ours: str) -> str:
    share, cold = oracle.shares[ours], oracle.cold["share_without_over_with"]
    said = ", ".join(f"{_figure(share.ndcg[name])} {_bounds(share.ndcg[name])} of the {name} oracle's" for name in share.ndcg)
    return (
        f"It reaches {said} {HEADLINE}, and {_figure(share.utility)} {_bounds(share.utility)} of the best utility, over"
        f" {oracle.people} people; people without events reach {_figure(cold)} {_bounds(cold)} of the others' share."
    )


def _rivals(evaluation: Evaluation) -> list[str]:
    """Return the strongest baseline, `words` if that is another one, and the served order."""
    by_strength = sorted(_baselines(evaluation), key=lambda name: -evaluation.rankers[name][HEADLINE].mean)
    wanted = [*by_strength[:1], "words", "model_served"]
    return [name for name in dict.fromkeys(wanted) if name in evaluation.differences]


def _baselines(evaluation: Evaluation) -> list[str]:
    return [name for name in evaluation.differences if name != "model_served"]


def _plain(value: Json) -> Json:
    """Return JSON values for figures, numbers of numpy and nested mappings; what is no finite number is null."""
    value = _unfolded(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in cast("Mapping[str, Json]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in cast("Sequence[Json]", value)]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _unfolded(value: Json) -> Json:
    """Return a figure as a mapping and numbers of numpy as those of Python; anything else as it is."""
    match value:
        case Interval():
            return asdict(value)
        case OracleReport() | Shares() | TieCheck():
            return {part.name: getattr(value, part.name) for part in fields(value)}
        case Difference():
            more = {"excludes_zero": value.excludes_zero, "better": value.better, "worse": value.worse}
            return asdict(value.interval) | more
        case np.generic() | np.ndarray():
            return cast("Json", value.tolist())
        case _:
            return value


def _figure(found: Interval) -> str:
    return "unknown" if np.isnan(found.mean) else f"{found.mean:.3f}"


def _gap(found: Interval) -> str:
    return "unknown" if np.isnan(found.mean) else f"{found.mean:+.3f}"


def _bounds(found: Interval, *, signed: bool = False) -> str:
    if np.isnan(found.low):
        return "(interval unknown)"
    return f"({found.low:+.3f} to {found.high:+.3f})" if signed else f"({found.low:.3f} to {found.high:.3f})"


def _label(ranker: str) -> str:
    return LABELS.get(ranker, ranker)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _fact(value: Json) -> str:
    """Say a value of data or settings as a reader would, nested ones in one line."""
    value = _plain(value)
    if isinstance(value, dict):
        return ", ".join(f"{_words(name)} {_fact(part)}" for name, part in cast("dict[str, Json]", value).items())
    if isinstance(value, list):
        return ", ".join(map(_fact, cast("list[Json]", value)))
    if value is None:
        return "none"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
