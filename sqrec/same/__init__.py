"""Records that are one thing by several ids: blocks, scores, groups; rules.json holds the points and thresholds."""

from sqrec.same.groups import NONE, groups_of
from sqrec.same.records import Records
from sqrec.same.rules import Rules, rules_of
from sqrec.same.worded import firm

__all__ = ["NONE", "Records", "Rules", "firm", "groups_of", "rules_of"]
