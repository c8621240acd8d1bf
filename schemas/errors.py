"""Errors of configuration and operation; bad records are values (`schemas.events.Rejection`).

LogveilError            root; messages hold names and positions, never event content
├─ PolicyError          the policy document is wrong
│  ├─ PolicySyntaxError   not YAML, duplicate key, wrong type
│  ├─ UnknownPolicyKey    a key outside the closed form
│  └─ MissingFieldRule    a required key, field or category is absent
├─ SchemaError          an Avro schema and its record type disagree
├─ OptionsError         contradictory or unsafe command-line options
├─ SecretError          a secret is not at hand where it is needed
│  └─ KeyFileError        the pseudonym key is absent, too open or of the wrong size
├─ InputError           an input cannot be read whole
├─ OutputError          the output root cannot be written
├─ LedgerError          the counts of a run do not balance
├─ RunnerError          the engine under a pipeline failed
├─ StreamError          a topic cannot be read on from where its stream stands
│  ├─ UnreachableError    the broker does not answer just now
│  ├─ GapError            the broker has dropped messages that were not read
│  └─ LaneError           another process has gone on with the lane
│     └─ ClosedLaneError    the topic has been dealt anew
├─ DetectorError        a detector's definition is wrong, or it failed on a text
│  ├─ RecognizerFileError a file of recognizers is wrong
│  └─ FormatFileError    a file of formats is wrong
├─ RetentionError       a deletion plan is unsafe or stale
└─ VaultError           the account vault cannot do what was asked
   └─ DatabaseError       a database refused
"""


class LogveilError(Exception):
    """Root of all errors that logveil raises on purpose; the text of each is fit for a log."""

    def as_typed(self) -> str:
        """Return what the person who typed the command is told."""
        return str(self)


class PolicyError(LogveilError):
    """The policy document is wrong."""


class PolicySyntaxError(PolicyError):
    """The policy is not YAML, repeats a key, or holds a value of the wrong type."""


class UnknownPolicyKey(PolicyError):  # noqa: N818  (a name of the published error taxonomy)
    """The policy holds a key outside its closed form."""


class MissingFieldRule(PolicyError):  # noqa: N818
    """The policy lacks a required key or a rule for a field."""


class SchemaError(LogveilError):
    """An Avro schema and its record type disagree."""


class OptionsError(LogveilError):
    """Command-line options contradict each other or are unsafe."""


class SecretError(LogveilError):
    """A secret is not at hand where it is needed."""


class KeyFileError(SecretError):
    """The pseudonym key is absent, readable by others, or of the wrong size."""


class InputError(LogveilError):
    """An input cannot be read whole; `typed` says so by the path that the person typed, for their terminal alone."""

    def __init__(self, message: str, typed: str | None = None) -> None:
        super().__init__(message)
        self._typed = typed

    def as_typed(self) -> str:
        """Return the message with the path as it was typed."""
        return str(self) if self._typed is None else self._typed


class OutputError(LogveilError):
    """The output root cannot be written."""


class LedgerError(LogveilError):
    """The counts of a run do not balance."""


class RunnerError(LogveilError):
    """The engine under a pipeline failed."""


class StreamError(LogveilError):
    """A topic cannot be read on from where its stream stands."""


class UnreachableError(StreamError):
    """The broker does not answer just now."""


class GapError(StreamError):
    """The broker has dropped messages that were not read."""


class LaneError(StreamError):
    """Another process has gone on with the lane."""


class ClosedLaneError(LaneError):
    """The topic has been dealt anew, and the lane is no more."""


class DetectorError(LogveilError):
    """A detector's definition is wrong, or it failed on a text."""


class RecognizerFileError(DetectorError):
    """A file of recognizers is wrong; the message names the file and the entry."""


class FormatFileError(DetectorError):
    """A file of formats is wrong; the message names the file, the pattern and what is wrong."""


class RetentionError(LogveilError):
    """A deletion plan is unsafe or stale."""


class VaultError(LogveilError):
    """The account vault cannot do what was asked."""


class DatabaseError(VaultError):
    """A database refused; `code` is the server's, 0 where it has none or is not known."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code
