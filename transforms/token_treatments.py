"""The tokens of texts: values found there get those of their field or kind, and tokens that arrive their own."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from schemas.policy.policy import Policy, Treatment
from schemas.policy.tokens import TOKEN_KINDS, TokenKind, Tokens
from transforms.accounts.erased import ErasedWatch
from transforms.detect.views import as_read
from transforms.pseudonyms import PSEUDONYM, PseudonymKey, looks_forged
from transforms.treatments import (
    Treat,
    TreatField,
    compile_treatments,
    field_treatment,
    watched_pseudonym,
)

_CACHED_VALUES = 16_384
_MASKS = {kind.prefix: f"<{kind.mask}>" for kind in TOKEN_KINDS}


def compile_token_treatments(
    policy: Policy, key: PseudonymKey, watch: ErasedWatch | None = None, arriving: bool = False
) -> dict[str, Treat]:
    """Return the function for each kind of value in texts that has pseudonyms of its own, by domain; else none."""
    if policy.tokens is Tokens.MASKED:
        return {}
    pseudonym = watched_pseudonym(key, watch, arriving)
    return {kind.domain: _token(kind, pseudonym) for kind in TOKEN_KINDS}


def text_treatment(policy: Policy, key: PseudonymKey, watch: ErasedWatch | None = None) -> TreatField:
    """Return what gives a value found in a text the treatment of the field, or of the kind, that it is one of.

    A value that is encoded is treated as what it stands for: `anna%40example.com` is `anna@example.com`.
    """
    treat = field_treatment(
        compile_treatments(policy, key, watch) | compile_token_treatments(policy, key, watch)
    )
    return lambda name, value: treat(name, as_read(value))


def _token(kind: TokenKind, pseudonym: Callable[[str, str, str], str]) -> Treat:
    """Return what gives every spelling of a value the pseudonym of its canonical form; one that has none is masked."""

    @lru_cache(maxsize=_CACHED_VALUES)
    def treat(value: str) -> str | None:
        canonical_form = kind.canonical(value)
        return pseudonym(kind.prefix, kind.domain, canonical_form) if canonical_form else None

    return treat


def masked_tokens(text: str) -> str:
    """Return a text of logveil's own in which the pseudonyms of mail addresses, numbers and persons name their kind.

    Example:
        >>> masked_tokens("to eml_1_c3lhkz3nubgk36ljmayr by usr_1_c3lhkz3nubgk36ljmayr")
        'to <EMAIL> by usr_1_c3lhkz3nubgk36ljmayr'
    """
    return PSEUDONYM.sub(lambda match: _MASKS.get(match[0][:3], match[0]), text)


def pseudonymised_tokens(policy: Policy, treatments: Mapping[str, Treat]) -> Callable[[str], str]:
    """Return what makes of a text that arrives one in which each token has a pseudonym of its own.

    Whoever writes into a log may have read a pseudonym there: none may pass as it is, or it joins another's events.
    `treatments` are those of arriving values, of fields and kinds; a token whose prefix is of none becomes `<TOKEN>`.
    """
    of_prefix = {kind.prefix: treatments.get(kind.domain) for kind in TOKEN_KINDS} | {
        rule.prefix: treatments[rule.name]
        for rule in reversed(policy.fields)
        if rule.treatment is Treatment.PSEUDONYMISE
    }

    def own(match: re.Match[str]) -> str:
        treat = of_prefix.get(match[0].partition("_")[0])
        return (treat and treat(match[0])) or "<TOKEN>"

    return lambda text: PSEUDONYM.sub(own, text) if looks_forged(text) else text


def own_tokens(
    policy: Policy, key: PseudonymKey, watch: ErasedWatch | None = None, arriving: bool = True
) -> Callable[[str], str]:
    """Return what is done to the tokens of a text before it is read.

    Those that arrive get pseudonyms of their own; of logveil's own, those go that the policy gives no longer.
    """
    if arriving:
        treatments = compile_treatments(policy, key, watch, arriving=True)
        of_texts = compile_token_treatments(policy, key, watch, arriving=True)
        return pseudonymised_tokens(policy, treatments | of_texts)
    return masked_tokens if policy.tokens is Tokens.MASKED else str
