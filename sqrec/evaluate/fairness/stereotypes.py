"""Occupations shown to women and to men, standardised by their own occupations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, divided
from sqrec.evaluate.stats.compare import RESAMPLES, Interval, of_draws, resampled
from sqrec.evaluate.stats.published import FEWEST, publishable

WOMEN, MEN = "female", "male"


@dataclass(frozen=True)
class OccupationGap:
    """Hold one occupation group: its share of the places shown to women and to men, and the difference in three parts.

    `difference` is women minus men = `explained` by their own past and wanted occupations + `unexplained` + `unmatched`.
    `own_women` and `own_men` are the group's shares of their own occupations; None where too few people have it.
    """

    code: str
    women: Interval
    men: Interval
    own_women: float | None
    own_men: float | None
    difference: Interval
    explained: Interval
    unexplained: Interval
    unmatched: Interval


@dataclass(frozen=True)
class Stereotypes:
    """Hold the comparison; `matched` is the share of people whose own group has people of both sexes."""

    women: int
    men: int
    matched: float
    gaps: tuple[OccupationGap, ...]


def stereotypes(
    shown: FloatArray,
    own: FloatArray,
    sex: Sequence[str],
    codes: Sequence[str],
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Stereotypes | None:
    """Compare what women and men are shown with what they have done and want.

    `shown`, shape (people, groups), is each occupation group's share of a person's first places; `own`, of the same shape, its
    share among the person's own past and wanted occupations. What is left to 1 is of unknown occupation. The difference
    between the mean shares of women and men is standardised by own group (Kitagawa 1955; the two-fold decomposition of Oaxaca
    1973 and Blinder 1973, with groups for regressors and the mean of both sexes for reference), over the groups that have
    people of both sexes: explained is what would be left if women and men of one own group were shown the same, unexplained
    what would be left if they had the same own groups. What people of groups with one sex alone add stands apart as unmatched
    (Ñopo 2008). Somebody of several own groups counts in each by its share. Intervals: people are drawn with replacement
    within each sex, and everything is computed again.

    None where women or men are too few to be published.
    """
    names = np.asarray(sex, dtype=np.str_)
    if not {WOMEN, MEN} <= set(publishable(names)):
        return None
    own = np.column_stack([own, np.clip(1 - own.sum(axis=1), 0, 1)])
    sides = [_sums(shown[names == one], own[names == one]) for one in (WOMEN, MEN)]
    size = shown.shape[1]
    told = _parts([side.mean(axis=0, keepdims=True) for side in sides], size)
    drawn = _parts([resampled(side, rng, resamples) for side in sides], size)
    women, men = (int((names == one).sum()) for one in (WOMEN, MEN))
    people = {"women": women, "men": men}
    owned = {one: _publishable_shares(own[names == one]) for one in (WOMEN, MEN)}
    gaps: list[OccupationGap] = []
    for group, code in enumerate(codes):
        found = {
            part: of_draws(float(values[0, group]), drawn[part][:, group], people.get(part, women + men))
            for part, values in told.items()
            if part != "matched"
        }
        gaps.append(OccupationGap(code, own_women=owned[WOMEN][group], own_men=owned[MEN][group], **found))
    return Stereotypes(women, men, float(told["matched"][0, 0]), tuple(gaps))


def shares(groups: Sequence[Sequence[str | None]], codes: Sequence[str]) -> FloatArray:
    """Return the share of every code in each person's groups, shape (people, codes); None is in no code."""
    place = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(groups), len(codes)))
    for row, mine in enumerate(groups):
        for one in mine:
            if one in place:
                table[row, place[one]] += 1 / len(mine)
    return table


def _sums(shown: FloatArray, own: FloatArray) -> FloatArray:
    """Return what is added up over people, per person: the weight in each own group, and beside each the weighted shares shown."""
    weighted = own[:, :, None] * shown[:, None, :]
    return np.hstack([own, weighted.reshape(len(own), -1)])


def _parts(sides: Sequence[FloatArray], groups: int) -> dict[str, FloatArray]:
    """Return the shares shown and the parts of their difference, each of the shape (resamples, groups); women come first."""
    (own_w, mean_w, all_w), (own_m, mean_m, all_m) = (_by_own_group(one, groups) for one in sides)
    both = (own_w > 0) & (own_m > 0)
    share_w, share_m = (np.where(both, one, 0.0).sum(axis=1, keepdims=True) for one in (own_w, own_m))
    weight_w, weight_m = (divided(np.where(both, one, 0.0), share, 0.0) for one, share in ((own_w, share_w), (own_m, share_m)))
    explained = ((weight_w - weight_m)[:, :, None] * (mean_w + mean_m) / 2).sum(axis=1)
    unexplained = ((weight_w + weight_m)[:, :, None] * (mean_w - mean_m) / 2).sum(axis=1)
    difference = all_w - all_m
    return {
        "women": all_w,
        "men": all_m,
        "difference": difference,
        "explained": explained,
        "unexplained": unexplained,
        "unmatched": difference - explained - unexplained,
        "matched": (share_w + share_m) / 2,
    }


def _by_own_group(sums: FloatArray, groups: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the share of each own group, the mean shares shown to its people (0 where it has none), and those to everybody."""
    own = sums[:, : groups + 1]
    weighted = sums[:, groups + 1 :].reshape(len(sums), groups + 1, groups)
    return own, divided(weighted, own[:, :, None], 0.0), weighted.sum(axis=1)


def _publishable_shares(own: FloatArray) -> list[float | None]:
    """Return each group's share among one sex's own occupations; None where fewer than ten people have it, or would follow.

    Shares add up to 1: with one group hidden another is too, so that the hidden ones hold ten people together.
    """
    has = (own > 0).sum(axis=0)
    few = ((has > 0) & (has < FEWEST)) | ((has < len(own)) & (has > len(own) - FEWEST))
    rising = [int(group) for group in np.argsort(has, kind="stable") if has[group] > 0]
    hidden = {group for group in rising if few[group]}
    for group in rising:
        if hidden and (len(hidden) == 1 or sum(int(has[one]) for one in hidden) < FEWEST):
            hidden.add(group)
    means: AnyArray = own.mean(axis=0)
    return [None if group in hidden else float(means[group]) for group in range(own.shape[1])]
