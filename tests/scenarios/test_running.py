import pytest

from shouwen.scenarios.running import run
from tests.support.stories import MINOR, actual, passes, story, told


def test_a_limit_is_missed_after_its_instant_not_at_it() -> None:
    assert passes(
        """
        - {at: 2025-03-04 11:00, no_breach: CK-CMP-10}
        - {at: 2025-03-04 11:00:00.001, breach: CK-CMP-10}
        """
    )


def test_an_act_at_the_due_instant_is_on_time() -> None:
    assert passes("- clock: {id: CK-CMP-10, state: met}", when="- {at: 2025-03-04 11:00, reply: first}")
    assert passes("- clock: {id: CK-CMP-10, state: late}", when="- {at: 2025-03-04 11:00:00.001, reply: first}")


def test_midnight_belongs_to_the_day_it_is_written_with() -> None:
    assert passes(
        """
        - {at: 2025-03-06 24:00, clock: CK-CMP-11, state: running}
        - {at: 2025-03-07 00:00, clock: CK-CMP-11, state: breached}
        """
    )


def test_instants_may_be_written_short() -> None:
    when = """
    - {at: "10:20", by: service_center, accept: }
    - {at: +25m, reply: first}
    - {at: +1d, complete: done}
    """
    assert passes(
        """
        - fact: {kind: reply_given, at: 2025-03-04 10:45}
        - fact: {kind: order_completed, at: 03-05 10:45}
        - fact: {kind: order_completed, at: 2025-03-05 02:45+00:00}
        """,
        when=when,
    )


def test_an_unexpected_refusal_fails_the_scenario_and_says_why() -> None:
    verdict = story("- severity: minor", when="- {at: 2025-03-04 10:10, by: engineering_dept, follow_up: satisfied}")
    assert "no_right" in actual(verdict, "refused")


def test_an_expected_refusal_that_does_not_come_fails_the_scenario() -> None:
    verdict = story("- severity: minor", when="- {at: 2025-03-04 10:10, reply: first, refused: wrong_role}")
    assert actual(verdict, "refused") == "carried out"


@pytest.mark.parametrize(
    ("refused", "holds"),
    [
        ("true", True),
        ("yes", True),
        ("no", False),
        ("wrong_role", True),
        ("{why: wrong_role, status: 403}", True),
        ("{contains: 物业大管家}", True),
        ("{contains: Head butler}", True),
        ("own_extension", False),
        ("{field: /until}", False),
        ("{status: 409}", False),
        ("{contains: 总统}", False),
    ],
)
def test_a_refusal_is_compared_word_by_word(refused: str, holds: bool) -> None:  # noqa: FBT001
    when = f"- {{at: 03-06 20:00, by: butler, approve_extension: CK-CMP-11, until: 03-08 24:00, refused: {refused}}}"
    assert story("- clock: {id: CK-CMP-11, due: 2025-03-06 24:00}", when=when).passed is holds


def test_a_refused_act_leaves_nothing_behind() -> None:
    when = "- {at: 03-04 10:30, by: service_center, complete: , refused: not_possible_now}"
    assert passes("- {state: dispatched}\n- no_fact: order_completed", when=when)


def test_who_usually_does_it_does_it() -> None:
    when = """
    - {at: 03-04 10:10, accept: }
    - {at: 03-04 10:20, assign: }
    - {at: 03-04 10:30, complete: }
    - {at: 03-04 10:40, follow_up: satisfied}
    """
    then = """
    - fact: {kind: order_accepted, by: service_center}
    - fact: {kind: order_assigned, assignee: service_center}
    - fact: {kind: follow_up_recorded, by: butler}
    - {state: closed, ending: satisfied}
    """
    assert passes(then, when=when)


def test_a_fact_delivered_twice_counts_once() -> None:
    when = """
    - {at: 03-04 10:10, deliver_twice: request_received}
    - {at: 03-04 10:10, deliver_twice: order_issued}
    """
    assert passes(
        """
        - {order: , count: 1}
        - {told: service_center, about: ordered, count: 1}
        - {fact: clock_armed, because: received, count: 1}
        """,
        when=when,
    )


def test_a_service_that_was_down_finds_the_true_instant_and_tells_once() -> None:
    when = "- {at: 03-04 10:30, service_down: escalation, until: 03-04 12:30}"
    then = """
    - {at: 2025-03-04 12:00, no_breach: CK-CMP-10}
    - {at: 2025-03-04 12:31, breach: CK-CMP-10, due: 2025-03-04 11:00, count: 1}
    - at: 2025-03-04 12:31
      breach: {clock: CK-CMP-10, at: 2025-03-04 11:00}
    - {at: 2025-03-04 13:00, told: head_butler, clock: CK-CMP-10, why: breach, count: 1}
    """
    assert passes(then, when=when)


def test_nobody_can_ask_a_service_that_is_down() -> None:
    when = """
    - {at: 03-04 10:30, service_down: dispatch, until: 03-04 12:30}
    - {at: 03-04 11:00, reply: first, refused: service_down}
    - {at: 03-04 13:00, reply: first}
    """
    assert passes("- clock: {id: CK-CMP-10, state: late}", when=when)


def test_an_act_heard_late_is_judged_by_its_own_time() -> None:
    when = """
    - {at: 03-04 10:50, reply: first, heard: 03-04 11:30}
    - {at: 03-04 11:40}
    """
    then = """
    - {at: 2025-03-04 11:10, breach: CK-CMP-10}
    - {clock: CK-CMP-10, state: met}
    - no_breach: CK-CMP-10
    - annulled: CK-CMP-10
    """
    assert passes(then, when=when)


def test_a_later_fact_waits_for_the_one_before_it() -> None:
    when = """
    - {at: 03-04 10:20, accept: , heard: 03-04 10:50}
    - {at: 03-04 10:30, reply: first}
    """
    then = """
    - {at: 2025-03-04 10:40, clock: CK-CMP-10, state: running}
    - {at: 2025-03-04 10:50, clock: CK-CMP-10, state: met, ended: 2025-03-04 10:30}
    """
    assert passes(then, when=when)


def test_silence_climbs_until_somebody_takes_it() -> None:
    given = "{received: 2025-03-04 10:00, severity: important}"
    climbed = "- {at: 2025-03-04 10:30, raise: silence, level: 1, roles: chief_butler}"
    assert passes(climbed, given=given)
    taken = "- {at: 03-04 10:29, by: head_butler, acknowledge: }"
    assert passes("- {at: 2025-03-04 10:31, no_raise: silence}", given=given, when=taken)


def test_what_happened_before_everything_else_is_given_as_acts() -> None:
    text = f"""
    pack: P001/3
    scenarios:
      - id: X
        given:
          case: {MINOR}
          acts:
            - {{at: 03-04 10:10, classify: important}}
        when:
          - {{at: 03-04 10:20}}
        then:
          - severity: important
          - clock: {{id: CK-CMP-13, due: 2025-03-04 13:00}}
    """
    (one,) = told(text)
    assert run(one).passed


def test_many_callers_of_one_incident() -> None:
    given = "[{name: A, received: 2025-03-04 10:00}, {name: B, received: 2025-03-04 10:05}]"
    when = """
    - {at: 03-04 10:10, case: I, open_incident: {category: water, area: 3栋, cause: 爆管}}
    - {at: 03-04 10:11, case: A, join: I}
    - {at: 03-04 10:12, case: B, join: I}
    - {at: 03-04 10:13, case: B, join: A, refused: {why: unknown_incident, field: incident}}
    - {at: 03-04 10:14, case: I, accept: }
    - {at: 03-04 11:00, case: I, complete_all: 已关阀}
    """
    assert passes("- {case: A, state: resolved}\n- {case: B, ending: with_incident}", given=given, when=when)


def test_history_is_brought_without_a_sound() -> None:
    text = """
    pack: P001/3
    scenarios:
      - id: X
        when:
          - at: 2025-06-01 09:00
            import_case:
              category: service
              received_at: 2025-03-04 10:00
              history: {source: old, key: "1", quiet_until: 2025-06-01 09:00, acts: [{act: accepted, at: 03-04 10:30}]}
        then:
          - breach: {clock: CK-CMP-10, silent: true}
          - no_message:
    """
    (one,) = told(text)
    verdict = run(one)
    assert verdict.passed, verdict.failures


def test_resolving_is_accepting_and_completing() -> None:
    when = "- {at: 03-04 10:20, resolve: 已修好}"
    assert passes("- {fact: order_accepted, count: 1}\n- {state: resolved}", when=when)
    refused = "- {at: 03-04 10:20, resolve: }\n- {at: 03-04 10:30, resolve: , refused: not_possible_now}"
    assert passes("- {fact: order_accepted, count: 1}", when=refused)


def test_a_name_is_free_again_when_its_case_was_refused() -> None:
    when = """
    - {at: 2025-03-04 10:10, case: B, receive: , category: nonsense, refused: unknown_category}
    - {at: 2025-03-04 10:20, case: B, receive: , category: cleaning}
    """
    assert passes("- {case: B, category: cleaning}", when=when)


def test_an_incident_opened_from_a_case_has_it_at_once() -> None:
    when = """
    - {at: 2025-03-04 10:10, case: I, open_incident: {case_type: complaint, category: service, from_case: case}}
    - {at: 2025-03-04 10:20, case: I, reply_to_all: progress}
    """
    assert passes("- state: {status: joined, incident: I}\n- clock: {id: CK-CMP-10, state: met}", when=when)
