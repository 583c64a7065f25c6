"""How intake says no: which field, why, and what would be right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.intake.policy.acts import POSSIBLE, Status
from services.intake.policy.forming import Misfilled
from services.intake.policy.judging import Unfounded, VerdictUnfounded
from shared.contracts.fold import Refusal
from shared.contracts.form_faults import wrongly_filled
from shared.contracts.wording import Text, text
from shared.organisation.records import Named, NoPackYet
from shared.rules.book import UnknownCaseType, UnknownPack, UnknownSite
from shared.rules.grading import UnknownWord
from shared.rules.model import CaseType, Pack
from shared.rules.steps import StepRule

UNKNOWN_WORDS = {
    "category": ("/category", text("类别")),
    "severity": ("/severity", text("级别")),
    "department": ("/department", text("部门")),
    "criterion": ("/criteria", text("判定依据")),
    "flag": ("/flags", text("情形")),
    "first_receiver": ("/first_receiver", text("人员")),
}
ACTS = {
    "classify": text("重新归类"),
    "amend": text("修改"),
    "consent": text("登记同意"),
    "raise_again": text("登记客户再次反映"),
    "withdraw": text("撤回"),
    "link": text("归入事件"),
}
STATES = {
    Status.OPEN: text("处理中"),
    Status.RESOLVED: text("已办结"),
    Status.CLOSED: text("已关闭"),
    Status.WITHDRAWN: text("已撤回"),
}
VERDICTS = {
    Unfounded.NEVER_INVALID: text("这类事项不能判为无效"),
    Unfounded.REASON_MISSING: text("判为无效须注明理由"),
    Unfounded.REASON_WITHOUT_VERDICT: text("无效理由只能与“无效”一起填写"),
}


class NotPossible(Exception):
    """Carries a refusal out of a decision; it never leaves this package."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyImported(Refusal):
    """The same source and key was imported before; ``differs`` names the fields in which this row is another."""

    differs: tuple[str, ...] = ()


def unknown_case() -> Refusal:
    """For a case that does not exist, or is out of sight."""
    return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)


def unknown_site(site: str) -> Refusal:
    """For a site that does not exist, or is out of sight."""
    return Refusal(why="unknown_site", text=text("没有这个项目：{site}", site=site), status=404, field="/site")


def no_right() -> Refusal:
    """For a right the asker lacks at the site."""
    return Refusal(why="no_right", text=text("您在这个项目没有这项权限"), status=403)


def only_lead(field: str) -> Refusal:
    """For what only a desk lead may correct."""
    hint = text("请由本项目的主管账号来做")
    return Refusal(why="lead_only", text=text("只有主管可以更正这一项"), status=403, field=field, hint=hint)


def bad(why: str, field: str, sentence: Text, hint: Text | None = None) -> Refusal:
    """For a value that cannot be right."""
    return Refusal(why=why, text=sentence, status=422, field=field, hint=hint)


def choices(known: Iterable[str]) -> Text:
    """What would be right."""
    return text("可选：{known}", known=tuple(Text(word) for word in known))


def unknown_word(kind: str, word: str, known: Iterable[str]) -> Refusal:
    """For a word that is not among those that exist."""
    field, what = UNKNOWN_WORDS[kind]
    return bad(f"unknown_{kind}", field, text("没有这个{what}：{word}", what=what, word=word), choices(known))


def not_now(act: str, status: Status) -> Refusal:
    """For an act that comes too late; says how the case stands and what is possible instead."""
    return Refusal(
        why="not_possible_now",
        text=text("现在不能{act}：这件事{state}", act=ACTS[act], state=STATES[status]),
        hint=text("如需继续处理，请先重新打开") if status is Status.CLOSED else text("请另行登记"),
        state=status.value,
        possible=POSSIBLE[status],
    )


def money_held(
    act: str, case_type: CaseType, held: Mapping[str, Decimal], ways: Iterable[StepRule], status: Status
) -> Refusal:
    """For an end that would leave money in the house; names the sums, and the steps that give them back."""
    names = {item.id: item.name for item in case_type.money}
    sums = tuple(
        text("{name} {amount} 元", name=names.get(item) or Named(item, item), amount=f"{amount:.2f}")
        for item, amount in held.items()
    )
    steps = tuple(text("{name}", name=rule.text) for rule in ways)
    return Refusal(
        why="money_held",
        text=text("现在不能{act}：还存有 {sums}", act=ACTS[act], sums=sums),
        hint=text("请先办理：{steps}", steps=steps),
        state=status.value,
        possible=tuple(other for other in POSSIBLE[status] if other != act),
    )


def of_another_pack(kind: CaseType, pack: Pack) -> Refusal:
    """For a case that should become one of a type that another pack of its site has; says what to do instead."""
    sentence = text("“{name}”由另一套制度（{pack}）规定，这件事不能改成它", name=kind.name, pack=pack.name)
    hint = text("请用“拆出另一事项”另立一件“{name}”，随即处理；两件互相关联，这件事照旧跟到底", name=kind.name)
    return bad("other_pack", "/case_type", sentence, hint)


RuleMissing = (UnknownWord, UnknownCaseType, UnknownSite, UnknownPack, NoPackYet, VerdictUnfounded, Misfilled)
"""What looking up rules may raise; :func:`refusal_of` says each to a person."""


def refusal_of(missing: Exception) -> Refusal:
    """Say a failed look-up to a person."""
    if isinstance(missing, UnknownWord):
        return unknown_word(missing.kind, missing.word, missing.known)
    if isinstance(missing, UnknownCaseType):
        sentence = text("没有这个事项类型：{word}", word=missing.id)
        return bad("unknown_case_type", "/case_type", sentence, choices(missing.known))
    if isinstance(missing, UnknownSite):
        return unknown_site(missing.id)
    if isinstance(missing, Misfilled):
        return wrongly_filled(missing.faults)
    if isinstance(missing, VerdictUnfounded):
        field = "/validity" if missing.why is Unfounded.NEVER_INVALID else "/criteria"
        return bad(missing.why.value, field, VERDICTS[missing.why], choices(missing.known))
    hint = text("请管理员先为项目启用一套制度")
    return bad("no_pack", "/site", text("这个项目当时没有启用任何制度"), hint)
