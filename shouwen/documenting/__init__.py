"""The documents that follow from the code: messages, AsyncAPI and OpenAPI, written and checked by one list.

`python -m shouwen.documenting` rewrites them; a contract test holds every one of them current.
"""

from shouwen.documenting.events import asyncapi
from shouwen.documenting.interfaces import SPOKEN_TO, openapi
from shouwen.documenting.messages import messages_page
from shouwen.documenting.written import documents

__all__ = ["SPOKEN_TO", "asyncapi", "documents", "messages_page", "openapi"]
