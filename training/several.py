"""Several kinds at once: those that can be trained are, of the others it is said why not, and what becomes of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqrec import bundle as bundles
from sqrec.contract import Kind
from sqrec.errors import DataError
from training.trained import Trained


class Untrainable(DataError):
    """Say of every kind that was asked for why it cannot be trained."""


@dataclass(frozen=True)
class Several:
    """Hold the kinds that were trained, and of the others why not."""

    trained: tuple[Trained, ...]
    refused: Mapping[Kind, str]

    def outcomes(self, written: Path) -> Iterator[str]:
        """Say of every kind that was not trained what becomes of it in the bundle that was written."""
        kinds = bundles.load(written).kinds if self.refused else {}
        for kind in self.refused:
            if kind not in kinds:
                yield f"{kind}: not served from {written}, which has no {kind} part."
            elif kinds[kind].booster is None:
                yield f"{kind}: served without a ranker from {written}."
            else:
                yield f"{kind}: the earlier ranker stays in {written}."


def train_each(kinds: Iterable[Kind], train_one: Callable[[Kind], Trained], say: Callable[[str], object] = str) -> Several:
    """Train every kind that can be, and say of another why it cannot as soon as that is known.

    Raises Untrainable, with every reason, where none can be.
    """
    trained, refused = list[Trained](), dict[Kind, str]()
    for kind in kinds:
        try:
            trained.append(train_one(kind))
        except DataError as problem:
            refused[kind] = str(problem)
            say(refused[kind])
    if not trained:
        raise Untrainable(" ".join(refused.values()))
    return Several(tuple(trained), refused)
