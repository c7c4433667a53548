"""Are the reasons true, faithful and specific: `python -m experiments.reasons --data FOLDER --lists 2000` (docs/reasons.md).

Every shown item is checked: each sentence against the raw tables (experiments/reason_codes.py), each reason's family against what it
added to the score. A sample of the items is attributed by TreeSHAP too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from experiments.reason_codes import MISSING, REASONS
from experiments.reason_world import Said, World
from serving.answer import stream
from sqrec import bundle as bundles
from sqrec.arrays import FloatArray, keys_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.catalogue.source import read_source
from sqrec.columns import Kind
from sqrec.errors import RequestError
from sqrec.rank import Boosted, Ranking
from sqrec.rank.reasons import Family
from sqrec.rank.telling import OTHERS, Speech, gains_of
from sqrec.tables import Folder

SHOWN, MOST_CARRIED, SHAP_LISTS = 10, 0.6, 100
WISHES = {"wish", "need"}
"""Families whose sentences are the point of a list: that most items carry them is no fault."""


@dataclass
class Tally:
    """Count what the lists of one kind say."""

    lists: int = 0
    items: int = 0
    reasons: int = 0
    missing: int = 0
    more_than_four: int = 0
    no_gain: int = 0
    silent: int = 0
    sayable: int = 0
    largest_said: int = 0
    largest_unsayable: int = 0
    outstanding_unsaid: int = 0
    compared: int = 0
    signs_differ: int = 0
    untrue: Counter[str] = field(default_factory=Counter[str])
    codes: Counter[str] = field(default_factory=Counter[str])
    carried: Counter[str] = field(default_factory=Counter[str])
    unsaid: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def item(self, speech: Speech, gains: FloatArray, codes: list[str]) -> None:
        """Hold an item's reasons against what each family added."""
        families = (*speech.families, OTHERS)
        family = {one.code: one.family for one in speech.reasons}
        gain = dict(zip((one.name for one in families), gains.tolist(), strict=True))
        said = {family[code] for code in codes}
        self.no_gain += sum(gain[family[code]] <= 0 for code in codes)
        self.more_than_four += len(codes) > 4
        raising = [families[place] for place in np.argsort(-gains, kind="stable") if gains[place] > 0]
        if raising:
            self.largest_unsayable += raising[0].said == "never"
            self.outstanding_unsaid += raising[0].said == "outstanding" and raising[0].name not in said
        self._largest([one for one in raising if one.said == "always" or one.name in said], said)

    def _largest(self, raising: list[Family], said: set[str]) -> None:
        if not raising:
            self.silent += 1
            return
        self.sayable += 1
        self.largest_said += raising[0].name in said
        self.unsaid[raising[0].name] += raising[0].name not in said


def main(
    data: Annotated[str, typer.Option(help="the data folder")],
    folder: Annotated[Path, typer.Option("--bundles", help="where the bundles and their pointer lie")] = Path("var/bundles"),
    lists: Annotated[int, typer.Option(help="how many lists of each kind, one a person")] = 2000,
) -> None:
    """Check lists of every kind, as they are served right after the data's last event, and print tables."""
    loaded, source, console = bundles.load(bundles.current(folder)), read_source(data), Console(width=130)
    for kind, tally in tallies(loaded, source, lists):
        _print(console, kind, tally)


def tallies(loaded: Bundle, source: Folder, lists: int) -> Iterator[tuple[Kind, Tally]]:
    """Return what the lists of every kind say, as they are served right after the data's last event."""
    snapshot = Snapshot.of(source, loaded.profiler)
    at = int(snapshot.events.known[-1]) + 1
    world = World.of(source, at)
    kinds: list[Kind] = [kind for kind in loaded.kinds if kind in snapshot.items]
    for kind in kinds:
        yield kind, _tally(loaded, snapshot, world, kind, lists)


def _tally(loaded: Bundle, snapshot: Snapshot, world: World, kind: Kind, lists: int) -> Tally:
    tally, speech = Tally(), loaded.kinds[kind].speech
    for number, (person_id, ranking) in enumerate(_rankings(loaded, snapshot, kind, world.at, lists)):
        shown = stream(ranking, loaded, snapshot, kind, SHOWN, "zh-CN", explain=False)
        gains = gains_of(speech, ranking, ranking.order[:SHOWN])
        person = snapshot.known_at(int(keys_of([person_id])[0]), world.at)
        _look(tally, speech, shown, gains)
        for item in shown:
            _check(tally, Said(world, person, kind, world.items[kind][item["item_id"]], ""), item)
        if number < SHAP_LISTS and gains is not None:
            _compare(tally, speech, ranking, gains)
    return tally


def _rankings(loaded: Bundle, snapshot: Snapshot, kind: Kind, at: int, lists: int) -> Iterator[tuple[str, Ranking]]:
    recommender = loaded.recommender()
    ids = list(snapshot.people)[:: max(1, len(snapshot.people) // lists)][:lists]
    for person_id in ids:
        profile = snapshot.ask(recommender.profiler, keys_of([person_id]), np.array([at]))
        try:
            yield person_id, recommender.recommend(profile, kind, snapshot, recommender.served(kind), SHOWN, clock=at)
        except RequestError:
            continue


def _look(tally: Tally, speech: Speech, shown: list[dict[str, Any]], gains: FloatArray | None) -> None:
    codes = [[said["code"] for said in item["reasons"]] for item in shown]
    tally.lists += bool(shown)
    tally.items += len(shown)
    carried = Counter(code for some in codes for code in some)
    tally.codes += carried
    tally.carried.update(code for code, times in carried.items() if times > MOST_CARRIED * len(shown))
    for place, some in enumerate(codes if gains is not None else ()):
        tally.item(speech, gains[place] if gains is not None else np.empty(0), some)


def _check(tally: Tally, said: Said, item: Mapping[str, Any]) -> None:
    """Check every sentence about an item against the raw facts."""
    for name, checks in (("reasons", REASONS), ("missing", MISSING)):
        for one in item[name]:
            true = checks[one["code"]](Said(said.world, said.person, said.kind, said.item, one["text"]))
            setattr(tally, name, getattr(tally, name) + 1)
            if not true:
                tally.untrue[f"{name} {one['code']}"] += 1
                tally.examples.setdefault(one["code"], f"{said.person.person_id} {item['item_id']} {one['text']}")


def _compare(tally: Tally, speech: Speech, ranking: Ranking, gains: FloatArray) -> None:
    """Count how often TreeSHAP gives a family another sign; both beside their mean over the candidates."""
    if not isinstance(ranking.by, Boosted) or not len(ranking.order):
        return
    shares = ranking.by.contributions(ranking.scene.rows)[:, :-1]
    place = {column: number for number, family in enumerate(speech.families) for column in family.columns}
    numbers = [place.get(name, len(speech.families)) for name in speech.rows.names]
    together = np.zeros((len(shares), len(speech.families) + 1))
    np.add.at(together.T, numbers, shares.T)
    other = (together - together.mean(axis=0))[ranking.order[:SHOWN]]
    used = gains != 0
    tally.compared += int(used.sum())
    tally.signs_differ += int((used & ((gains > 0) != (other > 0))).sum())


def _share(part: int, whole: int) -> str:
    return f"{part}  ({part / max(whole, 1):.4f})"


def _print(console: Console, kind: Kind, tally: Tally) -> None:
    table = Table("of", "number", title=f"{kind}: {tally.lists} lists", title_justify="left")
    for name, value in (
        ("items", str(tally.items)),
        ("reasons", f"{tally.reasons}  ({tally.reasons / max(tally.items, 1):.2f} an item)"),
        ("reasons and missing requirements that are untrue", _share(tally.untrue.total(), tally.reasons + tally.missing)),
        ("reasons whose family did not raise the score", _share(tally.no_gain, tally.reasons)),
        ("items with more than four reasons", str(tally.more_than_four)),
        ("items whose largest family that may be said is said", _share(tally.largest_said, tally.sayable)),
        ("items whose largest family may never be said", _share(tally.largest_unsayable, tally.items)),
        ("items whose largest family may be said, but does not stand out", _share(tally.outstanding_unsaid, tally.items)),
        ("items that nothing raised that may be said", _share(tally.silent, tally.items)),
        ("families of items to which TreeSHAP gives another sign", _share(tally.signs_differ, tally.compared)),
    ):
        table.add_row(name, value)
    console.print(table)
    carried = {code: times / max(tally.lists, 1) for code, times in tally.carried.most_common(5)}
    console.print(
        f"codes that > 60 % of the items carry, share of lists: { {code: round(one, 3) for code, one in carried.items()} }"
    )
    console.print(f"largest families that are not said: {dict(tally.unsaid.most_common(5)) if tally.unsaid.total() else {}}")
    console.print(f"untrue: {dict(tally.untrue)} {tally.examples}")
    console.print(f"codes: { {code: round(times / tally.items, 3) for code, times in tally.codes.most_common()} }\n")


if __name__ == "__main__":
    typer.run(main)
