"""Buckets: units by asker, filled at a rate; dear requests leave a debt."""

from dataclasses import replace

import pytest

from serving.limits.buckets import RATES, Buckets, Rate, rates, units
from serving.problems import RefusedError
from sqrec.access import NOBODY, Asker


class Clock:
    """Tell the time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def refused(buckets: Buckets, who: Asker) -> str:
    with pytest.raises(RefusedError) as found:
        buckets.take(who, 1)
    assert found.value.status == 429
    return found.value.headers["Retry-After"]


def test_a_bucket_is_emptied_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets({"nobody": Rate(2, 3)}, clock)
    for _ in range(3):
        buckets.take(NOBODY, 1)
    assert refused(buckets, NOBODY) == "1"
    clock.now = 0.5
    buckets.take(NOBODY, 1)
    clock.now = 1000.0
    for _ in range(3):
        buckets.take(NOBODY, 1)
    refused(buckets, NOBODY)


def test_a_dear_request_is_answered_and_paid_afterwards() -> None:
    clock = Clock()
    buckets = Buckets({"nobody": Rate(2, 3)}, clock)
    buckets.take(NOBODY, 43)
    assert refused(buckets, NOBODY) == "21"
    clock.now = 19.0
    assert refused(buckets, NOBODY) == "2"
    clock.now = 20.5
    buckets.take(NOBODY, 1)


def test_askers_do_not_share() -> None:
    buckets = Buckets({how: Rate(1, 1) for how in RATES}, Clock())
    askers = [NOBODY, replace(NOBODY, address="10.0.0.1"), replace(NOBODY, address="10.0.0.2")]
    askers += [Asker("key", "key:aaaaaaaa"), Asker("key", "key:bbbbbbbb"), Asker("session", "p01")]
    for who in askers:
        buckets.take(who, 1)
    for who in askers:
        refused(buckets, who)


def test_ten_thousand_askers_are_held() -> None:
    buckets = Buckets({"nobody": Rate(1, 1)}, Clock())
    for number in range(12_000):
        buckets.take(replace(NOBODY, address=str(number)), 1)
    refused(buckets, replace(NOBODY, address="11999"))
    refused(buckets, replace(NOBODY, address="2000"))
    buckets.take(replace(NOBODY, address="1999"), 1)


@pytest.mark.parametrize(
    ("people", "kinds", "n", "explain", "said"),
    [(1, 1, 1, False, 1), (1, 3, 10, False, 3), (1, 1, 11, False, 2), (500, 3, 50, False, 7500), (1, 1, 10, True, 4)],
)
def test_units(people: int, kinds: int, n: int, explain: bool, said: float) -> None:
    assert units(people, kinds, n, explain=explain) == said


def test_rates_are_read() -> None:
    assert rates("nobody=1.5/2") == {**RATES, "nobody": Rate(1.5, 2)}
    for wrong in ("nobody=0/2", "nobody=1/0", "nobody=1", "someone=1/1", "nobody"):
        with pytest.raises(ValueError, match=r".+"):
            rates(wrong)
