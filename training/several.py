"""Several kinds at once: those that cannot be trained are told and served without a ranker, the others are trained."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqrec.contract import Kind
from sqrec.errors import DataError
from training.trained import Trained


@dataclass(frozen=True)
class Several:
    """Hold the kinds that were trained, and of the others why not."""

    trained: tuple[Trained, ...]
    refused: Mapping[Kind, str]


def train_each(kinds: Iterable[Kind], train_one: Callable[[Kind], Trained], say: Callable[[str], None]) -> Several:
    """Train every kind that can be, and say at once why another cannot. Raises DataError, with every reason, where none can be."""
    trained, refused = list[Trained](), dict[Kind, str]()
    for kind in kinds:
        try:
            trained.append(train_one(kind))
        except DataError as problem:
            refused[kind] = str(problem)
    if not trained:
        raise DataError("\n".join(refused.values()))
    for kind, why in refused.items():
        say(f"{kind}: served without a ranker. {why}")
    return Several(tuple(trained), refused)
