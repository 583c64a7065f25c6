"""What passes by itself is tried again; what does not is found out and put aside."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from shared.storage.trouble import is_transient


class Told(Exception):
    """A driver's error as SQLAlchemy hands it on."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("told")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("trouble", "passes"),
    [
        pytest.param(DBAPIError("select", {}, Told("08006")), True, id="a lost connection"),
        pytest.param(DBAPIError("select", {}, Told("40P01")), True, id="a deadlock"),
        pytest.param(DBAPIError("select", {}, Told("57P01")), True, id="a database that shuts down"),
        pytest.param(DBAPIError("select", {}, Told("53300")), True, id="too many connections"),
        pytest.param(DBAPIError("select", {}, Told("55P03")), True, id="a lock not to be had"),
        pytest.param(DBAPIError("select", {}, Told(None)), True, id="a connection closed in the driver"),
        pytest.param(asyncpg.CannotConnectNowError("starting up"), True, id="a database that starts, told bare"),
        pytest.param(NoConnectionFree(), True, id="a pool that is used up"),
        pytest.param(ConnectionRefusedError(), True, id="nobody listening"),
        pytest.param(TimeoutError(), True, id="no answer in time"),
        pytest.param(DBAPIError("insert", {}, Told("22021")), False, id="a NUL in a text"),
        pytest.param(DBAPIError("insert", {}, Told("54000")), False, id="a key no index holds"),
        pytest.param(asyncpg.DataError("value out of int32 range"), False, id="a value the driver cannot encode"),
        pytest.param(asyncpg.InterfaceError("connection is closed"), True, id="a line closed while connecting"),
        pytest.param(DBAPIError("select", {}, Told("25P03")), True, id="a transaction that idled too long"),
        pytest.param(IntegrityError("insert", {}, Told("23505")), False, id="a row that is there already"),
        pytest.param(ValueError("bad"), False, id="bad data"),
        pytest.param(RuntimeError("defect"), False, id="a defect"),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(trouble: Exception, passes: bool) -> None:  # noqa: FBT001  a row
    assert is_transient(trouble) is passes
