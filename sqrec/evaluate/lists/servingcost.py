"""How a kind is served and what that costs, from training to the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np

from sqrec.evaluate.lists.costs import Costs
from sqrec.evaluate.lists.lists import FIRST
from sqrec.evaluate.lists.weighing import Weighing
from sqrec.evaluate.stats.compare import Interval, interval_of
from sqrec.evaluate.stats.notes import Note
from sqrec.rank import Serving

Yielding = Literal["exploration", "price", "diversity", "circle"]
"""What may cost, in the order in which it yields where all of it costs more than the budget; a circle that does so alone yields first."""


@dataclass(frozen=True)
class ServingCost:
    """Hold how a kind is served and what it costs: `city` by the city's file, `costs` as served.

    `few`: too few people were measured. `yielded` are the rules that were weakened for the budget; `exploring` is what the
    usual exploration would cost besides, None where `costs` include it; `candidates` what candidate generation loses, None
    where a request scores the whole catalogue. `expected` are the costs by the ranker's own expectation (`expecting`), None
    without a temperature; `weighed` describes the weights of the questions, None where all are equal.
    """

    serving: Serving
    budget: float
    few: bool
    yielded: tuple[Yielding, ...]
    city: Costs
    costs: Costs
    exploring: Interval | None
    candidates: Interval | None = None
    expected: Costs | None = None
    weighed: Weighing | None = None

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        city, costs = Costs.of_json(told["city"]), Costs.of_json(told["costs"])
        exploring = interval_of(told["exploring"]) if told["exploring"] else None
        candidates = interval_of(told["candidates"]) if told.get("candidates") else None
        expected = Costs.of_json(told["expected"]) if told.get("expected") else None
        weighed = Weighing.of_json(told["weighed"]) if told.get("weighed") else None
        serving, yielded = Serving(**told["serving"]), tuple(told["yielded"])
        return cls(serving, told["budget"], told["few"], yielded, city, costs, exploring, candidates, expected, weighed)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes about serving, in the order of the report."""
        total, city = self.costs.total, self.city.total
        told = {"budget": f"{self.budget:.1%}", "total": f"{total.mean:.1%}", "people": total.n, "city": f"{city.mean:.1%}"}
        numbers = {"temperature": f"{self.serving.temperature:.3g}", "strength": f"{self.serving.strength:.3g}"}
        how = "serving.nobody" if np.isnan(total.mean) else "serving.few" if self.few else "serving.fitted"
        gave_way = [Note(f"serving.yielded.{name}", {"most": self.serving.most or FIRST}) for name in self.yielded]
        more = [] if self.exploring is None else [Note("serving.exploring", {"more": f"{self.exploring.mean:.1%}"})]
        lost = [] if self.candidates is None else [Note("serving.candidates", {"lost": f"{self.candidates.mean:.1%}"})]
        own = [] if self.expected is None else [Note("serving.expected", {"total": f"{self.expected.total.mean:.1%}"})]
        wish, over = self.costs.wish.mean, self.costs.wish.mean > self.budget
        asked = [Note("serving.wish.over" if over else "serving.wish", {"wish": f"{wish:.1%}", "budget": f"{self.budget:.1%}"})]
        counted = [self.weighed.note] if self.weighed else []
        priced = [Note("serving.price", numbers)] if self.serving.strength > 0 and how != "serving.nobody" else []
        return (
            Note(how, told),
            *(asked if wish and not np.isnan(wish) else []),
            *counted,
            *own,
            *priced,
            *gave_way,
            *lost,
            *(more if not np.isnan(total.mean) else []),
        )
