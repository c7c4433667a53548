"""Invented texts of employers and advertisements."""

from collections.abc import Sequence

import numpy as np

from sqrec.base.arrays import AnyArray, BoolArray, IntArray
from sqrec.synth.data import ints, pick, read
from sqrec.synth.trades import trades


def brand(rng: np.random.Generator) -> str:
    """Return an invented brand of two characters."""
    words = read("words")
    return pick(rng, words["brand_first"]) + pick(rng, words["brand_second"])


def address(rng: np.random.Generator) -> str:
    """Return an invented street address."""
    return f"{pick(rng, read('words')['roads'])}{int(rng.integers(1, 300))}号"


def titles(trade: IntArray, firms: Sequence[str], kind: AnyArray, rng: np.random.Generator) -> list[str]:
    """Return a title for every vacancy, as advertised: a variant of the occupation's title, some with employer or extras.

    `trade`, `firms` and `kind` have one entry a vacancy: occupation, employer's name, kind of post.
    """
    words, rows = read("words"), trades().rows
    found: list[str] = []
    for row, number in enumerate(ints(trade)):
        names, luck = rows[number].titles, rng.random(4).tolist()
        title = names[int(len(names) * luck[0] ** 1.4)]
        if kind[row] == "public_welfare":
            title = f"公益性岗位（{title}）"
        elif kind[row] == "event":
            title = f"社区市集临时{title}"
        elif luck[1] < 0.14:
            title = pick(rng, words["title_before"]) + title
        elif luck[1] < 0.3:
            title = f"{firms[row]}{'' if luck[2] < 0.5 else '招'}{title}"
        found.append(title + (pick(rng, words["title_after"]) if luck[3] < 0.34 else ""))
    return found


def addresses(placed: BoolArray, rng: np.random.Generator) -> list[str | None]:
    """Return an address for every item that `placed` marks, None for the others."""
    return [address(rng) if here else None for here in placed]


def benefits(size: int, rng: np.random.Generator) -> list[str | None]:
    """Return the benefits of `size` vacancies, None for some."""
    words = read("words")["benefits"]
    counts = rng.integers(1, 4, size) * (rng.random(size) < 0.6)
    return ["、".join([words[place] for place in ints(rng.permutation(len(words))[:count])]) or None for count in ints(counts)]


def descriptions(trade: IntArray, rng: np.random.Generator) -> list[str | None]:
    """Return a description of a sentence or two for every vacancy, None for some; `trade` is its occupation."""
    texts, found = read("words")["description"], list[str | None]()
    for number in ints(trade):
        skills = trades().rows[number].skills
        text = pick(rng, texts).format(what=skills[0], skill=skills[-1])
        found.append(text if rng.random() < 0.7 else None)
    return found
