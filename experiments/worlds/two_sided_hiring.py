"""Applications and hiring: people weigh utility by their chance, employers hire the best who meet the requirements."""

from dataclasses import dataclass

import numpy as np

from experiments.worlds.cells import DAY, END, START, Array, Diary, blocks, metres
from experiments.worlds.two_sided_market import GROUP, Side, Vacancies

SEEN, LOGGED = 40, 20
VIEW_COST, APPLY_COST = 0.03, 0.14
_EMPTY = np.zeros(0, np.int64)


@dataclass
class Hiring:
    """Hold the state of the labour market.

    `left` are openings, `filled` the moment at which each job closes, `applied` marks applications (people by jobs), `looking` people
    who still search, `waiting` the undecided applications (person, job, moment).
    """

    folk: Side
    jobs: Vacancies
    diary: Diary
    rng: np.random.Generator
    left: Array
    filled: Array
    applied: Array
    looking: Array
    waiting: tuple[Array, Array, Array] = (_EMPTY, _EMPTY, _EMPTY)

    @classmethod
    def of(cls, folk: Side, jobs: Vacancies, diary: Diary, rng: np.random.Generator) -> "Hiring":
        """Return the state before the first day, with all openings free."""
        applied = np.zeros((len(folk.past), len(jobs.trade)), bool)
        return cls(folk, jobs, diary, rng, jobs.headcount.copy(), jobs.until.copy(), applied, np.ones(len(applied), bool))

    def worth(self, who: Array, *, hidden: bool) -> Array:
        """Return the utility of having each job, 0 or more, people by jobs."""
        folk, jobs = self.folk, self.jobs
        near = np.where(folk.wish[:, None] == np.arange(len(GROUP)), 2.2, np.where(GROUP[folk.wish][:, None] == GROUP, 1.1, 0))[
            who
        ]
        felt = near[:, jobs.trade] + 1.5 * np.log(jobs.wage / folk.hoped[who][:, None])
        felt -= 0.025 * metres(folk.lon[who], folk.lat[who], jobs.lon, jobs.lat) / 280
        felt += 0.5 * jobs.prestige + folk.taste[who][:, GROUP[jobs.trade]] if hidden else 0
        return np.logaddexp(0, 2 * (felt - 1)) / 2

    def fitness(self, who: Array) -> Array:
        """Return how far people meet the requirements of jobs (education, experience, skills), 0 to 1, people by jobs."""
        folk, jobs = self.folk, self.jobs
        short = jobs.rung - folk.rung[who][:, None]
        same, kin = folk.past[who][:, None] == jobs.trade, GROUP[folk.past[who]][:, None] == GROUP[jobs.trade]
        years = folk.years[who][:, None] * np.where(same, 1, np.where(kin, 0.6, 0.15))
        skill = np.where(same, 1, np.where(kin, 0.5, 0.1)) + np.where(jobs.asks.sum(axis=1) < 2, 0.25, 0)
        schooling = np.where(short <= 0, 1, np.where(short == 1, 0.4, 0))
        return 0.4 * schooling + 0.3 * np.clip(years / np.maximum(jobs.years, 0.5), 0, 1) + 0.3 * np.minimum(skill, 1)

    def chance(self, who: Array, *, hidden: bool) -> Array:
        """Return the probability that an application ends in a hire, by the employer's strictness and applicants per opening."""
        bar = self.jobs.strictness if hidden else np.full(len(self.left), self.jobs.strictness.mean())
        over = self.fitness(who) - bar
        passes = (over >= 0) if hidden else 1 / (1 + np.exp(-over / 0.12))
        crowd = self.applied.sum(axis=0) / self.jobs.headcount
        return passes * np.where(self.left > 0, 1 / (1 + 0.6 * crowd), 0)

    def search(self, who: Array, at: Array, request: Array) -> None:
        """Simulate lists ordered by prestige: people view the jobs with the highest expected utility and apply where it exceeds the cost."""
        who, at, request = (one[self.looking[who]] for one in (who, at, request))
        for part in blocks(len(who), 400) if len(who) else []:
            self._search(who[part], at[part], request[part])

    def _search(self, who: Array, at: Array, request: Array) -> None:
        rng, jobs = self.rng, self.jobs
        open_to = (jobs.since <= at[:, None]) & (self.filled > at[:, None] + DAY)
        luck = np.where(open_to, rng.random(open_to.shape), 2)
        some = luck.argpartition(SEEN, axis=1)[:, :SEEN]
        order = (-jobs.prestige[some] + rng.normal(0, 0.2, some.shape)).argsort(axis=1)
        seen = np.take_along_axis(some, order, axis=1)
        row = np.repeat(np.arange(len(who)), LOGGED)
        place = np.tile(np.arange(1, LOGGED + 1), len(who))
        self.diary.note("job", "impression", who[row], seen[:, :LOGGED].ravel(), at[row], request[row], place)
        guess = 6 * (self.fitness(who) - 0.65) + self.folk.confidence[who][:, None] - 0.4 * jobs.prestige
        promise = self.worth(who, hidden=True) / (1 + np.exp(-guess)) * (luck < 2)
        promise = np.take_along_axis(promise, seen, axis=1)
        best = (-promise).argsort(axis=1)
        views = rng.choice([1, 2, 3], len(who), p=[0.3, 0.4, 0.3])
        for rank in range(3):
            column = best[:, rank]
            good = np.take_along_axis(promise, best, axis=1)[:, rank]
            item = seen[np.arange(len(who)), column]
            on = (views > rank) & (good > VIEW_COST)
            shown = column < LOGGED
            asked, position = np.where(shown, request, -1), np.where(shown, column + 1, -1)
            moment = at + 60 + 90 * rank + rng.integers(0, 60, len(at))
            self.diary.note("job", "view", who[on], item[on], moment[on], asked[on], position[on])
            on &= (good > APPLY_COST) & ~self.applied[who, item] & (rng.random(len(who)) < (0.9, 0.4, 0.3)[rank])
            self.diary.note("job", "apply", who[on], item[on], moment[on] + 40, asked[on], position[on])
            self.applied[who[on], item[on]] = True
            self.waiting = tuple(  # pyright: ignore[reportAttributeAccessIssue] (a tuple of three, as declared; the generator hides its length)
                np.concatenate([old, new]) for old, new in zip(self.waiting, (who[on], item[on], moment[on]), strict=True)
            )

    def decide(self, day: int) -> None:
        """Decide a week's applications: employers interview the best who meet their bar, and hire while openings are left."""
        who, item, _ = self.waiting
        self.waiting = (_EMPTY, _EMPTY, _EMPTY)
        if not len(who):
            return
        score = np.concatenate([self.fitness(who[part])[np.arange(len(part)), item[part]] for part in blocks(len(who))])
        keep = (score >= self.jobs.strictness[item]) & self.looking[who] & (self.left[item] > 0)
        who, item, score = who[keep], item[keep], score[keep]
        order = np.lexsort((-score, item))
        who, item = who[order], item[order]
        called = _rank(item) < 3 * self.left[item]
        who, item = who[called], item[called]
        talk = START + day * DAY + self.rng.integers(1, 4, len(who)) * DAY + self.rng.integers(9 * 3600, 17 * 3600, len(who))
        told = talk + self.rng.integers(1, 4, len(who)) * DAY
        self.diary.note("job", "interview", who, item, talk, recorded=told)
        agreed = self.rng.random(len(who)) < 0.8
        agreed[agreed] = _rank(item[agreed]) < self.left[item[agreed]]
        who, item, talk = who[agreed], item[agreed], talk[agreed]
        first = np.unique(who, return_index=True)[1]
        who, item, talk = who[first], item[first], talk[first]
        start = talk + self.rng.integers(2, 7, len(who)) * DAY
        self.diary.note("job", "hire", who, item, start, recorded=start + self.rng.integers(1, 6, len(who)) * DAY)
        self.looking[who] = False
        np.subtract.at(self.left, item, 1)
        last = np.zeros(len(self.left), np.int64)
        np.maximum.at(last, item, start)
        full = (self.left == 0) & (last > 0)
        self.filled[full] = np.minimum(self.filled[full], last[full])

    def live(self) -> Array:
        """Mark the jobs that exist at the end of the window, shape (jobs,)."""
        return (self.jobs.since <= END) & (self.filled > END)


def _rank(sorted_items: Array) -> Array:
    """Return the rank of each entry within its item, from 0; entries of an item must be adjacent."""
    if not len(sorted_items):
        return _EMPTY
    begins = np.flatnonzero(np.r_[True, sorted_items[1:] != sorted_items[:-1]])
    return np.arange(len(sorted_items)) - np.repeat(begins, np.diff(np.r_[begins, len(sorted_items)]))
