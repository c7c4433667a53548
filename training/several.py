"""Training of several kinds: a kind that cannot be trained is reported and served without a ranker."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqrec.contract import Kind
from sqrec.errors import DataError
from training.trained import Trained


@dataclass(frozen=True)
class Several:
    """Hold the trained kinds, and for each other kind the reason why it was not trained."""

    trained: tuple[Trained, ...]
    refused: Mapping[Kind, str]


def train_each(kinds: Iterable[Kind], train_one: Callable[[Kind], Trained], say: Callable[[str], None]) -> Several:
    """Train every kind with `train_one`; afterwards `say` a sentence for each kind that raised DataError.

    Raises DataError with every reason where no kind can be trained.
    """
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
