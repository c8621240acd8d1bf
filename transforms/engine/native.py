"""The engine as it is installed, if it is."""

from schemas.errors import OptionsError
from transforms.engine.stated import Settings, StatedOutcome

try:
    import logveil_engine
except ImportError:
    VERSION = None
else:
    VERSION = logveil_engine.__version__


def new_engine(settings: Settings, outcomes: list[StatedOutcome], answers: object) -> "logveil_engine.Engine":
    """Return an engine that works by settings and asks `answers` for the rest.

    Raises:
        OptionsError: This worker has no engine, though the launcher has.
    """
    if VERSION is None:
        raise OptionsError("the event engine is not installed on this worker: use --engine=python")
    return logveil_engine.Engine(settings, outcomes, answers)
