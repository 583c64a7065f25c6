"""Keys for software: shown once, known afterwards by their hash."""

import secrets
from typing import Any

from fastapi import Request

from services.directory.api.accounts import account_for
from services.directory.api.shapes import shaped
from services.directory.api.sign_in import CONSOLE
from services.directory.api.writing import write_all
from services.directory.commands import PutRecord
from services.directory.ports import Records
from shared.contracts.fields import Command, Instant, Line
from shared.contracts.fold import Actor
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.accounts import TOKEN_PREFIX, token_digest
from shared.web.problems import refuse

SHOWN = 8


class NewToken(Command):
    """Ask for a token.

    Attributes:
        label: What it is for, for those who look at the list later.
        until: When it ends; None until revoked.
    """

    account: str
    label: Line
    until: Instant | None = None


def token_routes(process: ServiceProcess, records: Records) -> None:
    """Add the routes about tokens."""

    @process.api.post("/tokens", status_code=201)
    async def issue(request: Request, new: NewToken) -> dict[str, Any]:
        """Issue a token; its secret is in this answer and nowhere else."""
        actor = await process.surface.actor(request)
        account = await account_for(records, actor, new.account)
        if account.key == CONSOLE:
            raise refuse("console_has_no_token", text("网页端账号不发令牌"), status=422, field="/account")
        if new.until is not None and new.until <= process.clock.now():
            raise refuse("already_over", text("到期时间应在将来"), status=422, field="/until")
        return await issue_token(process, new, account.sites, actor)

    @process.api.delete("/tokens/{token}", status_code=204)
    async def revoke(request: Request, token: str) -> None:
        """End a token at once."""
        actor = await process.surface.actor(request)
        stored = await records.one("token", token)
        if stored is None:
            raise refuse("unknown", text("没有找到这个令牌"), status=404)
        account = await account_for(records, actor, str(stored.body["account"]))
        body = {**stored.body, "revoked": True}
        await write_all(process, [_put(token, body, account.sites)], actor)


async def issue_token(process: ServiceProcess, new: NewToken, sites: tuple[str, ...], actor: Actor) -> dict[str, Any]:
    """Make a token and write what may be known of it.

    Returns:
        Its id and, once, its ``secret``.
    """
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    key = secret[: len(TOKEN_PREFIX) + SHOWN]
    until = new.until.isoformat() if new.until else None
    body = {"sha256": token_digest(secret), "account": new.account, "label": new.label, "until": until}
    await write_all(process, [_put(key, body, sites)], actor)
    return {"id": key, "account": new.account, "label": new.label, "until": until, "secret": secret}


def _put(key: str, body: dict[str, Any], sites: tuple[str, ...]) -> PutRecord:
    one = shaped("token", key, body)
    return PutRecord(record="token", key=key, body=one.body, sites=sites)
