"""What the desk is shown: prompt cards, how a matter is graded, cases that may be the same, what a site still lacks."""

from collections import Counter
from collections.abc import Iterator

from services.directory.policy.going_live import unsettled
from services.intake.policy.grading import decided
from services.intake.policy.likeness import Alike, Clue, Earlier, Instead, Told, alike, clues, joinable
from services.intake.state import INCIDENT
from services.intake.state import Case as Request
from shared.contracts.intake import RequestReceived
from shared.rules.book import Book
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.minutes import Record, facts_of
from shouwen.scenarios.settling import body_of, known_of

PEPPER = b"scenario"


def prompts(stage: Stage, _name: str) -> list[Record]:
    """Every prompt card of the packs the site runs now."""
    book = stage.world.book
    return [
        {
            "id": one.id,
            "pack": pack.id,
            "on": [moment.value for moment in one.on],
            "case_type": list(one.case_types),
            "text": " ".join(f"{point.zh} {point.en}" for point in (one.name, *one.points)),
            "caution": f"{one.caution.zh} {one.caution.en}" if one.caution else None,
            "source": one.source,
        }
        for pack in book.packs_at(SITE, stage.world.now)
        for one in pack.prompts
    ]


def graded(stage: Stage, name: str) -> list[Record]:
    """How the case is graded by the boxes ticked, which of them decided and by which rule."""
    request = _request(stage, name)
    if request is None:
        return []
    kind = stage.world.book.pack(request.pack, request.version).case_types[request.case_type]
    grade = decided(kind, request.criteria, request.severity)
    return [
        {
            "severity": grade.severity.id,
            "criterion": grade.criterion.id if grade.criterion else None,
            "rule": list(grade.rules),
            "source": grade.criterion.source if grade.criterion else None,
            "beaten": [one.id for one in grade.beaten],
            "reasons": [one.id for one in grade.reasons],
            "advice": list(grade.advice),
        }
    ]


def suggested(stage: Stage, name: str) -> list[Record]:
    """Cases that may be the same matter as this one, as they stand now."""
    told, request = _told(stage, name), _request(stage, name)
    if told is None or request is None:
        return []
    found = (*alike(told, _earlier(stage, name, told), stage.world.now), *_incidents(stage, name, told))
    names = {entity: case for case, entity in stage.entities.items()}
    return [
        {"case": names[one.case], "why": [why.value for why in one.why], "instead": one.instead.value} for one in found
    ]


def _earlier(stage: Stage, name: str, told: Told) -> Iterator[Earlier]:
    wanted = clues(told, PEPPER)
    for other, entity in stage.entities.items():
        request, said = _request(stage, other), _told(stage, other)
        if other == name or request is None or said is None or request.opens_incident:
            continue
        shared = Counter[Clue](wanted[clue] for clue in clues(said, PEPPER) if clue in wanted)
        yield Earlier(
            case=entity,
            category=request.category,
            unit=request.unit,
            status=request.status,
            received_at=request.received_at,
            shared=shared,
        )


def _incidents(stage: Stage, name: str, told: Told) -> Iterator[Alike]:
    for other, entity in stage.entities.items():
        request = _request(stage, other)
        if other != name and request is not None and request.index_status == INCIDENT:
            why = joinable(told, category=request.category, area=request.area)
            if why is not None:
                yield Alike(entity, (why,), Instead.JOIN)


def _told(stage: Stage, name: str) -> Told | None:
    said = facts_of(stage, name, RequestReceived)
    fact = said[0].fact if said else None
    if not isinstance(fact, RequestReceived):
        return None
    who = fact.private
    return Told(
        category=fact.category,
        unit=fact.unit,
        place=who.place,
        phone=who.phone,
        resident=who.resident,
        content=who.content,
    )


def lacking(stage: Stage, _name: str) -> list[Record]:
    """What the site still lacks before it goes live, and what is said in vain."""
    book: Book = stage.world.book
    found = unsettled(body_of(book.site(SITE)), known_of(stage.packs))
    return [
        {
            "what": one.path.rpartition("/")[2],
            "why": one.lack.value,
            "refused": one.refused,
            "pack": one.pack.partition(" ")[0] or None,
            "text": f"{one.named.zh} {one.named.en}",
        }
        for one in found
    ]


def _request(stage: Stage, name: str) -> Request | None:
    state = stage.world.machines["intake"].state(stage.entities.get(name, ""))
    return state if isinstance(state, Request) else None
