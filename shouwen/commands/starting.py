"""What every command does that starts on real servers: settings read, trouble told in one sentence."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn

import typer
import uvloop
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from shared.process.connecting import CannotStart
from shared.process.settings import RuntimeSettings
from shared.storage.trouble import is_transient
from shouwen.hosting import NotReady

TURNED_AWAY = ("28", "3D000", "42501")
"""Beginnings of SQLSTATEs: who comes is not known or not allowed, no such database."""


def read_settings() -> RuntimeSettings:
    """Settings from the environment; exits with what is missing."""
    try:
        return RuntimeSettings()
    except ValidationError as wrong:
        names = ", ".join(f"SHOUWEN_{str(error['loc'][0]).upper()}: {error['msg']}" for error in wrong.errors())
        refuse(f"缺少或有误的设置 / settings missing or wrong: {names}")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end on uvloop; what cannot start says so and exits with 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except (NotReady, CannotStart) as trouble:
        refuse(str(trouble))
    except Exception as trouble:
        if told := _turned_away(trouble):
            refuse(
                f"数据库不接受（{told}），请检查 SHOUWEN_DATABASE_URL 里的用户、密码和库名。"
                f" The database refuses ({told}); see user, password and database name in SHOUWEN_DATABASE_URL."
            )
        if not is_transient(trouble):
            raise
        refuse(
            f"连不上数据库（{type(trouble).__name__}），请确认它在运行、SHOUWEN_DATABASE_URL 正确。"
            " The database cannot be reached; see that it runs and that SHOUWEN_DATABASE_URL is right."
        )


def _turned_away(trouble: Exception) -> str:
    """What the database says when it does not know who comes, or to which database; empty for other trouble."""
    cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    return str(cause) if str(getattr(cause, "sqlstate", "")).startswith(TURNED_AWAY) else ""


def refuse(sentence: str) -> NoReturn:
    """Say why not and exit with 1."""
    typer.secho(sentence, fg="red", err=True)
    raise typer.Exit(1)
