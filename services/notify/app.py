"""Notify as a process."""

from datetime import datetime

from services.notify.api import routes
from services.notify.channels.inbox import InboxCarrier
from services.notify.channels.rendering import both_languages
from services.notify.channels.wecom import Reach, WecomCarrier, WecomRobot
from services.notify.commands import RecordOutcome
from services.notify.folds import FOLDS
from services.notify.policy.recipients import robot_url
from services.notify.settings import NotifySettings
from services.notify.store import InboxStore, NoticeProofs, Notices
from shared.contracts.effects import Carrier, Outcome, Wanted
from shared.contracts.fold import SYSTEM, Ask
from shared.process.service import ServiceProcess, Surroundings


def report(wanted: Wanted, outcome: Outcome, bundled: int, now: datetime) -> Ask:
    """Word what became of a message as a command to its case."""
    command = RecordOutcome(
        notice=wanted.payload["notice"],
        person=wanted.payload["person"],
        channel=wanted.kind,
        taken=outcome.done,
        code=outcome.code,
        evidence=outcome.evidence,
        attempts=wanted.attempts,
        bundled=bundled,
    )
    return Ask(entities=(wanted.entity,), command=command, actor=SYSTEM, at=now)


def build(around: Surroundings) -> ServiceProcess:
    """Wire the service."""
    settings = NotifySettings()

    def url_of(owner: str) -> str | None:
        return robot_url(owner, process.book)

    wecom = WecomCarrier(WecomRobot(_reach(settings)), url_of, settings.robot_language)
    carriers: dict[str, Carrier] = {"inbox": InboxCarrier(), "wecom": wecom}
    notices = Notices(both_languages)
    process = ServiceProcess(FOLDS, around, projection=notices, carriers=carriers, report=report, gathers=0.1)
    routes(process, InboxStore(around.db), NoticeProofs(notices))
    return process


def _reach(settings: NotifySettings) -> Reach:
    return Reach(
        hosts=settings.robot_hosts,
        plain_hosts=settings.plain_robot_hosts,
        timeout_seconds=settings.robot_timeout_seconds,
        use_proxy_variables=settings.use_proxy_variables,
    )
