"""What the columns of a source mean; one mapping serves every file of that source.

Source: docs/importing.md.
"""

from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared.contracts.history import ActName
from shared.contracts.intake import Channel
from shared.timekeeping.zones import zone_named
from shouwen.words import Refused

REJECT, ROUTE, USUAL = "reject", "route", "default"
"""Stand in a mapping where a word of the source is looked for: no case, as the pack routes, as usual."""


def _several(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


def _zone(given: str) -> str:
    zone_named(given)
    return given


def _pattern(given: str) -> str:
    if not any(given.count(mark) for mark in ("%Y", "%y")):
        raise ValueError("a date pattern needs a year, such as %Y-%m-%d")
    sample = datetime(2001, 2, 3, 4, 5, 6)  # noqa: DTZ001  only its text is looked at
    datetime.strptime(sample.strftime(given), given)  # noqa: DTZ007  the same
    return given


def _filled(given: str) -> str:
    if "{code}" not in given:
        raise ValueError("the name of a site must contain {code}")
    return given


Names = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Part):
    """Header names, each one name or several that mean the same; case, spaces and underscores do not matter.

    Attributes:
        key: The source's own number of a case.
        received: When the matter was heard first; totals go by it.
        closed: When it ended; blank while open.
        status: The source's word for how it stands; only checked against ``closed``, never instead of it.
        department: Who answers for it, in the source's words.
        due: The limit the source has on record; whose it is says ``due_is``.
        channel: How it came in, in the source's words.
        severity: How grave it is, in the source's words.
        caller: Name of who called; ``phone`` is the number left.
    """

    key: Names
    site: Names
    received: Names
    category: Names
    closed: Names | None = None
    content: Names | None = None
    unit: Names | None = None
    place: Names | None = None
    status: Names | None = None
    department: Names | None = None
    due: Names | None = None
    channel: Names | None = None
    severity: Names | None = None
    caller: Names | None = None
    phone: Names | None = None


class WithoutTime(_Part):
    """The local time at which a date without a time is judged."""

    received: time = time(0, 0)
    closed: time = time(23, 59, 59)


class Categories(_Part):
    """How the source's words become categories.

    Attributes:
        keep: A word that ``map`` does not name is kept as it is; otherwise its row is rejected.
        map: The source's word to a category of the pack.
        blank: ``reject``, or the category of a row without one.
    """

    keep: bool = True
    map: dict[str, str] = {}
    blank: str = REJECT


class Sites(_Part):
    """How the source's places become sites.

    Attributes:
        create: Make a site that is missing; otherwise the import stops and names it.
        name: What a new site is called; ``{code}`` is its code.
        map: The source's word to the id of a site that is there; a word not named is the code of a site.
        nowhere: Words with which the source says that it knows no place.
        other: ``reject``, or the word rows without a place are read as.
    """

    create: bool = True
    name: Annotated[str, AfterValidator(_filled)] = "{code}"
    map: dict[str, str] = {}
    nowhere: tuple[str, ...] = ()
    other: Annotated[str, Field(min_length=1)] = REJECT


class Departments(_Part):
    """How the source's words for who answers become departments; a blank cell is routed by the pack.

    One that a site lacks is made there, and called what the pack calls its role.

    Attributes:
        map: The source's word to a role of the pack.
        other: ``reject``, ``route`` (as the pack says), or the role for a word not named.
    """

    map: dict[str, str] = {}
    other: Annotated[str, Field(min_length=1)] = REJECT


class Channels(_Part):
    """The source's words for how a matter came in; one not named, or none, is ``other``."""

    map: dict[str, Channel] = {}
    other: Channel = "import"


class Severities(_Part):
    """The source's words for how grave it is; a blank cell takes ``severity``.

    Attributes:
        map: The source's word to a severity of the pack.
        other: ``reject``, ``default``, or the severity for a word not named.
    """

    map: dict[str, str] = {}
    other: Annotated[str, Field(min_length=1)] = REJECT


class Statuses(_Part):
    """Which of the source's words say that a matter is over or not; a word not named is not checked."""

    closed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class Mapping(_Part):
    """A mapping file.

    Attributes:
        source: Names the source; with a row's key it identifies a case for ever.
        zone: IANA name; dates of the file are local there.
        pack_file: Where the pack is written, beside the mapping; read when the system does not have it yet.
        encoding: Of the file; Excel in Chinese saves a CSV as gb18030, a "Unicode text" as utf-16.
        window: By which stretch totals are compared.
        due_is: Whose limit the due column is; see ``RequestReceived``.
        dates: Accepted patterns besides ISO 8601, first match counts.
        midnight_means_no_time: A stated 00:00:00 is what an export writes for a date.
        closed_as: The act a filled closing column stands for.
        left_out: Columns known and deliberately not imported; any other is reported as unknown.
    """

    source: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    pack: str
    pack_file: Path | None = None
    case_type: str = "complaint"
    zone: Annotated[str, AfterValidator(_zone)]
    encoding: Literal["utf-8", "gb18030", "utf-16"] = "utf-8"
    window: Literal["calendar_month"] = "calendar_month"
    columns: Columns
    left_out: tuple[str, ...] = ()
    dates: tuple[Pattern, ...] = ()
    without_time: WithoutTime = WithoutTime()
    midnight_means_no_time: bool = False
    categories: Categories = Categories()
    sites: Sites = Sites()
    departments: Departments = Departments()
    channels: Channels = Channels()
    severities: Severities = Severities()
    statuses: Statuses = Statuses()
    due_is: Literal["department_limit", "customer_limit"] = "department_limit"
    severity: str | None = None
    closed_as: ActName = "closed"


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        Refused: It is missing, no YAML, or a field is wrong; every wrong field is named.
    """
    try:
        given = Mapping.model_validate(yaml.safe_load(path.read_text("utf-8-sig")))
    except OSError as trouble:
        raise Refused(f"读不到映射文件 {path}。", f"The mapping {path} cannot be read: {trouble.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise Refused(f"映射文件 {path} 不是有效的 YAML。", f"{path} is not valid YAML: {trouble}") from None
    except ValidationError as wrong:
        faults = "\n".join(_fault(error) for error in wrong.errors(include_url=False))
        raise Refused(f"映射文件 {path} 有误：", f"The mapping {path} has mistakes:\n{faults}") from None
    beside = path.parent / given.pack_file if given.pack_file is not None else None
    return given.model_copy(update={"pack_file": beside})


def _fault(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "(file)"
    return f"  {where}: {error['msg']}"
