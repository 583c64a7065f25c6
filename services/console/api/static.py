"""Static files under addresses that name their content."""

from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class File(Protocol):
    """One file."""

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...

    @property
    def media_type(self) -> str:
        """Its media type."""
        ...

    @property
    def digest(self) -> str:
        """Hex SHA-256 of its bytes."""
        ...


class Files(Protocol):
    """All of them."""

    def find(self, name: str) -> File | None:
        """The file of that name."""
        ...


def routes(files: Files) -> list[Route]:
    """The one route of static files."""

    async def serve(request: Request) -> Response:
        file = files.find(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        named = request.url.query and file.digest.startswith(request.url.query)
        headers = {"Cache-Control": FOR_EVER if named else ASK_AGAIN, "ETag": f'"{file.digest[:32]}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(file.content, media_type=file.media_type, headers=headers)

    return [Route("/static/{name}", serve, methods=["GET"])]
