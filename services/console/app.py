"""The console as a process."""

from shared.contracts.fold import Folds
from shared.runtime.process import ServiceProcess, Surroundings

FOLDS = Folds(service="console", hears=(), kinds=())


def build(around: Surroundings, gateway_url: str) -> ServiceProcess:
    """The console, wired and not yet started; it reaches the other services at *gateway_url*."""
    del gateway_url
    return ServiceProcess(FOLDS, around)
