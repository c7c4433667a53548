"""One question before it is scored, and the list that follows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sqrec.base.arrays import AnyArray, FloatArray, IntArray
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.circle import Reach, reach_of
from sqrec.rank.explore import Draw
from sqrec.rank.gates import Gate
from sqrec.rank.order import Marks
from sqrec.rank.pairs import Pairs
from sqrec.rank.policy import SPREAD_OVER, Policy
from sqrec.rank.ranker import Ranker
from sqrec.rank.wish import Turns

RankerName = Literal["model", "fallback", "neutral"]


@dataclass(frozen=True)
class Scene:
    """Hold everything about one question before it is scored: its pairs and their rows.

    `step` is the circle (minutes) that was needed, None where no circle bounds the list; `widened` tells
    whether a smaller one was asked for, `law` which items may be shown. `again` tells that nothing is left which the person has not used
    or dismissed, so that such items come back.
    """

    profile: Profiles
    items: Items
    pairs: Pairs
    rows: FloatArray
    step: float | None
    widened: bool
    law: Gate
    personal: bool
    again: bool = False

    @property
    def notice(self) -> str | None:
        """The code of what the law makes a list say, None: nothing."""
        return self.law.notice

    @property
    def limited(self) -> bool:
        """Tell whether the law shows only a part of this kind, or nothing."""
        return self.law.passes != "all"

    @property
    def located(self) -> bool:
        """Tell whether the person's point is known, so that a circle can be drawn."""
        facts, who = self.profile.facts, self.profile.who[0]
        return not (np.isnan(facts.lon[who]) or np.isnan(facts.lat[who]))


@dataclass(frozen=True)
class Ranking:
    """Hold one list, best first: rows of `Items` with score, pair and row vector each.

    `turns` tell what answers the person's wish, `draw` what could have stood in the place that explores, None where nothing was drawn.
    `exits` are the leaves that all pairs of the scene reach, shape (pairs, trees); None where no trees were walked, or for a whole catalogue.
    """

    scene: Scene
    order: IntArray
    scores: FloatArray
    ranker: RankerName
    by: Ranker | None
    steps: tuple[float, ...]
    turns: Turns
    draw: Draw | None = None
    exits: AnyArray | None = None

    @property
    def item(self) -> IntArray:
        """The rows of `Items`, best first."""
        return self.scene.pairs.item[self.order]

    @property
    def score(self) -> FloatArray:
        """The scores, in the same order."""
        return self.scores[self.order]

    def propensity(self, n: int) -> FloatArray:
        """Return the probability of each of the first `n` items to stand where it does: 1 where nothing was drawn."""
        size = min(n, len(self.order))
        return np.ones(size) if self.draw is None else self.draw.propensity(size)

    @property
    def tried(self) -> int | None:
        """The pair that an exploration brought to its place, None where everything stands where the order puts it."""
        return int(self.draw.pairs[self.draw.taken]) if self.draw and self.draw.taken else None

    def more_like_this(self, place: int) -> int:
        """Return by how many other ids the item of one pair is offered to the person at the moment; the list leaves them out."""
        items, row = self.scene.items, int(self.scene.pairs.item[place])
        twin = int(items.twins[row])
        if twin < 0:
            return 0
        rows = items.offers.row(twin)
        shown = self.scene.law.allowed(items, rows) & items.live(int(self.scene.profile.at[0]), rows)
        return int(np.count_nonzero(shown & (rows != row)))

    def reach(self, place: int) -> Reach:
        """Return how far the item of one pair is."""
        return reach_of(self.scene.pairs, place, self.steps)


def marked(scene: Scene, turns: Turns, policy: Policy) -> Marks:
    """Return what the places of a scene's pairs depend on besides their scores."""
    items, pairs = scene.items, scene.pairs
    widest = np.inf if policy.widest is None else policy.widest
    group = items.groups[SPREAD_OVER[items.kind]][pairs.item]
    twin = items.twins[pairs.item] if policy.once else np.full(len(pairs), -1)
    return Marks(turns.turn, pairs.minutes > widest, np.isnan(pairs.minutes), group, twin, yields="type_mask" not in items.facts)
