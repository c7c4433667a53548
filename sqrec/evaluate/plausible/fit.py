"""Flaws that jobs and courses have in common, each as the code of its reason; unknown facts give none."""

from collections.abc import Iterator, Mapping

from sqrec.evaluate.plausible import week
from sqrec.evaluate.plausible.rubric import rubric
from sqrec.evaluate.plausible.who import Who

_CLOSE = 1e-9


def reach(minutes: float, *, anywhere: bool) -> Iterator[str]:
    """Judge the way, minutes on foot; NaN is not judged, and what is bound to no place is in reach."""
    steps = rubric().reach
    if anywhere:
        yield "online"
    elif minutes <= steps.near:
        yield "near"
    elif minutes <= steps.walkable:
        yield "walkable"
    elif minutes <= steps.far:
        yield "walk_long"
    elif minutes > steps.far:
        yield "walk_far"


def schooling(held: float, asked: float) -> Iterator[str]:
    """Judge rungs of schooling, held against asked for."""
    if asked - held > rubric().requirements.schooling_steps:
        yield "schooling_short"
    elif asked > held:
        yield "schooling_step"


def experience(held: float | None, asked: float) -> Iterator[str]:
    """Judge years of experience, held against asked for."""
    if held is None:
        return
    if asked - held > rubric().requirements.experience_years + _CLOSE:
        yield "experience_short"
    elif asked > held:
        yield "experience_step"


def skills(held: Mapping[str, float], asked: Mapping[str, float], *, practised: bool) -> Iterator[str]:
    """Judge skills asked for. Who tells no skill at all is not judged; who has practised the trade has what is not told of it.

    A certificate level asked for is judged where the level held of the same skill is told.
    """
    if not held:
        return
    missing = 0 if practised else len(asked.keys() - held.keys())
    if missing > rubric().requirements.skills:
        yield "skills_many"
    elif missing:
        yield "skills_few"
    short = max((rung - held[name] for name, rung in asked.items() if name in held and rung - held[name] > 0), default=0.0)
    if short > rubric().requirements.levels:
        yield "level_short"
    elif short:
        yield "level_step"


def hours(who: Who, text: str | None, days_a_week: float | None, *, loose: bool = False) -> Iterator[str]:
    """Judge working hours against free ones. `loose`: hours of one's own choice, judged only where none of them is free."""
    days = week.days_of(text) if text else ()
    if who.free is None or not days or text is None:
        return
    limits = rubric().hours
    share = week.share_outside(who.free, days, 1 if loose else week.working_days(text, days_a_week, limits.days))
    if loose:
        if share >= 1:
            yield "hours_clash"
    elif share > limits.some:
        yield "hours_clash"
    elif share > limits.fits:
        yield "hours_some"
