"""RFC 9457 problems: what was wrong, where, and the way out, in the caller's language."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from asyncpg import InterfaceError, PostgresError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from nats.errors import Error as NatsError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from shared.contracts.fold import Refusal
from shared.contracts.wording import Text, text
from shared.storage.trouble import is_transient
from shared.web.wording import Voice, language_of

log = structlog.get_logger()

MEDIA = "application/problem+json"
TITLES: Mapping[int, str] = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    409: "现在不能这样做",
    412: "内容已更新",
    413: "内容太大",
    422: "填写有误",
    429: "操作太频繁，请稍后再试",
    500: "系统出错",
    503: "暂时繁忙",
}
SENTENCES: Mapping[str, str] = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "unexpected_keyword_argument": "没有这个字段",
    "dataclass_type": "应为对象",
    "date_type": "应为日期，例如 2027-01-01",
    "date_parsing": "应为日期，例如 2027-01-01",
    "date_from_datetime_parsing": "应为日期，例如 2027-01-01",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字",
    "string_unicode": "文字里有不成对的代理字符，请重新输入",
    "too_long": "太多，最多 {max_length} 项",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
    "dict_type": "应为对象",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "string_too_short": "不能为空",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不对",
    "literal_error": "应为以下之一：{expected}",
    "enum": "应为以下之一：{expected}",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为是或否",
    "timezone_aware": "时间须带时区，例如 2025-03-04T10:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，例如 2025-03-04T10:00:00+08:00",
    "datetime_parsing": "应为带时区的时间，例如 2025-03-04T10:00:00+08:00",
    "datetime_type": "应为带时区的时间，例如 2025-03-04T10:00:00+08:00",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}


class Problem(HTTPException):
    """An answer that is not what was asked for; raised by routes, rendered once here.

    An HTTPException, because FastAPI lets only those through from where it reads a body.
    """

    def __init__(self, refusal: Refusal, *, headers: Mapping[str, str] | None = None) -> None:
        """Carry *refusal* to the edge."""
        super().__init__(refusal.status, refusal.why, dict(headers or {}))
        self.refusal = refusal


BUSY = text("现在请求太多，请稍后再试")


class Busy(Exception):
    """Too much waits or a server is away; the same request, with the same key, may be sent again shortly."""

    def __init__(self, sentence: Text = BUSY, *, retry_after_seconds: int = 1) -> None:
        """Say what it is that one has to wait for."""
        super().__init__(sentence.sentence)
        self.sentence, self.retry_after_seconds = sentence, retry_after_seconds


def refuse(why: str, sentence: Text, *, status: int, field: str | None = None, hint: Text | None = None) -> Problem:
    """Make a problem in one line."""
    return Problem(Refusal(why=why, text=sentence, status=status, field=field, hint=hint))


def voice_of(request: Request, zone: str | None = None) -> Voice:
    """The language the caller asked for; ``?lang=`` wins over ``Accept-Language``."""
    asked = request.query_params.get("lang") if request.scope["query_string"] else None
    chosen = asked or request.headers.get("accept-language")
    return Voice(language_of(chosen), zone) if zone else Voice(language_of(chosen))


def body_of(refusal: Refusal, voice: Voice) -> dict[str, Any]:
    """A refusal as problem members; ``errors`` names the field by JSON pointer."""
    detail = voice.say(refusal.text)
    body: dict[str, Any] = {
        "type": f"urn:shouwen:problem:{refusal.why}",
        "title": voice.translate(TITLES.get(refusal.status, "现在不能这样做")),
        "status": refusal.status,
        "detail": detail,
    }
    if refusal.hint is not None:
        body["hint"] = voice.say(refusal.hint)
    if refusal.field is not None:
        body["errors"] = [_at_field(one, voice) for one in (refusal, *refusal.more)]
    if refusal.state is not None:
        body |= {"state": refusal.state, "possible": list(refusal.possible)}
    return body


def _at_field(refusal: Refusal, voice: Voice) -> dict[str, str]:
    said = {"field": refusal.field or "/", "detail": voice.say(refusal.text)}
    return said if refusal.hint is None else said | {"hint": voice.say(refusal.hint)}


def answer(body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A problem response."""
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, status, dict(headers or {}), media_type=MEDIA)


def _pointer(location: tuple[Any, ...]) -> str:
    within = location[1:] if location[:1] and location[0] in ("body", "query", "path", "header") else location
    return "/" + "/".join(str(part) for part in within)


def _one_error(error: Mapping[str, Any], voice: Voice) -> dict[str, str]:
    sentence = SENTENCES.get(str(error["type"]))
    context = {key: str(value) for key, value in (error.get("ctx") or {}).items()}
    if isinstance(error.get("ctx", {}).get("error"), ValueError):
        stated = error["ctx"]["error"].args
        return {
            "field": _pointer(error["loc"]),
            "detail": voice.say(stated[0]) if isinstance(stated[0], Text) else str(stated[0]),
        }
    detail = voice.translate(sentence).format_map(context) if sentence else str(error["msg"])
    return {"field": _pointer(error["loc"]), "detail": detail}


def body_of_errors(errors: list[Mapping[str, Any]], voice: Voice) -> dict[str, Any]:
    """Validation errors as one problem that names every field."""
    listed = [_one_error(error, voice) for error in errors]
    return {
        "type": "urn:shouwen:problem:invalid",
        "title": voice.translate(TITLES[422]),
        "status": 422,
        "detail": "; ".join(f"{item['field']}: {item['detail']}" for item in listed),
        "errors": listed,
    }


def _busy(trouble: Exception) -> Busy:
    if isinstance(trouble, Busy):
        return trouble
    if isinstance(trouble, NatsError) or is_transient(trouble):
        return Busy()
    raise trouble


def install(app: FastAPI) -> None:
    """Make *app* answer every failure as a problem."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, problem: Problem) -> Response:
        body = body_of(problem.refusal, voice_of(request))
        return answer(body, problem.refusal.status, problem.headers)

    @app.exception_handler(Busy)
    @app.exception_handler(DBAPIError)
    @app.exception_handler(OSError)
    @app.exception_handler(NoConnectionFree)
    @app.exception_handler(PostgresError)
    @app.exception_handler(InterfaceError)
    @app.exception_handler(NatsError)
    async def on_trouble(request: Request, trouble: Exception) -> Response:
        busy = _busy(trouble)
        refusal = Refusal(why="busy", text=busy.sentence, status=503)
        headers = {"Retry-After": str(busy.retry_after_seconds)}
        return answer(body_of(refusal, voice_of(request)), 503, headers)

    @app.exception_handler(Exception)
    async def on_defect(request: Request, defect: Exception) -> Response:
        log.error("request_failed", method=request.method, path=request.url.path, exc_info=defect)
        refusal = Refusal(why="defect", text=text("系统出错了，已记入日志"), status=500)
        return answer(body_of(refusal, voice_of(request)), 500)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, invalid: RequestValidationError) -> Response:
        return answer(body_of_errors(list(invalid.errors()), voice_of(request)), 422)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, trouble: HTTPException) -> Response:
        sentence = TITLES.get(trouble.status_code, "请求有误")
        refusal = Refusal(why=f"http_{trouble.status_code}", text=text(sentence), status=trouble.status_code)
        return answer(body_of(refusal, voice_of(request)), trouble.status_code, trouble.headers)
