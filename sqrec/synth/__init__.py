"""The invented city: residents, vacancies, courses and amenities, and what people do with them.

Nothing here knows of profiles or rankers: the choice model (docs/city.md) is written from the tables' columns alone.
"""

from sqrec.synth.demo import Demo, World, write_demo

__all__ = ["Demo", "World", "write_demo"]
