"""The values that sentences name: `{wanted}`, `{skill}`, `{minutes}`, … looked up only where a text asks for them.

Everything comes from the raw facts of the item and of the person whom the list is for.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from sqrec.base.numbers import DAY
from sqrec.base.text import normal
from sqrec.codes.certificates import level_name, named_level
from sqrec.codes.taxonomy import name_of
from sqrec.contract import AMENITY_TYPES
from sqrec.profile.history import APPLIED
from sqrec.profile.hours import at_night
from sqrec.rank.said.areas import region_of, shared_division
from sqrec.rank.said.asked import asked_there, levels_of, met
from sqrec.rank.said.clock import clock
from sqrec.rank.said.earlier import earlier_in, job_like, nearest_earlier, shared_skills
from sqrec.rank.said.levels import following
from sqrec.rank.said.occupation import nearest_text, official_name
from sqrec.rank.said.standing import DAYS
from sqrec.rank.said.titles import shared_titles
from sqrec.rank.said.words import shared_words
from sqrec.rank.view import View
from sqrec.reach.straight import metres
from sqrec.texts import Language, Texts, say

_JOINED: Mapping[Language, str] = {"zh-CN": "、", "en": ", "}
_CERTIFIED: Mapping[Language, str] = {"zh-CN": "{name}（{level}）", "en": "{name} ({level})"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Values(dict[str, object]):
    """Hold the values of one shown pair, each made when a text first asks for it.

    `place` is the pair's in `view`, which holds the pairs of one question. What names no value of `NAMED` is a column of the item's
    table.
    """

    def __init__(self, view: View, place: int, texts: Texts, lang: Language) -> None:
        super().__init__()
        self.view, self.place, self.texts = view, place, texts
        self.lang: Language = lang
        self.query, self.row = int(view.pairs.query[place]), int(view.pairs.item[place])
        self.walk = float(view.pairs.minutes[place])

    def __missing__(self, name: str) -> object:
        self[name] = found = NAMED[name](self) if name in NAMED else self.raw(name)
        return found

    def say(self, family: str, code: str) -> str:
        """Return a word of the texts."""
        return say(self.texts, family, code, self.lang, self)

    def cell(self, column: str) -> Any:
        """Return a cell of the item's table."""
        return self.view.items.cell(column, self.row)

    def raw(self, column: str) -> str:
        """Return a cell of the item's table in words."""
        value = self.cell(column)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def fact(self, name: str) -> float:
        """Return an encoded number of the item."""
        return float(self.view.items.facts[name][self.row])

    def joined(self, parts: Sequence[str]) -> str:
        """Return several words as one text."""
        return _JOINED[self.lang].join(parts)

    def certified(self, skill: str, level: int | None = None) -> str:
        """Return a skill with what its certificate's level is called; without a level it stays as it is."""
        name, own = named_level(skill)
        return self.with_level(name, level or own)

    def with_level(self, name: str, level: int | None) -> str:
        """Return a name with what a certificate's level is called."""
        return name if level is None else _CERTIFIED[self.lang].format(name=name, level=level_name(level, self.lang))

    @cached_property
    def skills(self) -> list[str]:
        """The skills of the item as they are written, in the order of their keys."""
        return str(self.cell("teaches" if self.view.items.kind == "course" else "skills")).split("|")

    @property
    def person(self) -> Any:
        """The raw facts of the person."""
        return self.view.profiles.raw(self.query)

    @property
    def ladder(self) -> Any:
        """The keys of the item's occupation."""
        return self.view.items.facts["occupation"][self.row]

    def earlier(self, family: str, least: int = 1) -> str:
        """Return the title of the latest other earlier item of the item's group, used with that grade."""
        found = earlier_in(self.view, self.query, self.row, family, least)
        return "" if found is None else self.view.items.titles[found]


def _minutes(v: Values) -> str:
    return "" if math.isnan(v.walk) else f"{max(1, round(v.walk))}"


def _km(v: Values) -> str:
    who = int(v.view.profiles.who[v.query])
    walk = metres(v.view.profiles.facts.direction[:, who : who + 1], v.view.items.direction[:, v.row : v.row + 1])
    return f"{max(0.1, float(walk[0]) / 1000):.1f}"


def _pay(v: Values) -> str:
    """Return the wage as it is written, and by the month where it is not."""
    low, high, unit = (v.cell(name) for name in ("wage_min", "wage_max", "wage_unit"))
    wages = "–".join(f"{wage:g}" for wage in dict.fromkeys((low, high)) if wage is not None)
    return say(v.texts, "said", f"pay_{unit}", v.lang, {"wages": wages, "wage": f"{10 * round(v.fact('wage') / 10):g}"})


def _occupation(v: Values) -> str:
    return official_name(int(v.ladder[3])) or v.view.items.titles[v.row]


def _own(v: Values, source: str) -> str:
    """Return the person's occupation that is nearest to the item's."""
    key = int(v.ladder[3])
    return v.view.shared(("own", source, v.query, key), lambda: name_of(nearest_text(getattr(v.person, source), v.ladder)))


def _same(v: Values, source: str, which: str) -> str:
    """Say that an item is of the person's occupation: "the very one" only where its title or the official name says the same."""
    own, occupation = _own(v, source), _occupation(v)
    very = normal(own) == normal(occupation) or normal(own) in normal(v.view.items.titles[v.row])
    return say(v.texts, "said", f"{which}_{'same' if very else 'alike'}", v.lang, {"own": own, "occupation": occupation})


def _asked(v: Values, source: str, *, lacking: bool = False) -> tuple[str, str]:
    """Return a skill of the item and the person's occupation whose vacancies ask for it."""
    _, place, text = asked_there(v.view, v.query, v.row, source, lacking=lacking)
    return (named_level(v.skills[place])[0] if place >= 0 else ""), name_of(text)


def _earlier_skills(v: Values) -> tuple[str, str]:
    places, row = shared_skills(v.view, v.query, v.row)
    return v.joined([named_level(v.skills[place])[0] for place in places[:3]]), v.view.items.titles[row] if row >= 0 else ""


def _earlier_words(v: Values) -> tuple[str, str]:
    words, row = shared_titles(v.view, v.query, v.row)
    return v.joined(words[:3]), v.view.items.titles[row] if row >= 0 else ""


def _next(v: Values) -> str:
    found = following(v.view, v.query, v.row)
    return "" if found is None else v.with_level(named_level(v.skills[found[0]])[0], found[1])


def _held(v: Values) -> str:
    return v.joined([v.certified(skill) for skill, one in zip(v.skills, met(v.view, v.query, v.row), strict=True) if one == 1.0])


def _lacking(v: Values) -> str:
    return v.joined([_lack(v, skill) for skill, one in zip(v.skills, met(v.view, v.query, v.row), strict=True) if one < 1.0])


def _lack(v: Values, skill: str) -> str:
    """Return a skill that is asked for with the level asked for, and where the person has it at another one, with that."""
    key = int(v.view.items.skills.row(v.row)[v.skills.index(skill)][0])
    levels = levels_of(v.view, v.query).get(key, ())
    name, asked = named_level(skill)
    if not levels or asked is None:
        return v.with_level(name, asked)
    own = min((level for level in levels if level), default=None)
    told = {"name": name, "asked": level_name(asked, v.lang), "own": "" if own is None else level_name(own, v.lang)}
    return say(v.texts, "said", "no_level" if own is None else "held_at", v.lang, told)


def _division(v: Values) -> str:
    """Return what kind of division the home and the item share."""
    return _named_division(v, *shared_division(v.person.area or "", v.cell("area") or ""))


def _named_division(v: Values, code: str, path: str) -> str:
    word = v.say("said", code)
    return f"{word}（{path}）" if path else word


def _ages(v: Values) -> str:
    low, high = v.fact("age_min"), v.fact("age_max")
    code = "ages_from" if math.isnan(high) else "ages_to" if math.isnan(low) else "ages"
    return say(v.texts, "said", code, v.lang, {"low": f"{low:g}", "high": f"{high:g}"})


def _type(v: Values) -> str:
    return v.say("value.needs", f"type:{v.cell('type')}")


def _domain(v: Values) -> str:
    domain = AMENITY_TYPES.get(str(v.cell("type")), ("other", ""))[0]
    return v.say("value.needs", f"domain:{domain}")


def _published(v: Values) -> str:
    """Return the day of publication by the clock that shows midnight at the question's midnight."""
    midnight = int(v.view.midnight[v.query])
    noon = timedelta(microseconds=midnight) + _EPOCH + timedelta(hours=12)
    days = (int(v.view.items.opens[v.row]) - midnight) // DAY
    return (noon + timedelta(days=days)).date().isoformat()


def _people(v: Values, days: int) -> str:
    return f"{v.view.counts.people_of(int(v.view.midnight[v.query]), days)[v.row]:g}"


def _taught(v: Values) -> str:
    return v.joined([v.certified(skill) for skill in v.skills[:3]])


NAMED: Mapping[str, Callable[[Values], str]] = {
    "minutes": _minutes,
    "km": _km,
    "division": _division,
    "pay": _pay,
    "expected": lambda v: f"{v.person.wage_min:g}",
    "occupation": _occupation,
    "wanted": lambda v: _own(v, "desired"),
    "past": lambda v: _own(v, "occupations"),
    "wanted_same": lambda v: _same(v, "desired", "wanted"),
    "past_same": lambda v: _same(v, "occupations", "past"),
    "words_desired": lambda v: shared_words(v.view, v.query, v.row, "desired")[0],
    "words_occupations": lambda v: shared_words(v.view, v.query, v.row, "occupations")[0],
    "asked_desired": lambda v: _asked(v, "desired")[0],
    "asker_desired": lambda v: _asked(v, "desired")[1],
    "asked_occupations": lambda v: _asked(v, "occupations")[0],
    "asker_occupations": lambda v: _asked(v, "occupations")[1],
    "lacked_desired": lambda v: _asked(v, "desired", lacking=True)[0],
    "lacker_desired": lambda v: _asked(v, "desired", lacking=True)[1],
    "lacked_occupations": lambda v: _asked(v, "occupations", lacking=True)[0],
    "lacker_occupations": lambda v: _asked(v, "occupations", lacking=True)[1],
    "earlier_occupation": lambda v: v.earlier("occupation"),
    "earlier_trade": lambda v: v.earlier("trade"),
    "earlier_place": lambda v: v.earlier("place"),
    "earlier_type": lambda v: v.earlier("type"),
    "visited_type": lambda v: v.earlier("type", APPLIED),
    "earlier_domain": lambda v: v.earlier("domain"),
    "earlier_skills": lambda v: _earlier_skills(v)[0],
    "earlier_skilled": lambda v: _earlier_skills(v)[1],
    "earlier_words": lambda v: _earlier_words(v)[0],
    "earlier_titled": lambda v: _earlier_words(v)[1],
    "earlier_region": lambda v: v.earlier("region"),
    "region": lambda v: _named_division(v, *region_of(v.cell("area") or "")),
    "earlier_metres": lambda v: f"{100 * math.ceil(max(nearest_earlier(v.view, v.query, v.row)[0], 1.0) / 100):g}",
    "earlier_near": lambda v: nearest_earlier(v.view, v.query, v.row)[1],
    "earlier_job": lambda v: job_like(v.view, v.query, v.row),
    "next": _next,
    "held": _held,
    "lacking": _lacking,
    "taught": _taught,
    "certificate": lambda v: level_name(int(v.fact("level")), v.lang),
    "education": lambda v: v.say("value.education", str(v.cell("education_min"))),
    "own_education": lambda v: v.say("value.education", str(v.person.education)),
    "experience": lambda v: f"{v.fact('experience'):g}",
    "own_experience": lambda v: f"{v.person.experience_years:g}",
    "ages": _ages,
    "type": _type,
    "domain": _domain,
    "published": _published,
    "hours": lambda v: clock(str(v.cell("hours")), v.lang),
    "own_hours": lambda v: clock(v.person.hours, v.lang),
    "night": lambda v: v.say("said", "night") if at_night(v.view.items.facts["hours"][v.row]) else "",
    "schedule": lambda v: clock(str(v.cell("schedule")), v.lang),
    "openings": lambda v: f"{v.fact('headcount'):g}",
    "people": lambda v: _people(v, DAYS),
    "people_ever": lambda v: _people(v, 0),
    "kind": lambda v: v.say("kind", v.view.items.kind),
    "fee": lambda v: f"{v.fact('fee'):g}",
    "unit": lambda v: v.cell("capacity_unit") or "",
    "form": lambda v: v.say("value.forms", str(v.cell("form"))),
    "own_forms": lambda v: v.joined([v.say("value.forms", form) for form in v.person.forms]),
    "paid": lambda v: v.say("said", "subsidised" if v.cell("subsidised") else "free"),
}
"""How each value is made."""
