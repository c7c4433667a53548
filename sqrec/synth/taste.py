"""The hidden part of the choice model: lasting tastes of people, and the quality of items.

A taste is a standard normal number, computed from the secret keys of a person and of an item or its group. The keys are drawn at
random and stand in no table, so that tastes cannot be derived from ids.
"""

from dataclasses import dataclass

import numpy as np

from sqrec.base.arrays import AnyArray, KeyArray, mixed
from sqrec.synth.catalogue import Catalogue
from sqrec.synth.data import read, stream

_PARTS = ("group", "provider", "place", "own")


@dataclass(frozen=True)
class Taste:
    """Hold the secret keys of a kind: one of each person, and for each item one of its group, provider, place and of itself.

    `groups` are the keys of the groups, `quality` is standard normal per item, `weight` the weight of each part.
    """

    person: KeyArray
    item: dict[str, KeyArray]
    groups: KeyArray
    quality: AnyArray
    weight: dict[str, float]

    def hidden(self, person: AnyArray, item: AnyArray) -> AnyArray:
        """Return the hidden utility of pairs, float32; `person` and `item` broadcast."""
        key = self.person[person]
        total = self.quality[item] * np.float32(self.weight["quality"])
        for part in _PARTS:
            if self.weight[part]:
                total = total + np.float32(self.weight[part]) * normal(key ^ self.item[part][item])
        return total

    def favourite(self, person: AnyArray) -> AnyArray:
        """Return the group (index) with the highest taste of each person."""
        return normal(self.person[person][:, None] ^ self.groups[None]).argmax(axis=1)


def normal(keys: KeyArray) -> AnyArray:
    """Return one nearly standard normal number per key: the sum of four uniform ones (Irwin and Hall), float32."""
    bits = mixed(keys)
    low, high = (bits & np.uint64(0xFFFFFFFF)).astype(np.uint32), (bits >> np.uint64(32)).astype(np.uint32)
    total = ((low & 0xFFFF) + (low >> 16) + (high & 0xFFFF) + (high >> 16)).astype(np.float32)
    return (total / np.float32(65536) - np.float32(2)) * np.float32(3**0.5)


def taste(items: Catalogue, people: int, world: str, seed: int) -> Taste:
    """Draw the secret keys of a kind; `world` names the weights in worlds.json."""
    rng = stream(seed, f"hidden {items.kind}")
    groups = _keys(rng, int(items.group.max()) + 1)
    providers = _keys(rng, int(items.provider.max()) + 2)
    homes = _keys(rng, int(items.community.max()) + 1)
    return Taste(
        person=_keys(rng, people),
        item={
            "group": groups[items.group],
            "provider": providers[items.provider],
            "place": homes[items.community],
            "own": _keys(rng, len(items)),
        },
        groups=groups,
        quality=rng.standard_normal(len(items)).astype(np.float32),
        weight=read("worlds")["tastes"][world]["hidden"][items.kind],
    )


def _keys(rng: np.random.Generator, size: int) -> KeyArray:
    return rng.integers(0, np.iinfo(np.uint64).max, size, dtype=np.uint64)
