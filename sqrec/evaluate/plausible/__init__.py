"""The yardstick of plausibility: what a placement officer would say of one item for one person.

A published rubric (docs/plausibility.md), made of raw facts alone and without looking at any ranker: grades 0 to 3, each with its
sentence. It says whether a list can be defended, not whether it is the best one.
"""

from sqrec.evaluate.plausible.graded import Graded
from sqrec.evaluate.plausible.rubric import Rubric, rubric
from sqrec.evaluate.plausible.yardstick import Yardstick, grade, rows_of

__all__ = ["Graded", "Rubric", "Yardstick", "grade", "rows_of", "rubric"]
