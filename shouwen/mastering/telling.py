"""What the terminal says about loads of master data."""

from collections.abc import Iterable, Sequence
from typing import Any

from shouwen.mastering.loads import Job
from shouwen.words import Words

Drawn = tuple[Sequence[str], Sequence[Sequence[object]]]

KINDS = {
    "buildings": Words("楼栋", "buildings"),
    "units": Words("房屋", "units"),
    "residents": Words("住户", "residents"),
    "equipment": Words("设备", "equipment"),
    "keys": Words("钥匙", "keys"),
    "deposits": Words("押金", "deposits"),
    "matters": Words("未结事项", "open matters"),
}
"""The sheets of a file, in its order."""
MEASURES = {"buildings": "栋", "units": "套", "residents": "户", "equipment": "台", "keys": "把", "deposits": "笔"}
ACTS = {
    "new": Words("新增", "new"),
    "changed": Words("变更", "changed"),
    "ended": Words("终止", "ended"),
    "back": Words("恢复", "back"),
}
"""What a load does to records, in the order it is told."""
ALSO = {"same": Words("不变", "the same"), "wrong": Words("有误", "wrong")}
STATES = {
    "reading": Words("正在读取", "being read"),
    "checked": Words("已核对，未写入", "checked, not applied"),
    "refused": Words("有错误，未写入", "has findings, not applied"),
    "applying": Words("正在写入", "being applied"),
    "applied": Words("已写入", "applied"),
    "undone": Words("已撤销", "undone"),
    "failed": Words("没有完成", "not finished"),
    "discarded": Words("已放弃", "discarded"),
}


def counts(job: Job) -> Drawn:
    """Per kind what the load changes: headings and rows."""
    told = {**ACTS, **ALSO}
    rows = [(str(KINDS.get(kind, kind)), *(of.get(what, 0) for what in told)) for kind, of in _in_order(job["counts"])]
    return ("表 sheet", *(str(words) for words in told.values())), rows


def summary(job: Job) -> Words:
    """What the load changes, in one sentence; blank when nothing."""
    zh, en = [], []
    for kind, of in _in_order(job["counts"]):
        named, measure = KINDS.get(kind, Words(kind, kind)), MEASURES.get(kind, "件")
        done = [(words, of[act]) for act, words in ACTS.items() if of.get(act)]
        if done:
            zh.append(named.zh + "：" + "，".join(f"{words.zh} {count} {measure}" for words, count in done))
            en.append(f"{named.en}: " + ", ".join(f"{count} {words.en}" for words, count in done))
    return Words("；".join(zh), "; ".join(en))


def findings(listed: Sequence[dict[str, Any]], total: int) -> Iterable[str]:
    """Each finding on a line, place first, remedy last; then how many more there are."""
    for one in listed:
        place = "!".join(filter(None, (one["sheet"], f"{one.get('letter') or ''}{one['row'] or ''}")))
        column = one["column"]["zh"]
        value = f"「{one['value']}」" if one.get("value") else ""
        zh, en = (f"{one['wrong'][tongue]}；{one['right'][tongue]}" for tongue in ("zh", "en"))
        yield f"{place} {column}{value}：{zh} / {en}"
    if total > len(listed):
        more = total - len(listed)
        yield f"另有 {more} 处，用 --report 全部存下。 {more} more; --report saves all of them."


def loads(jobs: Sequence[Job]) -> Iterable[str]:
    """Loads of a site, newest first, each on a line however narrow the terminal; the id comes first, to be copied."""
    for job in jobs:
        at = job["at"].replace("T", " ")[:16]
        told = (job["job"], at, _state(job), job["by"], job["name"], summary(job).zh or "—")
        wrong = (f"错误 findings {job['findings_total']}",) if job["findings_total"] else ()
        yield "  ".join((*told, *wrong))
    if not jobs:
        yield "还没有导入过。 Nothing was loaded yet."


def trouble(job: Job) -> str:
    """Why a load did not come to its end."""
    said = job.get("trouble") or {}
    return str(said.get("sentence", ""))


def _state(job: Job) -> str:
    return str(STATES.get(job["state"], job["state"]))


def _in_order(told: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    places = list(KINDS)
    return sorted(told.items(), key=lambda one: places.index(one[0]) if one[0] in places else len(places))
