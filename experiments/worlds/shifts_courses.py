"""Courses of the city of shifts: ladders of certificates, renewals, evening classes, and their utility."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.worlds.cells import DAY, DAYS, END, START, Array, blanked, drawn, moments, numbered, read_rows, unless
from experiments.worlds.shifts_people import LEVELS, Folk, Seen, averaged
from experiments.worlds.shifts_town import KIN, KIN_NAMES, SPEED, Quarters

_LADDERS = read_rows("shifts_ladders")
STEPS = [row[3].split(",") for row in _LADDERS]
_RENEWS = np.array([row[4] != "-" for row in _LADDERS])
_FEE = np.array([float(row[5]) for row in _LADDERS])
_OF = np.array([KIN_NAMES.index(row[1]) for row in _LADDERS])
_TOP = np.array([len(steps) for steps in STEPS])
_HOBBIES = np.array(
    "书法 国画 瑜伽 太极 合唱 吉他 家庭烘焙 手机摄影 英语口语 插花 交谊舞 木工 亲子绘本 智能手机".strip().split(), object
)
_SCHOOLS = np.array(
    "湾区职业技能学校 港城技工学校 长江路社区学院 海青培训中心 辛安夜校 灵山卫学堂 前进职校 红石崖实训基地".strip().split(),
    object,
)
_CLASS = np.array(["培训", "取证班", "考证班", ""], object)
_DEAR = np.array([1.0, 1.25, 0.7, 1.1, 0.6, 0.8, 1.4, 0.85])
_SLOTS = np.array(["mon-fri 18:30-20:30", "mon-fri 09:00-11:30", "sat-sun 09:00-16:00"], object)
_SUITS = np.array([[1, 0.1, 0.8, 0.6], [0.9, 0.25, 0.7, 0.6], [0, 1, 0.5, 0.5], [0.15, 0.6, 0.5, 0.4], [0.9, 1, 0.7, 0.9]])
_UNTOLD = 3
"""The column of `_SUITS` (fit of slots to rhythms, 0 to 1) for an unknown slot."""
_STRANGE, _EARLIER, _LATER = 0.7, 75, 60
"""The cost of an unknown school, in utility; days before and after the due day in which a certificate can be renewed."""


@dataclass(frozen=True)
class Courses:
    """Hold courses: ladder and step of the certificate, whether it is a renewal, the hobby (-1: none), index of school and slot.

    `over` is the moment at which the course ends, seconds UTC.
    """

    table: pd.DataFrame
    ladder: Array
    step: Array
    renewal: Array
    hobby: Array
    school: Array
    fee: Array
    slot: Array
    lon: Array
    lat: Array
    since: Array
    until: Array
    over: Array

    @property
    def ids(self) -> Array:
        """The ids of the courses."""
        return self.table["course_id"].to_numpy(object)

    def live(self, at: Array | int) -> Array:
        """Mark the courses that can be joined at a moment; at moments of an array, for the hour after them as well."""
        return (self.since <= at) & (self.until > at + 3600 * (np.ndim(at) > 0))


@dataclass
class Learning:
    """Hold what people want to learn and have learnt.

    `pull` is the wish to climb each ladder, `leisure` for each hobby, `rung` the probability of each step of each ladder, `due` the day
    of renewal, `known` marks schools, `purse` yuan for a course, `loyal` the aversion to unknown schools, `busy` marks ladders.
    """

    pull: Array
    leisure: Array
    rung: Array
    due: Array
    known: Array
    purse: Array
    loyal: Array
    busy: Array

    def renewable(self, who: Array, day: int) -> Array:
        """Mark the certificates that can be renewed on a day of the window, people by ladders."""
        return (self.due[who] - _EARLIER < day) & (day < self.due[who] + _LATER)

    def worth(self, courses: Courses, seen: Seen, who: Array, renewable: Array) -> Array:
        """Return the utility of courses, people by courses; 0 for those that cannot be taken or are not wanted."""
        ladder, step = courses.ladder, courses.step
        ready = self.rung[who[:, None], ladder, step] * ~self.busy[who][:, ladder]
        climbs = np.where(courses.renewal, 1.3 * renewable[:, ladder], self.pull[who][:, ladder] * ready)
        wish = np.where(courses.hobby >= 0, self.leisure[who][:, courses.hobby], climbs)
        cost = 0.4 * courses.fee / self.purse[who][:, None] + self._way(courses, seen, who)
        strange = _STRANGE * (self.loyal[who][:, None]) * (1 - self.known[who][:, courses.school])
        gain = (wish - cost - strange) * (seen.rhythm[who] @ _SUITS)[:, courses.slot]
        return np.where((gain < 0.05) | (wish <= 0), 0, gain)

    def _way(self, courses: Courses, seen: Seen, who: Array) -> Array:
        """Return the cost of travel in utility, people by courses."""
        ways = [seen.way[who, way][:, None] * seen.minutes(way, who, courses.lon, courses.lat) for way in range(len(SPEED))]
        return np.sum(ways, axis=0) / 130


def learning(folk: Folk, rng: np.random.Generator) -> Learning:
    """Draw the wishes, certificates and known schools of people."""
    count, own = len(folk.trade), KIN[folk.trade][:, None] == _OF
    aims = KIN[folk.wanted][:, None] == _OF
    able = np.array([0.35, 0.25, 0.25, 0.2, 0.12])[folk.band][:, None]
    pull = (0.2 + 0.85 * own + 0.85 * aims + able) * rng.gamma(1.6, 1 / 1.6, own.shape).clip(0, 2)
    held = drawn(np.tile([45, 33, 15, 7], (own.size, 1)), rng).reshape(own.shape) * (own | (rng.random(own.shape) < 0.06))
    held = np.minimum(held, _TOP)
    due = np.where((held > 0) & _RENEWS, rng.integers(-60, 260, held.shape), 10_000)
    ages = rng.dirichlet(np.full(5, 1.2), len(_HOBBIES)).T[folk.band] * 2
    known = np.zeros((count, len(_SCHOOLS)))
    for share in (0.85, 0.4):
        some = np.flatnonzero(rng.random(count) < share)
        known[some, rng.integers(0, len(_SCHOOLS), len(some))] = 1
    return Learning(
        pull,
        (ages * rng.gamma(0.6, 1.15, ages.shape)).clip(0, 1.5),
        np.eye(4)[held],
        due,
        known,
        np.array([1800, 900, 1300, 600, 1100])[folk.employment] * rng.lognormal(0, 0.45, count),
        rng.beta(5, 2, count),
        np.zeros(held.shape, bool),
    )


def expected(mind: Learning, folk: Folk, enrolled: tuple[Array, Array], done: Array) -> Learning:
    """Return the learning of people as tables and events suggest it.

    `enrolled` pairs people and schools of logged enrolments, `done` marks completed ladders, people by ladders.
    """
    field = KIN[folk.trade] * 10 + folk.band
    sure = done | folk.skilled[:, None]
    usual = averaged(mind.rung.reshape(len(field), -1), KIN[folk.trade]).reshape(mind.rung.shape)
    known = np.full(mind.known.shape, mind.known.mean())
    known[enrolled] = 1
    return Learning(
        averaged(mind.pull, field),
        averaged(mind.leisure, folk.band),
        np.where(sure[:, :, None], mind.rung, usual),
        mind.due,
        known,
        averaged(mind.purse[:, None], folk.employment)[:, 0],
        np.full_like(mind.loyal, mind.loyal.mean()),
        mind.busy,
    )


def certified(folk: Folk, mind: Learning) -> pd.DataFrame:
    """Return the table `people` with certificates added to known skills."""
    held, table = mind.rung.argmax(axis=2), folk.table.copy()
    cells = table["skills"].to_numpy(object)
    for person in np.flatnonzero(folk.skilled):
        steps = [STEPS[ladder][held[person, ladder] - 1] for ladder in np.flatnonzero(held[person])]
        cells[person] = "|".join([cells[person], *steps])
    return table.assign(skills=cells)


def courses(count: int, town: Quarters, rng: np.random.Generator) -> Courses:
    """Draw courses: half are steps of a ladder, more often low ones, one in seven a renewal, the others evening classes."""
    sort = rng.choice(3, count, p=[0.52, 0.14, 0.34])
    ladder = np.where(sort == 1, rng.choice(np.flatnonzero(_RENEWS), count), rng.integers(0, len(_LADDERS), count))
    step = np.minimum(drawn(np.tile([50, 32, 18], (count, 1)), rng), _TOP[ladder] - 1) * (sort == 0)
    hobby = np.where(sort == 2, rng.integers(0, len(_HOBBIES), count), -1)
    teaches = (np.arange(len(_SCHOOLS))[:, None] * 5 + np.arange(len(_LADDERS)) * 3) % 8 < 4
    school = drawn(np.where(hobby[:, None] >= 0, _DEAR < 1, teaches.T[ladder]).astype(float), rng)
    length = np.where(sort == 0, rng.integers(4, 25, count) + 5 * step, np.where(sort == 1, rng.integers(1, 4, count), 40))
    fee = np.where(hobby >= 0, rng.integers(6, 50, count) * 10, _FEE[ladder] * (1 + 0.35 * step) * np.where(sort == 1, 0.3, 1))
    fee = (fee * _DEAR[school] * rng.lognormal(0, 0.15, count) / 10).round() * 10
    until = START + (rng.uniform(-5, DAYS + 55, count).astype(int) * DAY) + rng.choice([9, 14, 18], count) * 3600
    since = until - rng.integers(25, 75, count) * DAY - rng.integers(0, 9, count) * 3600
    since = np.minimum(since, END - rng.integers(1, 20 * 24, count) * 3600)
    quarter = rng.permutation(len(town.lon))[: len(_SCHOOLS)]
    lon, lat = (place[school] for place in town.around(quarter, rng))
    made = Courses(
        pd.DataFrame(),
        np.where(hobby >= 0, 0, ladder),
        step,
        sort == 1,
        hobby,
        school,
        fee * (rng.random(count) >= np.where(sort == 0, 0.3, 0.12)),
        np.where(hobby >= 0, 0, drawn(np.tile([35, 35, 30], (count, 1)), rng)),
        lon,
        lat,
        since,
        until,
        until + length * DAY,
    )
    return replace(made, table=_table(made, fee, town.area[quarter][school], rng))


def as_told(made: Courses) -> Courses:
    """Return courses as the table describes them; an empty cell becomes the school's usual place or the usual fee."""
    table, sort = made.table, np.where(made.hobby >= 0, -1, made.ladder * 10 + made.renewal)
    known = pd.DataFrame({"fee": table["fee"].mask(table["subsidised"] == "true", 0), "lon": table["lon"], "lat": table["lat"]})
    fee = known["fee"].fillna(known.groupby(sort)["fee"].transform("mean")).fillna(known["fee"].mean())
    lon, lat = (
        known[side].fillna(known.groupby(made.school)[side].transform("mean")).fillna(known[side].mean()).to_numpy()
        for side in ("lon", "lat")
    )
    slot = np.where(table["schedule"].isna() & (made.hobby < 0), _UNTOLD, made.slot)
    return replace(made, fee=fee.to_numpy(), lon=lon, lat=lat, slot=slot)


def _table(made: Courses, fee: Array, area: Array, rng: np.random.Generator) -> pd.DataFrame:
    count, hobby = len(fee), made.hobby >= 0
    subject = np.array([STEPS[one][step] for one, step in zip(made.ladder, made.step, strict=True)], object)
    renewed = np.array([_LADDERS[one][4] for one in made.ladder], object)
    subject = np.where(hobby, _HOBBIES[made.hobby] + "晚间班", np.where(made.renewal, renewed, subject))
    code = np.array([None if row[2] == "-" else row[2] for row in _LADDERS], object)[made.ladder]
    days = (made.over - made.until) // DAY
    here = rng.random(count) >= 0.12
    return pd.DataFrame({
        "course_id": numbered("k", count),
        "title": subject + np.where(hobby | made.renewal, "", rng.choice(_CLASS, count)),
        "teaches": blanked(np.where(hobby, _HOBBIES[made.hobby], subject), 0.16, rng),
        "occupation": unless(hobby | (rng.random(count) < 0.15), code),
        "level": pd.Series(5 - made.step, dtype="Int64").mask(hobby | made.renewal | (rng.random(count) < 0.2)),
        "provider": _SCHOOLS[made.school],
        "fee": np.where(rng.random(count) < 0.12, np.nan, fee),
        "subsidised": blanked(np.where((made.fee == 0) & (fee > 0), "true", "false"), 0.1, rng),
        "education_min": unless(hobby | (rng.random(count) < 0.3), LEVELS[made.step // 2]),
        "start_on": days_of(made.until),
        "end_on": blanked(days_of(made.over), 0.1, rng),
        "lesson_hours": np.where(rng.random(count) < 0.2, np.nan, np.where(hobby, 24, 8 * days)),
        "schedule": blanked(_SLOTS[made.slot], 0.18, rng),
        "lon": np.where(here, made.lon, np.nan),
        "lat": np.where(here, made.lat, np.nan),
        "area": area,
        "published_at": moments(made.since),
        "valid_to": moments(made.until),
    })  # fmt: skip


def days_of(seconds: Array) -> Array:
    """Return the local days of moments as YYYY-MM-DD."""
    return moments(seconds).strftime("%Y-%m-%d").to_numpy(object)
