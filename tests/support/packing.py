"""A small pack that uses every mechanism once, and packs that differ from it in one place."""

from typing import Any

from shared.packs.reading import read
from shared.packs.schema import checked
from shared.rules.model import Pack

RICH = """
id: T/9
version: 1
name: {zh: 试, en: Trial}
source: test
roles: {desk: {zh: 前台, en: Desk}, lead: {zh: 主管, en: Lead}, dept: {zh: 部门, en: Department}}
chain: [desk, lead]
acknowledge: {other: 30}
parameters:
  weekly_day: {value: null, source: test}
  summer_from: {value: null, source: test}
  summer_to: {value: null, source: test}
variants: {quick: {name: {zh: 快, en: Quick}, source: test}}
case_types:
  key:
    name: {zh: 钥匙, en: Key}
    kind: custody
    source: test
    categories: [{id: spare, name: {zh: 备用, en: Spare}, department: dept}]
    form:
      - {id: borrower, name: {zh: 借用人, en: Borrower}, kind: choice, required: true,
         choices: [{id: staff, name: {zh: 员工, en: Staff}}, {id: worker, name: {zh: 工人, en: Worker}}],
         refused: {worker: {zh: 须负责人本人, en: the lead in person}}}
      - {id: moved_in, name: {zh: 已入住, en: Moved in}, kind: yes_no}
      - {id: visits, name: {zh: 次数, en: Visits}, kind: count, at_least: 1, at_most: 9, source: test,
         marks: [{id: many, at_least: 3}]}
      - {id: since, name: {zh: 自, en: Since}, kind: date, when: {flags: [moved_in=yes]}}
      - {id: until, name: {zh: 至, en: Until}, kind: date}
      - {id: phone, name: {zh: 电话, en: Phone}, kind: text, personal: true}
    money:
      - {id: deposit, name: {zh: 押金, en: Deposit}, kind: deposit, payer: owner, amount: "20.00", per: visits,
         source: test}
      - {id: card, name: {zh: 工本费, en: Card}, kind: cost, payer: owner, amount: "5.00", source: test}
    steps:
      - {id: lend, text: {zh: 借出, en: Lend}, by: [desk], needs: [CN-8], before: [complete], source: test,
         form: [{id: keys, name: {zh: 钥匙号, en: Keys}, kind: lines},
                {id: paid, name: {zh: 实收, en: Paid}, kind: money}],
         money: [{item: deposit, move: pay, amount: paid}, {item: card, move: pay}],
         rolls: [{roll: out, field: keys, move: put}]}
      - {id: inspect, text: {zh: 查验, en: Inspect}, after: [lend], source: test,
         outcomes: [{id: pass, name: {zh: 合格, en: Pass}},
                    {id: fail, name: {zh: 不合格, en: Fail}, reopens: [inspect],
                     opens: {case_type: key, category: spare, text: {zh: 整改, en: Mend}}}]}
      - {id: back, text: {zh: 归还, en: Return}, after: [inspect=pass], before: [close], source: test,
         form: [{id: returned, name: {zh: 归还的, en: Returned}, kind: lines}],
         money: [{item: deposit, move: refund}], rolls: [{roll: out, field: returned, move: take}]}
    clocks:
      - {id: CK-1, name: {zh: 归还, en: Back}, start: step, after: lend, steps: [back], basis: days, amount: 3,
         source: test}
      - {id: CK-2, name: {zh: 预告, en: Ahead}, start: date, after: until, stop: [completed], basis: days, amount: -1,
         source: test}
      - {id: CK-3, name: {zh: 中期, en: Middle}, start: date, after: since, stop: [completed], basis: midpoint,
         between: [since, until], source: test}
      - {id: CK-4, name: {zh: 次数, en: Visits}, start: received, basis: count, amount: 3, between: [visits],
         source: test}
      - {id: CK-5, name: {zh: 按计划, en: As planned}, start: received, stop: [completed], basis: agreed,
         overridable_by: [planned, "field:until"], source: test}
      - {id: CK-6, name: {zh: 快, en: Quick}, start: received, stop: [completed], basis: hours, amount: 2,
         when: {without: [quick]}, source: test}
      - {id: CK-6-quick, name: {zh: 更快, en: Quicker}, start: received, stop: [completed], basis: hours, amount: 1,
         when: {flags: [quick, visits=many]}, source: test}
      - {id: CK-7, name: {zh: 道歉, en: Sorry}, start: missed, after: CK-6, stop: [replied], basis: unset,
         unset: {zh: 及时, en: promptly}, source: test}
    raises_at_intake:
      - {id: N-1, name: {zh: 借出, en: Lent}, on: step, after: inspect=fail, tell: [lead], source: test}
    follow_up: {required: false, source: test}
plans:
  - {id: PL-1, name: {zh: 清点, en: Inventory}, case_type: key, category: spare, every: month, day: 30, source: test}
  - {id: PL-2, name: {zh: 巡查, en: Round}, case_type: key, category: spare, every: day, source: test, role: desk,
     season: {begins: summer_from, ends: summer_to},
     rounds: [{id: am, name: {zh: 上午, en: Morning}, opens: 510, due: 720}]}
  - {id: PL-3, name: {zh: 每周, en: Weekly}, case_type: key, category: spare, every: week, day_parameter: weekly_day,
     unset: {zh: 每周, en: weekly}, source: test}
recurrences:
  - {id: UP-9, name: {zh: 再三, en: Again}, case_types: [key], at_least: 2, same: [unit, "field:borrower"],
     window: {kind: calendar_month}, opens: {case_type: key, category: spare, text: {zh: 查, en: Look}}, source: test}
prompts:
  - {id: PC-1, name: {zh: 电话, en: Phone}, on: [phone], points: [{zh: 问好, en: Greet}], source: test}
registers:
  R-1:
    name: {zh: 钥匙, en: Keys}
    case_types: [key]
    window: {kind: calendar_month}
    when: {flags: [borrower=staff]}
    columns:
      - {field: number, name: {zh: 编号, en: Number}}
      - {field: form.borrower, name: {zh: 借用人, en: Borrower}}
      - {field: step.back.at, name: {zh: 归还, en: Back}}
    measures:
      - {id: K-1, name: {zh: 比, en: Share}, numerator: steps, numerator_of: back, denominator: sum,
         denominator_of: visits, source: test}
    source: test
"""
KEY = "case_types.key"


def rich(path: str, value: object) -> Pack:
    """The rich pack with one value put in another's place, checked for shape only."""
    body = read(RICH)
    put(body, path, value)
    return checked(body)


def put(body: Any, path: str, value: object) -> None:
    """Put *value* at *path*; things in lists are found by their id or their place."""
    *way, last = path.split(".")
    for step in way:
        body = body[_at(body, step)]
    body[_at(body, last)] = value


def _at(part: Any, step: str) -> Any:
    if not isinstance(part, list):
        return step
    named = [place for place, each in enumerate(part) if isinstance(each, dict) and each.get("id") == step]
    return named[0] if named else int(step)
