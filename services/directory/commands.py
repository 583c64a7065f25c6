"""Writing a record: by whom, and what may not be replaced."""

import hashlib
import json
from typing import Any

from services.directory.state import Record
from shared.contracts.directory import RecordPut, subject_of
from shared.contracts.fields import Command
from shared.contracts.fold import Actor, Ask, Moment, Refusal, Say, Step
from shared.contracts.wording import text


class PutRecord(Command):
    """Write a whole record; the API has already checked its shape and what it refers to.

    Attributes:
        version: For packs only.
        sites: Sites the record belongs to once written.
        follows: Digest of the record this one was made from, empty for none; None where it replaces whatever is there.
    """

    record: str
    key: str
    version: int | None = None
    body: dict[str, Any]
    sites: tuple[str, ...]
    follows: str | None = None

    @property
    def entity(self) -> str:
        """Entity of the record; a version of a pack is one of its own, because it is never replaced."""
        return record_entity(self.record, self.key, self.version)


def record_entity(record: str, key: str, version: int | None = None) -> str:
    """``record-<kind>-<key>``, for packs with the version behind."""
    return "record-" + subject_of(record, key, version).removeprefix("directory.").replace(".", "-")


def digest_of(body: dict[str, Any]) -> str:
    """Hex SHA-256 of *body*, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def obey(state: Record | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Write the record, unless it says the same as before."""
    del moment
    command = ask.command
    if not isinstance(command, PutRecord):
        return Refusal(why="unknown_command", text=text("没有这个操作"), status=404)
    refusal = _refusal(state, command, ask.actor)
    if refusal is not None:
        return refusal
    written = _record(command)
    if written == state:
        return Step(why="unchanged", state=state)
    return Step(why="written", state=written, say=(Say(_fact(command, ask.actor)),))


def _record(command: PutRecord) -> Record:
    return Record(
        record=command.record,
        key=command.key,
        digest=digest_of(command.body),
        sites=command.sites,
        owner=_owner(command),
    )


def _owner(command: PutRecord) -> str | None:
    return command.body.get("account") if command.record == "token" else None


def _fact(command: PutRecord, actor: Actor) -> RecordPut:
    return RecordPut(
        record=command.record,
        key=command.key,
        pack_version=command.version,
        body=command.body,
        by=actor.person or actor.account,
    )


def _refusal(state: Record | None, command: PutRecord, actor: Actor) -> Refusal | None:
    if not _allowed(state, command, actor):
        return Refusal(why="no_right", text=text("您在这个项目没有这项权限"), status=403)
    if command.follows is not None and command.follows != (state.digest if state else ""):
        return _overtaken()
    if state is None:
        return None
    if state.key != command.key:
        return Refusal(
            why="key_collides",
            text=text("编号 {key} 与已有的 {other} 太像，无法区分", key=command.key, other=state.key),
            hint=text("请换一个编号"),
        )
    if command.version is not None and state.digest != digest_of(command.body):
        return _taken(command.version)
    return None


def _allowed(state: Record | None, command: PutRecord, actor: Actor) -> bool:
    """An administrator of every site it belongs to, before and after; or the owner of a token."""
    mine = command.record == "token" and _owner(command) == actor.account
    if mine and (state is None or state.owner == actor.account):
        return True
    sites = {*command.sites, *(state.sites if state else ())}
    return all(actor.can("admin", site) for site in sites)


def _overtaken() -> Refusal:
    return Refusal(
        why="overtaken",
        text=text("这条记录刚被别人改过"),
        status=412,
        hint=text("请重新打开后再保存"),
    )


def _taken(version: int) -> Refusal:
    return Refusal(
        why="pack_version_taken",
        text=text("规则包第 {version} 版已存在且内容不同；已有工单依据它，不能替换", version=version),
        hint=text("请把 version 改为 {next} 后再保存", next=version + 1),
        field="/version",
    )
