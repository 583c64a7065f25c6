"""Every act a person can do to a case, as the form that does it.

Which of them is possible now is said by the service that owns the act; here stands only what its form asks.
Source: design.md §3, requirements §3, §9.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.console.policy.blanks import Blank, Kind
from shared.rules.words import ASSIGNEE

ASKER = "asker"
"""Among the rights of a reader: the open follow-up names him, so he records it without the right of the desk."""

REASON = Blank("reason", Kind.PROSE, "理由", required=True)
MENDS = Blank("correction", Kind.CHECK, "这是更正登记错误")
CHANNELS = (("phone", "电话"), ("visit", "来访"), ("online", "网络"), ("letter", "来信"))
METHODS = (("phone", "电话"), ("visit", "上门"), ("online", "网络"), ("letter", "书面"))
REPLIES = (("first", "首次答复"), ("progress", "告知进展"), ("result", "告知结果"))
ANSWERS = (
    ("satisfied", "满意"),
    ("unsatisfied", "不满意"),
    ("unreached", "未联系上"),
    ("refused", "不愿回访"),
)
ENDINGS = {
    "by_authority": "上级批准结案",
    "anonymous": "匿名，核实后结案",
    "invalid": "非管理责任，已答复",
    "completed": "处理完毕",
}
WAYS = (("phone", "电话"), ("visit", "上门"), ("signature", "签字"), ("online", "网络"), ("letter", "书面"))
"""How a consent is given."""
REPLY = (
    Blank("kind", Kind.CHOICE, "答复内容", required=True, options=REPLIES),
    Blank("method", Kind.CHOICE, "方式", required=True, options=METHODS),
)


@dataclass(frozen=True, slots=True)
class Act:
    """One act and its form.

    Attributes:
        id: As the service names it among the possible ones.
        path: Where it is posted, ``{case}`` standing for the case.
        rights: Any of these is needed at the case's site.
        main: Offered first: the next step of the work.
        named: Its part of the address, where one possible act has two forms.
    """

    id: str
    title: str
    path: str
    rights: tuple[str, ...]
    blanks: tuple[Blank, ...] = ()
    main: bool = False
    named: str = ""

    @property
    def service(self) -> str:
        """Who carries it out."""
        return self.path.split("/")[2]

    @property
    def slug(self) -> str:
        """Its part of the console's address."""
        return self.named or self.id.replace("_", "-")


def _work(act: str, title: str, rights: tuple[str, ...], *blanks: Blank, main: bool = False) -> Act:
    return Act(act, title, f"/api/dispatch/cases/{{case}}/{act}", rights, blanks, main)


def _desk(act: str, title: str, *blanks: Blank) -> Act:
    return Act(act, title, f"/api/intake/requests/{{case}}/{act}", ("desk",), blanks)


def _bulk(act: str, title: str, *blanks: Blank) -> Act:
    rights = ("work", "desk")
    return Act(f"{act}-all", title, f"/api/dispatch/incidents/{{case}}/{act}", rights, blanks)


DISPATCH = (
    _work("accept", "接单", ("work",), Blank("complete_by", Kind.INSTANT, "部门承诺完成时间"), main=True),
    _work(
        "assign", "指派", ("work",), Blank("assignee", Kind.CHOICE, "经办人", required=True, offers="people"), main=True
    ),
    _work("start", "开始处理", ("work",), main=True),
    _work(
        "reply",
        "答复",
        ("work", "desk"),
        *REPLY,
        Blank("agreed_until", Kind.INSTANT, "与客户约定的时间"),
        Blank("text", Kind.PROSE, "告知内容"),
        main=True,
    ),
    _work("complete", "完成", ("work",), Blank("text", Kind.PROSE, "处理结果"), main=True),
    _work(
        "follow-up",
        "回访",
        ("desk", ASKER),
        Blank("answer", Kind.CHOICE, "客户意见", required=True, options=ANSWERS),
        Blank("method", Kind.CHOICE, "方式", required=True, options=METHODS),
        Blank("quality", Kind.SCORE, "质量（1–5）"),
        Blank("attitude", Kind.SCORE, "态度（1–5）"),
        Blank("text", Kind.PROSE, "客户原话"),
        main=True,
    ),
    _work("defer", "推迟处理", ("work", "desk"), Blank("until", Kind.INSTANT, "推迟到", required=True), REASON),
    _work("return", "退单", ("work",), REASON),
    _work(
        "transfer",
        "转部门",
        ("work", "desk"),
        Blank("department", Kind.CHOICE, "部门", required=True, offers="departments"),
        REASON,
    ),
    _work("close", "结案", ("desk",), Blank("ending", Kind.CHOICE, "结果", required=True, offers="endings"), REASON),
    _work(
        "reopen",
        "重新处理",
        ("desk",),
        Blank(
            "because",
            Kind.CHOICE,
            "原因",
            required=True,
            options=(("customer", "客户再次提出"), ("false_completion", "并未完成")),
        ),
        REASON,
    ),
)
INTAKE = (
    _desk(
        "classify",
        "重新分类",
        Blank("category", Kind.CHOICE, "类别", offers="categories"),
        Blank("criteria", Kind.BOXES, "情形", offers="criteria"),
        Blank("severity", Kind.CHOICE, "等级", offers="severities"),
        Blank("validity", Kind.CHOICE, "有效性", options=(("valid", "有效"), ("invalid", "无效"))),
        REASON,
        MENDS,
    ),
    _desk(
        "amend",
        "补充或更正",
        Blank("unit", Kind.LINE, "房号"),
        Blank("caller.name", Kind.LINE, "姓名"),
        Blank("caller.phone", Kind.LINE, "电话"),
        Blank("content", Kind.PROSE, "内容"),
        Blank("demand", Kind.PROSE, "要求"),
        Blank("place", Kind.LINE, "地点"),
        Blank("customer_limit", Kind.INSTANT, "客户时限"),
        Blank("received_at", Kind.INSTANT, "接报时间"),
        REASON,
        MENDS,
    ),
    _desk(
        "consent",
        "记录同意",
        Blank("consent", Kind.CHOICE, "同意事项", required=True, offers="consents"),
        Blank("until", Kind.INSTANT, "同意等到"),
        Blank("method", Kind.CHOICE, "方式", required=True, options=WAYS),
        Blank("given_at", Kind.INSTANT, "何时同意"),
        Blank("name", Kind.LINE, "同意人"),
        Blank("text", Kind.PROSE, "客户原话"),
    ),
    Act(
        "raise_again",
        "客户再次反映",
        "/api/intake/requests/{case}/raise-again",
        ("desk",),
        (Blank("channel", Kind.CHOICE, "方式", options=CHANNELS), Blank("content", Kind.PROSE, "内容")),
    ),
    _desk("link", "归入事件", Blank("incident", Kind.PARTING, "事件", offers="incidents"), REASON, MENDS),
    _desk("withdraw", "撤回事项", REASON),
)
ESCALATION = (
    Act(
        "acknowledge",
        "我来处理",
        "/api/escalation/cases/{case}/acknowledge",
        ("view",),
        (Blank("raise_id", Kind.HIDDEN, "上报", required=True), Blank("text", Kind.PROSE, "处理决定")),
    ),
    Act(
        "push_up",
        "请上级处理",
        "/api/escalation/cases/{case}/push-up",
        ("view",),
        (REASON,),
    ),
    Act(
        "request_extension",
        "请求延期",
        "/api/escalation/cases/{case}/extensions",
        ("work",),
        (
            Blank("clock", Kind.CHOICE, "时限", required=True, offers="clocks"),
            Blank("until", Kind.INSTANT, "延至", required=True),
            REASON,
        ),
    ),
    Act(
        "decide_extension",
        "审批延期",
        "/api/escalation/cases/{case}/extensions/decide",
        ("view",),
        (
            Blank("clock", Kind.CHOICE, "时限", required=True, offers="clocks"),
            Blank("decision", Kind.CHOICE, "决定", required=True, options=(("approve", "批准"), ("refuse", "不批准"))),
            Blank("until", Kind.INSTANT, "延至"),
            REASON,
        ),
    ),
)
BULK = (
    _bulk("reply", "答复全部来电人", *REPLY, Blank("text", Kind.PROSE, "告知内容")),
    _bulk("complete", "整个事件处理完毕", Blank("text", Kind.PROSE, "处理结果")),
    _bulk("close", "整个事件结案", REASON),
)
ACTS: Mapping[str, Act] = {act.slug: act for act in (*DISPATCH, *INTAKE, *ESCALATION, *BULK)}


def follow_up_rights(work: Mapping[str, Any], person: str | None, roles: Collection[str]) -> frozenset[str]:
    """`ASKER` where the follow-up of the case, as dispatch shows it, is this reader's; judged as dispatch does."""
    named, assignee = set((work.get("follow_up") or {}).get("who", ())), work.get("assignee")
    handled = person == assignee if assignee else work.get("department") in roles
    mine = bool(named & set(roles)) or (ASSIGNEE in named and handled)
    return frozenset({ASKER} if mine else ())


def offered(
    possible: Mapping[str, Collection[str]],
    *,
    rights: Collection[str],
    incident: bool,
    acts: Mapping[str, Act] = ACTS,
) -> tuple[Act, ...]:
    """The acts whose form is shown: possible now by the word of their service, and within the reader's rights.

    Args:
        possible: Acts possible now, by service.
        rights: What the reader may do at the case's site.
        incident: Whether the case is itself an incident, so that acts on all its matters make sense.
        acts: Every act, by its part of the address.
    """
    bulk = BULK if incident and set(rights) & {"work", "desk"} else ()
    return (
        *(
            act
            for act in acts.values()
            if act not in BULK
            and act.id in possible.get(act.service, ())
            and set(act.rights) & set(rights)
            and not (incident and act.id == "link")
        ),
        *bulk,
    )
