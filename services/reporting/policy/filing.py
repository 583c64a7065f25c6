"""Signing, filing and at last destroying the issues of a register.

Nothing of this changes a figure: an issue stays what the facts make of it, and whoever signed has signed that.

Source: requirements R-24 (signed, then archived), CK-FUP-19 (kept for years).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.reporting.policy.windows import Way
from shared.rules.registers import Register, WindowKind
from shared.timekeeping.calendar import add_months

RETENTION = "register_retention_years"
"""The site parameter that says how long issues are kept where their manual does not."""


class Bar(StrEnum):
    """What stands in the way."""

    NO_SIGNATURE_ASKED = "no_signature_asked"
    NOT_THE_SIGNER = "not_the_signer"
    NOT_OVER = "not_over"
    ALREADY_SIGNED = "already_signed"
    UNSIGNED = "unsigned"
    CHANGED_SINCE = "changed_since_signed"
    ALREADY_FILED = "already_filed"
    NOT_FILED = "not_filed"
    KEPT = "kept"
    NO_TERM = "retention_unset"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of an issue.

    Attributes:
        signed_as: Role by which it was signed.
        signed_digest: Of what was signed; a late fact that changes the issue asks for another signature.
    """

    signed_by: str | None = None
    signed_as: str | None = None
    signed_at: datetime | None = None
    signed_digest: str | None = None
    archived_by: str | None = None
    archived_at: datetime | None = None


def filing_way(register: Register) -> Way:
    """By which window issues are signed and filed: a running register month by month, the others by their own."""
    return Way.CALENDAR if register.window.kind is WindowKind.RUNNING else Way.OWN


def bar_to_sign(
    register: Register, filed: Filed, digest: str, *, roles: tuple[str, ...], over: datetime | None, now: datetime
) -> Bar | None:
    """Why somebody who answers for *roles* may not sign what *digest* stands for; None: he may."""
    if register.signed_by is None:
        return Bar.NO_SIGNATURE_ASKED
    if register.signed_by not in roles:
        return Bar.NOT_THE_SIGNER
    if over is None or now < over:
        return Bar.NOT_OVER
    if filed.archived_at is not None:
        return Bar.ALREADY_FILED
    return Bar.ALREADY_SIGNED if filed.signed_digest == digest else None


def bar_to_file(register: Register, filed: Filed, digest: str, *, over: datetime | None, now: datetime) -> Bar | None:
    """Why the issue may not be put away yet; None: it may."""
    if over is None or now < over:
        return Bar.NOT_OVER
    if filed.archived_at is not None:
        return Bar.ALREADY_FILED
    if register.signed_by is not None and filed.signed_at is None:
        return Bar.UNSIGNED
    return Bar.CHANGED_SINCE if register.signed_by is not None and filed.signed_digest != digest else None


def bar_to_destroy(filed: Filed, years: int | None, zone: str, now: datetime) -> Bar | None:
    """Why a filed issue may not be destroyed; None: its time is over."""
    if filed.archived_at is None:
        return Bar.NOT_FILED
    until = kept_until(filed.archived_at, years, zone)
    if until is None:
        return Bar.NO_TERM
    return Bar.KEPT if now < until else None


def kept_until(archived_at: datetime, years: int | None, zone: str) -> datetime | None:
    """24:00 of the same date *years* later; None where nobody has said how many.

    Source: requirements CK-FUP-19, AS-093.
    """
    return None if years is None else add_months(archived_at, 12 * years, zone)


def years_kept(register: Register, at_site: int | str | None) -> int | None:
    """How many years an issue is kept at least: as the manual says, else as the site does."""
    if register.retention_years is not None:
        return register.retention_years
    return at_site if isinstance(at_site, int) else None
