"""The services over HTTP, asked in the name of whoever is signed in."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import structlog

from services.console.ports import Answer, Caller, Download, Params
from shared.web.accounts import Accounts

log = structlog.get_logger()

PASSED_ON = ("content-type", "content-disposition")


class HttpGateway:
    """One client for everything; each call carries a fresh assertion."""

    def __init__(self, client: httpx2.AsyncClient, accounts: Accounts) -> None:
        """*client* knows where the services are."""
        self._client, self._accounts = client, accounts

    async def get(self, caller: Caller, path: str, params: Params | None = None) -> Answer:
        """See :class:`services.console.ports.Gateway`."""
        return await self._ask("GET", path, params=_given(params), headers=self._headers(caller))

    async def post(self, caller: Caller, path: str, body: Any, *, key: str | None = None) -> Answer:
        """See :class:`services.console.ports.Gateway`."""
        headers = self._headers(caller) | ({"Idempotency-Key": key} if key else {})
        return await self._ask("POST", path, json=body, headers=headers)

    async def put(self, caller: Caller, path: str, body: Any) -> Answer:
        """See :class:`services.console.ports.Gateway`."""
        return await self._ask("PUT", path, json=body, headers=self._headers(caller))

    async def delete(self, caller: Caller, path: str) -> Answer:
        """See :class:`services.console.ports.Gateway`."""
        return await self._ask("DELETE", path, headers=self._headers(caller))

    async def upload(self, caller: Caller, path: str, params: Params, parts: AsyncIterator[bytes]) -> Answer:
        """See :class:`services.console.ports.Gateway`."""
        return await self._ask("POST", path, params=_given(params), content=parts, headers=self._headers(caller))

    async def download(self, caller: Caller, path: str, params: Params) -> Download:
        """See :class:`services.console.ports.Gateway`."""
        request = self._client.build_request("GET", path, params=_given(params), headers=self._headers(caller))
        try:
            response = await self._client.send(request, stream=True)
        except httpx2.TransportError as trouble:
            log.warning("service_unreachable", path=path, reason=repr(trouble))
            return Download(503, {}, _nothing())
        kept = {name: response.headers[name] for name in PASSED_ON if name in response.headers}
        return Download(response.status_code, kept, _parts(response))

    async def _ask(self, method: str, path: str, **asked: Any) -> Answer:
        try:
            response = await self._client.request(method, path, **asked)
        except httpx2.TransportError as trouble:
            log.warning("service_unreachable", path=path, reason=repr(trouble))
            return Answer(503)
        return Answer(response.status_code, _body(response.content), dict(response.headers))

    def _headers(self, caller: Caller) -> dict[str, str]:
        assertion = self._accounts.assert_for(caller.account)
        return {"Authorization": f"Bearer {assertion}", "Accept-Language": caller.language}


def _given(params: Params | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value not in (None, "")}


def _body(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _parts(response: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for part in response.aiter_bytes():
            yield part
    finally:
        await response.aclose()


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
