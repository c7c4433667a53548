"""The thresholds of promotion and of retraining."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from sqrec.errors import DataError


class _Rules(BaseModel):
    """Be frozen numbers that refuse unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PromotionRules(_Rules):
    """Hold the thresholds of promotion; the defaults are in force, a file may change them."""

    since: str = "2026-11-29"
    """The day on which these numbers were set."""

    metric: str = "ndcg@10"
    """The figure on which a challenger must not be inferior."""

    margin: float = 0.02
    """How much lower the figure may be, as a share of the champion's mean: less than anybody would notice in a list of ten."""

    least_over_plain: float = 0.0
    """The difference to the plain baseline above which a challenger must lie on the mean, or plain is put forward in its place; one that
    lies below it by its whole interval is refused."""

    most_learnt: float = 0.05
    """The share of held-out people whose answers either side may have learnt from, as when earlier events come in late; they
    are left out. With more the comparison is refused."""

    group_figures: tuple[str, ...] = ("ndcg@10", "exposure")
    """The figures on which no group may fall further behind the best group of its family."""

    resamples: int = 10_000
    """How many resamples of people intervals and p-values come from: enough for a Holm correction over two hundred tests."""

    timed_rows: int = 300
    """How many rows a ranker scores when it is timed: as many as a request has candidates."""

    timed_repeats: int = 201
    """How often it is timed; the median counts."""

    most_milliseconds: float = 1.0
    """The most that scoring these rows may take."""

    free_milliseconds: float = 0.6
    """Up to here nobody asks how long the champion takes: two thirds of what an empty endpoint does, and a fifth above what the plain
    baseline takes (0.5 on two cores, 100 trees of 31 leaves), which could else not be put forward beside a small champion."""

    most_times_slower: float = 2.0
    """Above that, how many times the champion's time is the most."""

    most_days_behind: int = 30
    """How many days the challenger's data may be older than the newest event that it is judged on."""


class RetrainingRules(_Rules):
    """Hold the thresholds of retraining; the defaults are in force, a file may change them."""

    since: str = "2026-11-25"
    """The day on which these numbers were set."""

    most_days_old: int = 14
    """How many days ago the newest event may lie."""

    least_new_events: int = 100
    """How many events of the kind there must be that the champion has not seen."""

    most_moved: float = 0.25
    """The population stability index of a column above which the data are said to have moved (Siddiqi 2006)."""

    least_gain: float = 0.05
    """The share of its gain that the champion's booster must draw from a column for its move to matter."""

    least_questions: int = 50
    """With fewer questions the index is mostly noise, and nothing is said of drift."""

    most_questions: int = 500
    """How many questions' rows are drawn to compare: enough for an index."""


class Rules(_Rules):
    """Hold the thresholds of promotion and of retraining."""

    promotion: PromotionRules = PromotionRules()
    retraining: RetrainingRules = RetrainingRules()

    @classmethod
    def read(cls, file: Path | None) -> Self:
        """Read thresholds from a JSON file; None: the defaults. Raises DataError, with every problem, for an invalid file."""
        if file is None:
            return cls()
        try:
            return cls.model_validate_json(file.read_text(encoding="utf-8"))
        except ValidationError as problem:
            told = "; ".join(
                f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in problem.errors(include_url=False)
            )
            raise DataError(f"{file} holds no rules: {told}. Name numbers of sqrec/evaluate/promotion/rules.py.") from problem
        except (OSError, UnicodeDecodeError) as problem:
            raise DataError(f"{file} cannot be read: {problem}. Name a JSON file with rules.") from problem
