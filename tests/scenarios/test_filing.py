"""Issues of registers in a scenario: signed, filed and destroyed as over the interface."""

from tests.support.stories import passes, story

MARCH = "{received: 2025-03-04 10:00, severity: minor}"


def test_as_030_a_register_is_signed_by_the_chief_butler_before_it_is_filed() -> None:
    assert passes(
        """
        - {register: {id: R-24, month: 2025-03, window: calendar, signed_by: chief_butler, signature_missing: no}}
        - {row: {register: R-24, month: null, signed_by: chief_butler}}
        - {register: {id: R-24, month: 2025-04, window: calendar, signature_missing: yes, received: 0}}
        """,
        when="""
        - {at: 2025-03-20 09:00, by: chief_butler, sign: R-24, refused: not_over}
        - {at: 2025-04-02 09:00, by: chief_butler, archive: {register: R-24, month: 2025-03}, refused: unsigned}
        - {at: 2025-04-02 09:10, by: head_butler, sign: {register: R-24, month: 2025-03}, refused: not_the_signer}
        - {at: 2025-04-02 09:20, by: chief_butler, sign: {register: R-24, month: 2025-03}}
        - {at: 2025-04-02 09:25, by: chief_butler, sign: {register: R-24, month: 2025-03}, refused: already_signed}
        - {at: 2025-04-02 09:30, by: service_assistant, archive: {register: R-24, month: 2025-03}}
        """,
        given=MARCH,
    )


def test_a_filed_register_stays_as_long_as_the_site_says() -> None:
    assert passes(
        "- {register: {id: R-24, month: 2025-03, window: calendar, signature_missing: yes}}",
        when="""
        - {at: 2025-04-02 09:20, by: chief_butler, sign: {register: R-24, month: 2025-03}}
        - {at: 2025-04-02 09:30, by: service_assistant, archive: {register: R-24, month: 2025-03}}
        - {at: 2025-04-03 09:30, by: chief_butler, destroy: {register: R-24, month: 2025-03}, refused: retention_unset}
        - {at: 2025-04-03 09:40, set_parameters: {register_retention_years: 2}}
        - at: 2027-04-02 23:59
          by: chief_butler
          destroy: {register: R-24, month: 2025-03}
          refused: {why: kept, contains: "2027-04-02 24:00"}
        - {at: 2027-04-03 00:00, by: chief_butler, destroy: {register: R-24, month: 2025-03}}
        """,
        given=MARCH,
    )


def test_a_signature_that_is_missing_is_found_missing() -> None:
    verdict = story(
        "- {register: {id: R-24, month: 2025-03, window: calendar, signed_by: chief_butler}}",
        when="- {at: 2025-04-02 09:20, wait: }",
        given=MARCH,
    )
    assert not verdict.passed
