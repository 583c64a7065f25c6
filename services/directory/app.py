"""The directory as a process, and its first administrator."""

from dataclasses import dataclass
from typing import Any

import structlog

from services.directory.api import routes
from services.directory.api.passwords import Passwords
from services.directory.api.shapes import shaped
from services.directory.api.sign_in import CONSOLE
from services.directory.api.tokens import NewToken, issue_token
from services.directory.api.writing import put_of, write_all
from services.directory.commands import PutRecord
from services.directory.folds import FOLDS
from services.directory.store import RecordRows, RecordStore, SecretStore
from shared.contracts.fold import SYSTEM
from shared.packs.loader import builtin
from shared.packs.schema import to_wire
from shared.process.service import ServiceProcess, Surroundings
from shared.web.problems import Problem

log = structlog.get_logger()

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class First:
    """What the first start made.

    Attributes:
        token: Secret of an API token of the administrator; shown once.
    """

    account: str
    username: str
    token: str


def build(around: Surroundings) -> ServiceProcess:
    """Wire the service."""
    process = ServiceProcess(FOLDS, around, projection=RecordRows())
    routes(process, RecordStore(around.db), SecretStore(around.db), Passwords())
    return process


async def bootstrap(process: ServiceProcess, *, username: str, password: str, name: str = "系统管理员") -> First | None:
    """Write the packs of this release and, where nobody has an account yet, the first administrator.

    Safe to run at every start: packs already there are left as they are.

    Returns:
        The administrator and a token for him; None when accounts exist already.
    """
    await _put_packs(process)
    if await RecordStore(process.db).any_account():
        return None
    # The password goes first: an interrupted start must not leave an account nobody can enter.
    password_hash = await Passwords().hash(password)
    await SecretStore(process.db).set_password(ADMINISTRATOR, password_hash, process.clock.now())
    await write_all(process, [_account(CONSOLE, CONSOLE, "网页端", ()), _administrator(username, name)], SYSTEM)
    new = NewToken(account=ADMINISTRATOR, label="first start")
    issued = await issue_token(process, new, ("*",), SYSTEM)
    return First(ADMINISTRATOR, username, issued["secret"])


async def _put_packs(process: ServiceProcess) -> None:
    for pack in builtin():
        one = shaped("pack", pack.id, to_wire(pack))
        try:
            await write_all(process, [put_of(one)], SYSTEM)
        except Problem as problem:
            # Open cases pin the version they began with; a changed manual needs a version of its own.
            log.warning("pack_kept_as_it_was", pack=pack.id, version=pack.version, why=problem.refusal.why)


def _administrator(username: str, name: str) -> PutRecord:
    return _account(ADMINISTRATOR, username, name, ({"site": "*", "right": "admin"},))


def _account(account: str, username: str, name: str, grants: tuple[dict[str, Any], ...]) -> PutRecord:
    body = {"username": username, "name": name, "grants": list(grants)}
    return put_of(shaped("account", account, body))
