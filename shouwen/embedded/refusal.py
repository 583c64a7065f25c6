"""Why something could not be started, in words the person at the terminal can act on."""

from pathlib import Path

_TAIL = 12


class StartRefused(Exception):
    """The system cannot start until a person changes something.

    Attributes:
        chinese: What is wrong and what to do.
        english: The same in English.
    """

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")
        self.chinese = chinese
        self.english = english


def did_not_start(server: str, log: Path) -> StartRefused:
    """The refusal for a server that gave up or stayed silent, with the last lines it wrote."""
    lines = "\n".join(f"  {line}" for line in last_lines(log)) or "  (empty)"
    return StartRefused(
        f"{server} 没有启动成功。日志在 {log}，最后几行在下面。",
        f"{server} did not start. Its log is {log}; the last lines are:\n{lines}",
    )


def last_lines(log: Path, count: int = _TAIL) -> list[str]:
    """The last *count* lines of a log, none when it does not exist."""
    if not log.exists():
        return []
    return log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
