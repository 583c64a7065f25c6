"""Rows of sheets, judged: each becomes a record or findings, and what only the whole file shows is found at its end."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from typing import Any

from services.intake.policy.masters.across import Across
from services.intake.policy.masters.cells import Cell, Hidden, Merged, Read, SheetRow, letter_of, shown
from services.intake.policy.masters.columns import Column
from services.intake.policy.masters.examples import is_example
from services.intake.policy.masters.findings import NOTHING, SHOWN, Finding
from services.intake.policy.masters.headings import LOOKED_AT, Layout, is_for_people, layout_of
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.parsing import Parsers
from services.intake.policy.masters.records import RECORDS, Place, Record
from services.intake.policy.masters.rows import together
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named
