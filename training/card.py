"""The model card: what a bundle is, what it was evaluated on, its intended use, and the grounds of the decision."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqrec.bundle import Bundle
from sqrec.bundle.pointer import Champion
from sqrec.contract import Kind
from sqrec.evaluate.promotion.decision import Challenge
from sqrec.evaluate.report.asjson import plain
from sqrec.evaluate.stats.compare import Difference
from sqrec.evaluate.stats.metrics import METRICS
from sqrec.tables import Folder

Json = dict[str, Any]

WHAT = (
    "Rankers of {kinds} near home for residents of {city}: gradient-boosted trees (LightGBM lambdarank) over rows that say how a"
    " person and an item fit, how far apart they are and what others did with the item. They order what the law and the dates of"
    " the items let through; they admit nobody to anything."
)
FOR = (
    "Ordering jobs, training courses and convenience services in personal lists, each with reasons, in the city named above.",
    "Lists that a community worker looks through before anything is sent out.",
)
NOT_FOR = (
    "Deciding who gets a job, a place on a course, a benefit or a status: key groups are recognised by published rules alone.",
    "Judging residents or comparing them with each other: a score means something only among the items of one list.",
    "People under 14, and cities whose file, catalogue or data are others.",
    "Ordering candidates for an employer: nothing here was measured from that side.",
)
LIMITS = (
    "Held-out uses say what people went on to do among what they were shown, not what would have helped them.",
    "Nothing of `restricted` (sex, hardship, disability, …) is read by a ranker; sex was read here, to compare groups.",
    "What columns may still betray of it stands in the report of the same run.",
    "Slices of fewer than 10 people are not told and were not tested; a group that is not in the data was not looked at.",
    "Minutes are straight lines with a detour factor, so steep or barred ways are farther than they look.",
    "Figures are of score order over the whole catalogue; what is served is cut to candidates, spread over openings and groups, and has what was looked at lower.",
)


def card_of(
    bundle: Bundle, folder: Folder, found: Sequence[Challenge], champions: Mapping[Kind, Champion], decided: Mapping[str, Any]
) -> Json:
    """Return the card of a joined bundle as JSON values; `decided` holds the decision, its time and who made it."""
    kinds = ", ".join(f"{kind}s" if kind != "amenity" else "amenities" for kind in bundle.kinds)
    return plain(
        {
            "bundle": bundle.name,
            "what": WHAT.format(kinds=kinds, city=bundle.city.name),
            "decision": {
                **decided,
                "reasons": [reason for one in found for reason in one.reasons],
                "instead": {one.kind: one.instead for one in found if one.instead},
            },
            "data": {
                "source": folder.name,
                "city": folder.city.name,
                "as_of": folder.config.as_of,
                "synthetic": folder.config.synthetic,
                "rows": {name: report.accepted for name, report in folder.reports.items()},
            },
            "rankers": {kind: _ranker(bundle, kind, champions.get(kind)) for kind in bundle.kinds},
            "comparisons": {one.kind: _comparison(one) for one in found},
            "definitions": {metric.title: metric.meaning for metric in METRICS.values()},
            "limits": LIMITS,
            "for": FOR,
            "not_for": NOT_FOR,
        }
    )


def write_card(card: Json, folder: Path) -> None:
    """Write card.json and card.md into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(card, ensure_ascii=False, allow_nan=False, indent=1)
    (folder / "card.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(as_markdown(card), encoding="utf-8")


def as_markdown(card: Json) -> str:
    """Return the card as Markdown."""
    decision = card["decision"]
    lines = [
        f"# Bundle {card['bundle'][:12] or '(not written)'}",
        card["what"],
        "## Decision",
        f"{decision['outcome'].capitalize()} on {decision['at']} by {decision['who']}.",
        _list([*(f"{kind}: {why}" for kind, why in decision["instead"].items()), *_or_nothing(decision["reasons"])]),
        "## Rankers",
        _table(
            ("kind", "run", "split", "data of", "trained", "code", "booster"), [_row(*one) for one in card["rankers"].items()]
        ),
        "## Data it was judged on",
        _list([f"{name}: {_said(value)}" for name, value in card["data"].items()]),
    ]
    for kind, one in card["comparisons"].items():
        lines += _compared(kind, one)
    lines += ["## Limits", _list(card["limits"]), "## For", _list(card["for"]), "## Not for", _list(card["not_for"])]
    lines += ["## What the figures mean", _list([f"{name}: {meaning}" for name, meaning in card["definitions"].items()])]
    return "\n\n".join(lines) + "\n"


def _or_nothing(reasons: Sequence[str]) -> Sequence[str]:
    return reasons or ("Nothing spoke against it.",)


def _ranker(bundle: Bundle, kind: Kind, champion: Champion | None) -> Json:
    parts, told = bundle.kinds[kind], bundle.provenance.get(kind, {})
    named = {name: told.get(name) for name in ("data_as_of", "newest_event", "created", "code_version", "data", "settings")}
    run = champion.run if champion else None
    return {"run": run, "split": parts.split, "trained": parts.booster is not None, "columns": parts.rows.names, **named}


def _comparison(found: Challenge) -> Json:
    return {
        "against": found.against,
        "split": found.split,
        "asked": found.asked,
        "people": found.people,
        "left_out": found.learnt,
        "figures": {name: {one: asdict(figure) for one, figure in side.items()} for name, side in found.figures.items()},
        "gap": {**asdict(found.gap), "metric": found.rules.metric, "floor": found.floor},
        "plain": asdict(found.plain) if isinstance(found.plain, Difference) else found.plain,
        "instead": found.instead,
        "groups": [asdict(test) | {"worse": test.worse} for test in found.groups],
        "not_told": found.hidden,
        "speed": asdict(found.speed),
        "dates": asdict(found.dates),
        "rules": found.rules.model_dump(),
        "reasons": found.reasons,
    }


def _compared(kind: str, one: Json) -> list[str]:
    names = list(one["figures"])
    gap, speed, dates = one["gap"], one["speed"], one["dates"]
    beside = "" if speed["champion"] is None else f", the champion in {speed['champion']:.3f} ms"
    figures = [(name, *(_figure(one["figures"][side][name]) for side in names)) for name in one["figures"][names[0]]]
    kept = f"higher for {gap['better']}, lower for {gap['worse']} people"
    rules = ", ".join(f"{name} {_said(value)}" for name, value in one["rules"].items() if name != "since")
    return [
        f"## {kind.capitalize()}: challenger against {one['against']}",
        f"{one['people']} people with a held-out positive (of {one['asked']} asked; {one['left_out']} left out, learnt from), SPLIT={one['split']}; means, 95 % intervals:",
        _table(("figure", *names), figures),
        f"Difference on {gap['metric']}: {_figure(gap['interval'], signed=True)}, {kept}; it may not reach {gap['floor']:+.4f}.",
        _plain(one),
        _groups(one),
        f"{speed['rows']} rows are scored in {speed['challenger']:.3f} ms{beside}; {speed['most']:.3f} ms are allowed.",
        f"Data of {dates['challenger']}, the champion's of {dates['champion'] or 'nobody'}, newest event {dates['newest_event']}.",
        f"Rules since {one['rules']['since']}: {rules}.",
    ]


def _plain(one: Json) -> str:
    """Return how the challenger compares with the plain baseline, in words."""
    if one["instead"]:
        return f"The challenger is the plain baseline: {one['instead']}."
    if one["plain"] == "itself":
        return "The challenger is the plain baseline itself."
    if one["plain"] == "missing":
        return "The challenger's bundle holds no plain baseline: it was not compared with one."
    gap, kept = one["plain"]["interval"], f"higher for {one['plain']['better']}, lower for {one['plain']['worse']} people"
    return f"Difference to the plain baseline on {one['gap']['metric']}: {_figure(gap, signed=True)}, {kept}."


def _groups(one: Json) -> str:
    if not one["groups"]:
        return "No family has two slices that may be told: groups were not compared."
    heads = ("family", "slice", "people", "figure", "before", "after", "change", "p", "Holm", "worse")
    rows = [
        (
            *(str(test[name]) for name in ("family", "slice", "people", "figure")),
            *(_number(test[name]) for name in ("before", "after")),
            _figure(test["change"], signed=True),
            *(_number(test[name], 4) for name in ("p", "adjusted")),
            "yes" if test["worse"] else "no",
        )
        for test in one["groups"]
    ]
    return "Mean of each slice as a share of its family's best:\n\n" + _table(heads, rows)


def _row(kind: str, ranker: Json) -> tuple[str, ...]:
    told = (kind, ranker["run"], ranker["split"], ranker["data_as_of"], ranker["created"], (ranker["code_version"] or "")[:12])
    return (*(_said(value) for value in told), "yes" if ranker["trained"] else "no (words)")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _figure(found: Mapping[str, Any], *, signed: bool = False) -> str:
    if found["mean"] is None:
        return "unknown"
    form = "{:+.3f}" if signed else "{:.3f}"
    bounds = "" if found["low"] is None else f" ({form.format(found['low'])} to {form.format(found['high'])})"
    return form.format(found["mean"]) + bounds


def _number(value: float | None, digits: int = 3) -> str:
    return "unknown" if value is None else f"{value:.{digits}f}"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(part)}" for name, part in value.items())
    return (
        "unknown"
        if value is None or value == ""
        else ", ".join(map(str, value))
        if isinstance(value, list | tuple)
        else str(value)
    )
