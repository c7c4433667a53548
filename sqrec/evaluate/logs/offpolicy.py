"""What another ranker would have been worth, estimated from lists that explored: IPS, SNIPS, doubly robust.

The unit is a *place* of a shown list where an item was drawn. Assumed are the item-position model (what becomes of an item depends on
the person, the item and its place, not on what stands in the other places; Li et al. 2018, IIPS), logged probabilities that
are true, and that the target chooses among items that could have been drawn. Where an item could not have been drawn, nothing
can be said about it, and nothing is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, divided, mixed
from sqrec.errors import DataError
from sqrec.evaluate.stats.compare import RESAMPLES, Interval, of_draws, resampled
from sqrec.evaluate.stats.notes import Note

FEW_EFFECTIVE = 100.0
"""An effective sample size below it is too small for its interval to be trusted."""
_FOLDS = 5
_SHRINKAGE = 10.0
"""So many places with the mean reward are added to every cell of the reward model."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Slots:
    """Hold places of shown lists, each with every item that could have stood there.

    Per place: `person` (hash; places of one person are resampled together), `reward` of what was shown, `shown` (its row among the
    options), `offsets` into the options (one more than there are places). Per option (a place with an item): `logged`, the probability
    with which it was drawn, summing to 1 in each place; `target`, that with which the policy in question would choose it, summing
    to less than 1 where it wants what could not be shown; `cell`, the number of its bucket in the reward model.
    """

    person: KeyArray
    reward: FloatArray
    shown: IntArray
    offsets: IntArray
    logged: FloatArray
    target: FloatArray
    cell: IntArray

    def __len__(self) -> int:
        return len(self.reward)

    @property
    def place(self) -> IntArray:
        """The place of every option."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def total(self, values: FloatArray) -> FloatArray:
        """Return the sum of a value per option over each place."""
        return np.bincount(self.place, weights=values, minlength=len(self)).astype(np.float64)

    def take(self, kept: BoolArray) -> "Slots":
        """Return the places of a mask."""
        options, sizes = kept[self.place], np.diff(self.offsets)[kept]
        row = np.cumsum(options) - 1
        return Slots(
            self.person[kept],
            self.reward[kept],
            row[self.shown[kept]],
            np.concatenate(([0], np.cumsum(sizes))),
            self.logged[options],
            self.target[options],
            self.cell[options],
        )


@dataclass(frozen=True)
class OffPolicy:
    """Hold what logged places say of a target policy; every figure is a mean reward per place with its interval over people.

    `places` are those that were evaluated; `covered` is the share of places in which all that the target would show could have been
    drawn (only these are evaluated). `shown` is the mean reward of what was shown; `estimates` (`ips`, `snips`, `dr`) those of the
    target, empty where nothing was drawn; `gains` the same minus `shown`. `weight` is the mean importance weight, 1 if the logged
    probabilities are true; `effective` the effective sample size (Kish), `largest` the largest weight, `clipped` the share of places
    whose weight was cut at `clip`. `notes` say what a reader must know.
    """

    reward: str
    places: int
    people: int
    covered: float
    shown: Interval
    estimates: Mapping[str, Interval]
    gains: Mapping[str, Interval]
    weight: Interval
    effective: float
    largest: float
    clip: float | None
    clipped: float
    notes: Sequence[Note]

    def told(self) -> dict[str, Any]:
        """Return the fields as the report's JSON has them: figures as they are, notes in both languages."""
        told: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return told | {"notes": [{"code": note.code, "en": note.said("en"), "zh": note.said("zh-CN")} for note in self.notes]}

    @classmethod
    def nothing(cls, reward: str, notes: Sequence[Note], clip: float | None = None) -> "OffPolicy":
        """Say, with reasons, that there is nothing to estimate from."""
        unknown = Interval(np.nan, np.nan, np.nan, 0)
        return cls(reward, 0, 0, np.nan, unknown, {}, {}, unknown, 0.0, np.nan, clip, 0.0, notes)


def off_policy(
    slots: Slots,
    rng: np.random.Generator,
    *,
    reward: str = "use",
    clip: float | None = None,
    expected: FloatArray | None = None,
    resamples: int = RESAMPLES,
) -> OffPolicy:
    """Estimate the mean reward per place under the target policy.

    IPS is the mean of w·r (Horvitz and Thompson 1952), w = target / logged of what was shown; SNIPS divides by the mean of w (Swaminathan
    and Joachims 2015); DR is the mean of the reward model under the target plus w times its error on what was shown (Dudík et
    al. 2014). The reward model is the mean reward of the other folds' places in the same cell, drawn towards the overall mean (five folds
    of people), or `expected`, one's own figure per option, which must not have seen the place's reward. It may be wrong: DR then
    loses precision, not truth. `clip` cuts weights, which lowers variance and biases all three.
    Intervals are percentiles of resamples of people; the reward model is not refitted in them.
    Raises DataError where probabilities are none.
    """
    _check(slots)
    covered = slots.total(np.where(slots.logged > 0, slots.target, 0.0)) > 1 - _ROUNDING
    drawn = np.maximum.reduceat(slots.logged, slots.offsets[:-1]) < 1 if len(slots) else np.empty(0, bool)
    if not drawn.any():
        return OffPolicy.nothing(reward, [_no_overlap(slots, covered)], clip)
    if not covered.any():
        return OffPolicy.nothing(reward, [Note("off_policy_uncovered", {"places": len(slots)})], clip)
    known = slots.take(covered)
    guess = _cell_means(known) if expected is None else expected[covered[slots.place]]
    ratio = known.target[known.shown] / known.logged[known.shown]
    weight = ratio if clip is None else np.minimum(ratio, clip)
    robust = known.total(known.target * guess) + weight * (known.reward - guess[known.shown])
    ones = np.ones(len(known))
    table = np.column_stack([weight * known.reward, weight, robust, known.reward, ones])
    figures, gains = _figures(table, known.person, rng, resamples)
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
    found = OffPolicy(
        reward,
        places=len(known),
        people=len(np.unique(known.person)),
        covered=float(covered.mean()),
        shown=figures["shown"],
        estimates={name: figures[name] for name in ("ips", "snips", "dr")},
        gains=gains,
        weight=figures["weight"],
        effective=effective,
        largest=float(ratio.max()),
        clip=clip,
        clipped=float((ratio > weight).mean()),
        notes=(),
    )
    return _with_notes(found)


def _check(slots: Slots) -> None:
    whole = np.abs(slots.total(slots.logged) - 1) <= _ROUNDING
    wanted = slots.total(slots.target) <= 1 + _ROUNDING
    positive = (slots.logged >= 0) & (slots.target >= 0)
    if not (whole.all() and wanted.all() and positive.all() and (slots.logged[slots.shown] > 0).all()):
        raise DataError(
            "The probabilities of a place are none: what was logged must sum to 1 and be above 0 for what was shown, the"
            " target's must sum to at most 1. Check how they were logged."
        )


def _cell_means(slots: Slots) -> FloatArray:
    """Return the reward expected of every option, from the places of other people."""
    fold = (mixed(slots.person) % np.uint64(_FOLDS)).astype(np.int64)
    cells = int(slots.cell.max(initial=-1)) + 1
    where = fold * cells + slots.cell[slots.shown]
    counts, sums = (
        np.bincount(where, weights=values, minlength=_FOLDS * cells).reshape(_FOLDS, cells)
        for values in (np.ones(len(slots)), slots.reward)
    )
    counts, sums = counts.sum(axis=0) - counts, sums.sum(axis=0) - sums
    mean = sums.sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    means = (sums + _SHRINKAGE * mean[:, None]) / (counts + _SHRINKAGE)
    return means[fold[slots.place], slots.cell]


def _figures(
    table: FloatArray, person: KeyArray, rng: np.random.Generator, resamples: int
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """Return figures and gains from w·r, w, the robust terms, r and 1 of every place, shape (places, 5)."""
    _, who = np.unique(person, return_inverse=True)
    n = int(who.max()) + 1
    people: FloatArray = np.zeros((n, table.shape[1]))
    np.add.at(people, who, table)
    told = _ratios(people.mean(axis=0)[None])
    drawn = _ratios(resampled(people, rng, resamples)) if n > 1 else {name: np.array([np.nan]) for name in told}
    figures = {name: of_draws(value[0], drawn[name], n) for name, value in told.items()}
    gains = {name: of_draws(told[name][0] - told["shown"][0], drawn[name] - drawn["shown"], n) for name in ("ips", "snips", "dr")}
    return figures, gains


def _ratios(sums: FloatArray) -> dict[str, FloatArray]:
    """Return every figure of each row of sums; SNIPS is unknown where nothing has a weight."""
    weighted, weight, robust, reward, places = sums.T
    return {
        "ips": weighted / places,
        "snips": divided(weighted, weight),
        "dr": robust / places,
        "shown": reward / places,
        "weight": weight / places,
    }


def _no_overlap(slots: Slots, covered: BoolArray) -> Note:
    alike = f"{float(covered.mean()):.0%}" if len(slots) else "0%"
    return Note("off_policy_no_overlap", {"places": len(slots), "alike": alike})


def _with_notes(found: OffPolicy) -> OffPolicy:
    """Return the same with what a reader must know of it, worst first."""
    size = f"{found.effective:.0f}"
    notes: list[Note] = []
    if found.effective < FEW_EFFECTIVE:
        notes.append(Note("off_policy_few", {"effective": size, "places": found.places, "least": f"{FEW_EFFECTIVE:.0f}"}))
    if found.clip is None and (found.weight.low > 1 or found.weight.high < 1):
        notes.append(Note("off_policy_weights", {"weight": f"{found.weight.mean:.2f}"}))
    if found.covered < 1:
        notes.append(Note("off_policy_covered", {"covered": f"{found.covered:.0%}"}))
    if found.clipped:
        notes.append(Note("off_policy_clipped", {"clipped": f"{found.clipped:.1%}", "clip": f"{found.clip:g}"}))
    notes.append(Note("off_policy_assumes"))
    return replace(found, notes=tuple(notes))
