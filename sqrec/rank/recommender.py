"""The recommender: gates, candidates, pairs, rows, score, order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray, KeyArray, mixed
from sqrec.base.loops import among
from sqrec.catalogue.attention import Loads
from sqrec.catalogue.items import Items
from sqrec.catalogue.snapshot import Snapshot
from sqrec.cities import City
from sqrec.cities.ages import age_of
from sqrec.contract import Kind
from sqrec.profile.history import History
from sqrec.profile.pace import pace_of
from sqrec.profile.profiler import Profiler, Profiles
from sqrec.rank.candidates import candidates
from sqrec.rank.capacity import lots, tempered
from sqrec.rank.circle import needed, wider, within
from sqrec.rank.explore import explored, question_of
from sqrec.rank.gates import Gate, gate
from sqrec.rank.order import arranged, by_score, demoted, nearer
from sqrec.rank.pairs import Pairs
from sqrec.rank.policy import Explore, Policy, Serving, served_in
from sqrec.rank.ranker import Boosted, Ranker
from sqrec.rank.ranking import RankerName, Ranking, Scene, marked
from sqrec.rank.rows import RowBuilder
from sqrec.rank.wish import Turns, turns_of
from sqrec.reach.walk import METHOD, Walk


@dataclass(frozen=True)
class Recommender:
    """Compose profiles, rows and rankers into lists; hold no state, read nothing from outside.

    `rankers` may lack a kind: `fallbacks` serves it, and the answer says so. What was used is used again in the kinds of
    `repeats`, so only what was dismissed is left out of their lists. `serving` is fitted to the rankers; what it lacks is served by
    the city's file.
    """

    profiler: Profiler
    city: City
    walk: Walk
    rows: Mapping[Kind, RowBuilder]
    rankers: Mapping[Kind, Ranker]
    fallbacks: Mapping[Kind, Ranker]
    repeats: frozenset[Kind] = frozenset()
    serving: Mapping[Kind, Serving] = field(default_factory=dict[Kind, Serving])

    def with_ranker(self, kind: Kind, ranker: Ranker) -> Self:
        """Return the same recommender with another ranker of one kind."""
        return replace(self, rankers={**self.rankers, kind: ranker})

    def served(self, kind: Kind, reach: float | None = None, explore: Explore | None = None) -> Policy:
        """Return how requests and batches are answered; `explore` is what a service is set to, which may not be affordable.

        Who asks for a circle of `reach` minutes gets that one, and nothing in it stands behind.
        """
        policy = self._served.get(kind) or served_in(self.city)
        widest = policy.widest if reach is None else None
        return replace(policy, reach=reach, widest=widest, explore=explore if self.explores(kind) else None)

    def explores(self, kind: Kind) -> bool:
        """Tell whether the lists of a kind can afford to explore."""
        return kind not in self.serving or self.serving[kind].explores

    @cached_property
    def _served(self) -> Mapping[Kind, Policy]:
        return {kind: one.applied(served_in(self.city), kind) for kind, one in self.serving.items()}

    def recommend(
        self,
        profile: Profiles,
        kind: Kind,
        snapshot: Snapshot,
        policy: Policy,
        n: int,
        clock: int | None = None,
        loads: Loads | None = None,
    ) -> Ranking:
        """Return the ranked list of one profile (one row) at its moment.

        Ages are judged by `clock` (microseconds UTC), the server's, whatever moment is asked for; evaluation has none
        and judges at the profile's moment. `loads` are those of a batch, None the snapshot's as of the last local midnight.
        Raises RequestError where the law refuses an answer.
        """
        scene = self.scene(profile, kind, snapshot, policy, n, clock)
        if policy.capacity and loads is None:
            loads = snapshot.loads(kind, self.city.midnight(int(profile.at[0])), policy.capacity.days)
        return self.rank(scene, kind, policy, loads)

    def scene(self, profile: Profiles, kind: Kind, snapshot: Snapshot, policy: Policy, n: int, clock: int | None = None) -> Scene:
        """Return the pairs to be scored and their rows: gates, candidates, pairs, rows.

        `n` is how many results are wanted: a circle that was asked for widens until it holds as many.
        """
        person, at, items = profile.raw(0), int(profile.at[0]), snapshot.items[kind]
        personal = person.personalised is not False
        midnight = self.city.midnight(at)
        law = gate(age_of(person.birth_month, at if clock is None else clock, self.city), kind, self.city)
        found = self._candidates(profile, kind, snapshot, policy, midnight, personal=personal)
        found, again = found[law.allowed(items, found) & items.live(at, found)], False
        if personal:
            found, again = self._not_yet(found, profile, items, policy, law)
        pairs, step = self._reached(profile, items, found, policy, n, personal=personal)
        widened = policy.reach is not None and step != policy.reach
        rows = self.build(profile, snapshot, kind, pairs) if personal else _no_rows(pairs)
        return Scene(profile, items, pairs, rows, step, widened, law, personal, again)

    def rank(self, scene: Scene, kind: Kind, policy: Policy, loads: Loads | None = None) -> Ranking:
        """Return the list that a scene makes: score, order. Without `loads` nothing is known to have been shown."""
        items, pairs = scene.items, scene.pairs
        name, ranker = self._ranker(kind)
        exits: AnyArray | None = None
        if scene.personal:
            keys = question_keys(scene.profile, items, pairs)
            if isinstance(ranker, Boosted) and policy.max_candidates is not None:
                scores, exits = ranker.walk(scene.rows, keys)
            else:
                scores = ranker.score(scene.rows, keys)
            order = by_score(scores, nearer(pairs.minutes, items.key[pairs.item]))
            if policy.capacity and loads and not loads.nothing:
                ties = lots(items.key[pairs.item], self.city.midnight(int(scene.profile.at[0])))
                order = tempered(order, scores, loads.load(pairs.item), policy.capacity, kind, nearer(pairs.minutes, ties))
            if not policy.exclude_seen and kind not in self.repeats:
                looked_at = _rows(items, _history(scene.profile, items).looked_at)
                looked_at = items.by_every_id(looked_at) if policy.once else looked_at
                order = demoted(order, among(pairs.item, looked_at, len(items)))
        else:
            name, ranker, scores = "neutral", None, np.zeros(len(pairs))
            order = _neutral(scene)
        turns = _turns(scene, policy)
        marks, draw = marked(scene, turns, policy), None
        order = arranged(order, marks, policy.spread)
        if policy.explore and scene.personal:
            question = question_of(scene.profile, kind)
            order, draw = explored(order, marks.group, policy.spread, policy.explore, question, marks.turn)
        steps = self.city.circle_steps if policy.reach is None else wider(policy.reach, self.city.circle_steps)
        return Ranking(scene, order, scores, name, ranker, steps, turns, draw, exits)

    def scores(self, profile: Profiles, kind: Kind, snapshot: Snapshot, item: IntArray) -> FloatArray:
        """Return the scores of some items (rows of `Items`) for one profile, whatever list they would come to stand in."""
        items = snapshot.items[kind]
        pairs = self.pairs(profile, items, item)
        return self._ranker(kind)[1].score(self.build(profile, snapshot, kind, pairs), question_keys(profile, items, pairs))

    def pairs(self, profiles: Profiles, items: Items, item: IntArray, query: IntArray | None = None) -> Pairs:
        """Return pairs of questions (rows of `profiles`, the first by default) and items with their walks.

        Work bound to no place has no distance; where coordinates are unknown so are the minutes, and the method tells whether the
        divisions can still be compared.
        """
        query = np.zeros(len(item), np.int64) if query is None else query
        who = profiles.who[query]
        walked = self.walk.measure(profiles.facts.direction[:, who], items.direction[:, item], self._paces(profiles)[query])
        home, place = profiles.fact("area")[query, 0], items.facts["area"][item, 0]
        comparable = np.isnan(walked.minutes) & (home > 0) & (place > 0)
        method = np.where(comparable, METHOD["area"], walked.method)
        online = items.anywhere[item]
        minutes, method = np.where(online, np.nan, walked.minutes), np.where(online, METHOD["online"], method)
        return Pairs(query, item, minutes, method.astype(np.uint8))

    def build(self, profiles: Profiles, snapshot: Snapshot, kind: Kind, pairs: Pairs) -> FloatArray:
        """Return the rows of pairs, with counts as of the last local midnight before each question."""
        midnight = self.city.midnights(profiles.at)
        items, counts = snapshot.items[kind], snapshot.counts[kind]
        return self.rows[kind].build(profiles, items, pairs, counts, midnight, snapshot.items.get("job"))

    def _not_yet(self, found: IntArray, profile: Profiles, items: Items, policy: Policy, law: Gate) -> tuple[IntArray, bool]:
        """Return the candidates that are not left out as seen, and whether seen ones had to come back: no history empties a list.

        Where all candidates are left out, the rest of the catalogue takes their place; where nothing is left of that, what was used comes
        back, and what was dismissed where there is nothing else.
        """
        left = _without(found, self._left_out(profile, items, policy), len(items))
        if len(left) or policy.exclude_seen:
            return left, False
        every = np.arange(len(items))
        every = every[law.allowed(items, every) & items.live(int(profile.at[0]), every)]
        dismissed = _rows(items, _history(profile, items).dismissed)
        dismissed = items.by_every_id(dismissed) if policy.once else dismissed
        for place, out in enumerate((self._left_out(profile, items, policy), dismissed, dismissed[:0])):
            if len(left := _without(every, out, len(items))):
                return left, place > 0
        return left, False

    def _left_out(self, profile: Profiles, items: Items, policy: Policy) -> IntArray:
        """Return the rows of what is not to be shown to the person again, by no other id either where an offer stands once."""
        rows = self._used(_history(profile, items), items, policy)
        return items.by_every_id(rows) if policy.once else rows

    def _used(self, history: History, items: Items, policy: Policy) -> IntArray:
        if policy.exclude_seen:
            return _rows(items, history.seen)
        dismissed = _rows(items, history.dismissed)
        return dismissed if items.kind in self.repeats else np.concatenate([dismissed, _rows(items, history.applied)])

    def _reached(
        self, profile: Profiles, items: Items, found: IntArray, policy: Policy, n: int, *, personal: bool
    ) -> tuple[Pairs, float | None]:
        """Return the pairs that take part, and the circle that bounds them: None where none was asked for or holds enough."""
        if policy.reach is None:
            return self.pairs(profile, items, found[: policy.max_candidates]), None
        if np.isnan(profile.facts.lon[profile.who[0]]):
            found = found[: policy.max_candidates]  # without a point nothing lies outside a circle
        pairs = self.pairs(profile, items, found)
        answers = needed(profile, items, pairs, personal=personal)
        return within(pairs, answers, policy.reach, self.city.circle_steps, n, policy.max_candidates)

    def _paces(self, profiles: Profiles) -> FloatArray:
        """Return metres a minute per question."""
        paces = [pace_of(profiles.raw(row), int(at), self.city) for row, at in enumerate(profiles.at)]
        return np.array(paces)

    def _candidates(
        self, profile: Profiles, kind: Kind, snapshot: Snapshot, policy: Policy, midnight: int, *, personal: bool
    ) -> IntArray:
        items, size = snapshot.items[kind], policy.max_candidates
        if size is None or size >= len(items):
            return np.arange(len(items))
        index, counts = snapshot.index[kind], snapshot.counts[kind]
        return candidates(index, counts, profile, midnight, size, personal=personal)

    def _ranker(self, kind: Kind) -> tuple[RankerName, Ranker]:
        return ("model", self.rankers[kind]) if kind in self.rankers else ("fallback", self.fallbacks[kind])


def question_keys(profiles: Profiles, items: Items, pairs: Pairs) -> KeyArray:
    """Return a hash of question and item per pair, for rankers that draw lots."""
    question = profiles.at.astype(np.uint64) ^ profiles.person
    return mixed(mixed(question)[pairs.query] ^ items.key[pairs.item])


def _turns(scene: Scene, policy: Policy) -> Turns:
    if policy.wish is None or not scene.personal:
        return Turns.none(len(scene.pairs))
    within = policy.wish if scene.step is None else scene.step
    if "type_mask" in scene.items.facts:  # a need is answered as far as the widest circle goes, whatever was asked for
        within = max(within, policy.wish)
    return turns_of(scene.profile, scene.items, scene.pairs, within)


def _history(profile: Profiles, items: Items) -> History:
    return profile.history[0].get(items.kind) or History.none()


def _rows(items: Items, keys: KeyArray) -> IntArray:
    """Return the rows of those keys that the catalogue knows."""
    rows = items.find(keys)
    return rows[rows >= 0]


def _without(rows: IntArray, left_out: IntArray, items: int) -> IntArray:
    return rows[~among(rows, left_out, items)]


def _neutral(scene: Scene) -> IntArray:
    """Order by nearness, then newness: the same for everybody in a place."""
    items, pairs = scene.items, scene.pairs
    minutes = np.where(np.isnan(pairs.minutes), np.inf, pairs.minutes)
    shared = (scene.profile.fact("area")[pairs.query] == items.facts["area"][pairs.item]) & (items.facts["area"][pairs.item] > 0)
    return np.lexsort((items.key[pairs.item], -items.opens[pairs.item].astype(np.float64), -shared.sum(axis=1), minutes))


def _no_rows(pairs: Pairs) -> FloatArray:
    return np.empty((len(pairs), 0))
