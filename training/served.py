"""Serving parameters fitted to a ranker: the temperature of its scores, and the strength of each rule within the budget."""

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from rich.console import Console

from sqrec.base.arrays import FloatArray
from sqrec.catalogue.snapshot import Snapshot
from sqrec.contract import Kind
from sqrec.evaluate import Split
from sqrec.evaluate.lists.costs import Batch, Gains, Orders, batch_of, expecting
from sqrec.evaluate.lists.reached import lost_at_candidates
from sqrec.evaluate.lists.servingcost import ServingCost, Yielding
from sqrec.rank import Explore, Policy, Ranker, Recommender, Serving, Spread, served_in
from training.propensity import Exposure
from training.rows import selection_of

MOST_ASKED = 2_000
"""The most questions on which costs are measured: enough for intervals of about one per cent, in seconds."""
STRENGTHS = (3.0, 2.0, 1.5, 1.0, 0.75, 0.5, 0.25, 0.125, 0.0)
"""Candidate strengths of the price, as multiples of the city's."""
SURE = 0.01
"""The half-width of a cost's interval up to which it is precise enough."""
_WIDEST = 6.0
"""Temperatures are searched from e^-6 to e^6 standard deviations of the scores."""
_STEPS = 60


def fit_serving(
    recommender: Recommender,
    ranker: Ranker,
    snapshot: Snapshot,
    kind: Kind,
    division: Split,
    rng: np.random.Generator,
    exposure: Exposure,
) -> ServingCost | None:
    """Fit how a kind is served on questions (`selection_of`) that the ranker has not learnt from.

    Uses that came from a shown list have inverse propensity weights. Exploration is counted where SQREC_EXPLORE is set. None in
    a city without a budget for the kind.
    """
    budget = recommender.city.budget.share.get(kind) if recommender.city.budget else None
    if budget is None:
        return None
    known = snapshot.with_events(snapshot.events.where(division.kept))
    asked = selection_of(snapshot, division, repeats=kind in recommender.repeats).some(MOST_ASKED, rng)
    asked, weighed = exposure.weighed(asked, known.events)
    ranking = recommender.with_ranker(kind, ranker)
    batch = batch_of(ranking, known, kind, asked)
    explore = Explore.of(os.environ.get("SQREC_EXPLORE", ""))
    found = affordable(batch, replace(served_in(recommender.city), explore=explore), kind, budget)
    return replace(found, candidates=lost_at_candidates(ranking, known, kind, asked, rng), weighed=weighed)


def affordable(batch: Batch, city: Policy, kind: Kind, budget: float) -> ServingCost:
    """Return the first serving policy whose costs keep within the budget, as measured and as the ranker expects them.

    The budget is a share of expected ndcg@10. A circle that costs more by itself is dropped: people here go farther.
    Exploration yields first, then the price, then diversity; of the price the largest strength within the budget is kept. The
    temperature is always the ranker's. Where too few people were measured, no strength above the city's is tried.
    """
    told, temperature = Orders.of(batch, city, kind), fitted_temperature(batch)
    own = Gains.of(batch, told, city).costs()
    few = not own.half_width <= SURE
    batches = [batch, *([] if temperature is None else [expecting(batch, temperature)])]
    circles = [own.circle.mean, *(Gains.of(one, told, city).circles for one in batches[1:])]
    bounded = replace(city, widest=None) if any(circle > budget for circle in circles) else city
    for policy in ways(bounded, kind, temperature, most=1.0 if few else max(STRENGTHS)):
        orders = Orders.of(batch, policy, kind)  # those of what the ranker expects as well: the scores are the same
        if not any(Gains.of(one, orders, policy).total > budget for one in batches):  # nor where nobody tells
            break
    else:
        raise AssertionError("A list in score order, within a circle that keeps within the budget, does so.")
    costs, *expected = (Gains.of(one, orders, policy).costs() for one in batches)
    exploring = None if city.explore else Gains.of(batch, orders, replace(policy, explore=Explore())).costs().exploration
    return ServingCost(
        serving=_serving(policy, city, kind),
        budget=budget,
        few=few,
        yielded=_yielded(policy, city, kind),
        city=own,
        costs=costs,
        exploring=exploring,
        expected=next(iter(expected), None),
    )


def ways(city: Policy, kind: Kind, temperature: float | None, most: float) -> Iterator[Policy]:
    """Yield serving policies, from the most spreading and exploring to score order alone.

    `most` bounds the strength of the price as a multiple of the city's.
    """
    multiples = [one for one in STRENGTHS if one <= most] if _strength(city, kind) else [0.0]
    plain = replace(city, explore=None)
    if city.explore:
        yield from (_priced(city, kind, one, temperature) for one in multiples if one >= 1 or not _strength(city, kind))
    yield from (_priced(plain, kind, one, temperature) for one in multiples)
    free = _priced(plain, kind, 0.0, temperature)
    if city.spread:
        yield from (
            replace(free, spread=Spread(one, city.spread.first)) for one in range(city.spread.most + 1, city.spread.first)
        )
    yield replace(free, spread=None)


def fitted_temperature(batch: Batch) -> float | None:
    """Return the temperature at which a conditional logit over each list fits the uses best.

    It scales with the scores. None where no list contains a use, or all scores are equal.
    """
    told = [(one.score, one.score[one.gain > 0]) for one in batch.lists if (one.gain > 0).any()]
    spread = float(np.sqrt(np.mean([scores.var() for scores, _ in told]))) if told else 0.0
    if spread == 0:
        return None
    scaled = [((scores - scores[0]) / spread, (used - scores[0]) / spread) for scores, used in told]
    low, high = -_WIDEST, _WIDEST
    for _ in range(_STEPS):  # the likelihood is concave in 1 / temperature: as long as it rises with it, the temperature is lower
        middle = (low + high) / 2
        if _slope(scaled, float(np.exp(-middle))) > 0:
            high = middle
        else:
            low = middle
    return spread * float(np.exp((low + high) / 2))


def tell(kind: Kind, found: ServingCost | None, console: Console) -> None:
    """Print what serving a kind costs, in one line."""
    if found:
        console.print(f"{kind}: {' '.join(note.said('en') for note in found.notes)}", soft_wrap=True, highlight=False)


def _slope(lists: list[tuple[FloatArray, FloatArray]], sharpness: float) -> float:
    """Return how fast the log-likelihood of the choices rises with 1 / temperature: used scores less the expected ones."""
    return sum(float((used - _expected(scores, sharpness)).sum()) for scores, used in lists)


def _expected(scores: FloatArray, sharpness: float) -> float:
    odds = np.exp(scores * sharpness)
    return float((odds * scores).sum() / odds.sum())


def _strength(policy: Policy, kind: Kind) -> float:
    return policy.capacity.strength.get(kind, 0.0) if policy.capacity else 0.0


def _priced(city: Policy, kind: Kind, times: float, temperature: float | None) -> Policy:
    if city.capacity is None:
        return city
    told = {"strength": {kind: times * _strength(city, kind)}, "temperature": temperature or city.capacity.temperature}
    return replace(city, capacity=city.capacity.model_copy(update=told))


def _serving(policy: Policy, city: Policy, kind: Kind) -> Serving:
    temperature = policy.capacity.temperature if policy.capacity else 1.0
    most = policy.spread.most if policy.spread else None
    explores, circle = city.explore is None or policy.explore is not None, policy.widest == city.widest
    return Serving(temperature, _strength(policy, kind), most, explores, circle)


def _yielded(policy: Policy, city: Policy, kind: Kind) -> tuple[Yielding, ...]:
    gave_way: dict[Yielding, bool] = {
        "exploration": policy.explore != city.explore,
        "price": _strength(policy, kind) < _strength(city, kind),
        "diversity": policy.spread != city.spread,
        "circle": policy.widest != city.widest,
    }
    return tuple(name for name, yields in gave_way.items() if yields)
