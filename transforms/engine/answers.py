"""Answer what the engine asks: each key, value and text once, by the very functions of the plain steps."""

from collections.abc import Sequence

from schemas.errors import DetectorError
from schemas.events import Counts, FieldOutcome
from schemas.policy.policy import Policy
from transforms.avro.encode import encoded_origin
from transforms.classify import UnknownFields, log_source
from transforms.detect.redactor import Alone
from transforms.engine.plan import field_outcomes, stated_outcome
from transforms.engine.stated import (
    FIELD,
    ODD_KEY,
    SKIP,
    SLOT,
    TAG_SLOT,
    TAGS,
    UNKNOWN,
    StatedKey,
    StatedOutcome,
    StatedPerson,
    StatedText,
)
from transforms.hidden_people import HiddenPeople
from transforms.parsing.envelope import TAG, Place, place_of
from transforms.redact import Redactor
from transforms.sort_keys import KeySorter
from transforms.tag import iso_day
from transforms.unknown_names import UNNAMEABLE, nameable, trace_of
from transforms.values import SURROGATE

_SLOTS = {"__TIMESTAMP__": 0, "__TOPIC__": 1, "__PKGID__": 2, "__PKG_LOGID__": 3}
_TAG_SLOTS = {f"{TAG}.region": 0, f"{TAG}.cluster_id": 1}
_SERVICE = ""
_FINAL = "Σ"  # its lower case depends on what follows
_ODD = StatedKey(ODD_KEY)

Detections = tuple[tuple[str, int], ...]


class Answers:
    """What the engine asks of one policy and key; `let_be` counts what an allow list let be where people were named."""

    def __init__(self, policy: Policy, key_epoch: str, redactor: Redactor, unknown: UnknownFields) -> None:
        """Answer by a policy, and by the functions of a redactor."""
        self._policy = policy
        self._epoch = key_epoch
        self._redactor = redactor
        self._tells_unknown = unknown is UnknownFields.DROP
        self.sorter = KeySorter(policy)
        self._hidden = HiddenPeople(policy, unknown is UnknownFields.REDACT)
        self._names = [rule.name for rule in policy.fields]
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self.outcomes: list[FieldOutcome] = field_outcomes(policy)
        self.let_be = Counts()
        self._detections: list[Detections] = [()]
        self._detection_numbers: dict[Detections, int] = {(): 0}

    def key(self, key: str) -> StatedKey:
        """Return what a key of the top level says; one that is odd sends its event back."""
        place = place_of(key)
        if place is Place.ENVELOPE:
            return StatedKey(SLOT, _SLOTS[key]) if key in _SLOTS else StatedKey(SKIP)
        if key == TAG:
            return StatedKey(TAGS)
        if place is Place.MARKED:
            return self._tag(key)
        return self._own(key) if place is Place.LOG else _ODD

    def _tag(self, key: str) -> StatedKey:
        if not key.startswith(f"{TAG}.") or self.sorter.field_of(key) != _SERVICE:
            return _ODD
        return StatedKey(TAG_SLOT, _TAG_SLOTS[key]) if key in _TAG_SLOTS else StatedKey(SKIP)

    def _own(self, key: str) -> StatedKey:
        name = self.sorter.field_of(key)
        if name:
            return StatedKey(FIELD, self._numbers[name])
        if name == _SERVICE or not self._tells_unknown or self._hidden.names(key):
            return _ODD
        return StatedKey(UNKNOWN, folded=key.casefold(), nameable=nameable(key) != UNNAMEABLE)

    def people(self, values: Sequence[tuple[int, str]]) -> list[StatedPerson | None]:
        """Return what becomes of values of people's fields.

        None stands for one that is not simply one account or address, and for an account that was erased.
        """
        return [self._person(self._names[field], value) for field, value in values]

    def _person(self, name: str, value: str) -> StatedPerson | None:
        account = self.sorter.one_account(name, value)
        settled = None if not account else self._redactor.settled[name][account]
        if account is None or settled is None or settled[3]:
            return None
        text, _, known, _ = settled
        if self._redactor.names_erased(text):
            return None
        literal = "" if known is None else known.literal
        return StatedPerson(text, known, literal, account.casefold(), trace_of(account))

    def kept(self, values: Sequence[tuple[int, str]]) -> list[bool]:
        """Tell of each value whether its field keeps it as it is."""
        return [self._redactor.settled[self._names[field]][value] is not None for field, value in values]

    def texts(self, texts: Sequence[str], are_urls: Sequence[bool]) -> list[StatedText | bool]:
        """Return what texts become where nobody of their events is named.

        True stands for a text of ASCII that stays as it is, False for one that is hard to search.
        """
        own_tokens = self._redactor.own_tokens
        return [
            not ("_" in text and own_tokens(text) != text)
            if one.redacted is None and one.view is None and text.isascii()
            else self._text(text, one)
            for text, one in zip(texts, self._redactor.texts.alone(texts, are_urls), strict=True)
        ]

    def _text(self, text: str, one: Alone) -> StatedText | bool:
        searched = text if one.view is None else f"{text}\n{one.view}"
        lower = searched.lower()
        if len(lower) != len(searched) or _FINAL in searched:
            return False
        if "_" in text and self._redactor.own_tokens(text) != text:
            return False
        echoes = [echo.literal for echo in one.echoes]
        if one.view is not None and any(map(SURROGATE.search, (lower, *echoes))):
            return False
        if one.redacted is None:
            return StatedText(text, 0, lower, echoes)
        if one.redacted.allowed or self._redactor.names_erased(one.redacted.text):
            return False
        return StatedText(one.redacted.text, self._number(one.redacted.detections), lower, echoes)

    def named(
        self, texts: Sequence[str], known: Sequence[Sequence], are_urls: Sequence[bool]
    ) -> list[tuple[str, int]]:
        """Return what texts become whose events name people in them; texts of one event have one list of people.

        Raises:
            DetectorError: One holds an erased account after all: then the steps take the batch.
        """
        redacted = self._redactor.texts.redact(texts, known, are_urls)
        if any(self._redactor.names_erased(one.text) for one in redacted):
            raise DetectorError("an erased account is named")
        for one in redacted:
            self.let_be.update(dict(one.allowed))
        return [(one.text, self._number(one.detections)) for one in redacted]

    def outcome(self, field: int, is_url: bool, detections: int) -> StatedOutcome:
        """Return what the tag of a text is made of, and note its outcome under the next number."""
        make = self._redactor.url_outcome if is_url else self._redactor.text_outcome
        outcome = make(self._names[field], self._detections[detections])
        self.outcomes.append(outcome)
        return stated_outcome(self._policy, outcome)

    def origin(self, topic: str | None, region: str | None, cluster: str | None) -> bytes:
        """Return the encoded origin of events by what the log service says of their source."""
        said = {"__TOPIC__": topic, f"{TAG}.region": region, f"{TAG}.cluster_id": cluster}
        return encoded_origin(self._policy.version, self._epoch, log_source(said))

    def date(self, day: int) -> str:
        """Return a day counted from 1970-01-01 in ISO form."""
        return iso_day(day)

    def _number(self, detections: Detections) -> int:
        number = self._detection_numbers.setdefault(detections, len(self._detections))
        if number == len(self._detections):
            self._detections.append(detections)
        return number
