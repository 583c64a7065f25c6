"""Steps of which the outcome decides what is asked: it is chosen first, and what was chosen is kept."""

from typing import Any

import pytest

from tests.support.console_builders import CASE, Services, browsing
from tests.unit.console.test_procedure import step, told

PAPERS = f"/cases/{CASE}/steps/papers"


def renovation(**more: tuple[int, Any]) -> Services:
    """An application whose papers are to be checked: what is asked then hangs on whether they are complete."""
    shown = step("renovation_application", "papers", pack="P003")
    return Services(told("renovation_application", shown, pack="P003") | more)


async def test_an_outcome_that_decides_what_is_asked_is_chosen_first() -> None:
    async with browsing(renovation(), pack="P003") as client:
        page = (await client.get(f"/cases/{CASE}")).text
    assert '<option value="returned">退回补齐</option>' in page
    assert 'name="outcome" value=' not in page


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [("complete", "form.photos"), ("returned", "form.missing_papers"), ("", ""), ("moon", "")],
)
async def test_what_is_asked_follows_the_outcome_chosen(outcome: str, asked: str) -> None:
    async with browsing(renovation(), pack="P003") as client:
        shown = (await client.post(f"{PAPERS}/asked", data={"outcome": outcome})).text
    for field in ("form.photos", "form.missing_papers"):
        assert (field in shown) is (field == asked)


async def test_a_refused_step_shows_the_blanks_of_the_outcome_that_was_chosen() -> None:
    errors = [{"field": "/form/missing_papers", "detail": "没有填“所缺资料”"}]
    refusal = {f"POST /api/dispatch{PAPERS}": (422, {"detail": "填写有误", "errors": errors})}
    async with browsing(renovation(**refusal), pack="P003") as client:
        page = (await client.post(PAPERS, data={"outcome": "returned"})).text
    assert '<option value="returned" selected>' in page
    assert 'data-asked="form.missing_papers"' in page
    assert "没有填“所缺资料”" in page
