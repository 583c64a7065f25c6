"""How far a case has come by its manual: steps taken, possible, waiting, and its money; for `shouwen explain`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.timekeeping.zones import zone_named
from shouwen.reckonings import Tongue
from shouwen.words import Words

Case = Mapping[str, Any]
STEPS, MONEY = Words("步骤", "steps"), Words("费用", "money")
POSSIBLE, FIRST = Words("现在可办", "possible now"), Words("须先", "first")
WAITS = {
    "step_missing": FIRST,
    "consent_missing": Words("须先登记同意", "consent first"),
    "not_now": Words("现在不能办理", "not now"),
    "not_completed": Words("完成之后才办", "once completed"),
    "too_soon": Words("还没有到时候", "too soon"),
}
ACTS = {
    "accept": Words("接单", "accepting"),
    "start": Words("开工", "starting"),
    "reply": Words("答复", "replying"),
    "complete": Words("完成", "completing"),
    "follow_up": Words("回访", "following up"),
    "close": Words("结案", "closing"),
}
SUMS = {
    "due": Words("应收", "due"),
    "paid": Words("已收", "paid"),
    "deducted": Words("已扣", "deducted"),
    "settled": Words("已结算", "settled"),
    "refunded": Words("已退", "refunded"),
    "held": Words("在押", "held"),
}
NOTHING = "0.00"


def proceeding_lines(case: Case, tongues: Sequence[Tongue], zone: str) -> Iterator[str]:
    """Steps and money of a case as dispatch shows it, instants in *zone*; nothing where its manual has neither."""
    if case.get("steps"):
        yield said(STEPS, tongues)
        yield from (f"  {_step(one, tongues, zone)}" for one in case["steps"])
        yield from (f"  {_waits(act, steps, tongues)}" for act, steps in case.get("owed", {}).items())
    if case.get("ledger"):
        yield said(MONEY, tongues)
        yield from (f"  {_sum(one, tongues)}" for one in case["ledger"])


def said(words: Words | Mapping[str, str], tongues: Sequence[Tongue]) -> str:
    """A word in the languages asked for."""
    both = words if isinstance(words, Mapping) else {"zh": words.zh, "en": words.en}
    return " ".join(dict.fromkeys(both[tongue] for tongue in tongues))


def _step(one: Case, tongues: Sequence[Tongue], zone: str) -> str:
    mark, state = _state(one, tongues, zone)
    return f"{mark} {one['id']}  {said(one['text'], tongues)}  {state}  [{one['source']}]"


def _state(one: Case, tongues: Sequence[Tongue], zone: str) -> tuple[str, str]:
    if taken := one["taken"]:
        return "✓", " ".join([*_turned_out(one, tongues), _instant(taken["at"], zone), taken["by"]])
    if one["possible"]:
        return "·", said(POSSIBLE, tongues)
    why = one["why"] or {"word": "not_now", "missing": []}
    words = said(WAITS.get(why["word"], WAITS["not_now"]), tongues)
    return "–", f"{words}: {'、'.join(why['missing'])}" if why["missing"] else words


def _turned_out(one: Case, tongues: Sequence[Tongue]) -> Iterator[str]:
    for outcome in one["outcomes"]:
        if outcome["id"] == one["taken"]["outcome"]:
            yield said(outcome["name"], tongues)


def _waits(act: str, steps: Sequence[str], tongues: Sequence[Tongue]) -> str:
    before = ACTS.get(act, Words(act, act))
    return f"{said(Words(f'{before.zh}之前', f'before {before.en}'), tongues)}: {'、'.join(steps)}"


def _sum(one: Case, tongues: Sequence[Tongue]) -> str:
    parts = [f"{said(words, tongues)} {one[key]}" for key, words in SUMS.items() if one.get(key, NOTHING) != NOTHING]
    return f"{one['item']}  {said(one['name'], tongues)} ({one['payer']})  {'  '.join(parts)}".rstrip()


def _instant(stated: str, zone: str) -> str:
    return f"{datetime.fromisoformat(stated).astimezone(zone_named(zone)):%Y-%m-%d %H:%M:%S}"
