"""Rules about people as data: rules, rule sets, which set holds for which group since when, and the queue for welfare posts."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sqrec.cities.language import Condition, Name
from sqrec.cities.parts import Part, Source, Trust
from sqrec.contract import GROUPS


class Rule(Part):
    """Hold one rule of a set: its clause in the words of the source, and what of it can be checked.

    A person belongs to the group of a set where every `required` rule holds and at least one `one_of` rule, if there
    are any. `not_checked` names conditions that no column holds; a rule without `condition` is open or cut off: it is
    named and takes no part.
    """

    id: Name
    group: Annotated[str, Field(pattern=f"^({'|'.join(GROUPS)})$")]
    role: Literal["required", "one_of"]
    clause: Name
    source: Name
    trust: Trust
    valid_from: str
    valid_to: str | None = None
    condition: Condition | None = None
    not_checked: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _says_what_is_open(self) -> Self:
        """Refuse a rule that neither checks anything nor says what it leaves open."""
        if self.condition is None and not self.not_checked:
            raise ValueError(f"rule {self.id!r} has no condition: say under not_checked what is open")
        return self

    @cached_property
    def reads(self) -> frozenset[str]:
        """The columns of `people` and `restricted` that it asks; none for an open clause."""
        return self.condition.reads if self.condition else frozenset()

    def valid_on(self, day: str) -> bool:
        """Tell whether the rule is valid on a day (YYYY-MM-DD), both ends inclusive."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RuleSet(Source):
    """Hold the rules of one text: a law, a notice, or common practice."""

    id: Name
    title: Name
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _rules_differ(self) -> Self:
        """Refuse two rules of one id."""
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) < len(ids):
            raise ValueError(f"rule set {self.id!r} has two rules of one id")
        return self


class InForce(Source):
    """Say which rule set a city uses for a group, since when."""

    group: Annotated[str, Field(pattern=f"^({'|'.join(GROUPS)})$")]
    ruleset: Name


class GroupRules(Part):
    """Hold a city's rule sets and which of them is in force for which group."""

    in_force: tuple[InForce, ...] = ()
    rulesets: tuple[RuleSet, ...] = ()

    @model_validator(mode="after")
    def _are_there(self) -> Self:
        """Refuse a set in force that is not there, or has no rule for its group."""
        there = {(one.id, rule.group) for one in self.rulesets for rule in one.rules}
        if strange := sorted({(one.ruleset, one.group) for one in self.in_force} - there):
            raise ValueError(f"no rules for {', '.join(f'{group} in {ruleset}' for ruleset, group in strange)}")
        return self

    def of(self, group: str, day: str) -> tuple[RuleSet | None, tuple[Rule, ...]]:
        """Return the rule set in force for a group on a day (YYYY-MM-DD) and its rules valid on it; None where there is none."""
        used = max(
            (one for one in self.in_force if one.group == group and one.since <= day), key=lambda one: one.since, default=None
        )
        if used is None:
            return None, ()
        ruleset = next(one for one in self.rulesets if one.id == used.ruleset)
        return ruleset, tuple(rule for rule in ruleset.rules if rule.group == group and rule.valid_on(day))


class Step(Part):
    """Hold one class of a queue: who is in it."""

    id: Name
    clause: Name
    condition: Condition


class Welfare(Source):
    """Say who may have a public-welfare post and in which order they wait.

    Open to members of `groups` for whom `condition` holds; `queue` lists the classes, first served first, and `first` says
    who comes first inside a class. `not_checked` names what no column holds.
    """

    groups: tuple[str, ...]
    clause: Name
    condition: Condition
    queue: tuple[Step, ...]
    first: Condition
    not_checked: tuple[Name, ...] = ()
