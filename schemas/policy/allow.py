"""Read an allow list, and hold it to what no file may change: nobody's direct identifiers are let be."""

import hashlib
import json
import re
from dataclasses import replace

from schemas.policy.allow_list import ALLOW_KEYS, AllowList
from schemas.policy.document import Value, read_document
from schemas.policy.limits import admitted
from schemas.policy.policy import form_problem
from schemas.policy.sample_identifiers import KINDS, user_names

SHORTEST_PREFIX = 3
_LONG_NUMBER = re.compile(r"\d{6}|\d(?:[ .-]?\d){7}")
PUBLIC_SAMPLES = ("an address of a host",)
"""Kinds of samples of which a single word may be allowed: such an address may be the platform's own."""


def load_allow(text: str, name: str) -> AllowList:
    """Return the allow list that a YAML text states; `name` is what errors call the text.

    Raises:
        PolicyError: The text is none, or would let identifiers of persons through; the message names the entry.

    Example:
        >>> load_allow("words: [Smith-Waterman]\\nprefixes: [nf-core-]", "allow.yaml").words
        ('Smith-Waterman',)
        >>> load_allow("patterns: ['.*']", "allow.yaml")
        Traceback (most recent call last):
        ...
        schemas.errors.PolicySyntaxError: allow.yaml:1: allow.patterns[0]: it admits too much: a user name has it, ...
    """
    document = read_document(text, name)
    return replace(read_allow(replace(document, path="allow")), source="file")


def read_allow(value: Value) -> AllowList:
    """Return the allow list that a mapping states, each entry checked.

    Raises:
        PolicyError: It is none, or an entry would let identifiers of persons through.
    """
    entries = value.record((), ALLOW_KEYS)
    if not entries:
        raise value.fault(f"expected at least one of {', '.join(ALLOW_KEYS)}")
    for key, check in (
        ("words", _word_problem),
        ("prefixes", _prefix_problem),
        ("patterns", _pattern_problem),
    ):
        for item in entries[key].items() if key in entries else ():
            if (problem := check(item.text())) is not None:
                raise item.fault(problem)
    words, prefixes, patterns = (entries[key].texts() if key in entries else () for key in ALLOW_KEYS)
    stated = {"words": words, "prefixes": prefixes, "patterns": patterns}
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
    return AllowList(words, prefixes, patterns, name=value.file, digest=digest)


def _word_problem(word: str) -> str | None:
    kind = _kind_of(word)
    if kind is None and _LONG_NUMBER.search(word) and ":" not in word:
        kind = "a number that long"
    if kind is None:
        return None
    return f"{kind} identifies a person and cannot be allowed; allowed are names of programs, data and hosts"


def _kind_of(word: str) -> str | None:
    if "@" in word:
        return "an e-mail address, or a name with a domain,"
    if word in user_names():
        return "a user name"
    return next(
        (kind for kind, samples in KINDS.items() if word in samples and kind not in PUBLIC_SAMPLES), None
    )


def _prefix_problem(prefix: str) -> str | None:
    if len(prefix) < SHORTEST_PREFIX or not any(map(str.isalpha, prefix)):
        return f"a prefix has at least {SHORTEST_PREFIX} characters, and a letter among them"
    return _word_problem(prefix)


def _pattern_problem(pattern: str) -> str | None:
    if (problem := form_problem(pattern)) is not None:
        return f"not a regular expression that RE2 can run in linear time: {problem}"
    if (kind := admitted([pattern])) is not None:
        return f"it admits too much: {kind} has it, and would stay in texts"
    return None
