"""The measurements of a challenger, and the decision that follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from sqrec.contract import Kind
from sqrec.evaluate.fairness.groups import GroupTest
from sqrec.evaluate.promotion.rules import PromotionRules
from sqrec.evaluate.stats.compare import Difference, Interval


@dataclass(frozen=True)
class Speed:
    """Hold the median milliseconds in which each ranker scores `rows` rows, and the most allowed."""

    rows: int
    challenger: float
    champion: float | None
    most: float


@dataclass(frozen=True)
class Dates:
    """Hold the dates of each side's data, and of the newest event they were compared on: ISO dates or instants."""

    challenger: str | None
    champion: str | None
    newest_event: str


@dataclass(frozen=True)
class Challenge:
    """Hold everything that was compared.

    `against` is what the challenger was compared with: `champion`, or `words` where there is none. `figures[ranker][metric]`
    are over the same people, in score order; `gap` is the challenger's figure minus the other's on the deciding metric, and
    its interval may not reach down to `floor`. `hidden` names the slices of each family that are too small to be told; `learnt`
    counts the people who were left out because one of both has learnt from their answer. `plain` is the challenger's figure minus
    its plain baseline's, or why there is none; `instead` says why plain stands here in the place of a ranker, empty where it does not.
    """

    kind: Kind
    split: str
    against: str
    rules: PromotionRules
    asked: int
    people: int
    figures: Mapping[str, Mapping[str, Interval]]
    gap: Difference
    groups: Sequence[GroupTest]
    hidden: Mapping[str, Sequence[str]]
    speed: Speed
    dates: Dates
    learnt: int = 0
    plain: Difference | Literal["itself", "missing"] = "missing"
    instead: str = ""

    @property
    def below_plain(self) -> bool:
        """Tell whether the challenger is established to be worse than plain."""
        return isinstance(self.plain, Difference) and self.plain.interval.high < self.rules.least_over_plain

    @property
    def gives_way(self) -> bool:
        """Tell whether plain is to be put forward in the challenger's place: it is no worse on the mean, and not refused for it."""
        if not isinstance(self.plain, Difference) or self.below_plain:
            return False
        return self.plain.interval.mean <= self.rules.least_over_plain

    @property
    def put_forward(self) -> str:
        """Why plain is put forward, as half a sentence."""
        return f"the plain baseline is put forward in its place: {_beside_plain(self)}"

    @property
    def floor(self) -> float:
        """The lowest difference that is no loss: the margin's share of the other's mean."""
        return -self.rules.margin * self.figures[self.against][self.rules.metric].mean

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """The reasons against the challenger, half a sentence each; none: it may serve."""
        return (*_inferior(self), *_below_plain(self), *_left_behind(self), *_slow(self), *_old(self))


def _inferior(found: Challenge) -> Iterator[str]:
    """Non-inferiority: the whole interval of the paired difference lies above the floor.

    This is the one test that was fixed before all others; it pays for none of them, and none of them for it.
    """
    gap, metric = found.gap.interval, found.rules.metric
    if gap.n < 2:
        yield f"only {gap.n} person is left to compare on"
    elif not gap.low > found.floor:
        ours, theirs = (found.figures[name][metric].mean for name in ("challenger", found.against))
        yield (
            f"its {metric} is {ours:.3f} beside {theirs:.3f} of {_named(found)}, and the 95 % interval of the difference"
            f" ({gap.low:+.3f} to {gap.high:+.3f}, {gap.n} people) is not wholly above {found.floor:+.4f}"
        )


def _below_plain(found: Challenge) -> Iterator[str]:
    """Refuse what is worse than anybody could have written in an afternoon; a test that only refuses costs no other one anything."""
    if found.below_plain:
        yield f"it lies below the plain baseline: {_beside_plain(found)}"


def _beside_plain(found: Challenge) -> str:
    if not isinstance(found.plain, Difference):
        return "it was not compared"
    gap, metric = found.plain.interval, found.rules.metric
    ours, theirs = (found.figures[name][metric].mean for name in ("challenger", "plain"))
    return (
        f"its {metric} is {ours:.3f} beside {theirs:.3f} of plain, a difference of {gap.mean:+.3f} (95 % interval"
        f" {gap.low:+.3f} to {gap.high:+.3f}, {gap.n} people)"
    )


def _left_behind(found: Challenge) -> Iterator[str]:
    for test in found.groups:
        if test.worse:
            yield (
                f"people of {test.family} {test.slice} would fall further behind on {test.figure}, from {test.before:.2f} to"
                f" {test.after:.2f} of the best group (adjusted p {test.adjusted:.4f})"
            )


def _slow(found: Challenge) -> Iterator[str]:
    speed = found.speed
    if speed.challenger > speed.most:
        beside = "" if speed.champion is None else f" beside {speed.champion:.2f} ms of the champion"
        yield f"scoring {speed.rows} rows takes it {speed.challenger:.2f} ms{beside}, where {speed.most:.2f} ms are the most"


def _old(found: Challenge) -> Iterator[str]:
    dates, most = found.dates, found.rules.most_days_behind
    if dates.challenger is None:
        yield "it does not say how new its data is"
        return
    ours = _day(dates.challenger)
    if dates.champion and ours < _day(dates.champion):
        yield f"its data is of {ours}, the champion's of {_day(dates.champion)}"
    behind = (_day(dates.newest_event) - ours).days
    if behind > most:
        yield f"its data is of {ours}, {behind} days before the newest event, where {most} are the most"


def _named(found: Challenge) -> str:
    return "the champion" if found.against == "champion" else "the words baseline"


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
