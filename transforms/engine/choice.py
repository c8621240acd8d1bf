"""Which of the two makes the records: the engine, or the plain steps."""

from enum import StrEnum

from schemas.errors import OptionsError
from schemas.ledger import PYTHON
from transforms.engine.native import VERSION
from transforms.engine.plan import unfit
from transforms.redact_logs import RedactLogEvents

WANTED = "0.4.0"
"""The version of the engine that speaks as `transforms.engine.stated` does; each change of that is another one."""


class EngineChoice(StrEnum):
    """What a run is told to use; `auto` is the engine wherever it can do the run."""

    PYTHON = "python"
    NATIVE = "native"
    AUTO = "auto"


def unfit_for(body: RedactLogEvents) -> str | None:
    """Return why the engine can't do a run, None if it can."""
    if VERSION is None:
        return "it is not installed: install cargo 1.75 or newer and run setup.sh"
    if VERSION != WANTED:
        return f"it is of version {VERSION}, not {WANTED}: run setup.sh"
    if body.sight_accounts:
        return "the accounts of the events go into a vault"
    return unfit(body.policy)


def chosen_engine(choice: EngineChoice, body: RedactLogEvents, needs_events: str | None = None) -> str:
    """Return `python`, or `native` with its version; `needs_events` says what else takes whole events, if anything.

    Raises:
        OptionsError: The engine was asked for and can't do the run.
    """
    reason = None if choice is EngineChoice.PYTHON else needs_events or unfit_for(body)
    if choice is EngineChoice.NATIVE and reason is not None:
        raise OptionsError(f"--engine=native: the engine can't do this run: {reason}")
    return PYTHON if choice is EngineChoice.PYTHON or reason is not None else f"native {VERSION}"
