"""The console folds nothing: it has no business state, so nothing here can disagree with the services."""

from shared.contracts.fold import Folds

FOLDS = Folds(service="console", hears=(), kinds=())
