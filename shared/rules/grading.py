"""How grave a case is, who takes charge of it, what it flips to with time, and what applies to it at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from shared.rules.asking import FollowUpBy
from shared.rules.conditions import ALWAYS, Matter
from shared.rules.limits import whole
from shared.rules.model import CaseType, Category, NoticeRule, Pack, Severity, UpgradeRule
from shared.rules.words import StartFact
from shared.timekeeping.calendar import add_months

_VARIANT = "variant."
_ACKNOWLEDGE = "acknowledge_minutes."
_AT_ONCE = "immediate_ack_minutes"


class UnknownWord(LookupError):
    """A category, severity or criterion the case type does not have.

    Attributes:
        kind: ``category``, ``severity`` or ``criterion``.
        word: What was asked for.
        known: What there is.
    """

    def __init__(self, kind: str, word: str, known: Collection[str]) -> None:
        super().__init__(f"no {kind} {word}; there are {', '.join(known)}")
        self.kind = kind
        self.word = word
        self.known = tuple(known)


def category_named(case_type: CaseType, word: str) -> Category:
    """The category of that id, or UnknownWord."""
    found = {category.id: category for category in case_type.categories}
    if word not in found:
        raise UnknownWord("category", word, found)
    return found[word]


def severity_named(case_type: CaseType, word: str) -> Severity:
    """The severity of that id, or UnknownWord."""
    for severity in case_type.severities:
        if severity.id == word:
            return severity
    raise UnknownWord("severity", word, [severity.id for severity in case_type.severities])


def severity_of(case_type: CaseType, criteria: Collection[str]) -> str:
    """The gravest severity any of whose criteria is ticked, else the default (CL-1).

    Raises:
        UnknownWord: A criterion the case type does not have.
    """
    grades = {criterion.id: severity for severity in case_type.severities for criterion in severity.criteria}
    for word in criteria:
        if word not in grades:
            raise UnknownWord("criterion", word, grades)
    ticked = [grades[word] for word in criteria]
    return max(ticked, key=lambda severity: severity.rank).id if ticked else case_type.default_severity


def handler_of(case_type: CaseType, matter: Matter) -> str | None:
    """The role in charge at this severity; None leaves it to the responsible department (X-10)."""
    severity = severity_named(case_type, matter.severity)
    switched = (role for switch, role in severity.handler_if.items() if switch in matter.flags)
    return next(switched, severity.handler)


def upgrades_for(case_type: CaseType, matter: Matter) -> tuple[UpgradeRule, ...]:
    """The upgrades that threaten the case: those whose severity is graver than its own."""
    rank = severity_named(case_type, matter.severity).rank
    return tuple(
        rule
        for rule in case_type.upgrades
        if rule.when.holds(matter) and severity_named(case_type, rule.to).rank > rank
    )


def upgrade_at(rule: UpgradeRule, *, registered_at: datetime, zone: str) -> datetime | None:
    """When an unresolved case is upgraded: 24:00 of the day number, *months* after registration (TS-5, UP-1).

    An approved extension or a reopening does not move it. None for an upgrade that time does not bring.
    """
    return None if rule.months is None else add_months(registered_at, rule.months, zone)


def upgrade_by_raises(
    pack: Pack, case_type: CaseType, matter: Matter, *, raises: int, parameters: Mapping[str, str | int]
) -> UpgradeRule | None:
    """The upgrade that *raises* of the customer bring about; None while they are fewer than "several" (UP-2, CL-6)."""
    for rule in upgrades_for(case_type, matter):
        several = whole(parameter(pack, rule.after_raises, parameters)) if rule.after_raises else None
        if several is not None and raises >= several:
            return rule
    return None


def notices_for(case_type: CaseType, matter: Matter, *, on: StartFact = StartFact.RECEIVED) -> tuple[NoticeRule, ...]:
    """Who is told at once when *on* happens."""
    return tuple(rule for rule in case_type.raises_at_intake if rule.on is on and rule.when.holds(matter))


def follow_up_by(case_type: CaseType, matter: Matter) -> FollowUpBy:
    """The roles that ask the customer afterwards, and how."""
    rule = case_type.follow_up
    usual = FollowUpBy(ALWAYS, rule.who, rule.source)
    found = next((by for by in rule.instead if by.when.holds(matter)), usual)
    return replace(found, method=found.method or rule.method)


def switches_on(pack: Pack, parameters: Mapping[str, str | int]) -> frozenset[str]:
    """The pack's variants that the site has turned on by ``variant.<id>: on``."""
    return frozenset(switch for switch in pack.variants if parameters.get(_VARIANT + switch) == "on")


def acknowledge_minutes(pack: Pack, severity: str, parameters: Mapping[str, str | int]) -> int:
    """Minutes of duty time before an unacknowledged raise climbs (ESC-3a, TS-7).

    The site's own number for the severity goes before its number for everything, and that before the product's.
    """
    return acknowledgement(pack, severity, parameters)[0]


def acknowledgement(pack: Pack, severity: str, parameters: Mapping[str, str | int]) -> tuple[int, str]:
    """The minutes, and whose they are: ``site_override``, ``pack`` or ``product_default``.

    Source: AS-166.
    """
    for name in (_ACKNOWLEDGE + severity, _AT_ONCE):
        minutes = whole(parameters.get(name))
        # No minutes at all would wake the whole chain at once.
        if minutes is not None and minutes > 0:
            return minutes, "site_override"
    of_pack = pack.parameters.get(_AT_ONCE)
    minutes = whole(of_pack.value) if of_pack else None
    if of_pack is None or minutes is None:
        return pack.acknowledge.get(severity, pack.acknowledge["other"]), "product_default"
    return minutes, "product_default" if of_pack.product_default else "pack"


def parameter(pack: Pack, name: str, parameters: Mapping[str, str | int]) -> int | str | None:
    """The site's value of a parameter, else the pack's; None is unset."""
    if name in parameters:
        return parameters[name]
    return pack.parameters[name].value if name in pack.parameters else None
