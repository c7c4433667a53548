"""Invented worlds, each with another model of choice than the invented city: they show which results depend on how a world is made.

Conventions of all worlds. A class that holds arrays has one entry a person, item or place in each of them; two-dimensional arrays
are people by items unless the docstring says otherwise. People, items and places are indices, -1 is none. `lon` and `lat` are WGS84
degrees, `since` and `until` (or `first` and `last`, `opened` and `shut`) seconds UTC between which an item exists; in the worlds on
unseen_ground.py days from as_of. Wages are yuan a month, fees yuan. `rung`, `school` and `grade` are levels of education from 0,
lowest. `hidden` False and `known` True leave out what no table or event tells. A *utility* is the true value of an item for a
person, *observable* its expectation from tables and events alone (table `utilities`).
"""
