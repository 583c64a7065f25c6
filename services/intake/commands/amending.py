"""Amend: details change, or a mistake in them is mended.

Source: design section 7 (a second message never moves a promise later), requirements FC-2, §9.1, §9.5.
"""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from services.intake.commands.opening import beyond, by, outer_of, receiver_of
from services.intake.commands.refusing import NotPossible, bad, only_lead
from services.intake.commands.standing import is_lead, nothing_changed, require
from services.intake.commands.words import Amend, CallerGiven
from services.intake.policy.forming import Form, bare, formed_anew, held_against
from services.intake.policy.promising import weakened_by
from services.intake.policy.recurring import place_digest
from services.intake.policy.ruling import Under
from services.intake.saying import matter_of, promises_of, rules_of
from services.intake.state import Beyond, Case
from shared.contracts.fields import is_future
from shared.contracts.fold import Ask, Moment, Refusal, Say, Step
from shared.contracts.intake import Amendment, RequestAmended
from shared.contracts.origins import Outer
from shared.contracts.wording import text
from shared.rules.clocks import DueWhy, Promise
from shared.rules.filling import without_words
from shared.rules.words import Flag

PUBLIC = ("unit", "channel", "received_at", "customer_limit", "first_receiver")
PRIVATE = ("caller", "content", "demand", "place")
PROMISED_BY = frozenset({"received_at", "customer_limit", "form", "flags", "outer"})
"""What promises are counted anew for; more words about a matter move none."""
MAY_BE_EMPTIED = frozenset({"unit", "customer_limit"})
ONLY_LEADS = ("received_at", "first_receiver")


def amend(case: Case, ask: Ask, command: Amend, moment: Moment) -> Step:
    """Change what is stated and differs; the rest stays."""
    require("amend", case, ask, correction=command.correction)
    under = rules_of(case, moment)
    form = _form(case, command, under, moment)
    public, private = _public_changes(case, command), _private_changes(command)
    further = _further_changes(case, command, form)
    if not public and not private and not further:
        raise nothing_changed()
    _check(case, public, further.get("outer"), ask, moment)
    if "customer_limit" in public and not (command.correction and is_lead(case, ask)):
        _check_limit(case, under, public["customer_limit"])
    amended = _amended(case, public | further | _place(command), under, moment)
    fact = RequestAmended(
        changed=(*public, *private, *_told_of(further, case)),
        before={field: _shown(getattr(case, field)) for field in public},
        correction=command.correction,
        **public,
        **_said(amended, further),
        promises=amended.promises,
        by=by(ask),
        private=_private(command, private, form),
    )
    return Step(why="amended", state=amended, say=(Say(fact),))


def _form(case: Case, command: Amend, under: Under, moment: Moment) -> Form | None:
    """The form as filled in anew; None where nothing was said about it."""
    if command.form is None:
        return None
    matter, now = bare(matter_of(case, under), under.case_type.form), moment.at
    return formed_anew(under, command.form, matter, beside=held_against(case.received_at, now))


def _further_changes(case: Case, command: Amend, form: Form | None) -> dict[str, Any]:
    """What becomes of the form with its marks, and of the line the matter came by."""
    changes: dict[str, Any] = {}
    if form is not None and (form.personal or form.public != case.form):
        flags = without_words(case.flags, [mark.partition("=")[0] for mark in case.flags])
        changes = {"form": form.public, "flags": tuple(sorted(flags | form.marks))}
    if Flag.NO_CONTACT in case.flags and command.caller is not None and command.caller.reachable:
        changes["flags"] = tuple(flag for flag in changes.get("flags", case.flags) if flag != Flag.NO_CONTACT)
    outer = beyond(outer_of(command.outer))
    if "outer" in command.model_fields_set and outer != case.outer:
        changes |= {"outer": outer}
    return changes


def _told_of(further: dict[str, Any], case: Case) -> tuple[str, ...]:
    """What of *further* the fact names; of the flags only that there is a way now to reach whoever reported it."""
    found = Flag.NO_CONTACT in case.flags and Flag.NO_CONTACT not in further.get("flags", case.flags)
    return (*(field for field in further if field != "flags"), *(("contact",) if found else ()))


def _place(command: Amend) -> dict[str, Any]:
    return {"place": place_digest(command.place)} if command.place is not None else {}


def _said(amended: Case, further: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {field: getattr(amended, field) for field in further if field != "outer"}
    if "outer" in further and amended.outer is not None:
        said["outer"] = Outer(**asdict(amended.outer))
    return said


def _public_changes(case: Case, command: Amend) -> dict[str, Any]:
    stated = {field: getattr(command, field) for field in PUBLIC if field in command.model_fields_set}
    return {
        field: value
        for field, value in stated.items()
        if value != getattr(case, field) and (value is not None or field in MAY_BE_EMPTIED)
    }


def _private_changes(command: Amend) -> tuple[str, ...]:
    return tuple(field for field in PRIVATE if getattr(command, field) is not None)


def _check(case: Case, changes: dict[str, Any], outer: Beyond | None, ask: Ask, moment: Moment) -> None:
    for field in ONLY_LEADS:
        if field in changes and not is_lead(case, ask):
            raise NotPossible(only_lead(f"/{field}"))
    if "received_at" in changes:
        _check_first_ear(case, changes["received_at"], moment)
    if "first_receiver" in changes:
        receiver_of(changes["first_receiver"], site=case.site, ask=ask, moment=moment)
    if outer is not None and outer.deadline is not None and outer.deadline <= case.received_at:
        raise NotPossible(bad("limit_passed", "/outer/deadline", text("限定的时间须晚于受理时间")))
    limit = changes.get("customer_limit")
    if limit is not None and limit <= changes.get("received_at", case.received_at):
        raise NotPossible(bad("limit_passed", "/customer_limit", text("限定的时间须晚于受理时间")))


def _check_first_ear(case: Case, received_at: datetime, moment: Moment) -> None:
    if is_future(received_at, moment.now):
        raise NotPossible(bad("future_time", "/received_at", text("时间不能在将来")))
    if received_at > case.logged_at:
        hint = text("登记时间是 {at}", at=case.logged_at)
        raise NotPossible(bad("received_after_logged", "/received_at", text("受理不能晚于登记的时间"), hint))


def _check_limit(case: Case, under: Under, limit: datetime | None) -> None:
    if limit is None:
        given = next((one for one in case.promises if one.why is DueWhy.OWNER_LIMIT), None)
    elif case.agreed_until is not None and limit < case.agreed_until:
        return
    else:
        given = weakened_by(under, case.promises, limit=limit)
    if given is not None:
        raise NotPossible(_later_than_promised(given))


def _later_than_promised(given: Promise) -> Refusal:
    sentence = text("已经答应在 {due} 之前，不能改得更晚", due=given.due_at or "")
    return bad("later_than_promised", "/customer_limit", sentence, text("需要更多时间请申请延期"))


def _amended(case: Case, changes: dict[str, Any], under: Under, moment: Moment) -> Case:
    amended = replace(case, **changes)
    if "received_at" in changes:
        late = amended.logged_at - amended.received_at > timedelta(minutes=under.late_entry_minutes())
        # After an upgrade by time promises count from the upgrade, whatever the first ear was.
        counted = amended.received_at if case.counted_from == case.received_at else case.counted_from
        amended = replace(amended, late_entry=late, counted_from=counted)
    if PROMISED_BY.isdisjoint(changes):
        return amended
    return replace(amended, promises=promises_of(amended, under, moment))


def _private(command: Amend, changed: tuple[str, ...], form: Form | None) -> Amendment:
    caller, personal = command.caller or CallerGiven(), form.personal if form else {}
    words = {field: getattr(command, field) for field in changed if field != "caller"}
    return Amendment(
        name=caller.name,
        phone=caller.phone,
        resident=caller.resident,
        form=personal,
        reason=command.reason,
        **words,
    )


def _shown(value: str | datetime | None) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value
