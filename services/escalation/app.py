"""Escalation, put together."""

from prometheus_client.core import GaugeMetricFamily, Metric

from services.escalation.api import routes
from services.escalation.folds import FOLDS
from services.escalation.store.calendars import CalendarRows, OpenCaseIndex
from services.escalation.store.provisional import ProvisionalRows
from services.escalation.store.sweeping import Sweeper
from shared.process.service import ServiceProcess, Surroundings

PROVISIONAL = "shouwen_calendar_provisional_deadlines"
MEANING = "Open deadlines that reach into a year whose public holidays are not known at their site"


def build(around: Surroundings) -> ServiceProcess:
    """The service, wired and not yet started."""
    process = ServiceProcess(FOLDS, around, projection=ProvisionalRows(), gathers=0.1)
    calendars, cases = CalendarRows(process.db), OpenCaseIndex(process.db)
    routes(process, calendars, cases)
    process.own_turns.append(("calendars", Sweeper(process, cases).turn, None))
    process.metrics.more.append(lambda: _counted(calendars))
    return process


async def _counted(calendars: CalendarRows) -> Metric:
    gauge = GaugeMetricFamily(PROVISIONAL, MEANING, labels=["service", "site", "year"])
    for site, years in (await calendars.all_provisional()).items():
        for one in years:
            gauge.add_metric(["escalation", site, str(one.year)], one.deadlines)
    return gauge
