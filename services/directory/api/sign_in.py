"""Signing in: the console asks on behalf of whoever types a name and a password.

The console speaks for itself with an assertion for its own account (``shared.web.accounts``), so nobody else can use
this route to guess passwords. An unknown name costs the same time as a wrong password and gets the same answer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Request
from pydantic import StringConstraints

from services.directory.api.passwords import Passwords
from services.directory.ports import Records, Secrets
from shared.contracts.fields import Command
from shared.contracts.fold import Refusal
from shared.contracts.wording import text
from shared.process.service import ServiceProcess
from shared.web.problems import Problem, refuse

CONSOLE = "console"
FAILURES_MOST = 5
WITHIN = timedelta(minutes=5)


class SignIn(Command):
    """A name and a password as typed."""

    username: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1000)]


def sign_in_routes(process: ServiceProcess, records: Records, secrets: Secrets, passwords: Passwords) -> None:
    """Add the route of the console."""

    @process.api.post("/sign-in")
    async def sign_in(request: Request, typed: SignIn) -> dict[str, Any]:
        """Who this is, if the password fits; only for the console."""
        if (await process.surface.actor(request)).account != CONSOLE:
            raise refuse("no_right", text("只有网页端可以代人登录"), status=403)
        username, now = typed.username.casefold(), process.clock.now()
        _refuse_guessing(await secrets.failures(username, now - WITHIN), now)
        body = await _account(records, secrets, passwords, typed)
        if body is None:
            await secrets.failed(username, now, now - WITHIN)
            raise refuse("sign_in_failed", text("用户名或密码不对"), status=401)
        await secrets.forgive(username)
        return {name: body[name] for name in ("name", "person", "language")} | {"account": body["id"]}


async def _account(records: Records, secrets: Secrets, passwords: Passwords, typed: SignIn) -> Any:
    stored = await records.account_named(typed.username)
    password_hash = await secrets.password(stored.key) if stored else None
    fits = await passwords.fits(password_hash, typed.password)
    return stored.body if stored and fits and not stored.body["disabled"] else None


def _refuse_guessing(failures: Sequence[datetime], now: datetime) -> None:
    if len(failures) < FAILURES_MOST:
        return
    wait = int((failures[-FAILURES_MOST] + WITHIN - now).total_seconds()) + 1
    refusal = Refusal(
        why="too_many_failures",
        text=text("登录失败次数太多，请在 {seconds} 秒后再试", seconds=wait),
        status=429,
    )
    raise Problem(refusal, headers={"Retry-After": str(wait)})
