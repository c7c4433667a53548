"""Promote: run → bundle → joined with the current one → compared on held-out data → pointer, alias, audit, card; and roll back.

Exit codes: 0 done; 1 refused, in one sentence; 2 wrong usage. A process that is killed on the way leaves the old pointer or the
new one, and both name a whole bundle; an alias that was not set is set at the next promotion or retraining.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sqrec import bundle as bundles
from sqrec.bundle.pointer import Pointer, Standing, read_pointer, write_pointer
from sqrec.contract import Kind
from sqrec.errors import BundleError, SqrecError
from sqrec.evaluate.promotion.decision import Challenge
from sqrec.evaluate.promotion.rules import PromotionRules, Rules
from sqrec.tables import Folder
from training.card import card_of, write_card
from training.contest import Contest, Refused, compare, contest_of
from training.doors import Place, keep_home, now
from training.instead import with_plain
from training.locks import pointer_held

if TYPE_CHECKING:
    from training.registry import Registry


def main(
    kind: Annotated[Literal["job", "course", "amenity", "all"] | None, typer.Argument(help="what the run ranks")] = None,
    run: Annotated[str | None, typer.Option(help="the MLflow run; default: the newest challenger")] = None,
    data: Annotated[str | None, typer.Option(help="data folder or store to compare on; default: the run's own")] = None,
    var: Annotated[Path, typer.Option(help="where run-time files live")] = Path("var"),
    store: Annotated[
        str | None,
        typer.Option(envvar="SQREC_STORE", help="the store with the audit trail; default: DATA if it is one, else in VAR"),
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="JSON with other numbers than the rules in force")] = None,
    who: Annotated[str | None, typer.Option(help="who asks, for the audit trail; default: the system's user")] = None,
    *,
    rollback: Annotated[bool, typer.Option("--rollback", help="go back to what was current before")] = False,
) -> None:
    """Make a trained ranker serve if it is no worse than the one that serves now; or roll back."""
    if (kind is None) != rollback:
        raise typer.BadParameter("Say what to promote (job, course, amenity or all), or --rollback.")
    place = Place.of(var, store, who, data)
    try:
        if rollback:
            typer.echo(f"Current again: {roll_back(place)}")
        else:
            kinds: list[Kind] = [] if kind == "all" or kind is None else [kind]
            typer.echo(f"Promoted: {promote(kinds, run, data, place, Rules.read(rules).promotion, typer.echo)}")
    except SqrecError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem


def promote(
    kinds: Sequence[Kind],
    run: str | None,
    data: str | Folder | None,
    place: Place,
    rules: PromotionRules,
    said: Callable[[str], object] = str,
) -> Path:
    """Promote the ranker of one kind, or all that were trained together (`kinds` empty), and return the bundle's folder.

    A ranker that is not above its plain baseline on the mean is replaced by it; `said` gets a sentence about that. Raises
    SqrecError, in one sentence, where promotion is refused; then the pointer has not moved, and the refusal is in the audit
    trail.
    """
    registry = registry_of(place)
    try:
        mirror(registry, place)
        contest = contest_of(kinds, run, data, registry, place)
        contest, found = with_plain(contest, [compare(kind, contest, rules, place) for kind in contest.versions], rules)
        _refuse_worse(contest, found, registry, place)
        written = _crown(contest, found, registry, place)
        for kind, why in _instead(found).items():
            said(f"{kind.capitalize()}: {why}.")
        return written
    except SqrecError as problem:
        problem.args = (place.refused("promotion", {"kinds": list(kinds) or ["all"], "run": run}, str(problem)),)
        raise


def roll_back(place: Place) -> Path:
    """Make the bundle current that was so before the last promotion, after verifying it, and return its folder.

    Raises BundleError where there was none, or where it cannot be used; then the pointer has not moved.
    """
    try:
        with pointer_held(place.var):
            before = read_pointer(place.bundles)
            if before is None:
                raise BundleError(f"No bundle is current in {place.bundles}: there is nothing to roll back.")
            after = before.taken_back()
            folder = place.bundles / after.current.bundle
            bundles.load(folder)
            _move(before, after, "rollback", place)
    except SqrecError as problem:
        problem.args = (place.refused("rollback", {}, str(problem)),)
        raise
    return folder


def _refuse_worse(contest: Contest, found: Sequence[Challenge], registry: "Registry", place: Place) -> None:
    """Raise Refused where a rule speaks against a challenger; the card of the comparison is kept with its run."""
    reasons = [reason if len(found) == 1 else f"{one.kind}: {reason}" for one in found for reason in _reasons(one)]
    if reasons:
        bundle = contest.challenger.bundle
        card = card_of(bundle, contest.folder, found, contest.champions, _decided("refused", place))
        with TemporaryDirectory() as folder:
            write_card(card, Path(folder))
            _keep_card(contest, Path(folder), registry)
        run = next(iter(contest.versions.values())).run
        raise Refused(f"Run {run} is not promoted: {'; '.join(reasons)}.")


def _reasons(found: Challenge) -> Sequence[str]:
    """Return the reasons against a challenger; where it is plain, first the reason why plain took the ranker's place."""
    return (found.instead, *found.reasons) if found.instead and found.reasons else found.reasons


def _instead(found: Sequence[Challenge]) -> Mapping[Kind, str]:
    """Return for each kind whose ranker plain replaces the reason why."""
    return {one.kind: one.instead for one in found if one.instead}


def _crown(contest: Contest, found: Sequence[Challenge], registry: "Registry", place: Place) -> Path:
    """Write the bundle, verify it, and only then move the pointer, so that a crash before that changes nothing.

    Raises Refused where somebody else moved the pointer since the comparison began.
    """
    challenger = contest.challenger
    written = bundles.save_by_hash(challenger.bundle, place.bundles, challenger.arrays)
    loaded = bundles.load(written)
    cards = place.var / "cards" / loaded.name
    write_card(card_of(loaded, contest.folder, found, contest.champions, _decided("promoted", place)), cards)
    before, standing = contest.before, Standing(loaded.name, promoted=True, since=now(), champions=contest.champions)
    with pointer_held(place.var):
        if read_pointer(place.bundles) != before:
            raise Refused("The pointer was moved while the rankers were compared: promote again.")
        _move(before, before.moved_to(standing) if before else Pointer(standing), "promotion", place, _told(found))
    _keep_card(contest, cards, registry)
    return written


def _told(found: Sequence[Challenge]) -> Mapping[str, Any]:
    """Return the details of a promotion for the audit trail."""
    return {"instead": _instead(found)} if _instead(found) else {}


def _move(before: Pointer | None, after: Pointer, what: str, place: Place, more: Mapping[str, Any] | None = None) -> None:
    """Write to the audit trail, move the pointer, then set the aliases. Where the trail cannot be written, nothing moves."""
    champions = {kind: vars(champion) for kind, champion in after.current.champions.items()}
    told = {"from": before.current.bundle if before else None, "to": after.current.bundle, "champions": champions}
    place.note(what, told | dict(more or {}))
    write_pointer(place.bundles, after)
    registry_of(place).mirror(after.current)


def _keep_card(contest: Contest, folder: Path, registry: "Registry") -> None:
    for version in contest.versions.values():
        registry.keep(version.run, folder, "card")


def _decided(outcome: str, place: Place) -> dict[str, str]:
    return {"outcome": outcome, "at": now(), "who": place.who}


def registry_of(place: Place) -> "Registry":
    """Open the registry; MLflow is imported here, after its telemetry was turned off."""
    keep_home()
    from training.registry import Registry

    return Registry(place.var)


def mirror(registry: "Registry", place: Place) -> None:
    """Set the registry's aliases by the pointer, as a killed process may not have set them."""
    pointer = read_pointer(place.bundles)
    registry.mirror(pointer.current if pointer else None)


if __name__ == "__main__":
    typer.run(main)
