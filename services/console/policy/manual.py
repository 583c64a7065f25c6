"""A manual as a page: case types with clocks, steps and notices, the site's own numbers beside the manual's.

Source: requirements §0.4 (product defaults and the site's own numbers are labelled), design.md §6.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.console.policy.forms import said
from shared.organisation.emergency import LIST, PREFIX
from shared.organisation.records import Named, Site
from shared.rules.grading import switches_on
from shared.rules.limits import DueWhy, Limits, at_site
from shared.rules.model import CaseType, ClockRule, NoticeRule, Pack
from shared.rules.phrases import EVERY, PARAMETERS, STOPS, length_said, parameter_said, start_said
from shared.rules.plans import PlanRule
from shared.rules.steps import StepRule
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER, INFORMED

Line = dict[str, Any]
_PERSONS = {
    ASSIGNEE: Named("经办人", "the assignee"),
    FIRST_RECEIVER: Named("首问责任人", "whoever was asked first"),
    INFORMED: Named("此前已被通知的人", "everybody told before"),
}


class Manual:
    """One pack as a reader of one site sees it.

    The site may be None: then the manual stands as it is.
    """

    def __init__(self, pack: Pack, site: Site | None, language: str) -> None:
        self._pack, self._site, self._language = pack, site, language

    def chapters(self) -> list[Line]:
        """One entry for every case type."""
        return [self._chapter(kind) for kind in self._pack.case_types.values()]

    def settings(self) -> list[Line]:
        """Numbers and words a site may replace, with what the site has in their place."""
        own = self._site.parameters if self._site is not None else {}
        return [
            {
                "id": id_,
                "name": self._say(named) if (named := parameter_said(id_, one)) else "",
                "value": one.value,
                "own": own.get(id_),
                "ours": one.product_default,
                "source": one.source,
            }
            for id_, one in self._pack.parameters.items()
        ]

    def variants(self) -> list[Line]:
        """Where the manual contradicts itself: each variant, and whether the site has chosen it."""
        on = switches_on(self._pack, self._site.parameters) if self._site is not None else frozenset()
        return [
            {"id": id_, "name": self._say(one.name), "on": id_ in on, "source": one.source}
            for id_, one in self._pack.variants.items()
        ]

    def plans(self) -> list[Line]:
        """Duties that come round."""
        return [self._plan(one) for one in self._pack.plans]

    def _chapter(self, kind: CaseType) -> Line:
        return {
            "id": kind.id,
            "name": self._say(kind.name),
            "source": kind.source,
            "categories": [self._say(one.name) for one in kind.categories],
            "clocks": [self._clock(kind, one) for one in kind.clocks],
            "steps": [self._step(one) for one in kind.steps],
            "notices": [self._notice(kind, one) for one in kind.raises_at_intake],
            "fields": [self._say(one.name) for one in kind.form],
        }

    def _clock(self, kind: CaseType, rule: ClockRule) -> Line:
        parameters = self._site.parameters if self._site is not None else {}
        counted, why = at_site(rule, Limits(parameters=parameters, pack=self._pack, case_type=kind.id))
        return {
            "id": rule.id,
            "name": self._say(rule.name),
            "limit": self._say(length_said(counted)),
            "quoted": self._say(rule.unset) if rule.unset else "",
            "manual": self._say(length_said(rule)) if why is DueWhy.SITE_OVERRIDE else "",
            "own": why is DueWhy.SITE_OVERRIDE,
            "ours": counted.product_default,
            "start": self._say(start_said(kind, rule.start, rule.after)),
            "ends": [*(self._say(STOPS[stop]) for stop in rule.stop), *self._texts(kind, rule.steps)],
            "tell": self._people(rule.tell),
            "source": rule.source,
        }

    def _texts(self, kind: CaseType, steps: Iterable[str]) -> list[str]:
        known = {step.id: self._say(step.text) for step in kind.steps}
        return [known.get(step.partition("=")[0], step) for step in steps]

    def _step(self, rule: StepRule) -> Line:
        return {
            "id": rule.id,
            "text": self._say(rule.text),
            "by": self._people(rule.by),
            "fields": [self._say(one.name) for one in rule.form],
            "outcomes": [self._say(one.name) for one in rule.outcomes],
            "minutes": rule.minutes,
            "label": self._say(rule.label) if rule.label else "",
            "ours": rule.product_default,
            "source": rule.source,
        }

    def _notice(self, kind: CaseType, rule: NoticeRule) -> Line:
        return {
            "id": rule.id,
            "name": self._say(rule.name),
            "on": self._say(start_said(kind, rule.on, rule.after)),
            "tell": self._people((*rule.tell, *rule.copy)),
            "outside": bool(rule.outside),
            "text": self._say(rule.text) if rule.text else "",
            "ours": rule.product_default,
            "source": rule.source,
        }

    def _plan(self, rule: PlanRule) -> Line:
        name, every = self._say(rule.name), self._say(EVERY[rule.every])
        return {"id": rule.id, "name": name, "every": every, "ours": rule.product_default, "source": rule.source}

    def _people(self, roles: Iterable[str]) -> list[str]:
        return [self._say(self._pack.roles.get(one) or _PERSONS.get(one) or Named(one, one)) for one in roles]

    def _say(self, name: Named) -> str:
        return said(name, self._language)


def runs(site: Site) -> list[Line]:
    """The packs of a site, past and future ones included: base first, then profiles, each from when to when."""
    ordered = sorted(site.packs, key=lambda one: one.since)
    ends = [*(one.since for one in ordered[1:]), None]
    base = [
        {"pack": one.pack, "version": one.version, "since": one.since, "until": until, "base": True}
        for one, until in zip(ordered, ends, strict=True)
    ]
    beside = [
        {"pack": one.pack, "version": one.version, "since": one.since, "until": one.until, "base": False}
        for one in sorted(site.profiles, key=lambda one: one.since)
    ]
    return base + beside


def own_numbers(site: Site, packs: Sequence[Pack], language: str) -> list[tuple[str, str]]:
    """What a site has set itself, each with its name as far as its manuals or the product give one."""
    clocks = {one.id: one.name for pack in packs for kind in pack.case_types.values() for one in kind.clocks}
    named = {PREFIX + one.id: one.name for one in LIST} | dict(PARAMETERS)
    named |= {id_: one.name for pack in packs for id_, one in pack.parameters.items() if one.name is not None}
    return [(_called(name, named, clocks, language), str(value)) for name, value in sorted(site.parameters.items())]


def _called(name: str, named: Mapping[str, Named], clocks: Mapping[str, Named], language: str) -> str:
    known = named.get(name) or clocks.get(name.rpartition(".")[0])
    return f"{said(known, language)} · {name}" if known else name
