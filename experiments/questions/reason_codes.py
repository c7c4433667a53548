"""One check per code of a reason or a missing requirement: whether the sentence is true of the raw facts."""

import re
from collections.abc import Callable, Mapping

from experiments.questions.reason_truth import (
    above_usual,
    age_days,
    asked,
    coverage,
    division,
    earlier,
    first_one,
    free,
    free_on_the_ways,
    hours_clash,
    itself,
    lacking,
    least,
    looked_at,
    minutes,
    most,
    named_skill,
    near_earlier,
    nearest,
    next_above,
    open_then,
    outside,
    past,
    popular,
    popular_of_all,
    room,
    same,
    same_code,
    same_domain,
    same_region,
    same_skills,
    unasked,
    wages_named,
    wanted,
)
from experiments.questions.reason_words import same_words, words
from experiments.questions.reason_world import Said, day_of, days_until, week
from sqrec.base.text import normal
from sqrec.codes.certificates import level_name
from sqrec.codes.education import rank_held, rank_required
from sqrec.contract import AMENITY_TYPES, ONLINE_MODES

REASONS: Mapping[str, Callable[[Said], bool]] = {
    "wanted_occupation": wanted(4),
    "wanted_class": wanted(3),
    "wanted_field": wanted(2),
    "wanted_words": words(lambda s: s.person.desired),
    "wanted_kin": asked(lambda s: s.person.desired, lacking=False),
    "course_wanted": wanted(4),
    "course_wanted_class": wanted(3),
    "teaches_wanted": asked(lambda s: s.person.desired, lacking=True),
    "teaches_past": asked(lambda s: s.person.occupations, lacking=True),
    "past_occupation": past(4),
    "past_class": past(3),
    "past_field": past(2),
    "past_words": words(lambda s: s.person.occupations),
    "past_kin": asked(lambda s: s.person.occupations, lacking=False),
    "course_past": past(4),
    "course_looked_at": looked_at(4),
    "course_looked_at_class": looked_at(3),
    "course_looked_at_field": looked_at(2),
    "same_employer": lambda s: (
        s.names(s.item["employer"])
        and any(
            same("employer_id" if s.item["employer_id"] else "employer")(s, item) for item, _ in s.world.uses(s.person, "job")
        )
    ),
    "same_provider": lambda s: (
        s.names(s.item["provider"])
        and any(normal(item["provider"] or "") == normal(s.item["provider"]) for item, _ in s.world.uses(s.person, "course"))
    ),
    "same_occupation": earlier(same_code(4)),
    "same_class": earlier(same_code(3)),
    "same_skills": earlier(same_skills),
    "same_taught": earlier(same_skills),
    "near_earlier": near_earlier,
    "same_place": earlier(same("area")),
    "same_words": same_words,
    "same_region": earlier(same_region),
    "seen_before": itself(1),
    "been_here": itself(3),
    "looked_here": itself(1),
    "used_type": earlier(same("type"), least=3),
    "looked_at_type": earlier(same("type")),
    "used_domain": earlier(same_domain),
    "nearest": nearest,
    "nearest_course": nearest,
    "nearest_type": nearest,
    "near": minutes(15.0),
    "walk": minutes(60.0),
    "home_area": division,
    "distance": lambda s: abs(s.world.metres(s.person, s.item) / 1000 - float(re.findall(r"[\d.]+", s.text)[0])) <= 0.051,
    "anywhere": lambda s: s.item["mode"] in ONLINE_MODES,
    "online": lambda s: s.item["online"] == 1,
    "skills_met": lambda s: bool(coverage(s)) and bool(s.own) and all(part == 1 for part in coverage(s)),
    "skills_held": lambda s: any(part == 1 for part in coverage(s)),
    "no_experience": lambda s: s.item["experience_min_years"] == 0,
    "experience_met": lambda s: past(3)(s) and (s.person.experience_years or 0) >= s.item["experience_min_years"],
    "education_met": lambda s: rank_held(s.person.education) >= rank_required(s.item["education_min"]),
    "unasked": unasked,
    "wage_met": lambda s: wages_named(s) and s.person.wage_min is not None and least(s) >= s.person.wage_min - 1e-6,
    "wage_reached": lambda s: wages_named(s) and s.person.wage_min is not None and most(s) >= s.person.wage_min - 1e-6,
    "wage_high": above_usual,
    "wage": wages_named,
    "hours_met": free("hours"),
    "schedule_met": free("schedule"),
    "shift_reached": free_on_the_ways,
    "form_met": lambda s: s.item["form"] in s.person.forms,
    "hours": lambda s: bool(week(s.item["hours"])),
    "headcount": lambda s: s.names(f"招{s.item['headcount']:g}人") and s.item["headcount"] >= 2,
    "new": lambda s: 0 <= age_days(s) <= 7,
    "published": lambda s: s.names(day_of(s.world, s.item["published_at"])),
    "popular": popular,
    "popular_place": popular,
    "popular_of_all": popular_of_all,
    "next_level": next_above,
    "first_certificate": first_one,
    "certificate": lambda s: s.names(level_name(int(s.item["level"]))),
    "taught": lambda s: any(named_skill(s, skill) for skill in s.skills),
    "free": lambda s: bool(s.item["subsidised"]) if "补贴" in s.text else s.item["fee"] == 0 and s.names("免费"),
    "fee": lambda s: s.names(f"{s.item['fee']:g}"),
    "starts_soon": lambda s: 0 <= days_until(s.world, s.item["start_on"]) <= 14 and s.names(s.item["start_on"]),
    "lesson_hours": lambda s: s.names(f"{s.item['lesson_hours']:g}"),
    "capacity": lambda s: s.names(f"{s.item['capacity']:g}"),
    "needed": lambda s: f"type:{s.item['type']}" in s.person.needs,
    "needed_domain": lambda s: f"domain:{AMENITY_TYPES[s.item['type']][0]}" in s.person.needs,
    "open_now": open_then,
    "opening": lambda s: bool(week(s.item["hours"])),
    "roomy": room,
}
"""For each code of a reason whether the sentence is true."""

MISSING: Mapping[str, Callable[[Said], bool]] = {
    "education": lambda s: rank_held(s.person.education) < rank_required(s.item["education_min"]),
    "experience": lambda s: (s.person.experience_years or 0) < s.item["experience_min_years"],
    "skills": lacking,
    "age": outside,
    "hours": hours_clash,
    "form": lambda s: bool(s.person.forms) and s.item["form"] not in {None, *s.person.forms},
    "begun": lambda s: days_until(s.world, s.item["start_on"]) < 0 and s.names(s.item["start_on"]),
}
"""The same for what is missing."""
