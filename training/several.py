"""Training of several kinds: a kind that cannot be trained is reported, with what happens to it in the bundle."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqrec import bundle as bundles
from sqrec.contract import Kind
from sqrec.errors import DataError
from training.trained import Trained


class Untrainable(DataError):
    """Raised where none of the kinds can be trained; the message has the reason of each."""


@dataclass(frozen=True)
class Several:
    """Hold the trained kinds, and for each other kind the reason why it was not trained."""

    trained: tuple[Trained, ...]
    refused: Mapping[Kind, str]

    def outcomes(self, written: Path) -> Iterator[str]:
        """Yield for each kind that was not trained what happens to it in the written bundle (its folder)."""
        kinds = bundles.load(written).kinds if self.refused else {}
        for kind in self.refused:
            if kind not in kinds:
                yield f"{kind}: not served from {written}, which has no {kind} part."
            elif kinds[kind].booster is None:
                yield f"{kind}: served without a ranker from {written}."
            else:
                yield f"{kind}: the earlier ranker stays in {written}."


def train_each(kinds: Iterable[Kind], train_one: Callable[[Kind], Trained], say: Callable[[str], object] = str) -> Several:
    """Train every kind with `train_one`; `say` a sentence as soon as one raises DataError.

    Raises Untrainable, with every reason, where no kind can be trained.
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
