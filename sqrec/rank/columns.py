"""The columns of a row: small frozen classes, declared with their settings in `features/`."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.arrays import UNKNOWN_TIME, FloatArray
from sqrec.rank.counts import DAY
from sqrec.rank.view import TextSource, View

__all__ = [
    "AreaMatch",
    "FormFit",
    "Gap",
    "HistorySize",
    "HoursFit",
    "Idle",
    "ItemAge",
    "Minutes",
    "Popularity",
    "SameGroup",
    "SkillCoverage",
    "TextMatch",
    "WageFit",
]

Reduction = Literal["best", "last", "mean", "recent"]
_HALF_LIFE_MINUTES = 30.0


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Compare the item's title with texts of the person: the best of them, the newest, their mean.

    `recent` weighs earlier items by how long before the question they were used (half after
    30 minutes, counted from the newest). Unknown without a text.
    """

    source: TextSource
    by: Reduction
    monotone: int = 0

    @property
    def name(self) -> str:
        """`text_SOURCE_BY`."""
        return f"text_{self.source}_{self.by}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column of texts."""
        return (self.source,)

    def compute(self, view: View) -> FloatArray:
        """Return cosines, 0 to 1."""
        return _reduced(view, view.text(self.source), self.by)


@dataclass(frozen=True, slots=True)
class SameGroup:
    """Tell whether the item shares its employer, place, … with the person's earlier items.

    `best`: with any of them; `last`: with the newest; `mean`: with what share; `recent`: with what share,
    weighted by time. Unknown without earlier items.
    """

    family: str
    by: Reduction
    monotone: int = 0

    @property
    def name(self) -> str:
        """`same_FAMILY_BY`."""
        return f"same_{self.family}_{self.by}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The history."""
        return ("history",)

    def compute(self, view: View) -> FloatArray:
        """Return shares, 0 to 1."""
        return _reduced(view, view.same(self.family), self.by)


@dataclass(frozen=True, slots=True)
class AreaMatch:
    """Count how many levels of the administrative path the item shares with the person's home; unknown without an area."""

    name: str = "area_match"
    reads: tuple[str, ...] = ("area",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to the number of levels."""
        home, place = view.person("area"), view.item("area")
        shared = (home == place).sum(axis=1).astype(np.float64)
        return np.where((home[:, 0] == 0) | (place[:, 0] == 0), np.nan, shared)


@dataclass(frozen=True, slots=True)
class Popularity:
    """Count how often others used the item's group before the last midnight.

    `log` is ln(1 + times), of the last `days` if not 0. `rate` is times per item of the group, drawn towards the mean of
    the whole catalogue as if `prior` items of average use were added, relative to that mean.
    """

    family: str
    days: int = 0
    form: Literal["log", "rate"] = "log"
    prior: float = 5.0
    monotone: int = 0

    @property
    def name(self) -> str:
        """`popularity_FAMILY` with the window and the form."""
        window = f"_{self.days}d" if self.days else ""
        return f"popularity_{self.family}{window}" + ("_rate" if self.form == "rate" else "")

    @property
    def reads(self) -> tuple[str, ...]:
        """Nothing of the person (the own events are only subtracted)."""
        return ()

    def compute(self, view: View) -> FloatArray:
        """Return float64, unknown where the item's group is unknown."""
        times = view.others(self.family, self.days)
        return np.log1p(times) if self.form == "log" else self._rate(view, times)

    def _rate(self, view: View, times: FloatArray) -> FloatArray:
        members = view.counts.sizes[self.family][view.counts.group[self.family][view.pairs.item]]
        mean = view.others("all") / len(view.items)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.log((times + self.prior * mean) / ((members + self.prior) * mean))
        return np.where(mean > 0, rate, np.nan)


@dataclass(frozen=True, slots=True)
class Gap:
    """Subtract what the item requires from what the person has; unknown if either is."""

    fact: str
    required: str
    reads: tuple[str, ...]
    monotone: int = 1

    @property
    def name(self) -> str:
        """`FACT_gap`."""
        return f"{self.fact}_gap"

    def compute(self, view: View) -> FloatArray:
        """Return the difference in the fact's own unit; negative: not met."""
        return view.person(self.fact) - view.item(self.required)


@dataclass(frozen=True, slots=True)
class SkillCoverage:
    """Tell what share of the required skills the person has; unknown without a requirement or a skill.

    A skill counts in full, or half where the person's certificate is below the level asked for or unknown.
    """

    name: str = "skill_coverage"
    reads: tuple[str, ...] = ("skills",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        required = view.items.skills.take(view.pairs.item)
        if len(required.values) == 0:
            return np.full(len(view.pairs), np.nan)
        owner = np.repeat(np.arange(len(view.pairs)), required.sizes)
        met = np.zeros(len(owner))
        for query, part in view.pairs.questions:
            flat = slice(required.offsets[part.start], required.offsets[part.stop])
            mine = view.profiles.facts.skills.row(view.profiles.who[query])
            met[flat] = skills_met(required.values[flat], mine)
        counted = np.bincount(owner, met, minlength=len(view.pairs))
        mine_known = view.profiles.facts.skills.sizes[view.profiles.who][view.pairs.query] > 0
        asked = required.sizes
        return np.where(mine_known & (asked > 0), counted / np.maximum(asked, 1), np.nan)


def skills_met(required: np.ndarray, mine: np.ndarray) -> FloatArray:
    """Return for each required (key, level) 1.0 if held at that level, 0.5 if held at a lower or unknown one, else 0.0."""
    if len(required) == 0 or len(mine) == 0:
        return np.zeros(len(required))
    same = required[:, None, 0] == mine[None, :, 0]
    asked, held = required[:, None, 1], mine[None, :, 1]
    enough = (asked == 0) | ((held > 0) & (held <= asked))
    return np.where(same, np.where(enough, 1.0, 0.5), 0.0).max(axis=1)


@dataclass(frozen=True, slots=True)
class WageFit:
    """Compare the item's best monthly wage with the person's expectation; unknown if either is."""

    name: str = "wage_fit"
    reads: tuple[str, ...] = ("wage_min",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return ln(offered / expected)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(view.item("wage")) - np.log(view.person("wage"))  # the quotient of two floats may overflow
        return np.where(np.isfinite(ratio), ratio, np.nan)


@dataclass(frozen=True, slots=True)
class FormFit:
    """Tell whether the person accepts the item's form of work; unknown if either is."""

    name: str = "form_fit"
    reads: tuple[str, ...] = ("forms",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 1 or 0."""
        accepted, form = view.person("forms"), view.item("forms")
        return np.where((accepted == 0) | (form == 0), np.nan, (accepted & form > 0).astype(np.float64))


@dataclass(frozen=True, slots=True)
class HoursFit:
    """Tell what share of the item's hours the person can work; unknown if either is."""

    name: str = "hours_fit"
    reads: tuple[str, ...] = ("hours",)
    monotone: int = 1

    def compute(self, view: View) -> FloatArray:
        """Return 0 to 1."""
        free, needed = view.person("hours").view(np.uint64), view.item("hours").view(np.uint64)
        shared = np.bitwise_count(free & needed).sum(axis=1, dtype=np.int64)
        asked = np.bitwise_count(needed).sum(axis=1, dtype=np.int64)
        return np.where(free.any(axis=1) & (asked > 0), shared / np.maximum(asked, 1), np.nan)


@dataclass(frozen=True, slots=True)
class Minutes:
    """Give the minutes on foot; unknown where they are."""

    name: str = "minutes"
    reads: tuple[str, ...] = ("lon", "lat", "pace", "birth_month")
    monotone: int = -1

    def compute(self, view: View) -> FloatArray:
        """Return minutes."""
        return view.pairs.minutes


@dataclass(frozen=True, slots=True)
class ItemAge:
    """Give the days since the item was published; unknown where that is."""

    name: str = "item_age"
    reads: tuple[str, ...] = ()
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return days."""
        opened = view.items.opens[view.pairs.item]
        age = (view.profiles.at[view.pairs.query] - opened) / DAY
        return np.where(opened == UNKNOWN_TIME, np.nan, age)


@dataclass(frozen=True, slots=True)
class HistorySize:
    """Count the person's earlier items of this kind that the catalogue knows."""

    name: str = "history_size"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 0 and more."""
        return _per_question(view, [float(len(view.earlier(query)[0])) for query, _ in view.pairs.questions])


@dataclass(frozen=True, slots=True)
class Idle:
    """Give ln(1 + minutes) since the person's newest earlier item; unknown without one."""

    name: str = "idle"
    reads: tuple[str, ...] = ("history",)
    monotone: int = 0

    def compute(self, view: View) -> FloatArray:
        """Return 0 and more."""
        moments = [(view.profiles.at[query], view.earlier(query)[1]) for query, _ in view.pairs.questions]
        minutes = [(at - earlier[0]) / 60e6 if len(earlier) else np.nan for at, earlier in moments]
        return _per_question(view, np.log1p(minutes).tolist())


def _reduced(view: View, matches: list[FloatArray], by: Reduction) -> FloatArray:
    """Reduce each question's (pairs, texts) matrix to one number per pair; NaN where there is no text."""
    found = np.full(len(view.pairs), np.nan)
    for (query, part), match in zip(view.pairs.questions, matches, strict=True):
        if match.shape[1]:
            found[part] = _reduce(view, query, match, by)
    return found


def _reduce(view: View, query: int, match: FloatArray, by: Reduction) -> FloatArray:
    if by == "best":
        return match.max(axis=1)
    if by == "last":
        return match[:, 0]
    if by == "mean":
        return match.sum(axis=1) / match.shape[1]
    moments = view.earlier(query)[1]
    weights = 0.5 ** ((moments[0] - moments) / 60e6 / _HALF_LIFE_MINUTES)
    return (match * weights).sum(axis=1) / weights.sum()


def _per_question(view: View, values: list[float]) -> FloatArray:
    sizes = [part.stop - part.start for _, part in view.pairs.questions]
    return np.repeat(np.array(values), sizes)
