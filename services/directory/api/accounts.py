"""Passwords of accounts."""

from typing import Annotated

from fastapi import Request
from pydantic import StringConstraints

from services.directory.api.passwords import Passwords
from services.directory.ports import Records, Secrets, Stored
from shared.contracts.fields import Command
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import refuse

Password = Annotated[str, StringConstraints(min_length=8, max_length=200)]


class NewPassword(Command):
    """Set a password.

    Attributes:
        current: The present one, where somebody sets his own.
    """

    password: Password
    current: str | None = None


def account_routes(process: ServiceProcess, records: Records, secrets: Secrets, passwords: Passwords) -> None:
    """Add the route that sets a password."""

    @process.api.put("/accounts/{account}/password", status_code=204)
    async def set_password(request: Request, account: str, new: NewPassword) -> None:
        """Set a password: one's own with the present one, anybody's as administrator of all his sites."""
        actor = await process.surface.actor(request)
        stored = await account_for(records, actor, account)
        if not _administers(actor, stored):
            await _require_current(secrets, passwords, account, new.current)
        await secrets.set_password(account, await passwords.hash(new.password), process.clock.now())


async def account_for(records: Records, actor: Actor, account: str) -> Stored:
    """The account, if it is the actor's own or he administers all its sites.

    Raises:
        Problem: 404 otherwise, as if it did not exist.
    """
    stored = await records.one("account", account)
    if stored is None or not (stored.key == actor.account or _administers(actor, stored)):
        raise refuse("unknown", text("没有找到这个账号"), status=404)
    return stored


def _administers(actor: Actor, stored: Stored) -> bool:
    return all(actor.can("admin", site) for site in stored.sites)


async def _require_current(secrets: Secrets, passwords: Passwords, account: str, current: str | None) -> None:
    if not await passwords.fits(await secrets.password(account), current or ""):
        raise refuse("wrong_password", text("现在的密码不对"), status=422, field="/current")
