"""Whether what a letter waits for can still come, and in words what giving it up would do."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from shouwen.door import Door
from shouwen.words import Refused, Words

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Gap:
    """What waits at *service* for *speaker*, and where the speaker stands.

    Attributes:
        heard: Last version heard.
        waiting: Versions that wait, the lowest first.
        said: Up to which version the speaker has spoken.
        copies: By version that is missing, where there still is a copy of it.
        dead: A dead letter they wait for.
    """

    service: str
    entity: str
    speaker: str
    heard: int
    waiting: tuple[int, ...]
    said: int
    copies: dict[int, str]
    dead: str | None

    @property
    def missing(self) -> int:
        """The version without which nothing goes on."""
        return self.heard + 1

    @property
    def was_said(self) -> bool:
        """Whether the speaker has said what is missing."""
        return self.said >= self.missing

    def require_hopeless(self, *, lost: bool) -> None:
        """Say what to do instead, if there is anything.

        Raises:
            Refused: What is missing can still come, or the letters wait for something else.
        """
        n, speaker = self.missing, self.speaker
        if self.dead is not None:
            raise Refused(
                f"它在等死信 {self.dead}，请用 shouwen dlq。", "It waits for that dead letter; see `shouwen dlq`."
            )
        if n == self.waiting[0]:
            raise Refused(
                "它在等目录里的项目或制度版本；请先在管理页面写入。",
                "It waits for a site or pack the directory does not know; write that record instead.",
            )
        if n in self.copies:
            raise Refused(
                f"第 {n} 版还在{COPIES[self.copies[n]].zh}，请用 shouwen verify --repair。",
                f"Version {n} is still {COPIES[self.copies[n]].en}; `shouwen verify --repair` has it heard.",
            )
        if self.was_said and not lost:
            raise Refused(
                f"{speaker} 已说到第 {self.said} 版，第 {n} 版是说过的。请先 shouwen verify --repair，或恢复备份；"
                "确实再也找不到时加 --lost，它将算作已听到。",
                f"{speaker} has spoken up to version {self.said}, so version {n} was said. Run `shouwen verify"
                " --repair` first, or restore a backup; where it is lost for good, --lost counts it as heard.",
            )
        if lost and not self.was_said:
            raise Refused(
                f"{speaker} 只说到第 {self.said} 版，没有丢失什么；请去掉 --lost。",
                f"{speaker} has spoken up to version {self.said} only, so nothing is lost; leave --lost out.",
            )

    def foretold(self) -> Words:
        """What giving up would do."""
        upto = min(self.waiting[0] - 1, self.said)
        if self.was_said:
            n = len(self.waiting)
            return Words(
                f"第 {self.missing}–{upto} 版算作已听到而没有听到；等在后面的 {n} 条随即处理。",
                f"Versions {self.missing} to {upto} count as heard without having been; {n} that wait go on.",
            )
        aside = [version for version in self.waiting if version > self.said]
        return Words(
            f"{self.speaker} 只说到第 {self.said} 版：搁置第 {aside[0]}–{aside[-1]} 版共 {len(aside)} 条，其余不变。",
            f"{self.speaker} has spoken up to version {self.said} only: {len(aside)} letters, versions {aside[0]} to "
            f"{aside[-1]}, are laid aside; nothing else changes.",
        )


COPIES = {
    "log": Words("日志里", "in the log"),
    "outbox": Words("说话者的发件箱里", "in the outbox of its speaker"),
    "archive": Words("表册的存档里", "in the archive of reporting"),
}


async def gap_at(door: Door, service: str, entity: str, speaker: str) -> Gap:
    """Read the gap from hearer, speaker and archive.

    Raises:
        Refused: Nothing waits there.
    """
    answer = await door.get(f"/api/{service}/parked/lane", entity=entity, speaker=speaker)
    if answer.status_code == NOT_FOUND:
        raise Refused(
            "没有消息在这里等待；请看 shouwen parked。", "Nothing waits there; `shouwen parked` lists what does."
        )
    answer.raise_for_status()
    lane: dict[str, Any] = answer.json()
    spoken = await door.read(f"/api/{speaker}/spoken", entity=entity)
    archived = await door.read("/api/reporting/archive", entity=entity)
    kept = {int(one["headers"]["version"]) for one in archived if one["headers"]["ce-type"].startswith(f"{speaker}.")}
    missing = range(lane["heard"] + 1, lane["waiting"][0])
    copies = {
        **_copies("archive", kept, missing),
        **_copies("outbox", spoken["kept"], missing),
        **_copies("log", lane["in_log"], missing),
    }
    waiting = tuple(lane["waiting"])
    return Gap(service, entity, speaker, lane["heard"], waiting, spoken["said"], copies, lane["dead_letter"])


def _copies(where: str, versions: Collection[int], missing: range) -> dict[int, str]:
    return {version: where for version in versions if version in missing}


async def give_up(door: Door, gap: Gap, why: str) -> int:
    """Give it up; how many letters or versions that were."""
    named = {"entity": gap.entity, "speaker": gap.speaker, "missing": gap.missing, "said": gap.said}
    told = await door.post(f"/api/{gap.service}/parked/give-up", named | {"why": why, "lost": gap.was_said})
    return int(told["given_up"])
