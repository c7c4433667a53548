"""Key groups: who seems to belong to which, by the rules in force in a city, with the evidence. Nothing here is a decision.

Only an official recognition on record makes somebody `recognised`. The rules say `likely` (apply for recognition), `no`, or
`unknown`, naming the missing facts that could decide it. Membership opens programmes; it reaches no ranker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqrec.cities import City
from sqrec.cities.language import Condition
from sqrec.cities.rules import Rule
from sqrec.contract import GROUPS
from sqrec.groups.conditions import ASKABLE, KnownFacts, Truth, all_of, any_of, holds
from sqrec.groups.needs import needed
from sqrec.groups.restricted import Restricted
from sqrec.profile.person import Person

Status: TypeAlias = Literal["recognised", "likely", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one rule as judged: whether it holds (None: unknown) and which known facts it used."""

    rule: str
    role: Literal["required", "one_of"]
    clause: str
    source: str
    trust: str
    holds: Truth
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """Hold what can be said about one person and one group.

    `needs` are the missing facts that could decide an unknown status, empty for any other. `clauses` are those satisfied, in the
    words of the source; `evidence` the rules that decided, or for unknown the rules that still may; `facts` the known facts they
    used. `not_checked` names conditions that no column holds, and open or cut-off clauses. `rules` are all that were asked.
    """

    group: str
    status: Status
    needs: tuple[str, ...]
    clauses: tuple[str, ...]
    facts: tuple[str, ...]
    evidence: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    rules: tuple[str, ...]
    ruleset: str | None
    recognised_on: str | None = None


@dataclass(frozen=True, slots=True)
class KeyGroups:
    """Declare which groups a city's answers tell of, in this order."""

    groups: tuple[str, ...] = GROUPS

    def of(self, person: Person, restricted: Restricted | None, city: City, at: int) -> tuple[Membership, ...]:
        """Return a person's memberships at a moment (microseconds UTC, judged by its day in city time).

        What changed after the moment must be unknown in `person` (`Person.known_at`); without `restricted` all of it is
        unknown. A group without rules in force is left out, unless the person is recognised as belonging to it, and so is one
        that the person had deleted as a tag.
        """
        facts, told = KnownFacts.of(person, restricted, city, at), restricted or Restricted()
        found = [_membership(group, facts, told, city) for group in self.groups if f"group:{group}" not in told.deleted_apart]
        return tuple(one for one in found if one)


def _membership(group: str, facts: KnownFacts, restricted: Restricted, city: City) -> Membership | None:
    day = facts.day.isoformat()
    ruleset, rules = city.groups.of(group, day)
    recognised_on = restricted.recognised_on(group, day)
    if ruleset is None and recognised_on is None:
        return None
    findings = [_finding(rule, rule.condition, facts) for rule in rules if rule.condition]
    status = "recognised" if recognised_on else _status(findings)
    evidence = _deciding(findings, status)
    return Membership(
        group=group,
        status=status,
        needs=_needs(rules, facts) if status == "unknown" else (),
        clauses=() if status == "no" else _satisfied(findings),
        facts=(*(("recognised",) if recognised_on else ()), *_ordered(fact for one in evidence for fact in one.facts)),
        evidence=evidence,
        not_checked=() if recognised_on else _not_checked(rules, evidence),
        rules=tuple(rule.id for rule in rules),
        ruleset=ruleset.id if ruleset else None,
        recognised_on=recognised_on,
    )


def _finding(rule: Rule, condition: Condition, facts: KnownFacts) -> Finding:
    used = _ordered(rule.reads & facts.values.keys())
    return Finding(rule.id, rule.role, rule.clause, rule.source, rule.trust, holds(condition, facts), used)


def _belongs(roles: Sequence[str], truths: Sequence[Truth]) -> Truth:
    """Return what rules, by role, say together: every required one, and one of the others where there are any."""
    told = list(zip(roles, truths, strict=True))
    required = [truth for role, truth in told if role == "required"]
    others = [truth for role, truth in told if role == "one_of"]
    return all_of([*required, any_of(others)] if others else required)


def _status(findings: Sequence[Finding]) -> Status:
    told = _belongs([one.role for one in findings], [one.holds for one in findings])
    return "unknown" if told is None else "likely" if told else "no"


def _needs(rules: Sequence[Rule], facts: KnownFacts) -> tuple[str, ...]:
    asked = [(rule.role, rule.condition) for rule in rules if rule.condition]
    roles = [role for role, _ in asked]
    return needed([condition for _, condition in asked], facts, lambda truths: _belongs(roles, truths) is not None)


def _deciding(findings: Sequence[Finding], status: Status) -> tuple[Finding, ...]:
    """Return the rules that decided: those that hold, those that do not, or for unknown those that still may."""
    if status != "no":
        return tuple(one for one in findings if one.holds or (status == "unknown" and one.holds is None))
    broken = tuple(one for one in findings if one.holds is False)
    return tuple(one for one in broken if one.role == "required") or broken


def _satisfied(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the clauses that hold: of the alternatives where a rule set has any, else of what it requires."""
    role = "one_of" if any(one.role == "one_of" for one in findings) else "required"
    return tuple(one.clause for one in findings if one.holds and one.role == role)


def _not_checked(rules: Sequence[Rule], evidence: Sequence[Finding]) -> tuple[str, ...]:
    """Return what no column holds: of the rules that decided, and of every open or cut-off clause."""
    told = {one.rule for one in evidence}
    return tuple(dict.fromkeys(text for rule in rules if rule.condition is None or rule.id in told for text in rule.not_checked))


def _ordered(facts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(facts), key=ASKABLE.index))
