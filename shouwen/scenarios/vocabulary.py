"""The verbs of a scenario: every command of the services in the words of the trade, and acts on the estate itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.dispatch import commands as dispatch
from services.escalation import commands as escalation
from services.intake import commands as intake
from services.notify import commands as notify
from shared.contracts.fields import Command
from shouwen.words import Words

CASE_OPENERS = ("receive", "open_incident", "import_case")


@dataclass(frozen=True, slots=True)
class Verb:
    """One act a person can do.

    Attributes:
        service: Who is asked.
        command: The command of the service; its fields are the fields of the act.
        main: The field a bare value stands for; None where the act takes a mapping only.
        right: What the route asks of the account before the rules do.
        by: Who does it where nobody is named: ``desk``, ``department``, ``named``, ``approver``, ``head``, or ``step``
            for whoever the pack names for the step.
        given: Fields filled where the act leaves them out.
        fixed: Fields the verb itself decides.
        first: Verb that is done before it where that is still possible.
    """

    name: str
    zh: str
    service: str
    command: type[Command]
    main: str | None = None
    right: str = "view"
    by: str = "desk"
    given: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    first: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """What the act may say."""
        return tuple(name for name in self.command.model_fields if name not in self.fixed)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on the estate, the machinery or time itself; nobody's command.

    Attributes:
        fields: What it may say, by name, with the kind of value.
        needed: Fields that may not be left out.
    """

    name: str
    zh: str
    main: str | None
    fields: Mapping[str, str]
    needed: tuple[str, ...] = ()


CALENDAR_FIELDS = ("weekly", "special_days", "statutory", "start_day", "off", "make_up")
REASON = {"reason": "说明"}
_VERBS = (
    Verb("receive", "受理", "intake", intake.LogRequest, right="desk", given={"content": "来电反映的事项"}),
    Verb(
        "open_incident",
        "立事件",
        "intake",
        intake.OpenIncident,
        right="desk",
        given={"content": "事件", "area": "本项目"},
    ),
    Verb("import_case", "导入", "intake", intake.ImportCase, right="admin", by="head"),
    Verb("classify", "定性", "intake", intake.Classify, "severity", "desk", given=REASON),
    Verb("judge", "判定有效无效", "intake", intake.Classify, "validity", "desk", given=REASON),
    Verb("amend", "更改", "intake", intake.Amend, right="desk", given=REASON),
    Verb("correct", "更正登记", "intake", intake.Amend, None, "desk", "head", REASON, {"correction": True}),
    Verb(
        "correct_class", "更正定性", "intake", intake.Classify, "severity", "desk", "head", REASON, {"correction": True}
    ),
    Verb("consent", "客户同意", "intake", intake.Consent, "consent", "desk"),
    Verb("raise_again", "客户再次提出", "intake", intake.RaiseAgain, "content", "desk"),
    Verb("withdraw", "撤回", "intake", intake.Withdraw, "reason", "desk", given=REASON),
    Verb("join", "并入事件", "intake", intake.Link, "incident", "desk", given=REASON),
    Verb("leave", "脱离事件", "intake", intake.Link, "reason", "desk", given=REASON, fixed={"incident": None}),
    Verb("accept", "接单", "dispatch", dispatch.Accept, "complete_by", by="department"),
    Verb("assign", "指派", "dispatch", dispatch.Assign, "assignee", by="department"),
    Verb("start", "开始", "dispatch", dispatch.Start, by="department"),
    Verb(
        "reply", "答复", "dispatch", dispatch.Reply, "kind", by="department", given={"kind": "first", "method": "phone"}
    ),
    Verb("complete", "完成", "dispatch", dispatch.Complete, "text", by="department"),
    Verb("resolve", "接单并完成", "dispatch", dispatch.Complete, "text", by="department", first="accept"),
    Verb("return", "退单", "dispatch", dispatch.Return, "reason", by="department", given=REASON),
    Verb("transfer", "转派", "dispatch", dispatch.Transfer, "department", by="department", given=REASON),
    Verb("take", "办理步骤", "dispatch", dispatch.TakeStep, "step", by="step"),
    Verb("defer", "延后处理", "dispatch", dispatch.Defer, "until", given=REASON),
    Verb("follow_up", "回访", "dispatch", dispatch.FollowUp, "answer", given={"method": "visit"}),
    Verb("close", "结案", "dispatch", dispatch.Close, "ending", given={"ending": "completed"} | REASON),
    Verb("reopen", "重新处理", "dispatch", dispatch.Reopen, "because", given={"because": "customer"} | REASON),
    Verb(
        "reply_to_all", "统一答复", "dispatch", dispatch.ReplyToAll, "kind", given={"kind": "first", "method": "phone"}
    ),
    Verb("complete_all", "统一完成", "dispatch", dispatch.CompleteAll, "text", by="department"),
    Verb("close_all", "统一结案", "dispatch", dispatch.CloseAll, "reason", given=REASON),
    Verb("see_to", "办理对外告知", "notify", notify.SeeTo, "notice"),
    Verb("acknowledge", "确认知悉", "escalation", escalation.Acknowledge, "raise_id", by="named"),
    Verb("push_up", "上报", "escalation", escalation.PushUp, "to", by="department", given=REASON),
    Verb("ask_extension", "申请延期", "escalation", escalation.RequestExtension, None, "work", "department", REASON),
    Verb("decide_extension", "决定延期", "escalation", escalation.DecideExtension, None, by="approver", given=REASON),
    Verb(
        "approve_extension",
        "批准延期",
        "escalation",
        escalation.DecideExtension,
        "clock",
        by="approver",
        given=REASON,
        fixed={"decision": "approve"},
    ),
    Verb(
        "refuse_extension",
        "驳回延期",
        "escalation",
        escalation.DecideExtension,
        "clock",
        by="approver",
        given=REASON,
        fixed={"decision": "refuse"},
    ),
)
VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _VERBS}

_DEEDS = (
    Deed("wait", "时间过去", "note", {"note": "text"}),
    Deed("activate_pack", "启用制度", "pack", {"pack": "pack", "version": "number"}, ("pack",)),
    Deed("add_profile", "加附加制度", "pack", {"pack": "pack", "version": "number", "until": "instant"}, ("pack",)),
    Deed("go_live", "上线检查", "note", {"note": "text"}),
    Deed("set_parameters", "设项目参数", None, {}),
    Deed("change_calendar", "改日历", None, dict.fromkeys(CALENDAR_FIELDS, "calendar")),
    Deed("switch", "变体开关", None, {}),
    Deed(
        "appoint", "任命", "person", {"person": "text", "role": "role", "shift": "shift", "right": "right"}, ("role",)
    ),
    Deed("dismiss", "免职", "person", {"person": "person", "role": "role"}, ("role",)),
    Deed(
        "absent",
        "请假",
        "person",
        {"person": "person", "until": "instant", "substitute": "person"},
        ("person", "until"),
    ),
    Deed("sign", "签表册", "register", {"register": "register", "month": "text"}, ("register",)),
    Deed("archive", "表册归档", "register", {"register": "register", "month": "text"}, ("register",)),
    Deed("destroy", "销毁表册", "register", {"register": "register", "month": "text"}, ("register",)),
    Deed("deliver_twice", "重复投递", "fact", {"fact": "fact"}, ("fact",)),
    Deed("service_down", "服务停机", "service", {"service": "service", "until": "instant"}, ("service", "until")),
)
DEEDS: Mapping[str, Deed] = {deed.name: deed for deed in _DEEDS}
ACTS = (*VERBS, *DEEDS)
OTHER_WORDS: Mapping[str, str] = {
    "log": "receive",
    "incident": "open_incident",
    "link": "join",
    "unlink": "leave",
    "pass": "wait",
    "solve": "resolve",
    "first_reply": "reply",
    "finish": "complete",
    "escalate": "push_up",
    "take_step": "take",
    "postpone": "defer",
    "acknowledged": "acknowledge",
    "extend": "approve_extension",
    "request_extension": "ask_extension",
    "record_follow_up": "follow_up",
    "set_parameter": "set_parameters",
    "absence": "absent",
}
"""Words people write for an act, and the one this format uses."""

REFERENCES: Mapping[str, str] = {
    "incident": "case",
    "from_case": "case",
    "split_from": "case",
    "assignee": "person",
    "first_receiver": "person",
}
"""Fields that name a case of the file, or a role or person."""

AROUND = ("at", "by", "case", "refused", "heard", "note")
"""What may stand beside the verb."""

SERVICES = ("intake", "dispatch", "escalation", "notify", "reporting")
MISSING_ACT = Words("没有写明做什么", "nothing is done here")
