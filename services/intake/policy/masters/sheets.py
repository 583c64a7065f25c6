"""All sheets of master data, in the order in which they are judged: what others refer to comes first."""

from collections.abc import Mapping

from services.intake.policy.masters.columns import Sheet
from services.intake.policy.masters.custody import DEPOSITS, KEYS, MATTERS
from services.intake.policy.masters.estate import BUILDINGS, EQUIPMENT, RESIDENTS, UNITS
from services.intake.policy.masters.records import Kind

SHEETS: Mapping[Kind, Sheet] = {
    sheet.kind: sheet for sheet in (BUILDINGS, UNITS, RESIDENTS, EQUIPMENT, KEYS, DEPOSITS, MATTERS)
}
