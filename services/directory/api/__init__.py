"""The routes of the directory."""

from services.directory.api.accounts import account_routes
from services.directory.api.calendars import calendar_routes
from services.directory.api.passwords import Passwords
from services.directory.api.proving import proving_routes
from services.directory.api.records import record_routes
from services.directory.api.settling import settling_routes
from services.directory.api.sign_in import sign_in_routes
from services.directory.api.tokens import token_routes
from services.directory.api.who import who_routes
from services.directory.ports import Records, Secrets
from shared.process.service import ServiceProcess


def routes(process: ServiceProcess, records: Records, secrets: Secrets, passwords: Passwords) -> None:
    """Add the routes of the directory."""
    record_routes(process, records)
    calendar_routes(process, records)
    settling_routes(process, records)
    account_routes(process, records, secrets, passwords)
    sign_in_routes(process, records, secrets, passwords)
    token_routes(process, records)
    who_routes(process)
    proving_routes(process)
