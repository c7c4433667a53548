"""What a placement officer would say of a training course for a person.

Nothing that is over, for certain groups by rule, outside its ages, already held or unrelated: grade 0. Then what it teaches, and the
flaws (rubric.json, `cost`):

| teaches | no flaw | one mild | more mild ones | one serious | two serious, or more |
|---|---|---|---|---|---|
| the wanted trade | 3 | 2 | 1 | 1 | 0 |
| the next level of what is held, no wish known | 3 | 2 | 1 | 1 | 0 |
| a trade near the wanted, an earlier trade, the next level of what is held, more of it where no wish is known | 2 | 1 | 1 | 1, but 0 for too little schooling | 0 |
| no wish, past or skill known: open to beginners, free | 2 | 1 | 1 | 1, but 0 for too little schooling | 0 |
| no wish or past known: open to beginners | 1 | 1 | 1 | 0 | 0 |
| more of a skill held, though another trade is wanted | 1 | 1 | 1 | 0 | 0 |
| a general skill (rubric.json) | 1 | 1 | 1 | 0 | 0 |

The level counts in the course's own trade: the next rung above the certificate held there; without one the first, or the second for those who
have practised the trade. A person who lists skills and no certificate of the trade is taken to hold none; of one who lists no skill nothing
is known, but the levels that are open with a lower certificate alone are a mild flaw then. Sources: those of rubric.json.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.codes.certificates import rung
from sqrec.codes.education import rank_required
from sqrec.evaluate.plausible import fit
from sqrec.evaluate.plausible.cells import Row, levels_of, live, members, number, text, truth
from sqrec.evaluate.plausible.graded import Flaws, Graded, far_grade, near_grade, wanted_grade
from sqrec.evaluate.plausible.rubric import rubric
from sqrec.evaluate.plausible.trade import Trades, licence_of, nearest, trade_in_course
from sqrec.evaluate.plausible.who import SkillNames, Who


@dataclass(frozen=True, slots=True)
class Course:
    """Hold a course as the rubric sees it: `teaches` are rungs by folded skill, `level` the rung it leads to (NaN: none is told)."""

    row: Row
    title: str
    trades: tuple[str, ...]
    teaches: Mapping[str, float]
    level: float
    schooling: float
    online: bool
    names: SkillNames

    def near(self, codes: tuple[str, ...]) -> str:
        """Return how near the course's trades are to the nearest of some."""
        found = {nearest(codes, trade) for trade in self.trades}
        return "same" if "same" in found else "kin" if "kin" in found else "far"


def course_of(row: Row, city: City, trades: Trades, names: SkillNames) -> Course:
    """Read a row of `courses`; without an occupation its title is coded, and where that tells nothing the trades of all its skills count."""
    title, code = text(row, "title") or "", text(row, "occupation")
    teaches = levels_of(members(row, "teaches"), names.same)
    level = rung(number(row, "level"))
    titled = (code,) if code else trades.codes([trade_in_course(title)])
    return Course(
        row=row,
        title=normal(title),
        trades=titled or _in_all(teaches, names),
        teaches=teaches,
        level=float(np.fmax.reduce([level, *teaches.values()])),
        schooling=rank_required(text(row, "education_min")),
        online=bool(truth(row, "online")),
        names=names,
    )


def _in_all(skills: Iterable[str], names: SkillNames) -> tuple[str, ...]:
    """Return the trades that ask for every one of some skills."""
    asked = [names.trades_of(skill) for skill in skills]
    return tuple(trade for trade in asked[0] if all(trade in trades for trades in asked)) if asked else ()


def grade_course(who: Who, course: Course, minutes: float, at: int, city: City) -> Graded:
    """Grade a course for a person at a moment; `minutes` are the way on foot, NaN for unknown."""
    held = _held(who, course)
    refused = _refused(who, course, held, at, city)
    if refused:
        return Graded(0, (refused,))
    bearing = _bearing(who, course)
    if bearing == "unrelated":
        return Graded(0, (bearing,))
    level = list(_level(who, course, held))
    told = [*level, *_flaws(who, course, bearing, minutes, city)]
    flaws = Flaws.of(told)
    if bearing == "teaches_wanted" or (not who.wish_known and "next_level" in level):
        grade = wanted_grade(flaws)
    elif _last(who, bearing, told):
        grade = far_grade(flaws)
    else:
        grade = near_grade(flaws)
    return Graded(grade, (bearing, *told))


def _last(who: Who, bearing: str, told: Sequence[str]) -> bool:
    """Tell whether a course is a last resort."""
    match bearing:
        case "teaches_general":
            return True
        case "teaches_entry":
            return "free" not in told or bool(who.skills)
        case "teaches_more":
            return who.wish_known and "next_level" not in told
        case _:
            return False


def _refused(who: Who, course: Course, held: float, at: int, city: City) -> str | None:
    if not live(course.row, "courses", city, at):
        return "not_open"
    if members(course.row, "audience"):
        return "by_rule"
    age = np.nan if who.age is None else who.age
    if age < number(course.row, "age_min") or age > number(course.row, "age_max"):
        return "age_bounds"
    all_held = bool(course.teaches) and course.teaches.keys() <= who.skills.keys()
    return "held" if course.level <= held or (np.isnan(course.level) and all_held) else None


def _held(who: Who, course: Course) -> float:
    """Return the rung of the highest certificate held in the course's trade; NaN for none."""
    of_trade = (
        level
        for skill, level in who.skills.items()
        if level == level and (skill in course.teaches or course.near(course.names.trades_of(skill)) == "same")
    )
    return max(of_trade, default=np.nan)


def _bearing(who: Who, course: Course) -> str:
    """Return what the course has to do with the person, as the code of a reason."""
    near = course.near(who.wanted)
    if near == "same" or any(word in course.title for word in who.words):
        return "teaches_wanted"
    if near == "kin":
        return "teaches_kin"
    if course.near(who.past) == "same":
        return "teaches_past"
    shared = who.shared(course.teaches)
    if (shared and 2 * len(shared) >= len(course.teaches)) or course.near(who.crafts) == "same":
        return "teaches_more"
    told = (course.title, *(() if course.trades else course.teaches))
    if any(word in text for word in rubric().general.words for text in told):
        return "teaches_general"
    return "unrelated" if who.wish_known or not _for_beginners(course) else "teaches_entry"


def _for_beginners(course: Course) -> bool:
    """Tell whether anybody may begin: the lowest level or none, in trades without a licence."""
    low = not course.level > rubric().certificates.beginner
    return low and all(licence_of(trade) is None for trade in course.trades)


def _level(who: Who, course: Course, held: float) -> Iterator[str]:
    """Judge the level against the certificate held in the trade, or against where one may begin."""
    rules, practised = rubric().certificates, any(who.practised(trade) for trade in course.trades)
    if np.isnan(course.level):
        years = who.person.experience_years
        beginners = any(word in course.title for word in rules.beginner_words)
        if practised and beginners and years is not None and years >= rules.practised_years:
            yield "knows_trade"
        return
    unknown = not who.skills and (practised or not who.past)
    if np.isnan(held) and unknown:
        if course.level >= rules.by_certificate:
            yield "level_untold"
        return
    begins = (rules.practised if practised else rules.beginner) if np.isnan(held) else held + 1
    if course.level > begins + 1:
        yield "level_far"
    elif course.level > begins:
        yield "level_above"
    elif not np.isnan(held):
        yield "next_level"


def _flaws(who: Who, course: Course, bearing: str, minutes: float, city: City) -> Iterator[str]:
    yield from fit.reach(minutes, anywhere=course.online)
    yield from fit.schooling(who.schooling, course.schooling)
    yield from fit.hours(who, text(course.row, "schedule"), None)
    yield from _fee(who, course)
    start = text(course.row, "start_on")
    if start is not None and start < who.day.isoformat():
        yield "begun"
    plain = not course.schooling > rubric().schooling.unskilled
    if bearing == "teaches_entry" and plain and who.schooling >= rubric().schooling.far_above:
        yield "overschooled"
    if bearing != "teaches_general":
        if who.under(city.gates.jobs_from):
            yield "young"
        if who.person.employment == "retired" and not who.person.desired:
            yield "retired_course"


def _fee(who: Who, course: Course) -> Iterator[str]:
    fee, rules = number(course.row, "fee"), rubric().fee
    if truth(course.row, "subsidised") or fee == 0:
        yield "free"
    elif fee > rules.very_dear * who.month():
        yield "very_dear"
    elif fee > rules.dear * who.month():
        yield "dear"
