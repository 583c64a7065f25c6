"""The door is patient with a busy system and plain about a refusal; commands check their options first."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from shouwen.commands.reaching import Where, reached
from shouwen.commands.register import check, form_of
from shouwen.commands.verify import summary
from shouwen.door import Door
from shouwen.verifying.comparing import Difference
from shouwen.verifying.flow import Verdict
from shouwen.words import Refused, Words


def door(answer: Callable[[httpx2.Request], httpx2.Response]) -> Door:
    client = httpx2.AsyncClient(base_url="http://there", transport=httpx2.MockTransport(answer))
    return Door("http://there", client)


async def test_a_busy_system_is_asked_again() -> None:
    answers = [httpx2.Response(503, headers={"Retry-After": "0"}), httpx2.Response(200, json={"rows": []})]
    assert await door(lambda _: answers.pop(0)).post("/x", []) == {"rows": []}
    assert answers == []


async def test_a_lost_connection_is_tried_again() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        if len(asked) == 1:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(200, json=1)

    assert await door(answer).read("/x") == 1
    assert asked == ["/x", "/x"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(httpx2.Response(403, json={"detail": "no", "hint": "ask"}), "no ask", id="a problem"),
        pytest.param(httpx2.Response(500, text="broken"), "broken", id="plain text"),
    ],
)
async def test_a_refusal_is_told_in_the_systems_words(answer: httpx2.Response, said: str) -> None:
    with pytest.raises(Refused, match=said):
        await door(lambda _: answer).post("/x", [])


async def test_an_address_needs_a_token() -> None:
    with pytest.raises(Refused, match="--token"):
        async with reached(Where(Path(), url="http://there")):
            pytest.fail("nobody may enter without a token")


@pytest.mark.parametrize(
    ("form", "out", "expected"),
    [
        pytest.param(None, None, "json", id="nothing said"),
        pytest.param(None, Path("r.XLSX"), "xlsx", id="by the name of the file"),
        pytest.param("csv", Path("r.xlsx"), "csv", id="said wins"),
        pytest.param(None, Path("r.txt"), "json", id="a name that says nothing"),
    ],
)
def test_the_form_of_a_register_is_what_was_said(form: str | None, out: Path | None, expected: str) -> None:
    assert form_of(form, out) == expected


@pytest.mark.parametrize(
    ("register", "site", "form", "named"),
    [
        pytest.param("R-01", None, "csv", "--site", id="no site"),
        pytest.param("R-01", "a", "pdf", "--format", id="no such form"),
        pytest.param("R-01", "a", "xlsx", "--out", id="a sheet on the screen"),
        pytest.param("totals", None, "xlsx", "json or csv|--out", id="totals are no sheet"),
    ],
)
def test_an_option_at_fault_is_named(register: str, site: str | None, form: str, named: str) -> None:
    with pytest.raises(Refused, match=named):
        check(register, {"site": site, "format": form}, None)


def test_the_summary_says_whether_all_agree() -> None:
    difference = Difference("case-1", "intake", Words("一", "one"))
    assert summary(Verdict((), 5, 2, complete=True), 1.0).startswith("一致。 All agree. 5 ")
    assert summary(Verdict((difference,), 5, 2, complete=True), 1.0).startswith("1 处不一致")
    assert "forgotten" in summary(Verdict((), 5, 2, complete=False), 1.0)
