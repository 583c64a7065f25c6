"""One sentence for each kind of fact."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.reporting.views import steps, words
from services.reporting.views.names import Names
from shared.contracts import dispatch, escalation, intake, notify, pieces
from shared.contracts.envelope import Fact
from shared.contracts.wording import Text, text
from shared.rules.consents import consent_named

NONE = text("无")
BY_CALENDAR = "calendar "
"""How escalation names a calendar as what moved clocks, before its version."""


def _listed(parts: Iterable[str]) -> Text | tuple[Text, ...]:
    told = tuple(text("{one}", one=part) for part in parts)
    return told or NONE


def _received(fact: intake.RequestReceived, names: Names) -> Text:
    return text(
        "{who} 登记：{channel}，{category}，{severity}，编号 {number}，首问责任人 {first}",
        who=names.person(fact.registered_by),
        channel=names.word(words.CHANNEL, fact.channel),
        category=names.category(fact.case_type, fact.category),
        severity=names.severity(fact.case_type, fact.severity),
        number=fact.number,
        first=names.person(fact.first_receiver),
    )


def _classified(fact: intake.RequestClassified, names: Names) -> Text:
    return text(
        "{who} 重新分类：{category}，{severity}，{validity}",
        who=names.person(fact.by),
        category=names.category(fact.case_type, fact.category),
        severity=names.severity(fact.case_type, fact.severity),
        validity=names.word(words.VALIDITY, fact.validity),
    )


def _amended(fact: intake.RequestAmended, names: Names) -> Text:
    fields = _listed(names.word(words.FORMS, name) for name in fact.changed)
    if fact.correction:
        return text("{who} 更正了 {fields}", who=names.person(fact.by), fields=fields)
    return text("{who} 补充了 {fields}", who=names.person(fact.by), fields=fields)


def _consented(fact: intake.ConsentRecorded, names: Names) -> Text:
    gaps: dict[str, Any] = {"who": names.person(fact.by), "consent": consent_named(fact.consent)}
    if fact.until is None:
        return text("{who} 记录客户{consent}", **gaps)
    return text("{who} 记录客户{consent}，至 {until}", **gaps, until=fact.until)


def _linked(fact: intake.RequestsLinked, names: Names) -> Text:
    if fact.incident is None:
        return text("{who} 将其移出事件", who=names.person(fact.by))
    return text("{who} 将其并入事件", who=names.person(fact.by))


def _issued(fact: dispatch.OrderIssued, names: Names) -> Text:
    return text("派工单 {order} 发往 {to}", order=fact.order, to=names.department(fact.department))


def _accepted(fact: dispatch.OrderAccepted, names: Names) -> Text:
    if fact.complete_by is None:
        return text("{who} 接单", who=names.person(fact.by))
    return text("{who} 接单，承诺 {until} 前完成", who=names.person(fact.by), until=fact.complete_by)


def _replied(fact: dispatch.ReplyGiven, names: Names) -> Text:
    return text(
        "{who} 答复客户：{kind}（{method}）",
        who=names.person(fact.by),
        kind=names.word(words.REPLY, fact.kind),
        method=names.word(words.METHOD, fact.method),
    )


def _follow_up_opened(fact: dispatch.FollowUpOpened, names: Names) -> Text:
    return text(
        "待回访：{who}，{method}，第 {round} 次",
        who=_listed(_as(role, names) for role in fact.who),
        method=names.word(words.METHOD, fact.method),
        round=fact.round,
    )


def _followed_up(fact: dispatch.FollowUpRecorded, names: Names) -> Text:
    return text(
        "{who} 回访（{method}）：{answer}",
        who=names.person(fact.by),
        method=names.word(words.METHOD, fact.method),
        answer=names.word(words.ANSWER, fact.answer),
    )


def _reopened(fact: dispatch.CaseReopened, names: Names) -> Text:
    return text(
        "{who} 重新办理，第 {round} 轮：{because}",
        who=names.person(fact.by),
        round=fact.round,
        because=names.word(words.REOPENED, fact.because),
    )


def _armed(fact: escalation.ClockArmed, names: Names) -> Text:
    clocks = tuple(_one_armed(clock, names) for clock in fact.clocks) or NONE
    if fact.because.startswith(BY_CALENDAR):
        return text(
            "按工作日历 {version} 重算：{clocks}", version=fact.because.removeprefix(BY_CALENDAR), clocks=clocks
        )
    return text("时限开始：{clocks}", clocks=clocks)


def _one_armed(clock: pieces.Armed, names: Names) -> Text:
    if clock.due_at is None:
        return text("{clock}，不设时点", clock=names.clock(clock.clock))
    return text("{clock}，{due} 前", clock=names.clock(clock.clock), due=clock.due_at)


def _stopped(fact: escalation.ClockStopped, names: Names) -> Text:
    return text("时限结束：{clocks}", clocks=tuple(_one_stopped(clock, names) for clock in fact.clocks) or NONE)


def _one_stopped(clock: pieces.Stopped, names: Names) -> Text:
    outcome = names.word(words.CLOCK_OUTCOME, clock.outcome)
    return text("{clock} {outcome}", clock=names.clock(clock.clock), outcome=outcome)


def _raised(fact: escalation.CaseRaised, names: Names) -> Text:
    reason = names.word(words.REASON, fact.reason)
    return text(
        "上报（{reason}）：{people}",
        reason=f"{reason} {names.rule(fact.rule)}" if fact.rule else reason,
        people=_listed(_told(one, names) for one in fact.people),
    )


def _told(one: pieces.Told, names: Names) -> str:
    return names.beside(names.person(one.person), _as(one.role, names))


def _as(role: str, names: Names) -> str:
    return names.word(words.AUDIENCE, role) if role in words.AUDIENCE else names.role(role)


def _extension_decided(fact: escalation.ExtensionDecided, names: Names) -> Text:
    return text(
        "{who} 对延期的决定：{decision}，{clock}，至 {until}",
        who=names.person(fact.by),
        decision=names.word(words.DECISION, fact.decision),
        clock=names.clock(fact.clock),
        until=fact.due_at,
    )


def _extension_requested(fact: escalation.ExtensionRequested, names: Names) -> Text:
    return text(
        "{who} 申请延期：{clock}，至 {until}",
        who=names.person(fact.by),
        clock=names.clock(fact.clock),
        until=fact.until,
    )


def _by(sentence: str) -> Callable[[Any, Names], Text]:
    """A sentence that needs nothing but who did it; *sentence* is a source text of the catalogue."""
    return lambda fact, names: text(sentence, who=names.person(fact.by))


def _clocked(sentence: str) -> Callable[[Any, Names], Text]:
    """A sentence about one clock and its due instant."""
    return lambda fact, names: text(sentence, clock=names.clock(fact.clock), due=fact.due_at)


def _noticed(sentence: str) -> Callable[[Any, Names], Text]:
    """A sentence about one message to one person."""
    return lambda fact, names: text(
        sentence, who=names.person(fact.person), channel=names.word(words.NOTICE, fact.channel)
    )


SENTENCES: Mapping[type[Fact], Callable[[Any, Names], Text]] = {
    **steps.SENTENCES,
    intake.RequestReceived: _received,
    intake.RequestClassified: _classified,
    intake.RequestAmended: _amended,
    intake.ConsentRecorded: _consented,
    intake.RequestRaisedAgain: _by("{who} 登记客户再次反映"),
    intake.RequestWithdrawn: _by("{who} 登记客户撤回"),
    intake.RequestsLinked: _linked,
    intake.IncidentOpened: _by("{who} 立为事件"),
    dispatch.OrderIssued: _issued,
    dispatch.OrderAccepted: _accepted,
    dispatch.OrderAssigned: lambda fact, names: text(
        "{who} 指派 {assignee}", who=names.person(fact.by), assignee=names.person(fact.assignee)
    ),
    dispatch.OrderStarted: _by("{who} 开始处理"),
    dispatch.ReplyGiven: _replied,
    dispatch.OrderCompleted: _by("{who} 处理完成"),
    dispatch.OrderReturned: _by("{who} 退回前台"),
    dispatch.OrderTransferred: lambda fact, names: text(
        "{who} 转给 {to}", who=names.person(fact.by), to=names.department(fact.department)
    ),
    dispatch.FollowUpOpened: _follow_up_opened,
    dispatch.FollowUpRecorded: _followed_up,
    dispatch.CaseReopened: _reopened,
    dispatch.CaseClosed: lambda fact, names: text(
        "结案：{ending}（{who}）", ending=names.word(words.ENDING, fact.ending), who=names.person(fact.by)
    ),
    escalation.ClockArmed: _armed,
    escalation.ClockStopped: _stopped,
    escalation.ClockWarned: _clocked("时限将到：{clock}，{due}"),
    escalation.ClockBreached: _clocked("超时：{clock}，应于 {due} 前"),
    escalation.BreachAnnulled: _clocked("超时撤销：{clock}，原定 {due}"),
    escalation.CaseRaised: _raised,
    escalation.PushedUp: _by("{who} 请上级处理"),
    escalation.RaiseAcknowledged: _by("{who} 确认收到上报"),
    escalation.ExtensionRequested: _extension_requested,
    escalation.ExtensionDecided: _extension_decided,
    escalation.SeverityUpgraded: lambda fact, _: text(
        "到期升级（{rule}）：{severity}", rule=fact.rule, severity=fact.severity
    ),
    escalation.UpgradeAnnulled: lambda fact, _: text(
        "升级撤销（{rule}）：升级之前已处理或已判定，现为 {severity}", rule=fact.rule, severity=fact.severity
    ),
    notify.NoticeSent: _noticed("已发送消息给 {who}（{channel}）"),
    notify.NoticeDelivered: _noticed("消息已送达 {who}（{channel}）"),
    notify.NoticeFailed: _noticed("消息未能送达 {who}（{channel}）"),
    notify.NoticeDropped: lambda fact, names: text(
        "发给 {who} 的消息（{channel}）不再需要，未发送：{because}",
        who=names.person(fact.person),
        channel=names.word(words.NOTICE, fact.channel),
        because=names.word(words.DROPPED, fact.because),
    ),
    notify.NobodyReachable: lambda _fact, _names: text("有关人员都联系不上"),
}
