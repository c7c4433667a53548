"""Are the reasons true, faithful and specific: `python -m experiments.questions.reasons --data FOLDER --lists 2000` (docs/reasons.md).

Every shown item is checked: each sentence against the raw tables (experiments/questions/reason_codes.py), each reason's family against what it
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

from experiments.questions.reason_codes import MISSING, REASONS
from experiments.questions.reason_world import Said, World
from serving.answer.stream import stream
from sqrec import bundle as bundles
from sqrec.base.arrays import FloatArray, keys_of
from sqrec.bundle import Bundle
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import RequestError
from sqrec.evaluate.report.reasons import Signs, ToldList, signs_of, told_list
from sqrec.rank import Ranking
from sqrec.rank.reasons import MOST
from sqrec.rank.telling import Speech, gains_of
from sqrec.source import read_source
from sqrec.tables import Folder

SHOWN, MOST_CARRIED, SHAP_LISTS = 10, 0.6, 100


@dataclass
class Tally:
    """Count what the lists of one kind say."""

    told: list[ToldList] = field(default_factory=list[ToldList])
    signs: list[Signs] = field(default_factory=list[Signs])
    missing: int = 0
    more_than_four: int = 0
    untrue: Counter[str] = field(default_factory=Counter[str])
    carried: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def sum(self, name: str) -> int:
        """Return a count of `ToldList` over all lists."""
        return sum(getattr(one, name) for one in self.told)

    @property
    def lists(self) -> int:
        """How many lists there are."""
        return len(self.told)

    @property
    def reasons(self) -> int:
        """How many reasons are given."""
        return self.codes.total()

    @property
    def codes(self) -> Counter[str]:
        """How many items carry each code."""
        return sum((one.codes for one in self.told), Counter[str]())

    @property
    def compared(self) -> int:
        """Of how many families of items the path and TreeSHAP both gave a part."""
        return int(sum(one.compared.sum() for one in self.signs))

    @property
    def signs_differ(self) -> int:
        """To how many of them TreeSHAP gives another sign."""
        return int(sum(one.differ.sum() for one in self.signs))


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
            found = signs_of(speech, ranking, ranking.order[:SHOWN], gains)
            tally.signs += [found] if found else []
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
    if not shown:
        return
    codes = [[said["code"] for said in item["reasons"]] for item in shown]
    told = told_list(speech, codes, gains)
    tally.told.append(told)
    tally.more_than_four += sum(len(some) > MOST for some in codes)
    tally.carried.update(code for code, times in told.codes.items() if times > MOST_CARRIED * len(shown))


def _check(tally: Tally, said: Said, item: Mapping[str, Any]) -> None:
    """Check every sentence about an item against the raw facts."""
    for name, checks in (("reasons", REASONS), ("missing", MISSING)):
        for one in item[name]:
            true = checks[one["code"]](Said(said.world, said.person, said.kind, said.item, one["text"]))
            tally.missing += name == "missing"
            if not true:
                tally.untrue[f"{name} {one['code']}"] += 1
                tally.examples.setdefault(one["code"], f"{said.person.person_id} {item['item_id']} {one['text']}")


def _share(part: int, whole: int) -> str:
    return f"{part}  ({part / max(whole, 1):.4f})"


def _print(console: Console, kind: Kind, tally: Tally) -> None:
    table = Table("of", "number", title=f"{kind}: {tally.lists} lists", title_justify="left")
    items, reasons, scored = tally.sum("items"), tally.reasons, tally.sum("scored")
    for name, value in (
        ("items", str(items)),
        ("reasons", f"{reasons}  ({reasons / max(items, 1):.2f} an item)"),
        ("reasons and missing requirements that are untrue", _share(tally.untrue.total(), reasons + tally.missing)),
        ("reasons whose family did not raise the score", _share(tally.sum("without_gain"), reasons)),
        ("items with more than four reasons", str(tally.more_than_four)),
        ("items whose largest family that may be said is said", _share(tally.sum("largest_said"), tally.sum("raised"))),
        ("items whose largest family may never be said", _share(tally.sum("never"), scored)),
        ("items whose largest family may be said, but does not stand out", _share(tally.sum("unremarkable"), scored)),
        ("items that nothing raised that may be said", _share(tally.sum("silent"), scored)),
        ("families of items to which TreeSHAP gives another sign", _share(tally.signs_differ, tally.compared)),
    ):
        table.add_row(name, value)
    console.print(table)
    carried = {code: times / max(tally.lists, 1) for code, times in tally.carried.most_common(5)}
    console.print(
        f"codes that > 60 % of the items carry, share of lists: { {code: round(one, 3) for code, one in carried.items()} }"
    )
    unsaid = sum((one.unsaid for one in tally.told), Counter[str]())
    numbers = sum((one.numbers for one in tally.told), Counter[int]())
    console.print(f"largest families that are not said: {dict(unsaid.most_common(5))}")
    console.print(f"untrue: {dict(tally.untrue)} {tally.examples}")
    console.print(f"items by number of reasons: { {n: round(numbers[n] / max(items, 1), 3) for n in range(MOST + 1)} }")
    console.print(f"codes: { {code: round(times / items, 3) for code, times in tally.codes.most_common()} }\n")


if __name__ == "__main__":
    typer.run(main)
