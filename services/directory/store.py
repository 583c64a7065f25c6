"""The directory's own tables: records written with the fold's transaction, and secrets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.directory.commands import digest_of, record_entity
from services.directory.policy.references import Known
from services.directory.ports import Stored
from services.directory.state import Record
from shared.contracts.directory import RecordPut, subject_of
from shared.process.books import Finding, Page
from shared.storage.unit import Spoken, Work

SQL = {
    # Rows of sites come as JSON, because unnest flattens an array of arrays.
    "write": """
        insert into directory.records (record, key, version, sites, body, written_at, written_by)
        select v.record, v.key, v.version, array(select jsonb_array_elements_text(v.sites)), v.body, v.at, v.by
        from unnest(cast(:records as text[]), cast(:keys as text[]), cast(:versions as int[]),
            cast(:sites as jsonb[]), cast(:bodies as jsonb[]), cast(:instants as timestamptz[]),
            cast(:authors as text[])) as v(record, key, version, sites, body, at, by)
        on conflict (record, key, version) do update set sites = excluded.sites, body = excluded.body,
            written_at = excluded.written_at, written_by = excluded.written_by""",
    "one": """
        select * from directory.records where record = :record and key = :key
            and (cast(:version as int) is null or version = :version) order by version desc limit 1""",
    "several": """
        select * from directory.records where record = :record and key > :after
            and (cast(:sites as text[]) is null or sites && cast(:sites as text[]))
            and (cast(:site as text) is null or :site = any(sites))
        order by key, version limit :most""",
    "keys": """
        select record, key, version from directory.records order by record, key, version""",
    "entities": """
        select id from directory.entities where state is not null""",
    "named": """
        select record, key, version, sites, body from directory.records
        where (record, key) in (select * from unnest(cast(:records as text[]), cast(:keys as text[])))""",
    "those": """
        select * from directory.records where record = :record and version = 0 and key = any(cast(:keys as text[]))""",
    # Only what others refer to: bodies of thousands of people are not read to check one of them.
    "known": """
        select record, key, case record
            when 'site' then jsonb_build_object('id', key, 'code', body -> 'code', 'packs', body -> 'packs',
                'profiles', body -> 'profiles')
            when 'department' then jsonb_build_object('id', key, 'site', body -> 'site')
            when 'account' then jsonb_build_object('id', key, 'username', body -> 'username')
            when 'pack' then jsonb_build_object('id', key, 'version', version, 'roles',
                (select coalesce(jsonb_agg(role), '[]') from jsonb_object_keys(body -> 'roles') as role),
                'case_types', (select coalesce(jsonb_agg(t), '[]') from jsonb_object_keys(body -> 'case_types') as t),
                'parameters', (select coalesce(jsonb_object_agg(p.key, p.value), '{}')
                    from jsonb_each(body -> 'parameters') p where p.value -> 'required' = 'true'))
            else jsonb_build_object('id', key) end as body
        from directory.records where record in ('site', 'department', 'person', 'account', 'pack')""",
    "account_named": """
        select * from directory.records where record = 'account'
            and lower(body ->> 'username') = lower(:username) limit 1""",
    "any_account": """
        select exists (select 1 from directory.records where record = 'account' and key <> 'console')""",
    "password": """
        select hash from directory.passwords where account = :account""",
    "set_password": """
        insert into directory.passwords (account, hash, set_at) values (:account, :hash, :at)
        on conflict (account) do update set hash = excluded.hash, set_at = excluded.set_at""",
    "failures": """
        select failed_at from directory.sign_in_failures where username = :username and failed_at > :since
        order by failed_at""",
    "failed": """
        insert into directory.sign_in_failures (username, failed_at) values (:username, :at)""",
    "forget": """
        delete from directory.sign_in_failures where failed_at < :before""",
    "forgive": """
        delete from directory.sign_in_failures where username = :username""",
}
STATEMENTS = {name: text(sql) for name, sql in SQL.items()}


class RecordRows:
    """The projection: every record as last written."""

    async def project(self, conn: AsyncConnection, work: Work) -> None:
        """Write the records said; of one written twice in a batch the last."""
        last = {spoken.heading.entity: spoken for spoken in work.spoken if isinstance(spoken.fact, RecordPut)}
        if last:
            await conn.execute(STATEMENTS["write"], _rows(list(last.values()), work))

    async def strays(self, conn: AsyncConnection, page: Page) -> list[Finding]:
        """Records of *page* whose rows are not what was written last."""
        records = {entity: slot.state for entity, slot in page.slots.items() if isinstance(slot.state, Record)}
        keys = {"records": [one.record for one in records.values()], "keys": [one.key for one in records.values()]}
        rows: dict[str, Any] = {}
        for row in await conn.execute(STATEMENTS["named"], keys):
            rows[record_entity(row.record, row.key, row.version or None)] = row
        found = [
            Finding(entity, "record", _subject(entity, record), _kept(rows.get(entity)))
            for entity, record in records.items()
            if _kept(rows.get(entity)) != _kept(record)
        ]
        return found if page.after else [*found, *await self._unknown(conn)]

    async def _unknown(self, conn: AsyncConnection) -> list[Finding]:
        """Records the directory keeps and knows nothing of; there are few enough to look at them all at once."""
        known = {row.id for row in await conn.execute(STATEMENTS["entities"])}
        rows = [(row.record, row.key, row.version or None) for row in await conn.execute(STATEMENTS["keys"])]
        return [
            Finding(record_entity(*row), "record", subject_of(*row), "unknown")
            for row in rows
            if record_entity(*row) not in known
        ]

    async def drop(self, conn: AsyncConnection, entities: Sequence[str]) -> None:
        """Keep every record: what refers to it would be left without it."""


def _kept(one: Any) -> str:
    """What a record says and where it belongs, as one word."""
    if one is None:
        return ""
    digest = one.digest if isinstance(one, Record) else digest_of(one.body)
    return f"{digest[:12]} {' '.join(one.sites)}"


def _subject(entity: str, record: Record) -> str:
    """Where it was said."""
    plain = subject_of(record.record, record.key)
    return plain + entity.removeprefix(record_entity(record.record, record.key)).replace("-", ".")


def _rows(spoken: Sequence[Spoken], work: Work) -> dict[str, list[Any]]:
    facts: list[Any] = [one.fact for one in spoken]
    return {
        "records": [fact.record for fact in facts],
        "keys": [fact.key for fact in facts],
        "versions": [fact.pack_version or 0 for fact in facts],
        "sites": [json.dumps(list(work.slots[one.heading.entity].state.sites)) for one in spoken],
        "bodies": [json.dumps(fact.body, ensure_ascii=False) for fact in facts],
        "instants": [one.heading.at for one in spoken],
        "authors": [fact.by for fact in facts],
    }


@dataclass(frozen=True, slots=True)
class RecordStore:
    """Records in the database; see :class:`services.directory.ports.Records`."""

    db: AsyncEngine

    async def one(self, record: str, key: str, version: int | None = None) -> Stored | None:
        """The record, or None."""
        found = await self._rows("one", {"record": record, "key": key, "version": version})
        return _stored(found[0]) if found else None

    async def several(
        self, record: str, *, sites: tuple[str, ...] | None, site: str | None, after: str, most: int
    ) -> Sequence[Stored]:
        """A page of a kind."""
        listed = list(sites) if sites is not None else None
        parameters = {"record": record, "sites": listed, "site": site, "after": after, "most": most}
        return [_stored(row) for row in await self._rows("several", parameters)]

    async def those(self, record: str, keys: Sequence[str]) -> Mapping[str, Stored]:
        """Records of a kind by key."""
        found = await self._rows("those", {"record": record, "keys": list(keys)}) if keys else ()
        return {row.key: _stored(row) for row in found}

    async def known(self) -> Known:
        """What may be referred to."""
        known = Known()
        for row in await self._rows("known", {}):
            known.add(row.record, row.body)
        return known

    async def account_named(self, username: str) -> Stored | None:
        """The account of that username."""
        found = await self._rows("account_named", {"username": username})
        return _stored(found[0]) if found else None

    async def any_account(self) -> bool:
        """Whether anybody has an account."""
        return bool((await self._rows("any_account", {}))[0][0])

    async def _rows(self, name: str, parameters: dict[str, Any]) -> Sequence[Any]:
        async with self.db.connect() as conn:
            return (await conn.execute(STATEMENTS[name], parameters)).all()


def _stored(row: Any) -> Stored:
    return Stored(
        record=row.record,
        key=row.key,
        version=row.version,
        sites=tuple(row.sites),
        body=row.body,
        written_at=row.written_at,
        by=row.written_by,
    )


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Hashes and failures in the database; see :class:`services.directory.ports.Secrets`."""

    db: AsyncEngine

    async def password(self, account: str) -> str | None:
        """The hash, or None."""
        async with self.db.connect() as conn:
            found: str | None = (await conn.execute(STATEMENTS["password"], {"account": account})).scalar()
            return found

    async def set_password(self, account: str, password_hash: str, at: datetime) -> None:
        """Replace the hash."""
        await self._write("set_password", {"account": account, "hash": password_hash, "at": at})

    async def failures(self, username: str, since: datetime) -> Sequence[datetime]:
        """Failures after *since*."""
        async with self.db.connect() as conn:
            found = await conn.execute(STATEMENTS["failures"], {"username": username, "since": since})
            return [row.failed_at for row in found]

    async def failed(self, username: str, at: datetime, forget_before: datetime) -> None:
        """Note one, forget the old ones."""
        await self._write("failed", {"username": username, "at": at})
        await self._write("forget", {"before": forget_before})

    async def forgive(self, username: str) -> None:
        """Forget them."""
        await self._write("forgive", {"username": username})

    async def _write(self, name: str, parameters: dict[str, Any]) -> None:
        async with self.db.begin() as conn:
            await conn.execute(STATEMENTS[name], parameters)
