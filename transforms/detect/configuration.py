"""Configuration of the detection: picklable, checked, and built into a redactor where it is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.policy.allow_list import POLICY, AllowList
from schemas.policy.policy import Policy, Treatment
from schemas.policy.tokens import KEYED_KINDS, Tokens
from transforms.detect.allow import Allowed, check_allow
from transforms.detect.catalog import CATALOG
from transforms.detect.catalog.network import REVERSED
from transforms.detect.columns import Columns
from transforms.detect.encoded import EncodedContent
from transforms.detect.formats import shipped_formats
from transforms.detect.keyed import KeyedElements, KeyedMembers, KeyedValues
from transforms.detect.keyed_lists import KeyedLists, KeyedPlurals
from transforms.detect.known_accounts import KnownAccounts
from transforms.detect.redactor import TextRedactor
from transforms.detect.search import Recognizer, Search
from transforms.detect.slots import SLOTS
from transforms.detect.spans import Span
from transforms.detect.vocabulary import Vocabulary
from transforms.treatments import TreatField, truncate_ip


@dataclass(frozen=True)
class Detection:
    """What the detectors are to know: keys, fields, query keys and detectors beyond the catalogue.

    `aliases` maps spellings of keys to the kind of personal data that their values are; `fields` maps a kind to
    the field, or to the domain of pseudonyms of texts, whose treatment its values get; `query_keys` are the case-folded query keys whose values a URL keeps;
    `extra` are the recognizers that others add, picklable; `engine` names the scan engine, or None for the best there is; `allow` are the lists of what stays in texts, `known` the
    accounts that are found whatever the program.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    query_keys: frozenset[str] = frozenset()
    extra: tuple[Recognizer, ...] = ()
    engine: str | None = None
    allow: tuple[AllowList, ...] = ()
    known: KnownAccounts | None = None

    @classmethod
    def of(
        cls,
        policy: Policy,
        engine: str | None = None,
        extra: tuple[Recognizer, ...] = (),
        allow: AllowList | None = None,
    ) -> "Detection":
        """Return the detection that a policy asks for, with recognizers beyond the catalogue and a further allow list.

        Raises:
            PolicyError: An allow list would let identifiers of persons through.
        """
        aliases: dict[str, str] = {}
        fields: dict[str, str] = {}
        for rule in policy.fields:
            kind = rule.entity
            if kind is None:
                continue
            if rule.treatment is Treatment.PSEUDONYMISE:
                aliases |= {alias: kind for alias in (rule.name, rule.label, *rule.aliases)}
            if rule.treatment is not Treatment.TRUNCATE_IP:
                fields.setdefault(kind, rule.name)
        if policy.tokens is Tokens.KEYED:
            fields = {kind: token.domain for kind, token in KEYED_KINDS.items()} | fields
        lists = tuple(one for one in (policy.allow, allow) if one)
        check_allow(lists)
        return cls(aliases, fields, policy.url_query_keys, extra, engine, lists)

    @property
    def allow_digest(self) -> str:
        """Return the digest of the allow list beside the policy's, empty where there is none."""
        return next((one.digest for one in self.allow if one.source != POLICY), "")

    @property
    def known_version(self) -> str:
        """Return how many accounts are known, and the digest of their table; empty where none are."""
        return "" if self.known is None else f"{self.known.number} {self.known.digest}"

    def recognizers(self) -> Sequence[Recognizer]:
        """Return all recognizers in the order in which they are asked."""
        vocabulary = Vocabulary(self.aliases)
        keyed = KeyedValues(vocabulary)
        return (
            keyed,
            KeyedElements(vocabulary),
            KeyedMembers(vocabulary),
            KeyedPlurals(vocabulary),
            KeyedLists(vocabulary),
            Columns(vocabulary),
            EncodedContent((keyed, *CATALOG)),
            *CATALOG,
            *SLOTS,
            *shipped_formats(),
            *(() if self.known is None else (self.known,)),
            *self.extra,
        )

    def _is_known(self, value: str) -> bool:
        return self.known is not None and self.known.is_known(value)

    def build(self, treat: TreatField | None = None) -> TextRedactor:
        """Compile the automaton; `treat` gives the policy's replacement of a field's value.

        Raises:
            SecretError: The table of known accounts is not where it is said to be.
        """
        fields = self.fields if treat is not None else {}

        def resolve(span: Span, value: str) -> Span | None:
            if span.replacement is not None:
                return span
            if span.recognizer == REVERSED:
                return span
            if span.kind == "IP_ADDRESS":
                replacement = truncate_ip(value) or truncate_ip(value.partition("/")[0])
            else:
                field_name = fields.get(span.kind)
                replacement = None if field_name is None or treat is None else treat(field_name, value)
            if replacement is None:
                return span
            if replacement == value:
                return None
            return Span(span.start, span.end, span.kind, span.score, span.recognizer, replacement)

        allowed = Allowed(self.allow, self._is_known) if self.allow else None
        self._is_known("")  # an absent table is found out here, and not by the first event
        return TextRedactor(Search(self.recognizers(), resolve, self.engine), self.query_keys, allowed)
