"""Retrain: data → checks → train → compare → promote or refuse; each outcome in one sentence; made to be run by cron.

Exit codes: 0 a new ranker serves; 1 refused (data too old, too few events, drift, or a challenger that is worse);
2 wrong usage; 3 nothing new to learn; 4 another retraining is running.
"""

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from features import PROFILE
from sqrec import bundle as bundles
from sqrec.bundle import Bundle
from sqrec.bundle.pointer import read_pointer
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.contract.parse import micros
from sqrec.errors import SqrecError
from sqrec.evaluate.promotion.rules import Rules
from sqrec.profile import Profiler
from sqrec.source import read_source
from sqrec.tables import Folder
from training.checks import drifted, new_events, too_little, too_old
from training.contest import Contender
from training.doors import Place
from training.locks import Held, held
from training.promote import mirror, promote, registry_of
from training.several import train_each
from training.train import bundle_of, fitted, kinds_of, log_of, track, train_kind

PROMOTED, REFUSED, NOTHING_NEW, HELD = 0, 1, 3, 4
_LEFT_BEHIND = timedelta(days=1)
"""The age from which half-written files count as left by a killed process."""


@dataclass(frozen=True)
class Asked:
    """Hold the options of a retraining: the split, the present moment (microseconds UTC), the rules."""

    split: Literal["time", "last"]
    now: int
    rules: Rules


@dataclass(frozen=True)
class Told:
    """Hold the outcome for one kind, or for all together: exit code and sentence."""

    code: int
    sentence: str


def main(
    data: Annotated[str, typer.Option(help="the data folder, or the address of a store")],
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
    store: Annotated[
        str | None,
        typer.Option(envvar="SQREC_STORE", help="the store with the audit trail; default: DATA if it is one, else in VAR"),
    ] = None,
    split: Annotated[Literal["time", "last"], typer.Option(help="what to hold out, to compare on")] = "time",
    as_of: Annotated[str | None, typer.Option(help="the moment that counts as now; default: now")] = None,
    rules: Annotated[Path | None, typer.Option(help="JSON with other numbers than the rules in force")] = None,
    who: Annotated[str | None, typer.Option(help="who asks, for the audit trail; default: the system's user")] = None,
    *,
    anew: Annotated[bool, typer.Option("--anew", help="fit the profile anew and train all kinds together")] = False,
) -> None:
    """Train again on newer data and promote what is no worse than what serves; safe to be run by cron."""
    place, codes = Place.of(var, store, who, data), list[int]()
    try:
        with held(var / "retrain.lock", "retraining"):
            asked = Asked(split, _moment(as_of), Rules.read(rules))
            codes.extend(_said(one) for one in retrain(data, place, asked, anew=anew))
    except Held as other:
        typer.echo(str(other), err=True)
        raise typer.Exit(HELD) from other
    except SqrecError as problem:
        codes.append(_said(Told(REFUSED, place.refused("retraining", {"kinds": ["all"]}, str(problem)))))
    raise typer.Exit(next((code for code in (REFUSED, PROMOTED) if code in codes), NOTHING_NEW))


def retrain(data: str, place: Place, asked: Asked, *, anew: bool = False) -> Iterator[Told]:
    """Retrain every kind on its own with the current `city/`, or all together where `anew` or changed declarations ask for it.

    Yields the outcome of each; only promotions move the pointer. Raises SqrecError where the data or the current bundle cannot
    be used.
    """
    _sweep(place)
    folder = read_source(data)
    mirror(registry_of(place), place)
    champion = _contender(place, folder) if read_pointer(place.bundles) else None
    if champion is None or anew or not _declared_alike(champion.bundle, folder):
        yield from _all_anew(champion, folder, place, asked)
    else:
        for kind in kinds_of("all", folder):
            yield from _one(kind, champion, folder, place, asked)


def _one(kind: Kind, champion: Contender, folder: Folder, place: Place, asked: Asked) -> Iterable[Told]:
    """Retrain one kind with the profile that serves."""
    told = _checked([kind], champion, place, asked)
    return [told] if told else _trained([kind], champion.bundle.profiler, champion.snapshot, folder, place, asked)


def _all_anew(champion: Contender | None, folder: Folder, place: Place, asked: Asked) -> Iterable[Told]:
    """Fit the profile to the data and train all kinds together: their `city/` is a new one, so they serve together or not."""
    told = _checked(kinds_of("all", folder), champion, place, asked) if champion else None
    if told:
        return [told]
    profiler = fitted(folder)
    return _trained(kinds_of("all", folder), profiler, Snapshot.of(folder, profiler), folder, place, asked)


def _checked(kinds: Sequence[Kind], champion: Contender, place: Place, asked: Asked) -> Told | None:
    """Return the outcome where a check says not to train now; None where all checks pass."""
    rules, snapshot = asked.rules.retraining, champion.snapshot
    new = {kind: new_events(kind, snapshot, champion.arrays) for kind in kinds}
    reasons = [
        *(too_old(kind, snapshot, asked.now, rules) for kind in kinds),
        too_little(sum(new.values()), rules) if any(new.values()) else None,
        *(drifted(kind, champion.bundle, champion.arrays, snapshot, rules) for kind in kinds if new[kind]),
    ]
    said = "; ".join(reason for reason in reasons if reason)
    if said:
        return _refused(kinds, f"{said}.", place)
    return None if any(new.values()) else Told(NOTHING_NEW, f"Not retrained ({', '.join(kinds)}): there is nothing new to learn.")


def _trained(
    kinds: Sequence[Kind], profiler: Profiler, snapshot: Snapshot, folder: Folder, place: Place, asked: Asked
) -> Iterator[Told]:
    """Train the kinds that can be trained, and promote them where they are no worse than what serves; yield the outcomes."""
    try:
        several = train_each(
            kinds,
            lambda kind: train_kind(kind, asked.split, profiler, folder, snapshot, log_of(folder, kind, place.var)),
        )
        fresh, arrays = bundle_of(several.trained, profiler, folder, tuple(several.refused))
        written = bundles.save_by_hash(fresh, place.bundles, arrays)
        runs = track(several.trained, written, folder, place.var)
    except SqrecError as problem:
        yield _refused(kinds, str(problem), place)
        return
    yield from (_refused([kind], why, place) for kind, why in several.refused.items())
    said, run = list[str](), next(iter(runs.values()))
    try:
        promoted = promote(kinds if len(kinds) == 1 else [], run, folder, place, asked.rules.promotion, said.append)
    except SqrecError as problem:
        yield Told(REFUSED, str(problem))
    else:
        yield Told(PROMOTED, " ".join((*said, f"Promoted ({', '.join(runs)}): {promoted}")))


def _refused(kinds: Sequence[Kind], problem: str, place: Place) -> Told:
    """Record in the audit trail why nothing was trained; promotion records its own refusals."""
    return Told(REFUSED, f"Not retrained ({', '.join(kinds)}): {place.refused('retraining', {'kinds': list(kinds)}, problem)}")


def _contender(place: Place, folder: Folder) -> Contender:
    where = bundles.current(place.bundles)
    bundle = bundles.load(where)
    return Contender(bundle, bundles.arrays_of(where), Snapshot.of(folder, bundle.profiler))


def _declared_alike(bundle: Bundle, folder: Folder) -> bool:
    """Tell whether this code and these data declare the same profile and city as the bundle."""
    fresh, _ = bundle_of([], PROFILE, folder)
    return bundles.same_declarations(bundle, fresh)


def _sweep(place: Place) -> None:
    """Remove half-written bundles and files that killed processes left."""
    for path in (*place.bundles.glob(f"{bundles.UNFINISHED}*"), *place.bundles.glob(".current-*")):
        if time.time() - path.stat().st_mtime > _LEFT_BEHIND.total_seconds():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _moment(text: str | None) -> int:
    if text is None:
        return micros(datetime.now(UTC))
    try:
        told = datetime.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{text!r} is no moment: write 2026-07-20 or 2026-07-20T12:00:00+08:00.") from problem
    return micros(told if told.tzinfo else told.replace(tzinfo=UTC))


def _said(told: Told) -> int:
    """Print an outcome and return its exit code."""
    typer.echo(told.sentence, err=told.code == REFUSED)
    return told.code


if __name__ == "__main__":
    typer.run(main)
