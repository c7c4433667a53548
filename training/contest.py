"""The two sides of a promotion: the run's bundle joined with the current one, and the champion, on the same data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import track

from sqrec import bundle as bundles
from sqrec.base.arrays import AnyArray
from sqrec.base.numbers import SEED
from sqrec.bundle import Bundle
from sqrec.bundle.pointer import Champion, Pointer, read_pointer
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.errors import BundleError, DataError, SqrecError
from sqrec.evaluate import Split, split
from sqrec.evaluate.fairness.slices import audited_slices
from sqrec.evaluate.promotion.challenge import Side, challenge
from sqrec.evaluate.promotion.decision import Challenge
from sqrec.evaluate.promotion.looks import note_look
from sqrec.evaluate.promotion.rules import PromotionRules
from sqrec.evaluate.report.run import fingerprint
from sqrec.source import read_source
from sqrec.tables import Folder
from training.doors import Place
from training.sample import CONSOLE

if TYPE_CHECKING:
    from training.registry import Registry, Version


class Refused(SqrecError):
    """Raised where a challenger is not promoted; the message says why."""


@dataclass(frozen=True)
class Contender:
    """Hold one side of a comparison: its bundle, the arrays of its provenance, the data encoded by its profile."""

    bundle: Bundle
    arrays: Mapping[str, AnyArray]
    snapshot: Snapshot

    def side(self, kind: Kind) -> Side:
        """Return the side of one kind, as `challenge` takes it."""
        return Side(self.bundle, self.snapshot, self.arrays.get(f"{kind}_events"))


@dataclass(frozen=True)
class Contest:
    """Hold challenger and champion on the same data, and the pointer before the decision.

    `challenger` is the bundle that would serve; `champion` the one that serves now, None where none does.
    """

    versions: Mapping[Kind, "Version"]
    folder: Folder
    challenger: Contender
    champion: Contender | None
    before: Pointer | None

    @property
    def changes_nothing(self) -> bool:
        """Tell whether the bundle that would serve already serves and was promoted."""
        if self.champion is None or self.before is None:
            return False
        return _serves_already(self.versions, self.before, self.champion.bundle, self.challenger.bundle)

    @property
    def champions(self) -> dict[Kind, Champion]:
        """The champions after promotion: the new ones, and the promoted ones that stay."""
        current, found = self.before.current if self.before else None, dict[Kind, Champion]()
        for kind in self.challenger.bundle.kinds:
            if kind in self.versions:
                found[kind] = self.versions[kind].champion
            elif current and current.has_champion(kind):
                found[kind] = current.champions.get(kind, Champion())
        return found

    def champion_of(self, kind: Kind) -> Side | None:
        """Return the promoted, trained ranker that serves a kind; None without one."""
        there = self.before is not None and self.before.current.has_champion(kind)
        if self.champion is None or not there or kind not in self.champion.bundle.kinds:
            return None
        return self.champion.side(kind) if self.champion.bundle.kinds[kind].booster else None


def contest_of(kinds: Sequence[Kind], run: str | None, data: str | Folder | None, registry: "Registry", place: Place) -> Contest:
    """Read the bundles and the data that a decision needs.

    `data` None: the run's own source; `kinds` empty: all kinds of its bundle, but a ranker that serves does not give way to
    none. Raises SqrecError where the run, its bundle, the current bundle or the data cannot be used, where their `city/` differ,
    or where the run's ranker already serves.
    """
    versions: dict[Kind, Version] = {kind: registry.version(kind, run) for kind in kinds} or registry.of_bundle(run)
    first = next(iter(versions.values()))
    own = registry.bundle_of(first)
    if (made := bundles.load(own)).name != first.bundle:
        raise BundleError(f"{own} holds bundle {made.name}, not the one that run {first.run} made: train again.")
    before = read_pointer(place.bundles)
    base = place.bundles / before.current.bundle if before else own
    champion = bundles.load(base) if before else None
    taken = tuple(versions) if kinds else (*versions, *_without_ranker(made, champion))
    joined, arrays = bundles.join(base, own, taken)
    if before and champion and _serves_already(versions, before, champion, joined):
        raise Refused(f"Run {first.run} serves already: nothing would change.")
    folder = data if isinstance(data, Folder) else read_source(data or first.source)
    if folder.city.name != joined.city.name:
        raise DataError(f"{folder.path} is of {folder.city.name}, the bundle of {joined.city.name}: name data of that city.")
    snapshot = Snapshot.of(folder, joined.profiler)
    theirs = None
    if champion:
        same = bundles.same_city(champion, joined)
        theirs = Contender(champion, bundles.arrays_of(base), snapshot if same else Snapshot.of(folder, champion.profiler))
    return Contest(versions, folder, Contender(joined, arrays, snapshot), theirs, before)


def compare(kind: Kind, contest: Contest, rules: PromotionRules, place: Place) -> Challenge:
    """Compare challenger and champion on the challenger's held-out questions, and count this evaluation (`note_look`).

    Raises DataError where nothing is held out, or where one of them has learnt from it.
    """
    division = _division(kind, contest)
    note_look(place.bundles, fingerprint(contest.folder), kind, division.name, contest.versions[kind].bundle)
    return measure(kind, contest, rules, division)


def measure(kind: Kind, contest: Contest, rules: PromotionRules, division: Split | None = None) -> Challenge:
    """Compare as `compare` does, without counting another evaluation."""
    snapshot, division = contest.challenger.snapshot, division or _division(kind, contest)
    families = audited_slices(contest.folder, snapshot, kind, division.held)
    return challenge(
        kind,
        contest.challenger.side(kind),
        contest.champion_of(kind),
        division,
        families,
        rules,
        SEED,
        lambda rows: track(rows, f"comparing {kind} rankers", console=CONSOLE, disable=not CONSOLE.is_terminal),
    )


def _division(kind: Kind, contest: Contest) -> Split:
    """Return the split of the challenger. A ranker trained without a split is judged by time, on other data than its own."""
    challenger, snapshot = contest.challenger, contest.challenger.snapshot
    if kind not in snapshot.items:
        raise DataError(f"{contest.folder.path} has no {kind} to compare on: name data that has.")
    name = challenger.bundle.kinds[kind].split
    same = challenger.bundle.provenance.get(kind, {}).get("data") == fingerprint(contest.folder)
    if name == "none" and same:
        raise DataError("The challenger has learnt from everything in these data: train with SPLIT=time or last, or name others.")
    return split(snapshot.events, kind, "time" if name == "none" else name)


def _without_ranker(made: Bundle, champion: Bundle | None) -> Sequence[Kind]:
    """Return the kinds for which neither bundle has a ranker; they are promoted with the others without a comparison."""
    there = champion.kinds if champion else {}
    return [kind for kind, parts in made.kinds.items() if not parts.booster and not (kind in there and there[kind].booster)]


def _serves_already(versions: Mapping[Kind, "Version"], before: Pointer, champion: Bundle, joined: Bundle) -> bool:
    promoted = all(before.current.has_champion(kind) for kind in versions)
    return promoted and champion.kinds == joined.kinds and bundles.same_city(champion, joined)
