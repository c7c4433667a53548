"""What a person wants, and in which turn items answer it: work and courses of wanted trades, places of declared needs."""

from dataclasses import dataclass

import numpy as np

from sqrec.arrays import BoolArray, FloatArray, IntArray, KeyArray, lookup
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.pairs import Pairs

KIN = 0.5
"""The least cosine of two trades' skills (`Items.trade_kinship`) that makes them kin."""
ANSWERS, NEAREST, RELATED, OTHERS = range(4)
"""The turns of a list: what answers the wish within reach; where nothing does, the nearest that does and what is kin; all else."""


@dataclass(frozen=True)
class Turns:
    """Hold in which turn each pair comes, and whether there was a wish to answer.

    `asked` is false where the person wants nothing that items of this kind could answer; `within` are the minutes that count as
    within reach.
    """

    turn: IntArray
    asked: bool
    within: float = np.inf

    @classmethod
    def none(cls, pairs: int) -> "Turns":
        """Return one turn for all: nothing was asked for."""
        return cls(np.full(pairs, OTHERS), asked=False)

    @property
    def answered(self) -> bool:
        """Tell whether anything within reach answers the wish."""
        return bool((self.turn == ANSWERS).any())

    @property
    def nearest(self) -> int | None:
        """The pair that answers the wish beyond reach, where nothing within it does; None where there is none."""
        found = np.flatnonzero(self.turn == NEAREST)
        return int(found[0]) if len(found) else None


def turns_of(profile: Profiles, items: Items, pairs: Pairs, widest: float) -> Turns:
    """Return the turns of one person's pairs; what is farther than `widest` minutes answers no wish, what has no minutes does."""
    trades = wanted_trades(profile)
    needs = int(profile.fact("needs")[0]) if "type_mask" in items.facts else 0
    if len(trades) == 0 if "type_mask" not in items.facts else needs == 0:
        return Turns.none(len(pairs))
    answers = (items.answers[pairs.item] & needs) != 0 if needs else _of_trades(profile, items, pairs, trades)
    turn = np.full(len(pairs), OTHERS)
    far = pairs.minutes > widest
    turn[answers & ~far] = ANSWERS
    if not (answers & ~far).any():
        turn[~far & _kin(items, pairs, trades)] = RELATED
        if (beyond := np.flatnonzero(answers)).size:
            turn[beyond[np.argmin(pairs.minutes[beyond])]] = NEAREST
    return Turns(turn, asked=True, within=widest)


def wanted_trades(profile: Profiles) -> KeyArray:
    """Return the trades (first three parts of the code) that one person wants; who names none wants that of the newest past work."""
    desired = profile.codes("desired", 0)
    found = np.unique((desired if len(desired) else profile.codes("occupations", 0)[:1])[:, 2])
    return found[found > 0]


def _of_trades(profile: Profiles, items: Items, pairs: Pairs, trades: KeyArray) -> BoolArray:
    """Tell which pairs are of some trades; a course that leads no further than what the person holds is none of them."""
    groups = lookup(items.group_keys["trade"], trades)
    found = np.isin(items.groups["trade"][pairs.item], groups[groups >= 0])
    return found & ~_held(profile, items, pairs.item) if "level" in items.facts else found


def _held(profile: Profiles, items: Items, item: IntArray) -> BoolArray:
    """Tell which courses end at a certificate level that the person holds, or a lower one, in a skill that they teach."""
    mine = profile.facts.skills.row(int(profile.who[0]))
    mine = mine[mine[:, 1] > 0]
    if len(mine) == 0:
        return np.zeros(len(item), bool)
    taught, level = items.skills.take(item), items.facts["level"][item]
    owner = np.repeat(np.arange(len(item)), taught.sizes)
    same = taught.values[:, None, 0] == mine[None, :, 0]
    reached = (same & (mine[None, :, 1] <= level[owner, None])).any(axis=1)  # 5 is the lowest level, 1 the highest
    return np.bincount(owner[reached], minlength=len(item)) > 0


def _kin(items: Items, pairs: Pairs, trades: KeyArray) -> BoolArray:
    """Tell which pairs are of a trade whose vacancies ask for much the same skills as those of the wanted ones."""
    groups = lookup(items.group_keys["trade"], trades) if "trade" in items.groups else np.empty(0, np.int64)
    groups = groups[groups >= 0]
    if len(groups) == 0:
        return np.zeros(len(pairs), bool)
    kin: FloatArray = np.nan_to_num(items.trade_kinship[:, groups]).max(axis=1)
    trade = items.groups["trade"][pairs.item]
    return (trade >= 0) & (kin[trade] >= KIN)
