"""The whole service, pure."""

from services.directory.commands import obey
from services.directory.state import Record
from shared.contracts.fold import Folds, Kind

FOLDS = Folds(service="directory", hears=(), kinds=(Kind(prefix="record", state=Record, obey=obey),))
