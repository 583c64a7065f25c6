"""Why an issue may not be signed, filed or destroyed, in words; and by which roles somebody signs."""

from collections.abc import Mapping
from datetime import datetime

from services.reporting.policy.filing import RETENTION, Bar
from services.reporting.ports.registers import Paper
from shared.contracts.fold import Refusal
from shared.contracts.wording import Text, text
from shared.organisation.people import who
from shared.rules.book import Book
from shared.rules.registers import Register

WHY: Mapping[Bar, Text] = {
    Bar.NO_SIGNATURE_ASKED: text("这张表册不需要签字"),
    Bar.NOT_THE_SIGNER: text("您不能签这张表册"),
    Bar.NOT_OVER: text("统计期尚未结束"),
    Bar.ALREADY_SIGNED: text("这一期已签字"),
    Bar.UNSIGNED: text("签字后才能归档"),
    Bar.CHANGED_SINCE: text("签字后内容有变，请重新签字"),
    Bar.ALREADY_FILED: text("这一期已归档"),
    Bar.NOT_FILED: text("这一期尚未归档"),
    Bar.KEPT: text("保存期限未满，不能销毁"),
    Bar.NO_TERM: text("保存年限未设置，不能销毁"),
}
NOTHING_FILED = Refusal(why=Bar.NOT_FILED.value, text=WHY[Bar.NOT_FILED], status=404)


def refusal(bar: Bar, paper: Paper, until: datetime | None = None) -> Refusal:
    """What stands in the way and what would help; *until* says for how long it is kept."""
    status = 403 if bar is Bar.NOT_THE_SIGNER else 409
    return Refusal(why=bar.value, text=WHY[bar], status=status, hint=_hint(bar, paper, until))


def _hint(bar: Bar, paper: Paper, until: datetime | None) -> Text | None:
    if bar in (Bar.NOT_THE_SIGNER, Bar.UNSIGNED, Bar.CHANGED_SINCE):
        role = paper.register.signed_by or ""
        return text("由{role}签字", role=paper.pack.roles.get(role, role))
    if bar is Bar.KEPT and until is not None:
        return text("{until} 起可以销毁", until=until)
    return text("请设置项目参数 {name}", name=RETENTION) if bar is Bar.NO_TERM else None


def signing_roles(
    person: str | None, own: tuple[str, ...], register: Register, book: Book, site: str, now: datetime
) -> tuple[str, ...]:
    """The roles by which *person* may sign: his *own*, and that of the signer where he stands in for him."""
    role = register.signed_by
    answers = who(role, site=book.site(site), at=now, staff=book.staff).persons if role else ()
    stands_in = any(one.person.id == person for one in answers)
    return (*own, *((role,) if role and stands_in else ()))
