"""Programmes: offers to key groups by published rules, without ranker or score. `sqrec.rank` does not import this room."""

from sqrec.programmes.offerings import Offerings
from sqrec.programmes.offers import Programme, programmes
from sqrec.programmes.queue import Place, Waiting, welfare_queue
from sqrec.programmes.said import programmes_answer

__all__ = ["Offerings", "Place", "Programme", "Waiting", "programmes", "programmes_answer", "welfare_queue"]
