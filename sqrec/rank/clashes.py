"""What of a vacancy goes against what a person told: another form of work, other hours, less pay; and what is far from met."""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.contract import FORMS
from sqrec.profile.profiler import Profiles

OUTSIDE = 0.5
"""Hours clash where more than this share of the working time lies outside the told hours, on the days that fit best."""
PAID, LOW = 0.9, 0.75
"""Pay clashes where the highest wage is under the first share of the told one (adverts leave a tenth to talk about), and is out of the
question under the second."""
STEP, YEAR, FEW = 1, 1.0, 2
"""What may be short and still be made up within weeks: one rung of schooling, a year of experience, two skills."""
SAID = ("hours", "form")
"""What is told of a shown vacancy that clashes, as codes of `missing`."""
MOSTLY = 0.75
"""Hours with which this share of the candidates clash set none apart: the person told when there is time, not for which work."""
_ROUNDING = 1e-9
_DAY_BYTES = 6
_PART_TIME, _INTERNSHIP = (1 << FORMS.index(name) for name in ("part_time", "internship"))


@dataclass(frozen=True)
class Clashes:
    """Tell of each vacancy whether its form, its hours and its pay go against what one person told; what is unknown never does.

    `low`: its pay does by far.
    """

    form: BoolArray
    hours: BoolArray
    wage: BoolArray
    low: BoolArray

    @property
    def any(self) -> BoolArray:
        """Whether anything does."""
        return self.form | self.hours | self.wage

    @property
    def twice(self) -> BoolArray:
        """Whether two of them do, or all three."""
        return self.form.astype(np.int64) + self.hours + self.wage >= 2

    @property
    def telling(self) -> BoolArray:
        """Whether the form does, or hours that most others go with."""
        mostly = len(self.hours) > 0 and np.mean(self.hours) >= MOSTLY
        return self.form if mostly else self.form | self.hours

    def of(self, places: IntArray) -> "Clashes":
        """Return what clashes of some of the vacancies."""
        return Clashes(self.form[places], self.hours[places], self.wage[places], self.low[places])


def clashes_of(profile: Profiles, items: Items, rows: IntArray) -> Clashes:
    """Return what clashes of some vacancies (rows of `Items`) for one person.

    Who takes part-time work told what a whole month should bring: such work is not judged by its pay.
    """
    accepted, offered = int(profile.fact("forms")[0]), items.facts["forms"][rows]
    paid = items.facts["wage"][rows] / profile.fact("wage")[0] + _ROUNDING
    judged = (accepted & offered & _PART_TIME) == 0
    return Clashes(
        form=(offered > 0) & (accepted > 0) & ((accepted & offered) == 0),
        hours=hours_outside(profile.fact("hours")[0], items.facts["hours"][rows], items.workdays[rows]) > OUTSIDE,
        wage=judged & (paid < PAID),
        low=judged & (paid < LOW),
    )


def hours_outside(free: AnyArray, busy: AnyArray, days: IntArray) -> FloatArray:
    """Return what share of the working half hours lies outside the free ones: the mean over the `days` a week that fit best.

    `free` is a packed week, shape (48,), `busy` those of vacancies, shape (vacancies, 48). For 0 days the hours are one's own: 1 where no
    day has a free one, else 0. NaN where either says nothing.
    """
    if not free.any():
        return np.full(len(busy), np.nan)
    by_day = busy.reshape(len(busy), busy.shape[1] // _DAY_BYTES, _DAY_BYTES)[:, :7]
    asked = np.bitwise_count(by_day).sum(axis=2, dtype=np.int64)
    out = np.bitwise_count(by_day & ~free.reshape(-1, _DAY_BYTES)[:7]).sum(axis=2, dtype=np.int64)
    worked = asked > 0
    counted = np.minimum(np.maximum(days, 1), worked.sum(axis=1))
    share = np.sort(np.where(worked, out / np.maximum(asked, 1), np.inf), axis=1)
    taken = np.arange(7) < counted[:, None]
    mean: FloatArray = np.where(taken, share, 0.0).sum(axis=1) / np.maximum(counted, 1)
    return np.where(counted > 0, np.where(days > 0, mean, np.floor(mean)), np.nan)


def out_of_question(
    profile: Profiles, items: Items, rows: IntArray, clashes: Clashes, short: IntArray, very: BoolArray
) -> BoolArray:
    """Tell which vacancies are twice out of the question, or once where they are not of the `very` occupation that is wanted.

    Counted are clashing hours, pay that is far too low, an internship where other forms were told, or none and over a year of experience,
    and what is asked for and far from met (`short`).
    """
    practised = int(profile.fact("forms")[0]) == 0 and bool(profile.fact("experience")[0] > YEAR)
    internship = (clashes.form | practised) & (items.facts["forms"][rows] == _INTERNSHIP)
    against = clashes.hours.astype(np.int64) + clashes.low + internship + short
    return (against >= 2) | (~very & (short > 0))


def far_from_met(profile: Profiles, items: Items, rows: IntArray) -> IntArray:
    """Count what is asked for and cannot be made up within weeks: schooling, experience, skills; what is not told is none."""
    schooling = items.facts["education"][rows] - profile.fact("education")[0] > STEP
    experience = items.facts["experience"][rows] - profile.fact("experience")[0] > YEAR + _ROUNDING
    return schooling.astype(np.int64) + experience + (_lacking(profile, items, rows) > FEW)


def _lacking(profile: Profiles, items: Items, rows: IntArray) -> IntArray:
    """Count the skills asked for that a person does not name; 0 for who names none."""
    mine = profile.facts.skills.row(int(profile.who[0]))
    asked = items.skills.take(rows)
    if len(mine) == 0:
        return np.zeros(len(rows), np.int64)
    owner = np.repeat(np.arange(len(rows)), asked.sizes)
    return np.bincount(owner[~np.isin(asked.values[:, 0], mine[:, 0])], minlength=len(rows))
