"""The policy's treatments as operators of Presidio's anonymizer: what they write is what logveil writes.

Key, policy and redactor are given by reference or as a function that returns them: an `OperatorConfig` shows its
parameters in its repr, so no parameter may hold a secret.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from presidio_anonymizer.entities import InvalidParamError, OperatorConfig, OperatorResult
from presidio_anonymizer.operators import Operator, OperatorType

from schemas.identities import canonical
from schemas.policy.file import default_policy
from schemas.policy.policy import DEFAULT_PREFIX, FieldPolicy, Policy, Treatment
from schemas.policy.tokens import KEYED_KINDS, TOKEN_KINDS, TokenKind, Tokens
from transforms.detect import Detection, TextRedactor
from transforms.detect.recognizers import REVERSED_ADDRESS
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, pseudonym
from transforms.redact_text import default_redactor
from transforms.token_treatments import text_treatment
from transforms.treatments import truncate_ip

Params = Mapping[str, Any] | None
T = TypeVar("T")

UNKNOWN_ENTITY = "PSEUDONYM"
"""The entity of a pseudonym of which the policy doesn't say whose it is."""

_PSEUDONYM = re.compile(rf"(?<![A-Za-z0-9]){PSEUDONYM.pattern}(?![A-Za-z0-9])")


class _Treatment(Operator):
    """An operator that anonymizes, under its treatment's name in the policy."""

    NAME: ClassVar[str]

    def operator_name(self) -> str:
        """Return the name under which an engine knows the operator."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """Return that it anonymizes."""
        return OperatorType.Anonymize


class PseudonymiseOperator(_Treatment):
    """Replaces a value by its keyed pseudonym, the one that `logveil redact` writes under the same key.

    Parameters: `key`, a `PseudonymKey` or a function that returns one; `field`, the field of the policy whose
    pseudonym it is, by default the one that has the entity; `policy`, a `Policy` or a function that returns one, by
    default the shipped one. A pseudonym stays as it is.

    Raises:
        InvalidParamError: There is no key, it is given as bytes or text, or the policy has no such field.

    Example:
        >>> params = {"key": lambda: PseudonymKey(bytes(32), "1"), "entity_type": "USERNAME"}
        >>> PseudonymiseOperator().operate("lin", params)
        'usr_1_c3lhkz3nubgk36ljmayr'
    """

    NAME = Treatment.PSEUDONYMISE.value

    def operate(self, text: str, params: Params = None) -> str:
        """Return the pseudonym of a value."""
        params = params or {}
        policy = _given(params, "policy", Policy, default_policy)
        kind = _token_kind(policy, params)
        rule = None if kind is not None else _rule(policy, params)
        key = _given(params, "key", PseudonymKey)
        if PSEUDONYM.fullmatch(text):
            return text
        if kind is not None:
            return pseudonym(key, kind.prefix, kind.domain, kind.canonical(text) or text)
        assert rule is not None
        account = text if rule.identity is None else canonical(text, rule.identity)
        return pseudonym(key, rule.prefix or DEFAULT_PREFIX, rule.name, account or text)

    def validate(self, params: Params = None) -> None:
        """Refuse parameters that are neither of their type nor functions."""
        params = params or {}
        _stated(params, "key", PseudonymKey)
        _stated(params, "policy", Policy, default_policy)


class TruncateIpOperator(_Treatment):
    """Replaces an address by its network, v4 /24 and v6 /48; what is no address becomes the entity's token.

    Example:
        >>> operate = TruncateIpOperator().operate
        >>> operate("203.0.113.77"), operate("2001:db8:1:2::7/64"), operate("n/a", {"entity_type": "IP_ADDRESS"})
        ('203.0.113.0/24', '2001:db8:1::/48', '<IP_ADDRESS>')
    """

    NAME = Treatment.TRUNCATE_IP.value

    def operate(self, text: str, params: Params = None) -> str:
        """Return the network of an address."""
        entity = (params or {}).get("entity_type", "IP_ADDRESS")
        return truncate_ip(text) or truncate_ip(text.partition("/")[0]) or f"<{entity}>"

    def validate(self, params: Params = None) -> None:
        """Accept: there is nothing to set."""


class RedactUrlOperator(_Treatment):
    """Redacts a URL, of which scheme, host, port and the shape of the path stay.

    Parameter: `redactor`, a `TextRedactor` or a function that returns one; by default that of the shipped policy,
    which has no key and therefore writes tokens in place of pseudonyms.

    Raises:
        InvalidParamError: The redactor is something else.

    Example:
        >>> RedactUrlOperator().operate("https://h.example:8443/users/anna?page=2&q=x#top")
        'https://h.example:8443/users/<USERNAME>?page=2&q=<QUERY_VALUE>#<FRAGMENT>'
    """

    NAME = Treatment.REDACT_URL.value

    def operate(self, text: str, params: Params = None) -> str:
        """Return a URL without personal data."""
        redactor = _given(params or {}, "redactor", TextRedactor, default_redactor)
        return redactor.redact_url([text], [()])[0].text

    def validate(self, params: Params = None) -> None:
        """Refuse what is neither a redactor nor a function."""
        _stated(params or {}, "redactor", TextRedactor, default_redactor)


OPERATORS: tuple[type[Operator], ...] = (PseudonymiseOperator, TruncateIpOperator, RedactUrlOperator)
"""The operators, each to be given to `AnonymizerEngine.add_anonymizer`."""


def policy_operators(
    policy: Policy, key: PseudonymKey | Callable[[], PseudonymKey]
) -> dict[str, OperatorConfig]:
    """Return what a policy does to each entity, for `AnonymizerEngine.anonymize(…, operators=…)`.

    An entity of which the policy says nothing becomes its token, as in logveil.

    Example:
        >>> operators = policy_operators(default_policy(), PseudonymKey(bytes(32), "1"))
        >>> [f"{entity} {config.operator_name}" for entity, config in operators.items()]
        ['UIN pseudonymise', 'USERNAME pseudonymise', 'IP_ADDRESS truncate_ip', 'REVERSED_IP_ADDRESS replace', \
'URL redact_url', 'DEFAULT replace']
    """
    operators: dict[str, OperatorConfig] = {}
    for rule in policy.fields:
        if rule.entity is None:
            continue
        if rule.treatment is Treatment.PSEUDONYMISE:
            params = {"key": key, "policy": policy, "field": rule.name}
            operators.setdefault(rule.entity, OperatorConfig(PseudonymiseOperator.NAME, params))
        elif rule.treatment is Treatment.TRUNCATE_IP:
            operators.setdefault(rule.entity, OperatorConfig(TruncateIpOperator.NAME))
    redactor = _redactor_under(policy, key)
    if policy.tokens is Tokens.KEYED:
        for entity in KEYED_KINDS:
            params = {"key": key, "policy": policy}
            operators.setdefault(entity, OperatorConfig(PseudonymiseOperator.NAME, params))
    operators[REVERSED_ADDRESS] = OperatorConfig("replace", {"new_value": "<IP_ADDRESS>"})
    operators["URL"] = OperatorConfig(RedactUrlOperator.NAME, {"redactor": redactor})
    operators["DEFAULT"] = OperatorConfig("replace")
    return operators


def pseudonyms_in(text: str, policy: Policy | None = None) -> Iterator[OperatorResult]:
    """Yield the pseudonyms of a text, from left to right, as what `DeanonymizeEngine.deanonymize` takes.

    The entity is that of the field whose prefix a pseudonym has in the policy, by default the shipped one; `PSEUDONYM`
    if there is none.

    Example:
        >>> text = "job of usr_1_c3lhkz3nubgk36ljmayr, request req_1_c3lhkz3nubgk36ljmayr"
        >>> [(one.start, one.end, one.entity_type) for one in pseudonyms_in(text)]
        [(7, 33, 'USERNAME'), (43, 69, 'PSEUDONYM')]
    """
    fields = (policy or default_policy()).fields
    entities = {
        rule.prefix: rule.entity
        for rule in fields
        if rule.treatment is Treatment.PSEUDONYMISE and rule.entity
    }
    entities |= {kind.prefix: kind.mask for kind in TOKEN_KINDS}
    for match in _PSEUDONYM.finditer(text):
        value = match.group()
        entity = entities.get(value.partition("_")[0], UNKNOWN_ENTITY)
        yield OperatorResult(match.start(), match.end(), entity, value, PseudonymiseOperator.NAME)


def _redactor_under(
    policy: Policy, key: PseudonymKey | Callable[[], PseudonymKey]
) -> Callable[[], TextRedactor]:
    """Return the function that gives a policy's redactor under the key of the moment; to build one takes a second."""

    @lru_cache(maxsize=1)
    def build(key: PseudonymKey) -> TextRedactor:
        return Detection.of(policy).build(text_treatment(policy, key))

    return lambda: build(_given({"key": key}, "key", PseudonymKey))


def _token_kind(policy: Policy, params: Mapping[str, Any]) -> TokenKind | None:
    """Return the kind of pseudonyms of texts that an entity has, where no field is named or has it."""
    entity = params.get("entity_type")
    if policy.tokens is not Tokens.KEYED or params.get("field") is not None or not isinstance(entity, str):
        return None
    of_field = any(rule.entity == entity for rule in policy.fields)
    return None if of_field else KEYED_KINDS.get(entity)


def _rule(policy: Policy, params: Mapping[str, Any]) -> FieldPolicy:
    """Return the rule of the field that is named, or of the one that pseudonymises the entity."""
    name, entity = params.get("field"), params.get("entity_type")
    for rule in policy.fields:
        if rule.name == name or (
            name is None and rule.entity == entity and rule.treatment is Treatment.PSEUDONYMISE
        ):
            return rule
    if name is not None:
        raise InvalidParamError(f"the policy has no field {name!r}")
    raise InvalidParamError(
        f"the policy pseudonymises no field of {entity}: name one by the parameter `field`"
    )


def _stated(
    params: Mapping[str, Any], name: str, kind: type[T], default: Callable[[], T] | None = None
) -> T | Callable[[], Any]:
    """Return a parameter, which is of a kind or a function that returns one; no message shows what it is instead."""
    value = params.get(name, default)
    if isinstance(value, kind) or callable(value):
        return value
    given = "there is none" if value is None else f"not a {type(value).__name__}"
    raise InvalidParamError(f"`{name}` must be a {kind.__name__} or a function that returns one: {given}")


def _given(params: Mapping[str, Any], name: str, kind: type[T], default: Callable[[], T] | None = None) -> T:
    """Return what a parameter is or what its function returns."""
    stated = _stated(params, name, kind, default)
    value = stated if isinstance(stated, kind) else stated()  # type: ignore[operator]
    if not isinstance(value, kind):
        raise InvalidParamError(f"the function `{name}` returned no {kind.__name__}")
    return value
