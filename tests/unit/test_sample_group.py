"""The sample group is written through the doors anybody uses, to services that hear of each other in their own time."""

import httpx2
import pytest

from shouwen.demo import loading

GROUP = loading.sample_group()
SITE = GROUP["sites"][0]


def intake(*statuses: int) -> httpx2.AsyncClient:
    """Answers with these, one after another."""
    rest = iter(statuses)
    return httpx2.AsyncClient(
        base_url="http://there", transport=httpx2.MockTransport(lambda _request: httpx2.Response(next(rest)))
    )


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(loading, "LOOKS", 3)


async def test_the_residents_wait_until_intake_has_heard_of_their_site() -> None:
    async with intake(404, 404, 200) as client:
        await loading.write_roll(client, GROUP, SITE)


@pytest.mark.parametrize("statuses", [(404, 404, 404), (422,)])
async def test_what_intake_refuses_is_said(statuses: tuple[int, ...]) -> None:
    async with intake(*statuses) as client:
        with pytest.raises(httpx2.HTTPStatusError, match=str(statuses[-1])):
            await loading.write_roll(client, GROUP, SITE)
