"""The source's words for places, departments, categories and the rest, as words of ours."""

from shouwen.importing.mapping import REJECT, ROUTE, USUAL, Mapping
from shouwen.importing.places import Place, place_of
from shouwen.importing.rows import BLANK, NO_DEPARTMENT, NO_SEVERITY, NOWHERE, UNMAPPED, Unusable


def site_of(mapping: Mapping, written: str) -> Place:
    """The site, or Unusable."""
    rules, word = mapping.sites, written
    if not written or written in rules.nowhere:
        if rules.other == REJECT:
            raise Unusable("site", written, NOWHERE if written else BLANK)
        word = rules.other
    return Place(rules.map[word]) if word in rules.map else place_of(word)


def department_of(mapping: Mapping, written: str) -> str | None:
    """The role of who answers, None where the pack routes, or Unusable."""
    rules = mapping.departments
    if not written:
        return None
    found = rules.map.get(written, rules.other)
    if found == REJECT:
        raise Unusable("department", written, NO_DEPARTMENT)
    return None if found == ROUTE else found


def category_of(mapping: Mapping, written: str) -> str:
    """The category, or Unusable."""
    rules = mapping.categories
    if not written:
        if rules.blank == REJECT:
            raise Unusable("category", written, BLANK)
        return rules.blank
    if written not in rules.map and not rules.keep:
        raise Unusable("category", written, UNMAPPED)
    return rules.map.get(written, written)


def severity_of(mapping: Mapping, written: str) -> str | None:
    """The severity, None for the pack's default, or Unusable."""
    rules = mapping.severities
    if not written:
        return mapping.severity
    found = rules.map.get(written, rules.other)
    if found == REJECT:
        raise Unusable("severity", written, NO_SEVERITY)
    return mapping.severity if found == USUAL else found


def channel_of(mapping: Mapping, written: str) -> str:
    """How it came in."""
    return mapping.channels.map.get(written, mapping.channels.other)
