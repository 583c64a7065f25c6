"""Packs beside the base pack, and what a site has to have said before it goes live."""

from typing import Any

import pytest

from services.directory.api.settling import sentence_of
from services.directory.policy.going_live import Lack, spoilt_list, unsettled
from services.directory.policy.references import Fault, Known, wrong_references
from shared.organisation.records import Named
from shared.web.wording import Voice

EVER = "2020-01-01T00:00:00+08:00"
LATER = "2025-01-01T00:00:00+08:00"
FIRE_AND_POLICE = {"emergency.fire": "119", "emergency.police": 110}
ALL_NUMBERS = FIRE_AND_POLICE | dict.fromkeys(("emergency.hospital", "emergency.ambulance", "emergency.doctor"), "120")


def active(pack: str, since: str = EVER, **more: Any) -> dict[str, Any]:
    return {"pack": pack, "version": 1, "since": since, **more}


def site(*profiles: dict[str, Any], base: str = "BASE", **fields: Any) -> dict[str, Any]:
    body = {"id": "s1", "code": "S", "packs": [active(base)], "profiles": list(profiles), "parameters": {}}
    return body | fields


def known() -> Known:
    found = Known()
    packs = {"BASE": ["complaint"], "CAKES": ["cake"], "MORE-CAKES": ["cake", "bread"], "COMPLAINTS": ["complaint"]}
    for pack, case_types in packs.items():
        body = {"id": pack, "version": 1, "roles": {pack.lower(): {}}, "case_types": case_types, "parameters": {}}
        found.add("pack", body)
    office = {"value": None, "required": True, "name": {"zh": "办公地址", "en": "office address"}}
    strict = {"id": "STRICT", "version": 1, "roles": {}, "case_types": [], "parameters": {"office_address": office}}
    found.add("pack", strict)
    return found


def test_a_profile_brings_its_roles_to_the_site() -> None:
    there = known()
    there.add("site", site(active("CAKES")))
    assert {"base", "cakes"} <= there.roles_at("s1")


def test_a_profile_nobody_knows_is_refused_with_its_place() -> None:
    (wrong,) = wrong_references("site", site(active("CAKES"), active("BUNS")), known())
    assert (wrong.path, wrong.fault, wrong.named) == ("/profiles/1", Fault.NO_PACK, "BUNS v1")


def test_two_profiles_with_one_case_type_are_refused_and_both_named() -> None:
    (wrong,) = wrong_references("site", site(active("CAKES"), active("MORE-CAKES")), known())
    assert (wrong.path, wrong.fault) == ("/profiles/1", Fault.PROFILES_CLASH)
    assert wrong.named == "cake (CAKES v1, MORE-CAKES v1)"


@pytest.mark.parametrize(
    "profiles",
    [
        pytest.param([active("CAKES", until=LATER), active("MORE-CAKES", LATER)], id="one after the other"),
        pytest.param([active("CAKES"), active("COMPLAINTS")], id="nothing in common"),
    ],
)
def test_profiles_that_never_meet_stand(profiles: list[dict[str, Any]]) -> None:
    assert wrong_references("site", site(*profiles), known()) == ()


def test_two_profiles_stand_where_the_base_decides() -> None:
    assert wrong_references("site", site(active("COMPLAINTS"), active("COMPLAINTS")), known()) == ()


def test_a_case_type_the_base_has_too_is_told_not_taken_in_silence() -> None:
    found = unsettled(site(active("COMPLAINTS"), parameters=ALL_NUMBERS), known())
    assert [(one.lack, one.path, one.refused) for one in found] == [(Lack.SHADOWED, "/profiles/0", False)]
    said = Voice("zh").say(sentence_of(found[0]))
    assert "complaint" in said
    assert "COMPLAINTS v1" in said
    assert "BASE v1" in said


def test_a_base_pack_of_another_time_shadows_nothing() -> None:
    profile = active("COMPLAINTS", EVER, until=LATER)
    body = site(profile, parameters=ALL_NUMBERS) | {"packs": [active("CAKES"), active("BASE", LATER)]}
    assert unsettled(body, known()) == ()


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        pytest.param(
            {}, {"fire": True, "police": True, "hospital": False, "ambulance": False, "doctor": False}, id="0"
        ),
        pytest.param(
            FIRE_AND_POLICE, {"hospital": False, "ambulance": False, "doctor": False}, id="AS-185 each missing is named"
        ),
        pytest.param(ALL_NUMBERS, {}, id="all there"),
        pytest.param(ALL_NUMBERS | {"emergency.fire": " "}, {"fire": True}, id="blank"),
    ],
)
def test_missing_emergency_numbers_are_named(parameters: dict[str, Any], missing: dict[str, bool]) -> None:
    found = unsettled(site(parameters=parameters), known())
    assert {one.path.rpartition(".")[2]: one.refused for one in found} == missing


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        pytest.param({}, [], id="no list yet"),
        pytest.param(FIRE_AND_POLICE, [], id="AS-185 only warned"),
        pytest.param({"emergency.doctor": "1"}, ["fire", "police"], id="AS-185 refused without fire or police"),
        pytest.param({"emergency.fire": "119"}, ["police"], id="AS-185 refused without police"),
    ],
)
def test_a_list_without_fire_or_police_is_refused(parameters: dict[str, Any], refused: list[str]) -> None:
    found = spoilt_list(site(parameters=parameters))
    assert [one.path.rpartition(".")[2] for one in found] == refused


def test_as_186_a_site_without_what_its_pack_asks_for_cannot_go_live() -> None:
    found = unsettled(site(base="STRICT", parameters=ALL_NUMBERS), known())
    assert [(one.lack, one.path, one.refused, one.pack) for one in found] == [
        (Lack.PARAMETER, "/parameters/office_address", True, "STRICT v1")
    ]
    assert found[0].named == Named("办公地址", "office address")
    assert unsettled(site(base="STRICT", parameters=ALL_NUMBERS | {"office_address": "大堂"}), known()) == ()


def test_what_stands_in_the_way_comes_first() -> None:
    found = unsettled(site(base="STRICT"), known())
    assert [one.refused for one in found] == sorted((one.refused for one in found), reverse=True)
