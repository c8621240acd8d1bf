"""Take the log service's envelope off an event, whichever of its exports wrote it."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from schemas.events import Counts
from transforms.batches.remembered import Remembered
from transforms.parsing.json import JsonObject, Pairs, load_object

CONTENT = "__CONTENT__"
RAW_LOG = "__RAWLOG__"
JOURNAL_TIME = "__REALTIME_TIMESTAMP"
TAG = "__TAG__"
LOG_JSON = "LogJson"
_NESTED = (CONTENT, RAW_LOG, TAG)
_SEARCH_LOG_NAMES = {
    "Time": "__TIMESTAMP__",
    "TopicId": "__TOPIC__",
    "TopicName": "__TOPIC_NAME__",
    "Source": "__SOURCE__",
    "FileName": "__FILENAME__",
    "HostName": "__HOSTNAME__",
    "PkgId": "__PKGID__",
    "PkgLogId": "__PKG_LOGID__",
    "IndexStatus": "__INDEX_STATUS__",
    "HighLights": "__HIGHLIGHTS__",
    "RawLog": RAW_LOG,
    LOG_JSON: CONTENT,
}

_CACHED_KEYS = 4096

Envelope = dict[str, Any]


class Place(Enum):
    """Where a key says that its pair belongs."""

    LOG = auto()
    ENVELOPE = auto()
    MARKED = auto()
    SEARCH_RESULT = auto()


_LOG, _ENVELOPE, _MARKED, _SEARCH_RESULT = Place  # read from its class, a member is slow in Python 3.11


def place_of(key: str) -> Place:
    """Return where a key says that its pair belongs."""
    if key in ("TopicId", LOG_JSON):
        return _SEARCH_RESULT
    if key[:2] != "__":
        return _LOG
    return _ENVELOPE if key[-2:] == "__" and key not in _NESTED else _MARKED


_PLACES = Remembered(place_of, _CACHED_KEYS)
_TAG_KEYS = Remembered((TAG + ".{}").format, _CACHED_KEYS)


def open_envelope(pairs: Pairs, counts: Counts) -> tuple[Pairs, Envelope]:
    """Return the pairs of the log itself and the envelope by the log service's own names.

    Tags are in both, so that a policy may name them; they come last, and wrapped content comes
    after what stood beside it. The service's own word goes before what content that it wraps says under its names.
    The raw log counts only where nothing else gives the content.

    Example:
        >>> open_envelope((("__TOPIC__", 7), ("__CONTENT__", '{"a":1}'), ("__TAG__", {"p": "q"})), Counts())
        ((('a', 1), ('__TAG__.p', 'q')), {'__TOPIC__': 7, '__TAG__.p': 'q'})
        >>> open_envelope((("Time", 7), ("TopicId", "t"), ("LogJson", '{"a":1}')), Counts())
        ((('a', 1),), {'__TIMESTAMP__': 7, '__TOPIC__': 't'})
    """
    own: list[tuple[str, Any]] = []
    marked: list[tuple[str, Any]] = []
    envelope: Envelope = {}
    may_be_result = True
    for pair in pairs:
        place = _PLACES[pair[0]]
        if place is _LOG:
            own.append(pair)
        elif place is _ENVELOPE:
            envelope.setdefault(*pair)
        elif place is _MARKED:
            marked.append(pair)
        elif may_be_result and _is_search_result(pairs):
            return open_envelope(_renamed(pairs), counts)
        else:
            may_be_result = False  # asked once, however often such a key is repeated
            own.append(pair)
    opened = _Opened(own, envelope, counts)
    for key, value in marked:
        opened.take(key, value)
    return opened.finish()


def _is_search_result(pairs: Pairs) -> bool:
    keys = {key for key, _ in pairs}
    return LOG_JSON in keys or ("Time" in keys and "TopicId" in keys)


def _renamed(pairs: Pairs) -> Pairs:
    return tuple((_SEARCH_LOG_NAMES.get(key, key), value) for key, value in pairs)


class _Opened:
    def __init__(self, pairs: list[tuple[str, Any]], envelope: Envelope, counts: Counts) -> None:
        self.pairs = pairs
        self._tags: list[tuple[str, Any]] = []
        self._envelope = envelope
        self._contents: list[Any] = []
        self._raw_logs: list[Any] = []
        self._counts = counts

    def take(self, key: str, value: Any) -> None:
        """Sort one pair whose key starts like the envelope's."""
        if key == TAG:
            self._take_tags(value)
        elif key == CONTENT:
            self._contents.append(value)
        elif key == RAW_LOG:
            self._raw_logs.append(value)
        elif key == JOURNAL_TIME:
            self._envelope.setdefault("__TIMESTAMP__", value)
        elif key.startswith("__TAG__."):
            self._tags.append((key, value))
        else:
            self.pairs.append((key, value))

    def finish(self) -> tuple[Pairs, Envelope]:
        """Return the pairs and the envelope, once content is opened behind all that stood beside it."""
        for value in self._contents:
            self._take_content(CONTENT, value)
        if not self.pairs:
            for value in self._raw_logs:
                self._take_content(RAW_LOG, value)
        for key, value in self._tags:
            self._envelope.setdefault(key, value)
        return (*self.pairs, *self._tags), self._envelope

    def _take_content(self, key: str, value: Any) -> None:
        members = self._members(value)
        if members is None:
            if value not in (None, ""):
                self.pairs.append((key, value))
            return
        for inner, inner_value in members:
            if _PLACES[inner] == _ENVELOPE:
                self._envelope.setdefault(inner, inner_value)
            elif inner == TAG:
                self._take_tags(inner_value)
            else:
                self.pairs.append((inner, inner_value))

    def _take_tags(self, value: Any) -> None:
        members = self._members(value)
        if members is None:
            self._tags.append((TAG, value))
        else:
            self._tags += [(_TAG_KEYS[name], inner) for name, inner in members]

    def _members(self, value: Any) -> Iterable[tuple[str, Any]] | None:
        if isinstance(value, dict):
            return value.items()
        if not isinstance(value, str) or not value.lstrip().startswith("{"):
            return None
        loaded = load_object(value.encode(errors="replace"))
        if not isinstance(loaded, JsonObject):
            return None
        for kind in loaded.repairs:
            self._counts[f"repaired/{kind}"] += 1
        return loaded.pairs
