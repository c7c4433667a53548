"""What a placement officer would say of a job for a person.

First the law and the advert: nothing under 16, no hazard under 18, nothing under the lowest lawful wage, nothing that is not on offer:
grade 0. Then the trade (trade.py), wanted or, without a wish, the newest past one, and the flaws (rubric.json, `cost`):

| trade | no flaw | one mild | more mild ones | one serious | two serious, or more |
|---|---|---|---|---|---|
| same as wanted | 3 | 2 | 1 | 1 | 0 |
| near the wanted | 2 | 1 | 1 | 1, but 0 if it is an unmet requirement | 0 |
| an earlier one, though another is wanted | 1 | 1 | 1 | 0 | 0 |
| the job's cannot be told, the wish is known: a shared skill | 2 | 1 | 1 | 1 or 0, as near | 0 |
| the job's cannot be told, the wish is known: else | 1 | 1 | 1 | 0 | 0 |
| far | 0 | 0 | 0 | 0 | 0 |
| no wish, no past: the craft, half of the skills, or schooling answers | 3 | 2 | 1 | 1 | 0 |
| no wish, no past: one skill of many, or plain work, open to anybody | 2 | 1 | 1 | 1, but 0 if it is an unmet requirement | 0 |
| no wish, no past: skilled work | 1 | 1 | 1 | 0 | 0 |

An unknown fact is no flaw, with one exception: of a minor the law wants to know that the work is harmless, so hazards that nobody looked
for are a mild flaw. Sources: those of rubric.json and of the city's file (gates, hazards, lowest wages).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sqrec.base.text import normal
from sqrec.cities import City
from sqrec.cities.hazards import hazards_of
from sqrec.codes.education import rank_required
from sqrec.contract import ONLINE_MODES
from sqrec.evaluate.plausible import fit
from sqrec.evaluate.plausible.cells import Row, levels_of, live, members, month_wage, number, text, truth
from sqrec.evaluate.plausible.graded import Flaws, Graded, far_grade, near_grade, wanted_grade
from sqrec.evaluate.plausible.rubric import rubric
from sqrec.evaluate.plausible.trade import Trades, licence_of, licensed_alike, nearest, takes_beginners
from sqrec.evaluate.plausible.who import SkillNames, Who

_SHORT_NAME = 2


@dataclass(frozen=True, slots=True)
class Job:
    """Hold a job as the rubric sees it: None and NaN are unknown, `trade` is a code of 大典, `hazards` are told or implied."""

    row: Row
    trade: str | None
    title: str
    schooling: float
    skills: Mapping[str, float]
    form: str | None
    anywhere: bool
    hazards: tuple[str, ...]
    wage: float


def job_of(row: Row, city: City, trades: Trades, names: SkillNames) -> Job:
    """Read a row of `jobs`; without an occupation the title is coded."""
    title, code = text(row, "title") or "", text(row, "occupation")
    form = text(row, "form")
    return Job(
        row=row,
        trade=code or trades.code(title),
        title=normal(title),
        schooling=rank_required(text(row, "education_min")),
        skills=levels_of(members(row, "skills"), names.same),
        form=form,
        anywhere=text(row, "mode") in ONLINE_MODES,
        hazards=members(row, "hazards") or hazards_of(city.hazards, code, text(row, "industry"), title),
        wage=month_wage(row, form),
    )


def grade_job(who: Who, job: Job, minutes: float, at: int, city: City) -> Graded:
    """Grade a job for a person at a moment; `minutes` are the way on foot, NaN for unknown."""
    refused = _refused(who, job, at, city)
    if refused:
        return Graded(0, (refused,))
    trade = _trade(who, job)
    if trade == "far_trade":
        return Graded(0, (trade,))
    flaws = [*_flaws(who, job), *_age(who, job, city), *_licence(who, job, trade)]
    told = [*fit.reach(minutes, anywhere=job.anywhere), *flaws]
    if trade == "no_wish":
        return _without_wish(who, job, told)
    counted = Flaws.of(told)
    grades = {"same_trade": wanted_grade, "kin_trade": near_grade, "skill_shared": near_grade}
    return Graded(grades.get(trade, far_grade)(counted), (trade, *told))


def _refused(who: Who, job: Job, at: int, city: City) -> str | None:
    if not live(job.row, "jobs", city, at):
        return "not_open"
    if text(job.row, "kind") == "public_welfare":
        return "by_queue"
    if who.under(city.gates.jobs_from):
        return "under_16"
    if who.under(city.gates.adult_from) and job.hazards:
        return "hazard_minor"
    return "unlawful_wage" if _under_lowest(who, job, city) else None


def _under_lowest(who: Who, job: Job, city: City) -> bool:
    """Tell whether the highest wage is under the lowest: a month's of full-time work, an hour's of part-time work."""
    unit = {"full_time": "month", "part_time": "hour"}.get(job.form or "", "")
    high, low = number(job.row, "wage_max"), number(job.row, "wage_min")
    offered = low if np.isnan(high) else high
    return text(job.row, "wage_unit") == unit and offered < city.lowest_wage(text(job.row, "area"), who.day, unit)


def _trade(who: Who, job: Job) -> str:
    """Return how the job's trade stands to the person, as the code of a reason."""
    if not who.wish_known:
        return "no_wish"
    if any(len(word) >= _SHORT_NAME and word in job.title for word in who.words):
        return "same_trade"
    if job.trade is None or not who.wanted:
        return "skill_shared" if who.shared(job.skills) else "trade_untold"
    near = nearest(who.wanted, job.trade)
    if near == "far" and who.practised(job.trade):
        return "past_trade"
    return f"{near}_trade"


def _flaws(who: Who, job: Job) -> Iterator[str]:
    days = number(job.row, "days_per_week")
    loose = job.form == "flexible" or text(job.row, "mode") == "online_order"
    yield from fit.schooling(who.schooling, job.schooling)
    yield from fit.experience(who.person.experience_years, number(job.row, "experience_min_years"))
    yield from fit.skills(who.skills, job.skills, practised=who.practised(job.trade))
    yield from fit.hours(who, text(job.row, "hours"), None if np.isnan(days) else days, loose=loose)
    yield from _form(who, job)
    yield from _wage(who, job)


def _form(who: Who, job: Job) -> Iterator[str]:
    forms, work = who.person.forms, who.person.employment
    if job.form is None or job.form in forms:
        return
    if job.form == "internship" and work not in {None, "student"} and not who.fresh():
        yield "internship"
    elif forms:
        yield "form_other"
    elif job.form == "full_time" and work == "retired":
        yield "retired"


def _wage(who: Who, job: Job) -> Iterator[str]:
    """Judge the wage; who takes part-time work compares what it would pay full-time, where that can be told."""
    expected = who.person.wage_min
    wage = job.wage
    if job.form == "part_time" and "part_time" in who.person.forms:
        wage = month_wage(job.row, None) if text(job.row, "wage_unit") != "month" else np.nan
    if expected is None or np.isnan(wage):
        return
    if wage < rubric().wage.low * expected:
        yield "wage_low"
    elif wage < rubric().wage.near * expected:
        yield "wage_under"


def _age(who: Who, job: Job, city: City) -> Iterator[str]:
    if who.age is not None and who.age >= rubric().ages.hazard_to and job.hazards:
        yield "hazard_old"
    if who.under(city.gates.adult_from) and not truth(job.row, "hazards_checked"):
        yield "unchecked"


def _licence(who: Who, job: Job, trade: str) -> Iterator[str]:
    """Judge a licence where the person comes from another trade: wishing for a trade is taken as being trained for it."""
    licence = licence_of(job.trade) if job.trade else None
    if licence is None or trade in {"same_trade", "past_trade"}:
        return
    if not licensed_alike((*who.past, *who.crafts), licence) and not who.skilled(licence.named):
        yield "licence_weeks" if licence.weeks else "licence_years"


def _without_wish(who: Who, job: Job, told: list[str]) -> Graded:
    """Grade for somebody of whom neither a wish nor a past is known."""
    shared = who.shared(job.skills)
    if (job.trade and nearest(who.crafts, job.trade) == "same") or (shared and 2 * len(shared) >= len(job.skills)):
        return Graded(wanted_grade(Flaws.of(told)), ("skills_match", *told))
    asked = job.schooling
    if asked >= rubric().schooling.telling and who.schooling in {asked, asked + 1}:
        return Graded(wanted_grade(Flaws.of(told)), ("schooling_match", *told))
    if shared:
        return Graded(near_grade(Flaws.of(told)), ("skill_shared", *told))
    if not _plain(job):
        return Graded(far_grade(Flaws.of(told)), ("skilled_job", *told))
    if who.schooling >= rubric().schooling.far_above:
        told = [*told, "overschooled"]
    return Graded(near_grade(Flaws.of(told)), ("entry_job", *told))


def _plain(job: Job) -> bool:
    """Tell whether work is open to anybody: a trade that takes beginners, little schooling, no certificate, no long experience."""
    certified = any(not np.isnan(rung) for rung in job.skills.values())
    years = number(job.row, "experience_min_years")
    little = not job.schooling > rubric().schooling.unskilled and not years > rubric().requirements.experience_years
    return little and not certified and (job.trade is None or takes_beginners(job.trade))
