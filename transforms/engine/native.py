"""The engine as it is installed, if it is."""

from transforms.engine.stated import Settings, StatedOutcome

try:
    import logveil_engine
except ImportError:
    VERSION = None
else:
    VERSION = logveil_engine.__version__


def new_engine(settings: Settings, outcomes: list[StatedOutcome], answers: object) -> "logveil_engine.Engine":
    """Return an engine that works by settings and asks `answers` for the rest; only where there is a `VERSION`."""
    return logveil_engine.Engine(settings, outcomes, answers)
