"""Who may ask: accounts and tokens as the DIRECTORY stream tells them, and short-lived assertions of the console.

A token is a random secret known here by its SHA-256. The console, which keeps the sessions, speaks for a signed-in
account with an assertion signed by a secret all surfaces share; it lives for two minutes.

Source: design.md §10; ecosystem survey §7.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from itsdangerous import BadSignature, TimestampSigner

from shared.contracts.directory import Account, Token
from shared.contracts.fold import Actor
from shared.organisation.records import Person
from shared.rules.belonging import outside_kinds
from shared.rules.book import Book

TOKEN_PREFIX = "sw_"  # noqa: S105  the visible beginning of every token
ASSERTION_LIVES = 120


def token_digest(secret: str) -> str:
    """How a token is known: hex SHA-256 of the whole secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """Accounts and tokens in memory; the runtime keeps it up to date."""

    def __init__(self, book: Book, secret: str) -> None:
        """People come from *book*; *secret* signs assertions."""
        self._book = book
        self._signer = TimestampSigner(secret, salt="shouwen.assertion")
        self._accounts: dict[str, Account] = {}
        self._tokens: dict[str, Token] = {}

    def put_account(self, account: Account) -> None:
        """Take in an account."""
        self._accounts[account.id] = account

    def put_token(self, token: Token) -> None:
        """Take in a token."""
        self._tokens[token.sha256] = token

    def account(self, account: str) -> Account | None:
        """The account of that id; None when unknown or disabled."""
        known = self._accounts.get(account)
        return known if known is not None and not known.disabled else None

    def assert_for(self, account: str) -> str:
        """A bearer value that speaks for *account* for two minutes."""
        return self._signer.sign(account).decode()

    def bearer(self, value: str, now: datetime) -> Account | None:
        """The account a bearer value stands for; None when it stands for nobody."""
        if value.startswith(TOKEN_PREFIX):
            return self._by_token(value, now)
        try:
            return self.account(self._signer.unsign(value, max_age=ASSERTION_LIVES).decode())
        except BadSignature:
            return None

    def _by_token(self, value: str, now: datetime) -> Account | None:
        token = self._tokens.get(token_digest(value))
        if token is None or token.revoked or (token.until is not None and token.until <= now):
            return None
        return self.account(token.account)

    def actor(self, account: Account, at: datetime) -> Actor:
        """The account with the pack roles its person holds at *at*."""
        person = self._book.staff.person(account.person) if account.person else None
        return Actor(
            account=account.id,
            name=account.name,
            person=account.person,
            grants=account.grants,
            roles=_roles(person, at),
            outside=outside_kinds(person, at, self._book),
        )


def _roles(person: Person | None, at: datetime) -> Mapping[str, tuple[str, ...]]:
    roles: dict[str, tuple[str, ...]] = {}
    for appointment in person.appointments if person is not None else ():
        if appointment.at(at):
            roles[appointment.site] = (*roles.get(appointment.site, ()), appointment.role)
    return roles
