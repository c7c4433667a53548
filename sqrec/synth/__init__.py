"""The invented city: residents, vacancies, courses, amenities, and the events of people with them.

Nothing here imports profiles or rankers: the choice model (docs/city.md) reads the tables' columns alone.
"""

from sqrec.synth.demo import Demo, World, write_demo

__all__ = ["Demo", "World", "write_demo"]
