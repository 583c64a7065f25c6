"""Mends what the log can mend, through the services' own routes; says for the rest why not.

The order is the one in which a fact travels: what was never sent is sent, what follows from a state is written anew,
and then entity by entity what was not heard is heard, or the entity is folded again.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shouwen.door import Door
from shouwen.verifying.comparing import Cure, Difference
from shouwen.verifying.digests import Digest, sites
from shouwen.verifying.flow import SETTLE, Progress, Verdict, silently, verify_system
from shouwen.verifying.hearing import who_hears
from shouwen.verifying.log import LogReader, Posted
from shouwen.verifying.rebuilding import Lack, Need, lack, merged
from shouwen.verifying.settling import settled
from shouwen.verifying.standing import DISPATCH, SITE, told_of_sites
from shouwen.words import Words

AT_ONCE = 200
ROUNDS = 4
"""What one round mends may let happen, or show, what the next has to mend."""
QUIET_AFTER = 5.0
LETTERS_AT_ONCE = 2000
ORDER = ("intake", "dispatch", "escalation", "notify", "reporting")
"""Speakers before those who only hear: what one of them says anew reaches the others by itself."""
WHY: dict[str, tuple[str, str]] = {
    "act_of_a_person": (
        "第 {0} 版出自人的操作，日志里没有操作本身",
        "version {0} came of a person's act, and acts are not in the log",
    ),
    "said_otherwise": ("重新推算得不出第 {0} 版", "folding it again does not lead to version {0}"),
    "said_more": ("说过第 {0} 版，日志里没有", "it has said version {0}, which the log does not hold"),
    "heard_more": ("听过的比日志和存档里的多", "it has heard more than log and archive hold"),
    "gap": ("日志和存档都缺第 {0} 版", "neither log nor archive has version {0}"),
    "bad_letter": ("第 {0} 版本身不能用", "version {0} itself cannot be applied"),
    "several_entities": ("第 {0} 版涉及不止一个实体", "version {0} touches more than one entity"),
    "lost": ("它说过的话，日志、存档和发件箱里都没有", "neither log, archive nor outbox holds what it has said"),
    "dead_letter": ("有死信，请用 shouwen dlq", "there is a dead letter, see `shouwen dlq`"),
    "looked_at": ("需要人来看", "a person has to look at it"),
}
ELSEWHERE = Words("这里与日志一致，问题在说话的服务", "it agrees with the log; the speaker does not")
RECORDED = Words("已按目录消息流重写", "written again from the stream of the directory")
RETOLD = Words("已按各步骤重新推算", "told again from the steps of its cases")
TOLD_AGAIN = Words("通知已按所听所说重写", "notices written again from what was heard and said")
REWRITTEN = Words("已按状态重写", "written anew from its state")
SIMPLE = (
    (Cure.PUBLISH, "outbox", Words("已重新发出", "published")),
    (Cure.TRY, "effects", Words("已安排立即再办", "will be tried now")),
    (Cure.REWRITE, "entities", REWRITTEN),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entity at one service."""

    entity: str
    service: str
    mended: bool
    words: Words


@dataclass(slots=True)
class Curing:
    """One round of mending.

    Attributes:
        letters: Of each entity, read once.
    """

    door: Door
    reader: LogReader
    verdict: Verdict
    tell: Progress
    letters: dict[str, list[Posted]] = field(default_factory=dict)

    async def round(self) -> AsyncIterator[Outcome]:
        """Mend what the verdict names; one outcome for each entity and service."""
        told: set[str] = set()
        elsewhere: list[Outcome] = []
        async for outcome in self._each():
            if outcome.words == ELSEWHERE:
                elsewhere.append(outcome)
            else:
                told.add(outcome.entity)
                yield outcome
        for outcome in elsewhere:
            if outcome.entity not in told:
                yield outcome

    async def _each(self) -> AsyncIterator[Outcome]:
        blocked = {(d.entity, d.service) for d in self.verdict.differences if d.where == f"{d.service} dead"}
        simple = (self._together(*each) for each in SIMPLE)
        for several in (self._records(), *simple, self._folded(blocked), self._retell(), self._notices()):
            async for outcome in several:
                yield outcome
        for entity, service in self._for_a_person():
            yield _left(entity, service, "dead_letter" if (entity, service) in blocked else "looked_at")

    async def _folded(self, blocked: set[tuple[str, str]]) -> AsyncIterator[Outcome]:
        """Entities that hear what they lack or are folded again, but for those behind a dead letter."""
        for service in ORDER:
            for entity, rebuild in self._to_fold(service).items():
                if (entity, service) not in blocked:
                    self.tell(service, 1)
                    yield await self._fold(entity, service, rebuild=rebuild)

    def _of(self, *cures: Cure) -> list[Difference]:
        return [difference for difference in self.verdict.differences if difference.cure in cures]

    def _for_a_person(self) -> list[tuple[str, str]]:
        """What nothing here mends; a step that is overdue because its entity is damaged goes with the damage."""
        at_hand = {(d.entity, d.service) for d in self.verdict.differences if d.cure is not Cure.NONE}
        left = ((d.entity, d.service, d.where) for d in self._of(Cure.NONE))
        return [(e, s) for e, s, where in left if where != f"{s} overdue" or (e, s) not in at_hand]

    async def _together(self, cure: Cure, path: str, words: Words) -> AsyncIterator[Outcome]:
        """A cure that needs nothing but names, many at once."""
        broken = {(d.entity, d.service) for d in self._of(Cure.REBUILD)} if cure is Cure.REWRITE else set()
        wanted = [d for d in self._of(cure) if (d.entity, d.service) not in broken]
        for service in sorted({difference.service for difference in wanted}):
            ids = {d.detail if cure is Cure.TRY else d.entity: d.entity for d in wanted if d.service == service}
            for some in _some(list(ids)):
                done = await self._post(service, path, {"ids": some})
                self.tell(f"{service} {path}", len(some))
                for entity in map(ids.__getitem__, some):
                    lost = not done["done"] or (cure is Cure.PUBLISH and await self._lost(entity, service))
                    yield _left(entity, service, "lost") if lost else Outcome(entity, service, True, words)

    async def _lost(self, entity: str, service: str) -> bool:
        """Whether the log still lacks what *service* has said, now that everything kept has been published."""
        if service not in ORDER:
            return False
        digest = self._digest(service, entity)
        found = lack(service, who_hears()[service], digest, await self._letters(entity), rebuild=False)
        return found.need is Need.LOST

    async def _retell(self) -> AsyncIterator[Outcome]:
        """Sites whose steps say otherwise; a state that cannot be read is among them."""
        wanted = {d.entity for d in self.verdict.differences if d.service == DISPATCH and d.entity.startswith(SITE)}
        if not wanted:
            return
        rows, requests = await sites(self.door), await self.reader.requests()
        kept = self.verdict.services.get(DISPATCH, {})
        asked = await told_of_sites(self.door, self.reader, rows | requests, kept, complete=self.verdict.complete)
        for entity in sorted(wanted):
            told = asked.get(entity.removeprefix(SITE))
            self.tell(DISPATCH, 1)
            if told is not None and (await self._post(DISPATCH, "standing", told))["mended"]:
                yield Outcome(entity, DISPATCH, True, RETOLD)
            else:
                yield _left(entity, DISPATCH, "looked_at")

    async def _records(self) -> AsyncIterator[Outcome]:
        """Records of the directory, written again as its stream says."""
        for difference in self._of(Cure.RECORD):
            said = await self.reader.record(difference.detail)
            done = said is not None and await self._post(difference.service, "records", asdict(said))
            mended = bool(done and done["mended"])
            told = Outcome(difference.entity, difference.service, mended, RECORDED)
            yield told if mended else _left(difference.entity, difference.service, "looked_at")

    async def _notices(self) -> AsyncIterator[Outcome]:
        """Cases whose notices are not as they were told; a case that cannot be read comes first."""
        broken = {(d.entity, d.service) for d in self._of(Cure.REBUILD)}
        for entity, service in dict.fromkeys((d.entity, d.service) for d in self._of(Cure.NOTICES)):
            if (entity, service) in broken:
                continue
            letters = [asdict(posted) for posted in await self._letters(entity)]
            self.tell(service, 1)
            done = await self._post(service, "notices", {"entity": entity, "letters": letters})
            yield Outcome(entity, service, True, TOLD_AGAIN) if done["mended"] else _left(entity, service, "looked_at")

    def _to_fold(self, service: str) -> dict[str, bool]:
        """Entities of *service* to be heard or folded again, and whether their state cannot be trusted."""
        wanted: dict[str, bool] = {}
        for difference in self._of(Cure.HEAR, Cure.REBUILD):
            if difference.service == service and not difference.entity.startswith(SITE):
                rebuild = difference.cure is Cure.REBUILD
                wanted[difference.entity] = wanted.get(difference.entity, False) or rebuild
        return wanted

    async def _fold(self, entity: str, service: str, *, rebuild: bool) -> Outcome:
        letters, digest = await self._letters(entity), self._digest(service, entity)
        if rebuild and digest is None and not letters and self.verdict.complete:
            await self._post(service, "entities", {"ids": [entity]})
            return Outcome(entity, service, True, Words("日志从未有过它，已删去", "the log never had it; taken away"))
        found = lack(service, who_hears()[service], digest, letters, rebuild=rebuild)
        if found.need is Need.LOST:
            return _left(entity, service, "lost")
        if found.need is Need.REBUILD:
            return await self._rebuild(entity, service, found.letters)
        if found.need is Need.NOTHING:
            if not self._waits(entity, service):
                return Outcome(entity, service, False, ELSEWHERE)
            await self._post(service, "entities", {"ids": [entity]})
            return Outcome(entity, service, True, REWRITTEN)
        return await self._heard(entity, service, found)

    async def _heard(self, entity: str, service: str, found: Lack) -> Outcome:
        for some in _some(found.letters, LETTERS_AT_ONCE):
            await self._post(service, "letters", {"letters": [asdict(posted) for posted in some]})
        if found.gap:
            return _left(entity, service, "gap", found.gap)
        n = len(found.letters)
        return Outcome(entity, service, True, Words(f"已补听 {n} 条", f"{n} messages heard after all"))

    def _waits(self, entity: str, service: str) -> bool:
        """Whether letters are parked here; if not, and nothing lacks, it is another service that does not agree."""
        parked = {service, f"{service} parked", f"{service} waiting"}
        return any(d.entity == entity and d.service == service and d.where in parked for d in self.verdict.differences)

    async def _rebuild(self, entity: str, service: str, letters: Sequence[Posted]) -> Outcome:
        body = {"entity": entity, "letters": [asdict(posted) for posted in letters]}
        answer = await self._post(service, "rebuild", body)
        if not answer["rebuilt"]:
            return _left(entity, service, answer["why"], answer["version"])
        before, after = _standing(answer["before"]), _standing(answer["after"])
        return Outcome(
            entity,
            service,
            True,
            Words(f"已由日志重建：{before} → {after}", f"folded again from the log: {before} → {after}"),
        )

    async def _post(self, service: str, path: str, body: Any) -> Any:
        return await self.door.post(f"/api/{service}/repair/{path}", body)

    def _digest(self, service: str, entity: str) -> Digest | None:
        return self.verdict.services.get(service, {}).get(entity)

    async def _letters(self, entity: str) -> list[Posted]:
        if entity not in self.letters:
            log = await self.reader.letters(entity)
            self.letters[entity] = log if self.verdict.complete else await self._with_archive(entity, log)
        return self.letters[entity]

    async def _with_archive(self, entity: str, log: Sequence[Posted]) -> list[Posted]:
        kept = [Posted(**row) for row in await self.door.read("/api/reporting/archive", entity=entity)]
        said = {service: digests[entity] for service, digests in self.verdict.services.items() if entity in digests}
        return merged(log, kept, said)


async def cured(
    door: Door,
    reader: LogReader,
    verdict: Verdict,
    told: Callable[[Outcome], None],
    tell: Progress = silently,
    *,
    settle: float = SETTLE,
) -> Verdict:
    """Mend what *verdict* names, look again, and go on while that helps.

    Args:
        door: The system.
        reader: Its log.
        verdict: What a comparison found.
        told: Called with each outcome, once.
        tell: Called with what is being done, and how much of it.
        settle: Seconds between two looks.

    Returns:
        What is left.
    """
    seen: set[Outcome] = set()
    for _ in range(ROUNDS):
        outcomes = [outcome async for outcome in Curing(door, reader, verdict, tell).round()]
        for outcome in dict.fromkeys(outcomes):
            if outcome not in seen:
                told(outcome)
        seen.update(outcomes)
        if not any(outcome.mended for outcome in outcomes):
            break
        await settled(door, who_hears(), lambda left: tell("…", left), stuck_after=QUIET_AFTER)
        before, verdict = verdict, await verify_system(door, reader, tell, settle=settle)
        if verdict.differences in ((), before.differences):
            break
    return verdict


def _some(names: Sequence[Any], most: int = AT_ONCE) -> Iterator[list[Any]]:
    for start in range(0, len(names), most):
        yield list(names[start : start + most])


def _left(entity: str, service: str, why: str, version: int = 0) -> Outcome:
    zh, en = (sentence.format(version) for sentence in WHY[why])
    return Outcome(entity, service, False, Words(zh, en))


def _standing(shown: dict[str, Any]) -> str:
    heard = " ".join(f"{speaker}:{version}" for speaker, version in shown["heard"].items())
    return f"said {shown['said']}, heard {heard or '—'}"
