"""What a record must look like, and what it may refer to."""

import json
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter

from services.directory.api.shapes import FAULTS, shaped, unknown_reference
from services.directory.policy.references import Fault, Known, Wrong, wrong_references
from shared.organisation.records import Site
from shared.packs.loader import builtin_pack
from shared.packs.schema import from_wire, to_wire
from shared.web.problems import Problem
from tests.support.directory_builders import account_body, person_body, site_body


def test_a_stored_site_is_read_back_as_the_record_it_was() -> None:
    body = shaped("site", "s1", site_body()).body
    read = TypeAdapter(Site).validate_python(json.loads(json.dumps(body)))
    assert (read.id, read.code, read.packs[0].since.isoformat()) == ("s1", "SZ1", "2020-01-01T00:00:00+08:00")


def test_the_packs_of_the_product_pass_and_come_back() -> None:
    pack = builtin_pack("P001/3")
    assert from_wire(shaped("pack", "P001/3", to_wire(pack)).body) == pack


@pytest.mark.parametrize(
    ("record", "body", "place"),
    [
        pytest.param("site", site_body(colour="red"), "colour", id="unknown field"),
        pytest.param("site", {"code": "x"}, "name", id="missing field"),
        pytest.param("site", site_body(code=5), "code", id="a number for a text"),
        pytest.param("site", site_body(zone="Mars/Base"), "record", id="unknown zone"),
        pytest.param("person", person_body("x", appointments=[{"site": "s1"}]), "role", id="nested"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(record: str, body: dict[str, Any], place: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        shaped(record, "s1", body)
    where = ["record" if len(error["loc"]) == 1 else error["loc"][-1] for error in refused.value.errors()]
    assert place in where


DEPARTMENT = {"site": "s1", "name": {"zh": "电梯维保", "en": "Lifts"}, "kind": "lift_dept"}


@pytest.mark.parametrize(
    ("record", "key", "body", "field"),
    [
        pytest.param("ghost", "k", {}, "/record", id="unknown kind"),
        pytest.param("site", "a b", site_body(), "/key", id="a key with a blank"),
        pytest.param("site", "s1", site_body(id="s2"), "/id", id="two ids"),
        pytest.param("site", "s1", site_body(phone="1\x00"), "/phone", id="control character"),
        pytest.param("site", "s1", site_body(phone="1" * 5000), "/phone", id="a long text"),
        pytest.param("site", "s1", site_body(packs=[]), "/packs", id="no pack"),
        pytest.param(
            "site", "s1", site_body(calendar={"version": "1", "weekly": [[]] * 7}), "/calendar/weekly", id="never open"
        ),
        pytest.param("person", "p", person_body("x", wecom="ftp://x"), "/wecom", id="no web address"),
        pytest.param("department", "d", DEPARTMENT | {"contract": {"accept": 10}}, "/contract", id="a contract inside"),
        pytest.param("account", "a", account_body("a b"), "/username", id="a user name with a blank"),
        pytest.param("account", "a", account_body("a", ("s1", "king")), "/grants", id="unknown right"),
        pytest.param("account", "a", account_body("a", language="fr"), "/language", id="unknown language"),
    ],
)
def test_a_record_that_cannot_be_is_refused_by_field(record: str, key: str, body: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as refused:
        shaped(record, key, body)
    assert (refused.value.refusal.status, refused.value.refusal.field) == (422, field)


@pytest.mark.parametrize("terms", [{"accept": 0}, {"accept": 60, "arrive": 30}, {"restore": "soon"}])
def test_terms_no_contract_can_have_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(RequestValidationError) as refused:
        shaped("department", "d", DEPARTMENT | {"internal": False, "contract": terms})
    assert {error["loc"][1] for error in refused.value.errors()} == {"contract"}


def test_a_vendor_keeps_its_contract() -> None:
    terms = {"accept": 10, "arrive": 30, "restore": 240}
    assert shaped("department", "d", DEPARTMENT | {"internal": False, "contract": terms}).body["contract"] == terms


def test_a_broken_pack_names_every_place() -> None:
    wire = to_wire(builtin_pack("P001/3")) | {"chain": ["nobody_of_this_name"]}
    with pytest.raises(RequestValidationError) as refused:
        shaped("pack", "P001/3", wire)
    assert any("chain" in error["loc"] for error in refused.value.errors())


def known() -> Known:
    made = Known()
    roles: dict[str, Any] = {"engineering_dept": {}, "front_desk": {}}
    made.add("pack", {"id": "P001/3", "version": builtin_pack("P001/3").version, "roles": roles})
    made.add("pack", {"id": "G-SAFETY", "version": 1, "roles": {"guard": {}}})
    made.add("site", shaped("site", "s1", site_body()).body)
    made.add("department", {"id": "eng", "site": "s1"})
    made.add("person", {"id": "ann"})
    made.add("account", {"id": "a1", "username": "Ann"})
    return made


def appointed(**changes: Any) -> dict[str, Any]:
    held = {"site": "s1", "role": "guard", "since": "2020-01-01T00:00:00Z"} | changes
    return person_body("guard", appointments=[held])


@pytest.mark.parametrize(
    ("record", "key", "body", "wrong"),
    [
        pytest.param("person", "p", appointed(), None, id="a role of the safety pack"),
        pytest.param("person", "p", appointed(site="s9"), ("/appointments/0/site", Fault.NO_SITE), id="unknown site"),
        pytest.param("person", "p", appointed(role="king"), ("/appointments/0/role", Fault.NO_ROLE), id="unknown role"),
        pytest.param(
            "person",
            "p",
            appointed(department="hr"),
            ("/appointments/0/department", Fault.NO_DEPARTMENT),
            id="unknown department",
        ),
        pytest.param(
            "person",
            "p",
            appointed()
            | {"absences": [{"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z", "substitute": "bo"}]},
            ("/absences/0/substitute", Fault.NO_PERSON),
            id="unknown substitute",
        ),
        pytest.param("site", "s2", site_body(), ("/code", Fault.CODE_TAKEN), id="code of another site"),
        pytest.param("site", "s1", site_body(), None, id="its own code again"),
        pytest.param(
            "site",
            "s2",
            site_body(code="B", packs=[{"pack": "X", "version": 1, "since": "2020-01-01T00:00:00Z"}]),
            ("/packs/0", Fault.NO_PACK),
            id="unknown pack",
        ),
        pytest.param(
            "account", "a2", account_body("aNN"), ("/username", Fault.USERNAME_TAKEN), id="name in other case"
        ),
        pytest.param("account", "a2", account_body("b", ("s9", "view")), ("/grants/0/site", Fault.NO_SITE), id="grant"),
        pytest.param(
            "account", "a2", account_body("b", person="cy"), ("/person", Fault.NO_PERSON), id="account of nobody"
        ),
        pytest.param(
            "roster",
            "r",
            {
                "site": "s1",
                "role": "guard",
                "since": "2020-01-01T00:00:00Z",
                "shifts": [{"weekday": 0, "start_minute": 0, "end_minute": 60, "person": "bo"}],
            },
            ("/shifts/0/person", Fault.NO_PERSON),
            id="shift of nobody",
        ),
    ],
)
def test_what_a_record_refers_to_must_be_there(
    record: str, key: str, body: dict[str, Any], wrong: tuple[str, Fault] | None
) -> None:
    found = [(one.path, one.fault) for one in wrong_references(record, shaped(record, key, body).body, known())]
    assert found == ([wrong] if wrong else [])


def test_an_unknown_role_is_answered_with_those_there_are() -> None:
    (wrong,) = wrong_references("person", shaped("person", "p", appointed(role="king")).body, known())
    hint = unknown_reference(wrong).refusal.hint
    assert hint is not None
    assert hint.gaps == {"options": "engineering_dept、front_desk、guard"}


def test_every_fault_has_a_sentence() -> None:
    assert set(FAULTS) == set(Fault)
    assert (
        unknown_reference(Wrong("/x", Fault.NO_SITE, "s9"), within="/records/3/body").refusal.field
        == "/records/3/body/x"
    )
