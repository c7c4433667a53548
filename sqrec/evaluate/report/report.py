"""The report as files: one page, and the same figures as JSON."""

import json
from pathlib import Path

from sqrec.evaluate.report.asjson import Json, plain
from sqrec.evaluate.report.evaluation import Evaluation
from sqrec.evaluate.report.page import as_page
from sqrec.evaluate.report.verdict import verdict_of
from sqrec.texts import report_texts


def write_report(evaluation: Evaluation, folder: Path) -> None:
    """Write `report.json` and `report.html` into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(evaluation), ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(as_page(evaluation), encoding="utf-8")


def as_json(evaluation: Evaluation) -> dict[str, Json]:
    """Return the report as strictly valid JSON values; unknown figures are null."""
    about = evaluation.about
    return plain(
        {
            "kind": about.kind,
            "verdict": _verdict(evaluation),
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
            "slice_gaps": evaluation.slice_gaps,
            "reference": evaluation.reference,
            "not_published": evaluation.hidden,
            "candidates": evaluation.candidates,
            "own_people": evaluation.own_people,
            "any_use": _any_use(evaluation),
            "plain": evaluation.plain,
            "oracle": evaluation.oracle,
            "champion": evaluation.champion,
            "study": evaluation.study,
            "fit_bands": evaluation.bands,
            "quality": evaluation.quality,
            "looks": evaluation.looks,
            "measures": evaluation.measures,
            "tradeoff": evaluation.tradeoff,
            "serving_cost": evaluation.serving,
            "reasons": evaluation.said,
            "ties": evaluation.ties,
            "audit": evaluation.audits,
            "cannot_know": evaluation.unknowable,
            "proxies": {proxy.fact: proxy.auc for proxy in evaluation.proxies},
            "offpolicy": evaluation.offpolicy.told() if evaluation.offpolicy else None,
            "overrides": evaluation.overrides,
            "definitions": definitions(),
            "data": about.data,
            "settings": about.settings,
        }
    )


def _any_use(evaluation: Evaluation) -> Json:
    """Return the block of any use, in the shape of the report's own figures; why there is none, null where the kind has none."""
    found = evaluation.any_use
    if found is None:
        return {"left_out": evaluation.any_use_left_out} if evaluation.any_use_left_out else None
    return {
        "people": found.people,
        "asked": found.asked,
        "without_positive": found.without_positive,
        "refused": found.refused,
        "positives": found.positives,
        "rankers": found.rankers,
        "differences": found.differences,
        "candidates": found.candidates,
    }


def definitions() -> dict[str, str]:
    """Return what every figure and word of a report means, one sentence or two each."""
    return {code.partition(".")[2]: said["en"] for code, said in report_texts().items() if code.startswith("meaning.")}


def sentences(evaluation: Evaluation) -> list[str]:
    """Return the English sentences of the first page: the answer, its grounds, who is worse off, how certain it is."""
    found = verdict_of(evaluation)
    notes = (*found.why, *found.worse, *found.sure)
    return [report_texts()[f"answer.{found.answer}"]["en"], *(note.said("en") for note in notes)]


def _verdict(evaluation: Evaluation) -> dict[str, Json]:
    found = verdict_of(evaluation)
    return {"answer": found.answer, "why": found.why, "worse_for": found.worse, "how_sure": found.sure}
