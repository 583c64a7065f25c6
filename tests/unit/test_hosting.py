"""How services are served: what stands in front of them may keep its connections."""

import httpx2
from starlette.applications import Starlette

from services.console.app import CONNECTIONS
from shouwen.hosting import config_for

NGINX = 60
"""Seconds for which it keeps a connection to what is behind it, as it comes."""


def test_no_client_keeps_a_connection_longer_than_the_server() -> None:
    kept = [limits.keepalive_expiry for limits in (httpx2.Limits(), CONNECTIONS)]
    assert config_for(Starlette()).timeout_keep_alive > max(NGINX, *(each or 0 for each in kept))
