"""Say what is found in a text, by whom and why it is replaced as it is, and why other candidates were not taken."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.policy.policy import Treatment
from transforms.detect.echoes import ECHO
from transforms.detect.formats import Format
from transforms.detect.keyed import KEYED, KEYED_ELEMENT, KEYED_MEMBER
from transforms.detect.own import Known, People, folded, is_distinct
from transforms.detect.redactor import TextRedactor
from transforms.detect.search import Recognizer, mapped
from transforms.detect.slots import Slot
from transforms.detect.spans import OWN, Refusal, Span, replace, without_protected
from transforms.detect.triggers import ALWAYS
from transforms.detect.urls import URL
from transforms.detect.views import View, decode

PROTECTED = "redaction itself writes this: a pseudonym, a token or a truncated address"
UNCHANGED = "its treatment leaves it as it is"
CUE_NEEDED = "the event's own, but short or a common word: taken only next to a cue"
OWN_FIELD = "a field of the event holds it: replaced as there"
ALLOWED = "the allow list lets it be"
NO_MATCH = "its trigger occurs here, its pattern does not match"
_NEAR = 40
"""A trigger that occurs so few characters from what its recognizer found is a part of that."""

_REASONS = {
    KEYED: "the key before it names such a value",
    KEYED_ELEMENT: "the element around it is named like such a value",
    KEYED_MEMBER: "the member beside it names such a value",
    ECHO: "a cue made it one elsewhere in the event",
    URL: "this part of a URL goes whatever it looks like",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch [start, end) of a text that is replaced: by whom it was found, and what it becomes.

    `reason` says where the form is defined, or what else made it personal.
    """

    start: int
    end: int
    kind: str
    recognizer: str
    score: float
    becomes: str
    treatment: Treatment
    reason: str


@dataclass(frozen=True, slots=True)
class TextExplanation:
    """A text, what it becomes, what of it is taken, and the candidates that were not, from left to right."""

    text: str
    redacted: str
    taken: tuple[Taken, ...]
    not_taken: tuple[Refusal, ...]


def explain_text(
    redactor: TextRedactor, text: str, known: Sequence[Known] = (), url: bool = False
) -> TextExplanation:
    """Return the explanation of a text, or of a URL, as `redactor` redacts it.

    Example:
        >>> from transforms.detect import Detection
        >>> explained = explain_text(Detection().build(), "a@b.cn has build 1.2.3.4-rc1")
        >>> [(one.recognizer, one.becomes) for one in explained.taken]
        [('email', '<EMAIL>')]
        >>> [(one.recognizer, one.reason) for one in explained.not_taken]
        [('ipv4', 'its check refused the match')]
    """
    view = decode(text)
    asked: list[tuple[Recognizer, View | None]] = [(one, None) for one in redactor.search.asked(text)]
    asked += [(one, view) for one in redactor.search.asked(view.text)] if view else []
    found, refusals = _heard(redactor, text, asked)
    parts = redactor.url_parts(text) if url else []
    own = list(_own(text, view, known))
    spans, allowed = redactor.taken(text, known, url)
    candidates = dict.fromkeys([*found, *own, *parts])
    refusals += _lost(text, candidates, spans)
    refusals += _without_cue(text, known)
    refusals += [
        Refusal(one.start, one.end, one.kind, one.recognizer, f"{ALLOWED}: {entry}") for one, entry in allowed
    ]
    recognizers = {recognizer.name: recognizer for recognizer in redactor.search.recognizers}
    return TextExplanation(
        text,
        replace(text, spans).text,
        tuple(_taken(text, span, candidates, recognizers) for span in spans),
        tuple(
            sorted(
                dict.fromkeys(_outside(refusals, spans)), key=lambda one: (one.start, one.end, one.recognizer)
            )
        ),
    )


def _heard(
    redactor: TextRedactor, text: str, asked: Iterable[tuple[Recognizer, View | None]]
) -> tuple[list[Span], list[Refusal]]:
    """Return what the asked recognizers find, and what they or the policy refuse."""
    found: list[Span] = []
    refusals: list[Refusal] = []
    for recognizer, view in asked:
        read = text if view is None else view.text
        spans = list(recognizer.find(read))
        refused = list(recognizer.refused(read)) if hasattr(recognizer, "refused") else []
        taken: list[Span] = []
        for span in spans:
            kept = redactor.search.resolve(span, read[span.start : span.end])
            if kept is None:
                refused.append(Refusal(span.start, span.end, span.kind, span.recognizer, UNCHANGED))
            else:
                taken.append(kept)
        found += taken if view is None else mapped(taken, view)
        refused += [one for one in _triggered(recognizer, read) if not _near(one, [*spans, *refused])]
        refusals += [_refused_at_original(one, view) for one in refused]
    return found, refusals


def _refused_at_original(one: Refusal, view: View | None) -> Refusal:
    if view is None:
        return one
    return Refusal(*view.original(one.start, one.end), one.kind, one.recognizer, one.reason)


def _triggered(recognizer: Recognizer, text: str) -> Iterator[Refusal]:
    """Yield the places where a recognizer's trigger occurs; that of a format is a word of its program and says nothing."""
    if recognizer.trigger == ALWAYS or isinstance(recognizer, Format):
        return
    data = b"\n" + text.encode("utf-8", "surrogatepass") + b"\n"
    for match in re.finditer(recognizer.trigger.encode("utf-8", "surrogatepass"), data):
        start, end = (
            min(len(text), len(data[1 : max(1, at)].decode("utf-8", "replace"))) for at in match.span()
        )
        if start < end:
            yield Refusal(start, end, getattr(recognizer, "kind", ""), recognizer.name, NO_MATCH)


def _near(one: Refusal, others: Iterable[Span | Refusal]) -> bool:
    return any(other.start - _NEAR < one.end and one.start < other.end + _NEAR for other in others)


def _overlaps(one: Refusal, others: Iterable[Span | Refusal]) -> bool:
    return any(other.start < one.end and one.start < other.end for other in others)


def _own(text: str, view: View | None, known: Sequence[Known]) -> Iterator[Span]:
    people = People(known)
    yield from people.find(text)
    if view is not None:
        yield from mapped(people.find(view.text), view)


def _without_cue(text: str, known: Sequence[Known]) -> Iterator[Refusal]:
    lower = folded(text)
    for person in known:
        literal = person.literal
        start = lower.find(literal)
        if literal and start >= 0 and not is_distinct(literal):
            yield Refusal(start, start + len(literal), person.kind, OWN, CUE_NEEDED)


def _lost(text: str, candidates: Iterable[Span], spans: Sequence[Span]) -> Iterator[Refusal]:
    """Yield the candidates that redaction's own writing cut away or a better span swallowed."""
    for one in candidates:
        if not without_protected(text, [one]):
            yield Refusal(one.start, one.end, one.kind, one.recognizer, PROTECTED)
            continue
        for span in spans:
            if span.start < one.end and one.start < span.end and span.recognizer != one.recognizer:
                why = f"united with {span.kind} of {span.recognizer}, {_better(span, one)}"
                yield Refusal(one.start, one.end, one.kind, one.recognizer, why)
                break


def _better(span: Span, one: Span) -> str:
    if span.score != one.score:
        return f"whose score is {span.score:.3g} against {one.score:.3g}"
    return f"of the same score, {span.score:.3g}"


def _outside(refusals: Iterable[Refusal], spans: Sequence[Span]) -> Iterator[Refusal]:
    """Leave out what was refused inside a span that is taken anyway, unless it lost to that very span."""
    for one in refusals:
        inside = any(span.start <= one.start and one.end <= span.end for span in spans)
        if one.reason.startswith("united") or not (
            inside or (one.reason == NO_MATCH and _overlaps(one, spans))
        ):
            yield one


def _taken(text: str, span: Span, candidates: Iterable[Span], recognizers: Mapping[str, Recognizer]) -> Taken:
    if span.replacement is None:
        treatment = Treatment.REDACT_TEXT
    elif span.kind == "IP_ADDRESS":
        treatment = Treatment.TRUNCATE_IP
    else:
        treatment = Treatment.PSEUDONYMISE
    own = any(one.recognizer == OWN and one.replacement == span.replacement for one in candidates)
    reason = (
        OWN_FIELD
        if own
        else _REASONS.get(span.recognizer) or _source(recognizers.get(span.recognizer), text, span)
    )
    return Taken(span.start, span.end, span.kind, span.recognizer, span.score, span.token, treatment, reason)


def _source(recognizer: Recognizer | None, text: str, span: Span) -> str:
    """Return where a form is defined; of one that weighs evidence, which."""
    if isinstance(recognizer, Slot):
        return recognizer.reason(text, span.start)
    return getattr(recognizer, "source", "")
