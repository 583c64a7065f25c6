"""What every page has at hand, and who is looking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.console.ports import Answer, Caller, Gateway, News, Pages, Printer, Sessions
from shared.contracts.directory import Account
from shared.contracts.fold import IMPLIED, Actor
from shared.contracts.ids import Ids
from shared.organisation.records import Site
from shared.rules.book import Book
from shared.timekeeping.clock import Clock
from shared.web.accounts import Accounts
from shared.web.wording import Language, Voice, language_of

COOKIE, LANGUAGE_COOKIE = "shouwen_session", "shouwen_lang"


class SignInNeeded(Exception):
    """Nobody is signed in; the page is offered again after signing in."""


class Refused(Exception):
    """A service refused what the whole page rests on; shown as a page of its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, with which rights, in which language."""

    request: Request
    account: Account
    actor: Actor
    voice: Voice
    sites: tuple[Site, ...]

    @property
    def caller(self) -> Caller:
        """For the gateway."""
        return Caller(self.account.id, self.voice.language)

    def rights_at(self, site: str) -> frozenset[str]:
        """What the reader may do at a site."""
        return frozenset(right for right in IMPLIED if self.actor.can(right, site))

    def site(self, wanted: str | None) -> Site | None:
        """The site asked for, else the first one; None when the reader sees none."""
        named = (site for site in self.sites if site.id == wanted)
        return next(named, self.sites[0] if self.sites else None)

    def where(self, right: str) -> tuple[Site, ...]:
        """Sites where the reader has *right*."""
        return tuple(site for site in self.sites if self.actor.can(right, site.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the pages share."""

    book: Book
    accounts: Accounts
    clock: Clock
    ids: Ids
    gateway: Gateway
    sessions: Sessions
    pages: Pages
    printer: Printer
    news: News

    async def visit(self, request: Request) -> Visit:
        """Who looks.

        Raises:
            SignInNeeded: No session, it has ended, or the account was closed.
        """
        account = await self.signed_in(request)
        if account is None:
            raise SignInNeeded
        actor = self.accounts.actor(account, self.clock.now())
        voice = Voice(spoken(request, account.language))
        sites = tuple(site for site in self.book.sites() if actor.can("view", site.id))
        return Visit(request, account, actor, voice, sites)

    async def signed_in(self, request: Request) -> Account | None:
        """The account of the session, unless it was closed meanwhile."""
        secret = request.cookies.get(COOKIE)
        known = await self.sessions.find(secret, self.clock.now()) if secret else None
        return self.accounts.account(known) if known else None

    def show(self, visit: Visit, template: str, status: int = 200, **context: Any) -> Response:
        """A page, or a fragment of one."""
        given = {"me": visit.account, "path": visit.request.url.path, "here": here(visit.request)}
        given |= {"now": self.clock.now(), "sites": visit.sites, "may_log": bool(visit.where("desk"))}
        given["may_administer"] = bool(visit.where("admin"))
        return HTMLResponse(self.pages.render(template, visit.voice, {**given, **context}), status)

    def zone(self, site: str) -> str:
        """The zone of a site; the usual one where it is unknown."""
        return next((one.zone for one in self.book.sites() if one.id == site), Voice().zone)


def here(request: Request) -> str:
    """The page the reader looks at, as an address that can be opened again; an act leads to the page it stands on."""
    if request.method != "GET":
        return request.url.path.partition("/acts/")[0].partition("/steps/")[0].partition("/outward/")[0]
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def spoken(request: Request, usual: str | None = None) -> Language:
    """The reader's language: chosen, else the account's, else the browser's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE) or usual
    return language_of(chosen or request.headers.get("accept-language"))


async def typed(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form, each with everything typed; uploaded files are no part of any form here."""
    form: FormData = await request.form()
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


def asked(request: Request, name: str) -> str | None:
    """A query parameter that was not left empty."""
    return request.query_params.get(name, "").strip() or None


def relied_on(answer: Answer) -> Mapping[str, Any]:
    """The body of an answer the page cannot do without.

    Raises:
        Refused: There is none.
    """
    if not answer.ok:
        raise Refused(answer)
    return answer.body
