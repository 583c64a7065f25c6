"""How intake speaks of loads: how far they are, and why something is not possible with them now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.api.answers import stamp
from services.intake.ports.loads import Change, Job
from shared.contracts.wording import Text, text
from shared.web.problems import Problem, refuse
from shared.web.wording import Voice

STATES = {
    "reading": text("正在读取"),
    "checked": text("已核对"),
    "refused": text("有错误"),
    "applying": text("正在写入"),
    "applied": text("已写入"),
    "undone": text("已撤销"),
    "failed": text("没有完成"),
}
POSSIBLE = {
    "checked": ("apply", "discard"),
    "refused": ("discard",),
    "applied": ("undo",),
    "failed": ("discard",),
}
TROUBLES = {
    "file_gone": text("文件已不在服务器上，请重新上传"),
    "too_slow": text("读取时间太长，请把表拆成几份"),
    "too_much_memory": text("文件太大，读取时内存不够，请把表拆成几份，或存为 CSV"),
    "killed": text("读取被中断，请重新上传；再次发生请把表拆成几份"),
    "register_changed": text("核对之后资料有变化，已重新核对"),
    "touched": text("有资料后来又改过，或有别的资料用到它，没有撤销"),
    "matters_refused": text("有未结事项没有带入，见错误清单"),
    "defect": text("系统出错了，已记入日志"),
}
MATTER = {
    "received_at": "received_at",
    "unit": "unit",
    "case_type": "case_type",
    "category": "category",
    "severity": "severity",
    "content": "content",
    "department": "department",
    "due_at": "customer_limit",
    "note": "demand",
}
"""Columns of a matter and the fields of its command."""
INSTANTS = frozenset({"lent_at", "received_at", "due_at"})
ACTS = {"apply": text("写入"), "undo": text("撤销"), "discard": text("放弃")}


def job_shown(job: Job, voice: Voice) -> dict[str, Any]:
    """A load in a list or by itself."""
    return {
        "job": job.id,
        "site": job.site,
        "name": job.name,
        "state": job.state,
        "sentence": voice.say(STATES[job.state]),
        "progress": {"done": job.done, "total": job.total},
        "counts": job.counts,
        "changes": job.changes,
        "findings_total": job.findings,
        "living": job.living,
        "leavers": job.leavers,
        "by": job.by,
        "at": stamp(job.at, voice.zone),
        "applied_at": stamp(job.applied_at, voice.zone) if job.applied_at is not None else None,
        "fingerprint": job.fingerprint,
        "possible": list(POSSIBLE.get(job.state, ())),
        "trouble": _trouble(job, voice),
    }


def _trouble(job: Job, voice: Voice) -> dict[str, str] | None:
    if job.trouble is None:
        return None
    word = job.trouble.partition(":")[0]
    return {"why": word, "sentence": voice.say(TROUBLES[word])}


def change_shown(change: Change, voice: Voice) -> dict[str, Any]:
    """What a load does to one record, instants on the site's clock."""
    days = {"until_before": change.until_before, "until_after": change.until_after}
    after = _matter(change.after) if change.kind == "matters" else change.after
    sides = {"before": _local(change.before, voice), "after": _local(after, voice)}
    shown = {"kind": change.kind, "id": change.id, "what": change.what} | sides
    return shown | {name: day.isoformat() if day is not None else None for name, day in days.items()}


def _matter(command: Mapping[str, Any]) -> dict[str, Any]:
    """A matter as its row says it, of the command that brings it."""
    last = ([{"act": "received", "by": None}, *command["history"]["acts"]])[-1]
    said = {name: command[field] for name, field in MATTER.items()} | {
        "contact": command["caller"]["name"],
        "phone": command["caller"]["phone"],
        "state": last["act"],
        "handler": last["by"],
    }
    return {name: value for name, value in said.items() if value not in {None, ""}}


def _local(body: Mapping[str, Any] | None, voice: Voice) -> dict[str, Any] | None:
    if body is None:
        return None
    instants = {name: datetime.fromisoformat(body[name]) for name in INSTANTS & body.keys()}
    return dict(body) | {name: stamp(instant, voice.zone) for name, instant in instants.items()}


def unknown_load() -> Problem:
    """For a load that does not exist, is forgotten or out of sight."""
    return refuse("unknown", text("没有找到这个编号"), status=404)


def busy(other: Job, voice: Voice) -> Problem:
    """For a second load of one site at a time."""
    when = Text(voice.when(other.at))
    sentence = text("{by} 在 {at} 上传的 {name} 还在处理", by=other.by, at=when, name=other.name)
    return refuse("load_in_progress", sentence, status=409, hint=text("请等它完成后再试"))


def not_now(act: str, job: Job) -> Problem:
    """For an act that is not possible as the load stands."""
    sentence = text("现在不能{act}：这次导入{state}", act=ACTS[act], state=STATES[job.state])
    return refuse("not_possible_now", sentence, status=409)
