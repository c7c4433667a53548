"""Which room imports which, and is there a circle? `python -m experiments.questions.rooms [--dot]` draws the answer."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated

import grimp
import typer

PACKAGES = ("sqrec", "features", "training", "serving", "experiments")
Below = Mapping[str, frozenset[str]]
"""The rooms that each room imports."""


def room_of(module: str) -> str:
    """Return the room of a module: a package of the top level, and within the library the name below `sqrec`."""
    return ".".join(module.split(".")[: 2 if module.startswith("sqrec.") else 1])


def rooms() -> Below:
    """Return what every room imports, by all imports there are: those inside functions and those for types alone count too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return below(graph.modules, ((one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)))


def below(modules: Iterable[str], imports: Iterable[tuple[str, str]]) -> Below:
    """Return what every room imports, of modules and pairs of modules of which the first imports the second."""
    found: dict[str, set[str]] = {room_of(module): set() for module in modules}
    for one, other in imports:
        if room_of(one) != room_of(other):
            found[room_of(one)].add(room_of(other))
    return {room: frozenset(others) for room, others in found.items()}


def circle(found: Below) -> tuple[str, ...]:
    """Return rooms of which each imports the next, the last being the first again; nothing where there is no circle."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as problem:
        return tuple(reversed(problem.args[1]))
    return ()


def floors(found: Below) -> list[list[str]]:
    """Return the rooms floor by floor, the top floor first, each as low as what it imports allows; there may be no circle."""
    height: dict[str, int] = {}
    for room in TopologicalSorter(found).static_order():
        height[room] = 1 + max((height[other] for other in found[room]), default=-1)
    return [sorted(room for room in found if height[room] == floor) for floor in sorted(set(height.values()), reverse=True)]


def drawn(found: Below) -> str:
    """Return the graph as text: a line a room, floor by floor, with what it imports; or the circle. `sqrec.` is left out of names."""
    if ring := circle(found):
        return f"There is a circle: {' → '.join(ring)}."
    lines = [
        f"{floor:>2}  {_short(room):<12} → {', '.join(map(_short, sorted(found[room]))) or '–'}"
        for floor, room in _numbered(found)
    ]
    arrows = sum(map(len, found.values()))
    return "\n".join([*lines, f"{len(found)} rooms, {arrows} arrows, no circle."])


def dot(found: Below) -> str:
    """Return the graph in the language of Graphviz: `… --dot | dot -Tsvg > rooms.svg`."""
    return "\n".join(["digraph rooms {", *(f'  "{room}" -> "{other}";' for room in found for other in sorted(found[room])), "}"])


def main(*, as_dot: Annotated[bool, typer.Option("--dot", help="for Graphviz")] = False) -> None:
    """Draw the imports between rooms; exit code 1 where they go round in a circle."""
    found = rooms()
    typer.echo(dot(found) if as_dot else drawn(found))
    if circle(found):
        raise typer.Exit(1)


def _short(room: str) -> str:
    return room.removeprefix("sqrec.")


def _numbered(found: Below) -> list[tuple[int, str]]:
    every = floors(found)
    return [(len(every) - place, room) for place, floor in enumerate(every) for room in floor]


if __name__ == "__main__":
    typer.run(main)
