"""A case as the triplicate order that is printed of it (form R-05)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.console.api.reading import Reading
from services.console.ports import Sheet
from shared.organisation.records import Site
from shared.web.wording import Voice

TITLES = {"complaint": "投诉处理单", "repair": "报修单"}
COPIES = ("存根联", "部门联", "客户联")
SIGNATURES = ("签发", "部门签收", "完成时间", "客户签字")


def sheet_of(reading: Reading, site: Site, voice: Voice, address: str) -> Sheet:
    """Every text of the sheet, in the reader's language and the site's zone."""
    local = Voice(voice.language, site.zone)
    row, say = reading.report, local.translate
    return Sheet(
        title=say(TITLES.get(row.get("kind", ""), "派工单")),
        number=reading.dispatch.get("order") or reading.intake["number"],
        site=site.name.zh if voice.language == "zh" else site.name.en,
        address=address,
        copies=[say(copy) for copy in COPIES],
        fields=[(say(label), value) for label, value in _fields(reading, local)],
        words=[(say(label), str(row.get(name) or "")) for label, name in _WORDS],
        signatures=[say(name) for name in SIGNATURES],
        scan=say("扫码查看进度"),
        missing=say("字库中没有的字以 〓 代替：{codes}"),
        foot=f"R-05 · {reading.intake['pack']} v{reading.intake['pack_version']}",
    )


_WORDS = (("内容", "content"), ("要求", "demand"), ("处理结果", "done"))


def _fields(reading: Reading, voice: Voice) -> list[tuple[str, str]]:
    row, names = reading.report, reading.report.get("names", {})
    return [
        ("接报时间", _when(reading.intake["received_at"], voice)),
        ("方式", names.get("channel", "")),
        ("类别", names.get("category", "")),
        ("等级", names.get("severity", "")),
        ("客户", row.get("name") or ""),
        ("电话", row.get("phone") or ""),
        ("房号", reading.intake["unit"] or ""),
        ("地点", row.get("place") or ""),
        ("部门", names.get("department", "")),
        ("经办人", names.get("assignee", "")),
        ("首问责任人", names.get("first_receiver", "")),
        ("应处理完", _promised(reading.intake, voice)),
    ]


def _promised(intake: Mapping[str, Any], voice: Voice) -> str:
    dates = [one["due_at"] for one in intake.get("promises", ()) if one["kind"] == "resolve" and one["due_at"]]
    return voice.until(datetime.fromisoformat(min(dates))) if dates else ""


def _when(stamp: str, voice: Voice) -> str:
    return voice.when(datetime.fromisoformat(stamp))
