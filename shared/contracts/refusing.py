"""Refusals every service words alike."""

from shared.contracts.fold import Refusal
from shared.contracts.wording import text

STREAM_FULL = text("消息存储已满，暂不接受新的操作；请稍后再试，并通知管理员")
UNSAID = text("消息系统中断太久，待发出的消息太多，暂不接受新的操作；请稍后再试")
UNSURE = text("没有及时得到结果，可能已经办成；请用同一个 Idempotency-Key 重试，或先查看再重做")


def unknown() -> Refusal:
    """There is no such thing, or none the asker may know of."""
    return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)


def no_right() -> Refusal:
    """The asker may see it, not do this."""
    return Refusal(why="no_right", text=text("您在这个项目没有这项权限"), status=403)


def stale(seen: int, current: int) -> Refusal:
    """The asker has seen version *seen*, and it is *current* by now."""
    return Refusal(
        why="stale",
        text=text("您看到的是第{seen}版，现在已是第{current}版", seen=seen, current=current),
        hint=text("请刷新后再做"),
        status=412,
        field="If-Match",
    )


def key_reused() -> Refusal:
    """The key of the command belongs to another command of the same account."""
    return Refusal(
        why="key_reused",
        text=text("这个 Idempotency-Key 已用于另一个内容不同的请求"),
        hint=text("重试同一请求时内容须相同；新请求请换一个键"),
        status=422,
        field="Idempotency-Key",
    )
