"""What a person wants, and in which turn items answer it: work and courses of wanted trades, places of declared needs."""

from dataclasses import dataclass, replace

import numpy as np

from sqrec.base.arrays import BoolArray, FloatArray, IntArray, KeyArray, lookup
from sqrec.catalogue.items import Items
from sqrec.profile.profiler import Profiles
from sqrec.rank.clashes import Clashes, clashes_of, far_from_met, out_of_question
from sqrec.rank.pairs import Pairs
from sqrec.rank.situations import sent_to, untold

KIN = 0.5
"""The least cosine of two trades' skills (`Items.trade_kinship`) that makes them kin."""
STEPS = 6
"""How many turns what answers the wish near has, and what answers it farther off: the very occupation before others of its class, what
clashes with nothing that was told before what does, then what clashes twice, and last what is out of the question."""
ANSWERS, FARTHER, NEAREST = range(0, 3 * STEPS, STEPS)
RELATED, OTHERS, UNFIT, HELD = range(NEAREST + 1, NEAREST + 5)
"""The turns of a list, the first of each: what answers the wish near or online; what answers it farther off, yet within reach, or nobody
knows where; where neither does, the nearest that does; what is kin, and the place to which her situation sends a person; all else;
vacancies that clash with told forms or hours, and places for somebody of whom nothing is told; courses that end at a certificate the
person holds."""
FAR = 2.0
"""How many times the reach the nearest may lie off to be shown first: beyond that a list only says where it is."""


@dataclass(frozen=True)
class Turns:
    """Hold in which turn each pair comes, and whether there was a wish to answer.

    `asked` is false where the person wants nothing that items of this kind could answer; `within` are the minutes that count as
    within reach, `nearest` is the pair that answers the wish beyond them, where nothing within does (None: none at all).
    """

    turn: IntArray
    asked: bool
    within: float = np.inf
    nearest: int | None = None

    @classmethod
    def none(cls, pairs: int) -> "Turns":
        """Return one turn for all: nothing was asked for."""
        return cls(np.full(pairs, OTHERS), asked=False)

    @property
    def answered(self) -> bool:
        """Tell whether anything within reach, or of unknown place, answers the wish."""
        return bool((self.turn < NEAREST).any())


def turns_of(profile: Profiles, items: Items, pairs: Pairs, within: float) -> Turns:
    """Return the turns of one person's pairs; near is what lies within half of the minutes that are within reach.

    Whose place is unknown has everything near.
    """
    minutes = pairs.minutes
    near = (minutes <= within / 2) | items.anywhere[pairs.item] | np.isnan(minutes).all()
    if "type_mask" in items.facts:
        return _of_places(profile, items, pairs, near, within)
    wanted, trades = _wanted(profile), wanted_trades(profile)
    answers = _of_trades(items, pairs, trades) if len(trades) else np.zeros(len(pairs), bool)
    clashes = clashes_of(profile, items, pairs.item) if items.kind == "job" else None
    turn = np.full(len(pairs), OTHERS) if clashes is None else np.where(clashes.telling, UNFIT, OTHERS)
    if "level" in items.facts:
        turn[_held(profile, items, pairs.item)] = HELD
    if len(trades) == 0:
        return Turns(turn, asked=False)
    answers &= turn != HELD
    reached = np.flatnonzero(answers & ~(minutes > within))
    if len(reached):
        steps = 0 if clashes is None else _steps(profile, items, pairs.item[reached], wanted, clashes.of(reached))
        turn[reached] = np.where(near[reached], ANSWERS, FARTHER) + steps
        return Turns(turn, True, within)
    turn[answers & (turn == UNFIT)] = OTHERS  # nothing nearer answers
    turn[~(minutes > within) & _kin(items, pairs, trades) & (turn != HELD)] = RELATED
    nearest = _nearest(answers, minutes)
    if nearest is not None and minutes[nearest] <= FAR * within:
        turn[nearest] = NEAREST
    return Turns(turn, True, within, nearest)


def _of_places(profile: Profiles, items: Items, pairs: Pairs, near: BoolArray, within: float) -> Turns:
    """Return the turns of places: those of declared needs, then where the situation sends a person, last what only a told need speaks of."""
    turns = _of_needs(int(profile.fact("needs")[0]), items.answers[pairs.item], pairs.minutes, near, within)
    sent = sent_to(profile, items, pairs.item, pairs.minutes, near)
    turns.turn[sent[turns.turn[sent] == OTHERS]] = RELATED
    turns.turn[untold(profile, items, pairs.item) & (turns.turn == OTHERS)] = UNFIT
    return turns


def _steps(profile: Profiles, items: Items, rows: IntArray, wanted: KeyArray, clashes: Clashes) -> IntArray:
    """Return how many steps behind the first answers each vacancy stands."""
    very = _very(items.facts["occupation"][rows], wanted)
    out = out_of_question(profile, items, rows, clashes, far_from_met(profile, items, rows), very)
    return np.where(out, STEPS - 1, np.where(clashes.twice, STEPS - 2, 2 * ~very + clashes.any))


def _very(codes: KeyArray, wanted: KeyArray) -> BoolArray:
    """Tell which codes are of a wanted occupation, or of a trade that was wanted as a whole: by three parts of a code."""
    whole = wanted[wanted[:, 3] == 0, 2]
    return np.isin(codes[:, 3], wanted[wanted[:, 3] > 0, 3]) | np.isin(codes[:, 2], whole[whole > 0])


def _of_needs(needs: int, answers: IntArray, minutes: FloatArray, near: BoolArray, within: float) -> Turns:
    """Return the turns of places: what answers a need near; of each need that nothing near answers, the nearest that does."""
    turn = np.full(len(answers), OTHERS)
    if needs == 0:
        return Turns(turn, asked=False)
    turn[((answers & needs) != 0) & near] = ANSWERS
    for need in (1 << bit for bit in range(needs.bit_length()) if needs >> bit & 1):
        mine = (answers & need) != 0
        first = None if (mine & near).any() else _nearest(mine, minutes)
        if first is not None and turn[first] == OTHERS and not minutes[first] > FAR * within:
            turn[first] = NEAREST if minutes[first] > within else FARTHER
    found = Turns(turn, True, within)
    return found if found.answered else replace(found, nearest=_nearest((answers & needs) != 0, minutes))


def _nearest(answers: BoolArray, minutes: FloatArray) -> int | None:
    """Return the nearest pair that answers; those of unknown minutes come last."""
    found = np.flatnonzero(answers)
    return int(found[np.argmin(np.nan_to_num(minutes[found], nan=np.inf))]) if len(found) else None


def wanted_trades(profile: Profiles) -> KeyArray:
    """Return the trades (first three parts of the code) that one person wants; who names none wants that of the newest past work."""
    found = np.unique(_wanted(profile)[:, 2])
    return found[found > 0]


def _wanted(profile: Profiles) -> KeyArray:
    """Return the codes, large to small, of what a person wants; who names nothing wants the newest past work."""
    desired = profile.codes("desired", 0)
    return desired if len(desired) else profile.codes("occupations", 0)[:1]


def _of_trades(items: Items, pairs: Pairs, trades: KeyArray) -> BoolArray:
    """Tell which pairs are of some trades."""
    groups = lookup(items.group_keys["trade"], trades)
    trade = items.groups["trade"][pairs.item]
    return (trade >= 0) & (trade[:, None] == groups).any(axis=1)


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
