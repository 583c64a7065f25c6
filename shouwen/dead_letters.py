"""Dead letters of the whole system, read through the door, and in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shouwen.door import Door

PAGE = 500
HOW = {"replayed": "已重放 replayed", "discarded": "已放弃 discarded", "given_up": "已放弃等待 given up"}


@dataclass(frozen=True, slots=True)
class Letters:
    """What the services said.

    Attributes:
        letters: The oldest first, each with its ``service``.
        stopped: Why a reader has stopped, by service.
        advisories: Messages the broker says a reader gave up, by service; None where it could not be asked.
    """

    letters: Sequence[dict[str, Any]]
    stopped: dict[str, str]
    advisories: dict[str, int | None]

    @classmethod
    async def read(cls, door: Door, services: Sequence[str], *, settled: bool = False) -> "Letters":
        """Ask every one of *services*, page by page."""
        letters: list[dict[str, Any]] = []
        stopped: dict[str, str] = {}
        advisories: dict[str, int | None] = {}
        for service in services:
            after, more = "", True
            while more:
                path = f"/api/{service}/dead-letters"
                told = await door.read(path, after=after, limit=PAGE, settled=str(settled).lower())
                letters += [{"service": service} | one for one in told["letters"]]
                more = len(told["letters"]) == PAGE
                after = told["letters"][-1]["id"] if more else ""
            advisories[service] = told["advisories"]
            if told["stopped"]:
                stopped[service] = told["stopped"]
        return cls(sorted(letters, key=lambda one: (one["died_at"], one["id"])), stopped, advisories)

    def told(self) -> dict[str, Any]:
        """For programs."""
        return {"letters": list(self.letters), "stopped": self.stopped, "advisories": self.advisories}

    def summary(self) -> Iterator[str]:
        """How many there are, and what else is wrong."""
        waiting = {(one["service"], one["entity"], one["speaker"]): one["waiting"] for one in self.letters}
        open_ones = sum(one["settled"] is None for one in self.letters)
        if not self.letters:
            yield "没有死信。 No dead letters."
        else:
            behind = sum(waiting.values())
            yield f"{open_ones} 封未处理，{behind} 条消息等在后面。 {open_ones} unsettled; waiting behind: {behind}."
        for service, why in self.stopped.items():
            yield (
                f"{service} 已停止读取：几乎每条消息都会成为死信。"
                f" The reader of {service} has stopped, as nearly every message would die: {why}"
            )
        for service, count in self.advisories.items():
            if count:
                yield f"{service}: 消息系统报告放弃了 {count} 条。 The broker says {count} messages were given up."


def sentence_of(letter: dict[str, Any]) -> str:
    """Why it died, or what became of it."""
    settled = letter["settled"]
    if settled is None:
        return str(letter["reason"])
    return f"{HOW[settled['how']]}, {settled['by']}, {settled['at'][:19]} {settled.get('why', '')}"


def foretold(letter: dict[str, Any], acts: Sequence[str] = ("replay", "discard")) -> Iterator[str]:
    """What each of *acts* would do now, a line each."""
    names = {"replay": "重放 replay ", "discard": "放弃 discard"}
    for act in acts:
        yield f"{names[act]} → {_would(letter[act], letter)}"


def _would(told: dict[str, Any], letter: dict[str, Any]) -> str:
    entity, version = letter["entity"], letter["version"]
    if told["would"] == "die":
        return f"仍会失败，什么也不改变。 Would fail again and change nothing: {told['why']}"
    if told["would"] == "end":
        return "只从清单上划去：它没有可用的信封。 Only crosses it off: it has no envelope and counts no version."
    if told["would"] == "wait":
        return (
            f"等 {entity} 的第 {told['reaches'] + 1} 版到达之后才轮到它。"
            f" Its turn comes after version {told['reaches'] + 1} of {entity} has arrived."
        )
    said = ", ".join(told["says"]) or "-"
    return (
        f"{entity} 前进到第 {max(told['reaches'], version)} 版，放行 {told['drains']} 条，说出：{said}。"
        f" {entity} goes on to version {max(told['reaches'], version)}; messages that follow: {told['drains']};"
        f" it says: {said}."
    )
